"""Which changes of a card are told to whom, and what of them. What is not told leaves no trace: no gap, no error."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from app.domain.card.declaration import declared_in
from app.domain.card.provenance import Author, Provenance
from app.domain.changes import Change, ChangeKind
from app.domain.gate import Grant
from app.domain.policy import PROVENANCE
from app.domain.record import PatientFile
from app.domain.viewer import CallerKind, Viewer

TOLD_TO_NOBODY: Final = frozenset({ChangeKind.PERSON_STATUS_CHANGED})
"""They end streams. Told as changes they would say why."""

TOLD_TO_HERSELF_ONLY: Final = frozenset(
    {ChangeKind.ACCESS_CHANGED, ChangeKind.ACCESS_ELEVATED, ChangeKind.CONSENT_WITHDRAWN}
)

OF_THE_CARD: Final = frozenset({ChangeKind.RECORD_STORED, ChangeKind.RECORD_OPENED, ChangeKind.RECORD_CLOSED})

OF_CORRECTION: Final = frozenset({ChangeKind.CORRECTION_REQUESTED, ChangeKind.CORRECTION_ANSWERED})

AUTHOR: Final = next(member.name for member in declared_in(Provenance) if member.shape.content is Author)
"""The member of an item's provenance that says who wrote it."""


def is_told(change: Change, grant: Grant, followed: str | None = None) -> bool:
    """Whether whoever holds this grant is told of a change.

    `followed` is the card that a stream was opened on: its closing is told, though it is no longer the active one.
    """
    if change.what in TOLD_TO_NOBODY:
        return False
    herself = grant.viewer.kind is CallerKind.CITIZEN
    if change.what in TOLD_TO_HERSELF_ONLY:
        return herself
    if not herself and not _of_the_card_in_view(change, grant, followed):
        return False
    if change.what in OF_THE_CARD:
        return True
    wholly = change.what in OF_CORRECTION and not herself
    return change.kind is not None and _reads(grant, change.kind, wholly=wholly)


def _of_the_card_in_view(change: Change, grant: Grant, followed: str | None) -> bool:
    """Earlier pregnancies' cards are opened on purpose only (rule F-9); their changes are not told to others."""
    if change.record_id is None:
        return False
    closed = change.what is ChangeKind.RECORD_CLOSED
    return change.record_id == grant.record_id or (closed and change.record_id == followed)


def _reads(grant: Grant, kind: str, *, wholly: bool) -> bool:
    release = grant.profile.releases.get(kind)
    if release is None or kind in grant.blocked:
        return False
    return release.whole if wholly else bool(release.members)


def is_own(change: Change, viewer: Viewer) -> bool:
    """Whether the viewer made a change herself: it is no news to her."""
    author = change.author or {}
    if viewer.kind is CallerKind.CITIZEN:
        return author.get("user_type") == "CITIZEN"
    return viewer.hpr_number is not None and author.get("hpr_number") == viewer.hpr_number


def told_author(change: Change, grant: Grant) -> dict[str, Any] | None:
    """Who made the change, as far as this grant gives the author of any item."""
    provenance = grant.profile.releases[PROVENANCE]
    if change.author is None or AUTHOR not in provenance.members:
        return None
    release = provenance.members[AUTHOR]
    return release.apply(dict(change.author), grant.today) if release else dict(change.author)


def next_turn(patient: PatientFile, now: datetime) -> datetime | None:
    """When the gate's answer may next change with nothing written: a block ends, an elevation begins or ends."""
    return min((at for at in _turns(patient) if at > now), default=None)


def _turns(patient: PatientFile) -> Iterable[datetime]:
    for block in patient.blocks:
        if block.ends_at is not None:
            yield block.ends_at
    for elevation in patient.elevations:
        yield elevation.starts_at
        yield elevation.ends_at
