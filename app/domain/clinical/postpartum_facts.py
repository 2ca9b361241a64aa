"""What a card has recorded of that which decides the follow-up after the birth."""

from typing import Final

from app.domain.clinical.body import has_not_borne
from app.domain.clinical.certainty import Certainty
from app.domain.clinical.chart import Chart
from app.domain.clinical.postpartum import Birth
from app.domain.dating import day_of

BORN_ALIVE: Final = "1"
"""Volven 8522."""


def recorded_birth(chart: Chart) -> Birth | None:
    """The birth, where every child was born alive; None else: whoever has lost a child is followed by a person, and no
    list tells her what is due."""
    children = chart.section("birth_outcome").get("children") or ()
    days = [day for child in children if (day := day_of(child.get("born_at"))) is not None]
    if not days or any((child.get("status") or {}).get("code") != BORN_ALIVE for child in children):
        return None
    first = has_not_borne(chart)
    return Birth(born_on=min(days), has_borne_before=None if first is Certainty.UNKNOWN else first is Certainty.FALSE)
