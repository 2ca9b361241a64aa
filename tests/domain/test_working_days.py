"""The Norwegian working week."""

from datetime import date

import pytest

from app.domain.working_days import easter, is_working_day, public_holidays, working_days_after


@pytest.mark.parametrize(
    ("year", "day"),
    [
        (1818, "1818-03-22"), (1943, "1943-04-25"), (1954, "1954-04-18"), (1981, "1981-04-19"), (2000, "2000-04-23"),
        (2024, "2024-03-31"), (2025, "2025-04-20"), (2026, "2026-04-05"), (2027, "2027-03-28"), (2038, "2038-04-25"),
        (2049, "2049-04-18"), (2076, "2076-04-19"),
    ],
)  # fmt: skip
def test_easter_is_when_it_is(year: int, day: str) -> None:
    """Early, late, and in the years where the rule has its exceptions."""
    assert easter(year) == date.fromisoformat(day)


def test_easter_is_always_a_sunday_in_its_five_weeks() -> None:
    """For every year anybody will ask about."""
    for year in range(1900, 2200):
        assert easter(year).isoweekday() == 7
        assert date(year, 3, 22) <= easter(year) <= date(year, 4, 25)


def test_the_holidays_of_a_year() -> None:
    """Those of 2026, as the calendar has them."""
    assert sorted(day.isoformat()[5:] for day in public_holidays(2026)) == [
        "01-01", "04-02", "04-03", "04-05", "04-06", "05-01", "05-14", "05-17", "05-24", "05-25", "12-25", "12-26",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("day", "later"),
    [
        ("2026-11-23", "2026-11-26"), ("2026-11-25", "2026-11-30"), ("2026-11-28", "2026-12-02"),
        ("2026-04-01", "2026-04-09"), ("2026-05-13", "2026-05-19"), ("2026-12-23", "2026-12-29"),
        ("2026-12-30", "2027-01-05"), ("2027-05-14", "2027-05-20"), ("2026-05-22", "2026-05-28"),
    ],
    ids=[
        "an ordinary week", "over a weekend", "from a Saturday", "over Easter", "over Ascension", "over Christmas",
        "over New Year", "over the national day and Pentecost", "over Pentecost",
    ],
)  # fmt: skip
def test_three_working_days_later(day: str, later: str) -> None:
    """Weekends and holidays are not counted, nor the day itself."""
    assert working_days_after(date.fromisoformat(day), 3) == date.fromisoformat(later)


def test_christmas_eve_and_whit_saturday_are_no_holidays() -> None:
    """What is closed by custom is a working day by law; a Saturday never is one."""
    assert is_working_day(date(2026, 12, 24))
    assert not is_working_day(date(2026, 5, 23))
