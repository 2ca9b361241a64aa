"""From verified claims to a Viewer, or a reasoned refusal. Nothing but a verified token makes a Viewer.

The order is fixed: what kind of caller, then assurance, licence, organisation and client, then attest or
representation, and the role last. Whether the token covers the operation is asked per operation (`require_scope`).
"""

import re
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from app.domain.errors import TransportRefusal
from app.domain.viewer import CALLER_KIND_OF, Organisation, Role, Viewer
from app.identity.attest import accepted_attest, states_a_profession
from app.identity.claims import GATEWAY, Claims, IssuerKind
from app.identity.refusals import actor_not_permitted, attest_refused, insufficient_assurance, insufficient_scope
from app.identity.representation import representation_not_supported, representation_of
from app.identity.roles import RIGHTS_OF, professional_role

FindOrganisation = Callable[[str], Awaitable[Organisation | None]]

HIGHEST_SECURITY_LEVEL: Final = "4"
HIGHEST_ACR: Final = "idporten-loa-high"

_ORGANISATION_NUMBER: Final = re.compile(r"[0-9]{9}")
_OVERSIGHT_ROLES: Final = {"audit": Role.AUDITOR, "aggregate": Role.EVALUATOR}


@dataclass(frozen=True, slots=True)
class _Terms:
    """What this installation admits."""

    organisations: FindOrganisation
    enabled_roles: Collection[Role]
    client_ids: Collection[str] | None
    now: datetime


async def viewer_from(
    claims: Claims,
    organisations: FindOrganisation,
    enabled_roles: frozenset[Role],
    *,
    now: datetime,
    client_ids: frozenset[str] | None = None,
) -> Viewer:
    """Who asks. `organisations` finds an enrolled unit; `client_ids` are the listed clients, None admits any."""
    terms = _Terms(organisations, enabled_roles, client_ids, now)
    if claims.issuer_kind is IssuerKind.OVERSIGHT:
        return await _overseer(claims, terms)
    if claims.issuer_kind is not IssuerKind.HELSEID:
        return _citizen(claims, terms)
    if claims.national_identity_number is None:
        return await _machine(claims, terms)
    return await _professional(claims, terms)


def require_scope(viewer: Viewer, right: str) -> None:
    """Raise INSUFFICIENT_SCOPE unless the viewer's token carries this right, one of read, write, status …"""
    if right not in viewer.scopes:
        raise insufficient_scope(f"{GATEWAY}/{right}")


async def _professional(claims: Claims, terms: _Terms) -> Viewer:
    _check_security_level(claims)
    if claims.hpr_number is None and states_a_profession(claims.attest):
        raise _hpr_required()
    unit = await _enrolled_unit(claims, terms)
    _check_client(claims, terms)
    attest = accepted_attest(claims, terms.now)
    _check_profession(claims, attest.authorization)
    role = professional_role(attest.authorization, unit.kind, attest.purpose, attest.healthcare_service)
    attest_ends_at = attest.ends_at(claims.issued_at)
    return Viewer(
        role=_enabled(role, terms),
        national_identity_number=claims.national_identity_number,
        name=claims.name,
        hpr_number=claims.hpr_number,
        profession=attest.authorization,
        unit=unit,
        purpose=attest.purpose,
        decision_reference=attest.decision_reference,
        user_selected=attest.user_selected,
        purpose_details=attest.purpose_details,
        healthcare_service=attest.healthcare_service,
        department=attest.department,
        stated_at=attest.stated_at,
        assurance=claims.security_level,
        supplier_number=_supplier(claims),
        attested_patient=attest.patient,
        attest_ends_at=attest_ends_at,
        client_id=claims.client_id,
        client_name=claims.client_name,
        token_id=claims.token_id,
        session_id=claims.session_id,
        expires_at=min(datetime.fromtimestamp(claims.expires_at, UTC), attest_ends_at),
        scopes=_rights(claims, role),
    )


def _citizen(claims: Claims, terms: _Terms) -> Viewer:
    _check_nothing_professional(claims)
    if claims.acr != HIGHEST_ACR:
        raise insufficient_assurance(HIGHEST_ACR)
    _check_client(claims, terms)
    representation = representation_of(claims)
    role = representation.role
    if role is Role.REPRESENTATIVE and role not in terms.enabled_roles:
        raise representation_not_supported()
    return Viewer(
        role=_enabled(role, terms),
        national_identity_number=representation.actor_number,
        subject_number=representation.subject_number,
        name=claims.name,
        assurance=claims.acr,
        client_id=claims.client_id,
        client_name=claims.client_name,
        token_id=claims.token_id,
        session_id=claims.session_id,
        expires_at=datetime.fromtimestamp(claims.expires_at, UTC),
        scopes=_rights(claims, role),
    )


