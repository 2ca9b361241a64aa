"""What others have made to speak with any GraphQL server speaks with this one: audits and a client from npm.

They are in `web/package.json`, pinned, and run by the small programs in `web/test/`, which print what they saw.
"""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.streams import FOLLOW_HER, Writer, listeners, until
from tests.world import World

WEB = Path(__file__).parents[2] / "web"
NEEDED = ("graphql-http", "@urql/core")
ANSWERED_WITHIN_SECONDS = 60
AUDITS = 61

ME = "{ me { role } }"

pytestmark = pytest.mark.skipif(
    shutil.which("node") is None or not all((WEB / "node_modules" / name).is_dir() for name in NEEDED),
    reason="needs Node.js and what `make web` installs",
)


@asynccontextmanager
async def node(
    gateway: World, address: str, program: str, *arguments: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    """One of the programs, at work on the gateway as a doctor."""
    process = await asyncio.create_subprocess_exec(
        "node", f"test/{program}", f"http://{address}/graphql", *arguments,
        cwd=WEB, stdout=asyncio.subprocess.PIPE, env=os.environ | {"TOKEN": gateway.token("gp")},
    )  # fmt: skip
    try:
        async with asyncio.timeout(ANSWERED_WITHIN_SECONDS):
            yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def line(process: asyncio.subprocess.Process) -> Any:
    assert process.stdout is not None
    return orjson.loads(await process.stdout.readline())


async def test_every_audit_of_graphql_over_http_passes(gateway: World, address: str) -> None:
    """All of them, what a server should and may do as well as what it must."""
    async with node(gateway, address, "audits.mjs") as process:
        found = await line(process)
    assert [audit for audit in found if audit["status"] != "ok"] == []
    assert len(found) == AUDITS


@pytest.mark.parametrize(
    ("document", "understood"),
    [
        (ME, {"data": {"me": {"role": "GP"}}, "hasNext": False}),
        ("{ me { shoeSize } }", {"codes": ["GRAPHQL_VALIDATION_FAILED"], "hasNext": False}),
    ],
)
async def test_urql_reads_an_answer(gateway: World, address: str, document: str, understood: Any) -> None:
    """It takes JSON and events; what is answered at once it gets as JSON."""
    async with node(gateway, address, "urql.mjs", "query", document, "{}") as process:
        assert await line(process) == understood


async def test_urql_follows_a_card(gateway: World, address: str) -> None:
    """Each event as it happens, and at the end the error that says why it is the end."""
    kari = Writer(gateway.services, gateway.number("kari"))
    variables = orjson.dumps({"patient": kari.number}).decode()
    async with node(gateway, address, "urql.mjs", "subscription", FOLLOW_HER, variables) as process:
        await until(lambda: listeners(gateway.services, kari.patient_id) == 1)
        for _ in range(2):
            sequence = await kari.item()
            told = await line(process)
            assert (told["data"]["cardChanged"]["sequence"], told["hasNext"]) == (sequence, True)
        await gateway.data("kari", "mutation { withdrawConsent { cardsDeleted } }")
        assert (await line(process))["codes"] == ["CONSENT_MISSING"]
        assert (await line(process))["hasNext"] is False
        assert await process.wait() == 0
