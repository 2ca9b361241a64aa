"""The card as the clinical rules see it for one viewer: what was released to her, and nothing else.

A fact that is withheld is an unknown one here, so no value that is worked out can carry it.
"""

from datetime import date
from typing import Annotated, Any

import strawberry

from app.domain.clinical.chart import Chart
from app.domain.clinical.knowledge import chart_on
from app.domain.clinical.looked_at import KINDS_LOOKED_AT
from app.domain.dating import day_of
from app.domain.gate import OSLO
from app.domain.history import HISTORY
from resolvers.context import OpenedCard

AsOf = Annotated[
    date | None,
    strawberry.argument(description="By what was known at the end of this day; left out: today."),
]


def chart_for(card: OpenedCard, field: str, as_of: date | None = None) -> Chart:
    """The chart that a field of the card is worked out from. A day in the past is put back to what was known then."""
    kinds, day = KINDS_LOOKED_AT[field], as_of or card.grant.today
    if (kinds, day) not in card.charts:
        card.charts[kinds, day] = _made(card, field, day)
    return card.charts[kinds, day]


def _made(card: OpenedCard, field: str, day: date) -> Chart:
    if day >= card.grant.today:
        return Chart.of(documents_for(card, field), day, born_on=card.born_on, ended_on=ended_on(card))
    assert card.past is not None  # the plan has seen that a day in the past is asked about
    versions = [version for version in card.past.released() if version.kind in KINDS_LOOKED_AT[field]]
    return chart_on(day, versions, born_on=card.born_on, ended_on=ended_on(card))


def documents_for(card: OpenedCard, field: str) -> dict[str, Any]:
    """The sections a field looks at, as they were released."""
    found = ((kind, card.sections.get(kind)) for kind in sorted(KINDS_LOOKED_AT[field]))
    return {kind: _without_past(document) for kind, document in found if document is not None}


def documents_until(card: OpenedCard, field: str, day: date) -> dict[str, Any]:
    """The same without the ultrasound examinations of later days."""
    documents = documents_for(card, field)
    scans = documents.get("ultrasound_examinations", [])
    known = [scan for scan in scans if (day_of(scan.get("examined_on")) or day) <= day]
    return {**documents, "ultrasound_examinations": known}


def ended_on(card: OpenedCard) -> date | None:
    """The day the card was closed."""
    closed_at = card.head.closed_at
    return None if closed_at is None else closed_at.astimezone(OSLO).date()


def _without_past(document: Any) -> Any:
    """A document without the histories that its items may carry."""
    if isinstance(document, list):
        return [_without_past(item) for item in document]
    return {name: value for name, value in document.items() if name != HISTORY}
