"""The rules: each with what it finds, what it lets pass, and its limits to the day and the decimal."""

from typing import Any

import pytest

from app.domain.card.declaration import Fact
from app.domain.card.sections import SECTIONS, walk
from app.domain.validation.card_facts import CardFacts, Written
from app.domain.validation.dates import IN_THIS_PREGNANCY, MAY_LIE_AHEAD, SELDOM_BEFORE
from app.domain.validation.registry import ERROR, RULES, WARNING, rule
from app.domain.validation.rules import check_rules, reads_of
from tests.domain.validation.asking import TODAY, ask, errors, told, warnings
from tests.whole_card import whole_content

VISIT = {"held_on": "2026-11-02"}
HEIGHT = {"measured_on": "2026-11-02", "symphysis_fundal_height_cm": 30}
SCAN = {"examined_on": "2026-11-02"}
DUE = {"due_date_by_ultrasound": "2027-01-11"}
"""On 2 November 2026 that is 30+3, on 23 November 33+3; the pregnancy began on 3 April 2026."""


def child(number: int, born_at: str | None = None) -> dict[str, Any]:
    time = {} if born_at is None else {"born_at": born_at}
    return {"fetus_number": number, "status": {"code": "1"}, **time}


# --- what cannot be --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "content", "expected"),
    [
        ("symphysis_fundal_heights", HEIGHT | {"measured_on": "2026-11-23"}, set()),
        ("symphysis_fundal_heights", HEIGHT | {"measured_on": "2026-11-24"}, {"measuredOn"}),
        ("ultrasound_examinations", SCAN | {"examined_on": "2026-11-24", "due_date": "2027-05-01"}, {"examinedOn"}),
        ("pregnancy", {"last_period_on": "2026-11-23"}, set()),
        ("pregnancy", {"last_period_on": "2026-11-24"}, {"lastPeriodOn"}),
        ("pregnancy", {"due_date_corrected": "2027-05-01", "due_date_by_ultrasound": "2027-05-01"}, set()),
        ("pregnancy", {"assisted_conception": {"performed_on": "2026-11-24"}}, {"assistedConception.performedOn"}),
        ("laboratory_results", {"glucose_tolerance": {"tested_on": "2026-11-24"}}, {"glucoseTolerance.testedOn"}),
        ("laboratory_results", {"dated_results": [{"taken_on": "2026-11-23"}, {"taken_on": "2026-11-24"}]}, {"datedResults.1.takenOn"}),
        ("medication", {"vaccinations": [{"given_on": "2026-11-24"}]}, {"vaccinations.0.givenOn"}),
        ("rhesus_d_negative_follow_up", {"fetal_result_answered_on": "2026-11-24"}, {"fetalResultAnsweredOn"}),
        ("birth_outcome", {"children": [child(1, "2026-11-23T22:59:00Z")]}, set()),
        ("birth_outcome", {"children": [child(1, "2026-11-23T23:00:00Z")]}, {"children.0.bornAt"}),
        ("birth_outcome", {"children": [child(1, "9999-12-31T23:00:00Z")]}, {"children.0.bornAt"}),
        ("earlier_pregnancies", {"year": 2026}, set()),
        ("earlier_pregnancies", {"year": 2027}, {"year"}),
        ("antenatal_visits", VISIT | {"held_on": "2026-11-24", "next_visit_on": "2026-12-24"}, set()),
    ],
)  # fmt: skip
def test_what_is_recorded_has_happened(kind: str, content: dict[str, Any], expected: set[str]) -> None:
    """Today can be recorded, tomorrow cannot; due dates, next visits and planned visits may lie ahead."""
    assert errors(kind, content) == {("IN_THE_FUTURE", path) for path in expected}


