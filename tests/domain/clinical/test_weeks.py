"""What a number of days is called."""

from datetime import date, timedelta

import pytest

from app.domain.clinical.weeks import Countdown, TrimesterScheme, Week, countdown, in_days, trimester, week_of
from app.domain.dating import gestation_days

DUE = date(2025, 10, 11)


@pytest.mark.parametrize(
    ("on", "days", "label"),
    [
        pytest.param(date(2025, 3, 19), 77, "11+0", id="TV-G3"),
        pytest.param(date(2025, 4, 8), 97, "13+6", id="TV-G4"),
        pytest.param(date(2025, 6, 18), 168, "24+0", id="TV-G5-18"),
        pytest.param(date(2025, 6, 17), 167, "23+6", id="TV-G5-17"),
        pytest.param(date(2025, 10, 8), 280, "40+0", id="TV-G6-8"),
        pytest.param(date(2025, 10, 11), 283, "40+3", id="TV-G6-11"),
        pytest.param(date(2025, 10, 15), 287, "41+0", id="TV-G7-15"),
        pytest.param(date(2025, 10, 18), 290, "41+3", id="TV-G7-18"),
        pytest.param(date(2025, 10, 22), 294, "42+0", id="TV-G7-22"),
    ],
)
def test_weeks_are_completed_weeks(on: date, days: int, label: str) -> None:
    """Counted back from the due date, and said as weeks and days."""
    assert gestation_days(DUE, on) == days
    assert str(week_of(days)) == label
    assert in_days(*week_of(days)) == days


@pytest.mark.parametrize(("on", "later"), [pytest.param(date(2025, 3, 29), date(2025, 3, 31), id="TV-G20")])
def test_the_change_of_the_clock_loses_no_day(on: date, later: date) -> None:
    """The weekend it goes forward has two days like any other."""
    assert gestation_days(DUE, later) - gestation_days(DUE, on) == 2


@pytest.mark.parametrize("days", [pytest.param(128, id="TV-G21")])
def test_the_week_she_is_in_is_one_more(days: int) -> None:
    """18+2 is in the 19th week."""
    week = week_of(days)
    assert (week, str(week), week.ordinal) == (Week(18, 2), "18+2", 19)


@pytest.mark.parametrize("days", [pytest.param(-1, id="TV-G24"), -300])
def test_there_is_no_week_before_the_first_day(days: int) -> None:
    """A negative week is a mistake, never shown."""
    with pytest.raises(ValueError, match="before the first day"):
        week_of(days)


@pytest.mark.parametrize(
    ("scheme", "second", "third"),
    [(TrimesterScheme.WHO, 13, 28), (TrimesterScheme.PUBLIC_INFORMATION, 14, 28), (TrimesterScheme.TEACHING, 13, 29)],
)
def test_trimesters_leave_no_hole(scheme: TrimesterScheme, second: int, third: int) -> None:
    """Each begins the day after the one before ends."""
    found = [trimester(days, scheme) for days in range(in_days(42))]
    assert found == sorted(found)
    assert [found.index(one) for one in (1, 2, 3)] == [0, in_days(second), in_days(third)]


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (DUE - timedelta(300), Countdown(300, 0, 0)),
        (DUE - timedelta(283), Countdown(283, 0, 0)),
        (DUE - timedelta(1), Countdown(1, 0, 99)),
        (DUE, Countdown(0, 0, 100)),
        (DUE + timedelta(4), Countdown(0, 4, 100)),
    ],
)
def test_the_countdown_is_never_negative(on: date, expected: Countdown) -> None:
    """After the due date the days past it are counted."""
    assert countdown(DUE, on) == expected
