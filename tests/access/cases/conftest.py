"""The access cases ride on proofs of possession, as production does."""

from collections.abc import AsyncIterator

import pytest

from app.identity.development_proofs import ProofKey
from app.services import make_services
from tests.world import NOW, World, running


@pytest.fixture
async def world(world: World) -> World:
    """A gateway on each database; its callers prove that they hold their key."""
    world.proof_key = ProofKey.generate()
    return world


@pytest.fixture
async def gateway(gateway: World) -> World:
    """The same on SQLite alone."""
    gateway.proof_key = ProofKey.generate()
    return gateway


@pytest.fixture
async def neighbour(world: World) -> AsyncIterator[World]:
    """Another process of the gateway on the same store."""
    services = make_services(world.services.settings, clock=lambda: NOW)
    async with running(services) as made:
        made.proof_key = world.proof_key
        yield made
