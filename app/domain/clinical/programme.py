"""The antenatal programme on one day: what is due, done, overdue or not for her, who does it, and the next visit.

Helsedirektoratet, antenatal guideline (IS-2735, 2018, with changes to 2024). The entries stand in `programme_visits.py`
and `programme_care.py`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from app.domain.clinical.catalogue import Evidence
from app.domain.clinical.certainty import Certainty
from app.domain.clinical.chart import BORN_ON, Chart
from app.domain.clinical.weeks import in_days
from app.domain.dating import TERM_DAYS, days_after
from app.domain.described import DescribedEnum


class EntryKind(DescribedEnum):
    """What kind of thing an entry of the programme is."""

    VISIT = "VISIT", "An antenatal visit."
    ULTRASOUND = "ULTRASOUND", "An ultrasound examination."
    TEST = "TEST", "A test."
    CONVERSATION = "CONVERSATION", "Something to ask or talk about."
    TREATMENT = "TREATMENT", "A vaccine or a prophylaxis."
    CERTIFICATE = "CERTIFICATE", "A certificate."


class EntryState(DescribedEnum):
    """Where an entry stands on a day."""

    NOT_APPLICABLE = "NOT_APPLICABLE", "Not for her, by what is recorded."
    NOT_EVALUABLE = "NOT_EVALUABLE", "Whether it is for her is not known: something is not recorded."
    UPCOMING = "UPCOMING", "Its time has not come yet."
    DUE = "DUE", "Its time is now."
    DONE = "DONE", "Recorded as done."
    OVERDUE = "OVERDUE", "Its time has passed, and it is not recorded as done."
    PASSED = "PASSED", "Not recorded as done, and its time is over: it is not made up for."


class Doer(DescribedEnum):
    """Who does it."""

    PRIMARY_CARE = "PRIMARY_CARE", "General practitioner or midwife, as she prefers."
    HOSPITAL = "HOSPITAL", "The hospital."


def always(chart: Chart) -> Certainty:
    """For everybody."""
    return Certainty.TRUE


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry of the programme.

    opens, closes   the first and last day of pregnancy it belongs to
    made_up_until   the last day it is still worth doing; None: until the birth
    facts           what tells whether it is for her and whether it is done
    done            the day it was done, or the day of the chart when no day is recorded; None: not recorded
    applies         whether it is for her
    private         never in a message, and never where anybody else could see it: a person brings it up with her alone
    """

    id: str
    kind: EntryKind
    opens: int
    closes: int
    made_up_until: int | None = None
    doers: tuple[Doer, ...]
    sources: tuple[str, ...]
    evidence: Evidence
    facts: tuple[str, ...]
    done: Callable[[Chart, "Entry"], date | None]
    applies: Callable[[Chart], Certainty] = always
    private: bool = False
    version: int = 1

    @property
    def off(self) -> str | None:
        """Why it is switched off; None: it is on."""
        return Evidence.UNVERIFIED.meaning if self.evidence is Evidence.UNVERIFIED else None

    @property
    def facts_of_card(self) -> tuple[str, ...]:
        """The facts it looks at, those that do not stand on the card left out."""
        return tuple(path for path in self.facts if path != BORN_ON)


@dataclass(frozen=True, slots=True)
class Planned:
    """An entry for one woman on one day.

    from_on, to_on   its time by the due date that counts
    done_on          the day it was done, when it was
    """

    entry: Entry
    state: EntryState
    from_on: date
    to_on: date
    done_on: date | None


VISIT_BEFORE_DAYS, VISIT_AFTER_DAYS = 7, 6
"""A visit counts for a target when it lies no more days before it or after it. Ours; the guideline gives no number."""
DAY_ONE: Final = in_days(0)


def programme(chart: Chart, entries: Iterable[Entry]) -> list[Planned]:
    """The entries that are switched on, in order. None without a due date, and none once the pregnancy is over."""
    if chart.is_over or chart.due_date is None:
        return []
    began = days_after(chart.due_date, -TERM_DAYS)
    return [_planned(entry, chart, began) for entry in entries if entry.off is None]


def _planned(entry: Entry, chart: Chart, began: date) -> Planned:
    done_on = entry.done(chart, entry)
    return Planned(
        entry, _state(entry, chart, done_on), days_after(began, entry.opens), days_after(began, entry.closes), done_on
    )


def _state(entry: Entry, chart: Chart, done_on: date | None) -> EntryState:
    if done_on is not None:
        return EntryState.DONE
    applies, today = entry.applies(chart), chart.gestation_days() or DAY_ONE
    if applies is not Certainty.TRUE:
        return EntryState.NOT_APPLICABLE if applies is Certainty.FALSE else EntryState.NOT_EVALUABLE
    if today <= entry.closes:
        return EntryState.DUE if today >= entry.opens else EntryState.UPCOMING
    is_over = entry.made_up_until is not None and today > entry.made_up_until
    return EntryState.PASSED if is_over or _is_followed(entry, chart) else EntryState.OVERDUE


def _is_followed(entry: Entry, chart: Chart) -> bool:
    """Whether a visit that was missed has been followed by a later one: care has gone on."""
    return entry.kind is EntryKind.VISIT and any(
        (chart.gestation_days(visit.on) or DAY_ONE) > entry.closes for visit in chart.visits
    )


def shown(planned: Iterable[Planned], gives: Callable[[str], bool], *, to_the_woman: bool) -> list[Planned]:
    """What somebody is shown: entries drawn from facts that they may all read; nothing private to the woman.

    gives   whether they may read a fact in full, whatever is recorded
    """
    open_to_all = (each for each in planned if not (to_the_woman and each.entry.private))
    return [each for each in open_to_all if all(map(gives, each.entry.facts_of_card))]


def next_visit(planned: Iterable[Planned]) -> Planned | None:
    """The first visit of the programme that is neither done nor past. Ultrasound has windows of its own."""
    return next(
        (
            each for each in planned
            if each.entry.kind is EntryKind.VISIT and each.state in (EntryState.DUE, EntryState.UPCOMING)
        ),
        None,
    )  # fmt: skip
