"""The whole catalogue: every alert, every entry of the programme, and what the guidelines ask that the card cannot
answer."""

from dataclasses import dataclass
from typing import Final

from app.domain.clinical.evaluation import all_rules
from app.domain.clinical.programme import Entry
from app.domain.clinical.programme_care import CARE
from app.domain.clinical.programme_visits import VISITS
from app.domain.clinical.rules.not_on_the_card import NOT_ON_THE_CARD

PROGRAMME: Final[tuple[Entry, ...]] = (*VISITS, *CARE)
"""Every entry of the programme, those that are switched off among them."""


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """One line of the catalogue. `off`: why it is switched off; None: it is on."""

    id: str
    version: int | None
    sources: tuple[str, ...]
    evidence: str | None
    off: str | None


def catalogue() -> list[CatalogueEntry]:
    """The rules in the order of their files, the programme, and last what cannot be asked."""
    return [
        *(CatalogueEntry(rule.id, rule.version, rule.sources, rule.evidence.value, rule.off) for rule in all_rules()),
        *(
            CatalogueEntry(entry.id, entry.version, entry.sources, entry.evidence.value, entry.off)
            for entry in PROGRAMME
        ),
        *(CatalogueEntry(absent.id, None, absent.sources, None, absent.reason) for absent in NOT_ON_THE_CARD),
    ]
