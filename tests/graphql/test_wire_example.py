"""The national example record, imported, and read back fact by fact over GraphQL as each caller who sees it all."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.domain.card.sections import DeclaredFact, walk
from app.domain.card.values import BloodPressure, CodedValue, DipstickResult, RhesusD
from app.domain.viewer import CallerKind
from data.dhg.mapping import to_stored
from data.storing import store
from resolvers.views import view_for
from tests.whole_card import selection
from tests.world import NOW, World

RECORD = json.loads((Path(__file__).parents[1] / "data/dhg/example_record.json").read_text(encoding="utf-8"))
NUMBER = "15839430008"
WHOLE = selection(view_for(CallerKind.CLINICIAN).graphql, "MaternityRecord")
CARD = f"query($patient: NationalIdentityNumber!) {{ card(patient: $patient) {{ {WHOLE} }} }}"

PROTEIN = {"Neg": "NEGATIVE", "Spor": "TRACE", "1+": "ONE_PLUS", "2+": "TWO_PLUS", "3+": "THREE_PLUS"}


def at(value: Any, path: list[str]) -> Iterator[Any]:
    """Every value at a path, in order, through all lists on the way."""
    if isinstance(value, list):
        for entry in value:
            yield from at(entry, path)
    elif not path:
        yield value
    elif value is not None:
        yield from at(value.get(path[0]), path[1:])


def as_told(fact: DeclaredFact, wire: Any) -> Any:
    """What GraphQL says where the wire says this."""
    kind = fact.shape.type
    if wire is None or fact.shape.content:
        return None
    if kind is BloodPressure:
        systolic, diastolic = wire.split("/")
        return {"systolicMmhg": int(systolic), "diastolicMmhg": int(diastolic)}
    if kind is DipstickResult:
        return PROTEIN[wire]
    if kind is RhesusD:
        return "NEGATIVE" if wire == "NEGATIVE" else "POSITIVE"
    if kind is CodedValue:
        return {"code": wire["code"], "display": wire["display"], "codeSystem": wire["codeSystem"]}
    return wire


@pytest.mark.parametrize("persona", ["gp", "midwife", "hospital"])
async def test_every_national_fact_reads_as_it_was_delivered(world: World, persona: str) -> None:
    """All 124 facts, each compared with the JSON that came in; nothing is lost, changed or made up."""
    await store(world.services.database, world.services.patient_keys, [(NUMBER, NOW, to_stored(RECORD))])
    card = (await world.data(persona, CARD, patient=NUMBER))["card"]
    compared = 0
    for fact in walk():
        if fact.wire_path is None:
            continue
        delivered = list(at(RECORD, fact.wire_path.replace("[]", "").split(".")))
        told = list(at(card, fact.graphql_path.split(".")))
        if not fact.shape.content:
            assert told == [as_told(fact, wire) for wire in delivered], fact.graphql_path
        compared += 1
    assert compared == 124


async def test_nothing_that_is_not_in_the_record_is_in_the_answer(world: World) -> None:
    """Facts that only the paper card has stay empty after an import."""
    await store(world.services.database, world.services.patient_keys, [(NUMBER, NOW, to_stored(RECORD))])
    card = (await world.data("gp", CARD, patient=NUMBER))["card"]
    for fact in walk():
        if fact.wire_path is None:
            assert all(value is None for value in at(card, fact.graphql_path.split("."))), fact.graphql_path
