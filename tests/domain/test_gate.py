"""The gate: each refusal once, in its place in the order."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from app.domain.consent import NO_CONSENT, Consent, ConsentState
from app.domain.errors import RecordRefusal
from app.domain.gate import Elevation, Grant, open_record, shown_card, shown_consent
from app.domain.policy import Reason
from app.domain.record import (
    Block,
    BlockTarget,
    Found,
    FoundCard,
    PatientFile,
    Protection,
    RecordHead,
    RecordStatus,
    SealedSections,
)
from app.domain.viewer import Organisation, Purpose, Role, Viewer
from tests.policies import PILOT

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
WOMAN, DOCTOR = "15839430008", "01815000071"
OFFICE = Organisation("310990000", "Testby legesenter", "GP_OFFICE", "310990001")
GP = Viewer(
    role=Role.GP, national_identity_number=DOCTOR, hpr_number="999900018", profession="LE", unit=OFFICE,
    purpose=Purpose.TREAT, client_id="test", expires_at=datetime(2100, 1, 1, tzinfo=UTC), token_id="t",
)  # fmt: skip
HERSELF = Viewer(
    role=Role.CITIZEN,
    national_identity_number=WOMAN,
    subject_number=WOMAN,
    client_id="test",
    expires_at=datetime(2100, 1, 1, tzinfo=UTC),
    token_id="t",
)
GIVEN = Consent(ConsentState.ACTIVE, NOW)
PERSON = PatientFile("patient", Protection.UNCLASSIFIED, None, GIVEN, ())
HEAD = RecordHead("record", RecordStatus.ACTIVE, 1, NOW, None, NOW, frozenset())
CARD = FoundCard(HEAD, SealedSections('{"medical_conditions": {"mental_health_condition": true}}'))


def block(**changes: object) -> Block:
    made = Block("b", None, BlockTarget.PERSON, "999900018", True, "5", NOW - timedelta(days=1), None)
    return replace(made, **changes)  # type: ignore[arg-type]


def open_(viewer: Viewer = GP, patient: PatientFile = PERSON, card: FoundCard | None = CARD) -> Grant:
    return open_record(viewer, WOMAN, Found(patient, card), PILOT, NOW)


def refusal(**given: object) -> RecordRefusal:
    with pytest.raises(RecordRefusal) as caught:
        open_(**given)  # type: ignore[arg-type]
    return caught.value


def test_a_grant_is_made_by_the_gate_alone() -> None:
    """Nobody else can construct one."""
    grant = open_()
    with pytest.raises(PermissionError):
        Grant(grant.viewer, "p", "r", grant.profile, {}, date(2026, 1, 1), False, object())


def test_her_gp_opens_the_card() -> None:
    """Consent, an active card, no block: yes."""
    assert CARD.sections.open(open_()) == {"medical_conditions": {"mental_health_condition": True}}


def test_a_clinician_does_not_open_her_own_card_at_work() -> None:
    """Her own card is opened on Helsenorge."""
    assert refusal(viewer=replace(GP, national_identity_number=WOMAN)).code == "SELF_ACCESS_THROUGH_PROFESSIONAL_ROLE"


@pytest.mark.parametrize("protection", [Protection.CONFIDENTIAL, Protection.STRICTLY_CONFIDENTIAL])
@pytest.mark.parametrize("viewer", [GP, HERSELF], ids=["gp", "herself"])
@pytest.mark.parametrize("consent", [GIVEN, NO_CONSENT], ids=["consent", "no-consent"])
def test_a_protected_woman_looks_like_one_without_a_card(
    protection: Protection, viewer: Viewer, consent: Consent
) -> None:
    """Person status comes before consent; code, message and extensions are those of a woman with no card."""
    hidden = refusal(viewer=viewer, patient=replace(PERSON, protection=protection, consent=consent))
    without = refusal(viewer=viewer, card=None)
    assert (hidden.code, hidden.message, hidden.extensions) == (without.code, without.message, without.extensions)
    assert hidden.reason == "CONFIDENTIAL_ADDRESS"


def test_status_and_consent_do_not_give_her_away_either() -> None:
    """What is told beside the card is that of a woman with consent and no card."""
    found = Found(replace(PERSON, protection=Protection.CONFIDENTIAL), CARD)
    assert shown_card(found) is None
    assert shown_consent(found).given


def test_a_dead_womans_card_is_not_available() -> None:
    """Reading stops when she has died."""
    assert refusal(patient=replace(PERSON, deceased_on=date(2026, 11, 1))).code == "RECORD_NOT_AVAILABLE"


@pytest.mark.parametrize("consent", [NO_CONSENT, Consent(ConsentState.WITHDRAWN, NOW)], ids=["never", "withdrawn"])
def test_without_consent_there_is_nothing(consent: Consent) -> None:
    """Never given and withdrawn get the same answer."""
    said = refusal(patient=replace(PERSON, consent=consent))
    assert (said.code, said.reason, said.extensions) == ("CONSENT_MISSING", "CONSENT_MISSING", {})


def test_an_unknown_person_has_not_consented() -> None:
    """Somebody who is not in the store is answered like somebody who never consented."""
    with pytest.raises(RecordRefusal) as caught:
        open_record(GP, WOMAN, None, PILOT, NOW)
    assert caught.value.code == "CONSENT_MISSING"


def test_her_block_keeps_a_person_out() -> None:
    """A card-wide block is a refusal that says whether it can be opened, and nothing else."""
    said = refusal(patient=replace(PERSON, blocks=(block(),)))
    assert said.code == "ACCESS_BLOCKED_BY_PATIENT"
    assert said.extensions == {"elevation": Elevation.WITH_REASON}


@pytest.mark.parametrize(
    ("changes", "kept_out"),
    [
        ({"target_id": "999900099"}, False),
        ({"target": BlockTarget.ORGANISATION, "target_id": "310990000"}, True),
        ({"target": BlockTarget.ORGANISATION, "target_id": "310990001"}, True),
        ({"target": BlockTarget.ORGANISATION, "target_id": "310990001", "include_subunits": False}, False),
        ({"target": BlockTarget.ORGANISATION, "target_id": "310990002"}, False),
        ({"target": BlockTarget.PROFESSION, "target_id": "LE"}, True),
        ({"target": BlockTarget.PROFESSION, "target_id": "JO"}, False),
        ({"target": BlockTarget.ALL, "target_id": None}, True),
        ({"ends_at": NOW}, False),
        ({"starts_at": NOW + timedelta(seconds=1)}, True),
    ],
)
def test_a_block_keeps_out_whom_it_names_while_it_lasts(changes: dict[str, object], kept_out: bool) -> None:
    """A legal entity covers its units, a unit not its siblings; not after it ends, but before a clock that is behind says
    that it begins."""
    patient = replace(PERSON, blocks=(block(**changes),))
    if kept_out:
        assert refusal(patient=patient).code == "ACCESS_BLOCKED_BY_PATIENT"
    else:
        assert open_(patient=patient)


def test_a_block_never_keeps_herself_out() -> None:
    """Her own blocks are for others."""
    assert open_(viewer=HERSELF, patient=replace(PERSON, blocks=(block(target=BlockTarget.ALL),)))


def test_a_blocked_section_is_closed_and_the_rest_is_open() -> None:
    """The section's document is gone; the reason names her block and how it can be opened."""
    closed = block(section="medical_conditions", target=BlockTarget.ALL)
    grant = open_(patient=replace(PERSON, blocks=(closed,)))
    assert CARD.sections.open(grant) == {"medical_conditions": None}
    why = grant.why_withheld("medicalConditions.diabetes")
    assert why is not None
    assert (why.reason, why.elevation) == (Reason.PATIENT_BLOCK, Elevation.WITH_REASON)
    assert grant.why_withheld("mother.name") is None


