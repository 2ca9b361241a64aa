"""Who is offered a glucose test: HbA1c before week 16, a glucose tolerance test in weeks 24 to 28.

Helsedirektoratet, Svangerskapsdiabetes, 2017. Background, diabetes in the family, impaired tolerance and complications
of earlier births are not on the card and are never guessed, least of all from a country of birth.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from app.domain.clinical.body import BODY_MASS, COUNTERS, body_mass, body_mass_inputs, counted, has_not_borne
from app.domain.clinical.certainty import Certainty, any_of
from app.domain.clinical.chart import BORN_ON, Chart, Input, each_once, once_a_chart
from app.domain.clinical.grounds import NOT_ON_THE_CARD, Ground, given, ground

FASTING: Final = "laboratoryResults.glucoseTolerance.fastingGlucoseMmolPerL"
TWO_HOURS: Final = "laboratoryResults.glucoseTolerance.twoHourGlucoseMmolPerL"
TESTED_ON: Final = "laboratoryResults.glucoseTolerance.testedOn"
TOLERANCE_TEST: Final = (FASTING, TWO_HOURS, TESTED_ON)
DIABETES: Final = "medicalConditions.diabetes"
BIRTH_WEIGHT: Final = "earlierPregnancies.birthWeightG"
SELECTED_BY: Final = (DIABETES, *BODY_MASS, *COUNTERS, BIRTH_WEIGHT, BORN_ON)
"""Every fact that the selection looks at."""

HEAVY_CHILD_G: Final = 4_500
EARLY_BODY_MASS, LATER_BODY_MASS = Decimal(30), Decimal(25)
FIRST_BIRTH_AGE, LATER_BIRTH_AGE = 25, 40


@dataclass(frozen=True, slots=True)
class GlucoseSelection:
    """Whether a test is to be offered, and on which grounds."""

    offered: Certainty
    grounds: tuple[Ground, ...]


@once_a_chart
def for_early_test(chart: Chart) -> GlucoseSelection:
    """HbA1c before week 16."""
    return _selection(chart, [_heavier(chart, EARLY_BODY_MASS), _heavy_child(chart)])


@once_a_chart
def for_tolerance_test(chart: Chart) -> GlucoseSelection:
    """A glucose tolerance test, 24+0 to 28+6."""
    return _selection(chart, [_heavier(chart, LATER_BODY_MASS), _heavy_child(chart), *_ages(chart)])


@once_a_chart
def tolerance_test(chart: Chart) -> list[Input]:
    """What is recorded of a glucose tolerance test; nothing when none is."""
    return [known for path in TOLERANCE_TEST if (known := chart.input(path)) is not None]


def _selection(chart: Chart, grounds: list[Ground]) -> GlucoseSelection:
    """Nobody is selected whose diabetes is known."""
    if chart.value(DIABETES) is True:
        return GlucoseSelection(Certainty.FALSE, ())
    offered = any_of(each.holds for each in (*grounds, NOT_ON_THE_CARD))
    return GlucoseSelection(offered, tuple(given(grounds)))


def _heavier(chart: Chart, limit: Decimal) -> Ground:
    index = body_mass(chart)
    return ground("body_mass", None if index is None else index.value > limit, *body_mass_inputs(chart))


def _heavy_child(chart: Chart) -> Ground:
    """Yes for one that is listed; the list may lack a child, so no is never known."""
    weights = [item.input("birth_weight_g") for item in chart.items("earlier_pregnancies")]
    heavy = [weight for weight in weights if weight is not None and weight.value > HEAVY_CHILD_G]
    return ground("heavy_child", True if heavy else None, *heavy)


def _ages(chart: Chart) -> list[Ground]:
    age, first = chart.age_on(chart.as_of), has_not_borne(chart)
    inputs = each_once((*counted(chart), chart.input(BORN_ON)))
    return [
        Ground("first_birth_and_age", first & _older(age, FIRST_BIRTH_AGE), inputs),
        Ground("later_birth_and_age", ~first & _older(age, LATER_BIRTH_AGE), inputs),
    ]


def _older(age: int | None, limit: int) -> Certainty:
    return Certainty.of(None if age is None else age > limit)
