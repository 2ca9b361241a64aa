"""Which due date counts, what it rests on, who gave it, and which ones it supersedes.

One due date counts at a time, or one day would have three weeks on one screen: a corrected one before that of an
assisted conception, that before ultrasound, ultrasound before the last period. A later scan never moves an earlier
valid one: what it finds is growth. Norsk gynekologisk forening, routine ultrasound, 2024; Directorate of Health,
antenatal guideline.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from app.domain.card.declaration import camel
from app.domain.clinical import due_dates
from app.domain.clinical.settings import DEFAULT_SETTINGS, ClinicalSettings
from app.domain.clinical.standing import Document, Documents, author, items, section
from app.domain.clinical.weeks import in_days
from app.domain.dating import day_of, gestation_days
from app.domain.gestation import ENTERED, DueDate, DueDateBasis, GestationalAge, gestational_age

SCAN_WINDOWS: Final = (
    (in_days(11), in_days(13, 6)),
    (in_days(8), in_days(10, 6)),
    (in_days(14), in_days(22, 6)),
)
"""The days of pregnancy at which a scan gives a due date, the window that counts first at the head: the early scan,
another of the first trimester, the second trimester as far as the tools reach."""

_ORDER: Final = tuple(DueDateBasis)


@dataclass(frozen=True, slots=True)
class Estimate:
    """One due date that is recorded, or follows from what is recorded.

    facts        the facts of the card it is taken from
    author       who wrote them, as stored; None when that is not recorded
    scanned_on   the day of the scan, when it rests on one that is on the card
    is_certain   False when she is not certain of the day of her last period; None when nobody has noted whether she is
    """

    due: DueDate
    facts: tuple[str, ...]
    author: Document | None = None
    scanned_on: date | None = None
    is_certain: bool | None = None

    @property
    def scan_days(self) -> int | None:
        """How far along the pregnancy was at the scan, by what the scan found."""
        return None if self.scanned_on is None else gestation_days(self.due.on, self.scanned_on)

    @property
    def can_date(self) -> bool:
        """False for a scan too early or too late to give a due date: what that finds is growth."""
        return self.scan_days is None or _window(self.scan_days) < len(SCAN_WINDOWS)


@dataclass(frozen=True, slots=True)
class Dating:
    """The due date that counts and those it supersedes, the one that would count next at the head."""

    counts: Estimate
    superseded: tuple[Estimate, ...]

    def age_on(self, day: date) -> GestationalAge | None:
        """How far along on any day, with what that rests on; None for a day outside the pregnancy."""
        return gestational_age(self.counts.due, day)

    def days_on(self, day: date) -> int:
        """Days of pregnancy on a day; negative before the first."""
        return gestation_days(self.counts.due.on, day)

    def days_apart(self, other: Estimate) -> int:
        """By how many days another due date is later than the one that counts."""
        return (other.due.on - self.counts.due.on).days

    def resting_on(self, basis: DueDateBasis) -> Estimate | None:
        """The due date that counts among those of one basis which can date."""
        found = (one for one in (self.counts, *self.superseded) if one.due.basis is basis and one.can_date)
        return next(found, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class AssistedConception:
    """An assisted conception whose event is known. The card alone has a day and not what happened on it.

    Exactly one day is given, a transfer with the age of the embryo.
    """

    retrieved_on: date | None = None
    transferred_on: date | None = None
    embryo_age_days: int | None = None
    inseminated_on: date | None = None

    def due_on(self, settings: ClinicalSettings = DEFAULT_SETTINGS) -> date | None:
        """The due date that follows; None when the day or the embryo's age is not recorded."""
        if self.retrieved_on is not None:
            return due_dates.by_egg_retrieval(self.retrieved_on)
        if self.transferred_on is not None and self.embryo_age_days is not None:
            return due_dates.by_embryo_transfer(self.transferred_on, self.embryo_age_days)
        return None if self.inseminated_on is None else due_dates.by_insemination(self.inseminated_on, settings)


