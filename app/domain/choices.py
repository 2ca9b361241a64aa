"""Her choices as storage must offer them: blocks, elevations of others' access, requests for correction.

Each command is one transaction: what is written, what others read of it, the change, the answer for a second sending,
and the ledger entry. Her row is held first, so a withdrawal waits for it or comes before it.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from app.domain.blocking import BlockWish
from app.domain.corrections import Correcting, CorrectionAnswer, CorrectionRequest
from app.domain.elevating import Asking
from app.domain.elevations import ElevatedAccess
from app.domain.exporting import ExportedPage, LogExport
from app.domain.ports import EntryMaker
from app.domain.record import Block, Found
from app.domain.reviewing import Review, Reviewed, ReviewPage

Announce = Callable[[str], None]
"""Told of a patient after the commit that added changes of hers (`Changes.announce`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SentCommand:
    """A command as it was sent, so that it is done once however often it is sent.

    key         the client's idempotency key
    actor_key   keyed hash of the acting person's identity number
    arguments   all that was said in it
    """

    name: str
    client_id: str
    key: str
    actor_key: str | None
    arguments: Mapping[str, Any]
    at: datetime


@dataclass(frozen=True, slots=True)
class ShownElevation:
    """An elevation as it is told to her. `reason_text`: empty where she has withdrawn since."""

    access: ElevatedAccess
    actor_name: str | None
    organisation_name: str | None
    reason_text: str
    review: Reviewed | None


class Blocks(Protocol):
    """The blocks she places and lifts. She need not be in the store or have consented: they wait."""

    async def place(self, number: str, wish: BlockWish, sent: SentCommand, entry: EntryMaker) -> Block:
        """Raises RecordRefusal: BAD_USER_INPUT, ALREADY_EXISTS, TOO_MANY_BLOCKS, IDEMPOTENCY_KEY_REUSED."""

    async def lift(self, number: str, block_id: str, sent: SentCommand, entry: EntryMaker) -> Block:
        """Raises RecordRefusal: NOT_FOUND, BAD_USER_INPUT, IDEMPOTENCY_KEY_REUSED."""

    async def of(self, patient_id: str) -> list[Block]:
        """All she ever placed, newest first."""

    async def names(self, patient_id: str, hpr_numbers: Collection[str]) -> Mapping[str, str]:
        """By HPR number, the name under which somebody stands in her access log."""


class Elevations(Protocol):
    """Openings of what she has blocked."""

    async def elevate(self, asking: Asking, sent: SentCommand, entry: EntryMaker) -> ElevatedAccess:
        """Raises RecordRefusal as `Asking.admit` and `Asking.elevate` do, IDEMPOTENCY_KEY_REUSED, BAD_USER_INPUT."""

    async def of(self, patient_id: str, *, most: int) -> list[ShownElevation]:
        """Newest first, at most so many."""

    async def without_ended(self, found: Found, actor_key: str | None, now: datetime) -> Found:
        """The person without those of the caller's elevations that are over since the caller turned to another woman;
        they are ended for good. For whoever has none in force it costs nothing."""


class Reviews(Protocol):
    """Elevations that wait for their review."""

    async def waiting(self, actor_key: str | None, *, first: int, after: str | None) -> ReviewPage:
        """Oldest first, without the reviewer's own. Raises RecordRefusal BAD_USER_INPUT."""

    async def review(self, review: Review, sent: SentCommand, entry: EntryMaker) -> Reviewed:
        """Raises RecordRefusal: NOT_FOUND, BAD_USER_INPUT, IDEMPOTENCY_KEY_REUSED."""


class LogExports(Protocol):
    """Requests for an export, and the exports."""

    async def request(
        self, patient_id: str, reason: str, name: str | None, sent: SentCommand, entry: EntryMaker
    ) -> LogExport:
        """Raises RecordRefusal BAD_USER_INPUT, IDEMPOTENCY_KEY_REUSED."""

    async def approve(self, request_id: str, name: str | None, sent: SentCommand, entry: EntryMaker) -> LogExport:
        """Raises RecordRefusal as `LogExport.approve` does, IDEMPOTENCY_KEY_REUSED, BAD_USER_INPUT."""

    async def open(self, now: datetime, *, most: int) -> list[LogExport]:
        """Those of which anything may still come, newest first."""

    async def page(
        self, request_id: str, actor_key: str | None, now: datetime, *, first: int, after: str | None
    ) -> tuple[LogExport, ExportedPage]:
        """Raises RecordRefusal as `LogExport.use` does, BAD_USER_INPUT for a cursor that is none."""


class Corrections(Protocol):
    """Requests for correction."""

    async def request(
        self, asking: Correcting, kind: str, item_id: str, text: str, sent: SentCommand, entry: EntryMaker
    ) -> CorrectionRequest:
        """Raises RecordRefusal as `Correcting.admit_herself` and `checked_item` do, IDEMPOTENCY_KEY_REUSED."""

    async def answer(
        self, answering: Correcting, request_id: str, status: CorrectionAnswer, text: str, sent: SentCommand,
        entry: EntryMaker,
    ) -> CorrectionRequest:  # fmt: skip
        """Raises RecordRefusal as `Correcting.admit_unit` does; NOT_FOUND, ALREADY_ANSWERED, IDEMPOTENCY_KEY_REUSED."""

    async def of(self, patient_id: str) -> list[CorrectionRequest]:
        """All on her cards, newest first, in one statement."""


@dataclass(frozen=True, slots=True)
class Choices:
    """All of them together."""

    blocks: Blocks
    elevations: Elevations
    corrections: Corrections
    reviews: Reviews
    log_exports: LogExports
