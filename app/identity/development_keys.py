"""The development issuer's signing keys: made at first start, kept in the data directory, for its owner's eyes only."""

import hashlib
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt import PyJWK
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

KEY_FILE: Final = "development-keys.json"


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
    """The keys by algorithm, RS256 and ES256. Processes that start together end up with the same ones."""
    path = directory / KEY_FILE
    if not path.exists():
        directory.mkdir(parents=True, exist_ok=True)
        _create(path, [SigningKey.generate("RS256"), SigningKey.generate("ES256")])
    keys = [SigningKey.from_private_jwk(jwk) for jwk in json.loads(path.read_bytes())["keys"]]
    return {key.algorithm: key for key in keys}


def _create(path: Path, keys: list[SigningKey]) -> None:
    """Write the whole file aside and link it into place: it appears complete, and only if there is none yet."""
    aside = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump({"keys": [key.private_jwk() for key in keys]}, file)
            file.flush()
            os.fsync(file.fileno())
        os.link(aside, path)
    except FileExistsError:
        pass  # another process was first, and its keys are as good as ours
    finally:
        aside.unlink()
