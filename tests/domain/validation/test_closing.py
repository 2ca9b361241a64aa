"""What must hold before a card is closed, and before one is opened."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from app.domain.record import RecordStatus
from app.domain.validation.card_facts import CardFacts
from app.domain.validation.closing import READS, check_closing
from app.domain.validation.opening import is_old_enough
from tests.domain.validation.asking import TODAY, told

DELIVERED, TERMINATED = RecordStatus.DELIVERED, RecordStatus.TERMINATED
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
BORN = {"fetus_number": 1, "status": {"code": "1"}, "born_at": "2026-11-20T23:30:00Z"}
"""Born on 21 November in Norway."""
BIRTH = {"children": [BORN]}
PREGNANCY = {"last_period_on": "2026-02-10"}


def closing(status: RecordStatus, at: datetime | None, **documents: Any) -> set[tuple[str, str]]:
    return told(check_closing(status, at, CardFacts(documents, TODAY), NOW, ("endedAt",)))


def test_delivered_with_a_birth_on_the_card() -> None:
    """A child with a status and a time that has been: the card can be closed."""
    assert closing(DELIVERED, datetime(2026, 11, 21, 1, tzinfo=UTC), birth_outcome=BIRTH, pregnancy=PREGNANCY) == set()
    assert closing(DELIVERED, NOW, birth_outcome={"children": [{"fetus_number": 1, "status": {"code": "2"}}]}) == set()


@pytest.mark.parametrize("outcome", [None, {}, {"children": []}, {"children": [{"fetus_number": 1}]}])
def test_delivered_without_a_birth(outcome: Any) -> None:
    """No section, no child, or a child without status: the birth is recorded first."""
    assert closing(DELIVERED, NOW, birth_outcome=outcome) == {("BIRTH_NOT_RECORDED", "")}


def test_everything_that_is_missing_is_told_at_once() -> None:
    """No birth and no time are two problems."""
    assert closing(DELIVERED, None) == {("BIRTH_NOT_RECORDED", ""), ("REQUIRED", "endedAt")}
    assert closing(TERMINATED, None, pregnancy=PREGNANCY) == {("REQUIRED", "endedAt")}


@pytest.mark.parametrize("status", [DELIVERED, TERMINATED])
def test_the_end_has_been(status: RecordStatus) -> None:
    """This moment can be, the next second cannot."""
    documents = {"birth_outcome": BIRTH, "pregnancy": PREGNANCY}
    assert closing(status, NOW, **documents) == set()
    assert closing(status, NOW.replace(second=1), **documents) == {("IN_THE_FUTURE", "endedAt")}


def test_the_end_is_in_the_pregnancy() -> None:
    """A termination fourteen days before the last period can be a matter of dating, one of fifteen days is a mistake."""
    assert closing(TERMINATED, datetime(2026, 1, 27, 12, tzinfo=UTC), pregnancy=PREGNANCY) == set()
    found = closing(TERMINATED, datetime(2026, 1, 26, 12, tzinfo=UTC), pregnancy=PREGNANCY)
    assert found == {("BEFORE_THE_PREGNANCY", "endedAt")}
    assert closing(TERMINATED, datetime(2001, 1, 1, tzinfo=UTC)) == set()


def test_delivery_is_not_before_the_day_of_birth() -> None:
    """The same Norwegian day is enough: of several children it is not said whose time counts."""
    same_day, day_before = datetime(2026, 11, 20, 23, tzinfo=UTC), datetime(2026, 11, 20, 22, 59, tzinfo=UTC)
    assert closing(DELIVERED, same_day, birth_outcome=BIRTH) == set()
    assert closing(DELIVERED, day_before, birth_outcome=BIRTH) == {("DELIVERED_BEFORE_BIRTH", "endedAt")}


def test_termination_needs_no_birth() -> None:
    """A pregnancy that ended without birth is closed with its time alone."""
    assert closing(TERMINATED, datetime(2026, 6, 1, tzinfo=UTC), pregnancy=PREGNANCY) == set()


def test_a_card_is_not_closed_as_active() -> None:
    """There is no way back, and no closing that leaves it open."""
    assert closing(RecordStatus.ACTIVE, NOW, birth_outcome=BIRTH) == {("NOT_AN_END", "status")}


def test_closing_tells_what_it_drew_on() -> None:
    """Each problem names the sections it came from, all of them among those that must be at hand."""
    documents = {"birth_outcome": BIRTH, "pregnancy": PREGNANCY}
    problems = check_closing(DELIVERED, datetime(2001, 1, 1, tzinfo=UTC), CardFacts(documents, TODAY), NOW)
    assert [sorted(problem.reads) for problem in problems] == [["pregnancy"], ["birth_outcome"]]
    assert all(problem.reads <= READS for problem in problems)


@pytest.mark.parametrize(
    ("born_on", "today", "old_enough"),
    [
        (date(2010, 11, 23), date(2026, 11, 23), True),
        (date(2010, 11, 24), date(2026, 11, 23), False),
        (date(2009, 12, 31), date(2025, 12, 31), True),
        (date(2008, 2, 29), date(2024, 2, 29), True),
        (date(2008, 2, 29), date(2024, 2, 28), False),
    ],
)
def test_sixteen_on_the_birthday(born_on: date, today: date, old_enough: bool) -> None:
    """She is sixteen from her sixteenth birthday on."""
    assert is_old_enough(born_on, today, 16) is old_enough


def test_leap_day_birthday_in_an_ordinary_year() -> None:
    """Born on 29 February, she is seventeen on 1 March."""
    assert not is_old_enough(date(2008, 2, 29), date(2025, 2, 28), 17)
    assert is_old_enough(date(2008, 2, 29), date(2025, 3, 1), 17)
