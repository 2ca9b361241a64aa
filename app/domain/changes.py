"""Changes: what happened to a card, by whom. They say what changed, never what it says now."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.domain.described import DescribedEnum


class ChangeKind(DescribedEnum):
    """What happened."""

    RECORD_STORED = "RECORD_STORED", "The card came in whole from elsewhere."
    RECORD_OPENED = "RECORD_OPENED", "The card was opened."
    RECORD_CLOSED = "RECORD_CLOSED", "The card was closed, as delivered or as terminated."
    ITEM_RECORDED = "ITEM_RECORDED", "Something new was recorded."
    ITEM_CORRECTED = "ITEM_CORRECTED", "Something recorded was corrected."
    ITEM_MARKED_IN_ERROR = "ITEM_MARKED_IN_ERROR", "Something recorded was marked as entered in error."
    ACCESS_CHANGED = "ACCESS_CHANGED", "The woman placed or lifted a block."
    ACCESS_ELEVATED = "ACCESS_ELEVATED", "Somebody opened what the woman has blocked, with a recorded reason."
    CORRECTION_REQUESTED = "CORRECTION_REQUESTED", "The woman asked for a correction."
    CORRECTION_ANSWERED = "CORRECTION_ANSWERED", "A request for correction was answered."
    CONSENT_WITHDRAWN = "CONSENT_WITHDRAWN", "Consent was withdrawn; the card is gone."
    PERSON_STATUS_CHANGED = "PERSON_STATUS_CHANGED", "The population register says something new; told to nobody."


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change of a card.

    sequence   orders the changes of one patient; also what a stream is resumed from
    kind       the section the item belongs to; None when the change is of the card or of access to it
    author     who did it: `Author` of app/domain/card/provenance.py as a JSON object; None for the woman herself
    """

    sequence: int
    record_id: str | None
    patient_id: str
    at: datetime
    what: ChangeKind
    kind: str | None = None
    item_id: str | None = None
    version: int | None = None
    author: Mapping[str, Any] | None = None
