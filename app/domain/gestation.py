"""How far along a pregnancy is. Always told with the due date it is counted from."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from app.domain.card.pregnancy import Pregnancy
from app.domain.described import DescribedEnum

DAYS_FROM_LAST_PERIOD_TO_DUE_DATE: Final = 283
"""40 weeks and 3 days: the Norwegian convention, common to the two models of dating in use (eSnurra, Terminhjulet).
Directorate of Health, guideline for antenatal care: date of birth is estimated so that it falls on 40+3."""

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


def due_date(pregnancy: Pregnancy) -> DueDate | None:
    """The due date that counts; None when none is recorded."""
    in_order = (
        (pregnancy.due_date_corrected, DueDateBasis.CORRECTED),
        (pregnancy.due_date_by_ultrasound, DueDateBasis.ULTRASOUND),
        (pregnancy.due_date_by_last_period, DueDateBasis.LAST_PERIOD),
    )
    return next((DueDate(on, basis) for on, basis in in_order if on is not None), None)


def gestational_age(due: DueDate, today: date) -> GestationalAge | None:
    """How far along on a day: 283 − (due − today) days. None before the first day and beyond what can be."""
    days = DAYS_FROM_LAST_PERIOD_TO_DUE_DATE - (due.on - today).days
    if not 0 <= days <= LONGEST_PREGNANCY_DAYS:
        return None
    return GestationalAge(days // 7, days % 7, due.basis)
