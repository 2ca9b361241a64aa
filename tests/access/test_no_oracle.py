"""Nobody learns of what she may not see: stores that differ in one hidden value answer her with the same bytes."""

import os
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import make_url

from app.domain.card.sections import SECTIONS
from app.domain.policy import PROVENANCE, declared_paths
from app.domain.viewer import CallerKind
from resolvers.views import view_for
from tests.access.proof import documents
from tests.access.proof.columns import Column, all_columns
from tests.access.proof.secrets import (
    Keepers,
    Place,
    Seen,
    Woman,
    escalated_value,
    other_values,
    places,
    value_at,
)
from tests.sameness.documents import draw
from tests.sameness.values import scalars
from tests.whole_card import selection
from tests.world import World

CALLERS, STATES = 6, 5
"""Of a round: how many ask, and in how many states of the store that differ in one value."""

PAIRS = {"sqlite": 1_000, "postgresql": 100}
LONG_RUN = int(os.environ.get("PAIRS", "20000"))


async def test_what_is_hidden_is_in_no_answer(world: World) -> None:
    """Any hidden value, changed to any other: data, errors, cost, order, length, status, headers and the ledger stay."""
    engine = make_url(world.services.settings.effective_database_url).get_backend_name()
    assert await compared(world, engine, PAIRS[engine]) >= PAIRS[engine]


@pytest.mark.slow
async def test_what_is_hidden_is_in_no_answer_of_very_many(gateway: World) -> None:
    """The same with many more, and others each time."""
    assert await compared(gateway, f"{random.random()}", LONG_RUN) >= LONG_RUN


async def compared(world: World, name: str, pairs: int) -> int:
    """Rounds until so many pairs were found to be answered the same."""
    keepers, done, seed = Keepers(world), 0, 0
    await keepers.prepare()
    while done < pairs:
        done += await one_round(keepers, random.Random(f"{name} {seed}"))
        seed += 1
    return done


@dataclass(frozen=True)
class Asking:
    column: Column
    query: str
    variables: dict[str, Any]


async def one_round(keepers: Keepers, dice: random.Random) -> int:
    """One hidden value in several states, each asked about by several who may not see it."""
    woman, earlier, in_part = dice.choice(keepers.women), dice.random() < 0.2, dice.random() < 0.2
    place = dice.choice(ESCALATING if in_part else PLACES)
    hidden = list(_kept_from(keepers, woman, place, earlier=earlier, in_part=in_part))
    askings = [_asking(dice, column, woman, place) for column in dice.choices(hidden, k=CALLERS)] if hidden else []
    if not askings:
        return 0
    (item,) = [one for one in woman.records[earlier].items if one.kind == place.kind and one.version == 2][-1:]
    names = [member.name for member in place.members]
    before = item.content
    if in_part:
        await woman.write(place, escalated_value(dice, place), earlier=earlier)
    seen = [await ask(keepers, woman, asking) for asking in askings]
    states = [value_at(item.content, names)]
    for _ in range(STATES - 1):
        states.append(escalated_value(dice, place) if in_part else other_values(dice, place.members[-1], place.path))
        await woman.write(place, states[-1], earlier=earlier)
        for asking, first in zip(askings, seen, strict=True):
            told = await ask(keepers, woman, asking)
            assert told == first, _difference(place, states, asking, first, told)
    await woman.write(Place(place.kind, place.members[:1]), before.get(names[0]), earlier=earlier)
    return len(askings) * (STATES - 1)


async def ask(keepers: Keepers, woman: Woman, asking: Asking) -> Seen:
    return await keepers.ask(asking.column, woman, asking.query, asking.variables)


def _kept_from(keepers: Keepers, woman: Woman, place: Place, *, earlier: bool, in_part: bool) -> Iterator[Column]:
    """The callers who are given nothing of a value; or nothing of what is more sensitive of it."""
    for column in COLUMNS:
        if column.kind is CallerKind.REPRESENTATIVE and woman is not keepers.women[0]:
            continue
        sees = keepers.sees(column, woman, place, earlier=earlier)
        if not sees or (in_part and keepers.escalates(column, woman, place, earlier=earlier)):
            yield column


def _asking(dice: random.Random, column: Column, woman: Woman, place: Place) -> Asking:
    query, variables = _document(dice, column.kind, woman, place)
    return Asking(column, query, variables)


