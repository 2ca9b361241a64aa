"""The form of an item: everything wrong is told at once, where it is, without the value."""

from typing import Any

import pytest

from app.domain.card.sections import SECTIONS
from app.domain.validation.problems import Problem
from app.domain.validation.shape import check_content
from tests.domain.validation.asking import Told, told
from tests.whole_card import whole_content


def wrong(kind: str, content: Any, previous: Any = None) -> Told:
    return told(check_content(SECTIONS[kind], content, previous)[1])


@pytest.mark.parametrize("kind", SECTIONS)
def test_whole_sections_are_stored_as_given(kind: str) -> None:
    """A value for every fact of a section goes in and comes out unchanged."""
    content = whole_content(SECTIONS[kind].model, kind)
    stored, problems = check_content(SECTIONS[kind], content)
    assert problems == []
    assert stored == content


def test_display_and_code_system_are_filled_in() -> None:
    """A code alone is enough; the display is the published one."""
    stored, problems = check_content(SECTIONS["mother"], {"country_of_birth": {"code": "NO"}, "name": None})
    assert problems == []
    assert stored == {"country_of_birth": {"code": "NO", "display": "Norge", "code_system": "VOLVEN_9043"}}


@pytest.mark.parametrize(("given", "kind"), [(72, int), (72.0, float), (72.5, float)])
def test_numbers_are_kept_as_written(given: float, kind: type) -> None:
    """Whole or not: 72 stays 72 and 72.0 stays 72.0."""
    stored, _ = check_content(SECTIONS["antenatal_visits"], {"held_on": "2026-11-02", "weight_kg": given})
    assert stored["weight_kg"] == given
    assert type(stored["weight_kg"]) is kind


VISIT = {"held_on": "2026-11-02"}


