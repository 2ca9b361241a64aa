"""Reading cards: in one statement, sealed, as much as was asked for."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from app.domain.card.provenance import PROVENANCE, Provenance
from app.domain.consent import Consent, ConsentState
from app.domain.errors import RecordRefusal
from app.domain.record import Block, BlockTarget, Protection, RecordStatus
from data.cards import StoredCards
from data.database import Database
from data.documents import document_of
from data.identity_numbers import PatientKeys
from data.patients import set_blocks, set_person_status
from data.storing import (
    read_stored,
    store,
)
from tests.data.world import (
    AISHA,
    CONSENTED_AT,
    KARI,
    MOTHER,
    NOW,
    PREGNANCY,
    UNIT,
    VISITS,
    card,
    closed_card,
    count_rows,
    grant,
    visit,
)


async def test_person_and_card_are_found_by_identity_number(
    database: Database, keys: PatientKeys, cards: StoredCards
) -> None:
    """Whoever knows the identity number finds the person, her consent and the card's head."""
    kept = card()
    await store(database, keys, [(KARI, CONSENTED_AT, kept)])
    found = await cards.find(KARI, [MOTHER])
    assert found is not None
    assert found.card is not None
    assert found.patient.consent == Consent(ConsentState.ACTIVE, CONSENTED_AT)
    assert found.patient.protection is Protection.UNCLASSIFIED
    head = found.card.head
    assert (head.record_id, head.status, head.version) == (kept.record_id, RecordStatus.ACTIVE, 2)
    assert (head.opened_at, head.closed_at, head.last_updated_at) == (kept.opened_at, None, NOW)
    assert head.care_units == {UNIT}


async def test_the_active_card_is_found_and_no_closed_one(
    database: Database, keys: PatientKeys, cards: StoredCards
) -> None:
    """A closed card is not the card that is found, whether or not there is an active one."""
    active = card()
    await store(database, keys, [(KARI, CONSENTED_AT, one) for one in (closed_card(300), active, closed_card(900))])
    await store(database, keys, [(AISHA, CONSENTED_AT, closed_card(300))])
    for number, expected in ((KARI, active.record_id), (AISHA, None)):
        found = await cards.find(number, [MOTHER])
        assert found is not None
        assert (found.card.head.record_id if found.card else None) == expected


async def test_nobody_is_found_who_is_not_known(cards: StoredCards) -> None:
    """An identity number that is not in the store finds nobody."""
    assert await cards.find(AISHA, [MOTHER]) is None


async def test_an_invalid_number_is_refused_without_a_statement(database: Database, cards: StoredCards) -> None:
    """What is no identity number never reaches the database and is not repeated in the refusal."""
    with database.count_statements() as statements, pytest.raises(RecordRefusal) as refused:
        await cards.find("12345678901", [MOTHER])
    assert refused.value.code == "PATIENT_ID_INVALID"
    assert "12345678901" not in str(refused.value)
    assert statements == []


@pytest.mark.parametrize("kinds", [[], [MOTHER], [MOTHER, PREGNANCY, VISITS]], ids=len)
async def test_finding_takes_one_statement(
    database: Database, keys: PatientKeys, cards: StoredCards, kinds: list[str]
) -> None:
    """Person, card and sections come with one statement, however many sections are wanted."""
    await store(database, keys, [(KARI, CONSENTED_AT, card())])
    with database.count_statements() as statements:
        found = await cards.find(KARI, kinds)
    assert len(statements) == 1
    assert found is not None
    assert found.card is not None
    assert set(found.card.sections.open(grant(found.patient.patient_id))) == set(kinds)


async def test_a_wanted_section_that_is_not_recorded_is_left_out(
    database: Database, keys: PatientKeys, cards: StoredCards
) -> None:
    """A card without the wanted section is found all the same."""
    kept = card()
    kept.items = [item for item in kept.items if item.kind != MOTHER]
    await store(database, keys, [(KARI, CONSENTED_AT, kept)])
    found = await cards.find(KARI, [MOTHER])
    assert found is not None
    assert found.card is not None
    assert found.card.sections.open(grant(found.patient.patient_id)) == {}


async def test_a_section_opens_with_a_grant_only(database: Database, keys: PatientKeys, cards: StoredCards) -> None:
    """Sections come sealed: nothing of them shows, and what opens them decides what comes out."""
    await store(database, keys, [(KARI, CONSENTED_AT, card())])
    found = await cards.find(KARI, [MOTHER])
    assert found is not None
    assert found.card is not None
    assert "Kari Eksempel" not in repr(found)
    with pytest.raises(AttributeError):
        found.card.sections.open(None)  # type: ignore[arg-type]  # no grant
    opened = found.card.sections.open(grant(found.patient.patient_id))
    assert opened[MOTHER]["name"] == "Kari Eksempel"


