"""Each test of storage runs on both engines, on a database of its own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from data.cards import StoredCards
from data.database import Database
from data.identity_numbers import PatientKeys
from data.ledger import ChainedLedger
from tests.data.world import LEDGER_KEY, LOOKUP_KEY, SEALING_KEY
from tests.databases import ENGINES, emptied_database_url


@pytest.fixture(params=ENGINES)
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(await emptied_database_url(request.param, tmp_path))
    yield database
    await database.close()


@pytest.fixture
def keys() -> PatientKeys:
    return PatientKeys(LOOKUP_KEY, SEALING_KEY)


@pytest.fixture
async def ledger(database: Database) -> AsyncIterator[ChainedLedger]:
    ledger = ChainedLedger(database, LEDGER_KEY)
    await ledger.start()
    yield ledger
    await ledger.close()


@pytest.fixture
def cards(database: Database, keys: PatientKeys) -> StoredCards:
    return StoredCards(database, keys)