@pytest.mark.parametrize(
    ("kind", "content", "path"),
    [
        ("antenatal_visits", lambda day: {"held_on": day}, "heldOn"),
        ("symphysis_fundal_heights", lambda day: HEIGHT | {"measured_on": day}, "measuredOn"),
        ("ultrasound_examinations", lambda day: {"examined_on": day}, "examinedOn"),
        ("birth_outcome", lambda day: {"children": [child(1, f"{day}T12:00:00Z")]}, "children.0.bornAt"),
        ("laboratory_results", lambda day: {"glucose_tolerance": {"tested_on": day}}, "glucoseTolerance.testedOn"),
        ("rhesus_d_negative_follow_up", lambda day: {"fetal_result_answered_on": day}, "fetalResultAnsweredOn"),
        ("rhesus_d_negative_follow_up", lambda day: {"fetal_results": [{"fetus_number": 1, "answered_on": day}]}, "fetalResults.0.answeredOn"),
    ],
)  # fmt: skip
def test_nothing_happened_before_the_pregnancy(kind: str, content: Any, path: str) -> None:
    """Fourteen days before the last period can be, fifteen cannot; without any date of the pregnancy everything can."""
    pregnancy = {"last_period_on": "2026-04-03"}
    assert errors(kind, content("2026-03-20"), pregnancy=pregnancy) == set()
    assert errors(kind, content("2026-03-19"), pregnancy=pregnancy) == {("BEFORE_THE_PREGNANCY", path)}
    assert errors(kind, content("2026-03-19"), pregnancy=DUE) == {("BEFORE_THE_PREGNANCY", path)}
    assert errors(kind, content("2001-01-01"), pregnancy={}) == errors(kind, content("2001-01-01")) == set()


def test_the_earliest_beginning_counts_where_dates_disagree() -> None:
    """A mistyped date of the pregnancy refuses nothing that another date allows."""
    pregnancy = DUE | {"last_period_on": "2026-10-01"}
    assert errors("antenatal_visits", {"held_on": "2026-03-20"}, pregnancy=pregnancy) == set()


def test_every_date_on_the_card_is_classed() -> None:
    """The classes name dates that exist; a visit can be planned and still not lie before the pregnancy."""
    dates = {(fact.section.kind, *fact.path) for fact in walk() if fact.shape.type.__name__ in ("date", "datetime")}
    assert dates >= MAY_LIE_AHEAD | IN_THIS_PREGNANCY | SELDOM_BEFORE
    assert not SELDOM_BEFORE & IN_THIS_PREGNANCY
    past_only = {".".join(place) for place in dates - MAY_LIE_AHEAD - IN_THIS_PREGNANCY - SELDOM_BEFORE}
    assert past_only == {
        "pregnancy.last_period_on",
        "pregnancy.assisted_conception.performed_on",
        "laboratory_results.reports.issued_on",
    }


@pytest.mark.parametrize(
    ("kind", "content", "path"),
    [
        ("antenatal_visits", lambda entries: VISIT | {"fetal_observations": entries}, "fetalObservations"),
        ("ultrasound_examinations", lambda entries: SCAN | {"fetal_measurements": entries}, "fetalMeasurements"),
        ("rhesus_d_negative_follow_up", lambda entries: {"fetal_results": entries}, "fetalResults"),
        ("birth_outcome", lambda entries: {"children": [entry | {"status": {"code": "1"}} for entry in entries]}, "children"),
    ],
)  # fmt: skip
def test_a_fetus_has_one_entry(kind: str, content: Any, path: str) -> None:
    """Twins are 1 and 2; a number that comes again is refused at each place it comes again."""
    assert errors(kind, content([{"fetus_number": 1}, {"fetus_number": 2}])) == set()
    found = errors(kind, content([{"fetus_number": number} for number in (1, 2, 1, 1)]))
    assert found == {("DUPLICATE_FETUS_NUMBER", f"{path}.{index}.fetusNumber") for index in (2, 3)}


