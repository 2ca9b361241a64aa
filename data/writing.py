"""Writing cards: one command, one transaction. Versions are added, never changed; what is derived from them is brought
up to date; the changes, the answer for a second sending and the ledger entry are in the same commit.

The patient's row is held by every writer of anything of hers. So writers of one card take turns; a withdrawal waits for
the write before it, and a write after it finds no consent. Where one statement can carry all that a command changes, it
is decided on what was read and then holds what the decision rests on, if that is still as it was read; if it is not,
and elsewhere, the person is held before the card is read.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Select, and_, bindparam, select
from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError

from app.domain.commands import Accepted, Outcome, Recorded
from app.domain.errors import RecordRefusal
from app.domain.ports import EntryMaker
from app.domain.record import Found, PatientFile, RecordStatus
from app.domain.validation.problems import Problem
from app.domain.writing import Asked
from data.cards import (
    ABOUT_HER,
    ABOUT_THE_CARD,
    ACTIVE_OF_HERS,
    RECORD,
    STATEMENTS_KEPT,
    WHOSE,
    card_of,
    found_in,
    with_sections,
)
from data.caseload import READ_FOR_LINES
from data.database import Database
from data.declaring import table_of
from data.direct import DirectFailure, Rows
from data.documents import as_document
from data.idempotency import answer_kept, answer_row, check_key, input_hash, reused
from data.identity_numbers import PatientKeys, date_of_birth, parse
from data.ledger import ChainedLedger
from data.rows import stored_item
from data.tables import IdempotencyKey, MaternityRecord, Patient, SectionVersion
from data.together import Known, Together
from data.turning import TurnedAway, end_them, ended_of
from data.written import Read, gather_accepted

PATIENT, VERSION, KEPT = table_of(Patient).c, table_of(SectionVersion).c, table_of(IdempotencyKey).c

UNIQUE_VIOLATION: Final = "23505"
"""Somebody used the same key, or opened a card, at the same moment: then it is decided again, in turn."""


@dataclass(frozen=True, slots=True)
class _Sent:
    """A command as it was sent. `key`: how its patient is found; `said`: what tells its input from another."""

    asked: Asked
    key: str
    said: str
    entry: EntryMaker
    actor_key: str | None

    @property
    def kinds(self) -> tuple[str, ...]:
        """The sections that must be at hand."""
        also = (READ_FOR_LINES.get(kind, frozenset()) for kind in self.asked.command.kinds)
        return tuple(sorted(self.asked.sections_needed.union(*also)))

    @property
    def whose(self) -> dict[str, str]:
        """The values of the statement that reads them."""
        return {WHOSE: self.key, "client": self.asked.viewer.client_id, "key": self.asked.command.key}


@dataclass(frozen=True, slots=True)
class _Writing:
    """A command that is to be carried out, and the card it was decided on."""

    found: Found
    accepted: Accepted


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
        sent = _Sent(asked, key, said, entry, actor_key)
        try:
            outcome = await self._turned_or_not(sent)
        except (DirectFailure, OperationalError, InterfaceError) as error:
            raise _store_failed(error) from error
        if isinstance(outcome, Recorded):
            self._announce(self._keys.patient_id(asked.patient_number))
        return outcome

    async def _turned_or_not(self, sent: _Sent) -> Outcome:
        """The outcome, after ending what elevations are over because the writer has turned to another woman."""
        try:
            return await self._outcome(sent)
        except TurnedAway as over:
            async with self._database.transaction() as connection:
                await end_them(self._database, connection, over.patient_id, over.ended)
            return await self._outcome(sent)

    async def _outcome(self, sent: _Sent) -> Outcome:
        outcome = await self._at_once(sent) if self._database.joins_changes else None
        return outcome if outcome is not None else await self._in_turn(sent)

    async def _at_once(self, sent: _Sent) -> Outcome | None:
        """Decide on what is read, and change it with one statement if it still is so; None when it is not."""
        read = self._database.rows
        rows = await read(_everything(sent.kinds), sent.whose)
        decided = await self._decided(sent, rows, read)
        if not isinstance(decided, _Writing):
            return decided
        try:
            async with self._ledger.turn() as turn:
                together, recorded, written = await self._gathered(sent, decided, read)
                appended = turn.add(together, sent.entry(decided.found.patient.patient_id, written, recorded))
                if await together.commit(*_as_read(rows[0])):
                    turn.committed(appended)
                    return recorded
                turn.left_out()
        except DirectFailure as failure:
            if failure.code != UNIQUE_VIOLATION:
                raise
        return None

    async def _in_turn(self, sent: _Sent) -> Outcome:
        """Hold the person first, then decide and change: whoever writes to the same card waits."""
        async with self._database.transaction() as connection:

            async def read(statement: Select[Any], values: Mapping[str, Any]) -> Rows:
                rows: Rows = (await connection.execute(statement, values)).mappings().all()
                return rows

            await connection.execute(self._database.locking(_PERSON), sent.whose)
            decided = await self._decided(sent, await read(_everything(sent.kinds), sent.whose), read)
            if not isinstance(decided, _Writing):
                return decided
            together, recorded, written = await self._gathered(sent, decided, read)
            entry = sent.entry(decided.found.patient.patient_id, written, recorded)
            self._ledger.gather(together, await self._ledger.joined(connection, entry))
            try:
                await together.send(connection)
            except IntegrityError as error:
                if IdempotencyKey.__tablename__ in str(error.orig):
                    raise reused() from error
                raise
        return recorded

    async def _decided(self, sent: _Sent, rows: Rows, read: Read) -> Outcome | _Writing:
        """What is to be done; or the answer, where nothing is."""
        found = found_in(rows)
        if found is not None:
            ended = await ended_of(found.patient, sent.actor_key, sent.asked.now, read)
            if ended:
                raise TurnedAway(found.patient.patient_id, ended)
        if found is not None and rows[0]["kept_hash"] is not None:
            kept = answer_kept(rows[0]["kept_hash"], rows[0]["kept_answer"], sent.said)
            return await self._again(sent.asked, found.patient, kept, read)
        decided = sent.asked.decide(found, _born_on(rows, sent.asked.patient_number))
        if not isinstance(decided, Accepted):
            return decided
        assert found is not None  # the gate has seen to it
        return _Writing(found, decided)

    async def _gathered(self, sent: _Sent, writing: _Writing, read: Read) -> tuple[Together, Recorded, tuple[str, ...]]:
        """All that is to be changed, but for the ledger; the answer; and what the ledger says was written."""
        together, accepted, asked = Together(self._database), writing.accepted, sent.asked
        stored = await gather_accepted(together, read, writing.found, accepted)
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
            is_noted=True,
        )
        client_id, patient_id = asked.viewer.client_id, writing.found.patient.patient_id
        kept = _kept(recorded, accepted)
        answer = answer_row(client_id, asked.command.key, patient_id, sent.said, kept, accepted.at)
        together.insert(table_of(IdempotencyKey), [answer])
        return together, recorded, stored.written

    async def _again(self, asked: Asked, person: PatientFile, kept: Mapping[str, Any], read: Read) -> Recorded:
        """The answer of the first sending, made anew from the versions it wrote, for what the caller may see now."""
        rows = await read(_CARD, {"record": kept["record_id"]})
        grant = asked.reopen(Found(person, card_of(rows[0]) if rows else None))
        items = {}
        for argument, kind, item_id, version in kept["items"]:
            which = {"record": kept["record_id"], "kind": kind, "item": item_id, "version": version}
            (row,) = await read(_ONE_VERSION, which)
            items[argument] = (kind, grant.release_item(kind, as_document(stored_item(row))))
        return Recorded(
            grant=grant,
            record_id=kept["record_id"],
            record_version=kept["record_version"],
            status=RecordStatus(kept["status"]),
            items=items,
            warnings=tuple(_warning(said) for said in kept["warnings"]),
        )


_PERSON: Final = select(PATIENT.patient_id).where(PATIENT.number_key == bindparam(WHOSE))
_CARD: Final = select(*ABOUT_THE_CARD).where(RECORD.record_id == bindparam("record"))
_ONE_VERSION: Final = select(table_of(SectionVersion)).where(
    VERSION.record_id == bindparam("record"),
    VERSION.kind == bindparam("kind"),
    VERSION.item_id == bindparam("item"),
    VERSION.version == bindparam("version"),
)


@lru_cache(STATEMENTS_KEPT)
def _everything(kinds: tuple[str, ...]) -> Select[Any]:
    """The person, the answer kept for the command's key, and her active card with what a decision needs."""
    ours = and_(KEPT.client_id == bindparam("client"), KEPT.key == bindparam("key"))
    source = (
        table_of(Patient).outerjoin(table_of(IdempotencyKey), ours).outerjoin(table_of(MaternityRecord), ACTIVE_OF_HERS)
    )
    kept = KEPT.input_hash.label("kept_hash"), KEPT.answer.label("kept_answer")
    query = with_sections(select(*kept, *ABOUT_HER, PATIENT.born_on, *ABOUT_THE_CARD), source, kinds)
    return query.where(PATIENT.number_key == bindparam(WHOSE))


def _born_on(rows: Rows, number: str) -> date | None:
    """As the population register has it; where it has not said, as the number was given out."""
    return (rows[0]["born_on"] if rows else None) or date_of_birth(number)


def _as_read(row: Mapping[Any, Any]) -> Iterator[Known]:
    """What a decision rests on: the person's status, consent and choices, and that the card is as it was read."""
    person = ("consent_state", "protection", "deceased_on", "blocks", "elevations")
    yield Known(table_of(Patient), {"patient_id": row["patient_id"]}, {name: row[name] for name in person})
    if row["record_id"] is not None:
        card = ("status", "version", "last_change", "record_last_updated_at")
        yield Known(table_of(MaternityRecord), {"record_id": row["record_id"]}, {name: row[name] for name in card})


def _store_failed(error: Exception) -> RecordRefusal:
    """What a writer is told when the store fails under her command: whether it was carried out is not known, and the
    same key finds out."""
    message = "The store failed. Send the same command again, with the same key: it is not done twice."
    return RecordRefusal(
        "DEPENDENCY_UNAVAILABLE", message, reason=f"STORE_FAILED {type(error).__name__}", retryable=True
    )


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
