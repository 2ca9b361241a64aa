"""One pregnancy's card as it is stored and as it is found: its head, its items, and the sealed sections.

Sections come out of storage sealed. They are opened with a Grant and with nothing else, so no code can read a card
without having passed the gate (`app/domain/gate.py`).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Protocol

from pydantic_core import from_json

from app.domain.consent import Consent
from app.domain.described import DescribedEnum
from app.domain.elevations import ElevatedAccess
from app.domain.labels import NO_LABELS, Labels
from app.domain.representing import PowerOfAttorney

if TYPE_CHECKING:
    from app.domain.gate import Grant
    from app.domain.write_gate import WriteGrant


class RecordStatus(DescribedEnum):
    """Whether the card is in use, and how it ended. Norwegian: status for helsekortet."""

    ACTIVE = "ACTIVE", "The pregnancy is going on."
    DELIVERED = "DELIVERED", "She has given birth."
    TERMINATED = "TERMINATED", "The pregnancy ended without birth, or the card was closed."


class Protection(DescribedEnum):
    """The grade of address protection in the population register."""

    UNCLASSIFIED = "UNCLASSIFIED", "Not protected."
    CLIENT_ADDRESS = "CLIENT_ADDRESS", "An address in care of an authority."
    CONFIDENTIAL = "CONFIDENTIAL", "Confidential address (kode 7)."
    STRICTLY_CONFIDENTIAL = "STRICTLY_CONFIDENTIAL", "Strictly confidential address (kode 6)."

    @property
    def hides_the_card(self) -> bool:
        return self in (Protection.CONFIDENTIAL, Protection.STRICTLY_CONFIDENTIAL)


class BlockTarget(DescribedEnum):
    """Whom a block keeps out."""

    PERSON = "PERSON", "One person, by HPR number."
    ORGANISATION = "ORGANISATION", "A unit or legal entity, by organisation number."
    PROFESSION = "PROFESSION", "A profession, by Volven 9060 code."
    ALL = "ALL", "Everybody but herself."


@dataclass(frozen=True, slots=True)
class Block:
    """The woman's own block. Norwegian: sperring.

    section         a section kind, or None for the whole card
    target_id       HPR number, organisation number or profession code; None for ALL
    override_code   Volven 9199: "1" only she can open it, "3" with her consent now, "5" with a recorded reason
    """

    block_id: str
    section: str | None
    target: BlockTarget
    target_id: str | None
    include_subunits: bool
    override_code: str
    starts_at: datetime
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class RecordHead:
    """What is known of a card without opening it.

    last_change   the sequence of its latest change, if it has one
    labels        withholding labels that came with it; hardly any card has some
    """

    record_id: str
    status: RecordStatus
    version: int
    opened_at: datetime
    closed_at: datetime | None
    last_updated_at: datetime
    care_units: frozenset[str]
    last_change: int | None = None
    labels: Labels = field(default_factory=lambda: NO_LABELS)


@dataclass(frozen=True, slots=True)
class PatientFile:
    """What the gate needs to know of a person before any card of hers is opened.

    powers   powers of attorney that she has given and not taken back
    """

    patient_id: str
    protection: Protection
    deceased_on: date | None
    consent: Consent
    blocks: tuple[Block, ...]
    elevations: tuple[ElevatedAccess, ...] = ()
    powers: tuple[PowerOfAttorney, ...] = ()

    @property
    def is_hidden(self) -> bool:
        """Whether her person status hides every card of hers."""
        return self.protection.hides_the_card or self.deceased_on is not None


class Shape(Protocol):
    """What takes out of documents all that certain grants do not cover."""

    def serves(self, grant: "Grant") -> bool:
        """Whether this grant is one of them."""


class SealedSections:
    """Section documents as read from storage: the JSON text of one object, by section kind. Only a Grant opens them."""

    __slots__ = ("_parse", "_text")

    def __init__(self, text: str, parse: Callable[[str], Any] = from_json) -> None:
        self._text, self._parse = text, parse

    def _parsed(self) -> dict[str, Any]:
        documents: dict[str, Any] = self._parse(self._text)
        return documents

    def open(self, grant: "Grant") -> dict[str, Any]:
        """The documents with everything taken out that the grant does not cover."""
        return {kind: grant.release(kind, document) for kind, document in self._parsed().items()}

    def for_shaping(self, grant: "Grant", shape: "Shape") -> dict[str, Any]:
        """The documents as they are stored, for a shape that was made for this grant: it gives of them what the grant
        covers and nothing else. Raises PermissionError for any other."""
        if not shape.serves(grant):
            raise PermissionError("this was made for somebody else's grant")
        return grant.unlabelled(self._parsed())

    def open_for_writing(self, grant: "WriteGrant") -> dict[str, Any]:
        """The documents as they are stored, for whoever is about to change them and has read all of them. Those that
        only the rules look at are among them: what follows from one is told to nobody who cannot read it."""
        return self._parsed() if grant else {}


@dataclass(frozen=True, slots=True)
class FoundCard:
    """A card as found: its head and its sealed sections."""

    head: RecordHead
    sections: SealedSections


@dataclass(frozen=True, slots=True)
class Found:
    """The answer of one statement: the person, and her active card if there is one.

    represented   the power of attorney that a representative acts by, once it is known to be in force
    """

    patient: PatientFile
    card: FoundCard | None
    represented: PowerOfAttorney | None = None

    def is_decided_otherwise_than(self, other: "Found") -> bool:
        """Whether the gate may decide otherwise about the same person as found at another moment."""
        cards = [found.card.head.record_id if found.card else None for found in (self, other)]
        return self.patient != other.patient or cards[0] != cards[1]


@dataclass(slots=True, kw_only=True)
class StoredItem:
    """One version of one item of a section, as it goes into storage.

    content        the declared facts by Python name, JSON values, nothing that is not recorded
    author         who wrote it: `Author` of app/domain/card/provenance.py as a JSON object, or None
    wire_residue   what the national format said beyond or differently from `content` (see data/dhg/residue.py)
    """

    kind: str
    item_id: str
    position: int
    version: int
    last_updated_at: datetime
    author: dict[str, Any] | None
    entered_in_error: bool | None
    content: dict[str, Any]
    wire_residue: Any = None


@dataclass(slots=True, kw_only=True)
class CareUnit:
    """A unit that follows the card."""

    organisation_number: str
    organisation_name: str | None = None


@dataclass(slots=True, kw_only=True)
class StoredRecord:
    """One pregnancy's card with all its items, as it goes into storage and comes out for export.

    labels                             withholding labels that came with it (app/domain/labels.py); mostly none
    version, last_updated_at, author   of the record's root object
    record_last_updated_at             the last change anywhere in the record
    """

    record_id: str
    status: RecordStatus
    version: int
    opened_at: datetime
    delivered_at: datetime | None = None
    live_birth: bool | None = None
    terminated_at: datetime | None = None
    last_updated_at: datetime
    record_last_updated_at: datetime
    author: dict[str, Any] | None
    care_units: list[CareUnit] = field(default_factory=list)
    items: list[StoredItem] = field(default_factory=list)
    wire_residue: Any = None
    labels: Labels = field(default_factory=lambda: NO_LABELS)

    @property
    def closed_at(self) -> datetime | None:
        return self.delivered_at or self.terminated_at
