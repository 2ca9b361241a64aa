"""The one door to a card. It decides in a fixed order, and what it cannot decide it refuses.

`open_record` returns a Grant or raises a RecordRefusal. A Grant can be made nowhere else, and a card's sections can be
opened with nothing else, so code that shows a card has passed here.

The order matters. A person's status comes before her consent, so that a woman who lives at a confidential address
cannot be told from one without a card.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from app.domain.card.sections import SECTION_NAMED, SECTIONS
from app.domain.consent import NO_CONSENT, Consent, ConsentState
from app.domain.described import DescribedEnum
from app.domain.elevations import ElevatedAccess
from app.domain.errors import RecordRefusal
from app.domain.labels import LabelledCard, Labels
from app.domain.ordering import reordering
from app.domain.policy import PROVENANCE, Decision, Policy, Profile, ProfileKey, Reason
from app.domain.record import Block, BlockTarget, Found, FoundCard, PatientFile, Protection
from app.domain.representing import representation_invalid
from app.domain.viewer import CallerKind, Viewer

_PASSED_THE_GATE: Final = object()

NOBODY: Final = ""
"""In the place of a patient's id or number, where a decision is about nobody in particular."""

OSLO: Final = ZoneInfo("Europe/Oslo")
"""Civil dates on the card are Norwegian dates."""


class Elevation(DescribedEnum):
    """Whether what the woman has blocked can be opened by this caller, and how (Volven 9199)."""

    NOT_POSSIBLE = "NOT_POSSIBLE", "It cannot be opened."
    WITH_PATIENT_CONSENT = "WITH_PATIENT_CONSENT", "It can be opened when she agrees now."
    WITH_REASON = "WITH_REASON", "It can be opened with a recorded reason in an emergency."


ELEVATION_BY_OVERRIDE_CODE: Final = {"3": Elevation.WITH_PATIENT_CONSENT, "5": Elevation.WITH_REASON}


def elevation_for(block: Block) -> Elevation:
    return ELEVATION_BY_OVERRIDE_CODE.get(block.override_code, Elevation.NOT_POSSIBLE)


@dataclass(frozen=True, slots=True)
class Withheld:
    """A fact that was asked for and is not given."""

    path: str
    reason: Reason
    rule: str
    elevation: Elevation