def test_a_stimulus_has_one_entry() -> None:
    """Smoking twice is refused, smoking and snus are not."""
    smoking, snus = ({"stimulus_type": {"code": code}} for code in ("TBD_SMOKING", "TBD_SNUS"))
    assert errors("lifestyle_factors", {"stimuli": [smoking, snus]}) == set()
    assert errors("lifestyle_factors", {"stimuli": [smoking, snus, smoking]}) == {
        ("DUPLICATE_STIMULUS", "stimuli.2.stimulusType")
    }


# --- numbers ---------------------------------------------------------------------------------------------------------

USUAL = [declared for declared in walk() if declared.fact.plausible]


@pytest.mark.parametrize("declared", USUAL, ids=lambda declared: declared.graphql_path)
def test_every_usual_range_is_asked_about(declared: Any) -> None:
    """Both limits are usual; the next number beyond is accepted with a warning that names them."""
    fact: Fact = declared.fact
    assert fact.plausible is not None
    low, high = fact.plausible
    steps = {low: False, high: False, high + 1: True} | ({low - 1: True} if low > 1 else {})
    for value, unusual in steps.items():
        value = int(value) if declared.shape.type is int else value
        written = Written(declared.section.kind, nested(declared, value))
        failed, warned = check_rules([written], CardFacts({}, TODAY))
        codes = {made.code for made in warned}
        assert failed == []
        assert ("SUSPICIOUS_VALUE" in codes) == (unusual and "HBA1C_UNIT" not in codes), value


def nested(declared: Any, value: Any) -> dict[str, Any]:
    """An item with one value in it."""
    content = {declared.path[-1]: value}
    for container in reversed(declared.containers):
        content = {container.name: [content] if container.shape.many else content}
    return content


def test_usual_range_names_its_limits() -> None:
    """The text says what is usual, in both languages."""
    (warning,) = ask("pre_pregnancy_measurements", {"height_cm": 17})[1]
    assert warning.english == "Outside of what is usual, 120 to 220. Is it right?"
    assert warning.norwegian == "Utenfor det vanlige, 120 til 220. Stemmer det?"
    assert warning.reads == {"pre_pregnancy_measurements"}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (3.9, "SUSPICIOUS_VALUE"),
        (4, None),
        (20, None),
        (20.1, "SUSPICIOUS_VALUE"),
        (39.9, "SUSPICIOUS_VALUE"),
        (40, "HEMOGLOBIN_UNIT"),
        (115, "HEMOGLOBIN_UNIT"),
        (200, "HEMOGLOBIN_UNIT"),
        (200.5, "SUSPICIOUS_VALUE"),
    ],
)
@pytest.mark.parametrize("trimester", ["First", "Third"])
def test_hemoglobin_in_g_per_l(value: float, expected: str | None, trimester: str) -> None:
    """115 is asked about as g/L, once and not also as unusual."""
    content = {f"hemoglobin_{trimester.lower()}_trimester_g_per_dl": value}
    found = {(expected, f"hemoglobin{trimester}TrimesterGPerDl")} if expected else set()
    assert warnings("laboratory_results", content) == found


@pytest.mark.parametrize(
    ("value", "expected"),
    [(6, "HBA1C_UNIT"), (19, "HBA1C_UNIT"), (20, None), (150, None), (151, "SUSPICIOUS_VALUE")],
)
def test_hba1c_in_percent(value: int, expected: str | None) -> None:
    """Six percent is not six mmol/mol."""
    found = {(expected, "hba1cMmolPerMol")} if expected else set()
    assert warnings("laboratory_results", {"hba1c_mmol_per_mol": value}) == found


@pytest.mark.parametrize(
    ("bmi", "differs"), [(25, False), (25.5, False), (24.5, False), (25.6, True), (24.4, True), (250, True)]
)
def test_bmi(bmi: float, differs: bool) -> None:
    """64 kg and 160 cm give 25.0; half a unit off is rounding."""
    content = {"height_cm": 160, "pre_pregnancy_weight_kg": 64, "bmi_kg_per_m2": bmi}
    found = warnings("pre_pregnancy_measurements", content)
    assert found == ({("BMI_DIFFERS", "bmiKgPerM2")} if differs else set())
    assert warnings("pre_pregnancy_measurements", content | {"height_cm": None}) == set()