async def _machine(claims: Claims, terms: _Terms) -> Viewer:
    # A user's token whose API was registered without the identity number has none either, and is no machine.
    traces_of_a_person = (claims.hpr_number, claims.security_level, claims.session_id, claims.name, claims.attest)
    if any(trace is not None for trace in traces_of_a_person) or "status" not in claims.rights:
        raise actor_not_permitted("NO_PERSON")
    unit = await _enrolled_unit(claims, terms)
    _check_client(claims, terms)
    return Viewer(
        role=_enabled(Role.EHR_SYSTEM, terms),
        unit=unit,
        supplier_number=_supplier(claims),
        client_id=claims.client_id,
        client_name=claims.client_name,
        token_id=claims.token_id,
        session_id=claims.session_id,
        expires_at=datetime.fromtimestamp(claims.expires_at, UTC),
        scopes=_rights(claims, Role.EHR_SYSTEM),
    )


async def _overseer(claims: Claims, terms: _Terms) -> Viewer:
    roles = [role for right, role in _OVERSIGHT_ROLES.items() if right in claims.rights]
    if claims.national_identity_number is None or claims.attest is not None or len(roles) != 1:
        raise actor_not_permitted("OVERSIGHT")
    _check_security_level(claims)
    unit = await _enrolled_unit(claims, terms)
    _check_client(claims, terms)
    return Viewer(
        role=_enabled(roles[0] if unit.kind == "OVERSIGHT" else None, terms),
        national_identity_number=claims.national_identity_number,
        name=claims.name,
        unit=unit,
        assurance=claims.security_level,
        client_id=claims.client_id,
        client_name=claims.client_name,
        token_id=claims.token_id,
        session_id=claims.session_id,
        expires_at=datetime.fromtimestamp(claims.expires_at, UTC),
        scopes=_rights(claims, roles[0]),
    )


def _check_security_level(claims: Claims) -> None:
    if claims.security_level != HIGHEST_SECURITY_LEVEL or claims.assurance_level not in (None, "high"):
        raise insufficient_assurance(HIGHEST_SECURITY_LEVEL)


def _check_nothing_professional(claims: Claims) -> None:
    """A citizen's token is never read as a professional's, and one that mixes the two is neither."""
    if claims.attest is not None:
        raise actor_not_permitted("CITIZEN_WITH_ATTEST")
    if claims.has_professional_claims:
        raise attest_refused("ATTEST_MISSING", "An attest of the trust framework is needed.")


def _check_profession(claims: Claims, authorization: str | None) -> None:
    if authorization is None and claims.hpr_number is not None:
        raise attest_refused("ATTEST_INVALID", "The attest of health personnel states their authorization.")
    if authorization is not None and claims.professions is not None and authorization not in claims.professions:
        raise attest_refused("ROLE_MISMATCH", "The attest does not agree with the register of health personnel.")


def _check_client(claims: Claims, terms: _Terms) -> None:
    if terms.client_ids is not None and claims.client_id not in terms.client_ids:
        raise actor_not_permitted("CLIENT")


async def _enrolled_unit(claims: Claims, terms: _Terms) -> Organisation:
    parent, child = claims.organisation_parent, claims.organisation_child
    if not (parent and child and _ORGANISATION_NUMBER.fullmatch(parent) and _ORGANISATION_NUMBER.fullmatch(child)):
        raise TransportRefusal(403, "ORGANISATION_CLAIMS_MISSING", "The token must name legal entity and unit.")
    unit = await terms.organisations(child)
    if unit is None or unit.parent_number != parent:
        raise TransportRefusal(403, "ORGANISATION_NOT_ENROLLED", "This organisation does not take part.")
    return unit


def _supplier(claims: Claims) -> str | None:
    """Told by the ledger alone, so nobody is turned away for one that is no number."""
    number = claims.supplier_number
    return number if number and _ORGANISATION_NUMBER.fullmatch(number) else None


def _hpr_required() -> TransportRefusal:
    return TransportRefusal(403, "HPR_REQUIRED", "Health personnel need their HPR number in the token.")


def _enabled(role: Role | None, terms: _Terms) -> Role:
    if role is Role.SECRETARY and role not in terms.enabled_roles:
        raise _hpr_required()  # whoever has no licence has no place here until the trial makes one
    if role is None or role not in terms.enabled_roles:
        raise actor_not_permitted("ROLE")
    return role


def _rights(claims: Claims, role: Role | None) -> frozenset[str]:
    return claims.rights & RIGHTS_OF[CALLER_KIND_OF[role]] if role else frozenset()
