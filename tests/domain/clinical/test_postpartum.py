"""Who sees mother and child after the birth, and when."""

from datetime import date

import pytest

from app.domain.clinical.certainty import Certainty
from app.domain.clinical.postpartum import Birth, FollowUp, FollowUpKind, follow_up

BORN_ON, HOME_ON = date(2025, 10, 11), date(2025, 10, 14)
TRUE, UNKNOWN = Certainty.TRUE, Certainty.UNKNOWN


def planned(birth: Birth) -> dict[FollowUpKind, FollowUp]:
    """What is due, by kind."""
    return {one.kind: one for one in follow_up(birth)}


def test_an_ordinary_birth_is_followed_by_four_contacts() -> None:
    """At home within days, then the health visitor, one for the two alone, and the check of the mother."""
    birth = Birth(born_on=BORN_ON, discharged_on=HOME_ON, had_gestational_diabetes=False, had_hypertension=False)
    assert [(one.kind, str(one.first_on), str(one.last_on), one.is_due) for one in follow_up(birth)] == [
        (FollowUpKind.MIDWIFE_HOME_VISIT, "2025-10-15", "2025-10-16", TRUE),
        (FollowUpKind.HEALTH_VISITOR_HOME_VISIT, "2025-10-18", "2025-10-21", TRUE),
        (FollowUpKind.INDIVIDUAL_CONTACT, "2025-10-25", "2025-11-01", TRUE),
        (FollowUpKind.POSTNATAL_CHECK, "2025-11-08", "2025-11-22", TRUE),
    ]


@pytest.mark.parametrize(
    ("has_borne_before", "did_well", "days"),
    [(True, True, 3), (True, False, 2), (False, True, 2), (True, None, 2), (None, True, 2)],
)
def test_only_who_is_known_to_need_it_less_waits_longer(
    has_borne_before: bool | None, did_well: bool | None, days: int
) -> None:
    """An experienced mother who did well is seen within three days."""
    birth = Birth(born_on=BORN_ON, discharged_on=HOME_ON, has_borne_before=has_borne_before, did_well=did_well)
    visit = planned(birth)[FollowUpKind.MIDWIFE_HOME_VISIT]
    assert visit.last_on is not None
    assert (visit.last_on - HOME_ON).days == days


def test_who_has_not_come_home_has_no_day_yet() -> None:
    """The visit is due; when, is not known."""
    visit = planned(Birth(born_on=BORN_ON))[FollowUpKind.MIDWIFE_HOME_VISIT]
    assert (visit.first_on, visit.last_on, visit.is_due) == (None, None, TRUE)


def test_illness_in_pregnancy_is_followed_afterwards() -> None:
    """Sugar after about four months, blood pressure at her doctor's; not recorded is not no."""
    ill = planned(Birth(born_on=BORN_ON, had_gestational_diabetes=True, had_hypertension=True))
    glucose, pressure = ill[FollowUpKind.LONG_TERM_GLUCOSE], ill[FollowUpKind.BLOOD_PRESSURE_FOLLOW_UP]
    assert glucose.is_due is pressure.is_due is TRUE
    assert glucose.first_on is not None
    assert glucose.last_on is not None
    assert glucose.first_on < date(2026, 2, 11) < glucose.last_on
    open_ones = [one.kind for one in follow_up(Birth(born_on=BORN_ON)) if one.is_due is UNKNOWN]
    assert open_ones == [FollowUpKind.LONG_TERM_GLUCOSE, FollowUpKind.BLOOD_PRESSURE_FOLLOW_UP]
