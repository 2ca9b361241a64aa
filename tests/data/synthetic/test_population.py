"""The population: consistent one by one, plausible as a whole, the same every time."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from app.domain.record import RecordStatus, StoredRecord
from data.identity_numbers import is_synthetic
from data.synthetic.numbers import number_of
from data.synthetic.people import SURNAMES
from data.synthetic.population import generate
from tests.data.synthetic.consistency import check, current, the

AS_OF = date(2026, 11, 23)
HOW_MANY = 5_000
SEED = 20


@pytest.fixture(scope="module")
def records() -> list[StoredRecord]:
    return [generate(SEED, index, AS_OF)[2] for index in range(HOW_MANY)]


def share(values: Sequence[bool]) -> float:
    return sum(values) / len(values)


def test_every_card_is_consistent(records: list[StoredRecord]) -> None:
    """A tenth of the population, card by card, contradicts itself nowhere."""
    for record in records[::10]:
        check(record, AS_OF)


@pytest.mark.parametrize("as_of", [date(2025, 1, 1), date(2028, 2, 29), date(2031, 7, 6)], ids=str)
def test_cards_are_consistent_on_any_day(as_of: date) -> None:
    """Leap years, new years and weekends change nothing."""
    for index in range(40):
        check(generate(SEED, index, as_of)[2], as_of)


def test_the_same_arguments_make_the_same_woman() -> None:
    """Work can be split between processes and taken up again."""
    assert generate(SEED, 4_321, AS_OF) == generate(SEED, 4_321, AS_OF)
    assert generate(SEED, 4_321, AS_OF) != generate(SEED + 1, 4_321, AS_OF)


def test_a_woman_keeps_her_number_from_day_to_day() -> None:
    """A later run with the same seed finds the women of an earlier one."""
    assert all(
        number_of(SEED, index, AS_OF) == number_of(SEED, index, date(2026, 12, 24)) for index in range(0, 60_000, 997)
    )


def test_identity_numbers_are_synthetic_and_unique() -> None:
    """Twenty thousand women, twenty thousand numbers that belong to nobody."""
    numbers = [number_of(SEED, index, AS_OF)[0] for index in range(20_000)]
    assert len(set(numbers)) == len(numbers)
    assert all(map(is_synthetic, numbers))


def test_numbers_stay_unique_from_round_to_round() -> None:
    """A birth day that comes up again goes on to the next individual digits."""
    numbers = [number_of(SEED, index, AS_OF)[0] for index in (*range(500), *range(50_000, 101_000, 7))]
    assert len(set(numbers)) == len(numbers)


def test_consent_comes_before_the_card() -> None:
    """Nothing was stored before she agreed."""
    for index in range(200):
        _, consent_at, record = generate(SEED, index, AS_OF)
        assert consent_at < record.opened_at


def test_ages() -> None:
    """Women who expect a child are around thirty, none a child herself."""
    born = [number_of(SEED, index, AS_OF)[1] for index in range(HOW_MANY)]
    ages = [(AS_OF - day).days / 365.25 for day in born]
    assert 29 < sum(ages) / len(ages) < 32
    assert min(ages) > 16
    assert max(ages) < 48
    assert 0.1 < share([age < 25 for age in ages]) < 0.2
    assert 0.15 < share([age > 35 for age in ages]) < 0.26


def test_statuses(records: list[StoredRecord]) -> None:
    """About every sixth card is closed, most of those after a birth."""
    statuses = [record.status for record in records]
    assert 0.15 < share([status is not RecordStatus.ACTIVE for status in statuses]) < 0.21
    assert 0.02 < share([status is RecordStatus.TERMINATED for status in statuses]) < 0.05


def test_findings(records: list[StoredRecord]) -> None:
    """Rhesus, twins, parity, weight, tobacco and place of birth come as often as in Norway."""
    laboratory = [the(record, "laboratory_results") for record in records]
    negative = [found["blood_type"]["rhesus_d"] == "NEGATIVE" for found in laboratory if found]
    assert 0.125 < share(negative) < 0.17
    pregnancies = [the(record, "pregnancy") for record in records]
    twins = [one["number_of_fetuses"] == 2 for one in pregnancies if "number_of_fetuses" in one]
    assert 0.01 < share(twins) < 0.028
    first = [the(record, "previous_pregnancies")["number_of_previous_live_births"] == 0 for record in records]
    assert 0.35 < share(first) < 0.5
    indexes = [the(record, "pre_pregnancy_measurements")["bmi_kg_per_m2"] for record in records]
    assert 0.08 < share([index >= 30 for index in indexes]) < 0.15
    assert 0.02 < share([index < 18.5 for index in indexes]) < 0.08
    abroad = [the(record, "mother")["country_of_birth"]["code"] != "NO" for record in records]
    assert 0.2 < share(abroad) < 0.32


def test_gestational_diabetes(records: list[StoredRecord]) -> None:
    """Five to ten in a hundred of those past week 28, and only where a test was due."""
    past_28 = [record for record in records if current(record, "antenatal_visits")[-1]["gestational_age_weeks"] >= 28]
    assert 0.05 < share([has_gestational_diabetes(the(record, "laboratory_results")) for record in past_28]) < 0.1


def has_gestational_diabetes(results: dict[str, Any]) -> bool:
    test = results.get("glucose_tolerance", {})
    high = test.get("fasting_glucose_mmol_per_l", 0) >= 5.3 or test.get("two_hour_glucose_mmol_per_l", 0) >= 9.0
    return bool(high)


def test_names_say_that_they_are_made_up(records: list[StoredRecord]) -> None:
    """No card could be mistaken for a real woman's."""
    assert all(the(record, "mother")["name"].split()[-1] in SURNAMES for record in records)
