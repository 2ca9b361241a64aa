"""A day on the ward, from the first cup of coffee to the evening's reckoning, told through HTTP alone.

A GP, a municipal midwife, and a doctor and a midwife at the hospital write on the cards of the cast. Randi gives her
consent in the morning and has given birth in the evening; Fatima withdraws hers while somebody is writing. Each step is
looked at from outside: what the one who acts is answered, what the others hear, and what nobody may see.
"""

from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from app.development import all_personas
from data.synthetic.organisations import GP_OFFICE, HOSPITAL, OTHER_GP_OFFICE
from tests.access.choosing import BLOCK, ELEVATE, LIFT, MY_BLOCKS
from tests.graphql.test_caseload import document as caseload_document
from tests.graphql.test_consent import CONSENT, GIVE, WITHDRAW, tables_with
from tests.graphql.test_corrections import ANSWER, REQUEST
from tests.streams import Stopwatch
from tests.ward.following import Follower, News
from tests.ward.reckoning import reckon
from tests.ward.ward import BETWEEN_REQUESTS, LOG, Ward, code
from tests.whole_card import CANARY
from tests.world import TODAY
from tests.writing import DELIVERED, OPEN, new_key, write_body

GP, MIDWIFE, HOSPITAL_MIDWIFE, DOCTOR = "gp", "midwife", "hospital-midwife", "hospital"
OUTSIDER = "stranger"
RANDI, FATIMA = "randi", "fatima"

DUE = TODAY + timedelta(days=4)
VISITS = "antenatalVisits { heldOn weightKg note provenance { itemId version } }"
NEW = "newSinceLastLook { since changes { what section by { name } } }"
HISTORY = "antenatalVisits { history { version by { name } changedFacts content { note weightKg } } } recordHistory(first: 100) { edges { node { section what version } } }"
SINCE = "query($patient: NationalIdentityNumber!, $after: String) { changesSince(patient: $patient, after: $after) { changes { what section by { name } } latest hasMore } }"
ELEVATIONS = "{ elevations { who reason reasonText inForce endsAt } }"
CONDITIONS = "medicalConditions { diabetes note } withheldByPatientCount withheld { path reason elevation }"


_numbers = count()
"""So that no two visits one after the other are the same."""


def name(persona: str) -> str:
    return str(all_personas()[persona].full_name)


def visit(note: str = "alt vel", days_ago: int = 0, **facts: Any) -> dict[str, Any]:
    """A visit as it is written down; whatever is said in words can be recognised wherever it turns up."""
    pressure = {"systolic_mmhg": 100 + next(_numbers) % 40, "diastolic_mmhg": 74}
    held = (TODAY - timedelta(days=days_ago)).isoformat()
    return {"held_on": held, "blood_pressure": pressure, "note": f"{CANARY} {note}", **facts}


async def caseload(ward: Ward, persona: str) -> dict[str, dict[str, Any]]:
    """The unit's list, the one seen longest ago first, by her name."""
    page = (await ward.data(persona, caseload_document(), first=100, sort="LAST_VISIT"))["caseload"]
    assert not page["pageInfo"]["hasNextPage"]
    return {edge["node"]["motherName"]: edge["node"] for edge in page["edges"]}


async def test_a_day_on_the_ward(ward: Ward, capfd: pytest.CaptureFixture[str]) -> None:
    """From consent to birth; every look stands in her log and nothing else does, and no word of it is anywhere else."""
    await randi_consents_and_gets_a_card(ward)
    await her_paper_card_is_copied(ward)
    await others_see_what_their_work_needs(ward)
    await the_clinics_of_the_morning(ward)
    await each_learns_what_the_others_wrote(ward)
    await two_write_the_same(ward)
    await what_is_wrong_is_told_and_mended(ward)
    await a_line_is_lost(ward)
    await the_card_comes_to_a_strange_office_and_leaves_it(ward)
    await she_keeps_the_outsider_out(ward)
    await she_closes_a_section(ward)
    await an_emergency_opens_the_card_for_an_hour(ward)
    await she_asks_for_a_correction(ward)
    await what_was_is_read_again(ward)
    await the_child_is_born(ward)
    erased = await fatima_withdraws_while_the_midwife_writes(ward)
    assert ward.visits >= 40
    await reckon(ward, erased, capfd)