def _document(dice: random.Random, kind: CallerKind, woman: Woman, place: Place) -> tuple[str, dict[str, Any]]:
    """Anything at all, or all of the section that the value stands in and whatever is told about it."""
    schema = view_for(kind).graphql
    if documents.has_card(schema) and dice.random() < 0.5:
        query = _about(dice, kind, place)
        return query, {"patient": woman.number} if "$patient" in query else {}
    of = scalars((woman.number,))
    drawn = draw(schema, dice, dice.randint(3, 40), of)
    return drawn.text, drawn.values(dice, of)


def _about(dice: random.Random, kind: CallerKind, place: Place) -> str:
    schema = view_for(kind).graphql
    card: Any = schema.get_type("MaternityRecord")
    name, model = SECTIONS[place.kind].graphql_name, SECTIONS[place.kind].model.__name__
    parts = ["recordId version lastUpdatedAt"]
    if name in card.fields:
        whole = selection(schema, model)
        has_past = "history" in schema.get_type(model).fields  # type: ignore[union-attr]  # it is an object
        past = f"history {{ version changedFacts content {{ {whole} }} }}" if has_past and dice.random() < 0.5 else ""
        parts.append(f"{name} {{ {whole} {past} }}")
    if "recordHistory" in card.fields:
        parts.append("recordHistory(first: 100) { edges { cursor node { section itemId version what changedFacts } } }")
        parts.append("newSinceLastLook { since changes { section itemId version } }")
    if "alerts" in card.fields and dice.random() < 0.5:
        parts.append(f"{COMPUTED[0]} {dice.choice(COMPUTED[1:])}")
    if dice.random() < 0.5:
        parts.append(documents.WITHHELD)
    whole_document = documents.operation(kind, " ".join(parts))
    earlier = " ".join(parts[:2])
    return dice.choice([
        whole_document, documents.CASELOAD if "caseload" in schema.query_type.fields else whole_document,  # type: ignore[union-attr]  # a view has queries
        documents.operation(kind, earlier, field="earlierCards", arguments=", includePrevious: true") if "earlierCards" in schema.query_type.fields else whole_document,  # type: ignore[union-attr]  # as above
    ])  # fmt: skip


ALERT = "ruleId severity why whatResolves inputs { fact value on } gestationalAge { weeks days }"
COMPUTED = [
    f"alerts {{ {ALERT} }} unansweredRules {{ ruleId unrecorded }}",
    "dating { dueOn basis superseded { dueOn basis } gestationalAge { weeks days } } parity { gravida para firstBirth }",
    "programme { nextVisit { entryId } entries { entryId state fromOn doneOn } } bodyMassIndex { value }",
    "growth { fundalHeights { heightCm zScore notJudged } fetalWeights { weightG } weightGain { gained { gainKg } } }",
    f"timeline(first: 100) {{ edges {{ cursor node {{ heading alert {{ {ALERT} }} }} }} }}",
    "birthplace { atLeast lowestAllowed reasons notEvaluable } postpartumFollowUp { kind firstOn isDue }",
    f'then: alerts(asOf: "2026-11-01") {{ {ALERT} }} programme(asOf: "2026-06-01") {{ entries {{ entryId state }} }}',
]
"""What is worked out of facts. The first looks at most of them and is always among what is asked for."""

PLACES = list(places())
ESCALATING = [place for place in PLACES if place.fact and place.fact.escalation]
COLUMNS = [column for column in all_columns() if not column.own_unit]


def _difference(place: Place, states: list[Any], asking: Asking, first: Seen, told: Seen) -> str:
    return f"{place.path} {states}\nas {asking.column.name}: {asking.query}\n{asking.variables}\n{first}\n\n{told}"


def test_there_is_a_place_for_every_fact() -> None:
    """No fact of a section is left out of the secrets."""
    assert {place.path for place in PLACES} == {path for path in declared_paths() if not path.startswith(PROVENANCE)}


class Careless(Keepers):
    """Takes for hidden what is not."""

    def sees(self, *_: Any, **__: Any) -> bool:
        return False


async def test_a_value_that_is_not_hidden_is_found_out(gateway: World) -> None:
    """The proof itself, tried on something that is wrong."""
    keepers = Careless(gateway)
    await keepers.prepare()

    async def rounds() -> None:
        for seed in range(50):
            await one_round(keepers, random.Random(f"{seed}"))

    with pytest.raises(AssertionError, match="as "):
        await rounds()