@pytest.mark.parametrize(
    ("kind", "content", "expected"),
    [
        ("antenatal_visits", VISIT | {"weight_kg": "72"}, {("BAD_TYPE", "weightKg")}),
        ("antenatal_visits", VISIT | {"weight_kg": True}, {("BAD_TYPE", "weightKg")}),
        ("antenatal_visits", VISIT | {"weight_kg": float("nan")}, {("BAD_TYPE", "weightKg")}),
        ("antenatal_visits", VISIT | {"weight_kg": 0}, {("OUT_OF_RANGE", "weightKg")}),
        ("antenatal_visits", VISIT | {"weight_kg": 1e300}, {("OUT_OF_RANGE", "weightKg")}),
        ("antenatal_visits", VISIT | {"edema_grade": -1}, {("OUT_OF_RANGE", "edemaGrade")}),
        ("antenatal_visits", VISIT | {"edema_grade": 0}, set()),
        ("antenatal_visits", VISIT | {"edema_grade": 3}, set()),
        ("antenatal_visits", VISIT | {"edema_grade": 4}, {("OUT_OF_RANGE", "edemaGrade")}),
        ("antenatal_visits", VISIT | {"employment_percent": 101}, {("OUT_OF_RANGE", "employmentPercent")}),
        ("antenatal_visits", VISIT | {"employment_percent": 100}, set()),
        ("antenatal_visits", VISIT | {"urine_protein": "LOTS"}, {("UNKNOWN_CODE", "urineProtein")}),
        ("antenatal_visits", VISIT | {"urine_protein": 2}, {("BAD_TYPE", "urineProtein")}),
        ("antenatal_visits", VISIT | {"fundal": 1}, {("UNKNOWN_MEMBER", "fundal")}),
        ("antenatal_visits", VISIT | {"note": "x" * 4001}, {("TOO_LONG", "note")}),
        ("antenatal_visits", VISIT | {"note": "x" * 4000}, set()),
        ("antenatal_visits", VISIT | {"note": ""}, {("EMPTY_TEXT", "note")}),
        ("antenatal_visits", VISIT | {"note": " \n\t "}, {("EMPTY_TEXT", "note")}),
        ("antenatal_visits", {"held_on": "2026-02-30"}, {("MALFORMED", "heldOn")}),
        ("antenatal_visits", {"held_on": "1700006400"}, {("MALFORMED", "heldOn")}),
        ("antenatal_visits", {"held_on": 20261102}, {("BAD_TYPE", "heldOn")}),
        ("antenatal_visits", {}, {("REQUIRED", "heldOn")}),
        ("antenatal_visits", VISIT | {"gestational_age_days": 3}, {("MEANINGLESS_ALONE", "gestationalAgeDays")}),
        ("antenatal_visits", VISIT | {"gestational_age_days": 3, "gestational_age_weeks": 24}, set()),
        ("antenatal_visits", VISIT | {"gestational_age_weeks": 24}, set()),
        (
            "antenatal_visits",
            VISIT | {"gestational_age_days": 7, "gestational_age_weeks": 0},
            {("OUT_OF_RANGE", "gestationalAgeDays"), ("OUT_OF_RANGE", "gestationalAgeWeeks")},
        ),
        ("ultrasound_examinations", {"gestational_age_days": 3, "examined_on": "2026-11-02"}, {("MEANINGLESS_ALONE", "gestationalAgeDays")}),
        ("earlier_pregnancies", {"gestational_age_days": 3}, {("MEANINGLESS_ALONE", "gestationalAgeDays")}),
        ("earlier_pregnancies", {"year": 1899}, {("OUT_OF_RANGE", "year")}),
        ("antenatal_visits", VISIT | {"blood_pressure": {"systolic_mmhg": 9, "diastolic_mmhg": 1000}}, {("OUT_OF_RANGE", "bloodPressure.systolicMmhg"), ("OUT_OF_RANGE", "bloodPressure.diastolicMmhg")}),
        ("antenatal_visits", VISIT | {"blood_pressure": {"systolic_mmhg": 999, "diastolic_mmhg": 10}}, set()),
        ("antenatal_visits", VISIT | {"blood_pressure": {"systolic_mmhg": 120}}, {("REQUIRED", "bloodPressure.diastolicMmhg")}),
        ("antenatal_visits", VISIT | {"fetal_observations": {}}, {("BAD_TYPE", "fetalObservations")}),
        ("antenatal_visits", VISIT | {"fetal_observations": [{}, None, {"fetus_number": 0}]}, {("REQUIRED", "fetalObservations.0.fetusNumber"), ("BAD_TYPE", "fetalObservations.1"), ("OUT_OF_RANGE", "fetalObservations.2.fetusNumber")}),
        ("symphysis_fundal_heights", {}, {("REQUIRED", "measuredOn"), ("REQUIRED", "symphysisFundalHeightCm")}),
        ("ultrasound_examinations", {"fetal_measurements": [{"femur_length_mm": 30}]}, {("REQUIRED", "examinedOn"), ("REQUIRED", "fetalMeasurements.0.fetusNumber")}),
        ("birth_outcome", {"children": [{}]}, {("REQUIRED", "children.0.fetusNumber"), ("REQUIRED", "children.0.status")}),
        ("birth_outcome", {"children": [{"fetus_number": 1, "status": {}}]}, {("REQUIRED", "children.0.status.code")}),
        ("birth_outcome", {"children": [{"fetus_number": 1, "status": {"code": " "}}]}, {("EMPTY_TEXT", "children.0.status.code")}),
        ("birth_outcome", {"children": [{"fetus_number": 1, "status": {"code": "1", "code_system": "VOLVEN_9043"}}]}, {("WRONG_CODE_SYSTEM", "children.0.status.codeSystem")}),
        ("birth_outcome", {"children": [{"fetus_number": 1, "status": {"code": "1"}, "born_at": "2026-11-02T10:00:00"}]}, {("MALFORMED", "children.0.bornAt")}),
        ("birth_outcome", {"children": [{"fetus_number": 1, "status": {"code": "1"}, "born_at": "0001-01-01T00:00:00+14:00"}]}, {("MALFORMED", "children.0.bornAt")}),
        ("birth_outcome", {"children": [{"fetus_number": 1, "status": {"code": "1"}, "born_at": "1700006400"}]}, {("MALFORMED", "children.0.bornAt")}),
        ("mother", {"country_of_birth": {"code": "QQ"}}, {("UNKNOWN_CODE", "countryOfBirth.code")}),
        ("mother", {"country_of_birth": "NO"}, {("BAD_TYPE", "countryOfBirth")}),
        ("mother", {"language": {"code": "NOB"}}, set()),
        ("mother", {"language": {"code": "TLH"}}, set()),
        ("lifestyle_factors", {"stimuli": [{"at_week_36": {"daily_count": 2}}]}, {("REQUIRED", "stimuli.0.stimulusType")}),
        ("medication", {"medicines": [{}, {"name": None}, {"prescribed": False}]}, {("EMPTY_ENTRY", "medicines.0"), ("EMPTY_ENTRY", "medicines.1")}),
        ("rhesus_d_negative_follow_up", {"fetal_results": [{"rhd_positive": True}]}, {("REQUIRED", "fetalResults.0.fetusNumber")}),
        ("mother", {}, set()),
    ],
)  # fmt: skip
def test_form(kind: str, content: dict[str, Any], expected: Told) -> None:
    """What is wrong is told with its place and code; what is right is not."""
    assert wrong(kind, content) == expected


