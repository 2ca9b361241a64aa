"""What is worked out from a card, by the name of its field, and the facts that each such value looks at.

Whoever asks for the value asks for these facts: they are read with the card, and those that are not given are named.
Rules and entries of the programme declare theirs.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from app.domain.card.sections import SECTION_NAMED
from app.domain.clinical.body import BODY_MASS, COUNTERS
from app.domain.clinical.chart import DATING
from app.domain.clinical.evaluation import rules_in_force
from app.domain.clinical.programme_visits import EXAMINED_ON, HELD_ON
from app.domain.clinical.registry import PROGRAMME
from app.domain.clinical.rules.fundal_height import FETUSES, READ
from app.domain.clinical.rules.infections import HIV
from app.domain.clinical.rules.weight import WEIGHED

ENDED_BY: Final = ("birthOutcome.children.status", "birthOutcome.children.bornAt")
"""What tells that the pregnancy is over, beside the card's own end."""

FETAL_WEIGHTS: Final = (
    EXAMINED_ON,
    *(f"ultrasoundExaminations.fetalMeasurements.{name}" for name in ("fetusNumber", "estimatedFetalWeightG")),
)


def _once(*groups: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(path for group in groups for path in group))


_OF_RULES: Final = _once(*(rule.facts_of_card for rule in rules_in_force()), DATING, ENDED_BY)
_OF_PROGRAMME: Final = _once(*(entry.facts_of_card for entry in PROGRAMME if entry.off is None), DATING, ENDED_BY)

LOOKED_AT: Final[Mapping[str, tuple[str, ...]]] = {
    "dating": DATING,
    "alerts": _OF_RULES,
    "unansweredRules": _OF_RULES,
    "programme": _OF_PROGRAMME,
    "growth": _once(READ, FETAL_WEIGHTS, BODY_MASS, WEIGHED),
    "bodyMassIndex": BODY_MASS,
    "parity": COUNTERS,
    "birthplace": _once(BODY_MASS, COUNTERS, READ, FETAL_WEIGHTS, (HIV,)),
    "postpartumFollowUp": _once(ENDED_BY, COUNTERS),
    "timeline": _once(_OF_RULES, _OF_PROGRAMME, (HELD_ON, EXAMINED_ON, FETUSES)),
}
"""By field of the card."""

KINDS_LOOKED_AT: Final[Mapping[str, frozenset[str]]] = {
    name: frozenset(SECTION_NAMED[path.split(".", 1)[0]].kind for path in paths) for name, paths in LOOKED_AT.items()
}
"""The sections that they stand in."""
