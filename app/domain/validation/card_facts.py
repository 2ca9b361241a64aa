"""What the rules look at: the items being written, and the card as it will stand with them in place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from app.domain.card.sections import SECTIONS
from app.domain.gate import entered_in_error
from app.domain.policy import PROVENANCE
from app.domain.validation.walking import Recorded, recorded

Content = Mapping[str, Any]
"""The declared facts of an item by Python name, JSON values, nothing in it that is not recorded."""


@dataclass(frozen=True)
class Written:
    """One item as it is about to be stored.

    item_id    of the item that is corrected; None for a new one
    previous   the content it replaces; None for a new one
    """

    kind: str
    content: Content
    item_id: str | None = None
    previous: Content | None = None

    @cached_property
    def recorded(self) -> list[Recorded]:
        """Every value in it; many rules look at each of them."""
        return recorded(SECTIONS[self.kind].model, self.content)


@dataclass(frozen=True, slots=True)
class CardFacts:
    """The card as it will stand. What is not at hand counts as not recorded.

    documents   by kind: the content of a section, or the contents of the items of a repeated one
    today       the civil date in Norway
    opened_on   the civil date the card was opened; None while it is being opened
    """

    documents: Mapping[str, Any]
    today: date
    opened_on: date | None = None

    def section(self, kind: str) -> Content | None:
        """The content of a section with one item; None when it was never written."""
        found: Content | None = self.documents.get(kind)
        return found

    def items(self, kind: str) -> list[Content]:
        """The contents of a repeated section's items, without what was entered in error."""
        return list(self.documents.get(kind) or ())

    @classmethod
    def of(
        cls,
        documents: Mapping[str, Any],
        written: Sequence[Written],
        *,
        today: date,
        opened_on: date | None = None,
    ) -> "CardFacts":
        """The facts of a card as it was opened (documents with provenance, by kind), with what is written in place."""
        facts = {kind: _without_errors(kind, document) for kind, document in documents.items()}
        for item in written:
            facts[item.kind] = _placed(item, facts.get(item.kind))
        plain = {kind: _plain(kind, document) for kind, document in facts.items()}
        return cls(plain, today, opened_on)


def _without_errors(kind: str, document: Any) -> Any:
    if document is None:
        return None
    if SECTIONS[kind].repeated:
        return [item for item in document if not entered_in_error(item)]
    return None if entered_in_error(document) else document


def _placed(item: Written, document: Any) -> Any:
    if not SECTIONS[item.kind].repeated:
        return item.content
    others = [other for other in document or () if item.item_id is None or _id_of(other) != item.item_id]
    return [*others, {**item.content, PROVENANCE: {"item_id": item.item_id}}]


def _id_of(item: Content) -> Any:
    return (item.get(PROVENANCE) or {}).get("item_id")


def _plain(kind: str, document: Any) -> Any:
    if document is None:
        return None
    if SECTIONS[kind].repeated:
        return [_facts_only(item) for item in document]
    return _facts_only(document)


def _facts_only(item: Content) -> Content:
    return {name: value for name, value in item.items() if name != PROVENANCE}
