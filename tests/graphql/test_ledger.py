"""The ledger as the woman reads it, and what it never holds."""

import json

from sqlalchemy import text

from app.domain.ledger import Outcome
from data.ledger import verify
from tests.graphql.test_card import CARD
from tests.whole_card import CANARY
from tests.world import World

LOG = """query($first: Int!, $after: String) { accessLog(first: $first, after: $after) {
  edges { cursor node { at who role roleInPlainWords organisation purpose purposeInPlainWords emergency outcome sections } }
  pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""
VISITS = "query($patient: NationalIdentityNumber!) { card(patient: $patient) { antenatalVisits { heldOn note } pregnancy { dueDateByUltrasound } } }"


async def test_every_look_is_one_entry_with_what_was_given(world: World) -> None:
    """One entry per operation and patient; the facts come from the answer."""
    await world.data("gp", VISITS, patient=world.number("kari"))
    (entry,) = await world.ledger_entries("kari")
    assert entry["outcome"] == Outcome.ALLOWED
    assert {"antenatalVisits.heldOn", "pregnancy.dueDateByUltrasound"} <= set(entry["released"])
    assert entry["withheld"] == []


async def test_a_fact_that_was_asked_for_and_not_given_is_not_among_the_released(world: World) -> None:
    """What is withheld is written down as withheld."""
    await world.ask("gp", VISITS, purpose="COC", patient=world.number("kari"))
    (entry,) = await world.ledger_entries("kari")
    assert entry["outcome"] == Outcome.PARTIAL
    assert "antenatalVisits.note" not in entry["released"]
    assert entry["withheld"] == ["antenatalVisits.note: PURPOSE"]


async def test_a_fact_that_is_not_recorded_was_not_released(world: World) -> None:
    """Released means that there was a value in the answer."""
    await world.add_whole_card(laboratory_results={"hiv_positive": None})
    query = "query($patient: NationalIdentityNumber!) { card(patient: $patient) { laboratoryResults { hivPositive ferritinUgPerL } } }"
    await world.data("gp", query, patient=world.whole)
    (entry,) = await world.ledger_entries(world.whole)
    assert entry["released"] == ["laboratoryResults.ferritinUgPerL"]


async def test_a_refusal_is_an_entry_with_its_precise_cause(world: World) -> None:
    """The caller hears RECORD_NOT_AVAILABLE; the ledger knows why."""
    await world.ask("gp", CARD, patient=world.number("sunniva"))
    (entry,) = await world.ledger_entries("sunniva")
    assert (entry["outcome"], entry["refusal"], entry["released"]) == (Outcome.REFUSED, "CONFIDENTIAL_ADDRESS", [])


async def test_who_asks_about_nobody_leaves_no_entry(world: World) -> None:
    """`me` concerns no patient."""
    await world.data("gp", "{ me { role } }")
    assert await world.all_ledger_entries() == []


async def test_the_woman_reads_who_looked_in_plain_words(world: World) -> None:
    """Name, role, unit, purpose; newest first; sections and not facts; no identity number anywhere."""
    await world.data("gp", VISITS, patient=world.number("kari"))
    await world.data("hospital", VISITS, purpose="ETREAT", patient=world.number("kari"))
    response = await world.ask("kari", LOG, first=10)
    newest, oldest = [edge["node"] for edge in response.json()["data"]["accessLog"]["edges"]]
    assert (newest["role"], newest["emergency"], newest["purposeInPlainWords"]) == (
        "HOSPITAL", True, "fordi det var en akuttsituasjon",
    )  # fmt: skip
    assert oldest["sections"] == ["antenatalVisits", "pregnancy"]
    assert oldest["organisation"] == "Testby legesenter"
    assert not any(part.isdigit() and len(part) == 11 for part in json.dumps(response.json()).split('"'))


async def test_the_log_is_paged_without_gaps_or_repeats(world: World) -> None:
    """Relay paging: every entry once, newest first, whatever the page size."""
    for _ in range(7):
        await world.data("gp", VISITS, patient=world.number("kari"))
    seen: list[str] = []
    after = None
    while True:
        log = (await world.data("kari", LOG, first=3, after=after))["accessLog"]
        seen += [edge["cursor"] for edge in log["edges"]]
        assert log["pageInfo"]["hasPreviousPage"] == (after is not None)
        if not log["pageInfo"]["hasNextPage"] or len(seen) > 20:
            break
        after = log["pageInfo"]["endCursor"]
    assert len(seen) == len(set(seen)) >= 7


async def test_a_clinician_reads_only_her_own_look_ups(world: World) -> None:
    """The GP does not learn who else follows the woman."""
    log = "query($patient: NationalIdentityNumber!) { accessLog(patient: $patient) { edges { node { role who } } } }"
    await world.data("hospital", VISITS, patient=world.number("kari"))
    await world.data("gp", VISITS, patient=world.number("kari"))
    edges = (await world.data("gp", log, patient=world.number("kari")))["accessLog"]["edges"]
    assert {edge["node"]["role"] for edge in edges} == {"GP"}


async def test_the_auditor_reads_all_and_is_logged_herself(world: World) -> None:
    """Entries with codes, no card value; and the search is an entry."""
    await world.data("gp", VISITS, patient=world.number("kari"))
    log = "query($patient: NationalIdentityNumber!) { accessLog(patient: $patient) { edges { node { role facts refusal policy } } } }"
    first = (await world.data("auditor", log, patient=world.number("kari")))["accessLog"]["edges"]
    assert "antenatalVisits.heldOn" in first[0]["node"]["facts"]
    again = (await world.data("auditor", log, patient=world.number("kari")))["accessLog"]["edges"]
    assert again[0]["node"]["role"] == "AUDITOR"


async def test_no_ledger_no_answer(world: World) -> None:
    """When the entry cannot be written nothing leaves: 503 and no data."""
    await world.break_ledger()
    response = await world.ask("gp", CARD, patient=world.number("kari"))
    assert response.status_code == 503
    assert response.json()["errors"][0]["extensions"]["code"] == "AUDIT_UNAVAILABLE"
    assert "Kari" not in response.text


async def test_the_ledger_holds_no_values_and_no_numbers(world: World) -> None:
    """Names of facts, never what they say; nobody's identity number."""
    await world.add_whole_card()
    await world.data("gp", CARD, patient=world.whole)
    stored = json.dumps(await world.all_ledger_entries())
    assert CANARY not in stored.replace(f"{CANARY}, Lege", "")
    assert world.whole not in stored


