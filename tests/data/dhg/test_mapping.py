"""National JSON to what we store and back: nothing is lost, whatever the spelling."""

from pathlib import Path
from typing import Any

import orjson
import pytest

from app.domain.card.sections import SECTIONS, walk
from app.domain.record import RecordStatus, StoredItem
from data.dhg.mapping import to_stored, to_wire
from data.dhg.residue import same
from tests.data.dhg.generated import record

EXAMPLE = Path(__file__).parent / "example_record.json"
RECORDS = 1_000


@pytest.fixture
def example() -> dict[str, Any]:
    """The complete synthetic record of the national data dictionary."""
    text: dict[str, Any] = orjson.loads(EXAMPLE.read_bytes())
    return text


def test_the_example_record_comes_back_member_for_member(example: dict[str, Any]) -> None:
    """Wire to stored to wire changes nothing, and needs no memory: the example is in canonical spelling."""
    stored = to_stored(example)
    assert same(to_wire(stored), example)
    assert stored.wire_residue is None
    assert [item.wire_residue for item in stored.items] == [None] * 23


def test_the_example_record_is_stored_with_its_provenance(example: dict[str, Any]) -> None:
    """Head, versions, times and author are where storage looks for them, in UTC."""
    stored = to_stored(example)
    pregnancy = next(item for item in stored.items if item.kind == "pregnancy")
    assert (stored.status, stored.version, stored.closed_at) == (RecordStatus.ACTIVE, 1, None)
    assert stored.opened_at.isoformat() == "2026-03-16T09:05:41.003311+00:00"
    assert stored.record_last_updated_at.isoformat() == "2026-10-17T05:40:12.118204+00:00"
    assert (pregnancy.version, pregnancy.last_updated_at.isoformat()) == (4, "2026-09-21T10:15:00+00:00")
    assert pregnancy.author is not None
    assert pregnancy.author["profession"] == "JO"
    assert pregnancy.content["assisted_conception"] == {"had_assisted_conception": False}


def test_every_declared_wire_path_is_in_the_example_or_in_a_generated_record() -> None:
    """No declared member goes untested: the records of this file say each of them at least once."""
    said: set[str] = set()
    for seed in range(60):
        said |= _paths("", record(seed))
    declared = {fact.wire_path for fact in walk() if fact.wire_path}
    assert declared <= said


def test_generated_records_come_back_member_for_member() -> None:
    """Unknown members, absent and null, odd spellings, numbers: a thousand records come back as they came."""
    for seed in range(RECORDS):
        original = record(seed)
        stored = to_stored(original)
        assert same(to_wire(stored), original), seed


def test_what_is_stored_holds_for_the_models() -> None:
    """The content of every item is what its model accepts and writes: JSON values, no null, Python names."""
    for seed in range(200):
        for item in to_stored(record(seed)).items:
            model = SECTIONS[item.kind].model
            again = model.model_validate_json(orjson.dumps(item.content)).model_dump(mode="json", exclude_none=True)
            assert same(again, item.content)


def test_the_canonical_record_is_its_own_round_trip() -> None:
    """Without residues the record is spelled our way, says every declared member, and is taken in as the same facts."""
    for seed in range(100):
        stored = to_stored(record(seed))
        stored.wire_residue = None
        for item in stored.items:
            item.wire_residue = None
        canonical = to_wire(stored)
        again = to_stored(canonical)
        assert [item.content for item in again.items] == [item.content for item in stored.items]
        assert {wire for wire in canonical if wire != "metadata"} == {s.wire for s in SECTIONS.values() if s.wire}
        assert same(to_wire(again), canonical)


def test_residues_survive_being_stored_as_json() -> None:
    """A residue goes through JSON text unchanged."""
    for seed in range(100):
        original = record(seed)
        stored = to_stored(original)
        stored.wire_residue = orjson.loads(orjson.dumps(stored.wire_residue))
        for item in stored.items:
            item.wire_residue = orjson.loads(orjson.dumps(item.wire_residue))
            item.content = orjson.loads(orjson.dumps(item.content))
        assert same(to_wire(stored), original)


def test_a_correction_is_written_and_the_unknown_members_stay(example: dict[str, Any]) -> None:
    """A visit corrected here goes out with the new value; what we do not know of the visit goes out with it."""
    visit = example["antenatalAppointments"][0]
    visit |= {"bloodPressure": "112 / 70", "extraScale": {"unit": "lb"}}
    visit["metadata"]["lastUpdatedBy"]["orgNrDisplay"] = visit["metadata"]["lastUpdatedBy"].pop("orgName")
    stored = to_stored(example)
    _first_visit(stored.items).content["blood_pressure"] = {"systolic_mmhg": 130, "diastolic_mmhg": 85}
    _first_visit(stored.items).author = {"organisation_name": "Another"}
    written = to_wire(stored)["antenatalAppointments"][0]
    assert written["bloodPressure"] == "130/85"
    assert written["extraScale"] == {"unit": "lb"}
    assert written["metadata"]["lastUpdatedBy"]["orgName"] == "Another"
    assert "orgNrDisplay" not in written["metadata"]["lastUpdatedBy"]


def test_a_first_item_is_written_where_the_list_was_absent(example: dict[str, Any]) -> None:
    """A list the original left out appears as soon as there is something in it."""
    visit = example.pop("antenatalAppointments")[0]
    example["mother"] = None
    stored = to_stored(example)
    assert "antenatalAppointments" not in to_wire(stored)
    with_visit = to_stored(example | {"antenatalAppointments": [visit]})
    stored.items.append(_first_visit(with_visit.items))
    assert same(to_wire(stored)["antenatalAppointments"], [visit])
    assert to_wire(stored)["mother"] is None


def test_what_only_the_paper_card_has_never_goes_out(example: dict[str, Any]) -> None:
    """Facts and sections without a wire name stay out of the national record."""
    stored = to_stored(example)
    mother = next(item for item in stored.items if item.kind == "mother")
    mother.content = mother.content | {"phone": "99 99 99 99"}
    stored.items.append(
        StoredItem(**{name: getattr(mother, name) for name in StoredItem.__slots__} | {"kind": "birth_plan"})
    )
    assert same(to_wire(stored), example)


def _first_visit(items: list[StoredItem]) -> StoredItem:
    return next(item for item in items if item.kind == "antenatal_visits" and item.position == 0)


def _paths(path: str, value: Any) -> set[str]:
    if isinstance(value, list):
        return {path}.union(*(_paths(f"{path}[]", entry) for entry in value))
    if isinstance(value, dict):
        inside = (_paths(f"{path}.{name}" if path else name, entry) for name, entry in value.items())
        return {path}.union(*inside)
    return {path}
