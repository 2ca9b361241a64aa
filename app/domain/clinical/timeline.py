"""The pregnancy as moments in the order of time: what was done, is planned, stands out, is reminded of."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from app.domain.clinical.chart import Chart
from app.domain.clinical.evaluation import Alert
from app.domain.clinical.programme import EntryKind, EntryState, Planned
from app.domain.clinical.weeks import in_days
from app.domain.dating import TERM_DAYS, days_after
from app.domain.described import DescribedEnum

MILESTONES: Final = {
    "SECOND_TRIMESTER": in_days(13),
    "THIRD_TRIMESTER": in_days(28),
    "TERM_BEGINS": in_days(37),
    "DUE_DATE": TERM_DAYS,
}
"""By name, the day of pregnancy."""

STILL_TO_DO: Final = (EntryState.UPCOMING, EntryState.DUE, EntryState.OVERDUE)
RECORDED_AS_ITEMS: Final = (EntryKind.VISIT, EntryKind.ULTRASOUND)
"""Kinds of entry that stand on the card as items, with days of their own."""


class MomentKind(DescribedEnum):
    """What kind of moment it is. Of one day they stand in this order."""

    MILESTONE = "MILESTONE", "A day of the pregnancy that stands out."
    VISIT = "VISIT", "An antenatal visit that was held."
    ULTRASOUND = "ULTRASOUND", "An ultrasound examination."
    DONE = "DONE", "A test, a talk or a treatment of the programme that is recorded as done."
    PLANNED = "PLANNED", "An entry of the programme that is still to be done, on the first day of its time."
    ALERT = "ALERT", "A reminder, on the day that is asked about."


@dataclass(frozen=True, slots=True)
class Moment:
    """One moment.

    name      of a milestone, an entry of the programme or a rule; of items their kind
    number    tells apart what has the same name on one day
    """

    on: date
    kind: MomentKind
    name: str
    number: int = 0
    planned: Planned | None = None
    alert: Alert | None = None

    @property
    def place(self) -> str:
        """Where it stands among all, as a text that sorts as they do."""
        return f"{self.on} {list(MomentKind).index(self.kind)} {self.name} {self.number:03d}"


def moments(chart: Chart, planned: Iterable[Planned], alerts: Iterable[Alert]) -> list[Moment]:
    """The timeline of a chart, with the entries and alerts that somebody is shown."""
    found = [
        *_milestones(chart),
        *_items(chart, "antenatal_visits", MomentKind.VISIT),
        *_items(chart, "ultrasound_examinations", MomentKind.ULTRASOUND),
        *(moment for each in planned for moment in _of_programme(each)),
        *(
            Moment(alert.as_of, MomentKind.ALERT, alert.rule.id, number, alert=alert)
            for number, alert in enumerate(alerts)
        ),
    ]
    return sorted(found, key=lambda moment: moment.place)


def _milestones(chart: Chart) -> Iterator[Moment]:
    if chart.due_date is not None and not chart.is_over:
        for name, days in MILESTONES.items():
            yield Moment(days_after(chart.due_date, days - TERM_DAYS), MomentKind.MILESTONE, name)


def _items(chart: Chart, kind: str, moment: MomentKind) -> Iterator[Moment]:
    for number, item in enumerate(chart.items(kind)):
        yield Moment(item.on, moment, moment.value, number)


def _of_programme(planned: Planned) -> Iterator[Moment]:
    entry = planned.entry
    if planned.state in STILL_TO_DO:
        yield Moment(planned.from_on, MomentKind.PLANNED, entry.id, planned=planned)
    elif planned.done_on is not None and entry.kind not in RECORDED_AS_ITEMS:
        yield Moment(planned.done_on, MomentKind.DONE, entry.id, planned=planned)
