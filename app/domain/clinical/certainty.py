"""Three-valued logic: what is not recorded is unknown, and unknown is neither yes nor no.

Kleene's strong logic of three values (S. C. Kleene, Introduction to Metamathematics, 1952, § 64): a result is certain
as soon as nothing that is still unknown could change it.
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from app.domain.described import DescribedEnum


class Certainty(DescribedEnum):
    """The answer to a question about a card. Combined with `&`, `|` and `~`; never taken for a plain yes or no."""

    TRUE = "TRUE", "Yes, by what is recorded."
    FALSE = "FALSE", "No, by what is recorded."
    UNKNOWN = "UNKNOWN", "Not evaluable: something it depends on is not recorded."

    @classmethod
    def of(cls, value: bool | None) -> "Certainty":
        """A recorded yes or no; unknown when it is not recorded."""
        if value is None:
            return cls.UNKNOWN
        return cls.TRUE if value else cls.FALSE

    def __bool__(self) -> bool:
        raise TypeError("a certainty is not a plain yes or no: compare it with TRUE, FALSE or UNKNOWN")

    def __and__(self, other: "Certainty") -> "Certainty":
        if Certainty.FALSE in (self, other):
            return Certainty.FALSE
        return Certainty.UNKNOWN if Certainty.UNKNOWN in (self, other) else Certainty.TRUE

    def __or__(self, other: "Certainty") -> "Certainty":
        return ~(~self & ~other)

    def __invert__(self) -> "Certainty":
        return _OPPOSITE.get(self, self)


_OPPOSITE: Final = {Certainty.TRUE: Certainty.FALSE, Certainty.FALSE: Certainty.TRUE}


def all_of(answers: Iterable[Certainty]) -> Certainty:
    """Whether every one holds; TRUE of none at all."""
    found = set(answers)
    if Certainty.FALSE in found:
        return Certainty.FALSE
    return Certainty.UNKNOWN if Certainty.UNKNOWN in found else Certainty.TRUE


def any_of(answers: Iterable[Certainty]) -> Certainty:
    """Whether at least one holds; FALSE of none at all."""
    return ~all_of(~answer for answer in answers)


def at_least(value: float | Decimal | None, limit: float | Decimal) -> Certainty:
    """Whether a measured value reaches a limit, the limit itself included."""
    return Certainty.of(None if value is None else value >= limit)


def above(value: float | Decimal | None, limit: float | Decimal) -> Certainty:
    """Whether a measured value is beyond a limit, the limit itself not included."""
    return Certainty.of(None if value is None else value > limit)
