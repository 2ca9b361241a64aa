"""Valid documents over the whole of a schema, drawn at random. Nothing of the schema is listed here: it is walked."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import count
from typing import Any, Final

from graphql import (
    DirectiveLocation,
    GraphQLNonNull,
    GraphQLSchema,
    GraphQLUnionType,
    OperationType,
    SchemaMetaFieldDef,
    TypeMetaFieldDef,
    TypeNameMetaFieldDef,
    get_named_type,
    get_nullable_type,
    is_composite_type,
    is_list_type,
    is_required_argument,
)

from tests.sameness.scopes import Claim, Scope
from tests.sameness.values import ABSENT, Scalars, Variable, declared, literal, value

DEEPEST: Final = 11
"""Levels; the gateway's own limit is a little above."""

DEEPEST_INTROSPECTION: Final = 3
ALIASES: Final = ("a", "b", "c", "class", "None", "self", "_", "__typename", "data", "A1")
"""Short ones meet each other often; some mean something elsewhere."""

TYPENAME: Final = "__typename"
LEAF: Final = 1.0
"""How often a field with nothing below it is drawn, against others."""

AGAIN: Final = 0.3


@dataclass(frozen=True, slots=True)
class Drawn:
    """A document, with the names of its operations by what they do (None: it has no name), and its variables."""

    text: str
    operations: Mapping[OperationType, Sequence[str | None]]
    variables: Sequence[Variable]

    def values(self, dice: random.Random, of: Scalars) -> dict[str, Any]:
        """Values to send for its variables."""
        drawn = ((variable.name, variable.draw(dice, of)) for variable in self.variables)
        return {name: sent for name, sent in drawn if sent is not ABSENT}

    def name_of(self, dice: random.Random, kind: OperationType = OperationType.QUERY) -> str | None:
        """Which operation to run: one of this kind, named where it must be; rarely one that is not there."""
        if dice.random() < 0.01:
            return "NotThere"
        name = dice.choice(self.operations[kind])
        is_alone = sum(map(len, self.operations.values())) == 1
        return None if is_alone and dice.random() < 0.5 else name


def draw(
    schema: GraphQLSchema, dice: random.Random, size: int, of: Scalars, kind: OperationType = OperationType.QUERY
) -> Drawn:
    """A valid document of about `size` fields, with at least one operation of a kind."""
    return _Draft(schema, dice, of).document(size, kind)


@dataclass(slots=True)
class _Fragment:
    name: str
    type: Any
    text: str
    scope: Scope
    needs: "_Needs"


@dataclass(slots=True)
class _Needs:
    """What a selection refers to: variables and fragments by name, those of its fragments included."""

    variables: set[str] = field(default_factory=set)
    fragments: set[str] = field(default_factory=set)

    def add(self, other: "_Needs") -> None:
        self.variables |= other.variables
        self.fragments |= other.fragments


@dataclass(slots=True)
class _Place:
    """Where a selection set is drawn. `above`: types on the way here."""

    type: Any
    scope: Scope
    needs: _Needs
    depth: int = 1
    deepest: int = DEEPEST
    above: tuple[Any, ...] = ()

    def of(self, type_: Any) -> "_Place":
        return replace(self, type=type_)

    def below(self, type_: Any, scope: Scope) -> "_Place":
        return replace(self, type=type_, scope=scope, depth=self.depth + 1, above=(*self.above, type_))


