"""The access cases ride on proofs of possession, as production does."""

import pytest

from app.identity.development_proofs import ProofKey
from tests.world import World


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
