"""From claims to a viewer for professionals, machines and oversight: which role, or which refusal."""

import json
from typing import Any

import pytest

from app.domain.errors import TransportRefusal
from app.domain.viewer import CallerKind, Organisation, Purpose, Role
from app.identity.claims import (
    ASSURANCE_LEVEL,
    ATTEST,
    GATEWAY,
    HPR_DETAILS,
    HPR_NUMBER,
    ORGANISATION_CHILD,
    ORGANISATION_PARENT,
    PID,
    SECURITY_LEVEL,
)
from app.identity.roles import professional_role
from app.identity.viewers import require_scope
from data.synthetic.organisations import EMERGENCY_CLINIC, HOSPITAL, IMAGING_UNIT, MIDWIFE_SERVICE
from tests.identity.world import ALL_ROLES, Installation, refused

PROFESSIONALS = ["gp", "midwife", "hospital", "hospital-midwife", "nurse", "imaging", "secretary", "clerk", "stranger"]


def outcome(refusal: TransportRefusal) -> tuple[int, str]:
    return refusal.status, refusal.code


def at(unit: Organisation) -> dict[str, Any]:
    """Token claims of somebody working at this unit."""
    return {ORGANISATION_PARENT: unit.parent_number, ORGANISATION_CHILD: unit.number}


@pytest.mark.parametrize("name", [*PROFESSIONALS, "ehr", "auditor", "evaluator", "kari", "aisha-gp", "representative"])
def test_every_persona_gets_the_role_it_says(installation: Installation, name: str) -> None:
    """A persona's token, verified, makes a viewer in the persona's role with the persona's rights."""
    persona = installation.personas[name]
    viewer = installation.viewer(installation.token(name))
    assert (viewer.role, viewer.kind) == (persona.role, persona.kind)
    assert viewer.scopes == set(persona.scopes)
    assert (viewer.unit, viewer.hpr_number) == (persona.unit, persona.hpr_number)
    assert viewer.national_identity_number == persona.national_identity_number


def test_a_professional_viewer_carries_what_the_log_needs(installation: Installation) -> None:
    """Person, unit, client and token are on the viewer; no card is meant until the operation names one."""
    viewer = installation.viewer(installation.token("midwife", jti="the-token", client_id="the-client"))
    assert (viewer.name, viewer.profession, viewer.purpose) == ("Modell, Jordmor", "JO", Purpose.TREAT)
    assert (viewer.client_id, viewer.client_name, viewer.token_id) == ("the-client", "Testjournal", "the-token")
    assert viewer.unit == MIDWIFE_SERVICE
    assert viewer.subject_number is None


def test_tc_s01_without_the_scope_the_operation_is_refused(installation: Installation) -> None:
    """A token without the right is good and covers nothing of this kind."""
    viewer = installation.viewer(installation.token("gp", scope=f"{GATEWAY}/status"))
    refusal = refused(lambda: require_scope(viewer, "read"))
    assert outcome(refusal) == (403, "INSUFFICIENT_SCOPE")
    assert refusal.challenge == f'DPoP error="insufficient_scope", scope="{GATEWAY}/read"'


def test_tc_s02_reading_does_not_include_writing(installation: Installation) -> None:
    """A token for reading covers reads and no writes."""
    viewer = installation.viewer(installation.token("gp", scope=[f"{GATEWAY}/read"]))
    require_scope(viewer, "read")
    assert refused(lambda: require_scope(viewer, "write")).code == "INSUFFICIENT_SCOPE"


def test_tc_s03_a_longer_scope_is_another_scope(installation: Installation) -> None:
    """Scopes are compared whole: reader is not read."""
    viewer = installation.viewer(installation.token("gp", scope=[f"{GATEWAY}/reader", "nhn:maternity-record/read"]))
    assert refused(lambda: require_scope(viewer, "read")).code == "INSUFFICIENT_SCOPE"


