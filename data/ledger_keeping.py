"""Keeping the ledger over the years: removing what is past its time without breaking a chain, anchoring the chains
outside, giving it out."""

from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.chains import Break, Gap, Head, gap, unmet_anchors
from app.domain.ledger import EntryKind, LedgerEntry, read_entry, stated
from app.domain.record import RecordStatus
from app.domain.searching import LedgerSearch
from data.columns import in_utc
from data.database import Database
from data.declaring import table_of
from data.ledger import ENTRY, GAP, HEAD, ChainedLedger
from data.ledger_pages import oldest_first
from data.tables import MaternityRecord, Patient

RECORD, PATIENT = table_of(MaternityRecord), table_of(Patient)

REMOVED_AT_ONCE: Final = 10_000
READ_AT_ONCE: Final = 1_000


@dataclass(frozen=True, slots=True)
class Retention:
    """Until when entries are past their time: those about a card when it ended before `usage_before`, those about
    nobody's card by their own time; those of callers who were turned away when they are from before `security_before`.
    """

    usage_before: datetime
    security_before: datetime


async def count_expired(database: Database, terms: Retention) -> int:
    """How many entries are past their time."""
    async with database.connection() as connection:
        counted = select(func.count()).select_from(ENTRY).where(_is_over(terms))
        found: int = (await connection.execute(counted)).scalar_one()
        return found


async def prune(ledger: ChainedLedger, database: Database, terms: Retention, entry: LedgerEntry) -> int:
    """Remove some of the entries that are past their time, and return how many; 0 when none is left.

    `entry` says that this was done. It is added with the number, in the same transaction.
    """
    places = [ENTRY.c.chain, ENTRY.c.sequence, ENTRY.c.previous_hash, ENTRY.c.hash]
    oldest = select(*places).where(_is_over(terms)).order_by(ENTRY.c.chain, ENTRY.c.sequence).limit(REMOVED_AT_ONCE)
    async with database.transaction() as connection:
        rows = (await connection.execute(oldest)).all()
        for run in _runs(rows):
            await _remove(connection, ledger.key, run)
        if rows:
            await ledger.append_within(connection, replace(entry, count=len(rows)))
    return len(rows)


def _is_over(terms: Retention) -> ColumnElement[bool]:
    whose, usage_before = ENTRY.c.patient_id, in_utc(terms.usage_before)
    ended_at = func.coalesce(RECORD.c.terminated_at, RECORD.c.delivered_at, RECORD.c.last_updated_at)
    card = exists().where(
        RECORD.c.patient_id == whose, or_(RECORD.c.status == RecordStatus.ACTIVE.value, ended_at >= usage_before)
    )
    # A withdrawal ends her card and takes it away: it counts from then.
    consent = exists().where(PATIENT.c.patient_id == whose, PATIENT.c.consent_changed_at >= usage_before)
    door = or_(*(ENTRY.c.entry.contains(stated("kind", kind), autoescape=True) for kind in _AT_THE_DOOR))
    return or_(
        and_(ENTRY.c.at < usage_before, ~card, ~consent),
        and_(whose.is_(None), door, ENTRY.c.at < in_utc(terms.security_before)),
    )


_AT_THE_DOOR: Final = (EntryKind.SECURITY.value, EntryKind.TURNED_AWAY.value)


def _runs(rows: Sequence[Any]) -> Iterator[list[Any]]:
    """Rows in order, those together that follow one another in a chain."""
    numbered = enumerate(rows)
    for _, run in groupby(numbered, key=lambda each: (each[1].chain, each[1].sequence - each[0])):
        yield [row for _, row in run]


async def _remove(connection: AsyncConnection, key: bytes, run: Sequence[Any]) -> None:
    """Remove entries that follow one another, and seal the gap; together with those it meets."""
    chain, first, last = run[0].chain, run[0].sequence, run[-1].sequence
    beside = GAP.select().where(GAP.c.chain == chain, or_(GAP.c.last == first - 1, GAP.c.first == last + 1))
    met = [Gap(**row) for row in (await connection.execute(beside)).mappings()]
    before = next((one for one in met if one.last == first - 1), None)
    after = next((one for one in met if one.first == last + 1), None)
    made = gap(
        key, chain, before.first if before else first, after.last if after else last,
        before.hash_before if before else run[0].previous_hash, after.hash_after if after else run[-1].hash,
    )  # fmt: skip
    for one in met:
        await connection.execute(delete(GAP).where(GAP.c.chain == chain, GAP.c.first == one.first))
    await connection.execute(GAP.insert(), asdict(made))
    within = ENTRY.c.sequence.between(first, last)
    await connection.execute(delete(ENTRY).where(ENTRY.c.chain == chain, within))


async def heads(database: Database) -> list[Head]:
    """Where every chain ends now: what is anchored outside."""
    async with database.connection() as connection:
        rows = (await connection.execute(select(HEAD).order_by(HEAD.c.chain))).mappings()
        return [Head(**row) for row in rows if not row["chain"].startswith("probe ")]


async def against_anchors(database: Database, anchors: Iterable[Head]) -> list[Break]:
    """Compare the chains with heads that were anchored earlier. Empty when all are met."""
    kept, found = list(anchors), {}
    async with database.snapshot() as connection:
        for anchor in kept:
            here = (ENTRY.c.chain == anchor.chain) & (ENTRY.c.sequence == anchor.sequence)
            standing = (await connection.execute(select(ENTRY.c.hash).where(here))).scalar()
            if standing is not None:
                found[anchor.chain, anchor.sequence] = standing
        gaps = [Gap(**row) for row in (await connection.execute(select(GAP))).mappings()]
    return list(unmet_anchors(kept, found, gaps))


async def links_of(database: Database, search: LedgerSearch) -> AsyncIterator[Any]:
    """The links that are searched for, in the order of time, however many."""
    query = oldest_first(search, None).execution_options(yield_per=READ_AT_ONCE)
    async with database.snapshot() as connection, connection.stream(query) as rows:
        async for row in rows.mappings():
            yield row


async def entries_of(database: Database, search: LedgerSearch) -> AsyncIterator[dict[str, Any]]:
    """The same as entries, with the time as a time."""
    async for row in links_of(database, search):
        yield {**read_entry(row["entry"]), "at": row["at"]}
