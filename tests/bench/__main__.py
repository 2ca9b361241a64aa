"""`make bench`: the gateway beside the limit of what this machine, its database and Python's servers can do.

In one run on the same PostgreSQL (fsync on) and the same data, one process each: the gateway as it is; without its
ledger; on graphql-core alone; and a bare application that verifies the token, looks at consent and blocks and sends on
what stands ready as text (`limit.py`), once verifying each token and once remembering the verified as the gateway does. Clients, servers and database share the machine: compare within a row.
"""

import argparse
import asyncio
import itertools
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import orjson
from rich.console import Console
from rich.table import Table

from tests.bench import store
from tests.bench.cold import first_answers
from tests.bench.load import Run, load_all, request
from tests.bench.measured import Arm, Effort, in_turn
from tests.bench.pages import FULL_CARD, PAGES, SEEN_BY_BOTH, Page, cold, token, visits
from tests.bench.servers import Server, serving
from tests.databases import empty_database_url

WHOLE = Effort(seconds=2.0, rounds=5, connections=(1, 16, 64))
QUICK = Effort(seconds=0.3, rounds=1, connections=(1, 16))
MIDDLE: Final = 16
MEMORY: Final = "limit with memory"
AT_LEAST: Final = {
    "full card": 0.65,
    "full card, the limit by section": 0.65,
    "woman's home page": 0.75,
    "list of 50 cards": 0.6,
    "a visit written": 0.8,
}
"""What is aimed at of the limit, without the ledger, at 16 connections."""

WIDTH: Final = 170
Servers = Mapping[str, Server]


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true", help="only to see that it runs")
    options.add_argument("--cold", type=int, default=10_000, help="how many documents never seen before")
    chosen = options.parse_args()
    effort, documents = (QUICK, 100) if chosen.quick else (WHOLE, chosen.cold)
    console = Console(width=WIDTH)
    with tempfile.TemporaryDirectory() as folder:
        data_dir = Path(folder)
        url = asyncio.run(empty_database_url("postgresql", data_dir))
        stock = asyncio.run(store.stocked(data_dir, url))
        with serving(data_dir, url) as servers:
            console.print(beside_the_limit(servers, data_dir, stock.numbers, effort))
            console.print(beside_the_same_rows(servers, data_dir, stock.numbers, effort))
            console.print(beside_core(servers, data_dir, effort))
            console.print(what_roles_cost(servers, data_dir, stock.kari, effort))
            console.print(cold_over_http(servers, data_dir, documents))
        console.print(cold_in_process(data_dir, url, documents))
    console.print(
        f"PostgreSQL with fsync=on, its own process; {effort.rounds} rounds of {effort.seconds:g} s, alternating; medians."
    )


def beside_the_limit(servers: Servers, data_dir: Path, numbers: list[str], effort: Effort) -> Table:
    """Each page and a visit, at each number of connections."""
    table = Table(
        "page", "at once", "limit /s", "p50 ms", "no ledger /s", "p50 ms", "p99 ms", "/ limit", "aim", "gateway /s",
        "p50 ms", "p99 ms", "p99 / p50", "/ limit", "/ no ledger", "limit with memory /s", "no ledger / it", "KB",
        title="Beside the limit",
        caption="A visit without the ledger still writes its version, the section, the change and the key: they are the store.",
    )  # fmt: skip
    for connections in effort.connections:
        for page in PAGES:
            table.add_row(*_row(page.name, connections, in_turn(_arms(servers, page, data_dir), connections, effort)))
        arms = {
            name: Arm(servers[name].port, lambda path=path: visits(data_dir, numbers, path))  # type: ignore[misc]  # bound at once
            for name, path in (
                ("limit", "/visit"),
                (MEMORY, "/visit"),
                ("no ledger", "/graphql"),
                ("gateway", "/graphql"),
            )
        }
        table.add_row(*_row("a visit written", connections, in_turn(arms, connections, effort)), end_section=True)
    return table


def beside_the_same_rows(servers: Servers, data_dir: Path, numbers: list[str], effort: Effort) -> Table:
    """A visit written, with everything, beside a bare transaction that writes the same rows."""
    table = Table("at once", "same rows /s", "gateway /s", "p50 ms", "p99 ms", "ratio", "aim", title="A visit written")
    arms = {name: Arm(servers[name].port, lambda: visits(data_dir, numbers)) for name in ("same rows", "gateway")}
    for connections in effort.connections:
        runs = in_turn(arms, connections, effort)
        rows, ours = runs["same rows"], runs["gateway"]
        table.add_row(
            str(connections), f"{rows.per_second:.0f}", f"{ours.per_second:.0f}", f"{ours.p50_ms:.1f}",
            f"{ours.p99_ms:.1f}", f"{ours.per_second / rows.per_second:.2f}", "0.5",
        )  # fmt: skip
    return table


