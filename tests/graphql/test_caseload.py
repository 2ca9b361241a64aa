"""The caseload: a unit's own list, and what it must never tell."""

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from app.domain.record import Block, BlockTarget, Protection
from data.patients import set_blocks, set_person_status
from data.synthetic.cast import CAST
from data.synthetic.organisations import GP_OFFICE, HOSPITAL, STAFF
from tests.access.choosing import elevate, in_session, send
from tests.world import NOW, WHOLE_RECORD, World
from tests.writing import write

LINE = """recordId motherName gestationalAge { weeks days basis } dueDate { on basis } lastVisitOn
  lastBloodPressure { systolicMmhg diastolicMmhg } openItems"""
TOLD = "withheld { path reason elevation } withheldByPatientCount"


def document(line: str = f"{LINE} {TOLD}") -> str:
    return f"""query($first: Int! = 20, $after: String, $sort: CaseloadSort! = DUE_DATE) {{
      caseload(first: $first, after: $after, sortBy: $sort) {{ edges {{ cursor node {{ {line} }} }}
        pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} }} }}"""


async def lines(world: World, persona: str, **variables: Any) -> list[dict[str, Any]]:
    data = await world.data(persona, document(), **variables)
    return [edge["node"] for edge in data["caseload"]["edges"]]


async def names(world: World, persona: str, **variables: Any) -> list[str]:
    return [line["motherName"] for line in await lines(world, persona, **variables)]


async def every_page(world: World, persona: str, first: int, sort: str) -> list[dict[str, Any]]:
    """All edges, page after page."""
    edges: list[dict[str, Any]] = []
    after = None
    while True:
        page = (await world.data(persona, document(), first=first, after=after, sort=sort))["caseload"]
        edges += page["edges"]
        assert len(page["edges"]) == first or not page["pageInfo"]["hasNextPage"], "a page came out short"
        if not page["pageInfo"]["hasNextPage"]:
            return edges
        after = page["pageInfo"]["endCursor"]


def block(section: str | None, target: BlockTarget, target_id: str | None = None, **more: Any) -> Block:
    members: dict[str, Any] = {"include_subunits": False, "override_code": "5", "ends_at": None}
    return Block(
        block_id=f"b-{section}-{target}-{target_id}", section=section, target=target, target_id=target_id,
        starts_at=NOW - timedelta(days=3), **(members | more),
    )  # fmt: skip


async def block_for(world: World, woman: str, *blocks: Block) -> None:
    await set_blocks(world.services.database, world.services.patient_keys, world.number(woman), blocks)


async def test_a_line_says_what_the_card_says(world: World) -> None:
    """Name, week with its basis, due date, last visit and blood pressure are those of the card."""
    line = next(line for line in await lines(world, "gp") if line["motherName"] == "Kari Eksempel")
    card = (await world.data(
        "gp", "query($p: NationalIdentityNumber!) { card(patient: $p) { recordId pregnancy { dueDateByUltrasound }"
        " antenatalVisits { heldOn bloodPressure { systolicMmhg diastolicMmhg } } } }", p=world.number("kari"),
    ))["card"]  # fmt: skip
    due, last = date.fromisoformat(card["pregnancy"]["dueDateByUltrasound"]), card["antenatalVisits"][-1]
    weeks, days = divmod(283 - (due - NOW.date()).days, 7)
    assert line == {
        "recordId": card["recordId"], "motherName": "Kari Eksempel",
        "gestationalAge": {"weeks": weeks, "days": days, "basis": "ULTRASOUND"},
        "dueDate": {"on": due.isoformat(), "basis": "ULTRASOUND"}, "lastVisitOn": last["heldOn"],
        "lastBloodPressure": last["bloodPressure"], "openItems": 0, "withheld": [], "withheldByPatientCount": 0,
    }  # fmt: skip


async def test_a_unit_sees_the_cards_it_follows_and_no_others(world: World) -> None:
    """Katarzyna's GP is at another office: she is on that office's list and on the midwife's, not on the GP's."""
    assert await names(world, "stranger") == ["Katarzyna Prøvestad"]
    assert "Katarzyna Prøvestad" not in await names(world, "gp")
    assert "Katarzyna Prøvestad" in await names(world, "midwife")


