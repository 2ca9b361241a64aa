"""Personas: short names for callers who do not exist, so that a newcomer can try each role in a minute.

Each woman of the synthetic cast has three (`kari`, `kari-gp`, `kari-midwife`); the rest are shared and have the first
woman as the patient they start with. Personas are for development only; a token is what makes a Viewer, also theirs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from app.domain.viewer import CALLER_KIND_OF, CallerKind, Organisation, Purpose, Role
from app.identity.near_names import did_you_mean
from data.synthetic.cast_plans import Her
from data.synthetic.cast_powers import REPRESENTATIVE_NUMBER
from data.synthetic.organisations import STAFF, VENDOR


@dataclass(frozen=True, slots=True, kw_only=True)
class Persona:
    """A caller who does not exist.

    name             what to type: `helsekort token kari-gp`
    title            who that is, in a few words
    full_name        as the token and the log show it; None for systems
    patient_number   whose card this persona starts with; None where there is no patient
    represents       the identity number of the woman a representative acts for
    """

    name: str
    title: str
    role: Role
    full_name: str | None = None
    national_identity_number: str | None = None
    hpr_number: str | None = None
    profession: str | None = None
    unit: Organisation | None = None
    patient_number: str | None = None
    purposes: tuple[Purpose, ...] = ()
    scopes: tuple[str, ...] = ()
    represents: str | None = None

    @property
    def kind(self) -> CallerKind:
        return CALLER_KIND_OF[self.role]

    @property
    def parent(self) -> str | None:
        """The organisation number of the legal entity the unit belongs to."""
        return self.unit.parent_number if self.unit else None

    def purpose_for(self, asked: str | None) -> str:
        """The purpose of a token: the one asked for, or the first that is given. Raises PurposeNotGiven."""
        if asked is not None and asked not in self.purposes:
            raise PurposeNotGiven(f"{self.name} gives one of these purposes: {', '.join(self.purposes) or 'none'}.")
        return str(asked or next(iter(self.purposes), Purpose.TREAT))


class PurposeNotGiven(ValueError):
    """The persona does not give this purpose; the message says which it does."""


class UnknownPersona(LookupError):
    """No persona has this name; the message says which come close."""


def personas_for(women: Sequence[Her]) -> dict[str, Persona]:
    """All personas by name: three for each woman, and the shared ones."""
    first = women[0] if women else None
    personas = [persona for woman in women for persona in _around(woman)] + _shared(first.number if first else None)
    if first is not None:
        personas.append(_representative(first))
    return {persona.name: persona for persona in personas}


def find_persona(personas: Mapping[str, Persona], name: str) -> Persona:
    """The persona of that name; raises UnknownPersona."""
    if name in personas:
        return personas[name]
    raise UnknownPersona(f"There is no persona called {name!r}.{did_you_mean(name, personas)}")


_CARE: Final = (Purpose.TREAT, Purpose.ETREAT, Purpose.COC)
_CORE: Final = (*_CARE, Purpose.BTG)
"""What those may state who follow the pregnancy: doctors and midwives (rule B-3)."""
_OFFICE: Final = (Purpose.TREAT, Purpose.COC)

# name: title, role, purposes, scopes
_PROFESSIONALS: Final[Mapping[str, tuple[str, Role, tuple[Purpose, ...], tuple[str, ...]]]] = {
    "gp": ("General practitioner", Role.GP, _CORE, ("read", "write", "status")),
    "midwife": ("Midwife in the municipal service", Role.MIDWIFE, _CORE, ("read", "write", "status")),
    "hospital": ("Doctor at the hospital", Role.HOSPITAL, _CORE, ("read", "write", "status")),
    "hospital-midwife": ("Midwife at the hospital", Role.HOSPITAL, _CORE, ("read", "write", "status")),
    "nurse": ("Public-health nurse", Role.PUBLIC_HEALTH_NURSE, _CARE, ("read",)),
    "imaging": ("Radiographer", Role.IMAGING_AND_OTHER, _CARE, ("read",)),
    "secretary": ("Licensed medical secretary", Role.HEALTH_SECRETARY, _OFFICE, ("read", "status")),
    "clerk": ("Office clerk without a licence", Role.SECRETARY, _OFFICE, ("status",)),
    "stranger": ("General practitioner elsewhere, no relation", Role.GP, _CORE, ("read", "write", "status")),
    "other-hospital": ("Doctor at a hospital of another trust", Role.HOSPITAL, _CORE, ("read", "write", "status")),
    "emergency": ("Doctor on emergency duty", Role.HOSPITAL, (Purpose.ETREAT,), ("read", "write", "status")),
    "not-enrolled": ("General practitioner outside the trial", Role.GP, _CORE, ("read", "write", "status")),
    "auditor": ("Auditor of the access log", Role.AUDITOR, (), ("audit",)),
    "evaluator": ("Evaluator of the trial", Role.EVALUATOR, (), ("aggregate",)),
}


def _around(woman: Her) -> tuple[Persona, Persona, Persona]:
    citizen = Persona(
        name=woman.slug,
        title="The woman herself",
        role=Role.CITIZEN,
        full_name=woman.name,
        national_identity_number=woman.number,
        patient_number=woman.number,
        scopes=("read", "write"),
    )
    gp = replace(_professional(woman.gp, "gp", woman.number), name=f"{woman.slug}-gp", title="Her general practitioner")
    midwife = _professional(woman.midwife, "midwife", woman.number)
    return citizen, gp, replace(midwife, name=f"{woman.slug}-midwife", title="Her midwife")


def _shared(patient_number: str | None) -> list[Persona]:
    machine = Persona(name="ehr", title="EHR system on its own", role=Role.EHR_SYSTEM, unit=VENDOR, scopes=("status",))
    professionals = [_professional(name, name, patient_number) for name in _PROFESSIONALS]
    return [*professionals, replace(machine, patient_number=patient_number)]


def _professional(staff_name: str, like: str, patient_number: str | None) -> Persona:
    title, role, purposes, scopes = _PROFESSIONALS[like]
    person = STAFF[staff_name]
    return Persona(
        name=staff_name,
        title=title,
        role=role,
        full_name=person.name,
        national_identity_number=person.national_identity_number,
        hpr_number=person.hpr_number,
        profession=person.profession,
        unit=person.unit,
        patient_number=patient_number if CALLER_KIND_OF[role] is not CallerKind.EVALUATOR else None,
        purposes=purposes,
        scopes=scopes,
    )


def _representative(woman: Her) -> Persona:
    return Persona(
        name="representative",
        title="Somebody with the first woman's power of attorney",
        role=Role.REPRESENTATIVE,
        full_name="Fullmektig, Test",
        national_identity_number=REPRESENTATIVE_NUMBER,
        patient_number=woman.number,
        scopes=("read",),
        represents=woman.number,
    )
