"""What a number of days of pregnancy is called: week and day, ordinal week, trimester, days to the due date."""

import math
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

from app.domain.dating import TERM_DAYS, gestation_days
from app.domain.described import DescribedEnum

DAYS_OF_WEEK: Final = 7


class TrimesterScheme(DescribedEnum):
    """Where the second and the third trimester begin."""

    WHO = "WHO", "At 13 and 28 completed weeks: the World Health Organization's table of haemoglobin."
    PUBLIC_INFORMATION = "PUBLIC_INFORMATION", "At 14 and 28 completed weeks: Norwegian information to the public."
    TEACHING = "TEACHING", "At 13 and 29 completed weeks: Norwegian teaching."


_BEGINNINGS: Final = {
    TrimesterScheme.WHO: (13, 28),
    TrimesterScheme.PUBLIC_INFORMATION: (14, 28),
    TrimesterScheme.TEACHING: (13, 29),
}


class Week(NamedTuple):
    """Completed weeks and days beyond them."""

    weeks: int
    days: int

    def __str__(self) -> str:
        return f"{self.weeks}+{self.days}"

    @property
    def ordinal(self) -> int:
        """The week she is in: one more than those completed, as letters and speech often have it."""
        return self.weeks + 1


@dataclass(frozen=True, slots=True)
class Countdown:
    """How far a day is from the due date. Neither number is ever negative, and the percentage ends at 100."""

    days_left: int
    days_past: int
    percent: int


def in_days(weeks: int, days: int = 0) -> int:
    """Completed weeks and days beyond them, in days: 22+0 is 154."""
    return weeks * DAYS_OF_WEEK + days


def week_of(days: int) -> Week:
    """The week and day of so many days. Raises ValueError for a day before the first."""
    if days < 0:
        raise ValueError("no week before the first day of the pregnancy")
    return Week(*divmod(days, DAYS_OF_WEEK))


def trimester(days: int, scheme: TrimesterScheme) -> int:
    """The trimester, 1 to 3, by completed weeks: a fraction of a week falls into no hole between two of them."""
    return 1 + sum(days >= in_days(weeks) for weeks in _BEGINNINGS[scheme])


def countdown(due: date, on: date) -> Countdown:
    """Days left or past, and how much of the 283 days has gone by."""
    left = (due - on).days
    percent = min(max(gestation_days(due, on) * 100 // TERM_DAYS, 0), 100)
    return Countdown(max(left, 0), max(-left, 0), percent)


def nearest_day(days: float) -> int:
    """A computed number of days, rounded to the nearest whole day, halves up."""
    return math.floor(days + 0.5)
