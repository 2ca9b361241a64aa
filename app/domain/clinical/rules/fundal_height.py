"""The symphysis-fundal height against the curve, and against her own curve.

Judged from 24+0 with one fetus and a due date; the numbers of SF-3 to SF-5 are ours. Of Norwegian sources only
"deviation, flattening or too steep" is public; a normal height never cancels another warning.
"""

from collections.abc import Iterator
from typing import Final

from app.domain.clinical.body import BODY_MASS, body_mass, body_mass_inputs
from app.domain.clinical.catalogue import Audience, Evidence, Finding, Resolution, Severity, found, rule
from app.domain.clinical.chart import DATING, Chart, Input, once_a_chart
from app.domain.clinical.growth import HIGH_Z, Band, FundalHeight, band, expected_cm, fundal_heights
from app.domain.clinical.rules.blood_pressure import PRESSURE, RAISED, latest_reaches

HEIGHT: Final = "symphysisFundalHeights.symphysisFundalHeightCm"
MEASURED_ON: Final = "symphysisFundalHeights.measuredOn"
FETUSES: Final = "pregnancy.numberOfFetuses"
READ: Final = (HEIGHT, MEASURED_ON, FETUSES, *DATING)
HER_CARERS: Final = (Audience.PRIMARY_CARE, Audience.HOSPITAL)

SHORTFALL_CM, EXCESS_CM = 2, 3
CLOSE_TOGETHER_DAYS, STATIC_AFTER_DAYS, TOO_FAR_APART_DAYS = 21, 14, 35
OBESITY_KG_PER_M2: Final = 40
MEASURED_FROM_WEEKS, MEASURED_BY_WEEKS = 24, 26


@once_a_chart
def judged(chart: Chart) -> list[tuple[FundalHeight, float]]:
    """The measurements that rules look at, oldest first, each with its standard score."""
    heights = fundal_heights(chart.documents, chart.dating)
    return [(one, one.z_score) for one in heights if one.not_judged is None and one.z_score is not None]


def as_input(height: FundalHeight) -> Input:
    return Input(HEIGHT, height.height_cm, height.measured_on)


def told(chart: Chart, *heights: FundalHeight, severity: Severity | None = None) -> Finding:
    """A finding about some measurements."""
    return found(*map(as_input, heights), chart.input(FETUSES), severity=severity, height=heights[0].height_cm)


def is_low(score: float) -> bool:
    return band(score) is Band.BELOW_TWO_DEVIATIONS


@rule(
    "SF-1", group="fundal_height_low", severity=Severity.REFER, audience=HER_CARERS, sources=("SWEDISH-SF",),
    evidence=Evidence.TWO_SOURCES, facts=READ, resolution=Resolution.ASSESSED,
)  # fmt: skip
def low_at_first(chart: Chart) -> Iterator[Finding]:
    """More than two deviations below the mean at the first measurement, and still the only one."""
    known = judged(chart)
    if len(known) == 1 and is_low(known[0][1]):
        yield told(chart, known[0][0])


@rule(
    "SF-2", group="fundal_height_low", severity=Severity.REFER, audience=HER_CARERS, sources=("SWEDISH-SF",),
    evidence=Evidence.TWO_SOURCES, facts=READ, resolution=Resolution.NEW_FINDING,
)  # fmt: skip
def low_twice(chart: Chart) -> Iterator[Finding]:
    """More than two deviations below the mean at the two latest measurements."""
    latest = judged(chart)[-2:]
    if len(latest) == 2 and all(is_low(score) for _, score in latest):
        yield told(chart, latest[1][0], latest[0][0])


@rule(
    "SF-3", group="fundal_height_low", severity=Severity.PLAN, audience=(Audience.PRIMARY_CARE,),
    sources=("NG201", "OURS"), evidence=Evidence.CHOSEN, facts=(*READ, PRESSURE, "antenatalVisits.heldOn"),
    missing=(PRESSURE, "antenatalVisits.heldOn"), resolution=Resolution.NEW_FINDING,
)  # fmt: skip
def low_once(chart: Chart) -> Iterator[Finding]:
    """More than two deviations below the mean at the latest measurement, which is not the first; graver when the blood
    pressure is raised."""
    latest = judged(chart)[-2:]
    if len(latest) == 2 and is_low(latest[1][1]):
        graver = Severity.REFER if latest_reaches(RAISED, chart) is not None else None
        yield told(chart, latest[1][0], latest[0][0], severity=graver)


