"""Each fetus at the visits: heart rate, movements, how it lies. Whoever hears of it first hears it from a person."""

from collections.abc import Iterator
from typing import Final

from app.domain.clinical.catalogue import Audience, Evidence, Finding, Resolution, Severity, found, rule
from app.domain.clinical.chart import DATING, Chart, Input, Item
from app.domain.code_systems import CODE_SYSTEMS

OBSERVED: Final = "antenatalVisits.fetalObservations"
HEART_RATE: Final = f"{OBSERVED}.fetalHeartRateBpm"
MOVEMENTS: Final = f"{OBSERVED}.motherFeelsMovements"
LIE: Final = f"{OBSERVED}.presentation"
WHICH: Final = ("antenatalVisits.heldOn", f"{OBSERVED}.fetusNumber")
FETUSES: Final = "pregnancy.numberOfFetuses"
WEIGHT: Final = "ultrasoundExaminations.fetalMeasurements.estimatedFetalWeightG"
WEIGHED: Final = ("ultrasoundExaminations.examinedOn", "ultrasoundExaminations.fetalMeasurements.fetusNumber", WEIGHT)

NORMAL_BPM, PATHOLOGICAL_BPM = range(110, 161), range(100, 181)
"""Within: normal; outside: pathological."""
SMALL_G, LARGE_G = 2_500, 4_500
BIRTH_PLANNED_FROM_WEEKS: Final = 36
HER_CARERS: Final = (Audience.PRIMARY_CARE, Audience.HOSPITAL)
EVERYBODY: Final = (*HER_CARERS, Audience.WOMAN)
CEPHALIC: Final = "cephalic"
"""The tag of codes that mean head first."""


def observed(chart: Chart, name: str) -> dict[int, list[Input]]:
    """By fetus, what was found of it at the visits, oldest first. A finding of nobody knows which fetus is left out."""
    return _by_fetus(chart.visits, "fetal_observations", name)


def _by_fetus(items: list[Item], entries: str, name: str) -> dict[int, list[Input]]:
    known: dict[int, list[Input]] = {}
    for entry in (entry for item in items for entry in item.entries(entries)):
        fetus, value = entry.content.get("fetus_number"), entry.input(name)
        if fetus is not None and value is not None:
            known.setdefault(fetus, []).append(value)
    return known


def latest_heart_rates(chart: Chart) -> Iterator[tuple[int, Input]]:
    yield from ((fetus, rates[-1]) for fetus, rates in observed(chart, "fetal_heart_rate_bpm").items())


@rule(
    "FH-2", group="heart_rate", severity=Severity.REFER, audience=HER_CARERS, sources=("FIGO", "WHO-ANC"),
    evidence=Evidence.TWO_SOURCES, facts=(*WHICH, HEART_RATE), resolution=Resolution.NEW_FINDING, told_in_person=True,
)  # fmt: skip
def heart_rate_not_normal(chart: Chart) -> Iterator[Finding]:
    """The latest heart rate is 100 to 109 or 161 to 180; graver when the one before was outside as well."""
    for fetus, rates in observed(chart, "fetal_heart_rate_bpm").items():
        outside = [rate.value not in NORMAL_BPM for rate in rates]
        if outside[-1] and rates[-1].value in PATHOLOGICAL_BPM:
            again = outside[-2:] == [True, True]
            yield found(
                *rates[-1 - again :], severity=Severity.SAME_DAY if again else None, fetus=fetus, rate=rates[-1].value
            )


@rule(
    "FH-3", group="heart_rate", severity=Severity.SAME_DAY, audience=HER_CARERS, sources=("FIGO", "WHO-ANC"),
    evidence=Evidence.TWO_SOURCES, facts=(*WHICH, HEART_RATE), resolution=Resolution.NEW_FINDING, told_in_person=True,
)  # fmt: skip
def heart_rate_pathological(chart: Chart) -> Iterator[Finding]:
    """The latest heart rate is below 100 or above 180."""
    for fetus, rate in latest_heart_rates(chart):
        if rate.value not in PATHOLOGICAL_BPM:
            yield found(rate, fetus=fetus, rate=rate.value)


