"""Keys for development: the issuer's, and one for a client without. Made at first use, kept in the data folder."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, Self

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt import PyJWK
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from app.secret_files import write_once

KEY_FILE: Final = "development-keys.json"
PROOF_KEY_FILE: Final = "development-proof-key.json"


@dataclass(frozen=True, slots=True, repr=False)
class SigningKey:
    """A private key, its id and its one algorithm."""

    kid: str
    algorithm: str
    private_key: Any

    def public_jwk(self) -> dict[str, Any]:
        return self._as_jwk(self.private_key.public_key())

    def private_jwk(self) -> dict[str, Any]:
        return self._as_jwk(self.private_key)

    def bare_jwk(self) -> dict[str, Any]:
        """The public key and nothing about it: what a proof brings along."""
        return {name: value for name, value in self.public_jwk().items() if name not in ("kid", "alg", "use")}

    def _as_jwk(self, key: Any) -> dict[str, Any]:
        family = RSAAlgorithm if self.algorithm == "RS256" else ECAlgorithm
        return family.to_jwk(key, as_dict=True) | {"kid": self.kid, "alg": self.algorithm, "use": "sig"}

    @classmethod
    def generate(cls, algorithm: str) -> Self:
        private_key = (
            rsa.generate_private_key(public_exponent=65537, key_size=2048)
            if algorithm == "RS256"
            else ec.generate_private_key(ec.SECP256R1())
        )
        public = private_key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return cls(hashlib.sha256(public).hexdigest()[:40], algorithm, private_key)

    @classmethod
    def from_private_jwk(cls, jwk: dict[str, Any]) -> Self:
        return cls(jwk["kid"], jwk["alg"], PyJWK(jwk).key)


def load_or_create_keys(directory: Path) -> dict[str, SigningKey]:
    """The issuer's keys by algorithm, RS256 and ES256."""
    keys = _load_or_create(directory / KEY_FILE, ("RS256", "ES256"))
    return {key.algorithm: key for key in keys}


def load_or_create_proof_key(directory: Path) -> SigningKey:
    """The key of a client that has none of its own."""
    (key,) = _load_or_create(directory / PROOF_KEY_FILE, ("ES256",))
    return key


def _load_or_create(path: Path, algorithms: Iterable[str]) -> list[SigningKey]:
    """The keys in a file. Processes that start together end up with the same ones."""
    if not path.exists():
        made = [SigningKey.generate(algorithm).private_jwk() for algorithm in algorithms]
        write_once(path, json.dumps({"keys": made}))
    return _read(path)


@cache
def _read(path: Path) -> list[SigningKey]:
    """A file's keys, read once: it is never written again, and to read an RSA key is to prove it, which takes long."""
    return [SigningKey.from_private_jwk(jwk) for jwk in json.loads(path.read_bytes())["keys"]]
