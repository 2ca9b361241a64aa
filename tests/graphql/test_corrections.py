"""Requests for correction over HTTP: she asks, the unit that wrote it answers, nobody else reads a word."""

import asyncio
import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from app.domain.card.sections import SECTIONS
from app.domain.record import Block, BlockTarget, Protection
from data.patients import set_blocks, set_person_status
from data.storing import open_items_of
from resolvers.card_sections import CardSection
from tests.access.choosing import code, in_session, of_hers, send, stored
from tests.world import NOW, World

GP_OFFICE, MIDWIFE_SERVICE = "310990000", "310990019"
SAID = "Jeg har aldri hatt diabetes"
REQUEST = """mutation($section: CardSection!, $item: ID!, $text: String!, $key: String!) {
  requestCorrection(section: $section, itemId: $item, text: $text, idempotencyKey: $key) { requestId section itemId version unit unitNumber text status answer } }"""
ANSWER = """mutation($patient: NationalIdentityNumber!, $request: ID!, $status: CorrectionAnswer!, $answer: String!, $key: String!) {
  answerCorrectionRequest(patient: $patient, requestId: $request, status: $status, answer: $answer, idempotencyKey: $key) { requestId status answer answeredBy answeredAt } }"""
LISTED = "correctionRequests { requestId section unit text status answer answeredBy }"
MINE = f"{{ myCard {{ {LISTED} }} }}"
THEIRS = f"query($patient: NationalIdentityNumber!) {{ card(patient: $patient) {{ {LISTED} }} }}"
ITEM = "{ myCard { medicalConditions { provenance { itemId version } } antenatalVisits { provenance { itemId } } } }"


async def ask(world: World, woman: str = "kari", **changes: Any) -> dict[str, Any]:
    """She asks for a correction of her illnesses, or of what is said."""
    said = {"section": "MEDICAL_CONDITIONS", "text": SAID, "key": str(uuid4())} | changes
    if "item" not in said:
        card = (await world.data(woman, ITEM))["myCard"]
        said["item"] = card["medicalConditions"]["provenance"]["itemId"]
    return (await world.ask(woman, REQUEST, **said)).json()  # type: ignore[no-any-return]


async def asked(world: World, **changes: Any) -> dict[str, Any]:
    body = await ask(world, **changes)
    assert "errors" not in body, body["errors"]
    return body["data"]["requestCorrection"]  # type: ignore[no-any-return]


async def answer(world: World, persona: str, request: str, woman: str = "kari", **changes: Any) -> dict[str, Any]:
    said = {"status": "CORRECTED", "answer": "Rettet.", "key": str(uuid4())} | changes
    purpose = said.pop("purpose", None)
    return (
        await world.ask(persona, ANSWER, purpose=purpose, patient=world.number(woman), request=request, **said)
    ).json()  # type: ignore[no-any-return]


async def listed(world: World, persona: str, woman: str = "kari", purpose: str | None = None) -> list[dict[str, Any]]:
    """What somebody is told of requests, as one who asks for nothing else."""
    if persona == woman:
        return (await world.data(woman, MINE))["myCard"]["correctionRequests"]  # type: ignore[no-any-return]
    data = await world.data(persona, THEIRS, purpose=purpose, patient=world.number(woman))
    return data["card"]["correctionRequests"]  # type: ignore[no-any-return]


async def unit_of(world: World, woman: str = "kari", kind: str = "medical_conditions") -> str:
    """Who wrote the item, as the store has it."""
    (item,) = [one for one in world.situation(woman).records[-1].items if one.kind == kind][-1:]
    assert item.author is not None
    return str(item.author["organisation_number"])