@pytest.mark.parametrize(
    ("other", "warned"),
    [
        ({"held_on": "2026-10-26", "weight_kg": 64.9}, True),
        ({"held_on": "2026-10-26", "weight_kg": 65.0}, False),
        ({"held_on": "2026-10-25", "weight_kg": 60}, False),
        ({"held_on": "2026-11-09", "weight_kg": 75.1}, True),
        ({"held_on": "2026-11-02", "weight_kg": 64.99}, True),
        ({"held_on": "2026-11-02"}, False),
        ({"weight_kg": 50}, False),
    ],
)
def test_weight_within_a_week(other: dict[str, Any], warned: bool) -> None:
    """More than five kilograms within seven days, before or after, is asked about."""
    found = warnings("antenatal_visits", VISIT | {"weight_kg": 70.0}, antenatal_visits=[other])
    assert found == ({("WEIGHT_CHANGE", "weightKg")} if warned else set())


def test_weight_at_a_visit_entered_in_error_does_not_count() -> None:
    """A visit that was a mistake is no reason to ask."""
    mistake = VISIT | {"weight_kg": 40, "provenance": {"item_id": "a", "entered_in_error": True}}
    assert warnings("antenatal_visits", VISIT | {"weight_kg": 70}, antenatal_visits=[mistake]) == set()


@pytest.mark.parametrize(
    ("systolic", "diastolic", "warned"), [(120, 80, False), (81, 80, False), (80, 80, True), (80, 120, True)]
)
def test_blood_pressure(systolic: int, diastolic: int, warned: bool) -> None:
    """A diastolic pressure that is not the lower one is asked about, not refused."""
    content = VISIT | {"blood_pressure": {"systolic_mmhg": systolic, "diastolic_mmhg": diastolic}}
    found = {("DIASTOLIC_NOT_BELOW_SYSTOLIC", "bloodPressure")} if warned else set()
    assert warnings("antenatal_visits", content) == found


def test_code_beyond_a_list_that_is_not_whole() -> None:
    """A code of a newer edition is kept and asked about; a listed one in either form is not."""
    for code in ("NB", "NOB"):
        assert warnings("mother", {"language": {"code": code}}) == set()
    assert warnings("mother", {"language": {"code": "TLH"}}) == {("UNLISTED_CODE", "language.code")}
    observation = {"fetus_number": 1, "presentation": {"code": "7"}}
    assert warnings("antenatal_visits", VISIT | {"fetal_observations": [observation]}) == {
        ("UNLISTED_CODE", "fetalObservations.0.presentation.code")
    }


# --- days and weeks --------------------------------------------------------------------------------------------------


def test_visit_in_the_future() -> None:
    """A planned visit is accepted with a warning."""
    assert warnings("antenatal_visits", {"held_on": "2026-11-23"}) == set()
    assert warnings("antenatal_visits", {"held_on": "2026-11-24"}) == {("VISIT_IN_THE_FUTURE", "heldOn")}


@pytest.mark.parametrize(("next_on", "warned"), [("2026-11-03", False), ("2026-11-02", True), ("2025-11-30", True)])
def test_next_visit(next_on: str, warned: bool) -> None:
    """The next visit comes after this one."""
    found = warnings("antenatal_visits", VISIT | {"next_visit_on": next_on})
    assert found == ({("NEXT_VISIT_NOT_LATER", "nextVisitOn")} if warned else set())


@pytest.mark.parametrize(
    ("weeks", "days", "warned"),
    [
        (30, 1, True),
        (30, 2, False),
        (30, 3, False),
        (30, 4, False),
        (30, 5, True),
        (30, None, False),
        (29, None, True),
        (31, None, True),
        (None, None, False),
    ],
)
def test_week_at_a_visit(weeks: int | None, days: int | None, warned: bool) -> None:
    """One day off is the clock, two are a mistake; a week without days stands for all seven."""
    content = VISIT | {"gestational_age_weeks": weeks, "gestational_age_days": days}
    found = warnings("antenatal_visits", content, pregnancy=DUE)
    assert found == ({("WEEK_DIFFERS", "gestationalAgeWeeks")} if warned else set())
    assert warnings("antenatal_visits", content) == warnings("antenatal_visits", content, pregnancy={}) == set()


