"""Who follows a card, when its care contacts change."""

from typing import Any

from app.domain.care_units import followed_by
from app.domain.record import CareUnit

GP, MIDWIFE, HOSPITAL, OPENER = "310990000", "310990019", "310990027", "310990078"


def contacts(gp: str | None = None, midwife: str | None = None, hospital: str | None = None) -> dict[str, Any]:
    return {
        "general_practitioner": {"organisation_number": gp, "organisation_name": "Testby legesenter"} if gp else None,
        "midwife": {"organisation_number": midwife} if midwife else None,
        "birth_institution_number": hospital,
        "provenance": {"version": 2},
    }


def numbers(units: list[CareUnit]) -> list[str]:
    return [unit.organisation_number for unit in units]


def test_a_unit_that_is_named_follows_the_card() -> None:
    """By its number, with its name, beside the unit that opened the card."""
    units = followed_by(None, contacts(GP, MIDWIFE, HOSPITAL), [CareUnit(organisation_number=OPENER)])
    assert numbers(units) == [OPENER, GP, MIDWIFE, HOSPITAL]
    assert units[1].organisation_name == "Testby legesenter"


def test_a_unit_that_is_no_longer_named_leaves() -> None:
    """She changed her GP: the old office has her on its list no more; the unit that opened the card stays."""
    before, units = contacts(GP, MIDWIFE), [CareUnit(organisation_number=number) for number in (OPENER, GP, MIDWIFE)]
    assert numbers(followed_by(before, contacts("310990051", MIDWIFE), units)) == [OPENER, MIDWIFE, "310990051"]
    assert numbers(followed_by(before, None, units)) == [OPENER]


def test_a_unit_in_two_places_is_there_once_and_leaves_when_both_are_gone() -> None:
    """The hospital's midwife and the place of birth are one unit."""
    both = contacts(midwife=HOSPITAL, hospital=HOSPITAL)
    units = followed_by(None, both, [])
    assert numbers(units) == [HOSPITAL]
    assert numbers(followed_by(both, contacts(hospital=HOSPITAL), units)) == [HOSPITAL]
    assert followed_by(both, contacts(), units) == []


def test_text_that_is_no_organisation_number_names_nobody() -> None:
    """The field takes any text; only nine digits are a unit."""
    assert followed_by(None, contacts("legesenteret", " 310990019", "31099002"), []) == []