async def test_she_asks_and_the_unit_that_wrote_it_answers(world: World) -> None:
    """From question to answer: both read it, the item itself is not touched."""
    before = await world.data("kari", ITEM)
    assert await unit_of(world) == GP_OFFICE
    made = await asked(world)
    assert (made["unitNumber"], made["unit"], made["status"], made["text"]) == (
        GP_OFFICE,
        "Testby legesenter",
        "OPEN",
        SAID,
    )
    (theirs,) = await listed(world, "gp")
    assert (theirs["requestId"], theirs["text"], theirs["status"]) == (made["requestId"], SAID, "OPEN")
    body = await answer(world, "gp", made["requestId"], answer="  Vi har rettet det. ")
    assert body["data"]["answerCorrectionRequest"] == {
        "requestId": made["requestId"], "status": "CORRECTED", "answer": "Vi har rettet det.",
        "answeredBy": "Prøvesen, Lege", "answeredAt": NOW.isoformat().replace("+00:00", "Z"),
    }  # fmt: skip
    (hers,) = await listed(world, "kari")
    assert (hers["status"], hers["answer"], hers["answeredBy"]) == ("CORRECTED", "Vi har rettet det.", "Prøvesen, Lege")
    assert await world.data("kari", ITEM) == before


async def test_a_request_goes_to_the_author_of_the_current_version(world: World) -> None:
    """Whoever wrote before is not asked."""
    card = (await world.data("kari", ITEM))["myCard"]["medicalConditions"]["provenance"]
    query = "SELECT author FROM section_version WHERE item_id = :item AND version = :version"
    ((author,),) = await stored(world, query, item=card["itemId"], version=card["version"])
    newer = json.dumps(json.loads(author) | {"organisation_number": MIDWIFE_SERVICE})
    async with world.services.database.transaction() as connection:
        await connection.execute(
            text(
                "INSERT INTO section_version (record_id, kind, item_id, version, position, last_updated_at, author, content) SELECT record_id, kind, item_id, version + 1, position, last_updated_at, :author, content FROM section_version WHERE item_id = :item AND version = :version"
            ),
            {"author": newer, "item": card["itemId"], "version": card["version"]},
        )
    made = await asked(world)
    assert (made["unitNumber"], made["version"]) == (MIDWIFE_SERVICE, card["version"] + 1)
    assert await listed(world, "gp") == []
    assert len(await listed(world, "midwife")) == 1


async def test_another_unit_is_not_told(world: World) -> None:
    """Not in a list, not by id; the answer is that of a request that does not exist."""
    made = await asked(world)
    for persona in ("midwife", "hospital", "nurse"):
        assert await listed(world, persona) == []
    refused = [await answer(world, "midwife", made["requestId"]), await answer(world, "midwife", str(uuid4()))]
    assert [code(body) for body in refused] == ["NOT_FOUND", "NOT_FOUND"]
    assert refused[0]["errors"][0]["message"] == refused[1]["errors"][0]["message"]
    assert (await listed(world, "kari"))[0]["status"] == "OPEN"


async def test_who_does_not_read_the_whole_section_is_not_told(world: World) -> None:
    """Co-ordination of care takes intimate facts away, a block takes the section away: her words may tell of them."""
    made = await asked(world)
    assert await listed(world, "gp", purpose="COC") == []
    assert code(await answer(world, "gp", made["requestId"], purpose="COC")) == "SECTION_FORBIDDEN"
    services = world.services
    for override in ("1", "5"):
        closed = Block(
            str(uuid4()), "medical_conditions", BlockTarget.ALL, None, False, override, NOW - timedelta(1), None
        )
        await set_blocks(services.database, services.patient_keys, world.number("kari"), (closed,))
        assert await listed(world, "gp") == []
        assert code(await answer(world, "gp", made["requestId"])) == "NOT_FOUND"
    assert len(await listed(world, "kari")) == 1


async def test_TC_B06_a_blocked_clinician_writes_nothing(world: World) -> None:
    """The gate's refusal, and the request waits; also when she has opened the card in an emergency: that is for reading."""
    made = await asked(world)
    services = world.services
    whole = Block(str(uuid4()), None, BlockTarget.PERSON, "999900018", False, "5", NOW - timedelta(1), None)
    await set_blocks(services.database, services.patient_keys, world.number("kari"), (whole,))
    assert code(await answer(world, "gp", made["requestId"])) == "ACCESS_BLOCKED_BY_PATIENT"
    token = in_session(world, "gp", "ETREAT")
    elevate = """mutation($patient: NationalIdentityNumber!) { elevateAccess(patient: $patient, reason: NOT_REACHED, text: "akutt blødning, må se kortet", idempotencyKey: "e") { inForce } }"""
    assert (await send(world, token, elevate, patient=world.number("kari")))["data"]["elevateAccess"]["inForce"]
    assert (
        len((await send(world, token, THEIRS, patient=world.number("kari")))["data"]["card"]["correctionRequests"]) == 1
    )
    said = {
        "patient": world.number("kari"),
        "request": made["requestId"],
        "status": "CORRECTED",
        "answer": "x",
        "key": "k",
    }
    assert code(await send(world, token, ANSWER, **said)) == "SECTION_FORBIDDEN"
    assert (await listed(world, "kari"))[0]["status"] == "OPEN"


