"""Whatever a command answers, it is in her access log: also when the store decided otherwise than was thought at first."""

import asyncio
from typing import Any

from data.ledger import verify
from tests.graphql.test_commands import VISIT
from tests.world import World
from tests.writing import new_card, new_key, write

AT_ONCE = 8


async def noted(world: World) -> dict[str, Any]:
    """Her entries by operation; chains that grow side by side have no order among them."""
    return {entry["event_id"]: entry for entry in await world.ledger_entries("randi")}


async def test_each_of_many_who_correct_one_version_at_once_is_noted(world: World) -> None:
    """One wins and seven are shown what the winner wrote: eight entries, seven of which say what was shown."""
    number = await new_card(world)
    item = (await write(world, "gp", "record", "visit", patient=number, content=VISIT))["item"]
    which = {"patient": number, "itemId": item["provenance"]["itemId"], "expectedVersion": 1}
    before = await noted(world)
    answers = await asyncio.gather(
        *(write(world, "midwife", "correct", "visit", content={"note": str(n)}, **which) for n in range(AT_ONCE))
    )
    kinds = [answer["__typename"] for answer in answers]
    assert (kinds.count("VisitRecorded"), kinds.count("VersionConflict")) == (1, AT_ONCE - 1)
    entries = [entry for event, entry in (await noted(world)).items() if event not in before]
    assert len(entries) == AT_ONCE
    lost = [entry for entry in entries if entry["refusal"] == "VERSION_CONFLICT"]
    assert len(lost) == AT_ONCE - 1
    assert all("antenatalVisits.note" in entry["released"] and entry["written"] == [] for entry in lost)
    assert sum(len(entry["written"]) for entry in entries) == 1
    assert await verify(world.services.database, world.services.ledger.key) == []


async def test_each_sending_of_one_command_is_noted(world: World) -> None:
    """Sent eight times at once it is done once and answered eight times; each answer shows the visit, and says so."""
    number = await new_card(world)
    before, key = await noted(world), new_key()
    sent = {"patient": number, "content": VISIT, "key": key}
    answers = await asyncio.gather(*(write(world, "midwife", "record", "visit", **sent) for _ in range(AT_ONCE)))
    assert len({answer["item"]["provenance"]["itemId"] for answer in answers}) == 1
    entries = [entry for event, entry in (await noted(world)).items() if event not in before]
    assert len(entries) == AT_ONCE
    assert all("antenatalVisits.note" in entry["released"] for entry in entries)
    assert sum(len(entry["written"]) for entry in entries) == 1
