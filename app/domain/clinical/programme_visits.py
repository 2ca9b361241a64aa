"""The visits and ultrasound examinations of the programme."""

from datetime import date
from typing import Final

from app.domain.clinical.catalogue import Evidence
from app.domain.clinical.chart import DATING, Chart
from app.domain.clinical.programme import VISIT_AFTER_DAYS, VISIT_BEFORE_DAYS, Doer, Entry, EntryKind
from app.domain.clinical.weeks import in_days

HELD_ON: Final = "antenatalVisits.heldOn"
EXAMINED_ON: Final = "ultrasoundExaminations.examinedOn"
TARGET_WEEKS: Final = (24, 28, 32, 36, 38, 40)


def visited(chart: Chart, entry: Entry) -> date | None:
    """The first visit within the window."""
    return next((visit.on for visit in chart.visits if _is_within(entry, chart, visit.on)), None)


def visited_at_all(chart: Chart, entry: Entry) -> date | None:
    """The first visit there was: the history is taken then, however late."""
    return next((visit.on for visit in chart.visits), None)


def examined(chart: Chart, entry: Entry) -> date | None:
    """The first ultrasound examination within the window."""
    days = (scan.on for scan in chart.items("ultrasound_examinations"))
    return next((day for day in days if _is_within(entry, chart, day)), None)


def _is_within(entry: Entry, chart: Chart, day: date) -> bool:
    lasted = chart.gestation_days(day)
    return lasted is not None and entry.opens <= lasted <= entry.closes


def _visit(week: int) -> Entry:
    return Entry(
        id=f"V{week}", kind=EntryKind.VISIT, opens=in_days(week) - VISIT_BEFORE_DAYS,
        closes=in_days(week) + VISIT_AFTER_DAYS, doers=(Doer.PRIMARY_CARE,), sources=("HD-SVO",),
        evidence=Evidence.TWO_SOURCES, facts=(HELD_ON, *DATING), done=visited,
    )  # fmt: skip


FIRST_VISIT: Final = Entry(
    id="V1", kind=EntryKind.VISIT, opens=in_days(0), closes=in_days(12, 6), doers=(Doer.PRIMARY_CARE,),
    sources=("HD-SVO",), evidence=Evidence.TWO_SOURCES, facts=(HELD_ON, *DATING), done=visited_at_all,
)  # fmt: skip

EARLY_ULTRASOUND: Final = Entry(
    id="US1", kind=EntryKind.ULTRASOUND, opens=in_days(11), closes=in_days(13, 6), made_up_until=in_days(13, 6),
    doers=(Doer.HOSPITAL,), sources=("HD-SVO", "NGF-UL"), evidence=Evidence.TWO_SOURCES, facts=(EXAMINED_ON, *DATING),
    done=examined,
)  # fmt: skip

SECOND_ULTRASOUND: Final = Entry(
    id="US2", kind=EntryKind.ULTRASOUND, opens=in_days(17), closes=in_days(19, 6), doers=(Doer.HOSPITAL,),
    sources=("HD-SVO", "NGF-UL"), evidence=Evidence.TWO_SOURCES, facts=(EXAMINED_ON, *DATING), done=examined,
)  # fmt: skip

POST_TERM: Final = Entry(
    id="PT", kind=EntryKind.VISIT, opens=in_days(41), closes=in_days(41, 3), doers=(Doer.HOSPITAL,),
    sources=("HD-TERM",), evidence=Evidence.ONE_SOURCE, facts=(HELD_ON, *DATING), done=visited,
)  # fmt: skip

FIRST_TARGET, *LATER_TARGETS = map(_visit, TARGET_WEEKS)

VISITS: Final = (FIRST_VISIT, EARLY_ULTRASOUND, SECOND_ULTRASOUND, FIRST_TARGET, *LATER_TARGETS, POST_TERM)
