"""Asking for an elevation: who may, what must be said, and whether it would open anything (rules B-1 to B-9)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import uuid4

from app.domain.elevations import (
    ELEVATED_BASIS_FOR,
    ELEVATION_LASTS,
    OPENED_ON,
    REASON_TEXT_MAX_LENGTH,
    REASON_TEXT_MIN_LENGTH,
    AccessBasis,
    ElevatedAccess,
    ElevationReason,
)
from app.domain.errors import RecordRefusal
from app.domain.gate import not_available, open_patient, opening_labels, standing_blocks
from app.domain.labels import LabelledCard, Labels
from app.domain.policy import Policy
from app.domain.record import Found, PatientFile
from app.domain.viewer import Purpose, Viewer


@dataclass(frozen=True, slots=True, kw_only=True)
class ElevationWish:
    """What is said for it. `reason` where she could not be asked or said no; `patient_agrees` where she said yes."""

    reason: ElevationReason | None
    text: str
    patient_agrees: bool

    @property
    def words(self) -> str:
        return self.text.strip()


@dataclass(frozen=True, slots=True)
class Admitted:
    """A woman for whose card an elevation can be asked for, with the labels on it."""

    patient: PatientFile
    labels: Labels


@dataclass(frozen=True, slots=True)
class Asking:
    """Somebody who may ask for an elevation, has said what must be said, and asks for it now."""

    viewer: Viewer
    patient_number: str
    policy: Policy
    now: datetime
    wish: ElevationWish
    basis: AccessBasis

    def admit(self, found: Found | None) -> Admitted:
        """The woman, if an elevation for her card can be asked for at all: it opens what she has closed, no more.

        Raises RecordRefusal: SELF_ACCESS_THROUGH_PROFESSIONAL_ROLE, RECORD_NOT_AVAILABLE, CONSENT_MISSING.
        """
        patient = open_patient(self.viewer, self.patient_number, found)
        if found is None or found.card is None:
            raise not_available("NO_ACTIVE_CARD")
        return Admitted(patient, found.card.head.labels)

    def elevate(self, admitted: Admitted, actor_key: str | None) -> ElevatedAccess:
        """The elevation. Raises RecordRefusal ELEVATION_NOT_APPLICABLE when it would open nothing."""
        if not self._would_open(admitted):
            raise RecordRefusal("ELEVATION_NOT_APPLICABLE", "Nothing is closed to you that this would open.")
        viewer = self.viewer
        assert viewer.hpr_number  # `asking` has seen to it, to the unit and to the session
        assert viewer.unit
        assert viewer.session_id
        return ElevatedAccess(
            elevation_id=str(uuid4()), hpr_number=viewer.hpr_number, organisation_number=viewer.unit.number,
            session_id=viewer.session_id, access_basis=self.basis,
            reason_code=self.wish.reason.value if self.wish.reason else None,
            starts_at=self.now, ends_at=self.now + ELEVATION_LASTS, actor_key=actor_key,
        )  # fmt: skip

    def _would_open(self, admitted: Admitted) -> bool:
        """A section stays closed as long as any block on it does; everything, as long as one on the card does. Single
        values that a label closes are opened by whatever elevation is in force."""
        person = (admitted.patient, self.viewer, self.policy, self.now)
        standing, _ = standing_blocks(*person)
        closed = {block.section for block in standing}
        left = {block.section for block in standing if block.override_code not in OPENED_ON[self.basis]}
        labelled = LabelledCard(admitted.labels, self.viewer.kind, elevated=False)
        closed_values = labelled.closed_facts([section for section in left if section])
        opens_values = closed_values > 0 and opening_labels(admitted.labels, *person) is None
        return None not in left and (opens_values or left != closed)


def asking(viewer: Viewer, patient_number: str, policy: Policy, now: datetime, wish: ElevationWish) -> Asking:
    """Check what depends on the caller alone, before anything is known of the woman.

    Raises RecordRefusal: ELEVATION_NOT_PERMITTED, ELEVATION_REASON_REQUIRED, BAD_USER_INPUT.
    """
    basis = _basis(viewer, policy, wish)
    _check_words(wish)
    return Asking(viewer, patient_number, policy, now, wish, basis)


def _basis(viewer: Viewer, policy: Policy, wish: ElevationWish) -> AccessBasis:
    bound = viewer.hpr_number and viewer.unit and viewer.session_id
    if not (bound and policy.may_elevate(viewer) and viewer.user_selected is True):
        raise _not_permitted()
    basis = ELEVATED_BASIS_FOR.get(viewer.purpose) if viewer.purpose else None
    if basis is None or (viewer.purpose is Purpose.TREAT and not wish.patient_agrees):
        raise _not_permitted()
    if basis is AccessBasis.FORHOYET_AKUTT and wish.reason is None:
        raise _reason_required()
    if wish.patient_agrees and (wish.reason is not None or basis is AccessBasis.FORHOYET_AKUTT):
        message = "She agreed, or there is a reason why she did not: in an emergency a reason, otherwise her yes."
        raise RecordRefusal("BAD_USER_INPUT", message, field="patientAgrees")
    return basis


def _check_words(wish: ElevationWish) -> None:
    said = " ".join(wish.text.split())
    if len(said) < REASON_TEXT_MIN_LENGTH or len(wish.words) > REASON_TEXT_MAX_LENGTH or "\0" in said:
        raise _reason_required()


def _not_permitted() -> RecordRefusal:
    return RecordRefusal("ELEVATION_NOT_PERMITTED", "This caller cannot open what the woman has blocked.")


REASON_REQUIRED: Final = (
    f"Say why: a code in an emergency, and {REASON_TEXT_MIN_LENGTH} to {REASON_TEXT_MAX_LENGTH} characters in words."
)


def _reason_required() -> RecordRefusal:
    return RecordRefusal("ELEVATION_REASON_REQUIRED", REASON_REQUIRED)
