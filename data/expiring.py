"""Rows that are of use for a while only: those whose time is over are deleted now and then, beside the work."""

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Column, delete
from sqlalchemy.exc import SQLAlchemyError

from data.columns import in_utc
from data.database import Database

SWEPT_EVERY: Final = timedelta(minutes=1)
KEPT_LONGER: Final = timedelta(minutes=1)
"""Than their time, because the clocks of two processes may be apart: one must not forget what the other looks for."""


class Expiring:
    """Deletes the rows of one table in which a column's time has passed."""

    def __init__(self, database: Database, column: Column[Any]) -> None:
        self._database, self._column = database, column
        self._swept_at: datetime | None = None
        self._sweeping: asyncio.Task[None] | None = None

    def sweep(self, now: datetime) -> None:
        """Begin to delete what is over, unless that was begun a short while ago."""
        if self._swept_at is None:
            self._swept_at = now
        if now - self._swept_at >= SWEPT_EVERY:
            self._swept_at = now
            self._sweeping = asyncio.create_task(self._delete(now - KEPT_LONGER), name="rows that are over")

    async def close(self) -> None:
        """Delete nothing more."""
        if self._sweeping is not None:
            self._sweeping.cancel()
            await asyncio.gather(self._sweeping, return_exceptions=True)

    async def _delete(self, before: datetime) -> None:
        """What is left over because the store failed goes the next time."""
        with suppress(SQLAlchemyError, OSError):
            async with self._database.transaction() as connection:
                await connection.execute(delete(self._column.table).where(self._column < in_utc(before)))
