"""The published and chosen test vectors of the rules, under their numbers."""

from datetime import date
from typing import Any

import pytest

from app.domain.clinical.catalogue import Severity
from app.domain.clinical.references import AspirinLimits
from app.domain.clinical.settings import ClinicalSettings
from data.dhg.wire import InvalidWire
from tests.data.dhg.test_traps import only_item
from tests.domain.clinical.charts import dated, day, fetus, fired, laboratory, pressure, told, visit, visited
from tests.domain.clinical.scenarios import body, glucose, hba1c, heights, hemoglobin

IMMEDIATE, SAME_DAY, REFER, PLAN = Severity.IMMEDIATE, Severity.SAME_DAY, Severity.REFER, Severity.PLAN


def case(id: str, documents: dict[str, Any], as_of: date, expected: dict[str, Severity | None], *silent: str) -> Any:
    """The rules that must speak, with their severity where the vector names it, and those that must not."""
    return pytest.param(documents, as_of, expected, silent, id=id)


def once(systolic: int, diastolic: int, weeks: int = 30, **facts: Any) -> dict[str, Any]:
    return visited(visit(weeks, **pressure(systolic, diastolic), **facts))


def twice(systolic: int, diastolic: int, *weeks: tuple[int, int], **facts: Any) -> dict[str, Any]:
    return visited(*(visit(*each, **pressure(systolic, diastolic), **facts) for each in weeks))


def from_elsewhere(text: str) -> dict[str, Any]:
    """A visit as the national format has it, with its blood pressure in one string."""
    visit_there = {"appointmentDate": day(30).isoformat(), "bloodPressure": text}
    return visited(only_item(antenatalAppointments=[visit_there]).content)


BLOOD_PRESSURES = ("BP-1", "BP-2a", "BP-2b", "BP-3", "BP-4", "BP-5")