async def test_only_who_writes_on_cards_answers(world: World) -> None:
    """A nurse of the same unit, even with a token for writing, does not; secretaries have no such command."""
    made = await asked(world)
    scopes = ["nhn:maternity-gateway/read", "nhn:maternity-gateway/write"]
    said = {
        "patient": world.number("kari"),
        "request": made["requestId"],
        "status": "DECLINED",
        "answer": "x",
        "key": "k",
    }
    assert code(await send(world, world.token("nurse", scope=scopes), ANSWER, **said)) == "SECTION_FORBIDDEN"
    for persona in ("secretary", "clerk", "ehr", "auditor", "evaluator", "representative", "kari"):
        response = await world.send(world.token(persona), ANSWER, **said)
        assert response.status_code in (400, 403) and "data" not in response.json()
    for persona in ("gp", "secretary", "representative", "auditor"):
        said = {"section": "MEDICAL_CONDITIONS", "item": "i", "text": SAID, "key": "k"}
        assert (await world.send(world.token(persona), REQUEST, **said)).status_code in (400, 403)
    assert (await listed(world, "kari"))[0]["status"] == "OPEN"


async def test_an_answer_is_given_once(world: World) -> None:
    """Another answer is refused; the same one sent again is heard again and writes nothing."""
    made = await asked(world)
    first = await answer(world, "gp", made["requestId"], key="a")
    assert await answer(world, "gp", made["requestId"], key="a") == first
    assert code(await answer(world, "gp", made["requestId"], key="a", status="DECLINED")) == "IDEMPOTENCY_KEY_REUSED"
    assert code(await answer(world, "gp", made["requestId"], key="b", status="DECLINED")) == "ALREADY_ANSWERED"
    written = [entry["role"] for entry in await world.ledger_entries("kari") if entry["written"]]
    assert written == ["CITIZEN", "GP"]


async def test_a_request_sent_twice_at_once_is_one_request(world: World) -> None:
    """The same answer for all."""
    card = (await world.data("kari", ITEM))["myCard"]
    item = card["medicalConditions"]["provenance"]["itemId"]
    answers = await asyncio.gather(*(ask(world, key="k", item=item) for _ in range(4)))
    assert len({json.dumps(one) for one in answers}) == 1 and "errors" not in answers[0]
    assert len(await listed(world, "kari")) == 1


@pytest.mark.parametrize("said", ["", "   ", "x" * 2001, "nul\0"])
async def test_words_have_a_length(world: World, said: str) -> None:
    """1 to 2000 characters, hers and the unit's."""
    made = await asked(world)
    assert code(await ask(world, text=said)) == "BAD_USER_INPUT"
    assert code(await answer(world, "gp", made["requestId"], answer=said)) == "BAD_USER_INPUT"
    (request,) = await listed(world, "kari")
    assert request["status"] == "OPEN"


async def test_what_is_not_on_her_card_cannot_be_corrected(world: World) -> None:
    """Another woman's item, another section's, one entered in error, and one that does not exist are one answer."""
    theirs = (await world.data("aisha", ITEM))["myCard"]["medicalConditions"]["provenance"]["itemId"]
    hers = (await world.data("kari", ITEM))["myCard"]["antenatalVisits"][0]["provenance"]["itemId"]
    bodies = [await ask(world, item=item) for item in (theirs, hers, str(uuid4()))]
    (wrong,) = [one for one in world.situation("ingrid").records[-1].items if one.entered_in_error]
    bodies.append(await ask(world, woman="ingrid", section=wrong.kind.upper(), item=wrong.item_id))
    assert {(code(body), body["errors"][0]["message"]) for body in bodies} == {
        ("NOT_FOUND", "There is no such item on the card.")
    }
    assert await of_hers(world, "kari", "correction_request") == []


