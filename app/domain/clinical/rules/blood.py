"""Hemoglobin and ferritin. The card has no field for hemoglobin of the second trimester: it is looked for among the
dated results, by its code."""

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Final

from app.domain.clinical.catalogue import Audience, Evidence, Finding, Resolution, Severity, found, rule
from app.domain.clinical.chart import DATING, Chart, Input, once_a_chart
from app.domain.dating import day_of

EARLY: Final = "laboratoryResults.hemoglobinFirstTrimesterGPerDl"
LATE: Final = "laboratoryResults.hemoglobinThirdTrimesterGPerDl"
FERRITIN: Final = "laboratoryResults.ferritinUgPerL"
DATED: Final = tuple(f"laboratoryResults.datedResults.{name}" for name in ("analyte", "takenOn", "value", "unit"))
HEMOGLOBIN_CODE, HEMOGLOBIN_UNIT = "NOR05172", "g/dL"
"""Norwegian laboratory code system."""

ANEMIA_G_PER_DL, ANEMIA_SECOND_TRIMESTER_G_PER_DL = Decimal("11.0"), Decimal("10.5")
SEVERE_ANEMIA_G_PER_DL, THICK_BLOOD_G_PER_DL = Decimal("8.0"), Decimal("13.5")
POSSIBLE_G_PER_DL: Final = (Decimal(4), Decimal(20))
"""A value beyond it is a slip, most often g/L; no rule uses it (DQ-7)."""
PLENTY_UG_PER_L, ENOUGH_UG_PER_L, EMPTY_UG_PER_L = 70, 30, 12
HER_AND_PRIMARY_CARE: Final = (Audience.PRIMARY_CARE, Audience.WOMAN)


def hemoglobins(chart: Chart, *paths: str) -> Iterator[Input]:
    """What is recorded in these fields and can be true."""
    for path in paths:
        value = chart.input(path)
        if value is not None and is_possible(Decimal(str(value.value))):
            yield value


def is_possible(hemoglobin: Decimal) -> bool:
    return POSSIBLE_G_PER_DL[0] <= hemoglobin <= POSSIBLE_G_PER_DL[1]


@once_a_chart
def second_trimester(chart: Chart) -> list[tuple[Input, Decimal]]:
    """The dated hemoglobins of the second trimester, 13+0 to 27+6, oldest first. An answer that is no plain number in
    g/dL is not read."""
    answers = []
    for result in chart.section("laboratory_results").get("dated_results") or ():
        taken, number = day_of(result.get("taken_on")), _number(result.get("value"))
        is_hemoglobin = result.get("analyte") == HEMOGLOBIN_CODE and result.get("unit") == HEMOGLOBIN_UNIT
        if not is_hemoglobin or taken is None or number is None or taken > chart.as_of or not is_possible(number):
            continue
        if chart.has_reached(13, on=taken) and chart.is_before(28, on=taken):
            answers.append((Input(DATED[2], result["value"], taken), number))
    return sorted(answers, key=lambda answer: (answer[0].on, answer[1]))


def _number(text: str | None) -> Decimal | None:
    try:
        return None if text is None else Decimal(text.replace(",", "."))
    except InvalidOperation:
        return None


@rule(
    "HB-1", group="hemoglobin", severity=Severity.PLAN, audience=HER_AND_PRIMARY_CARE,
    sources=("HD-SVO", "NGF-AN", "WHO-ANC"), evidence=Evidence.TWO_SOURCES, facts=(EARLY, LATE),
    resolution=Resolution.NEW_FINDING,
)  # fmt: skip
def anemia(chart: Chart) -> Iterator[Finding]:
    """Hemoglobin below 11.0 g/dL in the first trimester or, once that is recorded, in the third."""
    latest = list(hemoglobins(chart, EARLY, LATE))[-1:]
    if latest and Decimal(str(latest[0].value)) < ANEMIA_G_PER_DL:
        yield found(latest[0], hemoglobin=latest[0].value, limit=ANEMIA_G_PER_DL)


@rule(
    "HB-2", group="hemoglobin", severity=Severity.PLAN, audience=HER_AND_PRIMARY_CARE, sources=("NGF-AN", "WHO-ANC"),
    evidence=Evidence.TWO_SOURCES, facts=(*DATED, *DATING), resolution=Resolution.NEW_FINDING,
)  # fmt: skip
def anemia_in_second_trimester(chart: Chart) -> Iterator[Finding]:
    """The latest hemoglobin of the second trimester is below 10.5 g/dL."""
    for answer, number in second_trimester(chart)[-1:]:
        if number < ANEMIA_SECOND_TRIMESTER_G_PER_DL:
            yield found(answer, hemoglobin=number, limit=ANEMIA_SECOND_TRIMESTER_G_PER_DL)


@rule(
    "HB-2b", group="hemoglobin", severity=Severity.INFORMATION, audience=(Audience.PRIMARY_CARE,),
    sources=("HD-SVO", "NGF-AN"), evidence=Evidence.CONFLICTING, facts=(*DATED, *DATING),
    resolution=Resolution.NEW_FINDING,
)  # fmt: skip
def between_two_limits(chart: Chart) -> Iterator[Finding]:
    """Second trimester, from 10.5 and below 11.0 g/dL: below the directorate's one limit, above the trimester's own."""
    for answer, number in second_trimester(chart)[-1:]:
        if ANEMIA_SECOND_TRIMESTER_G_PER_DL <= number < ANEMIA_G_PER_DL:
            yield found(answer, hemoglobin=number, limit=ANEMIA_G_PER_DL)


