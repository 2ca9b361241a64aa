"""Values for arguments and variables: drawn by the type of their place, written into a document or sent beside it."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    is_required_input_field,
)

Scalars = Mapping[str, Callable[[random.Random], Any]]
"""By name of a scalar: draws one of its values, as JSON has it."""

NUMBERS: Final = (0, 1, 2, 3, 3, 5, 5, 10, 20, 100)
OUT_OF_RANGE: Final = (-1, 101, 1_000_000)
TEXTS: Final = ("", "0", "3", 'æøå "quoted"\n', "bm8gY3Vyc29y", "Query")
ABSENT: Final = object()


def scalars(numbers: tuple[str, ...] = (), texts: tuple[str, ...] = ()) -> dict[str, Callable[[random.Random], Any]]:
    """The scalars of the schema; `numbers` are identity numbers, `texts` (cursors, ids) are drawn beside common ones."""
    some_texts = (*TEXTS, *texts, *texts)

    def number(dice: random.Random) -> int:
        return dice.choice(OUT_OF_RANGE if dice.random() < 0.06 else NUMBERS)

    return {
        "Int": number,
        "Float": lambda dice: dice.choice((0, 1.5, 71.25, -3)),
        "Boolean": lambda dice: dice.random() < 0.6,
        "String": lambda dice: dice.choice(some_texts),
        "ID": lambda dice: dice.choice(some_texts),
        "Date": lambda dice: dice.choice(("2026-06-15", "2026-11-20", "1990-02-28")),
        "DateTime": lambda dice: dice.choice(("2026-06-15T08:00:00Z", "2026-11-20T10:30:00+01:00")),
        "NationalIdentityNumber": lambda dice: dice.choice(numbers or ("17849644092",)),
    }


def value(dice: random.Random, type_: Any, of: Scalars) -> Any:
    """A value that fits a type, as it is sent in variables."""
    if isinstance(type_, GraphQLNonNull):
        return _present(dice, type_.of_type, of)
    return None if dice.random() < 0.1 else _present(dice, type_, of)


def _present(dice: random.Random, type_: Any, of: Scalars) -> Any:
    if isinstance(type_, GraphQLList):
        return [value(dice, type_.of_type, of) for _ in range(dice.randint(0, 2))]
    if isinstance(type_, GraphQLEnumType):
        return EnumName(dice.choice(list(type_.values)))
    if isinstance(type_, GraphQLInputObjectType):
        return _members(dice, type_, of)
    return of[type_.name](dice)


def _members(dice: random.Random, type_: GraphQLInputObjectType, of: Scalars) -> dict[str, Any]:
    if type_.is_one_of:
        name, field = dice.choice(list(type_.fields.items()))
        return {name: _present(dice, field.type, of)}
    chosen = (
        (name, field) for name, field in type_.fields.items() if is_required_input_field(field) or dice.random() < 0.3
    )
    return {name: value(dice, field.type, of) for name, field in chosen}


class EnumName(str):
    """A member of an enum: text in variables, a bare name in a document."""


def literal(value: Any) -> str:
    """A value as it is written in a document."""
    if isinstance(value, EnumName):
        return str(value)
    if isinstance(value, dict):
        return f"{{{', '.join(f'{name}: {literal(inner)}' for name, inner in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(literal, value))}]"
    return orjson.dumps(value).decode()


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of a document. `type`: what it is declared as; `default`: as it is written, None for none."""

    name: str
    type: Any
    default: str | None

    @property
    def declaration(self) -> str:
        return f"${self.name}: {self.type}" + (f" = {self.default}" if self.default is not None else "")

    def draw(self, dice: random.Random, of: Scalars) -> Any:
        """A value to send for it, ABSENT for none; once in a while one that does not fit."""
        if dice.random() < 0.01:
            return {"of": "no type"}
        needed = isinstance(self.type, GraphQLNonNull) and self.default is None
        if not needed and dice.random() < 0.35:
            return ABSENT
        return value(dice, self.type, of)


def declared(dice: random.Random, name: str, place: Any, has_default: bool, of: Scalars) -> Variable:
    """A variable that may stand at a place of this type; `has_default`: the place itself has one.

    It may be stricter than the place, and looser where a default takes the place of what is missing.
    """
    nullable = place.of_type if isinstance(place, GraphQLNonNull) else place
    looser = has_default or not isinstance(place, GraphQLNonNull)
    kind = dice.choice(("strict", "default", "loose") if looser else ("strict", "default"))
    if kind == "strict":
        return Variable(name, GraphQLNonNull(nullable), None)
    if kind == "loose":
        return Variable(name, nullable, None)
    type_ = dice.choice((nullable, GraphQLNonNull(nullable)))
    return Variable(name, type_, literal(_present(dice, nullable, of)))
