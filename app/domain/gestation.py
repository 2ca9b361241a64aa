"""How far along a pregnancy is. Always told with the due date it is counted from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from app.domain.dating import DUE_DATES, day_of, gestation_days
from app.domain.described import DescribedEnum

LONGEST_PREGNANCY_DAYS: Final = 7 * 44
"""Beyond it a due date is a mistake or the card was not closed, and a week would mislead."""


class DueDateBasis(DescribedEnum):
    """Which of the card's due dates counts: a corrected one before ultrasound, ultrasound before the last period."""

    CORRECTED = "CORRECTED", "The due date was corrected."
    ULTRASOUND = "ULTRASOUND", "Estimated by ultrasound."
    LAST_PERIOD = "LAST_PERIOD", "Estimated from the last period."


@dataclass(frozen=True, slots=True)
class DueDate:
    """The due date that counts, and what it rests on."""

    on: date
    basis: DueDateBasis


@dataclass(frozen=True, slots=True)
class GestationalAge:
    """Completed weeks and days beyond them."""

    weeks: int
    days: int
    basis: DueDateBasis


def due_date(pregnancy: Mapping[str, Any]) -> DueDate | None:
    """The due date that counts, of a section as it is stored; None when none is recorded."""
    in_order = ((day_of(pregnancy.get(name)), basis) for name, basis in zip(DUE_DATES, DueDateBasis, strict=True))
    return next((DueDate(on, basis) for on, basis in in_order if on is not None), None)


def gestational_age(due: DueDate, today: date) -> GestationalAge | None:
    """How far along on a day: 283 − (due − today) days. None before the first day and beyond what can be."""
    days = gestation_days(due.on, today)
    if not 0 <= days <= LONGEST_PREGNANCY_DAYS:
        return None
    return GestationalAge(days // 7, days % 7, due.basis)
