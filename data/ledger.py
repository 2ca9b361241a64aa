"""The ledger in the database: entries of concurrent requests share a commit, and each process has its own chain.

A chain goes forward only when a commit has. After a failure nobody knows whether the commit came through, so the
chain's end is read again before the next entry.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Final
from uuid import uuid4

from sqlalchemy import Connection, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.ledger import GENESIS, Break, Head, LedgerEntry, Link, broken_links, link
from app.domain.ports import LedgerPage
from data.columns import in_utc
from data.database import Database
from data.ledger_pages import read_page
from data.tables import LedgerEntry as LedgerEntryRow
from data.tables import LedgerHead, table_of

ENTRY, HEAD = table_of(LedgerEntryRow), table_of(LedgerHead)

ENTRIES_IN_A_COMMIT: Final = 500
LINKS_AT_ONCE: Final = 1_000


class LedgerUnavailable(Exception):
    """The entry is not known to be written down. Nothing may be shown."""


@dataclass(slots=True)
class _Waiting:
    entry: LedgerEntry
    written: asyncio.Future[None]


class ChainedLedger:
    """The port `Ledger`: one chain of one process, written by one task that lives only while entries wait."""

    def __init__(self, database: Database, key: bytes, chain: str | None = None) -> None:
        """A chain that was begun before is gone on with; without one a new chain is begun with the first entry."""
        self.key: Final = key
        self.chain: Final = chain or str(uuid4())
        self._database = database
        self._end: Head | None = None
        self._at_the_end = asyncio.Lock()
        self._held_by: AsyncConnection | None = None
        self._queue: list[_Waiting] = []
        self._writer: asyncio.Task[None] | None = None
        self._closed = False

    async def start(self) -> None:
        """Make sure that the ledger can be read. Raises what the database raises."""
        async with self._database.connection() as connection:
            await self._read_end(connection)

    async def close(self) -> None:
        """Write what waits, and take no more."""
        self._closed = True
        if self._writer is not None:
            await asyncio.wait([self._writer])

    async def append(self, entry: LedgerEntry) -> None:
        """Returns when the entry is durable; entries of concurrent callers share a commit. Raises LedgerUnavailable."""
        if self._closed:
            raise LedgerUnavailable("the ledger is closed")
        waiting = _Waiting(entry, asyncio.get_running_loop().create_future())
        self._queue.append(waiting)
        if self._writer is None:
            self._writer = asyncio.create_task(self._write_all(), name="ledger writer")
        await waiting.written

    async def append_within(self, connection: AsyncConnection, *entries: LedgerEntry) -> None:
        """Add entries within the connection's transaction, as the last thing before it ends, and once.

        The chain's end is held until the transaction has ended, and moves only when it was committed. Raises
        RuntimeError for a second call in one transaction, which would wait for itself.
        """
        if self._held_by is connection:
            raise RuntimeError("entries of one transaction are added in one call")
        await self._at_the_end.acquire()
        self._held_by = connection
        before, self._end = self._end, None
        moved_to: Head | None = None

        def ended(committed: bool) -> None:
            self._end = moved_to if committed else None
            self._held_by = None
            self._at_the_end.release()

        self._database.when_ended(connection, ended)
        before = before or await self._read_end(connection)
        moved_to = await self._write(connection, before, self._links(before, entries), entries)

    async def page(self, patient_id: str, *, first: int, after: str | None, actor_key: str | None = None) -> LedgerPage:
        """Entries about a patient, newest first; with `actor_key` only those of that actor.

        Raises RecordRefusal BAD_USER_INPUT for a cursor that is none of ours.
        """
        async with self._database.connection() as connection:
            return await read_page(connection, patient_id, first=first, after=after, actor_key=actor_key)

    async def is_writable(self) -> bool:
        """Whether an entry could be written now. Tries it, and takes it back."""
        probe = {"chain": f"probe {uuid4()}", "sequence": 0, "hash": GENESIS}
        try:
            async with self._database.transaction() as connection:
                await connection.execute(HEAD.insert(), probe)
                raise _TakeBack
        except _TakeBack:
            return not self._closed
        except Exception:
            return False

    async def _write_all(self) -> None:
        try:
            while self._queue:
                await self._write_some()
        finally:
            self._writer = None
            while self._queue:  # only when this task was cancelled
                _fail(self._take(), asyncio.CancelledError())

    async def _write_some(self) -> None:
        """One commit for all that wait; who comes meanwhile waits for the next."""
        taken: list[_Waiting] = []
        try:
            async with self._database.transaction() as connection:
                taken = self._take()
                await self.append_within(connection, *(waiting.entry for waiting in taken))
        except BaseException as error:
            _fail(taken or self._take(), error)
            if not isinstance(error, Exception):
                raise
        else:
            for waiting in taken:
                if not waiting.written.done():  # its caller may have been cancelled
                    waiting.written.set_result(None)

    def _take(self) -> list[_Waiting]:
        taken, self._queue = self._queue[:ENTRIES_IN_A_COMMIT], self._queue[ENTRIES_IN_A_COMMIT:]
        return taken

    def _links(self, before: Head, entries: Sequence[LedgerEntry]) -> list[Link]:
        links: list[Link] = []
        previous_hash = before.hash
        for sequence, entry in enumerate(entries, start=before.sequence + 1):
            links.append(link(self.key, self.chain, sequence, entry.as_json(), previous_hash))
            previous_hash = links[-1].hash
        return links

    async def _write(
        self, connection: AsyncConnection, before: Head, links: Sequence[Link], entries: Sequence[LedgerEntry]
    ) -> Head:
        rows = [
            {
                "chain": made.chain, "sequence": made.sequence, "at": in_utc(entry.at), "patient_id": entry.patient_id,
                "actor_key": entry.actor_key, "entry": made.entry, "previous_hash": made.previous_hash,
                "hash": made.hash,
            }
            for made, entry in zip(links, entries, strict=True)
        ]  # fmt: skip
        await connection.execute(ENTRY.insert(), rows)
        end = Head(self.chain, links[-1].sequence, links[-1].hash)
        await self._move_end(connection, before, end)
        return end

    async def _move_end(self, connection: AsyncConnection, before: Head, end: Head) -> None:
        if before.sequence == 0:
            await connection.execute(HEAD.insert(), asdict(end))
            return
        is_ours = (HEAD.c.chain == self.chain) & (HEAD.c.sequence == before.sequence) & (HEAD.c.hash == before.hash)
        moved = await connection.execute(update(HEAD).where(is_ours).values(sequence=end.sequence, hash=end.hash))
        if moved.rowcount != 1:
            raise LedgerUnavailable("the chain's end was moved by somebody else")

    async def _read_end(self, connection: AsyncConnection) -> Head:
        found = (await connection.execute(select(HEAD).where(HEAD.c.chain == self.chain))).mappings().first()
        return Head(**found) if found is not None else Head(self.chain, 0, GENESIS)


class _TakeBack(Exception):
    """Rolls a transaction back on purpose."""


def _fail(waiters: Sequence[_Waiting], cause: BaseException) -> None:
    """One exception for each waiter: a shared one would gather everybody's traceback."""
    for waiting in waiters:
        if not waiting.written.done():
            error = LedgerUnavailable("the ledger could not be written")
            error.__cause__ = cause
            waiting.written.set_exception(error)


async def verify(database: Database, key: bytes) -> list[Break]:
    """Check every chain, link by link, without holding more than some of them in memory. Empty when all is well."""
    async with database.snapshot() as connection:
        return await connection.run_sync(_verify, key)


def _verify(connection: Connection, key: bytes) -> list[Break]:
    heads = [Head(**row) for row in connection.execute(select(HEAD)).mappings()]
    columns = [ENTRY.c[name] for name in ("chain", "sequence", "entry", "previous_hash", "hash")]
    in_order = select(*columns).order_by(ENTRY.c.chain, ENTRY.c.sequence)
    streamed = connection.execution_options(yield_per=LINKS_AT_ONCE).execute(in_order)
    return list(broken_links(key, (Link(**row) for row in streamed.mappings()), heads))
