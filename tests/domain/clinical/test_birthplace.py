"""Where she may give birth: the published vectors, and what is open as long as nobody has recorded it."""

from dataclasses import fields, replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.clinical.age import full_years
from app.domain.clinical.birthplace import BirthplaceFacts, birthplace, planned_home_birth
from app.domain.clinical.birthplace_facts import recorded
from app.domain.clinical.birthplace_reasons import LEVEL_OF, BirthplaceLevel, Reason
from app.domain.clinical.certainty import Certainty
from app.domain.clinical.dating import dating
from app.domain.clinical.growth import z_score
from app.domain.clinical.settings import ClinicalSettings
from app.domain.clinical.weeks import in_days
from tests.domain.clinical.cards import fundal_height, scan

TRUE, FALSE, UNKNOWN = Certainty.TRUE, Certainty.FALSE, Certainty.UNKNOWN
UNIT, WARD, CLINIC = BirthplaceLevel

HEALTHY = BirthplaceFacts(
    age_at_birth=28,
    body_mass_index=Decimal(24),
    has_not_borne=TRUE,
    number_of_fetuses=1,
    is_cephalic=True,
    fundal_height_z=0.3,
    gestation_days=in_days(39),
    labour_has_started=False,
    noted=dict.fromkeys(Reason, False),
)
"""Of whom everything is recorded and nothing speaks for more than a midwife-led unit."""

NOTED = [
    reason for reason in Reason
    if birthplace(replace(HEALTHY, noted={**HEALTHY.noted, reason: True})).reasons
]  # fmt: skip
NUMBERS = [field.name for field in fields(BirthplaceFacts) if field.name != "noted"]


def woman(*noted: Reason, **facts: Any) -> BirthplaceFacts:
    """Her, but for this."""
    return replace(HEALTHY, **facts, noted={**HEALTHY.noted, **dict.fromkeys(noted, True)})


@pytest.mark.parametrize(
    ("facts", "level", "reasons"),
    [
        pytest.param(woman(), UNIT, [], id="TV-P16"),
        pytest.param(woman(body_mass_index=Decimal(31)), WARD, [Reason.OBESE], id="TV-P17-first"),
        pytest.param(woman(body_mass_index=Decimal(31), has_not_borne=FALSE), UNIT, [], id="TV-P17-later"),
        pytest.param(
            woman(body_mass_index=Decimal(41)), CLINIC, [Reason.OBESE, Reason.BODY_MASS_40], id="TV-P18-body-mass"
        ),
        pytest.param(woman(number_of_fetuses=2), CLINIC, [Reason.SEVERAL_FETUSES], id="TV-P18-twins"),
        pytest.param(woman(Reason.INSULIN), CLINIC, [Reason.INSULIN], id="TV-P18-insulin"),
        pytest.param(woman(body_mass_index=Decimal(36), has_not_borne=FALSE), WARD, [Reason.OBESE], id="TV-P19"),
        pytest.param(woman(body_mass_index=Decimal("30.0")), WARD, [Reason.OBESE], id="TV-P26-30.0"),
        pytest.param(woman(body_mass_index=Decimal("29.9")), UNIT, [], id="TV-P26-29.9"),
        pytest.param(
            woman(age_at_birth=full_years(date(1987, 10, 11), date(2025, 10, 11))), WARD, [Reason.AGE], id="TV-P12-38"
        ),
        pytest.param(woman(age_at_birth=full_years(date(1987, 10, 12), date(2025, 10, 11))), UNIT, [], id="TV-P12-37"),
        (woman(age_at_birth=20), UNIT, []),
        (woman(age_at_birth=19), WARD, [Reason.AGE]),
        (woman(body_mass_index=Decimal("18.5")), UNIT, []),
        (woman(body_mass_index=Decimal("18.4")), WARD, [Reason.UNDERWEIGHT]),
        (woman(body_mass_index=Decimal("35.0"), has_not_borne=UNKNOWN), WARD, [Reason.OBESE]),
        (woman(is_cephalic=False), WARD, [Reason.NOT_CEPHALIC]),
        (woman(fundal_height_z=-2.0, estimated_weight_g=3000), WARD, [Reason.FUNDAL_HEIGHT]),
        (woman(fundal_height_z=1.99), UNIT, []),
        (woman(estimated_weight_g=2499), WARD, [Reason.FETAL_WEIGHT]),
        (woman(estimated_weight_g=2500), UNIT, []),
        (woman(estimated_weight_g=4499), UNIT, []),
        (woman(estimated_weight_g=4500), WARD, [Reason.FETAL_WEIGHT]),
        (woman(labour_has_started=True, gestation_days=in_days(36, 6)), WARD, [Reason.START_OF_LABOUR]),
        (woman(labour_has_started=True, gestation_days=in_days(37)), UNIT, []),
        (woman(labour_has_started=False, gestation_days=in_days(30)), UNIT, []),
        (woman(gestation_days=in_days(41, 6)), UNIT, []),
        (woman(gestation_days=in_days(42)), WARD, [Reason.START_OF_LABOUR]),
    ],
)
def test_the_lowest_level_comes_with_its_reasons(
    facts: BirthplaceFacts, level: BirthplaceLevel, reasons: list[Reason]
) -> None:
    """The edge of a band counts as the higher level."""
    found = birthplace(facts)
    assert (found.at_least, found.lowest_allowed, list(found.reasons)) == (level, level, reasons)


