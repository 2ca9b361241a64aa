"""Opening what she has blocked: who may, what must be said, what it opens and for how long, and how she is told."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from app.domain.elevations import AccessBasis, ElevatedAccess, basis_of
from app.domain.errors import RecordRefusal
from app.domain.gate import open_record
from app.domain.record import Block, BlockTarget, Found, PatientFile, Protection
from app.domain.viewer import Purpose, Role
from data.patients import set_blocks, set_person_status
from tests.access.choosing import (
    ELEVATE,
    ILLNESSES,
    MY_BLOCKS,
    WHY,
    WOMAN,
    code,
    elevate,
    in_session,
    lift,
    of_hers,
    post,
    send,
    set_clock,
    stored,
    token_of,
)
from tests.domain.test_gate import CARD as FOUND_CARD
from tests.domain.test_gate import GP, PERSON, block
from tests.domain.test_gate import NOW as THEN
from tests.domain.test_gate import WOMAN as HER_NUMBER
from tests.policies import PILOT
from tests.world import NOW, World

HERS = "{ elevations { elevationId accessBasis accessBasisInPlainWords startsAt endsAt inForce who hprNumber organisation reason reasonInPlainWords reasonText } }"
LOG = "{ accessLog { edges { node { who outcome writtenSections accessBasis accessBasisInPlainWords elevated { reason reasonInPlainWords endsAt } } } } }"


async def keep_out(
    world: World, code_: str, *, woman: str = WOMAN, section: str | None = None, hpr: str | None = None
) -> None:
    """One block in place of all others: on everybody, or on one person."""
    target = BlockTarget.PERSON if hpr else BlockTarget.ALL
    made = Block(str(uuid4()), section, target, hpr, False, code_, NOW - timedelta(days=1), None)
    services = world.services
    await set_blocks(services.database, services.patient_keys, world.number(woman), (made,))


async def look(world: World, token: str, woman: str = WOMAN) -> dict[str, Any]:
    return await send(world, token, ILLNESSES, patient=world.number(woman))


async def nothing_was_opened(world: World, woman: str = WOMAN) -> None:
    """No row, no projection, no change; and the attempt stands in her log as refused (rule L-9)."""
    assert await of_hers(world, woman, "elevation") == []
    assert await of_hers(world, woman, "patient", "elevations") == [("[]",)]
    assert ("ACCESS_ELEVATED",) not in await of_hers(world, woman, "change", "what")
    entry = (await world.ledger_entries(woman))[-1]
    assert (entry["operation_kind"], entry["outcome"], entry["written"]) == ("mutation", "REFUSED", [])
    log = (await world.data(woman, LOG))["accessLog"]["edges"]
    assert (log[0]["node"]["outcome"], log[0]["node"]["who"]) == ("REFUSED", entry["actor_name"])


async def test_TC_B07_an_emergency_opens_what_she_lets_it_open_and_she_is_told(world: World) -> None:
    """The hospital reads; what only she can open stays a number; entry, list and change are there at once."""
    announced: list[str] = []
    world.services.choices.elevations._choosing._announce = announced.append  # type: ignore[attr-defined]
    token = in_session(world, "hospital", "ETREAT")
    assert code(await look(world, token)) == "ACCESS_BLOCKED_BY_PATIENT"
    opened = (await elevate(world, token))["data"]["elevateAccess"]
    assert (opened["accessBasis"], opened["inForce"]) == ("FORHOYET_AKUTT", True)
    assert opened["endsAt"] == (NOW + timedelta(minutes=60)).isoformat().replace("+00:00", "Z")
    card = (await look(world, in_session(world, "hospital", "ETREAT")))["data"]["card"]
    assert card["mother"]["name"] == world.member(WOMAN).name
    assert (card["medicalConditions"], card["withheldByPatientCount"], card["withheld"]) == (None, 1, [])
    (hers,) = (await world.data(WOMAN, HERS))["elevations"]
    assert hers == {
        "elevationId": opened["elevationId"], "accessBasis": "FORHOYET_AKUTT",
        "accessBasisInPlainWords": "det du har sperret, ble åpnet fordi det var en akuttsituasjon",
        "startsAt": NOW.isoformat().replace("+00:00", "Z"), "endsAt": opened["endsAt"], "inForce": True,
        "who": "Fødesen, Lege", "hprNumber": "999900042", "organisation": "Testby sykehus",
        "reason": "CONDITION_PREVENTS", "reasonInPlainWords": "tilstanden din gjorde at du ikke kunne spørres",
        "reasonText": WHY,
    }  # fmt: skip
    read, wrote, refused = [edge["node"] for edge in (await world.data(WOMAN, LOG))["accessLog"]["edges"]][1:4]
    noted = {
        "reason": "CONDITION_PREVENTS",
        "reasonInPlainWords": hers["reasonInPlainWords"],
        "endsAt": opened["endsAt"],
    }
    assert read["elevated"] == wrote["elevated"] == noted
    assert read["accessBasis"] == wrote["accessBasis"] == "FORHOYET_AKUTT"
    assert wrote["writtenSections"] == ["elevation"]
    assert (refused["accessBasis"], refused["elevated"], refused["outcome"]) == ("AKUTT", None, "REFUSED")
    changes = await of_hers(world, WOMAN, "change", "what, record_id, author")
    (what, record_id, author) = changes[-1]
    assert (what, record_id, json.loads(author)["hpr_number"]) == ("ACCESS_ELEVATED", None, "999900042")
    assert len(announced) == 1


@pytest.mark.parametrize("said", ["kort", " " * 30, "kort" + " " * 40, "x" * 501, "x" * 19, WHY + "\0"])
async def test_TC_B08_without_words_nothing_opens(world: World, said: str) -> None:
    """Twenty characters that say something, and no more than five hundred."""
    token = in_session(world, "hospital", "ETREAT")
    assert code(await elevate(world, token, text=said)) == "ELEVATION_REASON_REQUIRED"
    await nothing_was_opened(world)


async def test_an_emergency_needs_a_reason_code(world: World) -> None:
    """Words alone are not enough."""
    assert (
        code(await elevate(world, in_session(world, "hospital", "ETREAT"), reason=None)) == "ELEVATION_REASON_REQUIRED"
    )
    await nothing_was_opened(world)


@pytest.mark.parametrize(
    ("persona", "purpose", "user_selected", "agrees"),
    [
        ("hospital", "ETREAT", False, False),
        ("hospital", "COC", True, False),
        ("hospital", "COC", True, True),
        ("hospital", "TREAT", True, False),
        ("hospital", "TREAT", False, True),
    ],
    ids=["TC-B09 not picked by hand", "co-ordination", "co-ordination, agreed", "not agreed", "agreed, not by hand"],
)
async def test_TC_B09_the_situation_must_allow_it(
    world: World, persona: str, purpose: str, user_selected: bool, agrees: bool
) -> None:
    """Care or emergency, a patient picked by hand, and in ordinary care her yes."""
    token = token_of(world, persona, purpose, user_selected=user_selected)
    reason = None if agrees else "CONDITION_PREVENTS"
    assert code(await elevate(world, token, reason=reason, agrees=agrees)) == "ELEVATION_NOT_PERMITTED"
    await nothing_was_opened(world)


@pytest.mark.parametrize("persona", ["nurse", "imaging"])
async def test_TC_B10_other_professions_open_nothing(world: World, persona: str) -> None:
    """Doctors and midwives only, whatever is said."""
    await keep_out(world, "5")
    assert code(await elevate(world, in_session(world, persona, "ETREAT"))) == "ELEVATION_NOT_PERMITTED"
    await nothing_was_opened(world)


async def test_without_a_sign_in_session_nothing_opens(world: World) -> None:
    """There would be nothing to bind it to."""
    token = world.token("hospital", "ETREAT", by_hand=True, sid=None)
    assert code(await elevate(world, token)) == "ELEVATION_NOT_PERMITTED"
    await nothing_was_opened(world)


@pytest.mark.parametrize("persona", ["kari", "representative", "secretary", "clerk", "ehr", "auditor", "evaluator"])
async def test_nobody_but_health_personnel_has_the_command(world: World, persona: str) -> None:
    """It is in no other schema; and the list of elevations is in hers alone."""
    said = {"patient": world.number(WOMAN), "reason": "OTHER", "text": WHY, "key": "k"}
    response = await post(world, world.token(persona), ELEVATE, **said)
    assert response.status_code in (400, 403) and "data" not in response.json()
    if persona != "kari":
        assert (await post(world, world.token(persona), HERS)).status_code in (400, 403)
    assert await of_hers(world, WOMAN, "elevation") == []


async def test_health_personnel_are_not_told_who_else_opened_what(world: World) -> None:
    """The list, names, reasons and words are hers; the one who opened is told until when."""
    assert (await post(world, world.token("hospital"), HERS)).status_code == 400
    query = ELEVATE.replace("inForce", "reasonText")
    said = {"patient": world.number(WOMAN), "reason": "OTHER", "text": WHY, "key": "k"}
    assert (await post(world, in_session(world, "hospital", "ETREAT"), query, **said)).status_code == 400


async def test_TC_B11_where_nothing_would_open_nothing_is_opened(world: World) -> None:
    """No block, a block only she can open, and one that is open already are one answer."""
    assert code(await elevate(world, in_session(world, "hospital", "ETREAT"), "kari")) == "ELEVATION_NOT_APPLICABLE"
    await nothing_was_opened(world, "kari")
    token = in_session(world, "hospital", "ETREAT")
    for override, section in (("1", None), ("1", "medical_conditions"), ("3", None), ("9", None)):
        await keep_out(world, override, section=section)
        assert code(await elevate(world, token)) == "ELEVATION_NOT_APPLICABLE"
    await nothing_was_opened(world)
    await keep_out(world, "5")
    assert "errors" not in await elevate(world, token)
    assert code(await elevate(world, token)) == "ELEVATION_NOT_APPLICABLE"


async def test_a_block_that_stays_makes_opening_the_other_pointless(world: World) -> None:
    """A section closed twice, once so that only she can open it, would stay closed."""
    both = [
        Block(str(uuid4()), "mother", BlockTarget.ALL, None, False, override, NOW - timedelta(days=1), None)
        for override in ("1", "5")
    ]
    services = world.services
    await set_blocks(services.database, services.patient_keys, world.number(WOMAN), tuple(both))
    assert code(await elevate(world, in_session(world, "hospital", "ETREAT"))) == "ELEVATION_NOT_APPLICABLE"


async def test_TC_B12_it_ends_after_an_hour(world: World) -> None:
    """At sixty minutes it is over, by itself."""
    await elevate(world, in_session(world, "hospital", "ETREAT"))
    for minutes, is_open in ((59, True), (60, False), (61, False)):
        set_clock(world, NOW + timedelta(minutes=minutes))
        body = await look(world, in_session(world, "hospital", "ETREAT"))
        assert (body["data"]["card"] is not None) == is_open
        assert is_open or code(body) == "ACCESS_BLOCKED_BY_PATIENT"
    assert not (await world.data(WOMAN, HERS))["elevations"][0]["inForce"]


async def test_TC_B13_it_does_not_follow_to_another_woman(world: World) -> None:
    """The same person in the same session is kept out of another card that is blocked."""
    await keep_out(world, "5", woman="kari")
    token = in_session(world, "hospital", "ETREAT")
    await elevate(world, token)
    assert (await look(world, token))["data"]["card"] is not None
    assert code(await look(world, in_session(world, "hospital", "ETREAT"), "kari")) == "ACCESS_BLOCKED_BY_PATIENT"


@pytest.mark.parametrize("who", ["session", "purpose", "colleague", "co-ordination"])
async def test_it_serves_nobody_and_nothing_else(world: World, who: str) -> None:
    """Another session, another purpose, a colleague at the same unit in a session of the same name: kept out."""
    await elevate(world, in_session(world, "hospital", "ETREAT", "one"))
    other = {
        "session": ("hospital", "ETREAT", "two"),
        "purpose": ("hospital", "TREAT", "one"),
        "colleague": ("hospital-midwife", "ETREAT", "one"),
        "co-ordination": ("hospital", "COC", "one"),
    }[who]
    assert code(await look(world, in_session(world, *other))) == "ACCESS_BLOCKED_BY_PATIENT"


async def test_TC_B15_her_yes_opens_what_needs_it(world: World) -> None:
    """In ordinary care, with override codes 3 and 5; the basis is logged and shown."""
    for override in ("3", "5"):
        await keep_out(world, override, hpr="999900018")
        token = in_session(world, "gp", "TREAT", override)
        body = await look(world, token)
        expected = {"3": "WITH_PATIENT_CONSENT", "5": "WITH_REASON"}[override]
        assert body["errors"][0]["extensions"]["elevation"] == expected
        opened = await elevate(world, token, reason=None, agrees=True)
        assert opened["data"]["elevateAccess"]["accessBasis"] == "FORHOYET_SAMTYKKE"
        assert (await look(world, token))["data"]["card"] is not None
    entry = (await world.ledger_entries(WOMAN))[-1]
    assert (entry["access_basis"], entry["elevated"]["reason_code"], entry["outcome"]) == (
        "FORHOYET_SAMTYKKE",
        None,
        "PARTIAL" if entry["withheld"] else "ALLOWED",
    )
    assert [one["reason"] for one in (await world.data(WOMAN, HERS))["elevations"]] == [None, None]


@pytest.mark.parametrize(("purpose", "reason"), [("TREAT", "OTHER"), ("ETREAT", "OTHER"), ("ETREAT", None)])
async def test_her_yes_and_a_reason_why_she_was_not_asked_do_not_go_together(
    world: World, purpose: str, reason: str | None
) -> None:
    """One or the other, as the purpose is."""
    await keep_out(world, "5")
    body = await elevate(world, in_session(world, "hospital", purpose), reason=reason, agrees=True)
    assert code(body) in ("BAD_USER_INPUT", "ELEVATION_REASON_REQUIRED")
    await nothing_was_opened(world)


async def test_consent_protection_and_death_are_never_opened(world: World) -> None:
    """The answers are those of any look; nothing tells a protected woman from one without a card."""
    services = world.services
    expected = {
        "randi": "CONSENT_MISSING", "liv": "CONSENT_MISSING", "sunniva": "RECORD_NOT_AVAILABLE",
        "astrid": "RECORD_NOT_AVAILABLE", "guro": "RECORD_NOT_AVAILABLE",
    }  # fmt: skip
    errors = {}
    for woman, said in expected.items():
        if woman != "randi":
            await keep_out(world, "5", woman=woman)
        body = await elevate(world, in_session(world, "hospital", "ETREAT"), woman)
        assert code(body) == said
        (errors[woman],) = [{**error, "extensions": {**error["extensions"], "eventId": ""}} for error in body["errors"]]
        assert woman == "randi" or await of_hers(world, woman, "elevation") == []
    assert errors["sunniva"] == errors["guro"] == errors["astrid"]
    token = in_session(world, "hospital", "ETREAT")
    await elevate(world, token)
    await set_person_status(
        services.database, services.patient_keys, world.number(WOMAN), protection=Protection.CONFIDENTIAL
    )
    assert code(await look(world, token)) == "RECORD_NOT_AVAILABLE"


async def test_her_own_card_is_not_opened_at_work(world: World) -> None:
    """A clinician who is the patient is sent to Helsenorge."""
    hers = world.number(WOMAN)
    token = in_session(world, "hospital", "ETREAT", **{"helseid://claims/identity/pid": hers})
    assert code(await elevate(world, token)) == "SELF_ACCESS_THROUGH_PROFESSIONAL_ROLE"
    await nothing_was_opened(world)


async def test_withdrawal_ends_it_and_the_ledger_keeps_the_fact(world: World) -> None:
    """The projection is gone, and the words; who opened, when and on what basis stays until it is reviewed."""
    token = in_session(world, "hospital", "ETREAT")
    await elevate(world, token)
    await world.data(WOMAN, "mutation { withdrawConsent { cardsDeleted } }")
    assert code(await look(world, token)) == "CONSENT_MISSING"
    assert WHY not in str(await of_hers(world, WOMAN, "elevation"))
    assert await of_hers(world, WOMAN, "patient", "elevations") == [("[]",)]
    (left,) = (await world.data(WOMAN, HERS))["elevations"]
    assert (left["who"], left["inForce"], left["reasonText"]) == ("Fødesen, Lege", False, None)
    await world.data(WOMAN, "mutation { giveConsent { given } }")
    await world.add_whole_card(woman=WOMAN)
    assert code(await look(world, token)) == "ACCESS_BLOCKED_BY_PATIENT"
    log = [edge["node"] for edge in (await world.data(WOMAN, LOG))["accessLog"]["edges"]]
    assert [node["accessBasis"] for node in log if node["elevated"]] == ["FORHOYET_AKUTT"]


async def test_lifting_the_block_makes_the_elevation_needless(world: World) -> None:
    """A look that no block had to be opened for is an ordinary one, also in the ledger."""
    token = in_session(world, "hospital", "ETREAT")
    await elevate(world, token)
    for one in (await world.data(WOMAN, MY_BLOCKS))["myBlocks"]:
        await lift(world, one["blockId"], WOMAN)
    assert (await look(world, token))["data"]["card"] is not None
    entry = (await world.ledger_entries(WOMAN))[-1]
    assert (entry["access_basis"], entry["elevated"]) == ("AKUTT", None)


async def test_the_words_of_the_reason_are_for_her_alone(world: World, capfd: pytest.CaptureFixture[str]) -> None:
    """They are in one row, and in no ledger entry, change, answer kept, log line or error."""
    words = "hemmelige ord om hvorfor, som bare hun leser"
    token = in_session(world, "hospital", "ETREAT")
    body = await elevate(world, token, text=words)
    again = await elevate(world, in_session(world, "hospital", "ETREAT", "other"), text=words[:10])
    assert words[:10] not in json.dumps([body, again])
    for table in ("ledger_entry", "change", "idempotency_key", "patient"):
        rows = await stored(world, f"SELECT * FROM {table}")
        assert rows and words[:10] not in str(rows)
    assert len(await stored(world, "SELECT 1 FROM elevation WHERE reason_text = :words", words=words)) == 1
    captured = capfd.readouterr()
    assert words[:10] not in captured.out + captured.err
    metrics = (await world.client.get("/metrics")).text
    assert words[:10] not in metrics


async def test_it_is_opened_once_however_often_it_is_sent(world: World) -> None:
    """The same key and words: the same answer, one row, one change, one entry that wrote; other words are refused."""
    token = in_session(world, "hospital", "ETREAT")
    answers = await asyncio.gather(*(elevate(world, token, key="k-1") for _ in range(4)))
    assert len({json.dumps(answer) for answer in answers}) == 1 and "errors" not in answers[0]
    assert code(await elevate(world, token, key="k-1", text=WHY + " og mer")) == "IDEMPOTENCY_KEY_REUSED"
    assert len(await of_hers(world, WOMAN, "elevation")) == 1
    assert len([1 for entry in await world.ledger_entries(WOMAN) if entry["written"]]) == 1
    other = in_session(world, "hospital", "ETREAT", "another")
    assert code(await elevate(world, other, key="k-1")) == "IDEMPOTENCY_KEY_REUSED"


async def test_without_a_ledger_nothing_opens(world: World) -> None:
    """Elevation, change and entry are one transaction."""
    await world.break_ledger()
    await elevate(world, in_session(world, "hospital", "ETREAT"))
    assert await of_hers(world, WOMAN, "elevation") == []
    assert await of_hers(world, WOMAN, "patient", "elevations") == [("[]",)]


async def test_a_look_with_an_elevation_is_still_one_statement(world: World) -> None:
    """The gate needs no second one."""
    token = in_session(world, "hospital", "ETREAT")
    await elevate(world, token)
    await look(world, token)
    with world.services.database.count_statements() as seen:
        assert (await look(world, token))["data"]["card"] is not None
    assert len([one for one in seen if one.startswith("SELECT") and "ledger" not in one]) == 1


async def test_an_elevation_that_cannot_be_read_opens_nothing(world: World) -> None:
    """Fail closed."""
    token = in_session(world, "hospital", "ETREAT")
    await elevate(world, token)
    async with world.services.database.transaction() as connection:
        await connection.execute(text("UPDATE patient SET elevations = '[{}]'"))
    response = await post(world, token, ILLNESSES, patient=world.number(WOMAN))
    assert response.status_code >= 500 and not (response.json().get("data") or {}).get("card")


async def test_entries_from_before_the_basis_was_noted_can_be_read(world: World) -> None:
    """She reads them with no basis."""
    await world.data("gp", ILLNESSES, patient=world.number("kari"))
    async with world.services.database.transaction() as connection:
        (old,) = (await connection.execute(text("SELECT entry FROM ledger_entry"))).scalars()
        entry = {name: value for name, value in json.loads(old).items() if name not in ("access_basis", "elevated")}
        await connection.execute(text("UPDATE ledger_entry SET entry = :entry"), {"entry": json.dumps(entry)})
    (edge,) = (await world.data("kari", LOG))["accessLog"]["edges"]
    assert (edge["node"]["accessBasis"], edge["node"]["accessBasisInPlainWords"], edge["node"]["elevated"]) == (
        None,
        None,
        None,
    )


@pytest.mark.parametrize(
    ("persona", "purpose", "basis"),
    [
        ("gp", "TREAT", "UNNTAK"), ("gp", "COC", "UNNTAK"), ("gp", "ETREAT", "AKUTT"),
        ("stranger", "TREAT", "SAMTYKKE"), ("stranger", "COC", "UNNTAK"), ("stranger", "ETREAT", "AKUTT"),
    ],
)  # fmt: skip
async def test_every_professional_look_has_its_basis(world: World, persona: str, purpose: str, basis: str) -> None:
    """Her own unit need not ask; others say that they did; an emergency is one."""
    await world.ask(persona, ILLNESSES, purpose=purpose, patient=world.number("kari"))
    (entry,) = await world.ledger_entries("kari")
    assert entry["access_basis"] == basis
    (edge,) = (await world.data("kari", LOG))["accessLog"]["edges"]
    assert edge["node"]["accessBasis"] == basis


def test_a_look_without_a_purpose_has_no_basis() -> None:
    """She herself, and systems; and where nobody looked whether the unit follows the card, nothing is claimed."""
    assert basis_of(None, True) is None
    assert basis_of(Purpose.TREAT, None) is None
    assert {basis_of(purpose, own) for purpose in Purpose for own in (True, False)} == {
        AccessBasis.UNNTAK, AccessBasis.SAMTYKKE, AccessBasis.AKUTT,
    }  # fmt: skip


MADE = ElevatedAccess(
    elevation_id="e", hpr_number="999900018", organisation_number="310990000", session_id="s",
    access_basis=AccessBasis.FORHOYET_AKUTT, reason_code="4", starts_at=THEN, ends_at=THEN + timedelta(hours=1),
)  # fmt: skip
ON_DUTY = replace(GP, purpose=Purpose.ETREAT, session_id="s")


def gate(patient: PatientFile, **changes: Any) -> Any:
    return open_record(replace(ON_DUTY, **changes), HER_NUMBER, Found(patient, FOUND_CARD), PILOT, THEN)


VISIT = """mutation($patient: NationalIdentityNumber!, $key: String!) {
  recordVisit(patient: $patient, idempotencyKey: $key, visit: {heldOn: "2026-11-23"}) { __typename } }"""
MEDICATION = """mutation($patient: NationalIdentityNumber!, $key: String!) {
  recordMedication(patient: $patient, idempotencyKey: $key, medication: {drugAllergy: true}) { __typename } }"""
CLOSE = """mutation($patient: NationalIdentityNumber!, $key: String!) {
  closeCardAsDelivered(patient: $patient, idempotencyKey: $key, expectedVersion: 1, deliveredAt: "2026-11-23T08:00:00Z", liveBirth: true) { __typename } }"""


async def write(world: World, token: str, command: str) -> dict[str, Any]:
    return await send(world, token, command, patient=world.number(WOMAN), key=str(uuid4()))


async def test_TC_B14_what_an_emergency_opened_is_for_reading_save_the_visit(world: World) -> None:
    """Before it is opened nothing is written; then the visit, with its basis in the ledger, and nothing else."""
    await keep_out(world, "5")
    token = in_session(world, "hospital", "ETREAT")
    assert code(await write(world, token, VISIT)) == "ACCESS_BLOCKED_BY_PATIENT"
    await elevate(world, token)
    for command in (MEDICATION, CLOSE):
        assert code(await write(world, token, command)) == "SECTION_FORBIDDEN"
    assert (await write(world, token, VISIT))["data"]["recordVisit"]["__typename"] == "VisitRecorded"
    entry = (await world.ledger_entries(WOMAN))[-1]
    assert (entry["access_basis"], entry["elevated"]["reason_code"]) == ("FORHOYET_AKUTT", "4")
    assert len([1 for (what,) in await of_hers(world, WOMAN, "change", "what") if what.startswith("ITEM_")]) == 1


async def test_a_visit_of_her_own_unit_is_noted_as_such(world: World) -> None:
    """What is written has its basis as what is read has."""
    body = await send(world, world.token("gp"), VISIT, patient=world.number("kari"), key="v")
    assert body["data"]["recordVisit"]["__typename"] == "VisitRecorded"
    entry = (await world.ledger_entries("kari"))[-1]
    assert (entry["access_basis"], entry["elevated"]) == ("UNNTAK", None)


async def test_what_her_yes_opened_is_for_reading(world: World) -> None:
    """She agreed to a look; who is to write for her is another choice of hers."""
    await keep_out(world, "3")
    token = in_session(world, "hospital", "TREAT")
    assert "errors" not in await elevate(world, token, reason=None, agrees=True)
    for command in (VISIT, MEDICATION, CLOSE):
        assert code(await write(world, token, command)) == "SECTION_FORBIDDEN"
    assert [1 for (what,) in await of_hers(world, WOMAN, "change", "what") if what.startswith("ITEM_")] == []


def test_TC_B14_the_grant_says_that_it_is_elevated() -> None:
    """So that whoever writes can refuse; an ordinary grant says nothing of the kind."""
    opened = replace(PERSON, blocks=(block(),), elevations=(MADE,))
    assert gate(opened).elevated == MADE
    assert gate(replace(PERSON, elevations=(MADE,))).elevated is None
    assert gate(
        replace(opened, blocks=(block(section="mother"), block(section="medication", override_code="3")))
    ).blocked.keys() == {"medication"}


@pytest.mark.parametrize(
    "changes",
    [
        {"hpr_number": "999900026"}, {"hpr_number": None}, {"session_id": "t"}, {"session_id": None},
        {"unit": replace(GP.unit, number="310990019")}, {"unit": None}, {"purpose": Purpose.TREAT},  # type: ignore[type-var]
        {"purpose": Purpose.COC}, {"profession": "SP"}, {"profession": None},
        {"role": Role.PUBLIC_HEALTH_NURSE, "profession": "JO"}, {"role": Role.IMAGING_AND_OTHER},
    ],
    ids=str,
)  # fmt: skip
def test_an_elevation_that_is_not_the_callers_opens_nothing(changes: dict[str, Any]) -> None:
    """Any one thing that differs is enough, also what the person is in this request."""
    opened = replace(PERSON, blocks=(block(target=BlockTarget.ALL),), elevations=(MADE,))
    assert gate(opened) is not None
    with pytest.raises(RecordRefusal) as refused:
        gate(opened, **changes)
    assert refused.value.code == "ACCESS_BLOCKED_BY_PATIENT"


@pytest.mark.parametrize("override", ["1", "3", "9", ""])
def test_an_emergency_opens_no_harder_block(override: str) -> None:
    """Code 1, code 3, and what is no code."""
    with pytest.raises(RecordRefusal):
        gate(replace(PERSON, blocks=(block(override_code=override),), elevations=(MADE,)))
