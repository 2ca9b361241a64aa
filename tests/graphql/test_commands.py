"""Commands over HTTP: conflicts, keys, what is refused, what is only warned about, opening and closing."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from app.services import make_services
from data.storing import rebuild
from resolvers.results import WRITTEN_SECTIONS
from tests.whole_card import whole_content
from tests.world import NOW, TODAY, World, running
from tests.writing import (
    DELIVERED,
    OPEN,
    TERMINATED,
    new_card,
    new_key,
    write,
    write_body,
)

VISIT: dict[str, Any] = {"held_on": TODAY.isoformat(), "weight_kg": 71.5, "note": "Alt vel."}


async def rows(world: World, query: str, **values: Any) -> list[Any]:
    async with world.services.database.connection() as connection:
        return list((await connection.execute(text(query), values)).all())


async def stored(world: World) -> dict[str, int]:
    """How many rows there are of everything a write adds."""
    tables = ("section_version", "change", "idempotency_key", "maternity_record")
    return {table: (await rows(world, f"SELECT count(*) FROM {table}"))[0][0] for table in tables}


# --- a visit ---------------------------------------------------------------------------------------------------------


async def test_a_visit_its_findings_and_the_fundal_height_are_one_write(world: World) -> None:
    """One call; the fundal height takes date and week from the visit; one ledger entry, one change row an item."""
    number, before = await new_card(world), await stored(world)
    visit = {
        **VISIT,
        "gestational_age_weeks": 30,
        "fetal_observations": [{"fetus_number": 1, "fetal_heart_rate_bpm": 140}],
    }
    written = await write(
        world, "midwife", "record", "visit", patient=number, content=visit, also={"symphysis_fundal_height_cm": 29}
    )
    assert written["item"]["fetalObservations"][0]["fetalHeartRateBpm"] == 140
    height = written["fundalHeight"]
    assert (height["measuredOn"], height["gestationalAgeWeeks"]) == (TODAY.isoformat(), 30)
    after = await stored(world)
    assert {name: after[name] - before[name] for name in after} == {
        "section_version": 2, "change": 2, "idempotency_key": 1, "maternity_record": 0
    }  # fmt: skip
    entry = (await world.ledger_entries("randi"))[-1]
    assert [place.split(".")[0] for place in entry["written"]] == ["antenatalVisits", "symphysisFundalHeights"]
    assert "antenatalVisits.note" in entry["released"]
    assert "Alt vel" not in str(entry)


async def test_a_visit_with_an_impossible_fundal_height_is_not_written_at_all(world: World) -> None:
    """All or nothing: the second part's problem keeps the first part out too, and everything wrong is told at once."""
    number, before = await new_card(world), await stored(world)
    visit = {**VISIT, "weight_kg": -1, "edema_grade": 9}
    answer = await write(
        world, "midwife", "record", "visit", patient=number, content=visit, also={"symphysis_fundal_height_cm": -3}
    )
    assert answer["__typename"] == "InvalidInput"
    assert {".".join(problem["path"]) for problem in answer["problems"]} == {
        "visit.weightKg", "visit.edemaGrade", "fundalHeight.symphysisFundalHeightCm"
    }  # fmt: skip
    for problem in answer["problems"]:
        assert problem["english"]
        assert problem["norwegian"]
        assert "-1" not in problem["english"] + problem["norwegian"]
    assert await stored(world) == before


async def test_what_is_suspicious_is_taken_in_with_a_warning(world: World) -> None:
    """A weight of 310 kg is possible."""
    number = await new_card(world)
    written = await write(world, "gp", "record", "visit", patient=number, content={**VISIT, "weight_kg": 310})
    assert written["__typename"] == "VisitRecorded"
    assert [warning["path"] for warning in written["warnings"]] == [["visit", "weightKg"]]
    assert written["item"]["weightKg"] == 310


