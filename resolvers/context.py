"""All that a resolver may reach: who asks, what the gate said, the ports, the clock. Made anew for every operation."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from app.domain.errors import RecordRefusal
from app.domain.gate import Grant, Withheld, not_available
from app.domain.ledger import LedgerEntry
from app.domain.policy import Policy
from app.domain.ports import Cards, Consents, EntryMaker, Ledger
from app.domain.record import Found, FoundCard, RecordHead
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


Decision = Grant | RecordRefusal | None
"""The gate's answer; None when no patient was asked about."""


def _granted(decision: Decision) -> Grant:
    if isinstance(decision, Grant):
        return decision
    raise decision or not_available("NO_PATIENT")


@dataclass
class OperationContext:
    """One operation of one viewer on at most one patient.

    patient_id  how the store and the ledger name her, also before she is in the store
    decision    the gate's answer for her active card: a Grant, or the refusal to raise where it was asked for
    past        the gate's answer for her earlier cards, for which she needs no active one
    selection   by response key of a root field: the section kinds and fact paths selected below it
    noted       the ledger entry that a write has already made durable with its own transaction
    concealed   the precise reason why something was answered as if there were nothing; for the ledger only
    """

    viewer: Viewer
    policy: Policy
    now: datetime
    patient_number: str | None
    patient_id: str | None
    found: Found | None
    decision: Decision
    past: Decision
    selection: Mapping[str, "Selection"]
    cards: Cards
    consents: Consents
    ledger: Ledger
    actor_key: str | None
    entry_for_write: EntryMaker
    withheld: dict[str, list[tuple[Withheld, tuple[str, ...]]]] = field(default_factory=dict)
    noted: LedgerEntry | None = None
    concealed: str | None = None

    def grant(self) -> Grant:
        """The gate's yes to her active card, or its no as an exception."""
        return _granted(self.decision)

    def grant_for_past(self) -> Grant:
        """The same for her earlier cards."""
        return _granted(self.past)

    def conceal(self) -> list[OpenedCard]:
        """Answer like for a woman who never had a card."""
        self.concealed = self.past.reason if isinstance(self.past, RecordRefusal) else None
        return []

    def open(self, response_key: str) -> OpenedCard:
        """The active card, opened for this viewer."""
        grant = self.grant()
        if self.found is None or self.found.card is None:
            raise not_available("NO_ACTIVE_CARD")
        return self.opened(response_key, self.found.card, grant)

    def opened(self, response_key: str, card: FoundCard, grant: Grant) -> OpenedCard:
        """A card opened with a grant; what its selection asks for and the grant does not cover is noted."""
        selection = self.selection[response_key]
        withheld = selection.withheld_by(grant)
        if not selection.asks_withheld:
            self.withheld[response_key] = [(why, at) for why, places in withheld for at in places]
        entries = tuple(why for why, _ in withheld)
        return OpenedCard(card.head, card.sections.open(grant), entries, grant.withheld_by_patient)

    @cached_property
    def role_policy(self) -> Any:
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
