"""From what is selected to a function made for it: source text, compiled once, that knows nothing but success.

The function reads values, completes them as graphql-core would, and puts the answer together. Whatever it does not
know (a value that has to be coerced and cannot be, a null where there is none, a resolver that raises) it leaves by an
exception, and graphql-core runs the operation. Of a card it is made for one grant: what the grant does not cover is a
null written into the function, and no value is asked about.
"""

import inspect
import itertools
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import cache, partial
from typing import Any, Final

from graphql import GraphQLEnumType, GraphQLList, GraphQLNonNull, GraphQLUnionType, Undefined, is_leaf_type
from graphql.execution.values import VariableValues, get_argument_values

from app.domain.card.declaration import Escalation, Section
from app.domain.card.sections import SECTION_NAMED
from app.domain.gate import entered_in_error
from app.domain.ordering import reordering
from app.domain.policy import Release
from app.execution.selected import NotCovered, Selected, Unforeseen
from resolvers.views import CARD_TYPE

Place = tuple[str, ...]
"""A response path, without places in lists."""

FIELDS_MAX: Final = 2_000
"""Making a function for more would keep everybody waiting."""
INDENT_MAX: Final = 90
"""Python reads at most a hundred levels of indentation."""

EVERYTHING: Final = Release()
"""Of a value inside a document, all of it: its members are parts of one fact."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What a grant gives of a card: by section kind its release, None for a section that is closed."""

    releases: Mapping[str, Release | None]
    erroneous_items: bool


@dataclass(frozen=True, slots=True)
class Argued:
    """A selected field whose arguments depend on variables; worked out anew for each operation."""

    number: int
    selected: Selected
    names: Mapping[str, str]

    def values(self, variables: VariableValues) -> dict[str, Any]:
        """By Python name. Raises GraphQLError for what cannot be coerced."""
        definition = self.selected.definition
        assert definition is not None  # `__typename` takes none
        given = get_argument_values(definition, self.selected.nodes[0], variables)
        return {self.names[name]: value for name, value in given.items()}


@dataclass(frozen=True, slots=True)
class Compiled:
    """A function for one root field.

    run      of a value: (value, arguments) → answer; of a card: (card, documents, today, arguments) → answer, flags
    argued   fields whose arguments go into `arguments`, by number
    places   of a card: the places that the flags tell of, whether there is anything
    """

    run: Callable[..., Any]
    argued: tuple[Argued, ...]
    places: tuple[Place, ...] = ()


def check_covered(root: Selected) -> None:
    """Raise NotCovered when there is anything below a root field that no function can be made for."""
    left = list(itertools.chain.from_iterable(root.below.values()))
    for seen in itertools.count(1):
        if not left:
            return
        one = left.pop()
        if seen > FIELDS_MAX:
            raise NotCovered("it is too large")
        if one.definition is not None:
            _resolver(one)
        left += itertools.chain.from_iterable(one.below.values())


def compiled_value(root: Selected) -> Compiled:
    """For whatever a resolver gives. Raises NotCovered."""
    writer = Writer()
    writer.line("def run(value, arguments):")
    with writer.deeper():
        result = writer.completed(root.type, root, "value", (root.key,), None)
        writer.line(f"return {result}")
    return writer.compiled()


def compiled_card(root: Selected, opened: Opened, places: frozenset[Place]) -> Compiled:
    """For a card's documents as they are stored, opened by a grant. Raises NotCovered."""
    writer = Writer(opened, {place: number for number, place in enumerate(sorted(places))})
    writer.line("def run(card, documents, today, arguments):")
    with writer.deeper():
        if writer.places:
            writer.line(" = ".join(f"f{number}" for number in writer.places.values()) + " = False")
        result = writer.card(root)
        flags = "".join(f"f{number}, " for number in writer.places.values())
        writer.line(f"return {result}, ({flags})")
    return writer.compiled()


