"""The symphysis-fundal height on the curve: the published vectors, and the published table cell by cell."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.clinical import growth
from app.domain.clinical.centiles import centile_of, z_score_of
from app.domain.clinical.dating import dating
from app.domain.clinical.growth import Band, FundalHeight, NotJudged, fundal_heights
from app.domain.clinical.weeks import in_days
from tests.domain.clinical.cards import fundal_height, mistaken, pregnancy
from tests.domain.clinical.printed import Cell, cells

TABLE = cells("intergrowth_fundal_height.txt")
ROUNDED_UP, MISPRINT = Cell(33, "P3", "28.9"), Cell(42, "P10", "36.9")
"""The two cells the equation does not give: 28.850 rounded by the printer, and 36.67 between neighbours that fit it."""

BEGAN_ON = date(2025, 1, 1)


def on(days: int) -> str:
    """A day of the pregnancy that began on the first of January."""
    return str(BEGAN_ON + timedelta(days))


def placed(*heights: tuple[int, float], fetuses: int | None = 1) -> list[FundalHeight]:
    """Heights by days of pregnancy, of a card that is dated."""
    documents = {
        **pregnancy(last_period_on=str(BEGAN_ON), number_of_fetuses=fetuses),
        "symphysis_fundal_heights": [fundal_height(on(days), height_cm) for days, height_cm in heights],
    }
    return fundal_heights(documents, dating(documents))


def computed(cell: Cell) -> float:
    """What the equation gives for a cell."""
    score = z_score_of(float(cell.column[1:])) if cell.column[0] == "P" else float(cell.column[:-2])
    height_cm = growth.height_at(score, in_days(cell.week))
    assert height_cm is not None
    return height_cm


def test_the_table_is_whole() -> None:
    """27 weeks by seven centiles and seven standard deviations."""
    assert len(TABLE) == 27 * 14
    assert {ROUNDED_UP, MISPRINT} < set(TABLE)


@pytest.mark.parametrize("cell", [cell for cell in TABLE if cell not in (ROUNDED_UP, MISPRINT)], ids=str)
def test_every_printed_cell_is_computed_again(cell: Cell) -> None:
    """376 of 378, as far as they are printed."""
    assert computed(cell) == pytest.approx(float(cell.printed), abs=0.05 + 1e-9)


@pytest.mark.parametrize(
    ("cell", "height_cm"),
    [pytest.param(ROUNDED_UP, 28.850, id="TV-S5"), pytest.param(MISPRINT, 36.67, id="TV-S6")],
)
def test_where_the_print_differs_the_equation_holds(cell: Cell, height_cm: float) -> None:
    """The two cells that are left."""
    assert computed(cell) == pytest.approx(height_cm, abs=0.005)


@pytest.mark.parametrize("week", [pytest.param(24, id="TV-S1")])
def test_a_week_has_its_mean_and_deviation(week: int) -> None:
    """The equations as published."""
    assert growth.mean_cm(in_days(week)) == pytest.approx(23.755, abs=5e-4)
    assert growth.deviation_cm(in_days(week)) == pytest.approx(1.612, abs=5e-4)


@pytest.mark.parametrize(
    ("week", "score", "height_cm", "decimals"),
    [
        pytest.param(28, z_score_of(3), 24.46, 2, id="TV-S2"),
        pytest.param(36, -2, 31.0, 1, id="TV-S3-low"),
        pytest.param(36, 2, 38.7, 1, id="TV-S3-high"),
        pytest.param(40, z_score_of(97), 41.76, 2, id="TV-S4"),
    ],
)
def test_a_score_has_its_height(week: int, score: float, height_cm: float, decimals: int) -> None:
    """The curve read upwards."""
    found = growth.height_at(score, in_days(week))
    assert found is not None
    assert round(found, decimals) == height_cm


@pytest.mark.parametrize(
    ("days", "height_cm", "score", "centile"),
    [
        pytest.param(in_days(32, 5), 31.5, -0.307, 37.9, id="TV-S7"),
        pytest.param(in_days(40, 1), 40, 0.958, 83.1, id="TV-S8"),
        pytest.param(in_days(25), 21, -2.289, 1.1, id="TV-S9"),
        pytest.param(in_days(25), 21.5, -1.984, 2.4, id="TV-S10"),
        pytest.param(in_days(36), 31, -2.018, 2.2, id="TV-S11-36"),
        pytest.param(in_days(38), 33, -1.758, 3.9, id="TV-S11-38"),
        pytest.param(in_days(28), 28, 0.184, 57.3, id="TV-S12"),
        pytest.param(in_days(38), 41, 2.297, 98.9, id="TV-S14-38"),
        pytest.param(in_days(36), 39, 2.146, 98.4, id="TV-S14-36"),
    ],
)
def test_a_height_has_its_score_and_centile(days: int, height_cm: float, score: float, centile: float) -> None:
    """The curve read sideways."""
    (height,) = placed((days, height_cm))
    assert height.z_score == pytest.approx(score, abs=5e-4)
    assert height.centile == pytest.approx(centile, abs=0.05)
    assert height.not_judged is None


@pytest.mark.parametrize(
    ("earlier", "days", "expected_cm"),
    [
        pytest.param((in_days(28), 28), in_days(32), 31.76, id="TV-S12"),
        pytest.param((in_days(34), 33), in_days(36), 34.68, id="TV-S13"),
    ],
)
def test_her_own_curve_expects_a_height(earlier: tuple[int, float], days: int, expected_cm: float) -> None:
    """Where she was on the published curve is where she is expected again."""
    assert growth.expected_cm(placed(earlier), days) == pytest.approx(expected_cm, abs=0.005)


def test_her_own_curve_is_of_the_last_three_from_22_weeks() -> None:
    """Older ones and those before 22+0 are left out; without any she has none."""
    before, *rest = placed(
        (in_days(21, 6), 30), (in_days(24), 30), (in_days(26), 25), (in_days(28), 28), (in_days(30), 30)
    )
    scores = [one.z_score or 0 for one in rest[1:]]
    assert growth.own_curve_z_score([before, *rest]) == pytest.approx(sum(scores) / 3)
    assert [one.band for one in rest[1:]] == [Band.USUAL] * 3
    assert growth.own_curve_z_score([before]) is growth.expected_cm([], in_days(30)) is None


@pytest.mark.parametrize("days", [pytest.param(14, id="TV-S13")])
def test_the_slope_is_by_the_week(days: int) -> None:
    """No growth in 14 days is none a week; two measurements on one day have no slope."""
    first, second = placed((in_days(34), 33), (in_days(34) + days, 33))
    assert growth.slope_cm_per_week(first, second) == 0
    first, second = placed((in_days(30), 29), (in_days(30) + days, 31))
    assert growth.slope_cm_per_week(first, second) == growth.slope_cm_per_week(second, first) == 1
    assert growth.slope_cm_per_week(first, first) is None


def test_bands_meet_without_a_gap() -> None:
    """Two deviations themselves are within, the tenth centile itself is usual."""
    scores = (-2.001, -2.0, -1.2816, -1.2815, 2.0, 2.001)
    assert [growth.band(score) for score in scores] == [
        Band.BELOW_TWO_DEVIATIONS, Band.BELOW_TENTH_CENTILE, Band.BELOW_TENTH_CENTILE, Band.USUAL, Band.USUAL,
        Band.ABOVE_TWO_DEVIATIONS,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("days", "height_cm", "fetuses", "reason", "has_score"),
    [
        pytest.param(in_days(28), 40, 2, NotJudged.NOT_ONE_FETUS, False, id="TV-S15"),
        pytest.param(in_days(15, 6), 16, 1, NotJudged.OUTSIDE_THE_CURVE, False, id="TV-S16"),
        pytest.param(in_days(43), 40, 1, NotJudged.OUTSIDE_THE_CURVE, False, id="after 42+6"),
        pytest.param(in_days(23, 6), 24, 1, NotJudged.BEFORE_24_WEEKS, True, id="before 24+0"),
        pytest.param(in_days(28), 28, None, NotJudged.FETUSES_NOT_RECORDED, False, id="fetuses not recorded"),
        pytest.param(in_days(28), 9, 1, NotJudged.NOT_READABLE, False, id="too small to be one"),
        pytest.param(in_days(28), 61, 1, NotJudged.NOT_READABLE, False, id="too large to be one"),
    ],
)
def test_what_the_curve_is_not_for_is_plotted_and_not_judged(
    days: int, height_cm: float, fetuses: int | None, reason: NotJudged, has_score: bool
) -> None:
    """With the reason, and without a score where the curve does not apply."""
    (height,) = placed((days, height_cm), fetuses=fetuses)
    assert (height.gestation_days, height.not_judged) == (days, reason)
    assert (height.z_score is not None, height.centile is not None) == (has_score, has_score)


def test_without_a_due_date_a_height_has_no_week() -> None:
    """A week that was noted beside it is how the card was dated then, and is not taken for one."""
    item = {**fundal_height("2025-07-16", 28), "gestational_age_weeks": 28}
    documents = {**pregnancy(number_of_fetuses=1), "symphysis_fundal_heights": [item]}
    (height,) = fundal_heights(documents, dating(documents))
    assert (height.gestation_days, height.z_score, height.band) == (None, None, None)
    assert height.not_judged is NotJudged.NO_DUE_DATE


def test_heights_come_in_the_order_they_were_measured() -> None:
    """Whatever the order of recording; without what was entered in error or has no day."""
    documents = {
        **pregnancy(last_period_on=str(BEGAN_ON), number_of_fetuses=1),
        "symphysis_fundal_heights": [
            fundal_height(on(200), 29), mistaken(fundal_height(on(190), 99)), fundal_height(on(180), 26),
            {"symphysis_fundal_height_cm": 27}, {"measured_on": on(185)},
        ],
    }  # fmt: skip
    assert [one.height_cm for one in fundal_heights(documents, dating(documents))] == [26, 29]


def test_the_curve_is_drawn_from_16_weeks_to_42() -> None:
    """A point a week or a day, centiles in order on each, all rising from week to week."""
    reference, points = growth.curve()
    assert "international" in reference.meaning
    assert [point.gestation_days for point in points] == [in_days(week) for week in range(16, 43)]
    assert len(growth.curve(1).points) == in_days(42, 6) - in_days(16) + 1
    for point, later in zip(points, points[1:], strict=False):
        lines = list(point.height_cm.values())
        assert tuple(point.height_cm) == growth.CURVE_CENTILES
        assert lines == sorted(lines)
        assert all(later.height_cm[centile] > height_cm for centile, height_cm in point.height_cm.items())


@pytest.mark.parametrize("days", [growth.CURVE_DAYS[0] - 1, growth.CURVE_DAYS[1] + 1])
def test_outside_the_curve_there_is_neither_score_nor_height(days: int) -> None:
    """The equations give numbers there; they mean nothing."""
    assert growth.z_score(30, days) is growth.height_at(0, days) is None


@given(st.floats(10, 60), st.integers(*growth.CURVE_DAYS))
def test_height_and_score_are_each_others_inverse(height_cm: float, days: int) -> None:
    """On every day of the curve."""
    score = growth.z_score(height_cm, days)
    assert score is not None
    assert growth.height_at(score, days) == pytest.approx(height_cm)
    assert 0 <= centile_of(score) <= 100
