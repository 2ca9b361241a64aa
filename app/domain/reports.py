"""What each report counts: of every woman one label, taken from her card. Nothing intimate is counted, ever.

A card's facts stand here as they are stored. Items that were entered in error are no part of it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from app.domain.aggregates import ReportName
from app.domain.card.lifestyle_factors import MORE_THAN_TOBACCO
from app.domain.card.sections import SECTION_NAMED
from app.domain.gestation import due_date, gestational_age

NOT_RECORDED: Final = "Not recorded"
ELSEWHERE: Final = "Another unit, or none"
CONSENT_GIVEN: Final = "Consent in force"
CONSENT_WITHDRAWN: Final = "Consent withdrawn"
CONSENT_LABELS: Final = (CONSENT_GIVEN, CONSENT_WITHDRAWN)


@dataclass(frozen=True, slots=True)
class CountedCard:
    """A woman's latest card, as far as reports count it. `unit`: name of the unit that keeps it."""

    documents: Mapping[str, Any]
    is_active: bool
    unit: str | None
    today: date

    def section(self, name: str) -> Mapping[str, Any]:
        """A section's document; empty when nothing is recorded."""
        return self.documents.get(name) or {}


@dataclass(frozen=True, slots=True)
class Report:
    """A report that is counted from cards.

    labels   in the order of the table; None where they are the names of the units that take part
    facts    the paths of all facts it looks at
    """

    name: ReportName
    labels: tuple[str, ...] | None
    label_of: Callable[[CountedCard], str]
    facts: tuple[str, ...]

    @property
    def kinds(self) -> frozenset[str]:
        """The sections it looks at."""
        return frozenset(SECTION_NAMED[path.split(".", 1)[0]].kind for path in self.facts)


def labels_of(report: Report, units: Sequence[str]) -> tuple[str, ...]:
    """The labels of a report's table."""
    return (*units, ELSEWHERE) if report.labels is None else report.labels


WEEKS: Final = ((12, "Before week 12"), (22, "Weeks 12 to 21"), (32, "Weeks 22 to 31"))
LATE: Final = "Week 32 or later"
NO_WEEK: Final = "The pregnancy is over, or no due date is recorded"
"""One label: whoever could tell them apart could tell from the live births how many pregnancies ended otherwise."""


def _week(card: CountedCard) -> str:
    due = due_date(card.section("pregnancy"))
    age = gestational_age(due, card.today) if due is not None and card.is_active else None
    return NO_WEEK if age is None else _band(age.weeks, WEEKS, LATE)


def _band(value: float, bands: Sequence[tuple[float, str]], above: str) -> str:
    return next((label for end, label in bands if value < end), above)


def _labels(bands: Sequence[tuple[float, str]], *more: str) -> tuple[str, ...]:
    return (*(label for _, label in bands), *more)


INTERPRETER: Final = {True: "Needs an interpreter", False: "Needs none", None: NOT_RECORDED}
FOLATE: Final[Mapping[tuple[Any, Any], str]] = {
    (True, True): "Before and during", (True, False): "Before only", (False, True): "During only",
    (False, False): "Neither",
}  # fmt: skip


def _folate(card: CountedCard) -> str:
    folate = card.section("medication").get("folate") or {}
    asked = (folate.get("taken_before_pregnancy"), folate.get("taken_during_pregnancy"))
    return FOLATE.get(asked, NOT_RECORDED)


TOBACCO: Final = {"TBD_DAILY": "Daily", "TBD_SOMETIMES": "Sometimes", "TBD_NEVER": "Never"}
"""By code of Volven 8537, the most frequent use first."""


def _tobacco(card: CountedCard) -> str:
    """The most frequent use of any kind of tobacco; whatever else stands in the list is not looked at."""
    stimuli = card.section("lifestyle_factors").get("stimuli") or ()
    tobacco = [entry for entry in stimuli if not MORE_THAN_TOBACCO.applies(entry, card.today)]
    used = {((entry.get("at_first_visit") or {}).get("frequency") or {}).get("code") for entry in tobacco}
    return next((label for code, label in TOBACCO.items() if code in used), NOT_RECORDED)


