"""One asking by two paths: compiled programs, and graphql-core alone; everything that leaves either is kept."""

import dataclasses
import re
from dataclasses import dataclass
from typing import Any, Final

import orjson

from app.domain.errors import TransportRefusal
from app.domain.ledger import Entry
from app.domain.viewer import Viewer
from app.execution.operation import Request, answer
from app.execution.programs import Programs
from app.observability import PLANS
from app.services import Services
from tests.unlimited import Everybody


class Recorder:
    """Stands in the ledger's place: pages are the ledger's, new entries are kept here, so that asking changes nothing."""

    def __init__(self, ledger: Any) -> None:
        self._ledger = ledger
        self.entries: list[Entry] = []

    async def append(self, *entries: Entry) -> None:
        self.entries.extend(entries)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._ledger, name)


@dataclass(frozen=True, slots=True)
class Seen:
    """What came of an asking. `answer`: the bytes of the whole body; where there was none, what refused it."""

    status: int
    answer: bytes
    entries: tuple[str, ...]

    def told(self, path: str) -> str:
        return "\n".join([f"{path}: {self.status}", self.answer.decode(), *self.entries])


class Path:
    """One of the two ways to an answer, with a ledger of its own."""

    def __init__(self, services: Services) -> None:
        self.ledger = Recorder(services.ledger)
        self.services = dataclasses.replace(services, ledger=self.ledger, admission=Everybody())  # type: ignore[arg-type]

    async def ask(self, viewer: Viewer, request: Request) -> Seen:
        self.ledger.entries.clear()
        try:
            given = await answer(self.services, viewer, request)
            status, body = given.status, as_sent(given.body)
        except TransportRefusal as refusal:
            if refusal.status >= 500:
                raise  # nothing is out of order here, and nothing would be compared
            status, body = refusal.status, refusal.code.encode()
        return Seen(status, _EVENT.sub(b'"eventId":""', body), tuple(map(_written, self.ledger.entries)))


def as_sent(body: Any) -> bytes:
    """The bytes that leave, as `app/graphql_http.py` makes them."""
    return body if isinstance(body, bytes) else orjson.dumps(body)


def paths(services: Services) -> tuple[Path, Path]:
    """With programs made at the first asking, and without programs."""
    compiled = dataclasses.replace(services, programs=Programs(made_at=1))
    return Path(compiled), Path(dataclasses.replace(services, programs=None))


@dataclass(frozen=True, slots=True)
class Ran:
    """How many operations ran compiled, and how many began so and were left to graphql-core because of an error."""

    compiled: float
    discarded: float

    def since(self, before: "Ran") -> "Ran":
        return Ran(self.compiled - before.compiled, self.discarded - before.discarded)


def ran() -> Ran:
    """Counts of this process so far."""
    found = {
        sample.labels["how"]: sample.value
        for sample in next(iter(PLANS.collect())).samples
        if sample.name.endswith("_total")
    }
    return Ran(found.get("compiled", 0), found.get("discarded", 0))


_EVENT: Final = re.compile(rb'"eventId":"[0-9a-f-]{36}"')


_NUMBER: Final = re.compile(r'"event_id":"[0-9a-f-]{36}"')


def _written(entry: Entry) -> str:
    """An entry without its own number; the clock stands still."""
    return _NUMBER.sub('"event_id":""', entry.as_json())
