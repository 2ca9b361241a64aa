"""The field rules F-9 to F-12 over HTTP: earlier cards, what was entered in error, herself, who wrote it; and the notes of
the read matrix."""

import json
import re

from app.domain.card.declaration import Sensitivity
from app.domain.viewer import CallerKind, Role
from resolvers.views import CARD_TYPE, view_for
from tests.access.cases.test_fields import INTIMATE, card, expect_not_in_schema
from tests.access.test_field_rules import CORE, EARLIER, READ_BY_SOMEBODY, asked, asking, selecting_leaf
from tests.graphql.test_caseload import lines
from tests.graphql.test_history import VISIT, VISITS, new_visit
from tests.policies import PILOT
from tests.whole_card import selection, texts_in
from tests.world import World
from tests.writing import write


async def test_F09_an_earlier_card_is_one_level_stricter_for_professionals(world: World) -> None:
    """What is personal on the active card counts as intimate, what is ordinary as personal; to herself all is given."""
    await world.add_whole_card(woman="kari")
    personal = [
        fact.graphql_path for fact in READ_BY_SOMEBODY
        if fact.fact.sensitivity in (Sensitivity.PERSONAL, Sensitivity.WHEREABOUTS) and not fact.fact.escalation
        and not fact.graphql_path.startswith("lifestyleFactors.stimuli.")
    ]  # fmt: skip
    below = " ".join(map(selecting_leaf, personal))
    within = {"rhesusDNegativeFollowUp.fetalResults", "birthOutcome.children"}
    active, _ = await asked(world, "hospital", card(below), "COC")
    assert active["withheld"] == []
    query = f"query($patient: NationalIdentityNumber!) {{ earlierCards(patient: $patient, includePrevious: true) {{ {below} withheld {{ path reason }} }} }}"
    for purpose, withheld in (("TREAT", set()), ("ETREAT", set()), ("COC", set(personal) | within)):
        (past,) = (await world.data("hospital", query, purpose=purpose, patient=world.number("ida")))["earlierCards"]
        assert {entry["path"] for entry in past["withheld"]} == withheld, purpose
    (hers,) = (await world.data("ida", f"{{ earlierCards {{ {below} withheld {{ path }} }} }}"))["earlierCards"]
    assert hers["withheld"] == []


async def test_F09_earlier_cards_are_logged_apart_and_closed_to_narrow_roles(world: World) -> None:
    """Beside the active card in one document: facts of the past stand under their own name, in her log as well."""
    both = "query($patient: NationalIdentityNumber!) { card(patient: $patient) { pregnancy { numberOfFetuses } } earlierCards(patient: $patient, includePrevious: true) { pregnancy { numberOfFetuses } } }"
    await world.data("midwife", both, patient=world.number("ida"))
    entry = (await world.ledger_entries("ida"))[-1]
    assert entry["released"] == ["earlierCards.pregnancy.numberOfFetuses", "pregnancy.numberOfFetuses"]
    log = (await world.data("ida", "{ accessLog { edges { node { sections } } } }"))["accessLog"]["edges"]
    assert log[0]["node"]["sections"] == ["earlierCards", "pregnancy"]
    for persona in ("nurse", "imaging"):
        body = (await world.ask(persona, EARLIER, patient=world.number("ida"))).json()
        assert body["data"]["earlierCards"] is None
        assert body["errors"][0]["extensions"]["code"] == "SECTION_FORBIDDEN"


async def _visit_in_error(world: World) -> str:
    visit = await new_visit(world)
    marked = await write(world, "midwife", "mark", "visit", **visit, expectedVersion=1)
    assert marked["__typename"] == "VisitRecorded"
    return str(visit["itemId"])


async def test_F10_what_was_entered_in_error_is_shown_to_authors_who_ask(world: World) -> None:
    """Hidden by default from everybody; asked for, it is there for those who write on cards, with its history; others
    who ask get what they get without asking. The unit's list does not count it."""
    before = {line["motherName"]: line for line in await lines(world, "midwife")}["Kari Eksempel"]
    item = await _visit_in_error(world)
    number = world.number("kari")
    for persona in CORE:
        shown = [
            item in [visit["provenance"]["itemId"] for visit in
                     (await world.data(persona, VISITS, p=number, all=everything))["card"]["antenatalVisits"]]
            for everything in (False, True)
        ]  # fmt: skip
        assert shown == [False, True], persona
    for persona in ("nurse", "imaging"):
        for everything in (False, True):
            text = (await world.ask(persona, VISITS, p=number, all=everything)).text
            assert item not in text, persona
    hers = "{ myCard { antenatalVisits(includeErroneous: true) { provenance { itemId } } } }"
    assert item not in json.dumps(await world.data("kari", hers))
    after = {line["motherName"]: line for line in await lines(world, "midwife")}["Kari Eksempel"]
    assert (after["lastVisitOn"], after["lastBloodPressure"]) == (before["lastVisitOn"], before["lastBloodPressure"])


async def test_F10_values_of_what_was_entered_in_error_are_as_sensitive_as_before(world: World) -> None:
    """Its note is withheld where a note is, on the card and in its history."""
    item = await _visit_in_error(world)
    response = await world.ask("gp", VISITS, purpose="COC", p=world.number("kari"), all=True)
    assert item in response.text and VISIT["note"] not in response.text
    card_ = response.json()["data"]["card"]
    assert {"path": "antenatalVisits.note", "reason": "PURPOSE"} in card_["withheld"]
    assert VISIT["note"] in (await world.ask("gp", VISITS, p=world.number("kari"), all=True)).text


