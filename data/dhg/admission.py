"""Which lines of a file may be stored: whose they are, whether she consented, and whether we have them already."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import select

from app.domain.card.care_contacts import CareContacts
from app.domain.care_units import followed_by
from app.domain.consent import NO_CONSENT, ConsentState
from app.domain.errors import RecordRefusal
from app.domain.record import CareUnit, RecordStatus, StoredRecord
from data.caseload import KIND_OF
from data.database import Database
from data.declaring import table_of
from data.dhg.envelopes import Envelope, Line
from data.dhg.mapping import to_stored
from data.dhg.wire import METADATA, RECORD_ID, InvalidWire, WireProblem
from data.identity_numbers import PatientKeys, parse
from data.patients import KnownPatient, find_patients
from data.storing import NewCard
from data.tables import MaternityRecord

RECORD: Final = table_of(MaternityRecord)
RECORD_ID_PATH: Final = f"{METADATA}.{RECORD_ID}"


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """A line that is not stored, and everything that is wrong with it."""

    number: int
    problems: tuple[WireProblem, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A line that can be read.

    claimed       whether the line, or the caller for it, says that she consented; None when nobody says anything
    claimed_at    since when, as far as it is told
    """

    line: int
    number: str
    record: StoredRecord
    claimed: bool | None
    claimed_at: datetime | None

    @property
    def card(self) -> NewCard:
        """The record as it goes into the store. A consent told without a time counts from when we were told."""
        consented_at = (self.claimed_at or datetime.now(UTC)) if self.claimed else None
        return self.number, consented_at, self.record


@dataclass(slots=True)
class Known:
    """What the store holds that bears on some lines, and what lines admitted meanwhile will add to it."""

    patients: dict[str, KnownPatient] = field(default_factory=dict)
    consented: set[str] = field(default_factory=set)
    record_ids: set[str] = field(default_factory=set)
    with_active: set[str] = field(default_factory=set)


def candidate_of(line: Line, patient_number: str | None, consent_given_at: datetime | None) -> Candidate | RefusedLine:
    """A line with its identity number and its record checked."""
    envelope = line.envelope
    if envelope is None:
        return RefusedLine(line.number, line.problems)
    problems: list[WireProblem] = []
    number = _number(envelope.national_identity_number, patient_number, problems)
    try:
        record = to_stored(envelope.record)
    except InvalidWire as invalid:
        return RefusedLine(line.number, (*problems, *invalid.problems))
    if number is None:
        return RefusedLine(line.number, tuple(problems))
    record.care_units = _followed_by(record, envelope)
    if envelope.consent_given is None and consent_given_at is not None:
        return Candidate(line.number, number, record, True, consent_given_at)
    return Candidate(line.number, number, record, envelope.consent_given, envelope.consent_at)


def _followed_by(record: StoredRecord, envelope: Envelope) -> list[CareUnit]:
    """The units the envelope names, and those that the card's care contacts name."""
    contacts = next((item.content for item in record.items if item.kind == KIND_OF[CareContacts]), None)
    return followed_by(None, contacts, list(envelope.care_units))


def _number(said: str | None, patient_number: str | None, problems: list[WireProblem]) -> str | None:
    """The line's own number; the caller's where the line has none. Two different ones are one mistake too many."""
    given = said or patient_number
    if given is None:
        problems.append(WireProblem("nin", "MISSING", "nobody says whose record this is"))
        return None
    if said and patient_number and said != patient_number:
        problems.append(WireProblem("nin", "PATIENT_ID_MISMATCH", "is not the number that was asked for"))
        return None
    try:
        return parse(given)
    except RecordRefusal as refusal:
        problems.append(WireProblem("nin", refusal.code, refusal.message))
        return None


async def look_up(database: Database, keys: PatientKeys, candidates: Iterable[Candidate]) -> Known:
    """What the store knows of these women and these records, in three statements."""
    numbers = {candidate.number for candidate in candidates}
    record_ids = {candidate.record.record_id for candidate in candidates}
    async with database.connection() as connection:
        patients = await find_patients(database, connection, keys, numbers)
        number_of = {patient.patient_id: number for number, patient in patients.items()}
        known = select(RECORD.c.record_id).where(RECORD.c.record_id.in_(record_ids))
        active = select(RECORD.c.patient_id).where(
            RECORD.c.patient_id.in_(list(number_of)), RECORD.c.status == RecordStatus.ACTIVE.value
        )
        return Known(
            patients=patients,
            record_ids=set((await connection.execute(known)).scalars()),
            with_active={number_of[patient_id] for patient_id in (await connection.execute(active)).scalars()},
        )


def admit(candidate: Candidate, known: Known) -> RefusedLine | None:
    """Say why the candidate may not be stored; or nothing, and count it as stored from now on."""
    number, record = candidate.number, candidate.record
    is_active = record.status is RecordStatus.ACTIVE
    if not _has_consent(candidate, known):
        return _refused(candidate, "consent", "CONSENT_MISSING", "she has not consented to the digital card")
    if record.record_id in known.record_ids:
        return _refused(candidate, RECORD_ID_PATH, "ALREADY_EXISTS", "this record is already stored")
    if is_active and number in known.with_active:
        return _refused(candidate, RECORD_ID_PATH, "ALREADY_EXISTS", "she has an active record already")
    known.with_active |= {number} if is_active else set()
    known.record_ids.add(record.record_id)
    known.consented.add(number)
    return None


def _refused(candidate: Candidate, path: str, reason: str, message: str) -> RefusedLine:
    return RefusedLine(candidate.line, (WireProblem(path, reason, message),))


def _has_consent(candidate: Candidate, known: Known) -> bool:
    """The line's own no goes before anybody's yes, and a withdrawal before a consent not known to be newer."""
    patient = known.patients.get(candidate.number)
    stored = patient.consent if patient else NO_CONSENT
    if candidate.claimed is False:
        return False
    if stored.given or candidate.number in known.consented:
        return True
    if stored.state is ConsentState.WITHDRAWN:
        withdrawn_at, claimed_at = stored.changed_at, candidate.claimed_at
        return bool(candidate.claimed and withdrawn_at and claimed_at and claimed_at > withdrawn_at)
    return bool(candidate.claimed)
