"""Whole cards into storage and out of it."""

from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import delete

from app.domain.errors import RecordRefusal
from data.cards import StoredCards
from data.database import Database
from data.declaring import table_of
from data.identity_numbers import PatientKeys
from data.storing import (
    ActiveRecordExists,
    AlreadyStored,
    read_stored,
    rebuild,
    record_consent,
    record_ids_of,
    store,
    stored_record_ids,
)
from data.tables import Section
from tests.data.world import (
    AISHA,
    CONSENTED_AT,
    KARI,
    MOTHER,
    NOW,
    PREGNANCY,
    VISITS,
    card,
    closed_card,
    count_rows,
    grant,
    tables_with,
)


async def test_a_stored_card_comes_out_as_it_went_in(database: Database, keys: PatientKeys) -> None:
    """Every member of a card, its items in order and what only the national format said survive storage."""
    kept = card()
    await store(database, keys, [(KARI, CONSENTED_AT, kept)])
    found = await read_stored(database, kept.record_id)
    assert sorted(found.items, key=lambda item: item.item_id) == sorted(kept.items, key=lambda item: item.item_id)
    assert [item.position for item in found.items if item.kind == VISITS] == [0, 1]
    assert replace(found, items=[]) == replace(kept, items=[])


async def test_an_unknown_card_cannot_be_read(database: Database) -> None:
    """Asking for a card that is not there is refused."""
    with pytest.raises(RecordRefusal) as refused:
        await read_stored(database, "nothing")
    assert refused.value.code == "NOT_FOUND"


async def test_documents_can_be_made_again(database: Database, keys: PatientKeys, cards: StoredCards) -> None:
    """The read model is a projection: lost documents and caseload lines come back from the version log alone."""
    kept = card()
    await store(database, keys, [(KARI, CONSENTED_AT, kept)])
    before = await cards.find(KARI, [MOTHER, PREGNANCY, VISITS])
    rows = await count_rows(database)
    async with database.transaction() as connection:
        await connection.execute(delete(table_of(Section)))
    await rebuild(database, kept.record_id)
    after = await cards.find(KARI, [MOTHER, PREGNANCY, VISITS])
    assert before is not None
    assert before.card is not None
    assert after is not None
    assert after.card is not None
    opening = grant(before.patient.patient_id)
    assert after.card.sections.open(opening) == before.card.sections.open(opening)
    assert await count_rows(database) == rows


async def test_a_woman_has_one_active_card(database: Database, keys: PatientKeys) -> None:
    """A second active card is refused as existing already, and nothing of it is kept."""
    await store(database, keys, [(KARI, CONSENTED_AT, card())])
    before = await count_rows(database)
    with pytest.raises(ActiveRecordExists) as refused:
        await store(database, keys, [(AISHA, CONSENTED_AT, card()), (KARI, None, card())])
    assert refused.value.code == "ALREADY_EXISTS"
    assert await count_rows(database) == before


async def test_two_active_cards_at_once_are_refused(database: Database, keys: PatientKeys) -> None:
    """Two active cards of one woman cannot come in together either."""
    with pytest.raises(ActiveRecordExists):
        await store(database, keys, [(KARI, CONSENTED_AT, card()), (KARI, CONSENTED_AT, card())])
    assert not any((await count_rows(database)).values())


async def test_a_card_is_stored_once(database: Database, keys: PatientKeys) -> None:
    """A record id that is taken is refused, whoever's it is."""
    kept = card()
    await store(database, keys, [(KARI, CONSENTED_AT, kept)])
    with pytest.raises(AlreadyStored):
        await store(database, keys, [(AISHA, CONSENTED_AT, kept)])
    twice = closed_card(30)
    with pytest.raises(AlreadyStored):
        await store(database, keys, [(AISHA, CONSENTED_AT, twice), (AISHA, CONSENTED_AT, twice)])


async def test_nothing_is_stored_without_consent(database: Database, keys: PatientKeys) -> None:
    """A card of a woman who has not consented is refused, and not even she becomes known."""
    with pytest.raises(RecordRefusal) as refused:
        await store(database, keys, [(KARI, None, card())])
    assert refused.value.code == "CONSENT_MISSING"
    assert not any((await count_rows(database)).values())


async def test_a_consent_given_elsewhere_lets_a_card_in(database: Database, keys: PatientKeys) -> None:
    """A consent can be recorded before the card comes; recording it twice changes nothing."""
    await record_consent(database, keys, KARI, CONSENTED_AT)
    await record_consent(database, keys, KARI, NOW)
    await store(database, keys, [(KARI, None, card())])
    rows = await count_rows(database)
    assert (rows["patient"], rows["consent_event"], rows["maternity_record"]) == (1, 1, 1)


async def test_many_cards_come_in_at_once(database: Database, keys: PatientKeys) -> None:
    """Cards of several women, some of them several of one woman, are stored in one call and listed."""
    kept = [(KARI, card()), (KARI, closed_card(900)), (AISHA, card()), (KARI, closed_card(2000))]
    await store(database, keys, [(number, CONSENTED_AT, record) for number, record in kept])
    assert {record_id async for record_id in stored_record_ids(database)} == {record.record_id for _, record in kept}
    hers = [kept[3][1].record_id, kept[1][1].record_id, kept[0][1].record_id]
    assert await record_ids_of(database, keys, KARI) == hers
    assert (await count_rows(database))["patient"] == 2


async def test_a_time_without_an_offset_is_refused(database: Database, keys: PatientKeys) -> None:
    """Nobody knows which instant a time without an offset is."""
    with pytest.raises(ValueError, match="offset"):
        await store(database, keys, [(KARI, CONSENTED_AT, card(opened_at=datetime(2026, 6, 1)))])
    assert not any((await count_rows(database)).values())


async def test_nobodys_identity_number_stands_in_a_table(database: Database, keys: PatientKeys) -> None:
    """The number is kept as a keyed hash and sealed, never as it is."""
    await store(database, keys, [(KARI, CONSENTED_AT, card())])
    assert await tables_with(database, KARI) == set()
