"""Powers of attorney as they rest: their rows, and the copy beside the patient, which is what the gate reads."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from data.columns import in_utc
from data.declaring import table_of
from data.rows import powers_text, stored_power
from data.tables import Patient, Representation

PATIENT, POWER = table_of(Patient), table_of(Representation)


async def end_powers_held(connection: AsyncConnection, holder_key: str, at: datetime) -> None:
    """Whoever comes to live at a protected address represents nobody any more (the store has no other word of it:
    a representative need not be anybody's patient)."""
    held = (POWER.c.representative_key == holder_key) & lasting(at)
    givers = (await connection.execute(select(POWER.c.patient_id).where(held).distinct())).scalars().all()
    await connection.execute(update(POWER).where(held).values(ends_at=in_utc(at)))
    for patient_id in sorted(givers):
        await project(connection, patient_id, at)


def lasting(at: datetime) -> ColumnElement[bool]:
    """Those that are not over at this time."""
    return POWER.c.ends_at.is_(None) | (POWER.c.ends_at > in_utc(at))


def powers_given(patient_id: str) -> Select[Any]:
    """All that a woman ever gave, oldest first."""
    return select(POWER).where(POWER.c.patient_id == patient_id).order_by(POWER.c.starts_at, POWER.c.power_id)


async def project(connection: AsyncConnection, patient_id: str, at: datetime) -> None:
    """Bring what the gate reads up to date: those that are not over."""
    left = (await connection.execute(powers_given(patient_id).where(lasting(at)))).mappings()
    text = powers_text(stored_power(row) for row in left)
    hers = PATIENT.c.patient_id == patient_id
    await connection.execute(update(PATIENT).where(hers).values(representations=text))
