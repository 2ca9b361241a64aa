"""What an operation asks for, worked out before it runs: which root fields, whose card, which sections and facts.

The plan names the facts; whether they are given is the policy's business, and taking them out is the grant's. So a
value that may not be seen is gone before any resolver runs, and the plan only has to say why it is missing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
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

from app.domain.card.sections import SECTION_NAMED
from app.domain.policy import PROVENANCE, declared_paths
from resolvers.context import Selection
from resolvers.views import CARD_TYPE, PATIENT_ARGUMENT


@dataclass(frozen=True, slots=True)
class RootField:
    """One root field of an operation. `is_card`: it gives a card (or a list of cards)."""

    response_key: str
    name: str
    is_card: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """What an operation asks for."""

    root_fields: tuple[RootField, ...]
    selection: Mapping[str, Selection]

    @property
    def kinds(self) -> frozenset[str]:
        """Section kinds to read of the active card."""
        active = (self.selection[root.response_key] for root in self.root_fields if root.name in ACTIVE_CARD_FIELDS)
        return frozenset().union(*(selection.kinds for selection in active))


ACTIVE_CARD_FIELDS: Final = ("card", "myCard")


def plan(
    schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode, variables: VariableValues
) -> Plan:
    """Walk an operation. Variables matter through @skip and @include alone; without them a plan can be kept."""
    return _Walk(schema, document, variables).plan(operation)


def named_patients(
    schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode, variables: VariableValues
) -> frozenset[str]:
    """Every patient the operation's root fields name."""
    found = root_arguments(schema, document, operation, variables)
    return frozenset(arguments[PATIENT_ARGUMENT] for arguments in found if PATIENT_ARGUMENT in arguments)


def root_arguments(
    schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode, variables: VariableValues
) -> list[dict[str, Any]]:
    """The arguments of each of the operation's root fields."""
    return _Walk(schema, document, variables).arguments(operation)


class _Walk:
    def __init__(self, schema: GraphQLSchema, document: DocumentNode, variables: VariableValues) -> None:
        self.schema, self.variables = schema, variables
        nodes = (node for node in document.definitions if isinstance(node, FragmentDefinitionNode))
        self.fragments = {node.name.value: node for node in nodes}

    def plan(self, operation: OperationDefinitionNode) -> Plan:
        root_type = self._root_type(operation)
        roots: dict[str, RootField] = {}
        collected: dict[str, _Collected] = {}
        for node in self._fields(operation.selection_set):
            if node.name.value.startswith("__"):
                continue
            root = self._root(root_type, node)
            roots[root.response_key] = root
            if root.is_card:
                found = collected.setdefault(root.response_key, _Collected())
                self._card(node, found, (root.response_key,))
        selection = {key: found.selection() for key, found in collected.items()}
        return Plan(tuple(roots.values()), selection)

    def arguments(self, operation: OperationDefinitionNode) -> list[dict[str, Any]]:
        fields = self._root_type(operation).fields
        nodes = [node for node in self._fields(operation.selection_set) if node.name.value in fields]
        return [get_argument_values(fields[node.name.value], node, self.variables) for node in nodes]

    def _root_type(self, operation: OperationDefinitionNode) -> GraphQLObjectType:
        root_type = self.schema.get_root_type(operation.operation)
        assert isinstance(root_type, GraphQLObjectType)  # validation has seen to it
        return root_type

    def _root(self, root_type: GraphQLObjectType, node: FieldNode) -> RootField:
        is_card = get_named_type(root_type.fields[node.name.value].type).name == CARD_TYPE
        return RootField(_key(node), node.name.value, is_card)

    def _card(self, node: FieldNode, found: "_Collected", response: tuple[str, ...]) -> None:
        for below in self._fields(node.selection_set):
            name = below.name.value
            if name in SECTION_NAMED:
                found.kinds.add(SECTION_NAMED[name].kind)
                here = (*response, _key(below))
                found.add_section(name, here)
                self._facts(below, found, here, name)
            elif name == "withheld":
                found.asks_withheld = True

    def _facts(self, node: FieldNode, found: "_Collected", response: tuple[str, ...], path: str) -> None:
        for below in self._fields(node.selection_set):
            name = below.name.value
            if name.startswith("__"):
                continue
            at_section = "." not in path and path != PROVENANCE
            fact_path = PROVENANCE if name == PROVENANCE and at_section else f"{path}.{name}"
            here = (*response, _key(below))
            found.add(fact_path, here)
            self._facts(below, found, here, fact_path)

    def _fields(self, selections: SelectionSetNode | None) -> Iterator[FieldNode]:
        """The fields of a selection set, fragments in place, without what @skip and @include leave out."""
        for node in selections.selections if selections else ():
            if node.directives and not self._included(node):
                continue
            if isinstance(node, FieldNode):
                yield node
            elif isinstance(node, InlineFragmentNode):
                yield from self._fields(node.selection_set)
            else:
                yield from self._fields(self.fragments[node.name.value].selection_set)  # type: ignore[attr-defined]  # the third kind of selection is a fragment spread

    def _included(self, node: Any) -> bool:
        skip = get_directive_values(GraphQLSkipDirective, node, self.variables)
        include = get_directive_values(GraphQLIncludeDirective, node, self.variables)
        return not (skip and skip["if"]) and not (include and not include["if"])


class _Collected:
    def __init__(self) -> None:
        self.kinds: set[str] = set()
        self.fact_paths: dict[str, list[tuple[str, ...]]] = {}
        self.sections: dict[str, list[tuple[str, ...]]] = {}
        self.asks_withheld = False

    def add(self, fact_path: str, response: tuple[str, ...]) -> None:
        _note(self.fact_paths, fact_path, response)

    def add_section(self, name: str, response: tuple[str, ...]) -> None:
        _note(self.sections, name, response)

    def selection(self) -> Selection:
        facts = {path: tuple(paths) for path, paths in self.fact_paths.items() if path in declared_paths()}
        sections = {name: tuple(paths) for name, paths in self.sections.items()}
        return Selection(frozenset(self.kinds), facts, sections, self.asks_withheld)


def _note(noted: dict[str, list[tuple[str, ...]]], path: str, response: tuple[str, ...]) -> None:
    places = noted.setdefault(path, [])
    if response not in places:
        places.append(response)


def _key(node: FieldNode) -> str:
    return node.alias.value if node.alias else node.name.value
