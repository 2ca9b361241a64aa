"""The ward: asking and writing as anybody, through HTTP, by a clock that the story moves; every request is written down."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import httpx

from app.development import all_personas
from app.domain.gate import OSLO
from app.domain.viewer import CallerKind
from data.synthetic.cast import CAST
from tests.ward.following import Follower, News
from tests.ward.journal import SECTION_OF_NOUN, Access, Journal, outcome_of
from tests.world import TODAY, World
from tests.writing import camel, write_body

_T = TypeVar("_T")

BETWEEN_REQUESTS = timedelta(seconds=5)
WHAT = {"record": "ITEM_RECORDED", "correct": "ITEM_CORRECTED", "mark": "ITEM_MARKED_IN_ERROR"}

LOG = """query($after: String) { accessLog(first: 100, after: $after) {
  edges { node { at who role purpose emergency outcome sections writtenSections elevated { reason } hprNumber } }
  pageInfo { hasNextPage endCursor } } }"""


class Clock:
    """Shows what the story says."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)
        self.shows("07:00")

    def __call__(self) -> datetime:
        return self.now

    def shows(self, time: str) -> None:
        hour, minute = map(int, time.split(":"))
        self.now = datetime(TODAY.year, TODAY.month, TODAY.day, hour, minute, tzinfo=OSLO).astimezone(UTC)


