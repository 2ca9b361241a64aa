"""The course of a pregnancy: who met the woman when, up to the day before the as-of date."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from data.synthetic.care import Clinician
from data.synthetic.curves import TERM_DAYS
from data.synthetic.dice import Dice
from data.synthetic.plan import Fate, Plan, Rarity

EARLY_SCAN_WINDOW: Final = (79, 96)
"""Days of pregnancy: 11+2 to 13+5."""
SCAN_WINDOW: Final = (127, 134)
"""Days of pregnancy: 18+1 to 19+1."""
PROGRAMME_WEEKS: Final = (24, 28, 32, 36, 38, 40)
GP_WEEK: Final = 32
POST_TERM_WEEK: Final = 41
HYPERTENSION_WEEK: Final = 17
"""When pressure that was high at the first visit is measured again."""
MISSED_WEEKS: Final = {
    Rarity.MISSES_A_VISIT: {24},
    Rarity.DROPS_OUT: {*PROGRAMME_WEEKS, POST_TERM_WEEK} - {24},
    Rarity.NOT_ASSESSED_POST_TERM: {POST_TERM_WEEK},
}
SECONDS_OF_A_WORKDAY: Final = 6 * 3600
LATEST_BIRTH_SECOND: Final = 20 * 3600
WRITTEN_DOWN_AFTER: Final = timedelta(hours=2)


class Meeting(StrEnum):
    """What a contact with the services is for."""

    FIRST_VISIT = "FIRST_VISIT"
    EARLY_SCAN = "EARLY_SCAN"
    SCAN = "SCAN"
    GROWTH_SCAN = "GROWTH_SCAN"
    VISIT = "VISIT"
    POST_TERM = "POST_TERM"
    END = "END"

    @property
    def dates_the_pregnancy(self) -> bool:
        return self in (Meeting.EARLY_SCAN, Meeting.SCAN)


SCANS: Final = frozenset({Meeting.EARLY_SCAN, Meeting.SCAN, Meeting.GROWTH_SCAN})


@dataclass(frozen=True, slots=True)
class Contact:
    """One contact. `day` is the day of pregnancy by the due date in force then, `week` the programme's week."""

    meeting: Meeting
    on: date
    at: datetime
    day: int
    week: int
    by: Clinician


@dataclass(frozen=True, slots=True)
class Course:
    """What has happened before `until`: contacts in order and, when it has come, the end, as it was written down.

    ahead   the next contact that was agreed on, if any
    """

    until: date
    contacts: tuple[Contact, ...]
    ahead: Contact | None
    ended_at: datetime | None
    end: Contact | None

    @property
    def first(self) -> Contact:
        return self.contacts[0]

    @property
    def visits(self) -> list[Contact]:
        return [contact for contact in self.contacts if contact.meeting not in SCANS]

    @property
    def scans(self) -> list[Contact]:
        return [contact for contact in self.contacts if contact.meeting in SCANS]

    def visit_at(self, week: int) -> Contact | None:
        """The visit of the programme's week, if it has been."""
        return next((one for one in self.contacts if one.week == week and one.meeting not in SCANS), None)

    def after(self, contact: Contact, days: int) -> Contact | None:
        """The working day on which an answer comes to something taken at a contact; None while it has not come."""
        on = contact.on + timedelta(days=days)
        on += timedelta(days=(0, 0, 0, 0, 0, 2, 1)[on.weekday()])
        if on >= self.until or (self.ended_at and on >= self.ended_at.date()):
            return None
        waited = on - contact.on
        return Contact(contact.meeting, on, contact.at + waited, contact.day + waited.days, 0, contact.by)


def course_of(plan: Plan, as_of: date, dice: Dice) -> Course:
    """What has happened by `as_of`. There is always a first visit, or there would be no card."""
    ended_at = _ended_at(plan, dice)
    if ended_at is not None and ended_at.date() >= as_of:
        ended_at = None
    until = ended_at.date() if ended_at else as_of
    planned = sorted(_planned(plan, dice), key=lambda contact: contact.at)
    been = tuple(contact for contact in planned if contact.on < until)
    if not been or been[0].meeting is not Meeting.FIRST_VISIT:
        raise ValueError("the first visit does not come first, or not before the as-of date")
    ahead = next((one for one in planned[len(been) :] if one.meeting not in SCANS), None)
    return Course(as_of, been, ahead, ended_at, _end(plan, ended_at) if ended_at else None)


