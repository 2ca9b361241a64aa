"""How many streams are open in this process, and that there are not too many."""

from collections.abc import Iterator
from contextlib import contextmanager

from app.domain.errors import TransportRefusal
from app.observability import STREAMS
from resolvers import limits


class Capacity:
    """Counts the open WebSockets and event streams of one process."""

    def __init__(self) -> None:
        self.open = 0

    @contextmanager
    def place(self, transport: str) -> Iterator[None]:
        """A place for one stream. Raises TransportRefusal 503 when all are taken."""
        if self.open >= limits.STREAMS_MAX:
            raise TransportRefusal(503, "TOO_MANY_STREAMS", "All places for streams are taken; try again later.")
        self.open += 1
        STREAMS.labels(transport).inc()
        try:
            yield
        finally:
            self.open -= 1
            STREAMS.labels(transport).dec()
