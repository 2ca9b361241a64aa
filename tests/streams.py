"""A really listening gateway, clients that follow a card on it, and a writer whose changes they are told of."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext
from typing import Any

import orjson
import uvicorn
from sqlalchemy import select, text
from websockets.asyncio.client import ClientConnection, connect

from app.main import create_app
from app.services import Services
from data.columns import in_utc
from data.declaring import table_of
from data.patients import set_blocks
from data.tables import Change, Patient
from tests.canaries import WATCH
from tests.world import World

PATIENT, CHANGE = table_of(Patient), table_of(Change)

FOLLOW_HER = (
    "subscription($patient: NationalIdentityNumber!, $after: String) "
    "{ cardChanged(patient: $patient, after: $after) { sequence what section itemId version by { name } } }"
)
FOLLOW_MINE = "subscription($after: String) { cardChanged(after: $after) { sequence what section by { name } } }"
SINCE = (
    "query($patient: NationalIdentityNumber!, $after: String, $first: Int! = 20) "
    "{ changesSince(patient: $patient, after: $after, first: $first) "
    "{ changes { sequence what section by { name } } hasMore latest } }"
)

SOON = 15.0
"""Within this many seconds all must have happened that is waited for; the machine may be busy."""


@asynccontextmanager
async def listening_gateway(services: Services, port: int = 0) -> AsyncIterator[str]:
    """The application on this port, or on one of its own; gives host and port."""
    config = uvicorn.Config(
        create_app(services.settings, services=services), host="127.0.0.1", port=port, lifespan="off",
        log_level="critical", ws="websockets-sansio", ws_per_message_deflate=False,
    )  # fmt: skip
    server = uvicorn.Server(config)
    server.capture_signals = nullcontext  # type: ignore[method-assign]  # signals are for the test run itself
    running = asyncio.create_task(server.serve())
    while not server.started:
        assert not running.done(), running
        await asyncio.sleep(0.01)
    try:
        yield f"127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = server.force_exit = True
        await running


class Socket:
    """A client that speaks graphql-transport-ws."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    async def say(self, message: Any) -> None:
        """Send anything, as it is when it is text."""
        await self.connection.send(message if isinstance(message, str) else orjson.dumps(message).decode())

    async def hear(self, seconds: float = SOON) -> dict[str, Any]:
        async with asyncio.timeout(seconds):
            heard: dict[str, Any] = orjson.loads(await self.connection.recv())
        WATCH.look_into_errors(heard.get("payload"))
        return heard

    async def hears_nothing(self, seconds: float = 0.8) -> None:
        """Longer than the safety net takes."""
        try:
            heard = await self.hear(seconds)
        except TimeoutError:
            return
        raise AssertionError(heard)

    async def subscribe(self, id_: str, query: str, **variables: Any) -> None:
        await self.say({"id": id_, "type": "subscribe", "payload": {"query": query, "variables": variables}})

    async def follow(self, id_: str, query: str, **variables: Any) -> None:
        """Subscribe, and return when the stream is open: a question asked after it was answered."""
        await self.subscribe(id_, query, **variables)
        await asyncio.sleep(0.5)

    async def event(self, id_: str = "1") -> dict[str, Any]:
        """The next change, and nothing else."""
        heard = await self.hear()
        assert (heard["type"], heard["id"]) == ("next", id_), heard
        assert "errors" not in heard["payload"], heard
        found: dict[str, Any] = heard["payload"]["data"]["cardChanged"]
        return found

    async def end(self, id_: str = "1") -> str:
        """The code that the stream ends with, by `next` and `complete`."""
        heard = await self.hear()
        assert (heard["type"], heard["id"], heard["payload"]["data"]) == ("next", id_, None), heard
        assert await self.hear() == {"id": id_, "type": "complete"}
        code: str = heard["payload"]["errors"][0]["extensions"]["code"]
        return code

    async def refusal(self, id_: str = "1") -> str:
        """The code of an `error`."""
        heard = await self.hear()
        assert (heard["type"], heard["id"]) == ("error", id_), heard
        code: str = heard["payload"][0]["extensions"]["code"]
        return code

    async def closed(self) -> tuple[int, str]:
        """The code and the reason the server closes with."""
        async with asyncio.timeout(SOON):
            await self.connection.wait_closed()
        assert self.connection.close_code is not None
        return self.connection.close_code, self.connection.close_reason or ""


