"""The caseload: the cards a clinician's own unit follows, line by line, each by the same field rules as the card."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Final

import strawberry

from app.domain.card.values import BloodPressure
from app.domain.caseload import (
    FACTS_OF_LINE,
    CaseloadPage,
    CaseloadSort,
    ListedCard,
    OpenedCards,
    Opening,
    blood_pressure_of,
    due_date_of,
    gestational_age_of,
    opened,
)
from app.domain.errors import RecordRefusal
from app.domain.gate import Withheld
from app.domain.gestation import DueDateBasis
from app.domain.policy import ProfileKey
from app.domain.viewer import CallerKind
from resolvers.access import described, graphql_enum, open_to
from resolvers.access_log import After, First, PageInfo
from resolvers.card import WithheldFact, value_type
from resolvers.context import ListedWomen, OperationContext, Selection
from resolvers.limits import PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX

for enumeration in (CaseloadSort, DueDateBasis):
    graphql_enum(enumeration)

CASELOAD_READERS: Final = open_to(CallerKind.CLINICIAN)
NOTHING_SELECTED: Final = Selection(frozenset(), {}, {}, asks_withheld=False)
BloodPressureType: Any = value_type(BloodPressure)


@strawberry.type(description="The due date that counts. Norwegian: termin.")
class DueDate:
    on: date = described("The day.")
    basis: DueDateBasis = described("What it rests on.")


@strawberry.type(description="How far along she is today, counted from the due date: it is day 283 (40 weeks, 3 days).")
class GestationalAge:
    weeks: int = described("Completed weeks.")
    days: int = described("Days beyond them, 0 to 6.")
    basis: DueDateBasis = described("What the due date rests on.")


@strawberry.type(description="One card the unit follows. Norwegian: linje i arbeidslisten.")
class CaseloadLine:
    record_id: strawberry.ID = described("Identity of the card.")
    mother_name: str | None = described("Her name.")
    gestational_age: GestationalAge | None = described("How far along she is today.")
    due_date: DueDate | None = described("The due date that counts: corrected before ultrasound before last period.")
    last_visit_on: date | None = described("The last visit that was held.")
    last_blood_pressure: BloodPressureType | None = described("The last blood pressure measured at a visit.")
    open_items: int | None = described(
        "Requests for correction of this card that the unit has not answered; null to whoever is kept from any section "
        "of the card, as they may be about it."
    )
    withheld: list[WithheldFact] = described(
        "What is selected of this line and may not be seen. Select it: then nothing is told as errors."
    )
    withheld_by_patient_count: int = described("How many sections of the card she has closed to this caller.")


@strawberry.type(description="A line with its place in the list.")
class CaseloadEdge:
    cursor: str = described("Where the line stands; goes into `after`.")
    node: CaseloadLine = described("The line.")


@strawberry.type(description="A page of the caseload. How many there are in all is not told.")
class CaseloadConnection:
    edges: list[CaseloadEdge] = described("The lines of this page.")
    page_info: PageInfo = described("Where this page begins and ends.")


SortBy = Annotated[CaseloadSort, strawberry.argument(description="What the list is in order of.")]


async def caseload(
    info: strawberry.Info,
    first: First = PAGE_SIZE_DEFAULT,
    after: After = None,
    sort_by: SortBy = CaseloadSort.DUE_DATE,
) -> Any:
    """A page of the active cards that the caller's own unit follows."""
    context: OperationContext = info.context
    if not 1 <= first <= PAGE_SIZE_MAX:
        raise RecordRefusal("BAD_USER_INPUT", f"`first` is at least 1 and at most {PAGE_SIZE_MAX}.")
    _refuse_unless_permitted(context, sort_by)
    key = str(info.path.key)
    selection = context.selection.get(key, NOTHING_SELECTED)
    page = await context.caseloads.page(context.viewer, context.now, sort=sort_by, first=first, after=after)
    found = opened(page, context.viewer, context.policy, context.now)
    withheld = {opening: _withheld(context, key, selection, opening) for opening in dict.fromkeys(o for o, _ in found)}
    lines = [OpenedLines(cards, withheld[cards.opening]) for cards in found]
    context.listed += [ListedWomen(one.opened, selection.fact_paths, one.withheld) for one in lines]
    return ListedLines(page, lines, is_first=after is None)


@dataclass(frozen=True, slots=True)
class OpenedLines:
    """Lines of cards that are opened alike. `withheld`: what is selected of each and not given."""

    opened: OpenedCards
    withheld: tuple[Withheld, ...]


@dataclass(frozen=True, slots=True)
class ListedLines:
    """A page of the list as it was opened. Its edges are made when they are asked for."""

    page: CaseloadPage
    lines: list[OpenedLines]
    is_first: bool

    @property
    def edges(self) -> list[dict[str, Any]]:
        return [
            {"cursor": self.page.cursor(card), "node": _line(lines, card)}
            for lines in self.lines
            for card in lines.opened.cards
        ]

    @property
    def page_info(self) -> dict[str, Any]:
        return {
            "has_next_page": self.page.has_next_page and bool(self.lines),
            "has_previous_page": not self.is_first,
            "start_cursor": self.page.cursor(self.lines[0].opened.cards[0]) if self.lines else None,
            "end_cursor": self.page.cursor(self.lines[-1].opened.cards[-1]) if self.lines else None,
        }


def _refuse_unless_permitted(context: OperationContext, sort_by: CaseloadSort) -> None:
    """Only a role that the policy gives a list, and no order of a fact that the role is not given."""
    viewer = context.viewer
    if not context.role_policy.caseload or viewer.unit is None:
        raise RecordRefusal("ACTOR_NOT_PERMITTED", "This role has no caseload.")
    profile = context.policy.profile(ProfileKey(viewer.role, viewer.purpose, own_unit=True))
    if not all(profile.decisions[path].allowed for path in FACTS_OF_LINE[sort_by.field]):
        raise RecordRefusal("SECTION_FORBIDDEN", "The list cannot be had in this order.")


def _withheld(context: OperationContext, key: str, selection: Selection, opening: Opening) -> tuple[Withheld, ...]:
    """What is selected of cards that are opened so and not given; noted to be told."""
    withheld = selection.withheld_by(opening.grant)
    if withheld:
        told = context.withheld.setdefault(key, [])
        told += [entry for entry in withheld if entry not in told]
    return tuple(why for why, _ in withheld)


def _line(lines: OpenedLines, card: ListedCard) -> dict[str, Any]:
    opening = lines.opened.opening
    due = (card.due_date, card.due_date_basis) if opening.gives_due_date and card.due_date is not None else None
    pressure = card.last_blood_pressure if opening.gives_blood_pressure else None
    return {
        "record_id": card.record_id,
        "mother_name": card.mother_name if opening.gives_name else None,
        "gestational_age": gestational_age_of(*due, opening.grant.today) if due else None,
        "due_date": due_date_of(*due) if due else None,
        "last_visit_on": card.last_visit_on if opening.gives_last_visit else None,
        "last_blood_pressure": blood_pressure_of(pressure) if pressure is not None else None,
        "open_items": card.open_items if opening.gives_open_items else None,
        "withheld": lines.withheld,
        "withheld_by_patient_count": opening.grant.withheld_by_patient,
    }
