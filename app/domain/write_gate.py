"""The inner half of the door: whoever was let in to read may write what her role writes and she has read all of.

Writing what one does not see would wipe it, so the right to write a section rests on the whole reading of it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from app.domain.errors import RecordRefusal
from app.domain.gate import Grant, hidden_because, open_record
from app.domain.policy import Policy
from app.domain.policy_document import Writing
from app.domain.record import Found
from app.domain.validation.opening import is_old_enough
from app.domain.viewer import Purpose, Role, Viewer

_PASSED: Final = object()
MINIMUM_AGE: Final = 16
"""Under it a woman has no full say in health matters (pasient- og brukerrettighetsloven § 4-3); a setting, until it is
decided whom the trial takes in."""
NO_WRITING: Final = Writing(opens=False, closes=False, sections=frozenset(), facts={})

WRITING_PURPOSES: Final = frozenset({None, Purpose.TREAT, Purpose.ETREAT})
"""For which purposes anything is written at all; None for the woman herself. Who has set the ordinary rules aside, or
co-ordinates care, reads and writes nothing."""

EMERGENCY_WRITES: Final = frozenset({"antenatal_visits"})
"""What may be written through blocks that were opened in an emergency, and nothing else then (rule B-8)."""


@dataclass(frozen=True, slots=True)
class WriteGrant:
    """Proof that the gate let this viewer write these sections of this card, having let her read all of them.

    facts   by section kind, the only facts of it that she may write; a section that is not in it she may write whole
    """

    grant: Grant
    kinds: frozenset[str]
    facts: Mapping[str, frozenset[str]]
    _proof: object = field(repr=False)

    def __post_init__(self) -> None:
        if self._proof is not _PASSED:
            raise PermissionError("only the gate makes grants")

    def reads_whole(self, kind: str) -> bool:
        """Whether nothing of a section is kept from the writer, so that she may be told what follows from it."""
        return self.grant.reads_whole(kind)


def open_for_writing(
    viewer: Viewer, patient_number: str, found: Found | None, policy: Policy, now: datetime, kinds: Collection[str]
) -> WriteGrant:
    """Decide whether this viewer may write these sections of this woman's active card.

    Raises RecordRefusal as `open_record` does, RECORD_CANNOT_BE_CHANGED in place of RECORD_NOT_AVAILABLE, and
    SECTION_FORBIDDEN for a role or purpose that does not write the section, or does not read all of it.
    """
    writing = writing_of(viewer, policy)
    grant = _open_to_change(viewer, patient_number, found, policy, now)
    if grant.elevated and not (grant.elevated.is_emergency and EMERGENCY_WRITES.issuperset(kinds)):
        raise _not_written_by(viewer)
    for kind in kinds:
        if kind not in writing.sections or not grant.reads_whole(kind):
            raise _not_written_by(viewer)
    return WriteGrant(grant, frozenset(kinds), writing.facts, _PASSED)


def open_for_closing(
    viewer: Viewer, patient_number: str, found: Found | None, policy: Policy, now: datetime
) -> WriteGrant:
    """Decide whether this viewer may close this woman's active card. Raises as `open_for_writing` does."""
    grant = _open_to_change(viewer, patient_number, found, policy, now)
    if not writing_of(viewer, policy).closes or grant.elevated:
        raise _not_written_by(viewer)
    return WriteGrant(grant, frozenset(), {}, _PASSED)


def open_for_opening(
    viewer: Viewer, patient_number: str, found: Found | None, policy: Policy, now: datetime
) -> WriteGrant:
    """Decide whether this viewer may open a card for this woman, who has none.

    Raises RecordRefusal: RECORD_CANNOT_BE_CREATED for whom no card can be, ALREADY_EXISTS, CONSENT_MISSING,
    ACCESS_BLOCKED_BY_PATIENT, SECTION_FORBIDDEN.
    """
    if (cause := hidden_because(found)) is not None:
        raise cannot_be_created(cause)
    grant = open_record(viewer, patient_number, found, policy, now, needs_active_card=False)
    check_opens(viewer, policy)
    if grant.elevated:
        raise _not_written_by(viewer)
    if found is not None and found.card is not None:
        raise RecordRefusal("ALREADY_EXISTS", "She has a digital card already.")
    return WriteGrant(grant, frozenset(), {}, _PASSED)


def _open_to_change(viewer: Viewer, patient_number: str, found: Found | None, policy: Policy, now: datetime) -> Grant:
    try:
        return open_record(viewer, patient_number, found, policy, now)
    except RecordRefusal as refusal:
        if refusal.code != "RECORD_NOT_AVAILABLE":
            raise
        message = "This digital card cannot be changed. Use the paper card."
        raise RecordRefusal("RECORD_CANNOT_BE_CHANGED", message, reason=refusal.reason) from refusal


def cannot_be_created(cause: str) -> RecordRefusal:
    """The one answer for every woman who can have no card. The cause is for the ledger."""
    message = "A digital card cannot be made. Use the paper card."
    return RecordRefusal("RECORD_CANNOT_BE_CREATED", message, reason=cause)


def check_opens(viewer: Viewer, policy: Policy) -> None:
    """Raise RecordRefusal SECTION_FORBIDDEN for a role that opens no cards, whoever the woman is."""
    if not writing_of(viewer, policy).opens:
        raise _not_written_by(viewer)


def check_age(born_on: date | None, today: date, minimum_age: int) -> None:
    """Raise RecordRefusal RECORD_CANNOT_BE_CREATED for whom the trial has no consent from: too young, or nobody knows.

    The years turn at midnight in Norway; `today` is the date there.
    """
    if born_on is None or not is_old_enough(born_on, today, minimum_age):
        raise cannot_be_created("TOO_YOUNG" if born_on else "BIRTH_DATE_UNKNOWN")


def _not_written_by(viewer: Viewer) -> RecordRefusal:
    return RecordRefusal("SECTION_FORBIDDEN", f"{viewer.role} does not write this.")


def writing_of(viewer: Viewer, policy: Policy) -> Writing:
    """What the viewer's role writes here."""
    return writing_in(policy, viewer.role, viewer.purpose, viewer.unit.kind if viewer.unit else None)


def writing_in(policy: Policy, role: Role, purpose: Purpose | None, unit_kind: str | None) -> Writing:
    """What a role writes at a kind of unit; nothing for a purpose that does not write, or takes anything away."""
    taken_away, _ = policy.withheld_by_purpose(purpose)
    may_write = purpose in WRITING_PURPOSES and not (purpose is not None and taken_away)
    return policy.writing(role, unit_kind) if may_write else NO_WRITING
