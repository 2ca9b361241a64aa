"""Proofs of possession (DPoP, RFC 9449): that who sends a token holds the key it is bound to. One failing step ends it.

A proof is a small token made for one request: it names the method, the address and the access token, and is taken once.
The body it does not name; so that no other body rides on it, every proof is remembered where all processes see it.
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final, Self

from app.domain.ports import SeenProofs
from app.identity.compact import Compact, NotCompact, base64url, is_long_enough, is_signed, json_part, split
from app.identity.keys import KeySetUnusable, algorithms_of, read_public_key
from app.identity.nonces import Nonces
from app.identity.refusals import ALGORITHMS, invalid_proof, nonce_wanted
from app.identity.thumbprints import thumbprint, token_hash

PROOF_TYPE: Final = "dpop+jwt"
MAX_PROOF_BYTES: Final = 4 * 1024
MAX_ID_LENGTH: Final = 256
HEADERS_KEPT: Final = 4_096

_PRIVATE: Final = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofTerms:
    """What proofs are measured against.

    address            the address that callers reach /graphql at; from the configuration, never from a request
    max_age_seconds    how old a proof may be
    skew_seconds       how far the clocks of caller and gateway may be apart
    nonces             when set, a proof must hold one of ours
    """

    address: str
    max_age_seconds: int
    skew_seconds: int
    nonces: Nonces | None = None

    @property
    def remembered_seconds(self) -> int:
        """For how long a proof that was taken could be taken again: from one of a fast clock to when it is too old."""
        return self.max_age_seconds + 2 * self.skew_seconds


@dataclass(frozen=True, slots=True, repr=False)
class _Header:
    """What a client's proofs have in common: nearly all of its proofs begin with the same letters."""

    algorithm: str
    public_key: Any
    thumbprint: str


class ProofVerifier:
    """Lets a proof pass once, or raises TransportRefusal: 401 with an internal reason, 503 when the store is gone."""

    def __init__(self, terms: ProofTerms, seen: SeenProofs) -> None:
        self._terms = terms
        self._seen = seen

    async def verify(
        self, proofs: Sequence[str], *, method: str, token: str, key_thumbprint: str, now: datetime
    ) -> None:
        """Check the one proof of a request that is made now with a token bound to a key."""
        proof = _only(proofs)
        header = _read_header(proof.header)
        if not hmac.compare_digest(header.thumbprint.encode(), key_thumbprint.encode(errors="surrogatepass")):
            raise invalid_proof("DPOP_KEY_MISMATCH")
        payload = _read_payload(proof, header)
        if payload.get("ath") != token_hash(token):
            raise invalid_proof("DPOP_ATH")
        await self._take(header, payload, method, now)

    async def key_of(self, proofs: Sequence[str], *, method: str, now: datetime) -> str:
        """The thumbprint of the key behind a proof that goes with no token yet, but asks for one to be bound to it."""
        proof = _only(proofs)
        header = _read_header(proof.header)
        await self._take(header, _read_payload(proof, header), method, now)
        return header.thumbprint

    def at(self, address: str) -> Self:
        """The same for requests to another address."""
        return type(self)(replace(self._terms, address=address), self._seen)

    async def _take(self, header: _Header, payload: Mapping[str, Any], method: str, now: datetime) -> None:
        """Let a proof pass that is of this request and comes for the first time."""
        proof_id = _id_of(payload)
        if payload.get("htm") != method:
            raise invalid_proof("DPOP_HTM")
        if payload.get("htu") != self._terms.address:
            raise invalid_proof("DPOP_HTU")
        self._check_time(payload.get("iat"), now)
        self._check_nonce(payload.get("nonce"), now)
        until = now + timedelta(seconds=self._terms.remembered_seconds)
        if not await self._seen.is_new(_name(header, proof_id), now, until):
            raise invalid_proof("DPOP_REPLAY")

    def _check_time(self, made_at: Any, now: datetime) -> None:
        if not isinstance(made_at, int) or isinstance(made_at, bool):
            raise invalid_proof("DPOP_IAT")
        age = now.timestamp() - made_at
        if not -self._terms.skew_seconds <= age <= self._terms.max_age_seconds + self._terms.skew_seconds:
            raise invalid_proof("DPOP_IAT")

    def _check_nonce(self, nonce: Any, now: datetime) -> None:
        nonces = self._terms.nonces
        if nonces is not None and not nonces.is_ours(nonce, now):
            raise nonce_wanted(nonces.current(now))


def _only(proofs: Sequence[str]) -> Compact:
    """The one proof. What cannot be read is none, and two leave it open which of them counts."""
    if len(proofs) != 1:
        raise invalid_proof("DPOP_MISSING")
    try:
        return split(proofs[0], MAX_PROOF_BYTES)
    except NotCompact:
        raise invalid_proof("DPOP_MISSING") from None


@lru_cache(HEADERS_KEPT)
def _read_header(encoded: str) -> _Header:
    try:
        header = json_part(encoded)
    except NotCompact:
        raise invalid_proof("DPOP_MISSING") from None
    if header.get("typ") != PROOF_TYPE or "crit" in header:
        raise invalid_proof("DPOP_TYPE")
    algorithm = header.get("alg")
    if algorithm not in ALGORITHMS:
        raise invalid_proof("DPOP_ALG")
    return _Header(algorithm, *_read_key(header.get("jwk"), algorithm))


def _read_key(jwk: Any, algorithm: str) -> tuple[Any, str]:
    """The key that a proof brings along, and its thumbprint. All it is good for is to be compared with the token's."""
    if not isinstance(jwk, Mapping) or not _PRIVATE.isdisjoint(jwk):
        raise invalid_proof("DPOP_JWK")
    try:
        if algorithm not in algorithms_of(jwk):
            raise invalid_proof("DPOP_JWK")
        public_key, name = read_public_key(jwk), thumbprint(jwk)
    except (KeySetUnusable, KeyError, TypeError):
        raise invalid_proof("DPOP_JWK") from None
    if not is_long_enough(algorithm, public_key):
        raise invalid_proof("DPOP_JWK")
    return public_key, name


def _read_payload(proof: Compact, header: _Header) -> dict[str, Any]:
    try:
        if not is_signed(proof, header.algorithm, header.public_key):
            raise invalid_proof("DPOP_SIGNATURE")
        return json_part(proof.payload)
    except NotCompact:
        raise invalid_proof("DPOP_SIGNATURE") from None


def _id_of(payload: Mapping[str, Any]) -> str:
    """The proof's id. One without an id could be sent again and again, so it counts as sent before."""
    proof_id = payload.get("jti")
    if not isinstance(proof_id, str) or not 0 < len(proof_id) <= MAX_ID_LENGTH:
        raise invalid_proof("DPOP_REPLAY")
    return proof_id


def _name(header: _Header, proof_id: str) -> str:
    """What a proof is remembered by: its key and its id, for ids of one client say nothing about another's."""
    said = f"{header.thumbprint} {proof_id}".encode(errors="surrogatepass")
    return base64url(hashlib.sha256(said).digest())