async def randi_consents_and_gets_a_card(ward: Ward) -> None:
    """Without consent there is no card; without the right to write nobody opens one; one is opened once."""
    await ward.clock_shows("07:30")
    patient = ward.number(RANDI)
    assert await ward.refusal(MIDWIFE, OPEN, patient=patient, key=new_key()) == "CONSENT_MISSING"
    assert (await ward.data(RANDI, CONSENT))["consent"]["given"] is False
    assert (await ward.data(RANDI, GIVE))["giveConsent"]["given"] is True
    assert await ward.refusal("nurse", OPEN, patient=patient, key=new_key()) == "INSUFFICIENT_SCOPE"
    for nobody in ("secretary", "ehr", "auditor"):
        assert await ward.refusal(nobody, OPEN, patient=patient, key=new_key()) == "GRAPHQL_VALIDATION_FAILED"
    key = new_key()
    opened = (await ward.data(MIDWIFE, OPEN, patient=patient, key=key))["written"]
    assert (opened["status"], opened["recordVersion"]) == ("ACTIVE", 1)
    assert (await ward.data(MIDWIFE, OPEN, patient=patient, key=key, again=True))["written"] == opened
    assert await ward.refusal(GP, OPEN, patient=patient, key=new_key()) == "ALREADY_EXISTS"
    for persona in (RANDI, GP, MIDWIFE):
        await ward.follows(persona, RANDI)


async def her_paper_card_is_copied(ward: Ward) -> None:
    """The midwife, the GP and the hospital write down what they know; each learns what the others wrote since."""
    await ward.clock_shows("08:00")
    await ward.write(MIDWIFE, "record", "mother", RANDI, content={"name": ward.member(RANDI).name, "phone": "55500000"})
    dates = {"last_period_on": (DUE - timedelta(days=283)).isoformat(), "due_date_by_ultrasound": DUE.isoformat()}
    assert (await ward.write(MIDWIFE, "record", "pregnancy", RANDI, content=dates))["warnings"] == []
    conditions = {"diabetes": True, "note": f"{CANARY} gikk hos psykolog"}
    await ward.write(MIDWIFE, "record", "medical_conditions", RANDI, content=conditions)
    for week in (12, 16, 20, 24, 28, 32, 36):
        days_ago = (39 - week) * 7
        height = {"symphysis_fundal_height_cm": week - 1} if week >= 24 else None
        written = await ward.write(
            MIDWIFE, "record", "visit", RANDI, content=visit(f"uke {week}", days_ago), also=height
        )
        assert (written["fundalHeight"] is not None) == (week >= 24)
    news = (await ward.card(GP, RANDI, f"{NEW} pregnancy {{ lastPeriodOn }}"))["newSinceLastLook"]
    assert news["since"] is None
    assert len(news["changes"]) == 1 + 3 + 7 + 4
    assert {change["by"]["name"] for change in news["changes"]} == {name(MIDWIFE)}

    results = {"hemoglobin_first_trimester_g_per_dl": 12.8, "hiv_positive": False, "note": f"{CANARY} prøver"}
    await ward.write(GP, "record", "laboratory_results", RANDI, content=results)
    scan = {"examined_on": (TODAY - timedelta(days=146)).isoformat(), "findings_note": f"{CANARY} normale funn"}
    await ward.write(HOSPITAL_MIDWIFE, "record", "ultrasound_examination", RANDI, content=scan)
    assert (await ward.card(GP, RANDI, NEW))["newSinceLastLook"]["changes"] == [
        {"what": "ITEM_RECORDED", "section": "ultrasoundExaminations", "by": {"name": name(HOSPITAL_MIDWIFE)}},
    ]
    hers = await ward.card(
        RANDI, RANDI, f"{VISITS} laboratoryResults {{ hivPositive }} symphysisFundalHeights {{ measuredOn }}"
    )
    assert [one["note"] for one in hers["antenatalVisits"]][0] == f"{CANARY} uke 12"
    assert len(hers["symphysisFundalHeights"]) == 4