@pytest.mark.parametrize("unit", [None, "310990124", "12345678901234567890"], ids=["none", "not-enrolled", "odd"])
async def test_where_no_unit_is_known_she_is_told_so(world: World, unit: str | None) -> None:
    """Nobody would ever read such a request."""
    item = (await world.data("kari", ITEM))["myCard"]["medicalConditions"]["provenance"]["itemId"]
    author = json.dumps({"name": "Ukjent"} | ({"organisation_number": unit} if unit else {}))
    async with world.services.database.transaction() as connection:
        statement = text("UPDATE section_version SET author = :author WHERE item_id = :item")
        await connection.execute(statement, {"author": author, "item": item})
    assert code(await ask(world, item=item)) == "NO_AUTHOR_UNIT"
    assert await listed(world, "kari") == []


async def test_open_requests_stand_on_the_units_list(world: World) -> None:
    """Counted in the same transaction, by unit; an answer takes one off."""
    card = (await world.data("kari", ITEM))["myCard"]
    first = await asked(world)
    await asked(world)
    await asked(world, section="ANTENATAL_VISITS", item=card["antenatalVisits"][0]["provenance"]["itemId"])
    async with world.services.database.connection() as connection:
        waiting = await open_items_of(connection, world.situation("kari").records[-1].record_id)
    lines = dict(await of_hers(world, "kari", "caseload_entry", "unit, open_items"))
    assert waiting[GP_OFFICE] >= 2 and sum(waiting.values()) == 3
    assert lines == {unit: waiting.get(unit, 0) for unit in lines}
    await answer(world, "gp", first["requestId"], status="DECLINED", answer="Det stemmer, slik vi ser det.")
    assert dict(await of_hers(world, "kari", "caseload_entry", "unit, open_items"))[GP_OFFICE] == waiting[GP_OFFICE] - 1


async def test_requests_and_answers_are_changes_without_words(world: World) -> None:
    """They say which item and who, never what; the ledger says that something was written, and whoever listens is told."""
    announced: list[str] = []
    world.services.choices.corrections._choosing._announce = announced.append  # type: ignore[attr-defined]
    made = await asked(world)
    await answer(world, "gp", made["requestId"], answer="Ord fra legen")
    changes = (await of_hers(world, "kari", "change", "what, kind, item_id, version, record_id, author"))[-2:]
    record_id = world.situation("kari").records[-1].record_id
    assert [row[:5] for row in changes] == [
        (what, "medical_conditions", made["itemId"], made["version"], record_id)
        for what in ("CORRECTION_REQUESTED", "CORRECTION_ANSWERED")
    ]
    assert changes[0][5] is None and json.loads(changes[1][5])["hpr_number"] == "999900018"
    assert len(announced) == 2
    ((latest,),) = await stored(world, "SELECT last_change FROM maternity_record WHERE record_id = :id", id=record_id)
    assert (await of_hers(world, "kari", "change", "max(sequence)")) == [(latest,)]
    for table in ("change", "ledger_entry", "idempotency_key"):
        rows = str(await stored(world, f"SELECT * FROM {table}"))
        assert SAID not in rows and "Ord fra legen" not in rows
    written = [entry["written"] for entry in await world.ledger_entries("kari") if entry["written"]]
    assert written == [["correctionRequest"], ["correctionRequest"]]


async def test_reading_requests_is_noted_and_costs_one_statement_when_asked_for(world: World) -> None:
    """None when they are not selected, one when they are, whichever way and however often; and then one more, to see that
    she has not withdrawn between the two."""
    await asked(world)
    twice = f"query($patient: NationalIdentityNumber!) {{ card(patient: $patient) {{ a: {LISTED} b: {LISTED} }} }}"
    without = "query($patient: NationalIdentityNumber!) { card(patient: $patient) { status } }"
    for query, statements in ((without, 0), (THEIRS, 1), (twice, 1)):
        with world.services.database.count_statements() as seen:
            await world.data("gp", query, patient=world.number("kari"))
        selects = [one for one in seen if one.startswith("SELECT") and "ledger" not in one]
        assert (len(selects), len([one for one in selects if "correction_request" in one])) == (
            1 + 2 * statements,
            statements,
        )
    released = [entry["released"] for entry in (await world.ledger_entries("kari"))[-3:]]
    assert released == [[], ["correctionRequests"], ["correctionRequests"]]


