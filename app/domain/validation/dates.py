"""Rules about days and weeks: not come yet, before the pregnancy, week and dates that do not fit each other."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from app.domain.card.sections import SECTIONS
from app.domain.dating import (
    DUE_DATES,
    TERM_DAYS,
    beginnings,
    day_of,
    days_after,
    effective_due_date,
    gestation_days,
)
from app.domain.validation.card_facts import CardFacts, Place, Written
from app.domain.validation.registry import ERROR, EVERY_KIND, WARNING, Finding, at, rule

MAY_LIE_AHEAD: Final[frozenset[Place]] = frozenset(
    {
        *(("pregnancy", name) for name in DUE_DATES),
        ("ultrasound_examinations", "due_date"),
        ("antenatal_visits", "next_visit_on"),
        ("antenatal_visits", "held_on"),  # a visit can be planned: the card profile warns and does not refuse
    }
)
"""Days that need not have been. Every other day and time on the card tells of something that has happened."""

IN_THIS_PREGNANCY: Final[frozenset[Place]] = frozenset(
    {
        ("antenatal_visits", "held_on"),
        ("symphysis_fundal_heights", "measured_on"),
        ("ultrasound_examinations", "examined_on"),
        ("birth_outcome", "children", "born_at"),
        ("laboratory_results", "glucose_tolerance", "tested_on"),
        ("rhesus_d_negative_follow_up", "fetal_result_answered_on"),
        ("rhesus_d_negative_follow_up", "fetal_results", "answered_on"),
    }
)
"""Days that cannot lie before the pregnancy."""

SELDOM_BEFORE: Final[frozenset[Place]] = frozenset(
    {("laboratory_results", "dated_results", "taken_on"), ("medication", "vaccinations", "given_on")}
)
"""Days that belong to the pregnancy, though an older one is sometimes carried over."""

DAYS_BEFORE_LAST_PERIOD: Final = 14
LONGEST_PREGNANCY_WEEKS: Final = 45
DUE_DATE_FROM_LAST_PERIOD: Final = (260, 310)
WEEK_TOLERANCE_DAYS: Final = 1
EARLIEST_FUNDAL_HEIGHT_WEEK: Final = 16


# --- days ------------------------------------------------------------------------------------------------------------


@rule("IN_THE_FUTURE", kinds=EVERY_KIND, severity=ERROR)
def what_is_recorded_has_happened(item: Written, card: CardFacts) -> Iterator[Finding]:
    """No measurement, test, birth or beginning after today. Sources: DQ-2, DQ-8, the card profile, CP1."""
    yield from (at(*names) for place, names, day in item.days if place not in MAY_LIE_AHEAD and day > card.today)


@rule("YEAR_IN_THE_FUTURE", message="IN_THE_FUTURE", kinds={"earlier_pregnancies"}, severity=ERROR)
def earlier_pregnancy_has_ended(item: Written, card: CardFacts) -> Iterator[Finding]:
    """An earlier pregnancy did not end in a year to come. Source: ours, as DQ-8."""
    if (item.content.get("year") or 0) > card.today.year:
        yield at("year")


@rule("VISIT_IN_THE_FUTURE", kinds={"antenatal_visits"}, severity=WARNING)
def visit_was_held(item: Written, card: CardFacts) -> Iterator[Finding]:
    """Visit not in the future. Source: the card profile, soft; DQ-8 would refuse it."""
    held_on = day_of(item.content.get("held_on"))
    if held_on is not None and held_on > card.today:
        yield at("held_on")


@rule("NEXT_VISIT_NOT_LATER", kinds={"antenatal_visits"}, severity=WARNING)
def next_visit_comes_after(item: Written, card: CardFacts) -> Iterator[Finding]:
    """The next visit comes after this one. Source: ours."""
    held_on, next_on = (day_of(item.content.get(name)) for name in ("held_on", "next_visit_on"))
    if held_on is not None and next_on is not None and next_on <= held_on:
        yield at("next_visit_on")


# --- the pregnancy's beginning ---------------------------------------------------------------------------------------


def earliest_day(card: CardFacts) -> date | None:
    """The first day something can belong to the pregnancy, by whichever of its dates is earliest; None: not known."""
    earliest = min(beginnings(card.section("pregnancy")), default=None)
    return None if earliest is None else days_after(earliest, -DAYS_BEFORE_LAST_PERIOD)


def _kinds(places: frozenset[Place]) -> frozenset[str]:
    return frozenset(place[0] for place in places)


@rule("BEFORE_THE_PREGNANCY", kinds=_kinds(IN_THIS_PREGNANCY), reads={"pregnancy"}, severity=ERROR)
def happened_in_the_pregnancy(item: Written, card: CardFacts) -> Iterator[Finding]:
    """Nothing more than 14 days before the last period began. Source: DQ-8. Where the dates of the pregnancy disagree,
    the earliest beginning counts."""
    earliest = earliest_day(card)
    if earliest is not None:
        yield from (at(*names) for place, names, day in item.days if place in IN_THIS_PREGNANCY and day < earliest)


@rule("DATED_BEFORE_THE_PREGNANCY", kinds=_kinds(SELDOM_BEFORE), reads={"pregnancy"}, severity=WARNING)
def belongs_to_the_pregnancy(item: Written, card: CardFacts) -> Iterator[Finding]:
    """As DQ-8, for what is sometimes carried over from before."""
    earliest = earliest_day(card)
    if earliest is not None:
        yield from (at(*names) for place, names, day in item.days if place in SELDOM_BEFORE and day < earliest)


@rule(
    "EVENTS_BEFORE_THE_PREGNANCY", kinds={"pregnancy"}, severity=WARNING,
    reads=_kinds(IN_THIS_PREGNANCY),
)  # fmt: skip
def new_dates_leave_no_event_before(item: Written, card: CardFacts) -> Iterator[Finding]:
    """DQ-8 seen from the dates: moved so that events on the card lie before. Warned about, since the event may be what
    is wrong."""
    earliest = earliest_day(card)
    if earliest is None:
        return
    events = [Written(kind, content) for kind in _kinds(IN_THIS_PREGNANCY) for content in _contents(card, kind)]
    days = [day for event in events for place, _, day in event.days if place in IN_THIS_PREGNANCY]
    if any(day < earliest for day in days):
        yield at()


def _contents(card: CardFacts, kind: str) -> list[Mapping[str, Any]]:
    if SECTIONS[kind].repeated:
        return card.items(kind)
    content = card.section(kind)
    return [] if content is None else [content]


@rule("LAST_PERIOD_LONG_AGO", kinds={"pregnancy"}, reads={"birth_outcome"}, severity=WARNING)
def last_period_is_recent(item: Written, card: CardFacts) -> Iterator[Finding]:
    """Last period more than 45 weeks ago without a birth. Source: DQ-2."""
    last_period = day_of(item.content.get("last_period_on"))
    if last_period is None or (card.section("birth_outcome") or {}).get("children"):
        return
    if (card.today - last_period).days > LONGEST_PREGNANCY_WEEKS * 7:
        yield at("last_period_on", limit=LONGEST_PREGNANCY_WEEKS)


@rule("DUE_DATE_FAR_FROM_LAST_PERIOD", kinds={"pregnancy"}, severity=WARNING)
def due_dates_fit_the_last_period(item: Written, card: CardFacts) -> Iterator[Finding]:
    """Due dates within 260 to 310 days of the last period. Source: the card profile; DQ-3 is wider (150 to 310)."""
    last_period = day_of(item.content.get("last_period_on"))
    if last_period is not None:
        yield from (found for name in DUE_DATES for found in _far(item, name, last_period))


@rule(
    "SCAN_DUE_DATE_FAR", message="DUE_DATE_FAR_FROM_LAST_PERIOD", severity=WARNING,
    kinds={"ultrasound_examinations"}, reads={"pregnancy"},
)  # fmt: skip
def scan_due_date_fits_the_last_period(item: Written, card: CardFacts) -> Iterator[Finding]:
    """The same for the due date an examination gave. Source: the card profile."""
    last_period = day_of((card.section("pregnancy") or {}).get("last_period_on"))
    if last_period is not None:
        yield from _far(item, "due_date", last_period)


def _far(item: Written, name: str, last_period: date) -> Iterator[Finding]:
    due, (low, high) = day_of(item.content.get(name)), DUE_DATE_FROM_LAST_PERIOD
    if due is not None and not low <= (due - last_period).days <= high:
        yield at(name, low=low, high=high)


# --- weeks -----------------------------------------------------------------------------------------------------------


def days_off(content: Mapping[str, Any], computed: int) -> int:
    """How many days a recorded week lies from the computed age. A week without days stands for all seven of them."""
    weeks: int | None = content.get("gestational_age_weeks")
    days: int | None = content.get("gestational_age_days")
    if weeks is None:
        return 0
    first = weeks * 7 + (days or 0)
    last = first + (6 if days is None else 0)
    return max(first - computed, computed - last, 0)


@rule("WEEK_DIFFERS", kinds={"antenatal_visits", "symphysis_fundal_heights"}, reads={"pregnancy"}, severity=WARNING)
def week_fits_the_due_date(item: Written, card: CardFacts) -> Iterator[Finding]:
    """Recorded week and days differ by more than a day from the due date that counts. Source: DQ-1."""
    on, due = _dated_on(item), effective_due_date(card.section("pregnancy"))
    if on is not None and due is not None and days_off(item.content, gestation_days(due, on)) > WEEK_TOLERANCE_DAYS:
        yield at("gestational_age_weeks")


@rule("SCAN_WEEK_DIFFERS", kinds={"ultrasound_examinations"}, severity=WARNING)
def scan_week_fits_its_due_date(item: Written, card: CardFacts) -> Iterator[Finding]:
    """An examination's week and due date go together with a term of 283 days, give or take the one day of tools that
    count 282. Source: dating by ultrasound; a due date counted with 280 days is found by this."""
    on, due = _dated_on(item), day_of(item.content.get("due_date"))
    if on is not None and due is not None and days_off(item.content, gestation_days(due, on)) > WEEK_TOLERANCE_DAYS:
        yield at("due_date", limit=TERM_DAYS)


@rule("FUNDAL_HEIGHT_EARLY", kinds={"symphysis_fundal_heights"}, reads={"pregnancy"}, severity=WARNING)
def fundal_height_is_measured_late_enough(item: Written, card: CardFacts) -> Iterator[Finding]:
    """Fundal height before 16+0, by the due date where there is one, else by the recorded week. Source: DQ-9."""
    on, due = _dated_on(item), effective_due_date(card.section("pregnancy"))
    weeks = item.content.get("gestational_age_weeks")
    if on is not None and due is not None:
        weeks = gestation_days(due, on) // 7
    if weeks is not None and weeks < EARLIEST_FUNDAL_HEIGHT_WEEK:
        yield at("measured_on", limit=EARLIEST_FUNDAL_HEIGHT_WEEK)


@rule("FUNDAL_HEIGHT_TWICE", kinds={"symphysis_fundal_heights"}, severity=WARNING)
def one_fundal_height_a_day(item: Written, card: CardFacts) -> Iterator[Finding]:
    """Two fundal heights of one day are probably one, written twice. Source: the known traps."""
    measured_on = item.content.get("measured_on")
    same_day = [other for other in card.items(item.kind) if other.get("measured_on") == measured_on]
    if measured_on is not None and len(same_day) > 1:
        yield at("measured_on")


def _dated_on(item: Written) -> date | None:
    """The day of a repeated item."""
    ordered_by = SECTIONS[item.kind].ordered_by
    return day_of(item.content.get(ordered_by)) if ordered_by else None
