"""Persons: made known by identity number, with their status, their consent and their blocks."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.changes import ChangeKind
from app.domain.consent import Consent, ConsentState
from app.domain.record import Block, Protection
from data.columns import in_utc
from data.database import Database, copy_rows
from data.declaring import table_of
from data.identity_numbers import PatientKeys, parse
from data.powers import end_powers_held
from data.rows import block_row, blocks_text, consent
from data.tables import AccessBlock, Change, ConsentEvent, Patient

PATIENT, CONSENT_EVENT, ACCESS_BLOCK = table_of(Patient), table_of(ConsentEvent), table_of(AccessBlock)
CHANGE = table_of(Change)

LOOKED_UP_AT_ONCE = 5_000
"""How many numbers go into one statement; both engines have a limit on parameters."""


@dataclass(frozen=True, slots=True)
class KnownPatient:
    """A person who is in the store, and where her consent stands; with her birth date, if the register has said."""

    patient_id: str
    consent: Consent
    born_on: date | None = None


async def find_patients(
    database: Database, connection: AsyncConnection, keys: PatientKeys, numbers: Collection[str]
) -> dict[str, KnownPatient]:
    """Those of the numbers that are known, held until the transaction ends. Raises PATIENT_ID_INVALID."""
    by_key = {keys.key(parse(number)): number for number in numbers}
    found: dict[str, KnownPatient] = {}
    in_order = sorted(by_key)  # the same order everywhere: two that wait for each other's rows would wait for ever
    for start in range(0, len(in_order), LOOKED_UP_AT_ONCE):
        some = in_order[start : start + LOOKED_UP_AT_ONCE]
        query = select(PATIENT).where(PATIENT.c.number_key.in_(some)).order_by(PATIENT.c.number_key)
        for row in (await connection.execute(database.locking(query))).mappings():
            found[by_key[row["number_key"]]] = KnownPatient(row["patient_id"], consent(row), row["born_on"])
    return found


async def register(
    database: Database, connection: AsyncConnection, keys: PatientKeys, numbers: Collection[str]
) -> dict[str, KnownPatient]:
    """The same as `find_patients`, with the unknown made known. Somebody without an active consent has state NONE."""
    found = await find_patients(database, connection, keys, numbers)
    unknown = sorted(set(numbers) - found.keys(), key=keys.key)  # in the order of `find_patients`
    if not unknown:
        return found
    rows = [new_patient_row(keys, number) for number in unknown]
    statement = database.insert(PATIENT).on_conflict_do_nothing(index_elements=["number_key"])
    await connection.execute(statement, rows)
    return found | await find_patients(database, connection, keys, unknown)


def new_patient_row(keys: PatientKeys, number: str) -> dict[str, Any]:
    """A person about whom nothing is known yet."""
    return {
        "patient_id": keys.patient_id(number),
        "number_key": keys.key(number),
        "number_sealed": keys.seal(number),
        "protection": Protection.UNCLASSIFIED.value,
        "deceased_on": None,
        "consent_state": ConsentState.NONE.value,
        "consent_changed_at": None,
        "blocks": "[]",
        "created_at": datetime.now(UTC),
    }


async def add_consent_events(
    connection: AsyncConnection,
    state: ConsentState,
    source: str,
    times: Mapping[str, datetime],
    receipt: str | None = None,
) -> None:
    """Note a change of consent of some patients, each at its time, and bring the projection up to date."""
    if not times:
        return
    columns = ("patient_id", "sequence", "at", "state", "source", "receipt")
    noted = await _last_sequences(connection, list(times))
    rows = [
        (patient_id, noted.get(patient_id, 0) + 1, in_utc(at), state.value, source, receipt)
        for patient_id, at in times.items()
    ]
    await copy_rows(connection, CONSENT_EVENT, columns, rows)
    project = update(PATIENT).where(PATIENT.c.patient_id == bindparam("of_patient"))
    project = project.values(consent_state=state.value, consent_changed_at=bindparam("changed_at"))
    values = [{"of_patient": patient_id, "changed_at": at} for patient_id, at in times.items()]
    await connection.execute(project, values)


async def _last_sequences(connection: AsyncConnection, patient_ids: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for start in range(0, len(patient_ids), LOOKED_UP_AT_ONCE):
        some = CONSENT_EVENT.c.patient_id.in_(patient_ids[start : start + LOOKED_UP_AT_ONCE])
        query = select(CONSENT_EVENT.c.patient_id, func.max(CONSENT_EVENT.c.sequence)).where(some)
        for patient_id, sequence in await connection.execute(query.group_by(CONSENT_EVENT.c.patient_id)):
            found[patient_id] = sequence
    return found


async def anyone_stored(database: Database) -> bool:
    """Whether the store knows of anybody."""
    async with database.connection() as connection:
        return (await connection.execute(select(PATIENT.c.patient_id).limit(1))).first() is not None


async def set_person_status(
    database: Database,
    keys: PatientKeys,
    number: str,
    *,
    protection: Protection,
    deceased_on: date | None = None,
    born_on: date | None = None,
) -> None:
    """Note what the population register says of a person; streams about her end by the change when her card is hidden,
    and so does every power of attorney that she holds. `born_on`: left out, what was noted before stays.

    Raises RecordRefusal PATIENT_ID_INVALID.
    """
    async with database.transaction() as connection:
        patient = (await register(database, connection, keys, [number]))[number]
        values = {"protection": protection.value, "deceased_on": deceased_on} | (
            {"born_on": born_on} if born_on else {}
        )
        await connection.execute(update(PATIENT).where(PATIENT.c.patient_id == patient.patient_id).values(values))
        if protection.hides_the_card or deceased_on is not None:
            await end_powers_held(connection, keys.key(number), datetime.now(UTC))
        change = {"at": datetime.now(UTC), "what": ChangeKind.PERSON_STATUS_CHANGED.value}
        await connection.execute(CHANGE.insert(), {"patient_id": patient.patient_id, **change})


async def set_blocks(database: Database, keys: PatientKeys, number: str, blocks: tuple[Block, ...]) -> None:
    """Replace a person's blocks by these. Raises RecordRefusal PATIENT_ID_INVALID."""
    async with database.transaction() as connection:
        patient_id = (await register(database, connection, keys, [number]))[number].patient_id
        await connection.execute(delete(ACCESS_BLOCK).where(ACCESS_BLOCK.c.patient_id == patient_id))
        if blocks:
            await connection.execute(ACCESS_BLOCK.insert(), [block_row(patient_id, block) for block in blocks])
        values = {"blocks": blocks_text(blocks)}
        await connection.execute(update(PATIENT).where(PATIENT.c.patient_id == patient_id).values(values))
