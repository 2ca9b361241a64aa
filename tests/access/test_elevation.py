"""Opening what she has blocked: who may, what must be said, what it opens and for how long, and how she is told."""

import asyncio
import json
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text

from app.domain.elevations import AccessBasis, basis_of
from app.domain.record import Block, BlockTarget, Protection
from app.domain.viewer import Purpose
from data.patients import set_blocks, set_person_status
from tests.access.choosing import (
    CLOSE,
    ELEVATE,
    HERS,
    ILLNESSES,
    LOG,
    MEDICATION,
    MY_BLOCKS,
    VISIT,
    WHY,
    WOMAN,
    code,
    elevate,
    in_session,
    keep_out,
    lift,
    look,
    nothing_was_opened,
    of_hers,
    send,
    stored,
    write,
)
from tests.world import NOW, World


async def test_an_emergency_needs_a_reason_code(world: World) -> None:
    """Words alone are not enough."""
    assert (
        code(await elevate(world, in_session(world, "hospital", "ETREAT"), reason=None)) == "ELEVATION_REASON_REQUIRED"
    )
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
    response = await world.send(world.token(persona), ELEVATE, **said)
    assert response.status_code in (400, 403) and "data" not in response.json()
    if persona != "kari":
        assert (await world.send(world.token(persona), HERS)).status_code in (400, 403)
    assert await of_hers(world, WOMAN, "elevation") == []


async def test_health_personnel_are_not_told_who_else_opened_what(world: World) -> None:
    """The list, names, reasons and words are hers; the one who opened is told until when."""
    assert (await world.send(world.token("hospital"), HERS)).status_code == 400
    query = ELEVATE.replace("inForce", "reasonText")
    said = {"patient": world.number(WOMAN), "reason": "OTHER", "text": WHY, "key": "k"}
    assert (await world.send(in_session(world, "hospital", "ETREAT"), query, **said)).status_code == 400


async def test_a_block_that_stays_makes_opening_the_other_pointless(world: World) -> None:
    """A section closed twice, once so that only she can open it, would stay closed."""
    both = [
        Block(str(uuid4()), "mother", BlockTarget.ALL, None, False, override, NOW - timedelta(days=1), None)
        for override in ("1", "5")
    ]
    services = world.services
    await set_blocks(services.database, services.patient_keys, world.number(WOMAN), tuple(both))
    assert code(await elevate(world, in_session(world, "hospital", "ETREAT"))) == "ELEVATION_NOT_APPLICABLE"


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
    response = await world.send(token, ILLNESSES, patient=world.number(WOMAN))
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
