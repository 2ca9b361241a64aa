"""The evaluators' reports over HTTP: made by a batch, read from what it made, guarded between one run and the next."""

import json
from typing import Any

import pytest
from sqlalchemy import text

from app.domain.aggregates import ReportName
from app.domain.record import Protection
from app.domain.reports import CONSENT_LABELS, REPORTS
from data.aggregates import make_reports
from data.patients import set_person_status
from data.synthetic.seeding import seed
from tests.access.choosing import stored
from tests.whole_card import CANARY
from tests.world import TODAY, World

READ = "query Reports { reports { name title madeAt policy population rows { label count suppressed } } }"
WOMEN = 40
"""Beside the cast."""


async def populate(world: World, women: int = WOMEN) -> None:
    services = world.services
    await seed(services.database, services.patient_keys, women=women, seed=1, as_of=TODAY, processes=1)


async def make(world: World) -> dict[ReportName, str]:
    """A run of the batch; what it refused, by code."""
    made = await make_reports(world.services.database, world.services.policy, world.services.clock())
    return {name: refusal.code for name, refusal in made.items() if refusal}


async def reports(world: World) -> dict[str, Any]:
    """By name, what the evaluator is told."""
    found = (await world.data("evaluator", READ))["reports"]
    return {report["name"]: report for report in found}


async def exact(world: World) -> dict[str, dict[str, int]]:
    """By name, the numbers the newest reports were made of."""
    rows = await stored(world, "SELECT name, counts FROM aggregate_report WHERE counts IS NOT NULL")
    return {name: json.loads(counts) for name, counts in rows}


async def test_a_run_publishes_the_whole_catalogue(world: World) -> None:
    """Each report once, in order, with policy, time and a rounded population; every row as its numbers allow."""
    assert (await world.data("evaluator", READ)) == {"reports": []}
    await populate(world)
    assert await make(world) == {}
    told, numbers = await reports(world), await exact(world)
    assert list(told) == [name.value for name in ReportName]
    for name, report in told.items():
        assert (report["policy"], report["madeAt"]) == (world.services.policy.name, "2026-11-23T09:00:00Z")
        assert report["population"] % 5 == 0 and report["title"]
        assert [row["label"] for row in report["rows"]] == list(numbers[name])
        for row in report["rows"]:
            assert row["suppressed"] == (row["count"] is None)
            assert row["count"] is None or abs(row["count"] - numbers[name][row["label"]]) <= 2
    of_cards = {sum(numbers[report.name].values()) for report in REPORTS}
    assert len(of_cards) == 1, "all reports of cards are of the same women"


async def test_who_read_which_report_is_written_down(world: World) -> None:
    """One entry about no woman; it names the reports, not what they say."""
    await populate(world)
    await make(world)
    before = len(await world.all_ledger_entries())
    await reports(world)
    (entry,) = (await world.all_ledger_entries())[before:]
    assert (entry["role"], entry["outcome"], entry["patient_id"], entry["record_id"]) == (
        "EVALUATOR", "ALLOWED", None, None,
    )  # fmt: skip
    assert entry["released"] == sorted(f"reports.{name}" for name in ReportName)
    assert entry["actor_name"] == "Tallsen, Evaluator"


async def test_without_a_ledger_there_are_no_reports(world: World) -> None:
    """Nothing is told that is not written down."""
    await populate(world)
    await make(world)
    await world.break_ledger()
    response = await world.ask("evaluator", READ)
    assert response.status_code == 503 and "data" not in response.json()


async def test_an_evaluator_s_question_reads_no_card(world: World) -> None:
    """The reports alone, and the enrolled units, which the token is held against."""
    await populate(world)
    await make(world)
    with world.services.database.count_statements() as seen:
        await reports(world)
    reads = [one for one in seen if one.startswith("SELECT")]
    assert len([one for one in reads if "aggregate_report" in one]) == 1
    for one in reads:
        assert not any(f"FROM {table}" in one for table in ("patient", "maternity_record", "section", "caseload_entry"))


