"""Glucose: HbA1c, the glucose tolerance test, and the test that was not taken. All limits are the Norwegian ones."""

from collections.abc import Iterator
from typing import Final

from app.domain.clinical.catalogue import Audience, Evidence, Finding, Resolution, Severity, found, rule
from app.domain.clinical.certainty import Certainty
from app.domain.clinical.chart import DATING, Chart, Input
from app.domain.clinical.glucose_selection import (
    DIABETES,
    FASTING,
    SELECTED_BY,
    TOLERANCE_TEST,
    TWO_HOURS,
    for_tolerance_test,
    tolerance_test,
)
from app.domain.clinical.grounds import inputs_of, told

HBA1C: Final = "laboratoryResults.hba1cMmolPerMol"

HBA1C_RAISED, HBA1C_BETWEEN, HBA1C_DIABETES = 41, 47, 48
GESTATIONAL_DIABETES, OVERT_DIABETES = (5.3, 9.0), (7.0, 11.1)
"""Fasting and two-hour limits, in mmol/L; one of the two is enough."""
EVERYBODY: Final = (Audience.PRIMARY_CARE, Audience.HOSPITAL, Audience.WOMAN)


def early_hba1c(chart: Chart) -> Input | None:
    """HbA1c known to be from before 16+0. The card has no day for it: it was taken by the day it was written down."""
    value = chart.input(HBA1C)
    is_early = value is not None and value.on is not None and chart.is_before(16, on=value.on)
    return value if is_early else None


def reached(limits: tuple[float, float], chart: Chart) -> list[Input]:
    """The values of the tolerance test that reach the limits."""
    values = zip((chart.input(FASTING), chart.input(TWO_HOURS)), limits, strict=True)
    return [value for value, limit in values if value is not None and value.value >= limit]


@rule(
    "GL-1", group="hba1c", severity=Severity.REFER, audience=EVERYBODY, sources=("HD-GDM",),
    evidence=Evidence.TWO_SOURCES, facts=(HBA1C, *DATING), resolution=Resolution.ASSESSED,
)  # fmt: skip
def early_hba1c_raised(chart: Chart) -> Iterator[Finding]:
    """HbA1c 41 to 46 mmol/mol before 16+0."""
    value = early_hba1c(chart)
    if value is not None and HBA1C_RAISED <= value.value < HBA1C_BETWEEN:
        yield found(value, hba1c=value.value)


@rule(
    "GL-2", group="hba1c", severity=Severity.SAME_DAY, audience=EVERYBODY, sources=("HD-GDM",),
    evidence=Evidence.TWO_SOURCES, facts=(HBA1C,), resolution=Resolution.ASSESSED,
)  # fmt: skip
def hba1c_of_diabetes(chart: Chart) -> Iterator[Finding]:
    """HbA1c from 48 mmol/mol."""
    value = chart.input(HBA1C)
    if value is not None and value.value >= HBA1C_DIABETES:
        yield found(value, hba1c=value.value)


@rule(
    "GL-2b", group="hba1c", severity=Severity.REFER, audience=(Audience.PRIMARY_CARE,), sources=("OURS",),
    evidence=Evidence.CHOSEN, facts=(HBA1C, *DATING), resolution=Resolution.ASSESSED,
)  # fmt: skip
def hba1c_between(chart: Chart) -> Iterator[Finding]:
    """HbA1c 47 mmol/mol before 16+0: the scales in mmol/mol and in percent leave it between raised and diabetes."""
    value = early_hba1c(chart)
    if value is not None and value.value == HBA1C_BETWEEN:
        yield found(value, hba1c=value.value)


@rule(
    "GL-3", group="glucose_tolerance", severity=Severity.REFER, audience=(Audience.PRIMARY_CARE, Audience.WOMAN),
    sources=("HD-GDM",), evidence=Evidence.TWO_SOURCES, facts=(FASTING, TWO_HOURS), resolution=Resolution.ASSESSED,
)  # fmt: skip
def gestational_diabetes(chart: Chart) -> Iterator[Finding]:
    """Fasting glucose from 5.3 or two-hour glucose from 9.0 mmol/L."""
    if high := reached(GESTATIONAL_DIABETES, chart):
        yield found(*high)


@rule(
    "GL-4", group="glucose_tolerance", severity=Severity.SAME_DAY, audience=EVERYBODY, sources=("HD-GDM",),
    evidence=Evidence.TWO_SOURCES, facts=(FASTING, TWO_HOURS), resolution=Resolution.ASSESSED,
)  # fmt: skip
def diabetes_in_pregnancy(chart: Chart) -> Iterator[Finding]:
    """Fasting glucose from 7.0 or two-hour glucose from 11.1 mmol/L."""
    if high := reached(OVERT_DIABETES, chart):
        yield found(*high)


@rule(
    "GL-5", group="glucose_tolerance", severity=Severity.PLAN, audience=(Audience.PRIMARY_CARE,), sources=("OURS",),
    evidence=Evidence.CHOSEN, facts=(*TOLERANCE_TEST, *SELECTED_BY, *DATING), missing=(*TOLERANCE_TEST, DIABETES),
    resolution=Resolution.RECORDED,
)  # fmt: skip
def tolerance_test_not_taken(chart: Chart) -> Iterator[Finding]:
    """A ground for a glucose tolerance test, 29+0 reached, and none recorded."""
    selection = for_tolerance_test(chart)
    if selection.offered is Certainty.TRUE and chart.has_reached(29) and not tolerance_test(chart):
        yield found(*inputs_of(selection.grounds), **told(selection.grounds))
