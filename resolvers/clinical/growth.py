"""Growth: the womb and the fetus on published curves, her weight in its range, and the curves themselves."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Final

import strawberry

from app.domain.clinical.body import body_mass
from app.domain.clinical.body_mass import BodyMassIndex
from app.domain.clinical.chart import Chart, Item
from app.domain.clinical.curves import LAST_WEEK, CurveKind, curve_weeks
from app.domain.clinical.fetal_weight import weight_in_reference
from app.domain.clinical.growth import Band, FundalHeight, NotJudged, fundal_heights
from app.domain.clinical.references import FetalWeightReference, FundalHeightReference
from app.domain.clinical.rules.weight import BEFORE, FETUSES, weights
from app.domain.clinical.weight_gain import GainRange, gain_z_score, range_on, whole_range
from app.domain.errors import RecordRefusal
from resolvers.access import described, graphql_enum
from resolvers.clinical.charts import AsOf, chart_for
from resolvers.clinical.dating import DayOfPregnancy, day_of_pregnancy
from resolvers.clinical.listener import COMPUTED_READERS, Listener, explanation_field
from resolvers.context import OpenedCard

graphql_enum(Band, name="FundalHeightBand")
graphql_enum(NotJudged, name="FundalHeightNotJudged")
for enumeration in (CurveKind, FetalWeightReference, FundalHeightReference):
    graphql_enum(enumeration)

SCORE_DECIMALS, CENTILE_DECIMALS, CURVE_DECIMALS = 2, 1, 2


@strawberry.type(description="A symphysis-fundal height on the curve. Norwegian: SF-mål.")
class FundalHeightOnCurve:
    measured_on: date = described("The day of the measurement.")
    height_cm: float = described("The height. Unit: cm.")
    gestational_age: DayOfPregnancy | None = described("How far along she was, by the due date that counts.")
    reference: FundalHeightReference = described("The curve it is judged by: an international one.")
    z_score: float | None = described("Standard deviations from the mean; null where the curve does not apply.")
    centile: float | None = described("How many of a hundred are smaller.")
    band: Band | None = described("Where on the curve it lies.")
    not_judged: NotJudged | None = described("Why no rule looks at it; null where rules do.")


@strawberry.type(
    description="An estimated fetal weight in the reference that is in use. Norwegian: estimert fostervekt."
)
class FetalWeightOnCurve:
    examined_on: date = described("The day of the ultrasound examination.")
    fetus_number: int | None = described("Which fetus.")
    weight_g: int = described("The estimated weight. Unit: g.")
    gestational_age: DayOfPregnancy | None = described("How far along she was, by the due date that counts.")
    reference: FetalWeightReference | None = described(
        "The reference it is judged by; null with several fetuses, outside its weeks, and until the owner of the "
        "service has said which one is used."
    )
    z_score: float | None = described("Standard deviations from the middle.")
    centile: float | None = described("How many of a hundred are lighter.")
    deviation_percent: float | None = described("How far from the middle of the reference, in per cent.")


@strawberry.type(description="A range of weight gained, in kg.")
class WeightGainRange:
    low_kg: float = described("From. Unit: kg.")
    high_kg: float = described("To. Unit: kg.")


@strawberry.type(description="What she had gained at a visit.")
class WeightGained:
    held_on: date | None = described("The day of the visit.")
    gain_kg: float = described("More than before the pregnancy. Unit: kg.")
    z_score: float | None = described("Standard deviations from the middle; for normal weight with one fetus alone.")


@strawberry.type(description="Guidance on how much weight is gained, never an alarm. Norwegian: vektøkning.")
class WeightGain:
    whole_pregnancy: WeightGainRange | None = described("What is gained in all; null where nothing is published.")
    today: WeightGainRange | None = described("What is gained by the day asked about, with one fetus.")
    gained: list[WeightGained] = described("What she has gained, oldest first.", usual_items=10)
    explanation = explanation_field()


@strawberry.type(description="Growth of womb and fetus, and her weight. Norwegian: vekst.")
class PregnancyGrowth:
    fundal_heights: list[FundalHeightOnCurve] = described("The fundal heights, oldest first.", usual_items=15)
    fetal_weights: list[FetalWeightOnCurve] = described("The estimated weights, oldest first.")
    weight_gain: WeightGain | None = described("Her weight; null without her body mass index before the pregnancy.")
    explanation = explanation_field()


def pregnancy_growth(root: Any, as_of: AsOf = None) -> Any:
    """What was measured of growth, each on its curve."""
    card: OpenedCard = root
    chart, listener = chart_for(card, "growth", as_of), Listener(card.grant)
    heights = fundal_heights(chart.documents, chart.dating)
    return {
        "fundal_heights": [_height(one, chart, listener) for one in heights],
        "fetal_weights": list(_fetal_weights(chart, listener)),
        "weight_gain": _weight_gain(chart, listener),
        "listener": listener, "explained_by": "GROWTH",
    }  # fmt: skip


def _height(one: FundalHeight, chart: Chart, listener: Listener) -> dict[str, Any]:
    return {
        "measured_on": one.measured_on, "height_cm": float(one.height_cm),
        "gestational_age": day_of_pregnancy(chart.dating, one.measured_on, listener),
        "reference": FundalHeightReference.INTERGROWTH_21ST, "z_score": _rounded(one.z_score, SCORE_DECIMALS),
        "centile": _rounded(one.centile, CENTILE_DECIMALS), "band": one.band, "not_judged": one.not_judged,
    }  # fmt: skip


def _fetal_weights(chart: Chart, listener: Listener) -> Iterator[dict[str, Any]]:
    for scan in chart.items("ultrasound_examinations"):
        for entry in scan.entries("fetal_measurements"):
            if entry.content.get("estimated_fetal_weight_g") is not None:
                yield _fetal_weight(entry, chart, listener)


def _fetal_weight(entry: Item, chart: Chart, listener: Listener) -> dict[str, Any]:
    weight_g, days = entry.content["estimated_fetal_weight_g"], chart.gestation_days(entry.on)
    is_judged = chart.value(FETUSES) == 1
    found = weight_in_reference(weight_g, days, settings=chart.settings) if is_judged and days is not None else None
    return {
        "examined_on": entry.on, "fetus_number": entry.content.get("fetus_number"), "weight_g": weight_g,
        "gestational_age": day_of_pregnancy(chart.dating, entry.on, listener),
        "reference": found.reference if found else None,
        "z_score": _rounded(found.z_score if found else None, SCORE_DECIMALS),
        "centile": _rounded(found.centile if found else None, CENTILE_DECIMALS),
        "deviation_percent": _rounded(found.deviation_percent if found else None, CENTILE_DECIMALS),
    }  # fmt: skip


def _weight_gain(chart: Chart, listener: Listener) -> dict[str, Any] | None:
    index, fetuses, days = body_mass(chart), chart.value(FETUSES), chart.gestation_days()
    if index is None:
        return None
    whole = None if fetuses is None else whole_range(index.body_mass_class, fetuses)
    today = range_on(index.body_mass_class, days) if fetuses == 1 and days is not None else None
    return {
        "whole_pregnancy": _range(whole), "today": _range(today), "gained": list(_gained(chart, index)),
        "listener": listener, "explained_by": "WEIGHT_GAIN",
    }  # fmt: skip


def _gained(chart: Chart, index: BodyMassIndex) -> Iterator[dict[str, Any]]:
    before = chart.value(BEFORE)
    for weight, kg in weights(chart) if before is not None else ():
        gain, days = kg - Decimal(str(before)), chart.gestation_days(weight.on)
        is_single = chart.value(FETUSES) == 1
        score = gain_z_score(float(gain), days, index.body_mass_class) if is_single and days is not None else None
        yield {"held_on": weight.on, "gain_kg": float(gain), "z_score": _rounded(score, SCORE_DECIMALS)}


def _range(found: GainRange | None) -> dict[str, float] | None:
    return found and {"low_kg": round(float(found.low_kg), 1), "high_kg": round(float(found.high_kg), 1)}


def _rounded(value: float | None, decimals: int) -> float | None:
    return None if value is None else round(value, decimals)


@strawberry.type(description="The value of a curve at one centile.")
class CurveValue:
    centile: int = described("How many of a hundred are smaller.")
    value: float = described("The value, in the unit of the curve.")


@strawberry.type(description="A curve at the beginning of one week.")
class CurvePoint:
    week: int = described("Completed weeks.")
    values: list[CurveValue] = described("By centile, from low to high.")


FIRST_WEEK: Final = 0
Which = Annotated[CurveKind, strawberry.argument(description="Which curve.")]
FromWeek = Annotated[int, strawberry.argument(name="from", description=f"The first week, {FIRST_WEEK} to {LAST_WEEK}.")]
ToWeek = Annotated[int, strawberry.argument(name="to", description=f"The last week, {FIRST_WEEK} to {LAST_WEEK}.")]


def growth_reference(root: Any, kind: Which, from_week: FromWeek = FIRST_WEEK, to_week: ToWeek = LAST_WEEK) -> Any:
    """A published curve to draw; the same whoever's card it is."""
    if not FIRST_WEEK <= from_week <= to_week <= LAST_WEEK:
        raise RecordRefusal("BAD_USER_INPUT", f"`from` and `to` are weeks, {FIRST_WEEK} to {LAST_WEEK}, in order.")
    return [
        {
            "week": point.week,
            "values": [
                {"centile": centile, "value": round(value, CURVE_DECIMALS)} for centile, value in point.values.items()
            ],
        }
        for point in curve_weeks(kind, from_week, to_week)
    ]


def growth_fields() -> dict[str, Any]:
    """The card's fields for it."""
    return {
        "growth": described(
            "Fundal heights, fetal weights and her weight, each on its curve. Norwegian: vekst.",
            resolver=pregnancy_growth, gives=PregnancyGrowth, callers=COMPUTED_READERS,
        ),
        "growth_reference": described(
            "A published curve to draw behind what was measured, for the weeks it has values for.",
            resolver=growth_reference, gives=list[CurvePoint] | None, callers=COMPUTED_READERS, usual_items=30,
        ),
    }  # fmt: skip
