"""An accepted command as rows: new versions, the documents made of them, the card's head, the caseload, the changes."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import Select, bindparam, func, select

from app.domain.card.provenance import PROVENANCE
from app.domain.card.sections import SECTIONS
from app.domain.care_units import followed_by
from app.domain.changes import ChangeKind
from app.domain.commands import Accepted, Closing, NewVersion
from app.domain.labels import for_lists
from app.domain.record import CareUnit, Found, RecordHead, RecordStatus, StoredItem, StoredRecord
from data.caseload import MADE_OF, READ_FOR_LINES, CaseloadLine, caseload_lines
from data.columns import in_utc
from data.declaring import table_of
from data.direct import Rows
from data.documents import as_document, from_json, in_card_order, of_one_day, to_json
from data.rows import Row, care_units_of, care_units_text, caseload_row, record_row, version_row
from data.storing import open_items
from data.tables import CaseloadEntry, Change, MaternityRecord, Section, SectionVersion
from data.together import LATEST, Together

RECORD, VERSION, SECTION = table_of(MaternityRecord), table_of(SectionVersion), table_of(Section)
CASELOAD, CHANGE = table_of(CaseloadEntry), table_of(Change)

Document = dict[str, Any]
"""An item's facts and provenance by Python name."""

Read = Callable[[Select[Any], Mapping[str, Any]], Awaitable[Rows]]
"""Reads the rows of a statement, on the writer's own connection where it has one."""

BEFORE: Final = select(VERSION.c.position, VERSION.c.wire_residue).where(
    VERSION.c.record_id == bindparam("record"),
    VERSION.c.kind == bindparam("kind"),
    VERSION.c.item_id == bindparam("item"),
    VERSION.c.version == bindparam("version"),
)
RECORDED_IN_ORDER: Final = (
    select(VERSION.c.item_id)
    .where(VERSION.c.record_id == bindparam("record"), VERSION.c.kind == bindparam("kind"))
    .group_by(VERSION.c.item_id)
    .order_by(func.min(VERSION.c.position), VERSION.c.item_id)
)
CARE_UNITS: Final = select(RECORD.c.care_units).where(RECORD.c.record_id == bindparam("record"))
OPEN_ITEMS: Final = open_items(bindparam("record"))


@dataclass(frozen=True, slots=True)
class Stored:
    """What was stored. `written`: for the ledger, which items went from which version to which."""

    record_id: str
    record_version: int
    status: RecordStatus
    items: list[StoredItem]
    written: tuple[str, ...]


async def gather_accepted(together: Together, read: Read, found: Found, accepted: Accepted) -> Stored:
    """Gather all that an accepted command changes; what is not at hand for it is read."""
    if accepted.opens:
        return _open_card(together, found.patient.patient_id, accepted)
    assert found.card is not None  # the command was decided on it
    return await _Write(together, read, found.patient.patient_id, found.card.head, accepted).gather()


def _open_card(together: Together, patient_id: str, accepted: Accepted) -> Stored:
    at, author, record_id = accepted.at, dict(accepted.author), str(uuid4())
    record = StoredRecord(
        record_id=record_id, status=RecordStatus.ACTIVE, version=1, opened_at=at, last_updated_at=at,
        record_last_updated_at=at, author=author, care_units=_unit_of(accepted.author),
    )  # fmt: skip
    together.insert(RECORD, [record_row(patient_id, record)])
    together.insert(CHANGE, [_change(patient_id, record_id, ChangeKind.RECORD_OPENED, accepted)])
    lines = caseload_lines(record.status, record.care_units, {}, at)
    together.insert(CASELOAD, [caseload_row(patient_id, record_id, line, 0, at) for line in lines])
    return Stored(record_id, 1, record.status, [], ("card.0>1",))


def _unit_of(author: Mapping[str, Any]) -> list[CareUnit]:
    """The unit that opens a card follows it."""
    number = author.get("organisation_number")
    return [CareUnit(organisation_number=number, organisation_name=author.get("organisation_name"))] if number else []


def _change(patient_id: str, record_id: str, what: ChangeKind, accepted: Accepted) -> Row:
    return {
        "record_id": record_id, "patient_id": patient_id, "at": in_utc(accepted.at), "kind": None, "item_id": None,
        "version": None, "what": what.value, "author": to_json(dict(accepted.author)),
    }  # fmt: skip


