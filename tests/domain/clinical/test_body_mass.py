"""Her body mass index before the pregnancy, and what is gained in it."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from app.domain.clinical.body_mass import BodyMassClass, BodyMassIndex, EarlyWeight, before_pregnancy, early_weight
from app.domain.clinical.centiles import centile_of
from app.domain.clinical.dating import dating
from app.domain.clinical.weeks import in_days
from app.domain.clinical.weight_gain import gain_at, gain_z_score, range_on, whole_range
from tests.domain.clinical.cards import mistaken, pregnancy
from tests.domain.clinical.printed import Cell, cells

UNDERWEIGHT, NORMAL, OVERWEIGHT, OBESE_I, OBESE_II, OBESE_III = BodyMassClass
BEGAN_ON = date(2025, 1, 1)


def measured(**facts: Any) -> dict[str, Any]:
    """A card with these measurements from before the pregnancy."""
    return {"pre_pregnancy_measurements": facts}


def visit(days: int, weight_kg: float) -> dict[str, Any]:
    """A visit on a day of the pregnancy that began on the first of January."""
    return {"held_on": str(BEGAN_ON + timedelta(days)), "weight_kg": weight_kg}


@pytest.mark.parametrize(
    ("height_cm", "weight_kg", "value", "body_mass_class"),
    [
        pytest.param(160, 70, "27.3", OVERWEIGHT, id="TV-B1"),
        pytest.param(168, 62.5, "22.1", NORMAL, id="TV-B2"),
        pytest.param(170, 53.4, "18.5", NORMAL, id="TV-B3"),
        pytest.param(165, 50, "18.4", UNDERWEIGHT, id="TV-B4"),
        pytest.param(172, 88.7, "30.0", OBESE_I, id="TV-B5"),
        pytest.param(168, 84.5, "29.9", OVERWEIGHT, id="TV-B6"),
        pytest.param(175, 107.1, "35.0", OBESE_II, id="TV-B7"),
        pytest.param(160, 102.3, "40.0", OBESE_III, id="TV-B8"),
    ],
)
def test_the_class_is_of_the_rounded_number(
    height_cm: float, weight_kg: float, value: str, body_mass_class: BodyMassClass
) -> None:
    """Halves up to one decimal, so that what is shown and what it is called agree."""
    found = before_pregnancy(measured(height_cm=height_cm, pre_pregnancy_weight_kg=weight_kg, bmi_kg_per_m2=99))
    assert found == BodyMassIndex(Decimal(value), is_computed=True)
    assert found.body_mass_class is body_mass_class


def test_an_entered_index_stands_where_none_can_be_computed() -> None:
    """And says that it was entered."""
    found = before_pregnancy(measured(height_cm=170, bmi_kg_per_m2=24.95))
    assert found == BodyMassIndex(Decimal("25.0"), is_computed=False)
    assert found.body_mass_class is OVERWEIGHT


@pytest.mark.parametrize(
    "documents",
    [
        {}, measured(), measured(height_cm=170), measured(pre_pregnancy_weight_kg=70),
        {**measured(height_cm=170), "antenatal_visits": [visit(60, 70)], **pregnancy(last_period_on=str(BEGAN_ON))},
        {"pre_pregnancy_measurements": mistaken({"height_cm": 170, "pre_pregnancy_weight_kg": 70})},
    ],
)  # fmt: skip
def test_a_weight_in_pregnancy_is_no_weight_before_it(documents: dict[str, Any]) -> None:
    """Without height or weight there is no index, whatever she weighed at a visit."""
    assert before_pregnancy(documents) is None


def test_an_early_weight_is_told_where_none_before_is_recorded() -> None:
    """The first before 12+0."""
    visits = {
        "antenatal_visits": [visit(83, 71), visit(60, 70.5), visit(84, 60), mistaken(visit(50, 99)), {"weight_kg": 1}]
    }
    card = {**visits, **pregnancy(last_period_on=str(BEGAN_ON))}
    expected = EarlyWeight(BEGAN_ON + timedelta(60), Decimal("70.5"))
    assert early_weight(card, dating(card)) == expected
    assert early_weight({**card, **measured(pre_pregnancy_weight_kg=69)}, dating(card)) is None
    assert early_weight(visits, None) is None
    assert early_weight({"antenatal_visits": [visit(84, 60)]}, dating(card)) is None


@pytest.mark.parametrize("week", [pytest.param(28, id="TV-B9")])
def test_the_range_grows_with_the_weeks(week: int) -> None:
    """From half a kilogram to two at 13+0, then so much a week."""
    found = range_on(NORMAL, in_days(week))
    assert found is not None
    assert [round(each, 1) for each in found] == [Decimal("5.8"), Decimal("9.5")]
    assert range_on(NORMAL, in_days(13)) == (Decimal("0.5"), Decimal("2.0"))
    assert range_on(NORMAL, in_days(12, 6)) is None


def test_every_class_has_its_range() -> None:
    """The heavier before, the less is gained; for twins nothing is published for underweight, for triplets nothing."""
    ranges = [whole_range(each, 1) for each in BodyMassClass]
    assert ranges == [
        (Decimal("12.5"), 18), (Decimal("11.5"), 16), (7, Decimal("11.5")), (5, 9), (5, 9), (5, 9),
    ]  # fmt: skip
    assert [whole_range(each, 2) is None for each in BodyMassClass] == [True, *[False] * 5]
    assert whole_range(NORMAL, 3) is None
    at_30_weeks = [range_on(each, in_days(30)) for each in (UNDERWEIGHT, NORMAL, OVERWEIGHT, OBESE_I)]
    assert at_30_weeks == sorted(at_30_weeks, reverse=True)


@pytest.mark.parametrize("cell", cells("intergrowth_weight_gain.txt"), ids=str)
def test_every_printed_cell_of_the_chart_is_computed_again(cell: Cell) -> None:
    """189 of 189: rounded as they are printed, within a hundredth of a kilogram."""
    gain_kg = gain_at(int(cell.column[1:]), in_days(cell.week), NORMAL)
    assert gain_kg is not None
    assert round(gain_kg, 2) == pytest.approx(float(cell.printed), abs=0.01 + 1e-9)


@pytest.mark.parametrize("expected", [pytest.param({3: 3.02, 50: 7.47, 97: 13.61}, id="TV-F7")])
def test_the_chart_at_28_weeks(expected: dict[int, float]) -> None:
    """Centiles of what women of normal weight gain."""
    for centile, gain_kg in expected.items():
        assert gain_at(centile, in_days(28), NORMAL) == pytest.approx(gain_kg, abs=0.005)


@pytest.mark.parametrize("gain_kg", [pytest.param(12, id="TV-F8")])
def test_a_gain_has_its_score(gain_kg: float) -> None:
    """12 kg at 28 weeks are much; the chart is for normal weight and its weeks alone."""
    score = gain_z_score(gain_kg, in_days(28), NORMAL)
    assert score == pytest.approx(1.44, abs=0.005)
    assert centile_of(score) == pytest.approx(92.5, abs=0.05)
    assert gain_z_score(gain_kg, in_days(28), OVERWEIGHT) is gain_at(50, in_days(28), OVERWEIGHT) is None
    assert gain_z_score(gain_kg, in_days(13, 6), NORMAL) is gain_z_score(gain_kg, in_days(40, 1), NORMAL) is None
    assert gain_z_score(-8.75, in_days(28), NORMAL) is None
