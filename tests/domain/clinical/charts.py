"""Charts to ask the rules about: one pregnancy, due 11 October 2025, looked at on a day of it."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from app.domain.clinical.catalogue import RULES, Severity
from app.domain.clinical.chart import Chart
from app.domain.clinical.evaluation import Alert, alerts_of, all_rules, evaluate, gravest
from app.domain.clinical.programme import Planned, programme
from app.domain.clinical.registry import PROGRAMME

DUE = date(2025, 10, 11)
DATED = {"due_date_by_ultrasound": "2025-10-11"}
WOMAN_OF_30 = date(1995, 6, 1)
Documents = Mapping[str, Any]


def day(weeks: int, days: int = 0) -> date:
    """The day she is so far along."""
    return DUE - timedelta(days=283) + timedelta(weeks=weeks, days=days)


def visit(weeks: int, days: int = 0, **facts: Any) -> dict[str, Any]:
    """An antenatal visit at that week and day."""
    return {"held_on": day(weeks, days).isoformat(), **facts}


def measured(weeks: int, days: int, height_cm: float) -> dict[str, Any]:
    """A symphysis-fundal height at that week and day."""
    return {"measured_on": day(weeks, days).isoformat(), "symphysis_fundal_height_cm": height_cm}


def pressure(systolic: int, diastolic: int) -> dict[str, Any]:
    """The facts of a visit at which this was the blood pressure."""
    return {"blood_pressure": {"systolic_mmhg": systolic, "diastolic_mmhg": diastolic}}


def fetus(number: int = 1, **facts: Any) -> dict[str, Any]:
    """The facts of a visit at which this was found of one fetus."""
    return {"fetal_observations": [{"fetus_number": number, **facts}]}


def written(on: date, **facts: Any) -> dict[str, Any]:
    """A section as it was written on a day."""
    return {**facts, "provenance": {"last_updated_at": f"{on.isoformat()}T10:00:00Z"}}


def dated(**sections: Any) -> dict[str, Any]:
    """A card with a due date by ultrasound; facts of the pregnancy can be added to."""
    return {**sections, "pregnancy": {**DATED, **sections.get("pregnancy", {})}}


def visited(*visits: dict[str, Any], **sections: Any) -> dict[str, Any]:
    """A card with a due date and these visits."""
    return dated(antenatal_visits=list(visits), **sections)


def laboratory(**facts: Any) -> dict[str, Any]:
    """A card with these laboratory results and nothing else."""
    return {"laboratory_results": facts}


def fired(documents: Documents, as_of: date, **who: Any) -> set[str]:
    """The ids of all rules that say something, those that are switched off among them, nothing hidden."""
    chart = Chart.of(documents, as_of, **who)
    return {alert.rule.id for rule in all_rules() for alert in alerts_of(rule, chart)}


def told(documents: Documents, as_of: date, **who: Any) -> dict[str, Severity]:
    """The ids and severities of the alerts that are told."""
    return {alert.rule.id: alert.severity for alert in alerts(documents, as_of, **who)}


def alerts(documents: Documents, as_of: date, **who: Any) -> tuple[Alert, ...]:
    """The alerts that are told to somebody who may hear them all."""
    return tuple(gravest(evaluate(Chart.of(documents, as_of, **who)).alerts))


def only(rule_id: str, documents: Documents, as_of: date, **who: Any) -> list[Alert]:
    """What one rule says."""
    return list(alerts_of(RULES[rule_id], Chart.of(documents, as_of, **who)))


def planned(documents: Documents, as_of: date, **who: Any) -> dict[str, Planned]:
    """The programme by entry."""
    return {each.entry.id: each for each in programme(Chart.of(documents, as_of, **who), PROGRAMME)}
