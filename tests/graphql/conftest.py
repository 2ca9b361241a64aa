"""A gateway that really listens, and somebody who writes on a card, on each database."""

from collections.abc import AsyncIterator

import pytest

from tests.streams import Writer, listening_gateway
from tests.world import World


@pytest.fixture
async def address(world: World) -> AsyncIterator[str]:
    async with listening_gateway(world.services) as found:
        yield found


@pytest.fixture
def kari(world: World) -> Writer:
    """Who writes on Kari's card."""
    return Writer(world.services, world.number("kari"))
