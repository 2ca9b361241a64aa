"""A due date from one piece of knowledge: counted in civil days, on the Norwegian length of 283 days.

Nowhere by months and days, as Naegele's rule is often put: that differs by days and is undefined for some dates.
"""

from datetime import date
from typing import Final

from app.domain.clinical.settings import DEFAULT_SETTINGS, ClinicalSettings
from app.domain.dating import TERM_DAYS, days_after

DAYS_BEFORE_CONCEPTION: Final = 14
EMBRYO_AGES_DAYS: Final = (2, 3, 5, 6)
USUAL_CYCLE_DAYS: Final = 28
COUNTED_CYCLES_DAYS: Final = (21, 35)


def by_last_period(
    began_on: date, cycle_days: int | None = None, settings: ClinicalSettings = DEFAULT_SETTINGS
) -> date | None:
    """Last period + 283; None for a cycle too short or long to count from. Directorate of Health 2024; eSnurra; NEL.

    Moved by the length of the cycle only where the settings say so: that is not verified.
    """
    if cycle_days is None or not settings.counts_cycle_length:
        return days_after(began_on, TERM_DAYS)
    shortest, longest = COUNTED_CYCLES_DAYS
    if not shortest <= cycle_days <= longest:
        return None
    return days_after(began_on, TERM_DAYS + cycle_days - USUAL_CYCLE_DAYS)


def by_egg_retrieval(retrieved_on: date) -> date:
    """Retrieval + 269: it is day 14. Norsk Elektronisk Legehåndbok (NEL)."""
    return days_after(retrieved_on, TERM_DAYS - DAYS_BEFORE_CONCEPTION)


def by_embryo_transfer(transferred_on: date, embryo_age_days: int) -> date:
    """Transfer + 269 − the embryo's age. NEL. Raises ValueError for an age at which no embryo is transferred."""
    if embryo_age_days not in EMBRYO_AGES_DAYS:
        raise ValueError("an embryo is transferred on day 2, 3, 5 or 6")
    return days_after(by_egg_retrieval(transferred_on), -embryo_age_days)


def by_insemination(inseminated_on: date, settings: ClinicalSettings = DEFAULT_SETTINGS) -> date | None:
    """Insemination + 269, as from an egg retrieval. Not verified: None unless the settings say otherwise."""
    return by_egg_retrieval(inseminated_on) if settings.counts_insemination else None


def by_scan(scanned_on: date, gestation_days: int) -> date:
    """Scan + 283 − what the dating tool found. Norsk gynekologisk forening, routine ultrasound, 2024."""
    return days_after(scanned_on, TERM_DAYS - gestation_days)


def by_days_remaining(scanned_on: date, days: int) -> date:
    """Scan + the days to birth that eSnurra gives."""
    return days_after(scanned_on, days)


def from_elsewhere(due_on: date, term_days: int) -> date:
    """A due date counted on another length, such as 280, on ours: the age on any day stays the same. Arithmetic."""
    return days_after(due_on, TERM_DAYS - term_days)