async def others_see_what_their_work_needs(ward: Ward) -> None:
    """A public-health nurse sees that there were visits and no word of them; for an office they do not exist."""
    seen = await ward.card("nurse", RANDI, f"{VISITS} withheld {{ path reason }}")
    assert {one["note"] for one in seen["antenatalVisits"]} == {None}
    assert {"path": "antenatalVisits.note", "reason": "ROLE"} in seen["withheld"]
    assert await ward.may_not_write("nurse", "record", "visit", RANDI, content=visit()) == "INSUFFICIENT_SCOPE"
    notes = "query($patient: NationalIdentityNumber!) { card(patient: $patient) { antenatalVisits { note } } }"
    for nobody in ("secretary", "clerk", "ehr", "auditor"):
        assert await ward.refusal(nobody, notes, patient=ward.number(RANDI)) == "GRAPHQL_VALIDATION_FAILED"


async def the_clinics_of_the_morning(ward: Ward) -> None:
    """Each unit sees its women; on every list that has her, she who was seen moves to the end."""
    await ward.clock_shows("08:45")
    seen = {
        MIDWIFE: ("kari", "aisha", "ingrid", "nora", "tone", FATIMA, "selma", "ida", "katarzyna", "hedda"),
        GP: ("kari", FATIMA, "hedda", "vilde", "nora", "thea", "aisha"),
        HOSPITAL_MIDWIFE: ("tone", "vilde", "katarzyna", "ingrid", FATIMA),
    }
    for persona, women in seen.items():
        before = await caseload(ward, persona)
        pressure = {}
        for woman in women:
            await ward.card(persona, woman, f"mother {{ name }} {VISITS} {NEW} withheld {{ path }}")
            item = (await ward.write(persona, "record", "visit", woman, content=visit(f"klinikk {woman}")))["item"]
            assert item["provenance"]["lastUpdatedBy"]["name"] == name(persona)
            pressure[ward.member(woman).name] = item["bloodPressure"]
        after = await caseload(ward, persona)
        assert before.keys() == after.keys(), "nobody comes or goes by being seen"
        for mother in pressure.keys() & after.keys():
            line = after[mother]
            assert (line["lastVisitOn"], line["lastBloodPressure"]) == (TODAY.isoformat(), pressure[mother])
        dates = [line["lastVisitOn"] for line in after.values() if line["lastVisitOn"]]
        assert dates == sorted(dates)
    assert ward.member("katarzyna").name not in await caseload(ward, GP), "her GP is at another office"
    for woman in ("sunniva", "guro", "liv"):
        refused = await ward.may_not_write(MIDWIFE, "record", "visit", woman, content=visit())
        assert refused in ("RECORD_CANNOT_BE_CHANGED", "CONSENT_MISSING")


async def each_learns_what_the_others_wrote(ward: Ward) -> None:
    """To everybody but the one who wrote it, one visit is new, and it is the same one by sequence."""
    await ward.clock_shows("09:15")
    three, patient = (GP, MIDWIFE, HOSPITAL_MIDWIFE), ward.number(RANDI)
    for writer in three:
        for persona in three:
            await ward.card(persona, RANDI, VISITS)
        stood_at = ward.followers[0].last
        await ward.write(writer, "record", "visit", RANDI, content=visit(f"sett av {writer}"))
        change = {"what": "ITEM_RECORDED", "section": "antenatalVisits", "by": {"name": name(writer)}}
        for persona in three:
            new = (await ward.card(persona, RANDI, NEW))["newSinceLastLook"]["changes"]
            assert new == ([] if persona == writer else [change])
            since = (await ward.data(persona, SINCE, patient=patient, after=stood_at))["changesSince"]
            assert (since["changes"], since["hasMore"]) == ([change], False)


