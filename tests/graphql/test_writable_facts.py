"""Every writable fact goes in through GraphQL, comes back the same, and leaves in the national format unchanged."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.domain.card.sections import SECTIONS, walk
from app.domain.viewer import CallerKind
from data.dhg.exporting import export_record
from data.dhg.mapping import to_stored, to_wire
from resolvers.results import WRITTEN_SECTIONS
from resolvers.views import view_for
from tests.graphql.test_wire_example import at
from tests.whole_card import selection, whole_content, whole_record
from tests.world import World
from tests.writing import as_input, new_card, write

EXAMPLE = json.loads((Path(__file__).parents[1] / "data/dhg/example_record.json").read_text(encoding="utf-8"))
WHOLE = selection(view_for(CallerKind.CLINICIAN).graphql, "MaternityRecord")
CARD = f"query($patient: NationalIdentityNumber!) {{ card(patient: $patient) {{ recordId {WHOLE} }} }}"


def wired(record: Any, path: str) -> list[Any]:
    return list(at(record, path.replace("[]", "").split(".")))


def facts_on_the_wire() -> Iterator[Any]:
    """The facts of sections that may be written which the national record has."""
    kinds = {section.kind for section in WRITTEN_SECTIONS}
    return (fact for fact in walk() if fact.wire_path is not None and fact.section.kind in kinds)


async def test_every_writable_fact_is_written_read_back_and_exported(world: World) -> None:
    """A value for every declared fact, one command a section; the answer, the card and the export say the same."""
    number = await new_card(world)
    for section in WRITTEN_SECTIONS:
        content = whole_content(section.model, section.kind)
        written = await write(world, "midwife", "record", section.noun, patient=number, content=content)
        assert written["__typename"].endswith("Recorded"), written
        assert_states(written["item"], as_input(section.model, content))
    card = (await world.data("midwife", CARD, patient=number))["card"]
    for section in WRITTEN_SECTIONS:
        found = card[section.graphql_name]
        item = found[0] if section.repeated else found
        assert_states(item, as_input(section.model, whole_content(section.model, section.kind)))
    exported = await export_record(world.services.database, card["recordId"])
    expected, compared = to_wire(whole_record(card["recordId"])), 0
    for fact in facts_on_the_wire():
        values = wired(exported, fact.wire_path)
        assert values == wired(expected, fact.wire_path), fact.graphql_path
        assert any(value is not None for value in values), fact.graphql_path
        compared += 1
    assert compared == 124


def assert_states(item: Any, stated: Any) -> None:
    """Everything that was stated stands in the item; codes may have got their display."""
    if isinstance(stated, dict):
        for name, value in stated.items():
            assert_states(item[name], value)
    elif isinstance(stated, list):
        assert len(item) == len(stated)
        for one, other in zip(item, stated, strict=True):
            assert_states(one, other)
    else:
        assert item == stated


async def test_the_national_example_goes_through_graphql_and_comes_out_the_same(world: World) -> None:
    """Each section of the example record written by a midwife; the export has the example's facts, all of them."""
    number = await new_card(world)
    for item in to_stored(EXAMPLE).items:
        noun = SECTIONS[item.kind].noun
        written = await write(world, "midwife", "record", noun, patient=number, content=item.content)
        assert written["__typename"].endswith("Recorded"), (noun, written)
    card = (await world.data("midwife", CARD, patient=number))["card"]
    exported = await export_record(world.services.database, card["recordId"])
    for fact in facts_on_the_wire():
        assert in_order(wired(exported, fact.wire_path)) == in_order(wired(EXAMPLE, fact.wire_path)), fact.graphql_path


def in_order(values: list[Any]) -> list[Any]:
    """Lists of items may come in another order; 71 and 71.0 are one number."""
    return sorted(values, key=lambda value: json.dumps(float(value) if type(value) is int else value))


@pytest.mark.parametrize("section", WRITTEN_SECTIONS, ids=lambda section: section.noun)
async def test_what_is_not_mentioned_stays_and_null_clears(gateway: World, section: Any) -> None:
    """For every section: each fact cleared by itself, the others untouched; and stated again."""
    number = await new_card(gateway)
    whole = whole_content(section.model, section.kind)
    item = (await write(gateway, "midwife", "record", section.noun, patient=number, content=whole))["item"]
    which = {"itemId": item["provenance"]["itemId"]} if section.repeated else {}
    version = 1
    for name in whole:
        answer = await write(
            gateway, "midwife", "correct", section.noun, patient=number, content={name: None},
            expectedVersion=version, **which,
        )  # fmt: skip
        if answer["__typename"] == "InvalidInput":  # a fact that must be there, or that another means nothing without
            assert {problem["code"] for problem in answer["problems"]} <= {"REQUIRED", "MEANINGLESS_ALONE"}, answer
            continue
        left = {other: value for other, value in whole.items() if other != name}
        given = as_input(section.model, {name: None})
        assert answer["item"][next(iter(given))] is None
        assert_states(answer["item"], as_input(section.model, left))
        again = await write(
            gateway, "midwife", "correct", section.noun, patient=number, content={name: whole[name]},
            expectedVersion=version + 1, **which,
        )  # fmt: skip
        assert_states(again["item"], as_input(section.model, whole))
        version += 2
