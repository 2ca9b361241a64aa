"""What her choices have in common in storage: her row held, one transaction, done once however often it is sent."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import Select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.changes import ChangeKind
from app.domain.choices import Announce, SentCommand
from app.domain.ledger import LedgerEntry
from app.domain.record import Found
from data.cards import find_within
from data.columns import in_utc
from data.database import Database
from data.declaring import table_of
from data.direct import Rows
from data.documents import json_or_none
from data.idempotency import Idempotency, input_hash
from data.identity_numbers import PatientKeys
from data.ledger import ChainedLedger
from data.patients import find_patients, register
from data.tables import Change, MaternityRecord
from data.turning import end_them, ended_of, without

CHANGE, RECORD = table_of(Change), table_of(MaternityRecord)


class Held:
    """One command about a woman whose row is held. `patient_id` is None for somebody who is not in the store."""

    def __init__(
        self, connection: AsyncConnection, choosing: "Choosing", number: str, patient_id: str | None, sent: SentCommand
    ) -> None:
        self.connection = connection
        self.patient_id = patient_id
        self.at = in_utc(sent.at)
        self.is_done = False
        self._choosing, self._number, self._sent = choosing, number, sent
        self._hash = input_hash(choosing.keys, sent.name, sent.actor_key, sent.arguments)
        self._idempotency = Idempotency()

    async def found(self) -> Found | None:
        """The person and her active card's head, as they are now that nobody else can change them; without
        the caller's elevations that are over since the caller turned to another woman."""
        connection, database = self.connection, self._choosing.database
        found = await find_within(connection, self._choosing.keys, self._number)

        async def read(statement: Select[Any], values: Mapping[str, Any]) -> Rows:
            rows: Rows = (await connection.execute(statement, values)).mappings().all()
            return rows

        ended = await ended_of(found.patient, self._sent.actor_key, self.at, read) if found else {}
        if found is None or not ended:
            return found
        await end_them(database, connection, found.patient.patient_id, ended)
        return without(found, ended)

    async def answered(self) -> dict[str, Any] | None:
        """The answer this command was given before. Raises RecordRefusal as `Idempotency.recall` does."""
        return await self._idempotency.recall(self.connection, self._sent.client_id, self._sent.key, self._hash)

    async def finish(
        self, answer: Mapping[str, Any], what: ChangeKind | None, entry: LedgerEntry, **of_the_change: Any
    ) -> None:
        """Note the change, if there was one, keep the answer, and add the ledger entry, last of all."""
        if what is not None:
            author = json_or_none(of_the_change.pop("author", None))
            row = {"patient_id": self.patient_id, "at": self.at, "what": what.value, "author": author} | of_the_change
            noted = await self.connection.execute(CHANGE.insert().returning(CHANGE.c.sequence), row)
            of_card, sequence = row.get("record_id"), noted.scalar_one()
            if of_card is not None:
                head = update(RECORD).where(RECORD.c.record_id == of_card)
                await self.connection.execute(head.values(last_change=sequence))
            self.is_done = True
        sent = self._sent
        await self._idempotency.remember(
            self.connection, sent.client_id, sent.key, self.patient_id, self._hash, answer, self.at
        )
        await self._choosing.ledger.append_within(self.connection, entry)


class Choosing:
    """What the commands are carried out with."""

    def __init__(self, database: Database, keys: PatientKeys, ledger: ChainedLedger, announce: Announce) -> None:
        self.database, self.keys, self.ledger = database, keys, ledger
        self._announce = announce

    @asynccontextmanager
    async def hold(self, number: str, sent: SentCommand, *, make_known: bool = False) -> AsyncIterator[Held]:
        """Her row held until the end; with `make_known` she is put into the store. Raises PATIENT_ID_INVALID."""
        async with self.database.transaction() as connection:
            look_up = register if make_known else find_patients
            known = (await look_up(self.database, connection, self.keys, [number])).get(number)
            held = Held(connection, self, number, known.patient_id if known else None, sent)
            yield held
        if held.is_done and held.patient_id is not None:
            self._announce(held.patient_id)
