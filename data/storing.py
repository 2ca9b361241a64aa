"""Whole cards into storage and out again: for seeding, import, export and repair."""

from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select, Table, delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.consent import ConsentState
from app.domain.errors import RecordRefusal
from app.domain.record import RecordStatus, StoredRecord
from data.database import Database, copy_rows
from data.declaring import table_of
from data.identity_numbers import PatientKeys, parse
from data.patients import LOOKED_UP_AT_ONCE, KnownPatient, add_consent_events, register
from data.rows import (
    Row,
    caseload_rows,
    change_row,
    record_row,
    section_rows,
    stored_item,
    stored_record,
    version_rows,
)
from data.tables import CaseloadEntry, Change, CorrectionRequest, MaternityRecord, Patient, Section, SectionVersion

PATIENT, RECORD, VERSION = table_of(Patient), table_of(MaternityRecord), table_of(SectionVersion)
SECTION, CASELOAD, CHANGE = table_of(Section), table_of(CaseloadEntry), table_of(Change)
REQUEST = table_of(CorrectionRequest)

OPEN: Final = "OPEN"
"""The status of a request for correction that was not answered."""

IMPORT: Final = "IMPORT"
"""The source of a consent that came in with a card."""

IDS_AT_ONCE: Final = 1_000

NewCard = tuple[str, datetime | None, StoredRecord]
"""Whose card (national identity number), when she consented (None: she already has), and the card."""


class AlreadyStored(RecordRefusal):
    """A card with this record id is in the store."""

    def __init__(self, record_id: str) -> None:
        super().__init__("ALREADY_EXISTS", f"The card {record_id} is already stored.", reason="RECORD_ID_TAKEN")
        self.record_id = record_id


class ActiveRecordExists(RecordRefusal):
    """She has an active card; a second one cannot be."""

    def __init__(self, record_id: str) -> None:
        message = f"The card {record_id} cannot be stored: its woman already has an active card."
        super().__init__("ALREADY_EXISTS", message, reason="ACTIVE_RECORD_EXISTS")
        self.record_id = record_id


async def store(database: Database, keys: PatientKeys, cards: Sequence[NewCard]) -> None:
    """Store new cards, all or none, in one transaction. Meant for up to some thousands at a time.

    Raises RecordRefusal: AlreadyStored, ActiveRecordExists, CONSENT_MISSING for a woman without an active consent,
    PATIENT_ID_INVALID.
    """
    async with database.transaction() as connection:
        patients = await register(database, connection, keys, {number for number, _, _ in cards})
        await _consent(connection, patients, cards)
        owned = [(patients[number].patient_id, record) for number, _, record in cards]
        await _refuse_known(connection, owned)
        await _refuse_second_active(connection, owned)
        await _add(connection, RECORD, (record_row(patient_id, record) for patient_id, record in owned))
        await _add(connection, VERSION, (row for _, record in owned for row in version_rows(record)))
        await _add(connection, SECTION, (row for _, record in owned for row in section_rows(record)))
        await _add(connection, CASELOAD, (row for patient_id, one in owned for row in caseload_rows(patient_id, one)))
        await _add(connection, CHANGE, (change_row(patient_id, record) for patient_id, record in owned))


async def record_consent(
    database: Database, keys: PatientKeys, number: str, given_at: datetime, source: str = IMPORT
) -> None:
    """Note a consent given elsewhere. Nothing changes when she has an active one. Raises PATIENT_ID_INVALID."""
    async with database.transaction() as connection:
        patient = (await register(database, connection, keys, [number]))[number]
        if not patient.consent.given:
            await add_consent_events(connection, ConsentState.ACTIVE, source, {patient.patient_id: given_at})


async def read_stored(database: Database, record_id: str) -> StoredRecord:
    """A card with the latest version of each item, from the version log. Raises RecordRefusal NOT_FOUND."""
    async with database.snapshot() as connection:
        return (await _read_stored(connection, record_id))[1]


async def stored_record_ids(database: Database) -> AsyncIterator[str]:
    """The ids of all cards, in their own order, some at a time."""
    after = ""
    while True:
        query = select(RECORD.c.record_id).where(RECORD.c.record_id > after).order_by(RECORD.c.record_id)
        async with database.connection() as connection:
            found = (await connection.execute(query.limit(IDS_AT_ONCE))).scalars().all()
        for record_id in found:
            yield record_id
        if len(found) < IDS_AT_ONCE:
            return
        after = found[-1]