@dataclass
class Writer:
    """Writes the function, and gathers what it refers to."""

    opened: Opened | None = None
    places: dict[Place, int] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    names: dict[str, Any] = field(default_factory=lambda: dict(_ALWAYS))
    argued: list[Argued] = field(default_factory=list)
    depth: int = 0
    _numbers: "itertools.count[int]" = field(default_factory=itertools.count)
    _known: dict[int, str] = field(default_factory=dict)

    def compiled(self) -> Compiled:
        exec(compile("\n".join(self.lines), "<a plan>", "exec"), self.names)  # noqa: S102 - our own text: names and keys go in as constants
        return Compiled(self.names["run"], tuple(self.argued), tuple(self.places))

    # --- text ---

    def line(self, text: str) -> None:
        if self.depth > INDENT_MAX:
            raise NotCovered("it is too large")
        self.lines.append("\t" * self.depth + text)

    @contextmanager
    def deeper(self) -> Iterator[None]:
        self.depth += 1
        yield
        self.depth -= 1

    def new(self) -> str:
        return f"v{next(self._numbers)}"

    def constant(self, value: Any) -> str:
        """A name for a value that the function refers to."""
        if id(value) not in self._known:
            self._known[id(value)] = name = f"c{next(self._numbers)}"
            self.names[name] = value
        return self._known[id(value)]

    # --- a card ---

    def card(self, root: Selected) -> str:
        """The card itself. Its sections come from the documents, all else by its resolvers."""
        members = []
        for one in root.below[CARD_TYPE]:
            place = (root.key, one.key)
            section = SECTION_NAMED.get(one.name)
            made = self.section(one, section, place) if section else self.member(one, "card", None, place, None)
            members.append((one.key, made))
        return self.put_together(members)

    def section(self, one: Selected, section: Section, place: Place) -> str:
        assert self.opened is not None
        release = self.opened.releases[section.kind]
        # Asked for even where they change nothing: what does not fit is an error to everybody.
        arguments = self.arguments(one) if one.nodes[0].arguments else None
        if release is None:
            return "None"
        source = self.new()
        self.line(f"{source} = documents.get({section.kind!r})")
        if not section.repeated:
            self.line(f"if {source} is not None and erroneous({source}): {source} = None")
        elif not self.opened.erroneous_items or arguments is None:
            self.line(f"if {source}: {source} = [item for item in {source} if not erroneous(item)]")
        else:
            wanted = f"{arguments}.get('include_erroneous')"
            self.line(f"if {source} and not {wanted}: {source} = [item for item in {source} if not erroneous(item)]")
        if section.repeated and (reordered := reordering(section, release)):
            self.line(f"if {source}: {source} = {self.constant(reordered)}({source}, today)")
        return self.completed(one.type, one, source, place, release)

    # --- objects ---

    def put_together(self, members: list[tuple[str, str]]) -> str:
        made = self.new()
        self.line(f"{made} = {{{', '.join(f'{key!r}: {value}' for key, value in members)}}}")
        return made

    def fields(self, below: tuple[Selected, ...], source: str, place: Place, release: Release | None) -> str:
        """An object's fields, of a source that is there. `release`: of a stored document, what is given of it."""
        getter = self.new()
        self.line(f"{getter} = getter({source})" if release is None else f"{getter} = {source}.get")
        members = [(one.key, self.member(one, source, getter, (*place, one.key), release)) for one in below]
        return self.put_together(members)

    def member(self, one: Selected, source: str, getter: str | None, place: Place, release: Release | None) -> str:
        if one.definition is None:
            return repr(one.parent.name)
        resolver = _resolver(one)
        if resolver is not None:
            return self.resolved(one, resolver, source, place)
        name, inner = one.declaration.python_name, None
        if getter is None:
            raise NotCovered(f"{name} has no resolver")
        if release is not None and release is not EVERYTHING:
            if name not in release.members:
                return "None"
            inner = release.members[name]
        value = self.new()
        self.line(f"{value} = {getter}({name!r})")
        if release is not None and name in release.partial:
            self.line(f"{value} = spared({value}, {self.constant(release.partial[name])}, today)")
        return self.completed(one.type, one, value, place, None if release is None else inner or EVERYTHING)

    def resolved(self, one: Selected, resolver: Callable[..., Any], source: str, place: Place) -> str:
        value, called = self.new(), self.constant(resolver)
        arguments = f", **{self.arguments(one)}" if one.definition and one.definition.args else ""
        self.line(f"{value} = {called}({source}{arguments})")
        return self.completed(one.type, one, value, place, None)

    def arguments(self, one: Selected) -> str:
        """An expression for a field's arguments, by Python name."""
        number = len(self.argued)
        self.argued.append(Argued(number, one, one.python_names))
        return f"arguments[{number}]"

    # --- values ---

    def completed(self, type_: Any, one: Selected, value: str, place: Place, release: Release | None) -> str:
        """Statements that complete a value; gives the name it has afterwards."""
        must_be = isinstance(type_, GraphQLNonNull)
        inner = type_.of_type if must_be else type_
        if is_leaf_type(inner):
            self.leaf(inner, value, self.flag(place), must_be=must_be)
            return value
        made = self.new()
        self.line(f"if {value} is None: raise Unforeseen" if must_be else f"{made} = None")
        self.line(f"if {value} is not None:")
        with self.deeper():
            self.line(self.flag(place))
            self.line(f"{made} = {self.present(inner, one, value, place, release)}")
        return made

    def flag(self, place: Place) -> str:
        """The statement that notes that there is something at a place, where that is asked."""
        return f"f{self.places[place]} = True" if place in self.places else "pass"

    def present(self, type_: Any, one: Selected, value: str, place: Place, release: Release | None) -> str:
        """The same for a value that is not null."""
        if isinstance(type_, GraphQLList):
            return self.each_of(type_.of_type, one, value, place, release)
        if isinstance(type_, GraphQLUnionType):
            return self.union(type_, one, value, place)
        return self.fields(one.below[type_.name], value, place, release)

    def each_of(self, type_: Any, one: Selected, value: str, place: Place, release: Release | None) -> str:
        many, each = self.new(), self.new()
        self.line(f"if type({value}) is not list and type({value}) is not tuple: raise Unforeseen")
        self.line(f"{many} = []")
        self.line(f"for {each} in {value}:")
        with self.deeper():
            self.line(f"{many}.append({self.completed(type_, one, each, place, release)})")
        return many

    def union(self, type_: GraphQLUnionType, one: Selected, value: str, place: Place) -> str:
        made, name = self.new(), self.new()
        self.line(f"{name} = {self.constant(type_.resolve_type)}({value}, None, None)")
        word = "if"
        for member, below in one.below.items():
            self.line(f"{word} {name} == {member!r}:")
            with self.deeper():
                self.line(f"{made} = {self.fields(below, value, place, None)}")
            word = "elif"
        self.line("else: raise Unforeseen")
        return made

    def leaf(self, type_: Any, value: str, flag: str, *, must_be: bool) -> None:
        """What is right as it stands, nearly always, is left alone; graphql-core's own coercion sees to the rest."""
        if isinstance(type_, GraphQLEnumType):
            self.line(f"if {value} is not None:")
            coerced = f"{self.constant(_names(type_))}[{value}]"
        else:
            right, coerced = _RIGHT.get(type_.name, _TEXT).format(value), f"{self.constant(_coercion(type_))}({value})"
            self.line(f"if {right}: {flag}")
            self.line(f"elif {value} is not None:")
        with self.deeper():
            self.line(f"{value} = {coerced}")
            self.line(flag)
        if must_be:
            self.line("else: raise Unforeseen")


