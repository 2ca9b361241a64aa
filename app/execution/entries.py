"""Ledger entries of one operation: who asks, in what role and for what, about whom; never what the card says."""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any, Final

from graphql import OperationDefinitionNode

from app.domain.caseload import Opening, facts_shown
from app.domain.commands import Recorded
from app.domain.elevations import basis_of, with_elevation
from app.domain.gate import Grant, Withheld, own_unit
from app.domain.ledger import (
    ANYBODY,
    CASELOAD,
    REPORTS,
    EntriesAlike,
    Entry,
    EntryAlike,
    LedgerEntry,
    Outcome,
)
from app.domain.record import Found
from app.domain.viewer import Viewer
from app.execution.callers import caller_of
from data.identity_numbers import PatientKeys
from resolvers.context import ListedWomen

OPERATION_NAME_MAX_LENGTH: Final = 64
_MANY_DIGITS: Final = re.compile(r"\d{6}")


@dataclass(frozen=True, kw_only=True)
class Entries:
    """Makes the entries of one operation."""

    viewer: Viewer
    keys: PatientKeys
    policy: str
    node: OperationDefinitionNode
    document_hash: str
    event_id: str
    at: datetime

    @property
    def actor_key(self) -> str | None:
        """The keyed hash of the acting person's number; None for systems."""
        number = self.viewer.national_identity_number
        return self.keys.key(number) if number else None

    def about(
        self, patient: str, found: Found | None, outcome: Outcome, refusal: str | None = None, **more: Any
    ) -> LedgerEntry:
        """An entry about a person; she may be in the store, or not yet."""
        patient_id = found.patient.patient_id if found else self.keys.patient_id(patient)
        return self.of(patient_id, found, outcome, refusal, **more)

    def of(
        self, patient_id: str, found: Found | None, outcome: Outcome, refusal: str | None = None, **more: Any
    ) -> LedgerEntry:
        """An entry about whom the store calls so."""
        head = found.card.head if found and found.card else None
        at_own_unit = own_unit(self.viewer, found) if found else None
        record_id, version = (head.record_id, head.version) if head else (None, None)
        power = found.represented.power_id if found and found.represented else None
        return self._made(
            patient_id, record_id, at_own_unit, outcome, refusal,
            record_version=version, power_of_attorney=power, **more,
        )  # fmt: skip

    def of_nobody(self, outcome: Outcome, refusal: str | None = None, **more: Any) -> LedgerEntry:
        """An entry that concerns no person: who was turned away, or searched the ledger."""
        return self._made(None, None, None, outcome, refusal, **more)

    def _made(
        self, patient_id: str | None, record_id: str | None, at_own_unit: bool | None, outcome: Outcome,
        refusal: str | None = None, **more: Any,
    ) -> LedgerEntry:  # fmt: skip
        return LedgerEntry(
            event_id=self.event_id, at=self.at, patient_id=patient_id, record_id=record_id, outcome=outcome,
            refusal=refusal, policy=self.policy, operation_kind=self.node.operation.value,
            operation_name=self._operation_name, operation_hash=self.document_hash,
            access_basis=basis_of(self.viewer.purpose, at_own_unit), **caller_of(self.viewer, self.keys), **more,
        )  # fmt: skip

    def granted(self, made: LedgerEntry, grant: Grant) -> LedgerEntry:
        """The entry of a command, whose card was looked up where it was written."""
        basis = basis_of(self.viewer.purpose, grant.profile.key.own_unit)
        return replace(made, record_id=grant.record_id or made.record_id, access_basis=basis)

    def of_listed(self, listed: Iterable[ListedWomen]) -> Iterator[Entry]:
        """The entries about women on a list of the viewer's own unit."""
        alike: dict[Opening, dict[tuple[bool, ...], EntriesAlike]] = {}
        said = self._made(ANYBODY, ANYBODY, True, Outcome.ALLOWED)
        for (opening, cards), asked, withheld in listed:
            made = alike.setdefault(opening, {})
            for card in cards:
                shown = opening.shown(card)
                if shown not in made:
                    made[shown] = _alike(said, facts_shown(shown, asked), withheld)
                yield EntryAlike(made[shown], card.patient_id, card.record_id)

    def of_reports(self, names: Collection[str]) -> Iterator[LedgerEntry]:
        """The entry of whoever read these reports, if any; it is about no woman."""
        if names:
            released = tuple(sorted(f"{REPORTS}.{name}" for name in names))
            yield self._made(None, None, None, Outcome.ALLOWED, released=released)

    def of_written(self, patient_id: str, recorded: Recorded, **more: Any) -> LedgerEntry:
        """The entry of a command that was carried out."""
        grant = recorded.grant
        record_id = grant.record_id or recorded.record_id
        made = self._made(patient_id, record_id, grant.profile.key.own_unit, Outcome.ALLOWED, **more)
        return with_elevation(made, grant.elevated)

    @cached_property
    def _operation_name(self) -> str | None:
        """The client chooses the name; one that could carry a number is not kept."""
        name = self.node.name.value if self.node.name else None
        too_telling = name is None or len(name) > OPERATION_NAME_MAX_LENGTH or _MANY_DIGITS.search(name)
        return None if too_telling else name


def _alike(said: LedgerEntry, shown: tuple[str, ...], withheld: tuple[Withheld, ...]) -> EntriesAlike:
    """The entries about women of whom the same is shown. That she is on the list is told in any case."""
    why_not = tuple(sorted({f"{CASELOAD}.{why.path}: {why.reason}" for why in withheld}))
    released = tuple(f"{CASELOAD}.{path}" for path in shown) or (CASELOAD,)
    return EntriesAlike(said, Outcome.PARTIAL if why_not else Outcome.ALLOWED, released, why_not)
