"""Roles and fields: what each role is given of a card whose every fact is recorded, and what it may write on it.

What a kind of caller can never read is not in its schema, so asking for it is GRAPHQL_VALIDATION_FAILED (400) where the
case list says 403 or FIELD_REDACTED; what it sometimes may read is `null` with an entry of `withheld`, or with an error
FIELD_WITHHELD for a client that does not select that.
"""

from typing import Any

import pytest

from app.domain.aggregates import ReportName
from app.domain.card.declaration import Sensitivity
from app.domain.card.sections import walk
from app.domain.viewer import Role
from resolvers.views import CARD_TYPE, view_for
from tests.access.cases.setting import (
    M1,
    Q1,
    Q_STATUS,
    WOMEN,
    ask,
    caller,
    card_of,
    expect_refused,
    expect_turned_away,
    read,
    write_visit,
)
from tests.access.choosing import stored
from tests.access.test_reports import READ, exact, make, populate, reports
from tests.whole_card import CANARY, selection
from tests.world import World
from tests.writing import DELIVERED, new_key, write_body

ACCESS_LOG = "query($patient: NationalIdentityNumber!) { accessLog(patient: $patient) { edges { node { who role outcome sections facts refusal policy } } } }"


def card(below: str) -> str:
    return f"query($patient: NationalIdentityNumber!) {{ card(patient: $patient) {{ {below} withheld {{ path reason }} }} }}"


def expect_not_in_schema(response: Any) -> None:
    """Not well formed for this kind of caller: nothing is run."""
    body = response.json()
    assert (response.status_code, "data" in body) == (400, False)
    assert {error["extensions"]["code"] for error in body["errors"]} == {"GRAPHQL_VALIDATION_FAILED"}
    assert CANARY not in response.text


async def versions(world: World) -> int:
    """How many versions of items there are in the store."""
    ((count,),) = await stored(world, "SELECT count(*) FROM section_version")
    return int(count)


async def last_entry(world: World, woman: str = "W1") -> dict[str, Any]:
    return (await world.ledger_entries(WOMEN[woman]))[-1]


@pytest.mark.parametrize("who", ["MW1", "HD1", "HM1"])
async def test_TC_F01_those_who_care_for_her_read_every_section(world: World, who: str) -> None:
    """Every fact of the schema has its value, nothing is withheld, and the ledger says ALLOWED."""
    await world.add_whole_card(woman="kari")
    below = selection(view_for((await world.viewer(caller(who))).kind).graphql, CARD_TYPE)
    found = card_of(
        await ask(
            world, who, f"query($patient: NationalIdentityNumber!) {{ card(patient: $patient) {{ {below} }} }}", "W1"
        )
    )
    assert (found["withheld"], found["withheldByPatientCount"]) == ([], 0)
    for section in {fact.section for fact in walk()} - {
        fact.section for fact in walk() if fact.section.kind == "co_parent"
    }:
        assert found[section.graphql_name], section.kind
    entry = await last_entry(world)
    assert (entry["outcome"], entry["withheld"]) == ("ALLOWED", [])
    assert "laboratoryResults.hivPositive" in entry["released"]


async def test_TC_F02_a_role_that_is_off_is_not_let_in(gateway: World) -> None:
    """The trial has not enabled public-health nurses: 403, whatever they ask."""
    gateway.services.extra_roles -= {Role.PUBLIC_HEALTH_NURSE}
    expect_turned_away(await read(gateway, "PHN1", "W1"), 403, "ACTOR_NOT_PERMITTED", "ROLE")


async def test_TC_F03_a_nurse_reads_no_laboratory_results(world: World) -> None:
    """A section that is closed to a role is null and named as withheld; a client that does not ask is told by an error."""
    await world.add_whole_card(woman="kari")
    found = card_of(await ask(world, "PHN1", card("laboratoryResults { hivPositive }"), "W1"))
    assert found["laboratoryResults"] is None
    assert found["withheld"] == [{"path": "laboratoryResults.hivPositive", "reason": "ROLE"}]
    entry = await last_entry(world)
    assert (entry["outcome"], entry["withheld"]) == ("PARTIAL", ["laboratoryResults.hivPositive: ROLE"])
    careless = (
        "query($patient: NationalIdentityNumber!) { card(patient: $patient) { laboratoryResults { hivPositive } } }"
    )
    body = (await ask(world, "PHN1", careless, "W1")).json()
    (error,) = body["errors"]
    assert (error["extensions"]["code"], error["path"]) == (
        "FIELD_WITHHELD",
        ["card", "laboratoryResults", "hivPositive"],
    )


