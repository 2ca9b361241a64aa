"""The compact form of a signed token (RFC 7515): three parts in base64url with dots between.

Taken apart strictly, and its signature checked with the algorithm itself: `PyJWS.decode` would take it apart once more,
at twice the cost of verifying it.
"""

import base64
import binascii
import re
from dataclasses import dataclass
from typing import Any, Final

from jwt import PyJWS

from app.identity.refusals import ALGORITHMS
from app.identity.strict_json import NotStrictJson, read_object

# The signature may be empty here, so that an unsigned token is refused for its algorithm and logged as that.
_COMPACT: Final = re.compile(r"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]*)", re.ASCII)

_signatures: Final = PyJWS(algorithms=list(ALGORITHMS))


class NotCompact(ValueError):
    """The text is not one token in compact form. Says nothing about the text itself."""


@dataclass(frozen=True, slots=True, repr=False)
class Compact:
    """The parts, encoded as they came; nothing of them is believed yet."""

    header: str
    payload: str
    signature: str


def split(raw: str, max_bytes: int) -> Compact:
    """The parts of a token. Raises NotCompact."""
    parts = _COMPACT.fullmatch(raw) if len(raw) <= max_bytes else None
    if parts is None:
        raise NotCompact("not three parts")
    return Compact(parts[1], parts[2], parts[3])


def json_part(encoded: str) -> dict[str, Any]:
    """The JSON object that a part is. Raises NotCompact."""
    try:
        return read_object(_decoded(encoded))
    except NotStrictJson:
        raise NotCompact("a part is not a strict JSON object") from None


def is_signed(token: Compact, algorithm_name: str, public_key: Any) -> bool:
    """Whether the signature is right. Raises NotCompact when it cannot be decoded."""
    algorithm, signature = _signatures.get_algorithm_by_name(algorithm_name), _decoded(token.signature)
    return algorithm.verify(f"{token.header}.{token.payload}".encode("ascii"), public_key, signature)


def is_long_enough(algorithm_name: str, public_key: Any) -> bool:
    """Whether a key has the length that the algorithm needs to prove anything."""
    return _signatures.get_algorithm_by_name(algorithm_name).check_key_length(public_key) is None


def base64url(data: bytes) -> str:
    """Bytes as a part of a token is encoded: base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decoded(encoded: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))
    except binascii.Error:
        raise NotCompact("a part is not base64url") from None
