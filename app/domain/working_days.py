"""The Norwegian working week: which days are holidays, and what day it is some working days later."""

from datetime import date, timedelta
from functools import cache
from typing import Final

FIXED_HOLIDAYS: Final = ((1, 1), (5, 1), (5, 17), (12, 25), (12, 26))
DAYS_FROM_EASTER: Final = (-3, -2, 0, 1, 39, 49, 50)
"""Maundy Thursday, Good Friday, Easter and the day after, Ascension, Pentecost and the day after."""


def easter(year: int) -> date:
    """Easter Sunday in the Gregorian calendar."""
    golden, century = year % 19, year // 100
    skipped_leap_years = century - century // 4 - (8 * century + 13) // 25
    epact = (19 * golden + skipped_leap_years + 15) % 30
    full_moon = epact - (epact // 28) * (1 - (29 // (epact + 1)) * ((21 - golden) // 11))
    weekday = (year + year // 4 + full_moon + 2 - century + century // 4) % 7
    return date(year, 3, 28) + timedelta(days=full_moon - weekday)


@cache
def public_holidays(year: int) -> frozenset[date]:
    """The days of a year that are holidays by law, Sundays that are nothing else left out."""
    moving = {easter(year) + timedelta(days=days) for days in DAYS_FROM_EASTER}
    return frozenset(moving | {date(year, month, day) for month, day in FIXED_HOLIDAYS})


def is_working_day(day: date) -> bool:
    """Monday to Friday, if it is no public holiday."""
    return day.isoweekday() <= 5 and day not in public_holidays(day.year)


def working_days_after(day: date, count: int) -> date:
    """The day that is so many working days later; the day itself is not counted."""
    while count:
        day += timedelta(days=1)
        count -= is_working_day(day)
    return day
