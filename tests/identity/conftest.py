"""Fixtures of the identity tests."""

import pytest

from app.identity.development_issuer import DevelopmentIssuer
from app.identity.development_keys import SigningKey, load_or_create_keys
from tests.identity.world import Installation

Signers = tuple[dict[str, SigningKey], DevelopmentIssuer]


@pytest.fixture(scope="session")
def signers(tmp_path_factory: pytest.TempPathFactory) -> Signers:
    """Keys take a moment to make, so a test run makes them once."""
    directory = tmp_path_factory.mktemp("keys")
    return load_or_create_keys(directory), DevelopmentIssuer(directory)


@pytest.fixture
def installation(signers: Signers) -> Installation:
    return Installation(*signers)
