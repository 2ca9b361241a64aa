"""The gateway's own secret keys: from the environment, or in development made once and kept in the data folder."""

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import SecretStr

from app.secret_files import write_once
from app.settings import Settings

KEY_BYTES: Final = 32


class ConfigurationError(Exception):
    """The process cannot start as it is configured. The message names the setting, never its value."""


@dataclass(frozen=True, slots=True)
class Keys:
    """Secret keys of 32 bytes each."""

    patient_lookup: bytes
    patient_sealing: bytes
    ledger: bytes


def load_keys(settings: Settings) -> Keys:
    """The keys. In production every one comes from the environment, and the development keys are refused."""
    return Keys(*(_key(settings, name) for name in ("patient_lookup", "patient_sealing", "ledger")))


def _key(settings: Settings, name: str) -> bytes:
    given: SecretStr | None = getattr(settings, f"{name}_key")
    path = settings.data_dir / "development-keys" / f"{name}.key"
    if given is not None:
        key = _decoded(given, name)
        if not settings.is_development and path.exists() and bytes.fromhex(path.read_text().strip()) == key:
            raise ConfigurationError(f"HELSEKORT_{name.upper()}_KEY is a development key")
        return key
    if not settings.is_development:
        raise ConfigurationError(f"HELSEKORT_{name.upper()}_KEY is missing")
    return _development_key(path)


def _decoded(given: SecretStr, name: str) -> bytes:
    try:
        key = bytes.fromhex(given.get_secret_value())
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES or len(set(key)) < KEY_BYTES // 4:
        raise ConfigurationError(f"HELSEKORT_{name.upper()}_KEY is not {KEY_BYTES} random bytes in hex")
    return key


def _development_key(path: Path) -> bytes:
    if not path.exists():
        write_once(path, secrets.token_hex(KEY_BYTES))
    return bytes.fromhex(path.read_text().strip())
