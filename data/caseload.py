"""A unit's list of active cards: one line a card, taken from the card when it is written."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from operator import itemgetter
from typing import Any, Final

from app.domain.card.antenatal_visits import AntenatalVisit
from app.domain.card.care_contacts import CareContacts
from app.domain.card.declaration import Content, declared_in
from app.domain.card.mother import Mother
from app.domain.card.pregnancy import Pregnancy
from app.domain.card.sections import SECTIONS
from app.domain.card.values import BloodPressure
from app.domain.gate import entered_in_error
from app.domain.gestation import due_date
from app.domain.labels import for_lists
from app.domain.record import CareUnit, RecordStatus, StoredRecord
from data.documents import AFTER_ALL_DAYS, as_document, latest_versions

KIND_OF: Final = {section.model: kind for kind, section in SECTIONS.items()}

Document = Mapping[str, Any]
"""An item's facts by Python name; it may carry its provenance."""


@dataclass(frozen=True, slots=True)
class CaseloadLine:
    """What a unit's list says of one card."""

    unit: str
    mother_name: str | None
    due_date: date | None
    due_date_basis: str | None
    last_visit_on: date | None
    last_blood_pressure: str | None


MADE_OF: Final[Mapping[str, tuple[str, ...]]] = {
    KIND_OF[Mother]: ("mother_name",),
    KIND_OF[Pregnancy]: ("due_date", "due_date_basis"),
    KIND_OF[AntenatalVisit]: ("last_visit_on", "last_blood_pressure"),
}
"""By section, the members of a line that are made of it, and of nothing else."""

READ_FOR_LINES: Final[Mapping[str, frozenset[str]]] = {
    KIND_OF[Pregnancy]: frozenset({KIND_OF[AntenatalVisit]}),
    KIND_OF[CareContacts]: frozenset(MADE_OF),
}
"""By section that is written, the others whose members of the lines are made anew: a visit that was planned may have
been held since; a unit that is new has no line yet."""


def caseload_lines(
    status: RecordStatus,
    care_units: Iterable[CareUnit],
    documents: Mapping[str, Any],
    updated_at: datetime,
) -> Iterator[CaseloadLine]:
    """A line for each unit that follows the card; none when the card is closed. What was entered in error is no
    reason to pass it on: such documents are left out here.

    documents   by section kind, as the card has them; those of `MADE_OF` are looked at
    """
    numbers = sorted({unit.organisation_number for unit in care_units})
    if status is not RecordStatus.ACTIVE or not numbers:
        return
    mother, pregnancy, visits = (documents.get(kind) for kind in MADE_OF)
    name = mother.get(NAME) if mother is not None and _stands(mother) else None
    due = due_date(pregnancy) if pregnancy is not None and _stands(pregnancy) else None
    held = _held(visits or (), updated_at.date().isoformat())
    held_on, pressure = _last_visit_on(held), _last_blood_pressure(held)
    for number in numbers:
        yield CaseloadLine(number, name, due.on if due else None, due.basis.value if due else None, held_on, pressure)


def caseload_lines_of(record: StoredRecord) -> Iterator[CaseloadLine]:
    """The same for a card with its items at hand."""
    documents: dict[str, Any] = {}
    for item in latest_versions(record.items):
        if item.entered_in_error or item.kind not in MADE_OF:
            continue
        document = as_document(item) if record.labels else item.content
        if SECTIONS[item.kind].repeated:
            documents.setdefault(item.kind, []).append(document)
        else:
            documents.setdefault(item.kind, document)
    shown = for_lists(record.labels, documents)
    return caseload_lines(record.status, record.care_units, shown, record.record_last_updated_at)


def _stands(document: Document | None) -> bool:
    return document is not None and not entered_in_error(document)


def _held(visits: Iterable[Document], until: str) -> list[Document]:
    """The visits that were held, oldest first. A day that has not come yet is a plan, and tells where she will be.

    The documents are looked into as they are, not read as visits: a card has many, and each write makes its lines anew.
    """
    held = [
        visit for visit in visits if (visit.get(HELD_ON) or AFTER_ALL_DAYS) <= until and not entered_in_error(visit)
    ]
    return sorted(held, key=itemgetter(HELD_ON))


def _last_visit_on(visits: list[Document]) -> date | None:
    return date.fromisoformat(visits[-1][HELD_ON]) if visits else None


def _last_blood_pressure(visits: list[Document]) -> str | None:
    for visit in reversed(visits):
        if (found := visit.get(BLOOD_PRESSURE)) is not None:
            return "/".join(str(found[name]) for name in BloodPressure.model_fields)
    return None


def _name_of(model: type[Content], name: str) -> str:
    """The name of a fact of a section; raises KeyError for what is none, when this file is imported."""
    return str({member.name: member.name for member in declared_in(model)}[name])


NAME: Final = _name_of(Mother, "name")
HELD_ON: Final = _name_of(AntenatalVisit, "held_on")
BLOOD_PRESSURE: Final = _name_of(AntenatalVisit, "blood_pressure")
