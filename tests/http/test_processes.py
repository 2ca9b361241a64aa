"""Several gateway processes on one PostgreSQL, started as an operator starts them."""

import asyncio
import os
import signal
import socket as sockets
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import httpx
import pytest

from app.development import all_personas
from tests.streams import FOLLOW_HER, Socket, Stopwatch, Writer, raw_socket
from tests.world import World

STARTED_WITHIN_SECONDS = 30


@asynccontextmanager
async def gateway_process(world: World) -> AsyncIterator[tuple[str, asyncio.subprocess.Process]]:
    """`helsekort serve` on the world's store; gives its address."""
    with sockets.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = world.services.settings
    environment = os.environ | {
        "HELSEKORT_DATABASE_URL": str(settings.database_url),
        "HELSEKORT_DATA_DIR": str(settings.data_dir),
        "HELSEKORT_PROFILE": "development",
    }
    command = [sys.executable, "-m", "app", "serve", "--port", str(port)]
    process = await asyncio.create_subprocess_exec(*command, env=environment)
    try:
        await _until_ready(f"http://127.0.0.1:{port}/health/ready", process)
        yield f"127.0.0.1:{port}", process
    finally:
        if process.returncode is None:
            process.terminate()
            async with asyncio.timeout(15):
                await process.wait()


async def _until_ready(url: str, process: asyncio.subprocess.Process) -> None:
    async with asyncio.timeout(STARTED_WITHIN_SECONDS), httpx.AsyncClient() as client:
        while process.returncode is None:
            try:
                if (await client.get(url)).status_code == 200:
                    return
            except httpx.TransportError:
                await asyncio.sleep(0.1)
    raise AssertionError(f"the gateway ended with {process.returncode}")


def token(world: World, persona: str) -> str:
    """A token of this moment: the processes go by the real clock."""
    assert world.services.issuer is not None
    return world.services.issuer.mint(all_personas()[persona], now=datetime.now(UTC))


async def sign_in(socket: Socket, world: World, persona: str) -> None:
    await socket.say({"type": "connection_init", "payload": {"authorization": f"Bearer {token(world, persona)}"}})
    assert await socket.hear() == {"type": "connection_ack"}


@pytest.mark.parametrize("world", ["postgresql"], indirect=True)
async def test_what_one_process_writes_all_others_tell(world: World) -> None:
    """A change reaches the streams of two other processes; a withdrawal in one ends the streams of the other.

    A process that is asked to stop closes its sockets and goes, streams or not.
    """
    kari = Writer(world.services, world.number("kari"))
    async with (
        gateway_process(world) as (one, first),
        gateway_process(world) as (two, _),
        raw_socket(one) as here,
        raw_socket(two) as there,
    ):
        before = await kari.item()  # known, so that nothing is missed that happens while a stream is being opened
        for socket in (here, there):
            await sign_in(socket, world, "gp")
            await socket.follow("1", FOLLOW_HER, patient=kari.number, after=before)
        for _ in range(3):
            sequence = await kari.item()
            assert [(await here.event())["sequence"], (await there.event())["sequence"]] == [sequence] * 2
        first.terminate()
        assert (await here.closed())[0] == 1012
        async with asyncio.timeout(5):
            assert await first.wait() in (0, -signal.SIGTERM)
        async with httpx.AsyncClient() as client:
            headers = {"authorization": f"Bearer {token(world, 'kari')}"}
            body = {"query": "mutation { withdrawConsent { cardsDeleted } }"}
            assert (await client.post(f"http://{two}/graphql", json=body, headers=headers)).status_code == 200
        watch = Stopwatch()
        assert await there.end() == "CONSENT_MISSING"
        assert watch.seconds < 1