async def test_a_changed_entry_is_found(world: World) -> None:
    """`ledger verify` proves what is there."""
    for _ in range(3):
        await world.data("gp", VISITS, patient=world.number("kari"))
    key = world.services.ledger.key
    assert await verify(world.services.database, key) == []
    async with world.services.database.transaction() as connection:
        await connection.execute(
            text("UPDATE ledger_entry SET entry = replace(entry, 'GP', 'HOSPITAL') WHERE sequence = 2")
        )
    assert [found.sequence for found in await verify(world.services.database, key)] == [2]


async def test_a_system_that_checked_is_named_to_her(world: World) -> None:
    """A machine's status question is an entry like any other."""
    status = "query($patient: NationalIdentityNumber!) { cardStatus(patient: $patient) { hasActiveCard } }"
    await world.data("ehr", status, patient=world.number("kari"))
    (edge,) = (await world.data("kari", LOG, first=5))["accessLog"]["edges"]
    assert edge["node"]["who"] is None
    assert edge["node"]["roleInPlainWords"].startswith("et journalsystem")


async def test_who_looked_before_she_consented_is_in_her_log(world: World) -> None:
    """A look-up of somebody who is not in the store is hers, before she consents and after."""
    await world.ask("gp", CARD, patient=world.number("randi"))
    before = (await world.data("randi", LOG, first=5))["accessLog"]["edges"]
    assert [(edge["node"]["role"], edge["node"]["outcome"]) for edge in before] == [("GP", "REFUSED")]
    await world.data("randi", "mutation { giveConsent { given } }")
    after = (await world.data("randi", LOG, first=5))["accessLog"]["edges"]
    assert [edge["node"]["role"] for edge in after] == ["CITIZEN", "CITIZEN", "GP"]


async def test_a_refusal_at_the_door_is_an_entry_for_each_woman_it_concerned(world: World) -> None:
    """Too little scope, or two women at once: refused before anything is read, and still on record."""
    card = "query($patient: NationalIdentityNumber!) { card(patient: $patient) { status } }"
    await world.ask("clerk", card, patient=world.number("kari"))
    both = "query($a: NationalIdentityNumber!, $b: NationalIdentityNumber!) { x: card(patient: $a) { status } y: card(patient: $b) { status } }"
    await world.ask("gp", both, a=world.number("kari"), b=world.number("aisha"))
    assert [entry["refusal"] for entry in await world.ledger_entries("kari")] == [
        "INSUFFICIENT_SCOPE",
        "MULTIPLE_PATIENTS",
    ]
    assert [entry["outcome"] for entry in await world.ledger_entries("aisha")] == [Outcome.REFUSED]


async def test_a_name_of_an_operation_cannot_carry_a_number_into_the_ledger(world: World) -> None:
    """The client chooses the name, so one with many digits is left out."""
    number = world.number("kari")
    for name in (f"Kari_{number}", "Card"):
        await world.data(
            "gp",
            f"query {name}($patient: NationalIdentityNumber!) {{ card(patient: $patient) {{ status }} }}",
            patient=number,
        )
    assert [entry["operation_name"] for entry in await world.ledger_entries("kari")] == [None, "Card"]


async def test_the_clerk_and_the_evaluator_get_what_is_theirs(world: World) -> None:
    """Without a licence: the card's status. An evaluator: who she is, no more."""
    status = "query($patient: NationalIdentityNumber!) { cardStatus(patient: $patient) { hasActiveCard } consent(patient: $patient) { given } }"
    found = await world.data("clerk", status, patient=world.number("kari"))
    assert found == {"cardStatus": {"hasActiveCard": True}, "consent": {"given": True}}
    assert (await world.data("evaluator", "{ me { role } }"))["me"] == {"role": "EVALUATOR"}


async def test_opening_the_past_shows_for_itself(world: World) -> None:
    """Facts of an earlier card are written down, and told to her, as those of an earlier card."""
    query = "query($patient: NationalIdentityNumber!) { earlierCards(patient: $patient, includePrevious: true) { pregnancy { numberOfFetuses } } }"
    await world.data("hospital", query, patient=world.number("ida"))
    (entry,) = await world.ledger_entries("ida")
    assert entry["released"] == ["earlierCards.pregnancy.numberOfFetuses"]
    (edge,) = (await world.data("ida", LOG, first=5))["accessLog"]["edges"]
    assert edge["node"]["sections"] == ["earlierCards"]


async def test_what_is_withheld_of_an_earlier_card_is_written_down_too(world: World) -> None:
    """The stricter rule for earlier cards decides, and the ledger says so."""
    query = "query($patient: NationalIdentityNumber!) { earlierCards(patient: $patient, includePrevious: true) { birthOutcome { children { bornAt } } withheld { path } } }"
    await world.data("hospital", query, purpose="COC", patient=world.number("ida"))
    (entry,) = await world.ledger_entries("ida")
    assert entry["outcome"] == Outcome.PARTIAL
    assert "birthOutcome.children: PURPOSE" in entry["withheld"]
