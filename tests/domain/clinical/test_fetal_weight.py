"""Estimated fetal weights: the published vectors, and the published table cell by cell."""

import pytest

from app.domain.card.earlier_pregnancies import ChildSex
from app.domain.clinical.fetal_weight import estimated_weight_g, weight_at, weight_in_reference
from app.domain.clinical.references import FetalWeightReference
from app.domain.clinical.settings import ClinicalSettings
from app.domain.clinical.weeks import in_days
from tests.domain.clinical.printed import Cell, cells

INTERGROWTH, HADLOCK = FetalWeightReference.INTERGROWTH_21ST, FetalWeightReference.INTERGROWTH_21ST_HADLOCK
MARSAL = FetalWeightReference.MARSAL
BOY, GIRL = ChildSex.MALE, ChildSex.FEMALE

INTERGROWTH_PRINTED = {
    24: (575, 602, 669, 751), 26: (716, 757, 856, 980), 28: (892, 951, 1097, 1276), 30: (1106, 1190, 1396, 1647),
    32: (1357, 1473, 1755, 2089), 34: (1641, 1795, 2162, 2583), 36: (1948, 2144, 2594, 3089),
    38: (2265, 2495, 3006, 3541), 40: (2574, 2818, 3338, 3858),
}  # fmt: skip
"""The 3rd, 10th, 50th and 90th centile in g by completed week, as published."""

MARSAL_COMPUTED = {
    24: (691, 670), 26: (958, 932), 28: (1269, 1239), 30: (1617, 1585), 32: (1997, 1961), 34: (2400, 2358),
    36: (2815, 2761), 38: (3231, 3155), 40: (3634, 3522),
}  # fmt: skip
"""The mean of boys and girls in g by completed week, by the equations in circulation."""


@pytest.mark.parametrize(
    ("abdomen_cm", "head_cm", "weight_g"),
    [pytest.param(30, 31, 2234, id="TV-F1"), pytest.param(34, 33, 3155.5, id="TV-F2")],
)
def test_abdomen_and_head_tell_the_weight(abdomen_cm: float, head_cm: float, weight_g: float) -> None:
    """The formula as published."""
    assert estimated_weight_g(abdomen_cm, head_cm) == pytest.approx(weight_g, abs=0.5)


@pytest.mark.parametrize(
    ("reference", "week", "expected"),
    [
        pytest.param(INTERGROWTH, 40, {10: 2818, 50: 3338, 90: 3858}, id="TV-F3"),
        pytest.param(HADLOCK, 36, {10: 2228, 50: 2602, 90: 3031}, id="TV-F4"),
        *(
            pytest.param(INTERGROWTH, week, dict(zip((3, 10, 50, 90), weights, strict=True)), id=f"INTERGROWTH-{week}")
            for week, weights in INTERGROWTH_PRINTED.items()
        ),
    ],
)
def test_a_centile_has_its_weight(reference: FetalWeightReference, week: int, expected: dict[int, int]) -> None:
    """To within a gram of what is printed."""
    for centile, weight_g in expected.items():
        assert weight_at(reference, centile, in_days(week)) == pytest.approx(weight_g, abs=1)


@pytest.mark.parametrize("cell", cells("intergrowth_hadlock_weight.txt"), ids=str)
def test_every_printed_cell_of_hadlock_is_computed_again(cell: Cell) -> None:
    """168 of 168, to within a gram."""
    assert weight_at(HADLOCK, int(cell.column[1:]), in_days(cell.week)) == pytest.approx(float(cell.printed), abs=1)


@pytest.mark.parametrize(
    ("sex", "mean_g"), [pytest.param(BOY, 3634, id="TV-F5-boys"), pytest.param(GIRL, 3522, id="TV-F5-girls")]
)
def test_the_nordic_mean_depends_on_the_sex(sex: ChildSex, mean_g: int) -> None:
    """Where it is not known, or was not determined, the average counts."""
    assert weight_at(MARSAL, 50, 280, sex) == pytest.approx(mean_g, abs=0.5)
    for unknown in (None, ChildSex.UNDETERMINED):
        assert weight_at(MARSAL, 50, 280, unknown) == pytest.approx((3634 + 3522) / 2, abs=1)


def test_the_nordic_means_are_those_in_circulation() -> None:
    """Week by week, to the gram."""
    for week, means in MARSAL_COMPUTED.items():
        for sex, mean_g in zip((BOY, GIRL), means, strict=True):
            assert weight_at(MARSAL, 50, in_days(week), sex) == pytest.approx(mean_g, abs=0.5)


@pytest.mark.parametrize("weight_g", [pytest.param(2600, id="TV-F6")])
def test_nordic_units_tell_the_deviation(weight_g: int) -> None:
    """Per cent from the mean, of which 12 are one standard deviation."""
    found = weight_in_reference(weight_g, 280, BOY, ClinicalSettings(fetal_weight_reference=MARSAL))
    assert found is not None
    assert (found.deviation_percent, found.z_score) == pytest.approx((-28.5, -2.37), abs=0.05)
    at_two_deviations = weight_in_reference(2762, 280, BOY, ClinicalSettings(fetal_weight_reference=MARSAL))
    assert at_two_deviations is not None
    assert at_two_deviations.z_score == pytest.approx(-2, abs=0.005)


@pytest.mark.parametrize("reference", FetalWeightReference)
@pytest.mark.parametrize("centile", [3, 10, 50, 90])
def test_a_weight_is_judged_by_the_reference_the_hospital_uses(reference: FetalWeightReference, centile: int) -> None:
    """And says which; the centile of a centile's weight is that centile."""
    weight_g = weight_at(reference, centile, in_days(32, 3))
    assert weight_g is not None
    found = weight_in_reference(weight_g, in_days(32, 3), settings=ClinicalSettings(fetal_weight_reference=reference))
    assert found is not None
    assert found.reference is reference
    assert found.centile == pytest.approx(centile)


@pytest.mark.parametrize("reference", FetalWeightReference)
def test_nothing_is_said_outside_the_weeks_of_a_reference(reference: FetalWeightReference) -> None:
    """Too early and too late have no weight and no centile."""
    settings = ClinicalSettings(fetal_weight_reference=reference)
    for days in (in_days(17), in_days(42)):
        assert weight_at(reference, 50, days) is weight_in_reference(2600, days, settings=settings) is None


def test_until_the_hospital_says_which_there_is_no_centile() -> None:
    """No reference is assumed."""
    assert weight_in_reference(2600, 280) is None