@dataclass(frozen=True, slots=True)
class Grant:
    """Proof that the gate let this viewer open this card, and how far.

    blocked   sections the woman closed to this viewer, with the block that does it
    elevated  what opened a block of hers that would have kept this viewer out; with it she reads and does not write
    labelled  withholding labels on the card's facts; None for nearly every card
    """

    viewer: Viewer
    patient_id: str
    record_id: str | None
    profile: Profile
    blocked: dict[str, Block]
    today: date
    erroneous_items: bool
    _proof: object = field(repr=False)
    elevated: ElevatedAccess | None = None
    labelled: LabelledCard | None = None

    def __post_init__(self) -> None:
        if self._proof is not _PASSED_THE_GATE:
            raise PermissionError("only the gate makes grants")

    def release(self, kind: str, document: Any) -> Any:
        """A section's document with everything taken out that this grant does not cover; None when nothing is left."""
        release = self.profile.releases[kind]
        if kind in self.blocked or not release.members:
            return None
        if self.labelled is not None:
            document = self.labelled.document(kind, document)
        if SECTIONS[kind].repeated:
            items = document if self.erroneous_items else [item for item in document if not entered_in_error(item)]
            if release.whole:
                return items
            reordered = reordering(SECTIONS[kind], release)
            return [release.apply(item, self.today) for item in (reordered(items, self.today) if reordered else items)]
        return None if entered_in_error(document) else release.apply(document, self.today)

    def release_item(self, kind: str, item: dict[str, Any]) -> dict[str, Any] | None:
        """One item of a section, cut down likewise; None when nothing of it is given."""
        return None if entered_in_error(item) and not self.erroneous_items else self.release_version(kind, item)

    def release_version(self, kind: str, document: dict[str, Any]) -> dict[str, Any] | None:
        """One version of an item, cut down likewise, whether it was entered in error or not."""
        release = self.profile.releases[kind]
        if kind in self.blocked or not release.members:
            return None
        return release.apply(self.labelled.item(kind, document) if self.labelled else document, self.today)

    def unlabelled(self, documents: dict[str, Any]) -> dict[str, Any]:
        """A card's documents as they are stored, without the values that their labels hide from this viewer."""
        return self.labelled.documents(documents) if self.labelled else documents

    def gives(self, path: str) -> bool:
        """Whether a fact is given, whatever is stored."""
        return self._block_over(path) is None and self.profile.decisions.get(path, _UNDECLARED).allowed

    def why_withheld(self, path: str) -> Withheld | None:
        """Why a fact is not given, or not in full; None when it is. Says the same whatever is stored.

        A section closed with override code 1 is not named at all: only its number is told (`withheld_by_patient`).
        """
        block = self._block_over(path)
        if block is not None:
            elevation = elevation_for(block)
            named = elevation is not Elevation.NOT_POSSIBLE
            return Withheld(path, Reason.PATIENT_BLOCK, "the woman's own block", elevation) if named else None
        return withheld_by_policy(self.profile, path)

    def why_section_withheld(self, name: str) -> Withheld | None:
        """Why a section is closed as a whole; None when anything of it is given, or only its number may be told."""
        kind = SECTION_NAMED[name].kind
        return self.why_withheld(name) if kind in self.blocked else section_withheld_by_policy(self.profile, name)

    def reads_whole(self, kind: str) -> bool:
        """Whether nothing of a section is taken out for this viewer."""
        hides = self.labelled is not None and self.labelled.hides_of(kind)
        return kind not in self.blocked and self.profile.releases[kind].whole and not hides

    @property
    def tells_how_it_ended(self) -> bool:
        """Whether the card's status may be told: that an earlier pregnancy ended without a birth is as intimate as the
        outcome that would say so (rule F-5). The active card has not ended."""
        return not self.profile.key.earlier or self.reads_whole(OUTCOME)

    def _block_over(self, path: str) -> Block | None:
        section = SECTION_NAMED.get(path.split(".", 1)[0])
        return self.blocked.get(section.kind) if section else None

    @property
    def withheld_by_patient(self) -> int:
        """How many sections the woman has closed to this viewer, and single values of the others."""
        return len(self.blocked) + (self.labelled.closed_facts(self.blocked) if self.labelled else 0)

    @property
    def withholds_unnamed(self) -> bool:
        """Whether she has closed to this viewer what is told by its number alone. The ledger says so of every look:
        were it said only of those that asked for it, the viewer's own log would tell what it is."""
        never = any(elevation_for(block) is Elevation.NOT_POSSIBLE for block in self.blocked.values())
        return never or (self.labelled is not None and self.labelled.closed_facts(self.blocked) > 0)

    def for_earlier_card(self, card: FoundCard, policy: Policy) -> "Grant":
        """The same viewer's grant for an earlier pregnancy's card: one level stricter (rule F-9)."""
        key = self.profile.key
        profile = policy.profile(ProfileKey(key.role, key.purpose, key.own_unit, earlier=_is_professional(self.viewer)))
        labelled = _labelled(self.viewer, card.head.labels, elevated=self.elevated is not None)
        return replace(self, record_id=card.head.record_id, profile=profile, labelled=labelled)


OUTCOME: Final = "birth_outcome"
_UNDECLARED: Final = Decision(False, "not declared", Reason.ROLE)


def withheld_by_policy(profile: Profile, path: str) -> Withheld | None:
    """Why the policy alone does not give a fact, or not in full; None when it does."""
    decision = profile.decisions.get(path, _UNDECLARED)
    if decision.allowed:
        decision = profile.partial.get(path, decision)
    if decision.allowed:
        return None
    return Withheld(path, decision.reason or Reason.ROLE, decision.rule, Elevation.NOT_POSSIBLE)


def section_withheld_by_policy(profile: Profile, name: str) -> Withheld | None:
    """Why the policy alone closes a section as a whole; None when it gives anything of it."""
    if profile.releases[SECTION_NAMED[name].kind].members:
        return None
    reasons = {made.reason for path, made in profile.decisions.items() if path.startswith(f"{name}.")}
    reason = Reason.PURPOSE if Reason.PURPOSE in reasons else Reason.ROLE
    return Withheld(name, reason, f"{profile.key.role} reads nothing of {name}", Elevation.NOT_POSSIBLE)


