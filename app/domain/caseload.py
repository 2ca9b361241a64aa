"""A unit's own list of the cards it follows. Never a way to find out who is pregnant elsewhere.

What a line shows are facts of the card, given or withheld by the same grant as on the card itself. A list has many
cards and few kinds of women to be told apart: those that are alike in all that the gate looks at share its decision.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
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


@dataclass(frozen=True, slots=True)
class AlikeCards:
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


class OpenedCards:
    """Cards of the list as one viewer may see them."""

    __slots__ = ("cards", "gives_blood_pressure", "gives_due_date", "gives_last_visit", "gives_name", "grant")

    def __init__(self, cards: Sequence[ListedCard], grant: Grant) -> None:
        self.cards, self.grant = cards, grant
        self.gives_name, self.gives_due_date = _gives(grant, MOTHER_NAME), _gives(grant, DUE_DATE)
        self.gives_last_visit, self.gives_blood_pressure = (
            _gives(grant, LAST_VISIT_ON),
            _gives(grant, LAST_BLOOD_PRESSURE),
        )

    def shown(self, asked: Collection[str]) -> Iterator[tuple[ListedCard, tuple[str, ...]]]:
        """Each card, with the facts of it that its line shows of those that are asked for. Of a due date all that it
        may be taken from."""
        known: dict[tuple[bool, ...], tuple[str, ...]] = {}
        name, due, visit, pressure = (
            self.gives_name, self.gives_due_date, self.gives_last_visit, self.gives_blood_pressure,
        )  # fmt: skip
        for card in self.cards:
            there = (
                name and card.mother_name is not None, due and card.due_date is not None,
                visit and card.last_visit_on is not None, pressure and card.last_blood_pressure is not None,
            )  # fmt: skip
            facts = known.get(there)
            if facts is None:
                facts = known[there] = _facts_of(there, asked)
            yield card, facts


def opened(page: CaseloadPage, viewer: Viewer, policy: Policy, now: datetime) -> list[OpenedCards]:
    """A page as far as the gate opens it: it is asked about every card that was found, and its no holds."""
    granted = ((group, open_listed(viewer, group.person, policy, now, is_own=group.is_own)) for group in page.groups)
    return [OpenedCards(group.cards, grant) for group, grant in granted if grant is not None]


def _gives(grant: Grant, field: str) -> bool:
    return all(grant.gives(path) for path in FACTS_OF_LINE[field])


def _facts_of(there: tuple[bool, ...], asked: Collection[str]) -> tuple[str, ...]:
    fields = (field for field, is_there in zip(TOLD_OF_LINE, there, strict=True) if is_there)
    return tuple(sorted(path for field in fields for path in FACTS_OF_LINE[field] if path in asked))


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
