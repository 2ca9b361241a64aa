"""From a plan and an as-of date to a whole card: every section, every version, as storage takes it."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Final

from app.domain.card.care_contacts import CareContacts
from app.domain.care_units import followed_by
from app.domain.record import CareUnit, RecordStatus, StoredItem, StoredRecord
from data.caseload import KIND_OF
from data.documents import latest_versions
from data.synthetic import habits, her, history, laboratory, pregnancy, visits
from data.synthetic.course import Course, course_of
from data.synthetic.dice import Dice
from data.synthetic.plan import Fate, Plan
from data.synthetic.writing import Stage, Writer

SECTIONS: Final[dict[str, Callable[[Plan, Course, Dice], Iterable[Stage]]]] = {
    "mother": her.mother,
    "pregnancy": pregnancy.pregnancy,
    "previous_pregnancies": history.previous_pregnancies,
    "hereditary_conditions": history.hereditary_conditions,
    "medical_conditions": history.medical_conditions,
    "medication": habits.medication,
    "lifestyle_factors": habits.lifestyle_factors,
    "laboratory_results": laboratory.laboratory_results,
    "rhesus_d_negative_follow_up": laboratory.rhesus_d_negative_follow_up,
    "pre_pregnancy_measurements": her.pre_pregnancy_measurements,
    "care_contacts": her.care_contacts,
    "co_parent": her.co_parent,
    "birth_plan": her.birth_plan,
    "birth_outcome": pregnancy.birth_outcome,
}
LISTS: Final[dict[str, Callable[[Plan, Course, Dice], Iterator[list[Stage]]]]] = {
    "antenatal_visits": visits.antenatal_visits,
    "symphysis_fundal_heights": visits.symphysis_fundal_heights,
    "earlier_pregnancies": history.earlier_pregnancies,
    "ultrasound_examinations": pregnancy.ultrasound_examinations,
}


def simulate(plan: Plan, as_of: date) -> StoredRecord:
    """The card as it stands when `as_of` begins. The same plan and day give the same card."""
    dice = Dice(plan.seed)
    course = course_of(plan, as_of, dice)
    record_id, writer = dice.unique_id(), Writer(dice)
    for kind, stages_of in SECTIONS.items():
        writer.write_section(kind, stages_of(plan, course, dice))
    for kind, items_of in LISTS.items():
        writer.write_list(kind, items_of(plan, course, dice))
    record = StoredRecord(
        record_id=record_id, status=RecordStatus.ACTIVE, version=1, opened_at=course.first.at,
        last_updated_at=course.first.at, record_last_updated_at=writer.last_written_at,
        author=course.first.by.author, care_units=_care_units(plan, writer.items), items=writer.items,
    )  # fmt: skip
    _close(record, plan, course, writer)
    return record


def _care_units(plan: Plan, items: list[StoredItem]) -> list[CareUnit]:
    """The units that follow her: those of her district, and whom her care contacts name."""
    contacts = [item.content for item in latest_versions(items) if item.kind == KIND_OF[CareContacts]]
    return followed_by(None, contacts[0] if contacts else None, plan.district.care_units)


def _close(record: StoredRecord, plan: Plan, course: Course, writer: Writer) -> None:
    if course.end is None or plan.ending is None:
        return
    closed_at = writer.moment(course.end.at)
    if plan.ending.fate is Fate.MISCARRIAGE:
        record.status, record.terminated_at = RecordStatus.TERMINATED, course.ended_at
    else:
        record.status, record.delivered_at = RecordStatus.DELIVERED, course.ended_at
        record.live_birth = plan.ending.fate is Fate.BIRTH
    record.version, record.author = 2, course.end.by.author
    record.last_updated_at = record.record_last_updated_at = closed_at