def entered_in_error(item: Mapping[str, Any]) -> bool:
    """Whether an item of a document was registered by mistake."""
    provenance = item.get(PROVENANCE)
    return provenance is not None and bool(provenance.get("entered_in_error"))


def _is_professional(viewer: Viewer) -> bool:
    return viewer.kind not in (CallerKind.CITIZEN, CallerKind.REPRESENTATIVE)


def open_patient(viewer: Viewer, patient_number: str, found: Found | None) -> PatientFile:
    """The gate's part that concerns the person: representation, self-access, person status, consent."""
    if viewer.kind is CallerKind.REPRESENTATIVE and (found is None or found.represented is None):
        raise representation_invalid()
    if _is_professional(viewer) and viewer.national_identity_number == patient_number:
        raise RecordRefusal(
            "SELF_ACCESS_THROUGH_PROFESSIONAL_ROLE",
            "Your own card is opened on Helsenorge, not in a professional role.",
        )
    if (cause := hidden_because(found)) is not None:
        raise not_available(cause)
    if found is None or not found.patient.consent.given:
        raise RecordRefusal("CONSENT_MISSING", "There is no consent to the digital card.")
    return found.patient


def hidden_because(found: Found | None) -> str | None:
    """Why her person status hides every card of hers, for the ledger; None when it does not."""
    if found is not None and found.patient.protection.hides_the_card:
        return "CONFIDENTIAL_ADDRESS"
    return "DECEASED" if found is not None and found.patient.deceased_on is not None else None


def as_without_card(found: Found | None) -> Found | None:
    """The person as far as anybody may tell: who is hidden by her person status is like one who gave consent and has
    no card. What is then asked of the store about her, it is asked, and finds nothing."""
    if patient_may_have_card(found):
        return found
    return Found(PatientFile(NOBODY, Protection.UNCLASSIFIED, None, Consent(ConsentState.ACTIVE, None), ()), None)


def patient_may_have_card(found: Found | None) -> bool:
    """Whether her person status lets a card exist at all."""
    return found is None or not found.patient.is_hidden


def shown_consent(found: Found | None) -> Consent:
    """Consent as it is told. A woman who may have no card looks like one with consent and without a card, here as in
    `open_patient`, so that the two answers together do not give her away."""
    if not patient_may_have_card(found):
        return Consent(ConsentState.ACTIVE, None)
    return found.patient.consent if found else NO_CONSENT


def shown_card(found: Found | None) -> FoundCard | None:
    """The active card as far as its existence may be told."""
    told = found is not None and patient_may_have_card(found) and found.patient.consent.given
    return found.card if found is not None and told else None


def open_record(
    viewer: Viewer,
    patient_number: str,
    found: Found | None,
    policy: Policy,
    now: datetime,
    *,
    needs_active_card: bool = True,
) -> Grant:
    """Decide whether this viewer may open this woman's card, and how far.

    Raises RecordRefusal: SELF_ACCESS_THROUGH_PROFESSIONAL_ROLE, RECORD_NOT_AVAILABLE, CONSENT_MISSING,
    ACCESS_BLOCKED_BY_PATIENT, SECTION_FORBIDDEN.
    """
    patient = open_patient(viewer, patient_number, found)
    card = found.card if found else None
    if card is None and needs_active_card:
        raise not_available("NO_ACTIVE_CARD")
    return _granted(viewer, patient, card, policy, now, at_own_unit=own_unit(viewer, found))


def open_listed(viewer: Viewer, person: PatientFile, policy: Policy, now: datetime, *, is_own: bool) -> Grant | None:
    """Decide once about all cards of the list of the viewer's own unit whose women have this in common; None for the
    gate's no, whatever the reason. Who they are the grant does not say.

    An elevation opens what she has blocked in an emergency, on her card. A list is none: there her blocks hold.
    """
    alike = replace(person, patient_id=NOBODY, elevations=())
    number = viewer.national_identity_number if is_own else None
    try:
        open_patient(viewer, number or NOBODY, Found(alike, None))
        return _granted(viewer, alike, None, policy, now, at_own_unit=True)
    except RecordRefusal:
        return None


