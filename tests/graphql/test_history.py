"""History: every version, who and when, what changed; and no way around the policy."""

from typing import Any

import pytest

from app.domain.card.sections import SECTIONS
from app.domain.viewer import CALLER_KIND_OF, Role
from resolvers.views import CARD_TYPE, view_for
from tests.access.proof.columns import PERSONA_OF, all_columns
from tests.whole_card import selection
from tests.world import World
from tests.writing import write

VISITS = """query($p: NationalIdentityNumber!, $all: Boolean! = false) { card(patient: $p) {
  antenatalVisits(includeErroneous: $all) { heldOn provenance { itemId }
    history(includeErroneous: $all) { version at by { name } enteredInError changedFacts content { heldOn weightKg note } } }
  withheld { path reason } } }"""
RECORD = """query($p: NationalIdentityNumber!, $first: Int! = 100, $after: String, $all: Boolean! = false) { card(patient: $p) {
  recordHistory(first: $first, after: $after, includeErroneous: $all) {
    edges { cursor node { at by { name } section itemId version what changedFacts } } pageInfo { hasNextPage endCursor } } } }"""
VISIT = {"held_on": "2026-11-20", "weight_kg": 71.5, "note": "Alt vel."}


async def new_visit(world: World) -> dict[str, Any]:
    """What identifies a visit just recorded on Kari's card."""
    written = await write(world, "midwife", "record", "visit", patient=world.number("kari"), content=VISIT)
    return {"itemId": written["item"]["provenance"]["itemId"], "patient": world.number("kari")}


async def history_of(world: World, persona: str, item_id: str, **more: Any) -> list[dict[str, Any]]:
    card = (await world.data(persona, VISITS, p=world.number("kari"), **more))["card"]
    found = [visit for visit in card["antenatalVisits"] if visit["provenance"]["itemId"] == item_id]
    return found[0]["history"] if found else []


async def entries(world: World, persona: str, **more: Any) -> list[dict[str, Any]]:
    data = await world.data(persona, RECORD, p=world.number("kari"), **more)
    return [edge["node"] for edge in data["card"]["recordHistory"]["edges"]]


async def test_an_item_shows_every_version_newest_first_with_author_and_changes(world: World) -> None:
    """The correction stands above what it corrected; both say who wrote them and what was not as before."""
    visit = await new_visit(world)
    await write(world, "gp", "correct", "visit", **visit, expectedVersion=1, content={"weight_kg": 72.5})
    newest, first = await history_of(world, "hospital", visit["itemId"])
    assert (newest["version"], newest["by"]["name"]) == (2, "Prøvesen, Lege")
    assert (first["version"], first["by"]["name"]) == (1, "Modell, Jordmor")
    assert newest["changedFacts"] == ["antenatalVisits.weightKg"]
    assert set(first["changedFacts"]) == {f"antenatalVisits.{name}" for name in ("heldOn", "weightKg", "note")}
    assert (newest["content"]["weightKg"], first["content"]["weightKg"]) == (72.5, 71.5)


async def test_a_change_of_a_withheld_fact_is_not_told(world: World) -> None:
    """For coordination of care no note is given: neither what it said nor that it was changed."""
    visit = await new_visit(world)
    await write(world, "midwife", "correct", "visit", **visit, expectedVersion=1, content={"note": "Redd hjemme."})
    told = await entries(world, "gp", purpose="TREAT")
    assert (told[0]["version"], told[0]["what"]) == (2, "ITEM_CORRECTED")
    assert told[0]["changedFacts"] == ["antenatalVisits.note"]
    response = await world.ask("gp", VISITS, purpose="COC", p=visit["patient"])
    assert "hjemme" not in response.text
    card = response.json()["data"]["card"]
    assert {"path": "antenatalVisits.note", "reason": "PURPOSE"} in card["withheld"]
    history = next(one["history"] for one in card["antenatalVisits"] if one["provenance"]["itemId"] == visit["itemId"])
    assert [version["changedFacts"] for version in history] == [
        [],
        ["antenatalVisits.heldOn", "antenatalVisits.weightKg"],
    ]
    assert visit["itemId"] not in [
        entry["itemId"] for entry in await entries(world, "gp", purpose="COC") if entry["version"] == 2
    ]


async def test_what_was_entered_in_error_is_hidden_until_asked_for_by_who_may(world: World) -> None:
    """Hidden by default; shown to a clinician who asks; never to the woman, and not in the card's history either."""
    visit = await new_visit(world)
    await write(world, "midwife", "mark", "visit", **visit, expectedVersion=1)
    assert await history_of(world, "gp", visit["itemId"]) == []
    marked, first = await history_of(world, "gp", visit["itemId"], all=True)
    assert (marked["enteredInError"], marked["changedFacts"], first["version"]) == (True, [], 1)
    assert visit["itemId"] not in [entry["itemId"] for entry in await entries(world, "gp")]
    assert [entry["what"] for entry in await entries(world, "gp", all=True) if entry["itemId"] == visit["itemId"]] == [
        "ITEM_MARKED_IN_ERROR", "ITEM_RECORDED",
    ]  # fmt: skip
    own = "{ myCard { antenatalVisits(includeErroneous: true) { provenance { itemId } history(includeErroneous: true) {"
    own += " version } } recordHistory(first: 100, includeErroneous: true) { edges { node { itemId } } } } }"
    assert visit["itemId"] not in (await world.ask("kari", own)).text


