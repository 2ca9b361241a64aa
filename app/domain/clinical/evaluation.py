"""The rules, asked of one card on one day: what they tell, and which of them could not be answered."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Final

from app.domain.clinical.catalogue import RULES, Audience, Rule, Severity
from app.domain.clinical.chart import Chart, Input, each_once, once_a_chart
from app.domain.clinical.rules import (
    aspirin,
    blood,
    blood_pressure,
    dating,
    fetus,
    fundal_height,
    glucose,
    history,
    infections,
    lifestyle,
    post_term,
    rhesus,
    urine,
    visits,
    weight,
)

RULE_FILES: Final = (
    dating, post_term, blood_pressure, urine, aspirin, blood, glucose, fetus, fundal_height, weight, infections,
    history, lifestyle, rhesus, visits,
)  # fmt: skip
"""Imported for the rules they declare."""

FETUS: Final = "fetus"
"""The parameter that tells which fetus an alert is about."""

DUE_DATE: Final = "dueDate"
"""Stands for the facts a due date can come from, where none of them is recorded."""


@dataclass(frozen=True, slots=True)
class Alert:
    """A reminder of what a guideline says about this card.

    inputs           the recorded values it rests on, the due date among them where a gestational age was needed
    parameters       what its text names; the text stands in the catalogue of words under the rule's id
    gestation_days   how far along she was on the day; None: not known
    """

    rule: Rule
    severity: Severity
    inputs: tuple[Input, ...]
    parameters: tuple[tuple[str, Any], ...]
    as_of: date
    gestation_days: int | None

    @property
    def cause(self) -> tuple[str, Any]:
        """What it is about, and which fetus: of one cause only the gravest is told."""
        return self.rule.group, dict(self.parameters).get(FETUS)


@dataclass(frozen=True, slots=True)
class NotEvaluable:
    """A rule without an answer, and what is not recorded of that which it looks at."""

    rule: Rule
    unrecorded: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What the rules said, all of them.

    not_evaluable   those that are silent while not all they look at is recorded: that is not "normal"
    """

    alerts: tuple[Alert, ...]
    not_evaluable: tuple[NotEvaluable, ...]


@cache
def all_rules() -> tuple[Rule, ...]:
    """Every rule, in the order of their files, whichever of those was imported first."""
    files = [file.__name__ for file in RULE_FILES]
    return tuple(sorted(RULES.values(), key=lambda rule: files.index(rule.check.__module__)))


@cache
def rules_in_force() -> tuple[Rule, ...]:
    """The rules that are switched on."""
    return tuple(rule for rule in all_rules() if rule.off is None)


@once_a_chart
def evaluate(chart: Chart) -> Evaluation:
    """Every alert, the gravest first. None at all once the pregnancy is over."""
    if chart.is_over:
        return Evaluation((), ())
    asked = rules_in_force()
    fired = [alert for rule in asked for alert in alerts_of(rule, chart)]
    silent = {rule.id for rule in asked} - {alert.rule.id for alert in fired}
    open_questions = ((rule, _unrecorded(rule, chart)) for rule in asked if rule.id in silent)
    return Evaluation(
        tuple(sorted(fired, key=lambda alert: -alert.severity.rank)),
        tuple(NotEvaluable(rule, lacking) for rule, lacking in open_questions if lacking),
    )


def told_to(audience: Audience, evaluation: Evaluation, gives: Callable[[str], bool]) -> Evaluation:
    """What somebody is told: what is for them and drawn from facts that they may all read; of one cause the gravest.

    gives   whether they may read a fact in full, whatever is recorded. An alert that is kept from them hides no other
    """

    def is_for_them(rule: Rule) -> bool:
        return audience in rule.audience and all(map(gives, rule.facts_of_card))

    return Evaluation(
        tuple(gravest(alert for alert in evaluation.alerts if is_for_them(alert.rule))),
        tuple(each for each in evaluation.not_evaluable if is_for_them(each.rule)),
    )


def gravest(alerts: Iterable[Alert]) -> list[Alert]:
    """Of each cause only the gravest; several when they are equally grave."""
    known, ranks = list(alerts), dict[tuple[str, Any], int]()
    for alert in known:
        ranks[alert.cause] = max(ranks.get(alert.cause, 0), alert.severity.rank)
    return [alert for alert in known if alert.severity.rank == ranks[alert.cause]]


def alerts_of(rule: Rule, chart: Chart) -> Iterator[Alert]:
    """What one rule says, whatever the others do."""
    for finding in rule.check(chart):
        age = chart.gestation_days() if rule.is_dated else None
        basis = chart.dated_by if rule.is_dated else ()
        inputs = each_once((*finding.inputs, *basis))
        yield Alert(rule, finding.severity or rule.severity, inputs, finding.parameters, chart.as_of, age)


def _unrecorded(rule: Rule, chart: Chart) -> tuple[str, ...]:
    """What it needs and the card does not have. For a date of the pregnancy any one will do."""
    lacking = [path for path in rule.needed if not chart.is_recorded(path)]
    return (*lacking, DUE_DATE) if rule.is_dated and chart.due_date is None else tuple(lacking)
