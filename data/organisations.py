"""The enrolled organisations. There are few and they change seldom: a process keeps them all for a minute."""

import asyncio
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict
from typing import Final

from sqlalchemy import select

from app.domain.viewer import Organisation
from data.database import Database
from data.declaring import table_of
from data.tables import Organisation as OrganisationRow

ORGANISATION = table_of(OrganisationRow)
KEPT_SECONDS: Final = 60.0


class EnrolledOrganisations:
    """The port `Organisations` over our own database. Enrolment takes effect everywhere within a minute."""

    def __init__(self, database: Database, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._monotonic = monotonic
        self._known: dict[str, Organisation] = {}
        self._good_until = float("-inf")
        self._loading = asyncio.Lock()

    async def find(self, number: str) -> Organisation | None:
        """The enrolled organisation with this number; None when there is none. Raises when they cannot be read."""
        if self._monotonic() >= self._good_until:
            async with self._loading:
                if self._monotonic() >= self._good_until:
                    await self._load()
        return self._known.get(number)

    async def enrol(self, organisations: Iterable[Organisation]) -> None:
        """Add organisations, or change what is known of them."""
        rows = [asdict(organisation) for organisation in organisations]
        if not rows:
            return
        insert = self._database.insert(ORGANISATION)
        newer = {name: insert.excluded[name] for name in ("name", "kind", "parent_number")}
        async with self._database.transaction() as connection:
            await connection.execute(insert.on_conflict_do_update(index_elements=["number"], set_=newer), rows)
        self._good_until = float("-inf")

    async def _load(self) -> None:
        async with self._database.connection() as connection:
            rows = (await connection.execute(select(ORGANISATION))).mappings().all()
        self._known = {row["number"]: Organisation(**row) for row in rows}
        self._good_until = self._monotonic() + KEPT_SECONDS
