"""The running gateway as a fixture, once for each database, each test with a store of its own."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import make_url

from app.services import Clock, make_services
from app.settings import Settings
from data.synthetic.seeding import load_cast
from tests.databases import ENGINES, drop_database, new_database_url, postgresql_server
from tests.world import NOW, PUBLIC_URL, TODAY, World, running

pytest_plugins = ["tests.watching"]

CAST_TEMPLATE = "template_with_cast"


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
    url = await _store_with_cast(engine, data_dir, folder)
    services = make_services(settings(data_dir=data_dir, database_url=url, public_url=public_url), clock=clock)
    async with running(services) as made:
        yield made
    await drop_database(url)


async def _store_with_cast(engine: str, data_dir: Path, folder: Path) -> str:
    if engine == "sqlite":
        template = data_dir / "cast.db"
        if not template.exists():
            draft = await new_database_url(engine, data_dir)
            await _load_cast(draft, data_dir)
            Path(draft.removeprefix("sqlite:///")).rename(template)
        copied = folder / "store.db"
        shutil.copyfile(template, copied)
        return f"sqlite:///{copied}"
    server = postgresql_server()
    if not await server.has(CAST_TEMPLATE):
        draft = await new_database_url(engine, data_dir)
        await _load_cast(draft, data_dir)
        await server.run(f'ALTER DATABASE "{make_url(draft).database}" RENAME TO {CAST_TEMPLATE}')
    name = f"world_{folder.parent.name}_{folder.name}".replace("-", "_").lower()[-60:]
    await server.run(f'CREATE DATABASE "{name}" TEMPLATE {CAST_TEMPLATE}')
    return server.url(name)


async def _load_cast(url: str, data_dir: Path) -> None:
    services = make_services(Settings(data_dir=data_dir, database_url=url))
    await load_cast(services.database, services.patient_keys, TODAY)
    await services.database.close()
