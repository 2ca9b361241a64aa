"""Databases behind URLs: what both engines promise alike, and the schema on both."""

import asyncio
import stat
from datetime import timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, column, insert, select, table, text
from sqlalchemy.exc import IntegrityError, StatementError

from data.cards import StoredCards
from data.database import Database, copy_rows, driver_url
from data.declaring import Row, table_of
from data.identity_numbers import PatientKeys
from data.migrate import is_current, migrate
from data.storing import store
from data.tables import IdempotencyKey, MaternityRecord, Organisation
from tests.data.world import (
    CONSENTED_AT,
    KARI,
    MOTHER,
    NOW,
    PREGNANCY,
    VISITS,
    card,
    closed_card,
    count_rows,
    failing_transaction,
    grant,
)
from tests.databases import ENGINES, empty_database_url, new_database_url

ORGANISATION = table_of(Organisation)
COLUMNS = ("number", "name", "kind", "parent_number")


def row(number: int) -> dict[str, str]:
    return dict.fromkeys(COLUMNS, str(number))


@pytest.mark.parametrize(
    ("url", "driver"),
    [
        ("sqlite:///some/file.db", "sqlite+aiosqlite:///some/file.db"),
        ("sqlite+aiosqlite:////file.db", "sqlite+aiosqlite:////file.db"),
        ("postgresql://her@there/cards?host=%2Ftmp", "postgresql+asyncpg://her@there/cards?host=%2Ftmp"),
        ("postgresql+asyncpg://there/cards", "postgresql+asyncpg://there/cards"),
    ],
)
def test_urls_of_both_engines_are_understood(url: str, driver: str) -> None:
    """A URL says which database, with or without its driver."""
    assert str(driver_url(url)) == driver


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://there/cards"])
def test_other_databases_are_refused(url: str) -> None:
    """A database that cannot keep what the product promises is refused before anything is tried."""
    with pytest.raises(ValueError, match=r"SQLite needs a file|not supported"):
        Database(url)


@pytest.mark.parametrize("engine", ENGINES)
async def test_the_migrated_schema_is_the_one_declared(engine: str, tmp_path: Path) -> None:
    """After migration there is no difference between the database and the tables as declared."""
    database = Database(await empty_database_url(engine, tmp_path))
    assert not await is_current(database)
    await asyncio.gather(migrate(database), migrate(database))
    assert await is_current(database)
    async with database.connection() as connection:
        assert await connection.run_sync(differences) == []
    await migrate(database)
    await database.close()


def differences(connection: Connection) -> list[Any]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, Row.metadata))


async def test_a_failed_transaction_leaves_nothing(database: Database) -> None:
    """What a transaction wrote before it failed is gone."""
    async with failing_transaction(database) as connection:
        await connection.execute(insert(ORGANISATION), row(1))
    assert (await count_rows(database))["organisation"] == 0


async def test_how_a_transaction_ended_is_told(database: Database) -> None:
    """Whoever asks is told once the transaction is over, and how it ended."""
    told: list[bool] = []
    async with database.transaction() as connection:
        database.when_ended(connection, told.append)
        assert told == []
    async with failing_transaction(database) as connection:
        database.when_ended(connection, told.append)
    assert told == [True, False]


async def test_concurrent_writers_all_get_through(database: Database) -> None:
    """More writers than connections wait for each other and none fails."""

    async def write(number: int) -> None:
        async with database.transaction() as connection:
            await connection.execute(select(ORGANISATION))
            await connection.execute(insert(ORGANISATION), row(number))

    await asyncio.gather(*(write(number) for number in range(40)))
    assert (await count_rows(database))["organisation"] == 40


async def test_two_processes_write_to_one_database(database: Database) -> None:
    """Writers that do not know of each other take turns too."""
    other = Database(database.url.render_as_string(hide_password=False))

    async def write(through: Database, number: int) -> None:
        async with through.transaction() as connection:
            await connection.execute(select(ORGANISATION))
            await asyncio.sleep(0.001)  # long enough for the other to have read too
            await connection.execute(insert(ORGANISATION), row(number))

    await asyncio.gather(*(write((database, other)[number % 2], number) for number in range(20)))
    await other.close()
    assert (await count_rows(database))["organisation"] == 20


async def test_a_snapshot_does_not_move(database: Database) -> None:
    """What is written while a snapshot is read does not show in it."""
    query = select(ORGANISATION.c.number)
    async with database.snapshot() as reading:
        assert (await reading.execute(query)).all() == []
        async with database.transaction() as connection:
            await connection.execute(insert(ORGANISATION), row(1))
        assert (await reading.execute(query)).all() == []
    async with database.connection() as connection:
        assert len((await connection.execute(query)).all()) == 1


async def test_copied_rows_belong_to_the_transaction(database: Database) -> None:
    """Rows added in bulk come with all their types, and go when the transaction fails."""
    key = table_of(IdempotencyKey)
    columns = ("client_id", "key", "input_hash", "answer", "at", "patient_id")
    rows = [("ehr", str(number), "", "svar", NOW, None) for number in range(1_000)]
    async with failing_transaction(database) as connection:
        await copy_rows(connection, key, columns, rows)
    async with database.transaction() as connection:
        await copy_rows(connection, key, columns, rows)
        await copy_rows(connection, key, columns, [])
    async with database.connection() as connection:
        read = (await connection.execute(select(key.c.at, key.c.patient_id, key.c.answer))).all()
    assert len(read) == 1_000
    assert set(read) == {(NOW, None, "svar")}


