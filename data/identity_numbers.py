"""National identity numbers: what is one, and how one is kept so that only the keys' holder can read or find it.

Norwegian: fødselsnummer and D-nummer. A D-number's day is raised by 40; a synthetic number's month by 40 or 80, so
that it belongs to nobody.
"""

import hmac
import os
from datetime import date
from functools import lru_cache
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from stdnum.exceptions import InvalidComponent
from stdnum.no.fodselsnummer import calc_check_digit1, calc_check_digit2, get_birth_date

from app.domain.errors import RecordRefusal

LENGTH: Final = 11
KEY_BYTES: Final = 32
NUMBERS_KEPT: Final = 8_192
"""How many numbers' checks and hashes are kept at hand: one that is asked about is asked about again."""
NONCE_BYTES: Final = 12
D_NUMBER_DAY: Final = 40
SYNTHETIC_MONTHS: Final = (80, 40)
SEALED_FOR: Final = b"helsekort patient number"


def parse(text: str) -> str:
    """The number as its eleven digits. Raises RecordRefusal PATIENT_ID_INVALID, without repeating what was given."""
    if not is_valid(text):
        raise RecordRefusal("PATIENT_ID_INVALID", "This is not a valid national identity number.")
    return text


@lru_cache(NUMBERS_KEPT)
def is_valid(text: str) -> bool:
    """Whether this is a national identity number or D-number: eleven digits, check digits, a date of birth."""
    is_digits = len(text) == LENGTH and text.isascii() and text.isdigit()
    return is_digits and _checks(text) and date_of_birth(text) is not None


def is_synthetic(number: str) -> bool:
    """Whether a valid number belongs to nobody: its month is no month."""
    return _month_offset(int(number[2:4])) > 0


def make_synthetic(birth_date: date, individual_digits: int) -> str | None:
    """The synthetic number of a birth date and individual digits; None where there is none.

    There is none where a check digit would be 10, and where the individual digits stand for another century.
    """
    stem = f"{birth_date:%d}{birth_date.month + SYNTHETIC_MONTHS[0]}{birth_date:%y}{individual_digits:03d}"
    first = calc_check_digit1(stem)
    second = calc_check_digit2(stem + first)
    number = stem + first + second
    return number if len(number) == LENGTH and date_of_birth(number) == birth_date else None


def _checks(number: str) -> bool:
    """Whether the check digits are right. A check digit of 10 never equals a digit, so such numbers fail."""
    return number[9] == calc_check_digit1(number) and number[10] == calc_check_digit2(number)


def _month_offset(month: int) -> int:
    return next((offset for offset in SYNTHETIC_MONTHS if month > offset), 0)


def date_of_birth(number: str) -> date | None:
    """The birth date a number was given out for, D-numbers and synthetic numbers included; None when it is no date.

    A person's birth date is the population register's to say. This is for when it has not.
    """
    day, month = int(number[:2]), int(number[2:4])
    day -= D_NUMBER_DAY if day > D_NUMBER_DAY else 0
    month -= _month_offset(month)
    if not (1 <= day <= 31 and 1 <= month <= 12):
        return None
    try:
        return get_birth_date(f"{day:02d}{month:02d}{number[4:]}")
    except InvalidComponent:
        return None


class SealBroken(Exception):
    """A sealed number was changed, or sealed with another key."""


class PatientKeys:
    """The keys over identity numbers: one finds a number without telling it, one seals it."""

    __slots__ = ("_found_by", "_known_as", "_lookup_key", "_sealing")

    def __init__(self, lookup_key: bytes, sealing_key: bytes) -> None:
        """Raises ValueError for keys of another length than 32 bytes."""
        if len(lookup_key) != KEY_BYTES or len(sealing_key) != KEY_BYTES:
            raise ValueError(f"keys over identity numbers are {KEY_BYTES} bytes long")
        self._lookup_key = lookup_key
        self._sealing = AESGCM(sealing_key)
        self._found_by = lru_cache(NUMBERS_KEPT)(self._hashed)
        self._known_as = lru_cache(NUMBERS_KEPT)(self._called)

    def key(self, number: str) -> str:
        """What a number is found by: HMAC-SHA256 in hex."""
        return self._found_by(number)

    def digest(self, text: str) -> str:
        """The same hash of a text that may be long and is not asked about again: it is not kept at hand."""
        return self._hashed(text)

    def _hashed(self, number: str) -> str:
        return hmac.digest(self._lookup_key, number.encode(), "sha256").hex()

    def patient_id(self, number: str) -> str:
        """The id a person has here, also before she is in the store: what is logged about her then is hers later."""
        return self._known_as(number)

    def _called(self, number: str) -> str:
        return str(UUID(hex=self._hashed(f"patient {number}")[:32]))

    def seal(self, number: str) -> bytes:
        """The number encrypted; never twice the same."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._sealing.encrypt(nonce, number.encode(), SEALED_FOR)

    def unseal(self, sealed: bytes) -> str:
        """The number again. Raises SealBroken when it was tampered with or sealed with another key."""
        try:
            return self._sealing.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], SEALED_FOR).decode()
        except (InvalidTag, ValueError) as error:
            raise SealBroken("a sealed identity number cannot be read") from error
