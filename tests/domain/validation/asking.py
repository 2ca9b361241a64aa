"""How the tests ask: one item written on a card of which the other sections are given."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.domain.card.sections import SECTIONS
from app.domain.validation.card_facts import CardFacts, Written
from app.domain.validation.problems import Problem
from app.domain.validation.rules import check_rules
from app.domain.validation.shape import check_content

TODAY = date(2026, 11, 23)
Told = set[tuple[str, str]]


def ask(kind: str, content: Mapping[str, Any], **others: Any) -> tuple[list[Problem], list[Problem]]:
    """Errors and warnings for one item. The content must have the right form; `others` are documents by kind."""
    stored, wrong = check_content(SECTIONS[kind], content)
    assert not wrong, wrong
    written = Written(kind, stored)
    return check_rules([written], CardFacts.of(others, [written], today=TODAY))


def told(problems: list[Problem]) -> Told:
    """Code and path of each problem, the path as people write it."""
    return {(made.code, ".".join(map(str, made.path))) for made in problems}


def errors(kind: str, content: Mapping[str, Any], **others: Any) -> Told:
    return told(ask(kind, content, **others)[0])


def warnings(kind: str, content: Mapping[str, Any], **others: Any) -> Told:
    return told(ask(kind, content, **others)[1])
