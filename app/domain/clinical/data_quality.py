"""What on a card is doubtful as it is written. Apart from the alerts: this is about the writing, not about the woman.

The same rules that look at what is about to be written (`app/domain/validation/`), asked of what stands already: cards
are taken in from elsewhere, and a due date that moves makes a week written before it wrong. DQ-1 to DQ-12, GP-2.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.domain.card.sections import SECTIONS
from app.domain.gate import entered_in_error
from app.domain.policy import PROVENANCE
from app.domain.validation.card_facts import CardFacts, Written
from app.domain.validation.problems import Problem
from app.domain.validation.rules import check_rules


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something doubtful in one item. `item_id`: None where the item has none recorded."""

    kind: str
    item_id: str | None
    problem: Problem


def doubts(documents: Mapping[str, Any], today: date) -> list[Doubt]:
    """What is doubtful on a card, errors first. Where an input is missing, no rule speaks."""
    items = list(_items(documents))
    errors, warnings = check_rules(items, CardFacts.of(documents, items, today=today))
    return [Doubt(items[each.item].kind, items[each.item].item_id, each) for each in (*errors, *warnings)]


def _items(documents: Mapping[str, Any]) -> Iterator[Written]:
    for kind, document in documents.items():
        for item in (document or ()) if SECTIONS[kind].repeated else [document]:
            if item is not None and not entered_in_error(item):
                content = {name: value for name, value in item.items() if name != PROVENANCE}
                yield Written(kind, content, (item.get(PROVENANCE) or {}).get("item_id"))
