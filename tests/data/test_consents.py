"""Consent given and withdrawn, and what is left then."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from app.domain.consent import Consent, ConsentState
from app.domain.errors import RecordRefusal
from app.domain.ledger import LedgerEntry
from app.domain.ports import EntryMaker
from app.domain.searching import LedgerSearch
from data.cards import StoredCards
from data.consents import StoredConsents
from data.database import Database
from data.declaring import table_of
from data.identity_numbers import PatientKeys
from data.ledger import ChainedLedger, verify
from data.storing import store
from data.tables import ConsentEvent, CorrectionRequest, Elevation, IdempotencyKey, Patient
from tests.data.world import (
    AISHA,
    CONSENTED_AT,
    KARI,
    LEDGER_KEY,
    MOTHER,
    NOW,
    PREGNANCY,
    UNIT,
    VISITS,
    card,
    closed_card,
    count_rows,
    entry,
    grant,
    tables_with,
)


@pytest.fixture
def consents(database: Database, keys: PatientKeys, ledger: ChainedLedger) -> StoredConsents:
    return StoredConsents(database, keys, ledger, lambda: NOW)


def noting(made: list[LedgerEntry]) -> EntryMaker:
    """An entry maker that remembers what it was asked for."""

    def make(patient_id: str, written: tuple[str, ...]) -> LedgerEntry:
        made.append(entry(patient_id, written=written))
        return made[-1]

    return make


async def test_consent_is_given(database: Database, cards: StoredCards, consents: StoredConsents) -> None:
    """Giving consent makes her known, is noted in the ledger, and shows at once."""
    made: list[LedgerEntry] = []
    assert await consents.give(KARI, noting(made)) == Consent(ConsentState.ACTIVE, NOW)
    found = await cards.find(KARI, [])
    assert found is not None
    assert found.patient.consent == Consent(ConsentState.ACTIVE, NOW)
    assert await consents.history(found.patient.patient_id) == [found.patient.consent]
    assert [(one.patient_id, one.written) for one in made] == [(found.patient.patient_id, ("consent.ACTIVE",))]
    assert (await count_rows(database))["ledger_entry"] == 1


async def test_giving_again_changes_nothing(database: Database, consents: StoredConsents) -> None:
    """A second consent leaves the first in force; only the ledger knows of it."""
    made: list[LedgerEntry] = []
    await consents.give(KARI, noting(made))
    await consents.give(KARI, noting(made))
    rows = await count_rows(database)
    assert (rows["patient"], rows["consent_event"], rows["ledger_entry"]) == (1, 1, 2)
    assert made[1].written == ()


async def test_an_unknown_patient_has_no_consent(consents: StoredConsents) -> None:
    """Nobody's consent is none."""
    assert await consents.history("nobody") == []


async def test_two_who_give_consent_for_the_same_woman_at_once_agree(
    database: Database, consents: StoredConsents
) -> None:
    """Concurrent consents make one patient with one consent."""
    await asyncio.gather(*(consents.give(KARI, noting([])) for _ in range(8)))
    rows = await count_rows(database)
    assert (rows["patient"], rows["consent_event"], rows["ledger_entry"]) == (1, 1, 8)


async def test_withdrawal_erases_every_card_in_all_versions_everywhere(
    database: Database, keys: PatientKeys, cards: StoredCards, consents: StoredConsents
) -> None:
    """After withdrawal no table but the ledger knows her cards, the active one and those before it."""
    hers = [card(), closed_card(900)]
    await store(database, keys, [(KARI, CONSENTED_AT, one) for one in hers])
    await store(database, keys, [(AISHA, CONSENTED_AT, card())])
    found, somebody_else = await cards.find(KARI, []), await cards.find(AISHA, [MOTHER, PREGNANCY, VISITS])
    assert found is not None
    await answer_once(database, found.patient.patient_id, hers[0].record_id)
    for record in hers:
        await ask_for_a_correction(database, found.patient.patient_id, record.record_id)
    await elevate(database, found.patient.patient_id, hers[0].record_id)
    assert "section_version" in await tables_with(database, hers[1].record_id)

    receipt = await consents.withdraw(KARI, lambda patient_id, _: entry(patient_id, record_id=hers[0].record_id))

    assert (receipt.cards_deleted, receipt.items_deleted, receipt.versions_deleted) == (2, 8, 8)
    assert receipt == receipt.sealed()
    assert receipt.withdrawn_at == NOW
    assert await tables_with(database, hers[0].record_id) == {"ledger_entry"}  # nor the words of the elevation
    assert await tables_with(database, hers[1].record_id) == set()
    for one in (stored_item.item_id for record in hers for stored_item in record.items):
        assert await tables_with(database, one) == set()
    after = await cards.find(AISHA, [MOTHER, PREGNANCY, VISITS])
    assert after is not None
    assert after.card is not None
    assert somebody_else is not None
    assert somebody_else.card is not None
    opening = grant(after.patient.patient_id)
    assert after.card.sections.open(opening) == somebody_else.card.sections.open(opening)


