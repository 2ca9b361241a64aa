"""Access cases TC-R: whether there is a card that may be opened at all.

The store is our own: where the case list speaks of an upstream, the nearest right thing is what the store says and
when it says it.
"""

from collections.abc import Collection
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import text

from app.domain.record import Protection
from app.identity import claims
from data.history import StoredHistories
from data.patients import set_person_status
from tests.access.cases.setting import (
    MY_CARD,
    WOMEN,
    ask,
    caller,
    card_of,
    entries_about,
    expect_refused,
    read,
    refusal,
    told,
    write_visit,
)
from tests.access.choosing import ELEVATE, WHY, elevate, in_session, of_hers
from tests.world import World

OPEN = """mutation($patient: NationalIdentityNumber!, $key: String!) {
  openCard(patient: $patient, idempotencyKey: $key) { __typename } }"""
WITHDRAW = "mutation { withdrawConsent { cardsDeleted } }"
MY_LOG = "{ accessLog { edges { node { who role outcome } } } }"
CORRECT = """mutation($patient: NationalIdentityNumber!, $item: ID!, $key: String!) {
  correctVisit(patient: $patient, itemId: $item, expectedVersion: 1, visit: {note: "Annet."}, idempotencyKey: $key) {
    __typename } }"""
WITH_HISTORY = """{ myCard { mother { name } recordHistory { edges { node { section } } } }
  earlierCards { recordId } consent { given } }"""
UNKNOWN = "03869440263"
HIDDEN = ("W4", "W4b", "W5")
WRITTEN_ON = ("section_version", "section", "change", "idempotency_key")


async def open_card(world: World, who: str, woman: str) -> httpx.Response:
    return await ask(world, who, OPEN, woman, key=str(uuid4()))


async def last_refusal(world: World, woman: str) -> Any:
    """What the ledger says of the latest attempt."""
    entry = (await entries_about(world, woman))[-1]
    assert entry["outcome"] == "REFUSED" and entry["released"] == []
    return entry["refusal"]


async def rows_in(world: World, *tables: str) -> dict[str, Any]:
    """How many rows there are in each table."""
    async with world.services.database.connection() as connection:
        return {name: (await connection.execute(text(f"SELECT count(*) FROM {name}"))).scalar() for name in tables}


async def hide(world: World, woman: str, protection: Protection = Protection.STRICTLY_CONFIDENTIAL) -> None:
    services = world.services
    await set_person_status(services.database, services.patient_keys, world.number(WOMEN[woman]), protection=protection)


async def test_TC_R01_who_never_consented_has_no_card_to_anybody(world: World) -> None:
    """One statement finds that out; no section is read."""
    with world.services.database.count_statements() as counted:
        response = await read(world, "MW1", "W10")
    expect_refused(response, "CONSENT_MISSING")
    assert sum("FROM patient" in statement for statement in counted) == 1
    assert await last_refusal(world, "W10") == "CONSENT_MISSING"


async def test_TC_R02_who_withdrew_looks_like_who_never_consented(world: World) -> None:
    """The same bytes, status and headers."""
    never, withdrew = await read(world, "MW1", "W10"), await read(world, "MW1", "W2")
    expect_refused(withdrew, "CONSENT_MISSING")
    assert told(withdrew) == told(never)
    assert await last_refusal(world, "W2") == "CONSENT_MISSING"


async def test_TC_R03_a_withdrawal_holds_for_the_next_request(world: World) -> None:
    """Read, withdrawn, refused; and so is writing."""
    assert card_of(await read(world, "MW1", "W1"))["mother"]
    await world.data(caller("W1"), WITHDRAW)
    expect_refused(await read(world, "MW1", "W1"), "CONSENT_MISSING")
    expect_refused(await write_visit(world, "MW1", "W1"), "CONSENT_MISSING")
    outcomes = [entry["outcome"] for entry in await world.ledger_entries("kari") if entry["role"] == "MIDWIFE"]
    assert outcomes == ["ALLOWED", "REFUSED", "REFUSED"]


class WithdrawnBetween:
    """Histories of a card whose woman withdraws before the first of them is read."""

    def __init__(self, world: World, real: StoredHistories) -> None:
        self.world, self.real, self.withdrawn = world, real, 0

    async def of(self, record_ids: Collection[str], kinds: Collection[str]) -> Any:
        if not self.withdrawn:
            self.withdrawn += 1
            services = self.world.services
            services.histories = self.real
            await self.world.data("kari", WITHDRAW)
        return await self.real.of(record_ids, kinds)


