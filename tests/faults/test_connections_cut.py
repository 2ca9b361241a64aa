"""PostgreSQL cuts the gateway's connections while it writes; it finds back by itself."""

import asyncio
from pathlib import Path

import asyncpg  # type: ignore[import-untyped]  # it has no types
import pytest

from tests.faults.processes import Client, client_of, gateway_of
from tests.faults.store import assert_whole, cards, rows, written
from tests.faults.test_killed import VISIT, Sending, assert_each_visit_is_there_once
from tests.world import World

CUT = """SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
    WHERE datname = current_database() AND backend_type = 'client backend'
    AND pid <> pg_backend_pid() AND NOT pid = ANY($1::int[])"""
STATUS = "query($patient: NationalIdentityNumber!) { card(patient: $patient) { status } }"
TOLD = {"DEPENDENCY_UNAVAILABLE", "AUDIT_UNAVAILABLE", "INTERNAL_ERROR"}
"""What a client may be told while connections are cut. It is told something in any case: the process lives."""


class Cutter:
    """Cuts every connection to the world's store but its own, and those that were there before it."""

    def __init__(self, connection: asyncpg.Connection, spared: list[int]) -> None:
        self._connection, self._spared = connection, spared
        self.cut = 0

    async def once(self) -> None:
        self.cut += await self._connection.fetchval(CUT, self._spared)


async def cutter_of(world: World) -> Cutter:
    spared = await rows(world.services, "SELECT pid FROM pg_stat_activity WHERE datname = current_database()")
    url = world.services.database.url.set(drivername="postgresql").render_as_string(hide_password=False)
    return Cutter(await asyncpg.connect(url), [row.pid for row in spared])


async def cut_while_writing(world: World, client: Client, cutter: Cutter, *, visits: int, cuts: int) -> None:
    """Write, and cut so many times, evenly spread; everything must be acknowledged and there in the end."""
    by_number = dict(list((await cards(world.services)).items())[:4])
    before = await written(world.services)
    sending = Sending(client, list(by_number), visits)
    running = asyncio.create_task(sending.run())
    for cut in range(cuts):
        await sending.come_as_far_as(1 + cut * (visits - 8) // cuts)
        await cutter.once()
    await running
    assert_each_visit_is_there_once(await assert_whole(world.services, before, records=by_number.values()), sending)


@pytest.mark.parametrize("world", ["postgresql"], indirect=True)
@pytest.mark.parametrize(("visits", "cuts"), [(80, 5), pytest.param(400, 40, marks=pytest.mark.slow)])
async def test_writes_survive_cut_connections(world: World, tmp_path: Path, visits: int, cuts: int) -> None:
    """Each write is acknowledged and there, or answered with a code and then done by a second sending; nothing is
    half written, and with no connection cut any more nothing fails any more."""
    data_dir = world.services.settings.data_dir
    cutter = await cutter_of(world)
    async with gateway_of(world, tmp_path) as gateway, client_of(gateway, data_dir, "midwife") as client:
        await cut_while_writing(world, client, cutter, visits=visits, cuts=cuts)
        assert cutter.cut > cuts
        met = set(client.met)
        assert met
        assert met <= TOLD
        client.met.clear()
        number = next(iter(await cards(world.services)))
        for place in range(3):
            await client.until_acknowledged("record", "visit", patient=number, content=VISIT, key=f"after-{place}")
        assert client.met == []
        assert "Traceback" not in gateway.log.read_text()


@pytest.mark.parametrize("world", ["postgresql"], indirect=True)
async def test_a_gateway_that_lost_all_its_connections_at_rest_does_not_notice(world: World, tmp_path: Path) -> None:
    """Connections that were cut while they rested are known to be: reading and writing succeed at the first attempt."""
    data_dir = world.services.settings.data_dir
    cutter = await cutter_of(world)
    async with gateway_of(world, tmp_path) as gateway, client_of(gateway, data_dir, "midwife") as client:
        numbers = list(await cards(world.services))
        for first in ("write", "read"):
            await Sending(client, numbers[:4], 16).run()
            await asyncio.gather(*(client.ask(STATUS, patient=number) for number in numbers[:8]))
            cut_before = cutter.cut
            await cutter.once()
            assert cutter.cut > cut_before + 1
            await asyncio.sleep(0.2)  # until the gateway has heard of it
            if first == "write":
                await client.until_acknowledged("record", "visit", patient=numbers[0], content=VISIT, key="again")
            for body in await asyncio.gather(*(client.ask(STATUS, patient=number) for number in numbers[:8])):
                assert "errors" not in body
        assert client.met == []
