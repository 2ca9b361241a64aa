"""What an operation selects, field by field, as graphql-core itself collects it: fragments in place, same keys merged,
@skip and @include decided."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    FieldNode,
    GraphQLError,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    OperationDefinitionNode,
    get_named_type,
    is_leaf_type,
)
from graphql.execution.collect_fields import FieldDetails, FragmentDetails, collect_fields, collect_subfields
from graphql.execution.values import VariableValues

from app.domain.card.declaration import camel

TYPENAME = "__typename"


class NotCovered(Exception):
    """There is something in it that is left to graphql-core."""


class Unforeseen(Exception):
    """Something other than success; graphql-core will say what."""


@dataclass(frozen=True, slots=True)
class Selected:
    """One selected field.

    key          the name it has in the answer
    definition   None for `__typename`
    below        by the name of the type that a value can have, what is selected of it; nothing for a leaf
    """

    key: str
    name: str
    parent: GraphQLObjectType
    definition: GraphQLField | None
    nodes: tuple[FieldNode, ...]
    below: Mapping[str, tuple["Selected", ...]]

    @property
    def type(self) -> Any:
        assert self.definition is not None  # `__typename` is asked nothing
        return self.definition.type

    @property
    def declaration(self) -> Any:
        """The field as Strawberry has it. Raises NotCovered when it is none of ours."""
        declared = self.definition.extensions.get("strawberry-definition") if self.definition else None
        if declared is None:
            raise NotCovered(f"{self.name} is answered by graphql-core itself")
        return declared

    @property
    def python_names(self) -> dict[str, str]:
        """By the name of an argument, what the field's function calls it."""
        declared = self.declaration.arguments
        return {each.graphql_name or camel(each.python_name): each.python_name for each in declared}


def selected(
    schema: GraphQLSchema,
    operation: OperationDefinitionNode,
    fragments: Mapping[str, FragmentDetails],
    variables: VariableValues,
) -> tuple[Selected, ...]:
    """The root fields with all that is below them. Raises NotCovered."""
    return _Collecting(schema, operation, dict(fragments), variables).roots()


@dataclass(frozen=True, slots=True)
class _Collecting:
    schema: GraphQLSchema
    operation: OperationDefinitionNode
    fragments: dict[str, FragmentDetails]
    variables: VariableValues

    def roots(self) -> tuple[Selected, ...]:
        root_type = self.schema.get_root_type(self.operation.operation)
        assert root_type is not None  # validation has seen to it
        try:
            found = collect_fields(self.schema, self.fragments, self.variables, root_type, self.operation)
            return self._fields(root_type, found.grouped_field_set)
        except (GraphQLError, RecursionError) as error:
            raise NotCovered("its directives are wrong, or it is too deep") from error

    def _fields(self, parent: GraphQLObjectType, grouped: Mapping[str, list[FieldDetails]]) -> tuple[Selected, ...]:
        return tuple(self._field(parent, key, details) for key, details in grouped.items())

    def _field(self, parent: GraphQLObjectType, key: str, details: list[FieldDetails]) -> Selected:
        name = details[0].node.name.value
        nodes = tuple(detail.node for detail in details)
        if any(detail.fragment_variable_values is not None for detail in details):
            raise NotCovered("fragments with variables of their own")
        if name == TYPENAME:
            return Selected(key, name, parent, None, nodes, {})
        definition = parent.fields.get(name)
        if definition is None:
            raise NotCovered(f"{name} is answered by graphql-core itself")
        return Selected(key, name, parent, definition, nodes, dict(self._below(definition, details)))

    def _below(
        self, definition: GraphQLField, details: list[FieldDetails]
    ) -> Iterator[tuple[str, tuple[Selected, ...]]]:
        type_ = get_named_type(definition.type)
        if is_leaf_type(type_):
            return
        members = self.schema.get_possible_types(type_) if isinstance(type_, GraphQLUnionType) else [type_]
        for member in members:
            if not isinstance(member, GraphQLObjectType):
                raise NotCovered("an interface")
            found = collect_subfields(self.schema, self.fragments, self.variables, self.operation, member, details)
            yield member.name, self._fields(member, found.grouped_field_set)