def test_week_without_days_at_the_edge() -> None:
    """29 completed weeks on the first day of week 30 is one day off."""
    content = {"held_on": "2026-10-30", "gestational_age_weeks": 29}
    assert warnings("antenatal_visits", content, pregnancy=DUE) == set()
    content = {"held_on": "2026-10-31", "gestational_age_weeks": 29}
    assert warnings("antenatal_visits", content, pregnancy=DUE) == {("WEEK_DIFFERS", "gestationalAgeWeeks")}


def test_week_follows_the_due_date_that_counts() -> None:
    """A corrected due date decides, whatever the others say."""
    content = VISIT | {"gestational_age_weeks": 30, "gestational_age_days": 3}
    assert warnings("antenatal_visits", content, pregnancy=DUE | {"due_date_corrected": "2027-01-18"}) == {
        ("WEEK_DIFFERS", "gestationalAgeWeeks")
    }
    assert warnings("antenatal_visits", content, pregnancy=DUE | {"due_date_by_last_period": "2027-01-18"}) == set()


@pytest.mark.parametrize(
    ("due_date", "warned"),
    [("2027-01-10", False), ("2027-01-11", False), ("2027-01-12", False), ("2027-01-08", True), ("2027-01-14", True)],
)
def test_week_at_a_scan_goes_with_its_due_date(due_date: str, warned: bool) -> None:
    """A due date counted with 280 days is three days off and found; 282 days are let pass."""
    content = SCAN | {"gestational_age_weeks": 30, "gestational_age_days": 3, "due_date": due_date}
    found = warnings("ultrasound_examinations", content)
    assert found == ({("SCAN_WEEK_DIFFERS", "dueDate")} if warned else set())


@pytest.mark.parametrize(
    ("measured_on", "content", "pregnancy", "warned"),
    [
        ("2026-07-23", {}, DUE, True),
        ("2026-07-24", {}, DUE, False),
        ("2026-11-02", {"gestational_age_weeks": 15}, {}, True),
        ("2026-11-02", {"gestational_age_weeks": 16}, {}, False),
        ("2026-11-02", {}, {}, False),
    ],
)
def test_fundal_height_early(measured_on: str, content: Any, pregnancy: Any, warned: bool) -> None:
    """From 16+0 on; by the due date, or where there is none by the recorded week."""
    found = warnings("symphysis_fundal_heights", HEIGHT | content | {"measured_on": measured_on}, pregnancy=pregnancy)
    assert found == ({("FUNDAL_HEIGHT_EARLY", "measuredOn")} if warned else set())


def test_fundal_height_twice() -> None:
    """Two items of one day are asked about; correcting one of them makes no second."""
    same_day = HEIGHT | {"provenance": {"item_id": "a"}}
    found = warnings("symphysis_fundal_heights", HEIGHT, symphysis_fundal_heights=[same_day])
    assert found == {("FUNDAL_HEIGHT_TWICE", "measuredOn")}
    corrected = Written("symphysis_fundal_heights", HEIGHT, "a", HEIGHT)
    card = CardFacts.of({"symphysis_fundal_heights": [same_day]}, [corrected], today=TODAY)
    assert check_rules([corrected], card) == ([], [])


@pytest.mark.parametrize(
    ("last_period_on", "born", "warned"),
    [("2026-01-12", False, False), ("2026-01-11", False, True), ("2026-01-11", True, False)],
)
def test_last_period_long_ago(last_period_on: str, born: bool, warned: bool) -> None:
    """45 weeks to the day are let pass, and any time once there is a birth."""
    outcome = {"children": [child(1)]} if born else None
    found = warnings("pregnancy", {"last_period_on": last_period_on}, birth_outcome=outcome)
    assert found == ({("LAST_PERIOD_LONG_AGO", "lastPeriodOn")} if warned else set())