class _Draft:
    def __init__(self, schema: GraphQLSchema, dice: random.Random, of: Scalars) -> None:
        self.schema, self.dice, self.of = schema, dice, of
        self.fragments: dict[str, _Fragment] = {}
        self.variables: dict[str, Variable] = {}
        self.of_place: dict[tuple[str, bool], list[str]] = {}
        self.numbers = count(1)
        self.left = 0

    def chance(self, share: float) -> bool:
        return self.dice.random() < share

    # Operations.

    def document(self, size: int, kind: OperationType) -> Drawn:
        kinds = [kind, *self._more_kinds()]
        is_named = len(kinds) > 1 or self.chance(0.5)
        operations: dict[OperationType, list[str | None]] = {}
        used, texts = _Needs(), []
        for place, one in enumerate(kinds):
            self.left = max(1, size // (1 + place))
            name = f"Operation{place}" if is_named else None
            operations.setdefault(one, []).append(name)
            text, needs = self._operation(one, name)
            texts.append(text)
            used.add(needs)
        texts += [self.fragments[name].text for name in self.fragments if name in used.fragments]
        self.dice.shuffle(texts)
        variables = [variable for name, variable in self.variables.items() if name in used.variables]
        return Drawn("\n".join(texts), operations, variables)

    def _more_kinds(self) -> list[OperationType]:
        if not self.chance(0.2):
            return []
        there = [kind for kind in OperationType if self.schema.get_root_type(kind)]
        return [self.dice.choice(there) for _ in range(self.dice.randint(1, 2))]

    def _operation(self, kind: OperationType, name: str | None) -> tuple[str, _Needs]:
        root = self.schema.get_root_type(kind)
        needs = _Needs()
        place = _Place(root, Scope(), needs)
        if kind is OperationType.QUERY:
            selected = self._selection(place, self.left, 1 if self.chance(0.6) else 3)
        else:  # one root field: one change at a time, one event at a time
            name_of_root = self._any_field(place, max(self.left, 2))
            selected = f"{{ {self._field(place, name_of_root, self.left, plainly=True)} }}"
        variables = ", ".join(self.variables[name].declaration for name in sorted(needs.variables))
        head = f"{kind.value}{f' {name}' if name else ''}{f'({variables})' if variables else ''}"
        return (selected if head == "query" and self.chance(0.5) else f"{head} {selected}"), needs

    # Selections. Each gets a share of the fields that are left, so that documents are wide as well as deep.

    def _selection(self, place: _Place, share: int, wide: int | None = None) -> str:
        end = self.left - share
        wide = wide or len(getattr(place.type, "fields", ())) + 2
        parts: list[str] = []
        while not parts or (self.left > end and len(parts) < wide):
            parts.append(self._one(place, self.dice.randint(1, max(1, self.left - end))))
        return f"{{ {' '.join(parts)} }}"

    def _one(self, place: _Place, share: int) -> str:
        """One selection: a field, or a fragment where there is room for more."""
        dice = self.dice.random()
        is_union = isinstance(place.type, GraphQLUnionType)
        if share > 1 and dice < (0.7 if is_union else 0.13):
            return self._inline(place, share)
        if share > 1 and dice < (0.9 if is_union else 0.26) and (spread := self._spread(place, share)):
            return spread
        if is_union or self.chance(0.05):
            return self._field(place, TYPENAME, share)
        return self._field(place, self._any_field(place, share), share)

    def _any_field(self, place: _Place, share: int) -> str:
        """A field: rather one that is not there yet, rather one with much below it. `__typename` where none will do."""
        if place.type is self.schema.query_type and self.chance(0.02):
            return self.dice.choice(("__schema", "__type"))
        weights = _weights(place.type)
        if share <= 1 or place.depth >= place.deepest:
            weights = {name: weight for name, weight in weights.items() if weight == LEAF}
        elif place.above:
            weights = {name: weight * self._liking(place, name) for name, weight in weights.items()}
        new = {name: weight for name, weight in weights.items() if name not in place.scope.keys}
        chosen = new if new and self.chance(0.85) else weights
        return self.dice.choices(list(chosen), list(chosen.values()))[0] if chosen else TYPENAME

    def _liking(self, place: _Place, name: str) -> float:
        """What goes round in circles is drawn, but more rarely the more rounds there were."""
        if get_named_type(place.type.fields[name].type) not in place.above:
            return 1.0
        return AGAIN ** (1 + len(place.above) - len(set(place.above)))

    def _field(self, place: _Place, name: str, share: int, *, plainly: bool = False) -> str:
        self.left -= 1
        definition = _META.get(name) or place.type.fields[name]
        key, arguments = self._key(place, name, definition, plainly)
        scope = place.scope.claim(key, Claim(place.type, name, arguments, str(definition.type)))
        directives = "" if plainly else self._directives(place, DirectiveLocation.FIELD)
        field_ = f"{_named(key, name)}{arguments}{directives}"
        below = get_named_type(definition.type)
        if not is_composite_type(below):
            return field_
        inside = place.below(below, scope)
        if name in _META:
            inside.deepest = min(place.deepest, place.depth + DEEPEST_INTROSPECTION)
        return f"{field_} {self._selection(inside, share - 1)}"

    def _key(self, place: _Place, name: str, definition: Any, plainly: bool) -> tuple[str, str]:
        """A response key and arguments that go with everything drawn at this place before."""
        before = [
            (key, claim) for key, found in place.scope.keys.items()
            for claim in found.claims if claim.parent is place.type and claim.name == name
        ]  # fmt: skip
        if before and self.chance(0.5):
            key, claim = self.dice.choice(before)
            place.needs.variables.update(_variables_in(claim.arguments, self.variables))
            return key, claim.arguments
        arguments = self._arguments(place, definition)
        claim = Claim(place.type, name, arguments, str(definition.type))
        for key in (name if plainly or self.chance(0.7) else self._alias(place), name):
            if place.scope.allows(key, claim):
                return key, arguments
        return f"alias{next(self.numbers)}", arguments

    def _alias(self, place: _Place) -> str:
        """An alias: a short one, one that is there already, or the name of another field."""
        others = [*place.scope.keys, *getattr(place.type, "fields", ())]
        return self.dice.choice(others) if others and self.chance(0.3) else self.dice.choice(ALIASES)

    # Fragments.

    def _inline(self, place: _Place, share: int) -> str:
        condition = self.dice.choice([None, place.type, *_overlapping(self.schema, place.type)])
        if isinstance(place.type, GraphQLUnionType) and self.chance(0.8):
            condition = self.dice.choice(place.type.types)
        directives = self._directives(place, DirectiveLocation.INLINE_FRAGMENT)
        selected = self._selection(place.of(condition or place.type), share)
        return f"...{f' on {condition}' if condition else ''}{directives} {selected}"

    def _spread(self, place: _Place, share: int) -> str | None:
        """A named fragment, of those there are or a new one; None when it does not go with what is drawn here."""
        types = [place.type, *_overlapping(self.schema, place.type)]
        there = [made for made in self.fragments.values() if made.type in types and self._is_shallow(made, place)]
        made = (
            self.dice.choice(there)
            if there and self.chance(0.6)
            else self._fragment(self.dice.choice(types), place, share)
        )
        if not place.scope.can_take(made.scope):
            return None
        place.scope.take(made.scope)
        place.needs.add(made.needs)
        place.needs.fragments.add(made.name)
        return f"...{made.name}{self._directives(place, DirectiveLocation.FRAGMENT_SPREAD)}"

    def _is_shallow(self, made: _Fragment, place: _Place) -> bool:
        return place.depth + _depth(made.scope) <= place.deepest

    def _fragment(self, type_: Any, place: _Place, share: int) -> _Fragment:
        needs, scope = _Needs(), Scope()
        selected = self._selection(replace(place, type=type_, scope=scope, needs=needs), share)
        name = f"Fragment{next(self.numbers)}"
        made = _Fragment(name, type_, f"fragment {name} on {type_} {selected}", scope, needs)
        self.fragments[name] = made
        return made

    # Arguments and directives.

    def _arguments(self, place: _Place, definition: Any) -> str:
        given = [
            f"{name}: {self._argument(place, argument)}"
            for name, argument in definition.args.items()
            if is_required_argument(argument) or self.chance(0.5)
        ]
        return f"({', '.join(given)})" if given else ""

    def _argument(self, place: _Place, argument: Any) -> str:
        if self.chance(0.5):
            return literal(value(self.dice, argument.type, self.of))
        has_default = not is_required_argument(argument) and isinstance(argument.type, GraphQLNonNull)
        name = self._variable(argument.type, has_default)
        place.needs.variables.add(name)
        return f"${name}"

    def _variable(self, type_: Any, has_default: bool) -> str:
        known = self.of_place.setdefault((str(type_), has_default), [])
        if not known or self.chance(0.3):
            name = f"v{len(self.variables)}"
            self.variables[name] = declared(self.dice, name, type_, has_default, self.of)
            known.append(name)
        return self.dice.choice(known)

    def _directives(self, place: _Place, location: DirectiveLocation) -> str:
        there = [found for found in self.schema.directives if location in found.locations]
        chosen = self.dice.sample(there, k=1 if self.chance(0.85) else len(there)) if self.chance(0.1) else []
        return "".join(f" @{found.name}{self._arguments(place, found)}" for found in chosen)


_META: Final = {
    "__schema": SchemaMetaFieldDef,
    "__type": TypeMetaFieldDef,
    TYPENAME: TypeNameMetaFieldDef,
}


def _named(key: str, name: str) -> str:
    return name if key == name else f"{key}: {name}"


def _variables_in(arguments: str, known: Mapping[str, Variable]) -> Iterator[str]:
    parts = {part.strip(",)}] ") for part in arguments.replace("$", " $").split()}
    return (name for name in known if f"${name}" in parts)


def _depth(scope: Scope) -> int:
    return 1 + max((_depth(key.below) for key in scope.keys.values()), default=0)


def _overlapping(schema: GraphQLSchema, type_: Any) -> list[Any]:
    """Other types that a fragment may be on where this type stands."""
    if isinstance(type_, GraphQLUnionType):
        return list(type_.types)
    return [union for union in _unions(schema) if type_ in union.types]


@cache
def _unions(schema: GraphQLSchema) -> tuple[GraphQLUnionType, ...]:
    return tuple(found for found in schema.type_map.values() if isinstance(found, GraphQLUnionType))


@cache
def _weights(type_: Any) -> dict[str, float]:
    """How often each field of a type is drawn: by how much is below it, a list more rarely."""
    return {name: LEAF + _below(found.type) for name, found in type_.fields.items()}


def _below(type_: Any) -> float:
    one = get_named_type(type_)
    much = len(reachable(one)) ** 0.6 if is_composite_type(one) else 0.0
    return much / 2 if is_list_type(get_nullable_type(type_)) else much


@cache
def reachable(type_: Any) -> frozenset[tuple[str, str]]:
    """Every field of a type and below it, as type and name."""
    found: set[tuple[str, str]] = set()
    to_visit, seen = [type_], {type_}
    while to_visit:
        one = to_visit.pop()
        found |= {(one.name, name) for name in getattr(one, "fields", ())}
        below = {get_named_type(inner.type) for inner in getattr(one, "fields", {}).values()} | set(
            getattr(one, "types", ())
        )
        new = {inner for inner in below if is_composite_type(inner)} - seen
        seen |= new
        to_visit += new
    return frozenset(found)
