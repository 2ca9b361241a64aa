"""Powers of attorney: who may look at her card on her behalf, and whether somebody may at this moment.

Norwegian: fullmakt. The kinds are those of Helsenorge's privacy component (PVK). A silent co-reader of this card is the
danger: a controlling partner can have had it signed, and partner violence is asked about here. So there is no power but
one that is in force as the store has it now, and it opens little.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from app.domain.described import DescribedEnum
from app.domain.errors import TransportRefusal


class PowerKind(DescribedEnum):
    """The kinds of power of attorney."""

    ORDINARY = "ORDINARY", "Given by herself. PVK: OrdinaerFullmakt, 3."
    CONFIRMED = "CONFIRMED", "Given by herself and confirmed. PVK: BekreftetFullmakt, 4."
    WITHOUT_CAPACITY = (
        "WITHOUT_CAPACITY",
        "For somebody over 12 who cannot consent. PVK: UtenSamtykkekompetanseOver12, 7.",
    )


class ServiceArea(DescribedEnum):
    """What a power of attorney is for. PVK names areas in its own words; these are what they come to here."""

    MATERNITY_CARD = "MATERNITY_CARD", "The card, or all health records."
    OTHER = "OTHER", "Something else: appointments, prescriptions, a single service."


KINDS_THAT_OPEN: Final = frozenset({PowerKind.ORDINARY, PowerKind.CONFIRMED})


@dataclass(frozen=True, slots=True)
class PowerOfAttorney:
    """One power of attorney. `representative_key`: keyed hash of the holder's identity number."""

    power_id: str
    representative_key: str
    kind: PowerKind
    area: ServiceArea
    starts_at: datetime
    ends_at: datetime | None

    def opens_card_for(self, actor_key: str | None, now: datetime) -> bool:
        """Whether it lets this person look at the card now."""
        in_force = self.starts_at <= now and (self.ends_at is None or now < self.ends_at)
        is_for_card = self.kind in KINDS_THAT_OPEN and self.area is ServiceArea.MATERNITY_CARD
        return actor_key is not None and self.representative_key == actor_key and in_force and is_for_card


def power_in_force(powers: Collection[PowerOfAttorney], actor_key: str | None, now: datetime) -> PowerOfAttorney:
    """The one that lets this person look at the card now. Raises TransportRefusal when there is none."""
    for power in powers:
        if power.opens_card_for(actor_key, now):
            return power
    raise representation_invalid()


def representation_invalid() -> TransportRefusal:
    """The one answer for a power that never was, was for something else, or is over."""
    return TransportRefusal(403, "REPRESENTATION_INVALID", "There is no power of attorney in force for this card.")
