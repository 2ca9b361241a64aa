"""Her blocks over HTTP: placed, honoured at once, lifted; by nobody but herself. The access
cases of blocks are in cases/test_blocks_and_emergencies.py."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest

from app.domain.record import Block, BlockTarget
from data.patients import set_blocks
from tests.access.choosing import BLOCK, ILLNESSES, LIFT, MY_BLOCKS, WOMAN, block, code, lift, of_hers, set_clock
from tests.world import NOW, World

GP = "999900018"
PERSON: dict[str, Any] = {"target": "PERSON", "targetId": GP}


def unit(world: World, persona: str) -> Any:
    from app.development import all_personas

    return all_personas()[persona].unit


async def look(world: World, persona: str, woman: str = "kari", purpose: str | None = None) -> dict[str, Any]:
    return (await world.ask(persona, ILLNESSES, purpose=purpose, patient=world.number(woman))).json()  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("wish", "kept_out", "still_in"),
    [
        (PERSON, "gp", "midwife"),
        ({"target": "ORGANISATION", "targetId": "310990000"}, "gp", "midwife"),
        ({"target": "PROFESSION", "targetId": "JO"}, "midwife", "gp"),
        ({"target": "ALL"}, "gp", "kari"),
    ],
    ids=["person", "unit", "profession", "everybody"],
)
async def test_a_block_holds_at_once_for_whom_it_names(
    world: World, wish: dict[str, Any], kept_out: str, still_in: str
) -> None:
    """The next look of the blocked is refused, others and she herself are not touched."""
    assert (await look(world, kept_out))["data"]["card"] is not None
    placed = (await block(world, **wish))["data"]["blockAccess"]
    assert (placed["inForce"], placed["overrideCode"], placed["section"]) == (True, "WITH_REASON", None)
    assert code(await look(world, kept_out)) == "ACCESS_BLOCKED_BY_PATIENT"
    if still_in == "kari":
        assert (await world.data("kari", "{ myCard { status } }"))["myCard"] == {"status": "ACTIVE"}
    else:
        assert (await look(world, still_in))["data"]["card"] is not None


async def test_a_blocked_section_is_closed_and_named_unless_only_she_opens_it(world: World) -> None:
    """Override 5 and 3 name the section and how it opens; 1 is only counted."""
    expected = {"WITH_REASON": "WITH_REASON", "WITH_HER_CONSENT": "WITH_PATIENT_CONSENT"}
    for override, elevation in expected.items():
        placed = (await block(world, **PERSON, section="MEDICAL_CONDITIONS", overrideCode=override))["data"][
            "blockAccess"
        ]
        card = (await look(world, "gp"))["data"]["card"]
        assert card["mother"]["name"] and card["medicalConditions"] is None
        assert card["withheld"] == [
            {"path": "medicalConditions.diabetes", "reason": "PATIENT_BLOCK", "elevation": elevation}
        ]
        await lift(world, placed["blockId"])
    await block(world, **PERSON, section="MEDICAL_CONDITIONS", overrideCode="NEVER")
    body = await look(world, "gp")
    assert "errors" not in body
    card = body["data"]["card"]
    assert (card["medicalConditions"], card["withheld"], card["withheldByPatientCount"]) == (None, [], 1)


async def test_a_block_ends_by_itself(world: World) -> None:
    """At the time she gave, without anybody doing anything."""
    await block(world, **PERSON, endsAt=(NOW + timedelta(hours=1)).isoformat())
    assert code(await look(world, "gp")) == "ACCESS_BLOCKED_BY_PATIENT"
    set_clock(world, NOW + timedelta(hours=1))
    assert (await look(world, "gp"))["data"]["card"] is not None
    assert [one["inForce"] for one in (await world.data("kari", MY_BLOCKS))["myBlocks"]] == [False]


async def test_her_list_has_names_where_they_are_known(world: World) -> None:
    """A unit by its name, a person by the name in her log, a profession by its own; a number where nothing is known."""
    await look(world, "gp")
    await block(world, **PERSON)
    await block(world, target="ORGANISATION", targetId="310990000", section="BIRTH_PLAN")
    await block(world, target="PROFESSION", targetId="JO")
    await block(world, target="PERSON", targetId="999900042")
    names = {
        (one["target"], one["targetId"]): one["targetName"] for one in (await world.data("kari", MY_BLOCKS))["myBlocks"]
    }
    assert names["PERSON", GP] == "Prøvesen, Lege"
    assert names["ORGANISATION", "310990000"] == "Testby legesenter"
    assert "jordmor" in names["PROFESSION", "JO"].lower()
    assert names["PERSON", "999900042"] is None


async def test_names_of_many_persons_are_one_statement(world: World) -> None:
    """However many she keeps out, and none when the name is not asked for."""
    for number in range(1, 6):
        await block(world, target="PERSON", targetId=f"{number}")
    for query, statements in ((MY_BLOCKS, 1), (MY_BLOCKS.replace("targetName ", ""), 0)):
        with world.services.database.count_statements() as seen:
            await world.data("kari", query)
        assert len([one for one in seen if one.startswith("SELECT") and "ledger_entry" in one]) == statements
        assert len([one for one in seen if one.startswith("SELECT") and "access_block" in one]) == 1


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"target": "PERSON"}, "targetId"),
        ({"target": "PERSON", "targetId": "01815000071"}, "targetId"),
        ({"target": "PERSON", "targetId": "lege"}, "targetId"),
        ({"target": "ORGANISATION", "targetId": "310990001"}, "targetId"),
        ({"target": "ORGANISATION", "targetId": "31099"}, "targetId"),
        ({"target": "PROFESSION", "targetId": "QQ"}, "targetId"),
        ({"target": "ALL", "targetId": GP}, "targetId"),
        (PERSON | {"endsAt": "2026-11-23T09:00:00Z"}, "endsAt"),
        (PERSON | {"endsAt": "2027-01-01T09:00:00"}, "endsAt"),
    ],
)
async def test_a_block_that_could_keep_nobody_out_is_refused(world: World, wish: dict[str, Any], field: str) -> None:
    """The field is named, the value is not repeated, and nothing is stored."""
    body = await block(world, **wish)
    (error,) = body["errors"]
    assert (error["extensions"]["code"], error["extensions"]["field"]) == ("BAD_USER_INPUT", field)
    assert wish.get("targetId", "-") not in error["message"] or wish["targetId"] == "lege"
    assert await of_hers(world, "kari", "access_block") == []


async def test_the_same_block_twice_and_too_many_are_refused(world: World) -> None:
    """Two that say the same could not be lifted by lifting one; a hundred in force are enough."""
    services, number = world.services, world.number("kari")
    many = [Block(f"b{n}", None, BlockTarget.PERSON, f"{n}", False, "5", NOW, None) for n in range(1, 100)]
    await set_blocks(services.database, services.patient_keys, number, tuple(many))
    await block(world, **PERSON)
    assert code(await block(world, **PERSON)) == "ALREADY_EXISTS"
    assert code(await block(world, target="PERSON", targetId="100")) == "TOO_MANY_BLOCKS"
    assert len(await of_hers(world, "kari", "access_block")) == 100


async def test_a_block_sent_again_is_one_block(world: World) -> None:
    """The same answer, no second row, change or entry; the same key with another wish is refused."""
    first = await block(world, key="k-1", **PERSON)
    assert await block(world, key="k-1", **PERSON) == first
    assert code(await block(world, key="k-1", **PERSON, section="MOTHER")) == "IDEMPOTENCY_KEY_REUSED"
    assert len(await of_hers(world, "kari", "access_block")) == 1
    written = [entry for entry in await world.ledger_entries("kari") if entry["written"]]
    assert [entry["written"] for entry in written] == [["accessBlock"]]


async def test_a_block_sent_twice_at_once_is_one_block(world: World) -> None:
    """They take turns; both hear the same."""
    answers = await asyncio.gather(*(block(world, key="k-1", **PERSON) for _ in range(6)))
    assert len({json.dumps(answer) for answer in answers}) == 1
    assert len(await of_hers(world, "kari", "access_block")) == 1


async def test_key_and_input_are_checked(world: World) -> None:
    """An empty key is none, and a block of somebody else's is not hers to lift."""
    assert code((await world.ask("kari", BLOCK, input=PERSON, key="")).json()) == "BAD_USER_INPUT"
    (hers, *_) = (await world.data(WOMAN, MY_BLOCKS))["myBlocks"]
    assert code(await lift(world, hers["blockId"])) == "NOT_FOUND"
    assert (await world.data(WOMAN, MY_BLOCKS))["myBlocks"][0]["inForce"]