@pytest.mark.parametrize(
    ("due", "warned"), [("2026-12-18", True), ("2026-12-19", False), ("2027-02-07", False), ("2027-02-08", True)]
)
def test_due_dates_and_the_last_period(due: str, warned: bool) -> None:
    """260 and 310 days are let pass, 259 and 311 are asked about, for each due date and for a scan's."""
    last_period = {"last_period_on": "2026-04-03"}
    for name in ("due_date_by_last_period", "due_date_by_ultrasound", "due_date_corrected"):
        assert bool(warnings("pregnancy", last_period | {name: due})) == warned
        assert warnings("pregnancy", {name: due}) == set()
    found = warnings("ultrasound_examinations", SCAN | {"due_date": due}, pregnancy=last_period)
    assert found == ({("DUE_DATE_FAR_FROM_LAST_PERIOD", "dueDate")} if warned else set())


@pytest.mark.parametrize(
    ("kind", "content", "path"),
    [
        ("medication", {"vaccinations": [{"given_on": "2026-03-19"}]}, "vaccinations.0.givenOn"),
        ("laboratory_results", {"dated_results": [{"taken_on": "2026-03-19"}]}, "datedResults.0.takenOn"),
    ],
)
def test_what_is_carried_over_from_before(kind: str, content: Any, path: str) -> None:
    """An older vaccine or sample is accepted with a warning."""
    assert warnings(kind, content, pregnancy=DUE) == {("DATED_BEFORE_THE_PREGNANCY", path)}
    assert warnings(kind, content) == set()


def test_dates_moved_past_what_has_happened() -> None:
    """A new due date that puts a visit before the pregnancy is asked about: either can be wrong."""
    visits = [{"held_on": "2026-03-25"}, VISIT]
    assert warnings("pregnancy", DUE, antenatal_visits=visits) == set()
    moved = {"due_date_by_ultrasound": "2027-02-11"}
    assert warnings("pregnancy", moved, antenatal_visits=visits) == {("EVENTS_BEFORE_THE_PREGNANCY", "")}
    failed, (warning,) = ask("pregnancy", moved, antenatal_visits=visits)
    assert failed == []
    assert warning.reads >= {"antenatal_visits", "pregnancy", "birth_outcome"}


# --- answers that do not go together ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "content", "warned"),
    [
        ("medical_conditions", {"nothing_particular": True, "diabetes": True}, True),
        ("medical_conditions", {"nothing_particular": True, "diabetes": False}, False),
        ("medical_conditions", {"nothing_particular": False, "diabetes": True}, False),
        ("medical_conditions", {"nothing_particular": True, "note": "x"}, False),
        ("medical_conditions", {"diabetes": True}, False),
        ("hereditary_conditions", {"none_known": True, "hip_dysplasia_in_family": True}, True),
        ("hereditary_conditions", {"none_known": True, "parents_are_relatives": True}, False),
    ],
)
def test_nothing_beside_something(kind: str, content: Any, warned: bool) -> None:
    """ "Nothing" and a condition together are asked about; parents who are relatives are no condition."""
    path = "nothingParticular" if kind == "medical_conditions" else "noneKnown"
    assert warnings(kind, content) == ({("SOMETHING_BESIDE_NOTHING", path)} if warned else set())


