"""The ledger in the database: durable, shared commits, one chain, every tampering found."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.errors import RecordRefusal
from app.domain.searching import LedgerSearch
from data.database import Database
from data.declaring import table_of
from data.ledger import ChainedLedger, LedgerUnavailable, verify
from data.ledger_pages import cursor_at
from data.tables import LedgerEntry as LedgerEntryRow
from data.tables import LedgerHead
from tests.data.world import LEDGER_KEY, NOW, count_rows, entry, failing_transaction
from tests.databases import ENGINES, empty_database_url

ENTRY, HEAD = table_of(LedgerEntryRow), table_of(LedgerHead)


async def sequences(database: Database) -> list[int]:
    async with database.connection() as connection:
        return list((await connection.execute(select(ENTRY.c.sequence).order_by(ENTRY.c.sequence))).scalars())


async def change(database: Database, *statements: Any) -> None:
    async with database.transaction() as connection:
        for statement in statements:
            await connection.execute(statement)


async def append_many(ledger: ChainedLedger, how_many: int) -> None:
    for nth in range(how_many):
        await ledger.append(entry(f"patient {nth}"))


async def test_an_entry_is_durable_when_append_returns(database: Database, ledger: ChainedLedger) -> None:
    """Another connection sees the entry as soon as append has returned."""
    made = entry()
    await ledger.append(made)
    async with database.connection() as connection:
        stored = (await connection.execute(select(ENTRY))).mappings().one()
    assert (stored["entry"], stored["at"], stored["patient_id"]) == (made.as_json(), NOW, "somebody")
    assert await verify(database, LEDGER_KEY) == []


async def test_entries_of_concurrent_callers_share_commits(database: Database, ledger: ChainedLedger) -> None:
    """Two hundred entries at once take a handful of commits, are all there and form one chain."""
    with database.count_statements() as statements:
        await asyncio.gather(*(ledger.append(entry(f"patient {nth}")) for nth in range(200)))
    assert await sequences(database) == list(range(1, 201))
    assert await verify(database, LEDGER_KEY) == []
    assert len(statements) < 10


async def test_nothing_is_in_the_database_before_the_first_entry(database: Database, ledger: ChainedLedger) -> None:
    """A process that logs nothing leaves no chain behind."""
    assert await ledger.is_writable()
    assert not any((await count_rows(database)).values())


async def test_two_processes_have_two_chains(database: Database, ledger: ChainedLedger) -> None:
    """Each ledger has its own chain and does not wait for the other's."""
    other = ChainedLedger(database, LEDGER_KEY)
    await asyncio.gather(append_many(ledger, 5), append_many(other, 5))
    await other.close()
    rows = await count_rows(database)
    assert (rows["ledger_head"], rows["ledger_entry"]) == (2, 10)
    assert await verify(database, LEDGER_KEY) == []


async def test_a_chain_can_be_gone_on_with(database: Database) -> None:
    """A ledger that is given an earlier chain adds to its end."""
    for _ in range(2):
        ledger = ChainedLedger(database, LEDGER_KEY, chain="one")
        await ledger.start()
        await append_many(ledger, 2)
        await ledger.close()
    assert await sequences(database) == [1, 2, 3, 4]
    assert await verify(database, LEDGER_KEY) == []


async def test_two_writers_of_one_chain_do_not_break_it(database: Database) -> None:
    """Should two processes be given the same chain, an entry fails rather than the chain; the next one goes on."""
    one, two = (ChainedLedger(database, LEDGER_KEY, chain="one") for _ in range(2))
    await one.append(entry())
    await two.append(entry())
    with pytest.raises(LedgerUnavailable):
        await one.append(entry())
    await one.append(entry())
    assert await sequences(database) == [1, 2, 3]
    assert await verify(database, LEDGER_KEY) == []


async def test_a_cancelled_caller_does_not_disturb_the_others(database: Database, ledger: ChainedLedger) -> None:
    """Callers that give up while they wait leave the others' entries and the chain whole."""
    tasks = [asyncio.create_task(ledger.append(entry(f"patient {nth}"))) for nth in range(50)]
    await asyncio.sleep(0)
    for task in tasks[::5]:
        task.cancel()
    answers = await asyncio.gather(*tasks, return_exceptions=True)
    assert [isinstance(answer, asyncio.CancelledError) for answer in answers] == [nth % 5 == 0 for nth in range(50)]
    await ledger.append(entry("after"))
    stored = await sequences(database)
    assert len(stored) >= 41
    assert stored == list(range(1, len(stored) + 1))
    assert await verify(database, LEDGER_KEY) == []


class Failing:
    """Stands between ledger and database and makes the next changes fail."""

    def __init__(self, database: Database, when: str) -> None:
        self.database = database
        self.when = when
        self.failures = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.database, name)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        fails = self.failures > 0
        self.failures -= 1
        if fails and self.when == "at the beginning":
            raise OSError("the database is away")
        async with self.database.transaction() as connection:
            yield connection
            if fails and self.when == "before the commit":
                raise OSError("the database is away")
        if fails and self.when == "after the commit":
            raise OSError("the answer was lost")

    async def rows(self, statement: Any, values: Any, *, may_repeat: bool = True) -> Any:
        """A statement by itself is a transaction when it changes something."""
        if may_repeat:
            return await self.database.rows(statement, values)
        fails = self.failures > 0
        self.failures -= 1
        if fails and self.when != "after the commit":
            raise OSError("the database is away")
        rows = await self.database.rows(statement, values, may_repeat=False)
        if fails:
            raise OSError("the answer was lost")
        return rows


