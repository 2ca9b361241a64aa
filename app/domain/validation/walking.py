"""A walk through what is recorded in an item, beside its declaration."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.domain.card.declaration import Content, Fact, Member, declared_in
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
    def fact(self) -> Fact | None:
        declared = self.member.declared
        return declared if isinstance(declared, Fact) else None

    @property
    def place(self) -> tuple[str, ...]:
        """The names without positions in lists: which fact it is."""
        return tuple(name for name in self.names if isinstance(name, str))

    @property
    def code_system(self) -> CodeSystem | None:
        return next((mark.system for mark in self.member.shape.metadata if isinstance(mark, InSystem)), None)


def recorded(model: type[Content], content: Any, names: Names = ()) -> Iterator[Recorded]:
    """Every declared value that is there, depth first. What is not shaped as declared is met, and not walked into."""
    if not isinstance(content, Mapping):
        return
    for member in declared_in(model):
        value, path = content.get(member.name), (*names, member.name)
        if member.shape.many and isinstance(value, list | tuple):
            entries = [((*path, index), entry) for index, entry in enumerate(value)]
        else:
            entries = [(path, value)]
        for place, entry in entries:
            if entry is not None:
                yield Recorded(place, member, entry)
                if member.shape.content is not None:
                    yield from recorded(member.shape.content, entry, place)