@pytest.mark.parametrize(
    ("documents", "as_of", "expected", "silent"),
    [
        case("B8", body(160, 102.3), day(12), {"BM-5": None}, "BM-4"),
        case("B10", once(139, 89), day(30), {}, *BLOOD_PRESSURES),
        case("B11", once(140, 80), day(30), {"BP-1": PLAN}),
        case("B12-before-20-weeks", twice(140, 90, (18, 0), (19, 6)), day(19, 6), {"BP-2a": REFER}, "BP-2b"),
        case("B12-from-20-weeks", twice(140, 90, (19, 0), (20, 0)), day(20), {"BP-2b": REFER}, "BP-2a"),
        case("B13", twice(150, 95, (29, 0), (30, 0)), day(30), {"BP-3": SAME_DAY}, "BP-4"),
        case("B14", once(158, 110), day(30), {"BP-4": IMMEDIATE}),
        case("B15", from_elsewhere("170/110"), day(30), {"BP-4": IMMEDIATE}),
        case(
            "B16", twice(142, 92, (30, 0), (31, 0), urine_protein="TWO_PLUS"), day(31),
            {"BP-5": SAME_DAY, "PU-2": SAME_DAY},
        ),
        case("B18", once(80, 120), day(30), {"BP-0": None}, *BLOOD_PRESSURES),
        case("L1-first-trimester", dated(**laboratory(hemoglobin_first_trimester_g_per_dl=10.9)), day(12, 6), {"HB-1": PLAN}),
        case("L1-second-trimester", hemoglobin("10.9", 13), day(13), {"HB-2b": None}, "HB-2"),
        case("L2", hemoglobin("10.4", 20), day(20), {"HB-2": PLAN}, "HB-2b"),
        case("L3", dated(**laboratory(hemoglobin_third_trimester_g_per_dl=11.0)), day(28), {}, "HB-1", "HB-3", "HB-5"),
        case("L4", laboratory(hemoglobin_first_trimester_g_per_dl=115), day(12), {}, "HB-1", "HB-5"),
        case("L5-70", laboratory(ferritin_ug_per_l=70), day(12), {"FE-2": None}, "FE-1", "FE-3"),
        case("L5-70.1", laboratory(ferritin_ug_per_l=70.1), day(12), {"FE-1": None}, "FE-2"),
        case("L5-29.9", laboratory(ferritin_ug_per_l=29.9), day(12), {"FE-3": PLAN}, "FE-2", "FE-4"),
        case("L5-11", laboratory(ferritin_ug_per_l=11), day(12), {"FE-4": PLAN}, "FE-3"),
        case("L6-40", hba1c(40, 12), day(12), {}, "GL-1", "GL-2", "GL-2b"),
        case("L6-41", hba1c(41, 12), day(12), {"GL-1": REFER}, "GL-2"),
        case("L6-46", hba1c(46, 12), day(12), {"GL-1": REFER}, "GL-2", "GL-2b"),
        case("L6-48", hba1c(48, 12), day(12), {"GL-2": SAME_DAY}, "GL-1"),
        case("L8", glucose(fasting_glucose_mmol_per_l=5.2, two_hour_glucose_mmol_per_l=8.9), day(26), {}, "GL-3", "GL-4"),
        case("L9-fasting", glucose(fasting_glucose_mmol_per_l=5.3, two_hour_glucose_mmol_per_l=7.0), day(26), {"GL-3": REFER}, "GL-4"),
        case("L9-two-hours", glucose(fasting_glucose_mmol_per_l=5.0, two_hour_glucose_mmol_per_l=9.0), day(26), {"GL-3": REFER}),
        case("L10", glucose(fasting_glucose_mmol_per_l=6.9, two_hour_glucose_mmol_per_l=11.0), day(26), {"GL-3": REFER}, "GL-4"),
        case("L11-fasting", glucose(fasting_glucose_mmol_per_l=7.0, two_hour_glucose_mmol_per_l=8.0), day(26), {"GL-4": SAME_DAY}),
        case("L11-two-hours", glucose(fasting_glucose_mmol_per_l=5.1, two_hour_glucose_mmol_per_l=11.1), day(26), {"GL-4": SAME_DAY}),
        case("L12", glucose(fasting_glucose_mmol_per_l=5.1), day(26), {}, "GL-3", "GL-4"),
        case("S9", heights((25, 0, 21)), day(25), {"SF-1": REFER}),
        case("S10", heights((25, 0, 21.5)), day(25), {}, "SF-1"),
        case("S11-at-36", heights((34, 0, 33), (36, 0, 31)), day(36), {"SF-3": PLAN}, "SF-1", "SF-2"),
        case("S11-at-38", heights((34, 0, 33), (36, 0, 31), (38, 0, 33)), day(38), {}, "SF-2", "SF-3"),
        case("S12", heights((28, 0, 28), (32, 0, 35)), day(32), {"SF-6": REFER}),
        case("S13", heights((34, 0, 33), (36, 0, 33)), day(36), {"SF-5": PLAN}),
        case("S14", heights((36, 0, 39), (38, 0, 41)), day(38), {"SF-7": PLAN}),
        case(
            "S15", dated(pregnancy={"number_of_fetuses": 2}, symphysis_fundal_heights=heights((28, 0, 40))["symphysis_fundal_heights"]),
            day(28), {}, *(f"SF-{number}" for number in range(1, 10)),
        ),
        case("P5-35+6", visited(visit(35, 6, **fetus(presentation={"code": "2"}))), day(35, 6), {}, "FP-1"),
        case("P5-36+0", visited(visit(36, **fetus(presentation={"code": "2"}))), day(36), {"FP-1": REFER}),
        case("P5-head-first", visited(visit(36, **fetus(presentation={"code": "1"}))), day(36), {}, "FP-1"),
        case("P6-110", visited(visit(30, **fetus(fetal_heart_rate_bpm=110))), day(30), {}, "FH-2", "FH-3"),
        case("P6-160", visited(visit(30, **fetus(fetal_heart_rate_bpm=160))), day(30), {}, "FH-2", "FH-3"),
        case("P6-109", visited(visit(30, **fetus(fetal_heart_rate_bpm=109))), day(30), {"FH-2": REFER}),
        case("P6-161", visited(visit(30, **fetus(fetal_heart_rate_bpm=161))), day(30), {"FH-2": REFER}),
        case("P6-99", visited(visit(30, **fetus(fetal_heart_rate_bpm=99))), day(30), {"FH-3": SAME_DAY}),
        case("P6-181", visited(visit(30, **fetus(fetal_heart_rate_bpm=181))), day(30), {"FH-3": SAME_DAY}),
        case(
            "P7", visited(visit(22, **fetus(mother_feels_movements=True)), visit(26, **fetus(mother_feels_movements=False))),
            day(26), {"FM-2": IMMEDIATE},
        ),
        case("P10-40+0", dated(), date(2025, 10, 8), {"PT-1": PLAN}, "PT-2"),
        case("P10-41+0", dated(), date(2025, 10, 15), {"PT-2": REFER}, "PT-3"),
        case("P10-41+4", dated(), date(2025, 10, 19), {"PT-3": SAME_DAY}, "PT-4"),
        case("P10-42+0", dated(), date(2025, 10, 22), {"PT-4": SAME_DAY}, "PT-3"),
        case("P15", dated(medical_conditions={"diabetes": True}), day(12), {"ASA-1": REFER}),
        case("G22-14-days", dated(pregnancy={"last_period_on": "2024-12-18", "last_period_certain": True}), day(20), {}, "DT-1"),
        case("G22-15-days", dated(pregnancy={"last_period_on": "2024-12-17", "last_period_certain": True}), day(20), {"DT-1": PLAN}),
    ],
)  # fmt: skip
def test_vectors(
    documents: dict[str, Any], as_of: date, expected: dict[str, Severity | None], silent: tuple[str, ...]
) -> None:
    """What must be told is told, as gravely as the vector says, and what must not be said is not said at all."""
    heard = told(documents, as_of)
    assert expected.keys() <= heard.keys()
    assert all(heard[rule_id] is severity for rule_id, severity in expected.items() if severity is not None)
    assert not set(silent) & fired(documents, as_of)


