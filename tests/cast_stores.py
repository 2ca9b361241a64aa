"""Stores with the cast in them, one for each test: on SQLite a copied file, on PostgreSQL a database that is put back
to what it was when a test is done with it, which takes a tenth of the time that copying one takes."""

import asyncio
import shutil
from pathlib import Path
from typing import Final
from uuid import uuid4

import asyncpg  # type: ignore[import-untyped]  # it has no types
from sqlalchemy import make_url

from app.services import make_services
from app.settings import Settings
from data.declaring import Row
from data.synthetic.seeding import load_cast
from tests.databases import PostgresqlServer, drop_database, new_database_url, postgresql_server
from tests.world import TODAY

TEMPLATE: Final = "template_with_cast"
SHAPE: Final = (
    "SELECT array_agg(relname::text ORDER BY relname) FROM pg_class WHERE relnamespace = 'public'::regnamespace"
)
OTHERS: Final = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
TABLES: Final = [f'"{table.name}"' for table in Row.metadata.sorted_tables]

_free: list[str] = []
"""Databases of this process's server that are as they were made."""


async def cast_store(engine: str, data_dir: Path, folder: Path) -> str:
    """The URL of a store that holds the cast and is nobody else's. On SQLite it is a file in the folder."""
    if engine == "sqlite":
        template = data_dir / "cast.db"
        if not template.exists():
            draft = await new_database_url(engine, data_dir)
            await _load(draft, data_dir)
            Path(draft.removeprefix("sqlite:///")).rename(template)
        copied = folder / "store.db"
        shutil.copyfile(template, copied)
        return f"sqlite:///{copied}"
    server = postgresql_server()
    if not _free:
        await _make_template(server, data_dir)
        name = f"cast_{uuid4().hex}"
        await server.run(f'CREATE DATABASE "{name}" TEMPLATE {TEMPLATE}')
        return server.url(name)
    return server.url(_free.pop())


async def give_back(url: str) -> None:
    """A test is done with its store."""
    if not url.startswith("postgresql"):
        return
    name = str(make_url(url).database)
    try:
        connection = await asyncpg.connect(url)
    except asyncpg.InvalidCatalogNameError:  # the test was about a store that is gone
        return
    try:
        is_as_before = await _put_back(connection)
    finally:
        await connection.close()
    if is_as_before:
        _free.append(name)
    else:
        await drop_database(url)


async def _put_back(connection: asyncpg.Connection) -> bool:
    """Put the rows back; whether that is all it takes. Whoever is still connected is sent away first."""
    while await connection.fetch(OTHERS):  # noqa: ASYNC110 - who goes tells nobody
        await asyncio.sleep(0.01)
    if await connection.fetchval(SHAPE) != await connection.fetchval("SELECT shape FROM kept.shape"):
        return False
    # Not by DELETE: rows would fill the holes it leaves, and stand in another order than they were written in.
    emptied = f"TRUNCATE {', '.join(TABLES)}"
    filled = [f"INSERT INTO {table} SELECT * FROM kept.{table}" for table in TABLES]
    counted = "SELECT setval(name::regclass, coalesce(last_value, 1), last_value IS NOT NULL) FROM kept.sequences"
    async with connection.transaction():
        await connection.execute("; ".join([emptied, *filled, counted]))
    return True


async def _make_template(server: PostgresqlServer, data_dir: Path) -> None:
    if await server.has(TEMPLATE):
        return
    draft = await new_database_url("postgresql", data_dir)
    await _load(draft, data_dir)
    name = str(make_url(draft).database)
    kept = [f"CREATE TABLE kept.{table} AS TABLE {table}" for table in TABLES]
    sequences = "SELECT format('%I.%I', schemaname, sequencename) AS name, last_value FROM pg_sequences"
    await server.run(
        "; ".join([
            "CREATE SCHEMA kept", *kept, f"CREATE TABLE kept.sequences AS {sequences}",
            f"CREATE TABLE kept.shape AS SELECT ({SHAPE}) AS shape",
        ]),
        name,
    )  # fmt: skip
    await server.run(f'ALTER DATABASE "{name}" RENAME TO {TEMPLATE}')


async def _load(url: str, data_dir: Path) -> None:
    services = make_services(Settings(data_dir=data_dir, database_url=url))
    await load_cast(services.database, services.patient_keys, TODAY)
    await services.database.close()