async def record_ids_of(database: Database, keys: PatientKeys, number: str) -> list[str]:
    """The ids of a woman's cards, oldest first; none for an unknown person. Raises PATIENT_ID_INVALID."""
    query = select(RECORD.c.record_id).join(PATIENT, PATIENT.c.patient_id == RECORD.c.patient_id)
    query = query.where(PATIENT.c.number_key == keys.key(parse(number))).order_by(RECORD.c.opened_at)
    async with database.connection() as connection:
        return list((await connection.execute(query)).scalars())


async def rebuild(database: Database, record_id: str) -> None:
    """Make a card's documents and caseload lines anew from the version log. Raises RecordRefusal NOT_FOUND."""
    async with database.transaction() as connection:
        owner = select(RECORD.c.patient_id).where(RECORD.c.record_id == record_id).scalar_subquery()
        lock = select(PATIENT.c.patient_id).where(PATIENT.c.patient_id == owner)  # as every writer of hers does
        await connection.execute(database.locking(lock))
        patient_id, record = await _read_stored(connection, record_id)
        for table in (SECTION, CASELOAD):
            await connection.execute(delete(table).where(table.c.record_id == record_id))
        await _add(connection, SECTION, section_rows(record))
        open_items = await open_items_of(connection, record_id)
        await _add(connection, CASELOAD, caseload_rows(patient_id, record, open_items))


async def open_items_of(connection: AsyncConnection, record_id: str) -> dict[str, int]:
    """By unit, how many requests for correction of this card it has not answered."""
    return {row.unit: row.open_items for row in await connection.execute(open_items(record_id))}


def open_items(record_id: Any) -> Select[Any]:
    """The statement that counts them."""
    count = func.count().label("open_items")
    query = select(REQUEST.c.unit, count).where(REQUEST.c.record_id == record_id, REQUEST.c.status == OPEN)
    return query.group_by(REQUEST.c.unit)


async def _read_stored(connection: AsyncConnection, record_id: str) -> tuple[str, StoredRecord]:
    head = (await connection.execute(select(RECORD).where(RECORD.c.record_id == record_id))).mappings().first()
    if head is None:
        raise RecordRefusal("NOT_FOUND", "There is no card with this id.")
    versions = (await connection.execute(select(VERSION).where(VERSION.c.record_id == record_id))).mappings()
    return head["patient_id"], stored_record(head, [stored_item(row) for row in versions])


async def _consent(connection: AsyncConnection, patients: Mapping[str, KnownPatient], cards: Sequence[NewCard]) -> None:
    """Note the consents that come with the cards. Without consent nothing is stored."""
    new: dict[str, datetime] = {}
    for number, consented_at, _ in cards:
        patient = patients[number]
        if patient.consent.given:
            continue
        if consented_at is not None:
            new[patient.patient_id] = min(consented_at, new.get(patient.patient_id, consented_at))
        elif patient.patient_id not in new:
            raise RecordRefusal("CONSENT_MISSING", "There is no consent to the digital card.")
    await add_consent_events(connection, ConsentState.ACTIVE, IMPORT, new)


async def _refuse_known(connection: AsyncConnection, owned: Sequence[tuple[str, StoredRecord]]) -> None:
    ids = [record.record_id for _, record in owned]
    twice = next((record_id for record_id, times in Counter(ids).items() if times > 1), None)
    known = twice or await _first(connection, RECORD.c.record_id, ids)
    if known is not None:
        raise AlreadyStored(known)


async def _refuse_second_active(connection: AsyncConnection, owned: Sequence[tuple[str, StoredRecord]]) -> None:
    """The index on active cards would refuse too, without saying which card."""
    active: dict[str, str] = {}
    for patient_id, record in owned:
        if record.status is RecordStatus.ACTIVE:
            if patient_id in active:
                raise ActiveRecordExists(record.record_id)
            active[patient_id] = record.record_id
    status = RECORD.c.status == RecordStatus.ACTIVE.value
    known = await _first(connection, RECORD.c.patient_id, list(active), status)
    if known is not None:
        raise ActiveRecordExists(active[known])


async def _first(connection: AsyncConnection, column: Any, values: list[str], *also: Any) -> str | None:
    """One of the values that the column holds."""
    for start in range(0, len(values), LOOKED_UP_AT_ONCE):
        query = select(column).where(column.in_(values[start : start + LOOKED_UP_AT_ONCE]), *also).limit(1)
        found: str | None = (await connection.execute(query)).scalar()
        if found is not None:
            return found
    return None


async def _add(connection: AsyncConnection, table: Table, rows: Iterable[Row]) -> None:
    """Add rows that all have the same members; nothing is sent for no rows."""
    all_rows = list(rows)
    if all_rows:
        await copy_rows(connection, table, tuple(all_rows[0]), [tuple(row.values()) for row in all_rows])
