"""The budget lock: what every named document costs on either database is committed, and may not grow unnoticed.

`make budgets` writes the files anew; the difference is then looked at like any other.
"""

import os
from pathlib import Path

import orjson
import pytest
from graphql.execution.values import VariableValues
from sqlalchemy import text

from app.development import all_personas
from data.aggregates import make_reports
from data.synthetic.seeding import seed
from tests.budgets.asking import ASKED, FOLDERS, Asked, documents, everything_asked
from tests.budgets.commands import turn, variables_of_command
from tests.budgets.keeping import Budget, differences, read, write
from tests.whole_card import texts_in
from tests.world import TODAY, World

WOMEN = 60
"""Beside the cast; the first fifty of a population are on the list of the units the personas work at."""

EARLIER_LOOKS = 25
"""So many entries are in the log when somebody reads it: more than a page."""


async def test_no_document_costs_more_than_is_written_down(world: World) -> None:
    """Statements, rows, bytes, estimated and given values, of each document on this database; nor much less."""
    engine = "sqlite" if world.services.database.is_sqlite else "postgresql"
    path = Path(__file__).with_name(f"{engine}.toml")
    await _people(world)
    in_turn = sorted(everything_asked(), key=lambda asked: (not asked.reads, turn(asked), asked.name))
    found = {asked.name: await _cost(world, asked) for asked in in_turn}
    if os.environ.get("HELSEKORT_WRITE_BUDGETS") == "1":
        write(path, found)
    assert list(differences(read(path), found)) == []


async def _people(world: World) -> None:
    """The same women every time, one after another; they are counted for the evaluators."""
    services = world.services
    await seed(services.database, services.patient_keys, women=WOMEN, seed=1, as_of=TODAY, processes=1)
    await make_reports(services.database, services.policy, services.clock())


async def _cost(world: World, asked: Asked) -> Budget:
    variables = asked.variables_in(world)
    if variables is None:
        variables = await variables_of_command(world, asked)
    if variables is None:
        return {"estimated": _estimated(world, asked)}
    await _same_past(world, asked)
    if asked.reads:  # once before, for what is kept from then on
        await world.ask(asked.persona, asked.text, **variables)
    with world.services.database.count_statements() as counted:
        response = await world.ask(asked.persona, asked.text, **variables)
    body = response.json()
    assert "errors" not in body, (asked.name, body["errors"])
    assert not {"VersionConflict", "InvalidInput"} & set(texts_in(body)), (asked.name, body)
    cost = body.pop("extensions")["cost"]
    return {
        "statements": len(counted), "rows": counted.rows, "bytes": len(orjson.dumps(body)),
        "estimated": cost["estimated"], "actual": cost["actual"],
    }  # fmt: skip


async def _same_past(world: World, asked: Asked) -> None:
    """What others have asked before is forgotten, so that no document's cost depends on which others there are."""
    async with world.services.database.transaction() as connection:
        await connection.execute(text("DELETE FROM ledger_entry"))
    if "accessLog" in asked.text:
        for _ in range(EARLIER_LOOKS):
            await world.ask("kari", "{ myCard { status mother { name } } }")


def _estimated(world: World, asked: Asked) -> int:
    costs = world.services.documents.get(asked.kind, asked.text).costs
    assert costs is not None, asked.name
    everything = {name: True for name in costs.conditions}
    return costs.of(asked.operation, VariableValues({}, everything))


def test_what_is_asked_is_there() -> None:
    """Every entry of asked.toml has its document and its personas; every folder of documents says who asks."""
    assert {entry["document"] for entry in ASKED["asked"]} <= set(documents())
    personas = {persona for entry in ASKED["asked"] for persona in entry["as"]}
    folders = {path.name for folder in FOLDERS for path in folder.iterdir() if path.is_dir()}
    assert folders <= set(ASKED["usual"])
    assert personas | {ASKED["usual"][folder] for folder in folders} <= set(all_personas())


@pytest.mark.parametrize(
    ("found", "wrong"),
    [
        ({"a": {"rows": 100}}, []),
        ({"a": {"rows": 95}}, []),
        ({"a": {"rows": 101}}, ["a: rows grew from 100 to 101"]),
        ({"a": {"rows": 80}}, ["a: rows fell from 100 to 80; write it down"]),
        ({"a": {"bytes": 100}}, ["a: counts ['bytes'], not ['rows']"]),
        ({"a": {"rows": 100}, "b": {"rows": 1}}, ["b: has no budget"]),
        ({}, ["a: has a budget and is not asked"]),
    ],
)
def test_growth_is_noticed_and_so_is_a_budget_nobody_needs(
    found: dict[str, Budget], wrong: list[str], tmp_path: Path
) -> None:
    """Any growth, a tenth less, a document without a budget, a budget without a document."""
    path = tmp_path / "budgets.toml"
    assert list(differences(read(path), {"a": {"rows": 100}})) == ["a: has no budget"]
    write(path, {"a": {"rows": 100}})
    assert list(differences(read(path), found)) == wrong
