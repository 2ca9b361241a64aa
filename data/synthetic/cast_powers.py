"""The power of attorney that the first woman of the cast has given, and who holds it."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from app.domain.representing import PowerKind, PowerOfAttorney, ServiceArea
from data.synthetic.cast import CAST

GIVER_NUMBER: Final = CAST[0].number
REPRESENTATIVE_NUMBER: Final = "25818140919"
"""Somebody who is nobody's patient here."""


def power_of_attorney(representative_key: str, as_of: date) -> PowerOfAttorney:
    """Confirmed, for the card, some weeks old, and not over."""
    given_at = datetime.combine(as_of - timedelta(weeks=6), time(10), UTC)
    return PowerOfAttorney(
        power_id="f0000000-0000-4000-8000-000000000001", representative_key=representative_key,
        kind=PowerKind.CONFIRMED, area=ServiceArea.MATERNITY_CARD, starts_at=given_at, ends_at=None,
    )  # fmt: skip
