"""The programme for RhD-negative women, state by state, for each fetus."""

from datetime import date
from typing import Any

import pytest

from app.domain.clinical.chart import Chart
from app.domain.clinical.rhesus import RhesusState, states
from tests.domain.clinical.charts import dated, day, fired
from tests.domain.clinical.scenarios import BLOOD, POSITIVE_FETUS

RULES = {"RH-1", "RH-2", "RH-3"}
POSITIVE, NEGATIVE = RhesusState.TYPED_POSITIVE, RhesusState.TYPED_NEGATIVE
NEEDS_TYPING = RhesusState.NEEDS_TYPING


def followed(fetuses: int = 1, **facts: Any) -> dict[str, Any]:
    """An RhD-negative woman without antibodies."""
    return dated(laboratory_results=BLOOD, rhesus_d_negative_follow_up=facts, pregnancy={"number_of_fetuses": fetuses})


def states_of(documents: dict[str, Any]) -> list[RhesusState]:
    return [each.state for each in states(Chart.of(documents, day(30)))]


def result(number: int, positive: bool, answered: date | None = None) -> dict[str, Any]:
    dated_on = {"answered_on": answered.isoformat()} if answered else {}
    return {"fetus_number": number, "rhd_positive": positive, **dated_on}


@pytest.mark.parametrize(
    ("laboratory", "expected"),
    [
        ({}, RhesusState.NOT_KNOWN),
        ({"blood_type": {"rhesus_d": "POSITIVE"}}, RhesusState.NOT_NEEDED),
        ({"blood_type": {"rhesus_d": "NEGATIVE"}}, RhesusState.NOT_KNOWN),
        ({"red_cell_antibodies_positive": False}, RhesusState.NOT_KNOWN),
        ({"blood_type": {"rhesus_d": "NEGATIVE"}, "red_cell_antibodies_positive": True}, RhesusState.IMMUNISED),
        (BLOOD, NEEDS_TYPING),
    ],
)
def test_the_womans_own_type_comes_first(laboratory: dict[str, Any], expected: RhesusState) -> None:
    """Not known is neither needed nor not needed."""
    assert states_of(dated(laboratory_results=laboratory)) == [expected]


@pytest.mark.parametrize(
    ("follow_up", "expected"),
    [
        ({}, NEEDS_TYPING),
        ({"consents_to_fetal_rhd_typing": True}, NEEDS_TYPING),
        ({"consents_to_fetal_rhd_typing": False}, RhesusState.DECLINED),
        ({"any_fetus_rhd_positive_at_week_24": True}, POSITIVE),
        ({"any_fetus_rhd_positive_at_week_24": False}, NEGATIVE),
        ({"any_fetus_rhd_positive_at_week_24": True, "prophylaxis_given_at_week_28": True}, RhesusState.PROPHYLAXIS_GIVEN),
        ({"any_fetus_rhd_positive_at_week_24": True, "prophylaxis_given_at_week_28": False}, POSITIVE),
        ({"prophylaxis_given_at_week_28": True}, NEEDS_TYPING),
    ],
)  # fmt: skip
def test_a_single_fetus(follow_up: dict[str, Any], expected: RhesusState) -> None:
    """The answer for any fetus is that of the only one."""
    assert states_of(followed(**follow_up)) == [expected]


def test_each_fetus_has_its_own_state() -> None:
    """Of twins one can be typed and the other not; an answer for any fetus, if negative, is nobody's in particular."""
    assert states_of(followed(2, fetal_results=[result(1, False)])) == [NEGATIVE, NEEDS_TYPING]
    assert states_of(followed(2, fetal_results=[result(2, True)])) == [NEEDS_TYPING, POSITIVE]
    assert states_of(followed(2, any_fetus_rhd_positive_at_week_24=True)) == [POSITIVE, POSITIVE]
    assert states_of(followed(2, any_fetus_rhd_positive_at_week_24=False)) == [NEEDS_TYPING, NEEDS_TYPING]


def test_an_answer_from_before_24_weeks_answers_nothing() -> None:
    """The sample was too early."""
    early, later = (followed(fetal_results=[result(1, True, day(*when))]) for when in ((23, 6), (24, 0)))
    assert states_of(early) == [NEEDS_TYPING] and states_of(later) == [POSITIVE]
    assert states_of(
        followed(any_fetus_rhd_positive_at_week_24=True, fetal_result_answered_on=day(22).isoformat())
    ) == [NEEDS_TYPING]


def test_p1_typing_is_to_be_ordered() -> None:
    """P1: RhD negative, no antibodies, 23+0: RH-1; from 25+0 on it is overdue, through 36+6."""
    card = followed()
    assert [fired(card, day(*when)) & RULES for when in ((22, 6), (23, 0), (25, 0), (36, 6), (37, 0))] == [
        set(), {"RH-1"}, {"RH-2"}, {"RH-2"}, set(),
    ]  # fmt: skip


def test_p2_prophylaxis_is_to_be_given_late_as_well() -> None:
    """P2: typed positive, not given: RH-3 at 28+0 and still at 33+0; given, no more."""
    card = followed(**POSITIVE_FETUS)
    assert [fired(card, day(*when)) & RULES for when in ((27, 6), (28, 0), (33, 0))] == [set(), {"RH-3"}, {"RH-3"}]
    assert not fired(followed(**POSITIVE_FETUS, prophylaxis_given_at_week_28=True), day(33)) & RULES


def test_p3_a_negative_fetus_needs_no_prophylaxis() -> None:
    """P3: typed negative, no rule of prophylaxis on any day."""
    card = followed(fetal_results=[result(1, False)])
    assert not any(fired(card, day(weeks)) & RULES for weeks in range(20, 42))


def test_p4_the_immunised_are_the_hospitals() -> None:
    """P4: antibodies: RH-6, and no rule of prophylaxis."""
    card = dated(laboratory_results={**BLOOD, "red_cell_antibodies_positive": True})
    for weeks in (24, 28, 33):
        assert fired(card, day(weeks)) & {*RULES, "RH-6"} == {"RH-6"}
