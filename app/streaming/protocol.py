"""Messages of the subprotocol graphql-transport-ws, taken apart and put together. No socket here.

https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final

import orjson

from app.domain.errors import TransportRefusal
from app.execution.operation import Request
from app.requests import from_members
from app.streaming.subscription import Result
from resolvers import limits

SUBPROTOCOL: Final = "graphql-transport-ws"
REASON_MAX_BYTES: Final = 123
"""What a WebSocket's closing frame has room for."""


class Close(IntEnum):
    """Why a socket is closed by the server."""

    TOO_BIG = 1009
    TRY_AGAIN_LATER = 1013
    BAD_MESSAGE = 4400
    UNAUTHORIZED = 4401
    FORBIDDEN = 4403
    SUBPROTOCOL_NOT_ACCEPTABLE = 4406
    INIT_TIMEOUT = 4408
    ID_TAKEN = 4409
    TOO_MANY_INITS = 4429


class Closing(Exception):
    """The socket is to be closed, with this code and these words."""

    def __init__(self, code: Close, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason.encode()[:REASON_MAX_BYTES].decode(errors="ignore")


@dataclass(frozen=True, slots=True)
class Init:
    """connection_init: who it is."""

    payload: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Subscribe:
    """subscribe: an operation under an id."""

    id: str
    request: Request


@dataclass(frozen=True, slots=True)
class Complete:
    """complete: the client wants no more of an operation."""

    id: str


@dataclass(frozen=True, slots=True)
class Ping:
    """ping: whether somebody is there."""

    payload: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Pong:
    """pong: somebody is."""


ClientMessage = Init | Subscribe | Complete | Ping | Pong


def read(text: str) -> ClientMessage:
    """What a client said. Raises Closing 4400 for what is no message, and 1009 for one that is too big."""
    if len(text.encode()) > limits.SOCKET_MESSAGE_MAX_BYTES:
        raise Closing(Close.TOO_BIG, f"At most {limits.SOCKET_MESSAGE_MAX_BYTES} bytes a message")
    try:
        message = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise _bad("the message is not JSON") from error
    if not isinstance(message, dict):
        raise _bad("a message is an object")
    kind = message.get("type")
    reader = _READERS.get(kind) if isinstance(kind, str) else None
    if reader is None:
        raise _bad("the type of the message is not known")
    made: ClientMessage = reader(message)
    return made


def _init(message: Mapping[str, Any]) -> Init:
    return Init(_object_or_none(message, "payload") or {})


def _ping(message: Mapping[str, Any]) -> Ping:
    return Ping(_object_or_none(message, "payload"))


def _pong(message: Mapping[str, Any]) -> Pong:
    _object_or_none(message, "payload")
    return Pong()


def _complete(message: Mapping[str, Any]) -> Complete:
    return Complete(_id(message))


def _subscribe(message: Mapping[str, Any]) -> Subscribe:
    id_, payload = _id(message), message.get("payload")
    if not isinstance(payload, dict):
        raise _bad("`payload` must be an object")
    try:
        return Subscribe(id_, from_members(payload))
    except TransportRefusal as refusal:
        raise _bad(refusal.message) from refusal


def _id(message: Mapping[str, Any]) -> str:
    found = message.get("id")
    if not isinstance(found, str) or not 1 <= len(found) <= limits.SOCKET_ID_MAX_LENGTH:
        raise _bad(f"`id` must be text of 1 to {limits.SOCKET_ID_MAX_LENGTH} characters")
    return found


def _object_or_none(message: Mapping[str, Any], member: str) -> dict[str, Any] | None:
    found = message.get(member)
    if not isinstance(found, dict | None):
        raise _bad(f"`{member}` must be an object")
    return found


def _bad(reason: str) -> Closing:
    return Closing(Close.BAD_MESSAGE, f"Invalid message: {reason}")


_READERS: Final[Mapping[str, Any]] = {
    "connection_init": _init,
    "subscribe": _subscribe,
    "complete": _complete,
    "ping": _ping,
    "pong": _pong,
}


def ack() -> str:
    return _text({"type": "connection_ack"})


def pong(payload: Mapping[str, Any] | None) -> str:
    return _text({"type": "pong"} if payload is None else {"type": "pong", "payload": payload})


def complete(id_: str) -> str:
    return _text({"id": id_, "type": "complete"})


def result(id_: str, given: Result) -> str:
    """A result as `next`, or as `error` when the operation came to nothing."""
    if given.is_refusal:
        return _text({"id": id_, "type": "error", "payload": given.body["errors"]})
    return _text({"id": id_, "type": "next", "payload": given.body})


def _text(message: Mapping[str, Any]) -> str:
    return orjson.dumps(message).decode()
