"""How the schema says who may see a field: the `@access` directive, and which kinds of caller a field exists for."""

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

import strawberry
from strawberry.schema_directive import Location
from strawberry.types.field import StrawberryField

from app.domain.blocking import OverrideCode
from app.domain.card.declaration import Sensitivity
from app.domain.consent import ConsentState
from app.domain.corrections import CorrectionAnswer, CorrectionStatus
from app.domain.described import DescribedEnum
from app.domain.elevations import AccessBasis, ElevationReason
from app.domain.gate import Elevation
from app.domain.ledger import Outcome
from app.domain.policy import Reason
from app.domain.record import BlockTarget, RecordStatus
from app.domain.reviewing import ReviewConclusion
from app.domain.viewer import CallerKind, Purpose, Role

CALLERS: Final = "callers"
"""Metadata of a field: the kinds of caller it exists for; everybody when absent."""


@cache
def graphql_enum(domain: type[DescribedEnum]) -> type[DescribedEnum]:
    """Make a domain enumeration known to GraphQL, with what its members mean as their descriptions."""
    strawberry.enum(domain, description=(domain.__doc__ or "").strip())
    definition: Any = domain.__strawberry_definition__  # type: ignore[attr-defined]  # the line above has set it
    for value in definition.values:
        value.description = domain[value.name].meaning
    return domain


for enumeration in (
    AccessBasis, BlockTarget, CallerKind, ConsentState, CorrectionAnswer, CorrectionStatus, Elevation, ElevationReason,
    Outcome, OverrideCode, Purpose, Reason, RecordStatus, ReviewConclusion, Role, Sensitivity,
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


def described(
    description: str,
    *,
    resolver: Any = None,
    gives: Any = None,
    callers: Mapping[str, Any] | None = None,
    name: str | None = None,
    directives: tuple[object, ...] = (),
) -> Any:
    """A field with its description; the way to declare one in this package.

    `gives` is the GraphQL type of what the resolver returns, where that type is made at run time.
    """
    if gives is not None:
        resolver.__annotations__["return"] = gives
    return strawberry.field(
        resolver=resolver, description=description, metadata=dict(callers or {}), name=name, directives=directives
    )
