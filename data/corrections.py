"""Requests for correction, and how many of them wait at each unit."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.changes import ChangeKind
from app.domain.choices import SentCommand
from app.domain.corrections import (
    Correcting,
    CorrectionAnswer,
    CorrectionRequest,
    CorrectionStatus,
    WrittenItem,
    checked_item,
    text_of,
)
from app.domain.gate import not_available
from app.domain.ledger import LedgerEntry
from app.domain.ports import EntryMaker
from app.domain.writing import author_of
from data.choosing import Choosing, Held
from data.declaring import table_of
from data.documents import from_json, json_or_none
from data.storing import open_items_of
from data.tables import CaseloadEntry, MaternityRecord, Organisation, SectionVersion
from data.tables import CorrectionRequest as CorrectionRequestRow

REQUEST, CASELOAD = table_of(CorrectionRequestRow), table_of(CaseloadEntry)
RECORD, VERSION, ORGANISATION = table_of(MaternityRecord), table_of(SectionVersion), table_of(Organisation)
WRITTEN: Final = ("correctionRequest",)


class StoredCorrections:
    """The port `Corrections` over our own database."""

    def __init__(self, choosing: Choosing) -> None:
        self._choosing = choosing

    async def request(
        self, asking: Correcting, kind: str, item_id: str, text: str, sent: SentCommand, entry: EntryMaker
    ) -> CorrectionRequest:
        """Ask the unit that wrote an item to correct it.

        Raises RecordRefusal as `Correcting.admit_herself` and `checked_item` do, BAD_USER_INPUT,
        IDEMPOTENCY_KEY_REUSED.
        """
        said = text_of("text", text)
        async with self._choosing.hold(asking.patient_number, sent) as held:
            found = await held.found()
            patient_id = asking.admit_herself(found).patient_id
            answer = await held.answered()
            if answer is not None:
                return await _known(held.connection, patient_id, answer["request_id"])
            written = await _current_item(held.connection, patient_id, kind, item_id)
            waiting = await open_items_of(held.connection, written.record_id) if written else {}
            item, unit = checked_item(written, found, sum(waiting.values()))
            made = CorrectionRequest(
                request_id=str(uuid4()), record_id=item.record_id, kind=kind, item_id=item_id, version=item.version,
                unit=unit, request=said, requested_at=held.at, status=CorrectionStatus.OPEN, answer=None,
                answered_at=None, answered_by=None,
            )  # fmt: skip
            await held.connection.execute(REQUEST.insert(), asdict(made) | {"patient_id": patient_id})
            await _finish(held, made, ChangeKind.CORRECTION_REQUESTED, entry(patient_id, WRITTEN))
            return made

    async def answer(
        self, answering: Correcting, request_id: str, status: CorrectionAnswer, text: str, sent: SentCommand,
        entry: EntryMaker,
    ) -> CorrectionRequest:  # fmt: skip
        """Answer a request for one's own unit.

        Raises RecordRefusal as `Correcting.admit_unit` and `Correcting.told` do, ALREADY_ANSWERED, BAD_USER_INPUT,
        IDEMPOTENCY_KEY_REUSED.
        """
        said = text_of("answer", text)
        async with self._choosing.hold(answering.patient_number, sent) as held:
            found = await held.found()
            grant = answering.admit_unit(found)
            stored = await _find(held.connection, grant.patient_id, request_id)
            request = answering.told(stored, grant, found)
            if await held.answered() is not None:
                return request
            answer = CorrectionStatus(status.value)
            made = request.answered(answer, said, author_of(answering.viewer), held.at)
            changed = {
                "status": made.status.value, "answer": said, "answered_at": held.at,
                "answered_by": json_or_none(made.answered_by),
            }  # fmt: skip
            this = (REQUEST.c.record_id == made.record_id) & (REQUEST.c.request_id == request_id)
            await held.connection.execute(update(REQUEST).where(this).values(changed))
            noted = entry(grant.patient_id, WRITTEN)
            await _finish(held, made, ChangeKind.CORRECTION_ANSWERED, noted, author_of(answering.viewer))
            return made

    async def of(self, patient_id: str) -> list[CorrectionRequest]:
        """All on her cards, newest first, in one statement."""
        query = select(REQUEST).where(REQUEST.c.patient_id == patient_id)
        newest_first = query.order_by(REQUEST.c.requested_at.desc(), REQUEST.c.request_id)
        async with self._choosing.database.connection() as connection:
            return [_request(row) for row in (await connection.execute(newest_first)).mappings()]


async def _finish(
    held: Held, made: CorrectionRequest, what: ChangeKind, entry: LedgerEntry, author: Mapping[str, Any] | None = None
) -> None:
    """Bring the unit's list up to date, and finish."""
    waiting = (await open_items_of(held.connection, made.record_id)).get(made.unit, 0)
    line = (CASELOAD.c.record_id == made.record_id) & (CASELOAD.c.unit == made.unit)
    await held.connection.execute(update(CASELOAD).where(line).values(open_items=waiting))
    where = {"record_id": made.record_id, "kind": made.kind, "item_id": made.item_id, "version": made.version}
    await held.finish({"request_id": made.request_id}, what, entry, author=author, **where)


async def _current_item(connection: AsyncConnection, patient_id: str, kind: str, item_id: str) -> WrittenItem | None:
    """The latest version of an item on any card of hers; None when there is none, or it was entered in error."""
    hers = select(RECORD.c.record_id).where(RECORD.c.patient_id == patient_id)
    this = VERSION.c.record_id.in_(hers) & (VERSION.c.kind == kind) & (VERSION.c.item_id == item_id)
    columns = (VERSION.c.record_id, VERSION.c.version, VERSION.c.author, VERSION.c.entered_in_error)
    latest = select(*columns).where(this).order_by(VERSION.c.version.desc()).limit(1)
    found = (await connection.execute(latest)).first()
    if found is None or found.entered_in_error:
        return None
    number = (from_json(found.author) or {}).get("organisation_number")
    enrolled = select(ORGANISATION.c.number).where(ORGANISATION.c.number == number)
    return WrittenItem(found.record_id, found.version, (await connection.execute(enrolled)).scalar())


async def _find(connection: AsyncConnection, patient_id: str, request_id: str) -> CorrectionRequest | None:
    this = (REQUEST.c.patient_id == patient_id) & (REQUEST.c.request_id == request_id)
    found = (await connection.execute(select(REQUEST).where(this))).mappings().first()
    return None if found is None else _request(found)


async def _known(connection: AsyncConnection, patient_id: str, request_id: str) -> CorrectionRequest:
    found = await _find(connection, patient_id, request_id)
    if found is None:  # a request goes with the answers that name it, at withdrawal: her cards are hidden since
        raise not_available("PERSON_STATUS")
    return found


def _request(row: Mapping[Any, Any]) -> CorrectionRequest:
    members = {name: row[name] for name in CorrectionRequest.__dataclass_fields__}
    decoded = {"status": CorrectionStatus(row["status"]), "answered_by": from_json(row["answered_by"])}
    return CorrectionRequest(**(members | decoded))
