"""Reading a unit's list, some lines at a time, in one statement.

Who is not to be on it for this viewer is left out by the statement, so that pages come out full and neither their
length nor what follows tells of anybody. The gate is asked again for every card found, and its no holds.
"""

import base64
import binascii
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Final

import orjson
from sqlalchemy import ColumnElement, Select, and_, case, exists, null, or_, select

from app.domain.caseload import CaseloadPage, CaseloadSort, ListedCard
from app.domain.consent import ConsentState
from app.domain.errors import RecordRefusal
from app.domain.record import BlockTarget, Found, Protection
from app.domain.viewer import Viewer
from data.cards import ABOUT_HER, ABOUT_THE_CARD, ACTIVE, PATIENT, RECORD, card_of, sections_of
from data.database import Database
from data.identity_numbers import PatientKeys
from data.rows import patient_file
from data.tables import AccessBlock, CaseloadEntry, MaternityRecord, Patient, table_of

ENTRY, BLOCK = table_of(CaseloadEntry).c, table_of(AccessBlock).c
HIDING: Final = [grade.value for grade in Protection if grade.hides_the_card]
ORDER: Final = {CaseloadSort.DUE_DATE: ENTRY.due_date, CaseloadSort.LAST_VISIT: ENTRY.last_visit_on}

Place = tuple[date | None, str]
"""What the list is in order of, and the card."""


class StoredCaseloads:
    """The port `Caseloads` over our own database."""

    def __init__(self, database: Database, keys: PatientKeys) -> None:
        self._database = database
        self._keys = keys

    async def page(
        self,
        viewer: Viewer,
        now: datetime,
        kinds: Collection[str],
        *,
        sort: CaseloadSort,
        first: int,
        after: str | None,
    ) -> CaseloadPage:
        """A page of the list of the viewer's own unit, with the named sections, in one statement.

        Raises RecordRefusal BAD_USER_INPUT for a cursor that is none of this list.
        """
        own = self._keys.key(viewer.national_identity_number) if viewer.national_identity_number else None
        query = _page(viewer, own, now, sorted(kinds), sort, place_of(after, sort) if after is not None else None)
        async with self._database.connection() as connection:
            rows = (await connection.execute(query.limit(first + 1))).mappings().all()
        listed = [_listed(row, sort, own) for row in rows[:first]]
        return CaseloadPage(listed, has_next_page=len(rows) > first)


def _page(
    viewer: Viewer, own: str | None, now: datetime, kinds: list[str], sort: CaseloadSort, after: Place | None
) -> Select[Any]:
    of_the_list = (ENTRY.last_visit_on, ENTRY.last_blood_pressure, ENTRY.open_items, PATIENT.number_key)
    # A place in the order tells of a date; a date that is withheld has no place.
    in_order = case((_blocked(viewer, now, sort.section), null()), else_=ORDER[sort]).label("in_order")
    query = select(*ABOUT_HER, *ABOUT_THE_CARD, *of_the_list, in_order)
    source = (
        table_of(CaseloadEntry)
        .join(table_of(Patient), PATIENT.patient_id == ENTRY.patient_id)
        .join(table_of(MaternityRecord), RECORD.record_id == ENTRY.record_id)
    )
    query = query.add_columns(*sections_of(ENTRY.record_id, kinds))
    shown = [
        ENTRY.unit == (viewer.unit.number if viewer.unit else ""),
        ACTIVE,
        PATIENT.protection.not_in(HIDING),
        PATIENT.deceased_on.is_(None),
        PATIENT.consent_state == ConsentState.ACTIVE.value,
        PATIENT.number_key != (own or ""),
        ~_blocked(viewer, now, None),
    ]
    if after is not None:
        shown.append(_later(in_order.element, after))
    return query.select_from(source).where(*shown).order_by(in_order.element.nulls_last(), ENTRY.record_id)


def _blocked(viewer: Viewer, now: datetime, section: str | None) -> ColumnElement[bool]:
    """Whether a block of hers on this section (None: on the whole card) covers the viewer; as the gate decides it."""
    of_section = BLOCK.section.is_(None) if section is None else BLOCK.section == section
    in_force = or_(BLOCK.ends_at.is_(None), BLOCK.ends_at > now)
    hers = exists().where(BLOCK.patient_id == ENTRY.patient_id, of_section, in_force, or_(*_covering(viewer)))
    return hers.correlate(table_of(CaseloadEntry))


def _covering(viewer: Viewer) -> list[ColumnElement[bool]]:
    unit = viewer.unit
    assert unit is not None  # nobody without a unit has a list
    is_unit = or_(BLOCK.target_id == unit.number, and_(BLOCK.target_id == unit.parent_number, BLOCK.include_subunits))
    whom = [
        BLOCK.target == BlockTarget.ALL.value,
        and_(BLOCK.target == BlockTarget.ORGANISATION.value, is_unit),
    ]
    if viewer.hpr_number is not None:
        whom.append(and_(BLOCK.target == BlockTarget.PERSON.value, BLOCK.target_id == viewer.hpr_number))
    if viewer.profession is not None:
        whom.append(and_(BLOCK.target == BlockTarget.PROFESSION.value, BLOCK.target_id == viewer.profession))
    return whom


def _later(in_order: Any, after: Place) -> ColumnElement[bool]:
    value, record_id = after
    if value is None:
        return and_(in_order.is_(None), ENTRY.record_id > record_id)
    same_day = and_(in_order == value, ENTRY.record_id > record_id)
    return or_(in_order > value, same_day, in_order.is_(None))


def _listed(row: Mapping[Any, Any], sort: CaseloadSort, own: str | None) -> ListedCard:
    card = card_of(row)
    # What was opened for a look at one card is closed on the list.
    return ListedCard(
        Found(replace(patient_file(row), elevations=()), card), row["number_key"] == own, row["last_visit_on"],
        row["last_blood_pressure"], row["open_items"], cursor_of((row["in_order"], row["record_id"]), sort),
    )  # fmt: skip


def cursor_of(place: Place, sort: CaseloadSort) -> str:
    """A place as an opaque text."""
    value, record_id = place
    said = [sort.value, value.isoformat() if value else None, record_id]
    return base64.urlsafe_b64encode(orjson.dumps(said)).decode()


def place_of(cursor: str, sort: CaseloadSort) -> Place:
    """The place a cursor stands for. Raises RecordRefusal BAD_USER_INPUT when it stands for none of this list."""
    try:
        of_sort, value, record_id = orjson.loads(base64.b64decode(cursor, altchars=b"-_", validate=True))
        if of_sort != sort.value or type(record_id) is not str or "\0" in record_id:
            raise ValueError("not a place")
        return (None if value is None else date.fromisoformat(value)), record_id
    except (binascii.Error, ValueError, TypeError) as error:
        raise RecordRefusal("BAD_USER_INPUT", "`after` is not a cursor of this list.") from error
