"""Blood pressure. Raised always means systolic from 140 or diastolic from 90; confirmed: raised at two visits."""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from app.domain.clinical.catalogue import Audience, Evidence, Finding, Resolution, Severity, found, rule
from app.domain.clinical.chart import DATING, Chart, Input, Item, once_a_chart

PRESSURE: Final = "antenatalVisits.bloodPressure"
PROTEIN: Final = "antenatalVisits.urineProtein"
HYPERTENSION: Final = "medicalConditions.highBloodPressure"
READ: Final = ("antenatalVisits.heldOn", PRESSURE)
EVERYBODY: Final = (Audience.PRIMARY_CARE, Audience.HOSPITAL, Audience.WOMAN)

SYSTOLIC_MMHG, DIASTOLIC_MMHG = range(60, 261), range(30, 161)
"""What a reading can be (BP-0); any other is rejected and used by no rule."""
RAISED, TO_BE_TREATED, SEVERE = (140, 90), (150, 100), (160, 110)
"""Systolic and diastolic limits, in mmHg; one of the two is enough."""
SOMETHING: Final = frozenset({"ONE_PLUS", "TWO_PLUS", "THREE_PLUS"})


class Reading(NamedTuple):
    """A blood pressure of a visit that can be true."""

    visit: Item
    input: Input

    def reaches(self, limits: tuple[int, int]) -> bool:
        systolic, diastolic = limits
        pressure = self.input.value
        return bool(pressure["systolic_mmhg"] >= systolic or pressure["diastolic_mmhg"] >= diastolic)

    def finding(self, *more: Input | None) -> Finding:
        return found(self.input, *more, **self.input.value)


def can_be(pressure: Mapping[str, int]) -> bool:
    """Whether a reading can be true at all: BP-0."""
    systolic, diastolic = pressure["systolic_mmhg"], pressure["diastolic_mmhg"]
    return systolic in SYSTOLIC_MMHG and diastolic in DIASTOLIC_MMHG and systolic > diastolic


def reading_of(visit: Item) -> Reading | None:
    """The reading of a visit, if it can be true."""
    pressure = visit.input("blood_pressure")
    return Reading(visit, pressure) if pressure is not None and can_be(pressure.value) else None


@once_a_chart
def readings(chart: Chart) -> list[Reading]:
    """The readings that can be true, oldest first."""
    return [reading for visit in chart.visits if (reading := reading_of(visit)) is not None]


def latest_reaches(limits: tuple[int, int], chart: Chart) -> Reading | None:
    """The latest reading, if it reaches the limits; a later one within them closes the question."""
    known = readings(chart)
    return known[-1] if known and known[-1].reaches(limits) else None


def confirmed(chart: Chart) -> tuple[Reading, Reading] | None:
    """The latest reading and the one before it that was raised, if both were."""
    raised = [reading for reading in readings(chart) if reading.reaches(RAISED)]
    latest = latest_reaches(RAISED, chart)
    return (latest, raised[-2]) if latest is not None and len(raised) > 1 else None


@rule(
    "BP-0", group="blood_pressure_entry", severity=Severity.PLAN, audience=(Audience.PRIMARY_CARE, Audience.WOMAN),
    sources=("OURS",), evidence=Evidence.CHOSEN, facts=READ, resolution=Resolution.NEW_FINDING,
)  # fmt: skip
def reading_cannot_be(chart: Chart) -> Iterator[Finding]:
    """The latest reading is out of any range, or not higher above than below: to be measured or entered again."""
    inputs = [pressure for visit in chart.visits if (pressure := visit.input("blood_pressure")) is not None]
    if inputs and not can_be(inputs[-1].value):
        yield found(inputs[-1], **inputs[-1].value)


@rule(
    "BP-1", group="blood_pressure", severity=Severity.PLAN, audience=(Audience.PRIMARY_CARE,),
    sources=("HD-SVO", "NGF-PE", "WHO-ANC"), evidence=Evidence.TWO_SOURCES, facts=READ,
    resolution=Resolution.NEW_FINDING,
)  # fmt: skip
def raised(chart: Chart) -> Iterator[Finding]:
    """The latest reading is raised."""
    if (latest := latest_reaches(RAISED, chart)) is not None:
        yield latest.finding()


