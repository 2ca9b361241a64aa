"""A gateway that really listens, and somebody who writes on a card: each test its own, whatever the transport."""

from collections.abc import AsyncIterator

import pytest

from tests.streams import Writer, listening_gateway
from tests.world import World


@pytest.fixture
async def address(gateway: World) -> AsyncIterator[str]:
    """Host and port of the gateway."""
    async with listening_gateway(gateway.services) as found:
        yield found


@pytest.fixture
def kari(gateway: World) -> Writer:
    """Writes on Kari's card."""
    return Writer(gateway.services, gateway.number("kari"))
