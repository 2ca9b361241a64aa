"""Access cases TC-L: the audit. What else the ledger must do is in tests/data/test_ledger.py and beside it."""

import io
import json
import re
from contextlib import redirect_stderr, redirect_stdout

import pytest
from sqlalchemy import text

from data.ledger import verify
from tests.access.cases.setting import Q1, Q_STATUS, WOMEN, ask, caller, card_of, expect_noted, expect_turned_away, read
from tests.whole_card import CANARY
from tests.world import World

HER_LOG = "{ accessLog { edges { node { who role outcome sections inPlainWords system } } } }"


async def test_TC_L01_without_a_ledger_nothing_is_shown(world: World) -> None:
    """503 AUDIT_UNAVAILABLE and no data. The card is our own, and read in the statement that decides about it, so there
    is no call to another service to leave out."""
    await world.break_ledger()
    response = await read(world, "GP1", "W1")
    expect_turned_away(response, 503, "AUDIT_UNAVAILABLE")
    assert "Kari" not in response.text and "dueDate" not in response.text


async def test_a_refusal_stays_one_without_a_ledger(world: World) -> None:
    """Who is turned away is turned away as usual; nothing else leaves."""
    await world.break_ledger()
    response = await world.client.post("/graphql", json={"query": Q1})
    assert response.status_code == 401
    assert (await ask(world, "SEC1", Q1, "W1")).status_code in (400, 403)


async def test_TC_L02_each_look_is_an_entry_with_just_what_was_returned(world: World) -> None:
    """Twice asked, two entries; `released` is the fields of the answer that are not null."""
    cards = [card_of(await read(world, "GP1", "W1")) for _ in range(2)]
    entry = await expect_noted(world, 2, about="W1", outcome="ALLOWED", kind="USAGE", withheld=[])
    shown = {
        f"{section}.{fact}"
        for section, content in cards[0].items()
        if section not in ("withheld", "withheldByPatientCount")
        for item in (content if isinstance(content, list) else [content])
        for fact, value in (item or {}).items()
        if value is not None
    }
    assert {".".join(path.split(".")[:2]) for path in entry["released"]} == shown
    for entry in await world.all_ledger_entries():
        assert (entry["role"], entry["actor_name"] is not None, entry["client_id"] is not None) == ("GP", True, True)


async def test_TC_L03_what_was_withheld_is_named_so_and_not_as_released(world: World) -> None:
    """A field asked for in co-ordination of care, and not given."""
    card = card_of(await read(world, "MW1", "W1", purpose="COC"))
    entry = await expect_noted(world, 1, about="W1", outcome="PARTIAL", purpose="COC")
    withheld = {said.split(":")[0] for said in entry["withheld"]}
    assert withheld == {one["path"] for one in card["withheld"]}
    assert "laboratoryResults.hivPositive" in withheld
    assert not withheld & set(entry["released"])


async def test_TC_L04_logs_metrics_and_ledger_hold_nothing_of_hers(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """No identity number, no token, no text from the card in what is written to the log, the metrics and the ledger by
    answers, refusals and failures of every kind. The whole suite's are searched elsewhere."""
    await world.add_whole_card(woman=WOMEN["W1"])
    number, token = world.number(WOMEN["W1"]), world.token(caller("GP1"))
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        assert CANARY in (await read(world, "GP1", "W1")).text
        await read(world, "MW1", "W1", purpose="COC")
        await ask(world, "SEC1", Q1, "W1")
        await ask(
            world, "GP1", "query($patient: NationalIdentityNumber!) { card(patient: $patient) { nothing } }", "W1"
        )
        await world.client.post("/graphql", json={"query": Q1}, headers={"authorization": f"Bearer {token}x"})
        await world.send(world.token(caller("GP1"), aud="somebody-else"), Q1, patient=number)
    metrics = (await world.client.get("/metrics")).text
    ledger = json.dumps(await world.all_ledger_entries(), ensure_ascii=False)
    written = out.getvalue() + err.getvalue() + caplog.text + metrics
    assert "refused" in written
    for secret in (number, token, token.rsplit(".", 1)[1], CANARY):
        assert secret not in written
    assert number not in ledger and token not in ledger
    assert CANARY not in ledger.replace(f"{CANARY}, Lege", "")
    assert not re.search(r"(?<![0-9a-f-])\d{11}(?![0-9a-f-])", ledger)


@pytest.mark.parametrize(
    "tampering",
    ["DELETE FROM ledger_entry WHERE sequence = 2", "UPDATE ledger_entry SET entry = replace(entry, 'GP', 'HOSPITAL')"],
)
async def test_TC_L05_a_removed_or_edited_entry_is_found(world: World, tampering: str) -> None:
    """The chain does not hold any more."""
    for _ in range(3):
        await read(world, "GP1", "W1")
    assert await verify(world.services.database, world.services.ledger.key) == []
    async with world.services.database.transaction() as connection:
        await connection.execute(text(tampering))
    assert await verify(world.services.database, world.services.ledger.key) != []


async def test_TC_L06_her_log_tells_that_a_system_checked(world: World) -> None:
    """As a system, with its unit, and no person."""
    await ask(world, "EHR1", Q_STATUS, "W1")
    (edge,) = (await world.data(WOMEN["W1"], HER_LOG))["accessLog"]["edges"]
    assert (edge["node"]["who"], edge["node"]["role"]) == (None, "EHR_SYSTEM")
    assert re.fullmatch(r"Systemet .+ ved .+ sjekket om du har et helsekort\.", edge["node"]["inPlainWords"])
