"""Requests to export what the ledger holds about a woman, and the export."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4

import orjson
from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.choices import SentCommand
from app.domain.exporting import (
    APPROVAL_LASTS,
    WAITS_FOR_APPROVAL,
    ExportedPage,
    LogExport,
    check_reason,
    no_export,
)
from app.domain.ports import EntryMaker
from app.domain.searching import LedgerSearch
from data.choosing import Choosing, Held
from data.columns import in_utc
from data.declaring import table_of
from data.ledger_pages import cursor_at, oldest_first
from data.tables import LogExport as LogExportRow

EXPORT = table_of(LogExportRow)
WRITTEN = ("accessLogExport",)


class StoredLogExports:
    """The port `LogExports` over our own database."""

    def __init__(self, choosing: Choosing) -> None:
        self._choosing = choosing

    async def request(
        self, patient_id: str, reason: str, name: str | None, sent: SentCommand, entry: EntryMaker
    ) -> LogExport:
        """Ask for one. Raises RecordRefusal BAD_USER_INPUT, IDEMPOTENCY_KEY_REUSED."""
        check_reason(reason)
        async with self._choosing.database.transaction() as connection:
            held = Held(connection, self._choosing, "", patient_id, sent)
            if (answered := await held.answered()) is not None:
                return await _read(connection, answered["request_id"])
            request_id = str(uuid4())
            row = {
                "request_id": request_id, "patient_id": patient_id, "reason": reason, "requester_name": name,
                "requested_by": sent.actor_key or "", "requested_at": held.at,
            }  # fmt: skip
            await connection.execute(EXPORT.insert(), row)
            await held.finish({"request_id": request_id}, None, entry(patient_id, WRITTEN))
            return await _read(connection, request_id)

    async def approve(self, request_id: str, name: str | None, sent: SentCommand, entry: EntryMaker) -> LogExport:
        """Agree to one. Raises RecordRefusal as `LogExport.approve` does, IDEMPOTENCY_KEY_REUSED, BAD_USER_INPUT."""
        database, this = self._choosing.database, EXPORT.c.request_id == request_id
        async with database.transaction() as connection:
            await connection.execute(database.locking(select(EXPORT.c.request_id).where(this)))
            found = await _read(connection, request_id)
            held = Held(connection, self._choosing, "", found.patient_id, sent)
            if await held.answered() is None:
                found.approve(sent.actor_key, sent.at)
                values = {"approved_by": sent.actor_key, "approver_name": name, "approved_at": held.at}
                await connection.execute(update(EXPORT).where(this).values(values))
                await held.finish({"request_id": request_id}, None, entry(found.patient_id, WRITTEN))
            return await _read(connection, request_id)

    async def open(self, now: datetime, *, most: int) -> list[LogExport]:
        """Those of which anything may still come, newest first."""
        at = in_utc(now)
        waits = EXPORT.c.approved_at.is_(None) & (EXPORT.c.requested_at > at - WAITS_FOR_APPROVAL)
        query = select(EXPORT).where(or_(waits, EXPORT.c.approved_at > at - APPROVAL_LASTS))
        newest_first = query.order_by(EXPORT.c.requested_at.desc(), EXPORT.c.request_id).limit(most)
        async with self._choosing.database.connection() as connection:
            return [LogExport(**row) for row in (await connection.execute(newest_first)).mappings()]

    async def page(
        self, request_id: str, actor_key: str | None, now: datetime, *, first: int, after: str | None
    ) -> tuple[LogExport, ExportedPage]:
        """A page of one that was approved. Raises RecordRefusal as `LogExport.use` does, BAD_USER_INPUT."""
        async with self._choosing.database.connection() as connection:
            found = await _read(connection, request_id)
            found.use(actor_key, now)
            query = oldest_first(LedgerSearch(patient_id=found.patient_id), after).limit(first + 1)
            rows = (await connection.execute(query)).mappings().all()
        shown = rows[:first]
        end = cursor_at((shown[-1]["at"], shown[-1]["chain"], shown[-1]["sequence"])) if shown else after
        return found, ExportedPage([as_line(row) for row in shown], end, len(rows) > first)


def as_line(row: Mapping[Any, Any]) -> str:
    """A link of the ledger as JSON: its place, what it follows, its hash, and the entry as the hash was taken of it."""
    members = {name: row[name] for name in ("chain", "sequence", "previous_hash", "hash", "entry")}
    return orjson.dumps(members).decode()


async def _read(connection: AsyncConnection, request_id: str) -> LogExport:
    row = (await connection.execute(select(EXPORT).where(EXPORT.c.request_id == request_id))).mappings().first()
    if row is None:
        raise no_export()
    return LogExport(**row)
