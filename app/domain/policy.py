"""An access policy: role × purpose × fact, from its document and the facts' declared sensitivity.

The finite set of outcomes is a set of profiles. A profile says of every fact whether it is given, by which rule, and
carries for every section what to take out of a stored document before anybody sees it. Profiles are made once; nothing
is decided per value, save for the few facts whose value makes them more sensitive (`Escalation`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from typing import Any, Final

from app.domain.card.declaration import Content, Escalation, Fact, Sensitivity, camel, declared_in
from app.domain.card.provenance import PROVENANCE as PROVENANCE_SECTION
from app.domain.card.provenance import Provenance
from app.domain.card.sections import SECTIONS, facts_in, walk
from app.domain.described import DescribedEnum
from app.domain.labels import BADGE
from app.domain.policy_document import TOPIC, PolicyStatus, Writing, read_document
from app.domain.viewer import Purpose, Role, Viewer

PROVENANCE: Final = PROVENANCE_SECTION.kind


class Reason(DescribedEnum):
    """Why a fact is withheld. It depends on the caller's situation only, never on what is stored."""

    ROLE = "ROLE", "This role does not see such facts."
    PURPOSE = "PURPOSE", "Not for the purpose that was given."
    PATIENT_BLOCK = "PATIENT_BLOCK", "The woman has closed this to the caller."


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a fact is given, and by which rule."""

    allowed: bool
    rule: str
    reason: Reason | None = None


class Release:
    """What of a document (or a part of one) is given: the members that stay, and how each is cut down."""

    __slots__ = ("members", "partial", "whole")

    def __init__(self) -> None:
        self.members: dict[str, Release | None] = {}
        self.partial: dict[str, Escalation] = {}
        self.whole = True

    def apply(self, document: dict[str, Any], today: date) -> dict[str, Any]:
        """The document without what is not given. Shares untouched parts with the original."""
        if self.whole:
            return document
        return {
            name: self._member(name, inner, document[name], today)
            for name, inner in self.members.items()
            if name in document
        }

    def _member(self, name: str, inner: "Release | None", value: Any, today: date) -> Any:
        escalation = self.partial.get(name)
        if isinstance(value, list):
            entries = [entry for entry in value if not (escalation and escalation.applies(entry, today))]
            return [inner.apply(entry, today) for entry in entries] if inner else entries
        if escalation and value is not None and escalation.applies(value, today):
            return None
        return inner.apply(value, today) if inner and value is not None else value


@dataclass(frozen=True, slots=True)
class ProfileKey:
    """What a profile depends on. `earlier`: the card is of an earlier pregnancy."""

    role: Role
    purpose: Purpose | None
    own_unit: bool = False
    earlier: bool = False


@dataclass(frozen=True)
class Profile:
    """The policy's outcome for one kind of situation.

    decisions   by GraphQL path, one for every declared fact
    partial     by GraphQL path: facts given without their more sensitive values
    releases    by section kind, and for provenance
    """

    key: ProfileKey
    decisions: Mapping[str, Decision]
    partial: Mapping[str, Decision]
    releases: Mapping[str, Release]

    @cached_property
    def reads_anything(self) -> bool:
        return any(decision.allowed for decision in self.decisions.values())


class Policy:
    """One policy, whenever it is in force.

    document   what it was made of, whole
    said       the same, read
    """

    def __init__(self, document: Mapping[str, Any]) -> None:
        """Raises PolicyError for a document that does not say what it must."""
        self.document, self.said = document, read_document(document)
        self.name, self.legal_basis, self.valid_from = self.said.name, self.said.legal_basis, self.said.valid_from
        self.is_draft = self.said.status is PolicyStatus.DRAFT
        self.disclosure, self.roles = self.said.aggregates, self.said.roles
        self.enabled_roles = frozenset(role for role, entry in self.roles.items() if entry.enabled)
        self._profiles: dict[ProfileKey, Profile] = {}

    def profile(self, key: ProfileKey) -> Profile:
        """The profile of a situation. A role or purpose the policy does not name reads nothing."""
        if key not in self._profiles:
            self._profiles[key] = _Builder(self, key).build()
        return self._profiles[key]

    def purposes_of(self, role: Role) -> list[Purpose | None]:
        """The purposes a role may give, `[None]` for a role that gives none."""
        purposes = self.roles[role].purposes
        return [purpose for purpose in Purpose if purpose in purposes] or [None]

    def may_give_purpose(self, role: Role, purpose: Purpose | None) -> bool:
        return purpose in self.purposes_of(role)

    def writing(self, role: Role, unit_kind: str | None) -> Writing:
        """What a role writes at a kind of unit."""
        entry = self.roles[role]
        return self.said.writing[entry.writing_at.get(unit_kind or "", entry.writing)]

    def writers_of(self, kind: str) -> frozenset[Role]:
        """The roles that can ever write a section: those that write it somewhere and read all of it in some purpose."""
        return frozenset(
            role
            for role, entry in self.roles.items()
            if any(kind in self.said.writing[name].sections for name in (entry.writing, *entry.writing_at.values()))
            and any(profile.releases[kind].whole for profile in self._every_profile(role))
        )

    def may_elevate(self, viewer: Viewer) -> bool:
        """Whether somebody in this role, of this profession, can open what the woman has blocked (rule B-3)."""
        entry = self.roles.get(viewer.role)
        return entry is not None and entry.may_elevate and viewer.profession in self.said.elevation.professions

    @cached_property
    def readers(self) -> Mapping[str, tuple[Role, ...]]:
        """By GraphQL path: the roles that can ever read the fact, in any purpose, at any unit."""
        found: dict[str, list[Role]] = {}
        for role in Role:
            decisions = [each for profile in self._every_profile(role) for each in profile.decisions.items()]
            for path in {path for path, decision in decisions if decision.allowed}:
                found.setdefault(path, []).append(role)
        return {path: tuple(sorted(roles, key=list(Role).index)) for path, roles in found.items()}

    @cached_property
    def kinds_read(self) -> frozenset[str]:
        """The sections of which anybody ever reads anything."""
        names = {path.split(".", 1)[0] for path in self.readers}
        return frozenset(kind for kind, section in SECTIONS.items() if section.graphql_name in names)

    def _every_profile(self, role: Role) -> Iterator[Profile]:
        for purpose in self.purposes_of(role):
            for own_unit in (False, True):
                yield self.profile(ProfileKey(role, purpose, own_unit))

    def granted(self, key: ProfileKey, kind: str) -> tuple[frozenset[Sensitivity], frozenset[str]]:
        """The sensitivities and topics of a section that the matrix gives, before purpose and other rules."""
        role = self.roles.get(key.role)
        if role is None or not self.may_give_purpose(key.role, key.purpose):
            return frozenset(), frozenset()
        matrices = [role.matrix] + ([role.matrix_at_own_unit] if key.own_unit and role.matrix_at_own_unit else [])
        entries = [entry for name in matrices for entry in self.said.matrices[name].get(kind, ())]
        topics = frozenset(entry.removeprefix(TOPIC) for entry in entries if entry.startswith(TOPIC))
        return frozenset(self._levels(entries)), topics

    def _levels(self, entries: list[str]) -> Iterator[Sensitivity]:
        for entry in entries:
            if not entry.startswith(TOPIC):
                yield from self.said.levels[entry] if entry in self.said.levels else (Sensitivity(entry),)

    def withheld_by_purpose(self, purpose: Purpose | None) -> tuple[frozenset[Sensitivity], str]:
        """What a purpose takes away, and by which rule."""
        if purpose is None:
            return frozenset(), "no purpose"
        entry = self.said.purposes.get(purpose)
        if entry is None:
            return frozenset(Sensitivity), "purpose not named in the policy"
        return entry.withholds, entry.rule

    def sensitivity_on_earlier_card(self, sensitivity: Sensitivity) -> Sensitivity:
        return self.said.earlier_cards[sensitivity]


class _Builder:
    """Makes one profile by walking every declared fact once."""

    def __init__(self, policy: Policy, key: ProfileKey) -> None:
        self.policy, self.key = policy, key
        self.decisions: dict[str, Decision] = {}
        self.partial: dict[str, Decision] = {}
        self.taken_by_purpose, self.purpose_rule = policy.withheld_by_purpose(key.purpose)
        self.closed_for_earlier = key.earlier and not policy.roles[key.role].earlier_cards
        self.granted = {kind: policy.granted(key, kind) for kind in (*SECTIONS, PROVENANCE)}

    def build(self) -> Profile:
        models: dict[str, type[Content]] = {kind: section.model for kind, section in SECTIONS.items()}
        models[PROVENANCE] = Provenance
        releases = {kind: self._release(kind, model, camel(kind), None) for kind, model in models.items()}
        if releases[PROVENANCE].members:
            releases[PROVENANCE].members[BADGE] = None  # there for health personnel only
        for kind in SECTIONS:
            _add_provenance(releases[kind], releases[PROVENANCE])
        return Profile(self.key, self.decisions, self.partial, releases)

    def _release(self, kind: str, model: type[Content], path: str, above: Decision | None) -> Release:
        release = Release()
        decided = self._decide_members(kind, model, path, above)
        for member in declared_in(model):
            decision, member_path = decided.get(member.name), f"{path}.{camel(member.name)}"
            content = member.shape.content
            inner = self._release(kind, content, member_path, decision or above) if content else None
            escalation = self._partial(kind, member.declared, member_path, decision)
            if (decision is None or decision.allowed) and (inner is None or inner.members):
                release.members[member.name] = inner
                release.whole &= inner is None or inner.whole
            else:
                release.whole = False
            if escalation:
                release.partial[member.name], release.whole = escalation, False
        return release

    def _decide_members(
        self, kind: str, model: type[Content], path: str, above: Decision | None
    ) -> dict[str, Decision]:
        facts = {member.name: member.declared for member in declared_in(model) if isinstance(member.declared, Fact)}
        decided = {name: self._decide(kind, fact, above) for name, fact in facts.items()}
        for name, fact in facts.items():
            together = [decided[other] for other in facts if fact.bundle and facts[other].bundle == fact.bundle]
            refused = next((decision for decision in together if not decision.allowed), None)
            if refused and decided[name].allowed:
                rule = f"F-8: shown together with others or not at all; {refused.rule}"
                decided[name] = Decision(False, rule, refused.reason)
        self.decisions.update({f"{path}.{camel(name)}": decision for name, decision in decided.items()})
        return decided

    def _decide(self, kind: str, fact: Fact, above: Decision | None) -> Decision:
        if above is not None and not above.allowed:
            return above
        if self.closed_for_earlier:
            return Decision(False, f"F-9: {self.key.role} opens no earlier cards", Reason.ROLE)
        return self._decide_level(kind, fact.sensitivity, fact.topic)

    def _decide_level(self, kind: str, declared: Sensitivity, topic: str | None) -> Decision:
        levels, topics = self.granted[kind]
        sensitivity = self.policy.sensitivity_on_earlier_card(declared) if self.key.earlier else declared
        if sensitivity not in levels and topic not in topics:
            return Decision(False, f"{self.key.role} reads no {sensitivity} facts of {camel(kind)}", Reason.ROLE)
        if sensitivity in self.taken_by_purpose:
            return Decision(False, self.purpose_rule, Reason.PURPOSE)
        what = f"{sensitivity} facts" if sensitivity in levels else f"the topic {topic}"
        return Decision(True, f"{self.key.role} reads {what} of {camel(kind)}")

    def _partial(self, kind: str, declared: Any, path: str, decision: Decision | None) -> Escalation | None:
        escalation = declared.escalation if isinstance(declared, Fact) else None
        if escalation is None or decision is None or not decision.allowed:
            return None
        hidden = self._decide_level(kind, escalation.sensitivity, None)
        if hidden.allowed:
            return None
        self.partial[path] = Decision(False, f"{escalation.rule}: {escalation.meaning}; {hidden.rule}", hidden.reason)
        return escalation


def _add_provenance(release: Release, provenance: Release) -> None:
    """Every item carries its provenance; what of it is given is decided once for all sections."""
    if not release.members:
        release.whole = False
    elif provenance.members:
        release.members[PROVENANCE] = provenance
        release.whole &= provenance.whole
    else:
        release.whole = False


@cache
def declared_paths() -> frozenset[str]:
    """The GraphQL path of every declared fact, provenance included."""
    return frozenset(declared.graphql_path for declared in (*walk(), *facts_in(PROVENANCE_SECTION)))
