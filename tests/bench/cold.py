"""Documents nobody has asked before: the gateway's first answer beside graphql-core's own parse, validate and execute.

In this process, one document at a time, in turn. The gateway's time is that of everything from the document to the
answer: limits, plan, gate, the read from the database, the projection. graphql-core's is without the read.
"""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path

from graphql import ExecutionResult, execute, parse, validate
from starlette.datastructures import Headers

from app.authentication import authenticated
from app.domain.viewer import Viewer
from app.execution.operation import Answer, Operation, Request, answer, operation_of
from app.services import Services, make_services
from app.settings import Settings
from resolvers.views import view_for
from tests.bench.gateway import altered
from tests.bench.pages import cold, token
from tests.bench.servers import UNLIMITED


@dataclass(frozen=True, slots=True)
class Cold:
    """Medians in milliseconds, for the first answer, the read in it, and graphql-core's own work."""

    gateway_ms: float
    read_ms: float
    core_ms: float


def first_answers(data_dir: Path, url: str, documents: int) -> Cold:
    """Measure with so many documents on each side."""
    return asyncio.run(_measured(data_dir, url, documents))


async def _measured(data_dir: Path, url: str, documents: int) -> Cold:
    made = make_services(Settings(data_dir=data_dir, database_url=url, **UNLIMITED))
    services = altered(made, ledger=False, programs=True)
    await services.start()
    viewer = await authenticated(Headers({"authorization": f"Bearer {token(data_dir, 'kari')}"}), services)
    gateway, core, read = [], [], []
    for ours, theirs in zip(cold(documents), cold(documents), strict=True):
        gateway.append(await _timed(lambda text=ours: answer(services, viewer, Request(text, None, {}))))  # type: ignore[misc]  # bound at once
        core.append(await _of_core(services, viewer, theirs))
        operation = _operation(services, viewer, ours)
        read.append(await _timed(lambda made=operation: made._look_up(viewer.subject_number)))  # type: ignore[misc]  # bound at once
    await services.close()
    return Cold(*(statistics.median(times) * 1000 for times in (gateway, read, core)))


async def _timed(act: Callable[[], Awaitable[object]]) -> float:
    began = time.perf_counter()
    given = await act()
    took = time.perf_counter() - began
    assert not isinstance(given, Answer) or given.status == 200
    return took


async def _of_core(services: Services, viewer: Viewer, text: str) -> float:
    """Parse, validate, execute, with the card read before."""
    context = await _operation(replace(services, programs=None), viewer, text)._context(viewer.subject_number)
    schema = view_for(viewer.kind).graphql
    began = time.perf_counter()
    tree = parse(text)
    assert not validate(schema, tree)
    result = execute(schema, tree, context_value=context)
    if not isinstance(result, ExecutionResult):
        result = await result
    took = time.perf_counter() - began
    assert result.data is not None
    assert not result.errors
    return took


def _operation(services: Services, viewer: Viewer, text: str) -> Operation:
    made = operation_of(Operation, services, viewer, Request(text, None, {}))
    assert isinstance(made, Operation), made
    return made
