"""What is doubtful on a card as it stands: the rules of what may be written, asked of what is."""

from typing import Any

import pytest

from app.domain.clinical.data_quality import doubts
from tests.domain.clinical.charts import dated, day, measured, visit, visited


def found(documents: dict[str, Any]) -> set[tuple[str, str]]:
    """Section and code of every doubt, looked at in week 30."""
    return {(doubt.kind, doubt.problem.code) for doubt in doubts(documents, day(30))}


@pytest.mark.parametrize(
    ("documents", "expected"),
    [
        pytest.param(
            visited(visit(24, gestational_age_weeks=24, gestational_age_days=2)), {("antenatal_visits", "WEEK_DIFFERS")}, id="DQ-1"
        ),
        pytest.param(
            {"laboratory_results": {"hemoglobin_first_trimester_g_per_dl": 115}}, {("laboratory_results", "HEMOGLOBIN_UNIT")},
            id="DQ-7-L4",
        ),
        pytest.param({"laboratory_results": {"hba1c_mmol_per_mol": 6}}, {("laboratory_results", "HBA1C_UNIT")}, id="DQ-7"),
        pytest.param(
            dated(symphysis_fundal_heights=[measured(15, 6, 16)]), {("symphysis_fundal_heights", "FUNDAL_HEIGHT_EARLY")}, id="DQ-9"
        ),
        pytest.param(
            {"medical_conditions": {"nothing_particular": True, "diabetes": True}},
            {("medical_conditions", "SOMETHING_BESIDE_NOTHING")}, id="DQ-11",
        ),
        pytest.param(
            {
                "previous_pregnancies": {
                    "number_of_previous_pregnancies": 1, "number_of_previous_live_births": 2,
                    "number_of_stillbirths_from_22_weeks": 0, "number_of_spontaneous_miscarriages": 0,
                    "number_of_ectopic_pregnancies": 0,
                }
            },
            {("previous_pregnancies", "COUNTS_EXCEED_PREGNANCIES")}, id="P22-GP-2",
        ),
        pytest.param(visited(visit(24, gestational_age_weeks=24, gestational_age_days=1)), set(), id="one-day-is-no-doubt"),
    ],
)  # fmt: skip
def test_doubts(documents: dict[str, Any], expected: set[tuple[str, str]]) -> None:
    """Each by its number."""
    assert expected <= found(documents) and (expected or not found(documents))


def test_a_doubt_names_its_item_and_what_it_was_drawn_from() -> None:
    """By the item's id; nothing is said of what was entered in error."""
    wrong = visit(24, gestational_age_weeks=30)
    named = {**wrong, "provenance": {"item_id": "v1"}}
    (doubt,) = [each for each in doubts(visited(named), day(30)) if each.problem.code == "WEEK_DIFFERS"]
    assert doubt.item_id == "v1" and doubt.problem.reads == {"antenatal_visits", "pregnancy"}
    withdrawn = {**wrong, "provenance": {"item_id": "v1", "entered_in_error": True}}
    assert not found(visited(withdrawn))


def test_an_empty_card_is_not_doubtful() -> None:
    """Nothing is doubted that is not recorded."""
    assert not doubts({}, day(30)) and not doubts({"antenatal_visits": [], "pregnancy": None}, day(30))
