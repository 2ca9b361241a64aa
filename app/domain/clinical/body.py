"""Body mass index and earlier births as the rules use them: the value, with the facts it was worked out from."""

from typing import Final

from app.domain.clinical.body_mass import BodyMassIndex, before_pregnancy
from app.domain.clinical.certainty import Certainty
from app.domain.clinical.chart import Chart, Input, once_a_chart
from app.domain.clinical.parity import parity

BODY_MASS: Final = tuple(
    f"prePregnancyMeasurements.{name}" for name in ("heightCm", "prePregnancyWeightKg", "bmiKgPerM2")
)
COUNTERS: Final = tuple(
    f"previousPregnancies.{name}"
    for name in ("numberOfPreviousPregnancies", "numberOfPreviousLiveBirths", "numberOfStillbirthsFrom22Weeks")
)


@once_a_chart
def body_mass(chart: Chart) -> BodyMassIndex | None:
    """Her body mass index before the pregnancy."""
    return before_pregnancy(chart.documents)


@once_a_chart
def body_mass_inputs(chart: Chart) -> list[Input]:
    """What it was worked out from, or the index as it was entered."""
    index = body_mass(chart)
    if index is None:
        return []
    paths = BODY_MASS[:2] if index.is_computed else BODY_MASS[2:]
    return [value for path in paths if (value := chart.input(path)) is not None]


def has_not_borne(chart: Chart) -> Certainty:
    """Whether this is her first birth."""
    return parity(chart.documents).has_not_borne


def counted(chart: Chart) -> list[Input]:
    """The counters of earlier pregnancies that tell whether she has borne."""
    return [value for path in COUNTERS if (value := chart.input(path)) is not None]
