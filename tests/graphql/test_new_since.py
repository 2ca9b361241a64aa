"""What is new since somebody last looked: worked out from the ledger, and steps of the clock hide nothing."""

from datetime import timedelta
from typing import Any

from sqlalchemy import text

from app.domain.record import Block, BlockTarget
from data.patients import set_blocks
from tests.world import NOW, World
from tests.writing import write

NEWS = """query($p: NationalIdentityNumber!) { card(patient: $p) {
  newSinceLastLook { since changes { at what section itemId version by { name } } } } }"""
LOOK = "query($p: NationalIdentityNumber!) { card(patient: $p) { mother { name } } }"


async def news(world: World, persona: str = "gp") -> dict[str, Any]:
    data = await world.data(persona, NEWS, p=world.number("kari"))
    found: dict[str, Any] = data["card"]["newSinceLastLook"]
    return found


async def look(world: World, persona: str = "gp") -> None:
    await world.data(persona, LOOK, p=world.number("kari"))


async def record_visit(world: World, day: str = "2026-11-20") -> None:
    await write(world, "midwife", "record", "visit", patient=world.number("kari"), content={"held_on": day})


async def test_whoever_never_looked_is_told_all_changes(world: World) -> None:
    """Without an earlier look there is no time, and everything that happened is new; the card's arrival is not."""
    assert await news(world) == {"since": None, "changes": []}
    await record_visit(world)
    found = await news(world)
    assert found["since"] is None
    (change,) = found["changes"]
    assert (change["what"], change["section"], change["version"]) == ("ITEM_RECORDED", "antenatalVisits", 1)
    assert change["by"]["name"] == "Modell, Jordmor"


async def test_what_one_wrote_oneself_is_no_news(world: World) -> None:
    """The midwife's own visit is new to the doctor and not to her; his is new to her."""
    await record_visit(world)
    assert (await news(world, "midwife"))["changes"] == []
    await write(world, "gp", "record", "visit", patient=world.number("kari"), content={"held_on": "2026-11-21"})
    assert [change["by"]["name"] for change in (await news(world, "midwife"))["changes"]] == ["Prøvesen, Lege"]
    assert [change["by"]["name"] for change in (await news(world))["changes"]] == ["Modell, Jordmor"]


async def test_what_was_there_when_one_looked_is_not_new(world: World) -> None:
    """Only what came after the look is told, with the time of it."""
    await record_visit(world)
    await look(world)
    assert await news(world) == {"since": "2026-11-23T09:00:00Z", "changes": []}
    await record_visit(world, "2026-11-21")
    assert len((await news(world))["changes"]) == 1


async def test_asking_what_is_new_is_no_look(world: World) -> None:
    """A badge that polls takes nothing away from whoever opens the card."""
    await look(world)
    await record_visit(world)
    assert len((await news(world))["changes"]) == len((await news(world))["changes"]) == 1


async def test_reading_what_happened_is_no_look(world: World) -> None:
    """Changes say what and who, never what the card says: whoever follows it has not seen it."""
    since = "query($p: NationalIdentityNumber!) { changesSince(patient: $p) { changes { what by { name } } } }"
    await look(world)
    await record_visit(world)
    assert (await world.data("gp", since, p=world.number("kari")))["changesSince"]["changes"][-1]["by"] is not None
    assert len((await news(world))["changes"]) == 1


async def test_a_look_that_was_refused_or_is_somebody_elses_does_not_count(world: World) -> None:
    """Another person's look, and one of mine that opened nothing, leave everything new."""
    await record_visit(world)
    await look(world, "hospital")
    blocks = _block(None)
    await set_blocks(world.services.database, world.services.patient_keys, world.number("kari"), (blocks,))
    assert (await world.ask("gp", LOOK, p=world.number("kari"))).json()["data"]["card"] is None
    await set_blocks(world.services.database, world.services.patient_keys, world.number("kari"), ())
    found = await news(world)
    assert found["since"] is None
    assert len(found["changes"]) == 1


async def test_a_clock_that_steps_back_hides_nothing(world: World) -> None:
    """A change written after my look with an earlier time is new; a look written with an earlier time counts."""
    await look(world)
    world.services.clock = lambda: NOW - timedelta(seconds=20)
    await record_visit(world)
    assert len((await news(world))["changes"]) == 1
    await look(world)
    world.services.clock = lambda: NOW
    assert (await news(world))["changes"] == []


async def test_changes_of_a_closed_section_are_not_told(world: World) -> None:
    """With her visits closed to the GP, that something happened to them is closed too."""
    await record_visit(world)
    blocks = (_block("antenatal_visits"),)
    await set_blocks(world.services.database, world.services.patient_keys, world.number("kari"), blocks)
    assert (await news(world))["changes"] == []
    await set_blocks(world.services.database, world.services.patient_keys, world.number("kari"), ())
    assert len((await news(world))["changes"]) == 1


async def test_her_choices_are_told_to_herself_alone(world: World) -> None:
    """Blocks and elevations are hers to know; that her status as a person changed is told to nobody."""
    own = "{ myCard { newSinceLastLook { since changes { what section } } } }"
    (head,) = [(await world.data("kari", "{ myCard { recordId } }"))["myCard"]["recordId"]]
    async with world.services.database.transaction() as connection:
        for what in ("ACCESS_CHANGED", "ACCESS_ELEVATED", "PERSON_STATUS_CHANGED"):
            await connection.execute(
                text(
                    "INSERT INTO change (record_id, patient_id, at, what) SELECT record_id, patient_id, opened_at, :what"
                    " FROM maternity_record WHERE record_id = :record"
                ),
                {"what": what, "record": head},
            )
    changes = (await world.data("kari", own))["myCard"]["newSinceLastLook"]["changes"]
    assert [change["what"] for change in changes] == ["ACCESS_CHANGED", "ACCESS_ELEVATED"]
    assert (await news(world))["changes"] == []


async def test_it_is_one_more_statement_and_none_when_not_selected(world: World) -> None:
    """The ledger and the changes are read together."""
    for query, expected in ((NEWS, 1), (LOOK, 0)):
        with world.services.database.count_statements() as seen:
            await world.data("gp", query, p=world.number("kari"))
        assert sum("FROM change" in statement for statement in seen) == expected
        assert (
            sum(statement.startswith("SELECT") and "FROM ledger_entry" in statement for statement in seen) == expected
        )


def _block(section: str | None) -> Block:
    return Block(
        block_id="b", section=section, target=BlockTarget.ALL, target_id=None, include_subunits=False,
        override_code="5", starts_at=NOW - timedelta(days=2), ends_at=None,
    )  # fmt: skip
