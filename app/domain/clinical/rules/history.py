"""Her history and age: what calls for a plan, and what is offered because of it."""

from collections.abc import Iterator
from typing import Final

from app.domain.clinical.catalogue import Audience, Evidence, Finding, Resolution, Severity, found, rule
from app.domain.clinical.chart import BORN_ON, DATING, Chart, Input, Item
from app.domain.clinical.grounds import given, inputs_of, ticked, told

EARLIER: Final = "earlierPregnancies"
STILLBIRTHS: Final = "previousPregnancies.numberOfStillbirthsFrom22Weeks"
WEEKS, DELIVERY, TEARS = (f"{EARLIER}.{name}" for name in ("gestationalAgeWeeks", "operativeDelivery", "birthTears"))
LIVE_BORN: Final = f"{EARLIER}.liveBorn"
RELATIVES: Final = "hereditaryConditions.parentsAreRelatives"
SPECIALIST_CONDITIONS: Final = {
    name: f"medicalConditions.{path}"
    for name, path in {
        "diabetes": "diabetes",
        "epilepsy": "epilepsy",
        "thrombosis": "thrombosis",
        "heart_disease": "heartDisease",
        "autoimmune_disease": "autoimmuneDisease",
    }.items()
}
"""Kidney disease shares its tick with the urinary tract, and serious mental illness with all of mental health: those
two ticks do not say enough."""

TERM_WEEKS, BIRTH_WEEKS = 37, 22
CAESAREAN: Final = frozenset({"08", "09"})
SEVERE_TEARS: Final = frozenset({"PR3", "PR3a", "PR3b", "PR3c", "PR4"})
AGE_OFFERED_NIPT, AGE_BEYOND_MIDWIFE_UNIT = 35, 38
HER_CARERS: Final = (Audience.PRIMARY_CARE, Audience.HOSPITAL)


def difficult(birth: Item) -> Iterator[Input]:
    """What of an earlier birth calls for a plan: preterm, stillborn, a caesarean, a severe tear."""
    weeks, alive = birth.input("gestational_age_weeks"), birth.input("live_born")
    is_birth = weeks is not None and weeks.value >= BIRTH_WEEKS
    if weeks is not None and is_birth and weeks.value < TERM_WEEKS:
        yield weeks
    if alive is not None and is_birth and alive.value is False:
        yield alive
    delivery, tears = birth.input("operative_delivery"), birth.input("birth_tears")
    if delivery is not None and delivery.value["code"] in CAESAREAN:
        yield delivery
    if tears is not None and any(tear["code"] in SEVERE_TEARS for tear in tears.value):
        yield tears


@rule(
    "HX-1", group="earlier_births", severity=Severity.PLAN, audience=HER_CARERS, sources=("HD-FO",),
    evidence=Evidence.ONE_SOURCE, facts=(WEEKS, LIVE_BORN, DELIVERY, TEARS, STILLBIRTHS),
    resolution=Resolution.ASSESSED,
)  # fmt: skip
def earlier_birth_was_difficult(chart: Chart) -> Iterator[Finding]:
    """An earlier birth that calls for a plan of where to give birth and of scans."""
    difficulties = [each for birth in chart.items("earlier_pregnancies") for each in difficult(birth)]
    stillbirths = chart.input(STILLBIRTHS)
    if stillbirths is not None and stillbirths.value > 0:
        difficulties.append(stillbirths)
    if difficulties:
        yield found(*difficulties)


@rule(
    "HX-3", group="age_at_birth", severity=Severity.PLAN, audience=HER_CARERS, sources=("HD-FO",),
    evidence=Evidence.ONE_SOURCE, facts=(BORN_ON, *DATING), resolution=Resolution.ASSESSED,
)  # fmt: skip
def beyond_the_age_of_midwife_units(chart: Chart) -> Iterator[Finding]:
    """She will be 38 or more on the due date."""
    age = chart.age_on(chart.due_date)
    if age is not None and age >= AGE_BEYOND_MIDWIFE_UNIT:
        yield found(chart.input(BORN_ON), age=age)


@rule(
    "HX-4", group="prenatal_diagnostics", severity=Severity.INFORMATION,
    audience=(Audience.PRIMARY_CARE, Audience.WOMAN), sources=("HD-SVO",), evidence=Evidence.TWO_SOURCES,
    facts=(BORN_ON, *DATING), resolution=Resolution.ASSESSED,
)  # fmt: skip
def is_offered_nipt(chart: Chart) -> Iterator[Finding]:
    """She will be 35 or more on the due date; told until the early scan's window closes with 13+6."""
    age = chart.age_on(chart.due_date)
    if age is not None and age >= AGE_OFFERED_NIPT and chart.is_before(14):
        yield found(chart.input(BORN_ON), age=age)


@rule(
    "HX-5", group="conditions", severity=Severity.REFER, audience=HER_CARERS, sources=("HD-FO", "HD-SVO"),
    evidence=Evidence.ONE_SOURCE, facts=tuple(SPECIALIST_CONDITIONS.values()), resolution=Resolution.ASSESSED,
)  # fmt: skip
def condition_for_specialists(chart: Chart) -> Iterator[Finding]:
    """A condition that calls for a specialist's plan."""
    conditions = given(ticked(name, path, chart) for name, path in SPECIALIST_CONDITIONS.items())
    if conditions:
        yield found(*inputs_of(conditions), **told(conditions))


@rule(
    "HX-6", group="relatives", severity=Severity.INFORMATION, audience=(Audience.PRIMARY_CARE,),
    sources=("UNVERIFIED",), evidence=Evidence.UNVERIFIED, facts=(RELATIVES,), resolution=Resolution.ASSESSED,
)  # fmt: skip
def parents_are_relatives(chart: Chart) -> Iterator[Finding]:
    """The parents are related by blood."""
    related = chart.input(RELATIVES)
    if related is not None and related.value is True:
        yield found(related)