@pytest.mark.parametrize(
    ("born_on", "is_offered"),
    [pytest.param(date(1990, 10, 11), True, id="P11-35"), pytest.param(date(1990, 10, 12), False, id="P11-34")],
)
def test_p11_nipt_is_offered_from_35_at_term(born_on: date, is_offered: bool) -> None:
    """The birthday on the due date counts."""
    assert ("HX-4" in told(dated(), day(12), born_on=born_on)) is is_offered


@pytest.mark.parametrize(
    ("born_on", "is_told"),
    [pytest.param(date(1987, 10, 11), True, id="P12-38"), pytest.param(date(1987, 10, 12), False, id="P12-37")],
)
def test_p12_age_38_at_birth(born_on: date, is_told: bool) -> None:
    """Outside the age band of midwife-led units from 38 on."""
    assert ("HX-3" in told(dated(), day(12), born_on=born_on)) is is_told


FIRST = {"previous_pregnancies": {"number_of_previous_pregnancies": 0}}
NICE = ClinicalSettings(aspirin=AspirinLimits.NICE)


@pytest.mark.parametrize(
    ("documents", "born_on", "settings", "is_told"),
    [
        pytest.param(dated(**FIRST, **body(170, 104)), date(1995, 1, 1), ClinicalSettings(), True, id="P13"),
        pytest.param(dated(**FIRST, **body(170, 69.4)), date(1985, 1, 1), ClinicalSettings(), False, id="P14-Norway"),
        pytest.param(dated(**FIRST, **body(170, 69.4)), date(1985, 1, 1), NICE, True, id="P14-NICE"),
        pytest.param(dated(**FIRST, **body(175, 107.1)), date(1995, 1, 1), ClinicalSettings(), False, id="B7-Norway"),
        pytest.param(dated(**FIRST, **body(175, 107.1)), date(1995, 1, 1), NICE, True, id="B7-NICE"),
    ],
)
def test_aspirin(documents: dict[str, Any], born_on: date, settings: ClinicalSettings, is_told: bool) -> None:
    """Two moderate grounds are enough; Norway and NICE read the limits of age and body mass index differently."""
    assert ("ASA-1" in told(documents, date(2025, 3, 19), born_on=born_on, settings=settings)) is is_told


