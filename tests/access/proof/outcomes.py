"""All that a policy comes to, situation by situation: so that two policies that come to the same are known to."""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from typing import Any, Final

from graphql import GraphQLSchema

from app.domain.card.sections import SECTION_NAMED, SECTIONS
from app.domain.policy import PROVENANCE, Policy, Profile, ProfileKey
from app.domain.viewer import CALLER_KIND_OF, Purpose, Role
from app.domain.write_gate import writing_in
from app.identity.roles import professional_role
from resolvers.commands import SECTION_WRITTEN
from resolvers.views import CARD_TYPE, view_for
from tests.access.proof.columns import OWN, WITHOUT_PURPOSE
from tests.access.proof.mutants import PROFESSIONS

Place = tuple[Any, ...]
"""Role, what of it (`read`, `earlier`, a switch, `writes`), and more."""

UNIT_KINDS: Final = ("GP_OFFICE", "MUNICIPAL_HEALTH", "HOSPITAL", "EMERGENCY_CARE", "IMAGING")
WHOLE_LOG: Final = ("OWN_CARD", "ALL")
"""Both are the whole log of the woman whom the operation is about; a citizen's is about herself."""


def outcomes(policy: Policy, roles: Iterable[Role] = Role) -> dict[Place, Hashable]:
    """By place, what comes out there."""
    found: dict[Place, Hashable] = {}
    for role in roles:
        for purpose in purposes(role):
            found.update(_read(policy, role, purpose))
            found.update(_written(policy, role, purpose))
        found.update(_switches(policy, role))
    return found


def purposes(role: Role) -> list[Purpose | None]:
    return [None] if CALLER_KIND_OF[role] in WITHOUT_PURPOSE else list(Purpose)


def _read(policy: Policy, role: Role, purpose: Purpose | None) -> Iterator[tuple[Place, Hashable]]:
    for own_unit in (False, True):
        profile = policy.profile(ProfileKey(role, purpose, own_unit))
        yield from _of_profile((role, "read", purpose, own_unit), profile)
        if policy.roles[role].earlier_cards:
            earlier = policy.profile(ProfileKey(role, purpose, own_unit, earlier=CALLER_KIND_OF[role] not in OWN))
            yield from _of_profile((role, "earlier", purpose, own_unit), earlier)


def _of_profile(place: Place, profile: Profile) -> Iterator[tuple[Place, Hashable]]:
    for path, decision in profile.decisions.items():
        part = profile.partial.get(path)
        yield (*place, path), (decision.allowed, decision.reason, part and part.reason)


def _written(policy: Policy, role: Role, purpose: Purpose | None) -> Iterator[tuple[Place, Hashable]]:
    profile = policy.profile(ProfileKey(role, purpose))
    for unit_kind in UNIT_KINDS:
        writing = writing_in(policy, role, purpose, unit_kind)
        for kind in SECTIONS:
            may = kind in writing.sections and profile.releases[kind].whole
            yield (role, "writes", purpose, unit_kind, kind), may and writing.facts.get(kind, True)
        may_anything = profile.reads_anything
        yield (role, "opens", purpose, unit_kind), may_anything and writing.opens
        yield (role, "closes", purpose, unit_kind), may_anything and writing.closes


def _switches(policy: Policy, role: Role) -> Iterator[tuple[Place, Hashable]]:
    entry = policy.roles[role]
    reads = any(policy.profile(ProfileKey(role, purpose, True)).reads_anything for purpose in purposes(role))
    yield (role, "enabled"), entry.enabled
    yield (role, "policy"), policy.name
    yield (role, "status"), entry.status
    yield (role, "consent"), entry.consent
    yield (role, "access log"), "WHOLE" if entry.access_log in WHOLE_LOG else entry.access_log
    yield (role, "earlier cards"), entry.earlier_cards and reads
    yield (role, "erroneous items"), entry.erroneous_items and reads
    yield (role, "caseload"), entry.caseload
    for profession in PROFESSIONS:
        can_be = any(professional_role(profession, unit, purpose) is role for unit in UNIT_KINDS for purpose in Purpose)
        listed = profession in policy.said.elevation.professions
        yield (role, "elevation", profession), can_be and entry.may_elevate and listed


ROOT_OF: Final[Mapping[str, tuple[str, ...]]] = {
    "read": ("card", "myCard"), "earlier": ("earlierCards",), "status": ("cardStatus",), "consent": ("consent",),
    "access log": ("accessLog",), "earlier cards": ("earlierCards",), "erroneous items": ("card", "myCard"),
    "caseload": ("caseload",), "elevation": ("elevateAccess",), "enabled": ("me",), "policy": ("me",),
    "opens": ("openCard",), "closes": ("closeCardAsTerminated",),
}  # fmt: skip
"""By what of a role: the root fields any one of which it can be asked by."""


def has_route(place: Place) -> bool:
    """Whether the present view of this role's kind has anything by which the place could be asked about at all."""
    role, what, *more = place
    schema = view_for(CALLER_KIND_OF[role]).graphql
    roots = ROOT_OF.get(what) or _commands_on(more[-1])
    if not any(root in type_.fields for type_ in (schema.query_type, schema.mutation_type) if type_ for root in roots):
        return False
    return what not in ("read", "earlier") or _shows(schema, more[-1])


def _commands_on(kind: str) -> tuple[str, ...]:
    return tuple(command for command, section in SECTION_WRITTEN.items() if section == kind)


def _shows(schema: GraphQLSchema, path: str) -> bool:
    card: Any = schema.get_type(CARD_TYPE)
    section = path.split(".")[0]
    return section == PROVENANCE or (card is not None and section in card.fields and section in SECTION_NAMED)
