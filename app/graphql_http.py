"""GraphQL over HTTP: the token before the body, the body before the document, and one answer for each request.

https://graphql.github.io/graphql-over-http/draft/ An answer as application/graphql-response+json has the status that
fits it. As application/json, which intermediaries speak too, it has 200 for every request that is well formed.
"""

import time
from functools import lru_cache
from typing import Any, Final

import orjson
from graphql import OperationType
from prometheus_client import Counter, Histogram
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from app.authentication import authenticated
from app.domain.errors import TransportRefusal
from app.domain.viewer import Viewer
from app.execution.events import StreamedOperation
from app.execution.operation import Answer, Operation, Request, answer, prepared
from app.failures import failed, refused
from app.negotiation import GRAPHQL_TYPE, JSON_TYPE, accepted
from app.observability import REFUSALS, REQUESTS, SECONDS, log_request, span
from app.requests import from_body, from_url, personal_data_in_url
from app.services import Services
from app.streaming.sse import EventStream
from resolvers import limits

HEADERS: Final = (
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"vary", b"accept"),
)
READING: Final = ("GET", "HEAD")
METHODS: Final = (*READING, "POST")
HEADERS_OF_A_REQUEST: Final = (b"accept", b"content-type", b"content-length", b"content-encoding")


class GraphqlHttp:
    """/graphql, answered at once or as a stream of events."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = time.perf_counter()
        exchange = _Exchange(scope, receive)
        try:
            response = await exchange.response()
        except ClientDisconnect:
            return
        exchange.count(time.perf_counter() - began)
        await response(scope, receive, send)


class _Exchange:
    """One request and what is said to it."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self.scope, self.receive = scope, receive
        self.services: Services = scope["app"].state.services
        self.given = _headers(scope)
        self.accepted = accepted(self.given[b"accept"])
        self.viewer: Viewer | None = None
        self.status = 200
        self.body: dict[str, Any] = {}  # a stream has none when it begins

    async def response(self) -> Response:
        """The response. Raises ClientDisconnect when nobody waits for it any more."""
        more: list[tuple[bytes, bytes]] = []
        try:
            self.viewer = await authenticated(Headers(scope=self.scope), self.services, self.scope["method"])
            made = await self._answered(self.viewer)
            if isinstance(made, EventStream):
                return made
            self.body = made.body
            # The draft: 4xx to a well-formed request is for the media type that only a GraphQL server speaks.
            self.status = made.status if self.accepted.whole == GRAPHQL_TYPE else 200
        except TransportRefusal as refusal:
            self.status, self.body = refusal.status, refused(refusal, self.services)
            more = _headers_of(refusal)
        except ClientDisconnect:
            raise
        except Exception as error:
            self.status, self.body = await failed(error, self.services)
        return _Whole(self.status, self.body, self.accepted.whole or JSON_TYPE, [*more, *self._more_headers()])

    async def _answered(self, viewer: Viewer) -> Answer | EventStream:
        if self.accepted.nothing:
            raise TransportRefusal(406, "NOT_ACCEPTABLE", f"Answers are {GRAPHQL_TYPE} or {JSON_TYPE}.")
        asked, is_by_url = await self._request()
        if self.accepted.stream_first and not is_by_url:
            return self._stream(viewer, asked)
        with span("graphql", caller=viewer.kind.value):
            if is_by_url:
                return await _answer_by_url(self.services, viewer, asked)
            if not self.accepted.stream:
                return await answer(self.services, viewer, asked)
            return await self._answer_or_stream(viewer, asked)

    async def _answer_or_stream(self, viewer: Viewer, asked: Request) -> Answer | EventStream:
        """To one who takes both: a subscription as a stream, all else at once."""
        made = await prepared(StreamedOperation, self.services, viewer, asked)
        if isinstance(made, Answer):
            return made
        return self._stream(viewer, asked) if made.is_subscription else await made.run()

    def _stream(self, viewer: Viewer, asked: Request) -> EventStream:
        return EventStream(self.services, viewer, asked, self.scope["app"].state.capacity)

    async def _request(self) -> tuple[Request, bool]:
        """What is asked, and whether by a URL."""
        method = self.scope["method"]
        if method == "POST":
            _check_content(self.given)
            return from_body(await _body(self.given[b"content-length"], self.receive)), False
        if method not in READING:
            raise TransportRefusal(405, "METHOD_NOT_ALLOWED", "Use POST; GET for queries.")
        return from_url(self.scope["query_string"]), True

    def _more_headers(self) -> list[tuple[bytes, bytes]]:
        if self.status != 405:
            return []
        reads = self.scope["method"] in READING  # then it is what it asked for that may not be asked so
        return [(b"allow", b"POST" if reads else ", ".join(METHODS).encode())]

    def count(self, seconds: float) -> None:
        """Into metrics and log."""
        caller = self.viewer.kind.value if self.viewer else "nobody"
        requests, durations = _measures(caller, self.status)
        requests.inc()
        durations.observe(seconds)
        for error in self.body.get("errors", ()):
            REFUSALS.labels(error.get("extensions", {}).get("code", "NONE")).inc()
        log_request(caller=caller, status=self.status, milliseconds=round(seconds * 1000, 2))


