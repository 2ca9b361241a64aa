"""Structured logs and metrics, and what must never be in them.

Nothing here takes a card value, an identity number, a token, a header or query text: events carry codes, counts,
durations and the event id. Exceptions are logged by class only, because their messages may quote what failed.
"""

import logging
import sys
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Final

import structlog
from opentelemetry import trace
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

log: Any = structlog.get_logger("helsekort")

TRACER: Final = trace.get_tracer("helsekort")
"""Does nothing until the operator installs an exporter."""


def span(name: str, **attributes: str) -> AbstractContextManager[object]:
    """A span of a trace; nothing at all while nobody has installed an exporter."""
    if isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider):
        return _NO_SPAN
    return TRACER.start_as_current_span(name, attributes=attributes)


_NO_SPAN: Final = nullcontext()

REGISTRY: Final = CollectorRegistry()
REQUESTS: Final = Counter(
    "helsekort_requests", "GraphQL requests by kind of caller and HTTP status.", ["caller", "status"], registry=REGISTRY
)
SECONDS: Final = Histogram(
    "helsekort_request_seconds", "Seconds from request to answer.", ["caller"], registry=REGISTRY,
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)  # fmt: skip
REFUSALS: Final = Counter("helsekort_refusals", "Refusals by code.", ["code"], registry=REGISTRY)
SECURITY_EVENTS: Final = Counter(
    "helsekort_security_events", "What whoever watches over the gateway should see, by kind.", ["event"],
    registry=REGISTRY,
)  # fmt: skip
CLAIMS_BY_HEADER: Final = Counter(
    "helsekort_claims_by_header", "Requests whose header claims more than their token; it changes nothing.", ["header"],
    registry=REGISTRY,
)  # fmt: skip
PLANS: Final = Counter(
    "helsekort_plans",
    "Operations by how their answer was put together: compiled, discarded (begun so, and then left to graphql-core "
    "because of an error in it), core (by graphql-core from the start).",
    ["how"], registry=REGISTRY,
)  # fmt: skip
PROGRAMS: Final = Counter(
    "helsekort_program_lookups", "Looking for what has been worked out about an operation: hit or miss.", ["outcome"],
    registry=REGISTRY,
)  # fmt: skip
SHADOW: Final = Counter(
    "helsekort_shadow_decisions",
    "Operations by what another policy would have given: the same, less, more, other (less of this and more of that), "
    "failed (it could not be told).",
    ["role", "purpose", "gives"], registry=REGISTRY,
)  # fmt: skip
STREAMS: Final = Gauge("helsekort_streams", "WebSockets and event streams open now.", ["transport"], registry=REGISTRY)


_LOGGER: Final = logging.getLogger("helsekort")
"""Writes nothing itself; it knows the level."""


def log_request(**what: object) -> None:
    """A line for a request, where such lines are wanted: finding out that they are not costs the logger its while."""
    if _LOGGER.isEnabledFor(logging.INFO):
        log.info("request", **what)


def configure_logging(level: str) -> None:
    """JSON lines on standard error; the libraries' own logs only from warnings up, without their arguments."""
    _LOGGER.setLevel(level)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level)),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )
    for name in ("uvicorn.access", "sqlalchemy", "aiosqlite", "asyncio", "strawberry", "httpx"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