async def answer_once(database: Database, patient_id: str, answer: str) -> None:
    row = {"client_id": "ehr", "key": "k", "patient_id": patient_id, "input_hash": "", "answer": answer, "at": NOW}
    async with database.transaction() as connection:
        await connection.execute(insert(table_of(IdempotencyKey)), row)


async def ask_for_a_correction(database: Database, patient_id: str, record_id: str) -> None:
    row = {
        "record_id": record_id, "request_id": "r", "patient_id": patient_id, "kind": MOTHER, "item_id": record_id,
        "version": 1, "unit": UNIT, "request": f"Feil i {record_id}", "requested_at": NOW, "status": "OPEN",
    }  # fmt: skip
    async with database.transaction() as connection:
        await connection.execute(insert(table_of(CorrectionRequest)), row)


async def elevate(database: Database, patient_id: str, said: str) -> None:
    row = {
        "patient_id": patient_id, "elevation_id": "e", "hpr_number": "999900018", "organisation_number": UNIT,
        "session_id": "s", "access_basis": "FORHOYET_AKUTT", "reason_code": "4", "reason_text": said,
        "starts_at": NOW, "ends_at": NOW + timedelta(hours=1),
    }  # fmt: skip
    async with database.transaction() as connection:
        await connection.execute(insert(table_of(Elevation)), row)
        hers = table_of(Patient).c.patient_id == patient_id
        await connection.execute(update(table_of(Patient)).where(hers).values(elevations=f'["{said}"]'))


async def test_withdrawal_takes_effect_at_once(
    database: Database, keys: PatientKeys, cards: StoredCards, consents: StoredConsents
) -> None:
    """The next look finds a woman without a card and without consent, who may consent again and start anew."""
    await store(database, keys, [(KARI, CONSENTED_AT, card()), (KARI, None, closed_card(900))])
    await consents.withdraw(KARI, noting([]))
    found = await cards.find(KARI, [MOTHER])
    assert found is not None
    assert (found.card, found.patient.consent) == (None, Consent(ConsentState.WITHDRAWN, NOW))
    assert await cards.earlier(grant(found.patient.patient_id), [MOTHER]) == []
    await consents.give(KARI, noting([]))
    await store(database, keys, [(KARI, None, card())])


async def test_the_receipt_and_the_ledger_stay(
    database: Database, keys: PatientKeys, consents: StoredConsents, ledger: ChainedLedger
) -> None:
    """What was deleted is proved by the receipt that is kept, and who had looked stays on record."""
    await store(database, keys, [(KARI, CONSENTED_AT, card())])
    made: list[LedgerEntry] = []
    receipt = await consents.withdraw(KARI, noting(made))
    assert made[0].written == ("consent.WITHDRAWN",)
    query = select(table_of(ConsentEvent)).order_by(table_of(ConsentEvent).c.sequence)
    async with database.connection() as connection:
        given, withdrawn = (await connection.execute(query)).mappings().all()
    assert (given["state"], given["at"], given["source"]) == ("ACTIVE", CONSENTED_AT, "IMPORT")
    assert (withdrawn["state"], withdrawn["at"], withdrawn["source"]) == ("WITHDRAWN", NOW, "CITIZEN")
    kept = json.loads(withdrawn["receipt"])
    assert kept["receipt_hash"] == receipt.receipt_hash
    assert kept.keys() == asdict(receipt).keys()
    page = await ledger.page(LedgerSearch(patient_id=made[0].patient_id), first=10, after=None)
    assert [one.entry["event_id"] for one in page.entries] == [made[0].event_id]
    assert await verify(database, LEDGER_KEY) == []


