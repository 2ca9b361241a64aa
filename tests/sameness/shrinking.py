"""A document that shows a difference, made smaller: parts are taken out as long as it still does."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

from graphql import DocumentNode, GraphQLSchema, Node, parse, print_ast, validate

PARTS = ("definitions", "selections", "directives", "arguments", "variable_definitions", "alias", "default_value")


def shrunk(text: str, schema: GraphQLSchema, still_differs: Callable[[str], bool]) -> str:
    """The smallest valid document that can be had by taking parts out one at a time."""
    tree = parse(text)
    while (smaller := next(_smaller(tree, schema, still_differs), None)) is not None:
        tree = smaller
    return print_ast(tree)


def _smaller(tree: DocumentNode, schema: GraphQLSchema, still_differs: Callable[[str], bool]) -> Iterator[DocumentNode]:
    for way in list(_removable(tree, ())):
        tried = _without(tree, way)
        if not validate(schema, tried, max_errors=1) and still_differs(print_ast(tried)):
            yield tried


def _removable(node: Any, way: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    """Ways to parts of a tree, the largest first."""
    for name in PARTS:
        part = getattr(node, name, None)
        if isinstance(part, Node):
            yield (*way, name)
        elif part:
            yield from ((*way, name, place) for place in range(len(part)))
    for name in node.keys:
        part = getattr(node, name, None)
        for place, inner in enumerate(part) if isinstance(part, list | tuple) else ():
            yield from _removable(inner, (*way, name, place))
        if isinstance(part, Node):
            yield from _removable(part, (*way, name))


def _without(tree: DocumentNode, way: tuple[Any, ...]) -> DocumentNode:
    copied: Any = deepcopy(tree)
    node, steps = copied, list(way)
    while len(steps) > 2:
        node = _step(node, steps.pop(0))
    if len(steps) == 2 and isinstance(steps[1], int):
        kept = list(getattr(node, steps[0]))
        del kept[steps[1]]
        setattr(node, steps[0], tuple(kept))
    else:
        node = _step(node, steps.pop(0)) if len(steps) == 2 else node
        setattr(node, steps[0], None)
    return copied  # type: ignore[no-any-return]


def _step(node: Any, step: Any) -> Any:
    return node[step] if isinstance(step, int) else getattr(node, step)
