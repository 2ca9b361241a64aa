"""What is new on a card since somebody last looked at it."""

from dataclasses import dataclass
from datetime import datetime

from app.domain.changes import Change


@dataclass(frozen=True, slots=True)
class Look:
    """One earlier time the actor was shown something of the card: when, and up to which change it had come."""

    at: datetime
    seen_change: int


@dataclass(frozen=True, slots=True)
class News:
    """The card's changes, oldest first, and the actor's earlier looks.

    What was seen is a change's number, not a time: a clock that steps back hides nothing.
    """

    changes: tuple[Change, ...]
    looks: tuple[Look, ...]

    @property
    def last_look(self) -> Look | None:
        """The look that saw most; of several, the latest."""
        return max(self.looks, key=lambda look: (look.seen_change, look.at), default=None)

    @property
    def unseen(self) -> tuple[Change, ...]:
        """The changes that came after it; all, if she never looked."""
        last = self.last_look
        return tuple(change for change in self.changes if last is None or change.sequence > last.seen_change)
