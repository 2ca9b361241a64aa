"""Viewers made before, for requests that come with the same token: what does not depend on the time was checked then.

The token's own times and its key are looked at each time (`AccessTokenVerifier.verify`), and so is whether the unit is
still enrolled as it was.
"""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from app.domain.viewer import Organisation, Viewer
from app.identity.claims import Claims

VIEWERS_KEPT: Final = 4_096


@dataclass(frozen=True, slots=True)
class _Known:
    claims: Claims
    unit: Organisation | None
    viewer: Viewer


class KnownViewers:
    """Bounded; the one not seen for longest leaves first."""

    def __init__(self) -> None:
        self._kept: OrderedDict[int, _Known] = OrderedDict()

    def find(self, claims: Claims, unit: Organisation | None, now: datetime) -> Viewer | None:
        """The viewer that these very claims made, at the unit as it was then, while the attest is good."""
        known = self._kept.get(id(claims))
        if known is None or known.claims is not claims or known.unit is not unit:
            return None
        ends_at = known.viewer.attest_ends_at
        if ends_at is not None and now >= ends_at:
            return None
        self._kept.move_to_end(id(claims))
        return known.viewer

    def keep(self, claims: Claims, unit: Organisation | None, viewer: Viewer) -> None:
        """For the next time."""
        self._kept[id(claims)] = _Known(claims, unit, viewer)
        if len(self._kept) > VIEWERS_KEPT:
            self._kept.popitem(last=False)