async def test_TC_F04_a_nurse_reads_the_ordinary_of_a_section_and_not_the_intimate(world: World) -> None:
    """Diabetes has its value, mental health is null and withheld."""
    await world.add_whole_card(woman="kari")
    asked = card("medicalConditions { diabetes mentalHealthCondition }")
    found = card_of(await ask(world, "PHN1", asked, "W1"))
    assert found["medicalConditions"] == {"diabetes": True, "mentalHealthCondition": None}
    assert found["withheld"] == [{"path": "medicalConditions.mentalHealthCondition", "reason": "ROLE"}]
    assert (await last_entry(world))["released"] == ["medicalConditions.diabetes"]


async def test_TC_F05_an_imaging_unit_reads_the_counters_and_not_the_note(world: World) -> None:
    """A note is intimate, whatever its section."""
    await world.add_whole_card(woman="kari")
    response = await ask(world, "US1", card("previousPregnancies { note numberOfPreviousPregnancies }"), "W1")
    found = card_of(response)
    assert found["previousPregnancies"]["note"] is None and found["previousPregnancies"]["numberOfPreviousPregnancies"]
    assert found["withheld"] == [{"path": "previousPregnancies.note", "reason": "ROLE"}]
    assert CANARY not in response.text


async def test_TC_F06_what_is_withheld_looks_alike_whatever_it_says(world: World) -> None:
    """Recorded, recorded as absent and not recorded are three identical answers, to the last byte."""
    answers = set()
    for value in (True, False, None):
        await world.add_whole_card(woman="kari", medical_conditions={"mental_health_condition": value})
        for document in (card("medicalConditions { mentalHealthCondition }"), Q1):
            answers.add((document, (await ask(world, "US1", document, "W1")).content))
    assert len(answers) == 2
    assert (await last_entry(world))["withheld"]


async def test_TC_F07_whoever_has_no_licence_reads_no_card(world: World) -> None:
    """Where the trial has not enabled office staff: 403 HPR_REQUIRED. Where it has, they may ask for the status alone:
    their schema lacks what Q1 asks for, and no card is opened for what it has."""
    expect_not_in_schema(await read(world, "SEC1", "W1"))
    token = world.token(caller("SEC1"), scope=["nhn:maternity-gateway/read", "nhn:maternity-gateway/status"])
    opened = await world.send(token, card("mother { name }"), patient=world.number(WOMEN["W1"]))
    expect_refused(opened, "SECTION_FORBIDDEN")
    assert (await last_entry(world))["outcome"] == "REFUSED"
    status = (await ask(world, "SEC1", Q_STATUS, "W1")).json()["data"]["cardStatus"]
    assert status["hasActiveCard"] is True
    world.services.extra_roles -= {Role.SECRETARY}
    world.services.viewers = type(world.services.viewers)()
    expect_turned_away(await read(world, "SEC1", "W1"), 403, "HPR_REQUIRED")


@pytest.mark.parametrize("header", ["nhn-user-role", "nhn-hpr-number", "x-role"])
async def test_TC_F08_a_role_in_a_header_is_not_looked_at(gateway: World, header: str) -> None:
    """The answer is the one without the header: 403 HPR_REQUIRED where the role is off."""
    gateway.services.extra_roles -= {Role.SECRETARY}
    sent, token = {"query": Q1, "variables": {"patient": gateway.number(WOMEN["W1"])}}, gateway.token("clerk")
    plain = await gateway.client.post("/graphql", json=sent, headers=gateway.credentials(token))
    claimed = await gateway.client.post("/graphql", json=sent, headers=gateway.credentials(token) | {header: "LE"})
    expect_turned_away(claimed, 403, "HPR_REQUIRED")
    assert claimed.content == plain.content
    assert await gateway.ledger_entries("kari") == []


COMING = {"held_on": "2026-12-24", "next_visit_on": "2027-01-07"}
WHEREABOUTS = card(
    "mother { name address postalCode postalPlace } careContacts { birthInstitution maternityHealthCentre } "
    "antenatalVisits { heldOn nextVisitOn }"
)


