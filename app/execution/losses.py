"""What a document loses by the policy: who is refused, and who does not get which of its facts. No card is needed.

What the woman herself has closed is not counted here: any section may be closed to anybody, whatever is registered.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from graphql import OperationDefinitionNode, visit
from graphql.execution.values import VariableValues
from graphql.language import REMOVE, Visitor

from app.domain.gate import Withheld, section_withheld_by_policy, withheld_by_policy
from app.domain.ledger import CASELOAD
from app.domain.policy import Policy, Profile, ProfileKey
from app.domain.policy_document import Writing
from app.domain.viewer import CALLER_KIND_OF, CallerKind, Purpose, Role
from app.domain.write_gate import writing_in
from app.execution.documents import Document
from app.execution.plan import Plan, RootField, plan
from app.execution.released import EARLIER_CARDS
from resolvers.commands import COMMANDS, SECTION_WRITTEN
from resolvers.context import Places
from resolvers.views import view_for


@dataclass(frozen=True, slots=True)
class Situation:
    """Somebody who asks, as far as the policy tells people apart. `own_unit`: None where it makes no difference."""

    role: Role
    purpose: Purpose | None
    own_unit: bool | None


@dataclass(frozen=True, slots=True)
class Loss:
    """What one operation of a document loses in one situation.

    refused    response keys of the root fields that are not answered at all
    withheld   facts and sections that are not given, or not in full, with the response paths they were asked at
    in_part    the facts among them that are given without their more sensitive values
    closed     the sections among them of which nothing is given
    told       the document selects `withheld` wherever something is withheld
    """

    operation: str | None
    situation: Situation
    refused: tuple[str, ...]
    withheld: tuple[tuple[Withheld, Places], ...]
    in_part: frozenset[str]
    closed: frozenset[str]
    told: bool


@dataclass(frozen=True, slots=True)
class _ByPolicy:
    """Why things are withheld, by a profile alone."""

    profile: Profile

    def why_withheld(self, path: str) -> Withheld | None:
        return withheld_by_policy(self.profile, path)

    def why_section_withheld(self, name: str) -> Withheld | None:
        return section_withheld_by_policy(self.profile, name)


def losses(policy: Policy, documents: Mapping[CallerKind, Document]) -> Iterator[Loss]:
    """What a document loses for every role whose kind of caller it is valid for, for each purpose the role may give."""
    for kind, document in documents.items():
        plans = [] if document.errors else list(_plans(kind, document))
        for situation in _situations(policy, kind):
            for name, asked in plans:
                if situation.own_unit is not False or not _is_list(asked):
                    yield _loss(policy, situation, name, asked)


def _plans(kind: CallerKind, document: Document) -> Iterator[tuple[str | None, Plan]]:
    """Each operation by its name, with all that it can ask for: as if nothing were left out by @skip and @include."""
    assert document.tree is not None  # it is valid
    whole = visit(document.tree, _WithoutDirectives())
    for node in whole.definitions:
        if isinstance(node, OperationDefinitionNode):
            yield node.name.value if node.name else None, plan(view_for(kind).graphql, whole, node, NO_VARIABLES)


NO_VARIABLES: Final = VariableValues({}, {})


class _WithoutDirectives(Visitor):
    def enter_directive(self, *_: Any) -> Any:
        return REMOVE


def _situations(policy: Policy, kind: CallerKind) -> Iterator[Situation]:
    for role in (role for role, caller in CALLER_KIND_OF.items() if caller is kind):
        for purpose in policy.purposes_of(role):
            for own_unit in (True, False) if policy.roles[role].matrix_at_own_unit else (None,):
                yield Situation(role, purpose, own_unit)


def _is_list(asked: Plan) -> bool:
    """A unit's list holds cards of its own unit only."""
    return any(root.name == CASELOAD for root in asked.root_fields)


def _loss(policy: Policy, situation: Situation, name: str | None, asked: Plan) -> Loss:
    refused = tuple(root.response_key for root in asked.root_fields if not _is_answered(policy, situation, root))
    withheld: list[tuple[Withheld, Places]] = []
    in_part, closed, told = set(), set(), True
    for root in asked.root_fields:
        if root.response_key in asked.selection:
            selection, profile = asked.selection[root.response_key], _profile(policy, situation, root)
            lost = selection.withheld_by(_ByPolicy(profile))
            withheld += lost
            in_part |= profile.partial.keys() & {why.path for why, _ in lost}
            closed |= {section for section in selection.sections if section_withheld_by_policy(profile, section)}
            told &= selection.asks_withheld or not lost or root.response_key in refused
    return Loss(name, situation, refused, tuple(withheld), frozenset(in_part), frozenset(closed), told)


def _profile(policy: Policy, situation: Situation, root: RootField) -> Profile:
    professional = CALLER_KIND_OF[situation.role] not in (CallerKind.CITIZEN, CallerKind.REPRESENTATIVE)
    earlier = root.name == EARLIER_CARDS and professional
    return policy.profile(ProfileKey(situation.role, situation.purpose, bool(situation.own_unit), earlier))


def _is_answered(policy: Policy, situation: Situation, root: RootField) -> bool:
    """Whether a root field is ever answered in a situation: the rules its resolver goes by, read from the policy."""
    role, name, profile = policy.roles[situation.role], root.name, _profile(policy, situation, root)
    if name in COMMANDS:
        return profile.reads_anything and any(carries_out(name, one, profile) for one in _writings(policy, situation))
    rules = {
        "card": profile.reads_anything,
        "myCard": profile.reads_anything,
        "changesSince": profile.reads_anything,
        "cardChanged": profile.reads_anything,
        EARLIER_CARDS: profile.reads_anything and role.earlier_cards,
        CASELOAD: role.caseload,
        "cardStatus": role.status,
        "consent": role.consent != "NONE",
        "accessLog": role.access_log != "NONE",
        "elevateAccess": role.may_elevate,
    }
    return rules.get(name, True)


def _writings(policy: Policy, situation: Situation) -> Iterator[Writing]:
    """What is written in a situation, at one kind of unit or another."""
    for unit_kind in ("", *policy.roles[situation.role].writing_at):
        yield writing_in(policy, situation.role, situation.purpose, unit_kind)


def carries_out(command: str, writing: Writing, profile: Profile) -> bool:
    """Whether a command is ever carried out for whom this is read and written."""
    section = SECTION_WRITTEN.get(command)
    if section is None:
        return writing.opens if command == OPENS else writing.closes
    return section in writing.sections and profile.releases[section].whole


OPENS: Final = "openCard"
