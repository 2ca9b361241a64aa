"""Log completeness: what the ledger says was released is what stood in the answer, fact by fact, whatever was asked.

The facts in the answer are found here from the document and the answer alone, not by the gateway's own means.
"""

import random
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from graphql import FieldNode, InlineFragmentNode, OperationDefinitionNode, SelectionNode, parse

from app.domain.card.declaration import camel
from app.domain.history import HISTORY, PROVENANCE_OF_VERSION
from app.domain.policy import PROVENANCE, declared_paths
from app.domain.viewer import Role
from resolvers.views import CARD_TYPE
from tests.access.proof import documents
from tests.access.proof.columns import Column, add_whole_cards, all_columns
from tests.access.proof.routes import Asker
from tests.access.test_properties import draw
from tests.world import World

DOCUMENTS_OF_EACH = 6
EARLIER = "earlierCards"
TOLD_OF_CHANGES = ("recordHistory", "newSinceLastLook")
"""Where it is told what changed, which the ledger calls by these names, and who changed it, as a version of an item does."""
AUTHOR = "by"

OF_VERSION = {camel(name): camel(fact) for name, fact in PROVENANCE_OF_VERSION.items()}


def facts_in(query: str, data: dict[str, Any] | None) -> set[str]:
    """The facts with a value in an answer, as the ledger calls them."""
    (operation,) = parse(query).definitions
    assert isinstance(operation, OperationDefinitionNode)
    return {fact for path in _leaves(operation.selection_set.selections, data, ()) for fact in _facts_at(path)}


def _leaves(selections: Iterable[SelectionNode], value: Any, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Paths, by the schema's names, of all that is there."""
    for item in value if isinstance(value, list) else [value]:
        for node in selections if item is not None else ():
            if isinstance(node, InlineFragmentNode):
                yield from _leaves(node.selection_set.selections, item, path)
            elif isinstance(node, FieldNode):
                inner, here = item[node.alias.value if node.alias else node.name.value], (*path, node.name.value)
                if node.selection_set:
                    yield from _leaves(node.selection_set.selections, inner, here)
                elif inner is not None and inner != []:
                    yield here


def _facts_at(path: tuple[str, ...]) -> Iterator[str]:
    """Of a leaf, the fact that it tells, and those that this one is part of."""
    root, *parts = path
    prefixes = [EARLIER] if root == EARLIER else []
    if parts[0] in TOLD_OF_CHANGES and AUTHOR in parts:
        parts = [parts[0], HISTORY, *parts[parts.index(AUTHOR) :]]
    if HISTORY in parts:
        prefixes.append(HISTORY)
        section, _, first, *below = parts
        parts = [section, *below] if first == "content" else [PROVENANCE, OF_VERSION.get(first, ""), *below]
    if PROVENANCE in parts:
        parts = parts[parts.index(PROVENANCE) :]
    known = (".".join(parts[:end]) for end in range(len(parts), 0, -1))
    yield from (".".join([*prefixes, fact]) for fact in known if fact in declared_paths())


def _is_fact(released: str) -> bool:
    parts = [part for part in released.split(".") if part not in (EARLIER, HISTORY)]
    return ".".join(parts) in declared_paths()


def questions(column: Column, asker: Asker, dice: random.Random) -> Iterator[str]:
    """Documents about a card, its past, and earlier cards."""
    card_type = asker.schema.get_type(CARD_TYPE)
    for _ in range(DOCUMENTS_OF_EACH):
        more = documents.WITHHELD if dice.random() < 0.5 else ""
        yield documents.operation(column.kind, f"{draw(dice, card_type)} {more}").replace("card: ", "")
    yield from (query.replace("card: ", "") for query in (
        documents.direct(asker.schema, column.kind), documents.past(asker.schema, column.kind),
        documents.earlier(asker.schema, column.kind),
    ) if query)  # fmt: skip


@pytest.mark.parametrize("role", sorted({column.role for column in all_columns()}))
async def test_what_was_released_is_what_stood_in_the_answer(gateway: World, role: Role) -> None:
    """For every purpose, at her own unit or not, of documents drawn at random and of those that ask for everything: the
    facts that are not null are those of the entry. Where nothing of a card can be asked for, none are."""
    await add_whole_cards(gateway)
    if role is not Role.GP:
        gateway.services.programs = None  # programs take long to make, and say the same
    seen: set[str] = set()
    for column in (one for one in all_columns() if one.role is role):
        asker = Asker(gateway, column)
        if not documents.has_card(asker.schema):
            continue
        for query in questions(column, asker, random.Random(column.name)):
            data = (await asker.body(query)).get("data")
            released = {path for path in (await gateway.last_ledger_entry())["released"] if _is_fact(path)}
            assert released == facts_in(query, data), query
            seen |= released
    assert len(seen) > 10 or not documents.has_card(asker.schema) or role is Role.SECRETARY
