"""A pytest plugin that watches, while the suite runs, what leaves the gateway by the side doors: logs, traces, metrics,
bodies of errors, entries and exports of the ledger. What must not be there (`tests/canaries.py`) fails the test during
which it was said.
"""

from collections.abc import Callable, Generator
from typing import Any, Final

import httpx
import pytest
import structlog
from opentelemetry import trace
from prometheus_client import generate_latest

from app.domain.ledger import EntriesAlike, LedgerEntry
from app.observability import REGISTRY
from tests.canaries import WATCH

OUR_PATHS: Final = ("/graphql", "/metrics", "/development")


def pytest_configure(config: pytest.Config) -> None:
    doors = pytest.MonkeyPatch()
    config.add_cleanup(doors.undo)
    renderer = structlog.processors.JSONRenderer
    doors.setattr(renderer, "__call__", _watched(renderer.__call__, "a log line"))
    for entry in (LedgerEntry, EntriesAlike):
        doors.setattr(entry, "as_json", _watched(entry.as_json, "the ledger"))
    doors.setattr(httpx.AsyncClient, "send", _watched_send(httpx.AsyncClient.send))
    trace.set_tracer_provider(WatchedTracing())


def _watched(said: Callable[..., str], where: str) -> Callable[..., str]:
    def watched(*given: Any) -> str:
        text = said(*given)
        WATCH.look_into(where, text)
        return text

    return watched


def _watched_send(send: Callable[..., Any]) -> Callable[..., Any]:
    async def watched(client: httpx.AsyncClient, request: httpx.Request, **more: Any) -> httpx.Response:
        response: httpx.Response = await send(client, request, **more)
        if request.url.path.startswith(OUR_PATHS):
            headers = request.headers
            WATCH.sent(*(value for name in ("authorization", "dpop") for value in headers.get_list(name)))
            if not more.get("stream"):
                WATCH.look_into_response(response)
        return response

    return watched


class WatchedTracing(trace.NoOpTracerProvider):
    """Traces that are kept by nobody; what would be in them is looked into."""

    def get_tracer(self, *_: Any, **__: Any) -> trace.Tracer:
        return WatchedTracer()


class WatchedTracer(trace.NoOpTracer):
    def start_as_current_span(self, name: str, *given: Any, **more: Any) -> Any:
        WATCH.look_into("a trace", f"{name} {more.get('attributes')}")
        return super().start_as_current_span(name, *given, **more)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(nextitem: pytest.Item | None) -> Generator[None, Any, Any]:
    """After the last test, what all of them have counted."""
    result = yield
    if nextitem is None:
        WATCH.look_into("the metrics", generate_latest(REGISTRY).decode())
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(call: pytest.CallInfo[None]) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if call.when == "teardown":
        for title, text in report.sections:
            if "stdout" not in title:  # there commands print what they were asked for
                WATCH.look_into(title, text)
    if found := WATCH.taken():
        report.outcome = "failed"
        report.longrepr = "\n".join(["What must never be said was said.", *found, str(report.longrepr or "")])
    return report
