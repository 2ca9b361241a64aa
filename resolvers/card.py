"""The card's GraphQL types, made from the declarations in `app/domain/card/`. No field of the card is named here."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from typing import Annotated, Any, Final

import strawberry
from pydantic import BaseModel

from app.domain import contract
from app.domain.card.declaration import (
    SECTIONS,
    Content,
    Fact,
    Group,
    Member,
    Section,
    Shape,
    camel,
    declared_in,
    shape_of,
)
from app.domain.card.provenance import Provenance
from app.domain.described import DescribedEnum
from app.domain.gate import Elevation, entered_in_error
from app.domain.labels import BADGE, WithholdingLabel
from app.domain.policy import PROVENANCE, Reason
from app.domain.record import RecordStatus
from app.domain.viewer import CallerKind
from resolvers.access import Access, described, graphql_enum, open_to
from resolvers.context import OpenedCard

BADGE_READERS: Final = open_to(CallerKind.CLINICIAN, CallerKind.SECRETARY)


def section_types() -> dict[str, Any]:
    """The GraphQL type of every section, by kind."""
    return {kind: content_type(section.model, camel(kind), section) for kind, section in SECTIONS.items()}


@cache
def content_type(model: type[Content], path: str, section: Section | None = None) -> Any:
    """The GraphQL type of a declared model whose facts have paths below `path`."""
    fields = {member.name: _field(member, f"{path}.{camel(member.name)}") for member in declared_in(model)}
    annotations = {
        member.name: _nullable(_graphql_type(member.shape, f"{path}.{camel(member.name)}"))
        for member in declared_in(model)
    }
    if section is not None:
        annotations[PROVENANCE] = _nullable(shared_type(Provenance, PROVENANCE))
        fields[PROVENANCE] = described("Who wrote this, when, and which version it is.")
    description = f"{section.meaning} Norwegian: {section.norwegian}." if section else (model.__doc__ or "").strip()
    return made_type(model.__name__, annotations, fields, description)


_MADE: dict[type[BaseModel], Any] = {}


def shared_type(model: type[Content], path: str) -> Any:
    """One GraphQL type for a model, wherever on the card it stands."""
    if model not in _MADE:
        _MADE[model] = content_type(model, path)
    return _MADE[model]


def provenance_field(member: Member, resolver: Any) -> Any:
    """A field that gives one fact of an item's provenance, declared as there."""
    path = f"{PROVENANCE}.{camel(member.name)}"
    directives = (_access(member.declared, path),) if isinstance(member.declared, Fact) else ()
    gives = _nullable(_graphql_type(member.shape, path))
    return described(describe(member.declared), resolver=resolver, gives=gives, directives=directives)


def _field(member: Member, path: str) -> Any:
    declared = member.declared
    directives = (_access(declared, path),) if isinstance(declared, Fact) else ()
    usual = declared.usual_items if isinstance(declared, Fact) else None
    return described(describe(declared), directives=directives, usual_items=usual)


def _access(fact: Fact, path: str) -> Access:
    return Access(sensitivity=fact.sensitivity, roles=list(contract.readers().get(path, ())))


def describe(declared: Fact | Group) -> str:
    """A member's description in the schema: what it means, its Norwegian label, its unit."""
    unit = f" Unit: {declared.unit}." if isinstance(declared, Fact) and declared.unit else ""
    return f"{declared.meaning} Norwegian: {declared.norwegian}.{unit}"


def _graphql_type(shape: Shape, path: str) -> Any:
    inner = _single_type(shape, path)
    return list[inner] if shape.many else inner  # type: ignore[valid-type]  # the type is made at run time


def _single_type(shape: Shape, path: str) -> Any:
    if shape.content is not None:
        return shared_type(shape.content, path)
    if isinstance(shape.type, type) and issubclass(shape.type, DescribedEnum):
        return graphql_enum(shape.type)
    if isinstance(shape.type, type) and issubclass(shape.type, BaseModel):
        return value_type(shape.type)
    return shape.type


@cache
def value_type(model: type[BaseModel]) -> Any:
    """The GraphQL type of a value type; its members are parts of one fact."""
    annotations = {
        name: shape_of(info.annotation).type | None if not info.is_required() else shape_of(info.annotation).type
        for name, info in model.model_fields.items()
    }
    fields = {name: described(info.description or "") for name, info in model.model_fields.items()}
    return made_type(model.__name__, annotations, fields, (model.__doc__ or "").strip())


