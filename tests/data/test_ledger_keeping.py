"""The ledger over the years: what is past its time goes, what is left is provable, what was anchored is met."""

import random
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, select, update

from app.domain.chains import Break
from app.domain.ledger import EntryKind, LedgerEntry
from app.domain.record import StoredRecord
from data import ledger_keeping
from data.database import Database
from data.identity_numbers import PatientKeys
from data.ledger import ENTRY, GAP, ChainedLedger, verify
from data.ledger_keeping import Retention, against_anchors, count_expired, heads, prune
from data.storing import store
from tests.data.world import AISHA, KARI, LEDGER_KEY, NOW, card, closed_card, entry

YEAR = timedelta(days=365.25)
TERMS = Retention(usage_before=NOW - 5 * YEAR, security_before=NOW - 2 * YEAR)
LONG_AGO = NOW - 9 * YEAR
PRUNED = replace(entry(), patient_id=None, kind=EntryKind.MAINTENANCE, at=NOW)


async def all_pruned(ledger: ChainedLedger, database: Database) -> int:
    removed = 0
    while some := await prune(ledger, database, TERMS, PRUNED):
        removed += some
    return removed


async def places(database: Database) -> list[int]:
    async with database.connection() as connection:
        return list((await connection.execute(select(ENTRY.c.sequence).order_by(ENTRY.c.sequence))).scalars())


async def with_card(database: Database, keys: PatientKeys, number: str, record: StoredRecord) -> str:
    await store(database, keys, [(number, NOW - 20 * YEAR, record)])
    return keys.patient_id(number)


def at_the_door(kind: EntryKind, at: datetime) -> LedgerEntry:
    return replace(entry(at=at), patient_id=None, kind=kind)


async def test_looks_at_a_card_are_kept_while_the_card_lives_and_five_years_more(
    database: Database, ledger: ChainedLedger, keys: PatientKeys
) -> None:
    """Counted from its end, not from the look; a woman who has no card any more has none that is kept for."""
    active = await with_card(database, keys, KARI, card())
    ended = await with_card(database, keys, AISHA, closed_card(int(4.9 * 365)))
    kept = (entry(active, at=LONG_AGO), entry(ended, at=LONG_AGO), entry("a stranger", at=NOW - 4 * YEAR))
    await ledger.append(*kept, entry("a stranger", at=LONG_AGO))
    assert await count_expired(database, TERMS) == 1
    assert await all_pruned(ledger, database) == 1
    later = Retention(usage_before=NOW - 4.5 * YEAR, security_before=TERMS.security_before)
    assert await count_expired(database, later) == 1  # the card that ended 4.9 years ago


async def test_a_withdrawal_counts_like_the_end_of_a_card(
    database: Database, ledger: ChainedLedger, keys: PatientKeys
) -> None:
    """Her card is gone at once; who had seen it is kept for as long as if it had ended then."""
    await store(database, keys, [(KARI, NOW - 4 * YEAR, closed_card(8 * 365))])
    await ledger.append(entry(keys.patient_id(KARI), at=LONG_AGO))
    assert await count_expired(database, TERMS) == 0


@pytest.mark.parametrize("kind", [EntryKind.SECURITY, EntryKind.TURNED_AWAY])
async def test_who_was_turned_away_is_kept_two_years(
    database: Database, ledger: ChainedLedger, kind: EntryKind
) -> None:
    """Where no woman was named; where one was, it is kept like a look at her card."""
    old, fresh = NOW - 2 * YEAR - timedelta(days=1), NOW - 2 * YEAR + timedelta(days=1)
    await ledger.append(at_the_door(kind, old), at_the_door(kind, fresh), replace(entry("her", at=old), kind=kind))
    assert await all_pruned(ledger, database) == 1
    assert await places(database) == [2, 3, 4]  # and the one that says so


