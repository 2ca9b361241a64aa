"""All that a resolver may reach: who asks, what the gate said, the ports, the clock. Made anew for every operation."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from app.domain.errors import RecordRefusal
from app.domain.gate import Grant, Withheld
from app.domain.ledger import LedgerEntry
from app.domain.policy import Policy
from app.domain.ports import Cards, Consents, EntryMaker, Ledger
from app.domain.record import Found, FoundCard, RecordHead
from app.domain.viewer import Viewer

OpenDocuments = Mapping[str, Any]


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

    decision    the gate's answer: a Grant, or the refusal to raise where a card was asked for
    selection   by response key of a root field: the section kinds and fact paths selected below it
    noted       the ledger entry that a write has already made durable with its own transaction
    concealed   the precise reason why something was answered as if there were nothing; for the ledger only
    """

    viewer: Viewer
    policy: Policy
    now: datetime
    patient_number: str | None
    found: Found | None
    decision: Grant | RecordRefusal | None
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
        """The gate's yes, or its no as an exception."""
        if isinstance(self.decision, Grant):
            return self.decision
        raise self.decision or RecordRefusal("RECORD_NOT_AVAILABLE", "No digital card is available.")

    def conceal(self) -> list[OpenedCard]:
        """Answer like for a woman who never had a card."""
        self.concealed = self.decision.reason if isinstance(self.decision, RecordRefusal) else None
        return []

    def open(self, response_key: str) -> OpenedCard:
        """The active card, opened for this viewer."""
        grant = self.grant()
        if self.found is None or self.found.card is None:
            raise RecordRefusal("RECORD_NOT_AVAILABLE", "No digital card is available. Use the paper card.")
        return self.opened(response_key, self.found.card, grant)

    def opened(self, response_key: str, card: FoundCard, grant: Grant) -> OpenedCard:
        """A card opened with a grant; what its selection asks for and the grant does not cover is noted."""
        selection = self.selection[response_key]
        withheld = {path: why for path in selection.fact_paths if (why := grant.why_withheld(path))}
        if not selection.asks_withheld:
            self.withheld[response_key] = [
                (why, response_path) for path, why in withheld.items() for response_path in selection.fact_paths[path]
            ]
        return OpenedCard(card.head, card.sections.open(grant), tuple(withheld.values()), grant.withheld_by_patient)

    @cached_property
    def role_policy(self) -> Any:
        return self.policy.roles[self.viewer.role]


@dataclass(frozen=True, slots=True)
class Selection:
    """What a document selects below a root field that gives a card.

    kinds          section kinds to read
    fact_paths     GraphQL path of every selected fact, with the response paths it goes to (without list places)
    asks_withheld  the document selects `withheld`, so the same need not be told as errors
    """

    kinds: frozenset[str]
    fact_paths: Mapping[str, tuple[tuple[str, ...], ...]]
    asks_withheld: bool


Clock = Callable[[], datetime]
