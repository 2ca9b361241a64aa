"""What storage must offer. Reading a card takes a Grant in the end: sections come sealed (see `record.py`)."""

from collections.abc import AsyncIterator, Collection
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from app.domain.aggregates import PublishedReport
from app.domain.caseload import CaseloadPage, CaseloadSort
from app.domain.changes import Change
from app.domain.commands import Outcome, Recorded
from app.domain.consent import Consent, WithdrawalReceipt
from app.domain.gate import Grant
from app.domain.history import SealedHistory
from app.domain.ledger import Entry, LedgerEntry
from app.domain.news import News
from app.domain.record import Found, FoundCard
from app.domain.searching import LedgerSearch
from app.domain.viewer import Organisation, Viewer
from app.domain.writing import Asked


class Cards(Protocol):
    """Reading cards."""

    async def find(self, national_identity_number: str, kinds: Collection[str]) -> Found | None:
        """The person and her active card with the named sections, in one statement; None for an unknown person.

        Raises RecordRefusal PATIENT_ID_INVALID when the number is no valid identity number.
        """

    async def earlier(self, grant: Grant, kinds: Collection[str]) -> list[FoundCard]:
        """Her closed cards, newest first, with the named sections, in one statement."""


class SeenProofs(Protocol):
    """The proofs of possession that were taken, remembered by all processes together."""

    async def is_new(self, name: str, now: datetime, until: datetime) -> bool:
        """Whether this proof comes for the first time; it is remembered until then. Of any number that come at once,
        through whatever process, one is the first.

        Raises TransportRefusal 503 DEPENDENCY_UNAVAILABLE when that cannot be said.
        """


class Histories(Protocol):
    """Reading what was written on cards before."""

    async def of(self, record_ids: Collection[str], kinds: Collection[str]) -> dict[str, SealedHistory]:
        """By record id, every version of every item of the named sections, in one statement."""

    async def news(self, record_id: str, patient_id: str, actor_key: str | None) -> News:
        """The card's changes, and what the actor has seen of it before, in one statement."""


class Caseloads(Protocol):
    """Reading the lists of units."""

    async def page(
        self, viewer: Viewer, now: datetime, *, sort: CaseloadSort, first: int, after: str | None
    ) -> CaseloadPage:
        """A page of the list of the viewer's own unit, in one statement.

        Raises RecordRefusal BAD_USER_INPUT for a cursor that is none of this list.
        """


class Consents(Protocol):
    """Giving and withdrawing consent. The ledger entry goes into the same transaction as the change."""

    async def history(self, patient_id: str) -> list[Consent]:
        """Every time she gave or withdrew consent, oldest first; none for an unknown patient."""

    async def give(self, national_identity_number: str, entry: "EntryMaker") -> Consent: ...

    async def withdraw(self, national_identity_number: str, entry: "EntryMaker") -> WithdrawalReceipt: ...


class EntryMaker(Protocol):
    """Makes the ledger entry of a write once it is known what was written. `recorded`: what is shown of it."""

    def __call__(self, patient_id: str, written: tuple[str, ...], recorded: Recorded | None = None) -> LedgerEntry: ...


class Commands(Protocol):
    """Writing cards. The ledger entry goes into the same transaction as what is written."""

    async def carry_out(self, asked: Asked, actor_key: str | None, entry: EntryMaker) -> Outcome:
        """Carry out a command, or say why not. All that it changes is committed when this returns `Recorded`.

        Raises RecordRefusal: what the gate refuses, NOT_FOUND, IDEMPOTENCY_KEY_REUSED, PATIENT_ID_INVALID,
        BAD_USER_INPUT for no key.
        """


@dataclass(frozen=True, slots=True)
class LoggedAccess:
    """One ledger entry as read back, with the cursor of its place (newest first)."""

    cursor: str
    at: datetime
    entry: dict[str, Any]


@dataclass(frozen=True, slots=True)
class LedgerPage:
    """A page of ledger entries, newest first."""

    entries: list[LoggedAccess]
    has_next_page: bool


class Ledger(Protocol):
    """Writing down accesses, durably, before an answer leaves; and reading them back."""

    async def append(self, *entries: Entry) -> None:
        """Returns when the entries are durable; those of concurrent callers share a commit. Raises on any failure."""

    async def page(self, search: LedgerSearch, *, first: int, after: str | None) -> LedgerPage:
        """The entries that are searched for, newest first. Raises RecordRefusal BAD_USER_INPUT for a wrong cursor."""


class Changes(Protocol):
    """What happened to cards, and being woken when something does."""

    async def after(self, patient_id: str, sequence: int, *, most: int) -> list[Change]:
        """Changes of a patient's cards after a sequence number, oldest first, at most so many."""

    async def latest(self, patient_id: str) -> int:
        """The sequence number of a patient's latest change; 0 when there is none."""

    def announce(self, patient_id: str) -> None:
        """Called after a commit that added changes of this patient: wakes whoever listens, in every process. Never
        raises and never waits; what is lost on the way is caught up with."""

    def listening(self, patient_id: str) -> AbstractAsyncContextManager[AsyncIterator[None]]:
        """While open, the iterator gives once at the start and then whenever there may be changes of this patient.
        Several announcements may arrive as one. It ends when the gateway stops."""


class Organisations(Protocol):
    """The enrolled organisations."""

    async def find(self, number: str) -> Organisation | None: ...


class Reports(Protocol):
    """The totals that a batch has made for evaluators. No card is read here."""

    async def published(self) -> list[PublishedReport]:
        """The newest of each name, in the order of the catalogue, in one statement."""