@pytest.mark.parametrize(("rhesus", "warned"), [("POSITIVE", True), ("NEGATIVE", False), (None, False)])
def test_rhesus_follow_up_of_a_positive_woman(rhesus: str | None, warned: bool) -> None:
    """Asked about from both sides: when the follow-up is written and when the blood type is."""
    laboratory = {"blood_type": {"rhesus_d": rhesus}}
    follow_up = {"prophylaxis_given_at_week_28": False}
    code = "RHESUS_FOLLOW_UP_OF_POSITIVE"
    found = warnings("rhesus_d_negative_follow_up", follow_up, laboratory_results=laboratory)
    assert found == ({(code, "")} if warned else set())
    found = warnings("laboratory_results", laboratory, rhesus_d_negative_follow_up=follow_up)
    assert found == ({(code, "bloodType.rhesusD")} if warned else set())
    assert warnings("rhesus_d_negative_follow_up", {}, laboratory_results=laboratory) == set()
    assert warnings("laboratory_results", laboratory, rhesus_d_negative_follow_up={}) == set()


@pytest.mark.parametrize(
    ("said", "results", "count", "warned"),
    [
        (False, [True], None, True),
        (False, [False], 1, False),
        (True, [True, False], 2, False),
        (True, [False, False], 2, True),
        (True, [False], 2, False),
        (True, [False], None, False),
        (True, [False, None], 2, False),
        (None, [True], 1, False),
    ],
)
def test_rhesus_of_the_fetuses(said: Any, results: list[Any], count: int | None, warned: bool) -> None:
    """ "No" beside a positive result, or "yes" when every fetus is negative; a fetus without result could be the one."""
    entries = [{"fetus_number": index + 1, "rhd_positive": result} for index, result in enumerate(results)]
    content = {"any_fetus_rhd_positive_at_week_24": said, "fetal_results": entries}
    found = warnings("rhesus_d_negative_follow_up", content, pregnancy={"number_of_fetuses": count})
    assert found == ({("FETAL_RHESUS_DISAGREES", "anyFetusRhdPositiveAtWeek24")} if warned else set())


def test_more_outcomes_than_pregnancies() -> None:
    """Too many outcomes are asked about; too few are never noticed, whatever they are."""
    total, live, lost = (
        "number_of_previous_pregnancies",
        "number_of_previous_live_births",
        "number_of_spontaneous_miscarriages",
    )
    assert warnings("previous_pregnancies", {total: 2, live: 1, lost: 2}) == {
        ("COUNTS_EXCEED_PREGNANCIES", "numberOfPreviousPregnancies")
    }
    for content in ({total: 3, live: 1, lost: 2}, {total: 9, live: 1, lost: 0}, {live: 4, lost: 2}, {total: 4}):
        assert ask("previous_pregnancies", content) == ([], [])


def test_date_of_a_conception_that_was_not_assisted() -> None:
    """No, with a date, is asked about; a date alone says nothing."""
    day = {"performed_on": "2026-04-17"}
    path = "assistedConception.hadAssistedConception"
    assert warnings("pregnancy", {"assisted_conception": day | {"had_assisted_conception": False}}) == {
        ("ASSISTED_CONCEPTION_DISAGREES", path)
    }
    for answer in (True, None):
        assert warnings("pregnancy", {"assisted_conception": day | {"had_assisted_conception": answer}}) == set()


def test_fetus_number_beyond_the_count() -> None:
    """The third of twins is asked about; without a count nobody is."""
    content = VISIT | {"fetal_observations": [{"fetus_number": 2}, {"fetus_number": 3}]}
    assert warnings("antenatal_visits", content) == set()
    assert warnings("antenatal_visits", content, pregnancy={"number_of_fetuses": 3}) == set()
    failed, (warning,) = ask("antenatal_visits", content, pregnancy={"number_of_fetuses": 2})
    assert failed == []
    assert told([warning]) == {("FETUS_NUMBER_BEYOND", "fetalObservations.1.fetusNumber")}
    assert warning.reads == {"antenatal_visits", "pregnancy"}


# --- how rules are asked ---------------------------------------------------------------------------------------------


def test_items_written_together_see_each_other() -> None:
    """A visit and the dates it is judged by can come in one command; each problem says which item it is in."""
    items = [Written("pregnancy", DUE), Written("antenatal_visits", {"held_on": "2026-01-01"})]
    failed, _ = check_rules(items, CardFacts.of({}, items, today=TODAY))
    assert [(made.item, made.code) for made in failed] == [(1, "BEFORE_THE_PREGNANCY")]