class _Whole(Response):
    """An answer given at once. Its headers are put together once for all answers, not for each."""

    def __init__(self, status: int, body: dict[str, Any], kind: str, more: list[tuple[bytes, bytes]]) -> None:
        self.status_code, self.background = status, None
        self.body = orjson.dumps(body)
        self.raw_headers = [*_ALWAYS[kind], (b"content-length", b"%d" % len(self.body)), *more]


_ALWAYS: Final = {
    kind: ((b"content-type", f"{kind}; charset=utf-8".encode()), *HEADERS) for kind in (GRAPHQL_TYPE, JSON_TYPE)
}


def _headers(scope: Scope) -> dict[bytes, bytes]:
    """The headers that say how to read the request and how to answer it; several of one name as one."""
    found = dict.fromkeys(HEADERS_OF_A_REQUEST, b"")
    for name, value in scope["headers"]:
        if name in found:
            found[name] = b"%b, %b" % (found[name], value) if found[name] else value
    return found


def _headers_of(refusal: TransportRefusal) -> list[tuple[bytes, bytes]]:
    """What a refusal says in headers."""
    said = {"www-authenticate": refusal.challenge, **refusal.headers}
    return [(name.encode(), value.encode("latin-1")) for name, value in said.items() if value]


def _check_content(given: dict[bytes, bytes]) -> None:
    """Raise TransportRefusal 415 unless the body is JSON as it is: so no form on another site can make a request."""
    if not _is_json(given[b"content-type"]) or given[b"content-encoding"] not in (b"", b"identity"):
        raise TransportRefusal(415, "UNSUPPORTED_MEDIA_TYPE", "Send the request as application/json, in UTF-8.")


@lru_cache(64)
def _is_json(content_type: bytes) -> bool:
    kind, *parameters = (part.strip() for part in content_type.decode("latin-1").lower().split(";"))
    charsets = [value.strip('"') for name, _, value in (one.partition("=") for one in parameters) if name == "charset"]
    return kind == JSON_TYPE and all(charset in ("utf-8", "utf8") for charset in charsets)


async def _body(announced: bytes, receive: Receive) -> bytes:
    if announced.isdigit() and int(announced) > limits.BODY_MAX_BYTES:
        raise _too_large()
    received = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        received += message.get("body", b"")
        if len(received) > limits.BODY_MAX_BYTES:
            raise _too_large()
        if not message.get("more_body", False):
            return bytes(received)


def _too_large() -> TransportRefusal:
    return TransportRefusal(413, "BODY_TOO_LARGE", f"A request has at most {limits.BODY_MAX_BYTES} bytes.")


async def _answer_by_url(services: Services, viewer: Viewer, asked: Request) -> Answer:
    """The answer to a query that stands in a URL.

    Raises TransportRefusal 405 for anything but a query, and 400 PERSONAL_DATA_IN_URL when it names a patient in
    whatever way: nothing has been looked up then.
    """
    made = await prepared(Operation, services, viewer, asked)
    if isinstance(made, Answer):
        return made
    if made.node.operation is not OperationType.QUERY:
        raise TransportRefusal(405, "METHOD_NOT_ALLOWED", "A URL asks; use POST for anything else.")
    if made.named_patients:
        raise personal_data_in_url()
    return await made.run()


@lru_cache(256)
def _measures(caller: str, status: int) -> tuple[Counter, Histogram]:
    return REQUESTS.labels(caller, status), SECONDS.labels(caller)


graphql: Final = GraphqlHttp()
