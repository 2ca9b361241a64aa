"""What an operation costs: how many objects and leaves its answer holds, estimated before anything is read.

The estimate comes from the document and the page sizes in its variables alone, so it tells nothing about what is
stored. It is worked out once for an operation and each outcome of its @skip and @include, and kept with the document.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import prod
from typing import Any, Final

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLField,
    GraphQLIncludeDirective,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    GraphQLSkipDirective,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    is_composite_type,
)
from graphql.execution.values import VariableValues, get_directive_values

from resolvers import limits
from resolvers.access import usual_items
from resolvers.errors import request_error

PAGE_SIZE: Final = "first"
"""The argument that says how many items a list, or the list in a connection, gives."""


@dataclass(frozen=True, slots=True)
class PageVariable:
    """A page size that comes with the request. `default`: what holds when it does not come."""

    name: str
    default: int


Size = int | PageVariable
Pages = tuple[PageVariable, ...]


@dataclass(frozen=True, slots=True)
class Estimate:
    """The values of an answer: so many in any case, and so many for each item of pages sized by variables."""

    fixed: int
    paged: tuple[tuple[Pages, int], ...] = ()

    def at(self, variables: Mapping[str, Any]) -> int:
        """The estimate for one request's variables."""
        if not self.paged:
            return self.fixed
        return self.fixed + sum(each * prod(_chosen(page, variables) for page in pages) for pages, each in self.paged)


def _chosen(page: PageVariable, variables: Mapping[str, Any]) -> int:
    given = variables.get(page.name)
    return page.default if given is None else _page_size(given)


def _page_size(asked: int) -> int:
    """A page size that is not possible is refused where the page is made; here it counts as the nearest that is."""
    return min(max(asked, 0), limits.PAGE_SIZE_MAX)


class Costs:
    """The estimates of one document's operations. `conditions`: the variables its @skip and @include look at."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode) -> None:
        self._schema, self._document = schema, document
        self.conditions = tuple(sorted(set(_conditions(document))))
        self._kept: dict[Any, Estimate] = {}

    def of(self, operation: OperationDefinitionNode, variables: VariableValues) -> int:
        """How many objects and leaves the answer holds, as far as can be said before it is made."""
        values = variables.coerced
        key: Any = operation.name and operation.name.value
        if self.conditions:
            key = (key, *(values.get(name) for name in self.conditions))
        kept = self._kept.get(key)
        if kept is None:
            kept = _Walk(self._schema, self._document, variables).estimate(operation)
            if len(self._kept) < limits.DOCUMENT_OUTCOMES_KEPT:
                self._kept[key] = kept
        return kept.at(values)

    def refusal(self, operation: OperationDefinitionNode, variables: VariableValues) -> GraphQLError | None:
        """Why an operation is not run; None when it is."""
        estimated = self.of(operation, variables)
        if estimated <= limits.COST_MAX:
            return None
        message = "This asks for too much at once; ask for less, or for smaller pages."
        return request_error("COST_TOO_HIGH", message, estimated=estimated, maximum=limits.COST_MAX)

    def told(self, operation: OperationDefinitionNode, variables: VariableValues, data: Any) -> dict[str, int]:
        """What `extensions.cost` of an answer says."""
        return {"estimated": self.of(operation, variables), "actual": actual(data), "maximum": limits.COST_MAX}


def actual(data: Any) -> int:
    """The objects and leaves of an answer's data, nulls among them; of nothing but what was given."""
    found, waiting = 0, [*data.values()] if data else []
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting += value
            continue
        found += 1
        if isinstance(value, dict):
            waiting += value.values()
    return found


def _conditions(node: Any) -> Iterator[str]:
    """The variables that @skip and @include of a document look at."""
    if isinstance(node, DocumentNode):
        for definition in node.definitions:
            yield from _conditions(definition)
        return
    for directive in node.directives or ():
        if directive.name.value in (GraphQLSkipDirective.name, GraphQLIncludeDirective.name):
            values = (argument.value for argument in directive.arguments or ())
            yield from (value.name.value for value in values if isinstance(value, VariableNode))
    below = getattr(node, "selection_set", None)
    for selection in below.selections if below else ():
        yield from _conditions(selection)


class _Walk:
    """Adds up an operation as it unfolds, fragments in place. What is asked for twice counts twice, and what is asked
    for of each of several types counts for all of them: it is the document that is paid for.

    Introspection is not counted: it reads no store, and validation bounds its depth.
    """

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, variables: VariableValues) -> None:
        self._schema, self._variables = schema, variables
        nodes = (node for node in document.definitions if isinstance(node, FragmentDefinitionNode))
        self._fragments = {node.name.value: node for node in nodes}
        self._found: Counter[Pages] = Counter()

    def estimate(self, operation: OperationDefinitionNode) -> Estimate:
        self._add(self._schema.get_root_type(operation.operation), operation.selection_set, 1, (), None)
        fixed = self._found.pop((), 0)
        return Estimate(fixed, tuple(self._found.items()))

    def _add(self, parent: Any, selections: SelectionSetNode, times: int, pages: Pages, page: Size | None) -> None:
        """Add a selection set that is answered `times` times the product of `pages`. `page`: the size of its lists."""
        for node in selections.selections:
            if node.directives and not self._is_included(node):
                continue
            if isinstance(node, FieldNode):
                self._add_field(parent, node, times, pages, page)
                continue
            inner: Any = node if isinstance(node, InlineFragmentNode) else self._fragments[node.name.value]  # type: ignore[attr-defined]  # the third kind of selection is a fragment spread
            condition = inner.type_condition
            narrowed = self._schema.type_map[condition.name.value] if condition else parent
            self._add(narrowed, inner.selection_set, times, pages, page)

    def _add_field(self, parent: Any, node: FieldNode, times: int, pages: Pages, page: Size | None) -> None:
        name = node.name.value
        if name.startswith("__"):
            self._found[pages] += times
            return
        field = parent.fields[name]
        asked = _asked_page(field, node)
        if _is_list(field.type):
            size = next((given for given in (asked, page) if given is not None), usual_items(field))
            times, pages = (times, (*pages, size)) if isinstance(size, PageVariable) else (times * size, pages)
            asked = None
        self._found[pages] += times
        type_ = get_named_type(field.type)
        if is_composite_type(type_) and node.selection_set:
            self._add(type_, node.selection_set, times, pages, asked)

    def _is_included(self, node: Any) -> bool:
        skip = get_directive_values(GraphQLSkipDirective, node, self._variables)
        include = get_directive_values(GraphQLIncludeDirective, node, self._variables)
        return not (skip and skip["if"]) and not (include and not include["if"])


def _asked_page(field: GraphQLField, node: FieldNode) -> Size | None:
    """How many items a field is asked for; None when that is not its to say."""
    if PAGE_SIZE not in field.args:
        return None
    default = field.args[PAGE_SIZE].default_value
    usual = default if isinstance(default, int) else limits.PAGE_SIZE_DEFAULT
    given = next((one.value for one in node.arguments or () if one.name.value == PAGE_SIZE), None)
    if isinstance(given, VariableNode):
        return PageVariable(given.name.value, usual)
    return _page_size(int(given.value)) if isinstance(given, IntValueNode) else usual


def _is_list(type_: Any) -> bool:
    return isinstance(type_.of_type if isinstance(type_, GraphQLNonNull) else type_, GraphQLList)
