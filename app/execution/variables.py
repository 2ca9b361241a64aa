"""The variables of an operation, coerced by functions that are made once for its definitions.

As a program they know only success. A value that does not fit, a default that is to be taken, one value where a list is
asked for: graphql-core coerces it then, and says what is wrong. No input type of the schema holds itself, so a value is
gone into no deeper than its type.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, Final

from graphql import (
    GraphQLError,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    Undefined,
    VariableDefinitionNode,
)
from graphql.execution.get_variable_signature import GraphQLVariableSignature, get_variable_signature
from graphql.execution.values import VariableValues, VariableValueSource, get_variable_values
from graphql.type import is_required_input_field

from app.execution.selected import Unforeseen

ERRORS_MAX: Final = 10
"""How many errors in the values of variables are told at once."""

NO_VARIABLES: Final = VariableValues({}, {})
NOT_GIVEN: Final = object()

Coercion = Callable[[Any], Any]
"""Coerces a value, or raises: `Unforeseen`, or what a scalar raises."""


class Variables:
    """The variables of one operation of a valid document."""

    def __init__(self, schema: GraphQLSchema, defined: Sequence[VariableDefinitionNode]) -> None:
        self._schema, self._defined = schema, defined
        signatures = [get_variable_signature(schema, one) for one in defined]
        self._each = [(one, _coercion(one.type)) for one in signatures if isinstance(one, GraphQLVariableSignature)]

    def coerced(self, given: Mapping[str, Any]) -> VariableValues | list[GraphQLError]:
        """Their values, or what is wrong with them."""
        try:
            return self._at_once(given)
        except Exception:  # of whatever kind: it is met again, and told as the specification says
            return get_variable_values(self._schema, self._defined, dict(given), ERRORS_MAX)

    def _at_once(self, given: Mapping[str, Any]) -> VariableValues:
        sources, values = {}, {}
        for signature, coerce in self._each:
            name = signature.name
            value = given.get(name, NOT_GIVEN)
            if value is not NOT_GIVEN:
                sources[name] = VariableValueSource(signature, value)
                values[name] = coerce(value)
            elif signature.default is not None or isinstance(signature.type, GraphQLNonNull):
                raise Unforeseen
            else:
                sources[name] = VariableValueSource(signature)
        return VariableValues(sources, values)


def _coercion(type_: Any) -> Coercion:
    if isinstance(type_, GraphQLNonNull):
        return _required(_present(type_.of_type))
    present = _present(type_)
    return lambda value: None if value is None else present(value)


def _required(present: Coercion) -> Coercion:
    def coerced(value: Any) -> Any:
        if value is None:
            raise Unforeseen
        return present(value)

    return coerced


def _present(type_: Any) -> Coercion:
    """For a value that is not null."""
    if isinstance(type_, GraphQLList):
        return _of_list(_coercion(type_.of_type))
    return _of_named(type_)


def _of_list(each: Coercion) -> Coercion:
    def coerced(value: Any) -> Any:
        if type(value) is not list:
            raise Unforeseen
        return [each(entry) for entry in value]

    return coerced


@cache
def _of_named(type_: Any) -> Coercion:
    """Named types are the schema's own, and few; a document makes the wrappers around them anew."""
    return _of_object(type_) if isinstance(type_, GraphQLInputObjectType) else _of_leaf(type_)


def _of_object(type_: GraphQLInputObjectType) -> Coercion:
    fields = {name: (field.out_name or name, _coercion(field.type)) for name, field in type_.fields.items()}
    required = frozenset(name for name, field in type_.fields.items() if is_required_input_field(field))
    covered = not type_.is_one_of and all(_has_no_default(field) for field in type_.fields.values())

    def coerced(value: Any) -> Any:
        if not covered or type(value) is not dict or not required <= value.keys():
            raise Unforeseen
        made = {}
        for name, member in value.items():
            out_name, coerce = fields[name]
            made[out_name] = coerce(member)
        return type_.out_type(made)

    return coerced


def _has_no_default(field: Any) -> bool:
    return field.default is None and field.default_value is Undefined


def _of_leaf(type_: Any) -> Coercion:
    if type_.name == "String":
        return _text
    coerce: Coercion = type_.coerce_input_value

    def coerced(value: Any) -> Any:
        made = coerce(value)
        if made is Undefined:
            raise Unforeseen
        return made

    return coerced


def _text(value: Any) -> str:
    if type(value) is not str:
        raise Unforeseen
    return value
