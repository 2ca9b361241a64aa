"""A unit's own list of the cards it follows. Never a way to find out who is pregnant elsewhere.

What a line shows are facts of the card, given or withheld by the same grant as on the card itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

from pydantic_core import to_json

from app.domain.card.mother import Mother
from app.domain.card.values import BloodPressure
from app.domain.described import DescribedEnum
from app.domain.errors import RecordRefusal
from app.domain.gate import Grant, open_record
from app.domain.gestation import DueDate, due_date
from app.domain.policy import PROVENANCE, Policy
from app.domain.record import Found
from app.domain.viewer import Viewer

_DUE_DATE: Final = (
    "pregnancy.dueDateCorrected",
    "pregnancy.dueDateByUltrasound",
    "pregnancy.dueDateByLastPeriod",
)

MOTHER_NAME: Final = "motherName"
GESTATIONAL_AGE: Final = "gestationalAge"
DUE_DATE: Final = "dueDate"
LAST_VISIT_ON: Final = "lastVisitOn"
LAST_BLOOD_PRESSURE: Final = "lastBloodPressure"

FACTS_OF_LINE: Final[Mapping[str, tuple[str, ...]]] = {
    MOTHER_NAME: ("mother.name",),
    GESTATIONAL_AGE: _DUE_DATE,
    DUE_DATE: _DUE_DATE,
    LAST_VISIT_ON: ("antenatalVisits.heldOn",),
    LAST_BLOOD_PRESSURE: ("antenatalVisits.bloodPressure",),
}
"""By field of a line: the facts it is made of. Given together or not at all."""

READ_FOR_LINE: Final[Mapping[str, str]] = {
    MOTHER_NAME: "mother",
    GESTATIONAL_AGE: "pregnancy",
    DUE_DATE: "pregnancy",
}
"""By field of a line: the section to read for it. The others stand in the list itself."""


class CaseloadSort(DescribedEnum):
    """What the list is in order of. Cards without the date come last, and those whose date is withheld with them."""

    DUE_DATE = "DUE_DATE", "The due date that counts, the earliest first."
    LAST_VISIT = "LAST_VISIT", "The last visit, the one longest ago first."

    @property
    def field(self) -> str:
        """The field of a line the order shows."""
        return DUE_DATE if self is CaseloadSort.DUE_DATE else LAST_VISIT_ON

    @property
    def section(self) -> str:
        """The section whose block hides the place in the order too."""
        return "pregnancy" if self is CaseloadSort.DUE_DATE else "antenatal_visits"


@dataclass(frozen=True, slots=True)
class ListedCard:
    """A card of the list as found: the person, the card with the sections asked for, and what the list itself says.

    is_own    the caller is the woman
    cursor    its place in the list
    """

    found: Found
    is_own: bool
    last_visit_on: date | None
    last_blood_pressure: str | None
    open_items: int
    cursor: str


@dataclass(frozen=True, slots=True)
class CaseloadPage:
    """A page of the list."""

    cards: list[ListedCard]
    has_next_page: bool


def open_listed(viewer: Viewer, listed: ListedCard, policy: Policy, now: datetime) -> Grant | None:
    """The gate's answer for one card of the list; None for its no, whatever the reason.

    An elevation opens what she has blocked in an emergency, on her card. A list is none: there her blocks hold.
    """
    number = viewer.national_identity_number if listed.is_own else None
    found = replace(listed.found, patient=replace(listed.found.patient, elevations=()))
    try:
        return open_record(viewer, number or "", found, policy, now)
    except RecordRefusal:
        return None


def gives_field(grant: Grant, field: str) -> bool:
    """Whether this viewer is given a field of a line."""
    return all(grant.gives(path) for path in FACTS_OF_LINE[field])


def due_date_of(document: Mapping[str, Any] | None) -> DueDate | None:
    """The due date that counts, from the section as it was opened."""
    return due_date(document or {})


def name_of(document: Mapping[str, Any] | None) -> str | None:
    """Her name, from the section as it was opened."""
    return Mother.model_validate_json(to_json(_facts(document))).name


def _facts(document: Mapping[str, Any] | None) -> dict[str, Any]:
    return {name: value for name, value in (document or {}).items() if name != PROVENANCE}


def blood_pressure_of(text: str | None) -> BloodPressure | None:
    """The list keeps it as it is spoken: systolic over diastolic."""
    if text is None:
        return None
    systolic, diastolic = text.split("/")
    return BloodPressure(systolic_mmhg=int(systolic), diastolic_mmhg=int(diastolic))