async def test_a_change_of_blocks_is_in_ledger_and_outbox_with_it(world: World) -> None:
    """One entry that names what was written and not whom, one change that names no card; whoever listens is told."""
    announced: list[str] = []
    world.services.choices.blocks._choosing._announce = announced.append  # type: ignore[attr-defined]
    placed = (await block(world, **PERSON))["data"]["blockAccess"]
    (entry,) = await world.ledger_entries("kari")
    assert (entry["written"], entry["outcome"], entry["access_basis"]) == (["accessBlock"], "ALLOWED", None)
    assert GP not in json.dumps(entry) and placed["blockId"] not in json.dumps(entry)
    changes = await of_hers(world, "kari", "change", "what, record_id, author")
    assert changes[-1] == ("ACCESS_CHANGED", None, None)
    assert announced == [entry["patient_id"]]
    await block(world, **PERSON)
    assert len(announced) == 1


async def test_without_a_ledger_there_is_no_block(world: World) -> None:
    """Block, change and entry are one transaction."""
    await world.break_ledger()
    body = await block(world, **PERSON)
    assert not (body.get("data") or {}).get("blockAccess")
    assert await of_hers(world, "kari", "access_block") == []
    assert await of_hers(world, "kari", "patient", "blocks") == [("[]",)]


@pytest.mark.parametrize(
    "woman", ["randi", "liv", "sunniva", "guro"], ids=["unknown", "withdrawn", "protected", "no-card"]
)
async def test_a_block_may_be_placed_before_there_is_a_card(world: World, woman: str) -> None:
    """It waits. A protected woman is answered word for word as one whom nobody knows."""
    body = await block(world, woman, **PERSON)
    assert "errors" not in body
    (shown,) = (await world.data(woman, MY_BLOCKS))["myBlocks"]
    assert (shown["targetId"], shown["inForce"]) == (GP, True)
    assert {name: type(value) for name, value in body["data"]["blockAccess"].items()} == {
        name: type(value) for name, value in (await block(world, "kari", **PERSON))["data"]["blockAccess"].items()
    }