async def test_TC_F09_a_secretary_sees_where_she_will_be_at_her_own_unit_only(world: World) -> None:
    """Dates that have not come, address and place of birth: given of the women her unit follows, null of others."""
    await world.add_whole_card(woman="kari", antenatal_visits=COMING)
    own = card_of(await ask(world, "SEC2", WHEREABOUTS, "W1"))
    assert own["antenatalVisits"] == [{"heldOn": "2026-12-24", "nextVisitOn": "2027-01-07"}]
    assert own["mother"]["address"] and own["careContacts"]["birthInstitution"] and own["withheld"] == []
    await world.add_whole_card(woman="kari", care_unit="999999999", antenatal_visits=COMING)
    response = await ask(world, "SEC2", WHEREABOUTS, "W1")
    other = card_of(response)
    assert other["mother"]["name"] and other["mother"]["address"] is None
    assert (other["antenatalVisits"], other["careContacts"]) == (None, None)
    assert {entry["path"] for entry in other["withheld"]} == {
        "mother.address", "mother.postalCode", "mother.postalPlace", "careContacts.birthInstitution",
        "careContacts.maternityHealthCentre", "antenatalVisits.heldOn", "antenatalVisits.nextVisitOn",
    }  # fmt: skip
    assert "2026-12-24" not in response.text and "2027-01-07" not in response.text


INTIMATE = sorted(
    fact.graphql_path for fact in walk()
    if fact.fact.sensitivity is Sensitivity.INTIMATE and fact.shape.content is None and fact.section.kind != "co_parent"
)  # fmt: skip
NOTES = [path for path in INTIMATE if path.lower().endswith("note")]


def selecting(path: str) -> str:
    *containers, leaf = path.split(".")
    return " { ".join([*containers, leaf]) + " }" * len(containers)


async def test_TC_F10_there_are_no_notes_for_a_secretary(gateway: World) -> None:
    """Not one of them is in her schema, so that not even their absence tells anything."""
    assert len(NOTES) > 12
    for path in NOTES:
        expect_not_in_schema(await ask(gateway, "SEC2", card(selecting(path)), "W1"))


async def test_TC_F11_an_auditor_opens_no_card(world: World) -> None:
    """There are no cards in the auditor's schema."""
    for document in (Q1, card("mother { name }"), "{ myCard { status } }"):
        expect_not_in_schema(await ask(world, "AUD1", document, "W1"))


async def test_TC_F12_an_auditor_reads_who_saw_what_and_not_what_it_said(world: World) -> None:
    """The log names the facts that were shown; no text or value of the card is in it."""
    await world.add_whole_card(woman="kari")
    await read(world, "MW1", "W1")
    response = await ask(world, "AUD1", ACCESS_LOG, "W1")
    (edge,) = response.json()["data"]["accessLog"]["edges"]
    assert "laboratoryResults.hivPositive" in edge["node"]["facts"]
    assert (edge["node"]["who"], edge["node"]["role"]) == ("Modell, Jordmor", "MIDWIFE")
    assert CANARY not in response.text and world.number("kari") not in response.text


async def test_TC_F13_an_auditors_own_look_is_in_the_log(world: World) -> None:
    """For the next auditor, and for herself."""
    await ask(world, "AUD1", ACCESS_LOG, "W1")
    (edge,) = (await ask(world, "AUD1", ACCESS_LOG, "W1")).json()["data"]["accessLog"]["edges"]
    assert (edge["node"]["role"], edge["node"]["sections"]) == ("AUDITOR", ["accessLog"])
    hers = (await world.data("kari", "{ accessLog { edges { node { role who } } } }"))["accessLog"]["edges"]
    assert [one["node"] for one in hers] == [{"role": "AUDITOR", "who": "Tilsynsen, Revisor"}] * 2


async def test_TC_F14_an_evaluator_asks_nothing_about_anybody(world: World) -> None:
    """Card, log and status are not in the evaluator's schema; nothing is looked up, nobody's log has an entry."""
    for document in (Q1, ACCESS_LOG, Q_STATUS):
        expect_not_in_schema(await ask(world, "EVA1", document, "W1"))
    assert [entry for entry in await world.ledger_entries("kari") if entry["outcome"] != "REFUSED"] == []


async def test_TC_F15_a_small_number_is_left_out_and_another_with_it(world: World) -> None:
    """Three women are not told of; nor is the number that they could be reckoned from."""
    await populate(world)
    assert await make(world) == {}
    counts = (await exact(world))["FOLATE"]
    assert (counts["Before only"], counts["Before and during"], counts["During only"]) == (3, 25, 26)
    rows = {row["label"]: row for row in (await reports(world))["FOLATE"]["rows"]}
    assert [label for label, row in rows.items() if not row["suppressed"]] == ["During only"]
    assert [row["count"] for row in rows.values()] == [None, None, 25, None, None]


