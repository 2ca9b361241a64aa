"""The due dates of the card: whether they agree, and whether the pregnancy is dated by ultrasound at all."""

from collections.abc import Iterator

from app.domain.clinical.catalogue import Audience, Evidence, Finding, Resolution, Severity, found, rule
from app.domain.clinical.certainty import Certainty
from app.domain.clinical.chart import DATING, Chart
from app.domain.clinical.dating_checks import not_dated_by_ultrasound, ultrasound_much_later

SCANS = tuple(path for path in DATING if path.startswith("ultrasoundExaminations."))
BY_ULTRASOUND = "pregnancy.dueDateByUltrasound"


@rule(
    "DT-1", group="dating", severity=Severity.PLAN, audience=(Audience.PRIMARY_CARE, Audience.HOSPITAL),
    sources=("NGF-PT",), evidence=Evidence.ONE_SOURCE, facts=DATING, resolution=Resolution.ASSESSED,
)  # fmt: skip
def ultrasound_is_much_later(chart: Chart) -> Iterator[Finding]:
    """The due date by ultrasound is more than 14 days later than that of a last period she is certain of."""
    if ultrasound_much_later(chart.dating) is Certainty.TRUE:
        yield found(chart.input("pregnancy.lastPeriodOn"), chart.input("pregnancy.lastPeriodCertain"))


@rule(
    "DT-4", group="dating", severity=Severity.REFER, audience=(Audience.PRIMARY_CARE, Audience.WOMAN),
    sources=("OURS",), evidence=Evidence.CHOSEN, facts=DATING, missing=(*SCANS, BY_ULTRASOUND),
    resolution=Resolution.RECORDED,
)  # fmt: skip
def not_dated(chart: Chart) -> Iterator[Finding]:
    """20+0 reached, and no due date by ultrasound."""
    if not_dated_by_ultrasound(chart.dating, chart.as_of) is Certainty.TRUE:
        yield found()