async def two_write_the_same(ward: Ward) -> None:
    """New visits of one moment are both there; of two corrections the second is told what the first made of it."""
    await ward.clock_shows("09:30")
    written = await ward.at_once(
        ward.write(GP, "record", "visit", RANDI, content=visit("fra legen")),
        ward.write(MIDWIFE, "record", "visit", RANDI, content=visit("fra jordmor", weight_kg=80)),
    )
    assert {one["__typename"] for one in written} == {"VisitRecorded"}
    item = written[1]["item"]["provenance"]["itemId"]

    first = await ward.write(GP, "correct", "visit", RANDI, itemId=item, expectedVersion=1, content={"weight_kg": 81})
    assert first["item"]["provenance"]["version"] == 2
    stale = {"itemId": item, "expectedVersion": 1, "content": {"edema_grade": 1}}
    conflict = await ward.write(MIDWIFE, "correct", "visit", RANDI, **stale)
    assert (conflict["__typename"], conflict["changedBy"]["name"]) == ("VersionConflict", name(GP))
    assert conflict["current"]["weightKg"] == 81
    again = await ward.write(
        MIDWIFE, "correct", "visit", RANDI, **stale | {"expectedVersion": conflict["currentVersion"]}
    )
    assert (again["item"]["weightKg"], again["item"]["edemaGrade"]) == (81, 1), "neither took the other's away"

    key, said = new_key(), visit("svaret kom ikke fram")
    sent = await ward.write(GP, "record", "visit", RANDI, content=said, key=key)
    assert await ward.write(GP, "record", "visit", RANDI, content=said, key=key, again=True) == sent
    other = {"content": visit("noe annet"), "key": key}
    assert await ward.may_not_write(GP, "record", "visit", RANDI, **other) == "IDEMPOTENCY_KEY_REUSED"


async def what_is_wrong_is_told_and_mended(ward: Ward) -> None:
    """All that cannot be is told at once and nothing is kept; what seldom is, is kept and asked about."""
    await ward.clock_shows("10:00")
    wrong = visit(weight_kg=-1, edema_grade=9, employment_percent=140)
    answer = await ward.write(GP, "record", "visit", RANDI, content=wrong, also={"symphysis_fundal_height_cm": -3})
    assert {problem["path"][-1] for problem in answer["problems"]} == {
        "weightKg", "edemaGrade", "employmentPercent", "symphysisFundalHeightCm"
    }  # fmt: skip
    kept = await ward.write(GP, "record", "visit", RANDI, content=visit("feil kvinne", weight_kg=310))
    assert [warning["path"] for warning in kept["warnings"]] == [["visit", "weightKg"]]
    item = kept["item"]["provenance"]["itemId"]
    await ward.write(GP, "mark", "visit", RANDI, itemId=item, expectedVersion=1)
    for persona in (RANDI, MIDWIFE):
        notes = [one["note"] for one in (await ward.card(persona, RANDI, VISITS))["antenatalVisits"]]
        assert f"{CANARY} feil kvinne" not in notes
        assert f"{CANARY} fra legen" in notes
    late = {"itemId": item, "expectedVersion": 2, "content": {"weight_kg": 70}}
    assert await ward.may_not_write(MIDWIFE, "correct", "visit", RANDI, **late) == "NOT_FOUND"


async def a_line_is_lost(ward: Ward) -> None:
    """Her telephone is in a lift, the GP's token is too old: both go on by sequence, and miss nothing."""
    await ward.clock_shows("10:20")
    hers = next(one for one in ward.followers if one.is_herself)
    doctors = next(one for one in ward.followers if one.persona == GP)
    await hers.loses_the_line()
    ward.clock.shows("11:21")
    missed = [News("ITEM_RECORDED", "antenatalVisits", name(MIDWIFE))] * 2
    doctors.is_away = True
    (midwives,) = [one for one in ward.followers if one.persona == MIDWIFE]
    await midwives.closes()
    await midwives.renews()
    for note in ("mens hun var borte", "og en til"):
        await ward.write(MIDWIFE, "record", "visit", RANDI, content=visit(note))
    await doctors.ends("TOKEN_EXPIRED")
    await doctors.comes_back(*missed)
    await hers.comes_back(*missed)
    since = (await ward.data(GP, SINCE, patient=ward.number(RANDI), after=doctors.heard[-3]))["changesSince"]
    assert since["latest"] == hers.last == doctors.last == midwives.last
    assert [change["by"]["name"] for change in since["changes"]] == [name(MIDWIFE)] * 2


