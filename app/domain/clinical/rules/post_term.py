"""Past the due date. Counted in days of pregnancy, never in days over: older texts count those from another due date.

The card does not say what an appointment is for: one that is agreed or held from 41+0 to 41+3 is taken for the
assessment at the birth unit, and a visit after that for having been seen.
"""

from collections.abc import Iterator
from typing import Final

from app.domain.clinical.body import BODY_MASS, body_mass, body_mass_inputs
from app.domain.clinical.catalogue import Audience, Evidence, Finding, Resolution, Severity, found, rule
from app.domain.clinical.certainty import Certainty
from app.domain.clinical.chart import BORN_ON, DATING, Chart, Item
from app.domain.clinical.dating_checks import ultrasound_much_later
from app.domain.dating import day_of

HELD_ON: Final = "antenatalVisits.heldOn"
NEXT_VISIT: Final = "antenatalVisits.nextVisitOn"
OBESITY_KG_PER_M2: Final = 35
HER_AND_PRIMARY_CARE: Final = (Audience.WOMAN, Audience.PRIMARY_CARE)
EVERYBODY: Final = (*HER_AND_PRIMARY_CARE, Audience.HOSPITAL)


def seen(chart: Chart) -> list[Item]:
    """The visits from 41+0 on."""
    return [visit for visit in chart.visits if chart.has_reached(41, on=visit.on)]


def is_booked(chart: Chart) -> bool:
    """Whether a visit is agreed for a day from 41+0 to 41+3."""
    agreed = (day_of(visit.content.get("next_visit_on")) for visit in chart.visits)
    return any(chart.has_reached(41, on=day) and chart.is_before(41, 4, on=day) for day in agreed if day is not None)


@rule(
    "PT-1", group="post_term", severity=Severity.PLAN, audience=HER_AND_PRIMARY_CARE, sources=("HD-TERM",),
    evidence=Evidence.ONE_SOURCE, facts=(HELD_ON, NEXT_VISIT, *DATING), missing=(HELD_ON, NEXT_VISIT),
    resolution=Resolution.RECORDED,
)  # fmt: skip
def assessment_to_book(chart: Chart) -> Iterator[Finding]:
    """40+0 reached, and no visit agreed for 41+0 to 41+3."""
    if chart.has_reached(40) and not is_booked(chart) and not seen(chart):
        yield found()


@rule(
    "PT-2", group="post_term", severity=Severity.REFER, audience=EVERYBODY, sources=("HD-TERM",),
    evidence=Evidence.ONE_SOURCE, facts=(HELD_ON, *DATING), missing=(HELD_ON,), resolution=Resolution.RECORDED,
)  # fmt: skip
def assessment_due(chart: Chart) -> Iterator[Finding]:
    """41+0 reached, and not seen since."""
    if chart.has_reached(41) and not seen(chart):
        yield found()


@rule(
    "PT-3", group="post_term", severity=Severity.SAME_DAY, audience=EVERYBODY, sources=("HD-TERM", "OURS"),
    evidence=Evidence.CHOSEN, facts=(HELD_ON, *DATING), missing=(HELD_ON,), resolution=Resolution.RECORDED,
)  # fmt: skip
def assessment_overdue(chart: Chart) -> Iterator[Finding]:
    """41+3 passed, and not seen since 41+0. From 42+0 on PT-4 says more."""
    if chart.has_reached(41, 4) and chart.is_before(42) and not seen(chart):
        yield found()


@rule(
    "PT-4", group="post_term", severity=Severity.SAME_DAY, audience=EVERYBODY, sources=("HD-TERM", "WHO-ANC"),
    evidence=Evidence.ONE_SOURCE, facts=DATING, resolution=Resolution.BIRTH,
)  # fmt: skip
def not_born_by_42_weeks(chart: Chart) -> Iterator[Finding]:
    """42+0 reached."""
    if chart.has_reached(42):
        yield found()


@rule(
    "PT-5", group="induction", severity=Severity.REFER, audience=(Audience.HOSPITAL,), sources=("NGF-PT",),
    evidence=Evidence.CONFLICTING, facts=(BORN_ON, *DATING), resolution=Resolution.BIRTH,
)  # fmt: skip
def not_to_wait(chart: Chart) -> Iterator[Finding]:
    """41+0 reached, and she is over 38, or ultrasound put the due date more than 14 days later than a sure last period.
    One source says from 38. Too small a fetus and too little fluid count as well and are not on the card."""
    if not chart.has_reached(41):
        return
    age = chart.age_on(chart.as_of)
    if age is not None and age >= chart.settings.post_term_from_age:
        yield found(chart.input(BORN_ON))
    elif ultrasound_much_later(chart.dating) is Certainty.TRUE:
        yield found()


@rule(
    "PT-6", group="obesity_at_term", severity=Severity.REFER, audience=(Audience.PRIMARY_CARE, Audience.HOSPITAL),
    sources=("NGF-OB",), evidence=Evidence.ONE_SOURCE, facts=(*BODY_MASS, *DATING), resolution=Resolution.BIRTH,
)  # fmt: skip
def obesity_at_term(chart: Chart) -> Iterator[Finding]:
    """41+0 reached, and body mass index before the pregnancy above 35."""
    index = body_mass(chart)
    if index is not None and index.value > OBESITY_KG_PER_M2 and chart.has_reached(41):
        yield found(*body_mass_inputs(chart), body_mass=index.value)
