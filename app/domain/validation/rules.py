"""The rules, asked: which sections they need to see, and what they find in what is about to be written."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from functools import cache
from typing import Final

from app.domain.validation import combinations, dates, fetuses, measurements
from app.domain.validation.card_facts import CardFacts, Written
from app.domain.validation.problems import PROBLEMS_KEPT, Problem, in_order, problem
from app.domain.validation.registry import ERROR, RULES, Finding, Rule, Severity

RULE_FILES: Final = (combinations, dates, fetuses, measurements)
"""Imported for the rules they declare."""

LEAST_TELLING: Final = "SUSPICIOUS_VALUE"
"""Not told about a value of which another rule says more."""


def reads_of(kinds: Collection[str]) -> frozenset[str]:
    """The sections that must be at hand to check the writing of these kinds, they themselves included."""
    return frozenset(kinds).union(*(known.reads for kind in kinds for known in _rules_of(kind)))


@cache
def _rules_of(kind: str) -> tuple[Rule, ...]:
    """What the writing of a section triggers."""
    return tuple(known for known in RULES.values() if kind in known.kinds)


def check_rules(items: Sequence[Written], card: CardFacts) -> tuple[list[Problem], list[Problem]]:
    """The errors and the warnings in what is written together. Where an input is missing, a rule is silent.

    An error that stood in the content before, because it was taken in from elsewhere, is only warned about: otherwise
    nothing else of that item could be corrected.
    """
    found = {made for place, item in enumerate(items) for made in _findings(place, item, card)}
    errors = sorted((made for severity, made in found if severity is ERROR), key=in_order)
    warnings = sorted((made for severity, made in found if severity is not ERROR), key=in_order)
    return errors[:PROBLEMS_KEPT], _told(warnings)[:PROBLEMS_KEPT]


def _findings(place: int, item: Written, card: CardFacts) -> Iterator[tuple[Severity, Problem]]:
    for known in _rules_of(item.kind):
        before = _found_before(known, item, card)
        for finding in known.check(item, card):
            severity = Severity.WARNING if finding in before else known.severity
            reads = known.reads | {item.kind}
            yield severity, problem(known.message, finding.path, reads=reads, item=place, limits=finding.limits)


def _found_before(known: Rule, item: Written, card: CardFacts) -> frozenset[Finding]:
    if known.severity is not ERROR or item.previous is None:
        return frozenset()
    return frozenset(known.check(replace(item, content=item.previous, previous=None), card))


def _told(warnings: list[Problem]) -> list[Problem]:
    """Without the least telling where more is said, unless that draws on further sections: those who may not read them
    are not told, and would be told nothing at all."""
    said = {(made.item, made.path, made.reads) for made in warnings if made.code != LEAST_TELLING}
    return [made for made in warnings if made.code != LEAST_TELLING or (made.item, made.path, made.reads) not in said]
