"""The attest of the national trust framework (Tillitsrammeverket): why a professional looks, and on whose behalf.

It comes inside the token as `nhn:tillitsrammeverk:parameters`. What it must contain, and that it must agree with the
rest of the token, is checked here. That one attest serves one patient is seen to where the patient is known
(`app/execution/attested.py`). Rules named ATT-… are the framework's own, of version 1.1 (30 April 2024).
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from app.domain.code_systems import CODE_SYSTEMS
from app.domain.errors import TransportRefusal
from app.domain.viewer import Purpose
from app.identity.claims import Claims
from app.identity.refusals import attest_refused
from app.identity.strict_json import NotStrictJson, read_object

MAX_AGE_SECONDS: Final = 3600
LEEWAY_SECONDS: Final = 5

PROFESSIONS: Final = CODE_SYSTEMS["volven_9060"]
ORGANISATION_NUMBER: Final = "2.16.578.1.12.4.1.4.101"
HPR_NUMBER: Final = "2.16.578.1.12.4.1.4.4"
PERSON_NUMBERS: Final = ("2.16.578.1.12.4.1.4.1", "2.16.578.1.12.4.1.4.2")
PATIENT_NUMBERS: Final = (*PERSON_NUMBERS, "2.16.578.1.12.4.1.4.3")
"""F-, D- and H-numbers. Nobody is found by an H-number here, so an attest that names one serves no operation."""
PURPOSE_OF_USE: Final = "2.16.840.1.113883.1.11.20448"
CARE_RELATION: Final = "urn:AuditEventHL7Norway/CodeSystem/carerelation"
PURPOSE_DETAILS: Final = (CARE_RELATION, "2.16.578.1.12.4.1.1.9151")
HEALTHCARE_SERVICES: Final = tuple(
    f"2.16.578.1.12.4.1.1.{number}" for number in (8655, 8663, 8662, 8664, 8666, 8668, 8627, 8451, 7750, 8254)
)

_PURPOSES: Final = {purpose.value: purpose for purpose in Purpose}

# Learning from one's own patients, and quality work: lawful elsewhere, not covered by consent to care.
_DETAILS_NOT_PERMITTED: Final = frozenset({"EGENLAER", "KVAL"})
_DEPARTMENT: Final = re.compile(r"(?!.*[0-9]{11})[!-~]{1,64}", re.ASCII)
_DECISION_REFERENCE: Final = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Attest:
    """What the caller's organisation vouches for.

    authorization            a Volven 9060 code, None for office staff
    healthcare_service       a code of one of HEALTHCARE_SERVICES; there when `purpose_details` is not
    patient                  the patient's number, where the form has one; HelseID's has none
    """

    authorization: str | None
    legal_entity: str
    point_of_care: str
    purpose: Purpose
    healthcare_service: str | None
    decision_reference: str
    user_selected: bool
    national_identity_number: str | None
    hpr_number: str | None
    patient: str | None
    stated_at: int | None
    purpose_details: str | None = None
    department: str | None = None

    def ends_at(self, issued_at: int) -> datetime:
        """When it is too old, in a token that was issued then."""
        began = issued_at if self.stated_at is None else self.stated_at
        return datetime.fromtimestamp(began + MAX_AGE_SECONDS + LEEWAY_SECONDS, UTC)


def accepted_attest(claims: Claims, now: datetime) -> Attest:
    """The token's attest, complete, fresh, and in agreement with the token's other claims."""
    attest = read_attest(claims.attest)
    _check_age(attest, claims, now)
    _check_subject(attest, claims)
    if (attest.legal_entity, attest.point_of_care) != (claims.organisation_parent, claims.organisation_child):
        raise attest_refused("ATTEST_ORGANISATION_MISMATCH", "The attest names another organisation than the token.")
    return attest


def read_attest(raw: Any) -> Attest:
    """The attest in a claim, as an object or as a JSON string."""
    if raw is None:
        raise attest_refused("ATTEST_MISSING", "An attest of the trust framework is needed.")
    document = _document(raw)
    practitioner, relation = _part(document, "practitioner"), _care_relation(document)
    _check_department(practitioner)
    decision = _part(relation, "decision_ref")
    legal_entity = _required(_value(practitioner, "legal_entity", "id", [ORGANISATION_NUMBER]))
    purpose = _purpose(relation)
    return Attest(
        authorization=_authorization(practitioner),
        legal_entity=legal_entity,
        # An organisation without sub-units may leave the point of care out; it is then the legal entity itself.
        point_of_care=_value(practitioner, "point_of_care", "id", [ORGANISATION_NUMBER]) or legal_entity,
        purpose=purpose,
        healthcare_service=_value(relation, "healthcare_service", "code", HEALTHCARE_SERVICES),
        decision_reference=_decision_reference(decision),
        user_selected=_flag(decision, "user_selected"),
        national_identity_number=_value(practitioner, "identifier", "id", PERSON_NUMBERS),
        hpr_number=_value(practitioner, "hpr_nr", "id", [HPR_NUMBER]),
        patient=_patient(document),
        stated_at=_stated_at(document),
        purpose_details=_value(relation, "purpose_of_use_details", "code", PURPOSE_DETAILS),
        department=_department(practitioner),
    )


def states_a_profession(raw: Any) -> bool:
    """Whether the attest, if it can be read so far, says that the caller is licensed health personnel."""
    try:
        return raw is not None and _authorization(_part(_document(raw), "practitioner")) is not None
    except TransportRefusal:
        return False


def _check_age(attest: Attest, claims: Claims, now: datetime) -> None:
    if attest.stated_at is not None and attest.stated_at > now.timestamp() + LEEWAY_SECONDS:
        raise _invalid()
    if now > attest.ends_at(claims.issued_at):  # ATT-58, with the words it prescribes
        raise attest_refused("ATTEST_EXPIRED", "attestation_has_expired: the attest is older than 60 minutes.")


def _check_subject(attest: Attest, claims: Claims) -> None:
    another_person = attest.national_identity_number not in (None, claims.national_identity_number)
    if another_person or attest.hpr_number not in (None, claims.hpr_number):  # ATT-11
        raise attest_refused("ATTEST_SUBJECT_MISMATCH", "The attest is about somebody else than the token.")


def _document(raw: Any) -> Mapping[str, Any]:
    try:
        document = read_object(raw) if isinstance(raw, str) else raw
    except NotStrictJson:
        raise _invalid() from None
    if not isinstance(document, dict):
        raise _invalid()
    return document


def _care_relation(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """HelseID says `care_relationship`, the framework's own model `care_relation`; both at once say two things."""
    if "care_relation" in document and "care_relationship" in document:
        raise _invalid()
    return _part(document, "care_relation" if "care_relation" in document else "care_relationship")


