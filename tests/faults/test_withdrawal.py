"""She withdraws while many write from two processes: after the receipt nothing of her card is anywhere."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from data.ledger import verify
from tests.faults.processes import Client, client_of, codes, gateway_of
from tests.faults.store import cards, rows
from tests.faults.test_killed import VISIT
from tests.graphql.test_consent import WITHDRAW, tables_with
from tests.world import World

EACH_AT_ONCE = 4
OF_HERS = ("section_version", "section", "caseload_entry", "maternity_record", "correction_request")


class Writing:
    """Somebody who records visits and corrects them until she may no more. `done`: the items that were acknowledged."""

    def __init__(self, client: Client, number: str, name: str) -> None:
        self.client, self.number, self.name = client, number, name
        self.done: list[str] = []
        self.ended: list[str] = []

    async def run(self) -> None:
        place = 0
        while not self.ended:
            await self._send("record", f"{self.name}-{place}", content=VISIT)
            if self.done and not self.ended:
                which = {"itemId": self.done[-1], "expectedVersion": 1}
                await self._send("correct", f"{self.name}-{place}-again", content={"note": "Annet."}, **which)
            place += 1

    async def _send(self, command: str, key: str, **more: Any) -> None:
        body = await self.client.send(command, "visit", patient=self.number, key=key, **more)
        self.ended = codes(body)
        if self.ended:
            assert body["data"] == {"written": None}
        elif command == "record":
            self.done.append(body["data"]["written"]["item"]["provenance"]["itemId"])

    @property
    def last_key(self) -> str:
        return f"{self.name}-0"


@pytest.mark.parametrize("world", ["postgresql"], indirect=True)
async def test_withdrawal_while_two_processes_write_leaves_nothing(world: World, tmp_path: Path) -> None:
    """Each write is before it and gone, or after it and refused with CONSENT_MISSING; also one that is sent again."""
    data_dir, number = world.services.settings.data_dir, world.number("kari")
    record_id = (await cards(world.services))[number]
    async with (
        gateway_of(world, tmp_path, "one") as one,
        gateway_of(world, tmp_path, "two") as two,
        client_of(one, data_dir, "midwife") as midwife,
        client_of(two, data_dir, "hospital") as hospital,
        client_of(two, data_dir, "kari") as herself,
    ):
        writers = [
            Writing(client, number, f"{who}-{place}")
            for who, client in (("midwife", midwife), ("hospital", hospital))
            for place in range(EACH_AT_ONCE)
        ]
        running = asyncio.gather(*(writer.run() for writer in writers))
        async with asyncio.timeout(20):
            while not all(writer.done for writer in writers):  # noqa: ASYNC110 - they tell nobody
                await asyncio.sleep(0.005)
        receipt = (await herself.ask(WITHDRAW))["data"]["withdrawConsent"]
        at_receipt = {table: await _rows_of(world, table, record_id) for table in OF_HERS}
        await running
        again = await midwife.send("record", "visit", patient=number, content=VISIT, key=writers[0].last_key)
    assert at_receipt == dict.fromkeys(OF_HERS, 0)
    assert [writer.ended for writer in writers] == [["CONSENT_MISSING"]] * len(writers)
    assert codes(again) == ["CONSENT_MISSING"]
    acknowledged = {item_id for writer in writers for item_id in writer.done}
    assert len(acknowledged) >= len(writers)
    assert receipt["itemsDeleted"] >= len(acknowledged)
    assert await tables_with(world, [record_id, *acknowledged]) <= {"ledger_entry"}
    assert (
        await rows(world.services, "SELECT 1 FROM idempotency_key WHERE patient_id = :id", id=_id(world, number)) == []
    )
    left = await rows(world.services, "SELECT what FROM change WHERE patient_id = :id", id=_id(world, number))
    assert [row.what for row in left] == ["CONSENT_WITHDRAWN"]
    assert await verify(world.services.database, world.services.ledger.key) == []


async def _rows_of(world: World, table: str, record_id: str) -> int:
    found = await rows(world.services, f"SELECT count(*) FROM {table} WHERE record_id = :id", id=record_id)
    return int(found[0][0])


def _id(world: World, number: str) -> str:
    return world.services.patient_keys.patient_id(number)