@pytest.mark.parametrize("level", ["3", "2", None, "5", "high", "04"])
def test_tc_s04_s05_a_lower_security_level_is_refused(installation: Installation, level: str | None) -> None:
    """Level 4 it is; a missing or unknown level counts as too low and asks for a step up."""
    refusal = installation.refusal(installation.token("gp", {SECURITY_LEVEL: level}))
    assert outcome(refusal) == (401, "INSUFFICIENT_ASSURANCE")
    assert refusal.challenge == 'DPoP error="insufficient_user_authentication", acr_values="4"'


def test_the_assurance_level_must_be_high_when_it_is_there(installation: Installation) -> None:
    """HelseID may leave the textual level out, but must not contradict the number."""
    assert installation.viewer(installation.token("gp", {ASSURANCE_LEVEL: None}))
    refusal = installation.refusal(installation.token("gp", {ASSURANCE_LEVEL: "substantial"}))
    assert outcome(refusal) == (401, "INSUFFICIENT_ASSURANCE")


@pytest.mark.parametrize("name", ["gp", "midwife", "nurse", "imaging", "secretary"])
def test_tc_s06_a_licensed_profession_needs_an_hpr_number(installation: Installation, name: str) -> None:
    """Whoever claims a profession must be in the register of health personnel."""
    refusal = installation.refusal(installation.token(name, {HPR_NUMBER: None}))
    assert outcome(refusal) == (403, "HPR_REQUIRED")


@pytest.mark.parametrize(
    "details",
    [
        {"approvals": []},
        {"approvals": [{"profession": "SP"}]},
        "{}",
        "no json",
        7,
        {"approvals": [7]},
        {"approvals": None},
        {"approvals": [{"profession": ["LE"]}]},
    ],
)
def test_tc_s07_s08_the_register_must_know_the_profession(installation: Installation, details: object) -> None:
    """A revoked licence, another profession, or details that cannot be read do not make a doctor."""
    assert outcome(installation.refusal(installation.token("gp", {HPR_DETAILS: details}))) == (403, "ROLE_MISMATCH")


def test_the_register_details_may_agree(installation: Installation) -> None:
    """Among several licences the attested one is enough, in an object and in a JSON string."""
    details = {"approvals": [{"profession": "SP"}, {"profession": "JO", "authorization": {"value": "1"}}]}
    for form in (details, json.dumps(details)):
        assert installation.viewer(installation.token("midwife", {HPR_DETAILS: form})).role is Role.MIDWIFE


def test_tc_s09_an_organisation_outside_the_trial_is_refused(installation: Installation) -> None:
    """A GP whose office does not take part has no access, with everything else in order."""
    assert outcome(installation.refusal(installation.token("not-enrolled"))) == (403, "ORGANISATION_NOT_ENROLLED")


def test_a_unit_under_another_legal_entity_is_not_the_enrolled_one(installation: Installation) -> None:
    """The enrolled unit and the legal entity belong together."""
    refusal = installation.refusal(installation.token("midwife", {ORGANISATION_PARENT: "310990043"}))
    assert outcome(refusal) == (403, "ORGANISATION_NOT_ENROLLED")


@pytest.mark.parametrize("claim", [ORGANISATION_PARENT, ORGANISATION_CHILD])
@pytest.mark.parametrize("number", [None, "31099001", "3109900190", "31099001x", "310990019 ", "٣١٠٩٩٠٠١٩"])
@pytest.mark.parametrize("name", ["midwife", "ehr", "auditor"])
def test_tc_s10_organisation_numbers_must_be_there(
    installation: Installation, name: str, claim: str, number: str | None
) -> None:
    """Both organisation numbers are needed, nine digits each and nothing else."""
    refusal = installation.refusal(installation.token(name, {claim: number}))
    assert outcome(refusal) == (403, "ORGANISATION_CLAIMS_MISSING")


@pytest.mark.parametrize("name", ["gp", "ehr", "auditor", "kari"])
def test_tc_s12_a_client_that_is_not_listed_is_refused(installation: Installation, name: str) -> None:
    """Where clients are listed, others are refused, whoever uses them."""
    raw = installation.token(name, client_id="a-client")
    assert installation.viewer(raw, client_ids=frozenset({"a-client"}))
    refusal = installation.refusal(raw, client_ids=frozenset({"another-client"}))
    assert (*outcome(refusal), refusal.reason) == (403, "ACTOR_NOT_PERMITTED", "CLIENT")


