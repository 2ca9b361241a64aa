"""The symphysis-fundal height against INTERGROWTH-21st: standard score, band, her own curve, the curve to draw.

An international standard of healthy women in eight countries, and always shown as such: the curve of the Norwegian card
is not public as numbers. Papageorghiou et al., BMJ 2016;355:i5662; the published table is computed again cell by cell.
The argument is the age of the pregnancy, so it makes no difference which length a due date is counted on. What a value
leads to is for the rules; a normal one never cancels another warning.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import log
from typing import Final, NamedTuple

from app.domain.clinical.centiles import centile_of, z_score_of
from app.domain.clinical.dating import Dating
from app.domain.clinical.references import FundalHeightReference
from app.domain.clinical.standing import Documents, items, section
from app.domain.clinical.weeks import DAYS_OF_WEEK, in_days
from app.domain.dating import day_of
from app.domain.described import DescribedEnum

CURVE_DAYS: Final = (in_days(16), in_days(42, 6))
CURVE_CENTILES: Final = (3, 10, 50, 90, 97)
JUDGED_FROM_DAYS: Final = in_days(24)
OWN_CURVE_FROM_DAYS: Final = in_days(22)
OWN_CURVE_MEASUREMENTS: Final = 3
READABLE_CM: Final = (10, 60)
LOW_Z, HIGH_Z = -2.0, 2.0
TENTH_CENTILE_Z: Final = z_score_of(10)


class Band(DescribedEnum):
    """Where on the curve a fundal height lies."""

    BELOW_TWO_DEVIATIONS = "BELOW_TWO_DEVIATIONS", "More than two standard deviations below the mean."
    BELOW_TENTH_CENTILE = "BELOW_TENTH_CENTILE", "From two standard deviations below the mean to the tenth centile."
    USUAL = "USUAL", "From the tenth centile to two standard deviations above the mean."
    ABOVE_TWO_DEVIATIONS = "ABOVE_TWO_DEVIATIONS", "More than two standard deviations above the mean."


class NotJudged(DescribedEnum):
    """Why a fundal height is plotted and not judged."""

    NO_DUE_DATE = "NO_DUE_DATE", "Nothing on the card tells how far along she was."
    OUTSIDE_THE_CURVE = "OUTSIDE_THE_CURVE", "The curve has no value for this week."
    BEFORE_24_WEEKS = "BEFORE_24_WEEKS", "Before 24 weeks the height says little."
    NOT_ONE_FETUS = "NOT_ONE_FETUS", "The curve is of pregnancies with one fetus."
    FETUSES_NOT_RECORDED = (
        "FETUSES_NOT_RECORDED",
        "The curve is of pregnancies with one fetus, and nobody has noted it.",
    )
    NOT_READABLE = "NOT_READABLE", "No fundal height is this small or large."


@dataclass(frozen=True, slots=True)
class FundalHeight:
    """One measurement on the curve.

    gestation_days   days of pregnancy by the due date that counts; None when there is none
    z_score          standard deviations from the mean; None where the curve does not apply
    not_judged       why no rule looks at it; None when rules do
    """

    measured_on: date
    height_cm: float
    gestation_days: int | None
    z_score: float | None
    not_judged: NotJudged | None

    @property
    def centile(self) -> float | None:
        """How many of a hundred are smaller."""
        return None if self.z_score is None else centile_of(self.z_score)

    @property
    def band(self) -> Band | None:
        """Where on the curve it lies."""
        return None if self.z_score is None else band(self.z_score)


class CurvePoint(NamedTuple):
    """The curve on one day of pregnancy: the height in cm by centile."""

    gestation_days: int
    height_cm: Mapping[int, float]


class Curve(NamedTuple):
    """A curve to draw, and the reference whose it is."""

    reference: FundalHeightReference
    points: Sequence[CurvePoint]


def mean_cm(gestation_days: int) -> float:
    """The mean height, by exact weeks. Valid from 16+0 to 42+6."""
    weeks = gestation_days / DAYS_OF_WEEK
    return 5.133374 + 0.1058353119 * weeks**2 - 0.0231295 * weeks**2 * log(weeks)


def deviation_cm(gestation_days: int) -> float:
    """One standard deviation. Valid from 16+0 to 42+6."""
    return 0.9922667 + 0.0258087 * gestation_days / DAYS_OF_WEEK


def is_on_curve(gestation_days: int) -> bool:
    """Whether the curve has a value for this day of pregnancy."""
    return CURVE_DAYS[0] <= gestation_days <= CURVE_DAYS[1]


def z_score(height_cm: float, gestation_days: int) -> float | None:
    """Standard deviations from the mean; None outside the curve."""
    if not is_on_curve(gestation_days):
        return None
    return (height_cm - mean_cm(gestation_days)) / deviation_cm(gestation_days)


def height_at(score: float, gestation_days: int) -> float | None:
    """The height in cm of a standard score; None outside the curve."""
    return mean_cm(gestation_days) + score * deviation_cm(gestation_days) if is_on_curve(gestation_days) else None


def band(score: float) -> Band:
    """Where a standard score lies. Two deviations themselves are not beyond two deviations."""
    if score < LOW_Z:
        return Band.BELOW_TWO_DEVIATIONS
    if score < TENTH_CENTILE_Z:
        return Band.BELOW_TENTH_CENTILE
    return Band.ABOVE_TWO_DEVIATIONS if score > HIGH_Z else Band.USUAL


def own_curve_z_score(earlier: Sequence[FundalHeight]) -> float | None:
    """Her own curve: the mean standard score of up to three measurements before, from 22+0. A design choice.

    earlier   the measurements before, oldest first; None comes back when none of them is on the curve
    """
    scores = [
        one.z_score for one in earlier
        if one.z_score is not None and one.gestation_days is not None and one.gestation_days >= OWN_CURVE_FROM_DAYS
    ][-OWN_CURVE_MEASUREMENTS:]  # fmt: skip
    return sum(scores) / len(scores) if scores else None


def expected_cm(earlier: Sequence[FundalHeight], gestation_days: int) -> float | None:
    """What her own curve expects on a day; None without a curve of her own and outside the published one."""
    own = own_curve_z_score(earlier)
    return None if own is None else height_at(own, gestation_days)


def slope_cm_per_week(earlier: FundalHeight, later: FundalHeight) -> float | None:
    """How fast the height grew from one measurement to another; None when both are of one day."""
    days = (later.measured_on - earlier.measured_on).days
    return None if days == 0 else (later.height_cm - earlier.height_cm) * DAYS_OF_WEEK / days


def fundal_heights(documents: Documents, card: Dating | None) -> list[FundalHeight]:
    """The card's measurements on the curve, oldest first, each with the reason when rules do not look at it.

    The week is always counted from the day: one noted beside a measurement is how the card was dated then.
    """
    fetuses = section(documents, "pregnancy").get("number_of_fetuses")
    return [_placed(on, cm, card, fetuses) for on, cm in sorted(_measured(documents))]


def curve(every_days: int = DAYS_OF_WEEK) -> Curve:
    """The curve as points to draw, week by week or closer."""
    first, last = CURVE_DAYS
    points = [CurvePoint(days, _centiles_on(days)) for days in range(first, last + 1, every_days)]
    return Curve(FundalHeightReference.INTERGROWTH_21ST, points)


def _centiles_on(days: int) -> Mapping[int, float]:
    return {centile: mean_cm(days) + z_score_of(centile) * deviation_cm(days) for centile in CURVE_CENTILES}


def _measured(documents: Documents) -> Iterable[tuple[date, float]]:
    for item in items(documents, "symphysis_fundal_heights"):
        on, height_cm = day_of(item.get("measured_on")), item.get("symphysis_fundal_height_cm")
        if on is not None and height_cm is not None:
            yield on, height_cm


def _placed(on: date, height_cm: float, card: Dating | None, fetuses: int | None) -> FundalHeight:
    days = None if card is None else card.days_on(on)
    reason = _not_judged(height_cm, days, fetuses)
    applies = reason in (None, NotJudged.BEFORE_24_WEEKS)
    score = z_score(height_cm, days) if applies and days is not None else None
    return FundalHeight(on, height_cm, days, score, reason)


def _not_judged(height_cm: float, days: int | None, fetuses: int | None) -> NotJudged | None:
    reasons = {
        NotJudged.NO_DUE_DATE: days is None,
        NotJudged.FETUSES_NOT_RECORDED: fetuses is None,
        NotJudged.NOT_ONE_FETUS: fetuses not in (None, 1),
        NotJudged.NOT_READABLE: not READABLE_CM[0] <= height_cm <= READABLE_CM[1],
        NotJudged.OUTSIDE_THE_CURVE: days is not None and not is_on_curve(days),
        NotJudged.BEFORE_24_WEEKS: days is not None and days < JUDGED_FROM_DAYS,
    }
    return next((reason for reason, holds in reasons.items() if holds), None)
