"""The ledger in the database: entries of concurrent requests share a commit, and each process has its own chains.

A chain goes forward only when a commit has. After a failure nobody knows whether the commit came through, so the
chain's end is read again before the next entry.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import (
    Connection,
    Select,
    String,
    bindparam,
    cast,
    column,
    delete,
    exists,
    func,
    literal_column,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.chains import GENESIS, Break, Gap, Head, Link, broken_links, hash_of
from app.domain.ledger import Entry
from app.domain.ports import LedgerPage
from app.domain.searching import LedgerSearch
from data.columns import in_utc
from data.database import Database
from data.declaring import table_of
from data.ledger_pages import read_page
from data.tables import LedgerEntry as LedgerEntryRow
from data.tables import LedgerGap, LedgerHead
from data.together import Together

ENTRY, HEAD, GAP = table_of(LedgerEntryRow), table_of(LedgerHead), table_of(LedgerGap)

ENTRY_NAMES: Final = [found.name for found in ENTRY.c]
HEAD_NAMES: Final = [found.name for found in HEAD.c]

ENTRIES_IN_A_COMMIT: Final = 500
CHAINS_AT_MOST: Final = 64
LINKS_AT_ONCE: Final = 1_000

BETWEEN: Final = literal_column("E'\\n'", String)
NOTHING: Final = literal_column("''", String)


class LedgerUnavailable(Exception):
    """The entry is not known to be written down. Nothing may be shown."""


@dataclass(slots=True)
class _Waiting:
    entries: tuple[Entry, ...]
    written: asyncio.Future[None]


@dataclass(slots=True)
class _Chain:
    """A chain of this process. `end`: where it ends; None when that has to be read again."""

    name: str
    end: Head | None = None


@dataclass(frozen=True, slots=True)
class Appended:
    """Entries made fast to a chain's end, as rows. They are in the ledger when the transaction is committed."""

    before: Head
    end: Head
    rows: list[dict[str, Any]]


