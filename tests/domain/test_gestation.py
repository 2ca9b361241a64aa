"""How far along: the published vectors of the Norwegian convention."""

from datetime import date

import pytest

from app.domain.gestation import DueDate, DueDateBasis, due_date, gestational_age

ULTRASOUND = DueDateBasis.ULTRASOUND


@pytest.mark.parametrize(
    ("due", "today", "weeks", "days"),
    [
        (date(2025, 10, 11), date(2025, 3, 19), 11, 0),
        (date(2025, 10, 11), date(2025, 4, 8), 13, 6),
        (date(2025, 10, 11), date(2025, 6, 18), 24, 0),
        (date(2025, 10, 11), date(2025, 6, 17), 23, 6),
        (date(2025, 10, 11), date(2025, 10, 8), 40, 0),
        (date(2025, 10, 11), date(2025, 10, 11), 40, 3),
        (date(2025, 10, 11), date(2025, 10, 22), 42, 0),
        (date(2025, 10, 12), date(2025, 5, 10), 18, 2),
        (date(2026, 5, 10), date(2026, 1, 16), 24, 1),
        (date(2024, 12, 8), date(2024, 2, 29), 0, 0),
    ],
)
def test_the_due_date_is_40_weeks_and_3_days(due: date, today: date, weeks: int, days: int) -> None:
    """Counted back from the due date in days; the clock change and leap years make no difference."""
    age = gestational_age(DueDate(due, ULTRASOUND), today)
    assert age is not None
    assert (age.weeks, age.days, age.basis) == (weeks, days, ULTRASOUND)


@pytest.mark.parametrize("today", [date(2024, 12, 31), date(2026, 1, 1)])
def test_no_week_is_shown_that_cannot_be(today: date) -> None:
    """Before the first day, and long after the due date, a week would mislead."""
    assert gestational_age(DueDate(date(2025, 10, 11), ULTRASOUND), today) is None


def test_the_due_date_that_counts_says_what_it_rests_on() -> None:
    """A corrected one goes before ultrasound, ultrasound before the last period."""
    dates = {"due_date_by_last_period": "2026-09-01"}
    assert due_date({}) is None
    assert due_date(dates) == DueDate(date(2026, 9, 1), DueDateBasis.LAST_PERIOD)
    dates["due_date_by_ultrasound"] = "2026-09-04"
    assert due_date(dates) == DueDate(date(2026, 9, 4), DueDateBasis.ULTRASOUND)
    dates["due_date_corrected"] = "2026-09-07"
    assert due_date(dates) == DueDate(date(2026, 9, 7), DueDateBasis.CORRECTED)
