"""What response keys of a selection set stand for, so that everything drawn can be merged.

Stricter than the specification's rule (Field Selection Merging): members of a union share what is below a key.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from graphql import GraphQLObjectType


@dataclass(frozen=True, slots=True)
class Claim:
    """One field under a response key."""

    parent: Any
    name: str
    arguments: str
    type: str

    def fits(self, other: Claim) -> bool:
        is_either_or = self.parent is not other.parent and self._is_object and other._is_object
        if is_either_or:
            return self.type == other.type
        return (self.name, self.arguments) == (other.name, other.arguments)

    @property
    def _is_object(self) -> bool:
        return isinstance(self.parent, GraphQLObjectType)


@dataclass(slots=True)
class Key:
    """A response key: the fields under it, and what is selected below them."""

    claims: list[Claim] = field(default_factory=list)
    below: Scope = field(default_factory=lambda: Scope())


class Scope:
    """The response keys of one place of an answer."""

    def __init__(self) -> None:
        self.keys: dict[str, Key] = {}

    def allows(self, key: str, claim: Claim) -> bool:
        found = self.keys.get(key)
        return found is None or all(claim.fits(other) for other in found.claims)

    def claim(self, key: str, claim: Claim) -> Scope:
        """Note a field that `allows` has let in; gives the scope below it."""
        found = self.keys.setdefault(key, Key())
        if claim not in found.claims:
            found.claims.append(claim)
        return found.below

    def can_take(self, other: Scope) -> bool:
        """Whether a fragment with this scope may be spread here."""
        for key, theirs in other.keys.items():
            ours = self.keys.get(key)
            if ours and not (
                all(self.allows(key, claim) for claim in theirs.claims) and ours.below.can_take(theirs.below)
            ):
                return False
        return True

    def take(self, other: Scope) -> None:
        for key, theirs in other.keys.items():
            for claim in theirs.claims:
                self.claim(key, claim)
            self.keys[key].below.take(theirs.below)
