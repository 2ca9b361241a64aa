"""Secrets that are made once and kept in the data folder, for their owner's eyes only."""

import os
import secrets
from pathlib import Path


def write_once(path: Path, text: str) -> None:
    """Write a whole file aside and link it into place: it appears complete, and only if there is none yet.

    Processes that start together end up with the same one: whoever is second reads what the first has written.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    aside = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.link(aside, path)
    except FileExistsError:
        pass  # another process was first, and its secrets are as good as ours
    finally:
        aside.unlink()
