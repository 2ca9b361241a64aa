"""Access tokens, verified step by step. One failing step ends it.

Written for HelseID's and ID-porten's tokens after RFC 9068 (access tokens) and RFC 8725 (best practice). A token is
never mended: no trimming, no change of case, no second attempt.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final

from app.identity.claims import Claims, IssuerKind, read_claims, required_time
from app.identity.compact import Compact, NotCompact, is_long_enough, is_signed, json_part, split
from app.identity.keys import KeySource, VerificationKey
from app.identity.refusals import ALGORITHMS, invalid_token

MAX_TOKEN_BYTES: Final = 16 * 1024
SIGNATURES_KEPT: Final = 4_096

_TYPES: Final = frozenset({"at+jwt", "application/at+jwt", "jwt", "application/jwt"})


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class TrustedIssuer:
    """An issuer whose tokens are accepted. `issuer` is compared byte for byte; `keys` are its own and nobody else's."""

    issuer: str
    kind: IssuerKind
    keys: KeySource


@dataclass(frozen=True, slots=True, repr=False)
class _Unverified:
    """A token taken apart, nothing of it believed yet."""

    parts: Compact
    header: Mapping[str, Any]
    payload: Mapping[str, Any]


class AccessTokenVerifier:
    """Turns a raw token into Claims or raises TransportRefusal 401 INVALID_TOKEN with an internal reason."""

    def __init__(
        self,
        issuers: Sequence[TrustedIssuer],
        audience: str,
        leeway_seconds: int = 5,
        max_lifetime_seconds: int = 3600,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._issuers = {issuer.issuer: issuer for issuer in issuers}
        self._audience = audience
        self._leeway_seconds = leeway_seconds
        self._max_lifetime_seconds = max_lifetime_seconds
        self._clock = clock
        self._proven: OrderedDict[bytes, tuple[VerificationKey, Claims]] = OrderedDict()

    async def refresh_keys_for(self, raw: str) -> None:
        """To be awaited before `verify` where keys are fetched: lets the issuer's key source look for a new key."""
        token = _take_apart(raw)
        _check_header(token.header)
        issuer = self._issuer_of(token.payload)
        kid = token.header.get("kid")
        if isinstance(kid, str):
            await issuer.keys.refresh(kid)

    def verify(self, raw: str) -> Claims:
        """The claims of a token that passes every check. Does no input or output."""
        token = _take_apart(raw)
        _check_header(token.header)
        issuer = self._issuer_of(token.payload)
        key = _key_for(token.header, issuer.keys)
        name = hashlib.sha256(raw.encode()).digest()
        claims = self._proven_before(name, key)
        if claims is None:
            _check_signature(token, key)
            self._check_audience(token.payload)
        self._check_times(token.payload)
        if claims is None:
            claims = read_claims(token.payload, issuer.kind, self._audience)
            self._proven[name] = key, claims
            if len(self._proven) > SIGNATURES_KEPT:
                self._proven.popitem(last=False)
        return claims

    def _proven_before(self, name: bytes, key: VerificationKey) -> Claims | None:
        """A token that was right with this very key is right again, but for its times: a client sends one many times.
        A key that is withdrawn or replaced is another key."""
        known_key, claims = self._proven.get(name, (None, None))
        if known_key is not key:
            return None
        self._proven.move_to_end(name)
        return claims

    def _issuer_of(self, payload: Mapping[str, Any]) -> TrustedIssuer:
        """Whose keys to try. The name is only a claim until the signature has been checked with those keys."""
        name = payload.get("iss")
        issuer = self._issuers.get(name) if isinstance(name, str) else None
        if issuer is None:
            raise invalid_token("ISSUER")
        return issuer

    def _check_audience(self, payload: Mapping[str, Any]) -> None:
        # The only audience: a token that also opens another service could be passed on to us by that service.
        if payload.get("aud") not in (self._audience, [self._audience]):
            raise invalid_token("AUDIENCE")

    def _check_times(self, payload: Mapping[str, Any]) -> None:
        expires_at, not_before, issued_at = (required_time(payload, name) for name in ("exp", "nbf", "iat"))
        now = self._clock().timestamp()
        if now >= expires_at + self._leeway_seconds:
            raise invalid_token("EXPIRED")
        if max(not_before, issued_at) > now + self._leeway_seconds:
            raise invalid_token("NOT_YET_VALID")
        if expires_at - issued_at > self._max_lifetime_seconds:
            raise invalid_token("LIFETIME")


@lru_cache(SIGNATURES_KEPT)
def _take_apart(raw: str) -> _Unverified:
    try:
        parts = split(raw, MAX_TOKEN_BYTES)
        return _Unverified(parts, json_part(parts.header), json_part(parts.payload))
    except NotCompact:
        raise invalid_token("MALFORMED") from None


def _check_header(header: Mapping[str, Any]) -> None:
    algorithm, token_type = header.get("alg"), header.get("typ")
    if algorithm not in ALGORITHMS:
        raise invalid_token("ALG_NOT_ALLOWED")
    if "crit" in header:
        raise invalid_token("MALFORMED")
    if not isinstance(token_type, str) or token_type.lower() not in _TYPES:
        raise invalid_token("TYPE_NOT_ALLOWED")


def _key_for(header: Mapping[str, Any], keys: KeySource) -> VerificationKey:
    kid = header.get("kid")
    key = keys.find(kid) if isinstance(kid, str) else None
    if key is None:
        raise invalid_token("SIGNATURE")
    if header["alg"] not in key.algorithms:
        raise invalid_token("ALG_NOT_ALLOWED")
    return key


def _check_signature(token: _Unverified, key: VerificationKey) -> None:
    algorithm = token.header["alg"]
    try:
        is_good = is_long_enough(algorithm, key.public_key) and is_signed(token.parts, algorithm, key.public_key)
    except NotCompact:
        raise invalid_token("MALFORMED") from None
    if not is_good:
        raise invalid_token("SIGNATURE")