async def test_TC_F16_two_runs_that_differ_by_one_woman_tell_the_same(world: World) -> None:
    """She comes, she goes, she is counted otherwise: the run is refused AGGREGATE_TOO_SMALL, and the reports stay to
    the byte. (That no two tables isolate anybody is drawn at random in tests/domain/test_aggregates.py.)"""
    await populate(world)
    assert await make(world) == {}
    before = (await ask(world, "EVA1", READ)).content
    everything = dict.fromkeys(ReportName, "AGGREGATE_TOO_SMALL")
    await world.data("randi", "mutation { giveConsent { given } }")
    await world.add_whole_card(woman="randi")
    assert await make(world) == everything
    await world.add_whole_card(woman="randi", mother={"needs_interpreter": None}, medication={"folate": None})
    assert await make(world) == everything
    await world.data("randi", "mutation { withdrawConsent { cardsDeleted } }")
    assert await make(world) == everything
    assert (await ask(world, "EVA1", READ)).content == before


HISTORY = "query($patient: NationalIdentityNumber!) { card(patient: $patient) { recordHistory(first: 100) { edges { node { section version changedFacts } } } laboratoryResults { bloodType { abo } history { version changedFacts content { hivPositive bloodType { abo } } } } withheld { path reason } } }"


async def test_TC_F17_what_is_derived_from_an_intimate_fact_is_as_intimate(world: World) -> None:
    """Alerts do not exist yet. The nearest that is derived today is what changed: for an imaging unit a new HIV result
    changed nothing it is told of, while a new blood type shows."""
    number = world.number("kari")
    await world.add_whole_card(woman="kari", laboratory_results={"hiv_positive": None})
    for place, content in enumerate(({"hiv_positive": True}, {"blood_type": {"abo": "B", "rhesus_d": "NEGATIVE"}})):
        body = await write_body(
            world,
            "midwife",
            "correct",
            "laboratory_results",
            patient=number,
            expectedVersion=place + 1,
            content=content,
        )
        assert body["data"]["written"]["__typename"] == "LaboratoryResultsRecorded", body
    midwife = card_of(await ask(world, "MW1", HISTORY, "W1"))
    assert ["laboratoryResults.hivPositive"] in [v["changedFacts"] for v in midwife["laboratoryResults"]["history"]]
    response = await ask(world, "US1", HISTORY, "W1")
    imaging = card_of(response)
    told = [
        edge["node"] for edge in imaging["recordHistory"]["edges"] if edge["node"]["section"] == "laboratoryResults"
    ]
    assert [one["version"] for one in told] == [3, 1]
    assert all("hiv" not in path for one in told for path in one["changedFacts"])
    assert [v["content"]["hivPositive"] for v in imaging["laboratoryResults"]["history"]] == [None] * 3
    assert {"path": "laboratoryResults.hivPositive", "reason": "ROLE"} in imaging["withheld"]


async def test_TC_F18_a_representative_has_no_counters(world: World) -> None:
    """They are not in that schema."""
    for field in ("numberOfPreviousPregnancies", "numberOfPreviousLiveBirths", "note"):
        expect_not_in_schema(await ask(world, "REP1", f"{{ myCard {{ previousPregnancies {{ {field} }} }} }}"))


EARLIER = "query($patient: NationalIdentityNumber!, $yes: Boolean! = true) { earlierCards(patient: $patient, includePrevious: $yes) { status mother { name } withheld { path reason } } }"


async def test_TC_F19_an_earlier_card_is_opened_on_purpose(world: World) -> None:
    """Without `includePrevious` it is not served, and that is written down; with it, it is."""
    number = world.number("ida")
    refused = await world.ask(caller("HD1"), EARLIER, patient=number, yes=False)
    expect_refused(refused, "BAD_USER_INPUT")
    entry = (await world.ledger_entries("ida"))[-1]
    assert (entry["outcome"], entry["refusal"], entry["released"]) == ("REFUSED", "BAD_USER_INPUT", [])
    assert (await world.data(caller("HD1"), EARLIER, patient=number))["earlierCards"][0]["status"] == "DELIVERED"


async def test_TC_F20_a_nurse_opens_no_earlier_card(world: World) -> None:
    """Not this role, whatever the purpose."""
    for purpose in ("TREAT", "ETREAT", "COC"):
        response = await world.ask(caller("PHN1"), EARLIER, purpose=purpose, patient=world.number("ida"))
        expect_refused(response, "SECTION_FORBIDDEN")
        entry = (await world.ledger_entries("ida"))[-1]
        assert (entry["outcome"], entry["refusal"]) == ("REFUSED", "SECTION_FORBIDDEN")


