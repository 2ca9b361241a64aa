"""The pregnancies of the cast. Each function tells one story: what is true of her, counted back from a day."""

from datetime import date, timedelta
from functools import partial
from typing import Any, Protocol

from data.synthetic.care import staffed_by
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


class Her(Protocol):
    """What a pregnancy, or a persona, needs to know of the woman; `gp` and `midwife` are keys of STAFF."""

    @property
    def slug(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def number(self) -> str: ...
    @property
    def gp(self) -> str: ...
    @property
    def midwife(self) -> str: ...


def born_on(number: str) -> date:
    """The birth day in a synthetic identity number of somebody born from 1980 on."""
    day, month, year = int(number[:2]), int(number[2:4]) - 80, int(number[4:6])
    return date(2000 + year if number[6] >= "5" else 1900 + year, month, day)


def plan_of(her: Her, as_of: date, week: int, day: int = 0, shift: int = 0, **facts: Any) -> Plan:
    """A pregnancy that is `week`+`day` old on the as-of date, by the due date that counts in the end."""
    ordinary: dict[str, Any] = {"height_cm": 168, "weight_before_kg": 65.0}
    return Plan(
        seed=f"cast/{her.slug}/{week}", name=her.name, born_on=born_on(her.number),
        district=staffed_by(her.gp, her.midwife),
        last_period_on=as_of - timedelta(days=week * 7 + day + shift), scan_shift_days=shift,
        **(ordinary | facts),
    )  # fmt: skip


def _years_before(as_of: date, years: int, **facts: Any) -> EarlierPregnancy:
    usual: dict[str, Any] = {"outcome": Outcome.LIVE_BIRTH, "day": 281, "weight_g": 3480, "girl": True}
    return EarlierPregnancy(year=as_of.year - years, **(usual | facts))


def first_pregnancy(her: Her, as_of: date) -> tuple[Plan, ...]:
    return (plan_of(
        her, as_of, 30, 3, shift=-1, notes=Notes.ORDINARY, everything_tested=True, rhesus_negative=True,
        fetus_rhesus_positive=False, conditions=frozenset({"allergy_or_asthma"}), tobacco="TBD_SNUS",
        co_parent_number="20829445124", birth_plan_week=28, height_cm=169, weight_before_kg=64.0,
        wishes="Ønsker å føde i vann hvis det er ledig badekar. Vil ha barnefaren med hele tiden.",
    ),)  # fmt: skip


def twins(her: Her, as_of: date) -> tuple[Plan, ...]:
    return (plan_of(
        her, as_of, 29, 1, shift=2, fetuses=2, country="SO", language="SOM", needs_interpreter=True,
        notes=Notes.ORDINARY, earlier=(_years_before(as_of, 5), _years_before(as_of, 3, girl=False, weight_g=3710)),
        height_cm=165, weight_before_kg=68.5, employment_percent=50,
    ),)  # fmt: skip


def rhesus_negative(her: Her, as_of: date) -> tuple[Plan, ...]:
    return (plan_of(
        her, as_of, 33, 2, shift=1, rhesus_negative=True, fetus_rhesus_positive=True, notes=Notes.ORDINARY,
        earlier=(
            _years_before(as_of, 4, outcome=Outcome.MISCARRIAGE, day=60, weight_g=None, girl=None),
            _years_before(as_of, 3, day=277, weight_g=3420),
        ),
        height_cm=172, weight_before_kg=70.0, wrong_entry=True,
    ),)  # fmt: skip


def second_pregnancy(her: Her, as_of: date) -> tuple[Plan, ...]:
    return (plan_of(her, as_of, 26, 4, earlier=(_years_before(as_of, 3, vacuum=True),)),)


def miscarriage(her: Her, as_of: date) -> tuple[Plan, ...]:
    return (plan_of(
        her, as_of, 20, first_visit_day=56, early_scan=False, ending=Ending(fate=Fate.MISCARRIAGE, day=78),
        earlier=(_years_before(as_of, 2, outcome=Outcome.MISCARRIAGE, day=58, weight_g=None, girl=None),),
    ),)  # fmt: skip


def assisted(her: Her, as_of: date) -> tuple[Plan, ...]:
    week, day = 20, 2
    transferred_on = as_of - timedelta(days=week * 7 + day - FERTILISATION_DAY - EMBRYO_AGE_DAYS)
    plan = partial(plan_of, her, as_of, week, day, transferred_on=transferred_on, first_visit_day=52)
    return (plan(earlier=(_years_before(as_of, 1, outcome=Outcome.ECTOPIC, day=44, weight_g=None, girl=None),)),)


def post_term(her: Her, as_of: date) -> tuple[Plan, ...]:
    return (plan_of(her, as_of, 41, 4, shift=-2, notes=Notes.ORDINARY, birth_plan_week=36),)


def gestational_diabetes(her: Her, as_of: date) -> tuple[Plan, ...]:
    return (plan_of(
        her, as_of, 31, 2, shift=1, country="PK", language="URD", gestational_diabetes=True,
        relatives_with_diabetes=True, earlier=(_years_before(as_of, 6, weight_g=4620, day=283),),
        height_cm=161, weight_before_kg=81.0, employment_percent=60,
    ),)  # fmt: skip


def newly_pregnant(her: Her, as_of: date) -> tuple[Plan, ...]:
    return (plan_of(her, as_of, 9, 3, first_visit_day=59, tobacco="TBD_SMOKING"),)


def intimate(her: Her, as_of: date) -> tuple[Plan, ...]:
    return (plan_of(
        her, as_of, 34, 4, shift=-1, hiv=True, notes=Notes.INTIMATE, everything_tested=True, rhesus_negative=True,
        conditions=frozenset({"mental_health_condition", "gynecological_condition"}), birth_plan_week=32,
        co_parent_number="20829445396", wishes="Vil føde vaginalt. Ingen skal nevne hiv mens familien er til stede.",
        earlier=(
            _years_before(as_of, 5, outcome=Outcome.MISCARRIAGE, day=121, weight_g=None, girl=None),
            _years_before(as_of, 3, day=266, weight_g=3050, girl=False, complication="stor blødning"),
        ),
    ),)  # fmt: skip


def blocking(her: Her, as_of: date) -> tuple[Plan, ...]:
    return (plan_of(
        her, as_of, 27, 0, conditions=frozenset({"mental_health_condition", "epilepsy"}), notes=Notes.ORDINARY,
    ),)  # fmt: skip


def died(her: Her, as_of: date) -> tuple[Plan, ...]:
    return (plan_of(her, as_of, 26, 6, conditions=frozenset({"heart_disease"})),)


def young(her: Her, as_of: date) -> tuple[Plan, ...]:
    return (plan_of(her, as_of, 16, 1, co_parent=False, employment_percent=0, first_visit_day=80),)


def again(her: Her, as_of: date) -> tuple[Plan, ...]:
    """A pregnancy that ended with a birth some fourteen months ago, and the one she is in."""
    born_day, born_days_ago = 278, 430
    week, day = divmod(born_day + born_days_ago, 7)
    earlier = plan_of(her, as_of, week, day, birth_plan_week=36, ending=Ending(fate=Fate.BIRTH, day=born_day))
    born_in = (as_of - timedelta(days=born_days_ago)).year
    child = _years_before(as_of, as_of.year - born_in, day=born_day, weight_g=3390, girl=False)
    return earlier, plan_of(her, as_of, 22, 0, earlier=(child,))


def none(her: Her, as_of: date) -> tuple[Plan, ...]:
    return ()


def delivered(her: Her, as_of: date) -> tuple[Plan, ...]:
    day = 278
    week, extra = divmod(day + 10, 7)
    return (plan_of(
        her, as_of, week, extra, shift=1, notes=Notes.ORDINARY, birth_plan_week=36, tobacco="TBD_SNUS",
        stops_tobacco=False,
        ending=Ending(fate=Fate.BIRTH, day=day),
    ),)  # fmt: skip


def pre_eclampsia(her: Her, as_of: date) -> tuple[Plan, ...]:
    return (plan_of(
        her, as_of, 37, 0, shift=3, pre_eclampsia=True, notes=Notes.ORDINARY, height_cm=166, weight_before_kg=79.5,
    ),)  # fmt: skip


def breech(her: Her, as_of: date) -> tuple[Plan, ...]:
    return (plan_of(
        her, as_of, 37, 2, shift=-3, country="PL", language="POL", needs_interpreter=True, breech=True,
        earlier=(_years_before(as_of, 4, caesarean=True, complication="sete"),),
    ),)  # fmt: skip
