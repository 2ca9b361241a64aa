"""Writing cards: one command, one transaction. Versions are added, never changed; what is derived from them is brought
up to date; the changes, the answer for a second sending and the ledger entry are in the same commit.

The patient's row is held first, by every writer of anything of hers. So writers of one card take turns; a withdrawal
waits for the write before it, and a write after it finds no consent.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Select, and_, bindparam, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.commands import Accepted, Outcome, Recorded
from app.domain.ports import EntryMaker
from app.domain.record import Found, RecordStatus
from app.domain.validation.problems import Problem
from app.domain.writing import Asked
from data.cards import ABOUT_HER, ABOUT_THE_CARD, ACTIVE, RECORD, STATEMENTS_KEPT, WHOSE, card_of, with_sections
from data.database import Database
from data.documents import as_document
from data.idempotency import answer_kept, answer_row, check_key, input_hash, reused
from data.identity_numbers import PatientKeys, parse
from data.ledger import ChainedLedger
from data.rows import patient_file, stored_item
from data.tables import IdempotencyKey, MaternityRecord, Patient, SectionVersion, table_of
from data.together import Together
from data.written import gather_accepted

PATIENT, VERSION, KEPT = table_of(Patient).c, table_of(SectionVersion).c, table_of(IdempotencyKey).c

CASELOAD_READS: Final = {
    "pregnancy": frozenset({"antenatal_visits"}),
    "antenatal_visits": frozenset({"pregnancy"}),
    "care_contacts": frozenset({"pregnancy", "antenatal_visits"}),
}
"""By section that is written, the others a line of the caseload is made of."""


class StoredCommands:
    """The port `Commands` over our own database."""

    def __init__(
        self, database: Database, keys: PatientKeys, ledger: ChainedLedger, announce: Callable[[str], None]
    ) -> None:
        self._database = database
        self._keys = keys
        self._ledger = ledger
        self._announce = announce

    async def carry_out(self, asked: Asked, actor_key: str | None, entry: EntryMaker) -> Outcome:
        """Carry out a command, or say why not. All that it changes is committed when this returns `Recorded`.

        Raises RecordRefusal: what the gate refuses, NOT_FOUND, IDEMPOTENCY_KEY_REUSED, PATIENT_ID_INVALID,
        BAD_USER_INPUT for no key.
        """
        key = self._keys.key(parse(asked.patient_number))
        check_key(asked.command.key)
        said = input_hash(self._keys, asked.command.name, actor_key, _arguments(asked))
        async with self._database.transaction() as connection:
            person = await self._held(connection, key)
            rows = await self._read(connection, person, asked)
            if rows and rows[0]["kept_hash"] is not None:
                kept = answer_kept(rows[0]["kept_hash"], rows[0]["kept_answer"], said)
                return await self._again(connection, asked, person, kept)
            found = _found(person, rows)
            decided = asked.decide(found)
            if not isinstance(decided, Accepted):
                return decided
            assert found is not None  # the gate has seen to it
            recorded = await self._write(connection, asked, found, decided, said, entry)
        self._announce(found.patient.patient_id)
        return recorded

    async def _held(self, connection: AsyncConnection, key: str) -> Mapping[Any, Any] | None:
        """The person's row, held until the transaction ends."""
        query = self._database.locking(_PERSON)
        return (await connection.execute(query, {WHOSE: key})).mappings().first()

    async def _read(
        self, connection: AsyncConnection, person: Mapping[Any, Any] | None, asked: Asked
    ) -> Sequence[Mapping[Any, Any]]:
        """The answer kept for the command's key, and her active card with what a decision needs. Read after the person
        was held, so it is the latest."""
        if person is None:
            return []
        also = (CASELOAD_READS.get(kind, frozenset()) for kind in asked.command.kinds)
        kinds = tuple(sorted(asked.sections_needed.union(*also)))
        whose = {WHOSE: person["patient_id"], "client": asked.viewer.client_id, "key": asked.command.key}
        rows: Sequence[Mapping[Any, Any]] = (await connection.execute(_card_with(kinds), whose)).mappings().all()
        return rows

    async def _write(
        self, connection: AsyncConnection, asked: Asked, found: Found, accepted: Accepted, said: str, entry: EntryMaker
    ) -> Recorded:
        together = Together(self._database)
        stored = await gather_accepted(together, connection, found, accepted)
        written = {
            made.argument: (made.kind, accepted.grant.release_item(made.kind, as_document(item)))
            for made, item in zip(accepted.versions, stored.items, strict=True)
        }
        recorded = Recorded(
            grant=accepted.grant,
            record_id=stored.record_id,
            record_version=stored.record_version,
            status=stored.status,
            items=written,
            warnings=accepted.warnings,
        )
        client_id, key, patient_id = asked.viewer.client_id, asked.command.key, found.patient.patient_id
        answer = answer_row(client_id, key, patient_id, said, _kept(recorded, accepted), accepted.at)
        together.insert(table_of(IdempotencyKey), [answer])
        appended = await self._ledger.joined(connection, entry(patient_id, stored.written, recorded))
        self._ledger.gather(together, appended)
        try:
            await together.send(connection)
        except IntegrityError as error:
            if IdempotencyKey.__tablename__ in str(error.orig):
                raise reused() from error
            raise
        return recorded

    async def _again(
        self, connection: AsyncConnection, asked: Asked, person: Mapping[Any, Any] | None, kept: Mapping[str, Any]
    ) -> Recorded:
        """The answer of the first sending, made anew from the versions it wrote, for what the caller may see now."""
        file = patient_file(person) if person is not None else None
        query = select(*ABOUT_THE_CARD).where(RECORD.record_id == kept["record_id"])
        rows = (await connection.execute(query)).mappings().all()
        grant = asked.reopen(Found(file, card_of(list(rows)) if rows else None) if file else None)
        items = {}
        for argument, kind, item_id, version in kept["items"]:
            one = VERSION.record_id == kept["record_id"], VERSION.kind == kind, VERSION.item_id == item_id
            query = select(table_of(SectionVersion)).where(*one, VERSION.version == version)
            row = (await connection.execute(query)).mappings().one()
            items[argument] = (kind, grant.release_item(kind, as_document(stored_item(row))))
        return Recorded(
            grant=grant,
            record_id=kept["record_id"],
            record_version=kept["record_version"],
            status=RecordStatus(kept["status"]),
            items=items,
            warnings=tuple(_warning(said) for said in kept["warnings"]),
        )


