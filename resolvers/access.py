"""How the schema says who may see a field: the `@access` directive, and which kinds of caller a field exists for."""

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

import strawberry
from graphql import GraphQLField
from strawberry.schema_directive import Location
from strawberry.types.field import StrawberryField

from app.domain.blocking import OverrideCode
from app.domain.card.declaration import Sensitivity
from app.domain.consent import ConsentState
from app.domain.corrections import CorrectionAnswer, CorrectionStatus
from app.domain.described import DescribedEnum
from app.domain.elevations import AccessBasis, ElevationReason
from app.domain.gate import Elevation
from app.domain.labels import WithholdingLabel
from app.domain.ledger import Outcome
from app.domain.policy import Reason
from app.domain.record import BlockTarget, RecordStatus
from app.domain.reviewing import ReviewConclusion
from app.domain.viewer import CallerKind, Purpose, Role
from resolvers import limits

CALLERS: Final = "callers"
"""Metadata of a field: the kinds of caller it exists for; everybody when absent."""

ANYBODY: Final = "anybody"
"""Metadata of a field that may concern one patient or all: those who ask need not name one."""

USUAL_ITEMS: Final = "usual_items"
"""Metadata of a field that gives a list: about how many items a long one has."""


@cache
def graphql_enum(domain: type[DescribedEnum], name: str | None = None) -> type[DescribedEnum]:
    """Make a domain enumeration known to GraphQL, with what its members mean as their descriptions. `name`: what it is
    called there, where its own name says too little outside of its file."""
    strawberry.enum(domain, name=name, description=(domain.__doc__ or "").strip())
    definition: Any = domain.__strawberry_definition__  # type: ignore[attr-defined]  # the line above has set it
    for value in definition.values:
        value.description = domain[value.name].meaning
    return domain


for enumeration in (
    AccessBasis, BlockTarget, CallerKind, ConsentState, CorrectionAnswer, CorrectionStatus, Elevation, ElevationReason,
    Outcome, OverrideCode, Purpose, Reason, RecordStatus, ReviewConclusion, Role, Sensitivity,
    WithholdingLabel,
):  # fmt: skip
    graphql_enum(enumeration)


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    name="access",
    description="How sensitive the fact is, and which roles the policy in force lets see it, in some purpose at least.",
)
class Access:
    sensitivity: Sensitivity = strawberry.directive_field(name="sensitivity")
    roles: list[Role] = strawberry.directive_field(name="roles")


def open_to(*kinds: CallerKind) -> Mapping[str, Any]:
    """Metadata for a field that exists for these kinds of caller only."""
    return {CALLERS: frozenset(kinds)}


def exists_for(field: StrawberryField, kind: CallerKind) -> bool:
    callers = field.metadata.get(CALLERS)
    return callers is None or kind in callers


def concerns_anybody(field: StrawberryField) -> bool:
    """Whether a field's patient need not be named."""
    return bool(field.metadata.get(ANYBODY))


def usual_items(field: GraphQLField) -> int:
    """About how many items a long list of this field has; what its cost is reckoned with."""
    declaration = field.extensions.get("strawberry-definition")
    declared: int | None = declaration.metadata.get(USUAL_ITEMS) if declaration is not None else None
    return declared or limits.LIST_ITEMS_ASSUMED


def described(
    description: str,
    *,
    resolver: Any = None,
    gives: Any = None,
    callers: Mapping[str, Any] | None = None,
    name: str | None = None,
    directives: tuple[object, ...] = (),
    usual_items: int | None = None,
    anybody: bool = False,
) -> Any:
    """A field with its description; the way to declare one in this package.

    `gives` is the GraphQL type of what the resolver returns, where that type is made at run time. `usual_items`: about
    how many items a long list has, where that is not what is assumed of any. `anybody`: the patient need not be named.
    """
    if gives is not None:
        resolver.__annotations__["return"] = gives
    metadata = {**(callers or {}), USUAL_ITEMS: usual_items, ANYBODY: anybody}
    return strawberry.field(
        resolver=resolver, description=description, metadata=metadata, name=name, directives=directives
    )
