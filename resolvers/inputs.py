"""The inputs of commands, made from the same declarations as the outputs. No fact of the card is named here.

What an input does not mention and what it sets to null are two things: the one stays as it is, the other is cleared.
A resolver is given no object of the input's type but what was stated, by Python name, as JSON values: it is what is
stored, and objects would only be taken apart again.
"""

from collections.abc import Callable, Mapping
from datetime import date
from enum import Enum
from functools import cache, partial
from typing import Any, Final

import strawberry
from pydantic import BaseModel

from app.domain.card.declaration import Content, Shape, camel, declared_in, shape_of
from app.domain.card.sections import SECTIONS
from app.domain.described import DescribedEnum
from resolvers.access import graphql_enum
from resolvers.card import describe

SUFFIX: Final = "Input"
KIND_OF_INPUT: Final[Mapping[str, str]] = {
    f"{section.model.__name__}{SUFFIX}": kind for kind, section in SECTIONS.items()
}
"""By GraphQL input type, the section it is the content of."""

Stated = Mapping[str, Any]
"""What an input states, by Python name, as JSON values; None for what is to be cleared."""


@cache
def content_input(model: type[Content]) -> Any:
    """The input type of a declared model. No member is required here: the rules say what must be."""
    members = {
        member.name: (_input_type(member.shape) | None, _field(describe(member.declared)))
        for member in declared_in(model)
    }
    made = _input(model.__name__, members, (model.__doc__ or SECTION_MEANING.get(model.__name__, "")).strip())
    made.__strawberry_definition__.from_input = lambda _type, given, _context: _stated(model, given)
    return made


SECTION_MEANING: Final = {
    section.model.__name__: f"{section.meaning} Norwegian: {section.norwegian}." for section in SECTIONS.values()
}


def _input_type(shape: Shape) -> Any:
    inner = _single(shape)
    return list[inner] if shape.many else inner  # type: ignore[valid-type]  # the type is made at run time


def _single(shape: Shape) -> Any:
    if shape.content is not None:
        return content_input(shape.content)
    if isinstance(shape.type, type) and issubclass(shape.type, DescribedEnum):
        return graphql_enum(shape.type)
    if isinstance(shape.type, type) and issubclass(shape.type, BaseModel):
        return _value_input(shape.type)
    return shape.type


@cache
def _value_input(model: type[BaseModel]) -> Any:
    """The input of a value type: it only makes sense whole, so what it needs is required."""
    members = {
        name: (shape_of(info.annotation).type, strawberry.field(description=info.description))
        if info.is_required()
        else (shape_of(info.annotation).type | None, _field(info.description or ""))
        for name, info in model.model_fields.items()
    }
    return _input(model.__name__, members, (model.__doc__ or "").strip())


def _field(description: str) -> Any:
    return strawberry.field(default=strawberry.UNSET, description=description)


def _input(name: str, members: Mapping[str, tuple[Any, Any]], description: str) -> Any:
    annotations = {member: type_ for member, (type_, _) in members.items()}
    fields = {member: field for member, (_, field) in members.items()}
    made = type(f"{name}{SUFFIX}", (), {"__annotations__": annotations, **fields, "__module__": __name__})
    return strawberry.input(made, description=description)


Reader = Callable[[Any], Any]
"""From a value as GraphQL coerced it, which is not null, to the same as it is stored."""


def _stated(model: type[Content], given: Mapping[str, Any]) -> Stated:
    return {
        name: None if given[said] is None else read(given[said])
        for said, name, read in _readers(model)
        if said in given
    }


@cache
def _readers(model: type[Content]) -> tuple[tuple[str, str, Reader], ...]:
    """The members of an input: their name there, their Python name, how their values are read."""
    return tuple((camel(member.name), member.name, _reader(member.shape)) for member in declared_in(model))


def _reader(shape: Shape) -> Reader:
    read = _single_reader(shape)
    return (lambda entries: [read(entry) for entry in entries]) if shape.many else read


def _single_reader(shape: Shape) -> Reader:
    if shape.content is not None:
        return partial(_stated, shape.content)
    if isinstance(shape.type, type) and issubclass(shape.type, BaseModel):
        return partial(_value, {camel(name): name for name in shape.type.model_fields})
    return _as_json


def _value(names: Mapping[str, str], given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _as_json(given[said]) for said, name in names.items() if said in given}


def _as_json(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, float) and value.is_integer():
        return int(value)  # GraphQL makes 38.0 of 38; a whole number is stored, and exported, as one
    if isinstance(value, date):  # a time is one too
        return value.isoformat()
    return value
