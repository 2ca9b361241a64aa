"""What must hold for any document, caller and card: drawn at random, asked over HTTP."""

import asyncio
import random
from typing import Any

import pytest
from graphql import GraphQLField, GraphQLObjectType, get_named_type, is_required_argument

from app.domain.card.sections import walk
from app.domain.clinical.looked_at import LOOKED_AT
from app.domain.history import HISTORY
from app.domain.policy import ProfileKey
from app.domain.viewer import CALLER_KIND_OF, Purpose, Role
from resolvers.views import CARD_TYPE, view_for
from tests.access.proof.columns import PERSONA_OF
from tests.policies import PILOT
from tests.whole_card import CANARY, texts_in
from tests.world import World

PROFESSIONALS = [
    role for role in Role if CARD_TYPE in view_for(CALLER_KIND_OF[role]).graphql.type_map and PILOT.roles[role].purposes
]
DOCUMENTS = 60


def draw(dice: random.Random, type_: Any, depth: int = 0, *, past: bool = True) -> str:
    """A random selection of a type's fields, with aliases, repeats and inline fragments. A version has no history. What
    is worked out of facts is none, and asked about in tests of its own."""
    assert isinstance(type_, GraphQLObjectType)
    left_out = {"withheld", "withheldByPatientCount", *LOOKED_AT, *(() if past else (HISTORY,))}
    names = [name for name, field in type_.fields.items() if name not in left_out and not _needs_more(field)]
    chosen = dice.sample(names, k=min(len(names), dice.randint(1, 6)))
    parts = []
    for place, name in enumerate(chosen):
        below = get_named_type(type_.fields[name].type)
        still = past and name != HISTORY
        inner = f" {{ {draw(dice, below, depth + 1, past=still)} }}" if isinstance(below, GraphQLObjectType) else ""
        alias = f"a{depth}_{place}: " if dice.random() < 0.3 else ""
        field = f"{alias}{name}{inner}"
        parts.append(f"... on {type_.name} {{ {field} }}" if dice.random() < 0.2 else field)
    return " ".join(parts)


def _needs_more(field: GraphQLField) -> bool:
    return any(map(is_required_argument, field.args.values()))


def allowed_texts(role: Role, purpose: Purpose | None) -> set[str]:
    """The canary texts that this role may be given: one per fact that holds text."""
    decisions = PILOT.profile(ProfileKey(role, purpose)).decisions
    paths = {fact.graphql_path: ".".join([fact.section.kind, *fact.path]) for fact in walk()}
    return {f"{CANARY} {python}"[:200] for path, python in paths.items() if decisions[path].allowed}


@pytest.mark.parametrize("role", PROFESSIONALS)
async def test_no_document_gets_a_text_its_role_may_not_have(world: World, role: Role) -> None:
    """Whatever is selected, however: every canary in the answer is of a fact the policy gives."""
    await world.add_whole_card(care_unit="999999999")
    dice = random.Random(f"{role}")
    card_type = view_for(CALLER_KIND_OF[role]).graphql.get_type(CARD_TYPE)
    for _ in range(DOCUMENTS // 4):
        purpose = dice.choice(PILOT.purposes_of(role))
        asks = dice.random() < 0.5
        selected = draw(dice, card_type) + (" withheld { path }" if asks else "")
        query = f"query($patient: NationalIdentityNumber!) {{ card(patient: $patient) {{ {selected} }} }}"
        body = (await world.ask(PERSONA_OF[role], query, purpose=purpose, patient=world.whole)).json()
        if body.get("data") is None or body["data"]["card"] is None:
            continue
        allowed = allowed_texts(role, purpose)
        for text in texts_in(body["data"]):
            is_of_a_fact = text.startswith(f"{CANARY} ") and "." in text
            assert not is_of_a_fact or any(whole.startswith(text) for whole in allowed), (text, query)


@pytest.mark.parametrize("role", [Role.GP, Role.PUBLIC_HEALTH_NURSE, Role.IMAGING_AND_OTHER])
async def test_what_is_null_on_a_whole_card_is_named_as_withheld(world: World, role: Role) -> None:
    """On a card with every fact recorded, nothing is silently empty: a null leaf has its entry, or a container's."""
    await world.add_whole_card(care_unit="999999999")
    dice = random.Random(f"null {role}")
    card_type = view_for(CALLER_KIND_OF[role]).graphql.get_type(CARD_TYPE)
    heads = {"recordId", "status", "version", "openedAt", "closedAt", "lastUpdatedAt"}
    for _ in range(DOCUMENTS // 4):
        selected = draw(dice, card_type)
        query = f"query($patient: NationalIdentityNumber!) {{ card(patient: $patient) {{ {selected} }} }}"
        body = (await world.ask(PERSONA_OF[role], query, purpose="COC", patient=world.whole)).json()
        told = {tuple(error["path"]) for error in body.get("errors", ())}
        for path in nulls(body["data"], ()):
            explained = any(path[: len(entry)] == entry or entry[: len(path)] == path for entry in told)
            assert explained or path[1] in heads or selected_head(query, path), (path, query)


def nulls(value: Any, path: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Response paths, without places in lists, of everything that is null."""
    if isinstance(value, dict):
        return [found for name, inner in value.items() for found in nulls(inner, (*path, name))]
    if isinstance(value, list):
        return [found for inner in value for found in nulls(inner, path)]
    return [path] if value is None else []


def selected_head(query: str, path: tuple[str, ...]) -> bool:
    """Whether a null is one that says there is nothing: the head's `closedAt` of an open card, or the badge of values
    that she does not see, under whatever alias."""
    badges = ("withheldFromPatient", *(f"{name}: withheldFromPatient" for name in path))
    return f"{path[1]}: closedAt" in query or path[-1] in badges or any(badge in query for badge in badges[1:])


async def test_callers_at_once_never_get_each_others_answers(world: World) -> None:
    """Two hundred interleaved requests of eight callers about four women: each answer is its own."""
    query = "query($patient: NationalIdentityNumber!) { me { role } card(patient: $patient) { mother { name } laboratoryResults { hivPositive } } }"
    women = ["kari", "hedda", "vilde", "fatima"]
    names = {slug: world.member(slug).name for slug in women}
    personas = {"gp": "GP", "midwife": "MIDWIFE", "hospital": "HOSPITAL", "nurse": "PUBLIC_HEALTH_NURSE"}

    async def one(place: int) -> None:
        woman, persona = women[place % 4], list(personas)[(place // 4) % 4]
        data = (await world.ask(persona, query, patient=world.number(woman))).json()["data"]
        assert data["me"]["role"] == personas[persona]
        assert data["card"]["mother"]["name"] == names[woman] or persona == "nurse"
        if persona == "nurse":
            assert data["card"]["laboratoryResults"] is None

    await asyncio.gather(*(one(place) for place in range(200)))
    assert len(await world.all_ledger_entries()) == 200
