"""What was known on a day: a rule asked about the past answers as it would have answered then."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from app.domain.clinical.chart import Chart
from app.domain.clinical.evaluation import evaluate
from app.domain.clinical.knowledge import chart_on
from app.domain.history import StoredVersion
from tests.domain.clinical.charts import DATED, day, pressure, visit

NOON = timedelta(hours=12)


def version(
    kind: str, item: str, number: int, on: date, facts: dict[str, Any], *, in_error: bool = False
) -> StoredVersion:
    """One version of an item as it was written at noon."""
    at = datetime(on.year, on.month, on.day, 12, tzinfo=UTC)
    provenance = {"item_id": item, "version": number, "last_updated_at": at.isoformat()}
    document = {**facts, "provenance": provenance | ({"entered_in_error": True} if in_error else {})}
    return StoredVersion(kind, item, number, at, document)


def heard(versions: list[StoredVersion], on: date) -> set[str]:
    return {alert.rule.id for alert in evaluate(chart_on(on, versions)).alerts}


SEVERE = visit(30, **pressure(170, 110))
VERSIONS = [
    version("antenatal_visits", "b", 2, day(32), SEVERE, in_error=True),
    version("antenatal_visits", "b", 1, day(31), SEVERE),
    version("pregnancy", "p", 1, day(9), DATED),
    version("antenatal_visits", "a", 1, day(29), visit(29, **pressure(120, 80))),
]


def test_what_was_written_later_was_not_known() -> None:
    """The severe reading of 30+0 was written down at 31+0 and withdrawn at 32+0."""
    assert [("BP-4" in heard(VERSIONS, day(*when))) for when in ((30, 0), (30, 6), (31, 0), (31, 6), (32, 0))] == [
        False, False, True, True, False,
    ]  # fmt: skip


def test_what_was_corrected_later_counts_as_it_was() -> None:
    """Ferritin 11, corrected to 110 the week after."""
    versions = [
        version("laboratory_results", "l", 1, day(10), {"ferritin_ug_per_l": 11}),
        version("laboratory_results", "l", 2, day(11), {"ferritin_ug_per_l": 110}),
    ]
    assert heard(versions, day(10)) & {"FE-1", "FE-4"} == {"FE-4"}
    assert heard(versions, day(11)) & {"FE-1", "FE-4"} == {"FE-1"}
    assert not heard(versions, day(9, 6))


def test_a_due_date_that_moved_counts_from_when_it_moved() -> None:
    """Corrected a week later than ultrasound had it: the rules of 40+0 speak again a week later."""
    moved = {**DATED, "due_date_corrected": "2025-10-18"}
    versions = [version("pregnancy", "p", 1, day(9), DATED), version("pregnancy", "p", 2, day(40, 1), moved)]
    assert [("PT-1" in heard(versions, day(*when))) for when in ((39, 6), (40, 0), (40, 1), (41, 0))] == [
        False, True, False, True,
    ]  # fmt: skip


def test_a_value_stands_since_it_was_written_and_not_since_its_section_was() -> None:
    """HbA1c written at 12+0; the section written again at 20+0 with another test does not make it late."""
    versions = [
        version("pregnancy", "p", 1, day(9), DATED),
        version("laboratory_results", "l", 1, day(12), {"hba1c_mmol_per_mol": 43}),
        version("laboratory_results", "l", 2, day(20), {"hba1c_mmol_per_mol": 43, "hiv_positive": False}),
    ]
    chart = chart_on(day(21), versions)
    assert chart.written_on["laboratoryResults.hba1cMmolPerMol"] == day(12)
    assert chart.written_on["laboratoryResults.hivPositive"] == day(20)
    assert "GL-1" in heard(versions, day(21))
    changed = [*versions, version("laboratory_results", "l", 3, day(22), {"hba1c_mmol_per_mol": 44})]
    assert "GL-1" not in heard(changed, day(22))


def test_the_order_of_versions_does_not_matter() -> None:
    """Read in any order they tell the same."""
    assert chart_on(day(31), VERSIONS) == chart_on(day(31), VERSIONS[::-1])


def test_the_present_is_what_the_documents_say() -> None:
    """Known on the last day and read from the documents as they stand: the same alerts."""
    documents = {
        "pregnancy": VERSIONS[2].document,
        "antenatal_visits": [VERSIONS[3].document, VERSIONS[0].document],
    }
    assert evaluate(chart_on(day(33), VERSIONS)).alerts == evaluate(Chart.of(documents, day(33))).alerts


def test_nothing_dated_later_is_seen() -> None:
    """A visit that is to come is no reading yet, whenever it was written."""
    assert not heard([version("antenatal_visits", "b", 1, day(20), SEVERE)], day(29, 6))