def _arms(servers: Servers, page: Page, data_dir: Path) -> dict[str, Arm]:
    paths = {"limit": page.path, MEMORY: page.path, "no ledger": "/graphql", "gateway": "/graphql"}
    return {
        name: Arm(servers[name].port, lambda path=path: page.requests(data_dir, path))  # type: ignore[misc]  # bound at once
        for name, path in paths.items()
    }


def _row(name: str, connections: int, runs: Mapping[str, Run]) -> list[str]:
    limit, memory, silent, ours = runs["limit"], runs[MEMORY], runs["no ledger"], runs["gateway"]
    aim = f"{AT_LEAST[name]:.2f}" if connections == MIDDLE else ""
    return [
        name, str(connections), f"{limit.per_second:.0f}", f"{limit.p50_ms:.2f}",
        f"{silent.per_second:.0f}", f"{silent.p50_ms:.2f}", f"{silent.p99_ms:.2f}",
        f"{silent.per_second / limit.per_second:.2f}", aim,
        f"{ours.per_second:.0f}", f"{ours.p50_ms:.2f}", f"{ours.p99_ms:.2f}", f"{ours.p99_ms / ours.p50_ms:.1f}",
        f"{ours.per_second / limit.per_second:.2f}", f"{ours.per_second / silent.per_second:.2f}",
        f"{memory.per_second:.0f}", f"{silent.per_second / memory.per_second:.2f}", f"{ours.answer_bytes / 1e3:.1f}",
    ]  # fmt: skip


def beside_core(servers: Servers, data_dir: Path, effort: Effort) -> Table:
    """The full card with programs and on graphql-core with its caches, both without the ledger."""
    table = Table("page", "at once", "programs /s", "graphql-core /s", "ratio", "aim", title="Beside graphql-core")
    card = PAGES[0]
    arms = {name: Arm(servers[name].port, lambda: card.requests(data_dir)) for name in ("no ledger", "core")}
    for connections in effort.connections:
        runs = in_turn(arms, connections, effort)
        ours, core = runs["no ledger"].per_second, runs["core"].per_second
        table.add_row(card.name, str(connections), f"{ours:.0f}", f"{core:.0f}", f"{ours / core:.1f}", "10")
    return table


def what_roles_cost(servers: Servers, data_dir: Path, kari: str, effort: Effort) -> Table:
    """The woman herself, twice; and a doctor with a purpose, on the same card, which somebody else is kept out of."""
    hers = orjson.dumps({"query": f"{{ myCard {{ {SEEN_BY_BOTH} }} }}"})
    query = f"query($p: NationalIdentityNumber!) {{ card(patient: $p) {{ {SEEN_BY_BOTH} }} }}"
    his = orjson.dumps({"query": query, "variables": {"p": kari}})
    bodies = {
        "herself": ("kari", hers),
        "herself again": ("kari", hers),
        "doctor": ("gp", his),
        "doctor again": ("gp", his),
    }
    port = servers["no ledger"].port
    arms = {
        name: Arm(port, lambda who=who, body=body: itertools.repeat(request("/graphql", token(data_dir, who), body)))  # type: ignore[misc]  # bound at once
        for name, (who, body) in bodies.items()
    }
    runs = in_turn(arms, MIDDLE, effort)
    first = runs["herself"].per_second
    table = Table(
        "who reads the same of the same card",
        "/s",
        "against the first",
        "KB",
        title="What roles, purposes and blocks cost",
    )
    for name, run in runs.items():
        table.add_row(name, f"{run.per_second:.0f}", f"{run.per_second / first:.3f}", f"{run.answer_bytes / 1e3:.1f}")
    return table


def cold_over_http(servers: Servers, data_dir: Path, documents: int) -> Table:
    """Full cards asked for with documents that were never seen."""
    table = Table("server", "documents", "at once", "/s", "p50 ms", title="Cold documents over HTTP: the full card")
    for name in ("no ledger", "core"):
        run = load_all(servers[name].port, _cold_requests(data_dir, documents), MIDDLE)
        table.add_row(name, str(documents), str(MIDDLE), f"{run.per_second:.0f}", f"{run.p50_ms:.2f}")
    return table


def _cold_requests(data_dir: Path, documents: int) -> Iterator[bytes]:
    asks = token(data_dir, "kari")
    return (request("/graphql", asks, orjson.dumps({"query": text})) for text in cold(documents, FULL_CARD))


def cold_in_process(data_dir: Path, url: str, documents: int) -> Table:
    """The first answer beside graphql-core's own work."""
    found = first_answers(data_dir, url, min(documents, 2_000))
    table = Table(
        "first answer ms", "the read in it ms", "graphql-core ms", "ratio", "aim", title="Cold documents in one process"
    )
    ratio = found.gateway_ms / found.core_ms
    table.add_row(f"{found.gateway_ms:.2f}", f"{found.read_ms:.2f}", f"{found.core_ms:.2f}", f"{ratio:.2f}", "1.50")
    return table


if __name__ == "__main__":
    main()
