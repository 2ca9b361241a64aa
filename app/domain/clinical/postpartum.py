"""Who sees mother and child after the birth, and when. Directorate of Health, IS-2057, 2014.

Reminders of the pregnancy stop at the birth; the card stays readable until the postnatal check.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from app.domain.clinical.certainty import Certainty
from app.domain.clinical.weeks import in_days
from app.domain.dating import days_after
from app.domain.described import DescribedEnum

HOME_VISIT_DAYS: Final = (1, 2)
HOME_VISIT_OF_EXPERIENCED_DAYS: Final = (1, 3)
HEALTH_VISITOR_DAYS: Final = (7, 10)
CONTACT_DAYS: Final = (14, 21)
POSTNATAL_CHECK_DAYS: Final = (in_days(4), in_days(6))
GLUCOSE_DAYS: Final = (in_days(16), in_days(18))
"""About four months, a little more than 17 weeks; the guideline gives no day, the window is a design choice."""


class FollowUpKind(DescribedEnum):
    """What is due after the birth."""

    MIDWIFE_HOME_VISIT = "MIDWIFE_HOME_VISIT", "The midwife's home visit. Norwegian: hjemmebesøk av jordmor."
    HEALTH_VISITOR_HOME_VISIT = (
        "HEALTH_VISITOR_HOME_VISIT",
        "The health visitor's home visit. Norwegian: hjemmebesøk av helsesykepleier.",
    )
    INDIVIDUAL_CONTACT = "INDIVIDUAL_CONTACT", "A contact for the two of them alone. Norwegian: individuell kontakt."
    POSTNATAL_CHECK = (
        "POSTNATAL_CHECK",
        "The check of the mother at her doctor's or midwife's. Norwegian: etterkontroll.",
    )
    LONG_TERM_GLUCOSE = "LONG_TERM_GLUCOSE", "HbA1c after diabetes in pregnancy, then every year. Norwegian: HbA1c."
    BLOOD_PRESSURE_FOLLOW_UP = (
        "BLOOD_PRESSURE_FOLLOW_UP",
        "Blood pressure at her doctor's after hypertension in pregnancy. Norwegian: blodtrykkskontroll.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Birth:
    """What decides the follow-up. None is not recorded.

    discharged_on             the day she came home; the day of the birth when it was at home
    has_borne_before          whether she is experienced
    did_well                  whether birth and first days went well for both
    had_gestational_diabetes  in this pregnancy
    had_hypertension          in this pregnancy
    """

    born_on: date
    discharged_on: date | None = None
    has_borne_before: bool | None = None
    did_well: bool | None = None
    had_gestational_diabetes: bool | None = None
    had_hypertension: bool | None = None


@dataclass(frozen=True, slots=True)
class FollowUp:
    """One contact and its window. A window that is None: no day is given, or the one it is counted from is missing.

    is_due   UNKNOWN when what it depends on is not recorded
    """

    kind: FollowUpKind
    first_on: date | None
    last_on: date | None
    is_due: Certainty = Certainty.TRUE


def follow_up(birth: Birth) -> list[FollowUp]:
    """What is due after a birth, in the order of time. What is known not to be due is left out."""
    return [one for one in _planned(birth) if one.is_due is not Certainty.FALSE]


def _planned(birth: Birth) -> Iterator[FollowUp]:
    yield _window(FollowUpKind.MIDWIFE_HOME_VISIT, birth.discharged_on, _home_visit_days(birth))
    yield _window(FollowUpKind.HEALTH_VISITOR_HOME_VISIT, birth.born_on, HEALTH_VISITOR_DAYS)
    yield _window(FollowUpKind.INDIVIDUAL_CONTACT, birth.born_on, CONTACT_DAYS)
    yield _window(FollowUpKind.POSTNATAL_CHECK, birth.born_on, POSTNATAL_CHECK_DAYS)
    diabetes = Certainty.of(birth.had_gestational_diabetes)
    yield _window(FollowUpKind.LONG_TERM_GLUCOSE, birth.born_on, GLUCOSE_DAYS, diabetes)
    yield FollowUp(FollowUpKind.BLOOD_PRESSURE_FOLLOW_UP, None, None, Certainty.of(birth.had_hypertension))


def _home_visit_days(birth: Birth) -> tuple[int, int]:
    """The longer window only for her who is known to need the visit less."""
    return HOME_VISIT_OF_EXPERIENCED_DAYS if birth.has_borne_before and birth.did_well else HOME_VISIT_DAYS


def _window(
    kind: FollowUpKind, since: date | None, days: tuple[int, int], is_due: Certainty = Certainty.TRUE
) -> FollowUp:
    if since is None:
        return FollowUp(kind, None, None, is_due)
    first, last = (days_after(since, each) for each in days)
    return FollowUp(kind, first, last, is_due)
