"""The casts: between them every rule that is on says something, on any day."""

from collections.abc import Iterator
from datetime import date
from functools import cache

import pytest

from app.domain.clinical.chart import Chart
from app.domain.clinical.evaluation import evaluate, rules_in_force
from app.domain.clinical.knowledge import chart_on
from data.identity_numbers import is_synthetic, is_valid
from data.synthetic.alert_cast import ALERT_CAST
from data.synthetic.cast import CAST, CastMember
from data.synthetic.cast_plans import born_on
from data.synthetic.organisations import STAFF
from tests.population.asking import civil, versions

DAYS = [date(2026, 11, 23), date(2026, 12, 31), date(2027, 3, 1), date(2028, 2, 29), date(2031, 7, 6)]


def charts(member: CastMember, as_of: date) -> Iterator[Chart]:
    """Her cards as they stand on the day."""
    for record in member.on(as_of).records:
        ended_on = civil(record.closed_at)
        yield chart_on(as_of, versions(record), born_on=born_on(member.number), ended_on=ended_on)


def spoken(member: CastMember, as_of: date) -> set[str]:
    """The rules that say something of her on the day."""
    return {alert.rule.id for chart in charts(member, as_of) for alert in evaluate(chart).alerts}


@cache
def spoken_of_the_first(as_of: date) -> set[str]:
    """The rules that say something of the first cast."""
    return set().union(*(spoken(member, as_of) for member in CAST))


@pytest.mark.parametrize("as_of", DAYS, ids=str)
def test_every_rule_speaks_of_somebody(as_of: date) -> None:
    """Whoever loads both casts can see every alert that is on."""
    heard = spoken_of_the_first(as_of).union(*(spoken(member, as_of) for member in ALERT_CAST))
    assert [rule.id for rule in rules_in_force() if rule.id not in heard] == []


@pytest.mark.parametrize("as_of", DAYS[:2], ids=str)
@pytest.mark.parametrize("member", ALERT_CAST, ids=lambda member: member.slug)
def test_each_of_the_second_cast_shows_what_nobody_of_the_first_does(member: CastMember, as_of: date) -> None:
    """Nobody is there for nothing."""
    assert spoken(member, as_of) - spoken_of_the_first(as_of)


def test_numbers_and_slugs_are_nobody_elses() -> None:
    """Synthetic, with right check digits, none used twice in either cast or among the staff."""
    numbers = [member.number for member in (*CAST, *ALERT_CAST)]
    assert all(is_valid(number) and is_synthetic(number) for number in numbers)
    assert len({*numbers, *(person.national_identity_number for person in STAFF.values())}) == len(numbers) + len(STAFF)
    slugs = [member.slug for member in (*CAST, *ALERT_CAST)]
    assert len(set(slugs)) == len(slugs)
