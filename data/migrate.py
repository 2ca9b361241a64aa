"""Bringing the database's schema up to date. Forward only; the same revisions on both engines."""

from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from data.database import Database

REVISIONS: Final = Path(__file__).parent / "migrations"


async def migrate(database: Database) -> None:
    """Apply the revisions that are missing, all or none. Processes that start at once take turns."""
    async with database.migration() as connection:
        await connection.run_sync(_upgrade)


async def is_current(database: Database) -> bool:
    """Whether no revision is missing. Raises what the database raises when it cannot be reached."""
    async with database.connection() as connection:
        return await connection.run_sync(_is_current)


def _upgrade(connection: Connection) -> None:
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _is_current(connection: Connection) -> bool:
    head = ScriptDirectory.from_config(_config()).get_current_head()
    return MigrationContext.configure(connection).get_current_revision() == head


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(REVISIONS).replace("%", "%%"))
    return config
