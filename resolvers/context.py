"""All that a resolver may reach: who asks, what the gate said, the ports, the clock. Made anew for every operation."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Coroutine, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Final, NamedTuple, Protocol

from app.domain.aggregates import ReportName
from app.domain.caseload import OpenedCards
from app.domain.changes import Change
from app.domain.choices import Choices, SentCommand
from app.domain.clinical.chart import Chart
from app.domain.commands import Command, Conflict, Invalid, Outcome, Recorded
from app.domain.elevations import ElevatedAccess
from app.domain.errors import RecordRefusal
from app.domain.gate import Grant, Withheld, as_without_card, hidden_because, not_available, open_record
from app.domain.history import HISTORY, History
from app.domain.ledger import LedgerEntry
from app.domain.news import News
from app.domain.policy import PROVENANCE, Policy
from app.domain.policy_document import RolePolicy
from app.domain.ports import (
    Cards,
    Caseloads,
    Changes,
    Commands,
    Consents,
    EntryMaker,
    Histories,
    Ledger,
    Organisations,
    Reports,
)
from app.domain.record import Found, FoundCard, RecordHead
from app.domain.telling import is_own, is_told
from app.domain.viewer import Viewer
from app.domain.writing import Asked

NOT_WRITTEN: Final[Mapping[type, str]] = {Conflict: "VERSION_CONFLICT", Invalid: "INVALID_INPUT"}
"""What the ledger says of a command that changed nothing."""

OpenDocuments = Mapping[str, Any]
Places = tuple[tuple[str, ...], ...]
"""Response paths, without places in lists."""


@dataclass(frozen=True, slots=True)
class OpenedCard:
    """A card as one viewer sees it: its head, its sections cut down to what she may see, and what was withheld.

    born_on her date of birth, as her identity number has it; whoever opened the card knows that
    past    the versions of its items, where the document asks for any
    news    what happened to it, where the document asks for that and the card is not closed
    charts  what computed fields were worked out from, by the sections they look at and the day: made once for all
    """

    head: RecordHead
    sections: OpenDocuments
    withheld: tuple[Withheld, ...]
    withheld_by_patient: int
    grant: Grant
    born_on: date | None = None
    past: History | None = None
    news: News | None = None
    charts: dict[tuple[frozenset[str], date], Chart] = field(default_factory=dict)

    @property
    def told_news(self) -> list[Change]:
        """What is new, by others than herself, and may be told to this viewer."""
        unseen, viewer = self.news.unseen if self.news else (), self.grant.viewer
        return [change for change in unseen if is_told(change, self.grant) and not is_own(change, viewer)]


class ListedWomen(NamedTuple):
    """Women on a list that was given, whose cards are opened alike: the facts that were asked for of each, and those
    that were and are not shown."""

    opened: OpenedCards
    asked: Collection[str]
    withheld: tuple[Withheld, ...]


@dataclass
class OperationContext:
    """One operation of one viewer on at most one patient.

    known_as    how the store and the ledger name her, also before she is in the store
    looked_up   the person as found (None: not in the store), or why she could not be looked up
    selection   by response key of a root field: the section kinds and fact paths selected below it
    withheld    by response key, what was selected and not given, with the response paths it was asked at
    held_back   something of the card is closed to the viewer without being named, whether it was asked for or not
    listed      the women on a list that was given
    told_of     how the store calls the women whom overseers were told of, by what: the reviewers' list, an export
    reports_read  the reports that were given
    noted       the ledger entry that a write has already made durable with its own transaction
    elevated    what made it possible to open her card in spite of her blocks
    event       the change that a subscription is answered for
    searched    what the ledger was searched by, for itself
    concealed   the precise reason why something was answered as if there were nothing; for the ledger only
    command_grant   the gate's yes to a command
    born_on     her date of birth, as her identity number has it
    looked_again    more of her cards was read after she was looked up
    not_written why a command changed nothing, for the ledger; None when it did, or there was none
    """

    viewer: Viewer
    policy: Policy
    now: datetime
    patient_number: str | None
    known_as: str | None
    looked_up: Found | RecordRefusal | None
    selection: Mapping[str, "Selection"]
    cards: Cards
    histories: Histories
    caseloads: Caseloads
    consents: Consents
    commands: Commands
    self_registration: bool
    minimum_age: int
    ledger: Ledger
    choices: Choices
    organisations: Organisations
    changes: Changes
    reports: Reports
    actor_key: str | None
    entry_for_write: EntryMaker
    emergency_staff_by_unit: bool = False
    withheld: dict[str, list[tuple[Withheld, Places]]] = field(default_factory=dict)
    held_back: bool = False
    listed: list[ListedWomen] = field(default_factory=list)
    told_of: dict[str, str] = field(default_factory=dict)
    reports_read: set[ReportName] = field(default_factory=set)
    noted: LedgerEntry | None = None
    event: Change | None = None
    searched: Mapping[str, str] | None = None
    concealed: str | None = None
    not_written: str | None = None
    command_grant: Grant | None = None
    elevated: ElevatedAccess | None = None
    born_on: date | None = None
    looked_again: bool = False
    _read: dict[str, asyncio.Future[Any]] = field(default_factory=dict)

    @property
    def found(self) -> Found | None:
        """The person. Raises RecordRefusal when she could not be looked up; no root field answers then."""
        if isinstance(self.looked_up, RecordRefusal):
            raise self.looked_up
        return self.looked_up

    @property
    def patient_id(self) -> str | None:
        """How store and ledger name her. Raises as `found` does."""
        return self.found.patient.patient_id if self.found else self.known_as

    def grant(self) -> Grant:
        """The gate's yes to her active card; its no as an exception."""
        return self._granted(self.found, needs_active_card=True)

    def grant_for_earlier_cards(self) -> Grant:
        """The gate's yes to her earlier cards. Whose cards are hidden has none: she is looked up like one without."""
        self.concealed = hidden_because(self.found)
        return self._granted(as_without_card(self.found), needs_active_card=False)

    def _granted(self, found: Found | None, *, needs_active_card: bool) -> Grant:
        if self.patient_number is None:
            raise not_available("NO_PATIENT")
        grant = open_record(
            self.viewer, self.patient_number, found, self.policy, self.now, needs_active_card=needs_active_card
        )
        self.elevated = grant.elevated or self.elevated
        self.held_back |= grant.withholds_unnamed
        return grant

    def grant_for_event(self) -> Grant:
        """The gate's yes to a stream about her: also right after her card was closed, so that this can be told."""
        return self._granted(self.found, needs_active_card=False)

    def is_event_told(self, followed: str) -> bool:
        """Whether the event is told to this viewer, who follows this card. The gate's no is: it ends the stream."""
        assert self.event is not None  # as `card_changed` of changes.py
        try:
            return is_told(self.event, self.grant_for_event(), followed)
        except RecordRefusal:
            return True

    def open(self, response_key: str) -> OpenedCard | Awaitable[OpenedCard]:
        """The active card, opened for this viewer; to be waited for when its past is asked for."""
        grant = self.grant()
        if self.found is None or self.found.card is None:
            raise not_available("NO_ACTIVE_CARD")
        if self.selection[response_key].asks_past:
            return self._opened_with_past(response_key, self.found.card, grant)
        return self.opened(response_key, self.found.card, grant)

    def looks_again(self) -> None:
        """Said before more of her cards is read: she may withdraw between the two."""
        self.looked_again = True

    async def _opened_with_past(self, response_key: str, card: FoundCard, grant: Grant) -> OpenedCard:
        (opened,) = await self.opened_with_past(response_key, [(card, grant)])
        if self.selection[response_key].asks_news:
            self.looks_again()
            news = await self.histories.news(card.head.record_id, grant.patient_id, self.actor_key)
            return replace(opened, news=news)
        return opened

    async def opened_with_past(self, response_key: str, cards: Sequence[tuple[FoundCard, Grant]]) -> list[OpenedCard]:
        """Cards opened with their grants, with the histories that are asked for."""
        opened = [self.opened(response_key, card, grant) for card, grant in cards]
        kinds = self.selection[response_key].history_kinds
        if not kinds:
            return opened
        self.looks_again()
        ids = [card.head.record_id for card in opened]
        sealed = await self.histories.of(ids, kinds)
        return [with_past(card, sealed[card.head.record_id].open(card.grant), kinds) for card in opened]

    def opened(self, response_key: str, card: FoundCard, grant: Grant) -> OpenedCard:
        """A card opened with a grant; what its selection asks for and the grant does not cover is noted."""
        withheld = self.selection[response_key].withheld_by(grant)
        self.withheld[response_key] = withheld
        entries = tuple(why for why, _ in withheld)
        sections = card.sections.open(grant)
        return OpenedCard(card.head, sections, entries, grant.withheld_by_patient, grant, self.born_on)

    async def carry_out(self, command: Command) -> Outcome:
        """Have a command carried out on this operation's patient's card. Raises RecordRefusal."""
        if self.patient_number is None:
            raise not_available("NO_PATIENT")
        asked = Asked(
            command=command, viewer=self.viewer, patient_number=self.patient_number, policy=self.policy, now=self.now,
            self_registration=self.self_registration, minimum_age=self.minimum_age,
        )  # fmt: skip
        outcome = await self.commands.carry_out(asked, self.actor_key, self.entry_for_write)
        if not (isinstance(outcome, Recorded) and outcome.is_noted):
            self.noted = None  # an attempt that came to nothing took its entry with it
        self.not_written = NOT_WRITTEN.get(type(outcome))
        if isinstance(outcome, Recorded | Conflict):
            self.command_grant = outcome.grant
            self.elevated = outcome.grant.elevated
        return outcome

    def untold(self) -> Iterator[tuple[Withheld, tuple[str, ...]]]:
        """What was withheld where the document does not select `withheld`, with the place it was asked at; in the
        document's order, whichever card was opened first."""
        for response_key, selection in self.selection.items():
            if not selection.asks_withheld:
                withheld = self.withheld.get(response_key, ())
                yield from ((why, place) for why, places in withheld for place in places)

    def once(self, what: str, read: Callable[[], Coroutine[Any, Any, Any]]) -> asyncio.Future[Any]:
        """What is read, read once in an operation, however many cards ask for it."""
        if what not in self._read:
            self._read[what] = asyncio.ensure_future(read())
        return self._read[what]

    def sent(self, name: str, key: str, arguments: Mapping[str, Any]) -> SentCommand:
        """This operation's command, for it to be done once however often it is sent."""
        return SentCommand(
            name=name, client_id=self.viewer.client_id, key=key, actor_key=self.actor_key, arguments=arguments,
            at=self.now,
        )  # fmt: skip

    @property
    def number(self) -> str:
        """The patient's number, where the operation always has one: a citizen's own, or that of `patient`."""
        assert self.patient_number is not None
        return self.patient_number

    @property
    def known_patient_id(self) -> str:
        """How store and ledger name her, in the same case."""
        assert self.patient_id is not None
        return self.patient_id

    @property
    def role_policy(self) -> RolePolicy:
        return self.policy.roles[self.viewer.role]


