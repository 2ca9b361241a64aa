"""What was known of a card on a day: its documents as they stood then, from all versions of its items.

A rule asked about a day in the past answers from this, and so as it would have answered on that day: a value that was
corrected later counts as it was, and one that was written later does not count.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from app.domain.card.declaration import camel
from app.domain.card.sections import SECTIONS
from app.domain.clinical.chart import Chart
from app.domain.clinical.settings import DEFAULT_SETTINGS, ClinicalSettings
from app.domain.gate import OSLO, entered_in_error
from app.domain.history import StoredVersion
from app.domain.validation.walking import recorded

Items = dict[tuple[str, str], list[StoredVersion]]


def chart_on(
    day: date,
    versions: Iterable[StoredVersion],
    *,
    born_on: date | None = None,
    ended_on: date | None = None,
    settings: ClinicalSettings = DEFAULT_SETTINGS,
) -> Chart:
    """The chart as it was known at the end of a day in Norway."""
    items = _items(day, versions)
    chart = Chart.of(_documents(items), day, born_on=born_on, ended_on=ended_on, settings=settings)
    return chart.written(_written_on(items))


def _items(day: date, versions: Iterable[StoredVersion]) -> Items:
    """By item, its versions up to the day, oldest first."""
    items: Items = {}
    for version in sorted(versions, key=lambda version: version.version):
        if version.at.astimezone(OSLO).date() <= day:
            items.setdefault((version.kind, version.item_id), []).append(version)
    return items


def _documents(items: Items) -> dict[str, Any]:
    documents: dict[str, Any] = {}
    for (kind, _), versions in sorted(items.items()):
        document = versions[-1].document
        if SECTIONS[kind].repeated:
            documents.setdefault(kind, []).append(document)
        elif not entered_in_error(document):
            documents[kind] = document
    return documents


def _written_on(items: Items) -> dict[str, date]:
    """By fact of a section with one item, the day since which its value has stood unchanged."""
    since: dict[str, date] = {}
    for (kind, _), versions in items.items():
        if not SECTIONS[kind].repeated:
            since |= _unchanged_since(kind, versions)
    return since


def _unchanged_since(kind: str, versions: list[StoredVersion]) -> dict[str, date]:
    known: dict[str, tuple[Any, date]] = {}
    for version in versions:
        day, values = version.at.astimezone(OSLO).date(), _values(kind, version.document)
        known = {
            path: known[path] if path in known and known[path][0] == value else (value, day)
            for path, value in values.items()
        }
    return {path: day for path, (_, day) in known.items()}


def _values(kind: str, document: Mapping[str, Any]) -> dict[str, Any]:
    """Every recorded fact by its path; a list as a whole."""
    section = SECTIONS[kind]
    values: dict[str, Any] = {}
    for one in recorded(section.model, document):
        path = ".".join([section.graphql_name, *map(camel, one.place)])
        values.setdefault(path, []).append(one.value)
    return values
