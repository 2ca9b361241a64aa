"""Requests for correction: she asks the unit that wrote an item to correct it. The item itself is not touched."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from app.domain.described import DescribedEnum
from app.domain.errors import RecordRefusal
from app.domain.gate import Grant, as_without_card, hidden_because, not_available, open_record
from app.domain.policy import Policy
from app.domain.record import Found
from app.domain.viewer import CallerKind, Viewer
from app.domain.write_gate import writing_of

REQUEST_MAX_LENGTH: Final = 2_000
OPEN_REQUESTS_MAX: Final = 50
"""On one card."""


class CorrectionStatus(DescribedEnum):
    """Where a request stands."""

    OPEN = "OPEN", "Waits for the unit's answer."
    CORRECTED = "CORRECTED", "The unit says that it has corrected the item."
    DECLINED = "DECLINED", "The unit does not correct the item, and says why."


class CorrectionAnswer(DescribedEnum):
    """How a unit answers a request."""

    CORRECTED = "CORRECTED", "The item has been corrected."
    DECLINED = "DECLINED", "The item is not corrected; the answer says why."


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionRequest:
    """One request.

    version       of the item when she asked
    unit          organisation number of the unit that wrote that version
    answered_by   `Author` of app/domain/card/provenance.py as a JSON object
    """

    request_id: str
    record_id: str
    kind: str
    item_id: str
    version: int
    unit: str
    request: str
    requested_at: datetime
    status: CorrectionStatus
    answer: str | None
    answered_at: datetime | None
    answered_by: Mapping[str, Any] | None

    def answered(
        self, status: CorrectionStatus, answer: str, by: Mapping[str, Any] | None, at: datetime
    ) -> "CorrectionRequest":
        """The same with its answer. Raises RecordRefusal ALREADY_ANSWERED."""
        if self.status is not CorrectionStatus.OPEN:
            raise RecordRefusal("ALREADY_ANSWERED", "This request has its answer.")
        return replace(self, status=status, answer=answer, answered_by=by, answered_at=at)


@dataclass(frozen=True, slots=True)
class WrittenItem:
    """The current version of an item, as far as a request concerns it. `unit`: an enrolled one, else None."""

    record_id: str
    version: int
    unit: str | None


def text_of(field: str, text: str) -> str:
    """Her words, or the unit's. Raises RecordRefusal BAD_USER_INPUT, naming the field."""
    said = text.strip()
    if not 1 <= len(said) <= REQUEST_MAX_LENGTH or "\0" in said:
        raise RecordRefusal("BAD_USER_INPUT", f"1 to {REQUEST_MAX_LENGTH} characters.", field=field)
    return said


@dataclass(frozen=True, slots=True)
class Correcting:
    """Somebody who asks for a correction, or answers for a unit, now."""

    viewer: Viewer
    patient_number: str
    policy: Policy
    now: datetime

    def admit_herself(self, found: Found | None) -> Grant:
        """Her own grant, for her cards, the earlier ones included. Raises RecordRefusal as the gate does."""
        return self._open(found)

    def admit_unit(self, found: Found | None) -> Grant:
        """The grant of somebody who may answer. Raises RecordRefusal as the gate does, and SECTION_FORBIDDEN for whom
        does not write on cards, or has opened what she has blocked: that is for reading alone."""
        grant = self._open(found)
        writes = writing_of(self.viewer, self.policy).sections and grant.elevated is None
        if self.viewer.kind is not CallerKind.CLINICIAN or not writes:
            raise RecordRefusal("SECTION_FORBIDDEN", "This caller does not answer requests for correction.")
        return grant

    def _open(self, found: Found | None) -> Grant:
        shown = as_without_card(found)
        return open_record(self.viewer, self.patient_number, shown, self.policy, self.now, needs_active_card=False)

    def told(self, request: CorrectionRequest | None, grant: Grant, found: Found | None) -> CorrectionRequest:
        """The request, if it is told to the caller. Raises RecordRefusal NOT_FOUND (or RECORD_NOT_AVAILABLE), the same
        whether there is no such request or it is not told."""
        if request is None or not is_told(request, self._for_card_of(request, grant)):
            raise _not_found(found, "There is no such request.")
        return request

    def _for_card_of(self, request: CorrectionRequest, grant: Grant) -> Grant:
        """The grant as it is for the request's card, which may be an earlier one (rule F-9)."""
        if request.record_id == grant.record_id:
            return grant
        return replace(grant, profile=self.policy.profile(replace(grant.profile.key, earlier=True)))


def checked_item(item: WrittenItem | None, found: Found | None, open_requests: int) -> tuple[WrittenItem, str]:
    """The item and the unit that is to be asked.

    Raises RecordRefusal: NOT_FOUND (or RECORD_NOT_AVAILABLE), NO_AUTHOR_UNIT, TOO_MANY_OPEN_REQUESTS.
    """
    if item is None:
        raise _not_found(found, "There is no such item on the card.")
    if item.unit is None:
        raise RecordRefusal("NO_AUTHOR_UNIT", "It is not known which unit wrote this, or it takes no part any more.")
    if open_requests >= OPEN_REQUESTS_MAX:
        raise RecordRefusal("TOO_MANY_OPEN_REQUESTS", f"At most {OPEN_REQUESTS_MAX} requests wait for an answer.")
    return item, item.unit


def is_told(request: CorrectionRequest, grant: Grant) -> bool:
    """Whether a grant covers a request: her own does; a unit's when it is the unit that is asked, and when whoever
    looks reads the whole section, as her words may say anything of what stands there."""
    if grant.viewer.kind is CallerKind.CITIZEN:
        return bool(grant.profile.releases[request.kind].members)
    unit = grant.viewer.unit
    return unit is not None and unit.number == request.unit and grant.reads_whole(request.kind)


def _not_found(found: Found | None, message: str) -> RecordRefusal:
    """Where she has no card, the answer is that of a woman whose card may not be known of."""
    has_card = found is not None and found.card is not None
    return RecordRefusal("NOT_FOUND", message) if has_card else not_available(hidden_because(found) or "NO_ACTIVE_CARD")
