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
"""How much later than others the last period makes her pregnancy seem to be begun."""
SECOND_TRIMESTER_G_PER_DL: Final = (10.1, 10.3, 10.6, 10.8)
ANEMIC_G_PER_DL: Final = 7.7
HEIGHT_CHANGES_CM: Final = {Rarity.SMALL: -4, Rarity.LARGE: 4}
FAST_GROWTH_CM, FAST_GROWTH_WEEK = 4, 36
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
    Rarity.MISSES_A_VISIT: Seldom(0.03),
    Rarity.DROPS_OUT: Seldom(0.006),
    Rarity.EARLY_HYPERTENSION: Seldom(0.003, _comes_early_and_well),
    Rarity.PRESSURE_ABOVE_TARGET: Seldom(0.25, lambda plan: "high_blood_pressure" in plan.conditions),
    Rarity.PRESSURE_TYPED_BACKWARDS: Seldom(0.001),
    Rarity.SEVERE_PRE_ECLAMPSIA: Seldom(0.3, lambda plan: plan.pre_eclampsia),
    Rarity.LOW_HEMOGLOBIN: Seldom(0.02),
    Rarity.SEVERE_ANEMIA: Seldom(0.0015),
    Rarity.OVERT_DIABETES: Seldom(0.03, lambda plan: plan.gestational_diabetes),
    Rarity.STREPTOCOCCUS: Seldom(0.02),
    Rarity.SLOW_HEART: Seldom(0.001),
    Rarity.NO_MOVEMENTS: Seldom(0.003),
    Rarity.SMALL: Seldom(0.015, _with_one_fetus),
    Rarity.LARGE: Seldom(0.015, _with_one_fetus),
    Rarity.GROWS_FAST: Seldom(0.004, _with_one_fetus),
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


def height_change_cm(plan: Plan, visit: Contact) -> float:
    """How much more or less than usual her fundal height is."""
    grows_fast = Rarity.GROWS_FAST in plan.rarities and visit.week >= FAST_GROWTH_WEEK
    return sum(HEIGHT_CHANGES_CM.get(rarity, 0) for rarity in plan.rarities) + (FAST_GROWTH_CM if grows_fast else 0)


def first_tests(plan: Plan, found: Facts) -> Facts:
    """The first tests, with streptococci where they are found in the urine."""
    return found | ({"group_b_streptococcus_positive": True} if Rarity.STREPTOCOCCUS in plan.rarities else {})


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
    return _pressure(160, 100) if visit.week == 36 else {}


def _of_each_fetus(visit: Contact, found: Facts, week: int, **facts: Any) -> Facts:
    seen = found.get("fetal_observations")
    return {"fetal_observations": [each | facts for each in seen]} if seen and visit.week == week else {}


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
    Rarity.NO_MOVEMENTS: lambda visit, found: _of_each_fetus(visit, found, 32, mother_feels_movements=False),
    Rarity.GREAT_GAIN: _great_gain,
    Rarity.FLUID: _fluid,
}
"""What each changes in what was found at a visit."""
