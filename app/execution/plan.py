"""What an operation asks for, worked out before it runs: which root fields, whose card, which sections and facts.

The plan names the facts; whether they are given is the policy's business, and taking them out is the grant's. So a
value that may not be seen is gone before any resolver runs, and the plan only has to say why it is missing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLField,
    GraphQLIncludeDirective,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLSkipDirective,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
)
from graphql.execution.values import VariableValues, get_argument_values, get_directive_values

from app.domain.card.declaration import Section
from app.domain.card.sections import SECTION_NAMED, SECTIONS
from app.domain.caseload import FACTS_OF_LINE
from app.domain.clinical.looked_at import KINDS_LOOKED_AT, LOOKED_AT
from app.domain.gate import OSLO
from app.domain.history import CONTENT, HISTORY
from app.domain.policy import PROVENANCE, declared_paths
from resolvers.changes import AUTHOR_PATH
from resolvers.context import Selection
from resolvers.views import (
    AUTHOR_TYPE,
    CARD_TYPE,
    FACT_OF_VERSION,
    LINE_TYPE,
    PATIENT_ARGUMENT,
    SECTION_OF_TYPE,
    WITHHELD_TYPE,
)


@dataclass(frozen=True, slots=True)
class RootField:
    """One root field of an operation. `is_card`: it gives a card (or a list of cards)."""

    response_key: str
    name: str
    is_card: bool


@dataclass(frozen=True, slots=True)
class Dated:
    """A computed value that is asked for as of a day, below the root field of a response key."""

    response_key: str
    definition: GraphQLField
    node: FieldNode


@dataclass(frozen=True)
class Plan:
    """What an operation asks for.

    selection            by response key, for every root field that gives a card or anything of a section
    arguments            the root fields that are given any
    misplaced_history    the history of something is asked for that has none
    dated                the computed values that are asked for as of a day
    kinds                section kinds to read of the active card
    shows_card           there is a card among the root fields
    """

    root_fields: tuple[RootField, ...]
    selection: Mapping[str, Selection]
    arguments: tuple[tuple[GraphQLField, FieldNode], ...] = ()
    misplaced_history: bool = False
    dated: tuple["Dated", ...] = ()
    kinds: frozenset[str] = field(init=False)
    shows_card: bool = field(init=False)

    def __post_init__(self) -> None:
        active = (self.selection[root.response_key] for root in self.root_fields if root.name in ACTIVE_CARD_FIELDS)
        object.__setattr__(self, "kinds", frozenset().union(*(selection.kinds for selection in active)))
        object.__setattr__(self, "shows_card", any(root.is_card for root in self.root_fields))

    def named_patients(self, variables: VariableValues) -> frozenset[str]:
        """Every patient the operation's root fields name. Raises GraphQLError when a variable is null where it is used
        as one that is not."""
        if not self.arguments:
            return NOBODY
        given = self.given(variables)
        return frozenset(
            arguments[PATIENT_ARGUMENT] for arguments in given if arguments.get(PATIENT_ARGUMENT) is not None
        )

    def selection_on(self, now: datetime, variables: VariableValues) -> Mapping[str, Selection]:
        """The selection; with the versions of what a computed value looks at, where that is asked of an earlier day."""
        if not self.dated:
            return self.selection
        found, today = dict(self.selection), now.astimezone(OSLO).date()
        for one in self.dated:
            as_of = get_argument_values(one.definition, one.node, variables).get(AS_OF)
            if as_of is not None and as_of < today:
                kinds = found[one.response_key].history_kinds | KINDS_LOOKED_AT[one.node.name.value]
                found[one.response_key] = replace(found[one.response_key], history_kinds=kinds)
        return found

    def given(self, variables: VariableValues) -> list[dict[str, Any]]:
        """What each of the root fields with arguments is given. Raises as `named_patients`."""
        return [get_argument_values(*field, variables) for field in self.arguments]


NOBODY: Final[frozenset[str]] = frozenset()
Place = tuple[str, ...]
"""A response path, without places in lists."""

ACTIVE_CARD_FIELDS: Final = ("card", "myCard")
RECORD_HISTORY: Final = "recordHistory"
NEWS: Final = "newSinceLastLook"
ABOUT_THE_PAST: Final = (RECORD_HISTORY, NEWS)
BESIDE_THE_FACTS: Final = ("correctionRequests",)
"""What a card shows that is no fact of a section and is noted as released nevertheless."""
AS_OF: Final = "asOf"
"""The argument of a computed value that says by what was known on which day."""


def plan(
    schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode, variables: VariableValues
) -> Plan:
    """Walk an operation. Variables matter through @skip and @include alone; without them a plan can be kept."""
    return _Walk(schema, document, variables).plan(operation)


class _Walk:
    def __init__(self, schema: GraphQLSchema, document: DocumentNode, variables: VariableValues) -> None:
        self.schema, self.variables = schema, variables
        nodes = (node for node in document.definitions if isinstance(node, FragmentDefinitionNode))
        self.fragments = {node.name.value: node for node in nodes}

    def plan(self, operation: OperationDefinitionNode) -> Plan:
        roots: dict[str, RootField] = {}
        collected: dict[str, _Collected] = {}
        for root_type, node in self._fields(self._root_type(operation), operation.selection_set):
            if node.name.value.startswith("__"):
                continue
            root = self._root(root_type, node)
            roots[root.response_key] = root
            found = collected.setdefault(root.response_key, _Collected())
            self._below(root_type, node, found, (root.response_key,))
        asked = {key: found for key, found in collected.items() if roots[key].is_card or found.asks_anything}
        selection = {key: found.selection() for key, found in asked.items()}
        misplaced = any(found.misplaced_history for found in collected.values())
        dated = tuple(Dated(key, *each) for key, found in collected.items() for each in found.dated if key in selection)
        return Plan(tuple(roots.values()), selection, tuple(self._with_arguments(operation)), misplaced, dated)

    def _with_arguments(self, operation: OperationDefinitionNode) -> Iterator[tuple[GraphQLField, FieldNode]]:
        for root_type, node in self._fields(self._root_type(operation), operation.selection_set):
            if node.arguments and node.name.value in root_type.fields:
                yield root_type.fields[node.name.value], node

    def _root_type(self, operation: OperationDefinitionNode) -> GraphQLObjectType:
        root_type = self.schema.get_root_type(operation.operation)
        assert isinstance(root_type, GraphQLObjectType)  # validation has seen to it
        return root_type

    def _root(self, root_type: Any, node: FieldNode) -> RootField:
        is_card = get_named_type(root_type.fields[node.name.value].type).name == CARD_TYPE
        return RootField(_key(node), node.name.value, is_card)

    def _below(self, parent: Any, node: FieldNode, found: "_Collected", response: Place) -> None:
        """What a field selects. Wherever a section's type is met, what is below it are facts of that section."""
        if parent.name == LINE_TYPE:
            found.add_of_line(node.name.value, response)
        type_ = get_named_type(parent.fields[node.name.value].type)
        section = SECTION_OF_TYPE.get(type_.name)
        if parent.name == CARD_TYPE and node.name.value in ABOUT_THE_PAST:
            found.add_told(node.name.value, response)
            found.in_history = True
            self._each_below(type_, node, found, response)
            found.in_history = False
        elif parent.name == CARD_TYPE and node.name.value in BESIDE_THE_FACTS:
            found.add_told(node.name.value, response)
        elif parent.name == CARD_TYPE and node.name.value in LOOKED_AT:
            found.add_computed(parent.fields[node.name.value], node, response)
            self._each_below(type_, node, found, response)
        elif section is not None:
            found.add_section(section, response, of_card=parent.name == CARD_TYPE)
            self._facts(type_, node, found, response, section.graphql_name)
        elif type_.name == AUTHOR_TYPE:
            found.add(AUTHOR_PATH, response)
            self._facts(type_, node, found, response, AUTHOR_PATH)
        elif type_.name == WITHHELD_TYPE:
            found.asks_withheld = True
        else:
            self._each_below(type_, node, found, response)

    def _each_below(self, type_: Any, node: FieldNode, found: "_Collected", response: Place) -> None:
        for inner, below in self._fields(type_, node.selection_set):
            self._one_below(inner, below, found, response)

    def _one_below(self, parent: Any, node: FieldNode, found: "_Collected", response: Place) -> None:
        """One selected field. Where an item of any section stands, a fragment says of which section it is."""
        if node.name.value.startswith("__"):
            return
        section = SECTION_OF_TYPE.get(parent.name)
        if section is None:
            self._below(parent, node, found, (*response, _key(node)))
            return
        found.add_section(section, response, of_card=False)
        self._fact(parent, node, found, response, section.graphql_name)

    def _facts(self, type_: Any, node: FieldNode, found: "_Collected", response: Place, path: str) -> None:
        for inner, below in self._fields(type_, node.selection_set):
            if not below.name.value.startswith("__"):
                self._fact(inner, below, found, response, path)

    def _fact(self, parent: Any, node: FieldNode, found: "_Collected", response: Place, path: str) -> None:
        name, here = node.name.value, (*response, _key(node))
        at_section = "." not in path and path != PROVENANCE
        type_ = get_named_type(parent.fields[name].type)
        if name == HISTORY and at_section:
            self._history(type_, node, found, here, path)
            return
        fact_path = PROVENANCE if name == PROVENANCE and at_section else f"{path}.{name}"
        found.add(fact_path, here)
        self._facts(type_, node, found, here, fact_path)

    def _history(self, type_: Any, node: FieldNode, found: "_Collected", response: Place, section: str) -> None:
        """The versions of a card's items. A version has none, nor has an item that is met elsewhere than on a card."""
        kind = SECTION_NAMED[section].kind
        if found.in_history or kind not in found.kinds:
            found.misplaced_history = True
            return
        found.in_history = True
        found.history_kinds.add(kind)
        for inner, below in self._fields(type_, node.selection_set):
            name, here = below.name.value, (*response, _key(below))
            below_type = get_named_type(inner.fields[name].type) if not name.startswith("__") else None
            if name == CONTENT:
                self._facts(below_type, below, found, here, section)
            elif name in FACT_OF_VERSION:
                found.add(FACT_OF_VERSION[name], here)
                self._facts(below_type, below, found, here, FACT_OF_VERSION[name])
        found.in_history = False

    def _fields(self, type_: Any, selections: SelectionSetNode | None) -> Iterator[tuple[Any, FieldNode]]:
        """The fields of a selection set with the type they are selected of, fragments in place, without what @skip and
        @include leave out."""
        for node in selections.selections if selections else ():
            if node.directives and not self._included(node):
                continue
            if isinstance(node, FieldNode):
                yield type_, node
                continue
            inner = node if isinstance(node, InlineFragmentNode) else self.fragments[node.name.value]  # type: ignore[attr-defined]  # the third kind of selection is a fragment spread
            condition = inner.type_condition
            narrowed = self.schema.type_map[condition.name.value] if condition else type_
            yield from self._fields(narrowed, inner.selection_set)

    def _included(self, node: Any) -> bool:
        skip = get_directive_values(GraphQLSkipDirective, node, self.variables)
        include = get_directive_values(GraphQLIncludeDirective, node, self.variables)
        return not (skip and skip["if"]) and not (include and not include["if"])


