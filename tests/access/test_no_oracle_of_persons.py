"""Nobody learns why a woman has no card to show: women who must look alike are answered about with the same bytes."""

import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from app.domain.viewer import CallerKind
from resolvers.views import view_for
from tests.access.proof.columns import Column, all_columns
from tests.access.proof.secrets import Keepers, Seen, Woman
from tests.sameness.documents import draw
from tests.sameness.values import scalars
from tests.world import World

SOMEBODY = "17849644092"
"""The number that documents are drawn with, for that of each woman to be put in its place."""

NOBODY = "15839430199"
DOCUMENTS = 50
ASKERS = [
    column
    for column in all_columns()
    if column.kind in (CallerKind.CLINICIAN, CallerKind.SECRETARY, CallerKind.MACHINE)
]
OWN_CARD = "{ myCard { recordId status mother { name } withheldByPatientCount withheld { path } } earlierCards { recordId mother { name } } }"
OWN_CHANGES = "{ changesSince { changes { sequence what section } latest } }"


async def consented(world: World) -> str:
    """The number of a woman who has consented and has no card yet."""
    await world.data("randi", "mutation { giveConsent { given } }")
    return world.number("randi")


def hidden(world: World) -> list[str]:
    return [world.number(slug) for slug in ("sunniva", "jorunn", "astrid")]


async def test_a_woman_whose_card_is_hidden_is_one_without_a_card(world: World) -> None:
    """At a confidential address or dead: whatever professionals and systems ask, nothing tells her from others."""
    await expect_alike(world, [await consented(world), *hidden(world)])


async def test_a_woman_who_withdrew_never_was(world: World) -> None:
    """Nothing tells a woman whose consent is gone from one who never gave it, or of whom nothing was ever known."""
    await expect_alike(world, [world.number(slug) for slug in ("liv", "randi")])


async def expect_alike(world: World, numbers: Sequence[str]) -> None:
    """Random documents, each asked about every one of them."""
    keepers, dice = Keepers(world), random.Random(f"{len(numbers)}")
    keepers.keep_the_ledger()
    women = [Woman(world, number, {}) for number in numbers]
    for _ in range(DOCUMENTS):
        column = dice.choice(ASKERS)
        drawn = draw(view_for(column.kind).graphql, dice, dice.randint(2, 30), scalars((SOMEBODY,)))
        values = drawn.values(dice, scalars((SOMEBODY,)))
        first, *others = [await about(keepers, column, woman, drawn.text, values) for woman in women]
        assert [first] * len(others) == others, (column.name, drawn.text, values)


async def about(keepers: Keepers, column: Column, woman: Woman, query: str, values: dict[str, Any]) -> Seen:
    """What leaves; the ledger may know why."""
    sent = {name: woman.number if value == SOMEBODY else value for name, value in values.items()}
    seen = await keepers.ask(column, woman, query.replace(SOMEBODY, woman.number), sent)
    assert woman.number.encode() not in seen.body
    return replace(seen, entries=())


@pytest.mark.parametrize("query", [OWN_CARD, OWN_CHANGES])
async def test_nor_does_she_learn_it_herself(gateway: World, query: str) -> None:
    """On her own sign-in as well she is one without a card: who reads over her shoulder learns nothing."""
    keepers, (citizen,) = Keepers(gateway), [one for one in all_columns() if one.kind is CallerKind.CITIZEN]
    women = [Woman(gateway, number, {}) for number in (await consented(gateway), *hidden(gateway))]
    keepers.keep_the_ledger()
    first, *others = [await about(keepers, citizen, woman, query, {}) for woman in women]
    assert [first] * len(others) == others
    assert b"RECORD_NOT_AVAILABLE" in first.body
