"""A stream whose consumer never reads, while much is written: memory does not grow by what it is not told.

The quick half of this is in tests/http/test_websocket.py: events that nobody takes are not made.
"""

import asyncio
import socket as sockets
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from resolvers import limits
from tests.faults.processes import Client, client_of, gateway_of
from tests.faults.store import assert_whole, cards, written
from tests.faults.test_killed import VISIT
from tests.http.test_processes import sign_in
from tests.streams import FOLLOW_HER, Socket, raw_socket
from tests.world import World

BIG = FOLLOW_HER.replace("by { name }", " ".join(f"x{place}: by {{ name }}" for place in range(90)))
BYTES_OF_AN_EVENT = 2_500
"""At least: ninety times a name."""

DEAF, VISITS = 4, 250
MAY_GROW_BY = 25 * 1024 * 1024
"""Half of what is to be told. A process that has done nothing yet grows by some of it in any case."""


async def deaf_socket(stack: AsyncExitStack, address: str, world: World, number: str) -> None:
    """A client that follows as often as it may and reads nothing, with as little room as its system allows."""
    host, _, port = address.partition(":")
    made = sockets.socket()
    made.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4096)
    made.connect((host, int(port)))
    made.setblocking(False)
    socket: Socket = await stack.enter_async_context(raw_socket(address, sock=made, max_queue=1))
    await sign_in(socket, world, "gp")
    socket.connection.transport.pause_reading()
    for place in range(limits.SOCKET_OPERATIONS_MAX):
        await socket.subscribe(str(place), BIG, patient=number)
    stack.callback(socket.connection.transport.abort)


async def record_visits(client: Client, number: str, start: int, many: int) -> None:
    async def some(first: int) -> None:
        for place in range(first, start + many, 4):
            sent: dict[str, Any] = {"patient": number, "content": VISIT, "key": f"visit-{place}"}
            await client.until_acknowledged("record", "visit", **sent)

    await asyncio.gather(*(some(start + first) for first in range(4)))


@pytest.mark.parametrize("world", ["postgresql"], indirect=True)
@pytest.mark.slow
async def test_a_consumer_that_never_reads_costs_no_memory(world: World, tmp_path: Path) -> None:
    """Much more is to be told than memory grows by; a reader beside them hears all, and every write is taken."""
    number = world.number("kari")
    before, record_id = await written(world.services), (await cards(world.services))[number]
    async with (
        gateway_of(world, tmp_path) as gateway,
        client_of(gateway, world.services.settings.data_dir, "midwife") as client,
        AsyncExitStack() as stack,
    ):
        address = f"127.0.0.1:{gateway.port}"
        await record_visits(client, number, 0, 20)  # what a process needs once it has
        reader = await stack.enter_async_context(raw_socket(address))
        await sign_in(reader, world, "gp")
        await reader.follow("1", FOLLOW_HER, patient=number)
        for _ in range(DEAF):
            await deaf_socket(stack, address, world, number)
        await asyncio.sleep(0.5)
        at_first = gateway.memory
        began = datetime.now(UTC)
        await record_visits(client, number, 20, VISITS)
        heard = [(await reader.event())["itemId"] for _ in range(VISITS)]
        grown = gateway.memory - at_first
        lasted = (datetime.now(UTC) - began).total_seconds()
        assert client.met == []
    to_be_told = DEAF * limits.SOCKET_OPERATIONS_MAX * VISITS * BYTES_OF_AN_EVENT
    assert to_be_told > 1.8 * MAY_GROW_BY
    assert grown < MAY_GROW_BY, (grown, lasted)
    added = await assert_whole(world.services, before, records=[record_id])
    assert {item_id for _, item_id, _ in added.versions} >= set(heard)
    assert len(set(heard)) == VISITS
