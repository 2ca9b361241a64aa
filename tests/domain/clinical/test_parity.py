"""Gravida and para, and what is never told."""

from dataclasses import fields
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.clinical.certainty import Certainty
from app.domain.clinical.parity import Parity, counters_do_not_add_up, parity
from tests.domain.clinical.cards import mistaken

TRUE, FALSE, UNKNOWN = Certainty.TRUE, Certainty.FALSE, Certainty.UNKNOWN
NAMES = {
    "pregnancies": "number_of_previous_pregnancies", "live": "number_of_previous_live_births",
    "still": "number_of_stillbirths_from_22_weeks", "miscarriages": "number_of_spontaneous_miscarriages",
    "ectopic": "number_of_ectopic_pregnancies",
}  # fmt: skip
COUNT = st.none() | st.integers(0, 6)


def counted(**numbers: int | None) -> dict[str, Any]:
    """A card with these counters."""
    return {"previous_pregnancies": {NAMES[name]: number for name, number in numbers.items()}}


@pytest.mark.parametrize(
    ("card", "expected"),
    [
        pytest.param(counted(pregnancies=2, live=1, still=0, miscarriages=1), Parity(3, 1, FALSE), id="TV-P20"),
        pytest.param(
            counted(pregnancies=3, live=1, miscarriages=1, still=0, ectopic=0), Parity(4, 1, FALSE), id="TV-P21"
        ),
        pytest.param(counted(pregnancies=1, live=2, still=0), Parity(2, 2, FALSE), id="TV-P22"),
        (counted(pregnancies=0), Parity(1, None, TRUE)),
        (counted(pregnancies=2, live=0, still=0), Parity(3, 0, TRUE)),
        (counted(pregnancies=1, live=0), Parity(2, None, UNKNOWN)),
        (counted(live=1), Parity(None, None, FALSE)),
        (counted(), Parity(None, None, UNKNOWN)),
        (
            {"previous_pregnancies": mistaken(counted(pregnancies=1)["previous_pregnancies"])},
            Parity(None, None, UNKNOWN),
        ),
        ({}, Parity(None, None, UNKNOWN)),
    ],
)
def test_gravida_counts_this_pregnancy_and_para_the_children(card: dict[str, Any], expected: Parity) -> None:
    """Nothing is counted that is not recorded; one birth is enough to have borne."""
    assert parity(card) == expected


@pytest.mark.parametrize(
    ("card", "expected"),
    [
        pytest.param(counted(pregnancies=1, live=2), TRUE, id="TV-P22"),
        pytest.param(counted(pregnancies=3, live=1, miscarriages=1, still=0, ectopic=0), FALSE, id="TV-P21"),
        (counted(pregnancies=3, live=1, miscarriages=1), UNKNOWN),
        (counted(live=2), UNKNOWN),
        ({}, UNKNOWN),
    ],
)
def test_counters_that_exceed_the_pregnancies_are_found(card: dict[str, Any], expected: Certainty) -> None:
    """A mistake, or twins: the message says both."""
    assert counters_do_not_add_up(card) is expected


@given(COUNT, COUNT, COUNT, COUNT, COUNT)
def test_what_is_left_over_is_never_told(
    pregnancies: int | None, live: int | None, still: int | None, miscarriages: int | None, ectopic: int | None
) -> None:
    """Whatever the losses, her parity is the same: it cannot be worked back to what the card does not say."""
    births = {"pregnancies": pregnancies, "live": live, "still": still}
    assert parity(counted(**births, miscarriages=miscarriages, ectopic=ectopic)) == parity(counted(**births))
    assert [field.name for field in fields(Parity)] == ["gravida", "para", "has_not_borne"]