async def test_TC_R04_a_withdrawal_between_two_statements_empties_the_whole_answer(world: World) -> None:
    """The card was read before, its history after: nothing of either is given. What is not of the card is: that she
    has withdrawn."""
    assert isinstance(world.services.histories, StoredHistories)
    between = WithdrawnBetween(world, world.services.histories)
    world.services.histories = between  # type: ignore[assignment]  # it offers what is asked of it
    response = await world.ask("kari", WITH_HISTORY)
    body = response.json()
    assert between.withdrawn == 1
    assert body["data"] == {"myCard": None, "earlierCards": None, "consent": {"given": False}}
    assert {error["extensions"]["code"] for error in body["errors"]} == {"CONSENT_MISSING"}
    assert "Kari" not in response.text
    entry = (await world.ledger_entries("kari"))[-1]
    assert entry["refusal"] == "CONSENT_MISSING"
    assert entry["released"] == ["consent"]


async def test_TC_R05_an_emergency_does_not_open_a_card_without_consent(world: World) -> None:
    """An elevation is refused and none is stored."""
    token = in_session(world, caller("HD1"), "ETREAT")
    body = await elevate(world, token, WOMEN["W2"])
    assert [error["extensions"]["code"] for error in body["errors"]] == ["CONSENT_MISSING"]
    assert await of_hers(world, WOMEN["W2"], "elevation") == []
    assert await last_refusal(world, "W2") == "CONSENT_MISSING"


async def test_TC_R06_nothing_is_written_without_consent(world: World) -> None:
    """The visit is refused and no row is added."""
    before = await rows_in(world, *WRITTEN_ON)
    expect_refused(await write_visit(world, "MW1", "W2"), "CONSENT_MISSING")
    assert await rows_in(world, *WRITTEN_ON) == before
    assert await last_refusal(world, "W2") == "CONSENT_MISSING"


async def test_TC_R07_after_withdrawal_she_still_reads_who_looked(world: World) -> None:
    """Her card is gone, her access log stays."""
    await read(world, "MW1", "W2")
    expect_refused(await ask(world, "W2", MY_CARD), "CONSENT_MISSING")
    log = await world.data(WOMEN["W2"], MY_LOG)
    assert "MIDWIFE" in [edge["node"]["role"] for edge in log["accessLog"]["edges"]]
    entry = (await world.ledger_entries(WOMEN["W2"]))[-1]
    assert (entry["outcome"], entry["released"]) == ("ALLOWED", ["accessLog"])


@pytest.mark.parametrize("state", ["NONE", "WITHDRAWN", ""])
async def test_TC_R08_a_consent_that_is_not_a_yes_is_a_no(world: World, state: str) -> None:
    """Whatever the store says instead of a yes, with the card still there: no card, or no answer at all. (The column
    cannot be null.)"""
    async with world.services.database.transaction() as connection:
        of_hers = {"id": world.services.patient_keys.patient_id(world.number("kari")), "state": state}
        await connection.execute(text("UPDATE patient SET consent_state = :state WHERE patient_id = :id"), of_hers)
    response = await read(world, "MW1", "W1")
    assert "data" not in response.json() or response.json()["data"] == {"card": None}
    assert refusal(response)["code"] == ("CONSENT_MISSING" if state else "INTERNAL_ERROR")


async def test_TC_R09_a_protected_woman_looks_like_one_without_a_card(world: World) -> None:
    """The same bytes and headers; the cause is for the ledger alone."""
    none, protected = await read(world, "GP1", "W8"), await read(world, "GP1", "W4")
    expect_refused(protected, "RECORD_NOT_AVAILABLE")
    assert told(protected) == told(none)
    assert await last_refusal(world, "W4") == "CONFIDENTIAL_ADDRESS"


async def test_TC_R10_no_card_is_opened_for_a_protected_woman(world: World) -> None:
    """Neutral, and the same whatever the reason is: strictly confidential, confidential, dead."""
    before = await rows_in(world, *WRITTEN_ON, "maternity_record")
    answers = [await open_card(world, "GP1", woman) for woman in HIDDEN]
    for answer in answers:
        expect_refused(answer, "RECORD_CANNOT_BE_CREATED")
    assert told(answers[0]) == told(answers[1]) == told(answers[2])
    assert "paper card" in answers[0].text
    assert await rows_in(world, *WRITTEN_ON, "maternity_record") == before
    assert await last_refusal(world, "W4b") == "CONFIDENTIAL_ADDRESS"


async def test_TC_R11_a_protected_woman_gets_the_same_answer_herself(world: World) -> None:
    """As a woman without a card does."""
    none, protected = await ask(world, "W8", MY_CARD), await ask(world, "W4", MY_CARD)
    expect_refused(protected, "RECORD_NOT_AVAILABLE")
    assert told(protected) == told(none)
    assert await last_refusal(world, "W4") == "CONFIDENTIAL_ADDRESS"


