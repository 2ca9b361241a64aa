"""The grants of the development issuer: in exchange for what it signs a token, and what it says then.

client_credentials    a system on its own
token-exchange        another's token, for the national card itself (RFC 8693)
persona               nobody signs in: the client names who would have. Development's own grant
"""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from app.development import all_personas
from app.development_clients import Client, TokenRefusal
from app.development_details import changes_of_details
from app.domain.errors import TransportRefusal
from app.domain.viewer import CallerKind
from app.identity.claims import GATEWAY, IssuerKind
from app.identity.compact import json_part, split
from app.identity.development_drafts import Draft, sets
from app.identity.development_faults import FAULTS, UPSTREAM
from app.identity.development_forms import FORMS, NotOfThisToken, UnknownName, named
from app.identity.development_issuer import ISSUERS, DevelopmentIssuer, bound_to, issuer_of
from app.identity.personas import Persona, PurposeNotGiven, UnknownPersona, find_persona
from app.identity.tokens import MAX_TOKEN_BYTES, AccessTokenVerifier

CLIENT_CREDENTIALS: Final = "client_credentials"
TOKEN_EXCHANGE: Final = "urn:ietf:params:oauth:grant-type:token-exchange"  # noqa: S105 - the name of a grant
PERSONA: Final = "urn:helsekort:development:persona"
ACCESS_TOKEN: Final = "urn:ietf:params:oauth:token-type:access_token"  # noqa: S105 - the name of a type

LIFETIME_SECONDS: Final = 600
SYSTEM: Final = "ehr"
"""The persona of a system that names none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request for a token at one of the issuers. `key_thumbprint` is of the key that the token is to be bound to."""

    kind: IssuerKind
    parameters: Mapping[str, str]
    client: Client
    key_thumbprint: str | None
    now: datetime

    def required(self, name: str) -> str:
        """A parameter that must be there."""
        if name not in self.parameters:
            raise TokenRefusal("invalid_request", f"{name} is missing")
        return self.parameters[name]

    def words(self, name: str) -> list[str]:
        """A parameter that is a list with spaces."""
        return self.parameters.get(name, "").split()


def granted(asked: Asked, issuer: DevelopmentIssuer, verifier: AccessTokenVerifier) -> dict[str, Any]:
    """The answer with the token. Raises TokenRefusal."""
    grant = asked.required("grant_type")
    if grant == TOKEN_EXCHANGE:
        return _answer(asked, _exchanged(asked, issuer, verifier)) | {"issued_token_type": ACCESS_TOKEN}
    if grant not in _PERSONA_OF:
        raise TokenRefusal("unsupported_grant_type", f"these are taken: {', '.join(GRANTS)}")
    persona = _PERSONA_OF[grant](asked)
    return _answer(asked, _of_persona(persona, asked, issuer))


def _answer(asked: Asked, draft: Draft) -> dict[str, Any]:
    said = draft.payload
    scope = said.get("scope", [])
    return {
        "access_token": draft.signed(),
        "token_type": "Bearer" if asked.key_thumbprint is None else "DPoP",
        "expires_in": int(said.get("exp", 0) - asked.now.timestamp()),
        "scope": scope if isinstance(scope, str) else " ".join(scope),
    }


def _system(asked: Asked) -> Persona:
    persona = _known(asked.parameters.get("persona", SYSTEM))
    if persona.kind is not CallerKind.MACHINE:
        raise TokenRefusal("unauthorized_client", f"{persona.name} is a person; the grant for her is {PERSONA}")
    return persona


def _person(asked: Asked) -> Persona:
    return _known(asked.required("persona"))


_PERSONA_OF: Final[Mapping[str, Callable[[Asked], Persona]]] = {CLIENT_CREDENTIALS: _system, PERSONA: _person}
GRANTS: Final = (*_PERSONA_OF, TOKEN_EXCHANGE)


def _known(name: str) -> Persona:
    try:
        return find_persona(all_personas(), name)
    except UnknownPersona as error:
        raise TokenRefusal("invalid_grant", str(error)) from error


