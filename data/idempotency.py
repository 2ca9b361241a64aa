"""A command that is sent again is answered as the first time and does nothing more.

Callers hold the patient's row before they recall, so two sendings of one command take turns: the second finds the
first one's answer. An answer that is kept holds ids, versions and codes, never a value of the card.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

import orjson
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.errors import RecordRefusal
from data.columns import in_utc
from data.declaring import table_of
from data.documents import from_json, to_json
from data.identity_numbers import PatientKeys
from data.rows import Row
from data.tables import IdempotencyKey

KEPT = table_of(IdempotencyKey)

KEY_MAX_LENGTH: Final = 128
_KEY: Final = re.compile(rf"[!-~]{{1,{KEY_MAX_LENGTH}}}")


def check_key(key: str) -> None:
    """Raise RecordRefusal BAD_USER_INPUT for what is no key: 1 to 128 visible ASCII characters."""
    if not _KEY.fullmatch(key):
        message = f"An idempotency key is 1 to {KEY_MAX_LENGTH} visible ASCII characters; a random UUID is a good one."
        raise RecordRefusal("BAD_USER_INPUT", message)


def input_hash(keys: PatientKeys, command: str, actor: str | None, arguments: Any) -> str:
    """What tells one input from another. Keyed, so that nobody who reads it can try values against it.

    Takes JSON values, dates, times, enumerations and decimals, in mappings and lists; raises TypeError for others.
    """
    said = orjson.dumps([command, actor, arguments], default=_decimal, option=orjson.OPT_SORT_KEYS)
    return keys.digest(f"input {said.decode()}")


def _decimal(value: Any) -> str:
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no one form")  # said without the value


class Idempotency:
    """The commands that were answered, by client and key."""

    async def recall(
        self, connection: AsyncConnection, client_id: str, key: str, input_hash: str
    ) -> dict[str, Any] | None:
        """The answer this command was given; None when it is new.

        Raises RecordRefusal: IDEMPOTENCY_KEY_REUSED when the key came with another input, BAD_USER_INPUT for no key.
        """
        check_key(key)
        ours = (KEPT.c.client_id == client_id) & (KEPT.c.key == key)
        found = (await connection.execute(select(KEPT.c.input_hash, KEPT.c.answer).where(ours))).first()
        return None if found is None else answer_kept(found.input_hash, found.answer, input_hash)

    async def remember(
        self,
        connection: AsyncConnection,
        client_id: str,
        key: str,
        patient_id: str | None,
        input_hash: str,
        answer: Mapping[str, Any],
        at: datetime,
    ) -> None:
        """Keep the answer, in the transaction of the command itself.

        Raises RecordRefusal: IDEMPOTENCY_KEY_REUSED when the key was used for another patient at the same time (the
        lock on a patient holds nobody back there), BAD_USER_INPUT for no key. The transaction is then at its end.
        """
        check_key(key)
        row = answer_row(client_id, key, patient_id, input_hash, answer, at)
        try:
            await connection.execute(KEPT.insert(), row)
        except IntegrityError as error:
            raise reused() from error


def answer_kept(input_hash_kept: str, answer: str, input_hash: str) -> dict[str, Any]:
    """The answer that is kept for a key. Raises RecordRefusal IDEMPOTENCY_KEY_REUSED when it is of another input."""
    if input_hash_kept != input_hash:
        raise reused()
    said: dict[str, Any] = from_json(answer)
    return said


def answer_row(
    client_id: str, key: str, patient_id: str | None, input_hash: str, answer: Mapping[str, Any], at: datetime
) -> Row:
    """The row that keeps an answer."""
    return {
        "client_id": client_id, "key": key, "patient_id": patient_id, "input_hash": input_hash,
        "answer": to_json(dict(answer)), "at": in_utc(at),
    }  # fmt: skip


def reused() -> RecordRefusal:
    return RecordRefusal("IDEMPOTENCY_KEY_REUSED", "This idempotency key came before, with another input.")