@pytest.mark.parametrize("sort", ["DUE_DATE", "LAST_VISIT"])
async def test_pages_put_together_are_the_whole_list_in_order(world: World, sort: str) -> None:
    """However it is cut, nothing is lost, nothing comes twice, and the order holds."""
    whole = await every_page(world, "midwife", 100, sort)
    values = [edge["node"]["dueDate"]["on"] if sort == "DUE_DATE" else edge["node"]["lastVisitOn"] for edge in whole]
    assert values == sorted(values)
    dice = random.Random(sort)
    for first in [1, *(dice.randint(2, len(whole)) for _ in range(4))]:
        assert await every_page(world, "midwife", first, sort) == whole


async def test_cards_without_the_date_come_last(world: World) -> None:
    """No due date, no place before those that have one; and among themselves the order is stable."""
    await _execute(world, "UPDATE caseload_entry SET due_date = NULL WHERE record_id < '9'")
    whole = [edge["node"]["recordId"] for edge in await every_page(world, "midwife", 100, "DUE_DATE")]
    undated = [record_id for record_id in whole if record_id < "9"]
    assert len(undated) > 2
    assert whole[-len(undated) :] == sorted(undated)
    assert [edge["node"]["recordId"] for edge in await every_page(world, "midwife", 2, "DUE_DATE")] == whole


HIDDEN: dict[str, Any] = {
    "strictly confidential": Protection.STRICTLY_CONFIDENTIAL,
    "confidential": Protection.CONFIDENTIAL,
    "deceased": None,
    "blocked for all": block(None, BlockTarget.ALL),
    "blocked for the person": block(None, BlockTarget.PERSON, STAFF["gp"].hpr_number),
    "blocked for the unit": block(None, BlockTarget.ORGANISATION, GP_OFFICE.number),
    "blocked for doctors": block(None, BlockTarget.PROFESSION, "LE"),
}


@pytest.mark.parametrize("way", [*HIDDEN, "consent withdrawn"])
async def test_a_hidden_woman_changes_nothing_in_anybodys_answer(world: World, way: str) -> None:
    """Hidden, whichever way, the answer is byte for byte the one there is when her card does not exist."""
    assert "Fatima Prøvestad" in await names(world, "gp")
    keys, database, number = world.services.patient_keys, world.services.database, world.number("fatima")
    if way == "consent withdrawn":
        await world.data("fatima", "mutation { withdrawConsent { receiptHash: __typename } }")
    elif isinstance(HIDDEN[way], Block):
        await set_blocks(database, keys, number, (HIDDEN[way],))
    else:
        grade, died = HIDDEN[way] or Protection.UNCLASSIFIED, None if HIDDEN[way] else NOW.date()
        await set_person_status(database, keys, number, protection=grade, deceased_on=died)
    hidden = [await _bodies(world, first, sort) for first in (2, 20) for sort in ("DUE_DATE", "LAST_VISIT")]
    assert not [entry for entry in await world.ledger_entries("fatima") if entry["operation_kind"] == "query"][1:]
    await world.forget(number)
    gone = [await _bodies(world, first, sort) for first in (2, 20) for sort in ("DUE_DATE", "LAST_VISIT")]
    assert hidden == gone


async def _bodies(world: World, first: int, sort: str) -> list[bytes]:
    found, after = [], None
    while True:
        response = await world.ask("gp", document(), first=first, after=after, sort=sort)
        found.append(response.content)
        page = response.json()["data"]["caseload"]["pageInfo"]
        if not page["hasNextPage"]:
            return found
        after = page["endCursor"]


