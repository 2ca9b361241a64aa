"""How often each rule speaks in a population, beside what is published, and what of it cannot be."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from rich.table import Table

from app.domain.clinical.evaluation import rules_in_force
from app.domain.clinical.weeks import in_days
from tests.population.asking import Asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What is expected of a rule; see `rates.toml`."""

    from_weeks: int
    ceiling_percent: float
    published_percent: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Rate:
    """Of how many women a rule was asked, and of how many of them it said something."""

    rule_id: str
    women: int
    spoke: int

    @property
    def percent(self) -> float:
        return 100 * self.spoke / self.women if self.women else 0.0


@cache
def expected() -> Mapping[str, Expected]:
    """By rule, what is expected."""
    return {rule_id: Expected(**facts) for rule_id, facts in _file()["rules"].items()}


@cache
def sources() -> Mapping[str, str]:
    """The sources of what is published, by their short names."""
    known: dict[str, str] = _file()["sources"]
    return known


def _file() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("rates.toml").read_text(encoding="utf-8"))


def rates_of(women: Iterable[Asked]) -> list[Rate]:
    """The rate of every rule that is on, among the women who have come as far as it is about."""
    known = list(women)
    return [_rate(rule.id, known) for rule in rules_in_force()]


def _rate(rule_id: str, women: list[Asked]) -> Rate:
    from_days = in_days(expected()[rule_id].from_weeks)
    asked = [one for one in women if one.reached_days >= from_days]
    return Rate(rule_id, len(asked), sum(rule_id in one.spoke for one in asked))


def too_often(rates: Iterable[Rate]) -> Iterator[str]:
    """In words, the rules that speak more often than is plausible."""
    for rate in rates:
        known = expected()[rate.rule_id]
        if rate.percent > known.ceiling_percent:
            yield f"{rate.rule_id}: {rate.percent:.1f} % of {rate.women} women, at most {known.ceiling_percent} expected"


def never(rates: Iterable[Rate]) -> Iterator[str]:
    """In words, the rules that said nothing of anybody."""
    for rate in rates:
        if not rate.spoke:
            yield f"{rate.rule_id}: not once among {rate.women} women"


def table(rates: Iterable[Rate]) -> Table:
    """The rates to print."""
    printed = Table("rule", "from week", "women", "spoke", "percent", "at most", "published", "source")
    for rate in rates:
        known = expected()[rate.rule_id]
        source = sources()[known.source] if known.source else ""
        counted = (str(known.from_weeks), str(rate.women), str(rate.spoke), f"{rate.percent:.2f}")
        printed.add_row(rate.rule_id, *counted, f"{known.ceiling_percent}", known.published_percent or "", source)
    return printed