class _Write:
    """One accepted command on a card that is there."""

    def __init__(self, together: Together, read: Read, patient_id: str, head: RecordHead, accepted: Accepted) -> None:
        self.together, self.read, self.patient_id = together, read, patient_id
        self.head, self.accepted = head, accepted
        self.documents: dict[str, Any] = dict(accepted.documents)

    async def gather(self) -> Stored:
        items = [await self._item(made) for made in self.accepted.versions]
        self.together.insert(VERSION, [version_row(self.head.record_id, item) for item in items])
        await self._put_documents(items)
        self._add_changes()
        units = await self._units_now()
        self._change_head(units)
        await self._change_caseload(units)
        closing = self.accepted.closing
        status, version = (closing.status, self.head.version + 1) if closing else (self.head.status, self.head.version)
        return Stored(self.head.record_id, version, status, items, self._written())

    async def _item(self, made: NewVersion) -> StoredItem:
        """The new version as it is stored. What the national format said beyond the facts stays with the item."""
        position, residue = made.position, None
        if made.previous is not None:
            which = {"record": self.head.record_id, "kind": made.kind, "item": made.item_id, "version": made.previous}
            (before,) = await self.read(BEFORE, which)
            position, residue = before["position"], before["wire_residue"]
        return StoredItem(
            kind=made.kind, item_id=made.item_id, position=position or 0, version=made.version,
            last_updated_at=self.accepted.at, author=dict(self.accepted.author),
            entered_in_error=made.entered_in_error, content=dict(made.content), wire_residue=from_json(residue),
        )  # fmt: skip

    async def _put_documents(self, items: Sequence[StoredItem]) -> None:
        for item in items:
            made: Any = as_document(item)
            if SECTIONS[item.kind].repeated:
                made = await self._among_the_others(item, made, self.documents.get(item.kind) or [])
            self.documents[item.kind] = made
        rows = [
            {"record_id": self.head.record_id, "kind": kind, "document": to_json(self.documents[kind])}
            for kind in dict.fromkeys(item.kind for item in items)
        ]
        self.together.put(SECTION, ("record_id", "kind"), rows)

    async def _among_the_others(self, item: StoredItem, made: Document, document: list[Document]) -> list[Document]:
        """The items of a repeated section with this one in its place; those of one day stand as they were recorded."""
        before = next((one for one in document if _id_of(one) == item.item_id), None)
        if before is None:
            return in_card_order(item.kind, [*document, made])
        items = [made if one is before else one for one in document]
        moved = not of_one_day(item.kind, made, before)
        if moved and any(of_one_day(item.kind, made, other) for other in items if other is not made):
            which = {"record": self.head.record_id, "kind": item.kind}
            order = {row["item_id"]: place for place, row in enumerate(await self.read(RECORDED_IN_ORDER, which))}
            items.sort(key=lambda one: order[_id_of(one)])
        return in_card_order(item.kind, items)

    def _add_changes(self) -> None:
        """The changes, for whoever listens."""
        rows = [
            {
                **_change(self.patient_id, self.head.record_id, made.what, self.accepted),
                "kind": made.kind, "item_id": made.item_id, "version": made.version,
            }
            for made in self.accepted.versions
        ]  # fmt: skip
        if self.accepted.closing:
            rows.append(_change(self.patient_id, self.head.record_id, ChangeKind.RECORD_CLOSED, self.accepted))
        self.together.insert(CHANGE, rows, counted="sequence")

    def _change_head(self, units: list[CareUnit] | None) -> None:
        values: Row = {"record_last_updated_at": in_utc(self.accepted.at), "last_change": LATEST}
        if self.accepted.closing:
            values |= self._closed(self.accepted.closing)
        if units is not None:
            values["care_units"] = care_units_text(units)
        self.together.update(RECORD, {"record_id": self.head.record_id}, values, must_find=True)

    def _closed(self, closing: Closing) -> Row:
        at = in_utc(closing.at)
        is_birth = closing.status is RecordStatus.DELIVERED
        return {
            "status": closing.status.value, "version": self.head.version + 1,
            "delivered_at": at if is_birth else None, "terminated_at": None if is_birth else at,
            "live_birth": closing.live_birth, "last_updated_at": in_utc(self.accepted.at),
            "author": to_json(dict(self.accepted.author)),
        }  # fmt: skip

    async def _units_now(self) -> list[CareUnit] | None:
        """The units that follow the card once the command is carried out; None where they are the same as before."""
        if not any(made.kind == "care_contacts" for made in self.accepted.versions):
            return None
        (found,) = await self.read(CARE_UNITS, {"record": self.head.record_id})
        before = care_units_of(found["care_units"])
        contacts = self.accepted.documents.get("care_contacts"), self.documents.get("care_contacts")
        return followed_by(*contacts, before)

    async def _change_caseload(self, units: list[CareUnit] | None) -> None:
        record_id = self.head.record_id
        if self.accepted.closing:
            self.together.delete(CASELOAD, {"record_id": record_id})
        elif units is not None:
            following = {unit.organisation_number for unit in units}
            for number in self.head.care_units - following:
                self.together.delete(CASELOAD, {"unit": number, "record_id": record_id})
            waiting = {row["unit"]: row["open_items"] for row in await self.read(OPEN_ITEMS, {"record": record_id})}
            lines = [self._line(line, waiting.get(line.unit, 0)) for line in self._lines(units)]
            self.together.put(CASELOAD, ("unit", "record_id"), lines)
        elif changed := self._changed_of_lines():
            unchanged = [CareUnit(organisation_number=number) for number in self.head.care_units]
            for line in self._lines(unchanged)[:1]:  # the same for every unit, but for what waits for it
                said = self._line(line, 0)
                values = {name: said[name] for name in (*changed, "updated_at")}
                self.together.update(CASELOAD, {"record_id": self.head.record_id}, values)

    def _changed_of_lines(self) -> list[str]:
        """The members of the lines that are made of what was written."""
        written = {made.kind for made in self.accepted.versions}
        anew = written.union(*(READ_FOR_LINES.get(kind, frozenset()) for kind in written))
        return [name for kind, names in MADE_OF.items() if kind in anew for name in names]

    def _lines(self, units: list[CareUnit]) -> list[CaseloadLine]:
        shown = for_lists(self.head.labels, self.documents)
        return list(caseload_lines(self.head.status, units, shown, self.accepted.at))

    def _line(self, line: CaseloadLine, open_items: int) -> Row:
        return caseload_row(self.patient_id, self.head.record_id, line, open_items, self.accepted.at)

    def _written(self) -> tuple[str, ...]:
        """Sections and items with their versions before and after; no value."""
        items = [
            f"{SECTIONS[made.kind].graphql_name}.{made.item_id}.{made.previous or 0}>{made.version}"
            for made in self.accepted.versions
        ]
        head = [f"card.{self.head.version}>{self.head.version + 1}"] if self.accepted.closing else []
        return (*items, *head)


def _id_of(document: Document) -> str:
    return str(document[PROVENANCE.kind]["item_id"])