@pytest.mark.parametrize("persona", ["kari", "gp", "nurse", "secretary", "ehr", "auditor", "representative"])
async def test_nobody_else_has_reports(gateway: World, persona: str) -> None:
    """They are in the evaluator's schema alone."""
    response = await gateway.ask(persona, READ)
    assert response.status_code == 400
    assert response.json()["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"


async def test_a_token_without_the_right_reads_no_report(gateway: World) -> None:
    """The right to aggregates is asked for, whoever it is."""
    token = gateway.token("evaluator", scope=["nhn:maternity-gateway/read"])
    response = await gateway.client.post("/graphql", json={"query": READ}, headers={"authorization": f"Bearer {token}"})
    assert (response.status_code, "data" in response.json()) == (403, False)


async def test_reports_cannot_be_asked_for_in_part(gateway: World) -> None:
    """No argument, no filter."""
    for query in ("{ reports(name: WEEKS) { name } }", '{ reports { rows(label: "Daily") { count } } }'):
        assert (await gateway.ask("evaluator", query)).status_code == 400


async def test_women_who_withdrew_drop_out_of_the_next_run(world: World) -> None:
    """What was published stays until enough is different; the next one is without them."""
    await populate(world)
    await make(world)
    before, numbers = await reports(world), await exact(world)
    women = ["kari", "hedda", "vilde", "fatima", "aisha", "thea"]
    for woman in women[:1]:
        await world.data(woman, "mutation { withdrawConsent { cardsDeleted } }")
    assert set((await make(world)).values()) == {"AGGREGATE_TOO_SMALL"}
    assert await reports(world) == before
    for woman in women[1:]:
        await world.data(woman, "mutation { withdrawConsent { cardsDeleted } }")
    assert await make(world) == {}
    now = await exact(world)
    for report in REPORTS:
        assert sum(now[report.name].values()) == sum(numbers[report.name].values()) - len(women)
    given, withdrawn = CONSENT_LABELS
    assert now["CONSENT"][given] == numbers["CONSENT"][given] - len(women)
    assert now["CONSENT"][withdrawn] == numbers["CONSENT"][withdrawn] + len(women)


async def test_women_nobody_may_know_of_are_counted_nowhere(world: World) -> None:
    """A confidential address or a death takes a woman out of every table, also of consent."""
    await populate(world)
    await make(world)
    before = {name: sum(counts.values()) for name, counts in (await exact(world)).items()}
    services = world.services
    for woman in ("kari", "hedda", "vilde", "fatima", "aisha"):
        await set_person_status(
            services.database, services.patient_keys, world.number(woman), protection=Protection.CONFIDENTIAL
        )
    await make(world)
    assert {name: before[name] - sum(counts.values()) for name, counts in (await exact(world)).items()} == {
        name.value: 5 for name in ReportName
    }


async def test_a_report_says_nothing_of_a_card(world: World) -> None:
    """Neither texts nor numbers of a card whose every fact is recorded; what was entered in error is not counted."""
    await world.add_whole_card(woman="kari")
    await populate(world)
    await make(world)
    said = json.dumps(await reports(world), ensure_ascii=False)
    assert CANARY not in said and world.number("kari") not in said


async def test_what_was_published_stays_with_no_exact_numbers(world: World) -> None:
    """Of earlier runs only what was told is kept."""
    await populate(world, 30)
    await make(world)
    await populate(world, 60)
    assert await make(world) == {}
    rows = await stored(world, "SELECT sequence, counts IS NULL FROM aggregate_report WHERE name = 'WEEKS' ORDER BY 1")
    assert [(sequence, bool(empty)) for sequence, empty in rows] == [(1, True), (2, False)]
    assert len((await world.data("evaluator", READ))["reports"]) == len(ReportName)


async def test_two_runs_at_once_do_not_both_count(world: World) -> None:
    """The number of a report is its own: a second one of the same number is not stored."""
    await populate(world)
    await make(world)
    async with world.services.database.transaction() as connection:
        with pytest.raises(Exception, match=r"(?i)unique"):
            await connection.execute(
                text("INSERT INTO aggregate_report SELECT * FROM aggregate_report WHERE name = 'WEEKS'")
            )
