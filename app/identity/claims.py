"""The claims of a verified token: their names in one place, and their values with types.

Nothing is mended on the way: a claim of the wrong type makes the token malformed, `null` means absent.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from app.identity.refusals import invalid_token
from app.identity.strict_json import NotStrictJson, read_object

GATEWAY: Final = "nhn:maternity-gateway"
"""The gateway's audience; its scopes are this, a slash and a right."""

PID: Final = "helseid://claims/identity/pid"
SECURITY_LEVEL: Final = "helseid://claims/identity/security_level"
ASSURANCE_LEVEL: Final = "helseid://claims/identity/assurance_level"
HPR_NUMBER: Final = "helseid://claims/hpr/hpr_number"
HPR_DETAILS: Final = "helseid://claims/hpr/hpr_details"
ORGANISATION_PARENT: Final = "helseid://claims/client/claims/orgnr_parent"
ORGANISATION_CHILD: Final = "helseid://claims/client/claims/orgnr_child"
SUPPLIER: Final = "helseid://claims/client/claims/orgnr_supplier"
CLIENT_NAME: Final = "helseid://claims/client/client_name"
TENANCY: Final = "helseid://claims/client/client_tenancy"
ATTEST: Final = "nhn:tillitsrammeverk:parameters"
CITIZEN_PID: Final = "pid"
ACR: Final = "acr"
REPRESENTATION: Final = "representation"

PROFESSIONAL_CLAIMS: Final = (PID, SECURITY_LEVEL, HPR_NUMBER, HPR_DETAILS, ORGANISATION_PARENT, ORGANISATION_CHILD)
"""Claims that have no place in a citizen's token."""


class IssuerKind(StrEnum):
    """Who vouches for the caller; together with the claims it decides what kind of caller this is."""

    HELSEID = "helseid"
    ID_PORTEN = "idporten"
    HELSENORGE = "helsenorge"
    OVERSIGHT = "oversight"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Claims:
    """What a verified token says. Has no repr of its content: it holds identity numbers and ends up in tracebacks.

    national_identity_number   `pid` as this kind of issuer spells it: the person who signed in, save for Helsenorge,
                               where it is the person represented
    professions                codes of her approvals in the register of health personnel; None when not delivered
    attest, representation     as they came, read further in `attest.py` and `representation.py`
    key_thumbprint             the key the token is bound to (`cnf.jkt`)
    """

    issuer_kind: IssuerKind
    audience: str
    token_id: str
    client_id: str
    scopes: frozenset[str]
    issued_at: int
    expires_at: int
    session_id: str | None = None
    key_thumbprint: str | None = None
    name: str | None = None
    client_name: str | None = None
    national_identity_number: str | None = None
    acr: str | None = None
    security_level: str | None = None
    assurance_level: str | None = None
    hpr_number: str | None = None
    professions: frozenset[str] | None = None
    organisation_parent: str | None = None
    organisation_child: str | None = None
    supplier_number: str | None = None
    has_professional_claims: bool = False
    attest: Any = None
    representation: Any = None

    def __repr__(self) -> str:
        return f"<Claims from {self.issuer_kind.value}>"

    @property
    def rights(self) -> frozenset[str]:
        """The rights at this audience; scopes of other services fall away, and only whole tokens count."""
        prefix = f"{self.audience}/"
        return frozenset(scope.removeprefix(prefix) for scope in self.scopes if scope.startswith(prefix))


def read_claims(payload: Mapping[str, Any], kind: IssuerKind, audience: str) -> Claims:
    """The claims of a payload whose signature, issuer, audience and times have been checked."""
    return Claims(
        issuer_kind=kind,
        audience=audience,
        token_id=_required_text(payload, "jti"),
        client_id=_required_text(payload, "client_id"),
        scopes=_scopes(payload),
        issued_at=required_time(payload, "iat"),
        expires_at=required_time(payload, "exp"),
        session_id=_text(payload, "sid"),
        key_thumbprint=_key_thumbprint(payload),
        name=_text(payload, "name"),
        client_name=_text(payload, CLIENT_NAME),
        national_identity_number=_text(payload, CITIZEN_PID if kind in _CITIZEN_ISSUERS else PID),
        acr=_text(payload, ACR),
        security_level=_text(payload, SECURITY_LEVEL),
        assurance_level=_text(payload, ASSURANCE_LEVEL),
        hpr_number=_text(payload, HPR_NUMBER),
        professions=_professions(payload.get(HPR_DETAILS)),
        organisation_parent=_text(payload, ORGANISATION_PARENT),
        organisation_child=_text(payload, ORGANISATION_CHILD),
        supplier_number=_text(payload, SUPPLIER),
        has_professional_claims=any(payload.get(name) is not None for name in PROFESSIONAL_CLAIMS),
        attest=payload.get(ATTEST),
        representation=payload.get(REPRESENTATION),
    )


def required_time(payload: Mapping[str, Any], name: str) -> int:
    """A point in time in whole seconds since 1970."""
    value = payload.get(name)
    if value is None:
        raise invalid_token("CLAIM_MISSING")
    if not isinstance(value, int) or isinstance(value, bool):
        raise invalid_token("MALFORMED")
    return value


_CITIZEN_ISSUERS: Final = (IssuerKind.ID_PORTEN, IssuerKind.HELSENORGE)


def _text(payload: Mapping[str, Any], name: str) -> str | None:
    value = payload.get(name)
    if value is not None and (not isinstance(value, str) or not value):
        raise invalid_token("MALFORMED")
    return value


def _required_text(payload: Mapping[str, Any], name: str) -> str:
    value = _text(payload, name)
    if value is None:
        raise invalid_token("CLAIM_MISSING")
    return value


def _scopes(payload: Mapping[str, Any]) -> frozenset[str]:
    value = payload.get("scope")
    tokens = value.split(" ") if isinstance(value, str) else value
    if tokens is None:
        raise invalid_token("CLAIM_MISSING")
    if not isinstance(tokens, list) or not all(isinstance(token, str) for token in tokens):
        raise invalid_token("MALFORMED")
    scopes = frozenset(token for token in tokens if token)
    if not scopes:
        raise invalid_token("CLAIM_MISSING")
    return scopes


def _key_thumbprint(payload: Mapping[str, Any]) -> str | None:
    confirmation = payload.get("cnf")
    if confirmation is None:
        return None
    if not isinstance(confirmation, dict):
        raise invalid_token("MALFORMED")
    return _text(confirmation, "jkt")


def _professions(details: Any) -> frozenset[str] | None:
    """HelseID sends the details as an object or as a JSON string. Details that cannot be read approve nothing."""
    if details is None:
        return None
    try:
        approvals = (read_object(details) if isinstance(details, str) else details)["approvals"]
        return frozenset(approval["profession"] for approval in approvals)
    except (NotStrictJson, TypeError, KeyError):
        return frozenset()
