"""The database behind a URL: SQLite in a file, or PostgreSQL. The only file that acts on which of the two it is."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any, Final, cast

from sqlalchemy import URL, Connection, Table, event, make_url, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DisconnectionError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool
from sqlalchemy.sql import Executable, Select

from data.direct import Direct, Rows
from data.notifications import Heard, NoNotifications, Notifications, PostgresqlNotifications

BUSY_TIMEOUT_MS: Final = 5_000
REACHABLE_WITHIN_SECONDS: Final = 2.0
ADVISORY_LOCK_OF_MIGRATIONS: Final = 0x68656C73
"""Any number that nobody else in the database uses."""

SQLITE_PRAGMAS: Final = (
    f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",  # a ledger entry is durable when its commit returns
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",  # what is deleted is overwritten: withdrawal is an erasure
)

LIGHT_PRAGMAS: Final = (*SQLITE_PRAGMAS, "PRAGMA synchronous = NORMAL")
"""A commit waits for no disk. The file is whole all the same, whenever the machine stops; its last may be lost."""

POSTGRESQL_SETTINGS: Final = {"application_name": "helsekort", "jit": "off", "timezone": "UTC"}

Ending = Callable[[bool], None]
"""Called when a transaction has ended, with whether it was committed."""


class Counted(list[str]):
    """Statements that were sent. `rows`: how many rows they gave or changed, all together."""

    rows = 0


class Database:
    """One database and its connections. SQLite has one writer at a time; writers of this process queue for it."""

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        """Raises ValueError for a URL that is neither SQLite in a file nor PostgreSQL. Connects when first used."""
        self.url = driver_url(url)
        self.is_sqlite: Final = self.url.get_backend_name() == "sqlite"
        make_engine = _sqlite_engine if self.is_sqlite else _postgresql_engine
        self._engine = make_engine(self.url, pool_size)
        self.joins_changes: Final = not self.is_sqlite
        """Whether several changes can be sent as one statement."""
        # Reading needs no BEGIN and ROLLBACK around one statement; on SQLite reading is that way already.
        self._reading = self._engine if self.is_sqlite else _isolated(self._engine, "AUTOCOMMIT")
        self._writing = self._engine.execution_options(begin="BEGIN IMMEDIATE") if self.is_sqlite else self._engine
        self._write_turn = asyncio.Lock() if self.is_sqlite else None
        self._light = _sqlite_engine(self.url, 1, LIGHT_PRAGMAS) if self.is_sqlite else self._engine
        self._endings: dict[AsyncConnection, list[Ending]] = {}
        self._direct = None if self.is_sqlite else Direct(self.url, pool_size, POSTGRESQL_SETTINGS)
        self._counted: list[Counted] = []

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[AsyncConnection]:
        """For reading: each statement sees what is committed when it runs."""
        async with self._reading.connect() as connection:
            yield connection

    async def rows(self, statement: Select[Any], values: Mapping[str, Any], *, may_repeat: bool = True) -> Rows:
        """The rows of one statement by itself; on PostgreSQL the shortest way there is.

        Without `may_repeat` it is one that changes something, and is not sent again when the connection is lost.
        """
        if self._direct is None:
            async with self.connection() as connection:
                found: Rows = (await connection.execute(statement, values)).mappings().all()
                return found
        return await self._given(self._direct, statement, values, may_repeat=may_repeat)

    async def tuples(self, statement: Select[Any], values: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
        """The same for a statement that only reads, each row as its values in the order of the columns."""
        if self._direct is None:
            async with self.connection() as connection:
                found: Sequence[Sequence[Any]] = (await connection.execute(statement, values)).all()
                return found
        given: Any = await self._given(self._direct, statement, values, may_repeat=True)
        return cast(Sequence[Sequence[Any]], given)  # the driver's rows are both

    async def lightly(self, statement: Executable, values: Mapping[str, Any]) -> Rows:
        """The rows of one statement that changes something and need not be durable: on SQLite its commit waits for no
        disk, and on PostgreSQL neither when its table is unlogged. Raises DirectFailure on PostgreSQL."""
        if self._direct is not None:
            return await self._given(self._direct, statement, values, may_repeat=False)
        async with self._turn(), self._light.connect() as connection:
            found: Rows = (await connection.execute(statement, values)).mappings().all()
            return found

    async def _given(self, direct: Direct, statement: Any, values: Mapping[str, Any], *, may_repeat: bool) -> Rows:
        for counted in self._counted:
            counted.append(str(statement))
        given = await direct.rows(statement, values, may_repeat=may_repeat)
        for counted in self._counted:
            counted.rows += len(given)
        return given

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[AsyncConnection]:
        """For reading: all statements see the same state."""
        reading = self._engine.execution_options(begin="BEGIN") if self.is_sqlite else _repeatable(self._engine)
        async with reading.connect() as connection, connection.begin():
            yield connection

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """For writing: committed at the end, rolled back on any exception."""
        async with self._turn(), self._writing.connect() as connection:
            endings = self._endings[connection] = []
            committed = False
            try:
                async with connection.begin():
                    yield connection
                committed = True
            finally:
                del self._endings[connection]
                for ending in endings:
                    ending(committed)

    def when_ended(self, connection: AsyncConnection, ending: Ending) -> None:
        """Have something done when the connection's transaction has ended. Raises KeyError outside `transaction()`."""
        self._endings[connection].append(ending)

    @asynccontextmanager
    async def migration(self) -> AsyncIterator[AsyncConnection]:
        """A transaction for schema changes; processes that start at once take turns."""
        async with self.transaction() as connection:
            if not self.is_sqlite:
                await connection.execute(text(f"SELECT pg_advisory_xact_lock({ADVISORY_LOCK_OF_MIGRATIONS})"))
            yield connection

    @asynccontextmanager
    async def notifications(self, channel: str, heard: Heard) -> AsyncIterator[Notifications]:
        """A channel between processes, on a connection beside the pool. On SQLite nothing is told and nothing heard.

        Raises what the driver raises when there is no connection; one that breaks later says so in `lost`.
        """
        if self.is_sqlite:
            yield NoNotifications()
            return
        apart = create_async_engine(self.url, poolclass=NullPool, hide_parameters=True, connect_args=_connect_args())
        async with _isolated(apart, "AUTOCOMMIT").connect() as connection:
            line = PostgresqlNotifications((await connection.get_raw_connection()).driver_connection, channel)
            try:
                await line.listen(heard)
                yield line
            finally:
                line.hang_up()

    def _turn(self) -> AbstractAsyncContextManager[None]:
        return self._write_turn or nullcontext()

    async def is_reachable(self) -> bool:
        """Whether a statement is answered, soon."""
        try:
            async with asyncio.timeout(REACHABLE_WITHIN_SECONDS), self.connection() as connection:
                await connection.execute(text("SELECT 1"))
        except Exception:
            return False
        return True

    async def close(self) -> None:
        """Close all connections."""
        if self._direct is not None:
            await self._direct.close()
        await self._engine.dispose()
        await self._light.dispose()

    def insert(self, table: Table) -> "postgresql.Insert | sqlite.Insert":
        """An INSERT that knows `on_conflict_do_update` and `on_conflict_do_nothing`."""
        return sqlite.insert(table) if self.is_sqlite else postgresql.insert(table)

    def locking(self, select: Select[Any]) -> Executable:
        """The same SELECT, holding the rows it finds until the transaction ends. On SQLite a writer holds all."""
        return select if self.is_sqlite else select.with_for_update()

    async def forget_deleted(self) -> None:
        """Take what was deleted out of the files too, as far as the engine can be asked to. Never raises for it."""
        if not self.is_sqlite:
            return
        # A reader may hold the log back; what is in it then goes with the next checkpoint.
        with suppress(SQLAlchemyError):
            async with self._turn(), self.connection() as connection:
                await connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))

    @contextmanager
    def count_statements(self) -> Iterator["Counted"]:
        """The statements sent meanwhile, transaction control left out, and their rows. For tests."""
        counted = Counted()

        def note(_c: Connection, _cursor: Any, statement: str, *_more: Any) -> None:
            if not statement.startswith(("BEGIN", "PRAGMA")):
                counted.append(statement)

        def note_rows(_c: Connection, cursor: Any, *_more: Any) -> None:
            # What a statement gives is held by the cursor as soon as it has run; how many rows it changed, by number.
            counted.rows += len(cursor._rows) if cursor.description else max(cursor.rowcount, 0)

        engine = self._engine.sync_engine
        event.listen(engine, "before_cursor_execute", note)
        event.listen(engine, "after_cursor_execute", note_rows)
        self._counted.append(counted)
        try:
            yield counted
        finally:
            self._counted = [other for other in self._counted if other is not counted]
            event.remove(engine, "before_cursor_execute", note)
            event.remove(engine, "after_cursor_execute", note_rows)


