"""The change feed: changes read back, and listeners woken, in this process and in all others.

A notification says only that there may be something new of a patient; what it is, listeners read from the table. So a
notification may be lost, doubled or late, and nothing is told wrongly. Sequences of one patient commit in order, for
whoever writes holds the patient's row; those of different patients do not, so what was seen last is noted by patient.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import Any, Final

from sqlalchemy import func, select

from app.domain.changes import Change, ChangeKind
from data.database import Database
from data.declaring import table_of
from data.documents import from_json
from data.notifications import Notifications
from data.tables import Change as ChangeRow

CHANGE: Final = table_of(ChangeRow)

CHANNEL: Final = "helsekort_changes"
SEPARATOR: Final = ","
PATIENTS_IN_A_PAYLOAD: Final = 200
"""Ids of 36 characters; PostgreSQL takes payloads of less than 8000 bytes."""

NOTIFY_PAUSE_SECONDS: Final = 0.01
"""What is announced meanwhile goes out together."""

WATCH_EVERY_SECONDS: Final = 0.5
WATCHED_AT_ONCE: Final = 5_000
CHECK_EVERY_SECONDS: Final = 30.0
RECONNECT_AFTER_SECONDS: Final = (0.1, 0.5, 1.0, 2.0, 5.0)
"""How long to wait before the first, second … attempt to connect again; the last holds for all that follow."""


class ChangeFeed:
    """The port `Changes` over our own database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._listeners: dict[str, set[_Wakes]] = {}
        self._seen: dict[str, int] = {}
        self._to_tell: set[str] = set()
        self._told_or_lost = asyncio.Event()
        self._line: asyncio.Task[None] | None = None
        self._watch: asyncio.Task[None] | None = None
        self._closed = False

    async def start(self) -> None:
        """Hear what other processes announce, and let them hear what this one does."""
        self._line = asyncio.create_task(self._hold_line(), name="change notifications")

    async def close(self) -> None:
        """End every listener, and say nothing more."""
        self._closed = True
        self._wake_all()
        tasks = [task for task in (self._line, self._watch) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def after(self, patient_id: str, sequence: int, *, most: int) -> list[Change]:
        """Changes of a patient's cards after a sequence number, oldest first, at most so many."""
        query = select(CHANGE).where(CHANGE.c.patient_id == patient_id, CHANGE.c.sequence > sequence)
        async with self._database.connection() as connection:
            rows = await connection.execute(query.order_by(CHANGE.c.sequence).limit(most))
            return [_change(row) for row in rows.mappings()]

    async def latest(self, patient_id: str) -> int:
        """The sequence number of a patient's latest change; 0 when there is none."""
        return (await self._latest([patient_id])).get(patient_id, 0)

    def announce(self, patient_id: str) -> None:
        """Called after a commit that added changes of this patient: wakes whoever listens, in every process. Never
        raises and never waits; what is lost on the way is caught up with."""
        self._wake(patient_id)
        if self._line is not None:
            self._to_tell.add(patient_id)
            self._told_or_lost.set()

    def listening(self, patient_id: str) -> AbstractAsyncContextManager[AsyncIterator[None]]:
        """While open, the iterator gives once at the start and then whenever there may be changes of this patient.
        Several announcements may arrive as one. It ends when the feed is closed."""
        return self._listening(patient_id)

    @asynccontextmanager
    async def _listening(self, patient_id: str) -> AsyncIterator[AsyncIterator[None]]:
        wakes = _Wakes(self)
        self._listeners.setdefault(patient_id, set()).add(wakes)
        if self._watch is None and not self._closed:
            self._watch = asyncio.create_task(self._keep_watch(), name="change watch")
        try:
            yield wakes
        finally:
            others = self._listeners[patient_id]
            others.discard(wakes)
            if not others:
                del self._listeners[patient_id]
                self._seen.pop(patient_id, None)

    @property
    def is_closed(self) -> bool:
        return self._closed

    def _wake(self, patient_id: str) -> None:
        for wakes in self._listeners.get(patient_id, ()):
            wakes.wake()

    def _wake_all(self) -> None:
        for patient_id in self._listeners:
            self._wake(patient_id)

    # The safety net: it finds what no notification told of, while somebody listens.

    async def _keep_watch(self) -> None:
        try:
            while self._listeners:
                await asyncio.sleep(WATCH_EVERY_SECONDS)
                with suppress(Exception):  # a database that is away for a while is looked at again
                    await self._look()
        finally:
            self._watch = None

    async def _look(self) -> None:
        listened_to = list(self._listeners)
        latest = await self._latest(listened_to)
        for patient_id in listened_to:
            sequence = latest.get(patient_id, 0)
            if patient_id in self._listeners and self._seen.get(patient_id) != sequence:
                self._seen[patient_id] = sequence
                self._wake(patient_id)

    async def _latest(self, patient_ids: list[str]) -> dict[str, int]:
        found: dict[str, int] = {}
        async with self._database.connection() as connection:
            for some in _parts(patient_ids, WATCHED_AT_ONCE):
                query = select(CHANGE.c.patient_id, func.max(CHANGE.c.sequence)).where(CHANGE.c.patient_id.in_(some))
                rows = await connection.execute(query.group_by(CHANGE.c.patient_id))
                found |= {patient_id: sequence for patient_id, sequence in rows}
        return found

    # The line: one connection that hears the other processes and tells them.

    async def _hold_line(self) -> None:
        failures = 0
        while True:
            with suppress(Exception):  # a lost connection is made again, whatever it was lost by
                async with self._database.notifications(CHANNEL, self._heard) as line:
                    failures = 0
                    self._wake_all()  # nobody knows what was said meanwhile
                    await self._speak(line)
            self._to_tell.clear()  # the others catch up by themselves
            await asyncio.sleep(RECONNECT_AFTER_SECONDS[min(failures, len(RECONNECT_AFTER_SECONDS) - 1)])
            failures += 1

    async def _speak(self, line: Notifications) -> None:
        """Tell what is announced, until the line is lost."""
        lost = asyncio.create_task(line.lost.wait())
        lost.add_done_callback(lambda _: self._told_or_lost.set())
        try:
            while not line.lost.is_set():
                if not await _set_within(self._told_or_lost, CHECK_EVERY_SECONDS):
                    await line.check()
                self._told_or_lost.clear()
                if self._to_tell and not line.lost.is_set():
                    told, self._to_tell = self._to_tell, set()
                    await line.notify([SEPARATOR.join(some) for some in _parts(list(told), PATIENTS_IN_A_PAYLOAD)])
                    await asyncio.sleep(NOTIFY_PAUSE_SECONDS)
        finally:
            lost.cancel()

    def _heard(self, payload: str) -> None:
        for patient_id in payload.split(SEPARATOR):
            self._wake(patient_id)


class _Wakes:
    """One listener's wakes. Waiting for one can be given up and begun again without losing it."""

    def __init__(self, feed: ChangeFeed) -> None:
        self._feed = feed
        self._woken = asyncio.Event()
        self._woken.set()

    def wake(self) -> None:
        self._woken.set()

    def __aiter__(self) -> "_Wakes":
        return self

    async def __anext__(self) -> None:
        await self._woken.wait()
        if self._feed.is_closed:
            raise StopAsyncIteration
        self._woken.clear()


async def _set_within(event: asyncio.Event, seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            return await event.wait()
    except TimeoutError:
        return False


def _parts(patient_ids: list[str], most: int) -> Iterator[list[str]]:
    for start in range(0, len(patient_ids), most):
        yield patient_ids[start : start + most]


def _change(row: Mapping[Any, Any]) -> Change:
    members = {name: row[name] for name in ("sequence", "record_id", "patient_id", "at", "kind", "item_id", "version")}
    return Change(**members, what=ChangeKind(row["what"]), author=from_json(row["author"]))
