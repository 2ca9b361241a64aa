"""A small world for identity tests: two women, all personas, an issuer that really signs, a clock that stands still."""

import asyncio
import base64
import copy
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pytest
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from app.domain.errors import TransportRefusal
from app.domain.viewer import Organisation, Role, Viewer
from app.identity.claims import ATTEST, GATEWAY, Claims
from app.identity.development_issuer import DevelopmentIssuer, claims_of
from app.identity.development_keys import SigningKey
from app.identity.personas import Persona, personas_for
from app.identity.tokens import AccessTokenVerifier
from app.identity.viewers import viewer_from
from data.synthetic.organisations import NOT_ENROLLED, ORGANISATIONS

NOW = datetime(2026, 5, 4, 10, 0, tzinfo=UTC)
ALL_ROLES = frozenset(Role)


class Woman(NamedTuple):
    """A woman as the cast describes her to the personas."""

    slug: str
    name: str
    number: str
    gp: str = "gp"
    midwife: str = "midwife"


KARI = Woman("kari", "Eksempel, Kari", "17839043112")
AISHA = Woman("aisha", "Eksempel, Aisha", "06829244029")


class Clock:
    """Stands still until told otherwise."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def forward(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)


class Installation:
    """A gateway's identity part as it would be put together in development."""

    def __init__(self, keys: dict[str, SigningKey], issuer: DevelopmentIssuer) -> None:
        self.clock = Clock()
        self.keys = keys
        self.issuer = issuer
        self.personas: dict[str, Persona] = personas_for([KARI, AISHA])
        self.verifier = AccessTokenVerifier(self.issuer.trusted_issuers(), GATEWAY, clock=self.clock)

    def payload(self, name: str, *, purpose: str = "TREAT") -> dict[str, Any]:
        """The claims of a persona's token, to be changed and signed by a test."""
        issued_at = int(self.clock.now.timestamp())
        return claims_of(self.personas[name], purpose=purpose, issued_at=issued_at, lifetime_seconds=600)

    def header(self, **changes: Any) -> dict[str, Any]:
        """The header of a good token signed with the RSA key; None leaves a member out."""
        header = {"alg": "RS256", "typ": "at+jwt", "kid": self.keys["RS256"].kid} | changes
        return {name: value for name, value in header.items() if value is not None}

    def token(
        self, persona: str, changes: Mapping[str, Any] | None = None, /, *, purpose: str = "TREAT", **overrides: Any
    ) -> str:
        """A persona's token, really signed, with claims replaced (or left out, when None)."""
        overrides.update(changes or {})
        return self.issuer.mint(self.personas[persona], now=self.clock.now, purpose=purpose, **overrides)

    def token_with_attest(self, name: str, change: Callable[[dict[str, Any]], Any], *, purpose: str = "TREAT") -> str:
        """A persona's token whose attest has been changed."""
        attest = copy.deepcopy(self.payload(name, purpose=purpose)[ATTEST])
        change(attest)
        return self.token(name, {ATTEST: attest}, purpose=purpose)

    def verify(self, raw: str) -> Claims:
        return self.verifier.verify(raw)

    def viewer(
        self, raw: str, *, roles: frozenset[Role] = ALL_ROLES, client_ids: frozenset[str] | None = None
    ) -> Viewer:
        claims = self.verify(raw)
        return asyncio.run(viewer_from(claims, enrolled, roles, now=self.clock.now, client_ids=client_ids))

    def refusal(self, raw: str, **terms: Any) -> TransportRefusal:
        """Why this token makes no viewer."""
        return refused(lambda: self.viewer(raw, **terms))


async def enrolled(number: str) -> Organisation | None:
    """Look up an enrolled organisation."""
    assert NOT_ENROLLED not in ORGANISATIONS
    return {organisation.number: organisation for organisation in ORGANISATIONS}.get(number)


def refused(call: Callable[[], object]) -> TransportRefusal:
    """The refusal that a call ends in."""
    with pytest.raises(TransportRefusal) as caught:
        call()
    return caught.value


def assemble(header: Mapping[str, Any] | str, payload: Mapping[str, Any] | str, sign: Callable[[bytes], bytes]) -> str:
    """A token put together by hand, so that anything at all can be wrong with it."""
    signed = f"{encoded(header)}.{encoded(payload)}"
    return f"{signed}.{_base64url(sign(signed.encode()))}"


def encoded(part: Mapping[str, Any] | str) -> str:
    return _base64url((part if isinstance(part, str) else json.dumps(part)).encode())


def rs256(private_key: Any) -> Callable[[bytes], bytes]:
    return lambda data: RSAAlgorithm(RSAAlgorithm.SHA256).sign(data, private_key)


def es256(private_key: Any) -> Callable[[bytes], bytes]:
    return lambda data: ECAlgorithm(ECAlgorithm.SHA256).sign(data, private_key)


def unsigned(_: bytes) -> bytes:
    return b""


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