async def test_a_block_that_waited_holds_when_the_card_comes(world: World) -> None:
    """Placed before consent, in force after it."""
    await block(world, "randi", **PERSON)
    await world.data("randi", "mutation { giveConsent { given } }")
    await world.add_whole_card(woman="randi")
    assert code(await look(world, "gp", "randi")) == "ACCESS_BLOCKED_BY_PATIENT"
    assert (await look(world, "midwife", "randi"))["data"]["card"] is not None


async def test_her_blocks_outlive_a_withdrawal(world: World) -> None:
    """They are her choice, not part of the card."""
    await block(world, **PERSON)
    await world.data("kari", "mutation { withdrawConsent { cardsDeleted } }")
    assert (await world.data("kari", MY_BLOCKS))["myBlocks"][0]["inForce"]
    await world.data("kari", "mutation { giveConsent { given } }")
    await world.add_whole_card(woman="kari")
    assert code(await look(world, "gp")) == "ACCESS_BLOCKED_BY_PATIENT"


@pytest.mark.parametrize("persona", ["gp", "nurse", "secretary", "ehr", "auditor", "evaluator", "representative"])
async def test_nobody_else_places_lifts_or_reads_her_blocks(world: World, persona: str) -> None:
    """The commands are in her schema alone; a representative has none."""
    for query, variables in ((BLOCK, {"input": PERSON, "key": "k"}), (LIFT, {"id": "b", "key": "k"}), (MY_BLOCKS, {})):
        response = await world.send(world.token(persona), query, **variables)
        assert response.status_code in (400, 403)
        assert "data" not in response.json()
    assert await of_hers(world, "kari", "access_block") == []


async def test_her_log_says_whom_to_block(world: World) -> None:
    """Numbers of person, unit and organisation stand beside each look; for her and the auditor, never identity numbers."""
    await look(world, "stranger")
    query = "{ accessLog { edges { node { hprNumber organisationNumber parentNumber accessBasis accessBasisInPlainWords } } } }"
    (edge,) = (await world.data("kari", query))["accessLog"]["edges"]
    office = unit(world, "stranger")
    assert edge["node"] == {
        "hprNumber": "999900085", "organisationNumber": office.number, "parentNumber": office.parent_number,
        "accessBasis": "SAMTYKKE", "accessBasisInPlainWords": "den som åpnet kortet, opplyste at du hadde sagt ja",
    }  # fmt: skip
    await block(world, target="ORGANISATION", targetId=edge["node"]["parentNumber"])
    assert code(await look(world, "stranger")) == "ACCESS_BLOCKED_BY_PATIENT"
    others = (
        "query($patient: NationalIdentityNumber!) { accessLog(patient: $patient) { edges { node { hprNumber } } } }"
    )
    assert (await world.ask("gp", others, patient=world.number("kari"))).status_code == 400
