"""Proofs of possession for those who have no client of their own yet: a key, and a DPoP proof (RFC 9449).

For development and tests. A real client keeps its key; the gateway never has one for it.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Self

from app.identity.development_drafts import Draft, in_header, leaves_out, sets
from app.identity.development_keys import SigningKey, load_or_create_proof_key
from app.identity.proofs import PROOF_TYPE
from app.identity.thumbprints import thumbprint, token_hash

ALGORITHM: Final = "ES256"


@dataclass(frozen=True, slots=True, repr=False)
class ProofKey:
    """A client's key pair, P-256."""

    key: SigningKey

    @classmethod
    def generate(cls) -> Self:
        return cls(SigningKey.generate(ALGORITHM))

    @classmethod
    def load_or_create(cls, directory: Path) -> Self:
        """The one of this data folder, the same every time."""
        return cls(load_or_create_proof_key(directory))

    @property
    def public_jwk(self) -> dict[str, str]:
        return self.key.bare_jwk()

    @property
    def thumbprint(self) -> str:
        """What the token bound to this key has as `cnf.jkt`."""
        return thumbprint(self.public_jwk)

    def draft(self, method: str, url: str, token: str | None, now: datetime) -> Draft:
        """A proof for one request, before it is signed. Without a token it is for a token endpoint."""
        said: dict[str, Any] = {"jti": uuid.uuid4().hex, "htm": method, "htu": url, "iat": int(now.timestamp())}
        if token is not None:
            said["ath"] = token_hash(token)
        return Draft(self.key, {"typ": PROOF_TYPE, "alg": ALGORITHM, "jwk": self.public_jwk}, said)

    def proof(
        self, method: str, url: str, token: str | None, now: datetime, *, headers: dict[str, Any] | None = None,
        **claims: Any,
    ) -> str:  # fmt: skip
        """A proof for one request. `claims` and `headers` replace what it says, None leaves a part out."""
        changes = [in_header(name, value) for name, value in (headers or {}).items()]
        changes += [leaves_out(name) if value is None else sets(name, value) for name, value in claims.items()]
        return self.draft(method, url, token, now).changed(*changes).signed()
