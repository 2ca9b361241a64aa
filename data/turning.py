"""When a person turns from one woman to another: an elevation does not outlive that (rule B-7).

What tells is the ledger: an entry of the same person about another patient after the elevation began. An attempt that
was refused counts, for it is the turning that matters. A list does not, since no card is opened with it; nor what a
stream tells, which comes by itself. Only who has an elevation at the moment is asked about.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ScalarSelect, bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.ledger import LISTS
from app.domain.record import Found, PatientFile
from data.columns import Instant, in_utc
from data.database import Database
from data.declaring import table_of
from data.documents import from_json, to_json
from data.tables import Elevation, LedgerEntry, Patient
from data.written import Read

ENTRY, ELEVATION, PATIENT = table_of(LedgerEntry), table_of(Elevation), table_of(Patient)

Ended = Mapping[str, datetime]
"""By elevation, when its person turned away."""


class TurnedAway(Exception):
    """An elevation that was read is over: it is to be ended, and everything decided anew."""

    def __init__(self, patient_id: str, ended: Ended) -> None:
        super().__init__("an elevation is over")
        self.patient_id, self.ended = patient_id, ended


def turned_away_at(actor_key: Any, patient_id: Any, starts_at: Any, ends_at: Any) -> ScalarSelect[Any]:
    """When the person turned to somebody else while the elevation lasted; null if not."""
    entry = ENTRY.c
    # As `LedgerEntry.as_json` writes it: what a caller names stands there escaped, and cannot look like this.
    by_itself = ['"operation_kind":"subscription"', *(f'"released":["{name}' for name in LISTS)]
    in_time = (entry.at > starts_at, entry.at < ends_at)
    turned = (~entry.entry.contains(said, autoescape=True) for said in by_itself)
    found = select(func.min(entry.at).label("at")).select_from(ENTRY)
    of_the_person = found.where(entry.actor_key == actor_key, *in_time, entry.patient_id != patient_id, *turned)
    return of_the_person.scalar_subquery()


_TURNED_AWAY_AT: Final = select(
    turned_away_at(
        bindparam("actor"), bindparam("patient"), bindparam("starts", type_=Instant), bindparam("ends", type_=Instant)
    ).label("at")
)


async def ended_of(patient: PatientFile, actor_key: str | None, now: datetime, read: Read) -> Ended:
    """Those of this person's elevations for her that would be in force, had the person not turned to another woman."""
    ended = {}
    for one in () if patient.is_hidden else patient.elevations:  # nothing is asked for her that would not be for others
        if actor_key is None or one.actor_key != actor_key or not one.starts_at <= now < one.ends_at:
            continue
        since = {"starts": in_utc(one.starts_at), "ends": in_utc(one.ends_at)}
        (row,) = await read(_TURNED_AWAY_AT, {"actor": actor_key, "patient": patient.patient_id, **since})
        if row["at"] is not None:
            ended[one.elevation_id] = row["at"]
    return ended


def without(found: Found, ended: Ended) -> Found:
    """The person as if these had never been."""
    left = tuple(one for one in found.patient.elevations if one.elevation_id not in ended)
    return replace(found, patient=replace(found.patient, elevations=left))


async def end_them(database: Database, connection: AsyncConnection, patient_id: str, ended: Ended) -> None:
    """End them for good, holding her row."""
    hers = PATIENT.c.patient_id == patient_id
    text = (await connection.execute(database.locking(select(PATIENT.c.elevations).where(hers)))).scalar_one()
    left = [one for one in from_json(text) if one["elevation_id"] not in ended]
    await connection.execute(update(PATIENT).where(hers).values(elevations=to_json(left)))
    for elevation_id, at in ended.items():
        this = (ELEVATION.c.patient_id == patient_id) & (ELEVATION.c.elevation_id == elevation_id)
        await connection.execute(update(ELEVATION).where(this).values(ends_at=at))