async def test_documents_carry_provenance_and_order(database: Database, keys: PatientKeys, cards: StoredCards) -> None:
    """A section that is not repeated is one object, a repeated one its items in order, each with its provenance."""
    kept = card()
    await store(database, keys, [(KARI, CONSENTED_AT, kept)])
    found = await cards.find(KARI, [MOTHER, VISITS])
    assert found is not None
    assert found.card is not None
    opened = found.card.sections.open(grant(found.patient.patient_id))
    mother = next(item for item in kept.items if item.kind == MOTHER)
    assert opened[MOTHER][PROVENANCE.kind] == {
        "item_id": mother.item_id, "version": 1, "last_updated_at": "2026-06-15T08:30:00Z",
        "last_updated_by": mother.author,
    }  # fmt: skip
    assert [item["held_on"] for item in opened[VISITS]] == ["2026-05-04", "2026-06-01"]


def test_a_documents_provenance_is_named_as_declared() -> None:
    """The members of an item's provenance are those of its declaration, no more and no fewer."""
    whole = visit(date(2026, 6, 1), 118, entered_in_error=False)
    (document,) = json.loads(document_of(VISITS, [whole]))
    assert set(document[PROVENANCE.kind]) == set(Provenance.model_fields)


async def test_only_the_latest_version_of_an_item_shows(
    database: Database, keys: PatientKeys, cards: StoredCards
) -> None:
    """Every version is kept; card, document and export show the last one."""
    first = visit(date(2026, 6, 1), 118)
    second = replace(first, version=2, content={**first.content, "note": "Rettet."})
    kept = card(items=[second, first])
    await store(database, keys, [(KARI, CONSENTED_AT, kept)])
    assert (await count_rows(database))["section_version"] == 2
    assert (await read_stored(database, kept.record_id)).items == [second]
    found = await cards.find(KARI, [VISITS])
    assert found is not None
    assert found.card is not None
    (shown,) = found.card.sections.open(grant(found.patient.patient_id))[VISITS]
    assert shown["note"] == "Rettet."


async def test_earlier_cards_come_newest_first_in_one_statement(
    database: Database, keys: PatientKeys, cards: StoredCards
) -> None:
    """Her closed cards are read with the wanted sections, without the active one and without anybody else's."""
    older, newer = closed_card(2000), closed_card(900)
    await store(database, keys, [(KARI, CONSENTED_AT, one) for one in (older, card(), newer)])
    await store(database, keys, [(AISHA, CONSENTED_AT, closed_card(100))])
    found = await cards.find(KARI, [])
    assert found is not None
    opening = grant(found.patient.patient_id)
    with database.count_statements() as statements:
        earlier = await cards.earlier(opening, [MOTHER])
    assert len(statements) == 1
    assert [one.head.record_id for one in earlier] == [newer.record_id, older.record_id]
    assert [one.head.closed_at for one in earlier] == [newer.delivered_at, older.delivered_at]
    assert all(set(one.sections.open(opening)) == {MOTHER} for one in earlier)
    assert [one.head.record_id for one in await cards.earlier(opening, [])] == [newer.record_id, older.record_id]


async def test_the_gates_facts_come_with_the_card(database: Database, keys: PatientKeys, cards: StoredCards) -> None:
    """Status in the population register and the woman's own blocks come with the same row."""
    block = Block(
        block_id="b1", section=VISITS, target=BlockTarget.ORGANISATION, target_id=UNIT, include_subunits=True,
        override_code="5", starts_at=NOW, ends_at=NOW + timedelta(days=1),
    )  # fmt: skip
    endless = replace(block, block_id="b2", section=None, target=BlockTarget.ALL, target_id=None, ends_at=None)
    await set_blocks(database, keys, KARI, (block,))
    await set_blocks(database, keys, KARI, (block, endless))
    await set_person_status(database, keys, KARI, protection=Protection.CONFIDENTIAL, deceased_on=date(2026, 6, 1))
    found = await cards.find(KARI, [MOTHER])
    assert found is not None
    assert found.card is None
    assert found.patient.blocks == (block, endless)
    assert (found.patient.protection, found.patient.deceased_on) == (Protection.CONFIDENTIAL, date(2026, 6, 1))
    assert found.patient.consent == Consent(ConsentState.NONE, None)
    assert (await count_rows(database))["access_block"] == 2


async def test_times_are_kept_in_utc_to_the_microsecond(
    database: Database, keys: PatientKeys, cards: StoredCards
) -> None:
    """A time with another offset comes back as the same instant, in UTC."""
    in_oslo = datetime(2026, 6, 15, 10, 30, 0, 123456, tzinfo=timezone(timedelta(hours=2)))
    await store(database, keys, [(KARI, CONSENTED_AT, card(record_last_updated_at=in_oslo))])
    found = await cards.find(KARI, [])
    assert found is not None
    assert found.card is not None
    read = found.card.head.last_updated_at
    assert read == in_oslo
    assert read.utcoffset() == timedelta(0)
    assert read.tzinfo is UTC