@rule(
    "SF-4", group="fundal_height_low", severity=Severity.PLAN, audience=(Audience.PRIMARY_CARE,), sources=("OURS",),
    evidence=Evidence.CHOSEN, facts=READ, resolution=Resolution.NEW_FINDING,
)  # fmt: skip
def rather_low_twice(chart: Chart) -> Iterator[Finding]:
    """Between two deviations below the mean and the tenth centile at the two latest measurements."""
    latest = judged(chart)[-2:]
    if len(latest) == 2 and all(band(score) is Band.BELOW_TENTH_CENTILE for _, score in latest):
        yield told(chart, latest[1][0], latest[0][0])


@rule(
    "SF-5", group="fundal_height_own_curve", severity=Severity.PLAN, audience=HER_CARERS,
    sources=("SWEDISH-SF", "OURS"), evidence=Evidence.CHOSEN, facts=READ, resolution=Resolution.NEW_FINDING,
)  # fmt: skip
def slower_than_her_own_curve(chart: Chart) -> Iterator[Finding]:
    """2 cm or more below her own curve, or no growth in 14 days; graver when three weeks lie between the two."""
    known = [height for height, _ in judged(chart)]
    if len(known) < 2:
        return
    before, latest = known[-2:]
    apart = (latest.measured_on - before.measured_on).days
    expected = expected_cm(known[:-1], latest.gestation_days or 0)
    is_behind = expected is not None and expected - latest.height_cm >= SHORTFALL_CM
    is_static = latest.height_cm <= before.height_cm and apart >= STATIC_AFTER_DAYS
    if is_behind or is_static:
        yield told(chart, latest, before, severity=Severity.REFER if apart >= CLOSE_TOGETHER_DAYS else None)


@rule(
    "SF-6", group="fundal_height_own_curve", severity=Severity.REFER, audience=HER_CARERS, sources=("SWEDISH-SF",),
    evidence=Evidence.TWO_SOURCES, facts=READ, resolution=Resolution.NEW_FINDING,
)  # fmt: skip
def faster_than_her_own_curve(chart: Chart) -> Iterator[Finding]:
    """3 cm or more above her own curve."""
    known = [height for height, _ in judged(chart)]
    expected = expected_cm(known[:-1], known[-1].gestation_days or 0) if len(known) > 1 else None
    if expected is not None and known[-1].height_cm - expected >= EXCESS_CM:
        yield told(chart, known[-1], known[-2])


@rule(
    "SF-7", group="fundal_height_high", severity=Severity.PLAN, audience=(Audience.PRIMARY_CARE,),
    sources=("SWEDISH-SF",), evidence=Evidence.TWO_SOURCES, facts=READ, resolution=Resolution.NEW_FINDING,
)  # fmt: skip
def high_twice(chart: Chart) -> Iterator[Finding]:
    """More than two deviations above the mean at the two latest measurements."""
    latest = judged(chart)[-2:]
    if len(latest) == 2 and all(score > HIGH_Z for _, score in latest):
        yield told(chart, latest[1][0], latest[0][0])


@rule(
    "SF-8", group="fundal_height_unreliable", severity=Severity.PLAN, audience=HER_CARERS, sources=("SWEDISH-SF",),
    evidence=Evidence.CHOSEN, facts=BODY_MASS, resolution=Resolution.ASSESSED,
)  # fmt: skip
def tape_cannot_tell(chart: Chart) -> Iterator[Finding]:
    """Body mass index from 40: growth is followed by scans instead."""
    index = body_mass(chart)
    if index is not None and index.value >= OBESITY_KG_PER_M2:
        yield found(*body_mass_inputs(chart), body_mass=index.value)


@rule(
    "SF-9", group="fundal_height_missing", severity=Severity.PLAN, audience=(Audience.PRIMARY_CARE,),
    sources=("OURS",), evidence=Evidence.CHOSEN, facts=READ, missing=(HEIGHT, MEASURED_ON),
    resolution=Resolution.RECORDED,
)  # fmt: skip
def not_measured(chart: Chart) -> Iterator[Finding]:
    """One fetus, and none measured from 24+0 by 26+0, or more than 35 days since the latest after 28+0."""
    days = [item.on for item in chart.items("symphysis_fundal_heights") if item.input("symphysis_fundal_height_cm")]
    since_24 = [day for day in days if chart.has_reached(MEASURED_FROM_WEEKS, on=day)]
    is_late = bool(since_24) and (chart.as_of - since_24[-1]).days > TOO_FAR_APART_DAYS and chart.has_reached(28)
    if chart.value(FETUSES) == 1 and chart.has_reached(MEASURED_BY_WEEKS) and (is_late or not since_24):
        yield found(chart.input(FETUSES))
