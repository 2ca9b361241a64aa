"""The ledger: who saw or changed what on whose card. Names of facts, never their values.

One entry per operation and patient, allowed or refused; and one for each who was turned away before anybody's card was
looked at. Entries form chains (`app/domain/chains.py`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any, Final, NamedTuple, Protocol
from uuid import uuid4

from pydantic_core import from_json, to_json

from app.domain.described import DescribedEnum

CASELOAD: Final = "caseload"
REVIEWS: Final = "elevationsToReview"
SEARCH: Final = "searchAccessLog"
EXPORT: Final = "exportAccessLog"
REPORTS: Final = "reports"
"""The root field that concerns no woman in particular."""
LISTS: Final = (CASELOAD, REVIEWS, SEARCH, EXPORT)
"""The root fields that concern many women, and open no card; entries about them name what was released so."""


class Outcome(DescribedEnum):
    """How the operation ended for this patient."""

    ALLOWED = "ALLOWED", "Everything that was asked for was given."
    PARTIAL = (
        "PARTIAL",
        "Some was withheld: of what was asked for, or of what the woman lets nobody open.",
    )
    REFUSED = "REFUSED", "Nothing was given."
    FAILED = "FAILED", "The operation failed."


class EntryKind(DescribedEnum):
    """What an entry is about; decides who reads it, and how long it is kept."""

    USAGE = "USAGE", "A card was asked for, shown or changed, or the ledger was read."
    TURNED_AWAY = "TURNED_AWAY", "A known caller was turned away before anybody's card was looked at."
    SECURITY = "SECURITY", "A caller who is not known, or who claimed or asked more than is right."
    MAINTENANCE = "MAINTENANCE", "The operator worked on the ledger itself."


NOTHING: Final[tuple[str, ...]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry:
    """What is written down about one operation on one patient's card.

    patient_id        None for who was turned away without a patient being known, and for searches of the ledger
    refusal           the precise internal code when refused, else None
    role, caller_kind None for a caller of whom no more is known than what the token says
    profession        Volven 9060
    actor_key         keyed hash of the acting person's identity number; None for systems
    session_key       keyed hash of the sign-in session
    assurance         how securely the person signed in, in the issuer's own words
    supplier_number   the organisation that acts for the unit, where the token names one
    purpose_details, healthcare_service, department, stated_at   as the attest says it
    record_version    of the card that something was shown of or written on
    operation_hash    SHA-256 of the document's text; its literals and the variables are never kept
    searched          what the ledger was searched by; never an identity number
    count             how many the entry stands for, where it is more than one
    released          paths of the facts that left, found in the answer, not in the question
    withheld          paths asked for and not given, with the reason
    written           sections changed, with version before and after
    seen_change       sequence of the card's latest change when something of it was shown, 0 for none; else None
    access_basis      an `AccessBasis` of app/domain/elevations.py, for professionals
    elevated          reason code and end of the elevation that opened what she had blocked; never the words
    power_of_attorney by which a representative acted, as the store calls it: the look was on her behalf
    """

    event_id: str
    at: datetime
    kind: EntryKind = EntryKind.USAGE
    patient_id: str | None
    record_id: str | None = None
    record_version: int | None = None
    outcome: Outcome
    refusal: str | None = None
    role: str | None = None
    caller_kind: str | None = None
    profession: str | None = None
    actor_key: str | None = None
    actor_name: str | None = None
    hpr_number: str | None = None
    session_key: str | None = None
    assurance: str | None = None
    organisation_number: str | None = None
    organisation_name: str | None = None
    parent_number: str | None = None
    unit_kind: str | None = None
    supplier_number: str | None = None
    department: str | None = None
    client_id: str | None = None
    client_name: str | None = None
    purpose: str | None = None
    purpose_details: str | None = None
    healthcare_service: str | None = None
    decision_reference: str | None = None
    user_selected: bool | None = None
    stated_at: int | None = None
    policy: str
    operation_kind: str | None = None
    operation_name: str | None = None
    operation_hash: str | None = None
    released: tuple[str, ...] = NOTHING
    withheld: tuple[str, ...] = NOTHING
    written: tuple[str, ...] = NOTHING
    seen_change: int | None = None
    access_basis: str | None = None
    elevated: Mapping[str, str | None] | None = None
    searched: Mapping[str, str] | None = None
    count: int | None = None
    power_of_attorney: str | None = None

    def as_json(self) -> str:
        """The canonical text of the entry: what is stored, and what the hash is taken of. Members in alphabetical
        order; what is not known, or is as usual (`ABSENT`), is left out."""
        members: dict[str, Any] = {
            name: value
            for name in _IN_ORDER
            if (value := getattr(self, name)) is not None and value is not NOTHING and value is not EntryKind.USAGE
        }
        members["at"] = self.at.isoformat()
        for name in _MAPPINGS:
            if name in members:
                members[name] = dict(sorted(members[name].items()))
        return to_json(members).decode()


_IN_ORDER: Final = sorted(field.name for field in fields(LedgerEntry))
_MAPPINGS: Final = ("elevated", "searched")
_LISTS_OF_PATHS: Final = ("released", "withheld", "written")

ABSENT: Final[Mapping[str, Any]] = {
    **dict.fromkeys(_IN_ORDER), **{name: [] for name in _LISTS_OF_PATHS}, "kind": EntryKind.USAGE.value
}  # fmt: skip
"""What it means when an entry does not say something: also of entries from before it was written down."""


def read_entry(text: str) -> dict[str, Any]:
    """The members of a stored entry, all of them."""
    return {**ABSENT, **from_json(text)}


def stated(member: str, value: str) -> str:
    """What stands in the canonical text of an entry that says this. Quotes within a value are escaped there, so that no
    value can look like it."""
    return f'"{member}":{to_json(value).decode()}'


class Entry(Protocol):
    """What goes into the ledger: a `LedgerEntry`, or one of `EntriesAlike`."""

    @property
    def at(self) -> datetime: ...

    @property
    def patient_id(self) -> str | None: ...

    @property
    def actor_key(self) -> str | None: ...

    @property
    def hpr_number(self) -> str | None: ...

    @property
    def organisation_number(self) -> str | None: ...

    @property
    def seen_change(self) -> int | None: ...

    def as_json(self) -> str:
        """The canonical text of the entry: what is stored, and what the hash is taken of."""


ANYBODY: Final = uuid4().hex
"""Stands for who differs. Nobody can have put it into an entry: it is another one in every process."""


class EntriesAlike:
    """Entries about women on a list, which differ in nothing but who she is and which card is hers. Their texts are
    those they would have each by itself."""

    __slots__ = ("_texts", "outcome", "released", "said", "withheld")

    def __init__(
        self, said: LedgerEntry, outcome: Outcome, released: tuple[str, ...], withheld: tuple[str, ...]
    ) -> None:
        """`said`: one of them, about `ANYBODY` and her card, but for what is told of her."""
        self.said, self.outcome, self.released, self.withheld = said, outcome, released, withheld
        self._texts: Sequence[str] = ()

    def as_json(self, patient_id: str, record_id: str) -> str:
        """The canonical text of the one about her."""
        if not self._texts:
            whole = replace(self.said, outcome=self.outcome, released=self.released, withheld=self.withheld)
            self._texts = whole.as_json().split(f'"{ANYBODY}"')
        before, between, after = self._texts
        return f"{before}{to_json(patient_id).decode()}{between}{to_json(record_id).decode()}{after}"


class EntryAlike(NamedTuple):
    """One of many entries that are alike."""

    alike: EntriesAlike
    patient_id: str
    record_id: str

    @property
    def at(self) -> datetime:
        return self.alike.said.at

    @property
    def actor_key(self) -> str | None:
        return self.alike.said.actor_key

    @property
    def hpr_number(self) -> str | None:
        return self.alike.said.hpr_number

    @property
    def organisation_number(self) -> str | None:
        return self.alike.said.organisation_number

    @property
    def seen_change(self) -> int | None:
        return self.alike.said.seen_change

    def as_json(self) -> str:
        """The canonical text of the entry."""
        return self.alike.as_json(self.patient_id, self.record_id)
