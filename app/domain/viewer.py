"""Who asks: the person or system behind a request, in which role, at which unit, for what purpose.

A Viewer is made from a verified token and from nothing else (`app/identity/`). Headers never add to it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from app.domain.described import DescribedEnum


class CallerKind(DescribedEnum):
    """The kinds of caller; each has its own view of the schema."""

    CITIZEN = "citizen", "The woman herself."
    REPRESENTATIVE = "representative", "Somebody who acts for the woman."
    CLINICIAN = "clinician", "Health personnel."
    SECRETARY = "secretary", "Office staff at a unit."
    MACHINE = "machine", "An EHR system without a person."
    AUDITOR = "auditor", "Somebody who oversees the use of the cards."
    EVALUATOR = "evaluator", "Somebody who evaluates the trial; sees no card."


class Role(DescribedEnum):
    """One request is made in one role; roles never add up."""

    CITIZEN = "CITIZEN", "The woman herself, on her own card."
    REPRESENTATIVE = "REPRESENTATIVE", "A person with the woman's power of attorney. Norwegian: fullmektig."
    GP = "GP", "A doctor at a general practice. Norwegian: fastlege."
    MIDWIFE = "MIDWIFE", "A midwife in the municipal service. Norwegian: kommunejordmor."
    HOSPITAL = "HOSPITAL", "A doctor or midwife at a hospital. Norwegian: sykehuslege eller -jordmor."
    PUBLIC_HEALTH_NURSE = "PUBLIC_HEALTH_NURSE", "A nurse at a health station. Norwegian: helsesykepleier."
    IMAGING_AND_OTHER = "IMAGING_AND_OTHER", "A radiographer or other health personnel at a hospital."
    HEALTH_SECRETARY = "HEALTH_SECRETARY", "A licensed medical secretary. Norwegian: helsesekretær."
    SECRETARY = "SECRETARY", "Office staff without a licence; may ask for the card's status only."
    EHR_SYSTEM = "EHR_SYSTEM", "An EHR system on its own; may ask for the card's status only."
    AUDITOR = "AUDITOR", "Reads who saw what, never the card."
    EVALUATOR = "EVALUATOR", "Reads prepared totals only."


CALLER_KIND_OF: dict[Role, CallerKind] = {
    Role.CITIZEN: CallerKind.CITIZEN,
    Role.REPRESENTATIVE: CallerKind.REPRESENTATIVE,
    Role.GP: CallerKind.CLINICIAN,
    Role.MIDWIFE: CallerKind.CLINICIAN,
    Role.HOSPITAL: CallerKind.CLINICIAN,
    Role.PUBLIC_HEALTH_NURSE: CallerKind.CLINICIAN,
    Role.IMAGING_AND_OTHER: CallerKind.CLINICIAN,
    Role.HEALTH_SECRETARY: CallerKind.SECRETARY,
    Role.SECRETARY: CallerKind.SECRETARY,
    Role.EHR_SYSTEM: CallerKind.MACHINE,
    Role.AUDITOR: CallerKind.AUDITOR,
    Role.EVALUATOR: CallerKind.EVALUATOR,
}


class Purpose(DescribedEnum):
    """Why a professional looks; HL7 v3 PurposeOfUse, system 2.16.840.1.113883.1.11.20448."""

    TREAT = "TREAT", "Ordinary care."
    ETREAT = "ETREAT", "Emergency care."
    COC = "COC", "Coordination of care."
    BTG = "BTG", "The person has set the ordinary rules of access aside: breaking the glass."


EMERGENCY_PURPOSES: Final = frozenset({Purpose.ETREAT, Purpose.BTG})
"""The purposes that open what the woman has blocked for a reason other than her own yes (rule B-4)."""


@dataclass(frozen=True, slots=True)
class Organisation:
    """An enrolled organisation: a unit (point of care) and the legal entity it belongs to.

    kind   one of GP_OFFICE, MUNICIPAL_HEALTH, HOSPITAL, EMERGENCY_CARE, IMAGING, VENDOR, OVERSIGHT; together with the
           profession it decides the role
    """

    number: str
    name: str
    kind: str
    parent_number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """Who asks. Identity numbers stay inside: no field of it may reach a log or an answer but `name` and below.

    national_identity_number   of the person who is logged in; None for systems
    subject_number             the citizen whose card is meant: herself, or whom a representative acts for
    hpr_number                 Norwegian register of health personnel
    session_id                 the sign-in session the token belongs to
    purpose_details, healthcare_service, department, stated_at   what else the attest says, for the ledger
    assurance                  how securely the person signed in, in the issuer's words
    supplier_number            the organisation that acts for the unit
    decision_reference         the caller's own decision to look, which the attest rests on; None without an attest
    attested_patient           the patient's number, if the attest names one
    attest_ends_at             when the attest is too old
    expires_at                 when the token or the attest does; nothing is answered with it afterwards
    """

    role: Role
    national_identity_number: str | None = None
    subject_number: str | None = None
    name: str | None = None
    hpr_number: str | None = None
    profession: str | None = None
    unit: Organisation | None = None
    purpose: Purpose | None = None
    decision_reference: str | None = None
    user_selected: bool | None = None
    purpose_details: str | None = None
    healthcare_service: str | None = None
    department: str | None = None
    stated_at: int | None = None
    assurance: str | None = None
    supplier_number: str | None = None
    attested_patient: str | None = None
    attest_ends_at: datetime | None = None
    client_id: str
    client_name: str | None = None
    token_id: str
    session_id: str | None = None
    expires_at: datetime
    scopes: frozenset[str] = frozenset()

    @property
    def kind(self) -> CallerKind:
        return CALLER_KIND_OF[self.role]