async def test_the_cards_history_in_pages_is_the_whole_in_order(world: World) -> None:
    """Newest first, nothing lost and nothing twice, however it is cut."""
    whole = (await world.data("kari", RECORD.replace("card(patient: $p)", "myCard").replace(
        "$p: NationalIdentityNumber!, ", "")))["myCard"]["recordHistory"]  # fmt: skip
    nodes = [edge["node"] for edge in whole["edges"]]
    assert [node["at"] for node in nodes] == sorted((node["at"] for node in nodes), reverse=True)
    assert len(nodes) > 20
    after, paged = None, []
    while True:
        page = (await world.data("gp", RECORD, p=world.number("kari"), first=7, after=after))["card"]["recordHistory"]
        paged += [edge["node"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert paged == nodes


async def test_histories_are_one_statement_and_none_when_not_selected(world: World) -> None:
    """Of every section at once, beside the history of the card."""
    of_all = " ".join(
        f"{section.graphql_name} {{ history {{ version }} }}"
        for kind, section in SECTIONS.items()
        if kind != "co_parent"
    )
    query = "query($p: NationalIdentityNumber!) { card(patient: $p) { %s } }"
    for selected, expected in ((of_all + " recordHistory { edges { cursor } }", 1), ("mother { name }", 0)):
        await world.data("gp", query % selected, p=world.number("kari"))
        with world.services.database.count_statements() as seen:
            await world.data("gp", query % selected, p=world.number("kari"))
        assert sum("FROM section_version" in statement for statement in seen) == expected


async def test_earlier_cards_show_their_own_history(world: World) -> None:
    """Of all earlier cards in one statement, and the log says that it was of earlier cards."""
    query = "{ earlierCards { recordId pregnancy { history { version content { numberOfFetuses } } } } }"
    with world.services.database.count_statements() as seen:
        cards = (await world.data("ida", query))["earlierCards"]
    assert cards
    assert all(card["pregnancy"]["history"] for card in cards)
    assert sum("FROM section_version" in statement for statement in seen) == 1
    (entry,) = await world.ledger_entries("ida")
    assert "earlierCards.history.provenance.version" in entry["released"]


async def test_a_version_has_no_history(gateway: World) -> None:
    """A document cannot multiply what it asks for."""
    query = "{ myCard { mother { history { content { history { version } } } } } }"
    response = await gateway.ask("kari", query)
    assert response.status_code == 400
    assert response.json()["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


async def test_the_log_tells_the_past_from_the_present(world: World) -> None:
    """What was shown of earlier versions stands under `history`; what was not shown does not stand there."""
    query = """query($p: NationalIdentityNumber!) { card(patient: $p) {
      mother { name history { content { language { code } } changedFacts } } recordHistory { edges { cursor } } } }"""
    await world.data("gp", query, p=world.number("kari"))
    (entry,) = await world.ledger_entries("kari")
    assert entry["released"] == ["history.mother.language", "mother.name", "recordHistory"]


@pytest.mark.parametrize(
    "role", [role for role in Role if CARD_TYPE in view_for(CALLER_KIND_OF[role]).graphql.type_map], ids=str
)
async def test_no_fact_can_be_read_through_history_that_cannot_be_read_on_the_card(world: World, role: Role) -> None:
    """For every role and purpose, on a card with every fact: the latest version says just what the card says."""
    schema = view_for(CALLER_KIND_OF[role]).graphql
    if "history" not in schema.get_type("Mother").fields:
        assert not any(name.endswith("Version") for name in schema.type_map)
        return
    await world.add_whole_card(woman="kari", care_unit="999999999")
    compared = 0
    for purpose in {column.purpose for column in all_columns() if column.role is role}:
        for section in SECTIONS.values():
            if section.graphql_name not in schema.get_type(CARD_TYPE).fields:
                continue
            whole = selection(schema, section.model.__name__)
            selected = f"{section.graphql_name} {{ {whole} history {{ content {{ {whole} }} }} }} withheld {{ path }}"
            root, variables = ("myCard", {}) if purpose is None else ("card(patient: $p)", {"p": world.number("kari")})
            query = f"query{'($p: NationalIdentityNumber!)' if variables else ''} {{ c: {root} {{ {selected} }} }}"
            body = (await world.ask(PERSONA_OF[role], query, purpose=purpose, **variables)).json()
            found = (body["data"]["c"] or {}).get(section.graphql_name) if body.get("data") else None
            for item in found if isinstance(found, list) else [found] if found else []:
                (version,) = item.pop("history")
                assert version["content"] == item
                compared += 1
    assert compared
