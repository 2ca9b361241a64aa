"""A unit's own list of the cards it follows. Never a way to find out who is pregnant elsewhere.

What a line shows are facts of the card, given or withheld by the same grant as on the card itself. A list has many
cards and few kinds of women to be told apart: those that are alike in all that the gate looks at share its decision.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Final, NamedTuple

from app.domain.card.values import BloodPressure
from app.domain.described import DescribedEnum
from app.domain.gate import Grant, open_listed
from app.domain.gestation import DueDate, DueDateBasis, GestationalAge, gestational_age
from app.domain.policy import Policy
from app.domain.record import PatientFile
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

TOLD_OF_LINE: Final = (MOTHER_NAME, DUE_DATE, LAST_VISIT_ON, LAST_BLOOD_PRESSURE)
"""The fields by which it is known what a line shows: the week is the due date said in another way."""

VALUES_KEPT: Final = 4_096


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


class ListedCard(NamedTuple):
    """A card of the list as it is stored: who, and all that a line can show of her card.

    due_date, last_visit_on   the one that the list is in order of is missing where a block of hers hides her place
    last_blood_pressure       as it is spoken: systolic over diastolic
    """

    patient_id: str
    record_id: str
    mother_name: str | None
    due_date: date | None
    due_date_basis: str | None
    last_visit_on: date | None
    last_blood_pressure: str | None
    open_items: int


class AlikeCards(NamedTuple):
    """Cards that follow each other on the list, of women who are alike in all that the gate looks at.

    person    that, of nobody in particular
    is_own    the caller is the woman
    """

    person: PatientFile
    is_own: bool
    cards: Sequence[ListedCard]


@dataclass(frozen=True, slots=True)
class CaseloadPage:
    """A page of the list, in its order. `cursor`: a card's place in the list, as text."""

    groups: Sequence[AlikeCards]
    has_next_page: bool
    cursor: Callable[[ListedCard], str]


class Opening:
    """How far cards of the list are opened for a viewer: the grant, and which fields of a line it gives.

    A request for correction may be about any fact of the card, so their number is told to nobody who is kept from one:
    she would learn of requests that she is not told (rule F-5).
    """

    __slots__ = (
        "gives_blood_pressure", "gives_due_date", "gives_last_visit", "gives_name", "gives_open_items", "grant",
    )  # fmt: skip

    def __init__(self, grant: Grant, policy: Policy) -> None:
        self.grant = grant
        self.gives_open_items = all(grant.reads_whole(kind) for kind in policy.kinds_read)
        self.gives_name, self.gives_due_date = _gives(grant, MOTHER_NAME), _gives(grant, DUE_DATE)
        self.gives_last_visit, self.gives_blood_pressure = (
            _gives(grant, LAST_VISIT_ON), _gives(grant, LAST_BLOOD_PRESSURE),
        )  # fmt: skip

    def shown(self, card: ListedCard) -> tuple[bool, ...]:
        """Which of `TOLD_OF_LINE` the card's line has anything to show of."""
        return (
            self.gives_name and card.mother_name is not None,
            self.gives_due_date and card.due_date is not None,
            self.gives_last_visit and card.last_visit_on is not None,
            self.gives_blood_pressure and card.last_blood_pressure is not None,
        )


class OpenedCards(NamedTuple):
    """Cards that follow each other on the list and are opened alike."""

    opening: Opening
    cards: Sequence[ListedCard]


def opened(page: CaseloadPage, viewer: Viewer, policy: Policy, now: datetime) -> list[OpenedCards]:
    """A page as far as the gate opens it: it is asked about every card that was found, once for all whose women are
    alike, and its no holds."""
    openings: dict[tuple[PatientFile, bool], Opening | None] = {}
    found = []
    for person, is_own, cards in page.groups:
        if (person, is_own) not in openings:
            grant = open_listed(viewer, person, policy, now, is_own=is_own)
            openings[person, is_own] = Opening(grant, policy) if grant is not None else None
        opening = openings[person, is_own]
        if opening is not None:
            found.append(OpenedCards(opening, cards))
    return found


def facts_shown(shown: tuple[bool, ...], asked: Collection[str]) -> tuple[str, ...]:
    """The facts that a line shows, of those that are asked for. Of a due date all that it may be taken from."""
    fields = (field for field, is_shown in zip(TOLD_OF_LINE, shown, strict=True) if is_shown)
    return tuple(sorted(path for field in fields for path in FACTS_OF_LINE[field] if path in asked))


def _gives(grant: Grant, field: str) -> bool:
    return all(grant.gives(path) for path in FACTS_OF_LINE[field])


@lru_cache(VALUES_KEPT)
def due_date_of(on: date, basis: str | None) -> DueDate:
    """The due date that counts. Raises ValueError for one without a basis: it is not shown."""
    return DueDate(on, DueDateBasis(basis or ""))


@lru_cache(VALUES_KEPT)
def gestational_age_of(on: date, basis: str | None, today: date) -> GestationalAge | None:
    """How far along she is today."""
    return gestational_age(due_date_of(on, basis), today)


@lru_cache(VALUES_KEPT)
def blood_pressure_of(text: str) -> BloodPressure:
    """The blood pressure that is spoken so."""
    systolic, diastolic = text.split("/")
    return BloodPressure(systolic_mmhg=int(systolic), diastolic_mmhg=int(diastolic))