def test_all_problems_come_at_once() -> None:
    """Nobody has to send a visit three times to learn of three mistakes."""
    content = {
        "weight_kg": -1,
        "urine_protein": "x",
        "fetal_observations": [{"fetal_heart_rate_bpm": 0.5}],
        "note": "",
        "height": 1,
    }
    assert wrong("antenatal_visits", content) == {
        ("REQUIRED", "heldOn"),
        ("OUT_OF_RANGE", "weightKg"),
        ("UNKNOWN_CODE", "urineProtein"),
        ("REQUIRED", "fetalObservations.0.fetusNumber"),
        ("BAD_TYPE", "fetalObservations.0.fetalHeartRateBpm"),
        ("EMPTY_TEXT", "note"),
        ("UNKNOWN_MEMBER", "height"),
    }


def test_what_is_sound_is_given_back_beside_what_is_not() -> None:
    """The rules can look at the rest of an item although a member of it is wrong."""
    stored, problems = check_content(SECTIONS["antenatal_visits"], VISIT | {"weight_kg": "x", "edema_grade": 1})
    assert stored == VISIT | {"edema_grade": 1}
    assert told(problems) == {("BAD_TYPE", "weightKg")}


def test_whoever_corrects_something_else_is_not_held_to_what_was_missing() -> None:
    """An item taken in without its day can have its weight corrected; what is newly wrong is refused all the same."""
    before = {"note": "", "weight_kg": 70, "fetal_observations": [{"fetal_heart_rate_bpm": 140}]}
    assert wrong("antenatal_visits", before | {"weight_kg": 72}, before) == set()
    after = before | {"performed_by": " ", "fetal_observations": [{}, {}]}
    assert wrong("antenatal_visits", after, before) == {
        ("EMPTY_TEXT", "performedBy"),
        ("REQUIRED", "fetalObservations.1.fetusNumber"),
    }


@pytest.mark.parametrize("content", [{"name": "\ud800"}, {"name": object()}, {"mother": 10**5000}])
def test_what_is_no_json_is_refused(content: Any) -> None:
    """A value that could not be stored is a problem, not an accident."""
    assert wrong("mother", content) == {("MALFORMED", "")}


def test_limits_are_named_in_both_languages() -> None:
    """The text says what would be right, and which other fact is meant."""
    (problem,) = check_content(SECTIONS["antenatal_visits"], VISIT | {"edema_grade": 4})[1]
    assert (problem.english, problem.norwegian) == ("Must be at most 3.", "Kan ikke være mer enn 3.")
    (problem,) = check_content(SECTIONS["antenatal_visits"], VISIT | {"gestational_age_days": 4})[1]
    assert "Gestational age, completed weeks" in problem.english
    assert "Svangerskapsuke, fullgåtte uker" in problem.norwegian
    (problem,) = check_content(SECTIONS["mother"], {"country_of_birth": {"code": "QQ"}})[1]
    assert "VOLVEN_9043" in problem.english and "VOLVEN_9043" in problem.norwegian


def test_the_form_is_judged_by_the_section_alone() -> None:
    """Every such problem draws on nothing but the section it is in."""
    problems: list[Problem] = check_content(SECTIONS["antenatal_visits"], {"note": ""})[1]
    assert {problem.reads for problem in problems} == {frozenset({"antenatal_visits"})}
