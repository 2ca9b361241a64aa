"""Proofs of possession for those who have no client of their own yet: a key, and a DPoP proof (RFC 9449).

For development and tests. A real client keeps its key; the gateway never has one for it.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Self

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from app.identity.proofs import PROOF_TYPE
from app.identity.thumbprints import thumbprint, token_hash

ALGORITHM: Final = "ES256"


@dataclass(frozen=True, slots=True, repr=False)
class ProofKey:
    """A client's key pair, P-256."""

    private_key: ec.EllipticCurvePrivateKey

    @classmethod
    def generate(cls) -> Self:
        return cls(ec.generate_private_key(ec.SECP256R1()))

    @property
    def public_jwk(self) -> dict[str, str]:
        return dict(ECAlgorithm.to_jwk(self.private_key.public_key(), as_dict=True))

    @property
    def thumbprint(self) -> str:
        """What the token bound to this key has as `cnf.jkt`."""
        return thumbprint(self.public_jwk)

    def proof(
        self, method: str, url: str, token: str | None, now: datetime, *, headers: dict[str, Any] | None = None,
        **claims: Any,
    ) -> str:  # fmt: skip
        """A proof for one request. `claims` and `headers` replace what it says, None leaves a part out."""
        said: dict[str, Any] = {"jti": uuid.uuid4().hex, "htm": method, "htu": url, "iat": int(now.timestamp())}
        if token is not None:
            said["ath"] = token_hash(token)
        named = {"typ": PROOF_TYPE, "jwk": self.public_jwk} | (headers or {})
        stated = {name: value for name, value in (said | claims).items() if value is not None}
        return jwt.encode(stated, self.private_key, ALGORITHM, {k: v for k, v in named.items() if v is not None})
