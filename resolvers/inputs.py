"""The inputs of commands, made from the same declarations as the outputs. No fact of the card is named here.

What an input does not mention and what it sets to null are two things: the one stays as it is, the other is cleared.
"""

from collections.abc import Mapping
from datetime import date
from enum import Enum
from functools import cache
from typing import Any, Final

import strawberry
from pydantic import BaseModel

from app.domain.card.declaration import Content, Member, Shape, declared_in, shape_of
from app.domain.card.sections import SECTIONS
from app.domain.described import DescribedEnum
from resolvers.access import graphql_enum
from resolvers.card import describe

SUFFIX: Final = "Input"
KIND_OF_INPUT: Final[Mapping[str, str]] = {
    f"{section.model.__name__}{SUFFIX}": kind for kind, section in SECTIONS.items()
}
"""By GraphQL input type, the section it is the content of."""


@cache
def content_input(model: type[Content]) -> Any:
    """The input type of a declared model. No member is required here: the rules say what must be."""
    members = {
        member.name: (_input_type(member.shape) | None, _field(describe(member.declared)))
        for member in declared_in(model)
    }
    return _input(model.__name__, members, (model.__doc__ or SECTION_MEANING.get(model.__name__, "")).strip())


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


def stated(model: type[Content], given: Any) -> dict[str, Any]:
    """What an input states, by Python name, as JSON values; null for what is to be cleared."""
    named = ((member, getattr(given, member.name)) for member in declared_in(model))
    return {member.name: _plain(member, value) for member, value in named if value is not strawberry.UNSET}


def _plain(member: Member, value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(member, entry) for entry in value]
    if value is not None and member.shape.content is not None:
        return stated(member.shape.content, value)
    return _as_json(value, member.shape.type)


def _as_json(value: Any, kind: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, float) and value.is_integer():
        return int(value)  # GraphQL makes 38.0 of 38; a whole number is stored, and exported, as one
    if isinstance(value, date):  # a time is one too
        return value.isoformat()
    if value is not None and isinstance(kind, type) and issubclass(kind, BaseModel):
        named = ((name, getattr(value, name)) for name in kind.model_fields)
        return {name: _as_json(part, None) for name, part in named if part is not strawberry.UNSET}
    return value
