"""The access cases ride on proofs of possession, as production does, and their requests are found in the ledger."""

from collections.abc import AsyncIterator

import pytest

from app.identity.development_proofs import ProofKey
from app.services import make_services
from tests.access.cases.auditing import audited
from tests.world import NOW, World, running


@pytest.fixture
async def world(world: World, request: pytest.FixtureRequest) -> AsyncIterator[World]:
    """A gateway on each database; its callers prove that they hold their key."""
    world.proof_key = ProofKey.generate()
    async with audited(world, request.node.name):
        yield world


@pytest.fixture
async def gateway(gateway: World, request: pytest.FixtureRequest) -> AsyncIterator[World]:
    """The same on SQLite alone."""
    gateway.proof_key = ProofKey.generate()
    async with audited(gateway, request.node.name):
        yield gateway


@pytest.fixture
async def strict_gateway(strict_gateway: World, request: pytest.FixtureRequest) -> AsyncIterator[World]:
    """One that runs registered documents only."""
    async with audited(strict_gateway, request.node.name):
        yield strict_gateway


@pytest.fixture
async def neighbour(world: World) -> AsyncIterator[World]:
    """Another process of the gateway on the same store."""
    services = make_services(world.services.settings, clock=lambda: NOW)
    async with running(services) as made:
        made.proof_key = world.proof_key
        yield made
