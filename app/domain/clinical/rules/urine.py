"""Urine dipsticks: protein and sugar."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from app.domain.clinical.catalogue import Audience, Evidence, Finding, Resolution, Severity, found, rule
from app.domain.clinical.chart import Chart, Input, Item
from app.domain.clinical.glucose_selection import TESTED_ON
from app.domain.clinical.rules.blood_pressure import PRESSURE, PROTEIN, RAISED, SOMETHING, Reading, reading_of
from app.domain.dating import day_of

HELD_ON: Final = "antenatalVisits.heldOn"
GLUCOSE: Final = "antenatalVisits.urineGlucose"
MUCH: Final = frozenset({"TWO_PLUS", "THREE_PLUS"})


class Dipstick(NamedTuple):
    """A dipstick that was read at a visit."""

    visit: Item
    read: Input

    @property
    def pressure(self) -> Reading | None:
        """The blood pressure of the same visit, if it can be true."""
        return reading_of(self.visit)


def dipsticks(chart: Chart, name: str) -> list[Dipstick]:
    """The dipsticks that were read, oldest first."""
    return [Dipstick(visit, read) for visit in chart.visits if (read := visit.input(name)) is not None]


@rule(
    "PU-1", group="urine_protein", severity=Severity.PLAN, audience=(Audience.PRIMARY_CARE,), sources=("UNVERIFIED",),
    evidence=Evidence.UNVERIFIED, facts=(HELD_ON, PROTEIN, PRESSURE), resolution=Resolution.NEW_FINDING,
)  # fmt: skip
def a_little_protein(chart: Chart) -> Iterator[Finding]:
    """The latest dipstick is 1+ and the blood pressure of that visit is not raised."""
    latest = dipsticks(chart, "urine_protein")[-1:]
    if latest and latest[0].read.value == "ONE_PLUS":
        beside = latest[0].pressure
        if beside is not None and not beside.reaches(RAISED):
            yield found(latest[0].read, beside.input)


@rule(
    "PU-2", group="urine_protein", severity=Severity.REFER, audience=(Audience.PRIMARY_CARE, Audience.HOSPITAL),
    sources=("ISSHP",), evidence=Evidence.ONE_SOURCE, facts=(HELD_ON, PROTEIN, PRESSURE),
    resolution=Resolution.NEW_FINDING,
)  # fmt: skip
def much_protein(chart: Chart) -> Iterator[Finding]:
    """The latest dipstick is 2+ or more; graver when the blood pressure of that visit is raised."""
    latest = dipsticks(chart, "urine_protein")[-1:]
    if latest and latest[0].read.value in MUCH:
        beside = latest[0].pressure
        if beside is not None and beside.reaches(RAISED):
            yield found(latest[0].read, beside.input, severity=Severity.SAME_DAY)
        else:
            yield found(latest[0].read)


@rule(
    "PU-3", group="urine_protein", severity=Severity.REFER, audience=(Audience.PRIMARY_CARE,), sources=("OURS",),
    evidence=Evidence.CHOSEN, facts=(HELD_ON, PROTEIN), resolution=Resolution.NEW_FINDING,
)  # fmt: skip
def protein_at_two_visits(chart: Chart) -> Iterator[Finding]:
    """The two latest dipsticks are both 1+ or more."""
    latest = dipsticks(chart, "urine_protein")[-2:]
    if len(latest) == 2 and all(each.read.value in SOMETHING for each in latest):
        yield found(*(each.read for each in latest))


@rule(
    "GL-6", group="glucosuria", severity=Severity.PLAN, audience=(Audience.PRIMARY_CARE,), sources=("WHO-ANC",),
    evidence=Evidence.ONE_SOURCE, facts=(HELD_ON, GLUCOSE, TESTED_ON),
    missing=(TESTED_ON,), resolution=Resolution.RECORDED,
)  # fmt: skip
def sugar_in_urine(chart: Chart) -> Iterator[Finding]:
    """2+ or more once, or 1+ twice, and no glucose tolerance test since."""
    tested = day_of(chart.value(TESTED_ON))
    later = (each.read for each in dipsticks(chart, "urine_glucose") if tested is None or each.visit.on > tested)
    sweet = [read for read in later if read.value in SOMETHING]
    if len(sweet) > 1 or any(read.value in MUCH for read in sweet):
        yield found(*sweet)
