"""Records out of the store in the national format, each with whose it is: what `import_records` takes in again."""

from collections.abc import AsyncIterator
from typing import Any, Final

from sqlalchemy import select

from app.domain.consent import Consent, ConsentState
from app.domain.errors import RecordRefusal
from data.database import Database
from data.declaring import table_of
from data.dhg.envelopes import envelope_of
from data.dhg.mapping import to_wire
from data.identity_numbers import PatientKeys
from data.storing import read_stored, record_ids_of, stored_record_ids
from data.tables import MaternityRecord, Patient

RECORD: Final = table_of(MaternityRecord)
PATIENT: Final = table_of(Patient)


async def export_records(
    database: Database, keys: PatientKeys, *, patient_number: str | None = None
) -> AsyncIterator[dict[str, Any]]:
    """An envelope for each record: all of them, or those of one woman, oldest first.

    Raises RecordRefusal PATIENT_ID_INVALID. A record that is withdrawn while the export runs is left out.
    """
    chosen = stored_record_ids(database) if patient_number is None else _of_woman(database, keys, patient_number)
    async for record_id in chosen:
        envelope = await _envelope(database, keys, record_id)
        if envelope is not None:
            yield envelope


async def export_record(database: Database, record_id: str) -> dict[str, Any]:
    """One record by itself, without saying whose it is. Raises RecordRefusal NOT_FOUND."""
    return to_wire(await read_stored(database, record_id))


async def _of_woman(database: Database, keys: PatientKeys, number: str) -> AsyncIterator[str]:
    for record_id in await record_ids_of(database, keys, number):
        yield record_id


async def _envelope(database: Database, keys: PatientKeys, record_id: str) -> dict[str, Any] | None:
    owner = select(PATIENT.c.number_sealed, PATIENT.c.consent_state, PATIENT.c.consent_changed_at)
    owner = owner.join(RECORD, RECORD.c.patient_id == PATIENT.c.patient_id).where(RECORD.c.record_id == record_id)
    async with database.connection() as connection:
        found = (await connection.execute(owner)).first()
    if found is None:
        return None
    sealed, state, changed_at = found
    try:
        record = await read_stored(database, record_id)
    except RecordRefusal:  # withdrawn between the two statements
        return None
    return envelope_of(keys.unseal(bytes(sealed)), Consent(ConsentState(state), changed_at), record)
