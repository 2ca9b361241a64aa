"""In what two policies differ: every role, purpose and fact of which one gives what the other does not."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Final, NamedTuple

from app.domain.card.sections import SECTIONS, facts_in
from app.domain.policy import Policy, Profile, ProfileKey
from app.domain.policy_document import Writing
from app.domain.viewer import CALLER_KIND_OF, CallerKind, Purpose, Role
from app.domain.write_gate import writing_in

READ: Final = "read"
WRITE: Final = "write"
NO: Final = "no"
YES: Final = "yes"
IN_PART: Final = "in part"
OWN_UNIT: Final = "at her own unit"
EARLIER: Final = "on an earlier card"

SWITCHES: Final = (
    "enabled", "status", "consent", "access_log", "earlier_cards", "erroneous_items", "caseload", "may_elevate",
)  # fmt: skip
"""What a policy says of a role apart from the facts."""


class Cell(NamedTuple):
    """Who reads or writes what, and why; `where` is empty unless the situation is a special one."""

    role: str
    purpose: str
    fact: str
    access: str
    where: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """What one policy says of something, and the other."""

    what: Cell | str
    before: str
    after: str


class _Situations(NamedTuple):
    """Which situations make a difference to a role, by one of the two policies at least."""

    own_unit: Collection[bool]
    unit_kinds: Collection[str]


def differences(before: Policy, after: Policy) -> list[Difference]:
    """Every cell that is another one, in the order of role, purpose and fact."""
    situations = {role: _situations(role, before, after) for role in Role}
    old, new = (dict(_cells(policy, situations)) for policy in (before, after))
    return [
        Difference(cell, old.get(cell, NO), new.get(cell, NO))
        for cell in sorted(old.keys() | new.keys())
        if old.get(cell) != new.get(cell)
    ]


def other_differences(before: Policy, after: Policy) -> list[Difference]:
    """What else is not the same, apart from name, day and legal basis."""
    old, new = dict(_terms(before)), dict(_terms(after))
    return [
        Difference(name, old.get(name, NO), new.get(name, NO))
        for name in sorted(old.keys() | new.keys())
        if old.get(name, NO) != new.get(name, NO)
    ]


def _situations(role: Role, *policies: Policy) -> _Situations:
    entries = [policy.roles[role] for policy in policies]
    has_own_unit = any(entry.matrix_at_own_unit for entry in entries)
    unit_kinds = {kind for entry in entries for kind in entry.writing_at}
    return _Situations((False, True) if has_own_unit else (False,), ("", *sorted(unit_kinds)))


def _cells(policy: Policy, situations: Mapping[Role, _Situations]) -> Iterator[tuple[Cell, str]]:
    """Everything that a policy gives."""
    for role in Role:
        for purpose in policy.purposes_of(role):
            for own_unit in situations[role].own_unit:
                profile = policy.profile(ProfileKey(role, purpose, own_unit))
                unit = OWN_UNIT if own_unit else ""
                yield from _read(profile, unit)
                for kind in situations[role].unit_kinds:
                    where = ", ".join(filter(None, (unit, f"at {kind}" if kind else "")))
                    yield from _written(profile, writing_in(policy, role, purpose, kind), where)
                if CALLER_KIND_OF[role] not in (CallerKind.CITIZEN, CallerKind.REPRESENTATIVE):
                    where = ", ".join(filter(None, (EARLIER, unit)))
                    yield from _read(policy.profile(ProfileKey(role, purpose, own_unit, earlier=True)), where)


def _cell(profile: Profile, fact: str, access: str, where: str) -> Cell:
    return Cell(profile.key.role.value, _name(profile.key.purpose), fact, access, where)


def _name(purpose: Purpose | None) -> str:
    return purpose.value if purpose else "-"


def _read(profile: Profile, where: str) -> Iterator[tuple[Cell, str]]:
    for path, decision in profile.decisions.items():
        if decision.allowed:
            yield _cell(profile, path, READ, where), IN_PART if path in profile.partial else YES


def _written(profile: Profile, writing: Writing, where: str) -> Iterator[tuple[Cell, str]]:
    for kind in writing.sections:
        only = writing.facts.get(kind)
        for declared in facts_in(SECTIONS[kind]) if profile.releases[kind].whole else ():
            if only is None or declared.path[0] in only:
                yield _cell(profile, declared.graphql_path, WRITE, where), YES


def _terms(policy: Policy) -> Iterator[tuple[str, str]]:
    for role, entry in policy.roles.items():
        yield from ((f"{role} {name}", _told(getattr(entry, name))) for name in SWITCHES)
        for kind in ("", *entry.writing_at):
            writing, where = policy.writing(role, kind), f" at {kind}" if kind else ""
            yield f"{role} opens cards{where}", _told(writing.opens)
            yield f"{role} closes cards{where}", _told(writing.closes)
    yield "elevation professions", ", ".join(sorted(policy.said.elevation.professions))
    yield from ((f"aggregates {name}", str(value)) for name, value in asdict(policy.disclosure).items())


def _told(value: bool | str) -> str:
    return value if isinstance(value, str) else YES if value else NO
