"""The programme for RhD-negative women: typing, prophylaxis, and the blood type that nobody has taken."""

from collections.abc import Iterator
from typing import Final

from app.domain.clinical.catalogue import Audience, Evidence, Finding, Resolution, Severity, found, rule
from app.domain.clinical.chart import DATING, Chart
from app.domain.clinical.rhesus import (
    ANTIBODIES,
    FOLLOWED_BY,
    GIVEN,
    RHESUS_D,
    TYPED_BY,
    FetusState,
    RhesusState,
    states,
)

HER_AND_PRIMARY_CARE: Final = (Audience.PRIMARY_CARE, Audience.WOMAN)


def in_state(state: RhesusState, chart: Chart) -> list[FetusState]:
    """The fetuses in a state."""
    return [each for each in states(chart) if each.state is state]


@rule(
    "RH-1", group="rhesus", severity=Severity.PLAN, audience=(Audience.PRIMARY_CARE,), sources=("RHD", "OURS"),
    evidence=Evidence.TWO_SOURCES, facts=FOLLOWED_BY, missing=TYPED_BY, resolution=Resolution.RECORDED,
)  # fmt: skip
def typing_to_order(chart: Chart) -> Iterator[Finding]:
    """A fetus to be typed, 23+0 reached and not yet 25+0. An order is not recorded on the card, only the answer."""
    if chart.has_reached(23) and chart.is_before(25):
        for each in in_state(RhesusState.NEEDS_TYPING, chart):
            yield found(chart.input(RHESUS_D), chart.input(ANTIBODIES), fetus=each.fetus)


@rule(
    "RH-2", group="rhesus", severity=Severity.REFER, audience=HER_AND_PRIMARY_CARE, sources=("RHD",),
    evidence=Evidence.TWO_SOURCES, facts=FOLLOWED_BY, missing=TYPED_BY, resolution=Resolution.RECORDED,
)  # fmt: skip
def typing_overdue(chart: Chart) -> Iterator[Finding]:
    """A fetus to be typed and 25+0 reached; useful through 36+6."""
    if chart.has_reached(25) and chart.is_before(37):
        for each in in_state(RhesusState.NEEDS_TYPING, chart):
            yield found(chart.input(RHESUS_D), chart.input(ANTIBODIES), fetus=each.fetus)


@rule(
    "RH-3", group="rhesus", severity=Severity.REFER, audience=HER_AND_PRIMARY_CARE, sources=("RHD",),
    evidence=Evidence.TWO_SOURCES, facts=(*FOLLOWED_BY, GIVEN), missing=(GIVEN,), resolution=Resolution.RECORDED,
)  # fmt: skip
def prophylaxis_to_give(chart: Chart) -> Iterator[Finding]:
    """A fetus typed positive, 28+0 reached, prophylaxis not recorded as given. Late is better than not."""
    if chart.has_reached(28):
        for each in in_state(RhesusState.TYPED_POSITIVE, chart):
            yield found(chart.input(RHESUS_D), chart.input(ANTIBODIES), *each.inputs, fetus=each.fetus)


@rule(
    "RH-5", group="blood_type", severity=Severity.REFER, audience=(Audience.PRIMARY_CARE,), sources=("RHD", "HD-SVO"),
    evidence=Evidence.TWO_SOURCES, facts=(RHESUS_D, ANTIBODIES, *DATING), missing=(RHESUS_D, ANTIBODIES),
    resolution=Resolution.RECORDED,
)  # fmt: skip
def blood_type_missing(chart: Chart) -> Iterator[Finding]:
    """No RhD type or no answer on antibodies, and 14+0 reached."""
    missing = [path for path in (RHESUS_D, ANTIBODIES) if chart.value(path) is None]
    if missing and chart.has_reached(14):
        yield found(tests=tuple(missing))


@rule(
    "RH-6", group="antibodies", severity=Severity.REFER, audience=(Audience.PRIMARY_CARE, Audience.HOSPITAL),
    sources=("RHD",), evidence=Evidence.TWO_SOURCES, facts=(ANTIBODIES,), resolution=Resolution.ASSESSED,
    told_in_person=True,
)  # fmt: skip
def antibodies_found(chart: Chart) -> Iterator[Finding]:
    """Antibodies against red blood cells."""
    antibodies = chart.input(ANTIBODIES)
    if antibodies is not None and antibodies.value is True:
        yield found(antibodies)
