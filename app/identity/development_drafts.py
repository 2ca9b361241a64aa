"""What is about to be signed: a token or a proof whose every part can still be made wrong on purpose.

A claim is named by its whole name or by the last part of it, and what stands inside by dots:
`security_level`, `attest.care_relationship.decision_ref.id`.
"""

import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Self

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import get_default_algorithms

from app.identity import claims
from app.identity.compact import base64url
from app.identity.development_keys import SigningKey


class Signature(StrEnum):
    """How a draft is signed."""

    RIGHT = "right"
    ANOTHER_KEY = "with another key"
    BROKEN = "one bit of it is not as it was"
    ABSENT = "not at all"
    SHARED_SECRET = "with HMAC, keyed with what everybody knows: the public key"  # noqa: S105 - names a fault


@dataclass(slots=True, repr=False)
class Draft:
    """`key` is what it should be signed with. `said_twice` names a claim that is written down twice, which no
    dictionary can hold."""

    key: SigningKey
    header: dict[str, Any]
    payload: dict[str, Any]
    signature: Signature = Signature.RIGHT
    said_twice: str | None = None

    def changed(self, *changes: "Change") -> Self:
        """The same draft, after these changes."""
        for change in changes:
            change(self)
        return self

    def signed(self) -> str:
        """In the compact form."""
        text = f"{base64url(_json(self.header))}.{base64url(self._payload_text())}"
        return f"{text}.{base64url(_SIGN[self.signature](text.encode(), self.key))}"

    def _payload_text(self) -> bytes:
        text = _json(self.payload)
        if self.said_twice is None:
            return text
        return text[:-1] + b"," + _json({self.said_twice: self.payload[self.said_twice]})[1:]


Change = Callable[[Draft], None]
"""Something to do to a draft. Whoever makes drafts differ, in a right way or a wrong one, hands out these."""

_HELSEID_CLAIMS: Final = (
    *claims.PROFESSIONAL_CLAIMS, claims.ASSURANCE_LEVEL, claims.CLIENT_NAME, claims.SUPPLIER, claims.TENANCY,
)  # fmt: skip
_SHORT_NAMES: Final = {name.rsplit("/", 1)[-1]: name for name in _HELSEID_CLAIMS} | {"attest": claims.ATTEST}


class NotThere(LookupError):
    """A draft has no such place; the message says which was meant."""


def sets(path: str, value: Any) -> Change:
    """Say this there."""

    def change(draft: Draft) -> None:
        parent, name = _place(draft.payload, path)
        parent[name] = value

    return change


def extends(path: str, text: str) -> Change:
    """Say this behind what is said there."""

    def change(draft: Draft) -> None:
        parent, name = _place(draft.payload, path)
        parent[name] += text

    return change


def leaves_out(path: str) -> Change:
    """Say nothing there; a name of the header is one of the header."""

    def change(draft: Draft) -> None:
        if draft.header.pop(path, None) is not None:
            return
        parent, name = _place(draft.payload, path)
        parent.pop(name, None)

    return change


def later(path: str, seconds: int) -> Change:
    """State a later time there; an earlier one when negative. What was not stated is counted from when it is issued."""

    def change(draft: Draft) -> None:
        parent, name = _place(draft.payload, path)
        parent[name] = parent.get(name, draft.payload.get("iat", 0)) + seconds

    return change


def in_header(name: str, value: Any) -> Change:
    """Say this in the header; None leaves it out."""

    def change(draft: Draft) -> None:
        draft.header.pop(name, None)
        if value is not None:
            draft.header[name] = value

    return change


def sign(how: Signature, algorithm: str | None = None) -> Change:
    """Sign in another way, and name this algorithm in the header."""

    def change(draft: Draft) -> None:
        draft.signature = how
        if algorithm is not None:
            draft.header["alg"] = algorithm

    return change


def says_twice(name: str) -> Change:
    """Write a claim down twice."""

    def change(draft: Draft) -> None:
        draft.said_twice = name

    return change


def every(*changes: Change) -> Change:
    """One after the other."""

    def change(draft: Draft) -> None:
        draft.changed(*changes)

    return change


def claim_named(payload: dict[str, Any], name: str) -> str:
    """The claim that is meant: of that name, or else the one that ends in it."""
    if name in payload:
        return name
    ending = [claim for claim in payload if claim.endswith(f"/{name}")]
    return ending[0] if len(ending) == 1 else _SHORT_NAMES.get(name, name)


def _place(payload: dict[str, Any], path: str) -> tuple[dict[str, Any], str]:
    """The object that something is said in, and the name it is said by there."""
    first, *inner = path.split(".")
    steps = [claim_named(payload, first), *inner]
    parent = payload
    for step in steps[:-1]:
        found = parent.setdefault(step, {}) if parent is not payload else parent.get(step)
        if not isinstance(found, dict):
            raise NotThere(f"{path}: there is no {step} to say it in")
        parent = found
    return parent, steps[-1]


_ALGORITHMS: Final = get_default_algorithms()


def _with_key(text: bytes, key: SigningKey) -> bytes:
    signature: bytes = _ALGORITHMS[key.algorithm].sign(text, key.private_key)
    return signature


def _with_another_key(text: bytes, key: SigningKey) -> bytes:
    return _with_key(text, SigningKey.generate(key.algorithm))


def _broken(text: bytes, key: SigningKey) -> bytes:
    signature = bytearray(_with_key(text, key))
    signature[0] ^= 1
    return bytes(signature)


def _with_public_key_as_secret(text: bytes, key: SigningKey) -> bytes:
    known = key.private_key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return hmac.digest(known, text, hashlib.sha256)


_SIGN: Final[dict[Signature, Callable[[bytes, SigningKey], bytes]]] = {
    Signature.RIGHT: _with_key,
    Signature.ANOTHER_KEY: _with_another_key,
    Signature.BROKEN: _broken,
    Signature.ABSENT: lambda _text, _key: b"",
    Signature.SHARED_SECRET: _with_public_key_as_secret,
}


def _json(part: dict[str, Any]) -> bytes:
    return json.dumps(part, separators=(",", ":"), ensure_ascii=False).encode()
