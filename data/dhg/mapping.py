"""A card in the national JSON and the same card as we store it: pure, and generic over the declarations.

`to_wire(to_stored(record)) == record`, member for member: what we do not know, and how it was spelled, is remembered
in residues (data/dhg/residue.py), one for each item and one for the record around them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from app.domain.card.declaration import Section
from app.domain.card.provenance import Provenance
from app.domain.card.sections import SECTIONS
from app.domain.record import StoredItem, StoredRecord
from data.dhg.facts import read_facts, validate, write_facts
from data.dhg.head import ITEM_ID, read_head, read_provenance, write_head
from data.dhg.residue import apply, difference
from data.dhg.wire import (
    METADATA,
    RECORD_LAST_UPDATED,
    REQUIRED,
    Path,
    Problems,
    can_be_kept,
    read_uuid,
    spell_instant,
)

_SECTIONS = [(section, section.wire) for section in SECTIONS.values() if section.wire is not None]
"""The sections the national record has; what only the paper card has never goes there."""


def to_stored(record: Any) -> StoredRecord:
    """Take in a record as the national service writes it; raises InvalidWire with everything that is wrong in it."""
    problems = Problems()
    if not isinstance(record, dict):
        problems.note((), "BAD_TYPE", "must be an object")
    elif not can_be_kept(record):
        problems.note((), "MALFORMED", "is nested too deeply, or holds a number of more than 64 bits")
    problems.raise_if_any()
    stored = read_head(record.get(METADATA), problems)
    read = [item for section, wire in _SECTIONS for item in _read_section(section, wire, record.get(wire), problems)]
    if stored is None or problems:
        problems.raise_if_any()
        raise AssertionError("a head that is not read is a problem")
    stored.items = [_stored_item(stored, item) for item in read]
    times = [stored.last_updated_at, *(item.last_updated_at for item in stored.items)]
    stored.opened_at = min(times)
    if record[METADATA].get(RECORD_LAST_UPDATED) is None:
        stored.record_last_updated_at = max(times)
    stored.wire_residue = difference(_canonical_outline(stored), _outline(record))
    return stored


def to_wire(stored: StoredRecord) -> dict[str, Any]:
    """The record as it came, or would have come: canonical, and where nothing changed since, in its own spelling.

    Canonical: every declared member, null (a list of items: empty) where nothing is recorded.
    """
    record: dict[str, Any] = apply(_canonical_outline(stored), stored.wire_residue)
    for section, wire in _SECTIONS:
        items = _items_of(section, stored)
        if items:
            texts = [apply(_canonical_item(section, item), item.wire_residue) for item in items]
            record[wire] = texts if section.repeated else texts[0]
    return record


# --- the record around its items -------------------------------------------------------------------------------------


def _canonical_outline(stored: StoredRecord) -> dict[str, Any]:
    outline: dict[str, Any] = {METADATA: write_head(stored)}
    for section, wire in _SECTIONS:
        places: list[dict[str, Any]] = [{} for _ in _items_of(section, stored)]
        outline[wire] = places if section.repeated else next(iter(places), None)
    return outline


def _outline(record: dict[str, Any]) -> dict[str, Any]:
    """The record with the content of its sections left out: the items remember that themselves."""
    wires = {wire for _, wire in _SECTIONS}
    return {name: _emptied(value) if name in wires else value for name, value in record.items()}


def _emptied(value: Any) -> Any:
    if isinstance(value, list):
        return [{} for _ in value]
    return {} if isinstance(value, dict) else value


def _items_of(section: Section, stored: StoredRecord) -> list[StoredItem]:
    return sorted((item for item in stored.items if item.kind == section.kind), key=lambda item: item.position)


# --- the items -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Read:
    """An item as read, before the record around it is known."""

    section: Section
    position: int
    text: dict[str, Any]
    provenance: dict[str, Any]
    content: dict[str, Any]


def _read_section(section: Section, wire: str, text: Any, problems: Problems) -> Iterator[_Read]:
    if text is None:
        return
    if not section.repeated:
        yield from _read_item(section, 0, text, (wire,), problems)
    elif not isinstance(text, list):
        problems.note((wire,), "BAD_TYPE", "must be a list")
    else:
        seen: set[str] = set()
        for position, entry in enumerate(text):
            for item in _read_item(section, position, entry, (wire, position), problems):
                yield item
                item_id = item.provenance.get("item_id")
                if item_id in seen:
                    problems.note((wire, position, METADATA, ITEM_ID), "DUPLICATE", "must be this item's own")
                elif item_id is not None:
                    seen.add(item_id)


def _read_item(section: Section, position: int, text: Any, path: Path, problems: Problems) -> Iterator[_Read]:
    facts = read_facts(section.model, text, path, problems)
    if facts is None:
        return
    for wire_section, member in REQUIRED:
        if wire_section == section.wire and text.get(member) is None:
            problems.note((*path, member), "MISSING", "must be given")
    content = validate(section.model, facts, path, problems)
    yield _Read(section, position, text, _read_metadata(text.get(METADATA), (*path, METADATA), problems), content)


def _read_metadata(metadata: Any, path: Path, problems: Problems) -> dict[str, Any]:
    if metadata is None:
        return {}
    provenance = read_provenance(metadata, path, problems)
    if "item_id" in provenance:
        provenance["item_id"] = read_uuid(provenance["item_id"], (*path, ITEM_ID), problems)
    return provenance


def _stored_item(record: StoredRecord, read: _Read) -> StoredItem:
    """Where the text says nothing of an item's provenance: version 1, as old as the record's root, and an identity
    that follows from the item's place, so that the same text always gives the same items."""
    said = read.provenance
    updated_at = said.get("last_updated_at")
    item = StoredItem(
        kind=read.section.kind,
        item_id=said.get("item_id") or str(uuid5(UUID(record.record_id), f"{read.section.wire}[{read.position}]")),
        position=read.position,
        version=said.get("version", 1),
        last_updated_at=datetime.fromisoformat(updated_at) if updated_at else record.last_updated_at,
        author=said.get("last_updated_by"),
        entered_in_error=said.get("entered_in_error"),
        content=read.content,
    )
    item.wire_residue = difference(_canonical_item(read.section, item), read.text)
    return item


def _canonical_item(section: Section, item: StoredItem) -> dict[str, Any]:
    provenance = {
        "item_id": item.item_id,
        "version": item.version,
        "last_updated_at": spell_instant(item.last_updated_at),
        "entered_in_error": item.entered_in_error,
        "last_updated_by": item.author,
    }
    return {METADATA: write_facts(Provenance, provenance), **write_facts(section.model, item.content)}
