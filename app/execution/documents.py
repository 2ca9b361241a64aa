"""Documents: parsed, checked against the limits and validated once per view, then kept.

Everything kept is keyed by the view, so what one kind of caller may ask never answers for another. The registered
documents (`app/execution/trusted.py`) are read at start-up and stay; of all others those that were seen lately.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from graphql import (
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    Visitor,
    parse,
    validate,
    visit,
)
from graphql.execution.collect_fields import FragmentDetails
from graphql.execution.values import VariableValues

from app.domain.viewer import CallerKind
from app.execution.cost import Costs
from app.execution.variables import NO_VARIABLES, Variables
from resolvers import limits
from resolvers.errors import PARSE_FAILED, coded, request_error
from resolvers.views import view_for


@dataclass(frozen=True, slots=True)
class Document:
    """A valid document, or the errors that say why it is none.

    kind         whose view it is valid in
    fragments    as graphql-core wants them
    conditions   the variables that @skip and @include depend on
    costs        what its operations cost, by estimate
    """

    kind: CallerKind
    hash: str
    tree: DocumentNode | None
    operations: dict[str | None, OperationDefinitionNode]
    errors: tuple[GraphQLError, ...] = ()
    fragments: Mapping[str, FragmentDetails] = field(default_factory=dict)
    conditions: tuple[str, ...] = ()
    costs: Costs | None = None
    _variables: dict[str | None, Variables] = field(default_factory=dict)

    def coerced(self, operation_name: str | None, given: Mapping[str, Any]) -> VariableValues | list[GraphQLError]:
        """The variables of one of its operations, or what is wrong with them. Raises KeyError for no operation."""
        defined = self.operations[operation_name].variable_definitions
        if not defined:
            return NO_VARIABLES
        found = self._variables.get(operation_name)
        if found is None:
            found = self._variables[operation_name] = Variables(view_for(self.kind).graphql, defined)
        return found.coerced(given)


class Documents:
    """The prepared documents, which stay, and those seen lately, bounded; the least recently used leaves first."""

    def __init__(self, *, hide_suggestions: bool) -> None:
        self._prepared: dict[tuple[CallerKind, str], Document] = {}
        self._kept: OrderedDict[tuple[CallerKind, str], Document] = OrderedDict()
        self._characters = 0
        self.tells_names = not hide_suggestions
        """Whether an error may name what the client has not named: in suggestions, in types that do not fit."""

    def get(self, kind: CallerKind, text: str) -> Document:
        """The document of a text in a kind of caller's view."""
        key = (kind, text)
        prepared = self._prepared.get(key)
        if prepared is not None:
            return prepared
        found = self._kept.get(key)
        if found is None:
            found = self._kept[key] = self._read(kind, text)
            self._characters += len(text)
            self._forget_old()
        else:
            self._kept.move_to_end(key)
        return found

    def prepare(self, text: str) -> bool:
        """Read a document now and keep it for good, for every kind of caller for whom it is valid.

        Returns whether there is any.
        """
        valid = {kind: document for kind, document in read_for_all(text).items() if not document.errors}
        self._prepared.update({(kind, text): document for kind, document in valid.items()})
        return bool(valid)

    def prepared(self) -> Iterator[tuple[CallerKind, Document]]:
        """The documents that stay, with the kind of caller each is valid for: what else can be worked out ahead of the
        first request is worked out for these."""
        for (kind, _), document in self._prepared.items():
            yield kind, document

    def _forget_old(self) -> None:
        while len(self._kept) > limits.DOCUMENT_CACHE_SIZE or self._characters > limits.DOCUMENT_CACHE_MAX_CHARACTERS:
            (_, text), _ = self._kept.popitem(last=False)
            self._characters -= len(text)

    def _read(self, kind: CallerKind, text: str) -> Document:
        tree, errors = _within_limits(text)
        return _document(kind, text, tree, errors, tells_names=self.tells_names)


@cache
def read_for_all(text: str) -> Mapping[CallerKind, Document]:
    """A registered document as it is for each kind of caller: valid, or with the first that is wrong there.

    Kept for as long as the process lives, so for texts from the project's or the operator's own files only.
    """
    tree, errors = _within_limits(text)
    return {kind: _document(kind, text, tree, errors, tells_names=False, max_errors=1) for kind in CallerKind}


def _within_limits(text: str) -> tuple[DocumentNode | None, list[GraphQLError]]:
    """The parsed text, and what is wrong with it whoever sends it."""
    tree, errors = _parsed(text)
    return tree, errors or (_beyond_limits(tree) if tree else [])


def _document(
    kind: CallerKind,
    text: str,
    tree: DocumentNode | None,
    errors: list[GraphQLError],
    *,
    tells_names: bool,
    max_errors: int = limits.VALIDATION_MAX_ERRORS,
) -> Document:
    digest = sha256_of(text)
    if tree is not None and not errors:
        found = validate(view_for(kind).graphql, tree, max_errors=max_errors, hide_suggestions=not tells_names)
        errors = [coded(error, "GRAPHQL_VALIDATION_FAILED", tells_names=tells_names) for error in found]
    if tree is None or errors:
        return Document(kind, digest, None, {}, tuple(errors))
    conditions = _conditions(tree) if "@" in text else ()
    costs = Costs(view_for(kind).graphql, tree)
    return Document(kind, digest, tree, _operations(tree), (), _fragments(tree), conditions, costs)