async def test_F11_she_reads_every_level_of_her_own(world: World) -> None:
    """Each fact of a card with every fact recorded, the intimate first of all; nothing is withheld."""
    await world.add_whole_card(woman="kari")
    below = selection(view_for(CallerKind.CITIZEN).graphql, CARD_TYPE)
    given = (await world.data("kari", f"{{ myCard {{ {below} }} }}"))["myCard"]
    assert (given["withheld"], given["withheldByPatientCount"]) == ([], 0)
    texts = set(texts_in(given))
    for fact in READ_BY_SOMEBODY:
        if fact.fact.sensitivity is Sensitivity.INTIMATE and fact.shape.type is str and fact.fact.max_length != 16:
            assert any(text.endswith(".".join([fact.section.kind, *fact.path])) for text in texts), fact.graphql_path


PROVENANCE = "antenatalVisits { provenance { itemId lastUpdatedBy { name hprNumber organisationName profession } } }"
IDENTITY_NUMBER = re.compile(r"(?<!\d)\d{11}(?!\d)")


async def test_F12_staff_are_named_to_her_and_to_those_who_care_for_her(world: World) -> None:
    """Name and HPR number of who wrote it; a representative sees neither; nobody gets an identity number."""
    await new_visit(world)
    for persona in ("kari", *CORE, "imaging"):
        document = f"{{ myCard {{ {PROVENANCE} }} }}" if persona == "kari" else card(PROVENANCE)
        about = {} if persona == "kari" else {"patient": world.number("kari")}
        text = (await world.ask(persona, document, **about)).text
        assert "Modell, Jordmor" in text and "999900026" in text, persona
        assert not IDENTITY_NUMBER.search(text)
    for field in (
        "provenance { itemId }",
        "provenance { lastUpdatedBy { hprNumber } }",
        "provenance { lastUpdatedBy { name } }",
    ):
        expect_not_in_schema(await world.ask("representative", f"{{ myCard {{ antenatalVisits {{ {field} }} }} }}"))
    schema = view_for(CallerKind.REPRESENTATIVE).graphql
    fields = {name for type_ in schema.type_map.values() for name in getattr(type_, "fields", {})}
    assert not fields & {"hprNumber", "lastUpdatedBy", "by"}


async def test_F12_no_answer_about_staff_holds_an_identity_number(world: World) -> None:
    """Log, changes and history, to her, to clinicians and to the auditor."""
    await new_visit(world)
    number = world.number("kari")
    log = "accessLog%s { edges { node { who hprNumber organisation organisationNumber system } } }"
    by = "changesSince%s { changes { by { name hprNumber } } }"
    own = "{ %s %s myCard { recordHistory { edges { node { by { name hprNumber } } } } } }"
    answers = [await world.ask("kari", own % (log % "", by % ""))]
    other = "query($patient: NationalIdentityNumber!) { %s }"
    answers.append(await world.ask("auditor", other % (log % "(patient: $patient)"), patient=number))
    answers.append(await world.ask("gp", other % (by % "(patient: $patient)"), patient=number))
    for answer in answers:
        assert "errors" not in answer.json(), answer.text
        assert not IDENTITY_NUMBER.search(answer.text)


# --- the notes of the read matrix -------------------------------------------------------------------------------------


async def test_a_doctor_who_is_not_her_own_reads_the_same_and_it_is_written_down(world: World) -> None:
    """Note 1: a locum is a normal case. The same answer to the byte; the basis of the look and whether the patient was
    picked by hand stand in the ledger."""
    await world.add_whole_card(woman="kari")
    below = selection(view_for(CallerKind.CLINICIAN).graphql, CARD_TYPE)
    query = f"query($patient: NationalIdentityNumber!) {{ card(patient: $patient) {{ {below} }} }}"
    own, stranger = [await asked(world, persona, query) for persona in ("gp", "stranger")]
    assert own == stranger
    entries = (await world.ledger_entries("kari"))[-2:]
    assert [entry["access_basis"] for entry in entries] == ["UNNTAK", "SAMTYKKE"]
    assert all(entry["user_selected"] is not None for entry in entries)


async def test_doctors_and_midwives_of_a_hospital_read_alike(world: World) -> None:
    """Note 2: the distinction lives in the log."""
    await world.add_whole_card(woman="kari")
    answers = [await asked(world, persona, asking(INTIMATE)) for persona in ("hospital", "hospital-midwife")]
    assert answers[0] == answers[1]
    assert [entry["actor_name"] for entry in (await world.ledger_entries("kari"))[-2:]] == [
        "Fødesen, Lege",
        "Vaktsen, Jordmor",
    ]


def test_roles_that_wait_for_the_trial_are_off_in_the_policy() -> None:
    """Nurses, imaging units, secretaries and representatives: the matrix says what they get if they are let in."""
    enabled = PILOT.enabled_roles
    assert enabled == {
        Role.CITIZEN, Role.GP, Role.MIDWIFE, Role.HOSPITAL, Role.EHR_SYSTEM, Role.AUDITOR, Role.EVALUATOR,
    }  # fmt: skip