FOLLOW_UP = """mutation($patient: NationalIdentityNumber!, $key: String!) {
  recordRhesusDNegativeFollowUp(patient: $patient, idempotencyKey: $key, rhesusDNegativeFollowUp: {prophylaxisGivenAtWeek28: true}) { __typename } }"""


async def test_TC_F21_an_imaging_unit_writes_nothing(world: World) -> None:
    """Its token does not carry the right to write; one that claims it is refused by the role, and nothing is stored."""
    before = await versions(world)
    assert (await ask(world, "US1", FOLLOW_UP, "W1", key=new_key())).status_code == 403
    token = world.token("imaging", scope=["nhn:maternity-gateway/read", "nhn:maternity-gateway/write"])
    response = await world.send(token, FOLLOW_UP, patient=world.number("kari"), key=new_key())
    expect_refused(response, "SECTION_FORBIDDEN")
    entry = await last_entry(world)
    assert (entry["outcome"], entry["refusal"], entry["written"]) == ("REFUSED", "SECTION_FORBIDDEN", [])
    assert await versions(world) == before


@pytest.mark.parametrize("who", ["GP1", "MW1", "HD1"])
async def test_TC_F22_a_stale_version_changes_nothing(world: World, who: str) -> None:
    """The answer is the current item and who wrote it (a result, not an error: §7 of the design)."""
    await world.add_whole_card(woman="kari")
    before, number = await versions(world), world.number("kari")
    body = await write_body(
        world,
        caller(who),
        "correct",
        "medication",
        patient=number,
        expectedVersion=200,
        content={"drug_allergy": False},
    )
    written = body["data"]["written"]
    assert (written["__typename"], written["current"]["drugAllergy"]) == ("VersionConflict", True)
    entry = await last_entry(world)
    assert (entry["refusal"], entry["written"]) == ("VERSION_CONFLICT", [])
    assert await versions(world) == before


async def test_TC_F23_one_part_that_is_wrong_stops_all_of_a_command(world: World) -> None:
    """A visit that is right with a fundal height that is not: nothing is written (a result InvalidInput, not
    BAD_USER_INPUT). Two commands in one document are not run at all."""
    before, number = await versions(world), world.number("kari")
    body = await write_body(
        world, "midwife", "record", "visit", patient=number, content={"held_on": "2026-11-23", "weight_kg": 71.5},
        also={"measured_on": "2027-11-23", "symphysis_fundal_height_cm": 29},
    )  # fmt: skip
    assert body["data"]["written"]["__typename"] == "InvalidInput"
    entry = await last_entry(world)
    assert (entry["refusal"], entry["written"]) == ("INVALID_INPUT", [])
    both = M1.rstrip(" }") + " } } " + FOLLOW_UP[FOLLOW_UP.index("recordRhesus") :].replace("$key", '"other"')
    response = await ask(world, "MW1", both, "W1", key=new_key())
    assert response.json().get("errors"), response.text
    assert await versions(world) == before


MEDICATION = """mutation($patient: NationalIdentityNumber!, $key: String!) {
  recordMedication(patient: $patient, idempotencyKey: $key, medication: {drugAllergy: true}) { __typename } }"""


async def test_TC_F24_a_doctor_on_emergency_duty_reads_all_and_writes_the_visit(world: World) -> None:
    """Q1 is answered in an emergency, the visit is written, nothing else is; without an emergency she has no role."""
    await world.add_whole_card(woman="kari")
    found = card_of(await read(world, "DUTY", "W1"))
    assert (found["laboratoryResults"], found["withheld"]) == ({"hivPositive": True}, [])
    assert (await last_entry(world))["access_basis"] == "AKUTT"
    before = await versions(world)
    for command, more in ((MEDICATION, {}), (DELIVERED, {"version": 1, "at": "2026-11-23T08:00:00Z"})):
        expect_refused(await ask(world, "DUTY", command, "W1", key=new_key(), **more), "SECTION_FORBIDDEN")
        assert (await last_entry(world))["refusal"] == "SECTION_FORBIDDEN"
    assert await versions(world) == before
    written = (await write_visit(world, "DUTY", "W1")).json()["data"]["recordVisit"]
    assert written["__typename"] == "VisitRecorded" and await versions(world) == before + 1
    expect_turned_away(await read(world, "DUTY", "W1", purpose="TREAT"), 403, "ACTOR_NOT_PERMITTED", "ROLE")
