"""Commands that are sent again."""

import asyncio
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.domain.errors import RecordRefusal
from data.database import Database
from data.idempotency import Idempotency, input_hash
from data.identity_numbers import PatientKeys
from tests.data.world import NOW, count_rows, tables_with

ANSWER = {"itemId": "an id", "version": 2}


async def remember(database: Database, key: str = "k", said: str = "one", patient_id: str = "kari") -> None:
    async with database.transaction() as connection:
        await Idempotency().remember(connection, "ehr", key, patient_id, said, ANSWER, NOW)


async def recall(database: Database, key: str = "k", said: str = "one", client: str = "ehr") -> dict[str, Any] | None:
    async with database.transaction() as connection:
        return await Idempotency().recall(connection, client, key, said)


async def test_the_same_key_and_input_get_the_first_answer(database: Database) -> None:
    """A new command has no answer yet; one that was answered has."""
    assert await recall(database) is None
    await remember(database)
    assert await recall(database) == ANSWER


async def test_a_key_belongs_to_its_client(database: Database) -> None:
    """Another client's same key is another key, and so is another key of the same client."""
    await remember(database)
    assert await recall(database, client="another") is None
    assert await recall(database, key="K") is None


async def test_the_same_key_with_another_input_is_refused(database: Database) -> None:
    """Nothing of the first input or answer is told."""
    await remember(database)
    with pytest.raises(RecordRefusal) as refused:
        await recall(database, said="another")
    assert (refused.value.code, refused.value.extensions) == ("IDEMPOTENCY_KEY_REUSED", {})


@pytest.mark.parametrize("key", ["", "k" * 129, "two words", "nul\0", "é", "line\n"])
async def test_what_is_no_key_is_refused(database: Database, key: str) -> None:
    """1 to 128 visible characters; nothing is kept for others."""
    for doing in (recall, remember):
        with pytest.raises(RecordRefusal) as refused:
            await doing(database, key)
        assert refused.value.code == "BAD_USER_INPUT"
    assert (await count_rows(database))["idempotency_key"] == 0


async def test_two_patients_at_once_cannot_share_a_key(database: Database) -> None:
    """No lock on a patient holds them apart, so one is refused as a key that came before; one row is kept."""
    tried = await asyncio.gather(*(remember(database, patient_id=f"{n}") for n in range(4)), return_exceptions=True)
    refused = [error for error in tried if isinstance(error, RecordRefusal)]
    assert [error.code for error in refused] == ["IDEMPOTENCY_KEY_REUSED"] * 3
    assert (await count_rows(database))["idempotency_key"] == 1


def test_an_inputs_hash_depends_on_all_that_was_said_and_on_nothing_else(keys: PatientKeys) -> None:
    """Order of members does not matter; command, actor, every value and the key do."""
    said = {"heldOn": date(2026, 6, 15), "weight": Decimal("71.5"), "note": None, "parts": [1, 2]}
    first = input_hash(keys, "recordVisit", "actor", said)
    assert input_hash(keys, "recordVisit", "actor", dict(reversed(said.items()))) == first
    others = {
        input_hash(keys, "correctVisit", "actor", said),
        input_hash(keys, "recordVisit", None, said),
        input_hash(keys, "recordVisit", "actor", said | {"weight": Decimal("71.6")}),
        input_hash(keys, "recordVisit", "actor", said | {"parts": [2, 1]}),
        input_hash(PatientKeys(b"x" * 32, b"y" * 32), "recordVisit", "actor", said),
    }
    assert len(others) == 5 and first not in others


def test_what_has_no_one_form_is_not_hashed(keys: PatientKeys) -> None:
    """An object would be told by its place in memory: a retry would look like another input."""
    with pytest.raises(TypeError):
        input_hash(keys, "recordVisit", "actor", {"what": object()})


async def test_the_input_itself_is_not_kept(database: Database, keys: PatientKeys) -> None:
    """Only the hash of it."""
    await remember(database, said=input_hash(keys, "recordVisit", "actor", {"note": "secret words"}))
    assert await tables_with(database, "secret words") == set()
