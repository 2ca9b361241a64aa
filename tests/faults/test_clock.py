"""The clock steps back an hour and forward again: what follows what is told by numbers, and a card's time stands still."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from app.services import make_services
from data.synthetic.organisations import GP_OFFICE
from tests.access.choosing import ILLNESSES, MY_BLOCKS, WOMAN, block, code, elevate, in_session, send
from tests.faults.store import assert_whole, cards, rows, written
from tests.graphql.test_caseload import lines
from tests.graphql.test_new_since import LOOK, NEWS
from tests.streams import SINCE
from tests.world import NOW, TODAY, World, running
from tests.writing import write

STEPS = [
    timedelta(),
    timedelta(hours=-1),
    timedelta(minutes=-30),
    timedelta(hours=1),
    timedelta(minutes=-59),
    timedelta(hours=2),
]
VISIT: dict[str, Any] = {"held_on": TODAY.isoformat(), "note": "Alt vel."}
TIMES = """query($p: NationalIdentityNumber!) { card(patient: $p) { lastUpdatedAt
  antenatalVisits { note provenance { itemId version lastUpdatedAt } } } }"""


class Clock:
    """Stands where it is put."""

    def __init__(self) -> None:
        self.at = NOW

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def stepping(world: World, clock: Clock) -> AsyncIterator[World]:
    """A gateway on the world's store that goes by the clock, all of it."""
    async with running(make_services(world.services.settings, clock=clock)) as made:
        yield made


async def test_time_on_a_card_does_not_run_backwards(stepping: World, clock: Clock) -> None:
    """Versions and changes follow each other without a gap, and none is older than the one before it."""
    number, record_id = await _card(stepping)
    before = await written(stepping.services)
    item = (await write(stepping, "midwife", "record", "visit", patient=number, content=VISIT))["item"]
    which = {"patient": number, "itemId": item["provenance"]["itemId"]}
    told = [(await stepping.data("gp", TIMES, p=number))["card"]["lastUpdatedAt"]]
    for version, step in enumerate(STEPS, 1):
        clock.at = NOW + step
        content = {"note": f"The {version}."}
        corrected = await write(stepping, "gp", "correct", "visit", content=content, expectedVersion=version, **which)
        assert corrected["item"]["provenance"]["version"] == version + 1
        await write(stepping, "midwife", "record", "visit", patient=number, content=VISIT)
        card = (await stepping.data("gp", TIMES, p=number))["card"]
        told.append(card["lastUpdatedAt"])
        newest = max(visit["provenance"]["lastUpdatedAt"] for visit in card["antenatalVisits"])
        assert newest == card["lastUpdatedAt"]
    assert told == sorted(told)
    assert datetime.fromisoformat(told[-1]) == NOW + max(STEPS)
    await assert_whole(stepping.services, before, records=[record_id])
    for query in (
        "SELECT last_updated_at FROM section_version WHERE item_id = :item ORDER BY version",
        "SELECT at FROM change WHERE record_id = :record ORDER BY sequence",
    ):
        wanted = {"item": which["itemId"]} if ":item" in query else {"record": record_id}
        times = [row[0] for row in await rows(stepping.services, query, **wanted)]
        assert times == sorted(times)
        assert len(times) > len(STEPS)


async def test_what_is_new_is_told_whatever_the_clock_says(stepping: World, clock: Clock) -> None:
    """After each step: what was written since the look is new, and nothing that was seen is."""
    number, _ = await _card(stepping)
    after = (await stepping.data("gp", SINCE, patient=number, after=None))["changesSince"]["latest"]
    for step in STEPS:
        await stepping.data("gp", LOOK, p=number)
        clock.at = NOW + step
        await write(stepping, "midwife", "record", "visit", patient=number, content=VISIT)
        assert len((await _news(stepping, number))["changes"]) == 1
        await stepping.data("gp", LOOK, p=number)
        assert (await _news(stepping, number))["changes"] == []
    since = (await stepping.data("gp", SINCE, patient=number, after=after))["changesSince"]
    assert len(since["changes"]) == len(STEPS)
    assert not since["hasMore"]


async def test_a_look_that_saw_most_is_not_forgotten_among_many_that_are_later_by_the_clock(
    stepping: World, clock: Clock
) -> None:
    """Many looks within the hour that is then lived once more; what she has seen since stays seen."""
    number, _ = await _card(stepping)
    clock.at = NOW + timedelta(hours=1)
    for _ in range(25):
        await stepping.data("gp", LOOK, p=number)
    clock.at = NOW
    await write(stepping, "midwife", "record", "visit", patient=number, content=VISIT)
    await stepping.data("gp", LOOK, p=number)
    assert (await _news(stepping, number))["changes"] == []


