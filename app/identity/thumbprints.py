"""How a token names the key of its holder (RFC 7638, SHA-256), and a proof the token it goes with (RFC 9449)."""

import hashlib
from collections.abc import Mapping
from typing import Any, Final

import orjson

from app.identity.compact import base64url

_MEMBERS: Final = {"EC": ("crv", "kty", "x", "y"), "RSA": ("e", "kty", "n")}


def thumbprint(jwk: Mapping[str, Any]) -> str:
    """The thumbprint of a key of type EC or RSA, base64url without padding. Raises KeyError for any other."""
    required = {name: jwk[name] for name in _MEMBERS[jwk["kty"]]}
    digest = hashlib.sha256(orjson.dumps(required, option=orjson.OPT_SORT_KEYS)).digest()
    return base64url(digest)


def token_hash(token: str) -> str:
    """The `ath` of a proof: which token it goes with."""
    return base64url(hashlib.sha256(token.encode("ascii")).digest())
