"""The caseload: the cards a clinician's own unit follows, line by line, each by the same field rules as the card."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Final

import strawberry

from app.domain.card.values import BloodPressure
from app.domain.caseload import (
    DUE_DATE,
    FACTS_OF_LINE,
    GESTATIONAL_AGE,
    LAST_BLOOD_PRESSURE,
    LAST_VISIT_ON,
    MOTHER_NAME,
    READ_FOR_LINE,
    CaseloadSort,
    ListedCard,
    blood_pressure_of,
    due_date_of,
    gives_field,
    name_of,
    open_listed,
)
from app.domain.errors import RecordRefusal
from app.domain.gate import Grant
from app.domain.gestation import DueDateBasis, gestational_age
from app.domain.policy import ProfileKey
from app.domain.viewer import CallerKind
from resolvers.access import described, graphql_enum, open_to
from resolvers.access_log import After, First, PageInfo
from resolvers.card import WithheldFact, value_type
from resolvers.context import ListedWoman, OperationContext, Selection
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
    open_items: int = described("Requests for correction of this card that the unit has not answered.")
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
    page = await context.caseloads.page(
        context.viewer, context.now, selection.kinds, sort=sort_by, first=first, after=after
    )
    edges = [edge for listed in page.cards if (edge := _edge(context, key, selection, listed)) is not None]
    return {
        "edges": edges,
        "page_info": {
            "has_next_page": page.has_next_page and bool(edges),
            "has_previous_page": after is not None,
            "start_cursor": edges[0]["cursor"] if edges else None,
            "end_cursor": edges[-1]["cursor"] if edges else None,
        },
    }


def _refuse_unless_permitted(context: OperationContext, sort_by: CaseloadSort) -> None:
    """Only a role that the policy gives a list, and no order of a fact that the role is not given."""
    viewer = context.viewer
    if not context.role_policy.caseload or viewer.unit is None:
        raise RecordRefusal("ACTOR_NOT_PERMITTED", "This role has no caseload.")
    profile = context.policy.profile(ProfileKey(viewer.role, viewer.purpose, own_unit=True))
    if not all(profile.decisions[path].allowed for path in FACTS_OF_LINE[sort_by.field]):
        raise RecordRefusal("SECTION_FORBIDDEN", "The list cannot be had in this order.")


def _edge(context: OperationContext, key: str, selection: Selection, listed: ListedCard) -> dict[str, Any] | None:
    grant = open_listed(context.viewer, listed, context.policy, context.now)
    if grant is None or listed.found.card is None:
        return None
    withheld = selection.withheld_by(grant)
    if withheld:
        told = context.withheld.setdefault(key, [])
        told += [entry for entry in withheld if entry not in told]
    line = _line(grant, listed, listed.found.card.sections.open(grant))
    entries = tuple(why for why, _ in withheld)
    context.listed.append(ListedWoman(listed.found, _released(selection, line), entries))
    return {"cursor": listed.cursor, "node": {**line, "withheld": entries}}


def _line(grant: Grant, listed: ListedCard, sections: Mapping[str, Any]) -> dict[str, Any]:
    assert listed.found.card is not None
    due = due_date_of(sections.get(READ_FOR_LINE[DUE_DATE])) if gives_field(grant, DUE_DATE) else None
    pressure = blood_pressure_of(listed.last_blood_pressure) if gives_field(grant, LAST_BLOOD_PRESSURE) else None
    return {
        "record_id": listed.found.card.head.record_id,
        "mother_name": name_of(sections.get(READ_FOR_LINE[MOTHER_NAME])),
        "gestational_age": gestational_age(due, grant.today) if due else None,
        "due_date": due,
        "last_visit_on": listed.last_visit_on if gives_field(grant, LAST_VISIT_ON) else None,
        "last_blood_pressure": pressure,
        "open_items": listed.open_items,
        "withheld_by_patient_count": grant.withheld_by_patient,
    }


def _released(selection: Selection, line: Mapping[str, Any]) -> tuple[str, ...]:
    """What the line shows of her, for the ledger: the selected facts where there is anything. Of a due date all that
    it may be taken from."""
    shown = {MOTHER_NAME: line["mother_name"], GESTATIONAL_AGE: line["gestational_age"], DUE_DATE: line["due_date"],
             LAST_VISIT_ON: line["last_visit_on"], LAST_BLOOD_PRESSURE: line["last_blood_pressure"]}  # fmt: skip
    facts = {path for name, value in shown.items() if value is not None for path in FACTS_OF_LINE[name]}
    return tuple(sorted(facts & selection.fact_paths.keys()))
