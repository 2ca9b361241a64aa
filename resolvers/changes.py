"""Changes of a card: what is new since, and the stream of what happens. What changed, never what it says now."""

import re
from datetime import datetime
from typing import Annotated, Any, Final

import strawberry

from app.domain.card.declaration import camel
from app.domain.card.provenance import Author
from app.domain.changes import Change, ChangeKind
from app.domain.errors import RecordRefusal
from app.domain.gate import Grant
from app.domain.policy import PROVENANCE
from app.domain.telling import AUTHOR, TOLD_TO_NOBODY, is_told, told_author
from app.domain.viewer import CallerKind
from resolvers import limits
from resolvers.access import described, graphql_enum, open_to
from resolvers.access_log import Patient
from resolvers.card import shared_type
from resolvers.context import OperationContext
from resolvers.limits import PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX

CHANGE_READERS: Final = open_to(CallerKind.CITIZEN, CallerKind.CLINICIAN)

CHANGE_TYPE: Final = "CardChange"
AUTHOR_FIELD: Final = "by"
AUTHOR_PATH: Final = f"{PROVENANCE}.{camel(AUTHOR)}"
"""Where the same is found on an item: the one decides what is given of the other."""

_SEQUENCE: Final = re.compile(r"[0-9]{1,18}", re.ASCII)

graphql_enum(ChangeKind)
# What is told to nobody is not in the contract either.
_kinds: Any = ChangeKind.__strawberry_definition__  # type: ignore[attr-defined]  # the line above has set it
_kinds.values = [value for value in _kinds.values if ChangeKind[value.name] not in TOLD_TO_NOBODY]


@strawberry.type(name=CHANGE_TYPE, description="Something that happened to a card. Norwegian: endring.")
class CardChange:
    sequence: str = described("Its place in the order of her changes, a decimal number; goes into `after`.")
    at: datetime = described("When it happened.")
    what: ChangeKind = described("What happened.")
    section: str | None = described("The section of the card, as its field is called; null when it is of the card.")
    item_id: strawberry.ID | None = described("The item, as in its provenance; null when it is of no item.")
    version: int | None = described("The version of the item that came of it.")
    by: shared_type(Author, AUTHOR_PATH) | None = described(  # type: ignore[valid-type]  # made at run time
        "Who did it, as far as the caller reads who wrote an item; null for the woman herself."
    )


@strawberry.type(description="Changes of a card, oldest first.")
class CardChanges:
    changes: list[CardChange] = described("The changes of this page.")
    has_more: bool = described("Whether there are more after this page.")
    latest: str = described("What to give as `after` to go on from here, in a query or a subscription.")


After = Annotated[
    str | None, strawberry.argument(description="Begin after this sequence; left out: with the first change there is.")
]
LiveAfter = Annotated[
    str | None, strawberry.argument(description="Begin after this sequence; left out: with what happens from now on.")
]
First = Annotated[int, strawberry.argument(description=f"How many changes, at most {PAGE_SIZE_MAX}.")]


def sequence_of(after: str | None) -> int | None:
    """The number an `after` stands for. Raises RecordRefusal BAD_USER_INPUT for what is none."""
    if after is None:
        return None
    if not _SEQUENCE.fullmatch(after):
        raise RecordRefusal("BAD_USER_INPUT", "`after` is a sequence, as a change has one.")
    return int(after)


async def changes_since(
    info: strawberry.Info, patient: Patient = None, after: After = None, first: First = PAGE_SIZE_DEFAULT
) -> Any:
    """Changes of this operation's patient's card that this caller is told of."""
    context: OperationContext = info.context
    if not 1 <= first <= PAGE_SIZE_MAX:
        raise RecordRefusal("BAD_USER_INPUT", f"`first` is at least 1 and at most {PAGE_SIZE_MAX}.")
    since = sequence_of(after) or 0
    grant = context.grant()
    context.looks_again()
    told = await _told(context, grant, since, first + 1)
    page = told[:first]
    # Not the last one looked at: a number that moves on would tell that something happened which is not told.
    latest = page[-1].sequence if page else since
    return {
        "changes": [as_change(change, grant) for change in page],
        "has_more": len(told) > first,
        "latest": str(latest),
    }


async def _told(context: OperationContext, grant: Grant, since: int, most: int) -> list[Change]:
    told: list[Change] = []
    found = await context.changes.after(grant.patient_id, since, most=limits.CHANGES_AT_ONCE)
    while found and len(told) < most:
        told += [change for change in found if is_told(change, grant)]
        found = await context.changes.after(grant.patient_id, found[-1].sequence, most=limits.CHANGES_AT_ONCE)
    return told[:most]


def card_changed(info: strawberry.Info, patient: Patient = None, after: LiveAfter = None) -> Any:
    """The change that this operation is the event of, through the gate."""
    context: OperationContext = info.context
    assert context.event is not None  # a subscription is run for an event and for nothing else
    return as_change(context.event, context.grant_for_event())


def as_change(change: Change, grant: Grant) -> dict[str, Any]:
    return {
        "sequence": str(change.sequence),
        "at": change.at,
        "what": change.what,
        "section": camel(change.kind) if change.kind else None,
        "item_id": change.item_id,
        "version": change.version,
        AUTHOR_FIELD: told_author(change, grant),
    }


@strawberry.type(description="What can be followed as it happens, over WebSocket or server-sent events.")
class Subscription:
    card_changed = described(
        "What happens to a woman's card. Ends with an error when the card may no longer be seen, or the token expires.",
        resolver=card_changed, gives=CardChange, callers=CHANGE_READERS,
    )  # fmt: skip
