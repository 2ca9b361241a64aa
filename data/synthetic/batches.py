"""A batch of the population: made, turned into rows, and stored in one transaction, so that no woman is ever half
there. Also what a worker process needs to do so by itself.
"""

import asyncio
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import Table

from app.domain.consent import ConsentState
from data.database import Database, copy_rows
from data.declaring import Row as TableRow
from data.declaring import table_of
from data.rows import Row, caseload_rows, change_row, record_row, section_rows, version_rows
from data.storing import IMPORT
from data.synthetic.population import card_of
from data.tables import CaseloadEntry, Change, ConsentEvent, MaternityRecord, Patient, Section, SectionVersion

_ROWS: Final[tuple[type[TableRow], ...]] = (
    Patient, ConsentEvent, MaternityRecord, SectionVersion, Section, CaseloadEntry, Change,
)  # fmt: skip
TABLES: Final = tuple(table_of(row) for row in _ROWS)
"""In the order they are filled: what is referred to comes first."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Women to make: place in the population, birth day, row as a patient (no consent noted yet)."""

    seed: int
    as_of: date
    women: tuple[tuple[int, date, Row], ...]


async def store_batch(database: Database, batch: Batch) -> int:
    """Make the women of a batch and store them, all or none. Returns how many."""
    rows = list(_rows(batch))
    async with database.transaction() as connection:
        for table in TABLES:
            mine = [row for of_table, row in rows if of_table is table]
            if mine:
                await copy_rows(connection, table, tuple(mine[0]), [tuple(row.values()) for row in mine])
    return len(batch.women)


def _rows(batch: Batch) -> Iterator[tuple[Table, Row]]:
    patient_table, consent_table, record_table, version_table, section_table, caseload_table, change_table = TABLES
    for index, born_on, patient in batch.women:
        consented_at, record = card_of(batch.seed, index, born_on, batch.as_of)
        patient_id = patient["patient_id"]
        consent = {"consent_state": ConsentState.ACTIVE.value, "consent_changed_at": consented_at}
        yield patient_table, patient | consent
        yield consent_table, {
            "patient_id": patient_id, "sequence": 1, "at": consented_at, "state": ConsentState.ACTIVE.value,
            "source": IMPORT, "receipt": None,
        }  # fmt: skip
        yield record_table, record_row(patient_id, record)
        yield from ((version_table, row) for row in version_rows(record))
        yield from ((section_table, row) for row in section_rows(record))
        yield from ((caseload_table, row) for row in caseload_rows(patient_id, record))
        yield change_table, change_row(patient_id, record)


class Worker:
    """A worker process's own event loop and connection."""

    def __init__(self, url: str) -> None:
        self._runner = asyncio.Runner()
        self._database = Database(url, pool_size=1)

    def store(self, batch: Batch) -> int:
        return self._runner.run(store_batch(self._database, batch))


_worker: list[Worker] = []


def begin_work(url: str) -> None:
    """Set a new worker process up. Ctrl-C is the parent's to handle: a batch that was begun is finished."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _worker[:] = [Worker(url)]


def work(batch: Batch) -> int:
    """Store a batch from within a worker process."""
    return _worker[0].store(batch)