def _ended_at(plan: Plan, dice: Dice) -> datetime | None:
    if plan.ending is None:
        return None
    midnight = datetime.combine(plan.due + timedelta(days=plan.ending.day - TERM_DAYS), time(), UTC)
    return midnight + timedelta(seconds=dice.whole(0, LATEST_BIRTH_SECOND))


def _end(plan: Plan, ended_at: datetime) -> Contact:
    by = plan.district.gp if plan.ending and plan.ending.fate is Fate.MISCARRIAGE else plan.district.hospital
    at = ended_at + WRITTEN_DOWN_AFTER
    return Contact(Meeting.END, at.date(), at, TERM_DAYS - (plan.due - ended_at.date()).days, 0, by)


def _planned(plan: Plan, dice: Dice) -> Iterator[Contact]:
    district = plan.district
    first = _working_day(plan.last_period_on + timedelta(days=plan.first_visit_day))
    due_at_first = plan.due_by_transfer or plan.due_by_period
    yield _contact(Meeting.FIRST_VISIT, first, due_at_first, 0, district.gp, dice)
    for meeting, day in _scan_days(plan, first, dice):
        yield _on_day(plan, meeting, day, 0, district.hospital, dice)
    for week in _weeks(plan):
        by = district.gp if week == GP_WEEK else district.midwife
        yield _on_day(plan, Meeting.VISIT, week * 7 + dice.whole(1, 5), week, by, dice)
    if POST_TERM_WEEK not in _missed(plan):
        post_term_day = POST_TERM_WEEK * 7 + dice.whole(1, 2)
        yield _on_day(plan, Meeting.POST_TERM, post_term_day, POST_TERM_WEEK, district.hospital, dice)


def _weeks(plan: Plan) -> list[int]:
    """The weeks of the programme she comes in, and one between where her pressure asks for it."""
    extra = (HYPERTENSION_WEEK,) if Rarity.EARLY_HYPERTENSION in plan.rarities else ()
    return [week for week in (*extra, *PROGRAMME_WEEKS) if week not in _missed(plan)]


def _missed(plan: Plan) -> set[int]:
    return set().union(*(MISSED_WEEKS.get(rarity, set()) for rarity in plan.rarities))


def _scan_days(plan: Plan, first: date, dice: Dice) -> Iterator[tuple[Meeting, int]]:
    """The scans; a woman who comes late is scanned soon after her first visit."""
    if Rarity.NEVER_SCANNED in plan.rarities:
        return
    earliest = TERM_DAYS - (plan.due - first).days + 3
    early, second = dice.whole(*EARLY_SCAN_WINDOW), dice.whole(*SCAN_WINDOW)
    if plan.early_scan and earliest <= EARLY_SCAN_WINDOW[1]:
        yield Meeting.EARLY_SCAN, max(early, earliest)
    yield Meeting.SCAN, max(second, earliest)
    for week in plan.growth_scan_weeks:
        yield Meeting.GROWTH_SCAN, week * 7 + dice.whole(1, 5)


def _on_day(plan: Plan, meeting: Meeting, day: int, week: int, by: Clinician, dice: Dice) -> Contact:
    on = _working_day(plan.due + timedelta(days=day - TERM_DAYS))
    return _contact(meeting, on, plan.due, week, by, dice)


def _contact(meeting: Meeting, on: date, due: date, week: int, by: Clinician, dice: Dice) -> Contact:
    opens = datetime(on.year, on.month, on.day, 7, tzinfo=UTC)
    at = opens + timedelta(seconds=dice.whole(0, SECONDS_OF_A_WORKDAY))
    return Contact(meeting, on, at, TERM_DAYS - (due - on).days, week, by)


def _working_day(on: date) -> date:
    """The day itself, the Friday before a Saturday, or the Monday after a Sunday."""
    return on + timedelta(days=(0, 0, 0, 0, 0, -1, 1)[on.weekday()])
