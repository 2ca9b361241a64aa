"""How a fact of the card is declared: once, with everything anyone needs to know about it.

A section is a Pydantic model whose fields are written with `fact()`; a container that is no fact of its own (it only
groups facts) is written with `group()`. GraphQL types and inputs, stored documents, the national wire format, the
access policy, the data dictionary and the access matrix are all read from these declarations. There is no second list.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum, StrEnum
from functools import cache, lru_cache
from types import NoneType, UnionType
from typing import Annotated, Any, Final, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field
from pydantic.fields import FieldInfo

from app.domain.described import DescribedEnum


class Sensitivity(DescribedEnum):
    """How much harm a fact can do in the wrong hands; who may see each level is the policy's business."""

    ADMINISTRATIVE = "ADMINISTRATIVE", "Needed to organise care; little harm."
    ORDINARY = "ORDINARY", "Ordinary facts of a pregnancy."
    PERSONAL = "PERSONAL", "Stigmatising, genetic, reproductive, social, or about other people."
    WHEREABOUTS = "WHEREABOUTS", "Tells where she is or will be."
    INTIMATE = "INTIMATE", "Could lead to violence, family break-up or discrimination."


class Mark(StrEnum):
    """How well a declaration's source is known."""

    OFFICIAL = "V-NHN"  # read on the national service's own pages
    CLIENT = "V-DTO"  # read in an independent client of the national service
    PAPER = "PAPER"  # known from public descriptions of the paper card
    PAPER_UNVERIFIED = "PAPER-UNVERIFIED"  # general knowledge of the paper card; check the current form
    UNVERIFIED = "UNVERIFIED"


@dataclass(frozen=True, slots=True)
class Term:
    """A code for the fact in a standard terminology. `mark` M: chosen by a public client, V-NHN: by the service."""

    system: str
    code: str
    mark: str = "M"


@dataclass(frozen=True, slots=True)
class Escalation:
    """Some values of a fact are more sensitive than the fact itself.

    `applies(value, today)` is asked for a single value, or for each entry of a list. The answer to a caller who may
    see the fact but not such values leaves those values out, and says so whether or not there were any.
    """

    rule: str
    sensitivity: Sensitivity
    applies: Callable[[Any, date], bool]
    meaning: str


@dataclass(frozen=True, slots=True)
class Fact:
    """Everything about one item of the card that its Python name and type do not say already."""

    english: str
    norwegian: str
    meaning: str
    plain: str
    sensitivity: Sensitivity
    wire: str | None
    unit: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    positive: bool = False
    max_length: int | None = None
    plausible: tuple[float, float] | None = None
    terms: tuple[Term, ...] = ()
    topic: str | None = None
    bundle: str | None = None
    escalation: Escalation | None = None
    mark: Mark = Mark.CLIENT
    required: bool = False
    needs: str | None = None
    usual_items: int | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """A container that only holds facts together; who may see it follows from the facts inside."""

    english: str
    norwegian: str
    meaning: str
    wire: str | None


@dataclass(frozen=True, slots=True)
class Section:
    """One section of the card: its name in code, its labels, its name on the wire, its model.

    noun         what one item is called in commands (`record_visit`)
    ordered_by   the date its items stand in order of; None: as they were recorded
    usual_items  of a repeated section: about how many items a card with many has; None: a few
    """

    kind: str
    english: str
    norwegian: str
    meaning: str
    wire: str | None
    repeated: bool
    model: type["Content"]
    noun: str = ""
    ordered_by: str | None = None
    usual_items: int | None = None

    @property
    def graphql_name(self) -> str:
        return camel(self.kind)


