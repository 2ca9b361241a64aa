"""Reading cards: the person, her card and the sections a document needs, in one statement."""

from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import orjson
from sqlalchemy import ColumnElement, Select, String, and_, bindparam, literal_column, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.card.sections import SECTIONS
from app.domain.errors import RecordRefusal
from app.domain.record import Found, FoundCard, Protection, RecordStatus, SealedSections
from data.columns import SideBySide
from data.database import Database
from data.declaring import table_of
from data.direct import Rows
from data.identity_numbers import PatientKeys, parse
from data.rows import patient_file, record_head
from data.tables import MaternityRecord, Patient, Section

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
    PATIENT.representations,
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
    RECORD.labels,
)
WHOSE: Final = "whose"
DOCUMENTS: Final = "documents"
STATEMENTS_KEPT: Final = 256
"""Making a statement takes longer than running it. There are as many as sets of sections that documents ask for."""

ACTIVE = RECORD.status == RecordStatus.ACTIVE.value
NOT_HIDDEN: Final = and_(
    PATIENT.protection.in_(
        [literal_column(f"'{grade.value}'", String) for grade in Protection if not grade.hides_the_card]
    ),
    PATIENT.deceased_on.is_(None),
)
"""A card that nobody may know of does not leave the database: finding it takes as long as finding none."""
ACTIVE_OF_HERS: Final = and_(RECORD.patient_id == PATIENT.patient_id, ACTIVE, NOT_HIDDEN)


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
        return found_in(await self._database.rows(_find(frozenset(kinds)), {WHOSE: key}))

    async def earlier(self, grant: "Grant", kinds: Collection[str]) -> list[FoundCard]:
        """Her closed cards, newest first, with the named sections, in one statement."""
        rows = await self._database.rows(_earlier(frozenset(kinds)), {WHOSE: grant.patient_id})
        return [card_of(row) for row in rows]


async def find_within(
    connection: AsyncConnection, keys: PatientKeys, number: str, kinds: Collection[str] = ()
) -> Found | None:
    """The same as `StoredCards.find`, on this connection."""
    whose = {WHOSE: keys.key(parse(number))}
    return found_in((await connection.execute(_find(frozenset(kinds)), whose)).mappings().all())


def found_in(rows: Rows) -> Found | None:
    """The person and her card. Raises RecordRefusal when there is more than one: whose it is nobody can say then."""
    if not rows:
        return None
    if len(rows) > 1:
        raise RecordRefusal("DEPENDENCY_UNAVAILABLE", "The store is not in order.", reason="SEVERAL_ACTIVE_CARDS")
    return Found(patient_file(rows[0]), card_of(rows[0]) if rows[0]["record_id"] is not None else None)


@lru_cache(STATEMENTS_KEPT)
def _find(kinds: frozenset[str]) -> Select[Any]:
    patient, record = table_of(Patient), table_of(MaternityRecord)
    source = patient.outerjoin(record, ACTIVE_OF_HERS)
    query = with_sections(select(*ABOUT_HER, *ABOUT_THE_CARD), source, kinds)
    return query.where(PATIENT.number_key == bindparam(WHOSE))


@lru_cache(STATEMENTS_KEPT)
def _earlier(kinds: frozenset[str]) -> Select[Any]:
    query = with_sections(select(*ABOUT_THE_CARD), table_of(MaternityRecord), kinds)
    return query.where(~ACTIVE, RECORD.patient_id == bindparam(WHOSE)).order_by(
        RECORD.opened_at.desc(), RECORD.record_id
    )


def with_sections(query: Select[Any], source: Any, kinds: Collection[str]) -> Select[Any]:
    """With the named sections of the card beside it."""
    return query.add_columns(*sections_of(RECORD.record_id, kinds)).select_from(source)


def sections_of(record_id: ColumnElement[str], kinds: Collection[str]) -> list[ColumnElement[Any]]:
    """A card's documents put side by side into one text, which is parsed at once; nothing when none are wanted."""
    if not kinds:
        return []
    # They are ours, and few: written into the statement they need not be sent with it.
    wanted = SECTION.kind.in_([literal_column(f"'{SECTIONS[kind].kind}'", String) for kind in sorted(kinds)])
    each = literal_column("'\"'", String) + SECTION.kind + literal_column("'\":'", String) + SECTION.document
    gathered = select(SideBySide(each)).where(SECTION.record_id == record_id, wanted)
    return [gathered.correlate_except(table_of(Section)).scalar_subquery().label(DOCUMENTS)]


def card_of(row: Mapping[Any, Any]) -> FoundCard:
    return FoundCard(record_head(row), sealed_of(row))


def sealed_of(row: Mapping[Any, Any]) -> SealedSections:
    """The sections that `sections_of` has put beside it."""
    return SealedSections(f"{{{row.get(DOCUMENTS) or ''}}}", orjson.loads)
