"""A walk through what is recorded in an item, beside its declaration."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.domain.card.declaration import Content, Member, declared_in
from app.domain.card.values import InSystem
from app.domain.code_systems import CodeSystem

Names = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Recorded:
    """One value and where it stands, in Python names. A list is met entry by entry."""

    names: Names
    member: Member
    value: Any

    @property
    def place(self) -> tuple[str, ...]:
        """The names without positions in lists: which fact it is."""
        return tuple(name for name in self.names if isinstance(name, str))

    @property
    def code_system(self) -> CodeSystem | None:
        return next((mark.system for mark in self.member.shape.metadata if isinstance(mark, InSystem)), None)


def recorded(model: type[Content], content: Any, names: Names = ()) -> Iterator[Recorded]:
    """Every declared value that is there, depth first. What is not shaped as declared is not walked into."""
    if not isinstance(content, Mapping):
        return
    for member in declared_in(model):
        for place, entry in _entries(member, content.get(member.name), (*names, member.name)):
            if entry is not None:
                yield Recorded(place, member, entry)
                if member.shape.content is not None:
                    yield from recorded(member.shape.content, entry, place)


def _entries(member: Member, value: Any, names: Names) -> list[tuple[Names, Any]]:
    if not member.shape.many:
        return [(names, value)]
    return [((*names, index), entry) for index, entry in enumerate(value)] if isinstance(value, list) else []
