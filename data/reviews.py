"""Elevations that wait for their review, and what came of it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

import orjson
from sqlalchemy import ColumnElement, and_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.choices import SentCommand
from app.domain.cursors import cursor_of, of_this_list, read_cursor
from app.domain.elevations import ElevatedAccess
from app.domain.ports import EntryMaker
from app.domain.reviewing import ElevationToReview, Review, ReviewConclusion, Reviewed, ReviewPage, nothing_waits
from data.choosing import Choosing, Held
from data.columns import in_utc
from data.declaring import table_of
from data.rows import stored_elevation
from data.tables import Elevation, Patient
from data.turning import turned_away_at

ELEVATION, PATIENT = table_of(Elevation), table_of(Patient)
WRITTEN: Final = ("elevationReview",)
LEFT_AT: Final = turned_away_at(
    ELEVATION.c.actor_key, ELEVATION.c.patient_id, ELEVATION.c.starts_at, ELEVATION.c.ends_at
).label("left_at")
"""When its person turned to another woman, also where nobody has noticed yet."""


class StoredReviews:
    """The port `Reviews` over our own database."""

    def __init__(self, choosing: Choosing) -> None:
        self._choosing = choosing

    async def waiting(self, actor_key: str | None, *, first: int, after: str | None) -> ReviewPage:
        """A page of the elevations that wait, but for the reviewer's own; the oldest is due first.

        Raises RecordRefusal BAD_USER_INPUT for a cursor that is none of this list.
        """
        query = select(ELEVATION, LEFT_AT).where(_waits_for(actor_key))
        if after is not None:
            query = query.where(tuple_(ELEVATION.c.starts_at, ELEVATION.c.elevation_id) > tuple_(*_place_of(after)))
        oldest_first = query.order_by(ELEVATION.c.starts_at, ELEVATION.c.elevation_id).limit(first + 1)
        async with self._choosing.database.connection() as connection:
            rows = (await connection.execute(oldest_first)).mappings().all()
        found = [
            ElevationToReview(
                as_it_ended(row), row["patient_id"], row["actor_name"], row["organisation_name"], _cursor_of(row)
            )
            for row in rows[:first]
        ]
        return ReviewPage(found, has_next_page=len(rows) > first)

    async def review(self, review: Review, sent: SentCommand, entry: EntryMaker) -> Reviewed:
        """Note a review, and in the ledger about her that there was one.

        Raises RecordRefusal: NOT_FOUND for what does not wait, BAD_USER_INPUT, IDEMPOTENCY_KEY_REUSED.
        """
        review.check()
        choosing, this = self._choosing, ELEVATION.c.elevation_id == review.elevation_id
        async with choosing.database.transaction() as connection:
            whose = select(ELEVATION.c.patient_id).where(this).scalar_subquery()
            person = select(PATIENT.c.patient_id).where(PATIENT.c.patient_id == whose)
            patient_id = (await connection.execute(choosing.database.locking(person))).scalar()
            if patient_id is None:
                raise nothing_waits()
            held = Held(connection, choosing, "", patient_id, sent)
            if await held.answered() is None:
                values = {
                    "reviewed_at": held.at, "review_conclusion": review.conclusion.value, "review_note": review.note
                }  # fmt: skip
                noted = update(ELEVATION).where(this, _waits_for(sent.actor_key)).values(values)
                if (await connection.execute(noted)).rowcount != 1:
                    raise nothing_waits()
                await held.finish({}, None, entry(patient_id, WRITTEN))
            return await _reviewed(connection, this)


def as_it_ended(row: Mapping[Any, Any]) -> ElevatedAccess:
    """An elevation from a row with `LEFT_AT`."""
    access = stored_elevation(row)
    return replace(access, ends_at=row["left_at"] or access.ends_at)


def review_of(row: Mapping[Any, Any]) -> Reviewed | None:
    """What came of it; None while it waits."""
    if row["reviewed_at"] is None:
        return None
    return Reviewed(row["elevation_id"], ReviewConclusion(row["review_conclusion"]), row["reviewed_at"])


async def _reviewed(connection: AsyncConnection, this: ColumnElement[bool]) -> Reviewed:
    found = review_of((await connection.execute(select(ELEVATION).where(this))).mappings().one())
    assert found is not None  # it has just been noted, or was with the answer that is kept
    return found


def _waits_for(actor_key: str | None) -> ColumnElement[bool]:
    """Nobody reviews what she did herself."""
    return and_(ELEVATION.c.reviewed_at.is_(None), ELEVATION.c.actor_key.is_distinct_from(actor_key or ""))


def _cursor_of(row: Mapping[Any, Any]) -> str:
    return cursor_of(orjson.dumps([row["starts_at"].isoformat(), row["elevation_id"]]))


def _place_of(cursor: str) -> tuple[datetime, str]:
    with of_this_list():
        at, elevation_id = orjson.loads(read_cursor(cursor))
        if type(elevation_id) is not str or "\0" in elevation_id:
            raise ValueError("not a place")
        return in_utc(datetime.fromisoformat(at)), elevation_id