async def the_card_comes_to_a_strange_office_and_leaves_it(ward: Ward) -> None:
    """A wrong number in the care contacts: a strange office has her on its list, looks, and then has her no more."""
    await ward.clock_shows("11:45")
    randi = ward.member(RANDI).name
    assert randi not in await caseload(ward, OUTSIDER)
    assert randi not in await caseload(ward, HOSPITAL_MIDWIFE)
    hospital = {"birth_institution": HOSPITAL.name, "birth_institution_number": HOSPITAL.number}
    wrong = {"name": "Ukjent lege", "organisation_number": OTHER_GP_OFFICE.number}
    await ward.write(MIDWIFE, "record", "care_contacts", RANDI, content={"general_practitioner": wrong, **hospital})
    assert (await caseload(ward, OUTSIDER))[randi]["dueDate"]["on"] == DUE.isoformat()
    assert randi in await caseload(ward, HOSPITAL_MIDWIFE)
    assert randi not in await caseload(ward, GP)
    await ward.card(OUTSIDER, RANDI, f"mother {{ name }} {VISITS}")
    await ward.follows(OUTSIDER, RANDI)
    right = {"name": name(GP), "organisation_number": GP_OFFICE.number}
    await ward.write(
        MIDWIFE, "correct", "care_contacts", RANDI, expectedVersion=1, content={"general_practitioner": right}
    )
    assert randi not in await caseload(ward, OUTSIDER)
    assert randi in await caseload(ward, GP)


async def she_keeps_the_outsider_out(ward: Ward) -> None:
    """She finds a stranger in her log and blocks him from there: his stream ends, he sees and writes nothing more."""
    await ward.clock_shows("12:15")
    log = (await ward.data(RANDI, LOG))["accessLog"]["edges"]
    looked = next(edge["node"] for edge in log if edge["node"]["who"] == name(OUTSIDER))
    (his,) = [one for one in ward.followers if one.persona == OUTSIDER]
    wish = {"target": "PERSON", "targetId": looked["hprNumber"]}
    his.is_away = True
    placed = (await ward.data(RANDI, BLOCK, input=wish, key=new_key()))["blockAccess"]
    assert (placed["targetName"], placed["inForce"]) == (name(OUTSIDER), True)
    await ward.happened(RANDI, News("ACCESS_CHANGED"))
    await his.ends("ACCESS_BLOCKED_BY_PATIENT")
    patient = ward.number(RANDI)
    look = "query($patient: NationalIdentityNumber!) { card(patient: $patient) { mother { name } } }"
    assert await ward.refusal(OUTSIDER, look, patient=patient) == "ACCESS_BLOCKED_BY_PATIENT"
    assert await ward.may_not_write(OUTSIDER, "record", "visit", RANDI, content=visit()) == "ACCESS_BLOCKED_BY_PATIENT"
    assert await ward.refusal(OUTSIDER, SINCE, patient=patient) == "ACCESS_BLOCKED_BY_PATIENT"
    assert await Follower(ward, OUTSIDER, RANDI).is_refused() == "ACCESS_BLOCKED_BY_PATIENT"
    await ward.write(GP, "record", "visit", RANDI, content=visit("de andre fortsetter"))


