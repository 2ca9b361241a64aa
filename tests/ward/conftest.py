"""The ward: a listening gateway by a clock that the story moves, with the cast in its store, on each database."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from tests.conftest import gateway_with_cast
from tests.databases import ENGINES
from tests.streams import listening_gateway
from tests.ward.ward import Clock, Ward


@pytest.fixture(params=ENGINES)
async def ward(request: pytest.FixtureRequest, data_dir: Path, tmp_path: Path) -> AsyncIterator[Ward]:
    """Before the day begins; nobody follows anything yet."""
    clock = Clock()
    async with (
        gateway_with_cast(request.param, data_dir, tmp_path, clock) as world,
        listening_gateway(world.services) as address,
        httpx.AsyncClient(base_url=f"http://{address}") as client,
    ):
        made = Ward(world.services, client, address=address, clock=clock)
        yield made
        await made.everybody_hangs_up()
