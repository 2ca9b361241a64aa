"""The process's own issuer, for development only: real signed tokens for people who do not exist.

The tokens have the shapes of the real issuers' (HelseID for professionals and machines, ID-porten for citizens), so
they pass the same verification as real ones. They differ in `iss`, and that production trusts none of these issuers.
Other shapes that are met with are in `development_forms.py`, and what can be wrong in `development_faults.py`.
"""

import hashlib
import uuid
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from app.domain.viewer import CallerKind, Organisation
from app.identity import attest, claims
from app.identity.claims import IssuerKind
from app.identity.development_drafts import Change, Draft, sets
from app.identity.development_keys import load_or_create_keys
from app.identity.keys import StaticKeys
from app.identity.personas import Persona
from app.identity.representation import POWER_OF_ATTORNEY
from app.identity.tokens import TrustedIssuer
from app.identity.viewers import HIGHEST_ACR, HIGHEST_SECURITY_LEVEL

ISSUERS: Final[Mapping[IssuerKind, str]] = {
    IssuerKind.HELSEID: "https://helsekort.example/development/helseid",
    IssuerKind.ID_PORTEN: "https://helsekort.example/development/idporten",
    IssuerKind.HELSENORGE: "https://helsekort.example/development/helsenorge",
    IssuerKind.OVERSIGHT: "https://helsekort.example/development/oversight",
}

_ISSUER_OF: Final[Mapping[CallerKind, IssuerKind]] = {
    CallerKind.CITIZEN: IssuerKind.ID_PORTEN,
    CallerKind.REPRESENTATIVE: IssuerKind.ID_PORTEN,
    CallerKind.CLINICIAN: IssuerKind.HELSEID,
    CallerKind.SECRETARY: IssuerKind.HELSEID,
    CallerKind.MACHINE: IssuerKind.HELSEID,
    CallerKind.AUDITOR: IssuerKind.OVERSIGHT,
    CallerKind.EVALUATOR: IssuerKind.OVERSIGHT,
}

# HelseID, ID-porten and Helsenorge sign with RSA; the fourth keeps the other family of algorithms in use as well.
_ALGORITHM_OF: Final = {
    IssuerKind.HELSEID: "RS256",
    IssuerKind.ID_PORTEN: "RS256",
    IssuerKind.HELSENORGE: "RS256",
    IssuerKind.OVERSIGHT: "ES256",
}
TOKEN_TYPE: Final = "at+jwt"  # noqa: S105 - the type of every token

_CARE_RELATION_FOR: Final = {"ETREAT": "BLAALYS", "COC": "PLANOPP"}


class DevelopmentIssuer:
    """Signs tokens for personas with keys kept in a directory."""

    def __init__(self, directory: Path) -> None:
        self._keys = load_or_create_keys(directory)

    def key_set(self) -> dict[str, Any]:
        """The public keys as a JWKS."""
        return {"keys": [key.public_jwk() for key in self._keys.values()]}

    def trusted_issuers(self) -> tuple[TrustedIssuer, ...]:
        """What a verifier needs to accept these tokens."""
        keys = StaticKeys(self.key_set())
        return tuple(TrustedIssuer(issuer, kind, keys) for kind, issuer in ISSUERS.items())

    def draft(
        self, persona: Persona, *, now: datetime, purpose: str = "TREAT", lifetime_seconds: int = 600,
        by_hand: bool = False,
    ) -> Draft:  # fmt: skip
        """A persona's token before it is signed.

        `by_hand`: a professional has picked the patient herself, in a sign-in session that outlives the token.
        """
        issued_at = int(now.timestamp())
        payload = claims_of(persona, purpose=purpose, issued_at=issued_at, lifetime_seconds=lifetime_seconds)
        if by_hand and claims.ATTEST in payload:
            _pick_by_hand(payload)
        return self.draft_of(_ISSUER_OF[persona.kind], payload)

    def draft_of(self, kind: IssuerKind, payload: dict[str, Any]) -> Draft:
        """A token of one of the issuers that says this, before it is signed."""
        key = self._keys[_ALGORITHM_OF[kind]]
        return Draft(key, {"alg": key.algorithm, "typ": TOKEN_TYPE, "kid": key.kid}, payload)

    def mint(
        self, persona: Persona, *, now: datetime, purpose: str = "TREAT", lifetime_seconds: int = 600,
        by_hand: bool = False, changes: Iterable[Change] = (), **claim_overrides: Any,
    ) -> str:  # fmt: skip
        """A signed token for a persona. An override replaces a claim, and None leaves it out."""
        draft = self.draft(persona, now=now, purpose=purpose, lifetime_seconds=lifetime_seconds, by_hand=by_hand)
        said = draft.payload | claim_overrides
        draft.payload = {name: value for name, value in said.items() if value is not None}
        return draft.changed(*changes).signed()


