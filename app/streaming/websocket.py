"""GraphQL over WebSocket: one socket with one caller and any number of operations, none of which disturbs another."""

import asyncio
import time
from contextlib import suppress
from typing import Final

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.websockets import WebSocket, WebSocketDisconnect

from app.audit import note_security_event
from app.authentication import authenticated
from app.domain.errors import TransportRefusal
from app.domain.viewer import Viewer
from app.failures import errors, failed, refused
from app.identity.credentials import AUTHORIZATION, PROOF
from app.observability import log
from app.services import Services
from app.streaming import protocol, subscription
from app.streaming.capacity import Capacity
from app.streaming.protocol import Close, Closing, Complete, Init, Ping, Subscribe
from resolvers import limits

UPGRADE_METHOD: Final = "GET"
"""What a socket begins with, and what its proof of possession names."""

CREDENTIALS: Final = (AUTHORIZATION, PROOF)

KEPT_OPEN_AFTER_EXPIRY_SECONDS: Final = 5.0
"""So that what runs can say why it ends, and a late operation is told why it does not begin."""


async def graphql_socket(websocket: WebSocket) -> None:
    """WebSocket /graphql."""
    services: Services = websocket.app.state.services
    capacity: Capacity = websocket.app.state.capacity
    try:
        with capacity.place("websocket"):
            await _Socket(websocket, services).serve()
    except TransportRefusal as refusal:
        await websocket.send_denial_response(JSONResponse(refused(refusal, services), refusal.status))


