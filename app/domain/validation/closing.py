"""What must hold before a card is closed, as delivered or as terminated."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from app.domain.dating import day_of
from app.domain.record import RecordStatus
from app.domain.validation.card_facts import CardFacts
from app.domain.validation.dates import earliest_day
from app.domain.validation.problems import Path, Problem, in_order, problem

READS: Final = frozenset({"birth_outcome", "pregnancy"})
"""The sections that must be at hand."""


def check_closing(
    status: RecordStatus, at: datetime | None, card: CardFacts, now: datetime, path: Path = ("at",)
) -> list[Problem]:
    """Everything that keeps a card from being closed with this status as of a time. Source: the card profile.

    path   what the time is called where it was given
    """
    if status not in _CHECKS:
        return [problem("NOT_AN_END", ("status",))]
    found = [*_time(at, card, now, path), *_CHECKS[status](at, card, path)]
    return sorted(found, key=in_order)


def _time(at: datetime | None, card: CardFacts, now: datetime, path: Path) -> Iterator[Problem]:
    if at is None:
        yield problem("REQUIRED", path)
        return
    if at > now:
        yield problem("IN_THE_FUTURE", path)
    earliest = earliest_day(card)
    if earliest is not None and _day(at) < earliest:
        yield problem("BEFORE_THE_PREGNANCY", path, reads=frozenset({"pregnancy"}))


def _delivered(at: datetime | None, card: CardFacts, path: Path) -> Iterator[Problem]:
    """The birth stands on the card first, and the delivery is not before it. Days are compared: of several children the
    source does not say whose time counts."""
    reads = frozenset({"birth_outcome"})
    children = (card.section("birth_outcome") or {}).get("children") or []
    if not any(child.get("status") for child in children):
        yield problem("BIRTH_NOT_RECORDED", (), reads=reads)
    births = [born for child in children if (born := day_of(child.get("born_at"))) is not None]
    if at is not None and births and _day(at) < min(births):
        yield problem("DELIVERED_BEFORE_BIRTH", path, reads=reads)


def _terminated(at: datetime | None, card: CardFacts, path: Path) -> Iterator[Problem]:
    yield from ()


_CHECKS: Final[dict[RecordStatus, Any]] = {RecordStatus.DELIVERED: _delivered, RecordStatus.TERMINATED: _terminated}


def _day(at: datetime) -> Any:
    return day_of(at.isoformat())
