"""Visits of the programme that did not take place, as far as the card tells."""

from collections.abc import Iterator
from typing import Final

from app.domain.clinical.catalogue import Audience, Evidence, Finding, Resolution, Severity, found, rule
from app.domain.clinical.chart import DATING, Chart, once_a_chart
from app.domain.clinical.programme import EntryState, Planned, programme
from app.domain.clinical.programme_visits import FIRST_TARGET, FIRST_VISIT, HELD_ON, LATER_TARGETS, VISITS

ENOUGH_FOR_DROPPING_OUT: Final = 2
REMINDED_OF: Final = frozenset({FIRST_VISIT.id, FIRST_TARGET.id, *(entry.id for entry in LATER_TARGETS)})


@once_a_chart
def overdue(chart: Chart) -> list[Planned]:
    """The visits that are overdue; the assessment after the due date has rules of its own."""
    late = (each for each in programme(chart, VISITS) if each.state is EntryState.OVERDUE)
    return [each for each in late if each.entry.id in REMINDED_OF]


@rule(
    "PR-1", group="visits", severity=Severity.PLAN, audience=(Audience.PRIMARY_CARE, Audience.WOMAN),
    sources=("HD-SVO", "OURS"), evidence=Evidence.CHOSEN, facts=(HELD_ON, *DATING), missing=(HELD_ON,),
    resolution=Resolution.RECORDED,
)  # fmt: skip
def visit_overdue(chart: Chart) -> Iterator[Finding]:
    """A visit of the programme is past its week, and none has been recorded since a week before it."""
    if late := overdue(chart):
        yield found(visits=tuple(each.entry.id for each in late))


@rule(
    "PR-2", group="visits", severity=Severity.REFER, audience=(Audience.PRIMARY_CARE,), sources=("OURS",),
    evidence=Evidence.CHOSEN, facts=(HELD_ON, *DATING), missing=(HELD_ON,), resolution=Resolution.RECORDED,
)  # fmt: skip
def visits_overdue(chart: Chart) -> Iterator[Finding]:
    """Two visits of the programme in a row are overdue after 24+0: she may have dropped out."""
    late = [each for each in overdue(chart) if each.entry.opens >= FIRST_TARGET.opens]
    if len(late) >= ENOUGH_FOR_DROPPING_OUT:
        yield found(visits=tuple(each.entry.id for each in late))