async def test_that_it_was_done_is_an_entry_with_the_number(database: Database, ledger: ChainedLedger) -> None:
    """In the same transaction; nothing is written where there was nothing to do."""
    assert await prune(ledger, database, TERMS, PRUNED) == 0
    assert await places(database) == []
    await ledger.append(*(entry(f"woman {nth}", at=LONG_AGO) for nth in range(3)))
    assert await prune(ledger, database, TERMS, PRUNED) == 3
    async with database.connection() as connection:
        (said,) = (await connection.execute(select(ENTRY.c.entry))).scalars()
    assert '"kind":"MAINTENANCE"' in said and '"count":3' in said


@pytest.mark.parametrize("seed", range(4))
async def test_whatever_is_removed_the_chain_is_whole(
    database: Database, ledger: ChainedLedger, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """Old and new entries in any order, removed some at a time, again and again as time goes by: exactly the old go,
    gaps that meet are one, and every anchor that was ever taken is met."""
    dice = random.Random(seed)
    monkeypatch.setattr(ledger_keeping, "REMOVED_AT_ONCE", dice.randint(1, 7))
    anchors = []
    for _ in range(3):
        for _ in range(15):
            await ledger.append(entry(f"woman {dice.random()}", at=NOW - dice.choice((1, 6, 9)) * YEAR))
        anchors += await heads(database)
        async with database.connection() as connection:
            old = await connection.execute(select(ENTRY.c.sequence).where(ENTRY.c.at < TERMS.usage_before))
            expected = set(await places(database)) - set(old.scalars())
        await all_pruned(ledger, database)
        assert expected <= set(await places(database))
        assert await count_expired(database, TERMS) == 0
        assert await verify(database, LEDGER_KEY) == []
        assert await against_anchors(database, anchors) == []
    async with database.connection() as connection:
        gaps = (await connection.execute(select(GAP.c.first, GAP.c.last).order_by(GAP.c.first))).all()
    assert all(before.last + 1 < after.first for before, after in zip(gaps, gaps[1:], strict=False))


TAMPERINGS = {
    "an entry taken away": delete(ENTRY).where(ENTRY.c.sequence == 5),
    "the end cut off": delete(ENTRY).where(ENTRY.c.sequence >= 5),
    "a gap made longer": update(GAP).values(last=GAP.c.last + 1),
    "a gap that leads elsewhere": update(GAP).values(hash_after="0" * 64),
    "a gap without a seal": update(GAP).values(seal="0" * 64),
    "a gap forgotten": delete(GAP),
}


@pytest.mark.parametrize("tampering", TAMPERINGS)
async def test_removing_by_hand_shows(database: Database, ledger: ChainedLedger, tampering: str) -> None:
    """Whoever takes an entry away, or hides it behind a gap, lacks the key that seals gaps."""
    for years in (9, 9, 1, 9, 1, 1):
        await ledger.append(entry(f"{years}", at=NOW - years * YEAR))
    await all_pruned(ledger, database)
    assert await verify(database, LEDGER_KEY) == []
    async with database.transaction() as connection:
        await connection.execute(TAMPERINGS[tampering])
    assert await verify(database, LEDGER_KEY) != []


async def test_what_was_anchored_is_missed(database: Database, ledger: ChainedLedger) -> None:
    """A chain that was cut and ended anew within the database holds by itself; what was noted outside tells."""
    for nth in range(4):
        await ledger.append(entry(f"woman {nth}"))
    (anchor,) = await heads(database)
    assert anchor.sequence == 4
    assert await against_anchors(database, [anchor]) == []
    other = replace(anchor, hash="0" * 64)
    assert await against_anchors(database, [other]) == [
        Break(anchor.chain, 4, "the entry is not the one that was anchored")
    ]
    async with database.transaction() as connection:
        await connection.execute(delete(ENTRY).where(ENTRY.c.sequence == 4))
    assert await against_anchors(database, [anchor]) == [Break(anchor.chain, 4, "the anchored entry is missing")]