def test_tc_s13_a_machine_may_ask_for_the_status_only(installation: Installation) -> None:
    """A machine token has no person, and no right but the status even when its token lists more."""
    viewer = installation.viewer(installation.token("ehr", scope=[f"{GATEWAY}/status", f"{GATEWAY}/read"]))
    assert viewer.kind is CallerKind.MACHINE
    assert viewer.scopes == {"status"}
    assert (viewer.national_identity_number, viewer.name, viewer.purpose) == (None, None, None)


@pytest.mark.parametrize(
    "changes",
    [
        {"scope": [f"{GATEWAY}/read"]},
        {"sid": "a-session"},
        {"name": "Prøvesen, Lege"},
        {HPR_NUMBER: "999900018"},
        {SECURITY_LEVEL: "4"},
        {ATTEST: {}},
    ],
)
def test_a_machine_with_traces_of_a_person_is_refused(installation: Installation, changes: dict[str, Any]) -> None:
    """A user's token that came without the identity number must not pass for a machine's."""
    assert outcome(installation.refusal(installation.token("ehr", changes))) == (403, "ACTOR_NOT_PERMITTED")


def test_a_users_token_without_its_identity_number_is_refused(installation: Installation) -> None:
    """A clinician without an identity number is nobody, and surely no machine."""
    assert outcome(installation.refusal(installation.token("gp", {PID: None}))) == (403, "ACTOR_NOT_PERMITTED")


def test_tc_s16_a_professionals_token_with_citizen_claims_needs_an_attest(installation: Installation) -> None:
    """Citizen claims beside an HPR number do not replace the attest."""
    pid = installation.personas["gp"].national_identity_number
    raw = installation.token("gp", {ATTEST: None}, pid=pid, acr="idporten-loa-high")
    assert outcome(installation.refusal(raw)) == (403, "ATTEST_MISSING")


@pytest.mark.parametrize(
    ("authorization", "unit_kind", "purpose", "role"),
    [
        ("LE", "GP_OFFICE", "TREAT", Role.GP),
        ("JO", "GP_OFFICE", "TREAT", None),
        ("SP", "GP_OFFICE", "TREAT", None),
        ("JO", "MUNICIPAL_HEALTH", "TREAT", Role.MIDWIFE),
        ("SP", "MUNICIPAL_HEALTH", "TREAT", Role.PUBLIC_HEALTH_NURSE),
        ("LE", "MUNICIPAL_HEALTH", "TREAT", None),
        ("VP", "MUNICIPAL_HEALTH", "TREAT", None),
        ("LE", "HOSPITAL", "TREAT", Role.HOSPITAL),
        ("JO", "HOSPITAL", "ETREAT", Role.HOSPITAL),
        ("RA", "HOSPITAL", "TREAT", Role.IMAGING_AND_OTHER),
        ("BI", "HOSPITAL", "TREAT", Role.IMAGING_AND_OTHER),
        ("SP", "HOSPITAL", "TREAT", Role.IMAGING_AND_OTHER),
        ("XX", "HOSPITAL", "TREAT", None),
        ("RA", "IMAGING", "TREAT", Role.IMAGING_AND_OTHER),
        ("LE", "IMAGING", "TREAT", None),
        ("LE", "EMERGENCY_CARE", "ETREAT", Role.HOSPITAL),
        ("LE", "EMERGENCY_CARE", "TREAT", None),
        ("LE", "EMERGENCY_CARE", "COC", None),
        ("JO", "EMERGENCY_CARE", "ETREAT", None),
        ("HE", "GP_OFFICE", "TREAT", Role.HEALTH_SECRETARY),
        ("HE", "HOSPITAL", "COC", Role.HEALTH_SECRETARY),
        (None, "MUNICIPAL_HEALTH", "TREAT", Role.SECRETARY),
        ("LE", "VENDOR", "TREAT", None),
        ("HE", "OVERSIGHT", "TREAT", None),
        (None, "VENDOR", "TREAT", None),
        ("LE", "SOMETHING_ELSE", "TREAT", None),
    ],
)
def test_profession_unit_and_purpose_decide_the_role(
    authorization: str | None, unit_kind: str, purpose: str, role: Role | None
) -> None:
    """Each known combination has one role, and every other combination has none."""
    assert professional_role(authorization, unit_kind, Purpose(purpose)) is role


