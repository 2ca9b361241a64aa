"""How many women each system has asked about in a minute, counted by all processes together."""

from datetime import datetime

from sqlalchemy import bindparam

from data.columns import in_utc
from data.database import Database
from data.declaring import table_of
from data.expiring import Expiring
from data.passing_tables import LookupCount

COUNT = table_of(LookupCount)


class StoredLookups:
    """The look-ups of this minute, by client."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._over = Expiring(database, COUNT.c.minute)
        insert = database.insert(COUNT).values(client_id=bindparam("client_id"), minute=bindparam("minute"), lookups=1)
        self._count = insert.on_conflict_do_update(
            index_elements=[COUNT.c.client_id, COUNT.c.minute], set_={"lookups": COUNT.c.lookups + 1}
        ).returning(COUNT.c.lookups)

    async def count(self, client_id: str, now: datetime) -> int:
        """One more; how many there are this minute."""
        values = {"client_id": client_id, "minute": in_utc(now).replace(second=0, microsecond=0)}
        (row,) = await self._database.lightly(self._count, values)
        self._over.sweep(now)
        counted: int = row["lookups"]
        return counted

    async def close(self) -> None:
        await self._over.close()