async def test_the_list_shows_whoever_the_gate_lets_through(world: World) -> None:
    """Blocks drawn at random: who is on the list is who can be opened, and where a date is closed it is not shown."""
    dice = random.Random(7)
    women = [member for member in CAST if member.name in await names(world, "hospital")]
    assert len(women) > 5
    for _ in range(4):
        for woman in women:
            await block_for(world, woman.slug, *_drawn(dice))
        listed = {line["motherName"]: line for line in await lines(world, "hospital")}
        for woman in women:
            answer = await world.ask(
                "hospital", "query($p: NationalIdentityNumber!) { card(patient: $p) { withheldByPatientCount"
                " pregnancy { dueDateByUltrasound } withheld { path } } }", p=woman.number,
            )  # fmt: skip
            card = answer.json()["data"]["card"]
            assert (woman.name in listed) == (card is not None), woman.slug
            if card is not None:
                assert listed[woman.name]["withheldByPatientCount"] == card["withheldByPatientCount"]
                assert (listed[woman.name]["dueDate"] is None) == (card["pregnancy"] is None)


def _drawn(dice: random.Random) -> list[Block]:
    whom = [
        (BlockTarget.ALL, None), (BlockTarget.PERSON, STAFF["hospital"].hpr_number),
        (BlockTarget.PERSON, STAFF["gp"].hpr_number), (BlockTarget.PROFESSION, "LE"), (BlockTarget.PROFESSION, "JO"),
        (BlockTarget.ORGANISATION, HOSPITAL.number), (BlockTarget.ORGANISATION, HOSPITAL.parent_number),
        (BlockTarget.ORGANISATION, GP_OFFICE.number),
    ]  # fmt: skip
    made = {}
    for _ in range(dice.choice([0, 1, 1, 2])):
        target, target_id = dice.choice(whom)
        one = block(
            dice.choice([None, "pregnancy", "antenatal_visits"]), target, target_id,
            include_subunits=dice.random() < 0.5, ends_at=dice.choice([None, None, NOW - timedelta(days=1)]),
        )  # fmt: skip
        made[one.block_id] = one
    return list(made.values())


async def test_a_closed_section_is_withheld_on_the_line_and_gives_no_place_in_the_order(world: World) -> None:
    """With her pregnancy closed, her week and due date are withheld and said to be; her place tells nothing of them."""
    await block_for(world, "tone", block("pregnancy", BlockTarget.ALL))
    edges = await every_page(world, "gp", 3, "DUE_DATE")
    line = edges[-1]["node"]
    assert line["motherName"] == "Tone Eksempelvik", "first by date before, last now"
    assert line["gestationalAge"] is line["dueDate"] is None
    assert line["lastVisitOn"] is not None
    assert line["withheldByPatientCount"] == 1
    assert {(entry["path"], entry["elevation"]) for entry in line["withheld"]} == {
        (f"pregnancy.{fact}", "WITH_REASON")
        for fact in ("dueDateCorrected", "dueDateByUltrasound", "dueDateByLastPeriod")
    }
    await _execute(world, f"UPDATE caseload_entry SET due_date = '2027-09-09' WHERE record_id = '{line['recordId']}'")
    assert await every_page(world, "gp", 3, "DUE_DATE") == edges


async def test_an_elevation_opens_a_card_and_not_the_list(world: World) -> None:
    """In an emergency what she has blocked is read on her card; on the list her blocks hold, and the log says no more."""
    await block_for(world, "kari", block("pregnancy", BlockTarget.ALL))
    await block_for(world, "tone", block(None, BlockTarget.ALL))
    for woman in ("kari", "tone"):
        token = in_session(world, "hospital", "ETREAT")
        assert (await elevate(world, token, woman))["data"]["elevateAccess"]["inForce"]
        card = (await send(
            world, token, "query($p: NationalIdentityNumber!) { card(patient: $p) { pregnancy { dueDateByUltrasound } } }",
            p=world.number(woman),
        ))["data"]["card"]  # fmt: skip
        assert card["pregnancy"]["dueDateByUltrasound"]
    page = (await send(world, token, document()))["data"]["caseload"]["edges"]
    listed = {edge["node"]["motherName"]: edge["node"] for edge in page}
    assert listed["Kari Eksempel"]["dueDate"] is None
    assert "Tone Eksempelvik" not in listed
    entry = (await world.ledger_entries("kari"))[-1]
    assert (entry["released"][0], entry["elevated"]) == ("caseload.antenatalVisits.bloodPressure", None)