async def copy_rows(
    connection: AsyncConnection, table: Table, columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Add many new rows within the connection's transaction: COPY on PostgreSQL, one statement for all on SQLite."""
    if connection.dialect.name == "sqlite":
        named = [dict(zip(columns, row, strict=True)) for row in rows]
        if named:
            await connection.execute(table.insert(), named)
        return
    raw = (await connection.get_raw_connection()).driver_connection
    assert raw is not None  # only a connection that was given back has none
    if not raw.is_in_transaction():
        # SQLAlchemy begins with the first statement it sends itself, and COPY goes past it.
        await connection.execute(text("SELECT 1"))
    await raw.copy_records_to_table(table.name, records=rows, columns=columns)


def driver_url(url: str) -> URL:
    """The URL with the driver we use. Raises ValueError for any other database than the two."""
    parsed = make_url(url)
    backend = parsed.get_backend_name()
    if backend == "sqlite":
        if parsed.database in (None, "", ":memory:"):
            raise ValueError("SQLite needs a file: sqlite:///path")
        return parsed.set(drivername="sqlite+aiosqlite")
    if backend in ("postgresql", "postgres"):
        return parsed.set(drivername="postgresql+asyncpg")
    raise ValueError(f"{backend} is not supported; use sqlite:///path or postgresql://host/name")


# hide_parameters: an exception's message would otherwise quote what was to be stored, and messages end up anywhere.


def _sqlite_engine(url: URL, pool_size: int, pragmas: Sequence[str] = SQLITE_PRAGMAS) -> AsyncEngine:
    engine = create_async_engine(url, pool_size=pool_size, max_overflow=0, hide_parameters=True)

    @event.listens_for(engine.sync_engine, "do_connect")
    def make_private_file(*_: Any) -> None:
        path = Path(cast(str, url.database))
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))

    @event.listens_for(engine.sync_engine, "connect")
    def set_up(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver's own transactions begin too late and are not IMMEDIATE
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(pragma)
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Connection) -> None:
        statement = connection.get_execution_options().get("begin")
        if statement is not None:
            connection.exec_driver_sql(statement)

    return engine


def _postgresql_engine(url: URL, pool_size: int) -> AsyncEngine:
    engine = create_async_engine(
        url, pool_size=pool_size, max_overflow=0, pool_use_lifo=True, hide_parameters=True, connect_args=_connect_args()
    )

    @event.listens_for(engine.sync_engine, "checkout")
    def refuse_closed(connection: Any, *_: Any) -> None:
        """A connection that was cut while it rested is known to be: asking the server first would be one way more."""
        if connection.driver_connection.is_closed():
            raise DisconnectionError("the connection was closed meanwhile")

    return engine


def _connect_args() -> dict[str, Any]:
    return {"server_settings": POSTGRESQL_SETTINGS}


def _isolated(engine: AsyncEngine, level: str) -> AsyncEngine:
    return engine.execution_options(isolation_level=level)


def _repeatable(engine: AsyncEngine) -> AsyncEngine:
    return _isolated(engine, "REPEATABLE READ")
