"""How a pregnancy grows: the mother's weight, blood pressure, fundal height, the size of the fetus.

Published means where there are any (INTERGROWTH-21st, IOM 2009, Maršál 1996), plain shapes elsewhere. They make
synthetic values look right; nothing here judges a real one.
"""

from math import log
from typing import Final

TERM_DAYS: Final = 283
"""Length of pregnancy to the due date in Norway: 40 weeks and 3 days."""

WEEKLY_GAIN_BY_BMI: Final = ((18.5, 0.51), (25.0, 0.42), (30.0, 0.28), (99.0, 0.22))
"""Below this BMI: usual gain in kg a week after week 13 (IOM 2009, middle of the band)."""


def body_mass_index(weight_kg: float, height_cm: float) -> float:
    return int(weight_kg / (height_cm / 100) ** 2 * 10 + 0.5) / 10


def weight_gain_kg(day: int, bmi: float, fetuses: int) -> float:
    """The usual gain on a day of pregnancy."""
    weekly = next(rate for limit, rate in WEEKLY_GAIN_BY_BMI if bmi < limit) * (1.35 if fetuses > 1 else 1.0)
    weeks = day / 7
    return 1.2 * weeks / 13 if weeks < 13 else 1.2 + weekly * (weeks - 13)


def pressure_change_mmhg(day: int) -> float:
    """How far the usual blood pressure lies from the first visit's: a dip in the middle, a rise to term."""
    weeks = day / 7
    return -4 + 0.04 * (weeks - 20) ** 2 * (0.55 if weeks < 20 else 0.6)


def fundal_height_cm(day: int) -> float:
    """Mean symphysis-fundal height (INTERGROWTH-21st 2016)."""
    weeks = day / 7
    return 5.133374 + 0.1058353119 * weeks**2 - 0.0231295 * weeks**2 * log(weeks)


def fundal_height_deviation_cm(day: int) -> float:
    return 0.9922667 + 0.0258087 * day / 7


def crown_rump_length_mm(day: int) -> float:
    """Mean crown-rump length (INTERGROWTH-21st 2014), days 58 to 105."""
    return -50.6562 + 0.815118 * day + 0.00535302 * day**2


def head_circumference_mm(day: int) -> float:
    weeks = day / 7
    return -28.2849 + 1.69267 * weeks**2 - 0.397485 * weeks**2 * log(weeks)


def biparietal_diameter_mm(day: int) -> float:
    weeks = day / 7
    return 5.60878 + 0.158369 * weeks**2 - 0.00256379 * weeks**3


def abdominal_circumference_mm(day: int) -> float:
    weeks = day / 7
    return -81.3243 + 11.6772 * weeks - 0.000561865 * weeks**3


def femur_length_mm(day: int) -> float:
    weeks = day / 7
    return -39.9616 + 4.32298 * weeks - 0.0380156 * weeks**2


def fetal_weight_g(day: int) -> float:
    """Mean fetal weight, boys and girls together (Maršál 1996)."""
    boys = -1.907345e-6 * day**4 + 1.140644e-3 * day**3 - 1.336265e-1 * day**2 + 1.976961 * day + 241.0053
    girls = -2.761948e-6 * day**4 + 1.744841e-3 * day**3 - 2.893626e-1 * day**2 + 18.91197 * day - 413.5122
    return (boys + girls) / 2


def heart_rate_bpm(day: int) -> float:
    """Mean fetal heart rate: falls slowly from the second trimester to term."""
    return 156 - 0.05 * day