async def she_closes_a_section(ward: Ward) -> None:
    """The hospital is not to read of her illnesses; it reads and writes the rest, and hears nothing of what changes there."""
    await ward.clock_shows("12:40")
    following = await ward.follows(HOSPITAL_MIDWIFE, RANDI)
    wish = {"target": "ORGANISATION", "targetId": HOSPITAL.number, "section": "MEDICAL_CONDITIONS"}
    await ward.data(RANDI, BLOCK, input=wish, key=new_key())
    following.closed_to.add("medicalConditions")
    await ward.happened(RANDI, News("ACCESS_CHANGED"))
    said = {"expectedVersion": 1, "content": {"note": f"{CANARY} går hos psykolog"}}
    assert (
        await ward.may_not_write(HOSPITAL_MIDWIFE, "correct", "medical_conditions", RANDI, **said)
        == "SECTION_FORBIDDEN"
    )
    await ward.write(MIDWIFE, "correct", "medical_conditions", RANDI, **said)
    seen = await ward.card(HOSPITAL_MIDWIFE, RANDI, f"mother {{ name }} {CONDITIONS} {NEW}")
    assert seen["medicalConditions"] is None
    assert seen["withheldByPatientCount"] == 1
    assert {(one["reason"], one["elevation"]) for one in seen["withheld"]} == {("PATIENT_BLOCK", "WITH_REASON")}
    assert "medicalConditions" not in {change["section"] for change in seen["newSinceLastLook"]["changes"]}
    assert (await ward.card(GP, RANDI, CONDITIONS))["medicalConditions"]["note"] == f"{CANARY} går hos psykolog"
    await ward.write(HOSPITAL_MIDWIFE, "record", "visit", RANDI, content=visit("på sykehuset"))


async def an_emergency_opens_the_card_for_an_hour(ward: Ward) -> None:
    """The stranger is on duty when she faints: he reads, writes the visit and nothing else, and she is told at once."""
    await ward.clock_shows("13:00")
    patient = ward.number(RANDI)
    why = {"reason": "CONDITION_PREVENTS", "text": f"{CANARY} bevisstløs på gata", "key": new_key()}
    assert await ward.refusal("nurse", ELEVATE, purpose="ETREAT", patient=patient, **why) == "ELEVATION_NOT_PERMITTED"
    ward.elevated[OUTSIDER, RANDI] = "CONDITION_PREVENTS"
    opened = (await ward.data(OUTSIDER, ELEVATE, purpose="ETREAT", patient=patient, **why))["elevateAccess"]
    began = ward.clock.now
    await ward.happened(RANDI, News("ACCESS_ELEVATED", by=name(OUTSIDER)))
    (told,) = (await ward.data(RANDI, ELEVATIONS))["elevations"]
    assert (told["who"], told["reasonText"], told["inForce"]) == (name(OUTSIDER), why["text"], True)
    assert told["endsAt"] == opened["endsAt"]
    card = await ward.card(OUTSIDER, RANDI, f"{CONDITIONS} {VISITS}", purpose="ETREAT")
    assert card["medicalConditions"]["diabetes"] is True
    emergency = {"purpose": "ETREAT"}
    his = await ward.follows(OUTSIDER, RANDI, **emergency)
    await ward.write(OUTSIDER, "record", "visit", RANDI, content=visit("våknet raskt"), **emergency)
    for noun, content in (
        ("medication", {"drug_allergy": True}),
        ("fundal_height", {"symphysis_fundal_height_cm": 36}),
    ):
        refused = await ward.may_not_write(OUTSIDER, "record", noun, RANDI, content=content, **emergency)
        assert refused == "SECTION_FORBIDDEN"
    look = "query($patient: NationalIdentityNumber!) { card(patient: $patient) { mother { name } } }"
    assert await ward.refusal(OUTSIDER, look, patient=patient) == "ACCESS_BLOCKED_BY_PATIENT", "not for ordinary care"
    top = (await ward.data(RANDI, LOG))["accessLog"]["edges"]
    logged = next(edge["node"] for edge in top if edge["node"]["writtenSections"] == ["elevation"])
    assert (logged["who"], logged["emergency"], logged["elevated"]) == (
        name(OUTSIDER),
        True,
        {"reason": "CONDITION_PREVENTS"},
    )

    await ward.clock_shows("13:59")
    assert (await ward.card(OUTSIDER, RANDI, "mother { name }", **emergency))["mother"]["name"]
    his.is_away = True
    ward.clock.now = began + timedelta(hours=1) - BETWEEN_REQUESTS  # what the next request begins with is the end
    del ward.elevated[OUTSIDER, RANDI]
    await ward.write(GP, "record", "visit", RANDI, content=visit("etter at hun kom til seg selv"))
    await his.ends("ACCESS_BLOCKED_BY_PATIENT")
    assert await ward.refusal(OUTSIDER, look, patient=patient, **emergency) == "ACCESS_BLOCKED_BY_PATIENT"
    assert (await ward.data(RANDI, ELEVATIONS))["elevations"][0]["inForce"] is False

    for block in (await ward.data(RANDI, MY_BLOCKS))["myBlocks"]:
        await ward.data(RANDI, LIFT, id=block["blockId"], key=new_key())
        for one in ward.followers:
            one.closed_to.clear()
        await ward.happened(RANDI, News("ACCESS_CHANGED"))
    seen = await ward.card(OUTSIDER, RANDI, CONDITIONS)
    assert (seen["medicalConditions"]["diabetes"], seen["withheldByPatientCount"]) == (True, 0)


