"""A document that shows a difference, made smaller: parts are taken out as long as it still does."""

import dataclasses
from collections.abc import Callable
from typing import Any, Final

from graphql import REMOVE, DocumentNode, FieldNode, GraphQLSchema, Visitor, parse, print_ast, validate, visit

REMOVABLE: Final = frozenset({
    "OperationDefinitionNode", "FragmentDefinitionNode", "VariableDefinitionNode", "FieldNode", "FragmentSpreadNode",
    "InlineFragmentNode", "DirectiveNode", "ArgumentNode", "ObjectFieldNode",
})  # fmt: skip


def shrunk(text: str, schema: GraphQLSchema, still_differs: Callable[[str], bool]) -> str:
    """The smallest valid document that can be had by taking parts out one at a time; the largest are tried first."""
    tree, is_smaller = parse(text), True
    while is_smaller:
        is_smaller, place = False, 0
        while (tried := _without(tree, place)) is not None:
            if _can_be(tried, schema) and still_differs(print_ast(tried)):
                tree, is_smaller = tried, True  # what came after the part is now in its place
            else:
                place += 1
    return print_ast(tree)


def _can_be(tree: DocumentNode, schema: GraphQLSchema) -> bool:
    try:
        parse(print_ast(tree))  # a selection set that has become empty is no tree's fault, and no document
    except Exception:
        return False
    return not validate(schema, tree, max_errors=1)


def _without(tree: DocumentNode, place: int) -> DocumentNode | None:
    """The tree without its part of this number; None when it has not so many."""
    taking = _Taking(place)
    changed: Any = visit(tree, taking)
    return _tidied(changed) if taking.left < 0 else None


def _tidied(tree: DocumentNode) -> DocumentNode:
    """Without the fragments and variables that nothing refers to any more."""
    named = _Named()
    visit(tree, named)
    tidying = _Tidying(named)
    tidied: Any = visit(tree, tidying)
    return _tidied(tidied) if tidying.took else tidied  # type: ignore[no-any-return]


class _Named(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.fragments: set[str] = set()
        self.variables: set[str] = set()

    def enter_fragment_spread(self, node: Any, *_: Any) -> None:
        self.fragments.add(node.name.value)

    def enter_variable(self, node: Any, _key: Any, parent: Any, *_: Any) -> None:
        if type(parent).__name__ != "VariableDefinitionNode":
            self.variables.add(node.name.value)


class _Tidying(Visitor):
    def __init__(self, named: _Named) -> None:
        super().__init__()
        self.named, self.took = named, False

    def enter_fragment_definition(self, node: Any, *_: Any) -> Any:
        return self._unless(node.name.value in self.named.fragments)

    def enter_variable_definition(self, node: Any, *_: Any) -> Any:
        return self._unless(node.variable.name.value in self.named.variables)

    def _unless(self, is_named: bool) -> Any:
        self.took |= not is_named
        return None if is_named else REMOVE


class _Taking(Visitor):
    def __init__(self, place: int) -> None:
        super().__init__()
        self.left = place

    def enter(self, node: Any, *_: Any) -> Any:
        if isinstance(node, FieldNode) and node.alias is not None and self._is_it():
            return dataclasses.replace(node, alias=None)
        return REMOVE if type(node).__name__ in REMOVABLE and self._is_it() else None

    def _is_it(self) -> bool:
        self.left -= 1
        return self.left == -1