async def test_TC_R12_a_closed_card_is_no_active_one(world: World) -> None:
    """A woman whose only card is terminated has none."""
    expect_refused(await read(world, "GP1", "W8"), "RECORD_NOT_AVAILABLE")
    assert await last_refusal(world, "W8") == "NO_ACTIVE_CARD"


async def test_TC_R13_protection_holds_for_the_next_request(world: World) -> None:
    """Whoever has read her card a moment ago is refused, with the same token."""
    token, name = (
        world.token(caller("HD1")),
        "query($p: NationalIdentityNumber!) { card(patient: $p) { mother { name } } }",
    )
    before = await world.send(token, name, p=world.number("kari"))
    assert before.json()["data"]["card"]["mother"]
    await hide(world, "W1")
    expect_refused(await world.send(token, name, p=world.number("kari")), "RECORD_NOT_AVAILABLE")
    assert await last_refusal(world, "W1") == "CONFIDENTIAL_ADDRESS"


async def test_TC_R14_the_card_of_a_dead_woman_is_not_available(world: World) -> None:
    """As of a woman without a card; nobody learns of her death here."""
    none, dead = await read(world, "HD1", "W8"), await read(world, "HD1", "W5")
    expect_refused(dead, "RECORD_NOT_AVAILABLE")
    assert told(dead) == told(none)
    assert await last_refusal(world, "W5") == "DECEASED"


async def test_TC_R15_nothing_is_written_on_the_card_of_a_dead_woman(world: World) -> None:
    """The same refusal as where there is no card to write on."""
    before = await rows_in(world, *WRITTEN_ON)
    none, dead = await write_visit(world, "HD1", "W8"), await write_visit(world, "HD1", "W5")
    expect_refused(dead, "RECORD_CANNOT_BE_CHANGED")
    assert told(dead) == told(none)
    assert await rows_in(world, *WRITTEN_ON) == before
    assert await last_refusal(world, "W5") == "DECEASED"


async def test_TC_R16_an_emergency_does_not_open_the_card_of_a_dead_woman(world: World) -> None:
    """Refused as where there is no card; no elevation is stored."""
    why = {"reason": "CONDITION_PREVENTS", "text": WHY, "key": str(uuid4())}
    answers = [
        await world.send(in_session(world, caller("HD1"), "ETREAT"), ELEVATE, patient=world.number(WOMEN[who]), **why)
        for who in ("W5", "W8")
    ]
    expect_refused(answers[0], "RECORD_NOT_AVAILABLE")
    assert told(answers[0]) == told(answers[1])
    assert await of_hers(world, WOMEN["W5"], "elevation") == []
    assert await last_refusal(world, "W5") == "DECEASED"


async def test_TC_R17_an_id_of_another_womans_is_like_one_that_never_was(world: World) -> None:
    """No field takes the id of a card (the document is invalid); the id of an item on another woman's card is answered
    as any id is, with as many statements, and the item is not touched."""
    by_id = Q_BY_ID.format(record=world.situation(WOMEN["W3"]).records[0].record_id)
    response = await ask(world, "GP1", by_id)
    assert response.status_code == 400
    assert refusal(response)["code"] == "GRAPHQL_VALIDATION_FAILED"
    ((theirs,),) = (await of_another(world, "W3"))[:1]
    answers, statements = [], []
    for item in (theirs, str(uuid4())):
        with world.services.database.count_statements() as counted:
            answers.append(await ask(world, "GP1", CORRECT, "W1", item=item, key=str(uuid4())))
        statements.append([statement for statement in counted if "ledger" not in statement])
    assert refusal(answers[0])["code"] == "NOT_FOUND"
    assert told(answers[0]) == told(answers[1])
    assert statements[0] == statements[1]
    assert await last_refusal(world, "W1") == "NOT_FOUND"


Q_BY_ID = '{{ card(patient: "", id: "{record}") {{ recordId }} }}'


async def of_another(world: World, woman: str) -> list[Any]:
    """The ids of a woman's visits."""
    async with world.services.database.connection() as connection:
        query = text(
            "SELECT v.item_id FROM section_version v JOIN maternity_record r ON r.record_id = v.record_id"
            " WHERE r.patient_id = :id AND v.kind = 'antenatal_visits'"
        )
        whose = {"id": world.services.patient_keys.patient_id(world.number(WOMEN[woman]))}
        return list((await connection.execute(query, whose)).all())


async def test_TC_R18_she_cannot_ask_for_a_card_by_its_id(world: World) -> None:
    """Hers is in her token: the field takes no argument, whether the id is another woman's or nobody's."""
    answers = []
    for record in (world.situation(WOMEN["W3"]).records[0].record_id, str(uuid4())):
        response = await ask(world, "W1", f'{{ myCard(id: "{record}") {{ recordId }} }}')
        answers.append((response.status_code, refusal(response)))
    assert answers[0] == answers[1]
    assert answers[0][0] == 400
    assert answers[0][1]["code"] == "GRAPHQL_VALIDATION_FAILED"