async def test_listeners_learn_of_a_withdrawal_without_the_card(
    database: Database, keys: PatientKeys, consents: StoredConsents
) -> None:
    """One change is left, about the patient, with a number that was never given out before."""
    await store(database, keys, [(KARI, CONSENTED_AT, card())])
    await consents.withdraw(KARI, noting([]))
    assert (await count_rows(database))["change"] == 1
    assert "change" in await tables_with(database, "CONSENT_WITHDRAWN")


@pytest.mark.parametrize("known", [True, False])
async def test_there_must_be_a_consent_to_withdraw(
    database: Database, keys: PatientKeys, consents: StoredConsents, known: bool
) -> None:
    """Without an active consent a withdrawal is refused, known or not, and nothing is written."""
    if known:
        await consents.give(KARI, noting([]))
        await consents.withdraw(KARI, noting([]))
    before, made = await count_rows(database), list[LedgerEntry]()
    with pytest.raises(RecordRefusal) as refused:
        await consents.withdraw(KARI, noting(made))
    assert refused.value.code == "CONSENT_MISSING"
    assert made == []
    assert await count_rows(database) == before


def failing(patient_id: str, written: tuple[str, ...]) -> LedgerEntry:
    raise OSError("the entry cannot be made")


@pytest.mark.parametrize("call", [StoredConsents.give, StoredConsents.withdraw], ids=["give", "withdraw"])
async def test_without_a_ledger_entry_nothing_changes(
    database: Database, keys: PatientKeys, consents: StoredConsents, call: Callable[..., object]
) -> None:
    """Change and ledger entry are one: when the entry fails, the change has not happened."""
    await store(database, keys, [(AISHA, CONSENTED_AT, card())])
    before = await count_rows(database)
    with pytest.raises(OSError, match="cannot be made"):
        await call(consents, AISHA if call is StoredConsents.withdraw else KARI, failing)  # type: ignore[misc]
    assert await count_rows(database) == before
    await consents.give(KARI, noting([]))


async def test_a_withdrawal_during_another_waits(
    database: Database, keys: PatientKeys, consents: StoredConsents
) -> None:
    """Of concurrent withdrawals one deletes, and the others find nothing to withdraw."""
    await store(database, keys, [(KARI, CONSENTED_AT, card())])
    answers = await asyncio.gather(*(consents.withdraw(KARI, noting([])) for _ in range(4)), return_exceptions=True)
    assert sum(isinstance(answer, RecordRefusal) for answer in answers) == 3
    assert await verify(database, LEDGER_KEY) == []


async def test_what_was_erased_is_not_in_the_sqlite_files(
    database: Database, keys: PatientKeys, consents: StoredConsents
) -> None:
    """On SQLite deleted text is overwritten in the file and gone from the write-ahead log."""
    if not database.is_sqlite:
        return
    await store(database, keys, [(KARI, CONSENTED_AT, card())])
    assert "Kari Eksempel" in on_disk(database)
    await consents.withdraw(KARI, noting([]))
    assert "Kari Eksempel" not in on_disk(database)


def on_disk(database: Database) -> str:
    path = Path(str(database.url.database))
    return "".join(file.read_bytes().decode("latin-1") for file in path.parent.glob(f"{path.name}*"))


async def test_consent_times_come_from_the_clock_in_utc(
    database: Database, keys: PatientKeys, ledger: ChainedLedger
) -> None:
    """Whatever offset the clock has, consent is noted in UTC."""
    consents = StoredConsents(database, keys, ledger, lambda: (NOW + timedelta(hours=1)).astimezone())
    given = await consents.give(KARI, noting([]))
    assert given.changed_at == NOW + timedelta(hours=1)
    assert given.changed_at is not None
    assert given.changed_at.utcoffset() == timedelta(0)
