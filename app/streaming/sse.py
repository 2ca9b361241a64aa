"""GraphQL over server-sent events, in "distinct connections mode": one request, one operation, one stream of events.

https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md
"""

import asyncio
from typing import Final

import orjson
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from app.domain.viewer import Viewer
from app.execution.operation import Request
from app.negotiation import EVENT_STREAM_TYPE
from app.services import Services
from app.streaming import subscription
from app.streaming.capacity import Capacity
from resolvers import limits

HEADERS: Final = {
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "x-accel-buffering": "no",  # a proxy that gathers events before it passes them on would hold them for ever
}
HEARTBEAT: Final = b":\n\n"
"""A comment, so that proxies keep the connection open and a client that is gone is noticed."""
COMPLETE: Final = b"event: complete\ndata:\n\n"


class EventStream(Response):
    """The answer to one operation as a stream of events."""

    media_type = EVENT_STREAM_TYPE

    def __init__(self, services: Services, viewer: Viewer, asked: Request, capacity: Capacity) -> None:
        """Raises TransportRefusal when there is no place for one more."""
        super().__init__(headers=HEADERS)
        del self.headers["content-length"]
        self._services, self._viewer, self._asked = services, viewer, asked
        self._taking_turns = asyncio.Lock()
        self._place = capacity.place("sse")
        self._place.__enter__()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._send = send
        try:
            await self._hand({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            await self._until_over(receive)
        except subscription.ConsumerGone:
            pass
        finally:
            self._place.__exit__(None, None, None)

    async def _until_over(self, receive: Receive) -> None:
        """Until everything is told, or the client goes or takes nothing any more."""
        works = (self._tell(), self._keep_alive(), _gone(receive))
        tasks = [asyncio.create_task(work, name="event stream") for work in works]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        for task in done:
            task.result()

    async def _tell(self) -> None:
        await subscription.run(self._services, self._viewer, self._asked, self._give)
        await self._hand({"type": "http.response.body", "body": COMPLETE, "more_body": False})

    async def _give(self, result: subscription.Result) -> None:
        # JSON has no line breaks of its own: one `data` line holds all of it.
        await self._chunk(b"event: next\ndata: " + orjson.dumps(result.body) + b"\n\n")

    async def _keep_alive(self) -> None:
        while True:
            await asyncio.sleep(limits.STREAM_HEARTBEAT_SECONDS)
            await self._chunk(HEARTBEAT)

    async def _chunk(self, chunk: bytes) -> None:
        await self._hand({"type": "http.response.body", "body": chunk, "more_body": True})

    async def _hand(self, message: Message) -> None:
        """Raises ConsumerGone when it is not taken in time."""
        try:
            async with asyncio.timeout(limits.STREAM_SEND_MAX_SECONDS), self._taking_turns:
                await self._send(message)
        except (TimeoutError, OSError) as error:
            raise subscription.ConsumerGone from error


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