@rule(
    "BP-2a", group="blood_pressure", severity=Severity.REFER, audience=EVERYBODY, sources=("NGF-PE",),
    evidence=Evidence.ONE_SOURCE, facts=(*READ, HYPERTENSION, *DATING), missing=(HYPERTENSION,),
    resolution=Resolution.ASSESSED,
)  # fmt: skip
def hypertension_before_20_weeks(chart: Chart) -> Iterator[Finding]:
    """Confirmed before 20+0, not known to have been high before."""
    both = confirmed(chart)
    if both is not None and chart.value(HYPERTENSION) is not True and chart.is_before(20, on=both[0].visit.on):
        yield both[0].finding(both[1].input)


@rule(
    "BP-2b", group="blood_pressure", severity=Severity.REFER, audience=EVERYBODY, sources=("NGF-PE",),
    evidence=Evidence.TWO_SOURCES, facts=(*READ, *DATING), resolution=Resolution.ASSESSED,
)  # fmt: skip
def hypertension_from_20_weeks(chart: Chart) -> Iterator[Finding]:
    """Confirmed at 20+0 or later."""
    both = confirmed(chart)
    if both is not None and chart.has_reached(20, on=both[0].visit.on):
        yield both[0].finding(both[1].input)


@rule(
    "BP-3", group="blood_pressure", severity=Severity.SAME_DAY, audience=EVERYBODY, sources=("NGF-PE",),
    evidence=Evidence.ONE_SOURCE, facts=READ, resolution=Resolution.NEW_FINDING,
)  # fmt: skip
def to_be_treated(chart: Chart) -> Iterator[Finding]:
    """The latest reading reaches the Norwegian threshold of treatment."""
    if (latest := latest_reaches(TO_BE_TREATED, chart)) is not None:
        yield latest.finding()


@rule(
    "BP-4", group="blood_pressure", severity=Severity.IMMEDIATE, audience=EVERYBODY,
    sources=("NGF-PE", "WHO-ANC", "NG133"), evidence=Evidence.TWO_SOURCES, facts=READ,
    resolution=Resolution.NEW_FINDING,
)  # fmt: skip
def severe(chart: Chart) -> Iterator[Finding]:
    """The latest reading is severe hypertension."""
    if (latest := latest_reaches(SEVERE, chart)) is not None:
        yield latest.finding()


@rule(
    "BP-5", group="blood_pressure", severity=Severity.SAME_DAY, audience=EVERYBODY, sources=("NGF-PE", "ISSHP"),
    evidence=Evidence.TWO_SOURCES, facts=(*READ, PROTEIN, *DATING), resolution=Resolution.NEW_FINDING,
)  # fmt: skip
def raised_with_protein(chart: Chart) -> Iterator[Finding]:
    """The latest reading is raised at 20+0 or later, and there was protein in the urine at that visit."""
    latest = latest_reaches(RAISED, chart)
    if latest is None or not chart.has_reached(20, on=latest.visit.on):
        return
    protein = latest.visit.input("urine_protein")
    if protein is not None and protein.value in SOMETHING:
        yield latest.finding(protein)


@rule(
    "BP-8", group="blood_pressure", severity=Severity.PLAN, audience=(Audience.PRIMARY_CARE, Audience.HOSPITAL),
    sources=("NGF-PE",), evidence=Evidence.ONE_SOURCE, facts=(*READ, HYPERTENSION),
    resolution=Resolution.NEW_FINDING,
)  # fmt: skip
def known_hypertension_above_target(chart: Chart) -> Iterator[Finding]:
    """Known high blood pressure, and the latest reading is not below the target."""
    latest, known = latest_reaches(RAISED, chart), chart.input(HYPERTENSION)
    if latest is not None and known is not None and known.value is True:
        yield latest.finding(known)