def dating(
    documents: Documents,
    conception: AssistedConception | None = None,
    settings: ClinicalSettings = DEFAULT_SETTINGS,
) -> Dating | None:
    """How a card is dated; None when nothing on it dates it."""
    found = [*_entered(documents), *_conceived(documents, conception, settings), *_scanned(documents)]
    found += _counted(documents, settings)
    return in_order(found)


def in_order(estimates: Sequence[Estimate]) -> Dating | None:
    """The estimate that counts and the others; None of none. Of two that are alike, the one given first counts."""
    ranked = sorted(estimates, key=_rank)
    return Dating(ranked[0], tuple(ranked[1:])) if ranked else None


def _rank(estimate: Estimate) -> tuple[bool, int, int, date]:
    """What cannot date gives way even to the last period. The due date entered as the pregnancy's own by ultrasound
    goes before those of the single scans, as on every other screen."""
    window = -1 if estimate.scan_days is None else _window(estimate.scan_days)
    return not estimate.can_date, _ORDER.index(estimate.due.basis), window, estimate.scanned_on or date.min


def _window(days: int) -> int:
    inside = (place for place, (first, last) in enumerate(SCAN_WINDOWS) if first <= days <= last)
    return next(inside, len(SCAN_WINDOWS))


def _entered(documents: Documents) -> Iterator[Estimate]:
    pregnancy = section(documents, "pregnancy")
    for name, basis in ENTERED.items():
        if (on := day_of(pregnancy.get(name))) is not None:
            certain = pregnancy.get("last_period_certain") if basis is DueDateBasis.LAST_PERIOD else None
            yield Estimate(DueDate(on, basis), (f"pregnancy.{camel(name)}",), author(pregnancy), is_certain=certain)


def _conceived(
    documents: Documents, conception: AssistedConception | None, settings: ClinicalSettings
) -> Iterator[Estimate]:
    on = None if conception is None else conception.due_on(settings)
    if on is not None:
        due = DueDate(on, DueDateBasis.ASSISTED_CONCEPTION)
        yield Estimate(due, ("pregnancy.assistedConception.performedOn",), author(section(documents, "pregnancy")))


def _scanned(documents: Documents) -> Iterator[Estimate]:
    for scan in items(documents, "ultrasound_examinations"):
        scanned_on, given, days = day_of(scan.get("examined_on")), day_of(scan.get("due_date")), days_found(scan)
        if scanned_on is not None and given is not None:
            yield _by_scan(scan, given, scanned_on, "dueDate")
        elif scanned_on is not None and days is not None:
            on = due_dates.by_scan(scanned_on, days)
            yield _by_scan(scan, on, scanned_on, "gestationalAgeWeeks", "gestationalAgeDays")


def days_found(scan: Document) -> int | None:
    """How far along a scan found the pregnancy; days that are not recorded count as 0 beside a week that is."""
    weeks = scan.get("gestational_age_weeks")
    return None if weeks is None else in_days(weeks, scan.get("gestational_age_days") or 0)


def _by_scan(scan: Document, on: date, scanned_on: date, *facts: str) -> Estimate:
    paths = tuple(f"ultrasoundExaminations.{fact}" for fact in ("examinedOn", *facts))
    return Estimate(DueDate(on, DueDateBasis.ULTRASOUND), paths, author(scan), scanned_on)


def _counted(documents: Documents, settings: ClinicalSettings) -> Iterator[Estimate]:
    """Counted from the last period, which the card does not do by itself; after what was entered."""
    pregnancy = section(documents, "pregnancy")
    began_on, cycle_days = day_of(pregnancy.get("last_period_on")), pregnancy.get("cycle_length_days")
    on = None if began_on is None else due_dates.by_last_period(began_on, cycle_days, settings)
    if on is not None:
        moved = cycle_days is not None and settings.counts_cycle_length
        paths = ("pregnancy.lastPeriodOn", *(("pregnancy.cycleLengthDays",) if moved else ()))
        due = DueDate(on, DueDateBasis.LAST_PERIOD)
        yield Estimate(due, paths, author(pregnancy), is_certain=pregnancy.get("last_period_certain"))
