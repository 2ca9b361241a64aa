"""A policy that is tried beside the one in force: each operation is decided by it too, and nothing comes of it.

What both give of what is asked is compared and counted by role and purpose, so that before a policy is adopted it is
known for whom it would change something. Only decisions are compared; no value of a card is looked at.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from app.domain.card.declaration import camel
from app.domain.errors import RecordRefusal
from app.domain.gate import Grant, open_record
from app.domain.ledger import CASELOAD
from app.domain.policy import Policy, Profile, ProfileKey
from app.domain.viewer import CallerKind, Viewer
from app.domain.write_gate import writing_of
from app.execution.losses import carries_out
from app.execution.plan import RootField
from app.execution.released import EARLIER_CARDS
from app.observability import SHADOW, log
from resolvers.commands import COMMANDS, SECTION_WRITTEN

if TYPE_CHECKING:
    from app.execution.operation import Operation

Given = tuple[str, ...]
"""Something that a policy gives: by response key, the answer itself, or a fact in it."""

NO_PURPOSE: Final = "none"
GATED: Final = frozenset({"card", "myCard", EARLIER_CARDS, "changesSince", "cardChanged"})
"""The root fields that are answered when the gate opens her card."""

SWITCHES: Final[Mapping[str, Callable[[Policy, Viewer], bool | str]]] = {
    "cardStatus": lambda policy, viewer: policy.roles[viewer.role].status,
    "consent": lambda policy, viewer: policy.roles[viewer.role].consent,
    "accessLog": lambda policy, viewer: policy.roles[viewer.role].access_log,
    "elevateAccess": lambda policy, viewer: policy.may_elevate(viewer),
    CASELOAD: lambda policy, viewer: policy.roles[viewer.role].caseload,
}
"""By root field, what a policy says of it apart from the facts."""

CLOSED: Final = (False, "NONE")


class Shadow:
    """Decides operations by another policy, and counts."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy

    def decide(self, operation: "Operation") -> None:
        """Decide an operation that has been answered. Never raises: whatever happens here, the answer stands."""
        viewer = operation.viewer
        try:
            gives = _compared(given(operation, operation.policy), given(operation, self.policy))
        except Exception as error:
            log.error("shadow_failed", kind=type(error).__name__)
            gives = "failed"
        SHADOW.labels(viewer.role.value, viewer.purpose.value if viewer.purpose else NO_PURPOSE, gives).inc()


def _compared(now: frozenset[Given], then: frozenset[Given]) -> str:
    if now == then:
        return "same"
    if then < now:
        return "less"
    return "more" if now < then else "other"


def given(operation: "Operation", policy: Policy) -> frozenset[Given]:
    """All that a policy gives of what an operation asks for."""
    if operation.viewer.role not in operation.services.enabled_roles(policy):
        return frozenset()
    return frozenset(one for root in operation.plan.root_fields for one in _of_root(operation, policy, root))


def _of_root(operation: "Operation", policy: Policy, root: RootField) -> Iterator[Given]:
    key = root.response_key
    if root.name in SWITCHES:
        said = SWITCHES[root.name](policy, operation.viewer)
        if said in CLOSED:
            return
        yield key, str(said)
    if root.name == CASELOAD:
        yield from _facts(operation, key, _profile(operation, policy, own_unit=True))
    elif root.name in COMMANDS:
        yield from _written(operation, policy, root)
    elif root.name in GATED or key in operation.plan.selection:
        yield from _shown(operation, policy, root)


def _profile(operation: "Operation", policy: Policy, *, own_unit: bool) -> Profile:
    return policy.profile(ProfileKey(operation.viewer.role, operation.viewer.purpose, own_unit))


def _facts(operation: "Operation", key: str, profile: Profile, grant: Grant | None = None) -> Iterator[Given]:
    """The facts selected that are given, and of those that are given in full, that they are."""
    selection = operation.plan.selection.get(key)
    for path in (*selection.fact_paths, *selection.past_paths, *selection.looked_at) if selection else ():
        if grant.gives(path) if grant else profile.decisions[path].allowed:
            yield key, path
            if path not in profile.partial:
                yield key, path, "in full"


def _shown(operation: "Operation", policy: Policy, root: RootField) -> Iterator[Given]:
    """What the gate opens of the woman who was looked up, her blocks and their elevations included."""
    role, viewer = policy.roles[operation.viewer.role], operation.viewer
    earlier = root.name == EARLIER_CARDS
    try:
        number = operation.context.number
        grant = open_record(viewer, number, operation.found, policy, operation.now, needs_active_card=False)
    except RecordRefusal:
        return
    if earlier and not role.earlier_cards:
        return
    if earlier and viewer.kind not in (CallerKind.CITIZEN, CallerKind.REPRESENTATIVE):
        grant = replace(grant, profile=policy.profile(replace(grant.profile.key, earlier=True)))
    yield (root.response_key,)
    if grant.erroneous_items and root.is_card:
        yield root.response_key, "erroneous items"
    yield from _facts(operation, root.response_key, grant.profile, grant)


def _written(operation: "Operation", policy: Policy, root: RootField) -> Iterator[Given]:
    """What may be written of what is stated, and what is shown of it afterwards."""
    opened, key = operation.context.command_grant, root.response_key
    profile = _profile(operation, policy, own_unit=opened is not None and opened.profile.key.own_unit)
    writing = writing_of(operation.viewer, policy)
    if not profile.reads_anything or not carries_out(root.name, writing, profile):
        return
    yield (key,)
    only = writing.facts.get(SECTION_WRITTEN.get(root.name, ""))
    names = None if only is None else set(map(camel, only))
    yield from ((key, "states", name) for name in _stated(operation) if names is None or name in names)
    yield from _facts(operation, key, profile)


def _stated(operation: "Operation") -> Iterator[str]:
    """The names of the facts that a command states; what it says of them is not looked at."""
    arguments: dict[str, Any]
    for arguments in operation.plan.given(operation.variables):
        for value in arguments.values():
            if isinstance(value, dict):
                yield from value