@rule(
    "HB-3", group="hemoglobin", severity=Severity.REFER,
    audience=(Audience.PRIMARY_CARE, Audience.HOSPITAL, Audience.WOMAN), sources=("NGF-AN",),
    evidence=Evidence.ONE_SOURCE, facts=(EARLY, LATE, *DATING), resolution=Resolution.NEW_FINDING,
)  # fmt: skip
def severe_anemia(chart: Chart) -> Iterator[Finding]:
    """The latest hemoglobin is below 8.0 g/dL; graver from 34+0."""
    for value in list(hemoglobins(chart, EARLY, LATE))[-1:]:
        if Decimal(str(value.value)) < SEVERE_ANEMIA_G_PER_DL:
            graver = Severity.SAME_DAY if chart.has_reached(34) else None
            yield found(value, severity=graver, hemoglobin=value.value, limit=SEVERE_ANEMIA_G_PER_DL)


@rule(
    "HB-5", group="hemoglobin_high", severity=Severity.PLAN, audience=(Audience.PRIMARY_CARE,), sources=("STAVANGER",),
    evidence=Evidence.ONE_SOURCE, facts=(LATE,), resolution=Resolution.ASSESSED,
)  # fmt: skip
def thick_blood(chart: Chart) -> Iterator[Finding]:
    """Hemoglobin of the third trimester above 13.5 g/dL."""
    for value in hemoglobins(chart, LATE):
        if Decimal(str(value.value)) > THICK_BLOOD_G_PER_DL:
            yield found(value, hemoglobin=value.value, limit=THICK_BLOOD_G_PER_DL)


def ferritin_between(lowest: float, below: float, chart: Chart) -> Iterator[Finding]:
    """Ferritin from one limit and below another."""
    value = chart.input(FERRITIN)
    if value is not None and lowest <= value.value < below:
        yield found(value, ferritin=value.value)


@rule(
    "FE-1", group="ferritin", severity=Severity.INFORMATION, audience=HER_AND_PRIMARY_CARE, sources=("HD-SVO",),
    evidence=Evidence.TWO_SOURCES, facts=(FERRITIN,), resolution=Resolution.ASSESSED,
)  # fmt: skip
def iron_not_needed(chart: Chart) -> Iterator[Finding]:
    """Ferritin above 70 µg/L: no iron."""
    value = chart.input(FERRITIN)
    if value is not None and value.value > PLENTY_UG_PER_L:
        yield found(value, ferritin=value.value)


@rule(
    "FE-2", group="ferritin", severity=Severity.INFORMATION, audience=HER_AND_PRIMARY_CARE, sources=("HD-SVO",),
    evidence=Evidence.TWO_SOURCES, facts=(FERRITIN,), resolution=Resolution.ASSESSED,
)  # fmt: skip
def some_iron(chart: Chart) -> Iterator[Finding]:
    """Ferritin 30 to 70 µg/L: 40 mg a day from week 18 to 20."""
    value = chart.input(FERRITIN)
    if value is not None and ENOUGH_UG_PER_L <= value.value <= PLENTY_UG_PER_L:
        yield found(value, ferritin=value.value)


@rule(
    "FE-3", group="ferritin", severity=Severity.PLAN, audience=HER_AND_PRIMARY_CARE, sources=("HD-SVO",),
    evidence=Evidence.TWO_SOURCES, facts=(FERRITIN,), resolution=Resolution.ASSESSED,
)  # fmt: skip
def more_iron(chart: Chart) -> Iterator[Finding]:
    """Ferritin below 30 µg/L: 60 mg a day from week 18 to 20."""
    yield from ferritin_between(EMPTY_UG_PER_L, ENOUGH_UG_PER_L, chart)


@rule(
    "FE-4", group="ferritin", severity=Severity.PLAN, audience=HER_AND_PRIMARY_CARE, sources=("HD-SVO",),
    evidence=Evidence.ONE_SOURCE, facts=(FERRITIN,), resolution=Resolution.ASSESSED,
)  # fmt: skip
def iron_at_once(chart: Chart) -> Iterator[Finding]:
    """Ferritin below 12 µg/L: treat at once."""
    yield from ferritin_between(0, EMPTY_UG_PER_L, chart)


@rule(
    "FE-5", group="ferritin", severity=Severity.PLAN, audience=HER_AND_PRIMARY_CARE, sources=("HD-SVO",),
    evidence=Evidence.TWO_SOURCES, facts=(FERRITIN, *DATING), missing=(FERRITIN,), resolution=Resolution.RECORDED,
)  # fmt: skip
def no_ferritin(chart: Chart) -> Iterator[Finding]:
    """No ferritin by 16+0: iron from week 18 to 20 all the same."""
    if chart.value(FERRITIN) is None and chart.has_reached(16):
        yield found()
