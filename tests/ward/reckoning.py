"""The evening: her log against the journal, the ledger proved, the documents rebuilt, and what nobody may have kept."""

import asyncio
import os
import re
from collections import Counter
from typing import Any

import pytest
from typer.testing import CliRunner

from app.__main__ import cli
from data.synthetic.cast import CAST
from data.synthetic.organisations import STAFF
from tests.access.choosing import stored
from tests.graphql.test_commands import assert_same_as_rebuilt
from tests.ward.journal import Access
from tests.ward.ward import Ward
from tests.whole_card import CANARY

IDENTITY_NUMBER = re.compile(r"\b\d{11}\b")
NUMBERS = {woman.number for woman in CAST} | {person.national_identity_number for person in STAFF.values()}


async def reckon(ward: Ward, erased: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    """All that must hold when the day is over."""
    await ward.clock_shows("22:00")
    captured = capfd.readouterr()
    await every_log_is_what_the_journal_says(ward)
    await the_ledger_holds(ward)
    for (record_id,) in await stored(ward, "SELECT record_id FROM maternity_record"):
        assert record_id not in erased
        await assert_same_as_rebuilt(ward, record_id)
    metrics = (await ward.client.get("/metrics")).text
    entries = await stored(ward, "SELECT entry FROM ledger_entry")
    nothing_of_hers(ward, captured.out + captured.err + metrics)
    nothing_of_hers(ward, "\n".join(ward.error_bodies))
    nothing_of_hers(ward, "\n".join(entry for (entry,) in entries))


async def every_log_is_what_the_journal_says(ward: Ward) -> None:
    """Line by line, in order of time: nothing is missing and there is nothing else; and nobody else has a line."""
    women = sorted(ward.journal.lines)
    for woman in women:
        noted = list(ward.journal.lines[woman])
        read = [_as_access(node) for node in reversed(await ward.log(woman))]
        assert [line.at for line in read] == sorted(line.at for line in read)
        _same(woman, read, noted)
    untouched = [woman.slug for woman in CAST if woman.slug not in women]
    assert untouched
    for slug in untouched:
        assert await ward.ledger_entries(slug) == []


def _same(woman: str, read: list[Access], noted: list[Access]) -> None:
    missing, more = Counter(noted) - Counter(read), Counter(read) - Counter(noted)
    assert not missing and not more, f"{woman}: not in her log {list(missing)}; in her log only {list(more)}"


def _as_access(node: dict[str, Any]) -> Access:
    made = Access(
        node["at"], node["who"], node["role"], node["purpose"], node["outcome"], tuple(node["sections"]),
        tuple(node["writtenSections"]), node["elevated"]["reason"] if node["elevated"] else None,
    )  # fmt: skip
    assert made.emergency == node["emergency"]
    return made


async def the_ledger_holds(ward: Ward) -> None:
    """As somebody proves it on the command line."""
    settings = ward.services.settings
    variables = {
        "HELSEKORT_DATABASE_URL": settings.effective_database_url, "HELSEKORT_DATA_DIR": str(settings.data_dir)
    }  # fmt: skip
    invoke = CliRunner(env={**os.environ, **variables}).invoke
    result = await asyncio.to_thread(invoke, cli, ["ledger", "verify"])
    assert result.exit_code == 0, result.output


def nothing_of_hers(ward: Ward, text: str) -> None:
    """No word that was written, no number that names anybody, no token."""
    assert text
    assert CANARY not in text
    assert not [number for number in NUMBERS if number in text]
    assert IDENTITY_NUMBER.search(text) is None
    signatures = {token.rsplit(".", 1)[1] for token in ward.tokens}
    assert len(signatures) > 100
    assert not [signature for signature in signatures if signature in text]
