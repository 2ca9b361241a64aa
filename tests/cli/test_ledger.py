"""The ledger's commands, as an operator types them."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from app.domain.chains import Link, hash_of
from app.domain.ledger import read_entry
from app.services import make_services
from app.settings import Settings
from data.database import Database
from tests.cli.test_commands import run, store
from tests.data.world import entry

__all__ = ["store"]
LONG_AGO = datetime.now(UTC) - timedelta(days=9 * 366)


def append(*entries: Any) -> None:
    """As a gateway that ran for a moment."""

    async def running() -> None:
        services = make_services(Settings())
        await services.ledger.start()
        await services.ledger.append(*entries)
        await services.ledger.close()
        await services.database.close()

    asyncio.run(running())


def tampered(url: str, statement: str) -> None:
    async def change() -> None:
        database = Database(url)
        async with database.transaction() as connection:
            await connection.execute(text(statement))
        await database.close()

    asyncio.run(change())


def lines(*arguments: str) -> list[Any]:
    result = run(*arguments)
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def exported(*options: str) -> list[dict[str, Any]]:
    """The entries of an export."""
    return [read_entry(line["entry"]) for line in lines("ledger", "export", *options)]


@pytest.fixture
def looked_at(store: str) -> str:
    """A store in whose ledger two looks stand, one of them old."""
    run("migrate")
    append(entry("kari", at=LONG_AGO), entry("aisha", at=datetime.now(UTC)))
    return store


def test_what_is_old_is_counted_first_and_removed_when_told_to(looked_at: str) -> None:
    """The chain holds afterwards, and says what was done."""
    assert run("ledger", "prune").output == "1 entries are past their time; --apply removes them.\n"
    assert run("ledger", "prune").output == "1 entries are past their time; --apply removes them.\n"
    assert run("ledger", "prune", "--apply").stdout == "1 entries removed.\n"
    assert run("ledger", "prune", "--apply").stdout == "0 entries removed.\n"
    assert run("ledger", "verify").exit_code == 0
    assert [one["count"] for one in exported() if one["operation_name"] == "ledger prune"] == [1]


def test_an_anchor_tells_of_a_chain_that_was_cut(looked_at: str, tmp_path: Path) -> None:
    """Noted outside, once a day; without it a tail that is gone with its head does not show."""
    file = tmp_path / "anchors"
    file.write_text(run("ledger", "anchor").stdout, encoding="utf-8")
    assert run("ledger", "verify", "--against", str(file)).exit_code == 0
    for table in ("ledger_entry", "ledger_head"):
        tampered(looked_at, f"DELETE FROM {table}")
    assert run("ledger", "verify").exit_code == 0
    result = run("ledger", "verify", "--against", str(file))
    assert result.exit_code == 1
    assert "the anchored entry is missing" in result.stderr


def test_an_export_is_the_links_oldest_first_and_is_noted(looked_at: str) -> None:
    """With place and hash, so that whoever has the key proves it; the export itself is an entry of the ledger."""
    links = [Link(**line) for line in lines("ledger", "export")]
    key = make_services(Settings()).ledger.key
    assert [hash_of(key, one.chain, one.sequence, one.entry, one.previous_hash) for one in links] == [
        one.hash for one in links
    ]
    assert [read_entry(one.entry)["patient_id"] for one in links] == ["kari", "aisha", None]
    assert read_entry(links[2].entry)["operation_name"] == "ledger export"
    since = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
    assert "kari" not in {one["patient_id"] for one in exported("--from", since)}


def test_signs_of_snooping_are_told_and_the_asking_is_noted(store: str) -> None:
    """Somebody who looked at more women in an hour than anybody treats."""
    run("migrate")
    append(*(entry(f"woman {nth}", at=datetime.now(UTC)) for nth in range(60)))
    (sign,) = [one for one in lines("ledger", "signals", "--json") if one["sign"] == "MANY_WOMEN"]
    assert (sign["who"], sign["count"]) == ("Prøvesen, Lege", 60)
    assert "MANY_WOMEN" in run("ledger", "signals").stdout
    assert [one["operation_name"] for one in exported()].count("ledger signals") == 2
