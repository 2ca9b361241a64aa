"""The disk of an SQLite store is full: a real one, a file system in memory of some megabytes.

Mounting takes root. Elsewhere the gateway may make no file longer than the store's are, which is the nearest thing to it.
"""

import resource
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from app.services import make_services
from tests.faults.processes import Client, Gateway, client_of, codes, running_gateway
from tests.faults.store import assert_whole, cards, rows, written
from tests.faults.test_killed import VISIT
from tests.world import World

ROOM = 8 * 1024 * 1024
"""Beside the store, before somebody else fills the disk."""

CARD = "query($p: NationalIdentityNumber!) { card(patient: $p) { antenatalVisits { note } } }"
TOLD = {"DEPENDENCY_UNAVAILABLE", "AUDIT_UNAVAILABLE", "INTERNAL_ERROR"}


class SmallDisk:
    """A file system of its own, which somebody fills."""

    def __init__(self, folder: Path) -> None:
        self.folder, self._filler = folder, folder / "filler"

    def fill(self, _gateway: Gateway) -> None:
        with self._filler.open("wb", buffering=0) as filler:
            for size in (65536, 4096, 1):
                try:
                    while filler.write(b"x" * size):
                        pass
                except OSError:
                    continue

    def make_room(self, _gateway: Gateway) -> None:
        self._filler.unlink()


class ShortFiles:
    """A limit on the length of the files that the gateway writes, at the length of the longest that it has."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def fill(self, gateway: Gateway) -> None:
        longest = max(file.stat().st_size for file in self.folder.iterdir())
        resource.prlimit(gateway.pid, resource.RLIMIT_FSIZE, (longest, resource.RLIM_INFINITY))

    def make_room(self, gateway: Gateway) -> None:
        resource.prlimit(gateway.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


@contextmanager
def disk(folder: Path, size: int) -> Iterator[SmallDisk | ShortFiles]:
    """A folder on a disk that can be full."""
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], capture_output=True)
    try:
        yield ShortFiles(folder) if mounted.returncode else SmallDisk(folder)
    finally:
        if not mounted.returncode:
            subprocess.run(["umount", "-l", folder], check=True)


def copied(world: World, folder: Path) -> int:
    """Copy the world's store; gives its size."""
    source = sqlite3.connect(str(world.services.database.url.database))
    target = sqlite3.connect(folder / "store.db")
    with target:
        source.backup(target)
    source.close()
    target.close()
    return (folder / "store.db").stat().st_size


async def sent_until_refused(client: Client, number: str) -> tuple[list[str], str]:
    """Visits until one cannot be stored: what was acknowledged, and the key of the one that was not."""
    items: list[str] = []
    for place in range(2_000):
        body = await client.send("record", "visit", patient=number, content=VISIT, key=f"full-{place}")
        if "errors" in body:
            assert set(codes(body)) <= TOLD
            assert not (body.get("data") or {}).get("written")
            return items, f"full-{place}"
        items.append(body["data"]["written"]["item"]["provenance"]["itemId"])
    raise AssertionError("the disk was never full")


async def assert_nothing_is_shown(client: Client, number: str) -> None:
    """No entry in the ledger, no answer. What little is left on the disk may be enough for some entries more."""
    for _ in range(200):
        response = await client.http.post(
            "/graphql", json={"query": CARD, "variables": {"p": number}}, headers=client.credentials(number)
        )
        if response.status_code != 200:
            break
    for _ in range(3):
        response = await client.http.post(
            "/graphql", json={"query": CARD, "variables": {"p": number}}, headers=client.credentials(number)
        )
        assert (response.status_code, codes(response.json())) == (503, ["AUDIT_UNAVAILABLE"])
        assert "data" not in response.json()


async def test_a_full_disk_refuses_and_shows_nothing_and_forgets_nothing(gateway: World, tmp_path: Path) -> None:
    """Writes fail with a code, reads are refused because the ledger cannot be written, nothing is half written; when
    there is room again everything goes on, also what had failed, with its own key."""
    size, data_dir = copied(gateway, tmp_path), gateway.services.settings.data_dir
    with disk(tmp_path / "disk", size + ROOM) as small:
        (tmp_path / "store.db").rename(tmp_path / "moved.db")
        (small.folder / "store.db").write_bytes((tmp_path / "moved.db").read_bytes())
        url = f"sqlite:///{small.folder / 'store.db'}"
        services = make_services(gateway.services.settings.model_copy(update={"database_url": url}))
        before, (number, record_id) = await written(services), next(iter((await cards(services)).items()))
        async with (
            running_gateway(url, data_dir, tmp_path / "log") as process,
            client_of(process, data_dir, "midwife") as client,
        ):
            await client.until_acknowledged("record", "visit", patient=number, content=VISIT, key="first")
            small.fill(process)
            items, refused = await sent_until_refused(client, number)
            await assert_nothing_is_shown(client, number)
            assert (await client.http.get("/health/ready")).status_code == 503
            assert await _visits(services, before.versions) == len(items) + 1
            small.make_room(process)
            again: dict[str, Any] = {"patient": number, "content": VISIT, "key": refused}
            item = (await client.until_acknowledged("record", "visit", **again))["item"]
            shown = await client.ask(CARD, p=number)
            assert "errors" not in shown
            assert (await client.http.get("/health/ready")).status_code == 200
            added = await assert_whole(services, before, records=[record_id])
            assert {item_id for _, item_id, _ in added.versions} >= {*items, item["provenance"]["itemId"]}
            assert len(added.versions) == len(items) + 2
        assert "Traceback" not in (tmp_path / "log").read_text()
        await services.close()


async def _visits(services: Any, before: frozenset[Any]) -> int:
    return len(await rows(services, "SELECT 1 FROM section_version")) - len(before)
