"""Which changes of a card are told to whom. What is not named here is told to nobody."""

from collections.abc import Iterable, Iterator
from typing import Final

from app.domain.changes import Change, ChangeKind
from app.domain.gate import Grant
from app.domain.viewer import CallerKind

OF_THE_CARD: Final = frozenset({ChangeKind.RECORD_STORED, ChangeKind.RECORD_OPENED, ChangeKind.RECORD_CLOSED})
OF_AN_ITEM: Final = frozenset({ChangeKind.ITEM_RECORDED, ChangeKind.ITEM_CORRECTED, ChangeKind.ITEM_MARKED_IN_ERROR})
OF_CORRECTION: Final = frozenset({ChangeKind.CORRECTION_REQUESTED, ChangeKind.CORRECTION_ANSWERED})
OF_ACCESS: Final = frozenset({ChangeKind.ACCESS_CHANGED, ChangeKind.ACCESS_ELEVATED})


def visible_changes(grant: Grant, changes: Iterable[Change]) -> Iterator[Change]:
    """The changes that may be told to whom the grant was given."""
    return (change for change in changes if is_told(grant, change))


def is_told(grant: Grant, change: Change) -> bool:
    """Whether this change may be told. Of a section, to those who read something of it; of a request for correction,
    to herself and to those who read the section whole; of her choices, to herself. Of her consent and her status as a
    person nothing is told: their effect is that the card is not there."""
    is_herself = grant.viewer.kind is CallerKind.CITIZEN
    if change.patient_id != grant.patient_id or change.record_id not in (None, grant.record_id):
        return False
    if change.what in OF_THE_CARD:
        return True
    if change.what in OF_AN_ITEM:
        return change.kind is not None and reads_of(grant, change.kind)
    if change.what in OF_CORRECTION:
        return is_herself or (change.kind is not None and reads_whole(grant, change.kind))
    return change.what in OF_ACCESS and is_herself


def reads_of(grant: Grant, kind: str) -> bool:
    """Whether anything of a section is given."""
    release = grant.profile.releases.get(kind)
    return release is not None and bool(release.members) and kind not in grant.blocked


def reads_whole(grant: Grant, kind: str) -> bool:
    """Whether a section is given with all its facts."""
    release = grant.profile.releases.get(kind)
    return release is not None and release.whole and kind not in grant.blocked
