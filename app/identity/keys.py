"""Public keys that may have signed a token: reading a JWKS, and where it comes from.

A key is always chosen from the issuer's own set by `kid`. Keys that a token brings along or points at
(`jwk`, `jku`, `x5u`) are never looked at.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol, Self

from jwt import PyJWK, PyJWTError

_RSA: Final = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"})
_ALGORITHMS_OF_CURVE: Final = {
    "P-256": frozenset({"ES256"}),
    "P-384": frozenset({"ES384"}),
    "P-521": frozenset({"ES512"}),
}


class KeySetUnusable(ValueError):
    """A JWKS that cannot be used as a set of public signing keys."""


@dataclass(frozen=True, slots=True)
class VerificationKey:
    """One public key and the algorithms it may be used with; that closes every key-confusion attack (RFC 8725)."""

    kid: str
    algorithms: frozenset[str]
    public_key: Any


class KeySource(Protocol):
    """Where an issuer's keys come from. `find` answers from memory; only `refresh` may go out and fetch."""

    def find(self, kid: str) -> VerificationKey | None: ...

    async def refresh(self, kid: str) -> None:
        """Make the key with this id available to `find`, if it is due to look for it."""


class StaticKeys:
    """A key set that is known at start-up and does not change."""

    def __init__(self, jwks: Mapping[str, Any]) -> None:
        self._keys = read_key_set(jwks)

    @classmethod
    def from_file(cls, path: Path) -> Self:
        return cls(json.loads(path.read_bytes()))

    def find(self, kid: str) -> VerificationKey | None:
        return self._keys.get(kid)

    async def refresh(self, kid: str) -> None:
        """Nothing to fetch."""


def read_key_set(jwks: Mapping[str, Any]) -> dict[str, VerificationKey]:
    """The signing keys of a JWKS by `kid`. Keys for other uses and of other types are passed over."""
    entries = jwks.get("keys")
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise KeySetUnusable("a key set has a list of keys")
    keys = [_read_key(entry) for entry in entries if _is_for_signatures(entry)]
    by_kid = {key.kid: key for key in keys}
    if len(by_kid) != len(keys):
        raise KeySetUnusable("two keys have the same id")
    return by_kid


def _is_for_signatures(entry: Mapping[str, Any]) -> bool:
    return entry.get("use", "sig") == "sig" and bool(algorithms_of(entry))


def _read_key(entry: Mapping[str, Any]) -> VerificationKey:
    if "d" in entry:
        raise KeySetUnusable("a private key in a set of public keys")
    kid = entry.get("kid")
    if not isinstance(kid, str) or not kid:
        raise KeySetUnusable("a key without an id")
    return VerificationKey(kid, algorithms_of(entry), read_public_key(entry))


def read_public_key(entry: Mapping[str, Any]) -> Any:
    """The public key of a JWK that is good for signatures. Raises KeySetUnusable."""
    try:
        return PyJWK(dict(entry), algorithm=min(algorithms_of(entry))).key
    except (PyJWTError, ValueError, TypeError):
        raise KeySetUnusable("a key that cannot be read") from None


def algorithms_of(entry: Mapping[str, Any]) -> frozenset[str]:
    """What a key may be used with; nothing for a key that signs nothing here."""
    curve = str(entry.get("crv")) if entry.get("kty") == "EC" else ""
    family = _RSA if entry.get("kty") == "RSA" else _ALGORITHMS_OF_CURVE.get(curve, frozenset())
    return family & {entry["alg"]} if "alg" in entry else family
