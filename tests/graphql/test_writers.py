"""Commands over HTTP: who may write what, what she registers herself, and what a withdrawal leaves of it."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from app.development import all_personas
from app.domain.card.declaration import camel
from app.domain.card.sections import SECTIONS
from app.domain.record import Block, BlockTarget
from app.domain.viewer import CALLER_KIND_OF, CallerKind, Role
from app.services import make_services
from data.ledger import verify
from data.patients import set_blocks
from data.synthetic.organisations import EMERGENCY_CLINIC
from resolvers.results import WRITTEN_SECTIONS
from resolvers.views import view_for
from tests.access.proof.columns import PERSONA_OF
from tests.graphql.test_commands import VISIT, rows, stored
from tests.graphql.test_consent import WITHDRAW, tables_with
from tests.policies import PILOT
from tests.whole_card import whole_content
from tests.world import NOW, TODAY, World, running
from tests.writing import (
    as_input,
    document,
    new_card,
    new_key,
    section_of,
    write,
    write_body,
)

PROFESSIONALS = [role for role in Role if CALLER_KIND_OF[role] in (CallerKind.CLINICIAN, CallerKind.SECRETARY)]
REFUSED = {"SECTION_FORBIDDEN", "INSUFFICIENT_SCOPE", "GRAPHQL_VALIDATION_FAILED"}


@pytest.mark.parametrize("role", PROFESSIONALS)
async def test_each_role_writes_what_the_write_matrix_says(gateway: World, role: Role) -> None:
    """Asked of the running API for every section and purpose: written where the matrix says so and nothing is kept
    from the writer; otherwise refused, and nothing stored."""
    policy, persona, number = PILOT, PERSONA_OF[role], await new_card(gateway)
    for purpose in sorted(policy.purposes_of(role), key=lambda purpose: purpose not in ("COC", "BTG")):
        for section in WRITTEN_SECTIONS:
            may = purpose not in ("COC", "BTG") and section.kind in policy.writing(role, None).sections
            content, before = whole_content(section.model, section.kind), await stored(gateway)
            body = await write_body(
                gateway, persona, "record", section.noun, patient=number, content=content, purpose=purpose
            )
            written = (body.get("data") or {}).get("written")
            assert (written is not None) == may, (purpose, section.noun, body)
            if not may:
                assert body["errors"][0]["extensions"]["code"] in REFUSED
                assert await stored(gateway) == before


async def test_a_doctor_on_emergency_duty_writes_the_visit_only(world: World) -> None:
    """TC-F24: the whole card is read; a visit is written down, medication is not, nor a fundal height."""
    number = await new_card(world)
    on_duty = replace(all_personas()["hospital"], unit=EMERGENCY_CLINIC)
    assert world.services.issuer is not None
    token = world.services.issuer.mint(on_duty, now=NOW, purpose="ETREAT")
    headers = {"authorization": f"Bearer {token}"}

    async def sent(noun: str, content: dict[str, Any], **more: Any) -> Any:
        section = section_of(noun)
        variables = {"patient": number, "content": as_input(section.model, content), "key": new_key(), **more}
        asked = {"query": document("record", section), "variables": variables}
        return (await world.client.post("/graphql", json=asked, headers=headers)).json()

    refused = await sent("medication", {"drug_allergy": True})
    assert refused["errors"][0]["extensions"]["code"] == "SECTION_FORBIDDEN"
    with_height = await sent("visit", VISIT, also={"symphysisFundalHeightCm": 30, "measuredOn": TODAY.isoformat()})
    assert with_height["errors"][0]["extensions"]["code"] == "SECTION_FORBIDDEN"
    assert (await sent("visit", VISIT))["data"]["written"]["__typename"] == "VisitRecorded"


async def test_a_blocked_clinician_writes_nothing(world: World) -> None:
    """Neither on a blocked card nor in a blocked section; the rest of the card stays open to her."""
    number = await new_card(world)
    block = Block("b", "medication", BlockTarget.PERSON, "999900026", False, "5", NOW - timedelta(days=1), None)
    await set_blocks(world.services.database, world.services.patient_keys, number, (block,))
    body = await write_body(world, "midwife", "record", "medication", patient=number, content={"drug_allergy": True})
    assert body["errors"][0]["extensions"]["code"] == "SECTION_FORBIDDEN"
    written = await write(world, "midwife", "record", "visit", patient=number, content=VISIT)
    assert written["__typename"] == "VisitRecorded"
    await set_blocks(world.services.database, world.services.patient_keys, number, (replace(block, section=None),))
    body = await write_body(world, "midwife", "record", "visit", patient=number, content=VISIT)
    assert body["errors"][0]["extensions"]["code"] == "ACCESS_BLOCKED_BY_PATIENT"


# --- what she registers herself --------------------------------------------------------------------------------------


async def test_registering_oneself_is_off_unless_the_installation_allows_it(world: World) -> None:
    """TC-C06: the command is there and refused; nothing is stored."""
    await new_card(world)
    before = await stored(world)
    body = await write_body(world, "randi", "record", "mother", content={"needs_interpreter": True})
    assert body["errors"][0]["extensions"]["code"] == "SECTION_FORBIDDEN"
    assert await stored(world) == before


async def test_where_it_is_allowed_she_registers_some_facts_as_her_own(world: World) -> None:
    """Stored with her as author; what health personnel wrote she cannot change, and what they replace is warned about."""
    number = await new_card(world)
    settings = world.services.settings.model_copy(update={"self_registration": True})
    async with running(make_services(settings, clock=lambda: NOW)) as open_world:
        written = await write(open_world, "randi", "record", "mother", content={"needs_interpreter": True})
        assert written["item"]["provenance"]["lastUpdatedBy"]["userType"] == "CITIZEN"
        again = await write(
            open_world, "randi", "correct", "mother", content={"needs_interpreter": False}, expectedVersion=1
        )
        assert again["item"]["needsInterpreter"] is False
        corrected = await write(
            open_world,
            "gp",
            "correct",
            "mother",
            patient=number,
            content={"needs_interpreter": True},
            expectedVersion=2,
        )
        assert [warning["code"] for warning in corrected["warnings"]] == ["SELF_REPORTED_VALUE_REPLACED"]
        over = await write_body(
            open_world, "randi", "correct", "mother", content={"needs_interpreter": False}, expectedVersion=3
        )
        assert over["errors"][0]["extensions"]["code"] == "SECTION_FORBIDDEN"


async def test_her_schema_has_only_the_facts_she_may_register(gateway: World) -> None:
    """She cannot even name another fact, nor a command on laboratory results."""
    schema = view_for(CallerKind.CITIZEN).graphql
    mother: Any = schema.get_type("MotherInput")
    policy = PILOT.writing(Role.CITIZEN, None)
    assert set(mother.fields) == {camel(name) for name in policy.facts["mother"]}
    assert schema.mutation_type is not None
    assert {"recordLaboratoryResults", "recordVisit", "openCard"}.isdisjoint(schema.mutation_type.fields)
    for kind, facts in policy.facts.items():
        assert facts <= set(SECTIONS[kind].model.model_fields)


# --- withdrawal while others write -----------------------------------------------------------------------------------


async def test_withdrawal_while_others_write_leaves_nothing(world: World) -> None:
    """Writers and the withdrawal at once: each write is either before it and gone, or after it and refused cleanly."""
    number = await new_card(world)
    record = (await rows(world, "SELECT record_id FROM maternity_record ORDER BY opened_at DESC LIMIT 1"))[0][0]

    async def writing() -> set[str]:
        codes = set()
        for _ in range(8):
            body = await write_body(world, "midwife", "record", "visit", patient=number, content=VISIT)
            codes.add(body["errors"][0]["extensions"]["code"] if "errors" in body else "WRITTEN")
        return codes

    async def withdrawing() -> Any:
        await asyncio.sleep(0.15)
        return await world.data("randi", WITHDRAW)

    *codes, receipt = await asyncio.gather(writing(), writing(), withdrawing())
    assert set().union(*codes) <= {"WRITTEN", "CONSENT_MISSING"}
    assert receipt["withdrawConsent"]["cardsDeleted"] == 1
    assert await tables_with(world, [record]) <= {"ledger_entry"}
    assert await verify(world.services.database, world.services.ledger.key) == []
