"""A population of pregnant women, as large as wanted: the index-th woman depends on the seed and on nothing else."""

from datetime import date, datetime, timedelta
from typing import Final

from app.domain.record import StoredRecord
from data.synthetic.care import DISTRICTS, TESTBY, District, district
from data.synthetic.curves import fetal_weight_g
from data.synthetic.dice import Dice
from data.synthetic.numbers import number_of
from data.synthetic.people import ASIA_AND_AFRICA, GIVEN_NAMES, ORIGINS, OTHER_GIVEN_NAMES, SURNAMES
from data.synthetic.plan import (
    EMBRYO_AGE_DAYS,
    FERTILISATION_DAY,
    EarlierPregnancy,
    Ending,
    Fate,
    Notes,
    Outcome,
    Plan,
)
from data.synthetic.rarities import with_rarities
from data.synthetic.simulator import simulate

TESTBY_FIRST: Final = 50
TESTBY_EVERY: Final = 200
"""The first women and every so many after them belong to the units the personas work at."""

ORDINARY_FIRST: Final = 100
"""Nothing seldom befalls the first women: what is measured with a few of them is about ordinary cards."""

DELIVERED_RATE: Final = 0.145
MISCARRIAGE_RATE: Final = 0.035
CONDITION_RATES: Final = {
    "heart_disease": 0.008,
    "high_blood_pressure": 0.012,
    "kidney_or_urinary_tract_disease": 0.05,
    "diabetes": 0.008,
    "allergy_or_asthma": 0.22,
    "epilepsy": 0.007,
    "thrombosis": 0.005,
    "autoimmune_disease": 0.045,
    "gynecological_condition": 0.09,
    "mental_health_condition": 0.12,
    "other_condition": 0.08,
}
CHILDREN_BEFORE: Final = (
    (25, ((0, 0.8), (1, 0.17), (2, 0.03))),
    (30, ((0, 0.55), (1, 0.33), (2, 0.1), (3, 0.02))),
    (35, ((0, 0.36), (1, 0.42), (2, 0.17), (3, 0.05))),
    (99, ((0, 0.25), (1, 0.38), (2, 0.25), (3, 0.12))),
)
"""Below this age: how many children she has, and how often."""
COMPLICATIONS: Final = (
    (None, 0.86), ("stor blødning", 0.05), ("svangerskapsforgiftning", 0.04), ("rift grad 3", 0.03), ("sete", 0.02),
)  # fmt: skip
TOBACCO: Final = ((None, 0.93), ("TBD_SMOKING", 0.03), ("TBD_SNUS", 0.04))
NOTES: Final = ((Notes.FEW, 0.85), (Notes.ORDINARY, 0.15))


def generate(seed: int, index: int, as_of: date) -> tuple[str, datetime, StoredRecord]:
    """The index-th woman: her identity number, when she consented, her card. The same arguments, the same woman."""
    number, born_on = number_of(seed, index, as_of)
    return number, *card_of(seed, index, born_on, as_of)


def card_of(seed: int, index: int, born_on: date, as_of: date) -> tuple[datetime, StoredRecord]:
    """The same without the number, for who has it already."""
    dice = Dice(f"{seed}/{index}")
    plan = draw_plan(dice, f"{seed}/{index}/card", born_on, _district(index), as_of)
    if index >= ORDINARY_FIRST:
        plan = with_rarities(plan, Dice(f"{seed}/{index}/rarities"), as_of)
    record = simulate(plan, as_of)
    return record.opened_at - timedelta(minutes=dice.whole(60, 8_000)), record


def _district(index: int) -> District:
    at_home = index < TESTBY_FIRST or index % TESTBY_EVERY == 0
    return TESTBY if at_home else district(index % DISTRICTS)