_PERSON: Final = select(*ABOUT_HER).where(PATIENT.number_key == bindparam(WHOSE))


@lru_cache(STATEMENTS_KEPT)
def _card_with(kinds: tuple[str, ...]) -> Select[Any]:
    of_hers = and_(RECORD.patient_id == PATIENT.patient_id, ACTIVE)
    ours = and_(KEPT.client_id == bindparam("client"), KEPT.key == bindparam("key"))
    source = table_of(Patient).outerjoin(table_of(IdempotencyKey), ours).outerjoin(table_of(MaternityRecord), of_hers)
    kept = KEPT.input_hash.label("kept_hash"), KEPT.answer.label("kept_answer")
    query = with_sections(select(*kept, *ABOUT_THE_CARD), source, kinds)
    return query.where(PATIENT.patient_id == bindparam(WHOSE))


def _found(person: Mapping[Any, Any] | None, rows: Sequence[Mapping[Any, Any]]) -> Found | None:
    if person is None:
        return None
    return Found(patient_file(person), card_of(list(rows)) if rows[0]["record_id"] is not None else None)


def _arguments(asked: Asked) -> Any:
    """All that makes this command the one it is, as JSON values."""
    command, closing = asked.command, asked.command.closing
    items = [
        [item.kind, item.what, item.argument, dict(item.stated), item.item_id, item.expected_version]
        for item in command.items
    ]
    ends = [closing.status, closing.at, closing.live_birth, closing.expected_version] if closing else None
    return [asked.patient_number, asked.viewer.unit.number if asked.viewer.unit else None, items, ends]


def _kept(recorded: Recorded, accepted: Accepted) -> dict[str, Any]:
    """What is kept of an answer: ids, versions and codes, never a value of the card."""
    return {
        "record_id": recorded.record_id,
        "record_version": recorded.record_version,
        "status": recorded.status.value,
        "items": [[made.argument, made.kind, made.item_id, made.version] for made in accepted.versions],
        "warnings": [_kept_warning(found) for found in recorded.warnings],
    }


def _kept_warning(found: Problem) -> dict[str, Any]:
    """Texts name limits, never what was given."""
    return {
        "path": list(found.path), "code": found.code, "english": found.english, "norwegian": found.norwegian,
    }  # fmt: skip


def _warning(kept: Mapping[str, Any]) -> Problem:
    return Problem(tuple(kept["path"]), kept["code"], kept["english"], kept["norwegian"])
