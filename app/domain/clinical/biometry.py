"""How old a fetus of this size usually is, and how large one of this age.

Never a due date: a dating tool's answer is kept as it was entered. These equations only tell a mistake in measuring or
typing. Sizes in mm, ages in days. Papageorghiou et al., Ultrasound Obstet Gynecol 2014 (crown-rump length) and 2016
(head and femur); Papageorghiou et al., Lancet 2014;384:869 (sizes); Robinson and Fleming, BJOG 1975.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp, log, sqrt
from typing import Final

from app.domain.clinical.certainty import Certainty, above
from app.domain.clinical.weeks import DAYS_OF_WEEK, in_days, nearest_day

CROWN_RUMP_MM: Final = (15, 95)
CROWN_RUMP_DAYS: Final = (58, 105)
ROBINSON_MM: Final = (5, 80)
HEAD_DAYS: Final = (in_days(14), in_days(25, 6))
SIZE_DAYS: Final = (in_days(14), in_days(40))
CROWN_RUMP_TOLERANCE_DAYS: Final = 7
HEAD_TOLERANCE_DAYS: Final = 10


@dataclass(frozen=True, slots=True)
class FetalSize:
    """The mean sizes of a fetus of one age."""

    head_circumference_mm: float
    biparietal_diameter_mm: float
    abdominal_circumference_mm: float
    femur_length_mm: float


def age_by_crown_rump_length(crown_rump_length_mm: float) -> int | None:
    """IG-CRL, to the nearest day; None outside 15–95 mm."""
    if not _within(crown_rump_length_mm, CROWN_RUMP_MM):
        return None
    return nearest_day(40.9041 + 3.21585 * sqrt(crown_rump_length_mm) + 0.348956 * crown_rump_length_mm)


def expected_crown_rump_length_mm(gestation_days: int) -> float | None:
    """IG-CRL the other way round; None outside 8+2 to 15+0."""
    if not _within(gestation_days, CROWN_RUMP_DAYS):
        return None
    return -50.6562 + 0.815118 * gestation_days + 0.00535302 * gestation_days**2


def age_by_crown_rump_length_of_robinson(crown_rump_length_mm: float) -> int | None:
    """RF, to the nearest day; None outside 5–80 mm."""
    if not _within(crown_rump_length_mm, ROBINSON_MM):
        return None
    return nearest_day(8.052 * sqrt(crown_rump_length_mm) + 23.73)


def age_by_head_and_femur(head_circumference_mm: float, femur_length_mm: float) -> int | None:
    """IG-HC+FL, to the nearest day; None when that lies outside 14+0 to 25+6."""
    head = log(head_circumference_mm)
    return _head_age(exp(0.03243 * head**2 + 0.001644 * femur_length_mm * head + 3.813))


def age_by_head(head_circumference_mm: float) -> int | None:
    """IG-HC, to the nearest day; None when that lies outside 14+0 to 25+6."""
    head = log(head_circumference_mm)
    return _head_age(exp(0.05970 * head**2 + 6.409e-9 * head_circumference_mm**3 + 3.3258))


def expected_size(gestation_days: int) -> FetalSize | None:
    """The means of INTERGROWTH-21st; None outside 14+0 to 40+0."""
    if not _within(gestation_days, SIZE_DAYS):
        return None
    weeks = gestation_days / DAYS_OF_WEEK
    return FetalSize(
        head_circumference_mm=-28.2849 + 1.69267 * weeks**2 - 0.397485 * weeks**2 * log(weeks),
        biparietal_diameter_mm=5.60878 + 0.158369 * weeks**2 - 0.00256379 * weeks**3,
        abdominal_circumference_mm=-81.3243 + 11.6772 * weeks - 0.000561865 * weeks**3,
        femur_length_mm=-39.9616 + 4.32298 * weeks - 0.0380156 * weeks**2,
    )


def crown_rump_length_disagrees(found_days: int | None, measurement: Mapping[str, float]) -> Certainty:
    """Whether what a scan found is more than 7 days from the age by IG-CRL. A design choice.

    measurement   one of the scan's fetal measurements, as it is stored
    """
    length = measurement.get("crown_rump_length_mm")
    days = None if length is None else age_by_crown_rump_length(length)
    return _differs(found_days, days, CROWN_RUMP_TOLERANCE_DAYS)


def head_and_femur_disagree(found_days: int | None, measurement: Mapping[str, float]) -> Certainty:
    """Whether what a scan found is more than 10 days from the age by IG-HC+FL, or by IG-HC where the femur was not
    measured. A design choice."""
    return _differs(found_days, _by_head(measurement), HEAD_TOLERANCE_DAYS)


def _by_head(measurement: Mapping[str, float]) -> int | None:
    head, femur = measurement.get("head_circumference_mm"), measurement.get("femur_length_mm")
    if head is None:
        return None
    return age_by_head(head) if femur is None else age_by_head_and_femur(head, femur)


def _differs(found_days: int | None, days: int | None, tolerance: int) -> Certainty:
    return above(None if found_days is None or days is None else abs(found_days - days), tolerance)


def _head_age(days: float) -> int | None:
    return nearest_day(days) if _within(nearest_day(days), HEAD_DAYS) else None


def _within(value: float, limits: tuple[int, int]) -> bool:
    return limits[0] <= value <= limits[1]
