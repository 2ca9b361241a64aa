"""Week, day and due date. Pregnancies are counted in civil days; a Norwegian pregnancy lasts 283 of them (40+3)."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

from app.domain.gate import OSLO

TERM_DAYS: Final = 283
"""From the first day of the last period to the due date: the Norwegian convention, common to the two models of
dating in use (eSnurra, Terminhjulet). Directorate of Health, antenatal guideline: birth is expected at 40+3."""

DUE_DATES: Final = ("due_date_corrected", "due_date_by_ultrasound", "due_date_by_last_period")
"""The due dates of a pregnancy, the one that counts first."""


def day_of(text: Any) -> date | None:
    """The civil day of a stored date or, in Norway, of a stored time; None when nothing is recorded."""
    if not isinstance(text, str):
        return None
    if len(text) == len("2026-11-23"):
        return date.fromisoformat(text)
    moment = datetime.fromisoformat(text)
    try:
        return moment.astimezone(OSLO).date()
    except OverflowError:  # the last or first hours there are
        return moment.date()


def effective_due_date(pregnancy: Mapping[str, Any] | None) -> date | None:
    """The due date that counts: corrected, else by ultrasound, else by the last period as entered or as counted."""
    known = pregnancy or {}
    for name in DUE_DATES:
        if (due := day_of(known.get(name))) is not None:
            return due
    last_period = day_of(known.get("last_period_on"))
    return None if last_period is None else days_after(last_period, TERM_DAYS)


def gestation_days(due: date, on: date) -> int:
    """How many days the pregnancy has lasted on a day: 283 on the due date, negative before it began."""
    return TERM_DAYS - (due - on).days


def beginnings(pregnancy: Mapping[str, Any] | None) -> Iterator[date]:
    """Every day the pregnancy began on according to one of its dates: the last period, each due date less the term."""
    known = pregnancy or {}
    if (last_period := day_of(known.get("last_period_on"))) is not None:
        yield last_period
    for name in DUE_DATES:
        if (due := day_of(known.get(name))) is not None:
            yield days_after(due, -TERM_DAYS)


def days_after(day: date, days: int) -> date:
    """A day so many days later or earlier; the first or last day there is when that lies beyond."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return date.max if days > 0 else date.min
