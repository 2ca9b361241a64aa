"""Seeding: the same rows as storing one by one, whole women only, and again where it stopped."""

import resource
import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from app.domain.card.sections import SECTIONS
from app.domain.consent import ConsentState
from app.domain.record import Protection, StoredRecord
from data.cards import StoredCards
from data.database import Database
from data.declaring import table_of
from data.documents import latest_versions
from data.identity_numbers import PatientKeys
from data.organisations import EnrolledOrganisations
from data.storing import read_stored, record_ids_of, store
from data.synthetic import batches, seeding
from data.synthetic.cast import CAST, cast
from data.synthetic.organisations import NOT_ENROLLED, ORGANISATIONS
from data.synthetic.population import generate
from data.synthetic.seeding import load_cast, seed
from data.tables import MaternityRecord, Patient, SectionVersion
from tests.data.world import LOOKUP_KEY, SEALING_KEY
from tests.databases import drop_database, new_database_url

AS_OF = date(2026, 11, 23)
SEED = 5
KEYS = PatientKeys(LOOKUP_KEY, SEALING_KEY)


async def rows_in(database: Database, left_out: set[str]) -> dict[str, list[dict[str, Any]]]:
    """All rows of the tables a batch fills, in the order of their text; without columns that never repeat."""
    found = {}
    async with database.connection() as connection:
        for table in batches.TABLES:
            rows = (await connection.execute(select(table))).mappings().all()
            kept = [{name: value for name, value in row.items() if name not in left_out} for row in rows]
            found[table.name] = sorted(kept, key=str)
    return found


async def counts(database: Database) -> tuple[int, int, int]:
    """How many patients, cards and cards with versions there are."""
    async with database.connection() as connection:
        patients = await connection.scalar(select(func.count()).select_from(table_of(Patient)))
        cards = await connection.scalar(select(func.count()).select_from(table_of(MaternityRecord)))
        written = select(func.count(func.distinct(table_of(SectionVersion).c.record_id)))
        return patients or 0, cards or 0, await connection.scalar(written) or 0


async def test_seeding_stores_what_storing_stores(database: Database, tmp_path: Path) -> None:
    """A seeded store differs in nothing from one into which the same cards were stored one after another."""
    await seed(database, KEYS, women=30, seed=SEED, as_of=AS_OF, processes=1)
    one_by_one = Database(await new_database_url("sqlite", tmp_path))
    await store(one_by_one, KEYS, [generate(SEED, index, AS_OF) for index in range(30)])
    random = {"patient_id", "number_sealed", "created_at", "sequence"}
    assert await rows_in(database, random) == await rows_in(one_by_one, random)
    await one_by_one.close()


async def test_seeding_again_adds_nothing(database: Database) -> None:
    """Women who are in the store are not stored twice, on whatever day the second run is."""
    assert await seed(database, KEYS, women=25, seed=SEED, as_of=AS_OF, processes=1) == 25
    assert await seed(database, KEYS, women=25, seed=SEED, as_of=date(2026, 12, 1), processes=1) == 0
    assert await counts(database) == (25, 25, 25)


async def test_more_women_are_added(database: Database) -> None:
    """A larger run takes up where the smaller one ended."""
    await seed(database, KEYS, women=10, seed=SEED, as_of=AS_OF, processes=1)
    assert await seed(database, KEYS, women=30, seed=SEED, as_of=AS_OF, processes=1) == 20
    assert await counts(database) == (30, 30, 30)