async def test_the_database_itself_refuses_a_second_active_card(database: Database, keys: PatientKeys) -> None:
    """The rule of one active card a woman does not rest on code alone."""
    await store(database, keys, [(KARI, CONSENTED_AT, card()), (KARI, None, closed_card(900))])
    record = table_of(MaternityRecord)
    with pytest.raises(IntegrityError):
        async with database.transaction() as connection:
            await connection.execute(record.update().values(status="ACTIVE"))


async def test_every_time_column_keeps_instants(database: Database) -> None:
    """A time goes in with any offset and comes out in UTC; without an offset it does not go in."""
    key = table_of(IdempotencyKey)
    one = {"client_id": "ehr", "key": "k", "input_hash": "", "answer": ""}
    async with database.transaction() as connection:
        await connection.execute(insert(key), one | {"at": NOW.astimezone(timezone(timedelta(hours=2)))})
    async with database.connection() as connection:
        assert str((await connection.execute(select(key.c.at))).scalar_one()) == str(NOW)
    async with failing_transaction(database) as connection:
        with pytest.raises(StatementError, match="offset"):
            await connection.execute(insert(key), one | {"key": "l", "at": NOW.replace(tzinfo=None)})


async def test_statements_are_counted(database: Database) -> None:
    """The counter sees reading and writing, and nothing of transaction control."""
    with database.count_statements() as statements:
        async with database.connection() as connection:
            await connection.execute(text("SELECT 1"))
        async with database.transaction() as connection:
            await connection.execute(insert(ORGANISATION), row(1))
    async with database.connection() as connection:
        await connection.execute(text("SELECT 2"))
    assert len(statements) == 2


async def test_a_database_that_is_away_is_not_reachable(database: Database, tmp_path: Path) -> None:
    """Readiness is told yes when a statement is answered, and no, without an exception, when it is not."""
    assert await database.is_reachable()
    for url in ("postgresql://nobody@/nothing?host=/nowhere", f"sqlite:///{tmp_path}"):
        away = Database(url)
        assert not await away.is_reachable()
        await away.close()


async def test_a_new_sqlite_file_is_its_owners_alone(tmp_path: Path) -> None:
    """Health data in a file is readable by the user who runs the process and by nobody else."""
    path = tmp_path / "folder" / "helsekort.db"
    database = Database(f"sqlite:///{path}")
    await migrate(database)
    files = [path.parent, *path.parent.iterdir()]
    assert len(files) >= 2
    assert [stat.S_IMODE(file.stat().st_mode) & 0o077 for file in files] == [0] * len(files)
    await database.close()


async def test_both_engines_answer_alike(tmp_path: Path, keys: PatientKeys) -> None:
    """The same cards give the same answers, whichever engine they are kept in."""
    kept, earlier = card(), [closed_card(days) for days in (300, 900)]
    answers = []
    for engine in ENGINES:
        database = Database(await new_database_url(engine, tmp_path))
        await store(database, keys, [(KARI, CONSENTED_AT, one) for one in [kept, *earlier]])
        cards = StoredCards(database, keys)
        found = await cards.find(KARI, [MOTHER, PREGNANCY, VISITS])
        assert found is not None
        assert found.card is not None
        opening = grant(found.patient.patient_id)
        closed = await cards.earlier(opening, [MOTHER, VISITS])
        answers.append(
            (
                found.card.head, found.card.sections.open(opening), found.patient.consent, found.patient.blocks,
                [(one.head, one.sections.open(opening)) for one in closed],
            )
        )  # fmt: skip
        await database.close()
    assert answers[0] == answers[1]


async def test_an_exception_does_not_quote_what_was_to_be_stored(database: Database) -> None:
    """Messages of exceptions end up in logs and terminals; values do not."""
    row = {"number": "310990000", "name": "kanarifugl", "kind": "GP_OFFICE", "parent_number": "310990000"}
    with pytest.raises(IntegrityError) as caught:
        async with database.transaction() as connection:
            await connection.execute(table_of(Organisation).insert(), [row, row])
    assert "kanarifugl" not in str(caught.value)


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
async def test_what_is_asked_in_turn_is_read_by_the_server_once(database: Database) -> None:
    """Statements that take turns on a connection stay known to the server: none is read and planned for each request."""
    asked = [select(ORGANISATION.c.name), select(ORGANISATION.c.number), select(ORGANISATION.c.kind)]
    for statement in 12 * asked:
        await database.rows(statement, {})
    known = table("pg_prepared_statements", *map(column, ("statement", "generic_plans", "custom_plans")))
    plans = known.c.generic_plans + known.c.custom_plans
    found = await database.rows(
        select(plans.label("plans")).where(known.c.statement.startswith("SELECT organisation")), {}
    )
    assert [row["plans"] for row in found] == [12, 12, 12]
