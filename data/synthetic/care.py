"""Who cares for synthetic women: districts of one GP, one midwife and one hospital midwife each."""

from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, Final

from stdnum.no import orgnr

from app.domain.record import CareUnit
from data.synthetic.organisations import STAFF

DISTRICTS: Final = 400
"""How many districts the population is spread over, besides Testby."""
PRACTICES_PER_MUNICIPALITY: Final = 4
PRACTICES_PER_HOSPITAL: Final = 16
FIRST_ORGANISATION: Final = 31_200_000


@dataclass(frozen=True)
class Clinician:
    """Someone who writes on cards, and where. `facility` is the place of treatment within the organisation."""

    name: str
    profession: str
    hpr_number: str
    organisation_number: str
    organisation_name: str
    facility: str
    phone: str

    @cached_property
    def author(self) -> dict[str, Any]:
        """The clinician as the author of a version (`app/domain/card/provenance.py`). Shared: never change it."""
        return {
            "user_type": "HEALTH_CARE_PROFESSIONAL",
            "organisation_number": self.organisation_number,
            "organisation_name": self.organisation_name,
            "treatment_facility_name": self.facility,
            "hpr_number": self.hpr_number,
            "profession": self.profession,
            "name": self.name,
        }


@dataclass(frozen=True)
class District:
    """The clinicians who follow a woman together."""

    gp: Clinician
    midwife: Clinician
    hospital: Clinician

    @property
    def care_units(self) -> list[CareUnit]:
        """The units that have her on their list from the start. The hospital joins when she is to give birth there."""
        return [CareUnit(organisation_number=one.organisation_number, organisation_name=one.organisation_name)
                for one in (self.gp, self.midwife)]  # fmt: skip


FACILITIES: Final = {
    "gp": "Testby legesenter",
    "stranger": "Nabobygda legekontor",
    "midwife": "Testby helsestasjon",
    "hospital-midwife": "Testby sykehus, fødeavdelingen",
}
"""Where the staff who write on the cast's cards treat people."""


def staffed_by(gp: str, midwife: str, hospital: str = "hospital-midwife") -> District:
    """A district of people from the staff list, by their short names."""
    return District(gp=_employed(gp, 1), midwife=_employed(midwife, 2), hospital=_employed(hospital, 3))


def _employed(name: str, extension: int) -> Clinician:
    person = STAFF[name]
    return Clinician(
        name=person.name,
        profession=person.profession or "",
        hpr_number=person.hpr_number or "",
        organisation_number=person.unit.number,
        organisation_name=person.unit.name,
        facility=FACILITIES[name],
        phone=f"+47 000 99 {extension:03d}",
    )


TESTBY: Final = staffed_by("gp", "midwife")
"""The district most of the cast lives in."""


@cache
def district(index: int) -> District:
    """One of the population's districts."""
    municipality, hospital = index // PRACTICES_PER_MUNICIPALITY, index // PRACTICES_PER_HOSPITAL
    return District(
        gp=_clinician("Lege", "LE", f"Prøvebygd {index} legesenter", f"Prøvebygd {index} legesenter", 0, index),
        midwife=_clinician(
            "Jordmor",
            "JO",
            f"Prøvebygd {municipality} kommune, jordmortjenesten",
            f"Prøvebygd {municipality} helsestasjon",
            1,
            municipality,
        ),  # fmt: skip
        hospital=_clinician(
            "Sykehusjordmor",
            "JO",
            f"Prøvefylket sykehus {hospital}",
            f"Prøvefylket sykehus {hospital}, fødeavdelingen",
            2,
            hospital,
        ),  # fmt: skip
    )


def _clinician(given_name: str, profession: str, organisation: str, facility: str, group: int, index: int) -> Clinician:
    number = group * DISTRICTS + index
    return Clinician(
        name=f"Syntetisk, {given_name}",
        profession=profession,
        hpr_number=f"9999{20_000 + number}",
        organisation_number=_organisation_number(number),
        organisation_name=organisation,
        facility=facility,
        phone=f"+47 000 {number // 1000:02d} {number % 1000:03d}",
    )


def _organisation_number(index: int) -> str:
    """The index-th synthetic organisation number (they begin with 31) that has a check digit."""
    base = str(FIRST_ORGANISATION + 10 * index)
    for last in range(10):
        digits = base[:7] + str(last)
        check = orgnr.checksum(digits + "0")
        if check != 1:
            return digits + str(-check % 11)
    raise ValueError("no organisation number")
