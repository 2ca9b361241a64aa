"""Monotonicity: taking something away from a caller never gives her anything.

A right of the token, the woman's consent, one more block: whatever is taken, the values in the answer afterwards are
some of those before, and not a byte more.
"""

import random
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from app.domain.card.sections import SECTIONS
from app.domain.record import Block, BlockTarget
from app.domain.viewer import CallerKind, Role
from app.identity.claims import GATEWAY
from app.identity.roles import RIGHTS_OF
from data.patients import set_blocks
from resolvers.views import CARD_TYPE
from tests.access.proof import documents
from tests.access.proof.columns import OWN, PERSONA_OF, Column, add_whole_cards, all_columns
from tests.access.proof.routes import Asker
from tests.access.test_properties import draw
from tests.policies import PILOT
from tests.world import NOW, World

TOLD_OF_WITHHOLDING = ("withheld", "withheldByPatientCount")
"""What grows when something is taken away. It is about the withholding, and holds nothing of the card."""

READERS = [column for column in all_columns() if column.purpose in (None, *PILOT.purposes_of(column.role))]
Values = dict[tuple[str, ...], Any]


def values_in(value: Any, path: tuple[str, ...] = ()) -> Values:
    """Everything in an answer that is not null, by where it stands."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    below = [values_in(entry, (*path, f"{name}")) for name, entry in inner if name not in TOLD_OF_WITHHOLDING]
    single = {path: value} if value is not None and not isinstance(value, dict | list) else {}
    return {place: found for part in (single, *below) for place, found in part.items()}


def assert_less(before: Values, after: Values, what: Any) -> None:
    assert after.items() <= before.items(), (what, dict(after.items() - before.items()))
    assert len(str(after)) <= len(str(before)), what


class Looker:
    """A caller who asks the same every time: for everything, and for something drawn at random."""

    def __init__(self, world: World, column: Column) -> None:
        self.world, self.column = world, column
        schema, dice = Asker(world, column).schema, random.Random(column.name)
        drawn = documents.operation(column.kind, draw(dice, schema.get_type(CARD_TYPE)))
        asked = (documents.direct(schema, column.kind), drawn, documents.earlier(schema, column.kind))
        self.queries = [query for query in asked if query]

    async def sees(self, **claims: Any) -> Values:
        token, woman = self.column.token(self.world, **claims), self.column.woman(self.world)
        found: Values = {}
        for place, query in enumerate(self.queries):
            named = {"patient": woman} if "$patient" in query else {}
            body = (await self.world.send(token, query, **named)).json()
            found |= values_in(body.get("data"), (f"{place}",))
        return found


@pytest.fixture
async def lookers(gateway: World) -> list[Looker]:
    """All who can ask for a card, for every purpose they may give, of women whose every fact is recorded."""
    gateway.services.programs = None
    await add_whole_cards(gateway)
    return [
        Looker(gateway, column) for column in READERS if documents.has_card(Asker(gateway, column).schema)
    ]  # fmt: skip


async def test_a_right_less_never_shows_more(lookers: list[Looker]) -> None:
    """Every right that the kind of caller can have, taken away by itself and together with the others; from one of each
    role."""
    for looker in {looker.column.role: looker for looker in lookers}.values():
        rights = sorted(RIGHTS_OF[looker.column.kind])
        before = await looker.sees()
        assert before or looker.column.role is Role.SECRETARY
        for left in [*([right for right in rights if right != gone] for gone in rights), []]:
            after = await looker.sees(scope=[f"{GATEWAY}/{right}" for right in left])
            assert_less(before, after, (looker.column.name, left))
            assert after == ({} if "read" not in left else before)


async def test_without_consent_nothing_is_shown(gateway: World, lookers: list[Looker]) -> None:
    """The card is still in the store, which nobody learns."""
    assert any([await looker.sees() for looker in lookers[:2]])
    for state in ("NONE", "WITHDRAWN"):
        async with gateway.services.database.transaction() as connection:
            await connection.execute(text("UPDATE patient SET consent_state = :state"), {"state": state})
        for looker in lookers:
            assert not await looker.sees(), looker.column.name


async def test_a_block_more_never_shows_more(gateway: World, lookers: list[Looker]) -> None:
    """Blocks drawn at random are added one after the other: on anybody, for any section or all, openable or not. Each
    time everybody sees what she saw or less; she herself sees all of it, always."""
    dice = random.Random("blocks")
    chosen = dice.sample(lookers, 8)
    seen = {looker.column.name: await looker.sees() for looker in chosen}
    whole, blocks = dict(seen), list[Block]()
    for _ in range(6):
        blocks += [await drawn_block(gateway, dice, dice.choice(chosen).column) for _ in range(2)]
        for number in {looker.column.woman(gateway) for looker in chosen}:
            await set_blocks(gateway.services.database, gateway.services.patient_keys, number, tuple(blocks))
        for looker in chosen:
            name = looker.column.name
            after = await looker.sees()
            assert_less(seen[name], after, (name, blocks))
            assert looker.column.kind not in OWN or after == whole[name]
            seen[name] = after
    assert seen != whole, "no block has closed anything"


async def drawn_block(world: World, dice: random.Random, column: Column) -> Block:
    """A block that is likely to keep this caller out of something."""
    section = dice.choice([None, *SECTIONS, *SECTIONS])
    made: dict[BlockTarget, str | None] = {BlockTarget.ALL: None}
    if column.kind is CallerKind.CLINICIAN:
        viewer = await world.viewer(column.persona or PERSONA_OF[column.role], column.purpose)
        assert viewer.unit is not None
        made |= {
            BlockTarget.PERSON: viewer.hpr_number, BlockTarget.PROFESSION: viewer.profession,
            BlockTarget.ORGANISATION: dice.choice((viewer.unit.number, viewer.unit.parent_number)),
        }  # fmt: skip
    target = dice.choice(list(made))
    return Block(
        str(uuid4()), section, target, made[target], dice.random() < 0.5, dice.choice("135"), NOW, None
    )  # fmt: skip