@pytest.mark.parametrize("when", ["at the beginning", "before the commit", "after the commit"])
async def test_a_failed_commit_fails_every_waiter_and_the_chain_goes_on(database: Database, when: str) -> None:
    """Whoever shares a commit that fails is told so; the next entry finds the chain's end where it really is."""
    failing = Failing(database, when)
    ledger = ChainedLedger(failing, LEDGER_KEY)  # type: ignore[arg-type]  # stands in for it
    await ledger.append(entry("before"))
    failing.failures = 1
    answers = await asyncio.gather(*(ledger.append(entry(f"lost {n}")) for n in range(20)), return_exceptions=True)
    assert all(isinstance(answer, LedgerUnavailable) for answer in answers)
    await ledger.append(entry("after"))
    assert len(await sequences(database)) == (22 if when == "after the commit" else 2)
    assert await verify(database, LEDGER_KEY) == []


@pytest.mark.parametrize("engine", ENGINES)
async def test_without_its_tables_nothing_is_written(engine: str, tmp_path: Path) -> None:
    """A database that cannot take the entry makes append fail, and readiness says no."""
    database = Database(await empty_database_url(engine, tmp_path))
    ledger = ChainedLedger(database, LEDGER_KEY)
    with pytest.raises(LedgerUnavailable):
        await ledger.append(entry())
    assert not await ledger.is_writable()
    await ledger.close()
    await database.close()


async def test_a_closed_ledger_takes_no_more(database: Database, ledger: ChainedLedger) -> None:
    """Closing writes what waits; after that an append is refused and readiness says no."""
    waiting = asyncio.create_task(ledger.append(entry()))
    await asyncio.sleep(0)
    await ledger.close()
    await waiting
    assert await sequences(database) == [1]
    with pytest.raises(LedgerUnavailable):
        await ledger.append(entry())
    assert not await ledger.is_writable()


async def test_an_entry_goes_with_its_transaction(database: Database, ledger: ChainedLedger) -> None:
    """An entry of a write is there when the write is committed, and gone when it is rolled back."""
    async with database.transaction() as connection:
        await ledger.append_within(connection, entry("kept"), entry("kept too"))
    async with failing_transaction(database) as connection:
        await ledger.append_within(connection, entry("gone"))
    await ledger.append(entry("after"))
    assert await sequences(database) == [1, 2, 3]
    assert await verify(database, LEDGER_KEY) == []


async def test_a_chain_whose_end_is_not_committed_is_left_alone(database: Database, ledger: ChainedLedger) -> None:
    """While a write's entry is not committed, other entries go elsewhere or wait; no chain has a gap afterwards."""
    async with database.transaction() as connection:
        await ledger.append_within(connection, entry("first"))
        waiting = [asyncio.create_task(ledger.append(entry(f"later {nth}"))) for nth in range(5)]
        if database.is_sqlite:  # it has one writer at a time
            await asyncio.sleep(0.05)
            assert not any(task.done() for task in waiting)
        else:
            await asyncio.wait_for(asyncio.gather(*waiting), timeout=5)
    await asyncio.gather(*waiting)
    page = await ledger.page(LedgerSearch(patient_id="first"), first=1, after=None)
    assert page.entries[0].entry["patient_id"] == "first"
    assert len(await sequences(database)) == 6
    assert await verify(database, LEDGER_KEY) == []


async def test_a_transaction_adds_its_entries_in_one_call(database: Database, ledger: ChainedLedger) -> None:
    """A second call would wait for itself; it is refused, and the chain is free again afterwards."""
    async with failing_transaction(database) as connection:
        await ledger.append_within(connection, entry())
        with pytest.raises(RuntimeError, match="one call"):
            await ledger.append_within(connection, entry())
    await ledger.append(entry())
    assert await sequences(database) == [1]


LAST = 6

TAMPERINGS: dict[str, tuple[Any, ...]] = {
    "first changed": (update(ENTRY).where(ENTRY.c.sequence == 1).values(entry="{}"),),
    "middle changed": (update(ENTRY).where(ENTRY.c.sequence == 3).values(entry="{}"),),
    "last changed": (update(ENTRY).where(ENTRY.c.sequence == LAST).values(entry="{}"),),
    "first removed": (delete(ENTRY).where(ENTRY.c.sequence == 1),),
    "middle removed": (delete(ENTRY).where(ENTRY.c.sequence == 3),),
    "last removed": (delete(ENTRY).where(ENTRY.c.sequence == LAST),),
    "all removed": (delete(ENTRY),),
    "head removed": (delete(HEAD),),
    "head moved back": (delete(ENTRY).where(ENTRY.c.sequence == LAST), update(HEAD).values(sequence=LAST - 1)),
    "reordered": (
        update(ENTRY).where(ENTRY.c.sequence == 2).values(sequence=99),
        update(ENTRY).where(ENTRY.c.sequence == 3).values(sequence=2),
        update(ENTRY).where(ENTRY.c.sequence == 99).values(sequence=3),
    ),
    "moved to another chain": (update(ENTRY).where(ENTRY.c.sequence == LAST).values(chain="other"),),
}


