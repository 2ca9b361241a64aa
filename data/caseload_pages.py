"""Reading a unit's list, some lines at a time, in one statement.

Who is not to be on it for this viewer is left out by the statement, so that pages come out full and neither their
length nor what follows tells of anybody. The gate is asked again about every card found, and its no holds.

Cards that have a place in the order are found along an index, which is followed no further than the page goes. Those
that have none come last, and are looked for only when a page gets so far.
"""

import binascii
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from functools import lru_cache
from itertools import groupby
from typing import Any, Final

import orjson
from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    cast,
    exists,
    func,
    literal_column,
    null,
    or_,
    select,
    tuple_,
    union_all,
)

from app.domain.caseload import AlikeCards, CaseloadPage, CaseloadSort, ListedCard
from app.domain.consent import ConsentState
from app.domain.cursors import of_this_list, read_cursor
from app.domain.gate import NOBODY
from app.domain.record import BlockTarget, PatientFile, Protection
from app.domain.viewer import Viewer
from data.columns import Instant, in_utc
from data.database import Database
from data.declaring import table_of
from data.identity_numbers import PatientKeys
from data.rows import NOTHING, patient_file
from data.tables import AccessBlock, CaseloadEntry, Patient

ENTRY, BLOCK, PATIENT = table_of(CaseloadEntry).c, table_of(AccessBlock).c, table_of(Patient).c
SOURCE: Final = table_of(CaseloadEntry).join(table_of(Patient), PATIENT.patient_id == ENTRY.patient_id)
ORDER: Final = {CaseloadSort.DUE_DATE: "due_date", CaseloadSort.LAST_VISIT: "last_visit_on"}
"""By order of the list, the column that says it."""

OF_THE_CARD: Final = ListedCard._fields
OF_THE_PERSON: Final = ("protection", "deceased_on", "consent_state", "blocks")
"""What the gate looks at, as it is stored. On a list nothing is opened that is blocked: no elevation counts."""

DATES_KEPT: Final = 2_048
Place = tuple[date | None, str]
"""What the list is in order of, and the card."""


class StoredCaseloads:
    """The port `Caseloads` over our own database."""

    def __init__(self, database: Database, keys: PatientKeys) -> None:
        self._database = database
        self._keys = keys

    async def page(
        self, viewer: Viewer, now: datetime, *, sort: CaseloadSort, first: int, after: str | None
    ) -> CaseloadPage:
        """A page of the list of the viewer's own unit, in one statement.

        Raises RecordRefusal BAD_USER_INPUT for a cursor that is none of this list.
        """
        on, record_id = place_of(after, sort) if after is not None else (None, None)
        own = self._keys.patient_id(viewer.national_identity_number) if viewer.national_identity_number else NOBODY
        values = _who_asks(viewer) | {
            "own": own, "now": in_utc(now), "most": first + 1, "after_date": on, "after_record": record_id,
        }  # fmt: skip
        rows = await self._database.tuples(_page(sort, on is not None, record_id is not None), values)
        return CaseloadPage(list(_alike(rows[:first], own)), len(rows) > first, _cursors(sort))


def _alike(rows: Sequence[Sequence[Any]], own: str) -> Iterator[AlikeCards]:
    """The cards put together as the gate looks at them. Who asks for the list is on it by mistake only, and alone."""
    many = len(OF_THE_CARD)
    persons: dict[tuple[Any, ...], PatientFile] = {}
    for (is_own, person), some in groupby(rows, lambda row: (row[0] == own, row[many:])):
        if person not in persons:
            persons[person] = _nobody_in_particular(dict(zip(OF_THE_PERSON, person, strict=True)))
        yield AlikeCards(persons[person], is_own, [ListedCard._make(row[:many]) for row in some])


def _nobody_in_particular(said: dict[str, Any]) -> PatientFile:
    return patient_file(
        {**said, "patient_id": NOBODY, "consent_changed_at": None, "elevations": NOTHING, "representations": NOTHING}
    )


def _who_asks(viewer: Viewer) -> dict[str, Any]:
    unit = viewer.unit
    assert unit is not None  # nobody without a unit has a list
    return {
        "unit": unit.number, "parent": unit.parent_number, "person": viewer.hpr_number, "profession": viewer.profession,
    }  # fmt: skip


@lru_cache
def _page(sort: CaseloadSort, after_date: bool, after_record: bool) -> Select[Any]:
    """The statement for a page: from the start, after a card with a place in the order, or after one without."""
    if after_record and not after_date:
        return _without_place(sort, ENTRY.record_id > _text("after_record"))
    order, most = ORDER[sort], bindparam("most", type_=Integer)
    after = tuple_(bindparam("after_date", type_=Date), _text("after_record"))
    later = [tuple_(ENTRY[order], ENTRY.record_id) > after] if after_date else []
    placed = _with_place(sort, *later).cte("placed")
    is_short = select(func.count()).select_from(placed).scalar_subquery() < most
    others = _without_place(sort, is_short).subquery("without_place")
    both = union_all(select(*placed.c), select(*others.c)).subquery("listed")
    return select(*both.c).order_by(both.c[order].nulls_last(), both.c.record_id).limit(most)