_TEXT: Final = "type({0}) is str"
_RIGHT: Final = {
    "Int": "type({0}) is int and -2147483648 <= {0} <= 2147483647",
    "Float": "type({0}) is float and {0} - {0} == 0",  # neither infinite nor no number
    "Boolean": "{0} is True or {0} is False",
}


def _resolver(one: Selected) -> Callable[..., Any] | None:
    """The field's own function, where it has one; it needs nothing but what it is a field of, and its arguments."""
    resolver = one.declaration.base_resolver
    if resolver is None:
        return None
    function: Callable[..., Any] = resolver.wrapped_func
    if inspect.iscoroutinefunction(function) or not _takes_source_and_scalars(one, function):
        raise NotCovered(f"{one.name} needs more than what it is a field of")
    return function


def _takes_source_and_scalars(one: Selected, function: Callable[..., Any]) -> bool:
    source, *others = inspect.signature(function).parameters
    arguments = one.definition.args.values() if one.definition else ()
    plain = all(is_leaf_type(_nullable(argument.type)) for argument in arguments)
    return source == "root" and len(others) == len(arguments) and plain


def _nullable(type_: Any) -> Any:
    return type_.of_type if isinstance(type_, GraphQLNonNull) else type_


@cache
def _names(type_: GraphQLEnumType) -> dict[Any, str]:
    """An enumeration's names, by member and by the member's value."""
    member_of = type_.wrapped_cls  # type: ignore[attr-defined]  # Strawberry's enumerations have it
    return {known: name for name, each in type_.values.items() for known in (each.value, member_of(each.value))}


@cache
def _coercion(type_: Any) -> Callable[[Any], Any]:
    def coerced(value: Any) -> Any:
        made = type_.coerce_output_value(value)
        if made is None or made is Undefined:
            raise Unforeseen
        return made

    return coerced


def _spared(value: Any, escalation: Escalation, today: date) -> Any:
    """A fact without its more sensitive values, as `Release` takes them out."""
    if isinstance(value, list):
        return [entry for entry in value if not escalation.applies(entry, today)]
    return None if value is not None and escalation.applies(value, today) else value


def _getter(source: Any) -> Callable[[str], Any]:
    """Members as `read_member` of the views finds them."""
    return source.get if type(source) is dict else partial(getattr, source)


_ALWAYS: Final[Mapping[str, Any]] = {
    "Unforeseen": Unforeseen, "erroneous": entered_in_error, "getter": _getter, "spared": _spared,
}  # fmt: skip
