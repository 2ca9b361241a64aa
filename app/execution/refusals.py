"""Refusals on their way into the ledger: each once, and no more of the same than can be read."""

import asyncio
import time
from contextlib import suppress
from dataclasses import replace

from app.domain.ledger import LedgerEntry
from app.domain.ports import Ledger
from app.observability import log
from resolvers import limits

Key = tuple[str | None, str | None, str | None]
"""Why, with which client, by whom."""


class Refusals:
    """Writes refusals that concern no woman. Of the same caller for the same reason the first in a minute are entries
    of their own; those after them are counted, and become one entry when the minute is over."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._seen: dict[Key, int] = {}
        self._counted: dict[Key, LedgerEntry] = {}
        self._over_at = 0.0
        self._waiting: asyncio.Task[None] | None = None

    async def note(self, entry: LedgerEntry) -> None:
        """Write it down, or count it. Never raises."""
        now = time.monotonic()
        if now >= self._over_at and self._waiting is None:
            self._seen.clear()
            self._over_at = now + limits.REFUSALS_COUNTED_SECONDS
        key = entry.refusal, entry.client_id, entry.actor_key
        self._seen[key] = seen = self._seen.get(key, 0) + 1
        if seen <= limits.REFUSALS_NOTED_EACH:
            await self.write(entry)
            return
        first = self._counted.get(key, entry)
        self._counted[key] = replace(first, count=seen - limits.REFUSALS_NOTED_EACH)
        if self._waiting is None:
            self._waiting = asyncio.create_task(self._wait(self._over_at - now), name="refusals counted")

    async def write(self, *entries: LedgerEntry) -> None:
        """Write them down. Never raises: what was refused stays refused."""
        try:
            await self._ledger.append(*entries)
        except Exception as error:
            log.error("ledger_unavailable", kind=type(error).__name__, refusal=entries[0].refusal)

    async def close(self) -> None:
        """Write what was counted."""
        if self._waiting is not None:
            self._waiting.cancel()
            with suppress(asyncio.CancelledError):
                await self._waiting
        await self._sum_up()

    async def _wait(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        self._waiting = None
        await self._sum_up()

    async def _sum_up(self) -> None:
        counted, self._counted = list(self._counted.values()), {}
        self._seen.clear()
        self._over_at = 0.0
        if counted:
            await self.write(*counted)
