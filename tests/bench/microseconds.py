"""`make microseconds`: where the processor time of one answer goes, step by step, in one process without a network.

Each step is run by itself many times, and the least of several averages is told: a noisy machine only adds. What is
left between the sum and the whole is the handing on from step to step.
"""

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final

import orjson
from rich.console import Console
from rich.table import Table
from starlette.datastructures import Headers

from app.authentication import authenticated
from app.domain.ledger import Outcome
from app.execution.operation import Operation, Request, answer, operation_of
from app.execution.programs import Program, _Card
from app.main import create_app
from app.services import Services
from app.settings import Settings
from resolvers.context import OpenedCard
from tests.bench import store
from tests.bench.gateway import Silent
from tests.bench.pages import FULL_CARD, HOME_PAGE, token
from tests.bench.servers import UNLIMITED
from tests.databases import empty_database_url

TIMES: Final = 300
ROUNDS: Final = 10
PAGES: Final = {"full card": FULL_CARD, "woman's home page": HOME_PAGE}


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        url = asyncio.run(empty_database_url("postgresql", Path(folder)))
        asyncio.run(store.stocked(Path(folder), url))
        settings = {"data_dir": Path(folder), "database_url": url, "log_level": "ERROR", "tell_cost": False}
        asyncio.run(_measured(Settings(**settings, **UNLIMITED)))


async def _measured(settings: Settings) -> None:
    app = create_app(settings)
    services: Services = app.state.services
    await services.start()
    table = Table("step", *PAGES, title="Microseconds of processor time")
    columns = [await _steps(app, services, settings.data_dir, query) for query in PAGES.values()]
    for step in columns[0]:
        table.add_row(step, *(f"{column[step]:.0f}" for column in columns))
    Console(width=100).print(table)
    await services.close()


async def _steps(app: Any, services: Services, data_dir: Path, query: str) -> dict[str, float]:
    """By step, its microseconds for this page."""
    raw = token(data_dir, "kari")
    headers, asked = Headers({"authorization": f"Bearer {raw}"}), Request(query, None, {})
    viewer = await authenticated(headers, services)
    given = [await answer(services, viewer, asked) for _ in range(3)][-1]
    operation = operation_of(Operation, services, viewer, asked)
    assert isinstance(operation, Operation)
    assert viewer.subject_number is not None
    found = await services.cards.find(viewer.subject_number, operation.plan.kinds)
    context = await operation._context(viewer.subject_number)
    assert found is not None
    assert found.card is not None
    program = operation.program
    assert isinstance(program, Program)
    (root,) = (one for one in program.roots if isinstance(one, _Card))
    grant = context.grant()
    variant = root.variant(grant)
    card = found.card
    documents = card.sections.for_shaping(grant, variant)
    number = viewer.subject_number
    entry = operation.entries.about(number, found, Outcome.ALLOWED)
    return {
        "HTTP, from request to response, for nothing but the role": await _waited(_http(app, raw, "{ me { role } }")),
        "of that: the token, and who asks": await _waited(lambda: authenticated(headers, services)),
        "of that: the document, its plan, its program": _once(lambda: operation_of(Operation, services, viewer, asked)),
        "the one statement: send, wait, take in": await _waited(
            lambda: services.cards.find(number, operation.plan.kinds)
        ),
        "the gate": _once(context.grant),
        "parse the stored text": _once(lambda: card.sections.for_shaping(grant, variant)),
        "the program": _once(lambda: variant.compiled.run(_opened(card, grant), documents, grant.today, [])),
        "the ledger's entry, as text": _once(entry.as_json),
        "write the answer": _once(lambda: orjson.dumps(given.body)),
        "the whole, without the ledger's commit": await _whole(app, services, raw, query),
    }


def _opened(card: Any, grant: Any) -> OpenedCard:
    return OpenedCard(card.head, {}, (), 0, grant)


async def _whole(app: Any, services: Services, raw: str, query: str) -> float:
    """Over ASGI, with a ledger that keeps nothing."""
    kept, services.ledger.__class__ = services.ledger.__class__, Silent
    try:
        return await _waited(_http(app, raw, query))
    finally:
        services.ledger.__class__ = kept


def _http(app: Any, raw: str, query: str) -> Callable[[], Awaitable[None]]:
    body = orjson.dumps({"query": query})
    headers = [
        (b"host", b"x"), (b"authorization", f"Bearer {raw}".encode()), (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
    ]  # fmt: skip
    scope = {"type": "http", "method": "POST", "path": "/graphql", "query_string": b"", "headers": headers}

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        assert message.get("status", 200) == 200

    async def one() -> None:
        await app(dict(scope), receive, send)

    return one


def _once(step: Callable[[], Any]) -> float:
    def average() -> float:
        began = time.process_time()
        for _ in range(TIMES):
            step()
        return (time.process_time() - began) / TIMES * 1e6

    return min(average() for _ in range(ROUNDS))


async def _waited(step: Callable[[], Awaitable[Any]]) -> float:
    took = []
    for _ in range(ROUNDS):
        began = time.process_time()
        for _ in range(TIMES):
            await step()
        took.append((time.process_time() - began) / TIMES * 1e6)
    return min(took)


if __name__ == "__main__":
    main()
