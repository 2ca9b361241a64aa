"""Opening what the woman has blocked: on what basis, for what reason, by whom, until when. Norwegian: forhøyet tilgang.

An elevation opens her own blocks and nothing else: never a card without consent, never a protected woman's. It is one
person's at one unit in one sign-in session, for one woman and for the purpose it was given for; and it ends by itself,
at the latest when the person turns to another woman.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from app.domain.described import DescribedEnum
from app.domain.ledger import LedgerEntry
from app.domain.viewer import EMERGENCY_PURPOSES, Purpose, Viewer

ELEVATION_LASTS: Final = timedelta(minutes=60)
REASON_TEXT_MIN_LENGTH: Final = 20
REASON_TEXT_MAX_LENGTH: Final = 500


class AccessBasis(DescribedEnum):
    """On what a professional's look rests; the national values."""

    UNNTAK = "UNNTAK", "She need not be asked this time: her own unit, or co-ordination of her care."
    SAMTYKKE = "SAMTYKKE", "The caller states that she agreed to this look."
    AKUTT = "AKUTT", "An emergency."
    FORHOYET_SAMTYKKE = "FORHOYET_SAMTYKKE", "She agreed now to the opening of what she has blocked."
    FORHOYET_AKUTT = "FORHOYET_AKUTT", "What she has blocked was opened in an emergency."


class ElevationReason(DescribedEnum):
    """Why her agreement was not obtained (Volven 9198)."""

    SHE_REFUSED = "0", "She refused."
    NOT_REACHED = "2", "She could not be reached."
    CONDITION_PREVENTS = "4", "Her condition prevents it."
    OTHER = "9", "Another reason, given in words."


ELEVATED_BASIS_FOR: Final[Mapping[Purpose, AccessBasis]] = {
    Purpose.TREAT: AccessBasis.FORHOYET_SAMTYKKE,
    **dict.fromkeys(EMERGENCY_PURPOSES, AccessBasis.FORHOYET_AKUTT),
}
"""By purpose, the basis on which her blocks can be opened; no other purpose opens them."""

OPENED_ON: Final[Mapping[AccessBasis, frozenset[str]]] = {
    AccessBasis.FORHOYET_SAMTYKKE: frozenset({"3", "5"}),
    AccessBasis.FORHOYET_AKUTT: frozenset({"5"}),
}
"""By basis, the override codes (Volven 9199) of the blocks it opens. What an emergency opens, her yes opens as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ElevatedAccess:
    """One elevation, as the gate needs to know it. The words of its reason are kept elsewhere.

    reason_code   an `ElevationReason`; None where she agreed
    session_id    the sign-in session it is bound to
    actor_key     keyed hash of the person's identity number, by which the ledger knows what the person did meanwhile
    """

    elevation_id: str
    hpr_number: str
    organisation_number: str
    session_id: str
    access_basis: AccessBasis
    reason_code: str | None
    starts_at: datetime
    ends_at: datetime
    actor_key: str | None = None

    @property
    def is_emergency(self) -> bool:
        return self.access_basis is AccessBasis.FORHOYET_AKUTT

    def serves(self, viewer: Viewer, now: datetime) -> bool:
        """Whether it is this viewer's, now."""
        bound_to = (self.hpr_number, self.organisation_number, self.session_id)
        asking = (viewer.hpr_number, viewer.unit.number if viewer.unit else None, viewer.session_id)
        basis = ELEVATED_BASIS_FOR.get(viewer.purpose) if viewer.purpose else None
        return asking == bound_to and basis is self.access_basis and self.starts_at <= now < self.ends_at

    def opens(self, override_code: str) -> bool:
        """Whether a block with this override code (Volven 9199) is opened by it."""
        return override_code in OPENED_ON.get(self.access_basis, frozenset())


def basis_of(purpose: Purpose | None, own_unit: bool | None) -> AccessBasis | None:
    """On what a look without an elevation rests; None for her own and for systems', which state no purpose, and for
    ordinary care where it was not looked up whether the unit follows the card."""
    if purpose in EMERGENCY_PURPOSES:
        return AccessBasis.AKUTT
    if purpose is Purpose.TREAT and not own_unit:
        return None if own_unit is None else AccessBasis.SAMTYKKE
    return AccessBasis.UNNTAK if purpose else None


def with_elevation(entry: LedgerEntry, elevated: ElevatedAccess | None) -> LedgerEntry:
    """The ledger entry of a look that an elevation made possible: its basis, reason code and end; not its words."""
    if elevated is None:
        return entry
    noted = {"reason_code": elevated.reason_code, "ends_at": elevated.ends_at.isoformat()}
    return replace(entry, access_basis=elevated.access_basis.value, elevated=noted)