async def test_two_clinicians_new_visits_do_not_conflict(world: World) -> None:
    """Both sent at once are both there, and the documents are what a rebuild from the versions makes."""
    number = await new_card(world)
    sent = [
        write(world, who, "record", "visit", patient=number, content=VISIT) for who in ("gp", "midwife", "hospital") * 4
    ]
    written = await asyncio.gather(*sent)
    assert {answer["__typename"] for answer in written} == {"VisitRecorded"}
    card = await world.data(
        "gp",
        "query($p: NationalIdentityNumber!) { card(patient: $p) { recordId antenatalVisits { weightKg } } }",
        p=number,
    )
    assert len(card["card"]["antenatalVisits"]) == 12
    await assert_same_as_rebuilt(world, card["card"]["recordId"])


async def assert_same_as_rebuilt(world: World, record_id: str) -> None:
    """What cards and lists are read from is what the versions make."""
    queries = (
        "SELECT kind, document FROM section WHERE record_id = :id ORDER BY kind",
        "SELECT unit, due_date, last_visit_on, last_blood_pressure, open_items FROM caseload_entry WHERE record_id = :id ORDER BY unit",
    )
    before = [await rows(world, query, id=record_id) for query in queries]
    await rebuild(world.services.database, record_id)
    assert [await rows(world, query, id=record_id) for query in queries] == before


async def test_visits_of_one_day_stand_as_they_were_recorded(world: World) -> None:
    """The last blood pressure on the list is that of the last visit, also after a visit is moved to that day and
    another corrected; and nothing differs from a rebuild."""
    number = await new_card(world)
    days, items = [TODAY - timedelta(days=7), *[TODAY] * 5], []
    for place, day in enumerate(days):
        pressure = {"systolic_mmhg": 110 + place, "diastolic_mmhg": 70}
        content = {"held_on": day.isoformat(), "weight_kg": 70 + place, "blood_pressure": pressure}
        items.append((await write(world, "gp", "record", "visit", patient=number, content=content))["item"])
    for place, content in ((0, {"held_on": TODAY.isoformat()}), (2, {"note": "Rettet."})):
        which = {"patient": number, "itemId": items[place]["provenance"]["itemId"], "expectedVersion": 1}
        await write(world, "gp", "correct", "visit", content=content, **which)
    query = "query($p: NationalIdentityNumber!) { card(patient: $p) { recordId antenatalVisits { weightKg } } }"
    card = (await world.data("gp", query, p=number))["card"]
    assert [visit["weightKg"] for visit in card["antenatalVisits"]] == [70, 71, 72, 73, 74, 75]
    line = "SELECT last_blood_pressure FROM caseload_entry WHERE record_id = :id"
    assert await rows(world, line, id=card["recordId"]) == [("115/70",)]
    await assert_same_as_rebuilt(world, card["recordId"])


async def test_documents_and_lists_follow_every_write(world: World) -> None:
    """After recording, correcting and marking in error in every section, nothing differs from a rebuild."""
    number = await new_card(world)
    for section in WRITTEN_SECTIONS:
        content = whole_content(section.model, section.kind)
        item = (await write(world, "midwife", "record", section.noun, patient=number, content=content))["item"]
        which = {"itemId": item["provenance"]["itemId"]} if section.repeated else {}
        again = {**which, "expectedVersion": 1, "patient": number}
        await write(world, "hospital", "correct", section.noun, content=content, **again)
        if section.repeated:
            await write(world, "midwife", "mark", section.noun, **{**again, "expectedVersion": 2})
    record = (await rows(world, "SELECT record_id FROM maternity_record ORDER BY opened_at DESC LIMIT 1"))[0][0]
    await assert_same_as_rebuilt(world, record)


# --- conflicts and versions ------------------------------------------------------------------------------------------


async def test_a_stale_version_gets_the_current_item_and_who_wrote_it(world: World) -> None:
    """The second of two corrections of one version changes nothing and is told what is there now."""
    number = await new_card(world)
    item = (await write(world, "gp", "record", "mother", patient=number, content={"name": "Randi"}))["item"]
    assert item["provenance"]["version"] == 1
    first = await write(
        world, "midwife", "correct", "mother", patient=number, content={"phone": "1"}, expectedVersion=1
    )
    assert first["item"]["provenance"]["version"] == 2
    before = await stored(world)
    second = await write(world, "gp", "correct", "mother", patient=number, content={"phone": "2"}, expectedVersion=1)
    assert (second["__typename"], second["expectedVersion"], second["currentVersion"]) == ("VersionConflict", 1, 2)
    assert second["changedBy"]["name"] == "Modell, Jordmor"
    assert second["changedAt"] == NOW.isoformat().replace("+00:00", "Z")
    assert (second["current"]["__typename"], second["current"]["phone"]) == ("Mother", "1")
    assert await stored(world) == before
    entry = (await world.ledger_entries("randi"))[-1]
    assert entry["refusal"] == "VERSION_CONFLICT"
    assert "mother.phone" in entry["released"]
    assert entry["written"] == []


