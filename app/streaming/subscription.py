"""What a streamed operation gives, one result after the other, each made only when the one before has been taken.

So a slow consumer makes nothing grow: what it has not taken yet is in the database, and a page of changes here.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

from app.audit import note_turned_away
from app.domain.changes import Change
from app.domain.errors import TransportRefusal
from app.domain.viewer import Viewer
from app.execution.events import StreamedOperation
from app.execution.operation import Answer, Request, prepared
from app.execution.turned_away import note_broken_off
from app.failures import errors, failed, refused
from app.observability import REFUSALS, log
from app.services import Services
from resolvers import limits

CLOCKS_DIFFER_BY_SECONDS: Final = 0.01
"""Sleeping and telling the time go by different clocks; waking a little late is better than twice."""


@dataclass(frozen=True, slots=True)
class Result:
    """One GraphQL response. `is_refusal`: the operation came to nothing; it is the only one."""

    body: dict[str, Any]
    is_refusal: bool


Give = Callable[[Result], Awaitable[None]]
"""Hands a result to the consumer; returns when it has been taken."""


async def run(services: Services, viewer: Viewer, request: Request, give: Give) -> None:
    """Run one operation to its end: a query or a mutation gives once, a subscription as often as there are events."""
    try:
        body = await _first(services, viewer, request, give)
    except TransportRefusal as refusal:
        body = refused(refusal, services)
    except ConsumerGone:
        raise
    except Exception as error:
        _, body = await failed(error, services)
    if body is not None:
        _count(viewer, body)
        await give(Result(body, is_refusal="data" not in body))


def _count(viewer: Viewer, body: dict[str, Any]) -> None:
    codes = [error["extensions"]["code"] for error in body.get("errors", ())]
    for code in codes:
        REFUSALS.labels(code).inc()
    log.info("stream_ended", caller=viewer.kind.value, codes=codes)


class ConsumerGone(Exception):
    """What was given could not be handed over; nothing more is to be given."""


async def _first(services: Services, viewer: Viewer, request: Request, give: Give) -> dict[str, Any] | None:
    """The one body of an operation that has one; of a subscription the refusal to open it, or None at its end."""
    if is_expired(services, viewer):
        await note_turned_away(services, "TOKEN_EXPIRED", viewer)
        return TOKEN_EXPIRED
    asked = await prepared(StreamedOperation, services, viewer, request)
    if isinstance(asked, Answer):
        return asked.body
    if not asked.is_subscription:
        return await _finished(asked)
    try:
        with services.clients.place(viewer):
            refusal = await asked.open()
            if refusal is not None:
                return {"errors": refusal.body["errors"]}
            await _Following(services, asked, give).run()
    except TransportRefusal as refusal:
        await note_broken_off(asked, refusal)
        raise
    return None


_finishing: set[asyncio.Task[Answer]] = set()
"""Keeps queries and mutations alive whose consumer is gone."""


async def _finished(asked: StreamedOperation) -> dict[str, Any]:
    """The body of a query or a mutation. Once begun it is let finish, whoever still waits for it: it may write."""
    task = asyncio.create_task(asked.run(), name="streamed operation")
    _finishing.add(task)
    task.add_done_callback(_finishing.discard)
    return (await asyncio.shield(task)).body


class _Following:
    """One running subscription: where it stands, and when to look again though nothing is heard."""

    def __init__(self, services: Services, opened: StreamedOperation, give: Give) -> None:
        assert opened.record_id is not None  # it was opened on an active card
        self.services, self.opened, self._give = services, opened, give
        self.followed: str = opened.record_id
        self.patient_id = opened.patient_id
        self.look_again_at = opened.next_turn

    async def run(self) -> None:
        """Give what is told of each change; in the end the error that says why it is the end."""
        try:
            last = await self._follow()
        except TransportRefusal as refusal:
            await note_broken_off(self.opened, refusal)
            last = refused(refusal, self.services)
        except ConsumerGone:
            raise
        except Exception as error:
            _, last = await failed(error, self.services)
        _count(self.opened.viewer, last)
        await self._give(Result({"data": None, **last}, is_refusal=False))

    async def _follow(self) -> dict[str, Any]:
        changes, after = self.services.changes, self.opened.after
        async with changes.listening(self.patient_id) as wakes:
            self.position = await changes.latest(self.patient_id) if after is None else after
            while await self._woken(wakes):
                last = await self._tell_news()
                if last is not None:
                    return last
        return GATEWAY_STOPS

    async def _woken(self, wakes: AsyncIterator[None]) -> bool:
        """Wait until there may be news, or it is time to look all the same. False when the gateway stops."""
        try:
            async with asyncio.timeout(self._patience()):
                await anext(wakes)
        except TimeoutError:
            return True
        except StopAsyncIteration:
            return False
        return True

    def _patience(self) -> float:
        seconds = (self.look_again_at - self.services.clock()).total_seconds()
        return min(max(seconds, 0) + CLOCKS_DIFFER_BY_SECONDS, limits.STREAM_CHECK_SECONDS)

    async def _tell_news(self) -> dict[str, Any] | None:
        """Tell all changes since. Returns what the stream ends with; None when it goes on."""
        while page := await self._page():
            passed = False
            for change in page:
                event = self._again()
                end = await self._tell(change, event)
                if end is not None:
                    return end
                passed = event.record_id is not None
            if passed and len(page) < limits.CHANGES_AT_ONCE:
                return None
        return await self._why_to_end()

    def _again(self) -> StreamedOperation:
        """The subscription as it is asked for at this moment. Raises TransportRefusal for a role that takes part no
        longer."""
        self.opened = self.opened.again()
        self.opened.check_role()
        return self.opened

    async def _page(self) -> list[Change]:
        return await self.services.changes.after(self.patient_id, self.position, most=limits.CHANGES_AT_ONCE)

    async def _tell(self, change: Change, event: StreamedOperation) -> dict[str, Any] | None:
        """Tell one change, if it is told. Returns what the stream ends with instead."""
        if is_expired(self.services, self.opened.viewer):
            return TOKEN_EXPIRED
        answer = await event.tell(change, self.followed)
        if answer is not None and answer.body.get("data") is None:
            return answer.body
        if answer is not None:
            await self._give(Result(answer.body, is_refusal=False))
        self.position = change.sequence
        self.look_again_at = event.next_turn
        if event.record_id is not None and change.record_id == event.record_id:
            self.followed = event.record_id
        return None

    async def _why_to_end(self) -> dict[str, Any] | None:
        """Asked where no event has just passed the gate: why none would, or None when one would."""
        if is_expired(self.services, self.opened.viewer):
            return TOKEN_EXPIRED
        check = self._again()
        if await check.passes():
            self.look_again_at = check.next_turn
            return None
        # The reason may be news itself: her card was closed after the changes were read and before the gate was asked.
        if await self._page():
            return await self._tell_news()
        return (await check.refused()).body


def is_expired(services: Services, viewer: Viewer) -> bool:
    """Whether a token that was good when it came is so no longer."""
    return services.clock() >= viewer.expires_at


TOKEN_EXPIRED: Final = errors("The access token has expired; go on with a new one.", code="TOKEN_EXPIRED")
GATEWAY_STOPS: Final = errors("The gateway stops here; go on elsewhere.", code="DEPENDENCY_UNAVAILABLE")
