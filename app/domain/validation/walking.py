"""A walk through what is recorded in an item, beside its declaration."""

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from app.domain.card.declaration import Content, Member, declared_in
from app.domain.card.values import InSystem
from app.domain.code_systems import CodeSystem

Names = tuple[str | int, ...]


class Recorded(NamedTuple):
    """One value and where it stands, in Python names. A list is met entry by entry. `system`: that of a coded value."""

    names: Names
    member: Member
    value: Any
    system: CodeSystem | None

    @property
    def place(self) -> tuple[str, ...]:
        """The names without positions in lists: which fact it is."""
        return tuple(name for name in self.names if isinstance(name, str))


def recorded(model: type[Content], content: Any) -> list[Recorded]:
    """Every declared value that is there, before what it holds. What is not shaped as declared is not walked into."""
    found: list[Recorded] = []
    _walk(model, content, (), found)
    return found


def _walk(model: type[Content], content: Any, names: Names, found: list[Recorded]) -> None:
    if not isinstance(content, Mapping):
        return
    steps = _steps(model)
    for name, value in content.items():
        step = steps.get(name)
        if step is None or value is None:
            continue
        for place, entry in _entries(step.member, value, (*names, name)):
            if entry is not None:
                found.append(Recorded(place, step.member, entry, step.system))
                if step.inner is not None:
                    _walk(step.inner, entry, place, found)


class _Step(NamedTuple):
    """A declared member, with what is asked of it at every walk."""

    member: Member
    inner: type[Content] | None
    system: CodeSystem | None


@cache
def _steps(model: type[Content]) -> Mapping[str, _Step]:
    return {member.name: _Step(member, member.shape.content, _system(member)) for member in declared_in(model)}


def _system(member: Member) -> CodeSystem | None:
    return next((mark.system for mark in member.shape.metadata if isinstance(mark, InSystem)), None)


def _entries(member: Member, value: Any, names: Names) -> list[tuple[Names, Any]]:
    if not member.shape.many:
        return [(names, value)]
    return [((*names, index), entry) for index, entry in enumerate(value)] if isinstance(value, list) else []
