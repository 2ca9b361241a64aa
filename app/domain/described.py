"""Enumerations whose members say in English what they mean; the schema prints it."""

from enum import StrEnum
from typing import Self


class DescribedEnum(StrEnum):
    """`NAME = "VALUE", "What it means."`"""

    meaning: str

    def __new__(cls, value: str, meaning: str = "") -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.meaning = meaning
        return member
