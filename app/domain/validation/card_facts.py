"""What the rules look at: the items being written, and the card as it will stand with them in place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from app.domain.card.sections import SECTIONS
from app.domain.dating import day_of
from app.domain.gate import entered_in_error
from app.domain.policy import PROVENANCE
from app.domain.validation.walking import Names, Recorded, recorded

Content = Mapping[str, Any]
"""The declared facts of an item by Python name, JSON values, nothing in it that is not recorded."""

Place = tuple[str, ...]
"""A fact: the section's kind and the names down to it."""


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

    @cached_property
    def days(self) -> list[tuple[Place, Names, date]]:
        """Every day and time recorded in it: which fact, where, which day."""
        dated = [(one, day_of(one.value)) for one in self.recorded if one.member.shape.type in (date, datetime)]
        return [((self.kind, *one.place), one.names, day) for one, day in dated if day is not None]


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
        by_kind: dict[str, list[Written]] = {kind: [] for kind in documents}
        for item in written:
            by_kind.setdefault(item.kind, []).append(item)
        return cls({kind: _standing(kind, documents.get(kind), of) for kind, of in by_kind.items()}, today, opened_on)


def _standing(kind: str, document: Any, written: Sequence[Written]) -> Any:
    """A section as it will stand, without provenance and without what was entered in error."""
    if SECTIONS[kind].repeated:
        return _items(document or (), written)
    if written:
        return written[-1].content
    return None if document is None or entered_in_error(document) else _facts_only(document)


def _items(document: Sequence[Content], written: Sequence[Written]) -> list[Content]:
    placed = {item.item_id or place: item.content for place, item in enumerate(written)}
    others = [_facts_only(item) for item in document if not entered_in_error(item) and _id_of(item) not in placed]
    return [*others, *placed.values()]


def _id_of(item: Content) -> Any:
    return (item.get(PROVENANCE) or {}).get("item_id")


def _facts_only(item: Content) -> Content:
    facts = dict(item)
    facts.pop(PROVENANCE, None)
    return facts
