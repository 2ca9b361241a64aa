"""Reading cards: the person, her card and the sections a document needs, in one statement."""

from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import orjson
from sqlalchemy import ColumnElement, Select, String, and_, bindparam, literal, literal_column, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.record import Found, FoundCard, RecordStatus, SealedSections
from data.columns import SideBySide
from data.database import Database
from data.direct import Rows
from data.identity_numbers import PatientKeys, parse
from data.rows import patient_file, record_head
from data.tables import MaternityRecord, Patient, Section, table_of

if TYPE_CHECKING:
    from app.domain.gate import Grant

PATIENT, RECORD, SECTION = table_of(Patient).c, table_of(MaternityRecord).c, table_of(Section).c

ABOUT_HER = (
    PATIENT.patient_id,
    PATIENT.protection,
    PATIENT.deceased_on,
    PATIENT.consent_state,
    PATIENT.consent_changed_at,
    PATIENT.blocks,
    PATIENT.elevations,
)
ABOUT_THE_CARD = (
    RECORD.record_id,
    RECORD.status,
    RECORD.version,
    RECORD.opened_at,
    RECORD.delivered_at,
    RECORD.terminated_at,
    RECORD.record_last_updated_at,
    RECORD.care_units,
    RECORD.last_change,
)
WHOSE: Final = "whose"
DOCUMENTS: Final = "documents"
STATEMENTS_KEPT: Final = 256
"""Making a statement takes longer than running it. There are as many as sets of sections that documents ask for."""

ACTIVE = RECORD.status == RecordStatus.ACTIVE.value


class StoredCards:
    """The port `Cards` over our own database."""

    def __init__(self, database: Database, keys: PatientKeys) -> None:
        self._database = database
        self._keys = keys

    async def find(self, national_identity_number: str, kinds: Collection[str]) -> Found | None:
        """The person and her active card with the named sections, in one statement; None for an unknown person.

        Raises RecordRefusal PATIENT_ID_INVALID when the number is no valid identity number.
        """
        key = self._keys.key(parse(national_identity_number))
        return _found(await self._database.rows(_find(_same_order(kinds)), {WHOSE: key}))

    async def earlier(self, grant: "Grant", kinds: Collection[str]) -> list[FoundCard]:
        """Her closed cards, newest first, with the named sections, in one statement."""
        rows = await self._database.rows(_earlier(_same_order(kinds)), {WHOSE: grant.patient_id})
        return [card_of(row) for row in rows]


async def find_within(
    connection: AsyncConnection, keys: PatientKeys, number: str, kinds: Collection[str] = ()
) -> Found | None:
    """The same as `StoredCards.find`, on this connection."""
    whose = {WHOSE: keys.key(parse(number))}
    return _found((await connection.execute(_find(_same_order(kinds)), whose)).mappings().all())


def _found(rows: Rows) -> Found | None:
    if not rows:
        return None
    return Found(patient_file(rows[0]), card_of(rows[0]) if rows[0]["record_id"] is not None else None)


def _same_order(kinds: Collection[str]) -> tuple[str, ...]:
    return tuple(sorted(kinds))


@lru_cache(STATEMENTS_KEPT)
def _find(kinds: tuple[str, ...]) -> Select[Any]:
    patient, record = table_of(Patient), table_of(MaternityRecord)
    source = patient.outerjoin(record, and_(RECORD.patient_id == PATIENT.patient_id, ACTIVE))
    query = with_sections(select(*ABOUT_HER, *ABOUT_THE_CARD), source, kinds)
    return query.where(PATIENT.number_key == bindparam(WHOSE))


@lru_cache(STATEMENTS_KEPT)
def _earlier(kinds: tuple[str, ...]) -> Select[Any]:
    query = with_sections(select(*ABOUT_THE_CARD), table_of(MaternityRecord), kinds)
    return query.where(~ACTIVE, RECORD.patient_id == bindparam(WHOSE)).order_by(
        RECORD.opened_at.desc(), RECORD.record_id
    )


def with_sections(query: Select[Any], source: Any, kinds: tuple[str, ...]) -> Select[Any]:
    """With the named sections of the card beside it."""
    return query.add_columns(*sections_of(RECORD.record_id, kinds)).select_from(source)


def sections_of(record_id: ColumnElement[str], kinds: Collection[str]) -> list[ColumnElement[Any]]:
    """A card's documents put side by side into one text, which is parsed at once; nothing when none are wanted."""
    if not kinds:
        return []
    # A list of parameters is written into the statement once; a list of values would be written anew at each call.
    wanted = SECTION.kind.in_([literal(kind) for kind in kinds])
    each = literal_column("'\"'", String) + SECTION.kind + literal_column("'\":'", String) + SECTION.document
    gathered = select(SideBySide(each)).where(SECTION.record_id == record_id, wanted)
    return [gathered.correlate_except(table_of(Section)).scalar_subquery().label(DOCUMENTS)]


def card_of(row: Mapping[Any, Any]) -> FoundCard:
    return FoundCard(record_head(row), sealed_of(row))


def sealed_of(row: Mapping[Any, Any]) -> SealedSections:
    """The sections that `sections_of` has put beside it."""
    return SealedSections(f"{{{row.get(DOCUMENTS) or ''}}}", orjson.loads)