@pytest.mark.parametrize("tampering", TAMPERINGS)
async def test_every_tampering_is_found(database: Database, ledger: ChainedLedger, tampering: str) -> None:
    """Entries changed, removed or reordered, at the beginning, in the middle or at the end, break the chain."""
    await append_many(ledger, LAST)
    assert await verify(database, LEDGER_KEY) == []
    await change(database, *TAMPERINGS[tampering])
    assert await verify(database, LEDGER_KEY) != []


async def test_the_chain_holds_with_its_own_key_only(database: Database, ledger: ChainedLedger) -> None:
    """Whoever does not have the key can neither check a chain nor make one that holds."""
    await append_many(ledger, 2)
    assert len(await verify(database, b"another key")) == 2


async def test_entries_are_read_newest_first_page_by_page(database: Database, ledger: ChainedLedger) -> None:
    """Pages follow each other without gap or repetition, also where entries have the same time, in several chains."""
    other = ChainedLedger(database, LEDGER_KEY)
    made = [entry("kari", at=NOW + timedelta(seconds=nth // 3)) for nth in range(20)]
    for nth, one in enumerate(made):
        await (ledger if nth % 2 else other).append(one)
        await ledger.append(entry("aisha", at=one.at))
    await other.close()
    pages = [await ledger.page(LedgerSearch(patient_id="kari"), first=7, after=None)]
    while pages[-1].has_next_page:
        pages.append(await ledger.page(LedgerSearch(patient_id="kari"), first=7, after=pages[-1].entries[-1].cursor))
    read = [one for page in pages for one in page.entries]
    assert [len(page.entries) for page in pages] == [7, 7, 6]
    assert sorted(one.entry["event_id"] for one in read) == sorted(one.event_id for one in made)
    assert [one.at for one in read] == sorted((one.at for one in made), reverse=True)
    assert (await ledger.page(LedgerSearch(patient_id="kari"), first=7, after=read[-1].cursor)).entries == []


async def test_entries_that_come_meanwhile_do_not_shift_a_page(database: Database, ledger: ChainedLedger) -> None:
    """A page after a cursor is the same, whatever was written since."""
    for nth in range(4):
        await ledger.append(entry("kari", at=NOW + timedelta(seconds=nth)))
    first = await ledger.page(LedgerSearch(patient_id="kari"), first=2, after=None)
    second = await ledger.page(LedgerSearch(patient_id="kari"), first=2, after=first.entries[-1].cursor)
    await ledger.append(entry("kari", at=NOW + timedelta(hours=1)))
    assert await ledger.page(LedgerSearch(patient_id="kari"), first=2, after=first.entries[-1].cursor) == second
    assert not second.has_next_page


async def test_a_page_can_be_of_one_actor(ledger: ChainedLedger) -> None:
    """With an actor only that actor's entries are read."""
    for actor in ("lege", "jordmor", None, "lege"):
        await ledger.append(entry("kari", actor_key=actor))
    page = await ledger.page(LedgerSearch(patient_id="kari", actor_key="jordmor"), first=10, after=None)
    assert [one.entry["actor_key"] for one in page.entries] == ["jordmor"]


@pytest.mark.parametrize(
    "cursor",
    ["", "x", "AAAA", "bnVsbA==", "WzFd", "ø", cursor_at((NOW, "one", 2**63)), cursor_at((NOW, "\0", 1)),
     cursor_at((NOW.replace(tzinfo=None), "one", 1)), cursor_at((NOW, 1, 1))],  # type: ignore[arg-type]  # wrong on purpose
)  # fmt: skip
async def test_a_cursor_that_is_none_of_ours_is_refused(ledger: ChainedLedger, cursor: str) -> None:
    """Made-up cursors are the caller's mistake, not a fault."""
    with pytest.raises(RecordRefusal) as refused:
        await ledger.page(LedgerSearch(patient_id="kari"), first=1, after=cursor)
    assert refused.value.code == "BAD_USER_INPUT"


async def test_the_entry_reads_back_as_it_was_written(ledger: ChainedLedger) -> None:
    """What is read back is the entry, letters of all alphabets included."""
    made = replace(entry("kari"), actor_name="Bjørg Ås, Láhppi 女", withheld=("mother.note: ROLE",))
    await ledger.append(made)
    (read,) = (await ledger.page(LedgerSearch(patient_id="kari"), first=1, after=None)).entries
    assert read.entry["actor_name"] == made.actor_name
    assert read.entry["withheld"] == list(made.withheld)
    assert (read.at, read.entry["at"]) == (NOW, NOW.isoformat())
