"""What is asked about: the cast, a card with every fact recorded, and a past made on purpose; and who asks."""

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from starlette.datastructures import Headers

from app.authentication import authenticated
from app.development import all_personas
from app.domain.errors import TransportRefusal
from app.domain.viewer import CallerKind, Role, Viewer
from data.synthetic.cast import CAST
from tests.access.choosing import elevate, in_session
from tests.world import World

UNKNOWN: Final = "15839430199"
"""Nobody's number; it is not even one."""

SHARE_OF: Final = {
    CallerKind.CLINICIAN: 45, CallerKind.CITIZEN: 37, CallerKind.SECRETARY: 6, CallerKind.REPRESENTATIVE: 4,
    CallerKind.AUDITOR: 4, CallerKind.MACHINE: 2, CallerKind.EVALUATOR: 2,
}  # fmt: skip
"""Out of a hundred documents, how many are of this view."""

FULL_OF_THINGS: Final = ("kari", "ragnhild", "ingrid", "ida", "hedda")
"""Everything recorded, blocks, an item in error, an earlier card, what is most private."""

VISIT = "{ __typename ... on VisitRecorded { visit { provenance { itemId version } } } }"
RECORD = f'mutation($patient: NationalIdentityNumber!, $key: String!) {{ recordVisit(patient: $patient, visit: {{heldOn: "2026-11-20", weightKg: 71}}, idempotencyKey: $key) {VISIT} }}'
CORRECT = f"mutation($patient: NationalIdentityNumber!, $item: ID!, $key: String!) {{ correctVisit(patient: $patient, itemId: $item, expectedVersion: 1, visit: {{weightKg: 72}}, idempotencyKey: $key) {VISIT} }}"
MARK = f"mutation($patient: NationalIdentityNumber!, $item: ID!, $key: String!) {{ markVisitInError(patient: $patient, itemId: $item, expectedVersion: 2, idempotencyKey: $key) {VISIT} }}"
REQUEST = 'mutation($item: ID!, $key: String!) { requestCorrection(section: ANTENATAL_VISITS, itemId: $item, text: "Det var dagen etter", idempotencyKey: $key) { requestId } }'
CURSORS = "query($patient: NationalIdentityNumber!) { card(patient: $patient) { recordHistory(first: 4) { edges { cursor node { itemId } } } } accessLog(patient: $patient, first: 4) { edges { cursor } } }"
LIST = "{ caseload(first: 3) { edges { cursor } } }"


@dataclass(frozen=True, slots=True)
class Cast:
    """Who asks, by kind of caller and role; about whom; and cursors and ids that are somewhere in the store."""

    viewers: Mapping[CallerKind, Mapping[Role, Sequence[Viewer]]]
    numbers: Sequence[str]
    texts: Sequence[str]

    def kind(self, dice: random.Random) -> CallerKind:
        return dice.choices(list(SHARE_OF), list(SHARE_OF.values()))[0]

    def viewer(self, dice: random.Random, kind: CallerKind) -> Viewer:
        """Each role as often as any other, however many have it."""
        return dice.choice(self.viewers[kind][dice.choice(list(self.viewers[kind]))])


async def made(world: World) -> Cast:
    """Everybody, after some work on the store."""
    await world.add_whole_card()
    item = await _a_visit_with_a_past(world, "kari")
    await world.data("kari", REQUEST, item=item, key="asked")
    opened = in_session(world, "hospital", "ETREAT")
    assert "errors" not in await elevate(world, opened)
    tokens = [opened, world.token("kari", pid=world.whole), *_tokens(world)]
    women = [member.number for member in CAST]
    return Cast(
        viewers=await _viewers(world, tokens),
        numbers=[*women, *(12 * [world.whole]), *(3 * [world.number(slug) for slug in FULL_OF_THINGS]), UNKNOWN],
        texts=[*await _texts(world), item],
    )


async def _a_visit_with_a_past(world: World, woman: str) -> str:
    """A visit that was corrected, and then marked as entered in error; and one that stands."""
    number, items = world.number(woman), []
    for key in ("first", "second"):
        written = await world.data("midwife", RECORD, patient=number, key=key)
        items.append(written["recordVisit"]["visit"]["provenance"]["itemId"])
    corrected = await world.data("midwife", CORRECT, patient=number, item=items[0], key="third")
    assert corrected["correctVisit"]["__typename"] == "VisitRecorded"
    marked = await world.data("midwife", MARK, patient=number, item=items[0], key="fourth")
    assert marked["markVisitInError"]["__typename"] == "VisitRecorded"
    return str(items[1])


def _tokens(world: World) -> list[str]:
    """Every persona, for each purpose she may give."""
    return [
        world.token(name, purpose)
        for name, persona in all_personas().items()
        for purpose in persona.purposes or (None,)
    ]


async def _viewers(world: World, tokens: Sequence[str]) -> Mapping[CallerKind, Mapping[Role, Sequence[Viewer]]]:
    found: dict[CallerKind, dict[Role, list[Viewer]]] = defaultdict(lambda: defaultdict(list))
    for token in tokens:
        try:
            viewer = await authenticated(Headers({"authorization": f"Bearer {token}"}), world.services)
        except TransportRefusal:
            continue  # outside of the trial: nothing is ever asked
        found[viewer.kind][viewer.role].append(viewer)
    assert found.keys() == SHARE_OF.keys(), "every kind of caller asks"
    return found


async def _texts(world: World) -> list[str]:
    seen = await world.data("midwife", CURSORS, patient=world.number("kari"))
    return list(_leaves(seen)) + list(_leaves(await world.data("midwife", LIST)))


def _leaves(value: Any) -> list[str]:
    if isinstance(value, dict):
        value = list(value.values())
    return [text for inner in value for text in _leaves(inner)] if isinstance(value, list) else [value]
