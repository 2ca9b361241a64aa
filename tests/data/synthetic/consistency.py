"""What must hold for every synthetic card, asked of the cast and of the population alike."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

import orjson

from app.domain.card.sections import SECTIONS
from app.domain.record import RecordStatus, StoredItem, StoredRecord

TERM_DAYS = 283
PLANNED = {"next_visit_on", "due_date", "due_date_by_last_period", "due_date_by_ultrasound", "due_date_corrected"}
"""Dates that may lie ahead."""


def check(record: StoredRecord, as_of: date) -> None:
    """Every rule, on one card."""
    for item in record.items:
        check_content(item)
        check_past(item, as_of)
    check_versions(record)
    check_status(record, as_of)
    check_visits(record)
    check_fetuses(record)
    check_rhesus(record)
    check_counters(record)
    check_conditions(record)


def check_content(item: StoredItem) -> None:
    """Content is valid, and already what the models would write."""
    model = SECTIONS[item.kind].model.model_validate_json(orjson.dumps(item.content))
    assert model.model_dump(mode="json", exclude_none=True) == item.content


def check_past(item: StoredItem, as_of: date) -> None:
    assert item.last_updated_at < datetime.combine(as_of, time(), UTC)
    for name, day in dates_in(item.content):
        assert name in PLANNED or day < as_of, (item.kind, name, day)


def dates_in(content: Any, name: str = "") -> Iterator[tuple[str, date]]:
    """Every date and moment in content, with the name of the fact."""
    if isinstance(content, dict):
        for inner_name, inner in content.items():
            yield from dates_in(inner, inner_name)
    elif isinstance(content, list):
        for inner in content:
            yield from dates_in(inner, name)
    elif name.endswith(("_on", "_at")) or name.startswith("due_date"):
        yield name, date.fromisoformat(content[:10])


def check_versions(record: StoredRecord) -> None:
    """Versions of an item count up from 1, later ones are written later, all of them after the card was opened."""
    by_item: dict[tuple[str, str], list[StoredItem]] = {}
    for item in record.items:
        by_item.setdefault((item.kind, item.item_id), []).append(item)
        assert record.opened_at <= item.last_updated_at <= record.record_last_updated_at
    for versions in by_item.values():
        assert [item.version for item in versions] == list(range(1, len(versions) + 1))
        assert len({item.position for item in versions}) == 1
        assert all(before.last_updated_at < after.last_updated_at for before, after in pairwise(versions))
    for kind, section in SECTIONS.items():
        positions = sorted({item.position for item in record.items if item.kind == kind})
        assert positions == list(range(len(positions)))
        assert section.repeated or len(positions) <= 1


def check_status(record: StoredRecord, as_of: date) -> None:
    born = current(record, "birth_outcome")
    assert bool(born) == (record.status is RecordStatus.DELIVERED)
    if record.status is RecordStatus.ACTIVE:
        assert record.closed_at is None
        assert record.version == 1
        return
    assert record.closed_at is not None
    assert record.closed_at.date() < as_of
    assert record.version == 2
    for visit in current(record, "antenatal_visits"):
        assert visit["held_on"] < record.closed_at.date().isoformat()


def current(record: StoredRecord, kind: str) -> list[dict[str, Any]]:
    """The newest content of every item of a section, without what was entered in error."""
    newest = {item.item_id: item for item in record.items if item.kind == kind}
    return [item.content for item in newest.values() if not item.entered_in_error]


def the(record: StoredRecord, kind: str) -> dict[str, Any]:
    """The newest content of a section with one item; empty when it was never written."""
    found = current(record, kind)
    return found[0] if found else {}


def effective_due_date(record: StoredRecord, on: date) -> date:
    """The due date that was in force on a day: corrected, by ultrasound, by the last period."""
    known: dict[str, Any] = {}
    for item in record.items:
        if item.kind == "pregnancy" and (item.version == 1 or item.last_updated_at.date() <= on):
            known = item.content
    if "assisted_conception" in known and "performed_on" in known["assisted_conception"]:
        return date.fromisoformat(known["assisted_conception"]["performed_on"]) + timedelta(days=TERM_DAYS - 19)
    names = ("due_date_corrected", "due_date_by_ultrasound", "due_date_by_last_period")
    return date.fromisoformat(next(known[name] for name in names if name in known))


def check_visits(record: StoredRecord) -> None:
    """Weeks only grow, agree with the due date in force, and what was measured is plausible; now and then a pressure
    was typed the wrong way round."""
    visits = current(record, "antenatal_visits")
    assert visits, "a card begins with a visit"
    before = the(record, "pre_pregnancy_measurements")["pre_pregnancy_weight_kg"]
    days = [visit["gestational_age_weeks"] * 7 + visit["gestational_age_days"] for visit in visits]
    assert all(earlier < later for earlier, later in pairwise(days[1:]))
    for visit, day in zip(visits, days, strict=True):
        on = date.fromisoformat(visit["held_on"])
        assert abs(TERM_DAYS - (effective_due_date(record, on) - on).days - day) <= 1
        assert 38 <= day <= 294
        assert on.weekday() < 5
        assert 35 < visit["weight_kg"] < 190
        assert -4 < visit["weight_kg"] - before < 36
        diastolic, systolic = sorted(visit["blood_pressure"].values())
        assert 80 <= systolic <= 160
        assert 45 <= diastolic <= 100
        assert systolic - diastolic >= 15
    for height in current(record, "symphysis_fundal_heights"):
        assert abs(height["symphysis_fundal_height_cm"] - height["gestational_age_weeks"]) < 11


def check_fetuses(record: StoredRecord) -> None:
    """Every observation, measurement, typing and birth has as many entries as there are fetuses."""
    fetuses = the(record, "pregnancy").get("number_of_fetuses", 1)
    numbers = list(range(1, fetuses + 1))
    lists = [
        *(
            visit["fetal_observations"]
            for visit in current(record, "antenatal_visits")
            if "fetal_observations" in visit
        ),
        *(scan["fetal_measurements"] for scan in current(record, "ultrasound_examinations")),
        *(outcome["children"] for outcome in current(record, "birth_outcome")),
        *(one["fetal_results"] for one in current(record, "rhesus_d_negative_follow_up") if "fetal_results" in one),
    ]
    for entries in lists:
        assert [entry["fetus_number"] for entry in entries] == numbers


def check_rhesus(record: StoredRecord) -> None:
    """Only RhD-negative women are followed up, and only an RhD-positive fetus leads to prophylaxis."""
    follow_up = the(record, "rhesus_d_negative_follow_up")
    if follow_up:
        assert the(record, "laboratory_results")["blood_type"]["rhesus_d"] == "NEGATIVE"
    if "prophylaxis_given_at_week_28" in follow_up:
        assert follow_up["any_fetus_rhd_positive_at_week_24"]


def check_counters(record: StoredRecord) -> None:
    """Nothing is left over between the counters, and the list of earlier pregnancies says the same."""
    counters = {name: value for name, value in the(record, "previous_pregnancies").items() if name != "note"}
    total = counters.pop("number_of_previous_pregnancies")
    assert total == sum(counters.values())
    listed = current(record, "earlier_pregnancies")
    assert len(listed) == total
    assert sum(one.get("live_born", False) for one in listed) == counters["number_of_previous_live_births"]
    assert [one["year"] for one in listed] == sorted(one["year"] for one in listed)


def check_conditions(record: StoredRecord) -> None:
    """'Nothing' is never said together with something."""
    for kind, nothing in (("medical_conditions", "nothing_particular"), ("hereditary_conditions", "none_known")):
        said = the(record, kind)
        others = [value for name, value in said.items() if name not in (nothing, "parents_are_relatives")]
        assert said[nothing] == (True not in others)
