"""For every rule a card that has just enough on it for the rule to speak: take one thing away and it is silent."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from tests.domain.clinical.charts import dated, day, fetus, laboratory, measured, pressure, visit, visited, written

BORN_1980 = date(1980, 1, 1)
ONE_FETUS = {"number_of_fetuses": 1}
BREECH = {"code": "2", "code_system": "VOLVEN_8534"}
BLOOD = {"blood_type": {"rhesus_d": "NEGATIVE"}, "red_cell_antibodies_positive": False}
POSITIVE_FETUS = {"fetal_results": [{"fetus_number": 1, "rhd_positive": True}]}


@dataclass(frozen=True)
class Scenario:
    """A card, the day it is looked at, and when she was born, where that matters."""

    documents: dict[str, Any]
    as_of: date
    born_on: date | None = None


def body(height_cm: float, weight_kg: float) -> dict[str, Any]:
    return {"pre_pregnancy_measurements": {"height_cm": height_cm, "pre_pregnancy_weight_kg": weight_kg}}


def heights(*points: tuple[int, int, float]) -> dict[str, Any]:
    return dated(pregnancy=ONE_FETUS, symphysis_fundal_heights=[measured(*point) for point in points])


def hemoglobin(value: str, weeks: int, days: int = 0) -> dict[str, Any]:
    result = {"analyte": "NOR05172", "value": value, "unit": "g/dL", "taken_on": day(weeks, days).isoformat()}
    return dated(laboratory_results={"dated_results": [result]})


def hba1c(value: int, weeks: int, days: int = 0) -> dict[str, Any]:
    return dated(laboratory_results=written(day(weeks, days), hba1c_mmol_per_mol=value))


def glucose(**values: float) -> dict[str, Any]:
    return laboratory(glucose_tolerance=values)


TOOK_ASPIRIN = {"medicines": [{"atc_code": "B01AC06"}]}
CERTAIN_PERIOD = {"last_period_on": "2024-12-10", "last_period_certain": True, "due_date_by_ultrasound": "2025-10-11"}

SCENARIOS = {
    "DT-1": Scenario({"pregnancy": CERTAIN_PERIOD}, day(20)),
    "DT-4": Scenario({"pregnancy": {"last_period_on": "2025-01-01"}}, day(20)),
    "PT-1": Scenario(dated(), day(40)),
    "PT-2": Scenario(dated(), day(41)),
    "PT-3": Scenario(dated(), day(41, 4)),
    "PT-4": Scenario(dated(), day(42)),
    "PT-5": Scenario(dated(), day(41), BORN_1980),
    "PT-6": Scenario(dated(**body(170, 110)), day(41)),
    "BP-0": Scenario({"antenatal_visits": [visit(30, **pressure(80, 120))]}, day(30)),
    "BP-1": Scenario({"antenatal_visits": [visit(30, **pressure(140, 80))]}, day(30)),
    "BP-2a": Scenario(visited(visit(19, **pressure(140, 90)), visit(19, 6, **pressure(140, 90))), day(19, 6)),
    "BP-2b": Scenario(visited(visit(19, 6, **pressure(140, 90)), visit(20, **pressure(140, 90))), day(20)),
    "BP-3": Scenario({"antenatal_visits": [visit(30, **pressure(150, 95))]}, day(30)),
    "BP-4": Scenario({"antenatal_visits": [visit(30, **pressure(158, 110))]}, day(30)),
    "BP-5": Scenario(visited(visit(31, **pressure(142, 92), urine_protein="ONE_PLUS")), day(31)),
    "BP-8": Scenario(
        {"antenatal_visits": [visit(30, **pressure(140, 80))], "medical_conditions": {"high_blood_pressure": True}}, day(30)
    ),
    "PU-1": Scenario({"antenatal_visits": [visit(30, **pressure(120, 80), urine_protein="ONE_PLUS")]}, day(30)),
    "PU-2": Scenario({"antenatal_visits": [visit(30, urine_protein="TWO_PLUS")]}, day(30)),
    "PU-3": Scenario(
        {"antenatal_visits": [visit(28, urine_protein="ONE_PLUS"), visit(30, urine_protein="ONE_PLUS")]}, day(30)
    ),
    "GL-6": Scenario({"antenatal_visits": [visit(30, urine_glucose="TWO_PLUS")]}, day(30)),
    "ASA-1": Scenario(dated(medical_conditions={"diabetes": True}), day(12)),
    "ASA-2": Scenario(dated(medical_conditions={"diabetes": True}), day(16, 1)),
    "ASA-3": Scenario(dated(medication=TOOK_ASPIRIN), day(36)),
    "HB-1": Scenario(laboratory(hemoglobin_third_trimester_g_per_dl=10.9), day(28)),
    "HB-2": Scenario(hemoglobin("10,4", 20), day(20)),
    "HB-2b": Scenario(hemoglobin("10.9", 13), day(13)),
    "HB-3": Scenario(laboratory(hemoglobin_first_trimester_g_per_dl=7.9), day(12)),
    "HB-5": Scenario(laboratory(hemoglobin_third_trimester_g_per_dl=13.6), day(28)),
    "FE-1": Scenario(laboratory(ferritin_ug_per_l=70.1), day(12)),
    "FE-2": Scenario(laboratory(ferritin_ug_per_l=70), day(12)),
    "FE-3": Scenario(laboratory(ferritin_ug_per_l=29.9), day(12)),
    "FE-4": Scenario(laboratory(ferritin_ug_per_l=11), day(12)),
    "FE-5": Scenario(dated(), day(16)),
    "GL-1": Scenario(hba1c(41, 15, 6), day(15, 6)),
    "GL-2": Scenario(laboratory(hba1c_mmol_per_mol=48), day(30)),
    "GL-2b": Scenario(hba1c(47, 12), day(12)),
    "GL-3": Scenario(glucose(fasting_glucose_mmol_per_l=5.3), day(26)),
    "GL-4": Scenario(glucose(two_hour_glucose_mmol_per_l=11.1), day(26)),
    "GL-5": Scenario(dated(**body(170, 80)), day(29)),
    "FH-2": Scenario({"antenatal_visits": [visit(30, **fetus(fetal_heart_rate_bpm=109))]}, day(30)),
    "FH-3": Scenario({"antenatal_visits": [visit(30, **fetus(fetal_heart_rate_bpm=99))]}, day(30)),
    "FM-2": Scenario(
        visited(visit(23, **fetus(mother_feels_movements=True)), visit(26, **fetus(mother_feels_movements=False))), day(26)
    ),
    "FM-3": Scenario(visited(visit(24, **fetus(mother_feels_movements=False))), day(24)),
    "FP-1": Scenario(visited(visit(36, **fetus(presentation=BREECH))), day(36)),
    "MP-1": Scenario({"pregnancy": {"number_of_fetuses": 2}}, day(20)),
    "FW-3": Scenario(
        dated(
            ultrasound_examinations=[
                {
                    "examined_on": day(36).isoformat(),
                    "fetal_measurements": [{"fetus_number": 1, "estimated_fetal_weight_g": 4500}],
                }
            ]
        ),
        day(36),
    ),
    "SF-1": Scenario(heights((25, 0, 21)), day(25)),
    "SF-2": Scenario(heights((36, 0, 30), (38, 0, 31)), day(38)),
    "SF-3": Scenario(heights((34, 0, 33), (36, 0, 30)), day(36)),
    "SF-4": Scenario(heights((36, 0, 32), (38, 0, 33)), day(38)),
    "SF-5": Scenario(heights((34, 0, 33), (36, 0, 33)), day(36)),
    "SF-6": Scenario(heights((28, 0, 28), (32, 0, 35)), day(32)),
    "SF-7": Scenario(heights((36, 0, 39), (38, 0, 41)), day(38)),
    "SF-8": Scenario(body(160, 102.3), day(20)),
    "SF-9": Scenario(dated(pregnancy=ONE_FETUS), day(26)),
    "BM-1": Scenario(body(165, 50), day(12)),
    "BM-2": Scenario(body(160, 70), day(12)),
    "BM-3": Scenario(body(170, 90), day(12)),
    "BM-4": Scenario(body(175, 107.1), day(12)),
    "BM-5": Scenario(body(160, 102.3), day(12)),
    "WG-1": Scenario(
        visited(visit(28, weight_kg=62.5), visit(32, weight_kg=62.5), pregnancy=ONE_FETUS, **body(168, 62.5)), day(32)
    ),
    "WG-2": Scenario(visited(visit(30, weight_kg=70), visit(31, weight_kg=71.5)), day(31)),
    "WG-3": Scenario({"antenatal_visits": [visit(38, weight_kg=131)], **body(170, 110)}, day(38)),
    "IN-1": Scenario(laboratory(hepatitis_b_surface_antigen_positive=True), day(12)),
    "IN-2": Scenario(dated(), day(16)),
    "IN-3": Scenario(laboratory(group_b_streptococcus_positive=True), day(12)),
    "IN-4": Scenario(laboratory(asymptomatic_bacteriuria_positive=True), day(12)),
    "HX-1": Scenario({"previous_pregnancies": {"number_of_stillbirths_from_22_weeks": 1}}, day(12)),
    "HX-3": Scenario(dated(), day(12), date(1987, 10, 11)),
    "HX-4": Scenario(dated(), day(12), date(1990, 10, 11)),
    "HX-5": Scenario({"medical_conditions": {"epilepsy": True}}, day(12)),
    "HX-6": Scenario({"hereditary_conditions": {"parents_are_relatives": True}}, day(12)),
    "AL-1": Scenario(
        {
            "lifestyle_factors": {
                "stimuli": [{"stimulus_type": {"code": "TBD_ALCOHOL"}, "at_first_visit": {"frequency": {"code": "TBD_SOMETIMES"}}}]
            }
        },
        day(12),
    ),
    "RH-1": Scenario(dated(laboratory_results=BLOOD), day(23)),
    "RH-2": Scenario(dated(laboratory_results=BLOOD), day(25)),
    "RH-3": Scenario(dated(laboratory_results=BLOOD, rhesus_d_negative_follow_up=POSITIVE_FETUS), day(28)),
    "RH-5": Scenario(dated(), day(14)),
    "RH-6": Scenario(laboratory(red_cell_antibodies_positive=True), day(12)),
    "PR-1": Scenario(dated(), day(13)),
    "PR-2": Scenario(dated(), day(29)),
}  # fmt: skip