async def test_the_caseload_shows_what_was_written_last(stepping: World, clock: Clock) -> None:
    """Not what was written at the latest time."""
    number, record_id = await _card(stepping)
    for place, step in enumerate(STEPS):
        clock.at = NOW + step
        pressure = {"systolic_mmhg": 110 + place, "diastolic_mmhg": 70}
        content = {**VISIT, "blood_pressure": pressure}
        if place == 0:
            item = (await write(stepping, "gp", "record", "visit", patient=number, content=content))["item"]
        else:
            which = {"itemId": item["provenance"]["itemId"], "expectedVersion": place}
            await write(stepping, "gp", "correct", "visit", patient=number, content=content, **which)
        line = next(line for line in await lines(stepping, "gp", first=100) if line["recordId"] == record_id)
        assert line["lastBloodPressure"]["systolicMmhg"] == 110 + place


async def test_a_key_is_known_whatever_the_clock_says(stepping: World, clock: Clock) -> None:
    """The same answer, byte for byte, and nothing written again."""
    number, record_id = await _card(stepping)
    before = await written(stepping.services)
    sent = {"patient": number, "content": VISIT, "key": "once"}
    first = await write(stepping, "midwife", "record", "visit", **sent)
    for step in STEPS:
        clock.at = NOW + step
        assert await write(stepping, "midwife", "record", "visit", **sent) == first
    added = await assert_whole(stepping.services, before, records=[record_id])
    assert len(added.versions) == 1


async def test_consent_is_withdrawn_at_an_earlier_time_than_it_was_given(stepping: World, clock: Clock) -> None:
    """She gives, the clock steps back, she withdraws: withdrawn is what holds, and what her history ends with."""
    clock.at = NOW
    await stepping.data("randi", "mutation { giveConsent { given } }")
    clock.at = NOW - timedelta(hours=1)
    await stepping.data("randi", "mutation { withdrawConsent { receiptHash } }")
    consent = (await stepping.data("randi", "{ consent { state history { state at } } }"))["consent"]
    assert consent["state"] == "WITHDRAWN"
    assert [event["state"] for event in consent["history"]] == ["ACTIVE", "WITHDRAWN"]


BLOCKED = {"target": "ORGANISATION", "targetId": GP_OFFICE.number, "overrideCode": "WITH_REASON"}


async def test_her_block_holds_also_where_the_clock_is_before_it(stepping: World, clock: Clock) -> None:
    """Placed now, it keeps out now, on a clock that has stepped back or is another process's; and stands as in force."""
    number, record_id = await _card(stepping)
    assert record_id in [line["recordId"] for line in await lines(stepping, "gp", first=100)]
    assert (await block(stepping, **BLOCKED))["data"]["blockAccess"]["inForce"]
    for step in STEPS:
        clock.at = NOW + step
        body = (await stepping.ask("gp", LOOK, p=number)).json()
        assert code(body) == "ACCESS_BLOCKED_BY_PATIENT"
        assert record_id not in [line["recordId"] for line in await lines(stepping, "gp", first=100)]
        (hers,) = (await stepping.data("kari", MY_BLOCKS))["myBlocks"]
        assert hers["inForce"]


async def test_an_elevation_is_not_made_longer(stepping: World, clock: Clock) -> None:
    """Opened for an hour, it opens nothing before its beginning and nothing after its end."""
    opened = (await elevate(stepping, in_session(stepping, "hospital", "ETREAT")))["data"]["elevateAccess"]
    assert datetime.fromisoformat(opened["endsAt"]) == NOW + timedelta(hours=1)
    for minutes, opens in ((0, True), (-60, False), (-1, False), (59, True), (-30, False), (30, True), (60, False)):
        clock.at = NOW + timedelta(minutes=minutes)
        token = in_session(stepping, "hospital", "ETREAT")
        body = await send(stepping, token, ILLNESSES, patient=stepping.number(WOMAN))
        assert (body["data"]["card"] is not None) == opens, minutes


async def _card(world: World) -> tuple[str, str]:
    number = world.number("kari")
    return number, (await cards(world.services))[number]


async def _news(world: World, number: str) -> dict[str, Any]:
    found: dict[str, Any] = (await world.data("gp", NEWS, p=number))["card"]["newSinceLastLook"]
    return found
