"""How a rule is declared: one function, with what triggers it, what it needs to see and how much it weighs.

A rule's docstring names its source: DQ-n and GP-n are the data-quality rules for pregnancy cards, F-n the rules of
access; "the card profile" is the validation profile of the card's facts, which decides on the severity where the two
differ; "ours" is neither.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from app.domain.card.sections import SECTIONS
from app.domain.validation.card_facts import CardFacts, Written
from app.domain.validation.problems import Path, messages, spelled


class Severity(Enum):
    """An error is refused: it cannot be. A warning is told and the value accepted: it can be, though it seldom is."""

    ERROR = "ERROR"
    WARNING = "WARNING"


ERROR, WARNING = Severity.ERROR, Severity.WARNING


@dataclass(frozen=True, slots=True)
class Finding:
    """Where a rule found something, and the limits its text names."""

    path: Path
    limits: tuple[tuple[str, Any], ...] = ()


def at(*names: str | int, **limits: Any) -> Finding:
    """A finding at a place given in Python names."""
    return Finding(spelled(names), tuple(limits.items()))


Check = Callable[[Written, CardFacts], Iterable[Finding]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule. `message`: its text in the catalogue, by default the one with the rule's own name."""

    id: str
    kinds: frozenset[str]
    reads: frozenset[str]
    severity: Severity
    message: str
    check: Check


RULES: Final[dict[str, Rule]] = {}
"""Every rule by id; filled by the files of rules (see `rules.py`)."""

EVERY_KIND: Final = frozenset(SECTIONS)


def rule(
    id: str, *, kinds: Iterable[str], reads: Iterable[str] = (), severity: Severity, message: str | None = None
) -> Callable[[Check], Check]:
    """Declare a rule.

    kinds   the sections whose writing triggers it
    reads   the sections it needs to see besides the item that is written
    """
    known = Rule(id, frozenset(kinds), frozenset(reads), severity, message or id, lambda item, card: ())
    if id in RULES or known.message not in messages() or not (known.kinds | known.reads) <= EVERY_KIND:
        raise ValueError(f"rule {id} is declared twice, has no text, or names a section that does not exist")

    def declare(check: Check) -> Check:
        RULES[id] = Rule(id, known.kinds, known.reads, severity, known.message, check)
        return check

    return declare