async def test_a_section_recorded_by_somebody_else_meanwhile_is_a_conflict(world: World) -> None:
    """Nobody's first recording overwrites another's."""
    number = await new_card(world)
    sent = [write(world, who, "record", "mother", patient=number, content={"name": who}) for who in ("gp", "midwife")]
    answers = sorted(await asyncio.gather(*sent), key=lambda answer: answer["__typename"])
    assert [answer["__typename"] for answer in answers] == ["MotherRecorded", "VersionConflict"]
    assert answers[1]["current"]["name"] == answers[0]["item"]["name"]


async def test_the_national_ceiling_of_versions_is_told(world: World) -> None:
    """Version 255 is the last; the answer says what to do instead, and nothing is lost."""
    number = await new_card(world)
    item = (await write(world, "gp", "record", "mother", patient=number, content={"name": "Randi"}))["item"]
    async with world.services.database.transaction() as connection:
        replaced = "UPDATE section SET document = REPLACE(document, :was, :now) WHERE kind = 'mother'"
        await connection.execute(text(replaced), {"was": '"version":1,', "now": '"version":254,'})
        values = {"id": item["provenance"]["itemId"]}
        await connection.execute(text("UPDATE section_version SET version = 254 WHERE item_id = :id"), values)
    last = await write(world, "gp", "correct", "mother", patient=number, content={"phone": "1"}, expectedVersion=254)
    assert last["item"]["provenance"]["version"] == 255
    over = await write(world, "gp", "correct", "mother", patient=number, content={"phone": "2"}, expectedVersion=255)
    assert [problem["code"] for problem in over["problems"]] == ["VERSION_LIMIT_REACHED"]


async def test_what_is_marked_in_error_is_hidden_and_changed_no_more(world: World) -> None:
    """It stays for those who ask for erroneous items; a correction of it is refused, a stale one told who did it."""
    number = await new_card(world)
    item = (await write(world, "gp", "record", "visit", patient=number, content=VISIT))["item"]
    which = {"patient": number, "itemId": item["provenance"]["itemId"]}
    marked = await write(world, "gp", "mark", "visit", expectedVersion=1, **which)
    assert marked["item"]["provenance"]["enteredInError"] is True
    query = "query($p: NationalIdentityNumber!, $all: Boolean!) { card(patient: $p) { antenatalVisits(includeErroneous: $all) { note } } }"
    assert (await world.data("midwife", query, p=number, all=False))["card"]["antenatalVisits"] == []
    assert (await world.data("midwife", query, p=number, all=True))["card"]["antenatalVisits"] == [{"note": "Alt vel."}]
    stale = await write(world, "midwife", "correct", "visit", content={"note": "x"}, expectedVersion=1, **which)
    assert stale["changedBy"]["name"] == "Prøvesen, Lege"
    body = await write_body(world, "midwife", "correct", "visit", content={"note": "x"}, expectedVersion=2, **which)
    assert body["errors"][0]["extensions"]["code"] == "NOT_FOUND"


async def test_an_item_of_another_card_is_not_found(world: World) -> None:
    """An item id is good on its own card only."""
    number = await new_card(world)
    item = (await write(world, "gp", "record", "visit", patient=number, content=VISIT))["item"]
    body = await write_body(
        world, "gp", "correct", "visit", patient=world.number("kari"), itemId=item["provenance"]["itemId"],
        expectedVersion=1, content={"note": "x"},
    )  # fmt: skip
    assert body["errors"][0]["extensions"]["code"] == "NOT_FOUND"


# --- idempotency -----------------------------------------------------------------------------------------------------


