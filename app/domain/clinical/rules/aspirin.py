"""Aspirin to prevent pre-eclampsia: whether there is ground for it, and whether she takes it.

Of what guidelines count, earlier pre-eclampsia, egg donation and family history are not on the card. The years since
the last pregnancy are not worked out: that would need a day of every pregnancy.
"""

from collections.abc import Iterator
from typing import Any, Final

from app.domain.clinical.body import BODY_MASS, body_mass, body_mass_inputs
from app.domain.clinical.catalogue import Audience, Evidence, Finding, Resolution, Severity, found, rule
from app.domain.clinical.chart import BORN_ON, DATING, Chart, Input, once_a_chart
from app.domain.clinical.grounds import Ground, given, ground, inputs_of, ticked, told

MEDICINES: Final = "medication.medicines.atcCode"
FETUSES: Final = "pregnancy.numberOfFetuses"
PREGNANCIES: Final = "previousPregnancies.numberOfPreviousPregnancies"
HIGH: Final = {
    "autoimmune_disease": "medicalConditions.autoimmuneDisease",
    "diabetes": "medicalConditions.diabetes",
    "high_blood_pressure": "medicalConditions.highBloodPressure",
}
"""Of these one is enough."""
JUDGED_BY: Final = (*HIGH.values(), PREGNANCIES, BORN_ON, *BODY_MASS, FETUSES, MEDICINES, *DATING)

ASPIRIN_CODES: Final = frozenset({"B01AC06", "N02BA01"})
"""Acetylsalicylic acid in the ATC classification."""
ENOUGH_OF_THE_MODERATE: Final = 2
AGE_YEARS, BODY_MASS_KG_PER_M2 = 40, 35
HER_CARERS: Final = (Audience.PRIMARY_CARE, Audience.HOSPITAL)


def high_grounds(chart: Chart) -> list[Ground]:
    """Those of which one is enough."""
    return [ticked(name, path, chart) for name, path in HIGH.items()]


def moderate_grounds(chart: Chart) -> list[Ground]:
    """Those of which two are enough."""
    age, index = chart.age_on(chart.as_of), body_mass(chart)
    pregnancies, fetuses = chart.value(PREGNANCIES), chart.value(FETUSES)
    counts = chart.settings.aspirin.counts
    return [
        ground("first_pregnancy", None if pregnancies is None else pregnancies == 0, chart.input(PREGNANCIES)),
        ground("age", None if age is None else counts(age, AGE_YEARS), chart.input(BORN_ON)),
        ground(
            "body_mass", None if index is None else counts(index.value, BODY_MASS_KG_PER_M2), *body_mass_inputs(chart)
        ),
        ground("several_fetuses", None if fetuses is None else fetuses > 1, chart.input(FETUSES)),
    ]  # fmt: skip


@once_a_chart
def grounds_for_aspirin(chart: Chart) -> list[Ground]:
    """The grounds, if they are enough; what is not recorded is counted neither way."""
    high, moderate = given(high_grounds(chart)), given(moderate_grounds(chart))
    return [*high, *moderate] if high or len(moderate) >= ENOUGH_OF_THE_MODERATE else []


def aspirin(chart: Chart) -> list[Input]:
    """Aspirin, as far as it is among the medicines that are recorded."""
    medicines: list[dict[str, Any]] = chart.section("medication").get("medicines") or []
    codes = (medicine.get("atc_code") for medicine in medicines)
    return [
        Input(MEDICINES, code, chart.written_on.get("medication.medicines")) for code in codes if code in ASPIRIN_CODES
    ]


@rule(
    "ASA-1", group="aspirin", severity=Severity.REFER, audience=HER_CARERS, sources=("NGF-PE", "LAINE"),
    evidence=Evidence.ONE_SOURCE, facts=JUDGED_BY, missing=(MEDICINES,), resolution=Resolution.RECORDED,
)  # fmt: skip
def aspirin_in_time(chart: Chart) -> Iterator[Finding]:
    """Ground for aspirin, none recorded, and 16+0 not passed."""
    grounds = grounds_for_aspirin(chart)
    if grounds and not aspirin(chart) and chart.is_before(16, 1):
        yield found(*inputs_of(grounds), **told(grounds))


@rule(
    "ASA-2", group="aspirin", severity=Severity.PLAN, audience=HER_CARERS, sources=("NGF-PE",),
    evidence=Evidence.ONE_SOURCE, facts=JUDGED_BY, missing=(MEDICINES,), resolution=Resolution.RECORDED,
)  # fmt: skip
def aspirin_late(chart: Chart) -> Iterator[Finding]:
    """Ground for aspirin, none recorded, and 16+0 passed."""
    grounds = grounds_for_aspirin(chart)
    if grounds and not aspirin(chart) and chart.has_reached(16, 1):
        yield found(*inputs_of(grounds), **told(grounds))


@rule(
    "ASA-3", group="aspirin", severity=Severity.INFORMATION, audience=HER_CARERS, sources=("NGF-PE",),
    evidence=Evidence.ONE_SOURCE, facts=(MEDICINES, *DATING), resolution=Resolution.ASSESSED,
)  # fmt: skip
def aspirin_to_review(chart: Chart) -> Iterator[Finding]:
    """She takes aspirin and has reached 36+0."""
    if chart.has_reached(36):
        yield from (found(taken) for taken in aspirin(chart)[:1])