class Content(BaseModel):
    """What a section item, or a part of one, holds. Values are strict: no number in quotes, no unknown member."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


NOTE_MAX_LENGTH: Final = 4_000
TEXT_MAX_LENGTH: Final = 256
NAMES_KEPT: Final = 4_096
"""More names than there are; names that somebody made up push out no more than each other."""
GREATEST_NUMBER: Final = 2**31 - 1
"""What a GraphQL Int can say; a number on the card beyond it could be stored and never read."""

SECTIONS: Final[dict[str, Section]] = {}
"""Every section by kind, in the order of the card; filled by the section files (see `app/domain/card/sections.py`)."""

_Model = TypeVar("_Model", bound=type[Content])


def section(
    kind: str,
    *,
    english: str,
    norwegian: str,
    meaning: str,
    wire: str | None,
    repeated: bool = False,
    noun: str | None = None,
    ordered_by: str | None = None,
    usual_items: int | None = None,
) -> Callable[[_Model], _Model]:
    """Declare a section. `repeated`: a card holds any number of items of it, each with its own provenance.

    `noun` is what one item is called in commands, by default the section's name.
    """

    def declare(model: _Model) -> _Model:
        if kind in SECTIONS:
            raise ValueError(f"section {kind} is declared twice")
        SECTIONS[kind] = Section(
            kind, english, norwegian, meaning, wire, repeated, model, noun or kind, ordered_by, usual_items
        )
        return model

    return declare


def fact(
    english: str,
    norwegian: str,
    meaning: str,
    plain: str,
    sensitivity: Sensitivity,
    *,
    wire: str | None = None,
    unit: str | None = None,
    minimum: float | None = None,
    maximum: float | None = None,
    positive: bool = False,
    max_length: int | None = None,
    plausible: tuple[float, float] | None = None,
    terms: tuple[Term, ...] = (),
    topic: str | None = None,
    bundle: str | None = None,
    escalation: Escalation | None = None,
    mark: Mark = Mark.CLIENT,
    required: bool = False,
    needs: str | None = None,
    usual_items: int | None = None,
) -> Any:
    """Declare one fact of the card. Not recorded is `None`, always.

    english, norwegian   short labels
    meaning              what it means, in English, one sentence or two
    plain                the same for the woman, in bokmål, without jargon
    wire                 name in the national record, relative to its container; None: only the paper card has it
    unit                 UCUM
    minimum, maximum, positive, max_length    hard limits: anything else is refused
    plausible            outside of it a value is accepted with a warning
    topic                lets the policy show a few facts of a section to a role without naming fields
    bundle               facts that are shown together or not at all, because one betrays another
    required             no item or entry is written without it; one taken in from elsewhere may lack it
    needs                the name of a fact beside it without which it says nothing
    usual_items          of a list: about how many entries a long one has; None: a few
    """
    declared = Fact(
        english, norwegian, meaning, plain, sensitivity, wire, unit, minimum, maximum, positive, max_length,
        plausible, terms, topic, bundle, escalation, mark, required, needs, usual_items,
    )  # fmt: skip
    is_number = positive or minimum is not None
    highest = GREATEST_NUMBER if maximum is None and is_number else maximum
    limits: dict[str, Any] = {"ge": minimum, "le": highest, "gt": 0 if positive else None, "max_length": max_length}
    return Field(default=None, json_schema_extra={"declared": declared}, **limits)  # type: ignore[dict-item]  # Pydantic types the extra as JSON; ours is read back by `declared_in` only


def note(norwegian: str, meaning: str, plain: str, *, wire: str | None = "note", **more: Any) -> Any:
    """Free text. Every note is INTIMATE, whatever its section: nobody knows what was written there (rule F-1)."""
    return fact("Note", norwegian, meaning, plain, Sensitivity.INTIMATE, wire=wire, max_length=NOTE_MAX_LENGTH, **more)


def group(english: str, norwegian: str, meaning: str, *, wire: str | None = None) -> Any:
    """Declare a container of facts."""
    declared = Group(english, norwegian, meaning, wire)
    return Field(default=None, json_schema_extra={"declared": declared})  # type: ignore[dict-item]  # as in fact()


@lru_cache(NAMES_KEPT)
def camel(name: str) -> str:
    """The GraphQL spelling of a Python name."""
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


@dataclass(frozen=True, slots=True)
class Shape:
    """The type of a declared member, without `| None` and `list[]`: a scalar, an enum, a value type or a container."""

    type: Any
    many: bool
    metadata: tuple[Any, ...]

    @property
    def content(self) -> type[Content] | None:
        """The model inside, when the member is a container of further declared members."""
        return _container(self.type)

    @property
    def is_enum(self) -> bool:
        return isinstance(self.type, type) and issubclass(self.type, Enum)


@cache
def _container(type_: Any) -> type[Content] | None:
    is_container = isinstance(type_, type) and issubclass(type_, Content)
    return type_ if is_container and declared_in(type_) else None


def shape_of(annotation: Any) -> Shape:
    """Read a field's annotation: `Annotated[X, …]`, `X | None`, `list[X] | None`."""
    many, metadata = False, []
    while True:
        origin = get_origin(annotation)
        if origin is Annotated:
            annotation, *found = get_args(annotation)
            metadata += found
        elif origin in (Union, UnionType):
            members = [member for member in get_args(annotation) if member is not NoneType]
            if set(members) == {int, float}:
                return Shape(float, many, tuple(metadata))
            (annotation,) = members
        elif origin is list:
            many, (annotation,) = True, get_args(annotation)
        else:
            return Shape(annotation, many, tuple(metadata))


@dataclass(frozen=True, slots=True)
class Member:
    """A declared member of a model: its Python name, its declaration, its shape."""

    name: str
    declared: Fact | Group
    shape: Shape


@cache
def declared_in(model: type[BaseModel]) -> tuple[Member, ...]:
    """The declared members of a model in order; none for value types such as a coded value."""
    return tuple(_members(model))


def _members(model: type[BaseModel]) -> Iterator[Member]:
    for name, info in model.model_fields.items():
        declared = _declaration(info)
        if declared is not None:
            shape = shape_of(info.annotation)
            yield Member(name, declared, replace(shape, metadata=(*info.metadata, *shape.metadata)))


def _declaration(info: FieldInfo) -> Fact | Group | None:
    extra = info.json_schema_extra
    found = extra.get("declared") if isinstance(extra, dict) else None
    return found if isinstance(found, Fact | Group) else None
