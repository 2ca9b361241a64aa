"""Whoever sends a command goes away in the middle of it: it is done whole or not at all, and the next are not disturbed."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from app.execution.mutations import MUTATION_TASK
from tests.faults.processes import Client, client_of, gateway_of
from tests.faults.store import Written, assert_whole, cards, written
from tests.faults.test_killed import VISIT
from tests.http.test_processes import sign_in
from tests.streams import SOON, Stopwatch, raw_socket
from tests.world import World
from tests.writing import as_input, document, section_of, write

AT_ONCE = 2
CARDS = 4
AT_FIRST = 5
"""Visits that are waited for, so that it is known how long one takes here."""

DOCUMENT = document("record", section_of("visit"))

Leave = Callable[[str, float], Awaitable[bool]]
"""Send the visit with this key, and go after so many seconds. Gives whether it was answered before."""


def sent(numbers: list[str], key: str) -> dict[str, Any]:
    """The visit with this key; it is always the same woman's."""
    return {"patient": numbers[_place(key) % len(numbers)], "content": VISIT, "key": key}


def _place(key: str) -> int:
    return int(key.rpartition("-")[2])


def variables(numbers: list[str], key: str) -> dict[str, Any]:
    return {**sent(numbers, key), "content": as_input(section_of("visit").model, VISIT)}


async def some_cards(world: World) -> dict[str, str]:
    """Record ids by number; more than one, so that documents keep about the size they have."""
    return dict(list((await cards(world.services)).items())[:CARDS])


async def left_again_and_again(leave: Leave, writes: int, seed: int) -> list[str]:
    """Send so many visits, so many at a time, and leave each at a moment of its own: before it is begun, in the middle
    of it, or after. Gives those that were answered."""
    took = Stopwatch()
    for place in range(AT_FIRST):
        assert await leave(f"first-{place}", SOON)
    most = took.seconds / AT_FIRST * AT_ONCE * 1.5
    dice, answered = random.Random(seed), list[str]()
    keys = iter([(f"left-{place}", dice.uniform(0, most)) for place in range(writes)])

    async def some() -> None:
        for key, seconds in keys:
            if await leave(key, seconds):
                answered.append(key)

    await asyncio.gather(*(some() for _ in range(AT_ONCE)))
    return answered


def assert_once_each(added: Written, writes: int) -> None:
    """Every visit is there once, under its key."""
    keys = {key: said for (_, key), said in added.kept.items() if key.startswith("left-")}
    assert len(keys) == writes
    assert all(len(said) == 1 for said in keys.values())
    assert len(added.versions) == len(added.kept)


async def what_was_begun_ends() -> None:
    """A mutation goes on when its caller has gone; its books are whole when it has ended."""
    begun = [task for task in asyncio.all_tasks() if task.get_name() == MUTATION_TASK]
    await asyncio.gather(*begun, return_exceptions=True)


@pytest.mark.parametrize("writes", [40, pytest.param(400, marks=pytest.mark.slow)])
async def test_a_task_that_is_cancelled_while_it_writes_leaves_all_or_nothing(world: World, writes: int) -> None:
    """As when an answer takes too long, or the gateway stops: what was sent again is there once, all books agree."""
    by_number, before = await some_cards(world), await written(world.services)
    numbers = list(by_number)

    async def leave(key: str, seconds: float) -> bool:
        sending = asyncio.create_task(write(world, "midwife", "record", "visit", **sent(numbers, key)))
        done, _ = await asyncio.wait([sending], timeout=seconds)
        sending.cancel()
        (ended,) = await asyncio.gather(sending, return_exceptions=True)
        assert isinstance(ended, dict | asyncio.CancelledError), ended
        return bool(done)

    answered = await left_again_and_again(leave, writes, 1)
    assert len(answered) < writes
    await what_was_begun_ends()
    halfway = await assert_whole(world.services, before, records=by_number.values())
    there = {key for _, key in halfway.kept}
    assert there >= set(answered)
    for place in range(writes):
        await write(world, "midwife", "record", "visit", **sent(numbers, f"left-{place}"))
    added = await assert_whole(world.services, before, records=by_number.values())
    assert_once_each(added, writes)
    assert halfway.versions <= added.versions


@pytest.mark.parametrize("writes", [40, pytest.param(400, marks=pytest.mark.slow)])
async def test_a_client_that_hangs_up_while_it_writes_leaves_all_or_nothing(
    world: World, tmp_path: Path, writes: int
) -> None:
    """Over HTTP and over a socket, torn off at any moment; the same process then does what it is sent again."""
    by_number, before = await some_cards(world), await written(world.services)
    data_dir, numbers = world.services.settings.data_dir, list(by_number)
    async with gateway_of(world, tmp_path) as gateway, client_of(gateway, data_dir, "midwife") as client:
        ways = (_over_http(gateway.port, client, numbers), _over_a_socket(gateway.port, world, numbers))

        async def leave(key: str, seconds: float) -> bool:
            return await ways[_place(key) // CARDS % 2](key, seconds)

        answered = await left_again_and_again(leave, writes, 2)
        assert len(answered) < writes
        for place in range(writes):
            await client.until_acknowledged("record", "visit", **sent(numbers, f"left-{place}"))
        assert client.met == []
        assert (await client.http.get("/health/ready")).status_code == 200
        assert "Traceback" not in gateway.log.read_text()
    assert_once_each(await assert_whole(world.services, before, records=by_number.values()), writes)


def _over_http(port: int, client: Client, numbers: list[str]) -> Leave:
    """A request on a connection of its own, which is torn off."""

    async def leave(key: str, seconds: float) -> bool:
        body = orjson.dumps({"query": DOCUMENT, "variables": variables(numbers, key)})
        request: httpx.Request = client.http.build_request("POST", "/graphql", content=body)
        signed = client.credentials(sent(numbers, key)["patient"])
        headers = {**request.headers, **signed, "content-type": "application/json"}
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(f"POST /graphql HTTP/1.1\r\n{head}\r\n".encode() + body)
        try:
            async with asyncio.timeout(seconds):
                return (await reader.readline()).startswith(b"HTTP/1.1 200")
        except TimeoutError:
            return False
        finally:
            writer.transport.abort()

    return leave


def _over_a_socket(port: int, world: World, numbers: list[str]) -> Leave:
    """An operation on a socket of its own, which is torn off."""

    async def leave(key: str, seconds: float) -> bool:
        async with raw_socket(f"127.0.0.1:{port}") as socket:
            await sign_in(socket, world, "midwife")
            await socket.subscribe("1", DOCUMENT, **variables(numbers, key))
            try:
                return (await socket.hear(seconds))["type"] == "next"
            except TimeoutError:
                return False
            finally:
                socket.connection.transport.abort()

    return leave
