"""The timeline: visits, tests, milestones and alerts in the order of time, a page at a time."""

from datetime import date
from typing import Any

import strawberry

from app.domain.clinical.chart import Chart
from app.domain.clinical.timeline import Moment, MomentKind, moments
from app.domain.clinical.words import called, headed, why
from app.domain.cursors import cursor_of, of_this_list, read_cursor
from app.domain.errors import RecordRefusal
from app.domain.plain_log import Language
from resolvers.access import described, graphql_enum
from resolvers.access_log import After, First, PageInfo
from resolvers.clinical.alerts import ClinicalAlert, evaluated, shown_alert
from resolvers.clinical.charts import AsOf, chart_for
from resolvers.clinical.dating import DayOfPregnancy, day_of_pregnancy
from resolvers.clinical.listener import COMPUTED_READERS, Listener, Tongue
from resolvers.clinical.programme import ProgrammeEntry, planned_for, shown_entry
from resolvers.context import OpenedCard
from resolvers.limits import PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX

graphql_enum(MomentKind, name="TimelineMomentKind")


def _heading(root: Any, language: Tongue = Language.NB) -> str | None:
    moment, wording = root["moment"], root["listener"].wording(language)
    if moment.alert is not None:
        return why(moment.alert, wording)
    return called(moment.name, wording) if moment.planned is not None else headed(moment.name, wording)


@strawberry.type(description="One moment of the pregnancy.")
class TimelineMoment:
    on: date = described("The day.")
    kind: MomentKind = described("What kind of moment it is.")
    heading = described(
        "What it is: for the woman in plain words, for health personnel in clinical ones.",
        resolver=_heading, gives=str,
    )  # fmt: skip
    gestational_age: DayOfPregnancy | None = described("How far along she is on that day.")
    entry: ProgrammeEntry | None = described("The entry of the programme, where it is one.")
    alert: ClinicalAlert | None = described("The alert, where it is one.")


@strawberry.type(description="A moment with its place in the list.")
class TimelineEdge:
    cursor: str = described("Where the moment stands; goes into `after`.")
    node: TimelineMoment = described("The moment.")


@strawberry.type(description="A page of the timeline, oldest first. Norwegian: tidslinje.")
class TimelineConnection:
    edges: list[TimelineEdge] = described("The moments of this page.")
    page_info: PageInfo = described("Where this page begins and ends.")


def timeline(root: Any, as_of: AsOf = None, first: First = PAGE_SIZE_DEFAULT, after: After = None) -> Any:
    """A page of the moments that this viewer may see."""
    card: OpenedCard = root
    if not 1 <= first <= PAGE_SIZE_MAX:
        raise RecordRefusal("BAD_USER_INPUT", f"`first` is at least 1 and at most {PAGE_SIZE_MAX}.")
    place = "" if after is None else _place_of(after)
    chart, listener = chart_for(card, "timeline", as_of), Listener(card.grant)
    known = moments(chart, planned_for(chart, listener), evaluated(chart, listener).alerts)
    left = [moment for moment in known if moment.place > place]
    page = left[:first]
    cursors = [_cursor_of(moment) for moment in page]
    return {
        "edges": [
            {"cursor": cursor, "node": _shown(moment, chart, listener)}
            for cursor, moment in zip(cursors, page, strict=True)
        ],
        "page_info": {
            "has_next_page": len(left) > first,
            "has_previous_page": after is not None,
            "start_cursor": cursors[0] if cursors else None,
            "end_cursor": cursors[-1] if cursors else None,
        },
    }


def _shown(moment: Moment, chart: Chart, listener: Listener) -> dict[str, Any]:
    return {
        "on": moment.on, "kind": moment.kind, "moment": moment, "listener": listener,
        "gestational_age": day_of_pregnancy(chart.dating, moment.on, listener),
        "entry": shown_entry(moment.planned, listener) if moment.planned else None,
        "alert": shown_alert(moment.alert, chart, listener) if moment.alert else None,
    }  # fmt: skip


def _cursor_of(moment: Moment) -> str:
    return cursor_of(moment.place.encode())


def _place_of(cursor: str) -> str:
    with of_this_list():
        return read_cursor(cursor).decode()


def timeline_fields() -> dict[str, Any]:
    """The card's field for it."""
    return {
        "timeline": described(
            "Visits, tests, milestones and alerts in the order of time, oldest first. Norwegian: tidslinje.",
            resolver=timeline, gives=TimelineConnection, callers=COMPUTED_READERS,
        )
    }  # fmt: skip