def _authorization(practitioner: Mapping[str, Any]) -> str | None:
    code = _value(practitioner, "authorization", "code", [PROFESSIONS.oid])
    if code is not None and PROFESSIONS.find(code) is None:
        raise _invalid()
    return code


def _purpose(relation: Mapping[str, Any]) -> Purpose:
    code = _required(_value(relation, "purpose_of_use", "code", [PURPOSE_OF_USE]))
    details = _value(relation, "purpose_of_use_details", "code", PURPOSE_DETAILS)
    # In whatever case it is written: a code that is not known at all is let pass here.
    if code not in _PURPOSES or (details is not None and details.upper() in _DETAILS_NOT_PERMITTED):
        raise attest_refused("PURPOSE_NOT_PERMITTED", "Cards are not opened for this purpose.")
    if details is None and not relation.get("healthcare_service"):  # ATT-43
        raise _invalid()
    return _PURPOSES[code]


def _department(practitioner: Mapping[str, Any]) -> str | None:
    """For the ledger only, so nobody is turned away for one that cannot be read; a local id may be of any system."""
    part = practitioner.get("department")
    found = part.get("id") if isinstance(part, dict) else None
    return found if isinstance(found, str) and _DEPARTMENT.fullmatch(found) else None


def _decision_reference(decision: Mapping[str, Any]) -> str:
    reference, description = decision.get("id"), decision.get("description")
    if not isinstance(reference, str) or not _DECISION_REFERENCE.fullmatch(reference):
        raise _invalid()
    if description is not None and not isinstance(description, str):
        raise _invalid()
    return reference


def _patient(document: Mapping[str, Any]) -> str | None:
    """The one patient the attest is for, where it says so: the form has a list, and a rule for one (ATT-4)."""
    patients = document.get("patients")
    if patients is None or patients == []:
        return None
    if not isinstance(patients, list) or len(patients) != 1 or not isinstance(patients[0], dict):
        raise _invalid()
    _check_department(patients[0])
    _value(patients[0], "point_of_care", "id", [ORGANISATION_NUMBER])
    return _value(patients[0], "identifier", "id", PATIENT_NUMBERS)


def _check_department(part: Mapping[str, Any]) -> None:
    """A department has a number of the national register of units (RESH), or one of its own house in any system."""
    department = _part(part, "department")
    for key in ("id", "system") if department else ():
        _text(department, key)


def _flag(part: Mapping[str, Any], name: str) -> bool:
    value = part.get(name)
    if not isinstance(value, bool):
        raise _invalid()
    return value


def _stated_at(document: Mapping[str, Any]) -> int | None:
    value = _part(document, "attestation").get("toa")
    if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 0):
        raise _invalid()
    return value


def _part(parent: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = parent.get(name)
    if part is None:
        return {}
    if not isinstance(part, dict):
        raise _invalid()
    return part


def _value(parent: Mapping[str, Any], name: str, key: str, systems: Collection[str]) -> str | None:
    """The code or identifier in a part, if the part is there; its system must be one of those expected (ATT-10)."""
    part = _part(parent, name)
    if not part:
        return None
    # The framework's own examples write systems both with and without the prefix.
    if _text(part, "system").removeprefix("urn:oid:") not in systems:
        raise _invalid()
    return _text(part, key)


def _text(part: Mapping[str, Any], key: str) -> str:
    value = part.get(key)
    if not isinstance(value, str) or not value:
        raise _invalid()
    return value


def _required(value: str | None) -> str:
    if value is None:
        raise _invalid()
    return value


def _invalid() -> TransportRefusal:
    return attest_refused("ATTEST_INVALID", "The attest is incomplete or not in the agreed form.")