async def test_a_command_sent_again_answers_the_same_and_writes_nothing(world: World) -> None:
    """Byte for byte, also when others have written in between."""
    number, key = await new_card(world), new_key()
    sent = {"patient": number, "content": VISIT, "key": key, "also": {"symphysis_fundal_height_cm": 30}}
    first = await write(world, "midwife", "record", "visit", **sent)
    which = {"patient": number, "itemId": first["item"]["provenance"]["itemId"]}
    await write(world, "gp", "correct", "visit", content={"note": "Annet"}, expectedVersion=1, **which)
    before = await stored(world)
    assert await write(world, "midwife", "record", "visit", **sent) == first
    assert await stored(world) == before


async def test_a_key_survives_a_restart(world: World) -> None:
    """Another process on the same store gives the first answer."""
    number, key = await new_card(world), new_key()
    first = await write(world, "midwife", "record", "visit", patient=number, content=VISIT, key=key)
    again = make_services(world.services.settings, clock=lambda: NOW + timedelta(minutes=1))
    async with running(again) as restarted:
        assert await write(restarted, "midwife", "record", "visit", patient=number, content=VISIT, key=key) == first


async def test_a_key_with_another_input_is_refused(world: World) -> None:
    """Another value, another woman, another person or another command: the key is not for them."""
    number, key = await new_card(world), new_key()
    await write(world, "midwife", "record", "visit", patient=number, content=VISIT, key=key)
    before = await stored(world)
    for persona, noun, patient, content in (
        ("midwife", "visit", number, {**VISIT, "weight_kg": 70}),
        ("midwife", "visit", world.number("kari"), VISIT),
        ("gp", "visit", number, VISIT),
        ("midwife", "mother", number, {"name": "Randi"}),
    ):
        body = await write_body(world, persona, "record", noun, patient=patient, content=content, key=key)
        assert body["errors"][0]["extensions"]["code"] == "IDEMPOTENCY_KEY_REUSED", (persona, noun)
    assert await stored(world) == before


async def test_one_key_sent_many_times_at_once_writes_once(world: World) -> None:
    """Every sender gets the one answer."""
    number, key = await new_card(world), new_key()
    before = await stored(world)
    sent = [write(world, "midwife", "record", "visit", patient=number, content=VISIT, key=key) for _ in range(10)]
    answers = await asyncio.gather(*sent)
    assert all(answer == answers[0] for answer in answers)
    assert (await stored(world))["section_version"] == before["section_version"] + 1


