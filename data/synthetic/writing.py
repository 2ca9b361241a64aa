"""Writing a card down: from what was found at each contact to versions of items with their provenance."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from app.domain.record import StoredItem
from data.synthetic.care import Clinician
from data.synthetic.course import Contact
from data.synthetic.dice import Dice

Facts = dict[str, Any]


class Stage(NamedTuple):
    """Facts that became known at a contact; they are added to what the item said before."""

    contact: Contact
    facts: Facts
    entered_in_error: bool = False


def recorded(**facts: Any) -> Facts:
    """The facts that are recorded: None is not."""
    return {name: value for name, value in facts.items() if value is not None}


class Writer:
    """Collects the versions of all items of a card. Every version gets its own moment within its contact."""

    def __init__(self, dice: Dice) -> None:
        self.items: list[StoredItem] = []
        self._dice = dice
        self._last_moments: dict[datetime, datetime] = {}

    def write_section(self, kind: str, stages: Iterable[Stage]) -> None:
        """A section with one item: a version for each stage that says anything."""
        self._write_item(kind, 0, stages)

    def write_list(self, kind: str, items: Iterable[Iterable[Stage]]) -> None:
        """A section with any number of items."""
        for position, stages in enumerate(items):
            self._write_item(kind, position, stages)

    @property
    def last_written_at(self) -> datetime:
        return max(item.last_updated_at for item in self.items)

    def moment(self, contact_at: datetime) -> datetime:
        """The next moment of writing at a contact."""
        before = self._last_moments.get(contact_at, contact_at)
        moment = before + timedelta(seconds=self._dice.whole(15, 70), microseconds=self._dice.whole(0, 999_999))
        self._last_moments[contact_at] = moment
        return moment

    def _write_item(self, kind: str, position: int, stages: Iterable[Stage]) -> None:
        item_id, version = self._dice.unique_id(), 0
        content: Facts = {}
        for contact, facts, entered_in_error in stages:
            if not facts and not entered_in_error:
                continue
            content, version = content | facts, version + 1
            self._append(kind, item_id, position, version, contact.at, contact.by, entered_in_error, content)

    def _append(
        self, kind: str, item_id: str, position: int, version: int, at: datetime, by: Clinician, wrong: bool,
        content: Facts,
    ) -> None:  # fmt: skip
        self.items.append(
            StoredItem(
                kind=kind, item_id=item_id, position=position, version=version, last_updated_at=self.moment(at),
                author=by.author, entered_in_error=wrong, content=content,
            )
        )  # fmt: skip