async def test_a_stopped_run_leaves_whole_women_and_goes_on(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped in the middle, there is nobody without a card and no card without content; the next run fills up."""
    monkeypatch.setattr(seeding, "WOMEN_AT_ONCE", 10)

    def stop_early(done: int, of: int) -> None:
        if done >= 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await seed(database, KEYS, women=50, seed=SEED, as_of=AS_OF, processes=1, on_progress=stop_early)
    patients, cards, written = await counts(database)
    assert 20 <= patients == cards == written < 50
    assert await seed(database, KEYS, women=50, seed=SEED, as_of=AS_OF, processes=1) == 50 - patients
    assert await counts(database) == (50, 50, 50)


async def test_a_batch_that_fails_leaves_nothing(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """A batch is one transaction: a fault in its last woman takes the others back."""

    def fault(patient_id: str, record: StoredRecord) -> dict[str, Any]:
        raise RuntimeError("fault")

    monkeypatch.setattr(batches, "change_row", fault)
    with pytest.raises(RuntimeError):
        await seed(database, KEYS, women=10, seed=SEED, as_of=AS_OF, processes=1)
    assert await counts(database) == (0, 0, 0)


async def test_progress_reaches_the_end(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Progress never goes back and ends with all the women, those who were there before included."""
    monkeypatch.setattr(seeding, "WOMEN_AT_ONCE", 10)
    await seed(database, KEYS, women=10, seed=SEED, as_of=AS_OF, processes=1)
    seen: list[tuple[int, int]] = []
    await seed(database, KEYS, women=35, seed=SEED, as_of=AS_OF, processes=1, on_progress=lambda *now: seen.append(now))
    assert seen == sorted(seen)
    assert seen[-1] == (35, 35)


async def test_workers_store_the_same_women(tmp_path: Path) -> None:
    """Work that is split between processes gives the same women as work that is not."""
    url = await new_database_url("postgresql", tmp_path)
    database = Database(url)
    assert await seed(database, KEYS, women=900, seed=SEED, as_of=AS_OF, processes=2) == 900
    assert await counts(database) == (900, 900, 900)
    number, _, record = generate(SEED, 899, AS_OF)
    assert await record_ids_of(database, KEYS, number) == [record.record_id]
    stored = await read_stored(database, record.record_id)
    assert stored.items == latest_versions(record.items)
    await database.close()
    await drop_database(url)


async def test_the_cast_is_loaded_once(database: Database) -> None:
    """Loading again adds nobody, and brings nobody back who has withdrawn since."""
    there = [member for member in CAST if not member.never_consented]
    assert await load_cast(database, KEYS, AS_OF) == len(there)
    assert await load_cast(database, KEYS, date(2026, 11, 24)) == 0
    patients, cards, _ = await counts(database)
    assert patients == len(there)
    assert cards == sum(len(situation.records) for situation in cast(AS_OF).values())


async def test_the_cast_is_found_as_told(database: Database) -> None:
    """What the gate asks of storage about each woman is what her story says."""
    await load_cast(database, KEYS, AS_OF)
    for slug, situation in cast(AS_OF).items():
        number = next(member.number for member in CAST if member.slug == slug)
        found = await StoredCards(database, KEYS).find(number, SECTIONS)
        if situation.consent_given_at is None:
            assert found is None
            continue
        assert found is not None
        assert found.patient.protection is situation.protection
        assert found.patient.deceased_on == situation.deceased_on
        assert found.patient.blocks == situation.blocks
        state = ConsentState.WITHDRAWN if situation.withdrawal else ConsentState.ACTIVE
        assert found.patient.consent.state is state


async def test_protection_is_there_before_the_card(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """If loading stops before a protected woman's card is stored, the next loading still finds her protected."""

    async def stop(*_: Any) -> None:
        raise KeyboardInterrupt

    member = next(member for member in CAST if member.protection is Protection.CONFIDENTIAL)
    monkeypatch.setattr(seeding, "CAST", (member,))
    with monkeypatch.context() as stopped:
        stopped.setattr(seeding, "store", stop)
        with pytest.raises(KeyboardInterrupt):
            await load_cast(database, KEYS, AS_OF)
    assert await load_cast(database, KEYS, AS_OF) == 1
    found = await StoredCards(database, KEYS).find(member.number, [])
    assert found is not None
    assert found.patient.protection is Protection.CONFIDENTIAL


async def test_organisations_are_enrolled(database: Database) -> None:
    """Everybody's unit takes part but the one that does not."""
    await load_cast(database, KEYS, AS_OF)
    enrolled = EnrolledOrganisations(database)
    assert [await enrolled.find(one.number) for one in ORGANISATIONS] == list(ORGANISATIONS)
    assert await enrolled.find(NOT_ENROLLED.number) is None


@pytest.mark.slow
async def test_a_hundred_thousand_women_in_five_minutes(tmp_path: Path) -> None:
    """A population of national size is there in minutes, in memory that does not grow with it."""
    url = await new_database_url("postgresql", tmp_path)
    database = Database(url)
    began = time.monotonic()
    assert await seed(database, KEYS, women=100_000, seed=SEED, as_of=AS_OF) == 100_000
    assert time.monotonic() - began < 300
    assert await counts(database) == (100_000, 100_000, 100_000)
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    assert max(resource.getrusage(one).ru_maxrss for one in who) < 400_000  # kilobytes
    await database.close()
    await drop_database(url)
