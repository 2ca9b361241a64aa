"""Body mass index before the pregnancy, and weight gained in it. Guidance, never a reproach."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from app.domain.clinical.body import BODY_MASS, body_mass, body_mass_inputs
from app.domain.clinical.body_mass import BodyMassClass
from app.domain.clinical.catalogue import Audience, Evidence, Finding, Resolution, Severity, found, rule
from app.domain.clinical.chart import DATING, Chart, Input, once_a_chart
from app.domain.clinical.weight_gain import range_on

BEFORE: Final = "prePregnancyMeasurements.prePregnancyWeightKg"
WEIGHT: Final = "antenatalVisits.weightKg"
WEIGHED: Final = ("antenatalVisits.heldOn", WEIGHT)
FETUSES: Final = "pregnancy.numberOfFetuses"
HER_CARERS: Final = (Audience.PRIMARY_CARE, Audience.HOSPITAL)
HER_AND_PRIMARY_CARE: Final = (Audience.PRIMARY_CARE, Audience.WOMAN)
FAST_GAIN_KG, FAST_GAIN_DAYS = Decimal(1), 7
GREAT_GAIN_KG, OBESITY_KG_PER_M2 = Decimal(20), Decimal(35)


@once_a_chart
def weights(chart: Chart) -> list[tuple[Input, Decimal]]:
    """Her weights at the visits, oldest first."""
    found_ = (visit.input("weight_kg") for visit in chart.visits)
    return [(weight, Decimal(str(weight.value))) for weight in found_ if weight is not None]


def in_class(chart: Chart, *classes: BodyMassClass) -> Iterator[Finding]:
    """A finding when her body mass index before the pregnancy is in one of these classes."""
    index = body_mass(chart)
    if index is not None and index.body_mass_class in classes:
        yield found(*body_mass_inputs(chart), body_mass=index.value)


def index_above(limit: int, chart: Chart) -> Iterator[Finding]:
    """A finding when her body mass index before the pregnancy is above a limit."""
    index = body_mass(chart)
    if index is not None and index.value > limit:
        yield found(*body_mass_inputs(chart), body_mass=index.value)


@rule(
    "BM-1", group="body_mass", severity=Severity.PLAN, audience=HER_AND_PRIMARY_CARE, sources=("HD-FO",),
    evidence=Evidence.ONE_SOURCE, facts=BODY_MASS, resolution=Resolution.ASSESSED,
)  # fmt: skip
def underweight(chart: Chart) -> Iterator[Finding]:
    """Body mass index below 18.5."""
    yield from in_class(chart, BodyMassClass.UNDERWEIGHT)


@rule(
    "BM-2", group="body_mass", severity=Severity.INFORMATION, audience=(Audience.PRIMARY_CARE,), sources=("HD-GDM",),
    evidence=Evidence.TWO_SOURCES, facts=BODY_MASS, resolution=Resolution.ASSESSED,
)  # fmt: skip
def above_25(chart: Chart) -> Iterator[Finding]:
    """Body mass index above 25: a ground for a glucose tolerance test."""
    yield from index_above(25, chart)


@rule(
    "BM-3", group="body_mass", severity=Severity.PLAN, audience=HER_AND_PRIMARY_CARE, sources=("HD-GDM", "NGF-OB"),
    evidence=Evidence.TWO_SOURCES, facts=BODY_MASS, resolution=Resolution.ASSESSED,
)  # fmt: skip
def above_30(chart: Chart) -> Iterator[Finding]:
    """Body mass index above 30: HbA1c before week 16."""
    yield from index_above(30, chart)


@rule(
    "BM-4", group="body_mass", severity=Severity.REFER, audience=HER_CARERS, sources=("NGF-OB",),
    evidence=Evidence.CONFLICTING, facts=BODY_MASS, resolution=Resolution.ASSESSED,
)  # fmt: skip
def from_35(chart: Chart) -> Iterator[Finding]:
    """Body mass index 35.0 to 39.9: a specialist's assessment at week 36; one source wants specialists throughout."""
    yield from in_class(chart, BodyMassClass.OBESE_II)


@rule(
    "BM-5", group="body_mass", severity=Severity.REFER, audience=HER_CARERS, sources=("HD-FO",),
    evidence=Evidence.ONE_SOURCE, facts=BODY_MASS, resolution=Resolution.ASSESSED,
)  # fmt: skip
def from_40(chart: Chart) -> Iterator[Finding]:
    """Body mass index from 40: followed by specialists, born at a specialist clinic."""
    yield from in_class(chart, BodyMassClass.OBESE_III)


@rule(
    "WG-1", group="weight_gain", severity=Severity.PLAN, audience=(Audience.PRIMARY_CARE,), sources=("IOM",),
    evidence=Evidence.TWO_SOURCES, facts=(*BODY_MASS, *WEIGHED, FETUSES, *DATING), resolution=Resolution.NEW_FINDING,
)  # fmt: skip
def gain_outside_the_range(chart: Chart) -> Iterator[Finding]:
    """The gain lay outside the range at the two latest weighings, with one fetus."""
    before, latest = chart.input(BEFORE), weights(chart)[-2:]
    if before is None or chart.value(FETUSES) != 1 or len(latest) < 2:
        return
    if all(_is_outside(chart, weight, kg - Decimal(str(before.value))) for weight, kg in latest):
        yield found(*(weight for weight, _ in latest), *body_mass_inputs(chart), chart.input(FETUSES))


def _is_outside(chart: Chart, weight: Input, gain: Decimal) -> bool:
    index, days = body_mass(chart), chart.gestation_days(weight.on)
    usual = None if index is None or days is None else range_on(index.body_mass_class, days)
    return usual is not None and not usual.low_kg <= gain <= usual.high_kg


@rule(
    "WG-2", group="weight_gain_fast", severity=Severity.PLAN, audience=(Audience.PRIMARY_CARE,), sources=("OURS",),
    evidence=Evidence.CHOSEN, facts=(*WEIGHED, *DATING), resolution=Resolution.NEW_FINDING,
)  # fmt: skip
def fast_gain(chart: Chart) -> Iterator[Finding]:
    """More than 1 kg from one weighing to the next within 7 days, after 28+0: fluid, so measure blood pressure."""
    latest = weights(chart)[-2:]
    if len(latest) < 2:
        return
    (before, less), (now, more) = latest
    is_close = before.on is not None and now.on is not None and (now.on - before.on).days <= FAST_GAIN_DAYS
    if is_close and more - less > FAST_GAIN_KG and chart.has_reached(28, on=now.on):
        yield found(now, before, gain=more - less)


@rule(
    "WG-3", group="weight_gain", severity=Severity.REFER, audience=HER_CARERS, sources=("NGF-OB",),
    evidence=Evidence.ONE_SOURCE, facts=(*BODY_MASS, *WEIGHED), resolution=Resolution.ASSESSED,
)  # fmt: skip
def great_gain_in_obesity(chart: Chart) -> Iterator[Finding]:
    """More than 20 kg gained, and body mass index before the pregnancy above 35."""
    before, index = chart.input(BEFORE), body_mass(chart)
    for now, kg in weights(chart)[-1:]:
        is_obese = index is not None and index.value > OBESITY_KG_PER_M2
        if before is not None and is_obese and kg - Decimal(str(before.value)) > GREAT_GAIN_KG:
            yield found(now, *body_mass_inputs(chart), gain=kg - Decimal(str(before.value)))
