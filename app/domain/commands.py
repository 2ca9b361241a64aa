"""Commands: what a caller asks to have written, and what came of it. They name sections and facts, no storage."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from app.domain.changes import ChangeKind
from app.domain.gate import Grant
from app.domain.record import RecordStatus
from app.domain.validation.problems import Problem

HIGHEST_VERSION: Final = 255
"""How far versions of one item count in the national service (its error DHG-0008 speaks of the ceiling)."""

Document = dict[str, Any]
"""An item as a section's document holds it: its facts by Python name, and its provenance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemCommand:
    """One item to be written.

    argument           what the command calls the item, for the paths of problems
    stated             the facts that are stated, by Python name; None clears one, what is not mentioned stays
    item_id            which item is corrected or marked in error; None for a new one
    expected_version   the version the writer has read; None for a new item
    """

    kind: str
    what: ChangeKind
    argument: str
    stated: Mapping[str, Any] = field(default_factory=dict)
    item_id: str | None = None
    expected_version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """How the card ends. `live_birth` only where it ends with a birth."""

    status: RecordStatus
    at: datetime
    live_birth: bool | None
    expected_version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """Something to be written, all of it or nothing.

    name   what the command is called
    key    the caller's idempotency key
    """

    name: str
    key: str
    items: tuple[ItemCommand, ...] = ()
    opens: bool = False
    closing: Closing | None = None

    @property
    def kinds(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(item.kind for item in self.items))


@dataclass(frozen=True, slots=True, kw_only=True)
class NewVersion:
    """One version that is to be added. `previous`: the version it follows, None for a new item."""

    argument: str
    kind: str
    what: ChangeKind
    item_id: str
    version: int
    content: Mapping[str, Any]
    entered_in_error: bool | None
    previous: int | None
    position: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """The command may be carried out.

    grant       what the writer reads of the card, so that what she wrote can be shown to her
    documents   the sections' current items by kind, to which the new versions are added
    """

    grant: Grant
    at: datetime
    author: Mapping[str, Any]
    versions: tuple[NewVersion, ...]
    documents: Mapping[str, Any]
    opens: bool = False
    closing: Closing | None = None
    warnings: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Somebody wrote in between: the item, or the card's head, is not what the writer has read. Nothing was changed.

    grant     what the writer reads of the card
    current   the item as it is now, opened for the writer; None for the card's head
    """

    grant: Grant

    kind: str | None
    expected_version: int | None
    current_version: int
    changed_at: datetime | str
    changed_by: Mapping[str, Any] | None
    current: Document | None = None


@dataclass(frozen=True, slots=True)
class Invalid:
    """The input cannot be taken in; everything that is wrong in it. Nothing was changed."""

    problems: Sequence[Problem]


Decision = Accepted | Conflict | Invalid


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """The command was carried out, now or when it was first sent.

    grant      what the writer reads of the card
    items      by the command's name for it, each item as it was written, opened for the writer
    warnings   what is possible and looks wrong
    is_noted   carried out now, and the ledger entry with it; an answer that is given again is noted by itself
    """

    grant: Grant
    record_id: str
    record_version: int
    status: RecordStatus
    items: Mapping[str, tuple[str, Document | None]]
    warnings: tuple[Problem, ...]
    is_noted: bool = False


Outcome = Recorded | Conflict | Invalid
