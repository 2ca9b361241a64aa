"""The rules asked of women of the population, from the day their card was opened until today."""

import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from app.domain.clinical.evaluation import evaluate
from app.domain.clinical.knowledge import chart_on
from app.domain.gate import OSLO
from app.domain.history import StoredVersion
from app.domain.record import StoredItem, StoredRecord
from data.synthetic.numbers import number_of
from data.synthetic.population import card_of

TODAY: Final = date(2026, 11, 23)
SEED: Final = 1
EVERY: Final = timedelta(days=14)
WOMEN_AT_ONCE: Final = 50


@dataclass(frozen=True, slots=True)
class Asked:
    """What the rules said of one woman.

    reached_days   how far along she was the last time somebody asked while she was pregnant
    spoke          the rules that said something on any of the days
    """

    reached_days: int
    spoke: frozenset[str]


def woman(index: int) -> tuple[date, StoredRecord]:
    """The index-th woman: when she was born, and her card."""
    _, born_on = number_of(SEED, index, TODAY)
    return born_on, card_of(SEED, index, born_on, TODAY)[1]


def civil(moment: datetime | None) -> date | None:
    """The day of a moment in Norway."""
    return None if moment is None else moment.astimezone(OSLO).date()


def document(item: StoredItem) -> dict[str, Any]:
    """An item as the rules read it."""
    written = item.last_updated_at.isoformat()
    provenance = {"item_id": item.item_id, "last_updated_at": written, "entered_in_error": item.entered_in_error}
    return {**item.content, "provenance": provenance}


def versions(record: StoredRecord) -> list[StoredVersion]:
    """All versions of a card's items."""
    return [
        StoredVersion(each.kind, each.item_id, each.version, each.last_updated_at, document(each))
        for each in record.items
    ]


def days(record: StoredRecord, until: date) -> Iterator[date]:
    """Every fourteenth day since the card was opened, and the last."""
    day = civil(record.opened_at)
    while day is not None and day < until:
        yield day
        day += EVERY
    yield until


def ask(born_on: date, record: StoredRecord, until: date) -> Asked:
    """Every rule that is on, on each of the days."""
    known, ended_on = versions(record), civil(record.closed_at)
    reached, spoke = 0, set[str]()
    for day in days(record, until if ended_on is None else min(until, ended_on - timedelta(days=1))):
        chart = chart_on(day, known, born_on=born_on, ended_on=ended_on)
        reached = max(reached, chart.gestation_days() or 0)
        spoke |= {alert.rule.id for alert in evaluate(chart).alerts}
    return Asked(reached, frozenset(spoke))


def ask_woman(index: int) -> Asked:
    """The same of a woman of the population, in whichever process."""
    born_on, record = woman(index)
    return ask(born_on, record, TODAY)


def ask_all(women: int, processes: int) -> Iterator[Asked]:
    """The first women of the population, by worker processes."""
    with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield from pool.map(ask_woman, range(women), chunksize=WOMEN_AT_ONCE)
