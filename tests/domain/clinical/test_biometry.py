"""How old a fetus of this size usually is: the published vectors and medians."""

from dataclasses import astuple

import pytest

from app.domain.clinical.biometry import (
    age_by_crown_rump_length,
    age_by_crown_rump_length_of_robinson,
    age_by_head,
    age_by_head_and_femur,
    crown_rump_length_disagrees,
    expected_crown_rump_length_mm,
    expected_size,
    head_and_femur_disagree,
)
from app.domain.clinical.certainty import Certainty
from app.domain.clinical.weeks import in_days, week_of

TRUE, FALSE, UNKNOWN = Certainty.TRUE, Certainty.FALSE, Certainty.UNKNOWN

PRINTED = (
    "8+3 8+6 9+3 9+6 10+2 10+5 11+1 11+4 12+0 12+3 12+6 13+1 13+4 14+0 14+2 14+5 15+0"
)  # fmt: skip
"""The median age for every fifth millimetre from 15 to 95, as published."""


@pytest.mark.parametrize(
    ("length_mm", "days", "label"),
    [
        pytest.param(15, 59, "8+3", id="TV-C1"),
        pytest.param(45, 78, "11+1", id="TV-C2"),
        pytest.param(50, 81, "11+4", id="TV-C3"),
        pytest.param(60, 87, "12+3", id="TV-C4"),
        pytest.param(70, 92, "13+1", id="TV-C5"),
        pytest.param(80, 98, "14+0", id="TV-C6"),
    ],
)
def test_crown_rump_length_tells_the_age(length_mm: int, days: int, label: str) -> None:
    """To the nearest day, not the day that is complete."""
    assert age_by_crown_rump_length(length_mm) == days
    assert str(week_of(days)) == label


def test_the_published_medians_are_computed_again() -> None:
    """Every one of them, to the day."""
    ages = [age_by_crown_rump_length(length_mm) for length_mm in range(15, 96, 5)]
    assert [str(week_of(days)) for days in ages if days is not None] == PRINTED.split()


@pytest.mark.parametrize(
    ("length_mm", "days"), [pytest.param(45, 78, id="TV-C7"), pytest.param(80, 96, id="TV-C8"), (4, None), (81, None)]
)
def test_the_older_equation_differs(length_mm: int, days: int | None) -> None:
    """Robinson's equation agrees at 45 mm and is two days off at 80."""
    assert age_by_crown_rump_length_of_robinson(length_mm) == days


@pytest.mark.parametrize(
    ("weeks", "length_mm"),
    [
        pytest.param(11, 43.85, id="TV-C9-11"), pytest.param(12, 55.58, id="TV-C9-12"),
        pytest.param(13, 67.85, id="TV-C9-13"),
    ],
)  # fmt: skip
def test_an_age_has_its_crown_rump_length(weeks: int, length_mm: float) -> None:
    """The equation the other way round."""
    assert expected_crown_rump_length_mm(in_days(weeks)) == pytest.approx(length_mm, abs=0.005)


@pytest.mark.parametrize(
    ("head_mm", "femur_mm", "days"),
    [
        pytest.param(130, 20, 115, id="TV-C10"),
        pytest.param(170, 32, 140, id="TV-C11"),
        pytest.param(170, None, 139, id="TV-C12"),
        (60, 5, None), (60, None, None), (300, 60, None), (300, None, None),
    ],
)  # fmt: skip
def test_head_and_femur_tell_the_age(head_mm: int, femur_mm: int | None, days: int | None) -> None:
    """Of the second trimester only."""
    assert (age_by_head(head_mm) if femur_mm is None else age_by_head_and_femur(head_mm, femur_mm)) == days


@pytest.mark.parametrize("days", [pytest.param(in_days(20), id="TV-C13")])
def test_an_age_has_its_sizes(days: int) -> None:
    """Head, width of the head, abdomen and femur at 20+0."""
    size = expected_size(days)
    assert size is not None
    assert astuple(size) == pytest.approx((172.5, 48.4, 147.7, 31.3), abs=0.05)


def test_nothing_is_said_outside_what_is_published() -> None:
    """An equation gives a number for everything; a number that means nothing is not given."""
    assert [age_by_crown_rump_length(length_mm) for length_mm in (14.9, 95.1)] == [None, None]
    assert [expected_crown_rump_length_mm(days) for days in (57, 106)] == [None, None]
    assert [expected_size(days) for days in (97, 281)] == [None, None]


@pytest.mark.parametrize(
    ("found_days", "length_mm", "expected"),
    [(94, 60, FALSE), (95, 60, TRUE), (80, 60, FALSE), (79, 60, TRUE), (95, None, UNKNOWN), (None, 60, UNKNOWN), (95, 120, UNKNOWN)],
)  # fmt: skip
def test_a_week_is_more_than_measuring_a_crown_rump_length_explains(
    found_days: int | None, length_mm: int | None, expected: Certainty
) -> None:
    """60 mm is 87 days; outside the equation nothing is said."""
    assert crown_rump_length_disagrees(found_days, _recorded(crown_rump_length_mm=length_mm)) is expected


@pytest.mark.parametrize(
    ("found_days", "head_mm", "femur_mm", "expected"),
    [
        (150, 170, 32, FALSE), (151, 170, 32, TRUE), (129, 170, 32, TRUE), (149, 170, None, FALSE),
        (150, 170, None, TRUE), (150, None, 32, UNKNOWN), (None, 170, 32, UNKNOWN),
    ],
)  # fmt: skip
def test_ten_days_are_more_than_measuring_a_head_explains(
    found_days: int | None, head_mm: int | None, femur_mm: int | None, expected: Certainty
) -> None:
    """140 days by both, 139 by the head alone; a femur alone says nothing."""
    measurement = _recorded(head_circumference_mm=head_mm, femur_length_mm=femur_mm)
    assert head_and_femur_disagree(found_days, measurement) is expected


def _recorded(**facts: float | None) -> dict[str, float]:
    return {name: value for name, value in facts.items() if value is not None}