def _of_persona(persona: Persona, asked: Asked, issuer: DevelopmentIssuer) -> Draft:
    forms = asked.words("form")
    if asked.kind is IssuerKind.HELSENORGE:
        forms.append(IssuerKind.HELSENORGE.value)
    if issuer_of(persona, forms) is not asked.kind:
        raise TokenRefusal("invalid_grant", f"{persona.name} signs in at {issuer_of(persona, forms).value}")
    try:
        purpose = persona.purpose_for(asked.parameters.get("purpose"))
        draft = issuer.draft(persona, now=asked.now, purpose=purpose, lifetime_seconds=LIFETIME_SECONDS, by_hand=True)
        _bind(draft, asked)
        _narrow(draft, asked)
        draft.changed(*changes_of_details(asked.parameters, asked.client), *named(FAULTS, asked.words("fault")))
        return draft.changed(*named(FORMS, forms))
    except PurposeNotGiven as error:
        raise TokenRefusal("invalid_grant", str(error)) from error
    except (UnknownName, NotOfThisToken) as error:
        raise TokenRefusal("invalid_request", str(error)) from error


def _bind(draft: Draft, asked: Asked) -> None:
    if asked.client.id is not None:
        draft.changed(sets("client_id", asked.client.id))
    draft.payload.pop("cnf", None)
    if asked.key_thumbprint is not None:
        draft.changed(bound_to(asked.key_thumbprint))


def _narrow(draft: Draft, asked: Asked) -> None:
    """To the scopes that were asked for; without any the caller gets all she can have."""
    wanted = asked.words("scope")
    if not set(wanted) <= set(draft.payload["scope"]):
        raise TokenRefusal("invalid_scope", f"she can have {' '.join(draft.payload['scope'])}")
    draft.payload["scope"] = wanted or draft.payload["scope"]


def _exchanged(asked: Asked, issuer: DevelopmentIssuer, verifier: AccessTokenVerifier) -> Draft:
    """A token for the national card itself, bound to the key of who asks; the one given is not sent on."""
    if asked.client.id is None:
        raise TokenRefusal("invalid_client", "who exchanges a token says who it is: client_id, or an assertion", 401)
    if asked.required("subject_token_type") != ACCESS_TOKEN or "actor_token" in asked.parameters:
        raise TokenRefusal("invalid_request", f"exchanged are tokens of type {ACCESS_TOKEN}, with nobody else's beside")
    said = _subject(asked, verifier)
    if asked.required("audience") != UPSTREAM:
        raise TokenRefusal("invalid_target", f"tokens are exchanged for the audience {UPSTREAM}")
    scope = asked.words("scope") or [f"{UPSTREAM}/api"]
    if not all(each.startswith(f"{UPSTREAM}/") for each in scope):
        raise TokenRefusal("invalid_scope", f"scopes of {UPSTREAM} begin with its name and a slash")
    now = int(asked.now.timestamp())
    before = {"act": said["act"]} if "act" in said else {}
    draft = issuer.draft_of(asked.kind, said | {
        "aud": UPSTREAM, "scope": scope, "jti": uuid.uuid4().hex, "iat": now, "nbf": now,
        "exp": min(now + LIFETIME_SECONDS, said["exp"]), "act": {"sub": asked.client.id, **before},
    })  # fmt: skip
    _bind(draft, asked)
    return draft


def _subject(asked: Asked, verifier: AccessTokenVerifier) -> dict[str, Any]:
    """What the token to exchange says: one of ours that the gateway would take."""
    raw = asked.required("subject_token")
    try:
        verifier.verify(raw)
    except TransportRefusal as refusal:
        raise TokenRefusal("invalid_request", f"subject_token: {refusal.reason}") from refusal
    said = json_part(split(raw, MAX_TOKEN_BYTES).payload)
    if said["iss"] != ISSUERS[asked.kind]:
        raise TokenRefusal("invalid_request", "subject_token: ISSUER")
    return said


def scopes_of(rights: frozenset[str]) -> list[str]:
    """Rights at the gateway as scopes."""
    return sorted(f"{GATEWAY}/{right}" for right in rights)