async def test_TC_R19_she_cannot_name_a_patient(world: World) -> None:
    """In a citizen's schema no field takes one: invalid (status 400 here), and nothing is looked up."""
    document = 'query {{ earlierCards(patient: "{number}") {{ recordId }} }}'.format(number=world.number(WOMEN["W3"]))
    with world.services.database.count_statements() as counted:
        response = await ask(world, "W1", document)
    assert response.status_code == 400
    assert refusal(response)["code"] == "GRAPHQL_VALIDATION_FAILED"
    assert world.number(WOMEN["W3"]) not in response.text
    assert not any("maternity_record" in statement for statement in counted)


async def test_TC_R20_two_women_in_one_document_are_refused(world: World) -> None:
    """Nothing is looked up, and both may read that it was tried."""
    document = "query($one: NationalIdentityNumber!, $other: NationalIdentityNumber!) {"
    document += " a: card(patient: $one) { mother { name } } b: card(patient: $other) { mother { name } } }"
    one, other = world.number(WOMEN["W1"]), world.number(WOMEN["W8"])
    with world.services.database.count_statements() as counted:
        response = await ask(world, "GP1", document, one=one, other=other)
    assert response.status_code == 400
    assert refusal(response)["code"] == "MULTIPLE_PATIENTS"
    assert not any("maternity_record" in statement for statement in counted)
    for woman in ("W1", "W8"):
        assert await last_refusal(world, woman) == "MULTIPLE_PATIENTS"


async def test_TC_R21_a_number_with_a_wrong_check_digit_is_no_number(world: World) -> None:
    """It is not repeated, not looked up, and nobody's log has it: whose would it be?"""
    number = world.number(WOMEN["W1"])
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
    with world.services.database.count_statements() as counted:
        response = await world.ask(caller("GP1"), STATUS_OR_CARD, patient=wrong)
    assert refusal(response)["code"] == "PATIENT_ID_INVALID"
    assert wrong not in response.text
    assert not any("maternity_record" in statement for statement in counted)
    (entry,) = await world.all_ledger_entries()
    assert (entry["outcome"], entry["refusal"]) == ("REFUSED", "PATIENT_ID_INVALID")
    assert wrong not in str(entry)


STATUS_OR_CARD = "query($patient: NationalIdentityNumber!) { card(patient: $patient) { mother { name } } }"


async def test_TC_R22_an_unknown_person_is_not_told_from_one_without_consent(world: World) -> None:
    """The gateway has no population register to ask: whom the store does not know has not consented, and gets those
    bytes. Her number is not repeated."""
    unknown = await world.ask(caller("GP1"), STATUS_OR_CARD, patient=UNKNOWN)
    never = await ask(world, "GP1", STATUS_OR_CARD, "W10")
    expect_refused(unknown, "CONSENT_MISSING")
    assert told(unknown) == told(never)
    assert UNKNOWN not in unknown.text
    assert await last_refusal(world, UNKNOWN) == "CONSENT_MISSING"


async def test_TC_R23_nobody_opens_her_own_card_in_a_professional_role(world: World) -> None:
    """Refused as a doctor; as herself she reads it."""
    token = world.token(caller("GP1"), **{claims.PID: world.number(WOMEN["W1"])})
    response = await world.send(token, STATUS_OR_CARD, patient=world.number(WOMEN["W1"]))
    expect_refused(response, "SELF_ACCESS_THROUGH_PROFESSIONAL_ROLE")
    assert await last_refusal(world, "W1") == "SELF_ACCESS_THROUGH_PROFESSIONAL_ROLE"
    assert card_of(await ask(world, "W1", MY_CARD))["mother"]


async def test_TC_R24_two_active_cards_are_none(world: World) -> None:
    """The database refuses a second one. Should it be there all the same, nobody can say which is right: no data."""
    record = str(uuid4())
    async with world.services.database.transaction() as connection:
        await connection.execute(text("DROP INDEX uq_maternity_record_active"))
        columns = "patient_id, status, version, opened_at, last_updated_at, record_last_updated_at, care_units"
        copied = f"INSERT INTO maternity_record (record_id, {columns}) SELECT :record, {columns} FROM maternity_record"
        hers = {"id": world.services.patient_keys.patient_id(world.number("kari")), "record": record}
        await connection.execute(text(f"{copied} WHERE patient_id = :id"), hers)
    expect_refused(await read(world, "MW1", "W1"), "DEPENDENCY_UNAVAILABLE")
    assert await last_refusal(world, "W1") == "SEVERAL_ACTIVE_CARDS"
