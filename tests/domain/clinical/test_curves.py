"""The curves as data: the published values, week by week, where there are any."""

import pytest

from app.domain.clinical.curves import LAST_WEEK, CurveKind, curve_weeks
from app.domain.clinical.growth import CURVE_CENTILES

WEEKS = {
    CurveKind.FUNDAL_HEIGHT: (16, 42),
    CurveKind.FETAL_WEIGHT_MARSAL: (24, 40),
    CurveKind.WEIGHT_GAIN: (14, 40),
}


@pytest.mark.parametrize("kind", WEEKS)
def test_a_curve_has_values_for_the_weeks_it_was_published_for(kind: CurveKind) -> None:
    """From the first to the last of them, and none beside."""
    first, last = WEEKS[kind]
    assert [each.week for each in curve_weeks(kind, 0, LAST_WEEK)] == list(range(first, last + 1))


@pytest.mark.parametrize("kind", CurveKind)
def test_of_every_week_all_centiles_are_there_in_order(kind: CurveKind) -> None:
    """From the third to the ninety-seventh, each above the one before."""
    found = list(curve_weeks(kind, 0, LAST_WEEK))
    assert found
    for each in found:
        assert tuple(each.values) == CURVE_CENTILES
        assert list(each.values.values()) == sorted(each.values.values())
