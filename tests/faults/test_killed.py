"""The process is killed in the middle of writing, again and again; clients send on until they are answered."""

import asyncio
import random
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.faults.processes import Client, Gateway, client_of, gateway_of
from tests.faults.store import Written, assert_whole, cards, written
from tests.world import World

AT_ONCE = 8
VISIT: dict[str, Any] = {"held_on": datetime.now(UTC).date().isoformat(), "note": "Alt vel."}


class Sending:
    """So many visits, each with a key of its own, so many at a time. `items`: by key, what was acknowledged."""

    def __init__(self, client: Client, numbers: list[str], visits: int) -> None:
        self.client, self.numbers, self.visits = client, numbers, visits
        self.items: dict[str, str] = {}
        self._places = iter(range(visits))

    async def run(self) -> None:
        await asyncio.gather(*(self._some() for _ in range(AT_ONCE)))

    async def _some(self) -> None:
        for place in self._places:
            sent = {"patient": self.numbers[place % len(self.numbers)], "content": VISIT, "key": f"visit-{place}"}
            written = await self.client.until_acknowledged("record", "visit", **sent)
            self.items[sent["key"]] = written["item"]["provenance"]["itemId"]

    async def come_as_far_as(self, acknowledged: int) -> None:
        async with asyncio.timeout(60):
            while len(self.items) < acknowledged:  # noqa: ASYNC110 - it tells nobody
                await asyncio.sleep(0.001)


async def killed_while_writing(
    world: World, gateway: Gateway, client: Client, *, visits: int, kills: int, dice: random.Random
) -> tuple[Written, Sending]:
    """Send, kill and start again; gives what the store has, checked, and what was acknowledged."""
    by_number = dict(list((await cards(world.services)).items())[:4])
    before = await written(world.services)
    sending = Sending(client, list(by_number), visits)
    running = asyncio.create_task(sending.run())
    for moment in sorted(dice.sample(range(1, visits - AT_ONCE), kills)):
        await sending.come_as_far_as(moment)
        await asyncio.sleep(dice.uniform(0, 0.03))
        await gateway.kill()
        await gateway.start()
    await running
    return await assert_whole(world.services, before, records=by_number.values()), sending


def assert_each_visit_is_there_once(added: Written, sending: Sending) -> None:
    """What was acknowledged, and nothing else; kept under its key."""
    assert len(sending.items) == sending.visits
    assert sorted(added.versions) == sorted(("antenatalVisits", item_id, 1) for item_id in sending.items.values())
    kept = {key: [item_id for _, item_id, _ in said] for (_, key), said in added.kept.items()}
    assert kept == {key: [item_id] for key, item_id in sending.items.items()}


@pytest.fixture
async def gateway(world: World, tmp_path: Path) -> AsyncIterator[Gateway]:
    async with gateway_of(world, tmp_path) as made:
        yield made


async def test_a_process_killed_while_it_writes_loses_nothing_and_writes_nothing_twice(
    world: World, gateway: Gateway
) -> None:
    """One kill among 40 visits: every visit that was sent is there once, and all that goes with it."""
    async with client_of(gateway, world.services.settings.data_dir, "midwife") as client:
        added, sending = await killed_while_writing(world, gateway, client, visits=40, kills=1, dice=random.Random(7))
        assert "LOST" in client.met
    assert_each_visit_is_there_once(added, sending)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
async def test_a_process_killed_again_and_again(world: World, gateway: Gateway, seed: int) -> None:
    """Eight kills among 200 visits, at moments that differ from run to run of the dice."""
    async with client_of(gateway, world.services.settings.data_dir, "midwife") as client:
        added, sending = await killed_while_writing(
            world, gateway, client, visits=200, kills=8, dice=random.Random(seed)
        )
        assert client.met.count("LOST") >= 8
    assert_each_visit_is_there_once(added, sending)
