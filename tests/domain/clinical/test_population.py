"""The rules asked of whole pregnancies: women who do not exist, week by week."""

from typing import Any

import pytest

from app.domain.card.sections import SECTIONS
from app.domain.clinical.catalogue import Severity
from app.domain.clinical.chart import Chart
from app.domain.clinical.evaluation import Evaluation, evaluate, gravest
from app.domain.clinical.knowledge import chart_on
from app.domain.clinical.programme import EntryState, programme
from app.domain.clinical.registry import PROGRAMME
from app.domain.record import StoredItem, StoredRecord
from tests.population.asking import TODAY, civil, days, document, versions, woman

WOMEN = range(24)


def as_they_stand(record: StoredRecord) -> dict[str, Any]:
    """The documents of the card, of every item its last version."""
    last: dict[tuple[str, str], StoredItem] = {}
    for item in sorted(record.items, key=lambda item: item.version):
        last[item.kind, item.item_id] = item
    documents: dict[str, Any] = {}
    for (kind, _), item in last.items():
        if SECTIONS[kind].repeated:
            documents.setdefault(kind, []).append(document(item))
        else:
            documents[kind] = document(item)
    return documents


@pytest.mark.parametrize("index", WOMEN)
def test_the_rules_can_be_asked_of_a_whole_pregnancy(index: int) -> None:
    """On every fourteenth day since the card was opened there is an answer, and nothing rests on a later day."""
    born_on, record = woman(index)
    for day in days(record, TODAY):
        chart = chart_on(day, versions(record), born_on=born_on, ended_on=civil(record.closed_at))
        for alert in evaluate(chart).alerts:
            assert all(found.on is None or found.on <= day for found in alert.inputs)
        assert all(each.done_on is None or each.done_on <= day for each in programme(chart, PROGRAMME))


@pytest.mark.parametrize("index", WOMEN)
def test_what_is_known_today_is_what_the_card_says(index: int) -> None:
    """From the versions and from the documents: the same rules speak, as gravely, and the same ones cannot answer."""
    born_on, record = woman(index)
    told = {"born_on": born_on, "ended_on": civil(record.closed_at)}
    known, standing = chart_on(TODAY, versions(record), **told), Chart.of(as_they_stand(record), TODAY, **told)
    assert said(evaluate(known)) == said(evaluate(standing))


def said(evaluation: Evaluation) -> tuple[list[tuple[str, Severity]], list[str]]:
    """An HbA1c written early stands in a section written later: how early it was is known from its versions alone."""
    alerts = [(alert.rule.id, alert.severity) for alert in gravest(evaluation.alerts) if alert.rule.group != "hba1c"]
    return alerts, [each.rule.id for each in evaluation.not_evaluable if each.rule.group != "hba1c"]


def test_a_well_followed_population_is_mostly_left_in_peace() -> None:
    """Few alerts a woman, hardly any grave; most of the programme that is past is done."""
    alerts, states = [], []
    for index in WOMEN:
        born_on, record = woman(index)
        chart = chart_on(TODAY, versions(record), born_on=born_on, ended_on=civil(record.closed_at))
        alerts += gravest(evaluate(chart).alerts)
        states += [each.state for each in programme(chart, PROGRAMME)]
    assert len(alerts) < 4 * len(WOMEN)
    assert sum(alert.severity.rank >= Severity.SAME_DAY.rank for alert in alerts) <= 2
    assert states.count(EntryState.OVERDUE) * 10 < states.count(EntryState.DONE)
