"""Personas and the organisations they work in: complete, consistent, and nobody who exists."""

import re

import pytest
from stdnum.no import orgnr
from stdnum.no.fodselsnummer import calc_check_digit1, calc_check_digit2

from app.domain.viewer import CallerKind, Organisation, Role
from app.identity.personas import UnknownPersona, find_persona, personas_for
from data.synthetic.organisations import NOT_ENROLLED, ORGANISATIONS, STAFF
from tests.identity.world import AISHA, KARI

PERSONAS = personas_for([KARI, AISHA])

SHARED = {
    "gp", "midwife", "hospital", "hospital-midwife", "nurse", "imaging", "secretary", "clerk", "stranger", "other-hospital", "emergency",
    "not-enrolled", "ehr", "auditor", "evaluator", "representative",
}  # fmt: skip

IDENTITY_NUMBERS = {person.name: person.national_identity_number for person in STAFF.values()} | {
    "representative": PERSONAS["representative"].national_identity_number
}


def test_each_woman_has_three_personas_and_the_rest_are_shared() -> None:
    """Herself, her GP and her midwife, and one of each other caller."""
    of_women = {f"{slug}{who}" for slug in ("kari", "aisha") for who in ("", "-gp", "-midwife")}
    assert PERSONAS.keys() == SHARED | of_women
    assert all(name == persona.name for name, persona in PERSONAS.items())


def test_every_role_has_a_persona() -> None:
    """A newcomer can try each role there is."""
    assert {persona.role for persona in PERSONAS.values()} == set(Role)


def test_patients_are_the_first_woman_or_ones_own() -> None:
    """A shared professional starts with the first woman, a woman's own with her, an evaluator with nobody."""
    patients = {name: persona.patient_number for name, persona in PERSONAS.items()}
    assert patients["gp"] == patients["stranger"] == patients["ehr"] == patients["kari-midwife"] == KARI.number
    assert patients["aisha"] == patients["aisha-gp"] == patients["aisha-midwife"] == AISHA.number
    assert patients["evaluator"] is None


def test_a_womans_own_professionals_are_those_the_cast_names() -> None:
    """Her GP may work elsewhere than the next woman's."""
    personas = personas_for([KARI, AISHA._replace(gp="stranger")])
    assert personas["aisha-gp"].hpr_number == STAFF["stranger"].hpr_number
    assert (personas["aisha-gp"].role, personas["aisha-gp"].parent) == (Role.GP, "310990051")
    assert personas["kari-gp"].hpr_number == STAFF["gp"].hpr_number


def test_without_women_there_are_still_professionals() -> None:
    """An empty store has callers, and nobody to represent."""
    personas = personas_for([])
    assert personas.keys() == SHARED - {"representative"}
    assert {persona.patient_number for persona in personas.values()} == {None}


def test_licence_and_hpr_number_come_together() -> None:
    """Health personnel have both a profession and an HPR number, everybody else neither."""
    for persona in PERSONAS.values():
        assert (persona.profession is None) == (persona.hpr_number is None)
        assert bool(persona.purposes) == (persona.kind in (CallerKind.CLINICIAN, CallerKind.SECRETARY))


def test_a_persona_is_found_by_name() -> None:
    """A near miss is told what was probably meant."""
    assert find_persona(PERSONAS, "kari").national_identity_number == KARI.number
    with pytest.raises(UnknownPersona, match="midwife"):
        find_persona(PERSONAS, "midwive")


@pytest.mark.parametrize("number", IDENTITY_NUMBERS.values(), ids=IDENTITY_NUMBERS)
def test_identity_numbers_belong_to_nobody(number: str) -> None:
    """The month is out of range as in all synthetic numbers, and the check digits are right."""
    assert re.fullmatch(r"\d{11}", number)
    assert int(number[2:4]) in {*range(41, 53), *range(81, 93)}
    assert number[9] == calc_check_digit1(number)
    assert number[10] == calc_check_digit2(number)


def test_no_two_people_share_a_number() -> None:
    """Identity numbers and HPR numbers name one person each."""
    hpr_numbers = [person.hpr_number for person in STAFF.values() if person.hpr_number]
    assert len(set(IDENTITY_NUMBERS.values())) == len(IDENTITY_NUMBERS) == len(STAFF) + 1
    assert len(set(hpr_numbers)) == len(hpr_numbers)
    assert all(re.fullmatch(r"99990\d{4}", number) for number in hpr_numbers)


@pytest.mark.parametrize("organisation", [*ORGANISATIONS, NOT_ENROLLED], ids=lambda organisation: organisation.name)
def test_organisation_numbers_are_well_formed(organisation: Organisation) -> None:
    """Units and their legal entities have numbers from the synthetic range with a right check digit."""
    for number in (organisation.number, organisation.parent_number):
        assert orgnr.is_valid(number)
        assert number.startswith("310990")


def test_each_kind_of_organisation_is_enrolled_and_the_outsider_is_not() -> None:
    """There is an enrolled organisation of each kind; the one outside is like a GP's office otherwise."""
    numbers = [organisation.number for organisation in ORGANISATIONS]
    kinds = {organisation.kind for organisation in ORGANISATIONS}
    assert kinds == {"GP_OFFICE", "MUNICIPAL_HEALTH", "HOSPITAL", "EMERGENCY_CARE", "IMAGING", "VENDOR", "OVERSIGHT"}
    assert len(set(numbers)) == len(numbers)
    assert NOT_ENROLLED.number not in numbers
