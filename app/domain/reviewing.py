"""Looking back at elevations: each waits until somebody who oversees the use of the cards has judged it (rule B-9)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from app.domain.described import DescribedEnum
from app.domain.elevations import ElevatedAccess
from app.domain.errors import RecordRefusal
from app.domain.gate import OSLO
from app.domain.working_days import working_days_after

REVIEWED_WITHIN_WORKING_DAYS: Final = 3
NOTE_MAX_LENGTH: Final = 500


class ReviewConclusion(DescribedEnum):
    """What a reviewer found of an elevation."""

    JUSTIFIED = "JUSTIFIED", "There was good reason for it."
    NOT_JUSTIFIED = "NOT_JUSTIFIED", "There was no good reason for it."
    NEEDS_FOLLOW_UP = "NEEDS_FOLLOW_UP", "It cannot be said yet; it is looked into further."


@dataclass(frozen=True, slots=True)
class Review:
    """What the reviewer says. The note is for those who oversee, and she is not told it."""

    elevation_id: str
    conclusion: ReviewConclusion
    note: str

    def check(self) -> None:
        """Raises RecordRefusal BAD_USER_INPUT."""
        if len(self.note) > NOTE_MAX_LENGTH or "\0" in self.note + self.elevation_id:
            raise RecordRefusal("BAD_USER_INPUT", f"`note` has at most {NOTE_MAX_LENGTH} characters.", field="note")


@dataclass(frozen=True, slots=True)
class Reviewed:
    """That an elevation was reviewed."""

    elevation_id: str
    conclusion: ReviewConclusion
    reviewed_at: datetime


@dataclass(frozen=True, slots=True)
class ElevationToReview:
    """An elevation that waits. Of her it says only what the store calls her. `cursor`: its place in the list."""

    access: ElevatedAccess
    patient_id: str
    actor_name: str | None
    organisation_name: str | None
    cursor: str


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """A page of those that wait, the one due first first."""

    elevations: list[ElevationToReview]
    has_next_page: bool


def review_by(access: ElevatedAccess) -> date:
    """The last day on which its review is in time."""
    return working_days_after(access.starts_at.astimezone(OSLO).date(), REVIEWED_WITHIN_WORKING_DAYS)


def is_overdue(access: ElevatedAccess, now: datetime) -> bool:
    """Whether that day is over."""
    return now.astimezone(OSLO).date() > review_by(access)


def nothing_waits() -> RecordRefusal:
    """One answer for what is not there, was reviewed, or is the caller's own: it tells nothing of anybody."""
    return RecordRefusal("NOT_FOUND", "No elevation waits for your review under this id.")
