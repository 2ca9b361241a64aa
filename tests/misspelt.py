"""Documents and variables in which every name of a schema is misspelt, one kind of name after the other."""

from collections import deque
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    is_composite_type,
    is_required_argument,
)

AT_ONCE = 16
"""Fewer than the errors of one answer."""

Path = tuple[str, ...]


def slip(name: str) -> str:
    """A slip of the pen that graphql-core would put right."""
    return name + "x" if len(name) < 4 or name[-1] == name[-2] else name[:-2] + name[-1] + name[-2]


def slips(names: Iterable[str]) -> Iterator[str]:
    """Of each name one that is no name."""
    names = set(names)
    return (wrong for name in sorted(names) if (wrong := slip(name)) not in names)


def in_batches(names: Iterable[str]) -> Iterator[list[str]]:
    left = iter(names)
    while batch := list(islice(left, AT_ONCE)):
        yield batch


def documents(schema: GraphQLSchema) -> Iterator[str]:
    """Documents wrong in every field, argument, type and directive, and in what inputs and enums hold, as literals."""
    for path, type_ in reached(schema):
        wrong = [*slips(type_.fields), *wrong_selections(type_)]
        for batch in in_batches(wrong):
            yield wrapped(path, " ".join(f"a{place}: {one}" for place, one in enumerate(batch)))
    for batch in in_batches(slips(name for name in schema.type_map if not name.startswith("__"))):
        yield "query(" + " ".join(f"$v{place}: {name}" for place, name in enumerate(batch)) + ") { __typename }"
        yield "{ " + " ".join(f"... on {name} {{ __typename }}" for name in batch) + " }"
    for directive in schema.directives:
        yield f"{{ __typename @{slip(directive.name)} }}"
        yield from (f"{{ __typename @{directive.name}({name}: 1) }}" for name in slips(directive.args))
    for root, name, argument, value in wrong_arguments(schema):
        yield f"{root} {{ {name}({argument}: {literal(value)}) {{ __typename }} }}"


def wrong_selections(type_: GraphQLObjectType) -> Iterator[str]:
    """Fields without the selection they need or with one they cannot have; arguments misspelt and left out."""
    for name, field in type_.fields.items():
        below = " { __typename }" if is_composite_type(get_named_type(field.type)) else ""
        yield name if below else name + " { x }"
        yield from (f"{name}({argument}: 1){below}" for argument in slips(field.args))
        if any(map(is_required_argument, field.args.values())):
            yield name + below


def variables(schema: GraphQLSchema) -> Iterator[tuple[str, str, Any]]:
    """Documents that are right, the name of their variable, and a value with a misspelling in it."""
    for root, name, argument, value in wrong_arguments(schema):
        field = root_fields(schema, root)[name]
        needed = {other: found.type for other, found in field.args.items() if isinstance(found.type, GraphQLNonNull)}
        declared = " ".join(
            f"${other}: {type_}" for other, type_ in (needed | {argument: field.args[argument].type}).items()
        )
        passed = " ".join(f"{other}: ${other}" for other in {**needed, argument: None})
        below = " { __typename }" if is_composite_type(get_named_type(field.type)) else ""
        yield f"{root}({declared}) {{ {name}({passed}){below} }}", argument, value


def wrong_arguments(schema: GraphQLSchema) -> Iterator[tuple[str, str, str, Any]]:
    """Root type, root field, argument and a value of it; each input and each enum once."""
    seen: set[str] = set()
    for root in ("query", "mutation", "subscription"):
        for name, field in root_fields(schema, root).items():
            for argument, declared in field.args.items():
                for value in wrong_values(declared.type, seen):
                    yield root, name, argument, value


def wrong_values(type_: Any, seen: set[str]) -> Iterator[Any]:
    """Values of a type with a misspelt member or enum value, however deep in it."""
    named = get_named_type(type_)
    if named.name in seen:
        return
    seen.add(named.name)
    if isinstance(named, GraphQLEnumType):
        yield from (wrapped_value(type_, EnumValue(wrong)) for wrong in slips(named.values))
    elif isinstance(named, GraphQLInputObjectType):
        yield from (wrapped_value(type_, dict.fromkeys(batch, 1)) for batch in in_batches(slips(named.fields)))
        yield wrapped_value(type_, {})
        for name, member in named.fields.items():
            yield from (wrapped_value(type_, {name: value}) for value in wrong_values(member.type, seen))


class EnumValue(str):
    """Written without quotes in a document."""

    __slots__ = ()


def wrapped_value(type_: Any, value: Any) -> Any:
    if isinstance(type_, GraphQLNonNull):
        return wrapped_value(type_.of_type, value)
    return [wrapped_value(type_.of_type, value)] if isinstance(type_, GraphQLList) else value


def literal(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + " ".join(f"{name}: {literal(member)}" for name, member in value.items()) + "}"
    return f"[{literal(value[0])}]" if isinstance(value, list) else str(value)


def root_fields(schema: GraphQLSchema, root: str) -> dict[str, GraphQLField]:
    found = {"query": schema.query_type, "mutation": schema.mutation_type, "subscription": schema.subscription_type}[
        root
    ]
    return found.fields if found else {}


def reached(schema: GraphQLSchema) -> Iterator[tuple[Path, GraphQLObjectType]]:
    """Every object type once, with the shortest way to it: what to write, from the outside in."""
    roots = {"query": schema.query_type, "mutation": schema.mutation_type, "subscription": schema.subscription_type}
    waiting = deque(((word,), type_) for word, type_ in roots.items() if type_)
    seen = {type_.name for _, type_ in waiting}
    while waiting:
        path, type_ = waiting.popleft()
        yield path, type_
        for name, field in type_.fields.items():
            gives = get_named_type(field.type)
            union = gives.types if isinstance(gives, GraphQLUnionType) else ()
            below = [((*path, name), gives)] if isinstance(gives, GraphQLObjectType) else []
            below += [((*path, name, f"... on {member.name}"), member) for member in union]
            for way, found in below:
                if found.name not in seen:
                    seen.add(found.name)
                    waiting.append((way, found))


def wrapped(path: Path, inside: str) -> str:
    return " { ".join(path) + " { " + inside + " }" * len(path)