def with_past(card: OpenedCard, past: History, kinds: Collection[str]) -> OpenedCard:
    """The card with its past, each item carrying its own."""
    sections = {
        kind: carrying_past(kind, document, past) if kind in kinds else document
        for kind, document in card.sections.items()
    }
    return replace(card, sections=sections, past=past)


def carrying_past(kind: str, document: Any, past: History) -> Any:
    """A section's document with the history of each item in it."""
    if isinstance(document, list):
        return [carrying_past(kind, item, past) for item in document]
    return document and {**document, HISTORY: past.of(kind, document.get(PROVENANCE, {}).get("item_id"))}


class Withholding(Protocol):
    """What says why something is not given: a grant, or the policy alone where nobody's card is opened."""

    def why_withheld(self, path: str) -> Withheld | None: ...

    def why_section_withheld(self, name: str) -> Withheld | None: ...


@dataclass(frozen=True, slots=True)
class Selection:
    """What a document selects below a root field that gives a card, or anything of a section.

    kinds          section kinds to read for a card
    fact_paths     GraphQL path of every selected fact, with the response paths it goes to (without list places)
    sections       the same for the section fields themselves, by their GraphQL name
    asks_withheld  the document selects `withheld`, so the same need not be told as errors
    history_kinds  section kinds whose history is selected
    past_paths     as `fact_paths`, of earlier versions
    asks_news      what is new on the card is selected
    told           what else of the card is selected that the ledger names, with its response paths
    looked_at      the facts that selected values are worked out from, with the response paths of those values
    """

    kinds: frozenset[str]
    fact_paths: Mapping[str, Places]
    sections: Mapping[str, Places]
    asks_withheld: bool
    history_kinds: frozenset[str] = frozenset()
    past_paths: Mapping[str, Places] = field(default_factory=dict)
    asks_news: bool = False
    told: Mapping[str, Places] = field(default_factory=dict)
    looked_at: Mapping[str, Places] = field(default_factory=dict)

    @property
    def asks_past(self) -> bool:
        """Whether the card alone is not enough."""
        return self.asks_news or bool(self.history_kinds)

    def withheld_by(self, grant: "Withholding") -> list[tuple[Withheld, Places]]:
        """What is selected and not covered by the grant, in the order of the document.

        A section that is closed as a whole is named itself where no fact of it is: its null must not look empty.
        """
        asked = self._asked()
        facts = [(why, places) for path, places in asked.items() if (why := grant.why_withheld(path))]
        named = {why.path.split(".", 1)[0] for why, _ in facts}
        sections = [
            (why, places)
            for name, places in self.sections.items()
            if name not in named and (why := grant.why_section_withheld(name))
        ]
        return sections + facts

    def _asked(self) -> Mapping[str, Places]:
        """Every fact, of whatever version, with all the places it goes to, worked out of it or as it is."""
        if not self.past_paths and not self.looked_at:
            return self.fact_paths
        asked: dict[str, Places] = {}
        for paths in (self.fact_paths, self.past_paths, self.looked_at):
            for path, places in paths.items():
                asked[path] = asked.get(path, ()) + places
        return asked
