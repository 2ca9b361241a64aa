"""Identity numbers: which are valid, which belong to nobody, and how they are kept."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.no.fodselsnummer import calc_check_digit1, calc_check_digit2

from app.domain.errors import RecordRefusal
from data.identity_numbers import PatientKeys, SealBroken, is_synthetic, make_synthetic, parse
from data.synthetic.cast import CAST
from data.synthetic.organisations import STAFF
from tests.data.world import LOOKUP_KEY, SEALING_KEY

BIRTH_DATES = st.dates(date(1940, 1, 1), date(2039, 12, 31))
SYNTHETIC = "15839430008"


def individual_digits(born_on: date) -> st.SearchStrategy[int]:
    return st.integers(500, 999) if born_on.year >= 2000 else st.integers(0, 499)


@st.composite
def synthetic_numbers(draw: st.DrawFn) -> tuple[str, date]:
    born_on = draw(BIRTH_DATES)
    number = draw(individual_digits(born_on).map(lambda digits: make_synthetic(born_on, digits)).filter(bool))
    assert number is not None
    return number, born_on


def refuse(text: str) -> None:
    with pytest.raises(RecordRefusal) as refused:
        parse(text)
    assert refused.value.code == "PATIENT_ID_INVALID"
    assert refused.value.message == "This is not a valid national identity number."


@given(synthetic_numbers())
def test_made_numbers_are_valid_and_belong_to_nobody(made: tuple[str, date]) -> None:
    """Every synthetic number that can be made is valid, is seen to be synthetic and says the birth date."""
    number, born_on = made
    assert parse(number) == number
    assert is_synthetic(number)
    assert (int(number[:2]), int(number[2:4]) - 80, number[4:6]) == (born_on.day, born_on.month, f"{born_on:%y}")


@given(synthetic_numbers(), st.integers(0, 10), st.integers(1, 9))
def test_one_wrong_digit_is_found(made: tuple[str, date], place: int, by: int) -> None:
    """A number with one digit wrong is refused: the two check digits find every such mistake."""
    number = made[0]
    wrong = str((int(number[place]) + by) % 10)
    refuse(number[:place] + wrong + number[place + 1 :])


@given(st.text(max_size=14))
def test_what_is_no_number_is_refused(text: str) -> None:
    """Letters, signs, other scripts' digits and wrong lengths are refused without being repeated."""
    if text.isascii() and text.isdigit() and len(text) == 11:
        return
    refuse(text)


def completed(stem: str) -> str:
    """The number of six digits and the first individual digits for which there are check digits."""
    for digits in range(500, 600):
        number = f"{stem}{digits}"
        number += calc_check_digit1(number)
        number += calc_check_digit2(number)
        if len(number) == 11:
            return number
    raise AssertionError("there is one among a hundred")


# Whoever these belonged to was born in 1855.
FORMS = {"F-number": "150355", "D-number": "550355", "month + 40": "154355", "month + 80": "158355", "both": "558355"}


@pytest.mark.parametrize("form", FORMS)
def test_each_form_of_number_is_accepted(form: str) -> None:
    """F-numbers, D-numbers (day + 40) and synthetic numbers (month + 40 or + 80) are identity numbers."""
    number = completed(FORMS[form])
    assert parse(number) == number
    assert is_synthetic(number) is (form not in ("F-number", "D-number"))


def test_the_women_of_the_cast_have_valid_numbers() -> None:
    """Numbers made elsewhere by the same rules are accepted."""
    numbers = [SYNTHETIC, *(member.number for member in CAST)]
    numbers += [professional.national_identity_number for professional in STAFF.values()]
    assert [parse(number) for number in numbers] == numbers
    assert all(map(is_synthetic, numbers))


@pytest.mark.parametrize(
    "stem", ["310299950", "001080950", "320180950", "151386950", "159386950", "951086950", "150086950", "011050800"]
)
def test_a_number_whose_date_is_none_is_refused(stem: str) -> None:
    """Right check digits do not help where day, month or century cannot be."""
    for rest in range(100):
        refuse(f"{stem}{rest:02d}")


def test_every_number_with_an_impossible_check_digit_is_none() -> None:
    """Where a check digit would be 10, or the digits stand for another century, there is no number."""
    made = [make_synthetic(date(1994, 3, 15), digits) for digits in range(1000)]
    assert all(number is None for number in made[500:900])
    assert 0 < made[:500].count(None) < 150
    assert SYNTHETIC in made


@given(st.text("0123456789", min_size=11, max_size=11))
def test_a_sealed_number_comes_out_again(number: str) -> None:
    """Sealing is reversible with the key, shows nothing and is never twice the same."""
    keys = PatientKeys(LOOKUP_KEY, SEALING_KEY)
    sealed = keys.seal(number)
    assert keys.unseal(sealed) == number
    assert number.encode() not in sealed
    assert sealed != keys.seal(number)


@given(st.integers(0, 38), st.integers(1, 255))
def test_a_changed_seal_is_found(place: int, by: int) -> None:
    """A sealed number with any byte changed is not read."""
    keys = PatientKeys(LOOKUP_KEY, SEALING_KEY)
    sealed = bytearray(keys.seal(SYNTHETIC))
    sealed[place] ^= by
    with pytest.raises(SealBroken):
        keys.unseal(bytes(sealed))


def test_another_key_finds_and_reads_nothing() -> None:
    """Neither key can stand in for the other, and without the key a number is not found."""
    keys, other = PatientKeys(LOOKUP_KEY, SEALING_KEY), PatientKeys(SEALING_KEY, LOOKUP_KEY)
    assert keys.key(SYNTHETIC) != other.key(SYNTHETIC)
    assert len(keys.key(SYNTHETIC)) == 64
    for broken in (keys.seal(SYNTHETIC), b"", b"short"):
        with pytest.raises(SealBroken):
            other.unseal(broken)
    assert LOOKUP_KEY.hex() not in repr(keys)


def test_short_keys_are_refused() -> None:
    """A key of another length than 32 bytes is no key."""
    with pytest.raises(ValueError, match="32 bytes"):
        PatientKeys(b"short", SEALING_KEY)
