"""`make bench`: requests per second and latency of the woman's home page and the full card, on both databases.

Beside each stands a bare ASGI application that sends the same statement and returns what it read, with no token, no
GraphQL, no gate and no ledger: the ratio says what the gateway costs. One process serves, one asks, so two cores are
enough. Runs alternate between the two, because machines are noisy: compare within a row, not between runs.
"""

import asyncio
import itertools
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import orjson
from rich.console import Console
from rich.table import Table

from app.development import all_personas
from app.domain.viewer import CallerKind
from app.identity.development_issuer import DevelopmentIssuer
from app.services import system_clock
from resolvers.views import view_for
from tests.bench import writing
from tests.databases import empty_database_url
from tests.whole_card import selection

CONNECTIONS = 16
SECONDS = 4.0
ROUNDS = 3

HOME_PAGE = """{ myCard { status lastUpdatedAt pregnancy { dueDateByUltrasound dueDateCorrected numberOfFetuses }
  antenatalVisits { heldOn gestationalAgeWeeks gestationalAgeDays bloodPressure { systolicMmhg diastolicMmhg } weightKg }
  symphysisFundalHeights { measuredOn symphysisFundalHeightCm } laboratoryResults { bloodType { abo rhesusD } }
  careContacts { midwife { name } generalPractitioner { name } } withheld { path reason } } consent { given } }"""
FULL_CARD = f"{{ myCard {{ {selection(view_for(CallerKind.CITIZEN).graphql, 'MaternityRecord')} }} }}"


@dataclass(frozen=True)
class Run:
    per_second: float
    p50_ms: float
    p99_ms: float


def main() -> None:
    """Measure and print."""
    table = Table(
        "database", "page", "gateway req/s", "p50 ms", "p99 ms", "bare req/s", "p50 ms", "p99 ms", "gateway / bare"
    )
    with tempfile.TemporaryDirectory() as folder:
        postgresql = asyncio.run(empty_database_url("postgresql", Path(folder)))
        for name, url in (("SQLite", None), ("PostgreSQL", postgresql)):
            with serving(Path(folder) / name, url, "tests.bench.bare") as (gateway, bare, data_dir):
                token = _token(data_dir, "kari")
                for page, query in (("home page", HOME_PAGE), ("full card", FULL_CARD)):
                    asked = itertools.repeat(orjson.dumps({"query": query}))
                    table.add_row(name, page, *_compared(gateway, bare, token, asked))
        written = asyncio.run(empty_database_url("postgresql", Path(folder)))
        with serving(Path(folder) / "written", written, "tests.bench.writing") as (gateway, bare, data_dir):
            numbers = asyncio.run(writing.seeded(data_dir, written))
            compared = _compared(gateway, bare, _token(data_dir, "midwife"), writing.bodies(numbers))
            table.add_row("PostgreSQL", "recordVisit", *compared)
    Console(width=160).print(table)
    print(f"{CONNECTIONS} connections, {ROUNDS} rounds of {SECONDS:g} s each, alternating; medians.")  # noqa: T201 - a command's output


def _token(data_dir: Path, name: str) -> str:
    persona = all_personas()[name]
    purpose = persona.purpose_for(None)
    return DevelopmentIssuer(data_dir).mint(persona, now=system_clock(), purpose=purpose, lifetime_seconds=3600)


def _compared(gateway: int, bare: int, token: str, bodies: Iterator[bytes]) -> list[str]:
    runs: dict[int, list[Run]] = {gateway: [], bare: []}
    for port in (gateway, bare):
        asyncio.run(_load(port, token, bodies, 1.0))  # warm
    for _ in range(ROUNDS):
        for port in (gateway, bare):
            runs[port].append(asyncio.run(_load(port, token, bodies, SECONDS)))
    ours, theirs = _median(runs[gateway]), _median(runs[bare])
    ratio = ours.per_second / theirs.per_second
    return [
        f"{ours.per_second:.0f}", f"{ours.p50_ms:.1f}", f"{ours.p99_ms:.1f}",
        f"{theirs.per_second:.0f}", f"{theirs.p50_ms:.1f}", f"{theirs.p99_ms:.1f}", f"{ratio:.2f}",
    ]  # fmt: skip


def _median(runs: list[Run]) -> Run:
    return Run(*(statistics.median(getattr(run, name) for run in runs) for name in ("per_second", "p50_ms", "p99_ms")))


async def _load(port: int, token: str, bodies: Iterator[bytes], seconds: float) -> Run:
    head = f"POST /graphql HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\ncontent-type: application/json\r\n"
    until, latencies = time.perf_counter() + seconds, []

    async def one() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while (began := time.perf_counter()) < until:
            body = next(bodies)
            writer.write(f"{head}content-length: {len(body)}\r\n\r\n".encode() + body)
            answer = await reader.readuntil(b"\r\n\r\n")
            assert answer.startswith(b"HTTP/1.1 200"), answer
            length = int(answer.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
            content = await reader.readexactly(length)
            assert b'"errors"' not in content[:200], content[:500]
            latencies.append((time.perf_counter() - began) * 1000)
        writer.close()

    began = time.perf_counter()
    await asyncio.gather(*(one() for _ in range(CONNECTIONS)))
    latencies.sort()
    per_second = len(latencies) / (time.perf_counter() - began)
    return Run(per_second, latencies[len(latencies) // 2], latencies[int(len(latencies) * 0.99)])


@contextmanager
def serving(data_dir: Path, url: str | None, beside: str) -> Iterator[tuple[int, int, Path]]:
    """The gateway and the bare application on one store; gives their ports and the data folder."""
    environment = {**os.environ, "HELSEKORT_DATA_DIR": str(data_dir), "HELSEKORT_LOG_LEVEL": "ERROR"}
    environment["HELSEKORT_TELL_COST"] = "false"  # production never does
    if url:
        environment["HELSEKORT_DATABASE_URL"] = url
    ports = _free_port(), _free_port()
    gateway = _start([sys.executable, "-m", "app", "demo", "--port", str(ports[0])], environment, ports[0])
    bare = _start([sys.executable, "-m", beside, str(ports[1])], environment, ports[1])
    try:
        yield *ports, data_dir
    finally:
        for process in (gateway, bare):
            process.terminate()
            process.wait(10)


def _start(command: list[str], environment: dict[str, str], port: int) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return process
        time.sleep(0.1)
    process.kill()
    raise RuntimeError(f"{command} did not start")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


if __name__ == "__main__":
    main()