def issuer_of(persona: Persona, forms: Collection[str] = ()) -> IssuerKind:
    """Where somebody signs in; a citizen can do so in two places, and the form of the token says where."""
    kind = _ISSUER_OF[persona.kind]
    is_elsewhere = kind is IssuerKind.ID_PORTEN and IssuerKind.HELSENORGE in forms
    return IssuerKind.HELSENORGE if is_elsewhere else kind


def bound_to(thumbprint: str) -> Change:
    """Bind a token to a key: it is then worth nothing without a proof made with that key."""
    return sets("cnf", {"jkt": thumbprint})


def claims_of(persona: Persona, *, purpose: str, issued_at: int, lifetime_seconds: int) -> dict[str, Any]:
    """The payload of a persona's token, in the shape of the issuer that would really vouch for such a caller."""
    issuer_kind = _ISSUER_OF[persona.kind]
    payload = _envelope(persona, ISSUERS[issuer_kind], issued_at, lifetime_seconds)
    if issuer_kind is IssuerKind.ID_PORTEN:
        return payload | _citizen(persona)
    payload |= _client(persona)
    if persona.kind is CallerKind.MACHINE:
        return payload
    payload |= _person(persona)
    if issuer_kind is IssuerKind.HELSEID:
        payload[claims.ATTEST] = _attest(persona, purpose, issued_at)
    return payload


def _envelope(persona: Persona, issuer: str, issued_at: int, lifetime_seconds: int) -> dict[str, Any]:
    return {
        "iss": issuer,
        "aud": claims.GATEWAY,
        "iat": issued_at,
        "nbf": issued_at,
        "exp": issued_at + lifetime_seconds,
        "jti": uuid.uuid4().hex,
        "client_id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{issuer}/clients/{persona.kind.value}")),
        "scope": [f"{claims.GATEWAY}/{right}" for right in persona.scopes],
        "sub": hashlib.sha256(f"{issuer}|{persona.name}".encode()).hexdigest(),
    }


def _citizen(persona: Persona) -> dict[str, Any]:
    payload = {"pid": persona.national_identity_number, "acr": HIGHEST_ACR, "name": persona.full_name}
    if persona.represents is None:
        return payload
    parties = {"actor": persona.national_identity_number, "subject": persona.represents}
    return payload | {claims.REPRESENTATION: {"type": POWER_OF_ATTORNEY, **parties}}


def _client(persona: Persona) -> dict[str, Any]:
    unit = _unit(persona)
    return {
        claims.ORGANISATION_PARENT: unit.parent_number,
        claims.ORGANISATION_CHILD: unit.number,
        claims.CLIENT_NAME: "Testjournal",
    }


def _person(persona: Persona) -> dict[str, Any]:
    return {
        claims.PID: persona.national_identity_number,
        claims.SECURITY_LEVEL: HIGHEST_SECURITY_LEVEL,
        claims.ASSURANCE_LEVEL: "high",
        claims.HPR_NUMBER: persona.hpr_number,
        "name": persona.full_name,
        "sid": uuid.uuid4().hex,
    }


def _attest(persona: Persona, purpose: str, issued_at: int) -> dict[str, Any]:
    unit = _unit(persona)
    practitioner = {
        "legal_entity": {"id": unit.parent_number, "system": f"urn:oid:{attest.ORGANISATION_NUMBER}"},
        "point_of_care": {"id": unit.number, "system": f"urn:oid:{attest.ORGANISATION_NUMBER}"},
    }
    if persona.profession is not None:
        practitioner["authorization"] = {"code": persona.profession, "system": f"urn:oid:{attest.PROFESSIONS.oid}"}
        practitioner["hpr_nr"] = {"id": str(persona.hpr_number), "system": f"urn:oid:{attest.HPR_NUMBER}"}
    care_relation = {"code": _CARE_RELATION_FOR.get(purpose, "BEHANDLER"), "system": attest.CARE_RELATION}
    relation = {
        "purpose_of_use": {"code": purpose, "system": f"urn:oid:{attest.PURPOSE_OF_USE}"},
        "purpose_of_use_details": care_relation,
        "decision_ref": {"id": uuid.uuid4().hex, "user_selected": False},
    }
    return {"practitioner": practitioner, "care_relationship": relation, "attestation": {"toa": issued_at}}


def _pick_by_hand(payload: dict[str, Any]) -> None:
    payload["sid"] = uuid.uuid5(uuid.NAMESPACE_URL, payload["sub"]).hex
    payload[claims.ATTEST]["care_relationship"]["decision_ref"]["user_selected"] = True


def _unit(persona: Persona) -> Organisation:
    if persona.unit is None:
        raise ValueError(f"the persona {persona.name} works at no unit")
    return persona.unit