def made_type(name: str, annotations: dict[str, Any], fields: dict[str, Any], description: str) -> Any:
    made = type(name, (), {"__annotations__": annotations, **fields, "__module__": __name__})
    return strawberry.type(made, description=description)


def _nullable(annotation: Any) -> Any:
    return annotation | None


@strawberry.type(description="A value that the woman does not see, by a decision that came with the card.")
class WithheldFromPatient:
    fact: str = described("Path of the fact on the card, as `helsekort facts` prints it.")
    label: WithholdingLabel = described("Whose decision it is (Volven 9603).")


def add_badge() -> None:
    """Give an item's provenance the field that tells health personnel what she does not see. Done once, before the
    schema is made. It is no fact of the card: nobody records it here."""
    made = shared_type(Provenance, PROVENANCE)
    field = described(
        "Values of the item that she does not see herself; null when there are none.",
        resolver=_badge, gives=list[WithheldFromPatient] | None, callers=BADGE_READERS, usual_items=1,
    )  # fmt: skip
    field.python_name, field.origin = BADGE, made
    made.__strawberry_definition__.fields.append(field)


def _badge(root: Any) -> Any:
    return root.get(BADGE)


@strawberry.type(
    description="Something that was asked for and is not given. The reason never depends on what is stored."
)
class WithheldFact:
    path: str = described("Path of the fact on the card, as `helsekort facts` prints it.")
    reason: Reason = described("Why it is withheld.")
    rule: str = described("The rule of the policy that decided it.")
    elevation: Elevation = described("Whether and how it can be opened.")


def _head(attribute: str) -> Callable[[Any], Any]:
    def resolve(root: Any) -> Any:
        return getattr(root.head, attribute)

    return resolve


def _status(root: Any) -> Any:
    card: OpenedCard = root
    return card.head.status if card.grant.tells_how_it_ended else None


def _section_resolver(section: Section) -> Callable[..., Any]:
    """A resolver that gives the section as it was opened; a repeated one without what was entered in error."""
    kind = section.kind

    def whole(root: Any) -> Any:
        return root.sections.get(kind)

    def items(root: Any, include_erroneous: bool = False) -> Any:
        found = root.sections.get(kind)
        if found is None or include_erroneous:
            return found
        return [item for item in found if not entered_in_error(item)]

    return items if section.repeated else whole


INCLUDE_ERRONEOUS = "Also items marked as entered in error; health personnel who write on the card only."


def maternity_record(more: Mapping[str, Any] | None = None) -> Any:
    """The type of the whole card: its head, one field per section, what was withheld, and `more` fields."""
    heads: dict[str, tuple[Any, str]] = {
        "record_id": (strawberry.ID, "Identity of the card, a UUID."),
        "version": (int, "Version of the card's head; counts from 1."),
        "opened_at": (datetime, "When the card was opened."),
        "closed_at": (datetime | None, "When the pregnancy ended; null while it goes on."),
        "last_updated_at": (datetime, "When anything on the card was last changed."),
    }
    fields = {name: described(text, resolver=_head(name), gives=kind) for name, (kind, text) in heads.items()}
    fields["status"] = described(
        "Whether the card is in use, and how it ended; of an earlier card null to whom the outcome is not given.",
        resolver=_status, gives=RecordStatus | None,
    )  # fmt: skip
    for kind, made in section_types().items():
        fields[kind] = _section_field(SECTIONS[kind], made)
    fields["withheld"] = described(
        "What this document asked for and this caller may not see. Select it: then nothing is told as errors.",
        resolver=_withheld,
        gives=list[WithheldFact],
        usual_items=20,
    )
    fields["withheld_by_patient_count"] = described(
        "How many sections, and single values of others, the woman has closed to this caller; also what is not named.",
        resolver=_withheld_by_patient,
        gives=int,
    )
    fields |= more or {}
    description = "One pregnancy's card. Norwegian: helsekort for gravide."
    return made_type("MaternityRecord", {}, fields, description)


def _section_field(section: Section, made: Any) -> Any:
    annotation = (list[made] if section.repeated else made) | None
    resolver = _section_resolver(section)
    if section.repeated:
        argument = Annotated[bool, strawberry.argument(description=INCLUDE_ERRONEOUS)]
        resolver.__annotations__["include_erroneous"] = argument
    description = f"{section.meaning} Norwegian: {section.norwegian}."
    return described(description, resolver=resolver, gives=annotation, usual_items=section.usual_items)


def _withheld(root: Any) -> Any:
    card: OpenedCard = root
    return card.withheld


def _withheld_by_patient(root: Any) -> Any:
    return root.withheld_by_patient
