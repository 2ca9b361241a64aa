"""Powers of attorney: noted, taken back, and kept beside the patient for the gate. Rows are kept when one is over.

They are given elsewhere, on Helsenorge; here they are what a representative's request is checked against each time.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import select, update

from app.domain.errors import RecordRefusal
from app.domain.record import Protection
from app.domain.representing import PowerOfAttorney
from data.columns import in_utc
from data.database import Database
from data.identity_numbers import PatientKeys
from data.patients import register
from data.powers import PATIENT, POWER, lasting, powers_given, project
from data.rows import power_row, stored_power

HIDING: Final = [grade.value for grade in Protection if grade.hides_the_card]


async def note_power(database: Database, keys: PatientKeys, number: str, power: PowerOfAttorney) -> None:
    """Note a power of attorney that a woman has given.

    Raises RecordRefusal: REPRESENTATION_INVALID when either of the two lives at a protected address or is dead,
    PATIENT_ID_INVALID.
    """
    async with database.transaction() as connection:
        patient_id = (await register(database, connection, keys, [number]))[number].patient_id
        either = PATIENT.c.number_key.in_([keys.key(number), power.representative_key])
        hidden = PATIENT.c.protection.in_(HIDING) | PATIENT.c.deceased_on.is_not(None)
        if (await connection.execute(select(PATIENT.c.patient_id).where(either, hidden))).first() is not None:
            raise RecordRefusal("REPRESENTATION_INVALID", "These two cannot act for one another.")
        await connection.execute(POWER.insert(), power_row(patient_id, power))
        await project(connection, patient_id, power.starts_at)


async def revoke_power(database: Database, keys: PatientKeys, number: str, power_id: str, at: datetime) -> None:
    """A woman has taken a power of attorney back: the next request finds none. Raises PATIENT_ID_INVALID."""
    async with database.transaction() as connection:
        patient_id = (await register(database, connection, keys, [number]))[number].patient_id
        this = (POWER.c.patient_id == patient_id) & (POWER.c.power_id == power_id) & lasting(at)
        await connection.execute(update(POWER).where(this).values(ends_at=in_utc(at)))
        await project(connection, patient_id, at)


async def powers_of(database: Database, keys: PatientKeys, number: str) -> Sequence[PowerOfAttorney]:
    """All that she ever gave, oldest first."""
    query = powers_given(keys.patient_id(number))
    async with database.connection() as connection:
        return [stored_power(row) for row in (await connection.execute(query)).mappings()]