@rule(
    "FM-2", group="movements", severity=Severity.IMMEDIATE, audience=EVERYBODY, sources=("NGF-LL",),
    evidence=Evidence.ONE_SOURCE, facts=(*WHICH, MOVEMENTS, *DATING), resolution=Resolution.NEW_FINDING,
)  # fmt: skip
def movements_gone(chart: Chart) -> Iterator[Finding]:
    """Felt before, and not felt at the latest visit, 24+0 or later."""
    for fetus, felt in observed(chart, "mother_feels_movements").items():
        before = [each for each in felt if each.value is True]
        if felt[-1].value is False and before and chart.has_reached(24, on=felt[-1].on):
            yield found(felt[-1], before[-1], fetus=fetus)


@rule(
    "FM-3", group="movements", severity=Severity.REFER, audience=(Audience.PRIMARY_CARE, Audience.WOMAN),
    sources=("UNVERIFIED",), evidence=Evidence.UNVERIFIED, facts=(*WHICH, MOVEMENTS, *DATING),
    resolution=Resolution.NEW_FINDING,
)  # fmt: skip
def movements_never_felt(chart: Chart) -> Iterator[Finding]:
    """Not felt at the latest visit, 24+0 or later, and never before."""
    for fetus, felt in observed(chart, "mother_feels_movements").items():
        if not any(each.value for each in felt) and chart.has_reached(24, on=felt[-1].on):
            yield found(felt[-1], fetus=fetus)


@rule(
    "FP-1", group="presentation", severity=Severity.REFER, audience=EVERYBODY, sources=("HD-SVO", "NG201"),
    evidence=Evidence.CONFLICTING, facts=(*WHICH, LIE, *DATING), resolution=Resolution.NEW_FINDING,
)  # fmt: skip
def not_head_first(chart: Chart) -> Iterator[Finding]:
    """The latest presentation is not known to be head first, found at 36+0 or later. Some sources say 37."""
    for fetus, lies in observed(chart, "presentation").items():
        latest = lies[-1]
        if not _is_cephalic(latest) and chart.has_reached(chart.settings.presentation_from_weeks, on=latest.on):
            yield found(latest, fetus=fetus)


def _is_cephalic(presentation: Input) -> bool:
    known = CODE_SYSTEMS["volven_8534"].find(presentation.value["code"])
    return known is not None and known.tag == CEPHALIC


@rule(
    "MP-1", group="several_fetuses", severity=Severity.REFER, audience=HER_CARERS, sources=("HD-FO",),
    evidence=Evidence.ONE_SOURCE, facts=(FETUSES,), resolution=Resolution.ASSESSED,
)  # fmt: skip
def several_fetuses(chart: Chart) -> Iterator[Finding]:
    """Two fetuses or more: followed by specialists, and curves and term rules of one fetus do not apply."""
    fetuses = chart.input(FETUSES)
    if fetuses is not None and fetuses.value > 1:
        yield found(fetuses, number=fetuses.value)


@rule(
    "FW-3", group="birth_weight", severity=Severity.REFER, audience=HER_CARERS, sources=("HD-FO",),
    evidence=Evidence.CHOSEN, facts=(*WEIGHED, *DATING), resolution=Resolution.NEW_FINDING,
)  # fmt: skip
def weight_for_the_birth(chart: Chart) -> Iterator[Finding]:
    """The latest estimate is 4500 g or more, or below 2500 g, from 36+0 on, when the place of birth is planned."""
    scans = chart.items("ultrasound_examinations")
    for fetus, weights in _by_fetus(scans, "fetal_measurements", "estimated_fetal_weight_g").items():
        weight = weights[-1]
        is_usual = SMALL_G <= weight.value < LARGE_G
        if not is_usual and chart.has_reached(BIRTH_PLANNED_FROM_WEEKS, on=weight.on):
            yield found(weight, fetus=fetus, weight=weight.value)
