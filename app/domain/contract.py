"""What the schema holds: all that any adopted policy gives.

So the schema changes when a policy comes with the gateway, and not at midnight when it comes into force; and then it
needs no restart. Whether a fact is given at this moment is the gate's business, by the policy in force.
"""

from collections.abc import Mapping
from functools import cache

from app.domain.dated_policies import shipped_policies
from app.domain.viewer import Role


@cache
def readers() -> Mapping[str, tuple[Role, ...]]:
    """By GraphQL path: the roles that can ever read the fact."""
    found: dict[str, set[Role]] = {}
    for policy in shipped_policies().adopted:
        for path, roles in policy.readers.items():
            found.setdefault(path, set()).update(roles)
    return {path: tuple(role for role in Role if role in roles) for path, roles in found.items()}


def writers_of(kind: str) -> frozenset[Role]:
    """The roles that can ever write a section."""
    return frozenset().union(*(policy.writers_of(kind) for policy in shipped_policies().adopted))


def stated_by(role: Role, kind: str) -> frozenset[str] | None:
    """The only facts of a section that a role may ever state; None: any, as far as it writes the section at all."""
    writings = [policy.writing(role, None) for policy in shipped_policies().adopted]
    stated = [writing.facts.get(kind) for writing in writings if kind in writing.sections]
    return frozenset().union(*stated) if stated and None not in stated else None  # type: ignore[arg-type]  # looked at
