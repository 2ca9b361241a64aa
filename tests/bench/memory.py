"""`make bench-memory`: memory over many requests of many different documents; it must stay flat.

One request in ten is for the next of all the documents, the others for one of a hundred: as it is, and many are cold.
"""

import argparse
import asyncio
import itertools
import tempfile
from collections.abc import Iterator
from pathlib import Path

import orjson
from rich.console import Console
from rich.table import Table

from tests.bench import store
from tests.bench.load import load_all, request
from tests.bench.pages import HOME_PAGE, cold, token
from tests.bench.servers import serving
from tests.databases import empty_database_url

STEPS = 20
OFTEN = 100
FLAT_MB = 5.0
"""What may be added from a quarter of the way to the end."""


def requests(data_dir: Path, documents: int) -> Iterator[bytes]:
    """Without end; made before the first is sent."""
    asks = token(data_dir, "kari")
    bodies = [request("/graphql", asks, orjson.dumps({"query": text})) for text in cold(documents, HOME_PAGE)]
    rare, often = itertools.cycle(bodies), itertools.cycle(bodies[:OFTEN])
    return (next(rare) if number % 10 == 0 else next(often) for number in itertools.count())


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--requests", type=int, default=1_000_000)
    options.add_argument("--documents", type=int, default=10_000)
    chosen = options.parse_args()
    table, held = Table("requests", "resident MB", "a second"), []
    with tempfile.TemporaryDirectory() as folder:
        url = asyncio.run(empty_database_url("postgresql", Path(folder)))
        asyncio.run(store.stocked(Path(folder), url))
        with serving(Path(folder), url, ("gateway",)) as servers:
            asked, server = requests(Path(folder), chosen.documents), servers["gateway"]
            each = chosen.requests // STEPS
            for step in range(1, STEPS + 1):
                run = load_all(server.port, itertools.islice(asked, each), 16)
                held.append(server.resident_bytes / 1e6)
                table.add_row(str(step * each), f"{held[-1]:.1f}", f"{run.per_second:.0f}")
    Console().print(table)
    added = held[-1] - held[STEPS // 4]
    says = "flat" if added <= FLAT_MB else "NOT FLAT"
    if chosen.requests // 40 < chosen.documents:
        says = "too few to tell, the caches were still filling"
    print(f"{added:+.1f} MB from a quarter of the way on: {says}.")  # noqa: T201 - a command's output


if __name__ == "__main__":
    main()
