"""Due dates from one piece of knowledge: the published vectors of the Norwegian convention."""

from datetime import date, timedelta

import pytest

from app.domain.clinical import due_dates
from app.domain.clinical.settings import ClinicalSettings
from app.domain.dating import gestation_days


@pytest.mark.parametrize(
    ("last_period_on", "due_on"),
    [
        pytest.param(date(2025, 1, 1), date(2025, 10, 11), id="TV-G1"),
        pytest.param(date(2023, 6, 15), date(2024, 3, 24), id="TV-G8"),
        pytest.param(date(2024, 2, 29), date(2024, 12, 8), id="TV-G9"),
        pytest.param(date(2024, 12, 1), date(2025, 9, 10), id="TV-G16"),
        pytest.param(date(2025, 2, 28), date(2025, 12, 8), id="TV-G17"),
        pytest.param(date(2025, 5, 24), date(2026, 3, 3), id="TV-G18"),
    ],
)
def test_from_the_last_period_283_days_are_counted(last_period_on: date, due_on: date) -> None:
    """Days, not months: where the calendar rule differs or is undefined nothing happens."""
    assert due_dates.by_last_period(last_period_on) == due_on


@pytest.mark.parametrize(
    ("due_on", "term_days", "ours"),
    [
        pytest.param(date(2025, 10, 8), 280, date(2025, 10, 11), id="TV-G2-280"),
        pytest.param(date(2025, 10, 10), 282, date(2025, 10, 11), id="TV-G2-282"),
        pytest.param(date(2025, 10, 11), 283, date(2025, 10, 11), id="TV-G2-283"),
        pytest.param(date(2025, 9, 7), 280, date(2025, 9, 10), id="TV-G16-280"),
        pytest.param(date(2025, 12, 5), 280, date(2025, 12, 8), id="TV-G17-280"),
    ],
)
def test_other_lengths_are_brought_to_ours(due_on: date, term_days: int, ours: date) -> None:
    """A due date of another convention is another day for the same pregnancy."""
    assert due_dates.from_elsewhere(due_on, term_days) == ours


@pytest.mark.parametrize("on", [pytest.param(date(2025, 7, 16), id="TV-G15")])
def test_a_foreign_due_date_keeps_the_week(on: date) -> None:
    """28+0 by both: 280 − 84 days there, 283 − 87 here."""
    there = 280 - (date(2025, 10, 8) - on).days
    assert gestation_days(due_dates.from_elsewhere(date(2025, 10, 8), 280), on) == there == 28 * 7


@pytest.mark.parametrize("retrieved_on", [pytest.param(date(2025, 1, 15), id="TV-G10")])
def test_an_egg_retrieval_is_day_14(retrieved_on: date) -> None:
    """As if the last period had begun fourteen days before it."""
    assert due_dates.by_egg_retrieval(retrieved_on) == date(2025, 10, 11)


@pytest.mark.parametrize(
    ("embryo_age_days", "due_on"),
    [
        pytest.param(5, date(2025, 10, 11), id="TV-G11"),
        pytest.param(3, date(2025, 10, 13), id="TV-G12-3"),
        pytest.param(2, date(2025, 10, 14), id="TV-G12-2"),
    ],
)
def test_a_transfer_is_counted_by_the_age_of_the_embryo(embryo_age_days: int, due_on: date) -> None:
    """A day more for the embryo is a day less to wait."""
    assert due_dates.by_embryo_transfer(date(2025, 1, 20), embryo_age_days) == due_on


@pytest.mark.parametrize("embryo_age_days", [-1, 0, 1, 4, 7])
def test_no_embryo_of_another_age_is_transferred(embryo_age_days: int) -> None:
    """A typing mistake is no due date."""
    with pytest.raises(ValueError, match="day 2, 3, 5 or 6"):
        due_dates.by_embryo_transfer(date(2025, 1, 20), embryo_age_days)


@pytest.mark.parametrize(
    ("due_on", "expected"),
    [
        pytest.param(due_dates.by_scan(date(2025, 3, 26), 12 * 7 + 3), date(2025, 10, 8), id="TV-G13"),
        pytest.param(due_dates.by_days_remaining(date(2025, 5, 10), 155), date(2025, 10, 12), id="TV-G14"),
    ],
)
def test_a_scan_tells_the_week_or_the_days_that_remain(due_on: date, expected: date) -> None:
    """Either is the same knowledge."""
    assert due_on == expected
    assert gestation_days(date(2025, 10, 12), date(2025, 5, 10)) == 18 * 7 + 2


def test_what_is_not_verified_is_off() -> None:
    """Cycle length and insemination count when the owner says so, and then by one day a day and as a retrieval."""
    began_on, on = date(2025, 1, 1), ClinicalSettings(counts_cycle_length=True, counts_insemination=True)
    usual = date(2025, 10, 11)
    assert due_dates.by_last_period(began_on, 35) == due_dates.by_last_period(began_on, 60) == usual
    assert due_dates.by_last_period(began_on, 30, on) == usual + timedelta(2)
    assert due_dates.by_last_period(began_on, 21, on) == usual - timedelta(7)
    assert due_dates.by_last_period(began_on, 20, on) is due_dates.by_last_period(began_on, 36, on) is None
    assert due_dates.by_insemination(date(2025, 1, 15)) is None
    assert due_dates.by_insemination(date(2025, 1, 15), on) == usual
