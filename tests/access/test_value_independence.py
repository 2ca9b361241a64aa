"""Value-independence: whoever is given nothing of a sensitivity is answered the same, whatever is recorded of it.

All its values are changed at once. That a single hidden value is in no answer, of whatever sensitivity, is shown by
test_no_oracle.py.
"""

import random
from collections.abc import Iterator

import pytest

from app.domain.card.declaration import Sensitivity
from tests.access.proof import documents
from tests.access.proof.columns import OWN, Column, all_columns
from tests.access.proof.routes import Asker
from tests.access.proof.secrets import Keepers, Place, Seen, Woman, other_values, places
from tests.world import World

CALLERS = 12
"""So many of those who are given nothing of a sensitivity are drawn."""

COLUMNS = [column for column in all_columns() if not column.own_unit]


def of(sensitivity: Sensitivity) -> list[Place]:
    """Where the facts of a sensitivity stand, but for those that are part of another, which change with it."""
    return [place for place in places() if place.fact is not None and place.fact.sensitivity is sensitivity]


def questions(world: World, column: Column) -> list[str]:
    """Everything that can be asked of a card, its past, earlier cards and lists."""
    schema = Asker(world, column).schema
    if not documents.has_card(schema):
        return []
    has_list = schema.query_type is not None and "caseload" in schema.query_type.fields
    asked = (
        documents.direct(schema, column.kind), documents.careless(schema, column.kind), documents.past(schema, column.kind),
        documents.earlier(schema, column.kind), documents.feed(schema, column.kind), documents.CASELOAD if has_list else None,
    )  # fmt: skip
    return [query for query in asked if query]


def without(keepers: Keepers, woman: Woman, hidden: list[Place]) -> Iterator[Column]:
    """The callers who are given nothing of any of these facts, on her present card or an earlier one."""
    for column in COLUMNS:
        is_hers = column.kind not in OWN or woman is keepers.women[0]
        if is_hers and not any(
            keepers.sees(column, woman, place, earlier=earlier) for place in hidden for earlier in (False, True)
        ):
            yield column


async def seen(keepers: Keepers, woman: Woman, columns: list[Column]) -> dict[tuple[str, str], Seen]:
    """What each of them is answered to each question: status, headers, body, and the entries in the ledger."""
    return {
        (column.name, query): await keepers.ask(column, woman, query, {"patient": woman.number} if "$" in query else {})
        for column in columns
        for query in questions(keepers.world, column)
    }


async def change_all(woman: Woman, hidden: list[Place], dice: random.Random) -> None:
    values = [(place, other_values(dice, place.members[-1], place.path)) for place in hidden]
    for earlier in (False, True):
        await woman.write_all(values, earlier=earlier)


@pytest.mark.parametrize("sensitivity", [level for level in Sensitivity if level is not Sensitivity.ADMINISTRATIVE])
async def test_whoever_is_given_none_of_a_sensitivity_is_answered_alike(
    gateway: World, sensitivity: Sensitivity
) -> None:
    """For callers who are given none of it, drawn from every role and purpose, on a card that its unit follows and on one that it does not;
    and whoever is given it is answered otherwise, so that something was changed."""
    keepers, dice, hidden = Keepers(gateway), random.Random(sensitivity), of(sensitivity)
    await keepers.prepare()
    for woman in keepers.women[:2]:
        found = list(without(keepers, woman, hidden))
        columns = dice.sample(found, min(len(found), CALLERS))
        midwife = [column for column in COLUMNS if column.name == "MIDWIFE TREAT"]
        first, given = await seen(keepers, woman, columns), await seen(keepers, woman, midwife)
        assert first or sensitivity is not Sensitivity.INTIMATE
        await change_all(woman, hidden, dice)
        assert await seen(keepers, woman, columns) == first
        assert await seen(keepers, woman, midwife) != given