@dataclass
class Ward(World):
    """A World that listens on a port, where time passes, and that remembers who asked what."""

    address: str = ""
    clock: Clock = field(default_factory=Clock)
    journal: Journal = field(default_factory=Journal)
    followers: list[Follower] = field(default_factory=list)
    elevated: dict[tuple[str, str], str] = field(default_factory=dict)
    error_bodies: list[str] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    visits: int = 0
    _at_once: bool = False
    _to_tell: dict[str, list[News]] = field(default_factory=dict)

    # --- time ---

    async def clock_shows(self, time: str) -> None:
        """It is later now. Whoever follows a card has signed in anew meanwhile."""
        for follower in self._listening():
            await follower.closes()
        self.clock.shows(time)
        for follower in self._listening():
            await follower.renews()

    def _listening(self) -> list[Follower]:
        return [follower for follower in self.followers if not follower.is_away]

    async def at_once(self, *actions: Awaitable[_T]) -> list[_T]:
        """Several people in one moment."""
        self._tick()
        self._at_once = True
        done = await asyncio.gather(*actions)
        self._at_once = False
        await self._tell()
        return done

    def _tick(self) -> None:
        if not self._at_once:
            self.clock.now += BETWEEN_REQUESTS

    # --- asking ---

    def token(self, persona: str, purpose: str | None = None, **claims: Any) -> str:
        """Professionals have picked the patient by hand, in one session a day."""
        made = super().token(persona, purpose, **{"by_hand": True, **claims})
        self.tokens.append(made)
        return made

    async def ask(self, persona: str, query: str, *, purpose: str | None = None, **variables: Any) -> httpx.Response:
        """As in the world; and the journal has it. `again`: the same was sent before, so nothing is written."""
        again = variables.pop("again", False)
        self._tick()
        response = await super().ask(persona, query, purpose=purpose, **variables)
        body = response.json()
        if "errors" in body:
            self.error_bodies.append(response.text)
        refused = {error["extensions"]["code"] for error in body.get("errors", ())}
        if response.status_code != 200 or "GRAPHQL_VALIDATION_FAILED" in refused:
            return response  # not let in, or there is no such thing for this caller: nobody was looked up
        outcome, sections, written = outcome_of(query, body)
        for woman in self._concerned(persona, variables, body):
            self.note(woman, persona, purpose, outcome, sections, () if again else written)
        return response

    def _concerned(self, persona: str, variables: dict[str, Any], body: dict[str, Any]) -> list[str]:
        number = variables.get("patient")
        if number:
            return [self._slug(number=number)]
        if all_personas()[persona].kind is CallerKind.CITIZEN:
            return [persona]
        listed = (body.get("data") or {}).get("caseload") or {"edges": []}
        return [self._slug(name=edge["node"]["motherName"]) for edge in listed["edges"]]

    def _slug(self, *, number: str | None = None, name: str | None = None) -> str:
        return next(woman.slug for woman in CAST if woman.number == number or woman.name == name)

    def note(
        self, woman: str, persona: str, purpose: str | None, outcome: str,
        sections: tuple[str, ...] = (), written: tuple[str, ...] = (),
    ) -> None:  # fmt: skip
        """Into the journal."""
        who = all_personas()[persona]
        stated = purpose or (who.purposes[0].value if who.purposes else None)
        opened = self.elevated.get((persona, woman)) if stated == "ETREAT" else None
        elevated = opened if outcome != "REFUSED" else None
        self.journal.note(
            woman,
            Access(self._now(), who.full_name, who.role, stated, outcome, tuple(sorted(sections)), written, elevated),
        )

    def _now(self) -> str:
        return self.clock.now.isoformat().replace("+00:00", "Z")

    async def card(self, persona: str, woman: str, wanted: str, *, purpose: str | None = None) -> dict[str, Any]:
        """A woman's card as somebody reads it; she herself, when the persona is she."""
        if persona == woman:
            mine: dict[str, Any] = (await self.data(persona, f"{{ myCard {{ {wanted} }} }}"))["myCard"]
            return mine
        query = f"query($patient: NationalIdentityNumber!) {{ card(patient: $patient) {{ {wanted} }} }}"
        found: dict[str, Any] = (await self.data(persona, query, purpose=purpose, patient=self.number(woman)))["card"]
        return found

    async def refusal(self, persona: str, query: str, *, purpose: str | None = None, **variables: Any) -> str:
        """The code of the one error."""
        return code((await self.ask(persona, query, purpose=purpose, **variables)).json())

    async def log(self, woman: str) -> list[dict[str, Any]]:
        """All of her access log as she reads it, newest first. Reading it is a look too."""
        nodes: list[dict[str, Any]] = []
        after = None
        while True:
            page = (await self.data(woman, LOG, after=after))["accessLog"]
            nodes += [edge["node"] for edge in page["edges"]]
            if not page["pageInfo"]["hasNextPage"]:
                return nodes
            after = page["pageInfo"]["endCursor"]

    # --- writing ---

    async def write(self, persona: str, command: str, noun: str, woman: str, **said: Any) -> dict[str, Any]:
        """Send a command; whoever follows the card hears of it, if it changed anything."""
        again = said.get("again", False)
        body = await write_body(self, persona, command, noun, patient=self.number(woman), **said)
        assert "errors" not in body, body["errors"]
        written: dict[str, Any] = body["data"]["written"]
        if written["__typename"].endswith("Recorded") and not again:
            self.visits += (command, noun) == ("record", "visit")
            by = all_personas()[persona].full_name
            items = [noun] + (["fundal_height"] if written.get("fundalHeight") else [])
            await self.happened(woman, *(News(WHAT[command], SECTION_OF_NOUN[camel(item)], by) for item in items))
        return written

    async def may_not_write(self, persona: str, command: str, noun: str, woman: str, **said: Any) -> str:
        """The code of the refusal."""
        return code(await write_body(self, persona, command, noun, patient=self.number(woman), **said))

    async def happened(self, woman: str, *news: News) -> None:
        """Everybody who follows her hears of it."""
        self._to_tell.setdefault(woman, []).extend(news)
        if not self._at_once:
            await self._tell()

    async def _tell(self) -> None:
        told, self._to_tell = self._to_tell, {}
        for woman, news in told.items():
            for follower in [one for one in self._listening() if one.woman == woman]:
                await follower.hears(news)

    # --- following ---

    async def follows(self, persona: str, woman: str, *, purpose: str | None = None) -> Follower:
        """From where the card stands now."""
        hers = "" if persona == woman else "patient: $patient, "
        declared = "" if persona == woman else "query($patient: NationalIdentityNumber!) "
        number = {} if persona == woman else {"patient": self.number(woman)}
        query = f"{declared}{{ changesSince({hers}first: 100) {{ hasMore latest }} }}"
        since = (await self.data(persona, query, purpose=purpose, **number))["changesSince"]
        assert not since["hasMore"]
        self._tick()
        made = Follower(self, persona, woman, purpose)
        await made.opens(since["latest"])
        self.followers.append(made)
        return made

    async def everybody_hangs_up(self) -> None:
        for follower in self._listening():
            await follower.closes()


def code(body: dict[str, Any]) -> str:
    found: str = body["errors"][0]["extensions"]["code"]
    return found