async def test_what_is_withheld_is_told_as_errors_to_whoever_does_not_select_it(world: World) -> None:
    """A careless client cannot take a closed fact for one that is not recorded; the log says it was withheld."""
    await block_for(world, "kari", block("antenatal_visits", BlockTarget.ALL))
    body = (await world.ask("gp", document("motherName lastBloodPressure { systolicMmhg }"))).json()
    assert [(error["extensions"]["code"], error["extensions"]["fact"], error["path"]) for error in body["errors"]] == [
        ("FIELD_WITHHELD", "antenatalVisits.bloodPressure", ["caseload", "edges", "node", "lastBloodPressure"])
    ]
    (entry,) = await world.ledger_entries("kari")
    assert entry["released"] == ["caseload.mother.name"]
    assert entry["withheld"] == ["caseload.antenatalVisits.bloodPressure: PATIENT_BLOCK"]
    assert entry["outcome"] == "PARTIAL"


@pytest.mark.parametrize("line", ["recordId", "motherName", "dueDate { on }", f"{LINE} {TOLD}"])
async def test_a_page_is_one_statement_whatever_is_selected(world: World, line: str) -> None:
    """No card is opened for it and nothing is asked per line: a list is read from the lines alone."""
    await world.data("gp", document(line))
    with world.services.database.count_statements() as seen:
        await world.data("gp", document(line))
    reads = [statement for statement in seen if "FROM caseload_entry" in statement]
    assert len(reads) == 1
    assert not [table for table in ("section", "section_version") if f" {table} " in " ".join(seen)]
    assert sum("INSERT INTO ledger_entry" in statement for statement in seen) == 1, "one commit for the whole page"


async def test_every_woman_on_the_page_finds_it_in_her_log(world: World) -> None:
    """One entry for each of them, of what the line showed of her; nothing for anybody else."""
    shown = await names(world, "gp", first=3)
    entries = await world.all_ledger_entries()
    assert len(entries) == len(shown) == 3
    assert len({entry["patient_id"] for entry in entries}) == 3
    assert all("caseload.mother.name" in entry["released"] for entry in entries)
    slug = next(member.slug for member in CAST if member.name == shown[0])
    log = await world.data(slug, "{ accessLog { edges { node { who outcome } } } }")
    assert {edge["node"]["who"] for edge in log["accessLog"]["edges"]} == {"Prøvesen, Lege"}


async def test_only_being_on_the_list_is_an_access_too(world: World) -> None:
    """A page of record ids tells that they are pregnant: it is written down."""
    await world.data("gp", document("recordId"), first=1)
    (entry,) = await world.all_ledger_entries()
    assert entry["released"] == ["caseload"]


async def test_no_list_without_the_ledger(world: World) -> None:
    """When the accesses cannot be written down, nobody is shown."""
    await world.break_ledger()
    response = await world.ask("gp", document())
    assert response.status_code == 503
    assert "Eksempel" not in response.text


async def test_a_list_is_not_mixed_with_a_womans_card(world: World) -> None:
    """One operation is about one woman, or about the unit's list; neither is answered otherwise."""
    both = (
        "query($p: NationalIdentityNumber!) { caseload { edges { cursor } } cardStatus(patient: $p) { hasActiveCard } }"
    )
    for query in (both, "{ a: caseload { edges { cursor } } b: caseload { edges { cursor } } }"):
        response = await world.ask("gp", query, **({"p": world.number("kari")} if "$p" in query else {}))
        assert response.status_code == 400
        assert response.json()["errors"][0]["extensions"]["code"] == "CASELOAD_STANDS_ALONE"
    assert "errors" not in (await world.ask("gp", "{ me { role } caseload { edges { cursor } } }")).json()


