"""Records from a file into the store: many lines a transaction, and whole records only, whatever happens on the way.

Without recorded consent nothing is stored. A line that is refused leaves nothing behind and stops the import, unless
the caller asked to keep going; the lines before it stay stored.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Final, TypeVar

from sqlalchemy.exc import IntegrityError

from app.domain.errors import RecordRefusal
from data.database import Database
from data.dhg.admission import RECORD_ID_PATH, Candidate, RefusedLine, admit, candidate_of, look_up
from data.dhg.envelopes import Line, read_file
from data.dhg.wire import WireProblem
from data.identity_numbers import PatientKeys
from data.storing import store

LINES_AT_ONCE: Final = 200
"""A transaction's worth: some tenths of a second to lose or to wait for."""

REFUSALS_KEPT: Final = 10_000
"""Of how many refused lines a report keeps the problems; all are counted."""

Result = TypeVar("Result")


@dataclass(slots=True)
class ImportReport:
    """How far an import came.

    stored, refused   records
    refusals          the refused lines with their problems, the first REFUSALS_KEPT of them
    next_line         the first line not dealt with: where to go on (`from_line`)
    complete          whether the file was gone through to its end
    interrupted       whether somebody stopped it
    """

    next_line: int
    stored: int = 0
    refused: int = 0
    refusals: list[RefusedLine] = field(default_factory=list)
    complete: bool = False
    interrupted: bool = False

    def note(self, stored: int, refused: list[RefusedLine], next_line: int) -> None:
        """Count what a transaction did."""
        self.stored += stored
        self.refused += len(refused)
        self.refusals += refused[: REFUSALS_KEPT - len(self.refusals)]
        self.next_line = next_line


async def import_records(
    database: Database,
    keys: PatientKeys,
    source: Path | BinaryIO,
    *,
    patient_number: str | None = None,
    consent_given_at: datetime | None = None,
    keep_going: bool = False,
    from_line: int = 1,
    on_progress: Callable[[ImportReport], None] | None = None,
) -> ImportReport:
    """Store the records of a file (`data/dhg/envelopes.py` says what it may look like).

    patient_number     whose record it is where the file does not say
    consent_given_at   since when there is consent where neither the store nor the file knows of one

    `on_progress` is called with the growing report after each transaction. Cancelled, the import finishes the
    transaction it is in and returns its report, with `interrupted` set.
    """
    report = ImportReport(next_line=from_line)
    batches = _Batches(database, keys, patient_number, consent_given_at, keep_going, report)
    with closing(read_file(source, from_line=from_line)) as lines:
        try:
            while some := list(islice(lines, LINES_AT_ONCE)):
                goes_on = await _to_its_end(batches.take_in(some))
                if on_progress is not None:
                    on_progress(report)
                if not goes_on:
                    return report
            report.complete = True
        except (asyncio.CancelledError, KeyboardInterrupt):
            report.interrupted = True
    return report


async def _to_its_end(work: Awaitable[Result]) -> Result:
    """Wait until the work is done, cancelled or not: a commit of which nobody heard cannot be reported."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await task
        raise


@dataclass(frozen=True, slots=True)
class _Batches:
    database: Database
    keys: PatientKeys
    patient_number: str | None
    consent_given_at: datetime | None
    keep_going: bool
    report: ImportReport

    async def take_in(self, lines: list[Line]) -> bool:
        """Store the good ones of some lines and note what became of all. False when a bad one ends the import."""
        admitted, refused = await self._judge(lines)
        refused_late = await self._store(admitted)
        stored = len(admitted) - len(refused_late)
        refused = sorted(refused + refused_late, key=lambda line: line.number)
        if refused and not self.keep_going:
            first = refused[0]
            stored = sum(candidate.line < first.number for candidate in admitted)
            self.report.note(stored, [first], first.number)
            return False
        self.report.note(stored, refused, lines[-1].number + 1)
        return True

    async def _judge(self, lines: list[Line]) -> tuple[list[Candidate], list[RefusedLine]]:
        """Who may be stored, in the order of the file, so that of two claims the earlier wins."""
        read = [candidate_of(line, self.patient_number, self.consent_given_at) for line in lines]
        known = await look_up(self.database, self.keys, [one for one in read if isinstance(one, Candidate)])
        admitted: list[Candidate] = []
        refused: list[RefusedLine] = []
        for one in read:
            refusal = admit(one, known) if isinstance(one, Candidate) else one
            if refusal is not None:
                refused.append(refusal)
            elif isinstance(one, Candidate):
                admitted.append(one)
            if refused and not self.keep_going:
                break
        return admitted, refused

    async def _store(self, candidates: list[Candidate]) -> list[RefusedLine]:
        """Store all in one transaction; when the store objects after all (another process was faster), one by one."""
        if not candidates:
            return []
        try:
            await store(self.database, self.keys, [candidate.card for candidate in candidates])
        except (RecordRefusal, IntegrityError):
            return await self._store_each(candidates)
        return []

    async def _store_each(self, candidates: list[Candidate]) -> list[RefusedLine]:
        refused: list[RefusedLine] = []
        for candidate in candidates:
            try:
                await store(self.database, self.keys, [candidate.card])
            except RecordRefusal as refusal:
                problem = WireProblem(RECORD_ID_PATH, refusal.code, "the store refused it")
                refused.append(RefusedLine(candidate.line, (problem,)))
                if not self.keep_going:
                    break
        return refused
