"""The change feed below GraphQL: who is woken, by what, and how little is sent for it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from uuid import uuid4

import pytest

from app.domain.changes import ChangeKind
from app.domain.record import Protection
from data.change_feed import CHANGE, ChangeFeed
from data.database import Database
from data.identity_numbers import PatientKeys
from data.notifications import PostgresqlNotifications
from data.patients import set_person_status
from tests.data.world import KARI, NOW


@pytest.fixture
async def feed(database: Database) -> AsyncIterator[ChangeFeed]:
    made = ChangeFeed(database)
    await made.start()
    await asyncio.sleep(0.3)  # a connection that is made wakes everybody
    yield made
    await made.close()


async def add_change(database: Database, patient_id: str) -> None:
    async with database.transaction() as connection:
        row = {"patient_id": patient_id, "at": NOW, "what": ChangeKind.RECORD_OPENED.value}
        await connection.execute(CHANGE.insert(), row)


async def woken(wakes: AsyncIterator[None], seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            await anext(wakes)
    except TimeoutError:
        return False
    return True


async def test_a_listener_is_woken_at_the_start_and_by_an_announcement(feed: ChangeFeed) -> None:
    """Of this patient, and not of another; several at once are one; a wait given up loses nothing."""
    async with feed.listening("she") as wakes:
        assert await woken(wakes, 0)
        feed.announce("another")
        assert not await woken(wakes, 0.05)
        feed.announce("she")
        feed.announce("she")
        assert await woken(wakes, 0)
        assert not await woken(wakes, 0.05)


async def test_what_nobody_announced_is_found(database: Database, feed: ChangeFeed) -> None:
    """Within half a second, for each of those who are listened to and changed, in one statement."""
    async with feed.listening("she") as hers, feed.listening("another") as others:
        assert await woken(hers, 1)
        assert await woken(others, 1)
        await asyncio.sleep(0.8)
        assert await woken(hers, 0), "the first look wakes once"
        assert await woken(others, 0)
        await add_change(database, "she")
        assert await woken(hers, 0.7)
        with database.count_statements() as statements:
            assert not await woken(others, 1.2)
        assert 1 <= len(statements) <= 3


async def test_nothing_is_looked_at_while_nobody_listens(database: Database, feed: ChangeFeed) -> None:
    """Not one statement."""
    async with feed.listening("she"):
        pass
    await asyncio.sleep(0.6)
    with database.count_statements() as statements:
        await asyncio.sleep(0.7)
    assert statements == []


async def test_changes_are_read_back_in_order_and_by_patient(database: Database, feed: ChangeFeed) -> None:
    """After a sequence, so many at most; and the latest is known, 0 where there is none."""
    for patient_id in ("she", "another", "she", "she"):
        await add_change(database, patient_id)
    found = await feed.after("she", 0, most=10)
    assert [change.patient_id for change in found] == ["she"] * 3
    assert await feed.after("she", found[0].sequence, most=1) == [found[1]]
    assert (await feed.latest("she"), await feed.latest("nobody")) == (found[2].sequence, 0)


async def test_closing_ends_every_listener(database: Database) -> None:
    """And an announcement afterwards is no error."""
    feed = ChangeFeed(database)
    await feed.start()
    async with feed.listening("she") as wakes:
        await anext(wakes)
        await feed.close()
        with pytest.raises(StopAsyncIteration):
            await anext(wakes)
        feed.announce("she")


async def test_an_announcement_before_the_start_is_no_error(database: Database) -> None:
    """A command that writes without serving tells nobody; those who serve find out."""
    ChangeFeed(database).announce("she")


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
async def test_many_announcements_go_out_together(
    database: Database, feed: ChangeFeed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A few statements for a thousand announcements, each payload within PostgreSQL's limit, and everybody is woken."""
    sent: list[Sequence[str]] = []
    notify = PostgresqlNotifications.notify

    async def noting(self: PostgresqlNotifications, payloads: Sequence[str]) -> None:
        sent.append(payloads)
        await notify(self, payloads)

    monkeypatch.setattr(PostgresqlNotifications, "notify", noting)
    patients = [str(uuid4()) for _ in range(450)]
    other = ChangeFeed(database)
    await other.start()
    await asyncio.sleep(0.3)
    async with other.listening(patients[0]) as first, other.listening(patients[-1]) as last:
        assert await woken(first, 1)
        assert await woken(last, 1)
        with database.count_statements() as statements:
            for patient_id in patients * 3:
                feed.announce(patient_id)
            assert await woken(first, 0.4)
            assert await woken(last, 0.4)
    await other.close()
    assert len(sent) <= 2
    assert all(len(payload) < 8000 for payloads in sent for payload in payloads)
    assert not [statement for statement in statements if "notify" in statement], "never on a writer's connection"


async def test_a_new_person_status_is_a_change(database: Database, keys: PatientKeys, feed: ChangeFeed) -> None:
    """So that streams about her end."""
    await set_person_status(database, keys, KARI, protection=Protection.CONFIDENTIAL)
    found = await feed.after(keys.patient_id(KARI), 0, most=10)
    assert [change.what for change in found] == [ChangeKind.PERSON_STATUS_CHANGED]
