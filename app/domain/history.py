"""History: every version of every item, who wrote it and when, and what changed with it.

What changed is worked out between what this viewer may see of two versions, so that a change of a fact that is
withheld from her is not told. Versions come out of storage sealed, like sections, and are opened with a Grant alone.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from typing import Any, Final

from app.domain.card.declaration import Content, Fact, Member, camel, declared_in
from app.domain.card.sections import SECTIONS
from app.domain.changes import ChangeKind
from app.domain.gate import Grant, entered_in_error
from app.domain.policy import PROVENANCE

HISTORY: Final = "history"
"""The field of a section's type that gives its versions. A released fact of an earlier version stands under it."""

CONTENT: Final = "content"
"""The field of a version that gives the item as it was."""

PROVENANCE_OF_VERSION: Final[Mapping[str, str]] = {
    "version": "version",
    "at": "last_updated_at",
    "by": "last_updated_by",
    "entered_in_error": "entered_in_error",
}
"""What a version tells of itself, and the fact of the provenance that it is."""


@dataclass(frozen=True, slots=True)
class StoredVersion:
    """One version of an item as read from storage: facts and provenance by Python name."""

    kind: str
    item_id: str
    version: int
    at: datetime
    document: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Version:
    """One version as a viewer sees it. `what`: what was done with the item by it."""

    kind: str
    item_id: str
    number: int
    at: datetime
    what: ChangeKind
    content: dict[str, Any]
    changed_facts: tuple[str, ...]

    @property
    def provenance(self) -> Mapping[str, Any]:
        """As far as the viewer reads it."""
        found: Mapping[str, Any] = self.content.get(PROVENANCE, {})
        return found

    @property
    def place(self) -> tuple[datetime, str, str, int]:
        """Where it stands among all versions of the card."""
        return self.at, self.kind, self.item_id, self.number


class SealedHistory:
    """The versions of a card's items. Only a Grant opens them."""

    __slots__ = ("_versions",)

    def __init__(self, versions: Iterable[StoredVersion]) -> None:
        self._versions = tuple(versions)

    def open(self, grant: Grant) -> "History":
        """The versions with everything taken out that the grant does not cover."""
        items: dict[tuple[str, str], list[StoredVersion]] = {}
        for version in sorted(self._versions, key=lambda version: version.version):
            items.setdefault((version.kind, version.item_id), []).append(version)
        return History({key: ItemHistory(versions, grant) for key, versions in items.items()})


class ItemHistory:
    """The versions of one item, for one viewer."""

    __slots__ = ("_grant", "_stored")

    def __init__(self, stored: list[StoredVersion], grant: Grant) -> None:
        self._stored, self._grant = stored, grant

    @property
    def is_in_error(self) -> bool:
        """Whether the item as it stands was entered in error."""
        return entered_in_error(self._stored[-1].document)

    def versions(self, *, include_erroneous: bool = False) -> list[Version]:
        """Newest first; those entered in error only for whom the policy lets ask for them, and who does (rule F-10)."""
        told = include_erroneous and self._grant.erroneous_items
        if self.is_in_error and not self._grant.erroneous_items:
            return []
        shown: list[Version] = []
        for stored in self._stored:
            if told or not entered_in_error(stored.document):
                content = self._grant.release_version(stored.kind, stored.document)
                if content is not None:
                    shown.append(_version(stored, content, shown[-1] if shown else None))
        return shown[::-1]


class History:
    """The versions of a card's items, opened."""

    __slots__ = ("_items",)

    def __init__(self, items: Mapping[tuple[str, str], ItemHistory]) -> None:
        self._items = items

    def of(self, kind: str, item_id: str | None) -> ItemHistory | None:
        """The history of one item; None for one that is not known, or whose id the viewer may not know."""
        return None if item_id is None else self._items.get((kind, item_id))

    def entries(self, *, include_erroneous: bool = False) -> list[Version]:
        """All versions of all items with something in them that the viewer may see changed, newest first."""
        items = [item for item in self._items.values() if include_erroneous or not item.is_in_error]
        versions = [version for item in items for version in item.versions(include_erroneous=include_erroneous)]
        told = (each for each in versions if each.changed_facts or each.what is ChangeKind.ITEM_MARKED_IN_ERROR)
        return sorted(told, key=lambda version: version.place, reverse=True)

    def released(self) -> Iterator[StoredVersion]:
        """Every version, as far as the viewer may see it: what tells what was known on a day."""
        for item in self._items.values():
            for each in item.versions(include_erroneous=True):
                yield StoredVersion(each.kind, each.item_id, each.number, each.at, each.content)


def _version(stored: StoredVersion, content: dict[str, Any], before: Version | None) -> Version:
    section = SECTIONS[stored.kind]
    changed = _differences(section.model, section.graphql_name, before.content if before else {}, content)
    return Version(
        stored.kind, stored.item_id, stored.version, stored.at, _what(content, before), content,
        tuple(dict.fromkeys(changed)),
    )  # fmt: skip


def _what(content: dict[str, Any], before: Version | None) -> ChangeKind:
    if entered_in_error(content):
        return ChangeKind.ITEM_MARKED_IN_ERROR
    return ChangeKind.ITEM_RECORDED if before is None else ChangeKind.ITEM_CORRECTED


def _differences(model: type[Content], path: str, before: Any, now: Any) -> Iterator[str]:
    """Paths of the facts whose value is not the same."""
    for member in declared_in(model):
        old, new = before.get(member.name), now.get(member.name)
        if old != new:
            yield from _different(member, f"{path}.{camel(member.name)}", old, new)


def _different(member: Member, path: str, old: Any, new: Any) -> Iterator[str]:
    content = member.shape.content
    olds, news = (old or [], new or []) if member.shape.many else ([old], [new])
    came_or_went = (old is None) != (new is None) or len(olds) != len(news)
    if isinstance(member.declared, Fact) and (content is None or came_or_went):
        yield path
    if content is not None:
        for one, other in zip_longest(olds, news):
            yield from _differences(content, path, one or {}, other or {})