BODY_MASS_INDEX: Final = ((18.5, "Under 18.5"), (25, "18.5 to 24.9"), (30, "25 to 29.9"))
HIGH: Final = "30 or more"


def _body_mass_index(card: CountedCard) -> str:
    found = card.section("pre_pregnancy_measurements").get("bmi_kg_per_m2")
    return NOT_RECORDED if found is None else _band(found, BODY_MASS_INDEX, HIGH)


VISITS: Final = ((1, "None"), (4, "1 to 3"), (7, "4 to 6"), (10, "7 to 9"))
MANY_VISITS: Final = "10 or more"


def _visits(card: CountedCard) -> str:
    """How many were held; a visit that is planned is none."""
    held = [visit.get("held_on") for visit in card.documents.get("antenatal_visits") or ()]
    return _band(sum(on is not None and on <= card.today.isoformat() for on in held), VISITS, MANY_VISITS)


FUNDAL_HEIGHTS: Final = ((1, "None"), (4, "1 to 3"), (7, "4 to 6"))
MANY_FUNDAL_HEIGHTS: Final = "7 or more"


def _fundal_heights(card: CountedCard) -> str:
    return _band(len(card.documents.get("symphysis_fundal_heights") or ()), FUNDAL_HEIGHTS, MANY_FUNDAL_HEIGHTS)


LIVE_BIRTH_CODES: Final = frozenset({"1", "3"})
"""Volven 8522: born alive, and born alive and died after birth."""
LIVE_BIRTH, NO_LIVE_BIRTH = "A live birth is recorded", "None is recorded, or not yet"


def _live_birth(card: CountedCard) -> str:
    children = card.section("birth_outcome").get("children") or ()
    codes = {(child.get("status") or {}).get("code") for child in children}
    return LIVE_BIRTH if codes & LIVE_BIRTH_CODES else NO_LIVE_BIRTH


REPORTS: Final = (
    Report(
        ReportName.WEEKS, _labels(WEEKS, LATE, NO_WEEK), _week,
        ("pregnancy.dueDateCorrected", "pregnancy.dueDateByUltrasound", "pregnancy.dueDateByLastPeriod"),
    ),
    Report(
        ReportName.INTERPRETER, tuple(INTERPRETER.values()),
        lambda card: INTERPRETER[card.section("mother").get("needs_interpreter")], ("mother.needsInterpreter",),
    ),
    Report(
        ReportName.FOLATE, (*FOLATE.values(), NOT_RECORDED), _folate,
        ("medication.folate.takenBeforePregnancy", "medication.folate.takenDuringPregnancy"),
    ),
    Report(
        ReportName.TOBACCO, (*TOBACCO.values(), NOT_RECORDED), _tobacco,
        ("lifestyleFactors.stimuli.stimulusType", "lifestyleFactors.stimuli.atFirstVisit.frequency"),
    ),
    Report(
        ReportName.BODY_MASS_INDEX, _labels(BODY_MASS_INDEX, HIGH, NOT_RECORDED), _body_mass_index,
        ("prePregnancyMeasurements.bmiKgPerM2",),
    ),
    Report(
        ReportName.VISITS, _labels(VISITS, MANY_VISITS), _visits, ("antenatalVisits.heldOn",),
    ),
    Report(
        ReportName.FUNDAL_HEIGHTS, _labels(FUNDAL_HEIGHTS, MANY_FUNDAL_HEIGHTS), _fundal_heights,
        ("symphysisFundalHeights.measuredOn",),
    ),
    Report(ReportName.LIVE_BIRTHS, (LIVE_BIRTH, NO_LIVE_BIRTH), _live_birth, ("birthOutcome.children.status",)),
    Report(
        ReportName.UNITS, None, lambda card: card.unit or ELSEWHERE,
        (
            "careContacts.generalPractitioner.organisationNumber", "careContacts.midwife.organisationNumber",
            "careContacts.birthInstitutionNumber",
        ),
    ),
)  # fmt: skip
"""The reports that are counted from cards, all of the same women."""