class _Socket:
    def __init__(self, websocket: WebSocket, services: Services) -> None:
        self.websocket, self.services = websocket, services
        self.viewer: Viewer | None = None
        self.operations: dict[str, _Running] = {}
        self.over = asyncio.Event()
        self.must_sign_in_by = time.monotonic() + limits.SOCKET_INIT_MAX_SECONDS

    async def serve(self) -> None:
        if protocol.SUBPROTOCOL not in self.websocket.scope["subprotocols"]:
            await self.websocket.accept()
            await self._close(Closing(Close.SUBPROTOCOL_NOT_ACCEPTABLE, "Subprotocol not acceptable"))
            return
        await self.websocket.accept(protocol.SUBPROTOCOL)
        try:
            await self._serve_until_over()
        except Closing as closing:
            await self._stop_all()
            await self._close(closing)
        except (WebSocketDisconnect, subscription.ConsumerGone):
            pass
        finally:
            await self._stop_all()

    async def _serve_until_over(self) -> None:
        """Until the client goes, or does not take what is sent to it."""
        receiving = asyncio.create_task(self._receive(), name="socket messages")
        over = asyncio.create_task(self.over.wait(), name="socket over")
        try:
            await asyncio.wait([receiving, over], return_when=asyncio.FIRST_COMPLETED)
            if receiving.done():
                receiving.result()
        finally:
            for task in (receiving, over):
                task.cancel()
            await asyncio.gather(receiving, over, return_exceptions=True)

    async def _receive(self) -> None:
        while True:
            message = await self._message()
            if isinstance(message, Init):
                await self._init(message)
            elif isinstance(message, Ping):
                await self.send(protocol.pong(message.payload))
            elif isinstance(message, Subscribe):
                await self._subscribe(message)
            elif isinstance(message, Complete) and message.id in self.operations:
                self.operations.pop(message.id).stop()

    async def _message(self) -> protocol.ClientMessage:
        while True:
            patience = self._patience()
            if patience <= 0:
                raise self._lost_patience()
            try:
                async with asyncio.timeout(min(patience, limits.STREAM_CHECK_SECONDS)):
                    received = await self.websocket.receive()
            except TimeoutError:
                continue
            if received["type"] == "websocket.disconnect":
                raise WebSocketDisconnect(received.get("code", 1005))
            if received.get("text") is None:
                raise Closing(Close.BAD_MESSAGE, "Invalid message: messages are text")
            return protocol.read(received["text"])

    def _patience(self) -> float:
        """For how many seconds more the socket is kept, whatever is said on it meanwhile."""
        if self.viewer is None:
            return self.must_sign_in_by - time.monotonic()
        left = (self.viewer.expires_at - self.services.clock()).total_seconds()
        return left + KEPT_OPEN_AFTER_EXPIRY_SECONDS

    def _lost_patience(self) -> Closing:
        if self.viewer is None:
            return Closing(Close.INIT_TIMEOUT, "Connection initialisation timeout")
        return Closing(Close.FORBIDDEN, "Forbidden: TOKEN_EXPIRED")

    async def _init(self, message: Init) -> None:
        if self.viewer is not None:
            raise Closing(Close.TOO_MANY_INITS, "Too many initialisation requests")
        try:
            self.viewer = await authenticated(self._credentials(message), self.services, UPGRADE_METHOD)
        except TransportRefusal as refusal:
            refused(refusal, self.services)
            if refusal.status == 503:
                raise Closing(Close.TRY_AGAIN_LATER, "Try again later") from refusal
            raise Closing(Close.FORBIDDEN, f"Forbidden: {refusal.code}") from refusal
        except Exception as error:
            await failed(error, self.services)
            raise Closing(Close.TRY_AGAIN_LATER, "Try again later") from error
        await self.send(protocol.ack())

    def _credentials(self, message: Init) -> Headers:
        """The authorization and proof of the message, for a browser can set no header; else those of the upgrade."""
        given = [(name.lower(), value) for name, value in message.payload.items() if name.lower() in CREDENTIALS]
        if not any(name == AUTHORIZATION for name, _ in given):
            return self.websocket.headers
        return Headers(raw=[(name.encode(), str(value).encode(errors="replace")) for name, value in given])

    async def _subscribe(self, message: Subscribe) -> None:
        if self.viewer is None:
            await note_security_event(self.services, "UNAUTHENTICATED: NO_TOKEN")
            raise Closing(Close.UNAUTHORIZED, "Unauthorized")
        if message.id in self.operations:
            raise Closing(Close.ID_TAKEN, f"Subscriber for {message.id} already exists")
        if len(self.operations) >= limits.SOCKET_OPERATIONS_MAX:
            most = f"At most {limits.SOCKET_OPERATIONS_MAX} operations at once on one socket."
            body = errors(most, code="TOO_MANY_OPERATIONS")
            await self.send(protocol.result(message.id, subscription.Result(body, is_refusal=True)))
            return
        self.operations[message.id] = _Running(self, message, self.viewer)

    async def send(self, text: str) -> None:
        """Hand a message to the client. Raises ConsumerGone when it is not taken in time."""
        try:
            async with asyncio.timeout(limits.STREAM_SEND_MAX_SECONDS):
                await self.websocket.send_text(text)
        except (TimeoutError, WebSocketDisconnect, RuntimeError) as error:
            self.over.set()
            raise subscription.ConsumerGone from error

    async def _close(self, closing: Closing) -> None:
        log.info("socket_closed", code=int(closing.code))
        with suppress(TimeoutError, WebSocketDisconnect, RuntimeError):
            async with asyncio.timeout(limits.STREAM_SEND_MAX_SECONDS):
                await self.websocket.close(int(closing.code), closing.reason)

    async def _stop_all(self) -> None:
        running, self.operations = list(self.operations.values()), {}
        for operation in running:
            operation.stop()
        await asyncio.gather(*(operation.task for operation in running), return_exceptions=True)


class _Running:
    """One operation that runs on a socket."""

    def __init__(self, socket: _Socket, message: Subscribe, viewer: Viewer) -> None:
        self.socket, self.message, self.viewer = socket, message, viewer
        self.is_refused = False
        self.task = asyncio.create_task(self._run(), name="socket operation")

    def stop(self) -> None:
        """Give nothing more."""
        self.task.cancel()

    async def _run(self) -> None:
        services = self.socket.services
        with suppress(subscription.ConsumerGone):
            await subscription.run(services, self.viewer, self.message.request, self._give)
            if not self.is_refused:
                self._free_id()
                await self.socket.send(protocol.complete(self.message.id))

    async def _give(self, result: subscription.Result) -> None:
        if result.is_refusal:
            self.is_refused = True
            self._free_id()
        await self.socket.send(protocol.result(self.message.id, result))

    def _free_id(self) -> None:
        """Before the client hears that it is over: it may use the id again at once."""
        if self.socket.operations.get(self.message.id) is self:
            del self.socket.operations[self.message.id]
