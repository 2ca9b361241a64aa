"""Alcohol. A private matter: for her carers alone, and a conversation rather than a warning."""

from collections.abc import Iterator
from typing import Any, Final

from app.domain.clinical.catalogue import Audience, Evidence, Finding, Resolution, Severity, found, rule
from app.domain.clinical.chart import Chart, Input

STIMULI: Final = "lifestyleFactors.stimuli"
TYPE: Final = f"{STIMULI}.stimulusType"
FREQUENCIES: Final = (f"{STIMULI}.atFirstVisit.frequency", f"{STIMULI}.atWeek36.frequency")
ALCOHOL_CODE, NEVER_CODES = "TBD_ALCOHOL", frozenset({"TBD_NEVER", "TBD_UNKNOWN"})


def alcohol_used(chart: Chart) -> Iterator[Input]:
    """Every recorded use of alcohol, at the first visit or in week 36."""
    entries: list[dict[str, Any]] = chart.section("lifestyle_factors").get("stimuli") or []
    for entry in entries:
        uses = ((entry.get(name) or {}).get("frequency") for name in ("at_first_visit", "at_week_36"))
        if (entry.get("stimulus_type") or {}).get("code") == ALCOHOL_CODE:
            known = zip(FREQUENCIES, uses, strict=True)
            yield from (
                Input(path, frequency, chart.written_on.get(STIMULI))
                for path, frequency in known
                if frequency is not None and frequency["code"] not in NEVER_CODES
            )


@rule(
    "AL-1", group="alcohol", severity=Severity.PLAN, audience=(Audience.PRIMARY_CARE,), sources=("HD-ALK",),
    evidence=Evidence.ONE_SOURCE, facts=(TYPE, *FREQUENCIES), resolution=Resolution.ASSESSED, private=True,
    off="The national codes of stimuli and of their frequency are not known; those on the card stand in for them.",
)  # fmt: skip
def alcohol_in_pregnancy(chart: Chart) -> Iterator[Finding]:
    """Any use of alcohol in the pregnancy."""
    if uses := list(alcohol_used(chart)):
        yield found(*uses)
