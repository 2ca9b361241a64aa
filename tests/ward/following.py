"""Somebody who holds a card's stream open through the day, and hears each change once and in order."""

from collections import Counter
from collections.abc import Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.streams import FOLLOW_HER, FOLLOW_MINE, SOON, Socket, socket_of, until

if TYPE_CHECKING:
    from tests.ward.ward import Ward

TO_HERSELF_ONLY = ("ACCESS_CHANGED", "ACCESS_ELEVATED", "CONSENT_WITHDRAWN")


@dataclass(frozen=True, slots=True)
class News:
    """What a change is told as."""

    what: str
    section: str | None = None
    by: str | None = None


class Follower:
    """One persona on one woman's card. `closed_to`: the sections of which this one is told nothing."""

    def __init__(self, ward: "Ward", persona: str, woman: str, purpose: str | None = None) -> None:
        self.ward, self.persona, self.woman, self.purpose = ward, persona, woman, purpose
        self.closed_to: set[str] = set()
        self.last: str | None = None
        self.heard: list[str] = []
        self.is_away = False
        self._ear: Any = None
        self._stack: AsyncExitStack | None = None
        self._socket: Socket | None = None

    @property
    def is_herself(self) -> bool:
        return self.persona == self.woman

    async def opens(self, after: str | None = None) -> None:
        """Sign in anew and follow from where the stream ended; returns when the gateway listens for this one."""
        before = self._listening()
        await self._subscribe(after)
        await until(lambda: bool(self._listening() - before))
        (self._ear,) = self._listening() - before
        self.ward.note(self.woman, self.persona, self.purpose, "ALLOWED")

    async def is_refused(self) -> str:
        """Try to follow; gives the code of the refusal."""
        await self._subscribe(None)
        assert self._socket is not None
        code = await self._socket.refusal()
        self.ward.note(self.woman, self.persona, self.purpose, "REFUSED")
        await self.closes()
        return code

    async def _subscribe(self, after: str | None) -> None:
        self.last = after or self.last
        self._stack = AsyncExitStack()
        socket = socket_of(self.ward, self.ward.address, self.persona, purpose=self.purpose, lifetime_seconds=3600)
        self._socket = await self._stack.enter_async_context(socket)
        hers: dict[str, Any] = {} if self.is_herself else {"patient": self.ward.number(self.woman)}
        await self._socket.subscribe("1", FOLLOW_MINE if self.is_herself else FOLLOW_HER, after=self.last, **hers)

    async def closes(self) -> None:
        """Hang up; returns when the gateway has noticed."""
        stack, self._stack, self._socket = self._stack, None, None
        if stack is not None:
            await stack.aclose()
        await self._is_noticed()

    async def renews(self) -> None:
        """Token and socket; the stream goes on where it was."""
        await self.opens()

    async def loses_the_line(self) -> None:
        """The socket is gone without a word; returns when the gateway has noticed."""
        assert self._socket is not None
        self._socket.connection.transport.abort()
        await self._is_noticed()
        self.is_away = True
        await self.closes()

    async def comes_back(self, *missed: News) -> None:
        """By the sequence of what was heard last: all that was missed is told, and nothing twice."""
        self.is_away = False
        await self.opens()
        await self.hears(missed)

    def is_told(self, news: News) -> bool:
        if news.what in TO_HERSELF_ONLY and not self.is_herself:
            return False
        return news.section not in self.closed_to

    async def hears(self, expected: Iterable[News]) -> None:
        """Just these, of those that this one is told; what happened in one moment comes in any order."""
        assert self._socket is not None
        due = [news for news in expected if self.is_told(news)]
        told = []
        for _ in due:
            event = await self._socket.event()
            self._took(event)
            told.append(News(event["what"], event["section"], (event["by"] or {}).get("name")))
        assert Counter(told) == Counter(due), (self.persona, told, due)

    async def hears_until_the_end(self) -> tuple[list[str], str]:
        """What was told before the stream ended, and the code of the end."""
        assert self._socket is not None
        told: list[str] = []
        while True:
            heard = await self._socket.hear(SOON)
            data = heard["payload"]["data"]
            if data is None:
                code: str = heard["payload"]["errors"][0]["extensions"]["code"]
                assert await self._socket.hear() == {"id": "1", "type": "complete"}
                await self._gone(code)
                return told, code
            self._took(data["cardChanged"])
            told.append(data["cardChanged"]["what"])

    def _took(self, event: dict[str, Any]) -> None:
        assert self.last is None or int(event["sequence"]) > int(self.last), "nothing is told twice"
        self.last = event["sequence"]
        self.heard.append(event["sequence"])
        author = ("provenance",) if event["by"] else ()
        self.ward.note(self.woman, self.persona, self.purpose, "ALLOWED", ("cardChanged", *author))

    async def ends(self, code: str) -> None:
        """The stream ends for this reason, and nothing was told before."""
        assert self._socket is not None
        assert await self._socket.end() == code
        await self._gone(code)

    async def _gone(self, code: str) -> None:
        if code != "TOKEN_EXPIRED":
            self.ward.note(self.woman, self.persona, self.purpose, "REFUSED")
            self.ward.followers.remove(self)
        await self.closes()

    async def _is_noticed(self) -> None:
        await until(lambda: self._ear not in self._listening())

    def _listening(self) -> set[Any]:
        """Those who wait for news of her in the gateway's process; here only to know when the next step may begin."""
        patient_id = self.ward.services.patient_keys.patient_id(self.ward.number(self.woman))
        return set(self.ward.services.changes._listeners.get(patient_id, ()))