class ChainedLedger:
    """The port `Ledger`: the chains of one process. Entries of readers share commits, written by one task that lives
    only while entries wait; a writer's entry goes into its own transaction. As many chains as transactions at once:
    one that is not committed yet holds its chain's end, and nobody is to wait for another's commit."""

    def __init__(self, database: Database, key: bytes, chain: str | None = None) -> None:
        """A chain that was begun before is gone on with; without one a new chain is begun with the first entry."""
        self.key: Final = key
        self._database = database
        self._free = [_Chain(chain or str(uuid4()))]
        self.chain: Final = self._free[0].name
        self._turns = asyncio.Semaphore(CHAINS_AT_MOST)
        self._held: dict[AsyncConnection, _Chain] = {}
        self._queue: list[_Waiting] = []
        self._writer: asyncio.Task[None] | None = None
        self._closed = False

    async def start(self) -> None:
        """Make sure that the ledger can be read. Raises what the database raises."""
        async with self._database.connection() as connection:
            await self._read_end(connection, self.chain)

    async def close(self) -> None:
        """Write what waits, and take no more."""
        self._closed = True
        if self._writer is not None:
            await asyncio.wait([self._writer])

    async def append(self, *entries: Entry) -> None:
        """Returns when the entries are durable; those of concurrent callers share a commit.

        Raises LedgerUnavailable.
        """
        if self._closed:
            raise LedgerUnavailable("the ledger is closed")
        waiting = _Waiting(entries, asyncio.get_running_loop().create_future())
        self._queue.append(waiting)
        if self._writer is None:
            self._writer = asyncio.create_task(self._write_all(), name="ledger writer")
        await waiting.written

    async def append_within(self, connection: AsyncConnection, *entries: Entry) -> None:
        """Add entries within the connection's transaction, as the last thing before it ends, and once.

        Raises RuntimeError for a second call in one transaction.
        """
        appended = await self.joined(connection, *entries)
        await connection.execute(ENTRY.insert(), appended.rows)
        await self._move_end(connection, appended)

    async def joined(self, connection: AsyncConnection, *entries: Entry) -> Appended:
        """Make entries fast to a chain, for the caller to store within the connection's transaction, with the move of
        the chain's end. The chain is held until the transaction has ended, and goes forward only when it was committed.

        Raises RuntimeError for a second call in one transaction.
        """
        if connection in self._held:
            raise RuntimeError("entries of one transaction are added in one call")
        await self._turns.acquire()
        chain = self._free.pop() if self._free else _Chain(str(uuid4()))
        self._held[connection] = chain
        before, chain.end = chain.end, None
        moved_to: Head | None = None

        def ended(committed: bool) -> None:
            chain.end = moved_to if committed else None
            del self._held[connection]
            self._free.append(chain)
            self._turns.release()

        self._database.when_ended(connection, ended)
        before = before or await self._read_end(connection, chain.name)
        appended = self.appended(before, entries)
        moved_to = appended.end
        return appended

    @asynccontextmanager
    async def turn(self) -> AsyncIterator["Turn"]:
        """A chain to oneself, for entries that are committed with one statement. Without `Turn.committed` nothing is
        known of what became of them, and the chain's end is read again before it is gone on with."""
        await self._turns.acquire()
        chain = self._free.pop() if self._free else _Chain(name := str(uuid4()), Head(name, 0, GENESIS))
        turn = Turn(self, chain.end)
        chain.end = None
        try:
            if turn.before is None:
                async with self._database.connection() as connection:
                    turn.before = await self._read_end(connection, chain.name)
            yield turn
            chain.end = turn.end
        finally:
            self._free.append(chain)
            self._turns.release()

    def gather(self, together: Together, appended: Appended) -> None:
        """Add what `joined` gave to changes that are sent together."""
        before, end = appended.before, appended.end
        together.insert(ENTRY, appended.rows)
        if before.sequence == 0:
            together.insert(HEAD, [asdict(end)])
        else:
            values = {"sequence": end.sequence, "hash": end.hash}
            together.update(HEAD, {"chain": end.chain, "sequence": before.sequence}, values, must_find=True)

    async def page(self, search: LedgerSearch, *, first: int, after: str | None) -> LedgerPage:
        """The entries that are searched for, newest first.

        Raises RecordRefusal BAD_USER_INPUT for a cursor that is none of ours.
        """
        async with self._database.connection() as connection:
            return await read_page(connection, search, first=first, after=after)

    async def is_writable(self) -> bool:
        """Whether an entry could be written now. Tries it, and leaves nothing behind.

        It is committed, not rolled back: a full disk is met when a commit is written out.
        """
        probe = {"chain": f"probe {uuid4()}", "sequence": 0, "hash": GENESIS}
        try:
            async with self._database.transaction() as connection:
                await connection.execute(HEAD.insert(), probe)
                await connection.execute(delete(HEAD).where(HEAD.c.chain == probe["chain"]))
        except Exception:
            return False
        return not self._closed

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
            if self._database.joins_changes:
                async with self.turn() as turn:
                    taken = self._take()
                    await self._commit(turn, _entries_of(taken))
            else:
                async with self._database.transaction() as connection:
                    taken = self._take()
                    await self.append_within(connection, *_entries_of(taken))
        except BaseException as error:
            _fail(taken or self._take(), error)
            if not isinstance(error, Exception):
                raise
        else:
            for waiting in taken:
                if not waiting.written.done():  # its caller may have been cancelled
                    waiting.written.set_result(None)

    def _take(self) -> list[_Waiting]:
        """The next that are written together: one at least, and no more than go into a commit."""
        room, count = ENTRIES_IN_A_COMMIT, 0
        for waiting in self._queue:
            room -= len(waiting.entries)
            if count and room < 0:
                break
            count += 1
        taken, self._queue = self._queue[:count], self._queue[count:]
        return taken

    async def _commit(self, turn: "Turn", entries: Sequence[Entry]) -> None:
        """Entries and the move of the chain's end, in one statement by itself."""
        assert turn.before is not None  # `turn` has read it
        appended = self.appended(turn.before, entries)
        (moved,) = await self._database.rows(
            _appending(turn.before.sequence == 0), _as_columns(appended), may_repeat=False
        )
        if not moved["moved"]:
            raise LedgerUnavailable("the chain's end was moved by somebody else")
        turn.committed(appended)

    def appended(self, before: Head, entries: Sequence[Entry]) -> Appended:
        """Entries made fast to a chain's end."""
        rows: list[dict[str, Any]] = []
        sequence, previous = before.sequence, before.hash
        for entry in entries:
            sequence, text = sequence + 1, entry.as_json()
            made_fast = hash_of(self.key, before.chain, sequence, text, previous)
            rows.append({
                "chain": before.chain, "sequence": sequence, "at": in_utc(entry.at), "patient_id": entry.patient_id,
                "actor_key": entry.actor_key, "hpr_number": entry.hpr_number,
                "organisation_number": entry.organisation_number, "seen_change": entry.seen_change, "entry": text,
                "previous_hash": previous, "hash": made_fast,
            })  # fmt: skip
            previous = made_fast
        return Appended(before, Head(before.chain, sequence, previous), rows)

    async def _move_end(self, connection: AsyncConnection, appended: Appended) -> None:
        before, end = appended.before, appended.end
        if before.sequence == 0:
            await connection.execute(HEAD.insert(), asdict(end))
            return
        is_ours = (HEAD.c.chain == end.chain) & (HEAD.c.sequence == before.sequence) & (HEAD.c.hash == before.hash)
        moved = await connection.execute(update(HEAD).where(is_ours).values(sequence=end.sequence, hash=end.hash))
        if moved.rowcount != 1:
            raise LedgerUnavailable("the chain's end was moved by somebody else")

    async def _read_end(self, connection: AsyncConnection, chain: str) -> Head:
        found = (await connection.execute(select(HEAD).where(HEAD.c.chain == chain))).mappings().first()
        return Head(**found) if found is not None else Head(chain, 0, GENESIS)


