"""The order of a section's items, as far as a caller may know it.

Items stand in order of their date. Where the date is withheld, the order would tell it: whether one item is before or
after another, and whether an item has a date at all. Such items stand last, in the order of their ids.
"""

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

from app.domain.card.declaration import Section
from app.domain.card.provenance import PROVENANCE

if TYPE_CHECKING:
    from app.domain.policy import Release

Items = list[dict[str, Any]]


def undated_last(section: Section, items: Items) -> Items:
    """Items of which some have lost their date to the caller, in an order that does not tell it."""
    by = section.ordered_by
    if by is None or all(item.get(by) is not None for item in items):
        return items
    return _first(items, lambda item: item.get(by) is not None)


def reordering(section: Section, release: "Release") -> Callable[[Items, date], Items] | None:
    """How items that are cut down by a release are put in order; None where they stay as they are stored."""
    by = section.ordered_by
    if by is None or (by in release.members and by not in release.partial):
        return None

    def reordered(items: Items, today: date) -> Items:
        return _first(items, lambda item: _shows_date(item, by, release, today))

    return reordered


def _first(items: Items, is_dated: Callable[[dict[str, Any]], bool]) -> Items:
    """Those with a date as they stand, then the others in the order of their ids."""
    undated = sorted((item for item in items if not is_dated(item)), key=_item_id)
    return [item for item in items if is_dated(item)] + undated


def _shows_date(item: dict[str, Any], by: str, release: "Release", today: date) -> bool:
    value, escalation = item.get(by), release.partial.get(by)
    return by in release.members and value is not None and not (escalation and escalation.applies(value, today))


def _item_id(item: dict[str, Any]) -> str:
    item_id: str = item[PROVENANCE.kind]["item_id"]
    return item_id