async def she_asks_for_a_correction(ward: Ward) -> None:
    """She never had diabetes. The midwives' service, who wrote it, corrects it and answers; the others get no word of hers."""
    await ward.clock_shows("14:30")
    item = (await ward.card(RANDI, RANDI, "medicalConditions { provenance { itemId } }"))["medicalConditions"][
        "provenance"
    ]
    asked = (await ward.data(
        RANDI, REQUEST, section="MEDICAL_CONDITIONS", item=item["itemId"], text=f"{CANARY} aldri hatt", key=new_key()
    ))["requestCorrection"]  # fmt: skip
    await ward.happened(RANDI, News("CORRECTION_REQUESTED", "medicalConditions"))
    requests = "correctionRequests { requestId text status answer }"
    assert (await ward.card(GP, RANDI, requests))["correctionRequests"] == []
    (waiting,) = (await ward.card(MIDWIFE, RANDI, requests))["correctionRequests"]
    assert (waiting["text"], waiting["status"]) == (f"{CANARY} aldri hatt", "OPEN")
    assert (await caseload(ward, MIDWIFE))[ward.member(RANDI).name]["openItems"] == 1
    corrected = {"expectedVersion": asked["version"], "content": {"diabetes": False}}
    await ward.write(MIDWIFE, "correct", "medical_conditions", RANDI, **corrected)
    answered = {"request": asked["requestId"], "status": "CORRECTED", "answer": f"{CANARY} rettet", "key": new_key()}
    assert await ward.refusal(GP, ANSWER, patient=ward.number(RANDI), **answered) == "NOT_FOUND"
    await ward.data(MIDWIFE, ANSWER, patient=ward.number(RANDI), **answered)
    await ward.happened(RANDI, News("CORRECTION_ANSWERED", "medicalConditions", name(MIDWIFE)))
    hers = await ward.card(RANDI, RANDI, f"{requests} medicalConditions {{ diabetes }}")
    assert hers["medicalConditions"] == {"diabetes": False}
    assert [(one["status"], one["answer"]) for one in hers["correctionRequests"]] == [("CORRECTED", f"{CANARY} rettet")]
    assert (await caseload(ward, MIDWIFE))[ward.member(RANDI).name]["openItems"] == 0


async def what_was_is_read_again(ward: Ward) -> None:
    """Every version with who wrote it and what it changed, to her and to those who treat her."""
    await ward.clock_shows("15:00")
    for persona in (RANDI, GP, HOSPITAL_MIDWIFE):
        card = await ward.card(persona, RANDI, HISTORY)
        (versions,) = [one["history"] for one in card["antenatalVisits"] if len(one["history"]) == 3]
        assert [version["by"]["name"] for version in versions] == [name(MIDWIFE), name(GP), name(MIDWIFE)]
        assert [version["changedFacts"] for version in versions[:2]] == [
            ["antenatalVisits.edemaGrade"], ["antenatalVisits.weightKg"]
        ]  # fmt: skip
        entries = [edge["node"] for edge in card["recordHistory"]["edges"]]
        conditions = [entry["version"] for entry in entries if entry["section"] == "medicalConditions"]
        assert conditions == [3, 2, 1]


