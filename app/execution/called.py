"""The resolver of a command, called by a program as the function it is.

Strawberry's way to a resolver finds out anew for every operation of what type each argument is. Those of commands are
scalars, which graphql-core has coerced already, and contents, which say themselves what is made of them
(`resolvers/inputs.py`). Of what Strawberry tells a resolver those of commands want the operation's context.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLField, GraphQLInputObjectType, GraphQLNonNull, is_leaf_type
from graphql.execution.values import VariableValues, get_argument_values

from app.execution.selected import NotCovered, Selected
from resolvers.context import OperationContext

Read = Callable[[Any], Any]
"""From an argument as graphql-core has coerced it to what the resolver is given."""


@dataclass(frozen=True, slots=True)
class CommandInfo:
    """What the resolver of a command is told."""

    context: OperationContext


class CommandCall:
    """The resolver of one command in a document, with the arguments that it is given there."""

    def __init__(self, root: Selected) -> None:
        """Raises NotCovered for a resolver that is not called so."""
        assert root.definition is not None  # `__typename` is no command
        declared, names = root.declaration, root.python_names
        if declared.base_resolver is None or declared.extensions:
            raise NotCovered(f"{root.name} is not a function alone")
        self._definition: GraphQLField = root.definition
        self._node = root.nodes[0]
        self._resolver: Callable[..., Any] = declared.base_resolver.wrapped_func
        self._arguments = {name: (names[name], _read(each.type)) for name, each in root.definition.args.items()}

    def begin(self, context: OperationContext, variables: VariableValues) -> Any:
        """What the resolver gives. Raises GraphQLError for an argument that cannot be coerced."""
        given = get_argument_values(self._definition, self._node, variables)
        arguments = {}
        for name, value in given.items():
            python_name, read = self._arguments[name]
            arguments[python_name] = value if read is None or value is None else read(value)
        return self._resolver(CommandInfo(context), **arguments)


def _read(type_: Any) -> Read | None:
    """None for what is given as it is. Raises NotCovered."""
    inner = type_.of_type if isinstance(type_, GraphQLNonNull) else type_
    if is_leaf_type(inner):
        return None
    made_of = inner.extensions.get("strawberry-definition") if isinstance(inner, GraphQLInputObjectType) else None
    if made_of is None or made_of.from_input is None:
        raise NotCovered(f"{inner} is made by Strawberry")
    return lambda value: made_of.from_input(made_of.origin, value, None)
