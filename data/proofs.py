"""The proofs of possession that were taken: a row for each, for as long as it could come again.

On PostgreSQL the table is UNLOGGED, and remembering a proof is one statement whose commit waits for no disk. A crash of
the database empties it, and a standby that takes over has none of it: for the twenty seconds after, a proof from before
could come a second time. To use that one has to have read a request on its way, and to make the database crash within
seconds; for that no caller shall wait for a disk at every request. In normal running, and when the gateway's processes
stop or crash, nothing is forgotten. On SQLite the commit does not wait for the disk either.
"""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import bindparam, delete, select
from sqlalchemy.exc import SQLAlchemyError

from app.domain.errors import TransportRefusal
from data.columns import in_utc
from data.database import Database
from data.declaring import table_of
from data.direct import DirectFailure, Rows
from data.passing_tables import ProofSeen

SEEN = table_of(ProofSeen)

ANSWERED_WITHIN_SECONDS: Final = 5.0
SWEPT_EVERY: Final = timedelta(seconds=20)
KEPT_LONGER: Final = timedelta(seconds=20)
"""Than asked for: the clocks of two processes may be apart, and one must not forget what another still looks for."""
SWEPT_AT_ONCE: Final = 5_000

_FORGET: Final = delete(SEEN).where(
    SEEN.c.name.in_(select(SEEN.c.name).where(SEEN.c.expires_at < bindparam("then")).limit(SWEPT_AT_ONCE))
).returning(SEEN.c.name)  # fmt: skip

_FAILURES: Final = (SQLAlchemyError, DirectFailure, OSError, TimeoutError)


class StoredProofs:
    """The port `SeenProofs` over our own database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        insert = database.insert(SEEN).values(name=bindparam("name"), expires_at=bindparam("expires_at"))
        self._remember: Final = insert.on_conflict_do_nothing().returning(SEEN.c.name)
        self._swept_at: datetime | None = None
        self._sweeping: asyncio.Task[None] | None = None

    async def is_new(self, name: str, now: datetime, until: datetime) -> bool:
        """Whether this proof comes for the first time. Raises TransportRefusal 503 when the store does not say."""
        try:
            async with asyncio.timeout(ANSWERED_WITHIN_SECONDS):
                written = await self._run(self._remember, {"name": name, "expires_at": in_utc(until)})
        except _FAILURES as error:
            message = "Whether this proof was sent before cannot be told; nothing is shown."
            reason = f"PROOFS_FAILED {type(error).__name__}"
            raise TransportRefusal(503, "DEPENDENCY_UNAVAILABLE", message, reason=reason) from None
        if self._swept_at is None or now - self._swept_at >= SWEPT_EVERY:
            self._swept_at = now
            self._sweeping = asyncio.create_task(self._sweep(now), name="old proofs")
        return bool(written)

    async def close(self) -> None:
        """Forget nothing more."""
        if self._sweeping is not None:
            self._sweeping.cancel()
            await asyncio.gather(self._sweeping, return_exceptions=True)

    async def _sweep(self, now: datetime) -> None:
        """Forget what nobody can send again. What is left over because the store failed goes the next time."""
        with suppress(*_FAILURES):
            while len(await self._run(_FORGET, {"then": in_utc(now - KEPT_LONGER)})) == SWEPT_AT_ONCE:
                pass

    async def _run(self, statement: Any, values: Mapping[str, Any]) -> Rows:
        return await self._database.lightly(statement, values)
