"""Consent, given and withdrawn. What withdrawal means for the store: every card of hers is gone, in all versions."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Final

from sqlalchemy import delete, distinct, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.changes import ChangeKind
from app.domain.consent import Consent, ConsentState, WithdrawalReceipt
from app.domain.errors import RecordRefusal
from app.domain.gate import OSLO
from app.domain.ports import Changes, EntryMaker
from app.domain.write_gate import MINIMUM_AGE, check_age
from data.columns import in_utc
from data.database import Database
from data.declaring import table_of
from data.documents import to_json
from data.identity_numbers import PatientKeys, date_of_birth
from data.ledger import ChainedLedger
from data.patients import KnownPatient, add_consent_events, find_patients, register
from data.tables import (
    CaseloadEntry,
    Change,
    ConsentEvent,
    CorrectionRequest,
    Elevation,
    IdempotencyKey,
    MaternityRecord,
    Patient,
    Section,
    SectionVersion,
)

RECORD, VERSION, CHANGE = table_of(MaternityRecord), table_of(SectionVersion), table_of(Change)
EVENT, PATIENT, ELEVATION = table_of(ConsentEvent), table_of(Patient), table_of(Elevation)
OF_A_CARD: Final = (table_of(Section), VERSION, table_of(CaseloadEntry), table_of(CorrectionRequest))
OF_HERS: Final = (CHANGE, table_of(IdempotencyKey), RECORD)

BY_HERSELF: Final = "CITIZEN"
"""The source of a consent that she gave or withdrew here."""


class StoredConsents:
    """The port `Consents` over our own database."""

    def __init__(
        self,
        database: Database,
        keys: PatientKeys,
        ledger: ChainedLedger,
        clock: Callable[[], datetime],
        changes: Changes | None = None,
        minimum_age: int = MINIMUM_AGE,
    ) -> None:
        """`changes` is told of withdrawals; without it open streams find out a moment later by themselves."""
        self._database = database
        self._keys = keys
        self._ledger = ledger
        self._clock = clock
        self._changes = changes
        self._minimum_age = minimum_age

    async def history(self, patient_id: str) -> list[Consent]:
        """Every time she gave or withdrew consent, oldest first; none for an unknown patient."""
        query = select(EVENT.c.state, EVENT.c.at).where(EVENT.c.patient_id == patient_id).order_by(EVENT.c.sequence)
        async with self._database.connection() as connection:
            return [Consent(ConsentState(state), at) for state, at in await connection.execute(query)]

    async def give(self, national_identity_number: str, entry: EntryMaker) -> Consent:
        """Give consent; giving it again changes nothing.

        Raises RecordRefusal: PATIENT_ID_INVALID, RECORD_CANNOT_BE_CREATED for whom is too young to.
        """
        now, number = in_utc(self._clock()), national_identity_number
        async with self._database.transaction() as connection:
            patient = (await register(self._database, connection, self._keys, [number]))[number]
            born_on = patient.born_on or date_of_birth(number)
            check_age(born_on, now.astimezone(OSLO).date(), self._minimum_age)
            state, written = patient.consent, _written(patient, ConsentState.ACTIVE)
            if not state.given:
                state = Consent(ConsentState.ACTIVE, now)
                await add_consent_events(connection, ConsentState.ACTIVE, BY_HERSELF, {patient.patient_id: now})
            await self._ledger.append_within(connection, entry(patient.patient_id, written))
        return state

    async def withdraw(self, national_identity_number: str, entry: EntryMaker) -> WithdrawalReceipt:
        """Withdraw consent and erase every card of hers, in one transaction with the ledger entry.

        Raises RecordRefusal: CONSENT_MISSING when there is none to withdraw, PATIENT_ID_INVALID.
        """
        async with self._database.transaction() as connection:
            patient = await self._with_consent(connection, national_identity_number)
            receipt = await _erase(connection, patient.patient_id, in_utc(self._clock()))
            await self._note_withdrawal(connection, patient.patient_id, receipt)
            made = entry(patient.patient_id, _written(patient, ConsentState.WITHDRAWN))
            await self._ledger.append_within(connection, made)
        if self._changes is not None:
            self._changes.announce(patient.patient_id)
        await self._database.forget_deleted()
        return receipt

    async def _with_consent(self, connection: AsyncConnection, number: str) -> KnownPatient:
        found = await find_patients(self._database, connection, self._keys, [number])
        patient = found.get(number)
        if patient is None or not patient.consent.given:
            raise RecordRefusal("CONSENT_MISSING", "There is no consent to the digital card.")
        return patient

    async def _note_withdrawal(self, connection: AsyncConnection, patient_id: str, receipt: WithdrawalReceipt) -> None:
        at, text = receipt.withdrawn_at, to_json(asdict(receipt))
        await add_consent_events(connection, ConsentState.WITHDRAWN, BY_HERSELF, {patient_id: at}, text)
        # Open streams about her end by it; it names no card.
        change = {"patient_id": patient_id, "at": at, "what": ChangeKind.CONSENT_WITHDRAWN.value}
        await connection.execute(CHANGE.insert(), change)


async def _erase(connection: AsyncConnection, patient_id: str, now: datetime) -> WithdrawalReceipt:
    """Delete all that belongs to her cards, and say how much it was."""
    hers = select(RECORD.c.record_id).where(RECORD.c.patient_id == patient_id)
    item = VERSION.c.record_id + "/" + VERSION.c.kind + "/" + VERSION.c.item_id
    counted = select(func.count(), func.count(distinct(item))).where(VERSION.c.record_id.in_(hers))
    versions, items = (await connection.execute(counted)).one()
    for table in OF_A_CARD:
        await connection.execute(delete(table).where(table.c.record_id.in_(hers)))
    for table in OF_HERS:
        deleted = await connection.execute(delete(table).where(table.c.patient_id == patient_id))
    # The cards themselves went last.
    await _end_elevations(connection, patient_id, now)
    receipt = WithdrawalReceipt(
        withdrawn_at=now, cards_deleted=deleted.rowcount, items_deleted=items, versions_deleted=versions
    )
    return receipt.sealed()


async def _end_elevations(connection: AsyncConnection, patient_id: str, now: datetime) -> None:
    """Those that were reviewed go. One that nobody has judged yet stays for that, without the words of its reason: it
    says who opened what she had blocked, as the ledger does, and nothing of what the card said."""
    hers = ELEVATION.c.patient_id == patient_id
    await connection.execute(delete(ELEVATION).where(hers, ELEVATION.c.reviewed_at.is_not(None)))
    await connection.execute(update(ELEVATION).where(hers).values(reason_text=""))
    await connection.execute(update(ELEVATION).where(hers, ELEVATION.c.ends_at > now).values(ends_at=now))
    await connection.execute(update(PATIENT).where(PATIENT.c.patient_id == patient_id).values(elevations="[]"))


def _written(patient: KnownPatient, after: ConsentState) -> tuple[str, ...]:
    """What the ledger says was written; nothing when nothing changed."""
    return (f"consent.{after}",) if patient.consent.state is not after else ()
