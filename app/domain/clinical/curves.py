"""The published curves as data to draw, week by week. They are the same for everybody and look at no card."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from app.domain.clinical.body_mass import BodyMassClass
from app.domain.clinical.centiles import z_score_of
from app.domain.clinical.fetal_weight import weight_at
from app.domain.clinical.growth import CURVE_CENTILES, height_at
from app.domain.clinical.references import FetalWeightReference
from app.domain.clinical.weeks import in_days
from app.domain.clinical.weight_gain import gain_at
from app.domain.described import DescribedEnum

LAST_WEEK: Final = 44


class CurveKind(DescribedEnum):
    """The curves there are."""

    FUNDAL_HEIGHT = (
        "FUNDAL_HEIGHT",
        "Symphysis-fundal height in cm: INTERGROWTH-21st, an international standard and not the curve of the "
        "Norwegian card. Papageorghiou et al., BMJ 2016;355:i5662.",
    )
    FETAL_WEIGHT_INTERGROWTH_21ST = (
        "FETAL_WEIGHT_INTERGROWTH_21ST",
        f"Estimated fetal weight in g: {FetalWeightReference.INTERGROWTH_21ST.meaning}",
    )
    FETAL_WEIGHT_INTERGROWTH_21ST_HADLOCK = (
        "FETAL_WEIGHT_INTERGROWTH_21ST_HADLOCK",
        f"Estimated fetal weight in g: {FetalWeightReference.INTERGROWTH_21ST_HADLOCK.meaning}",
    )
    FETAL_WEIGHT_MARSAL = (
        "FETAL_WEIGHT_MARSAL",
        f"Estimated fetal weight in g: {FetalWeightReference.MARSAL.meaning}",
    )
    WEIGHT_GAIN = (
        "WEIGHT_GAIN",
        "Weight gained in kg by women of normal weight: INTERGROWTH-21st, an international standard. "
        "Cheikh Ismail et al., BMJ 2016;352:i555.",
    )


@dataclass(frozen=True, slots=True)
class CurveWeek:
    """A curve at the beginning of one week: by centile the value."""

    week: int
    values: Mapping[int, float]


def _height(centile: float, days: int) -> float | None:
    return height_at(z_score_of(centile), days)


def _gain(centile: float, days: int) -> float | None:
    return gain_at(centile, days, BodyMassClass.NORMAL)


_VALUE_AT: Final[Mapping[CurveKind, Callable[[float, int], float | None]]] = {
    CurveKind.FUNDAL_HEIGHT: _height,
    CurveKind.FETAL_WEIGHT_INTERGROWTH_21ST: partial(weight_at, FetalWeightReference.INTERGROWTH_21ST),
    CurveKind.FETAL_WEIGHT_INTERGROWTH_21ST_HADLOCK: partial(weight_at, FetalWeightReference.INTERGROWTH_21ST_HADLOCK),
    CurveKind.FETAL_WEIGHT_MARSAL: partial(weight_at, FetalWeightReference.MARSAL),
    CurveKind.WEIGHT_GAIN: _gain,
}


def curve_weeks(kind: CurveKind, first_week: int, last_week: int) -> Iterator[CurveWeek]:
    """The weeks for which the curve has values, from one to another."""
    for week in range(first_week, last_week + 1):
        found = {centile: _VALUE_AT[kind](centile, in_days(week)) for centile in CURVE_CENTILES}
        values = {centile: value for centile, value in found.items() if value is not None}
        if values:
            yield CurveWeek(week, values)