@pytest.mark.parametrize(
    ("unit", "purpose", "role"), [(EMERGENCY_CLINIC, "ETREAT", Role.HOSPITAL), (HOSPITAL, "TREAT", Role.HOSPITAL)]
)
def test_a_doctor_elsewhere_has_another_role(
    installation: Installation, unit: Organisation, purpose: str, role: Role
) -> None:
    """The same doctor is a GP in her office and part of the hospital's side on emergency duty."""
    assert installation.viewer(_doctor_at(installation, unit, purpose)).role is role


@pytest.mark.parametrize(("unit", "purpose"), [(EMERGENCY_CLINIC, "TREAT"), (IMAGING_UNIT, "TREAT")])
def test_an_unknown_combination_is_refused(installation: Installation, unit: Organisation, purpose: str) -> None:
    """Everything in order, yet no role fits: no access."""
    refusal = installation.refusal(_doctor_at(installation, unit, purpose))
    assert (*outcome(refusal), refusal.reason) == (403, "ACTOR_NOT_PERMITTED", "ROLE")


@pytest.mark.parametrize("name", [*PROFESSIONALS, "ehr", "auditor", "evaluator", "kari"])
def test_a_role_that_is_not_enabled_is_refused(installation: Installation, name: str) -> None:
    """The trial decides which roles take part; whoever has no licence hears that it takes one."""
    raw = installation.token(name)
    refusal = installation.refusal(raw, roles=ALL_ROLES - {installation.personas[name].role})
    expected = ("HPR_REQUIRED", None) if name == "clerk" else ("ACTOR_NOT_PERMITTED", "ROLE")
    assert (*outcome(refusal), refusal.reason) == (403, *expected)


@pytest.mark.parametrize(
    "changes",
    [
        {"scope": [f"{GATEWAY}/audit", f"{GATEWAY}/aggregate"]},
        {"scope": [f"{GATEWAY}/read"]},
        {PID: None},
        {ATTEST: {}},
        at(HOSPITAL),
    ],
)
def test_oversight_is_one_named_person_in_one_role(installation: Installation, changes: dict[str, Any]) -> None:
    """An oversight token has a person, exactly one of the two roles, an oversight body, and no attest."""
    assert outcome(installation.refusal(installation.token("auditor", changes))) == (403, "ACTOR_NOT_PERMITTED")


@pytest.mark.parametrize("name", ["auditor", "evaluator"])
def test_oversight_signs_in_at_the_highest_level(installation: Installation, name: str) -> None:
    """Reading the log asks for the same assurance as reading a card."""
    refusal = installation.refusal(installation.token(name, {SECURITY_LEVEL: "3"}))
    assert outcome(refusal) == (401, "INSUFFICIENT_ASSURANCE")


def test_a_clinicians_token_has_no_oversight_rights(installation: Installation) -> None:
    """Roles never add up: rights of another kind of caller fall away."""
    raw = installation.token("gp", scope=f"{GATEWAY}/read {GATEWAY}/audit {GATEWAY}/aggregate")
    viewer = installation.viewer(raw)
    assert viewer.role is Role.GP
    assert viewer.scopes == {"read"}


def _doctor_at(installation: Installation, unit: Organisation, purpose: str) -> str:
    attest = installation.payload("gp", purpose=purpose)[ATTEST]
    attest["practitioner"]["legal_entity"]["id"] = unit.parent_number
    attest["practitioner"]["point_of_care"]["id"] = unit.number
    return installation.token("gp", at(unit) | {ATTEST: attest})
