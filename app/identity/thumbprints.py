"""The thumbprint of a public key: what a token names the key of its holder by (RFC 7638, SHA-256)."""

import base64
import hashlib
from collections.abc import Mapping
from typing import Any, Final

import orjson

_MEMBERS: Final = {"EC": ("crv", "kty", "x", "y"), "RSA": ("e", "kty", "n")}


def thumbprint(jwk: Mapping[str, Any]) -> str:
    """The thumbprint of a key of type EC or RSA, base64url without padding. Raises KeyError for any other."""
    required = {name: jwk[name] for name in _MEMBERS[jwk["kty"]]}
    digest = hashlib.sha256(orjson.dumps(required, option=orjson.OPT_SORT_KEYS)).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
