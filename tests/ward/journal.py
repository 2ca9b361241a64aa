"""What the script writes down of every request it makes about a woman, to be held against her access log at the end.

What an answer showed is worked out here from the question and the answer alone, by other means than the gateway's own.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from graphql import FieldNode, InlineFragmentNode, OperationDefinitionNode, SelectionSetNode, parse

from app.domain.card.declaration import camel
from app.domain.card.sections import SECTIONS

SECTION_OF_NOUN = {camel(section.noun): section.graphql_name for section in SECTIONS.values()}
SECTION_OF_MODEL = {section.model.__name__: section.graphql_name for section in SECTIONS.values()}
NAMES = frozenset(SECTION_OF_NOUN.values())
ABOUT_THE_CARD = frozenset({"recordHistory", "newSinceLastLook", "correctionRequests"})

WRITTEN_BY = {
    "giveConsent": "consent", "withdrawConsent": "consent", "openCard": "card", "closeCardAsDelivered": "card",
    "blockAccess": "accessBlock", "liftBlock": "accessBlock", "elevateAccess": "elevation",
    "requestCorrection": "correctionRequest", "answerCorrectionRequest": "correctionRequest",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Access:
    """One line of an access log, as she reads it."""

    at: str
    who: str | None
    role: str
    purpose: str | None
    outcome: str
    sections: tuple[str, ...] = ()
    written: tuple[str, ...] = ()
    elevated: str | None = None

    @property
    def emergency(self) -> bool:
        return self.purpose == "ETREAT"


class Journal:
    """By woman, the lines her log must consist of."""

    def __init__(self) -> None:
        self.lines: dict[str, list[Access]] = defaultdict(list)

    def note(self, woman: str, access: Access) -> None:
        self.lines[woman].append(access)


def outcome_of(query: str, body: dict[str, Any]) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """Outcome, sections shown and sections written, of a question that was looked at and its answer."""
    data = body.get("data")
    root = _root(query)
    value = data.get(_key(root)) if data else None
    nothing_shown = root.name.value in WRITTEN_BY
    sections = () if value is None or nothing_shown else tuple(sorted(set(_shown(root, value))))
    said = value if isinstance(value, dict) else {}
    done = value is not None and said.get("__typename") not in ("InvalidInput", "VersionConflict")
    written = _written(root, said) if done else ()
    if not sections and not done:
        return "REFUSED", (), ()
    held_back = bool(body.get("errors")) or bool(said.get("withheld"))
    return "PARTIAL" if held_back else "ALLOWED", sections, written


def _root(query: str) -> FieldNode:
    (operation,) = parse(query).definitions
    assert isinstance(operation, OperationDefinitionNode)
    root = operation.selection_set.selections[0]
    assert isinstance(root, FieldNode)
    return root


def _key(node: FieldNode) -> str:
    return node.alias.value if node.alias else node.name.value


def _written(root: FieldNode, value: dict[str, Any]) -> tuple[str, ...]:
    name = root.name.value
    if name in WRITTEN_BY:
        return (WRITTEN_BY[name],)
    if not name.startswith(("record", "correct", "mark")):
        return ()
    return tuple(sorted(section for section, _ in _items(root.selection_set, value)))


def _items(selected: SelectionSetNode | None, value: dict[str, Any]) -> Iterator[tuple[str, FieldNode]]:
    """The items of a command's answer that are there, each with the section it is of."""
    for node in _fields(selected):
        section = SECTION_OF_NOUN.get(node.name.value)
        if section and value.get(_key(node)) is not None:
            yield section, node


def _shown(root: FieldNode, value: Any) -> Iterator[str]:
    name = root.name.value
    if name in ("card", "myCard"):
        for node in _fields(root.selection_set):
            inner = value.get(_key(node))
            if node.name.value in ABOUT_THE_CARD and inner is not None:
                yield node.name.value
                yield from ["history"] if _names_an_author(inner) else []
            elif node.name.value in NAMES and _holds(node, inner):
                yield node.name.value
            yield from _beside(node, inner)
    elif name.startswith(("record", "correct", "mark")):
        for section, node in _items(root.selection_set, value):
            yield section
            yield from _beside(node, value[_key(node)])
        if value.get("current"):
            yield SECTION_OF_MODEL[value["current"]["__typename"]]
            yield "provenance"
    else:
        yield name
        yield from ["provenance"] if _names_an_author(value) else []


def _beside(node: FieldNode, value: Any) -> Iterator[str]:
    """Provenance and earlier versions, which have names of their own in the log."""
    for item in value if isinstance(value, list) else [value] if isinstance(value, dict) else []:
        for below in _fields(node.selection_set):
            if below.name.value in ("provenance", "history") and _any_leaf(item.get(_key(below))):
                yield below.name.value


def _names_an_author(value: Any) -> bool:
    """Who wrote a version that may be an earlier one."""
    if isinstance(value, list):
        return any(_names_an_author(inner) for inner in value)
    return isinstance(value, dict) and any(
        (key == "by" and _any_leaf(inner)) or _names_an_author(inner) for key, inner in value.items()
    )


def _holds(node: FieldNode, value: Any) -> bool:
    """Whether a fact of the section itself was there."""
    apart = {_key(below) for below in _fields(node.selection_set) if below.name.value in ("provenance", "history")}
    items = value if isinstance(value, list) else [value] if isinstance(value, dict) else []
    return any(_any_leaf(inner) for item in items for key, inner in item.items() if key not in apart)


def _any_leaf(value: Any) -> bool:
    if isinstance(value, dict | list):
        return any(_any_leaf(inner) for inner in (value.values() if isinstance(value, dict) else value))
    return value is not None


def _fields(selected: SelectionSetNode | None) -> Iterator[FieldNode]:
    for node in selected.selections if selected else ():
        if isinstance(node, FieldNode):
            yield node
        elif isinstance(node, InlineFragmentNode):
            yield from _fields(node.selection_set)