def test_aspirin_that_is_taken_is_not_reminded_of() -> None:
    """The medicine by its code; from 36+0 its dose is to be reviewed."""
    card = dated(medical_conditions={"diabetes": True}, medication={"medicines": [{"atc_code": "B01AC06"}]})
    assert not {"ASA-1", "ASA-2"} & fired(card, day(12)) and not {"ASA-1", "ASA-2"} & fired(card, day(20))
    assert "ASA-3" in fired(card, day(36)) and "ASA-3" not in fired(card, day(35, 6))


def test_an_undated_hba1c_is_early_only_when_it_was_written_early() -> None:
    """The card has no day for it: written at 16+0 or later, nobody knows."""
    assert "GL-1" in fired(hba1c(43, 15, 6), day(20))
    assert "GL-1" not in fired(hba1c(43, 16), day(20))


def test_a_low_height_is_graver_with_raised_blood_pressure() -> None:
    """SF-3 becomes a referral."""
    low = heights((34, 0, 33), (36, 0, 31))
    assert told(low, day(36))["SF-3"] is PLAN
    raised = {**low, "antenatal_visits": [visit(36, **pressure(145, 80))]}
    assert told(raised, day(36))["SF-3"] is REFER


def test_heart_rate_outside_twice_is_graver_and_told_for_each_fetus() -> None:
    """Of two fetuses the graver alert of one hides nothing of the other."""
    first = {"fetus_number": 1, "fetal_heart_rate_bpm": 165}
    rates = visited(
        visit(30, fetal_observations=[first, {"fetus_number": 2, "fetal_heart_rate_bpm": 190}]),
        visit(31, fetal_observations=[first, {"fetus_number": 2, "fetal_heart_rate_bpm": 108}]),
        pregnancy={"number_of_fetuses": 2},
    )
    assert {"FH-2", "FH-3"} <= told(rates, day(30)).keys()
    assert told(rates, day(31))["FH-2"] is SAME_DAY


def test_known_hypertension_is_not_called_new_before_20_weeks() -> None:
    """BP-2a is for those not known to have had it; for the others there is BP-8."""
    card = twice(140, 90, (18, 0), (19, 0)) | {"medical_conditions": {"high_blood_pressure": True}}
    assert "BP-2a" not in fired(card, day(19)) and "BP-8" in fired(card, day(19))


def test_a_later_normal_reading_closes_the_alert() -> None:
    """The latest reading counts."""
    card = visited(visit(30, **pressure(160, 100)), visit(31, **pressure(120, 80)))
    assert not set(BLOOD_PRESSURES) & fired(card, day(31))
    assert "BP-4" in fired(card, day(30, 6))


def test_heights_are_judged_with_one_fetus_alone() -> None:
    """Unknown is not one."""
    card = {**heights((25, 0, 21)), "pregnancy": {"due_date_by_ultrasound": "2025-10-11"}}
    assert "SF-1" not in fired(card, day(25))


def test_b18_what_is_no_reading_is_refused() -> None:
    """B18: a letter among the digits is not dropped without a word, the whole record is refused."""
    with pytest.raises(InvalidWire):
        from_elsewhere("12o/80")