@pytest.mark.parametrize("persona", ["kari", "secretary", "ehr", "auditor", "representative"])
async def test_whoever_is_no_clinician_has_no_list(gateway: World, persona: str) -> None:
    """In their schema there is none."""
    body = (await gateway.ask(persona, "{ caseload { edges { cursor } } }")).json()
    assert "data" not in body or body["data"] is None


async def test_a_clinician_whose_role_has_no_list_is_refused(gateway: World) -> None:
    """Imaging staff see what they are asked to examine, not a list of women."""
    body = (await gateway.ask("imaging", "{ caseload { edges { cursor } } }")).json()
    assert body["data"]["caseload"] is None
    assert body["errors"][0]["extensions"]["code"] == "ACTOR_NOT_PERMITTED"


async def test_nobody_is_on_her_own_list(world: World) -> None:
    """A midwife's own card is opened on Helsenorge, not in her professional role."""
    unit = STAFF["midwife"].unit.number
    await world.add_whole_card(care_unit=unit)
    assert WHOLE_RECORD in [line["recordId"] for line in await lines(world, "midwife")]
    await world.forget(world.whole)
    world.whole = STAFF["midwife"].national_identity_number
    await world.add_whole_card(care_unit=unit)
    assert WHOLE_RECORD not in [line["recordId"] for line in await lines(world, "midwife")]


@pytest.mark.parametrize("after", ["x", "bm90IGpzb24=", "WyJMQVNUX1ZJU0lUIixudWxsLCIxIl0="])
async def test_a_cursor_of_another_list_is_refused(gateway: World, after: str) -> None:
    """Nonsense, or a cursor of the other order, is the client's mistake and says so."""
    body = (await gateway.ask("gp", document(), after=after)).json()
    assert body["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert await gateway.all_ledger_entries() == []


async def test_open_requests_for_correction_are_counted_for_the_unit_they_wait_for(world: World) -> None:
    """Rebuilt from what is stored, the line counts the open requests to its own unit and no others."""
    from data.storing import rebuild

    (record_id,) = [line["recordId"] for line in await lines(world, "gp") if line["motherName"] == "Kari Eksempel"]
    for place, (unit, status) in enumerate([("310990000", "OPEN"), ("310990000", "CORRECTED"), ("310990019", "OPEN")]):
        await _execute(
            world,
            "INSERT INTO correction_request (record_id, request_id, patient_id, kind, item_id, version, unit, request,"
            " requested_at, status) VALUES (:record, :id, 'p', 'mother', 'i', 1, :unit, 'r', :at, :status)",
            record=record_id, id=f"r{place}", unit=unit, status=status, at=_stored(world, NOW),
        )  # fmt: skip
    await rebuild(world.services.database, record_id)
    waiting = {
        persona: [line["openItems"] for line in await lines(world, persona) if line["recordId"] == record_id]
        for persona in ("gp", "midwife", "hospital")
    }
    assert waiting == {"gp": [1], "midwife": [1], "hospital": [0]}


async def test_a_unit_follows_the_card_while_a_care_contact_names_it(world: World) -> None:
    """She changes her GP: the new office gets her on its list, the old one loses her, and nobody else notices."""
    number = world.number("kari")
    document_of_contacts = (
        "query($p: NationalIdentityNumber!) { card(patient: $p) { careContacts { provenance { version } } } }"
    )
    card = (await world.data("midwife", document_of_contacts, p=number))["card"]
    before = await names(world, "midwife")
    contact = {"name": "Ukjentsen, Lege", "organisation_number": STAFF["stranger"].unit.number}
    await write(
        world, "midwife", "correct", "care_contacts", patient=number,
        expectedVersion=card["careContacts"]["provenance"]["version"], content={"general_practitioner": contact},
    )  # fmt: skip
    assert "Kari Eksempel" in await names(world, "stranger")
    assert "Kari Eksempel" not in await names(world, "gp")
    assert await names(world, "midwife") == before


def _stored(world: World, at: datetime) -> Any:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f") if world.services.database.is_sqlite else at


async def _execute(world: World, statement: str, **values: Any) -> None:
    async with world.services.database.transaction() as connection:
        await connection.execute(text(statement), values)