def _granted(
    viewer: Viewer, patient: PatientFile, card: FoundCard | None, policy: Policy, now: datetime, *, at_own_unit: bool
) -> Grant:
    """The gate's part that concerns the card: her blocks, and what the policy gives."""
    standing, elevated = standing_blocks(patient, viewer, policy, now)
    blocked = _strictest(standing)
    if None in blocked:
        elevation = elevation_for(blocked[None]).value
        raise RecordRefusal("ACCESS_BLOCKED_BY_PATIENT", "The woman has blocked access.", elevation=elevation)
    profile = policy.profile(ProfileKey(viewer.role, viewer.purpose, at_own_unit))
    if not profile.reads_anything:
        raise RecordRefusal("SECTION_FORBIDDEN", "This role opens no card.")
    labelled = None
    if card is not None and card.head.labels:
        elevated = elevated or opening_labels(card.head.labels, patient, viewer, policy, now)
        labelled = _labelled(viewer, card.head.labels, elevated=elevated is not None)
    return Grant(
        viewer, patient.patient_id, card.head.record_id if card else None, profile,
        {section: block for section, block in blocked.items() if section}, now.astimezone(OSLO).date(),
        policy.roles[viewer.role].erroneous_items, _PASSED_THE_GATE, elevated, labelled,
    )  # fmt: skip


def _labelled(viewer: Viewer, labels: Labels, *, elevated: bool) -> LabelledCard | None:
    return LabelledCard(labels, viewer.kind, elevated=elevated) if labels else None


def own_unit(viewer: Viewer, found: Found | None) -> bool:
    """Whether the viewer works at a unit that follows the active card."""
    card = found.card if found else None
    return card is not None and viewer.unit is not None and viewer.unit.number in card.head.care_units


def not_available(cause: str) -> RecordRefusal:
    """The one answer for every card that is not there or may not be known of. The cause is for the ledger."""
    return RecordRefusal("RECORD_NOT_AVAILABLE", "No digital card is available. Use the paper card.", reason=cause)


def _strictest(blocks: Collection[Block]) -> dict[str | None, Block]:
    """By section (None: the whole card), of several blocks the one that is hardest to open."""
    if not blocks:
        return {}
    by_ease = sorted(blocks, key=lambda block: list(Elevation).index(elevation_for(block)), reverse=True)
    return {block.section: block for block in by_ease}


def standing_blocks(
    patient: PatientFile, viewer: Viewer, policy: Policy, now: datetime
) -> tuple[list[Block], ElevatedAccess | None]:
    """The blocks that keep this viewer out, and the elevation that opened others; None where none had to be opened."""
    if not patient.blocks:
        return [], None
    blocks = [block for block in patient.blocks if _keeps_out(block, viewer, now)]
    elevated = _elevation_in_force(patient, viewer, policy, now)
    left = [block for block in blocks if elevated is None or not elevated.opens(block.override_code)]
    return left, elevated if len(left) < len(blocks) else None


def opening_labels(
    labels: Labels, patient: PatientFile, viewer: Viewer, policy: Policy, now: datetime
) -> ElevatedAccess | None:
    """The elevation that opens values which their labels close to this viewer; None where none does, or is needed."""
    closes = LabelledCard(labels, viewer.kind, elevated=False).closed_facts() > 0
    return _elevation_in_force(patient, viewer, policy, now) if closes else None


def _elevation_in_force(patient: PatientFile, viewer: Viewer, policy: Policy, now: datetime) -> ElevatedAccess | None:
    in_force = [one for one in patient.elevations if policy.may_elevate(viewer) and one.serves(viewer, now)]
    return max(in_force, key=lambda one: one.ends_at, default=None)


def _keeps_out(block: Block, viewer: Viewer, now: datetime) -> bool:
    # Since when is not asked. She has placed it, so it holds, also by a clock that is behind the one it was placed by.
    in_force = block.ends_at is None or now < block.ends_at
    return in_force and _is_professional(viewer) and _targets(block, viewer)


def _targets(block: Block, viewer: Viewer) -> bool:
    if block.target is BlockTarget.ALL:
        return True
    if block.target is BlockTarget.PERSON:
        return block.target_id is not None and block.target_id == viewer.hpr_number
    if block.target is BlockTarget.PROFESSION:
        return block.target_id is not None and block.target_id == viewer.profession
    unit = viewer.unit
    if unit is None:
        return True
    return block.target_id == unit.number or (block.include_subunits and block.target_id == unit.parent_number)
