"""The estimated weight of a fetus, and how it lies in a reference. Always told with the reference it was judged by.

For one fetus. Which reference a hospital uses is for it to say; one reference's centile is never turned into another's.
INTERGROWTH-21st: Stirnemann et al., Ultrasound Obstet Gynecol 2017;49:478, for Hadlock's formula 2020;56:946, of which
every published cell is computed again. Nordic: Maršál et al., Acta Paediatr 1996;85:843, by its equations alone.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import exp, log, sqrt
from typing import Final, NamedTuple

from app.domain.card.earlier_pregnancies import ChildSex
from app.domain.clinical.centiles import centile_of, z_score_of
from app.domain.clinical.references import FetalWeightReference
from app.domain.clinical.settings import DEFAULT_SETTINGS, ClinicalSettings
from app.domain.clinical.weeks import DAYS_OF_WEEK, in_days

MARSAL_DEVIATION: Final = 0.12
"""One standard deviation of the Nordic reference, as a part of its mean."""

MARSAL_DAYS: Final = (in_days(24), in_days(40))
"""The days its equations were compared with other tables for."""


class Distribution(NamedTuple):
    """How weights are spread at one age: Box-Cox power, median of the logarithm, coefficient of variation."""

    power: float
    median: float
    variation: float


@dataclass(frozen=True, slots=True)
class WeightInReference:
    """A fetal weight in one reference. `deviation_percent`: from the middle of the reference at this age."""

    reference: FetalWeightReference
    z_score: float
    deviation_percent: float

    @property
    def centile(self) -> float:
        """How many of a hundred are lighter."""
        return centile_of(self.z_score)


def estimated_weight_g(abdominal_circumference_cm: float, head_circumference_cm: float) -> float:
    """The formula of INTERGROWTH-21st, from abdomen and head."""
    abdomen, head = abdominal_circumference_cm / 100, head_circumference_cm / 100
    return exp(5.084820 - 54.06633 * abdomen**3 - 95.80076 * abdomen**3 * log(abdomen) + 3.136370 * head)


def weight_in_reference(
    weight_g: float,
    gestation_days: int,
    sex: ChildSex | None = None,
    settings: ClinicalSettings = DEFAULT_SETTINGS,
) -> WeightInReference | None:
    """A weight in the reference the hospital uses; None when it has not said which, and outside its weeks."""
    reference = settings.fetal_weight_reference
    middle = None if reference is None else weight_at(reference, 50, gestation_days, sex)
    if reference is None or middle is None:
        return None
    deviation = weight_g / middle - 1
    if reference is FetalWeightReference.MARSAL:
        z_score = deviation / MARSAL_DEVIATION
    else:
        power, median, variation = _DISTRIBUTIONS[reference][1](gestation_days / DAYS_OF_WEEK)
        z_score = ((log(weight_g) / median) ** power - 1) / (variation * power)
    return WeightInReference(reference, z_score, 100 * deviation)


def weight_at(
    reference: FetalWeightReference, centile: float, gestation_days: int, sex: ChildSex | None = None
) -> float | None:
    """The weight in g at a centile; None outside the reference's weeks. The sex matters to the Nordic one alone."""
    if reference is FetalWeightReference.MARSAL:
        return _marsal_weight(centile, gestation_days, sex)
    (first, last), distribution = _DISTRIBUTIONS[reference]
    if not first <= gestation_days <= last:
        return None
    power, median, variation = distribution(gestation_days / DAYS_OF_WEEK)
    return exp(median * (1 + power * variation * z_score_of(centile)) ** (1 / power))


def _marsal_weight(centile: float, gestation_days: int, sex: ChildSex | None) -> float | None:
    if not MARSAL_DAYS[0] <= gestation_days <= MARSAL_DAYS[1]:
        return None
    means = [_polynomial(gestation_days, _MARSAL[one]) for one in _MARSAL if sex is one or sex not in _MARSAL]
    return sum(means) / len(means) * (1 + z_score_of(centile) * MARSAL_DEVIATION)


def _polynomial(argument: float, coefficients: tuple[float, ...]) -> float:
    """Highest power first."""
    value = 0.0
    for coefficient in coefficients:
        value = value * argument + coefficient
    return value


def _intergrowth(weeks: float) -> Distribution:
    cube = weeks**3
    return Distribution(
        power=-4.257629 - 2162.234 * weeks**-2 + 0.0002301829 * cube,
        median=4.956737 + 0.0005019687 * cube - 0.0001227065 * cube * log(weeks),
        variation=1e-4 * (-6.997171 + 0.057559 * cube - 0.01493946 * cube * log(weeks)),
    )


def _intergrowth_hadlock(weeks: float) -> Distribution:
    tens = weeks / 10
    return Distribution(
        power=9.43643 + 9.41579 * tens**-2 - 83.54220 * log(tens) * tens**-2,
        median=-2.42272 + 1.86478 * sqrt(weeks) - 1.93299e-5 * weeks**3,
        variation=0.0193557 + 0.0310716 * tens**-2 - 0.0657587 * log(tens) * tens**-2,
    )


_DISTRIBUTIONS: Final[Mapping[FetalWeightReference, tuple[tuple[int, int], Callable[[float], Distribution]]]] = {
    FetalWeightReference.INTERGROWTH_21ST: ((in_days(22), in_days(40)), _intergrowth),
    FetalWeightReference.INTERGROWTH_21ST_HADLOCK: ((in_days(18), in_days(41)), _intergrowth_hadlock),
}
"""By reference: the days of pregnancy it is published for, and how weights are spread."""

_MARSAL: Final = {
    ChildSex.MALE: (-1.907345e-6, 1.140644e-3, -1.336265e-1, 1.976961, 241.0053),
    ChildSex.FEMALE: (-2.761948e-6, 1.744841e-3, -2.893626e-1, 18.91197, -413.5122),
}
"""The mean weight by days of pregnancy, highest power first. Of unknown sex the average counts."""
