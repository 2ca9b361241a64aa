"""The ledger: who saw or changed what on whose card. Names of facts, never their values.

One entry per operation and patient, allowed or refused. Entries form a chain per gateway process: each carries the
keyed hash of the one before, so a changed, removed or reordered entry breaks the chain (`broken_links`).
"""

import hmac
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any, Final, NamedTuple, Protocol
from uuid import uuid4

from pydantic_core import to_json

from app.domain.described import DescribedEnum

CASELOAD: Final = "caseload"
REVIEWS: Final = "elevationsToReview"
LISTS: Final = (CASELOAD, REVIEWS)
"""The root fields that concern many women, and open no card; entries about them name what was released so."""


class Outcome(DescribedEnum):
    """How the operation ended for this patient."""

    ALLOWED = "ALLOWED", "Everything that was asked for was given."
    PARTIAL = "PARTIAL", "Some of what was asked for was withheld."
    REFUSED = "REFUSED", "Nothing was given."
    FAILED = "FAILED", "The operation failed."


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry:
    """What is written down about one operation on one patient's card.

    refusal           the precise internal code when refused, else None
    actor_key         keyed hash of the acting person's identity number; None for systems
    operation_hash    SHA-256 of the document's text; its literals and the variables are never kept
    released          paths of the facts that left, found in the answer, not in the question
    withheld          paths asked for and not given, with the reason
    written           sections changed, with version before and after
    seen_change       sequence of the card's latest change when something of it was shown, 0 for none; else None
    access_basis      an `AccessBasis` of app/domain/elevations.py, for professionals
    elevated          reason code and end of the elevation that opened what she had blocked; never the words
    """

    event_id: str
    at: datetime
    patient_id: str
    record_id: str | None
    outcome: Outcome
    refusal: str | None
    role: str
    caller_kind: str
    actor_key: str | None
    actor_name: str | None
    hpr_number: str | None
    organisation_number: str | None
    organisation_name: str | None
    parent_number: str | None
    client_id: str
    client_name: str | None
    purpose: str | None
    decision_reference: str | None
    user_selected: bool | None
    policy: str
    operation_kind: str
    operation_name: str | None
    operation_hash: str
    released: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()
    written: tuple[str, ...] = ()
    seen_change: int | None = None
    access_basis: str | None = None
    elevated: Mapping[str, str | None] | None = None

    def as_json(self) -> str:
        """The canonical text of the entry: what is stored, and what the hash is taken of."""
        members: dict[str, Any] = {name: getattr(self, name) for name in _IN_ORDER}
        members["at"] = self.at.isoformat()
        if self.elevated is not None:
            members["elevated"] = dict(sorted(self.elevated.items()))
        return to_json(members).decode()


_IN_ORDER: Final = sorted(field.name for field in fields(LedgerEntry))


class Entry(Protocol):
    """What goes into the ledger: a `LedgerEntry`, or one of `EntriesAlike`."""

    @property
    def at(self) -> datetime: ...

    @property
    def patient_id(self) -> str: ...

    @property
    def actor_key(self) -> str | None: ...

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
    def seen_change(self) -> int | None:
        return self.alike.said.seen_change

    def as_json(self) -> str:
        """The canonical text of the entry."""
        return self.alike.as_json(self.patient_id, self.record_id)


GENESIS: Final = "0" * 64
"""What the first entry of a chain carries as the hash before it."""


@dataclass(frozen=True, slots=True)
class Link:
    """One stored entry with its place in a chain."""

    chain: str
    sequence: int
    entry: str
    previous_hash: str
    hash: str


@dataclass(frozen=True, slots=True)
class Head:
    """Where a chain ends, kept apart from the entries so that a cut-off tail shows."""

    chain: str
    sequence: int
    hash: str


def link(key: bytes, chain: str, sequence: int, entry: str, previous_hash: str) -> Link:
    """Append an entry to a chain."""
    return Link(chain, sequence, entry, previous_hash, hash_of(key, chain, sequence, entry, previous_hash))


def hash_of(key: bytes, chain: str, sequence: int, entry: str, previous_hash: str) -> str:
    """What makes an entry fast to its place in a chain, and to all before it."""
    text = f"{chain}\n{sequence}\n{previous_hash}\n{entry}".encode()
    return hmac.digest(key, text, "sha256").hex()


@dataclass(frozen=True, slots=True)
class Break:
    """A place where a chain does not hold, and what is wrong there."""

    chain: str
    sequence: int
    what: str


def broken_links(key: bytes, links: Iterable[Link], heads: Iterable[Head]) -> Iterator[Break]:
    """Check whole chains. `links` come ordered by chain and sequence; nothing is yielded when all is well."""
    expected_heads = {head.chain: head for head in heads}
    last: dict[str, Link] = {}
    for found in links:
        before = last.get(found.chain)
        expected_sequence = before.sequence + 1 if before else 1
        if found.sequence != expected_sequence:
            yield Break(found.chain, expected_sequence, "an entry is missing")
        elif found.previous_hash != (before.hash if before else GENESIS):
            yield Break(found.chain, found.sequence, "the entry does not follow the one before")
        remade = link(key, found.chain, found.sequence, found.entry, found.previous_hash)
        if not hmac.compare_digest(remade.hash, found.hash):
            yield Break(found.chain, found.sequence, "the entry was changed")
        last[found.chain] = found
    for chain, head in expected_heads.items():
        end = last.get(chain)
        if end is None or end.sequence < head.sequence:
            yield Break(chain, head.sequence, "entries at the end are missing")
        elif end.sequence > head.sequence or end.hash != head.hash:
            yield Break(chain, head.sequence, "the chain's end is not the one noted")
    for chain in last.keys() - expected_heads.keys():
        yield Break(chain, 1, "the chain's end was never noted")
