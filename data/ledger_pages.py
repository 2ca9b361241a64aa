"""Reading the ledger back, newest first, some entries at a time."""

import base64
import binascii
from datetime import datetime
from typing import Any, Final

import orjson
from sqlalchemy import Select, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.errors import RecordRefusal
from app.domain.ports import LedgerPage, LoggedAccess
from data.columns import in_utc
from data.tables import LedgerEntry, table_of

ENTRY = table_of(LedgerEntry).c

LAST_SEQUENCE: Final = 2**63 - 1
"""What the databases can count to."""

Place = tuple[datetime, str, int]
"""When, in which chain, where in it: the order entries are read in, from its end."""


async def read_page(
    connection: AsyncConnection, patient_id: str, *, first: int, after: str | None, actor_key: str | None
) -> LedgerPage:
    """A page of entries about a patient. Raises RecordRefusal BAD_USER_INPUT for a cursor that is none of ours."""
    query = select(ENTRY.at, ENTRY.chain, ENTRY.sequence, ENTRY.entry).where(ENTRY.patient_id == patient_id)
    if actor_key is not None:
        query = query.where(ENTRY.actor_key == actor_key)
    if after is not None:
        query = _older_than(query, place_of(after))
    newest_first = query.order_by(ENTRY.at.desc(), ENTRY.chain.desc(), ENTRY.sequence.desc())
    rows = (await connection.execute(newest_first.limit(first + 1))).all()
    entries = [
        LoggedAccess(cursor_of((at, chain, sequence)), at, orjson.loads(entry))
        for at, chain, sequence, entry in rows[:first]
    ]
    return LedgerPage(entries, has_next_page=len(rows) > first)


def cursor_of(place: Place) -> str:
    """A place as an opaque text."""
    at, chain, sequence = place
    return base64.urlsafe_b64encode(orjson.dumps([at.isoformat(), chain, sequence])).decode()


def place_of(cursor: str) -> Place:
    """The place a cursor stands for. Raises RecordRefusal BAD_USER_INPUT when it stands for none."""
    try:
        at, chain, sequence = orjson.loads(base64.b64decode(cursor, altchars=b"-_", validate=True))
        if type(chain) is not str or "\0" in chain or type(sequence) is not int or sequence > LAST_SEQUENCE:
            raise ValueError("not a place")
        return in_utc(datetime.fromisoformat(at)), chain, sequence
    except (binascii.Error, ValueError, TypeError, OverflowError) as error:
        raise RecordRefusal("BAD_USER_INPUT", "`after` is not a cursor of this list.") from error


def _older_than(query: Select[Any], place: Place) -> Select[Any]:
    """What comes after the place in reading order; `at <=` by itself lets the index be used."""
    at, chain, sequence = place
    same_chain = and_(ENTRY.chain == chain, ENTRY.sequence < sequence)
    return query.where(ENTRY.at <= at, or_(ENTRY.at < at, ENTRY.chain < chain, same_chain))