class _Collected:
    def __init__(self) -> None:
        self.kinds: set[str] = set()
        self.history_kinds: set[str] = set()
        self.fact_paths: dict[str, list[Place]] = {}
        self.past_paths: dict[str, list[Place]] = {}
        self.sections: dict[str, list[Place]] = {}
        self.told: dict[str, list[Place]] = {}
        self.looked_at: dict[str, list[Place]] = {}
        self.dated: list[tuple[GraphQLField, FieldNode]] = []
        self.asks_withheld = self.asks_news = self.in_history = self.misplaced_history = False

    @property
    def asks_anything(self) -> bool:
        return bool(self.sections or self.fact_paths or self.asks_withheld)

    def add(self, fact_path: str, response: Place) -> None:
        _note(self.past_paths if self.in_history else self.fact_paths, fact_path, response)

    def add_of_line(self, field: str, response: Place) -> None:
        """A field of a unit's list stands for the facts it is made of."""
        for path in FACTS_OF_LINE.get(field, ()):
            self.add(path, response)

    def add_told(self, name: str, response: Place) -> None:
        """What a card shows besides the facts of its items: the ledger names it as a whole."""
        _note(self.told, name, response)
        if name == NEWS:
            self.asks_news = True
        elif name == RECORD_HISTORY:
            self.history_kinds.update(SECTIONS)

    def add_computed(self, definition: GraphQLField, node: FieldNode, response: Place) -> None:
        """What is worked out from facts stands for them, and the ledger names it as a whole."""
        name = node.name.value
        self.add_told(name, response)
        self.kinds.update(KINDS_LOOKED_AT[name])
        for path in LOOKED_AT[name]:
            _note(self.looked_at, path, response)
        if AS_OF in definition.args:
            self.dated.append((definition, node))

    def add_section(self, section: Section, response: Place, *, of_card: bool) -> None:
        _note(self.sections, section.graphql_name, response)
        if of_card:
            self.kinds.add(section.kind)

    def selection(self) -> Selection:
        sections = {name: tuple(paths) for name, paths in self.sections.items()}
        return Selection(
            frozenset(self.kinds), _declared(self.fact_paths), sections, self.asks_withheld,
            frozenset(self.history_kinds), _declared(self.past_paths), self.asks_news,
            {name: tuple(places) for name, places in self.told.items()}, _declared(self.looked_at),
        )  # fmt: skip


def _declared(noted: dict[str, list[Place]]) -> dict[str, tuple[Place, ...]]:
    return {path: tuple(places) for path, places in noted.items() if path in declared_paths()}


def _note(noted: dict[str, list[Place]], path: str, response: Place) -> None:
    places = noted.setdefault(path, [])
    if response not in places:
        places.append(response)


def _key(node: FieldNode) -> str:
    return node.alias.value if node.alias else node.name.value