def sha256_of(text: str) -> str:
    """The hash that a document is known by, of its text in UTF-8, in lower-case hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def _parsed(text: str) -> tuple[DocumentNode | None, list[GraphQLError]]:
    try:
        tree = parse(text, max_tokens=limits.DOCUMENT_MAX_TOKENS, allow_empty_selection_sets=False)
    except RecursionError:
        return None, [_aborted(too_many_tokens=False)]
    except GraphQLError as error:
        if "Parsing aborted" in error.message:  # the parser's own limits have no code of their own
            return None, [_aborted("tokens" in error.message)]
        return None, [coded(error, PARSE_FAILED)]
    return tree, []


def _aborted(too_many_tokens: bool) -> GraphQLError:
    if too_many_tokens:
        return request_error("DOCUMENT_TOO_LARGE", f"At most {limits.DOCUMENT_MAX_TOKENS} tokens.")
    return request_error("DOCUMENT_TOO_DEEP", f"At most {limits.DOCUMENT_MAX_DEPTH} levels.")


def _fragments(tree: DocumentNode) -> dict[str, FragmentDetails]:
    found = (node for node in tree.definitions if isinstance(node, FragmentDefinitionNode))
    return {node.name.value: FragmentDetails(node) for node in found}


def _conditions(tree: DocumentNode) -> tuple[str, ...]:
    conditions = _Conditions()
    visit(tree, conditions)
    return tuple(sorted(conditions.names))


class _Conditions(Visitor):
    """Gathers the variables in directives."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def enter_directive(self, node: DirectiveNode, *_: Any) -> None:
        values = (argument.value for argument in node.arguments or ())
        self.names |= {value.name.value for value in values if isinstance(value, VariableNode)}


def _operations(tree: DocumentNode) -> dict[str | None, OperationDefinitionNode]:
    found = [node for node in tree.definitions if isinstance(node, OperationDefinitionNode)]
    named: dict[str | None, OperationDefinitionNode] = {node.name.value: node for node in found if node.name}
    if len(found) == 1:
        named[None] = found[0]
    return named


def _beyond_limits(tree: DocumentNode) -> list[GraphQLError]:
    fragments = {node.name.value: node for node in tree.definitions if isinstance(node, FragmentDefinitionNode)}
    for node in tree.definitions:
        if isinstance(node, OperationDefinitionNode):
            size = _Size(fragments)
            size.add(node.selection_set, 1)
            if size.problem:
                return [request_error(*size.problem)]
            if len(node.selection_set.selections) > limits.ROOT_FIELDS_MAX:
                return [request_error("TOO_MANY_ROOT_FIELDS", f"At most {limits.ROOT_FIELDS_MAX} root fields.")]
    return []


class _Size:
    """Counts an operation as it unfolds, fragments in place, and stops as soon as a limit is passed."""

    def __init__(self, fragments: dict[str, FragmentDefinitionNode]) -> None:
        self.fragments = fragments
        self.aliases = self.directives = self.fields = 0
        self.unfolding: list[str] = []
        self.problem: tuple[str, str] | None = None

    def add(self, selections: SelectionSetNode | None, depth: int) -> None:
        if selections is None or self.problem:
            return
        if depth > limits.DOCUMENT_MAX_DEPTH:
            self.problem = ("DOCUMENT_TOO_DEEP", f"At most {limits.DOCUMENT_MAX_DEPTH} levels.")
            return
        for node in selections.selections:
            self._count(node)
            if self.problem:
                return
            self._below(node, depth)

    def _count(self, node: Any) -> None:
        self.fields += 1
        self.aliases += isinstance(node, FieldNode) and node.alias is not None
        self.directives += len(node.directives or ())
        if self.aliases > limits.DOCUMENT_MAX_ALIASES:
            self.problem = ("TOO_MANY_ALIASES", f"At most {limits.DOCUMENT_MAX_ALIASES} aliases.")
        elif self.directives > limits.DOCUMENT_MAX_DIRECTIVES:
            self.problem = ("TOO_MANY_DIRECTIVES", f"At most {limits.DOCUMENT_MAX_DIRECTIVES} directives.")
        elif self.fields > limits.DOCUMENT_MAX_TOKENS:
            self.problem = ("DOCUMENT_TOO_LARGE", "The document selects too many fields.")

    def _below(self, node: Any, depth: int) -> None:
        if isinstance(node, FieldNode):
            self.add(node.selection_set, depth + 1)
        elif isinstance(node, InlineFragmentNode):
            self.add(node.selection_set, depth)
        elif isinstance(node, FragmentSpreadNode):
            self._unfold(node.name.value, depth)

    def _unfold(self, name: str, depth: int) -> None:
        """A fragment in its place. An unknown one, or one inside itself, is for validation to report."""
        if name in self.fragments and name not in self.unfolding:
            self.unfolding.append(name)
            self.add(self.fragments[name].selection_set, depth)
            self.unfolding.pop()
