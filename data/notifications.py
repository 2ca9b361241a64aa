"""PostgreSQL's LISTEN and NOTIFY on a connection of its own; and its stand-in where there is one process only."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Final, Protocol

CHECKED_WITHIN_SECONDS: Final = 5.0

NOTIFY: Final = (
    # What is told is committed already, and a lost notification is caught up with: no reason to wait for a disk.
    "SELECT set_config('synchronous_commit', 'off', true), pg_notify($1, payload) FROM unnest($2::text[]) AS payload"
)

Heard = Callable[[str], None]
"""Called with the payload of a notification."""


class Notifications(Protocol):
    """A channel that is listened to, and spoken on."""

    lost: asyncio.Event
    """Set when nothing more will be heard."""

    async def notify(self, payloads: Sequence[str]) -> None:
        """Tell every other listener. Raises what the driver raises."""

    async def check(self) -> None:
        """Raise when the connection does not answer any more, though nobody has said that it is gone."""


class NoNotifications:
    """For a database without them: nothing is told, nothing is heard, nothing is ever lost."""

    def __init__(self) -> None:
        self.lost = asyncio.Event()

    async def notify(self, payloads: Sequence[str]) -> None:
        """There is nobody to tell."""

    async def check(self) -> None:
        """There is nothing to check."""


class PostgresqlNotifications:
    """One asyncpg connection, listening. SQLAlchemy knows nothing of notifications."""

    def __init__(self, connection: Any, channel: str) -> None:
        self.lost = asyncio.Event()
        self._connection = connection
        self._channel = channel

    async def listen(self, heard: Heard) -> None:
        """Begin to listen. Raises what the driver raises."""

        own = self._connection.get_server_pid()

        def received(_connection: Any, process: int, _channel: str, payload: str) -> None:
            if process != own:  # what this process told, it knows
                heard(payload)

        self._connection.add_termination_listener(lambda _connection: self.lost.set())
        await self._connection.add_listener(self._channel, received)

    async def notify(self, payloads: Sequence[str]) -> None:
        await self._connection.execute(NOTIFY, self._channel, list(payloads), timeout=CHECKED_WITHIN_SECONDS)

    async def check(self) -> None:
        await self._connection.execute("SELECT 1", timeout=CHECKED_WITHIN_SECONDS)

    def hang_up(self) -> None:
        """End the connection without a word: one that hangs would not let go politely."""
        self._connection.terminate()