def draw_plan(dice: Dice, seed: str, born_on: date, her_district: District, as_of: date) -> Plan:
    """A woman and her pregnancy, drawn from rates that are plausible for Norway."""
    country, language, needs_interpreter = dice.weighted(ORIGINS)
    height_cm, weight_kg = _measures(dice)
    bmi = weight_kg / (height_cm / 100) ** 2
    fetuses = 2 if dice.happens(0.018) else 1
    assisted = dice.happens(0.2 if fetuses > 1 else 0.05)
    scan_shift_days = dice.whole(-1, 1) if assisted else round(dice.normal(0, 3, -7, 9))
    first_visit_day = dice.whole(112, 145) if dice.happens(0.03) else round(dice.normal(62, 9, 42, 95))
    ending, last_period_on = _dates(dice, as_of, fetuses, scan_shift_days, first_visit_day)
    conditions = frozenset(name for name, rate in CONDITION_RATES.items() if dice.happens(rate))
    return Plan(
        seed=seed,
        name=f"{dice.pick(OTHER_GIVEN_NAMES.get(country, GIVEN_NAMES))} {dice.pick(SURNAMES)}",
        born_on=born_on,
        district=her_district,
        country=country,
        language=language,
        needs_interpreter=needs_interpreter,
        employment_percent=dice.pick((100, 100, 100, 80, 60, 50)) if dice.happens(0.84) else 0,
        co_parent=dice.happens(0.94),
        height_cm=height_cm,
        weight_before_kg=weight_kg,
        last_period_on=last_period_on,
        scan_shift_days=scan_shift_days,
        early_scan=dice.happens(0.85),
        transferred_on=last_period_on + timedelta(days=FERTILISATION_DAY + EMBRYO_AGE_DAYS) if assisted else None,
        first_visit_day=first_visit_day,
        fetuses=fetuses,
        earlier=_earlier(dice, born_on, last_period_on),
        conditions=conditions,
        relatives_with_diabetes=dice.happens(0.08),
        rhesus_negative=dice.happens(0.06 if country in ASIA_AND_AFRICA else 0.16),
        fetus_rhesus_positive=dice.happens(0.6),
        gestational_diabetes="diabetes" not in conditions and dice.happens(_gestational_diabetes_rate(bmi, country)),
        pre_eclampsia=dice.happens(0.08 if fetuses > 1 else 0.028),
        breech=dice.happens(0.035),
        hiv=dice.happens(0.0008),
        tobacco=dice.weighted(TOBACCO),
        stops_tobacco=dice.happens(0.6),
        notes=dice.weighted(NOTES),
        birth_plan_week=dice.weighted(((32, 0.35), (36, 0.4), (None, 0.25))),
        wrong_entry=dice.happens(0.02),
        ending=ending,
    )


def _measures(dice: Dice) -> tuple[int, float]:
    """Height and weight before the pregnancy; the body mass index is skewed to the right."""
    height_cm = round(dice.normal(167, 6.2, 150, 187))
    bmi = min(46.0, max(16.5, dice.lognormvariate(3.19, 0.175)))
    return height_cm, round(bmi * (height_cm / 100) ** 2, 1)


def _dates(dice: Dice, as_of: date, fetuses: int, shift: int, first_visit_day: int) -> tuple[Ending | None, date]:
    """How the pregnancy ended, if it has, and the first day of the last period.

    `first_visit_day` counts from the last period, every other day from the due date that counts in the end.
    """
    first_day = first_visit_day - min(shift, 0)
    birth_day = _birth_day(dice, fetuses)
    how = dice.random()
    if how < MISCARRIAGE_RATE and first_visit_day < 100:
        ending = Ending(fate=Fate.MISCARRIAGE, day=first_day + dice.whole(5, 40))
    elif how < MISCARRIAGE_RATE + DELIVERED_RATE:
        ending = Ending(fate=Fate.STILLBIRTH if dice.happens(0.004) else Fate.BIRTH, day=birth_day)
    else:
        day = dice.whole(first_day + 4, birth_day - 1)
        return None, as_of - timedelta(days=day + shift)
    return ending, as_of - timedelta(days=ending.day + dice.whole(2, 270) + shift)


def _birth_day(dice: Dice, fetuses: int) -> int:
    if fetuses > 1:
        return round(dice.normal(256, 11, 190, 270))
    preterm = dice.happens(0.05)
    return round(dice.normal(243, 14, 170, 258) if preterm else dice.normal(281, 7.5, 259, 294))


def _earlier(dice: Dice, born_on: date, last_period_on: date) -> tuple[EarlierPregnancy, ...]:
    """Her earlier pregnancies, oldest first, going back in time with room between them."""
    age = (last_period_on - born_on).days // 365
    children = dice.weighted(next(rates for below, rates in CHILDREN_BEFORE if age < below))
    year, earliest = last_period_on.year, born_on.year + 17
    found: list[EarlierPregnancy] = []
    for _ in range(children):
        year -= dice.whole(2, 4)
        if year >= earliest:
            found.append(_earlier_birth(dice, year))
    for outcome, rate, day in ((Outcome.MISCARRIAGE, 0.18, 63), (Outcome.ECTOPIC, 0.012, 44)):
        lost_in = last_period_on.year - dice.whole(1, 5)
        if dice.happens(rate) and lost_in >= earliest:
            found.append(EarlierPregnancy(year=lost_in, outcome=outcome, day=day + dice.whole(-10, 14)))
    return tuple(sorted(found, key=lambda one: one.year))


def _earlier_birth(dice: Dice, year: int) -> EarlierPregnancy:
    day = round(dice.normal(279, 10, 196, 294))
    caesarean = dice.happens(0.15)
    return EarlierPregnancy(
        year=year,
        outcome=Outcome.STILLBIRTH if dice.happens(0.004) else Outcome.LIVE_BIRTH,
        day=day,
        weight_g=round(fetal_weight_g(day) * dice.normal(1, 0.11, 0.7, 1.35) / 10) * 10,
        girl=dice.happens(0.487),
        caesarean=caesarean,
        vacuum=not caesarean and dice.happens(0.09),
        complication=dice.weighted(COMPLICATIONS),
    )


def _gestational_diabetes_rate(bmi: float, country: str) -> float:
    rate = 0.13 if bmi > 30 else 0.07 if bmi > 25 else 0.04
    return rate + 0.06 if country in ASIA_AND_AFRICA else rate
