"""A unit's list of active cards: one line a card, taken from the card when it is written."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, TypeVar

import orjson

from app.domain.card.antenatal_visits import AntenatalVisit
from app.domain.card.declaration import Content
from app.domain.card.pregnancy import Pregnancy
from app.domain.card.sections import SECTIONS
from app.domain.gate import entered_in_error
from app.domain.gestation import due_date
from app.domain.policy import PROVENANCE
from app.domain.record import CareUnit, RecordStatus, StoredRecord
from data.documents import latest_versions

_Model = TypeVar("_Model", bound=Content)

KIND_OF: Final = {section.model: kind for kind, section in SECTIONS.items()}

Document = Mapping[str, Any]
"""An item's facts by Python name; it may carry its provenance."""


@dataclass(frozen=True, slots=True)
class CaseloadLine:
    """What a unit's list says of one card."""

    unit: str
    due_date: date | None
    last_visit_on: date | None
    last_blood_pressure: str | None


def caseload_lines(
    status: RecordStatus,
    care_units: Iterable[CareUnit],
    pregnancy: Document | None,
    visits: Sequence[Document],
    updated_at: datetime,
) -> Iterator[CaseloadLine]:
    """A line for each unit that follows the card; none when the card is closed. What was entered in error is no
    reason to pass it on: such documents are left out here."""
    numbers = sorted({unit.organisation_number for unit in care_units})
    if status is not RecordStatus.ACTIVE or not numbers:
        return
    dates = next(_read(Pregnancy, [pregnancy] if pregnancy is not None else []), Pregnancy())
    held = _held(visits, updated_at.date())
    due, held_on, pressure = due_date(dates), _last_visit_on(held), _last_blood_pressure(held)
    for number in numbers:
        yield CaseloadLine(number, due.on if due else None, held_on, pressure)


def caseload_lines_of(record: StoredRecord) -> Iterator[CaseloadLine]:
    """The same for a card with its items at hand."""
    items = [item for item in latest_versions(record.items) if not item.entered_in_error]
    pregnancy = next((item.content for item in items if item.kind == KIND_OF[Pregnancy]), None)
    visits = [item.content for item in items if item.kind == KIND_OF[AntenatalVisit]]
    return caseload_lines(record.status, record.care_units, pregnancy, visits, record.record_last_updated_at)


def _held(visits: Iterable[Document], until: date) -> list[AntenatalVisit]:
    """The visits that were held, oldest first. A day that has not come yet is a plan, and tells where she will be."""
    read = _read(AntenatalVisit, visits)
    return sorted((visit for visit in read if visit.held_on is not None and visit.held_on <= until), key=_held_on)


def _held_on(visit: AntenatalVisit) -> date:
    return visit.held_on or date.max


def _last_visit_on(visits: list[AntenatalVisit]) -> date | None:
    return visits[-1].held_on if visits else None


def _last_blood_pressure(visits: list[AntenatalVisit]) -> str | None:
    for visit in reversed(visits):
        if visit.blood_pressure is not None:
            return f"{visit.blood_pressure.systolic_mmhg}/{visit.blood_pressure.diastolic_mmhg}"
    return None


def _read(model: type[_Model], documents: Iterable[Document]) -> Iterator[_Model]:
    for document in documents:
        if not entered_in_error(dict(document)):
            facts = {name: value for name, value in document.items() if name != PROVENANCE}
            yield model.model_validate_json(orjson.dumps(facts))
