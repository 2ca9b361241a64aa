"""How much weight is gained in a pregnancy. Guidance on a chart, never an alarm; the woman may switch it off.

Ranges by body mass index before the pregnancy: Institute of Medicine 2009. For normal weight a chart as well:
INTERGROWTH-21st, Cheikh Ismail et al., BMJ 2016;352:i555, of which every published cell is computed again.
"""

from decimal import Decimal
from math import exp, log, sqrt
from typing import Final, NamedTuple

from app.domain.clinical.body_mass import BodyMassClass
from app.domain.clinical.centiles import z_score_of
from app.domain.clinical.weeks import DAYS_OF_WEEK, in_days

FIRST_TRIMESTER_KG: Final = (Decimal("0.5"), Decimal("2.0"))
RANGE_FROM_DAYS: Final = in_days(13)
CHART_DAYS: Final = (in_days(14), in_days(40))
CHART_SHIFT_KG: Final = 8.75


class GainRange(NamedTuple):
    """From and to, in kg."""

    low_kg: Decimal
    high_kg: Decimal


def _ranges(low: str, high: str) -> GainRange:
    return GainRange(Decimal(low), Decimal(high))


_OBESE: Final = (BodyMassClass.OBESE_I, BodyMassClass.OBESE_II, BodyMassClass.OBESE_III)

WHOLE_PREGNANCY: Final = {
    BodyMassClass.UNDERWEIGHT: _ranges("12.5", "18"),
    BodyMassClass.NORMAL: _ranges("11.5", "16"),
    BodyMassClass.OVERWEIGHT: _ranges("7", "11.5"),
    **dict.fromkeys(_OBESE, _ranges("5", "9")),
}
"""What is gained in all with one fetus."""

WHOLE_PREGNANCY_OF_TWINS: Final = {
    BodyMassClass.NORMAL: _ranges("16.8", "24.5"),
    BodyMassClass.OVERWEIGHT: _ranges("14.1", "22.7"),
    **dict.fromkeys(_OBESE, _ranges("11.3", "19.1")),
}
"""What is gained in all with two; nothing is published for underweight."""

EACH_WEEK: Final = {
    BodyMassClass.UNDERWEIGHT: _ranges("0.44", "0.58"),
    BodyMassClass.NORMAL: _ranges("0.35", "0.50"),
    BodyMassClass.OVERWEIGHT: _ranges("0.23", "0.33"),
    **dict.fromkeys(_OBESE, _ranges("0.17", "0.27")),
}
"""What is gained each week after the first trimester."""


def whole_range(body_mass: BodyMassClass, number_of_fetuses: int) -> GainRange | None:
    """The range for the whole pregnancy; None where none is published."""
    published = {1: WHOLE_PREGNANCY, 2: WHOLE_PREGNANCY_OF_TWINS}.get(number_of_fetuses, {})
    return published.get(body_mass)


def range_on(body_mass: BodyMassClass, gestation_days: int) -> GainRange | None:
    """The range on one day with one fetus: 0.5 to 2 kg in the first trimester, then so much a week; None before."""
    if gestation_days < RANGE_FROM_DAYS:
        return None
    weeks = Decimal(gestation_days - RANGE_FROM_DAYS) / DAYS_OF_WEEK
    low, high = (first + each * weeks for first, each in zip(FIRST_TRIMESTER_KG, EACH_WEEK[body_mass], strict=True))
    return GainRange(low, high)


def gain_z_score(gain_kg: float, gestation_days: int, body_mass: BodyMassClass) -> float | None:
    """Standard deviations from the chart's middle; None but for normal weight, and outside 14+0 to 40+0."""
    if not _on_chart(gestation_days, body_mass) or gain_kg <= -CHART_SHIFT_KG:
        return None
    return (log(gain_kg + CHART_SHIFT_KG) - _mean(gestation_days)) / _deviation(gestation_days)


def gain_at(centile: float, gestation_days: int, body_mass: BodyMassClass) -> float | None:
    """The gain in kg at a centile of the chart; None where the chart does not apply."""
    if not _on_chart(gestation_days, body_mass):
        return None
    return exp(_mean(gestation_days) + z_score_of(centile) * _deviation(gestation_days)) - CHART_SHIFT_KG


def _on_chart(gestation_days: int, body_mass: BodyMassClass) -> bool:
    return body_mass is BodyMassClass.NORMAL and CHART_DAYS[0] <= gestation_days <= CHART_DAYS[1]


def _mean(gestation_days: int) -> float:
    weeks = gestation_days / DAYS_OF_WEEK
    return 1.382972 - 56.14743 * weeks**-2 + 0.2787683 * sqrt(weeks)


def _deviation(gestation_days: int) -> float:
    weeks = gestation_days / DAYS_OF_WEEK
    return 0.2501993731 + 142.4297879 * weeks**-2 - 61.45345 * weeks**-2 * log(weeks)
