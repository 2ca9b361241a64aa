"""Whether the due dates of a card agree, and whether it is dated at all.

Two tools that both measure well differ by up to five days (Økland et al. 2012): so much is no finding.
"""

from datetime import date
from typing import Final

from app.domain.clinical.certainty import Certainty, above, at_least
from app.domain.clinical.dating import Dating, Estimate
from app.domain.clinical.weeks import in_days
from app.domain.gestation import DueDateBasis

ULTRASOUND_LATER_DAYS: Final = 14
CONCEPTION_DIFFERS_DAYS: Final = 4
DATED_BY_SCAN_BEFORE_DAYS: Final = in_days(20)


def ultrasound_much_later(card: Dating | None) -> Certainty:
    """DT-1: the due date by ultrasound is more than 14 days later than that of a last period she is certain of.

    Norsk gynekologisk forening, pregnancy past term, 2020/22: the fetus may be older than the scan says, or small.
    """
    scan, period = _of(card, DueDateBasis.ULTRASOUND), _of(card, DueDateBasis.LAST_PERIOD)
    certain = Certainty.of(None if period is None else period.is_certain)
    return certain & above(_days_later(scan, period), ULTRASOUND_LATER_DAYS)


def conception_and_ultrasound_differ(card: Dating | None) -> Certainty:
    """DT-2: the due dates of the assisted conception and by ultrasound are more than 4 days apart. A design choice:
    the embryo's age or the typing is worth a look."""
    days = _days_later(_of(card, DueDateBasis.ULTRASOUND), _of(card, DueDateBasis.ASSISTED_CONCEPTION))
    return above(None if days is None else abs(days), CONCEPTION_DIFFERS_DAYS)


def sources_differ(card: Dating | None) -> Certainty:
    """DT-3: the card has due dates that are not the same day, so a week says nothing without its basis. A design
    choice."""
    if card is None:
        return Certainty.UNKNOWN
    return Certainty.of(any(card.days_apart(other) for other in card.superseded))


def not_dated_by_ultrasound(card: Dating | None, on: date) -> Certainty:
    """DT-4: no due date by ultrasound at 20+0. A design choice. Unknown when nothing tells the week, and for a
    corrected due date: what the correction rests on is not recorded."""
    if card is None:
        return Certainty.UNKNOWN
    lacks_scan = Certainty.of(card.resting_on(DueDateBasis.ULTRASOUND) is None)
    if card.counts.due.basis is DueDateBasis.CORRECTED:
        lacks_scan &= Certainty.UNKNOWN
    return lacks_scan & at_least(card.days_on(on), DATED_BY_SCAN_BEFORE_DAYS)


def _of(card: Dating | None, basis: DueDateBasis) -> Estimate | None:
    return None if card is None else card.resting_on(basis)


def _days_later(one: Estimate | None, other: Estimate | None) -> int | None:
    return None if one is None or other is None else (one.due.on - other.due.on).days
