"""Alerts of the clinical rules: whole to whom they are for, and nothing of what is withheld in any of them."""

from datetime import timedelta
from typing import Any

import pytest

from app.domain.clinical.evaluation import rules_in_force
from app.domain.clinical.looked_at import LOOKED_AT
from app.domain.record import Block, BlockTarget
from app.observability import PLANS
from data.patients import set_blocks
from tests.world import NOW, World

ALERTS = """query($p: NationalIdentityNumber!, $d: Date, $l: Language! = NB) { card(patient: $p) {
  alerts(asOf: $d) { ruleId version severity audience sensitivities evidence why(language: $l) whatResolves(language: $l)
    inputs { fact value on } gestationalAge { weeks days basis } asOf sources { name reference } toldInPerson private }
  unansweredRules(asOf: $d) { ruleId version unrecorded }
  withheld { path reason } withheldByPatientCount } }"""
HERS = """query($l: Language! = NB) { myCard { alerts { ruleId audience why(language: $l) whatResolves(language: $l) }
  withheld { path } } }"""
NO_WITHHELD = (
    "query($p: NationalIdentityNumber!) { card(patient: $p) { alerts { ruleId } unansweredRules { ruleId } } }"
)


async def card(world: World, persona: str, woman: str = "hedda", **more: Any) -> dict[str, Any]:
    data = await world.data(persona, ALERTS, p=world.number(woman), **more)
    found: dict[str, Any] = data["card"]
    return found


def rules(card: dict[str, Any]) -> list[str]:
    return [alert["ruleId"] for alert in card["alerts"]]


async def test_a_midwife_is_told_all_of_an_alert(world: World) -> None:
    """Rule, severity, audience, values with their dates, why, what closes it, where it comes from."""
    found = await card(world, "midwife")
    assert found["withheld"] == []
    (alert,) = [alert for alert in found["alerts"] if alert["ruleId"] == "IN-1"]
    assert alert == {
        "ruleId": "IN-1", "version": 1, "severity": "SAME_DAY", "audience": ["PRIMARY_CARE", "HOSPITAL"],
        "sensitivities": ["INTIMATE"], "evidence": "ONE_SOURCE",
        "why": "Positivt svar på hepatitt B, hiv eller syfilis. Henvises for å hindre smitte til barnet. Fortell henne "
        "det selv, uten andre til stede.",
        "whatResolves": "Blir stående til fødselen; vurderes av kliniker.",
        "inputs": [{"fact": "laboratoryResults.hivPositive", "value": "true", "on": "2026-10-12"}],
        "gestationalAge": None, "asOf": "2026-11-23",
        "sources": [{"name": "HD-SVO", "reference": alert["sources"][0]["reference"]}],
        "toldInPerson": True, "private": True,
    }  # fmt: skip
    assert alert["sources"][0]["reference"].startswith("Helsedirektoratet")
    assert {"GL-3", "FW-3"} <= {rule["ruleId"] for rule in found["unansweredRules"]}


async def test_an_alert_about_the_pregnancys_age_says_on_what_that_rests(world: World) -> None:
    """Where a rule looks at the week, its due date is among the inputs and the week has its basis."""
    dated = [alert for alert in (await card(world, "gp", "tone"))["alerts"] if alert["gestationalAge"]]
    assert dated
    assert all(alert["gestationalAge"]["basis"] == "ULTRASOUND" for alert in dated)
    assert all("pregnancy.dueDateByUltrasound" in [each["fact"] for each in alert["inputs"]] for alert in dated)


@pytest.mark.parametrize(
    ("persona", "purpose"), [("nurse", None), ("imaging", None), ("gp", "COC"), ("midwife", "COC"), ("hospital", "COC")]
)
async def test_what_a_role_may_not_read_is_in_no_alert_and_is_named(
    world: World, persona: str, purpose: str | None
) -> None:
    """Her HIV is in nothing that they are told; that it was looked at and is withheld is said, once."""
    response = await world.ask(persona, ALERTS, purpose=purpose, p=world.number("hedda"))
    body = response.json()
    assert "errors" not in body
    found = body["data"]["card"]
    assert not {"IN-1", "IN-2"} & {one["ruleId"] for one in (*found["alerts"], *found["unansweredRules"])}
    paths = [entry["path"] for entry in found["withheld"]]
    assert paths.count("laboratoryResults.hivPositive") == 1
    assert len(paths) == len(set(paths))


async def test_what_is_hidden_changes_nothing_of_the_answer(world: World) -> None:
    """Two stores that differ in one hidden value answer with the same bytes: data, errors, cost."""
    hidden: list[dict[str, Any]] = [
        {"laboratory_results": {"hiv_positive": True}},
        {"laboratory_results": {"hiv_positive": False}},
        {"laboratory_results": {"hiv_positive": None}},
        {"pregnancy": {"asked_about_violence": None}},
        {"medication": {"medicines": None}},
    ]
    for query in (ALERTS, NO_WITHHELD):
        answers = set()
        for changes in hidden:
            await world.add_whole_card(**changes)
            response = await world.ask("gp", query, purpose="COC", p=world.whole)
            answers.add(response.content)
        assert len(answers) == 1


async def test_without_withheld_the_same_is_told_as_errors(world: World) -> None:
    """What was looked at and is not given cannot be overlooked; the alerts that may be told are there."""
    body = (await world.ask("gp", NO_WITHHELD, purpose="COC", p=world.number("hedda"))).json()
    assert body["data"]["card"]["alerts"] is not None
    at = {tuple(error["path"]) for error in body["errors"]}
    assert at == {("card", "alerts"), ("card", "unansweredRules")}