async def the_child_is_born(ward: Ward) -> None:
    """The hospital records the birth and closes the card; the streams end with it and nobody writes any more."""
    await ward.clock_shows("18:00")
    at = (ward.clock.now - timedelta(minutes=50)).isoformat()
    closing = {"patient": ward.number(RANDI), "version": 1, "at": at}
    early = (await ward.data(DOCTOR, DELIVERED, **closing, key=new_key()))["written"]
    assert [problem["code"] for problem in early["problems"]] == ["BIRTH_NOT_RECORDED"]
    child = {"fetus_number": 1, "status": {"code": "1"}, "born_at": at}
    assert await ward.may_not_write(GP, "record", "birth", RANDI, content={"children": [child]}) == "SECTION_FORBIDDEN"
    await ward.write(HOSPITAL_MIDWIFE, "record", "birth", RANDI, content={"children": [child]})
    closed = (await ward.data(DOCTOR, DELIVERED, **closing, key=new_key()))["written"]
    assert (closed["status"], closed["recordVersion"]) == ("DELIVERED", 2)
    await ward.happened(RANDI, News("RECORD_CLOSED", by=name(DOCTOR)))
    for follower in [one for one in ward.followers if one.woman == RANDI]:
        await follower.ends("RECORD_NOT_AVAILABLE")
    late = await ward.may_not_write(MIDWIFE, "record", "visit", RANDI, content=visit("for sent"))
    assert late == "RECORD_CANNOT_BE_CHANGED"
    assert ward.member(RANDI).name not in await caseload(ward, MIDWIFE)
    past = (await ward.data(RANDI, "{ earlierCards { status birthOutcome { children { bornAt } } } }"))["earlierCards"]
    assert [card["status"] for card in past] == ["DELIVERED"]


async def fatima_withdraws_while_the_midwife_writes(ward: Ward) -> list[str]:
    """What was written before is gone with the rest, what comes after is refused; consent given again starts empty."""
    await ward.clock_shows("19:00")
    hers = (await ward.card(FATIMA, FATIMA, "recordId"))["recordId"]
    followers = [await ward.follows(persona, FATIMA) for persona in (FATIMA, MIDWIFE)]
    for follower in followers:
        follower.is_away = True  # what they hear is looked at when it is over

    async def writing() -> str:
        said = {"patient": ward.number(FATIMA), "content": visit("uvisst")}
        body = await write_body(ward, MIDWIFE, "record", "visit", **said)
        return code(body) if "errors" in body else str(body["data"]["written"]["__typename"])

    async def withdrawing() -> Any:
        return (await ward.data(FATIMA, WITHDRAW))["withdrawConsent"]

    before, after = [writing() for _ in range(4)], [writing() for _ in range(2)]
    *written, receipt = await ward.at_once(*before, *after, withdrawing())
    assert set(written) <= {"VisitRecorded", "CONSENT_MISSING"}
    assert receipt["cardsDeleted"] == 1
    assert receipt["receiptHash"]
    since = Stopwatch()
    for follower in followers:
        told, end = await follower.hears_until_the_end()
        assert end == "CONSENT_MISSING"
        assert set(told) <= {"ITEM_RECORDED", "CONSENT_WITHDRAWN"}
    assert since.seconds < 1
    assert await tables_with(ward, [hers]) <= {"ledger_entry"}
    assert await tables_with(ward, [f"{CANARY} klinikk fatima", f"{CANARY} uvisst"]) == set()
    assert await ward.may_not_write(GP, "record", "visit", FATIMA, content=visit()) == "CONSENT_MISSING"
    assert ward.member(FATIMA).name not in await caseload(ward, MIDWIFE)

    await ward.data(FATIMA, GIVE)
    assert await ward.refusal(FATIMA, "{ myCard { status } }") == "RECORD_NOT_AVAILABLE"
    await ward.data(GP, OPEN, patient=ward.number(FATIMA), key=new_key())
    empty = await ward.card(FATIMA, FATIMA, f"recordId {VISITS} mother {{ name }} {NEW}")
    assert (empty["antenatalVisits"], empty["mother"]) == (None, None)
    assert empty["recordId"] != hers
    assert [change["what"] for change in empty["newSinceLastLook"]["changes"]] == ["RECORD_OPENED"]
    return [hers]
