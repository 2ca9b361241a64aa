"""Searching the ledger: by whom, about whom, where, when, why and with what outcome."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from app.domain.card.declaration import camel
from app.domain.errors import RecordRefusal
from app.domain.ledger import EntryKind, Outcome
from app.domain.viewer import Purpose, Role

KINDS_OF_NUMBERS: Final[Mapping[str, re.Pattern[str]]] = {
    "hpr_number": re.compile(r"[0-9]{1,9}"),
    "organisation_number": re.compile(r"[0-9]{9}"),
    "client_id": re.compile(r"(?!.*[0-9]{11})[!-~]{1,100}"),
}
PERIOD_ALONE_AT_MOST: Final = timedelta(days=31)
"""Of a search by nothing that the ledger is looked up by: longer would be reading all of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerSearch:
    """Which entries are meant: those of which all holds that is given.

    begins_at, ends_at   from when, and until before when
    usage_only           without those who were turned away before anybody's card was looked at
    """

    patient_id: str | None = None
    actor_key: str | None = None
    hpr_number: str | None = None
    organisation_number: str | None = None
    client_id: str | None = None
    role: Role | None = None
    purpose: Purpose | None = None
    outcome: Outcome | None = None
    kind: EntryKind | None = None
    begins_at: datetime | None = None
    ends_at: datetime | None = None
    elevated_only: bool = False
    usage_only: bool = False

    def check(self) -> None:
        """Raise RecordRefusal BAD_USER_INPUT for a search that would read the whole ledger, and for what is no number
        of a professional or a unit: what is searched for is written down, and might be somebody's identity number."""
        for name, kind in KINDS_OF_NUMBERS.items():
            if (value := getattr(self, name)) is not None and not kind.fullmatch(value):
                raise RecordRefusal("BAD_USER_INPUT", f"`{camel(name)}` is not of the form that it has.")
        if any((self.patient_id, self.actor_key, self.hpr_number, self.organisation_number)):
            return
        if self.begins_at is None or self.ends_at is None or self.ends_at - self.begins_at > PERIOD_ALONE_AT_MOST:
            days = PERIOD_ALONE_AT_MOST.days
            message = f"Name a woman, a person or a unit, or a period of at most {days} days."
            raise RecordRefusal("BAD_USER_INPUT", message)

    def read_off(self) -> Mapping[str, str]:
        """What is compared with the entries themselves, by member."""
        kind = None if self.kind is EntryKind.USAGE else self.kind
        given = {
            "client_id": self.client_id, "role": self.role, "purpose": self.purpose, "outcome": self.outcome,
            "kind": kind,
        }  # fmt: skip
        return {member: str(value) for member, value in given.items() if value is not None}

    def in_words(self) -> Mapping[str, str]:
        """What the ledger says of this search. Who the woman is stands with the entry itself."""
        told = dict(self.read_off())
        if self.kind is EntryKind.USAGE:
            told["kind"] = self.kind.value
        for name in ("hpr_number", "organisation_number"):
            if (value := getattr(self, name)) is not None:
                told[name] = value
        for name in ("begins_at", "ends_at"):
            if (at := getattr(self, name)) is not None:
                told[name] = at.isoformat()
        if self.elevated_only:
            told["elevated_only"] = "true"
        return told
