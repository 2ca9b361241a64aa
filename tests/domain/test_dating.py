"""Days, weeks and due dates: Norwegian arithmetic."""

from datetime import date, timedelta

import pytest

from app.domain.dating import beginnings, day_of, days_after, effective_due_date, gestation_days


@pytest.mark.parametrize(
    ("last_period_on", "due"),
    [
        ("2025-01-01", "2025-10-11"),
        ("2023-06-15", "2024-03-24"),
        ("2024-02-29", "2024-12-08"),
        ("2024-12-01", "2025-09-10"),
        ("2025-02-28", "2025-12-08"),
        ("2025-05-24", "2026-03-03"),
    ],
)
def test_term_is_283_days_after_the_last_period(last_period_on: str, due: str) -> None:
    """Leap years and long months count as the days they have."""
    assert effective_due_date({"last_period_on": last_period_on}) == date.fromisoformat(due)


@pytest.mark.parametrize(
    ("on", "days"),
    [
        ("2025-03-19", 77),
        ("2025-04-08", 97),
        ("2025-06-17", 167),
        ("2025-06-18", 168),
        ("2025-10-08", 280),
        ("2025-10-11", 283),
        ("2025-10-15", 287),
        ("2025-10-18", 290),
        ("2025-10-22", 294),
        ("2024-12-31", -1),
    ],
)
def test_age_counts_back_from_the_due_date(on: str, days: int) -> None:
    """Both sides use the same 283 days; a day before the pregnancy is negative."""
    assert gestation_days(date(2025, 10, 11), date.fromisoformat(on)) == days


def test_clock_changes_lose_no_day() -> None:
    """The weekend the clock goes forward has two days like any other."""
    due = date(2025, 10, 11)
    assert gestation_days(due, date(2025, 3, 31)) - gestation_days(due, date(2025, 3, 29)) == 2


def test_corrected_counts_before_ultrasound_before_last_period() -> None:
    """One due date counts at a time; the order never depends on which is later."""
    dates = {
        "due_date_corrected": "2026-05-01", "due_date_by_ultrasound": "2026-05-10", "due_date_by_last_period": "2026-05-09",
        "last_period_on": "2025-08-01",
    }  # fmt: skip
    for name, due in dates.items():
        expected = date.fromisoformat(due) if name.startswith("due") else date(2026, 5, 11)
        assert effective_due_date(dates) == expected
        dates = {other: day for other, day in dates.items() if other != name}
    assert effective_due_date(dates) is effective_due_date(None) is None


def test_every_date_tells_a_beginning() -> None:
    """The last period is one; each due date is 283 days after one."""
    assert set(beginnings({"last_period_on": "2025-01-01", "due_date_corrected": "2025-10-12"})) == {
        date(2025, 1, 1),
        date(2025, 1, 2),
    }


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-06-15", date(2026, 6, 15)),
        ("2026-06-15T22:30:00Z", date(2026, 6, 16)),
        ("2026-12-15T22:30:00Z", date(2026, 12, 15)),
        ("9999-12-31T23:59:00Z", date.max),
        ("0001-01-01T00:00:00Z", date.min),
        (None, None),
    ],
)
def test_days_are_norwegian_days(text: str | None, day: date | None) -> None:
    """A birth late in the evening in UTC is a birth the next day in Norway."""
    assert day_of(text) == day


def test_days_end_somewhere() -> None:
    """Counting past the first or last day there is stops there."""
    assert days_after(date.min, -1) == date.min
    assert days_after(date.max, 1) == date.max
    assert days_after(date(2026, 1, 1), 1) - date(2026, 1, 1) == timedelta(1)