class Turn:
    """One chain, for the time of one statement."""

    def __init__(self, ledger: ChainedLedger, before: Head | None) -> None:
        self.before = before
        self.end: Head | None = None
        self._ledger = ledger

    def add(self, together: Together, *entries: Entry) -> Appended:
        """Add entries to changes that are sent together."""
        assert self.before is not None  # `turn` has read it
        appended = self._ledger.appended(self.before, entries)
        self._ledger.gather(together, appended)
        return appended

    def committed(self, appended: Appended) -> None:
        """The statement was committed."""
        self.end = appended.end

    def left_out(self) -> None:
        """The statement changed nothing."""
        self.end = self.before


def _entries_of(taken: Sequence[_Waiting]) -> list[Entry]:
    return [entry for waiting in taken for entry in waiting.entries]


@cache
def _appending(is_first: bool) -> Select[Any]:
    """Entries, each column as one text, added when the chain's end is where it is thought to be. Gives whether it was.

    One text is sent at once; of an array the driver would look at every member, which for a page of a list takes
    longer than all else that is done here.
    """
    end = {name: bindparam(f"end_{name}", type_=HEAD.c[name].type) for name in HEAD_NAMES}
    known = [HEAD.c[name] == bindparam(f"before_{name}", type_=HEAD.c[name].type) for name in HEAD_NAMES]
    move = HEAD.insert().values(end) if is_first else update(HEAD).where(*known).values(end)
    moved = move.returning(HEAD.c.chain).cte("moved")
    texts = [func.string_to_array(bindparam(name, type_=String), BETWEEN, NOTHING) for name in ENTRY_NAMES]
    each = func.unnest(*texts).table_valued(*(column(name, String) for name in ENTRY_NAMES)).render_derived("each")
    values = [cast(each.c[found.name], found.type) for found in ENTRY.c]
    written = ENTRY.insert().from_select(ENTRY_NAMES, select(*values).where(exists(select(moved.c.chain))))
    return select(func.count(moved.c.chain).label("moved")).add_cte(written.cte("written"))


def _as_columns(appended: Appended) -> dict[str, Any]:
    before, end = asdict(appended.before), asdict(appended.end)
    ends = {f"before_{name}": value for name, value in before.items()} | {
        f"end_{name}": value for name, value in end.items()
    }
    return ends | {name: "\n".join([_as_text(row[name]) for row in appended.rows]) for name in ENTRY_NAMES}


def _as_text(value: Any) -> str:
    """A value of a row, none of which has a line break in it or is empty: a break in JSON is written otherwise."""
    if type(value) is str:
        return value
    return "" if value is None else value.isoformat() if isinstance(value, datetime) else str(value)


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
    gaps = [Gap(**row) for row in connection.execute(select(GAP)).mappings()]
    columns = [ENTRY.c[name] for name in ("chain", "sequence", "entry", "previous_hash", "hash")]
    in_order = select(*columns).order_by(ENTRY.c.chain, ENTRY.c.sequence)
    streamed = connection.execution_options(yield_per=LINKS_AT_ONCE).execute(in_order)
    return list(broken_links(key, (Link(**row) for row in streamed.mappings()), heads, gaps))
