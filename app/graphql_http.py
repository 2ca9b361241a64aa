"""GraphQL over HTTP: the token before the body, the body before the document, and one answer for each request."""

import time
from typing import Any, Final

import orjson
from starlette.requests import Request as HttpRequest
from starlette.responses import Response

from app.authentication import authenticated
from app.domain.errors import TransportRefusal
from app.domain.viewer import Viewer
from app.execution.operation import Request, answer
from app.execution.trusted import MalformedMember, asked_document
from app.failures import failed, refused
from app.observability import REFUSALS, REQUESTS, SECONDS, TRACER, log
from app.services import Services
from app.streaming.sse import EventStream, wants_event_stream
from resolvers import limits

GRAPHQL_TYPE: Final = "application/graphql-response+json"
JSON_TYPE: Final = "application/json"
HEADERS: Final = {"cache-control": "no-store", "x-content-type-options": "nosniff"}


async def graphql(request: HttpRequest) -> Response:
    """POST /graphql, answered at once or as a stream of events."""
    services: Services = request.app.state.services
    began = time.perf_counter()
    viewer: Viewer | None = None
    headers: dict[str, str] = {}
    try:
        viewer = await authenticated(request.headers, services)
        asked = _request(await _body(request))
        if wants_event_stream(request):
            stream = EventStream(services, viewer, asked, request.app.state.capacity)
            _count(viewer, 200, {}, time.perf_counter() - began)
            return stream
        with TRACER.start_as_current_span("graphql", attributes={"caller": viewer.kind.value}):
            given = await answer(services, viewer, asked)
        status, body = given.status, given.body
    except TransportRefusal as refusal:
        status, body = refusal.status, refused(refusal, services)
        headers = {"www-authenticate": refusal.challenge} if refusal.challenge else {}
    except Exception as error:
        status, body = await failed(error, services)
    _count(viewer, status, body, time.perf_counter() - began)
    return Response(orjson.dumps(body), status, {**HEADERS, **headers}, media_type=_media_type(request))


async def _body(request: HttpRequest) -> bytes:
    content_type = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if content_type != JSON_TYPE:
        raise TransportRefusal(415, "UNSUPPORTED_MEDIA_TYPE", "Send the request as application/json.")
    too_large = TransportRefusal(413, "BODY_TOO_LARGE", f"A request has at most {limits.BODY_MAX_BYTES} bytes.")
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > limits.BODY_MAX_BYTES:
        raise too_large
    received = bytearray()
    async for chunk in request.stream():
        received += chunk
        if len(received) > limits.BODY_MAX_BYTES:
            raise too_large
    return bytes(received)


def _request(body: bytes) -> Request:
    try:
        parsed = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise TransportRefusal(400, "MALFORMED_JSON", "The body is not JSON.") from error
    if not isinstance(parsed, dict):
        raise TransportRefusal(400, "MALFORMED_REQUEST", "The body is one JSON object; batches are not taken.")
    name, variables = parsed.get("operationName"), parsed.get("variables")
    _expect(name is None or isinstance(name, str), "operationName", "text")
    _expect(variables is None or isinstance(variables, dict), "variables", "an object")
    try:
        query, document_id = asked_document(parsed)
    except MalformedMember as wrong:
        raise _malformed(wrong.member, wrong.must_be) from wrong
    return Request(query, name, variables or {}, document_id)


def _expect(holds: bool, member: str, kind: str) -> None:
    if not holds:
        raise _malformed(member, kind)


def _malformed(member: str, kind: str) -> TransportRefusal:
    return TransportRefusal(400, "MALFORMED_REQUEST", f"`{member}` must be {kind}.")


def _media_type(request: HttpRequest) -> str:
    return GRAPHQL_TYPE if GRAPHQL_TYPE in request.headers.get("accept", "") else JSON_TYPE


def _count(viewer: Viewer | None, status: int, body: dict[str, Any], seconds: float) -> None:
    caller = viewer.kind.value if viewer else "nobody"
    REQUESTS.labels(caller, status).inc()
    SECONDS.labels(caller).observe(seconds)
    for error in body.get("errors", ()):
        REFUSALS.labels(error.get("extensions", {}).get("code", "NONE")).inc()
    log.info("request", caller=caller, status=status, milliseconds=round(seconds * 1000, 2))