async def test_her_own_block_counts_likewise(world: World) -> None:
    """A section that she lets nobody open is in no alert and not named, only counted; one that can be opened is."""
    found = await card(world, "ragnhild-midwife", "ragnhild")
    assert found["withheldByPatientCount"] == 1
    assert found["withheld"] == []
    looks_at_it = {rule.id for rule in rules_in_force() if any(path.startswith("medicalC") for path in rule.facts)}
    assert looks_at_it
    assert not looks_at_it & {one["ruleId"] for one in (*found["alerts"], *found["unansweredRules"])}
    block = Block(
        block_id="b", section="laboratory_results", target=BlockTarget.ALL, target_id=None, include_subunits=False,
        override_code="5", starts_at=NOW - timedelta(days=2), ends_at=None,
    )  # fmt: skip
    await set_blocks(world.services.database, world.services.patient_keys, world.number("hedda"), (block,))
    closed = await card(world, "midwife")
    assert "IN-1" not in rules(closed)
    assert {"path": "laboratoryResults.hivPositive", "reason": "PATIENT_BLOCK"} in closed["withheld"]


async def test_the_woman_is_told_what_is_for_her_in_her_language(world: World) -> None:
    """Bokmål, nynorsk and English, in plain words; an alert that a person tells her first is not among them."""
    told = {
        language: (await world.data("fatima", HERS, l=language))["myCard"]["alerts"] for language in ("NB", "NN", "EN")
    }
    assert len({tuple(alert["ruleId"] for alert in alerts) for alerts in told.values()}) == 1
    assert told["NB"]
    assert all("WOMAN" in alert["audience"] for alert in told["NB"])
    for position in range(len(told["NB"])):
        assert len({alerts[position]["why"] for alerts in told.values()}) == 3
        assert len({alerts[position]["whatResolves"] for alerts in told.values()}) == 3
    hers = (await world.data("hedda", HERS))["myCard"]["alerts"]
    assert "IN-1" not in [alert["ruleId"] for alert in hers]


async def test_a_day_in_the_past_is_answered_by_what_was_known_then(world: World) -> None:
    """Before the answer had come there was no alert; it costs one statement more for the versions, and only then."""
    early, late = await card(world, "midwife", d="2026-05-30"), await card(world, "midwife", d="2026-10-12")
    assert "HB-5" not in rules(early)
    assert {alert["asOf"] for alert in late["alerts"]} == {"2026-10-12"}
    histories = []
    for day in (None, "2026-11-23", "2026-10-12"):
        with world.services.database.count_statements() as seen:
            await card(world, "midwife", d=day)
        histories.append(sum("section_version" in statement for statement in seen))
    assert histories == [0, 0, 1]


async def test_alerts_are_read_with_the_card_in_one_statement(world: World) -> None:
    """No statement more than for any card; and without them nothing of theirs is read."""
    plain = "query($p: NationalIdentityNumber!) { card(patient: $p) { mother { name } } }"
    counted, read = [], []
    for query in (plain, ALERTS):
        await world.data("midwife", query, p=world.number("hedda"))
        with world.services.database.count_statements() as seen:
            await world.data("midwife", query, p=world.number("hedda"))
        counted.append(len(seen))
        read.append("".join(seen).count("laboratory_results"))
    assert counted[0] == counted[1]
    assert read == [0, 1]


async def test_programs_and_graphql_core_answer_alike(world: World) -> None:
    """Byte for byte, also for what is withheld and for a day in the past; and a program it is that answers."""
    for persona, purpose, day in (("midwife", None, None), ("gp", "COC", None), ("midwife", None, "2026-10-12")):
        given = {"p": world.number("hedda"), "d": day}
        before = PLANS.labels("compiled")._value.get()
        by_program = await world.ask(persona, ALERTS, purpose=purpose, **given)
        assert PLANS.labels("compiled")._value.get() == before + 1
        programs, world.services.programs = world.services.programs, None
        assert (await world.ask(persona, ALERTS, purpose=purpose, **given)).content == by_program.content
        world.services.programs = programs


async def test_the_ledger_names_what_was_shown(world: World) -> None:
    """The field as a whole, no fact that was merely looked at; what was withheld stands there."""
    await world.ask("gp", ALERTS, purpose="COC", p=world.number("hedda"))
    (entry,) = await world.ledger_entries("hedda")
    assert entry["released"] == ["alerts", "unansweredRules"]
    assert "laboratoryResults.hivPositive: PURPOSE" in entry["withheld"]
    log = await world.data("hedda", "{ accessLog { edges { node { inPlainWords(language: EN) } } } }")
    sentence = log["accessLog"]["edges"][0]["node"]["inPlainWords"]
    assert "saw reminders from the guidelines" in sentence


@pytest.mark.parametrize("persona", ["representative", "secretary", "auditor", "evaluator", "ehr"])
async def test_nobody_else_has_computed_values_in_her_schema(gateway: World, persona: str) -> None:
    """To them every one of the fields is an unknown name."""
    whose = "myCard" if persona == "representative" else 'card(patient: "17849644092")'
    for name in (*LOOKED_AT, "growthReference"):
        response = await gateway.ask(persona, f"{{ {whose} {{ {name} }} }}")
        assert response.status_code == 400, name
        assert "data" not in response.json()


@pytest.mark.parametrize("day", ["0001-01-01", "2026-02-29", "9999-12-31", "soon"])
async def test_any_day_is_answered_or_is_no_day(gateway: World, day: str) -> None:
    """The first and the last day there are answer like others; what is no day is the client's mistake."""
    body = (await gateway.ask("midwife", ALERTS, p=gateway.number("kari"), d=day)).json()
    codes = [error["extensions"]["code"] for error in body.get("errors", [])]
    assert codes == ([] if day in ("0001-01-01", "9999-12-31") else ["BAD_USER_INPUT"])
