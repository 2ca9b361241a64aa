"""All that the ledger holds about one woman leaves the system only when two people who oversee have agreed to it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from app.domain.errors import RecordRefusal

WAITS_FOR_APPROVAL: Final = timedelta(days=7)
APPROVAL_LASTS: Final = timedelta(hours=24)
REASON_MIN_LENGTH: Final = 20
REASON_MAX_LENGTH: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class LogExport:
    """One request, and what came of it. `requested_by`, `approved_by`: keyed hashes of their identity numbers."""

    request_id: str
    patient_id: str
    reason: str
    requested_by: str
    requester_name: str | None
    requested_at: datetime
    approved_by: str | None = None
    approver_name: str | None = None
    approved_at: datetime | None = None

    @property
    def ends_at(self) -> datetime:
        """Until when it can be approved, or used once it is."""
        if self.approved_at is None:
            return self.requested_at + WAITS_FOR_APPROVAL
        return self.approved_at + APPROVAL_LASTS

    def is_open(self, now: datetime) -> bool:
        """Whether anything may still come of it."""
        return now < self.ends_at

    def approve(self, actor_key: str | None, now: datetime) -> None:
        """Raise RecordRefusal: EXPORT_NEEDS_ANOTHER for who asked herself, NOT_FOUND for what does not wait."""
        if self.approved_at is not None or not self.is_open(now):
            raise no_export()
        if actor_key is None or actor_key == self.requested_by:
            raise RecordRefusal("EXPORT_NEEDS_ANOTHER", "Somebody else than who asked approves an export.")

    def use(self, actor_key: str | None, now: datetime) -> None:
        """Raise RecordRefusal: NOT_FOUND for what is not hers or over, EXPORT_NOT_APPROVED for what waits."""
        if actor_key != self.requested_by or not self.is_open(now):
            raise no_export()
        if self.approved_at is None:
            raise RecordRefusal("EXPORT_NOT_APPROVED", "Nobody else has approved this export yet.")


def check_reason(reason: str) -> None:
    """Raise RecordRefusal BAD_USER_INPUT for a reason that is none."""
    if not REASON_MIN_LENGTH <= len(reason.strip()) <= REASON_MAX_LENGTH:
        most = f"A reason has {REASON_MIN_LENGTH} to {REASON_MAX_LENGTH} characters."
        raise RecordRefusal("BAD_USER_INPUT", most)


def no_export() -> RecordRefusal:
    """The refusal of a request that is not there for this caller."""
    return RecordRefusal("NOT_FOUND", "There is no such request.")


@dataclass(frozen=True, slots=True)
class ExportedPage:
    """Links of the ledger about a woman as JSON, oldest first, each with its place and hash."""

    lines: Collection[str]
    end_cursor: str | None
    has_next_page: bool
