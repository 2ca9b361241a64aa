"""The schema, whole and as each kind of caller sees it.

What a kind of caller can never read is not in its view: asking for it is a validation error like any other unknown
name, without a suggestion, and introspection does not show it. Views are made once, at start-up, for every policy that
was adopted (`app/domain/contract.py`).
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

import strawberry
from graphql import (
    GraphQLArgument,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
)
from strawberry.schema.config import StrawberryConfig

from app.domain import contract
from app.domain.card.declaration import Section, camel
from app.domain.card.provenance import Author
from app.domain.card.sections import SECTION_NAMED, SECTIONS
from app.domain.history import HISTORY, PROVENANCE_OF_VERSION
from app.domain.policy import PROVENANCE, declared_paths
from app.domain.viewer import CALLER_KIND_OF, CallerKind, Role
from resolvers.access import concerns_anybody, exists_for
from resolvers.changes import AUTHOR_PATH, Subscription
from resolvers.inputs import KIND_OF_INPUT
from resolvers.mutation import Mutation
from resolvers.planned import PlannedExecutor
from resolvers.query import Query
from resolvers.results import TYPENAME
from resolvers.scalars import SCALARS

CARD_TYPE: Final = "MaternityRecord"
WITHHELD_TYPE: Final = "WithheldFact"
LINE_TYPE: Final = "CaseloadLine"
SECTION_OF_TYPE: Final[Mapping[str, Section]] = {section.model.__name__: section for section in SECTIONS.values()}
"""By GraphQL type: the section it is the content of. What is below such a type are facts, wherever it is met."""

AUTHOR_TYPE: Final = Author.__name__
FACT_OF_VERSION: Final = {camel(name): f"{PROVENANCE}.{camel(fact)}" for name, fact in PROVENANCE_OF_VERSION.items()}
"""By field of a version: the fact of the provenance it gives."""

VERSION_TYPES: Final = frozenset(f"{name}Version" for name in SECTION_OF_TYPE)
PATIENT_ARGUMENT: Final = "patient"


def read_member(source: Any, name: str) -> Any:
    """Members of stored documents by key, of everything else by attribute."""
    return source.get(name) if type(source) is dict else getattr(source, name)


def _config() -> StrawberryConfig:
    return StrawberryConfig(default_resolver=read_member, scalar_map=SCALARS)


class View(strawberry.Schema):
    """The schema of one kind of caller; with no kind, everything that any kind can see."""

    def __init__(self, kind: CallerKind | None) -> None:
        super().__init__(Query, Mutation, Subscription, config=_config(), execution_context_class=PlannedExecutor)
        self.kind = kind
        self._schema = _Narrowing(self._schema, kind).schema()

    @property
    def graphql(self) -> GraphQLSchema:
        """The graphql-core schema, for parsing, validating and executing."""
        return self._schema


@cache
def view_for(kind: CallerKind | None) -> View:
    """The one View of a kind of caller."""
    return View(kind)


@cache
def printed(kind: CallerKind | None = None) -> str:
    """The schema as text; of one kind of caller, or whole as in `schema.graphql`."""
    return _LONG_LIST.sub(lambda found: f"[{', '.join(found[1].split())}]", view_for(kind).as_str()) + "\n"


_LONG_LIST: Final = re.compile(r"\[\n([A-Z_\s]+)\n\]")
"""graphql-core breaks lists longer than a line and loses the indent; the contract has one field on one line."""


class _Narrowing:
    """Copies a schema without what a kind of caller can never read."""

    def __init__(self, whole: GraphQLSchema, kind: CallerKind | None) -> None:
        self.whole, self.kind = whole, kind
        self.readable = _readable_paths(kind)
        self.types: dict[str, GraphQLNamedType] = {}

    def schema(self) -> GraphQLSchema:
        arguments = self.whole.to_kwargs()
        arguments["query"] = self._object(self.whole.query_type)
        arguments["mutation"] = self._root(self.whole.mutation_type)
        arguments["subscription"] = self._root(self.whole.subscription_type)
        arguments["types"] = None
        return GraphQLSchema(**arguments)

    def _root(self, original: GraphQLObjectType | None) -> GraphQLObjectType | None:
        """A root type, where this kind of caller has any of its fields."""
        narrowed = self._object(original) if original else None
        return narrowed if narrowed and narrowed.fields else None

    def _object(self, original: Any, path: str | None = None) -> GraphQLObjectType:
        key, section = original.name, SECTION_OF_TYPE.get(original.name)
        path = section.graphql_name if section else path
        if key not in self.types:
            arguments = original.to_kwargs()
            arguments["fields"] = lambda: self._fields(original, path)
            self.types[key] = GraphQLObjectType(**arguments)
        made = self.types[key]
        assert isinstance(made, GraphQLObjectType)
        return made

    def _fields(self, original: GraphQLObjectType, path: str | None) -> dict[str, GraphQLField]:
        kept = {}
        for name, field in original.fields.items():
            below = _path_below(original.name, path, name, get_named_type(field.type).name)
            if self._exists(field, below):
                kept[name] = self._field(field, below)
        return kept

    def _exists(self, field: GraphQLField, path: str | None) -> bool:
        declaration = field.extensions.get("strawberry-definition")
        if declaration is not None and self.kind is not None and not exists_for(declaration, self.kind):
            return False
        return path is None or any(readable == path or readable.startswith(path + ".") for readable in self.readable)

    def _field(self, field: GraphQLField, path: str | None) -> GraphQLField:
        arguments = field.to_kwargs()
        arguments["type_"] = self._retyped(field.type, path)
        declaration = field.extensions.get("strawberry-definition")
        anybody = declaration is not None and concerns_anybody(declaration)
        arguments["args"] = self._arguments(field.args, anybody)
        return GraphQLField(**arguments)

    def _arguments(self, arguments: dict[str, GraphQLArgument], anybody: bool) -> dict[str, GraphQLArgument]:
        """A citizen names no patient: hers is in her token. Everybody else must name one, but where it concerns
        anybody."""
        kept = {name: self._argument(argument) for name, argument in arguments.items()}
        if self.kind is None:
            return kept
        if PATIENT_ARGUMENT in kept and self.kind in (CallerKind.CITIZEN, CallerKind.REPRESENTATIVE):
            del kept[PATIENT_ARGUMENT]
        elif PATIENT_ARGUMENT in kept and not anybody and not isinstance(kept[PATIENT_ARGUMENT].type, GraphQLNonNull):
            narrowed = kept[PATIENT_ARGUMENT].to_kwargs()
            narrowed["type_"] = GraphQLNonNull(kept[PATIENT_ARGUMENT].type)
            narrowed.pop("default_value", None)
            kept[PATIENT_ARGUMENT] = GraphQLArgument(**narrowed)
        return kept

    def _argument(self, argument: GraphQLArgument) -> GraphQLArgument:
        narrowed = self._input(argument.type)
        return argument if narrowed is argument.type else GraphQLArgument(**{**argument.to_kwargs(), "type_": narrowed})

    def _retyped(self, type_: Any, path: str | None) -> Any:
        if isinstance(type_, GraphQLNonNull):
            return GraphQLNonNull(self._retyped(type_.of_type, path))
        if isinstance(type_, GraphQLList):
            return GraphQLList(self._retyped(type_.of_type, path))
        if isinstance(type_, GraphQLUnionType):
            return self._union(type_)
        return self._object(type_, path) if isinstance(type_, GraphQLObjectType) else type_

    def _union(self, original: GraphQLUnionType) -> GraphQLUnionType:
        if original.name not in self.types:
            arguments = original.to_kwargs()
            arguments["types"] = tuple(self._object(member) for member in original.types if self._shows(member))
            arguments["resolve_type"] = lambda value, _info, _type: value[TYPENAME]
            self.types[original.name] = GraphQLUnionType(**arguments)
        made = self.types[original.name]
        assert isinstance(made, GraphQLUnionType)
        return made

    def _shows(self, member: GraphQLObjectType) -> bool:
        """Whether this kind of caller ever reads anything of a type."""
        section = SECTION_OF_TYPE.get(member.name)
        return section is None or any(readable.startswith(f"{section.graphql_name}.") for readable in self.readable)

    def _input(self, original: Any) -> Any:
        """The inputs of what a kind of caller may write of a section in part only."""
        if isinstance(original, GraphQLNonNull):
            return GraphQLNonNull(self._input(original.of_type))
        facts = self._facts_written(original)
        if facts is None:
            return original
        if original.name not in self.types:
            arguments = original.to_kwargs()
            arguments["fields"] = {name: field for name, field in original.fields.items() if name in facts}
            self.types[original.name] = GraphQLInputObjectType(**arguments)
        return self.types[original.name]

    def _facts_written(self, original: Any) -> frozenset[str] | None:
        """By their GraphQL name, the only members of an input that this kind of caller may ever state; None: all."""
        kind = KIND_OF_INPUT.get(original.name) if isinstance(original, GraphQLInputObjectType) else None
        if kind is None or self.kind is not CallerKind.CITIZEN:
            return None
        facts = contract.stated_by(Role.CITIZEN, kind)
        return None if facts is None else frozenset(map(camel, facts))


def _path_below(type_name: str, path: str | None, field_name: str, gives: str) -> str | None:
    """Path of the fact (or container of facts) a field gives; None outside of the card's facts."""
    if gives in SECTION_OF_TYPE:
        return SECTION_OF_TYPE[gives].graphql_name
    if type_name in VERSION_TYPES:
        return FACT_OF_VERSION.get(field_name, path)
    if path is None:
        return AUTHOR_PATH if gives == AUTHOR_TYPE else None
    if field_name == HISTORY and type_name in SECTION_OF_TYPE:
        return path
    if field_name == PROVENANCE and path in SECTION_NAMED:
        return PROVENANCE
    below = f"{path}.{field_name}"
    return below if below in _declared_prefixes() else None


@cache
def _declared_prefixes() -> frozenset[str]:
    prefixes: set[str] = set()
    for path in declared_paths():
        parts = path.split(".")
        prefixes |= {".".join(parts[:length]) for length in range(1, len(parts) + 1)}
    return frozenset(prefixes)


def _readable_paths(kind: CallerKind | None) -> frozenset[str]:
    if kind is None:
        return frozenset(contract.readers())
    roles = {role for role, caller in CALLER_KIND_OF.items() if caller is kind}
    return frozenset(path for path, readers in contract.readers().items() if roles & set(readers))
