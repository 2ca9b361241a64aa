"""The rates of the rules in a population: everything is expected of something, and what cannot be is said."""

from app.domain.clinical.evaluation import rules_in_force
from app.domain.clinical.weeks import in_days
from tests.population.asking import Asked, ask_woman
from tests.population.rates import Rate, expected, never, rates_of, sources, table, too_often

WOMEN = range(100, 220)


def test_every_rule_that_is_on_is_expected_to_speak() -> None:
    """No rule without a ceiling, no ceiling without a rule, no figure without a source, no source without a figure."""
    assert set(expected()) == {rule.id for rule in rules_in_force()}
    assert all((each.published_percent is None) == (each.source is None) for each in expected().values())
    assert {each.source for each in expected().values() if each.source} == set(sources())


def test_a_rate_is_of_those_who_have_come_so_far() -> None:
    """A woman in week 20 says nothing of a rule about week 41."""
    early, late = Asked(in_days(20), frozenset()), Asked(in_days(41), frozenset({"PT-2"}))
    (rate,) = (each for each in rates_of([early, late, late]) if each.rule_id == "PT-2")
    assert rate == Rate("PT-2", 2, 2)


def test_what_cannot_be_is_said() -> None:
    """A rule that speaks too often, and one that is never heard."""
    often, unheard, usual = Rate("GL-3", 100, 90), Rate("DT-1", 100, 0), Rate("FP-1", 100, 3)
    assert [each.split(":")[0] for each in too_often([often, unheard, usual])] == ["GL-3"]
    assert [each.split(":")[0] for each in never([often, unheard, usual])] == ["DT-1"]


def test_some_women_are_told_about_as_often_as_is_plausible() -> None:
    """Of a few of the population; `make rates` asks ten thousand, and that each rule is heard at all."""
    rates = rates_of(map(ask_woman, WOMEN))
    of_many = [rate for rate in rates if rate.women > 60 and rate.spoke > 10]
    assert list(too_often(of_many)) == []
    assert table(rates).row_count == len(rates)
