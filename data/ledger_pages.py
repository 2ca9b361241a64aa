"""Reading the ledger back, newest first, some entries at a time."""

from datetime import datetime
from typing import Any, Final

import orjson
from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.cursors import cursor_of, of_this_list, read_cursor
from app.domain.ledger import EntryKind, read_entry, stated
from app.domain.ports import LedgerPage, LoggedAccess
from app.domain.searching import LedgerSearch
from data.columns import in_utc
from data.declaring import table_of
from data.tables import LedgerEntry

LINK = table_of(LedgerEntry)
ENTRY = LINK.c

LAST_SEQUENCE: Final = 2**63 - 1
"""What the databases can count to."""

Place = tuple[datetime, str, int]
"""When, in which chain, where in it: the order entries are read in, from its end."""


async def read_page(connection: AsyncConnection, search: LedgerSearch, *, first: int, after: str | None) -> LedgerPage:
    """A page of entries. Raises RecordRefusal BAD_USER_INPUT for a cursor that is none of ours."""
    query = select(ENTRY.at, ENTRY.chain, ENTRY.sequence, ENTRY.entry).where(*matching(search))
    if after is not None:
        query = _older_than(query, place_of(after))
    newest_first = query.order_by(ENTRY.at.desc(), ENTRY.chain.desc(), ENTRY.sequence.desc())
    rows = (await connection.execute(newest_first.limit(first + 1))).all()
    entries = [
        LoggedAccess(cursor_at((at, chain, sequence)), at, read_entry(entry))
        for at, chain, sequence, entry in rows[:first]
    ]
    return LedgerPage(entries, has_next_page=len(rows) > first)


def matching(search: LedgerSearch) -> list[ColumnElement[bool]]:
    """What has an index of its own is looked up; the rest is read off the entries' canonical text."""
    looked_up = {
        ENTRY.patient_id: search.patient_id, ENTRY.actor_key: search.actor_key, ENTRY.hpr_number: search.hpr_number,
        ENTRY.organisation_number: search.organisation_number,
    }  # fmt: skip
    wanted: list[ColumnElement[bool]] = [column == value for column, value in looked_up.items() if value is not None]
    if search.begins_at is not None:
        wanted.append(ENTRY.at >= search.begins_at)
    if search.ends_at is not None:
        wanted.append(ENTRY.at < search.ends_at)
    wanted += [_says(stated(member, value)) for member, value in search.read_off().items()]
    if search.elevated_only:
        wanted.append(_says('"elevated":{'))
    if search.usage_only or search.kind is EntryKind.USAGE:
        wanted.append(~_says('"kind":"'))
    return wanted


def _says(text: str) -> ColumnElement[bool]:
    return ENTRY.entry.contains(text, autoescape=True)


def cursor_at(place: Place) -> str:
    """A place as an opaque text."""
    at, chain, sequence = place
    return cursor_of(orjson.dumps([at.isoformat(), chain, sequence]))


def place_of(cursor: str) -> Place:
    """The place a cursor stands for. Raises RecordRefusal BAD_USER_INPUT when it stands for none."""
    with of_this_list():
        at, chain, sequence = orjson.loads(read_cursor(cursor))
        if type(chain) is not str or "\0" in chain or type(sequence) is not int or sequence > LAST_SEQUENCE:
            raise ValueError("not a place")
        return in_utc(datetime.fromisoformat(at)), chain, sequence


def oldest_first(search: LedgerSearch, after: str | None) -> Select[Any]:
    """The links that are searched for, in the order of time. Raises RecordRefusal BAD_USER_INPUT as `place_of`."""
    query = select(LINK).where(*matching(search))
    if after is not None:
        at, chain, sequence = place_of(after)
        same_chain = and_(ENTRY.chain == chain, ENTRY.sequence > sequence)
        query = query.where(ENTRY.at >= at, or_(ENTRY.at > at, ENTRY.chain > chain, same_chain))
    return query.order_by(ENTRY.at, ENTRY.chain, ENTRY.sequence)


def _older_than(query: Select[Any], place: Place) -> Select[Any]:
    """What comes after the place in reading order; `at <=` by itself lets the index be used."""
    at, chain, sequence = place
    same_chain = and_(ENTRY.chain == chain, ENTRY.sequence < sequence)
    return query.where(ENTRY.at <= at, or_(ENTRY.at < at, ENTRY.chain < chain, same_chain))
