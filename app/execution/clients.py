"""How many operations each client runs at once in this process, and that there are not too many."""

from collections.abc import Iterator
from contextlib import contextmanager

from app.domain.errors import TransportRefusal
from app.domain.viewer import Viewer
from resolvers import limits

Client = tuple[str, str | None]


class Clients:
    """Counts the operations that run now, queries, commands and followed streams alike.

    A client is a piece of software in the hands of one person; a system that asks without a person is one by itself.
    Who runs nothing is not remembered, so this holds no more than what is running.
    """

    def __init__(self) -> None:
        self._running: dict[Client, int] = {}

    @contextmanager
    def place(self, viewer: Viewer) -> Iterator[None]:
        """A place for one operation, until it is over. Raises TransportRefusal 429 when all are taken."""
        client = (viewer.client_id, viewer.national_identity_number or viewer.hpr_number)
        running = self._running.get(client, 0)
        if running >= limits.CLIENT_OPERATIONS_MAX:
            most = f"At most {limits.CLIENT_OPERATIONS_MAX} operations at once; try again when one is over."
            raise TransportRefusal(429, "TOO_MANY_CONCURRENT_OPERATIONS", most, headers={"retry-after": "1"})
        self._running[client] = running + 1
        try:
            yield
        finally:
            self._leave(client)

    def _leave(self, client: Client) -> None:
        left = self._running[client] - 1
        if left:
            self._running[client] = left
        else:
            del self._running[client]

    @property
    def running(self) -> int:
        """How many operations run now, whoever's."""
        return sum(self._running.values())
