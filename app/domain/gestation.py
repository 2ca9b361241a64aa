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
    """Which due date counts: a corrected one first, then assisted conception, ultrasound and the last period."""

    CORRECTED = "CORRECTED", "The due date was corrected."
    ASSISTED_CONCEPTION = "ASSISTED_CONCEPTION", "Counted from the day of an assisted conception."
    ULTRASOUND = "ULTRASOUND", "Estimated by ultrasound."
    LAST_PERIOD = "LAST_PERIOD", "Estimated from the last period."


ENTERED: Final[Mapping[str, DueDateBasis]] = dict(
    zip(DUE_DATES, (DueDateBasis.CORRECTED, DueDateBasis.ULTRASOUND, DueDateBasis.LAST_PERIOD), strict=True)
)
"""The due dates that are entered on the card, the one that counts first. Which event the day of an assisted conception
marks is not documented, so no due date follows from that alone."""


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
    in_order = ((day_of(pregnancy.get(name)), basis) for name, basis in ENTERED.items())
    return next((DueDate(on, basis) for on, basis in in_order if on is not None), None)


def gestational_age(due: DueDate, today: date) -> GestationalAge | None:
    """How far along on a day: 283 − (due − today) days. None before the first day and beyond what can be."""
    days = gestation_days(due.on, today)
    if not 0 <= days <= LONGEST_PREGNANCY_DAYS:
        return None
    return GestationalAge(days // 7, days % 7, due.basis)