async def test_earlier_cards_have_theirs_and_cost_one_statement_together(world: World) -> None:
    """Her closed cards can be asked about too, and a unit answers for them."""
    earlier, active = world.situation("ida").records
    (item,) = [one for one in earlier.items if one.kind == "medical_conditions"][-1:]
    made = await asked(world, woman="ida", item=item.item_id)
    both = f"{{ myCard {{ {LISTED} }} earlierCards {{ recordId {LISTED} }} }}"
    with world.services.database.count_statements() as seen:
        data = await world.data("ida", both)
    assert len([one for one in seen if one.startswith("SELECT") and "correction_request" in one]) == 1
    assert data["myCard"]["correctionRequests"] == []
    ((card,), (request,)) = (data["earlierCards"], data["earlierCards"][0]["correctionRequests"])
    assert (card["recordId"], request["requestId"]) == (earlier.record_id, made["requestId"])
    assert await listed(world, "gp", "ida") == []
    assert "errors" not in await answer(world, "gp", made["requestId"], "ida")


async def test_person_status_and_consent_come_first(world: World) -> None:
    """A protected woman hears what one without a card hears, and a unit hears the same of both."""
    made = await asked(world)
    without_card = await ask(world, woman="guro", item=str(uuid4()))
    services = world.services
    await set_person_status(
        services.database, services.patient_keys, world.number("kari"), protection=Protection.CONFIDENTIAL
    )
    protected = await ask(world, item=str(uuid4()))
    assert code(protected) == code(without_card) == "RECORD_NOT_AVAILABLE"
    assert protected["errors"][0]["message"] == without_card["errors"][0]["message"]
    asked_of = [await answer(world, "gp", made["requestId"]), await answer(world, "gp", str(uuid4()), "guro")]
    assert [code(body) for body in asked_of] == ["RECORD_NOT_AVAILABLE"] * 2
    for woman in ("randi", "liv"):
        assert code(await ask(world, woman=woman, item=str(uuid4()))) == "CONSENT_MISSING"
    assert (await of_hers(world, "kari", "correction_request", "status")) == [("OPEN",)]


async def test_withdrawal_takes_requests_and_answers_with_it(world: World) -> None:
    """Her words are part of what is deleted."""
    made = await asked(world)
    await answer(world, "gp", made["requestId"])
    await world.data("kari", "mutation { withdrawConsent { cardsDeleted } }")
    assert await stored(world, "SELECT 1 FROM correction_request") == []
    assert await of_hers(world, "kari", "idempotency_key") == []


async def test_without_a_ledger_there_is_no_request(world: World) -> None:
    """Request, count, change and entry are one transaction."""
    item = (await world.data("kari", ITEM))["myCard"]["medicalConditions"]["provenance"]["itemId"]
    await world.break_ledger()
    await ask(world, item=item)
    assert await of_hers(world, "kari", "correction_request") == []
    assert {open_items for (open_items,) in await of_hers(world, "kari", "caseload_entry", "open_items")} == {0}


async def test_there_is_an_end_to_open_requests(world: World) -> None:
    """Fifty may wait on one card."""
    await asked(world)
    async with world.services.database.transaction() as connection:
        for number in range(49):
            statement = "INSERT INTO correction_request SELECT record_id, :id, patient_id, kind, item_id, version, unit, request, requested_at, status, answer, answered_at, answered_by FROM correction_request LIMIT 1"
            await connection.execute(text(statement), {"id": f"{number}"})
    assert code(await ask(world)) == "TOO_MANY_OPEN_REQUESTS"


def test_every_section_somebody_reads_can_be_asked_about() -> None:
    """The enumeration is made from the declarations; what nobody reads is not in it."""
    assert {member.value for member in CardSection} == set(SECTIONS) - {"co_parent"}
