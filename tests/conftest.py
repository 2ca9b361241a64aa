"""The running gateway as a fixture, once for each database, each test with a store of its own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from app.services import Clock, make_services
from app.settings import Settings
from tests.cast_stores import cast_store, give_back
from tests.databases import ENGINES
from tests.world import NOW, PUBLIC_URL, World, running

pytest_plugins = ["tests.watching"]


@pytest.fixture(scope="session")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where this run's keys are."""
    return tmp_path_factory.mktemp("helsekort")


@pytest.fixture(params=ENGINES)
async def world(request: pytest.FixtureRequest, data_dir: Path, tmp_path: Path) -> AsyncIterator[World]:
    """A gateway with the cast in its store; every test that asks for it runs on each database."""
    async with gateway_with_cast(request.param, data_dir, tmp_path) as made:
        yield made


@pytest.fixture
async def gateway(data_dir: Path, tmp_path: Path) -> AsyncIterator[World]:
    """The same on SQLite alone, for what never comes as far as the database."""
    async with gateway_with_cast("sqlite", data_dir, tmp_path) as made:
        yield made


class AsProduction(Settings):
    """Production as far as documents go. Its own tokens cannot be made here: it takes none without proof."""

    @property
    def documents_are_free(self) -> bool:
        return False


@pytest.fixture
async def strict_gateway(data_dir: Path, tmp_path: Path) -> AsyncIterator[World]:
    """A gateway that runs registered documents only."""
    (tmp_path / "strict").mkdir()
    async with gateway_with_cast("sqlite", data_dir, tmp_path / "strict", settings=AsProduction) as made:
        yield made


@asynccontextmanager
async def gateway_with_cast(
    engine: str,
    data_dir: Path,
    folder: Path,
    clock: Clock = lambda: NOW,
    settings: type[Settings] = Settings,
    public_url: str = PUBLIC_URL,
) -> AsyncIterator[World]:
    """A gateway by this clock on a new store with the cast in it."""
    url = await cast_store(engine, data_dir, folder)
    services = make_services(settings(data_dir=data_dir, database_url=url, public_url=public_url), clock=clock)
    async with running(services) as made:
        yield made
    await give_back(url)
