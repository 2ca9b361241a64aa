"""What holds for every rule: it speaks of what is recorded, says so, and knows who may hear it."""

import copy
import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from app.domain.card.declaration import Sensitivity
from app.domain.clinical.catalogue import RULES, Audience, Evidence
from app.domain.clinical.chart import BORN_ON, DATING, Chart
from app.domain.clinical.evaluation import DUE_DATE, all_rules, evaluate, told_to
from app.domain.clinical.registry import PROGRAMME, catalogue
from app.domain.clinical.rules.not_on_the_card import NOT_ON_THE_CARD
from tests.domain.clinical.charts import WOMAN_OF_30, alerts, dated, day, fired, only, told
from tests.domain.clinical.scenarios import SCENARIOS, Scenario

Place = tuple[str | int, ...]


def speaks(rule_id: str, scenario: Scenario) -> bool:
    return bool(only(rule_id, scenario.documents, scenario.as_of, born_on=scenario.born_on))


def places(value: Any, place: Place = ()) -> Iterator[Place]:
    """Every recorded value of documents; a blood pressure or a code is one."""
    if isinstance(value, dict) and not {"systolic_mmhg", "code"} & value.keys():
        for name, inner in value.items():
            yield from places(inner, (*place, name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from places(inner, (*place, index))
    else:
        yield place


def without(documents: dict[str, Any], place: Place) -> dict[str, Any]:
    """The documents with one value not recorded."""
    rest = copy.deepcopy(documents)
    inner: Any = rest
    for step in place[:-1]:
        inner = inner[step]
    del inner[place[-1]]
    return rest


def test_every_rule_has_a_scenario() -> None:
    """None is declared that nobody tries."""
    assert set(SCENARIOS) == set(RULES)


@pytest.mark.parametrize("rule_id", SCENARIOS)
def test_a_rule_speaks_of_what_is_recorded(rule_id: str) -> None:
    """In its scenario, with no input that it does not declare, each recorded."""
    scenario = SCENARIOS[rule_id]
    (alert,) = only(rule_id, scenario.documents, scenario.as_of, born_on=scenario.born_on)
    declared = {*alert.rule.facts, BORN_ON}
    assert {found.path for found in alert.inputs} <= declared
    assert all(found.value is not None and (found.on is None or found.on <= scenario.as_of) for found in alert.inputs)


@pytest.mark.parametrize("rule_id", SCENARIOS)
def test_no_rule_speaks_of_what_is_not_recorded(rule_id: str) -> None:
    """Any one of the values taken away, the rule is silent."""
    scenario = SCENARIOS[rule_id]
    for place in places(scenario.documents):
        documents = without(scenario.documents, place)
        assert not speaks(rule_id, Scenario(documents, scenario.as_of, scenario.born_on)), place
    if scenario.born_on is not None:
        assert not speaks(rule_id, Scenario(scenario.documents, scenario.as_of))


def test_no_rule_speaks_on_an_empty_card() -> None:
    """On any day, and whether or not her age is known; and a card without a due date has no programme."""
    for weeks in (0, 12, 28, 45):
        for documents in ({}, {"antenatal_visits": [], "laboratory_results": {}, "pregnancy": {}}):
            assert not fired(documents, day(weeks), born_on=date(1980, 1, 1))


def test_what_cannot_be_answered_is_not_normal() -> None:
    """A silent rule says which of its facts are not recorded; one whose facts are all there says nothing."""
    silent = {each.rule.id: each.unrecorded for each in evaluate(Chart.of({}, day(20))).not_evaluable}
    assert silent["FE-2"] == ("laboratoryResults.ferritinUgPerL",)
    assert silent["PT-4"] == (DUE_DATE,)
    assert set(silent) == {rule.id for rule in all_rules() if rule.off is None}
    known = Chart.of(dated(laboratory_results={"ferritin_ug_per_l": 50}), day(20))
    assert "FE-1" not in {each.rule.id for each in evaluate(known).not_evaluable}


def merged(scenarios: list[Scenario]) -> dict[str, Any]:
    """One card with all that stands on several."""
    card: dict[str, Any] = {}
    for scenario in scenarios:
        for kind, document in scenario.documents.items():
            card[kind] = (
                [*card.get(kind, []), *document] if isinstance(document, list) else {**card.get(kind, {}), **document}
            )
    return card


@pytest.mark.parametrize("seed", range(40))
def test_alerts_do_not_depend_on_the_order_of_recording(seed: int) -> None:
    """The items of a section in any order, the sections in any order: the same alerts."""
    dice = random.Random(seed)
    card = merged(dice.sample(list(SCENARIOS.values()), 8))
    as_of = day(dice.randrange(12, 42))
    shuffled = {
        kind: dice.sample(document, len(document)) if isinstance(document, list) else document
        for kind, document in dice.sample(list(card.items()), len(card))
    }
    assert alerts(card, as_of, born_on=WOMAN_OF_30) == alerts(shuffled, as_of, born_on=WOMAN_OF_30)


@pytest.mark.parametrize("seed", range(10))
def test_a_rule_looks_at_nothing_it_does_not_declare(seed: int) -> None:
    """Every other fact taken off the card, it says the same: who may hear it is decided by what it declares."""
    dice = random.Random(seed)
    card = merged(dice.sample(list(SCENARIOS.values()), 12))
    as_of = day(dice.randrange(12, 42))
    for rule in all_rules():
        pruned = Chart.of(keep(card, rule.facts), as_of, born_on=WOMAN_OF_30 if BORN_ON in rule.facts else None)
        whole = Chart.of(card, as_of, born_on=WOMAN_OF_30)
        assert list(rule.check(pruned)) == list(rule.check(whole)), rule.id


def keep(card: dict[str, Any], facts: tuple[str, ...]) -> dict[str, Any]:
    """The card with these facts alone."""
    kept = copy.deepcopy(card)
    for place in sorted(places(card), key=lambda place: [f"{step:>4}" for step in place], reverse=True):
        names = [step for step in place if isinstance(step, str)]
        if "provenance" not in names and ".".join(map(spelled, names)) not in facts:
            kept = without(kept, place)
    return kept


def spelled(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


@pytest.mark.parametrize("place", ["born_at", "status"])
def test_p23_after_the_birth_nothing_is_reminded_of(place: str) -> None:
    """Once an outcome is recorded, or the card is closed, every reminder stops at once."""
    card = merged(list(SCENARIOS.values()))
    assert told(card, day(42))
    born = {"born_at": "2025-10-20T04:00:00Z", "status": {"code": "1"}}
    outcome = {"children": [{"fetus_number": 1, place: born[place]}]}
    assert not alerts({**card, "birth_outcome": outcome}, day(42))
    assert not alerts(card, day(42), ended_on=day(41))
    assert alerts(card, day(42), ended_on=day(42) + timedelta(1))


def test_sensitivity_is_inherited_from_every_fact_looked_at() -> None:
    """An alert is as sensitive as the most sensitive of what it was drawn from, values in lists included."""
    assert RULES["IN-1"].sensitivities == {Sensitivity.INTIMATE}
    assert RULES["BP-1"].sensitivities == {Sensitivity.ORDINARY}
    assert RULES["BM-1"].sensitivities == {Sensitivity.ORDINARY, Sensitivity.PERSONAL}
    assert Sensitivity.INTIMATE in RULES["AL-1"].sensitivities
    assert Sensitivity.INTIMATE in RULES["ASA-1"].sensitivities
    assert Sensitivity.WHEREABOUTS in RULES["PT-1"].sensitivities


def test_of_one_cause_only_the_gravest_is_told() -> None:
    """Severe hypertension hides the rules below it and nothing of another cause."""
    scenario = SCENARIOS["BP-4"]
    assert {"BP-1", "BP-3", "BP-4"} <= fired(scenario.documents, scenario.as_of)
    assert set(told(scenario.documents, scenario.as_of)) == {"BP-4"}


def test_an_alert_that_is_kept_from_somebody_hides_no_other() -> None:
    """The woman hears of the overdue visit though her midwife hears more; whoever may not read a fact hears nothing
    drawn from it, and all the rest."""
    missed = evaluate(Chart.of(SCENARIOS["PR-2"].documents, SCENARIOS["PR-2"].as_of))
    for audience, heard in ((Audience.PRIMARY_CARE, "PR-2"), (Audience.WOMAN, "PR-1")):
        told_them = told_to(audience, missed, lambda path: True)
        visits = [alert.rule.id for alert in told_them.alerts if alert.rule.group == "visits"]
        assert visits == [heard]
    low = Scenario(merged([SCENARIOS["HB-2"], SCENARIOS["HB-1"]]), day(30))
    found = evaluate(Chart.of(low.documents, low.as_of))
    given = told_to(Audience.PRIMARY_CARE, found, lambda path: "datedResults" not in path)
    assert "HB-1" in {alert.rule.id for alert in given.alerts}
    assert not [each for each in (*given.alerts, *given.not_evaluable) if each.rule.id in ("HB-2", "HB-2b")]


def test_what_is_not_verified_is_off_and_says_why() -> None:
    """Nothing unverified speaks by default; the catalogue lists every rule once, with a reason where it is off."""
    assert all(rule.off for rule in all_rules() if rule.evidence is Evidence.UNVERIFIED)
    for rule in all_rules():
        scenario = SCENARIOS[rule.id]
        assert rule.off is None or rule.id not in told(scenario.documents, scenario.as_of)
    listed = [entry.id for entry in catalogue()]
    assert len(listed) == len(set(listed)) == len(RULES) + len(PROGRAMME) + len(NOT_ON_THE_CARD)


def test_rules_that_are_told_in_person_are_not_for_the_woman() -> None:
    """Nor are the private ones: no message brings them up."""
    assert not [rule.id for rule in all_rules() if (rule.told_in_person or rule.private) and rule.is_for_the_woman]


def test_a_rule_of_a_pregnancys_age_names_what_that_rests_on() -> None:
    """The due date is among the inputs of every alert that needed a week."""
    for rule_id, scenario in SCENARIOS.items():
        (alert,) = only(rule_id, scenario.documents, scenario.as_of, born_on=scenario.born_on)
        is_dated = alert.rule.is_dated and "pregnancy" in scenario.documents
        assert is_dated == any(found.path in DATING for found in alert.inputs), rule_id
        assert is_dated == (alert.gestation_days is not None), rule_id