@pytest.mark.parametrize("reason", NOTED)
def test_each_noted_reason_asks_for_its_level(reason: Reason) -> None:
    """One is enough."""
    found = birthplace(woman(reason))
    assert (found.reasons, found.lowest_allowed) == ((reason,), LEVEL_OF[reason])


def test_every_reason_is_computed_or_noted() -> None:
    """None is forgotten: those that are not noted follow from a number or from the week."""
    assert len(NOTED) == 22
    assert len(Reason) - len(NOTED) == 10


@given(st.sets(st.sampled_from(sorted(NOTED))), st.sets(st.sampled_from(NUMBERS)))
def test_what_is_not_recorded_never_allows_less(notes: set[Reason], facts: set[str]) -> None:
    """A level is allowed for certain, or something is named that is open; nothing unrecorded becomes a reason."""
    noted = {reason: holds for reason, holds in HEALTHY.noted.items() if reason not in notes}
    unknown = {name: UNKNOWN if name == "has_not_borne" else None for name in facts}
    found = birthplace(replace(HEALTHY, **unknown, noted=noted))
    assert found.reasons == ()
    assert set(found.not_evaluable) >= notes
    assert (found.lowest_allowed is None) is bool(found.not_evaluable)


def test_nothing_is_allowed_of_whom_nothing_is_recorded() -> None:
    """Every reason is open; where one asks for the highest level nothing else matters."""
    found = birthplace(BirthplaceFacts())
    assert (found.at_least, found.lowest_allowed, found.reasons) == (UNIT, None, ())
    assert set(found.not_evaluable) == set(Reason)
    assert birthplace(BirthplaceFacts(number_of_fetuses=2)).lowest_allowed is CLINIC
    ward = birthplace(BirthplaceFacts(is_cephalic=False))
    assert {LEVEL_OF[reason] for reason in ward.not_evaluable} == {CLINIC}


def test_without_an_estimate_the_fundal_height_speaks_for_the_weight() -> None:
    """Nobody is scanned for this alone; beside an unusual height the weight is open."""
    assert Reason.FETAL_WEIGHT not in birthplace(woman()).not_evaluable
    assert planned_home_birth(woman(fundal_height_z=None)) is UNKNOWN
    assert Reason.FETAL_WEIGHT in birthplace(woman(fundal_height_z=None)).not_evaluable


