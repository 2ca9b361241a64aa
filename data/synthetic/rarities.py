"""What is seldom: findings that an ordinary pregnancy does not have and that must be noticed.

They have dice of their own, so that a woman who has none of them stays as she is, to the last digit.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

from data.synthetic.course import Contact, Meeting
from data.synthetic.dice import Dice
from data.synthetic.plan import Plan, Rarity
from data.synthetic.writing import Facts

LATE_OVULATION_DAYS: Final = 14
"""By more days than this ultrasound puts the due date later than the last period does."""
SECOND_TRIMESTER_G_PER_DL: Final = (10.1, 10.3, 10.6, 10.8)
ANEMIC_G_PER_DL: Final = 7.7
DIABETIC_MMOL_PER_L: Final = 11.6
"""Two hours after the glucose."""
OWN_PLACES: Final = {Rarity.SMALL: -2.8, Rarity.LARGE: 2.8}
"""Standard deviations from the mean of the fundal height, from the first measurement on."""
LATE_PLACES: Final = {Rarity.GROWS_FAST: 2.4, Rarity.STOPS_GROWING: -2.8}
LATE_PLACES_FROM_WEEK: Final = 36
SMALL_LEAN: Final = -0.09
NOT_HEAD_FIRST: Final = {"code": "TBD_BREECH", "display": "Seteleie", "code_system": "VOLVEN_8534"}
"""Of the national codes only the one for head first is known; this one stands for the others."""
NOT_HEAD_FIRST_FROM_WEEK: Final = 36
FIRST_TESTS: Final[Mapping[Rarity, Facts]] = {
    Rarity.HBA1C_RAISED: {"hba1c_mmol_per_mol": 43},
    Rarity.HBA1C_BETWEEN: {"hba1c_mmol_per_mol": 47},
    Rarity.STREPTOCOCCUS: {"group_b_streptococcus_positive": True},
    Rarity.BACTERIURIA: {"asymptomatic_bacteriuria_positive": True},
    Rarity.ANTIBODIES: {"red_cell_antibodies_positive": True},
}
GREAT_GAIN_KG_PER_WEEK, FLUID_KG = 0.65, 2.2
HYPERTENSION_UNTIL_DAY, LATE_FIRST_VISIT_DAY = 139, 100


def _everybody(plan: Plan) -> bool:
    return True


def _dated_by_nature(plan: Plan) -> bool:
    return plan.transferred_on is None


def _with_one_fetus(plan: Plan) -> bool:
    return plan.fetuses == 1


def _still_expecting(plan: Plan) -> bool:
    return plan.ending is None and _with_one_fetus(plan) and _dated_by_nature(plan)


def _not_diabetic(plan: Plan) -> bool:
    return "diabetes" not in plan.conditions


def _comes_early_and_well(plan: Plan) -> bool:
    return plan.first_visit_day < LATE_FIRST_VISIT_DAY and "high_blood_pressure" not in plan.conditions


class Seldom(NamedTuple):
    """How often something befalls those it can befall."""

    rate: float
    befalls: Callable[[Plan], bool] = _everybody


SELDOM: Final[Mapping[Rarity, Seldom]] = {
    Rarity.LATE_OVULATION: Seldom(0.01, _dated_by_nature),
    Rarity.BEYOND_42_WEEKS: Seldom(0.001, _still_expecting),
    Rarity.NOT_ASSESSED_POST_TERM: Seldom(0.05),
    Rarity.NEVER_SCANNED: Seldom(0.002, _with_one_fetus),
    Rarity.NEVER_TESTED: Seldom(0.003),
    Rarity.WITHOUT_ASPIRIN: Seldom(0.1, lambda plan: plan.needs_aspirin),
    Rarity.MISSES_A_VISIT: Seldom(0.03),
    Rarity.DROPS_OUT: Seldom(0.006),
    Rarity.EARLY_HYPERTENSION: Seldom(0.003, _comes_early_and_well),
    Rarity.PRESSURE_ABOVE_TARGET: Seldom(0.25, lambda plan: "high_blood_pressure" in plan.conditions),
    Rarity.PRESSURE_TYPED_BACKWARDS: Seldom(0.001),
    Rarity.SEVERE_PRE_ECLAMPSIA: Seldom(0.3, lambda plan: plan.pre_eclampsia),
    Rarity.LOW_HEMOGLOBIN: Seldom(0.02),
    Rarity.SEVERE_ANEMIA: Seldom(0.0015),
    Rarity.OVERT_DIABETES: Seldom(0.03, lambda plan: plan.gestational_diabetes),
    Rarity.HBA1C_RAISED: Seldom(0.004, _not_diabetic),
    Rarity.HBA1C_BETWEEN: Seldom(0.001, _not_diabetic),
    Rarity.STREPTOCOCCUS: Seldom(0.02),
    Rarity.BACTERIURIA: Seldom(0.005),
    Rarity.ANTIBODIES: Seldom(0.003),
    Rarity.SLOW_HEART: Seldom(0.001),
    Rarity.FAST_HEART: Seldom(0.003),
    Rarity.NO_MOVEMENTS: Seldom(0.003),
    Rarity.LIES_OTHERWISE: Seldom(1.0, lambda plan: plan.breech),
    Rarity.SUGAR_IN_URINE: Seldom(0.004),
    Rarity.SMALL: Seldom(0.015, _with_one_fetus),
    Rarity.LARGE: Seldom(0.015, _with_one_fetus),
    Rarity.GROWS_FAST: Seldom(0.004, _with_one_fetus),
    Rarity.STOPS_GROWING: Seldom(0.006, _with_one_fetus),
    Rarity.GREAT_GAIN: Seldom(0.2, lambda plan: plan.bmi > 35),
    Rarity.FLUID: Seldom(0.08),
}
"""Rates chosen so that a population shows each of them, and no one of them often."""


def with_rarities(plan: Plan, dice: Dice, as_of: date) -> Plan:
    """The plan, with what is seldom as far as it befalls her."""
    drawn = [rarity for rarity, (rate, befalls) in SELDOM.items() if dice.happens(rate) and befalls(plan)]
    dates: dict[str, Any] = {}
    if Rarity.BEYOND_42_WEEKS in drawn:
        drawn.append(Rarity.NOT_ASSESSED_POST_TERM)
        dates = {"last_period_on": as_of - timedelta(days=dice.whole(294, 297) + plan.scan_shift_days)}
    elif Rarity.LATE_OVULATION in drawn:
        dates = ovulated_late(plan)
    return replace(plan, rarities=frozenset(drawn), **dates)


def ovulated_late(plan: Plan) -> dict[str, Any]:
    """The facts of a plan whose last period lies further back, while all that happens stays on its day."""
    days = LATE_OVULATION_DAYS + 1 - min(plan.scan_shift_days, 0)
    return {
        "last_period_on": plan.last_period_on - timedelta(days=days),
        "scan_shift_days": plan.scan_shift_days + days,
        "first_visit_day": plan.first_visit_day + days,
    }


def at_visit(plan: Plan, visit: Contact, found: Facts) -> Facts:
    """What was found at a visit, with what is seldom in its place."""
    for rarity in sorted(plan.rarities & _AT_VISIT.keys()):
        found = found | _AT_VISIT[rarity](visit, found)
    return found


def place_on_the_curve(plan: Plan, visit: Contact, usual: float) -> float:
    """How many standard deviations from the mean her fundal height is at a visit, where `usual` is her own place."""
    late = LATE_PLACES if visit.week >= LATE_PLACES_FROM_WEEK else {}
    return next((place for rarity, place in {**OWN_PLACES, **late}.items() if rarity in plan.rarities), usual)


def fetal_lean(plan: Plan, usual: float) -> float:
    """How much larger or smaller than the mean a fetus is; the weight differs twice as much."""
    return SMALL_LEAN if Rarity.SMALL in plan.rarities else usual


def first_tests(plan: Plan, found: Facts) -> Facts:
    """The first tests, with what is seldom in its place."""
    for rarity in sorted(plan.rarities & FIRST_TESTS.keys()):
        found = found | FIRST_TESTS[rarity]
    return found


def _pressure(systolic_mmhg: int, diastolic_mmhg: int) -> Facts:
    return {"blood_pressure": {"systolic_mmhg": systolic_mmhg, "diastolic_mmhg": diastolic_mmhg}}


def _hypertension_early(visit: Contact, found: Facts) -> Facts:
    return _pressure(144, 92) if visit.day <= HYPERTENSION_UNTIL_DAY else {}


def _above_target(visit: Contact, found: Facts) -> Facts:
    return _pressure(146, 94) if visit.week in (28, 36) else {}


def _typed_backwards(visit: Contact, found: Facts) -> Facts:
    pressure = found["blood_pressure"]
    return _pressure(pressure["diastolic_mmhg"], pressure["systolic_mmhg"]) if visit.week == 32 else {}


def _severe_pre_eclampsia(visit: Contact, found: Facts) -> Facts:
    return _pressure(160, 100) | {"urine_protein": "TWO_PLUS"} if visit.week == 36 else {}


def _of_each_fetus(visit: Contact, found: Facts, week: int, **facts: Any) -> Facts:
    seen = found.get("fetal_observations")
    return {"fetal_observations": [each | facts for each in seen]} if seen and visit.week == week else {}


def _lies_otherwise(visit: Contact, found: Facts) -> Facts:
    seen = found.get("fetal_observations")
    if not seen or visit.week < NOT_HEAD_FIRST_FROM_WEEK:
        return {}
    return {"fetal_observations": [{"presentation": NOT_HEAD_FIRST} | each for each in seen]}


def _great_gain(visit: Contact, found: Facts) -> Facts:
    weeks = max(0, visit.day // 7 - 12)
    return {"weight_kg": round(found["weight_kg"] + GREAT_GAIN_KG_PER_WEEK * weeks, 1)}


def _fluid(visit: Contact, found: Facts) -> Facts:
    is_swollen = visit.meeting is Meeting.POST_TERM
    return {"weight_kg": round(found["weight_kg"] + FLUID_KG, 1)} if is_swollen else {}


_AT_VISIT: Final[Mapping[Rarity, Callable[[Contact, Facts], Facts]]] = {
    Rarity.EARLY_HYPERTENSION: _hypertension_early,
    Rarity.PRESSURE_ABOVE_TARGET: _above_target,
    Rarity.PRESSURE_TYPED_BACKWARDS: _typed_backwards,
    Rarity.SEVERE_PRE_ECLAMPSIA: _severe_pre_eclampsia,
    Rarity.SLOW_HEART: lambda visit, found: _of_each_fetus(visit, found, 32, fetal_heart_rate_bpm=96),
    Rarity.FAST_HEART: lambda visit, found: _of_each_fetus(visit, found, 32, fetal_heart_rate_bpm=168),
    Rarity.NO_MOVEMENTS: lambda visit, found: _of_each_fetus(visit, found, 32, mother_feels_movements=False),
    Rarity.LIES_OTHERWISE: _lies_otherwise,
    Rarity.SUGAR_IN_URINE: lambda visit, found: {"urine_glucose": "TWO_PLUS"} if visit.week == 32 else {},
    Rarity.GREAT_GAIN: _great_gain,
    Rarity.FLUID: _fluid,
}
"""What each changes in what was found at a visit."""