@pytest.mark.parametrize("key", ["", "x" * 129, "æ", "a\n"])
async def test_what_is_no_key_is_refused(gateway: World, key: str) -> None:
    """1 to 128 visible ASCII characters."""
    number = await new_card(gateway)
    body = await write_body(gateway, "midwife", "record", "visit", patient=number, content=VISIT, key=key)
    assert body["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


async def test_a_kept_answer_holds_no_value_of_the_card(world: World) -> None:
    """Ids, versions and codes only."""
    number = await new_card(world)
    await write(
        world,
        "midwife",
        "record",
        "visit",
        patient=number,
        content={**VISIT, "note": "kanarifugl", "weight_kg": 311.125},
    )
    (answer, hashed), *_ = await rows(world, "SELECT answer, input_hash FROM idempotency_key ORDER BY at DESC LIMIT 1")
    assert "kanarifugl" not in answer
    assert "311.125" not in answer
    assert len(hashed) == 64


# --- opening and closing ---------------------------------------------------------------------------------------------


async def test_a_card_is_opened_once(world: World) -> None:
    """By somebody whose role opens cards, for a woman who consented; the unit that opens it follows it."""
    number = world.number("randi")
    refused = (await world.ask("midwife", OPEN, patient=number, key=new_key())).json()
    assert refused["errors"][0]["extensions"]["code"] == "CONSENT_MISSING"
    await new_card(world)
    again = (await world.ask("gp", OPEN, patient=number, key=new_key())).json()
    assert again["errors"][0]["extensions"]["code"] == "ALREADY_EXISTS"
    units = await rows(
        world,
        "SELECT unit FROM caseload_entry c JOIN maternity_record r ON r.record_id = c.record_id ORDER BY r.opened_at DESC LIMIT 1",
    )
    assert units == [("310990019",)]


async def test_many_who_open_at_once_open_one_card(world: World) -> None:
    """The rest are told that there is one."""
    await world.data("randi", "mutation { giveConsent { given } }")
    sent = [
        world.ask(who, OPEN, patient=world.number("randi"), key=new_key()) for who in ("gp", "midwife", "hospital") * 2
    ]
    bodies = [response.json() for response in await asyncio.gather(*sent)]
    assert sum(body["data"]["written"] is not None for body in bodies) == 1
    assert {body["errors"][0]["extensions"]["code"] for body in bodies if "errors" in body} == {"ALREADY_EXISTS"}


async def test_a_protected_woman_cannot_be_told_from_one_whose_card_cannot_be_changed(world: World) -> None:
    """The same refusal, byte for byte but for the event id, as for a woman who has no active card."""
    await world.data("randi", "mutation { giveConsent { given } }")
    bodies = []
    for woman in ("sunniva", "randi"):
        body = await write_body(world, "midwife", "record", "visit", patient=world.number(woman), content=VISIT)
        del body["errors"][0]["extensions"]["eventId"]
        bodies.append(body)
    assert bodies[0] == bodies[1]
    assert bodies[0]["errors"][0]["extensions"]["code"] == "RECORD_CANNOT_BE_CHANGED"
    opened = (await world.ask("midwife", OPEN, patient=world.number("sunniva"), key=new_key())).json()
    assert opened["errors"][0]["extensions"]["code"] == "RECORD_CANNOT_BE_CREATED"


async def test_a_card_is_closed_after_birth_when_the_birth_is_recorded(world: World) -> None:
    """Not before; then writing ends, the card is among the earlier ones, and the units' lists have no line of it."""
    number, at = await new_card(world), (NOW - timedelta(hours=2)).isoformat()
    early = await world.data("midwife", DELIVERED, patient=number, version=1, at=at, key=new_key())
    assert [problem["code"] for problem in early["written"]["problems"]] == ["BIRTH_NOT_RECORDED"]
    child = {"fetus_number": 1, "status": {"code": "1"}, "born_at": at}
    await write(world, "hospital", "record", "birth", patient=number, content={"children": [child]})
    stale = await world.data("midwife", DELIVERED, patient=number, version=2, at=at, key=new_key())
    assert stale["written"] == {"__typename": "VersionConflict", "currentVersion": 1, "current": None}
    key = new_key()
    closed = await world.data("midwife", DELIVERED, patient=number, version=1, at=at, key=key)
    assert closed["written"] == {"__typename": "CardWritten", "recordVersion": 2, "status": "DELIVERED"}
    assert await world.data("midwife", DELIVERED, patient=number, version=1, at=at, key=key) == closed
    late = await write_body(world, "midwife", "record", "visit", patient=number, content=VISIT)
    assert late["errors"][0]["extensions"]["code"] == "RECORD_CANNOT_BE_CHANGED"
    past = await world.data("randi", "{ earlierCards { status closedAt birthOutcome { children { fetusNumber } } } }")
    assert past["earlierCards"][0]["status"] == "DELIVERED"
    assert (
        await rows(
            world,
            "SELECT 1 FROM caseload_entry c JOIN maternity_record r ON r.record_id = c.record_id WHERE r.status <> 'ACTIVE'",
        )
        == []
    )


async def test_a_card_is_closed_as_terminated_and_another_opened(world: World) -> None:
    """A time that has not come is refused; afterwards a new card can be opened."""
    number = await new_card(world)
    ahead = (NOW + timedelta(days=1)).isoformat()
    refused = await world.data("gp", TERMINATED, patient=number, version=1, at=ahead, key=new_key())
    assert [problem["code"] for problem in refused["written"]["problems"]] == ["IN_THE_FUTURE"]
    closed = await world.data("gp", TERMINATED, patient=number, version=1, at=NOW.isoformat(), key=new_key())
    assert closed["written"]["status"] == "TERMINATED"
    opened = await world.data("gp", OPEN, patient=number, key=new_key())
    assert opened["written"]["status"] == "ACTIVE"