def test_what_only_she_can_open_is_counted_and_not_named() -> None:
    """Override code 1: no path, just the number."""
    closed = block(section="medical_conditions", target=BlockTarget.ALL, override_code="1")
    grant = open_(patient=replace(PERSON, blocks=(closed,)))
    assert CARD.sections.open(grant) == {"medical_conditions": None}
    assert grant.why_withheld("medicalConditions.diabetes") is None
    assert grant.withheld_by_patient == 1


@pytest.mark.parametrize("codes", [("1", "5"), ("5", "1"), ("3", "5", "1"), ("9", "5")])
def test_of_several_blocks_the_hardest_to_open_holds(codes: tuple[str, ...]) -> None:
    """In whatever order she made them: a section that only she can open is not named because another block is weaker."""
    closed = [block(section="medical_conditions", target=BlockTarget.ALL, override_code=code) for code in codes]
    assert open_(patient=replace(PERSON, blocks=tuple(closed))).why_withheld("medicalConditions.diabetes") is None
    whole = [block(override_code=code) for code in codes]
    assert refusal(patient=replace(PERSON, blocks=tuple(whole))).extensions == {"elevation": Elevation.NOT_POSSIBLE}


def test_a_role_without_any_section_opens_no_card() -> None:
    """An auditor has no way in."""
    assert refusal(viewer=replace(GP, role=Role.AUDITOR, purpose=None)).code == "SECTION_FORBIDDEN"


def test_items_entered_in_error_are_taken_out_for_all_but_those_who_write() -> None:
    """Rule F-10: the item is gone before any resolver runs."""
    visits = '[{"held_on": "2026-06-15", "provenance": {"entered_in_error": true}}, {"held_on": "2026-07-15"}]'
    card = FoundCard(HEAD, SealedSections(f'{{"antenatal_visits": {visits}}}'))
    assert len(card.sections.open(open_(viewer=HERSELF, card=card))["antenatal_visits"]) == 1
    assert len(card.sections.open(open_(card=card))["antenatal_visits"]) == 2


def test_the_reason_is_the_same_whatever_is_stored() -> None:
    """`why_withheld` never sees a document."""
    nurse = replace(GP, role=Role.PUBLIC_HEALTH_NURSE)
    assert open_(viewer=nurse).why_withheld("medicalConditions.mentalHealthCondition") is not None
