"""Whether the due dates of a card agree, and whether it is dated at all."""

from datetime import date, timedelta
from typing import Any

import pytest

from app.domain.clinical.certainty import Certainty
from app.domain.clinical.dating import AssistedConception, dating
from app.domain.clinical.dating_checks import (
    conception_and_ultrasound_differ,
    not_dated_by_ultrasound,
    sources_differ,
    ultrasound_much_later,
)
from tests.domain.clinical.cards import pregnancy, scan

TRUE, FALSE, UNKNOWN = Certainty.TRUE, Certainty.FALSE, Certainty.UNKNOWN


def period(**more: Any) -> dict[str, Any]:
    """A card due on 11 October 2025 by a last period she is certain of."""
    return pregnancy(**{"last_period_on": "2025-01-01", "last_period_certain": True, **more})


@pytest.mark.parametrize(
    ("by_ultrasound", "expected"),
    [
        pytest.param("2025-10-25", FALSE, id="TV-G22-14"),
        pytest.param("2025-10-26", TRUE, id="TV-G22-15"),
        pytest.param("2025-09-01", FALSE, id="ultrasound is earlier"),
    ],
)
def test_ultrasound_much_later_than_a_certain_period_is_found(by_ultrasound: str, expected: Certainty) -> None:
    """DT-1, from the fifteenth day on."""
    assert ultrasound_much_later(dating(period(due_date_by_ultrasound=by_ultrasound))) is expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"due_date_by_ultrasound": "2025-10-26", "last_period_certain": False}, FALSE),
        ({"due_date_by_ultrasound": "2025-10-26", "last_period_certain": None}, UNKNOWN),
        ({"due_date_by_ultrasound": "2025-10-20", "last_period_certain": None}, FALSE),
        ({"due_date_by_ultrasound": None}, UNKNOWN),
        ({"due_date_by_ultrasound": "2025-10-26", "last_period_on": None}, UNKNOWN),
    ],
)
def test_without_a_certain_period_nothing_is_claimed(facts: dict[str, Any], expected: Certainty) -> None:
    """DT-1 says no of a period she is unsure of, and nothing of one nobody asked about."""
    assert ultrasound_much_later(dating(period(**facts))) is expected
    assert ultrasound_much_later(None) is UNKNOWN


@pytest.mark.parametrize(
    ("by_ultrasound", "expected"),
    [("2025-10-15", FALSE), ("2025-10-16", TRUE), ("2025-10-07", FALSE), ("2025-10-06", TRUE), (None, UNKNOWN)],
)
def test_conception_and_ultrasound_may_be_four_days_apart(by_ultrasound: str | None, expected: Certainty) -> None:
    """DT-2, either way."""
    card = dating(period(due_date_by_ultrasound=by_ultrasound), AssistedConception(retrieved_on=date(2025, 1, 15)))
    assert conception_and_ultrasound_differ(card) is expected
    assert conception_and_ultrasound_differ(dating(period(due_date_by_ultrasound=by_ultrasound))) is UNKNOWN


def test_due_dates_that_differ_by_a_day_need_their_basis() -> None:
    """DT-3: the same day twice is no difference."""
    assert sources_differ(dating(period(due_date_by_ultrasound="2025-10-12"))) is TRUE
    assert sources_differ(dating(period(due_date_by_ultrasound="2025-10-11"))) is FALSE
    assert sources_differ(dating(period())) is FALSE
    assert sources_differ(None) is UNKNOWN


def test_a_card_is_dated_by_ultrasound_before_20_weeks() -> None:
    """DT-4, from 20+0 by what there is; a corrected due date does not say what it rests on."""
    at_20_weeks = date(2025, 1, 1) + timedelta(140)
    assert not_dated_by_ultrasound(dating(period()), at_20_weeks) is TRUE
    assert not_dated_by_ultrasound(dating(period()), at_20_weeks - timedelta(1)) is FALSE
    scanned = dating(period(due_date_by_ultrasound="2025-10-12"))
    assert not_dated_by_ultrasound(scanned, at_20_weeks) is FALSE
    assert not_dated_by_ultrasound(dating(period(due_date_corrected="2025-10-12")), at_20_weeks) is FALSE
    corrected = dating(period(due_date_corrected="2025-10-11"))
    assert not_dated_by_ultrasound(corrected, at_20_weeks) is UNKNOWN
    assert not_dated_by_ultrasound(None, at_20_weeks) is UNKNOWN


def test_a_late_scan_dates_nothing() -> None:
    """What it finds is growth: the card stays undated, and its due date is compared with none."""
    late = {**period(), "ultrasound_examinations": [scan("2025-08-20", due_date="2025-11-20")]}
    assert not_dated_by_ultrasound(dating(late), date(2025, 8, 20)) is TRUE
    assert ultrasound_much_later(dating(late)) is UNKNOWN