def test_a_very_early_birth_is_open_until_it_is_verified() -> None:
    """Then it belongs in a specialist clinic; a ward is not called enough before."""
    early = woman(labour_has_started=True, gestation_days=in_days(34, 6))
    assert (birthplace(early).at_least, birthplace(early).lowest_allowed) == (WARD, None)
    assert birthplace(early, ClinicalSettings(knows_very_preterm_limit=True)).lowest_allowed is CLINIC
    at_35 = replace(early, gestation_days=in_days(35))
    assert birthplace(at_35).lowest_allowed is WARD


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (woman(), TRUE),
        (woman(body_mass_index=Decimal("29.9"), has_not_borne=FALSE), TRUE),
        (woman(body_mass_index=Decimal("30.0"), has_not_borne=FALSE), FALSE),
        (woman(Reason.UTERINE_SURGERY), FALSE),
        (woman(age_at_birth=38), FALSE),
        (woman(age_at_birth=None), UNKNOWN),
        (woman(age_at_birth=None, is_cephalic=False), FALSE),
        (BirthplaceFacts(), UNKNOWN),
    ],
)
def test_a_home_birth_is_within_the_criteria_or_not_or_open(facts: BirthplaceFacts, expected: Certainty) -> None:
    """As for a midwife-led unit, with one limit of body mass for all."""
    assert planned_home_birth(facts) is expected


CARD = {
    "pregnancy": {"last_period_on": "2025-01-01", "number_of_fetuses": 1},
    "pre_pregnancy_measurements": {"height_cm": 168, "pre_pregnancy_weight_kg": 62.5},
    "previous_pregnancies": {"number_of_previous_pregnancies": 0},
    "symphysis_fundal_heights": [
        fundal_height("2025-09-17", 36), fundal_height("2025-06-04", 22), fundal_height("2025-10-08", 20),
    ],
    "ultrasound_examinations": [
        scan("2025-09-10", fetal_measurements=[{"fetus_number": 1, "estimated_fetal_weight_g": 2800}]),
        scan("2025-08-10", fetal_measurements=[{"fetus_number": 1, "estimated_fetal_weight_g": 1900}]),
        scan("2025-09-20"),
    ],
}  # fmt: skip


def test_the_numbers_of_a_card_are_taken_as_they_stood_on_the_day() -> None:
    """The latest measurement until then that rules look at, the latest estimate of weight; the rest is as it is told."""
    found = recorded(CARD, dating(CARD), date(2025, 9, 30), HEALTHY)
    assert (found.body_mass_index, found.has_not_borne, found.number_of_fetuses) == (Decimal("22.1"), TRUE, 1)
    assert (found.fundal_height_z, found.gestation_days) == (z_score(36, in_days(37)), in_days(38, 6))
    assert found.estimated_weight_g == 2800
    assert (found.age_at_birth, found.is_cephalic, found.noted) == (28, True, HEALTHY.noted)
    assert birthplace(found).lowest_allowed is UNIT


def test_an_early_estimate_of_weight_says_nothing_of_the_weight_at_birth() -> None:
    """1900 g in week 31 is as it should be, and no reason for another birthplace."""
    found = recorded(CARD, dating(CARD), date(2025, 8, 31), HEALTHY)
    assert found.estimated_weight_g is None
    assert Reason.FETAL_WEIGHT not in birthplace(found).reasons


def test_an_empty_card_has_no_numbers() -> None:
    """Whatever was told of them: what is not on the card is not recorded."""
    empty = recorded({}, None, date(2025, 9, 30), HEALTHY)
    kept = BirthplaceFacts(age_at_birth=28, is_cephalic=True, labour_has_started=False, noted=HEALTHY.noted)
    assert empty == kept
    assert birthplace(empty).lowest_allowed is None


@pytest.mark.parametrize(
    ("born_on", "on", "years"),
    [
        pytest.param(date(1990, 10, 11), date(2025, 10, 11), 35, id="TV-P11-35"),
        pytest.param(date(1990, 10, 12), date(2025, 10, 11), 34, id="TV-P11-34"),
        (date(2000, 2, 29), date(2025, 2, 28), 24),
        (date(2000, 2, 29), date(2025, 3, 1), 25),
        (date(2000, 2, 29), date(2024, 2, 29), 24),
    ],
)
def test_age_is_in_full_years(born_on: date, on: date, years: int) -> None:
    """From the birthday itself."""
    assert full_years(born_on, on) == years
