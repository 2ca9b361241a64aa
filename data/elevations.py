"""Elevations. Those in force are kept beside the patient, so that the gate needs no statement of its own for them."""

from dataclasses import asdict
from datetime import datetime
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.changes import ChangeKind
from app.domain.choices import SentCommand, ShownElevation
from app.domain.elevating import Asking
from app.domain.elevations import ElevatedAccess, with_elevation
from app.domain.ports import EntryMaker
from app.domain.record import Found
from app.domain.writing import author_of
from data.choosing import Choosing, Held
from data.declaring import table_of
from data.reviews import LEFT_AT, as_it_ended, review_of
from data.rows import elevations_text, stored_elevation
from data.tables import Elevation, Patient
from data.turning import end_them, ended_of, without

PATIENT, ELEVATION = table_of(Patient), table_of(Elevation)
WRITTEN: Final = ("elevation",)


class StoredElevations:
    """The port `Elevations` over our own database."""

    def __init__(self, choosing: Choosing) -> None:
        self._choosing = choosing

    async def elevate(self, asking: Asking, sent: SentCommand, entry: EntryMaker) -> ElevatedAccess:
        """Open what she has blocked, for a time.

        Raises RecordRefusal as `Asking.admit` and `Asking.elevate` do, IDEMPOTENCY_KEY_REUSED, BAD_USER_INPUT.
        """
        async with self._choosing.hold(asking.patient_number, sent) as held:
            admitted = asking.admit(await held.found())
            patient = admitted.patient
            answer = await held.answered()
            if answer is not None:
                return await _one(held.connection, patient.patient_id, answer["elevation_id"])
            made = asking.elevate(admitted, sent.actor_key)
            await _store(held, asking, made, patient.elevations)
            noted = with_elevation(entry(patient.patient_id, WRITTEN), made)
            await held.finish(
                {"elevation_id": made.elevation_id}, ChangeKind.ACCESS_ELEVATED, noted, author=author_of(asking.viewer)
            )
            return made

    async def of(self, patient_id: str, *, most: int) -> list[ShownElevation]:
        """Newest first, at most so many."""
        query = select(ELEVATION, LEFT_AT).where(ELEVATION.c.patient_id == patient_id)
        newest_first = query.order_by(ELEVATION.c.starts_at.desc(), ELEVATION.c.elevation_id).limit(most)
        async with self._choosing.database.connection() as connection:
            rows = (await connection.execute(newest_first)).mappings().all()
        return [
            ShownElevation(
                as_it_ended(row), row["actor_name"], row["organisation_name"], row["reason_text"], review_of(row)
            )
            for row in rows
        ]

    async def without_ended(self, found: Found, actor_key: str | None, now: datetime) -> Found:
        """The person without those of the caller's elevations that are over since the caller turned to another woman.

        They are ended for good.
        """
        database, patient = self._choosing.database, found.patient
        ended = await ended_of(patient, actor_key, now, database.rows)
        if not ended:
            return found
        async with database.transaction() as connection:
            await end_them(database, connection, patient.patient_id, ended)
        return without(found, ended)


async def _store(held: Held, asking: Asking, made: ElevatedAccess, before: tuple[ElevatedAccess, ...]) -> None:
    viewer = asking.viewer
    row = {
        **asdict(made), "access_basis": made.access_basis.value, "patient_id": held.patient_id,
        "actor_name": viewer.name, "organisation_name": viewer.unit.name if viewer.unit else None,
        "reason_text": asking.wish.words,
    }  # fmt: skip
    await held.connection.execute(ELEVATION.insert(), row)
    in_force = [one for one in before if one.ends_at > held.at]
    text = elevations_text([*in_force, made])
    hers = PATIENT.c.patient_id == held.patient_id
    await held.connection.execute(update(PATIENT).where(hers).values(elevations=text))


async def _one(connection: AsyncConnection, patient_id: str, elevation_id: str) -> ElevatedAccess:
    ours = (ELEVATION.c.patient_id == patient_id) & (ELEVATION.c.elevation_id == elevation_id)
    return stored_elevation((await connection.execute(select(ELEVATION).where(ours))).mappings().one())
