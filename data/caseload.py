"""A unit's list of active cards: one line a card, taken from the card when it is written."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeVar

import orjson

from app.domain.card.antenatal_visits import AntenatalVisit
from app.domain.card.declaration import Content
from app.domain.card.pregnancy import Pregnancy
from app.domain.card.sections import SECTIONS
from app.domain.record import RecordStatus, StoredItem, StoredRecord
from data.documents import latest_versions

_Model = TypeVar("_Model", bound=Content)

KIND_OF: Final = {section.model: kind for kind, section in SECTIONS.items()}


@dataclass(frozen=True, slots=True)
class CaseloadLine:
    """What a unit's list says of one card."""

    unit: str
    due_date: date | None
    last_visit_on: date | None
    last_blood_pressure: str | None


def caseload_lines(record: StoredRecord) -> Iterator[CaseloadLine]:
    """A line for each unit that follows the card; none when the card is closed."""
    if record.status is not RecordStatus.ACTIVE or not record.care_units:
        return
    items = [item for item in latest_versions(record.items) if not item.entered_in_error]
    visits = _visits(items, record.record_last_updated_at.date())
    due, held_on, pressure = _due_date(items), _last_visit_on(visits), _last_blood_pressure(visits)
    for number in sorted({unit.organisation_number for unit in record.care_units}):
        yield CaseloadLine(number, due, held_on, pressure)


def _due_date(items: Iterable[StoredItem]) -> date | None:
    """The due date that counts: corrected before ultrasound before last period."""
    pregnancy = next(_read(Pregnancy, items), Pregnancy())
    return pregnancy.due_date_corrected or pregnancy.due_date_by_ultrasound or pregnancy.due_date_by_last_period


def _visits(items: Iterable[StoredItem], until: date) -> list[AntenatalVisit]:
    """The visits that were held, oldest first. A day that has not come yet is a plan, and tells where she will be."""
    held = [visit for visit in _read(AntenatalVisit, items) if visit.held_on is not None and visit.held_on <= until]
    return sorted(held, key=lambda visit: visit.held_on or until)


def _last_visit_on(visits: list[AntenatalVisit]) -> date | None:
    return visits[-1].held_on if visits else None


def _last_blood_pressure(visits: list[AntenatalVisit]) -> str | None:
    for visit in reversed(visits):
        if visit.blood_pressure is not None:
            return f"{visit.blood_pressure.systolic_mmhg}/{visit.blood_pressure.diastolic_mmhg}"
    return None


def _read(model: type[_Model], items: Iterable[StoredItem]) -> Iterator[_Model]:
    for item in items:
        if item.kind == KIND_OF[model]:
            yield model.model_validate_json(orjson.dumps(item.content))
