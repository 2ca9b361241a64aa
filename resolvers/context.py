"""All that a resolver may reach: who asks, what the gate said, the ports, the clock. Made anew for every operation."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.domain.changes import Change
from app.domain.errors import RecordRefusal
from app.domain.gate import Grant, Withheld, not_available, open_record
from app.domain.ledger import LedgerEntry
from app.domain.policy import Policy, RolePolicy
from app.domain.ports import Cards, Changes, Consents, EntryMaker, Ledger
from app.domain.record import Found, FoundCard, RecordHead
from app.domain.telling import is_told
from app.domain.viewer import Viewer

OpenDocuments = Mapping[str, Any]
Places = tuple[tuple[str, ...], ...]
"""Response paths, without places in lists."""


@dataclass(frozen=True, slots=True)
class OpenedCard:
    """A card as one viewer sees it: its head, its sections cut down to what she may see, and what was withheld."""

    head: RecordHead
    sections: OpenDocuments
    withheld: tuple[Withheld, ...]
    withheld_by_patient: int


@dataclass
class OperationContext:
    """One operation of one viewer on at most one patient.

    known_as    how the store and the ledger name her, also before she is in the store
    looked_up   the person as found (None: not in the store), or why she could not be looked up
    selection   by response key of a root field: the section kinds and fact paths selected below it
    withheld    by response key, what was selected and not given, with the response paths it was asked at
    noted       the ledger entry that a write has already made durable with its own transaction
    event       the change that a subscription is answered for
    concealed   the precise reason why something was answered as if there were nothing; for the ledger only
    """

    viewer: Viewer
    policy: Policy
    now: datetime
    patient_number: str | None
    known_as: str | None
    looked_up: Found | RecordRefusal | None
    selection: Mapping[str, "Selection"]
    cards: Cards
    consents: Consents
    ledger: Ledger
    changes: Changes
    actor_key: str | None
    entry_for_write: EntryMaker
    withheld: dict[str, list[tuple[Withheld, Places]]] = field(default_factory=dict)
    noted: LedgerEntry | None = None
    event: Change | None = None
    concealed: str | None = None

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

    def grant(self, *, for_active_card: bool = True) -> Grant:
        """The gate's yes to her active card, or to her earlier ones; its no as an exception."""
        if self.patient_number is None:
            raise not_available("NO_PATIENT")
        return open_record(
            self.viewer, self.patient_number, self.found, self.policy, self.now, needs_active_card=for_active_card
        )

    def grant_for_event(self) -> Grant:
        """The gate's yes to a stream about her: also right after her card was closed, so that this can be told."""
        return self.grant(for_active_card=False)

    def is_event_told(self, followed: str) -> bool:
        """Whether the event is told to this viewer, who follows this card. The gate's no is: it ends the stream."""
        assert self.event is not None  # as `card_changed` of changes.py
        try:
            return is_told(self.event, self.grant_for_event(), followed)
        except RecordRefusal:
            return True

    def open(self, response_key: str) -> OpenedCard:
        """The active card, opened for this viewer."""
        grant = self.grant()
        if self.found is None or self.found.card is None:
            raise not_available("NO_ACTIVE_CARD")
        return self.opened(response_key, self.found.card, grant)

    def opened(self, response_key: str, card: FoundCard, grant: Grant) -> OpenedCard:
        """A card opened with a grant; what its selection asks for and the grant does not cover is noted."""
        withheld = self.selection[response_key].withheld_by(grant)
        self.withheld[response_key] = withheld
        entries = tuple(why for why, _ in withheld)
        return OpenedCard(card.head, card.sections.open(grant), entries, grant.withheld_by_patient)

    def untold(self) -> Iterator[tuple[Withheld, tuple[str, ...]]]:
        """What was withheld where the document does not select `withheld`, with the place it was asked at."""
        for response_key, withheld in self.withheld.items():
            if not self.selection[response_key].asks_withheld:
                yield from ((why, place) for why, places in withheld for place in places)

    @property
    def role_policy(self) -> RolePolicy:
        return self.policy.roles[self.viewer.role]


@dataclass(frozen=True, slots=True)
class Selection:
    """What a document selects below a root field that gives a card.

    kinds          section kinds to read
    fact_paths     GraphQL path of every selected fact, with the response paths it goes to (without list places)
    sections       the same for the section fields themselves, by their GraphQL name
    asks_withheld  the document selects `withheld`, so the same need not be told as errors
    """

    kinds: frozenset[str]
    fact_paths: Mapping[str, Places]
    sections: Mapping[str, Places]
    asks_withheld: bool

    def withheld_by(self, grant: Grant) -> list[tuple[Withheld, Places]]:
        """What is selected and not covered by the grant, in the order of the document.

        A section that is closed as a whole is named itself where no fact of it is: its null must not look empty.
        """
        facts = [(why, places) for path, places in self.fact_paths.items() if (why := grant.why_withheld(path))]
        named = {why.path.split(".", 1)[0] for why, _ in facts}
        sections = [
            (why, places)
            for name, places in self.sections.items()
            if name not in named and (why := grant.why_section_withheld(name))
        ]
        return sections + facts
