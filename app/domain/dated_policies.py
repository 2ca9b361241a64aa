"""Which policy is in force when. The policies stand in `app/domain/policies/`, one file each.

A policy is in force from midnight in Norway on its day, until another one is. So there is no gap but before the first.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, time
from functools import cache
from pathlib import Path
from typing import Any, Final

from app.domain.gate import OSLO
from app.domain.policy import Policy
from app.domain.policy_document import PolicyError, PolicyStatus, check_names

FOLDER: Final = Path(__file__).with_name("policies")
EXTENDS: Final = "extends"
ITS_OWN: Final = frozenset({"name", "status", "legal_basis", "valid_from"})
"""What every file says for itself, whatever it extends."""


class NoPolicyInForce(Exception):
    """It is before the day of the first policy: nobody may be given anything."""


class Policies:
    """The policies of an installation: which is in force when, and drafts, which never are."""

    def __init__(self, policies: Iterable[Policy], *, first_holds_before: bool = False) -> None:
        """`first_holds_before`: also before its day. Raises PolicyError unless it is clear which is in force when."""
        every = list(policies)
        self.named: Mapping[str, Policy] = {policy.name: policy for policy in every}
        self.adopted = sorted((policy for policy in every if not policy.is_draft), key=lambda one: one.valid_from)
        self._check(every)
        self._turns = [(begins_at(policy), policy) for policy in self.adopted]
        if first_holds_before:
            self._turns[0] = (datetime.min.replace(tzinfo=UTC), self.adopted[0])

    def _check(self, every: list[Policy]) -> None:
        if len(self.named) < len(every):
            raise PolicyError(f"two policies have one name: {_twice(policy.name for policy in every)}")
        if not self.adopted:
            raise PolicyError("there is no policy that was adopted")
        days = [str(policy.valid_from) for policy in self.adopted]
        if len(set(days)) < len(days):
            raise PolicyError(f"two policies begin on one day: {_twice(days)}")

    def at(self, now: datetime) -> Policy:
        """The policy in force. Raises NoPolicyInForce."""
        for begins, policy in reversed(self._turns):
            if begins <= now:
                return policy
        raise NoPolicyInForce(f"the first policy, {self.adopted[0].name}, begins on {self.adopted[0].valid_from}")

    def next_turn(self, now: datetime) -> datetime | None:
        """When the next policy comes into force, if one is to."""
        return next((begins for begins, _ in self._turns if begins > now), None)

    def find(self, name: str) -> Policy:
        """The policy of this name. Raises PolicyError."""
        if name not in self.named:
            raise PolicyError(f"no policy is called {name}; there are {', '.join(sorted(self.named))}")
        return self.named[name]


def begins_at(policy: Policy) -> datetime:
    """The instant from which a policy is in force, if it was adopted."""
    return datetime.combine(policy.valid_from, time.min, OSLO).astimezone(UTC)


def _twice(names: Iterable[str]) -> str:
    seen = list(names)
    return ", ".join(sorted({name for name in seen if seen.count(name) > 1}))


@cache
def shipped_policies(*, first_holds_before: bool = True) -> Policies:
    """The policies that come with the gateway. Raises PolicyError."""
    return Policies(_shipped(), first_holds_before=first_holds_before)


@cache
def _shipped() -> tuple[Policy, ...]:
    return tuple(read_policies(FOLDER))


def read_policies(folder: Path) -> Iterator[Policy]:
    """The policies of a folder, what they extend put in. Raises PolicyError."""
    files = {path.stem: _read(path) for path in sorted(folder.glob("*.toml"))}
    for name, document in files.items():
        if document.get("name") != name:
            raise PolicyError(f"{name}.toml holds a policy of another name, {document.get('name')}")
        policy = Policy(_whole(document, files))
        check_names(policy.said)
        yield policy


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise PolicyError(f"{path.name} is not TOML: {error}") from error


def _whole(document: Mapping[str, Any], files: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Any]:
    """A file with what it extends put in. That is whole and adopted, so nothing changes behind a policy's back."""
    name = document.get(EXTENDS)
    if name is None:
        return document
    base = files.get(name)
    if base is None or EXTENDS in base or base.get("status") != PolicyStatus.ADOPTED:
        raise PolicyError(f"policy {document['name']} extends {name}, which is no adopted policy that is whole itself")
    inherited = {key: value for key, value in base.items() if key not in ITS_OWN}
    return _laid_over(inherited, {key: value for key, value in document.items() if key != EXTENDS})


def _laid_over(below: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    """What is said over what was: table by table, all else as a whole."""
    tables = {key: _laid_over(below[key], value) for key, value in said.items() if _are_tables(below.get(key), value)}
    return {**below, **said, **tables}


def _are_tables(*values: object) -> bool:
    return all(isinstance(value, dict) for value in values)
