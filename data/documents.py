"""From items to the document of a section: the JSON text that cards are read from."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import Any, Final

import orjson

from app.domain.card.provenance import PROVENANCE
from app.domain.card.sections import SECTIONS
from app.domain.record import StoredItem

AFTER_ALL_DAYS: Final = "~"
"""Sorts after whatever begins with a digit."""


def document_of(kind: str, items: Sequence[StoredItem]) -> str:
    """The document of a section: one object, or the items in order where a section is repeated.

    Raises KeyError for an unknown kind, ValueError where a section that is not repeated has not exactly one item.
    """
    documents = [as_document(item) for item in sorted(items, key=_place)]
    if SECTIONS[kind].repeated:
        return to_json(in_card_order(kind, documents))
    (single,) = documents
    return to_json(single)


def documents_of(items: Iterable[StoredItem]) -> Iterator[tuple[str, str]]:
    """Kind and document of every section that has items. Of each item only its latest version counts."""
    latest = sorted(latest_versions(items), key=lambda item: item.kind)
    for kind, of_kind in groupby(latest, key=lambda item: item.kind):
        yield kind, document_of(kind, list(of_kind))


def latest_versions(items: Iterable[StoredItem]) -> list[StoredItem]:
    """The latest version of each item, in the order of the card."""
    latest: dict[tuple[str, str], StoredItem] = {}
    for item in items:
        known = latest.get((item.kind, item.item_id))
        if known is None or known.version < item.version:
            latest[item.kind, item.item_id] = item
    order = {kind: place for place, kind in enumerate(SECTIONS)}
    return sorted(latest.values(), key=lambda item: (order[item.kind], *_place(item)))


def in_card_order(kind: str, documents: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The items of a repeated section: dated ones by their date, then the others. `documents` come as they were
    recorded, and so stand those of one day: the afternoon's visit after the morning's."""
    by = SECTIONS[kind].ordered_by
    if by is None:
        return documents
    return sorted(documents, key=lambda document: document.get(by) or AFTER_ALL_DAYS)


def of_one_day(kind: str, document: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether only the order they were recorded in says which of two items stands first."""
    by = SECTIONS[kind].ordered_by
    return by is None or document.get(by) == other.get(by)


def to_json(value: Any) -> str:
    """Compact JSON text."""
    return orjson.dumps(value).decode()


def json_or_none(value: Any) -> str | None:
    """JSON text, and nothing for nothing: a column that is not filled."""
    return None if value is None else to_json(value)


def from_json(text: str | None) -> Any:
    """What `json_or_none` was given."""
    return None if text is None else orjson.loads(text)


def _place(item: StoredItem) -> tuple[int, str]:
    return item.position, item.item_id


def as_document(item: StoredItem) -> dict[str, Any]:
    """The facts and their provenance, whose members are named as `Provenance` declares them."""
    provenance = {
        "item_id": item.item_id,
        "version": item.version,
        "last_updated_at": _instant(item.last_updated_at),
        "entered_in_error": item.entered_in_error,
        "last_updated_by": item.author,
    }
    recorded = {name: value for name, value in provenance.items() if value is not None}
    return {**item.content, PROVENANCE.kind: recorded}


def _instant(value: datetime) -> str:
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