def _with_place(sort: CaseloadSort, *where: ColumnElement[bool]) -> Select[Any]:
    order = ENTRY[ORDER[sort]]
    closing = or_(BLOCK.section.is_(None), BLOCK.section == _ours(sort.section))
    query = _cards({}).where(*_shown(), order.is_not(None), ~_blocked(closing), *where)
    return query.order_by(order, ENTRY.record_id).limit(bindparam("most", type_=Integer))


def _without_place(sort: CaseloadSort, *where: ColumnElement[bool]) -> Select[Any]:
    """A place in the order tells of a date; a date that is withheld has no place, and does not leave the database."""
    order = ORDER[sort]
    is_last = or_(ENTRY[order].is_(None), _blocked(BLOCK.section == _ours(sort.section)))
    query = _cards({order: cast(null(), Date).label(order)})
    query = query.where(*_shown(), ~_blocked(BLOCK.section.is_(None)), is_last, *where)
    return query.order_by(ENTRY.record_id).limit(bindparam("most", type_=Integer))


def _cards(instead: dict[str, ColumnElement[Any]]) -> Select[Any]:
    of_the_card = [instead.get(name, ENTRY[name]) for name in OF_THE_CARD]
    return select(*of_the_card, *(PATIENT[name] for name in OF_THE_PERSON)).select_from(SOURCE)


def _shown() -> list[ColumnElement[bool]]:
    hiding = [_ours(grade.value) for grade in Protection if grade.hides_the_card]
    return [
        ENTRY.unit == _text("unit"),
        ENTRY.patient_id != _text("own"),
        PATIENT.protection.not_in(hiding),
        PATIENT.deceased_on.is_(None),
        PATIENT.consent_state == _ours(ConsentState.ACTIVE.value),
    ]


def _blocked(closing: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether such a block of hers covers the viewer; as the gate decides it. Few women have any."""
    in_force = or_(BLOCK.ends_at.is_(None), BLOCK.ends_at > bindparam("now", type_=Instant))
    covering = exists().where(BLOCK.patient_id == PATIENT.patient_id, closing, in_force, or_(*_covering()))
    return and_(PATIENT.blocks != _ours(NOTHING), covering.correlate(table_of(Patient)))


def _covering() -> Iterator[ColumnElement[bool]]:
    """By whom a block keeps out. What a viewer has not is null, and no block is for that."""
    is_unit = or_(BLOCK.target_id == _text("unit"), and_(BLOCK.target_id == _text("parent"), BLOCK.include_subunits))
    yield BLOCK.target == _ours(BlockTarget.ALL.value)
    yield and_(BLOCK.target == _ours(BlockTarget.ORGANISATION.value), is_unit)
    yield and_(BLOCK.target == _ours(BlockTarget.PERSON.value), BLOCK.target_id == _text("person"))
    yield and_(BLOCK.target == _ours(BlockTarget.PROFESSION.value), BLOCK.target_id == _text("profession"))


def _ours(said: str) -> ColumnElement[str]:
    """A word of our own. Written into the statement it need not be sent with it."""
    return literal_column(f"'{said}'", String)


def _text(name: str) -> ColumnElement[str]:
    return bindparam(name, type_=String)


def _cursors(sort: CaseloadSort) -> Callable[[ListedCard], str]:
    """What tells a card's place in the list, as an opaque text: the order, what it goes by, and the card."""
    at = OF_THE_CARD.index(ORDER[sort])

    def cursor(card: ListedCard) -> str:
        said = b"%b,%b]" % (_order_and_date(sort, card[at]), orjson.dumps(card.record_id))
        return binascii.b2a_base64(said, newline=False).translate(FOR_URLS).decode()

    return cursor


FOR_URLS: Final = bytes.maketrans(b"+/", b"-_")


@lru_cache(DATES_KEPT)
def _order_and_date(sort: CaseloadSort, on: Any) -> bytes:
    """The beginning of what a cursor says."""
    return orjson.dumps([sort.value, on])[:-1]


def place_of(cursor: str, sort: CaseloadSort) -> Place:
    """The place a cursor stands for. Raises RecordRefusal BAD_USER_INPUT when it stands for none of this list."""
    with of_this_list():
        of_sort, value, record_id = orjson.loads(read_cursor(cursor))
        if of_sort != sort.value or type(record_id) is not str or "\0" in record_id:
            raise ValueError("not a place")
        return (None if value is None else date.fromisoformat(value)), record_id
