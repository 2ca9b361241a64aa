"""Policies to test with: the one in force where the tests' clock stands, and others made from it."""

from collections.abc import Callable
from copy import deepcopy
from datetime import date
from typing import Any, Final

from app.domain.dated_policies import shipped_policies
from app.domain.policy import Policy

PILOT: Final = shipped_policies().find("pilot-2026-11")
DRAFT: Final = shipped_policies().find("national-draft")


def changed(name: str, valid_from: date, change: Callable[[dict[str, Any]], None] = lambda _document: None) -> Policy:
    """The trial's policy under another name, from another day, with a change in its document."""
    document = deepcopy(dict(PILOT.document)) | {"name": name, "valid_from": valid_from}
    change(document)
    return Policy(document)