def test_error_that_was_there_before_is_only_a_warning() -> None:
    """A birth taken in with a time to come can have its status corrected; a new such time is refused."""
    before = {"children": [child(1, "2027-01-01T12:00:00Z")]}
    after = {"children": [child(1, "2027-01-01T12:00:00Z"), child(2, "2027-01-01T13:00:00Z")]}
    item = Written("birth_outcome", after, "a", before)
    failed, warned = check_rules([item], CardFacts.of({"birth_outcome": before}, [item], today=TODAY))
    assert told(failed) == {("IN_THE_FUTURE", "children.1.bornAt")}
    assert told(warned) == {("IN_THE_FUTURE", "children.0.bornAt")}


def test_sections_that_must_be_at_hand() -> None:
    """What is written and what its rules read, and no section that no rule asks for."""
    assert reads_of([]) == frozenset()
    assert reads_of(["mother"]) == {"mother"}
    assert reads_of(["antenatal_visits", "symphysis_fundal_heights"]) == {
        "antenatal_visits",
        "symphysis_fundal_heights",
        "pregnancy",
    }
    assert reads_of(["laboratory_results"]) == {"laboratory_results", "rhesus_d_negative_follow_up", "pregnancy"}


def test_rules_read_no_more_than_they_say() -> None:
    """A rule that looked into a section it does not name would tell of it to somebody who may not read it."""

    class Watched(CardFacts):
        seen: set[str] = set()

        def section(self, kind: str) -> Any:
            self.seen.add(kind)
            return super().section(kind)

        def items(self, kind: str) -> Any:
            self.seen.add(kind)
            return super().items(kind)

    whole = {kind: None for kind in SECTIONS}
    content = {
        "held_on": "2026-11-02", "measured_on": "2026-11-02", "examined_on": "2026-11-02", "weight_kg": 70,
        "last_period_on": "2026-04-03", "due_date_corrected": "2027-01-11", "gestational_age_weeks": 30,
        "due_date": "2027-01-11", "blood_type": {"rhesus_d": "POSITIVE"}, "any_fetus_rhd_positive_at_week_24": True,
    }  # fmt: skip
    for known in RULES.values():
        for kind in known.kinds:
            card = Watched(whole, TODAY)
            card.seen.clear()
            list(known.check(Written(kind, content), card))
            assert card.seen <= known.reads | {kind}, known.id


@pytest.mark.parametrize(
    ("id", "kinds", "reads"),
    [("IN_THE_FUTURE", {"mother"}, ()), ("NO_SUCH_TEXT", {"mother"}, ()), ("REQUIRED", {"father"}, ()), ("REQUIRED", {"mother"}, {"father"})],
)  # fmt: skip
def test_careless_rule_is_not_declared(id: str, kinds: set[str], reads: Any) -> None:
    """A rule needs a name of its own, a text, and sections that exist."""
    with pytest.raises(ValueError, match="rule"):
        rule(id, kinds=kinds, reads=reads, severity=ERROR)
    assert WARNING in {known.severity for known in RULES.values()}


def test_unusual_value_is_told_also_to_those_who_may_not_be_told_more() -> None:
    """What draws on another section can be kept from somebody; the unusual value itself then still is told."""
    content = VISIT | {"gestational_age_weeks": 46}
    assert warnings("antenatal_visits", content, pregnancy=DUE) == {
        ("SUSPICIOUS_VALUE", "gestationalAgeWeeks"),
        ("WEEK_DIFFERS", "gestationalAgeWeeks"),
    }


def test_a_whole_card_can_be_written() -> None:
    """A value for every fact of every section is refused nowhere, all of it written together."""
    items = [Written(kind, whole_content(section.model, kind)) for kind, section in SECTIONS.items()]
    failed, _ = check_rules(items, CardFacts.of({}, items, today=TODAY))
    assert failed == []