@asynccontextmanager
async def raw_socket(
    address: str, subprotocol: str | None = "graphql-transport-ws", **more: Any
) -> AsyncIterator[Socket]:
    """A socket on which nothing has been said."""
    chosen: Any = [subprotocol] if subprotocol else None
    async with connect(
        f"ws://{address}/graphql", subprotocols=chosen, compression=None, close_timeout=1, **more
    ) as made:
        yield Socket(made)


@asynccontextmanager
async def socket_of(
    world: World, address: str, persona: str, *, purpose: str | None = None, **claims: Any
) -> AsyncIterator[Socket]:
    """A socket on which a persona has signed in."""
    async with raw_socket(address) as socket:
        token = world.token(persona, purpose, **claims)
        await socket.say({"type": "connection_init", "payload": world.credentials(token, "GET")})
        assert await socket.hear() == {"type": "connection_ack"}
        yield socket


async def until(condition: Callable[[], bool], seconds: float = SOON) -> None:
    """Look again and again: what is waited for tells nobody that it has happened."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.02)


def listeners(services: Services, patient_id: str) -> int:
    """How many streams follow her in this process."""
    return len(services.changes._listeners.get(patient_id, ()))


class Writer:
    """Writes changes as the commands do: the patient's row held, the change last, the announcement after the commit."""

    def __init__(self, services: Services, number: str) -> None:
        self.services, self.number = services, number
        self.patient_id = services.patient_keys.patient_id(number)

    async def record_id(self) -> str:
        query = "SELECT record_id FROM maternity_record WHERE patient_id = :id AND status = 'ACTIVE'"
        async with self.services.database.connection() as connection:
            found: str = (await connection.execute(text(query), {"id": self.patient_id})).scalar_one()
        return found

    async def write(self, what: str, *, announce: bool = True, also: str | None = None, **columns: Any) -> str:
        """Returns the sequence, as it is told. `record_id=None` is a change of no card; `also` goes with it."""
        database = self.services.database
        record_id = columns.pop("record_id", ...)
        row = {"record_id": await self.record_id() if record_id is ... else record_id, **columns}
        row |= {"patient_id": self.patient_id, "what": what, "at": in_utc(self.services.clock())}
        if isinstance(row.get("author"), dict):
            row["author"] = orjson.dumps(row["author"]).decode()
        async with database.transaction() as connection:
            held = select(PATIENT.c.patient_id).where(PATIENT.c.patient_id == self.patient_id)
            await connection.execute(database.locking(held))
            if also is not None:
                await connection.execute(text(also), {"id": row["record_id"]})
            done = await connection.execute(CHANGE.insert(), row)
        if announce:
            self.services.changes.announce(self.patient_id)
        return str(done.inserted_primary_key[0])

    async def item(self, kind: str = "antenatal_visits", what: str = "ITEM_RECORDED", **more: Any) -> str:
        """A change of an item of a section."""
        author = {"name": "Prøvesen, Lege", "hpr_number": "999900018"}
        return await self.write(what, kind=kind, item_id="item-1", version=1, author=author, **more)

    async def block(self, *blocks: Any) -> None:
        """Replace her blocks, as the commands do."""
        await set_blocks(self.services.database, self.services.patient_keys, self.number, blocks)
        await self.write("ACCESS_CHANGED", record_id=None)


class Stopwatch:
    """How long something took."""

    def __init__(self) -> None:
        self.began = time.monotonic()

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.began
