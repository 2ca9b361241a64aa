"""What the clinical rules say of a card, to whom it is for and only of what they may all read."""

import json
from datetime import date
from typing import Any

import strawberry

from app.domain.card.declaration import Sensitivity
from app.domain.clinical.catalogue import Audience, Evidence, Severity
from app.domain.clinical.chart import Chart, Input
from app.domain.clinical.evaluation import Alert, Evaluation, evaluate, told_to
from app.domain.clinical.words import what_resolves, why
from app.domain.plain_log import Language
from resolvers.access import described, graphql_enum
from resolvers.clinical.charts import AsOf, chart_for
from resolvers.clinical.dating import DayOfPregnancy, day_of_pregnancy
from resolvers.clinical.listener import COMPUTED_READERS, ClinicalSource, Listener, Tongue, as_sources
from resolvers.context import OpenedCard

graphql_enum(Severity, name="AlertSeverity")
graphql_enum(Audience, name="AlertAudience")
graphql_enum(Evidence, name="RuleEvidence")


def _why(root: Any, language: Tongue = Language.NB) -> str | None:
    listener: Listener = root["listener"]
    return why(root["alert"], listener.wording(language))


def _what_resolves(root: Any, language: Tongue = Language.NB) -> str:
    listener: Listener = root["listener"]
    return what_resolves(root["alert"], listener.wording(language))


@strawberry.type(description="A recorded value that an alert rests on.")
class AlertInput:
    fact: str = described("Path of the fact; `bornOn` is her date of birth.")
    value: str = described("The value: text as it stands, everything else as JSON.")
    on: date | None = described("The day it was found or, where none is recorded, written down.")


@strawberry.type(
    description="A reminder of what a published guideline says about this card; it decides nothing. Norwegian: varsel."
)
class ClinicalAlert:
    rule_id: str = described("The rule, as `helsekort rules` lists it.")
    version: int = described("The rule's version.")
    severity: Severity = described("How soon something should be done.")
    audience: list[Audience] = described("Whom it is for.", usual_items=2)
    sensitivities: list[Sensitivity] = described("Those of all the facts that the rule looks at.", usual_items=2)
    evidence: Evidence = described("How well the rule's limits are known.")
    why = described(
        "Why it is there: for the woman in plain words, for health personnel in clinical ones.",
        resolver=_why, gives=str,
    )  # fmt: skip
    what_resolves = described("What closes it.", resolver=_what_resolves, gives=str)
    inputs: list[AlertInput] = described("The recorded values it rests on; none where it is about what is missing.")
    gestational_age: DayOfPregnancy | None = described(
        "How far along she was, where the rule looks at that; null where it does not, or it is not known."
    )
    as_of: date = described("The day the rule was asked about.")
    sources: list[ClinicalSource] = described("Where the rule comes from.", usual_items=2)
    told_in_person: bool = described("Whether a person tells the woman first, and never a message.")
    private: bool = described("Whether it must not appear where anybody else could see it, nor on paper.")


@strawberry.type(description="A rule that is silent while not all it looks at is recorded: that is not 'normal'.")
class UnansweredRule:
    rule_id: str = described("The rule, as `helsekort rules` lists it.")
    version: int = described("The rule's version.")
    unrecorded: list[str] = described(
        "Paths of the facts that it looks at and the card does not have; `dueDate` for any date of the pregnancy."
    )


def alerts(root: Any, as_of: AsOf = None) -> Any:
    """What the rules tell this viewer, the gravest first."""
    card: OpenedCard = root
    chart, listener = chart_for(card, "alerts", as_of), Listener(card.grant)
    return [shown_alert(alert, chart, listener) for alert in evaluated(chart, listener).alerts]


def unanswered_rules(root: Any, as_of: AsOf = None) -> Any:
    """The rules for this viewer that have no answer."""
    card: OpenedCard = root
    found = evaluated(chart_for(card, "unansweredRules", as_of), Listener(card.grant))
    return [
        {"rule_id": one.rule.id, "version": one.rule.version, "unrecorded": list(one.unrecorded)}
        for one in found.not_evaluable
    ]


def evaluated(chart: Chart, listener: Listener) -> Evaluation:
    """What the rules say of a chart, as far as it is told to somebody."""
    return told_to(listener.audience, evaluate(chart), listener.gives)


def shown_alert(alert: Alert, chart: Chart, listener: Listener) -> dict[str, Any]:
    """An alert as a source of its fields."""
    rule = alert.rule
    return {
        "alert": alert, "listener": listener, "rule_id": rule.id, "version": rule.version, "severity": alert.severity,
        "audience": [each for each in Audience if each in rule.audience],
        "sensitivities": [each for each in Sensitivity if each in rule.sensitivities],
        "evidence": rule.evidence,
        "inputs": [{"fact": each.path, "value": _as_text(each), "on": each.on} for each in alert.inputs],
        "gestational_age": day_of_pregnancy(chart.dating, chart.as_of, listener) if rule.is_dated else None,
        "as_of": alert.as_of, "sources": as_sources(rule.sources), "told_in_person": rule.told_in_person,
        "private": rule.private,
    }  # fmt: skip


def _as_text(given: Input) -> str:
    value = given.value
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def alert_fields() -> dict[str, Any]:
    """The card's fields for them."""
    return {
        "alerts": described(
            "What guidelines remind of, for this caller: the gravest first; none when the pregnancy is over. "
            "Norwegian: varsler.",
            resolver=alerts, gives=list[ClinicalAlert], callers=COMPUTED_READERS, usual_items=10,
        ),
        "unanswered_rules": described(
            "Rules that could not be answered, and what is not recorded of that which they look at.",
            resolver=unanswered_rules, gives=list[UnansweredRule], callers=COMPUTED_READERS, usual_items=40,
        ),
    }  # fmt: skip
