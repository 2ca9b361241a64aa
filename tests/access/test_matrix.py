"""Every role × purpose × fact × route, found by asking the running API, kept in `matrix.txt` and reviewed like code.

`HELSEKORT_WRITE_MATRIX=1 pytest tests/access` writes the file anew.
"""

import os
from pathlib import Path

import pytest

from tests.access.proof import documents, printing, routes, writing
from tests.access.proof.columns import add_whole_cards, all_columns
from tests.access.proof.routes import Asker
from tests.access.proof.switches import SWITCHES, prepare
from tests.world import World

MATRIX = Path(__file__).with_name("matrix.txt")
ROUTES = {**routes.ROUTES, "union": writing.in_conflict}


async def test_the_matrix_is_what_the_running_api_answers(gateway: World) -> None:
    """A change of anybody's access, by whatever route, shows as a change of this file."""
    gateway.services.programs = None  # that programs answer the same is proven elsewhere, and they take long to make
    await add_whole_cards(gateway)
    await prepare(gateway)
    askers = [Asker(gateway, column) for column in all_columns()]
    asked = [await all_routes(asker) for asker in askers]
    table = {name: [await switch(asker) for asker in askers] for name, switch in SWITCHES.items()}
    parts = [printing.direct_table(asked), printing.other_routes(asked), printing.earlier_cards(asked)]
    text = printing.whole([*parts, printing.switches(table)])
    if os.environ.get("HELSEKORT_WRITE_MATRIX"):
        MATRIX.write_text(text, encoding="utf-8")
    assert MATRIX.read_text(encoding="utf-8") == text


async def all_routes(asker: Asker) -> printing.Asked:
    """What one column is told of every fact by every route."""
    found = printing.Asked(asker.column, await routes.direct(asker))
    has_card = documents.has_card(asker.schema)
    for name, route in ROUTES.items():
        found.routes[name] = await route(asker) if has_card else None
    found.earlier = await routes.on_earlier_card(asker) if has_card else None
    return found


async def test_the_matrix_is_the_same_by_programs_and_on_either_database(world: World) -> None:
    """The direct fields once more, answered by generated programs."""
    await add_whole_cards(world)
    asked = [printing.Asked(column, await routes.direct(Asker(world, column))) for column in all_columns()]
    (table,) = (list(printing.direct_table(asked)),)
    kept = MATRIX.read_text(encoding="utf-8").splitlines()
    assert set(line.rstrip() for line in table) <= set(kept)


@pytest.mark.parametrize("route", ROUTES)
async def test_a_route_that_says_more_would_be_noticed(route: str) -> None:
    """The file names every fact of which a route says something else than the direct field; none of them gives more."""
    lines = [line for line in MATRIX.read_text(encoding="utf-8").splitlines() if line.startswith(f"{route:11} ")]
    assert lines
    assert not [line for line in lines if " is R " in line]
