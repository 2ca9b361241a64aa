"""Infections. A positive answer is told by a person, never by a message."""

from collections.abc import Iterator
from typing import Final

from app.domain.clinical.catalogue import Audience, Evidence, Finding, Resolution, Severity, found, rule
from app.domain.clinical.chart import DATING, Chart, Input

HEPATITIS_B, HIV, SYPHILIS = (
    f"laboratoryResults.{name}" for name in ("hepatitisBSurfaceAntigenPositive", "hivPositive", "syphilisPositive")
)
OFFERED_TO_ALL: Final = (HEPATITIS_B, HIV, SYPHILIS)
STREPTOCOCCUS: Final = "laboratoryResults.groupBStreptococcusPositive"
BACTERIURIA: Final = "laboratoryResults.asymptomaticBacteriuriaPositive"
HER_CARERS: Final = (Audience.PRIMARY_CARE, Audience.HOSPITAL)


def positive(chart: Chart, *paths: str) -> list[Input]:
    """The positive ones among these."""
    answers = (chart.input(path) for path in paths)
    return [answer for answer in answers if answer is not None and answer.value is True]


@rule(
    "IN-1", group="infection", severity=Severity.REFER, audience=HER_CARERS, sources=("HD-SVO",),
    evidence=Evidence.ONE_SOURCE, facts=OFFERED_TO_ALL, resolution=Resolution.ASSESSED, told_in_person=True,
    private=True,
)  # fmt: skip
def infection_found(chart: Chart) -> Iterator[Finding]:
    """Hepatitis B, HIV or syphilis; graver for the two last."""
    if answers := positive(chart, *OFFERED_TO_ALL):
        is_graver = bool(positive(chart, HIV, SYPHILIS))
        yield found(*answers, severity=Severity.SAME_DAY if is_graver else None)


@rule(
    "IN-2", group="infection_tests", severity=Severity.PLAN, audience=(Audience.PRIMARY_CARE,), sources=("OURS",),
    evidence=Evidence.CHOSEN, facts=(*OFFERED_TO_ALL, *DATING), missing=OFFERED_TO_ALL,
    resolution=Resolution.RECORDED, private=True,
)  # fmt: skip
def infection_test_missing(chart: Chart) -> Iterator[Finding]:
    """One of the three tests is not recorded at 16+0. She may have declined: the card has no place for that."""
    missing = [path for path in OFFERED_TO_ALL if chart.value(path) is None]
    if missing and chart.has_reached(16):
        yield found(tests=tuple(missing))


@rule(
    "IN-3", group="streptococcus", severity=Severity.PLAN, audience=(*HER_CARERS, Audience.WOMAN),
    sources=("NGF-GBS",), evidence=Evidence.ONE_SOURCE, facts=(STREPTOCOCCUS,), resolution=Resolution.ASSESSED,
)  # fmt: skip
def streptococcus_found(chart: Chart) -> Iterator[Finding]:
    """Group B streptococcus: to be known when labour begins."""
    yield from (found(answer) for answer in positive(chart, STREPTOCOCCUS))


@rule(
    "IN-4", group="bacteriuria", severity=Severity.PLAN, audience=(Audience.PRIMARY_CARE, Audience.WOMAN),
    sources=("HD-AB",), evidence=Evidence.ONE_SOURCE, facts=(BACTERIURIA,), resolution=Resolution.NEW_FINDING,
)  # fmt: skip
def bacteriuria_found(chart: Chart) -> Iterator[Finding]:
    """Bacteria in the urine without symptoms: treat, and culture again."""
    yield from (found(answer) for answer in positive(chart, BACTERIURIA))
