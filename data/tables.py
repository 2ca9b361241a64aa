"""The tables: storage shape, nothing else. What a section holds is a document in a text column, not columns.

Every key that matters starts with the record or the patient, so that one woman's card can live on one shard.

    patient ──< maternity_record ──< section_version (the truth, append-only)
       │                │──< section                 (the current document of each section, rebuildable)
       │                └──< caseload_entry          (one line a unit, rebuildable)
       ├──< consent_event   (append-only; projected onto patient.consent_state)
       ├──< access_block    (projected onto patient.blocks)
       ├──< elevation       (projected onto patient.elevations)
       ├──< correction_request
       └──< representation (projected onto patient.representations)
    ledger_entry, ledger_head, ledger_gap · log_export · change · idempotency_key · organisation · proof_seen
    attest_binding · lookup_count · aggregate_report
"""

from datetime import date, datetime

from sqlalchemy import Column, Index, PrimaryKeyConstraint, text
from sqlmodel import Field

from app.domain.consent import ConsentState
from app.domain.record import Protection, RecordStatus
from data.columns import COUNTER
from data.declaring import Row, instant, key_column, long_text


class Patient(Row, table=True):
    """A person. Her identity number is found by keyed hash and can be read with the sealing key only.

    consent_state, consent_changed_at   projection of consent_event
    blocks, elevations, representations projections of the tables of these names: what the gate needs is one row
    born_on                             as the population register has it; None where it has not said
    """

    patient_id: str = key_column()
    number_key: str = Field(unique=True)
    number_sealed: bytes
    protection: str = Protection.UNCLASSIFIED
    deceased_on: date | None = None
    consent_state: str = ConsentState.NONE
    consent_changed_at: datetime | None = instant(default=None)
    blocks: str = long_text(default="[]")
    elevations: str = long_text(default="[]", sa_column_kwargs={"server_default": "[]"})
    representations: str = long_text(default="[]", sa_column_kwargs={"server_default": "[]"})
    born_on: date | None = None
    created_at: datetime = instant()


class MaternityRecord(Row, table=True):
    """One pregnancy's card: its head. A woman has at most one that is active.

    last_change   sequence of the latest change of this card; None for one that came in whole and was not changed since
    labels        withholding labels of single facts, by section kind, item and fact; None where none came with the card
    """

    __table_args__ = (
        Index(
            "uq_maternity_record_active",
            "patient_id",
            unique=True,
            sqlite_where=text(f"status = '{RecordStatus.ACTIVE.value}'"),
            postgresql_where=text(f"status = '{RecordStatus.ACTIVE.value}'"),
        ),
    )

    patient_id: str = Field(foreign_key="patient.patient_id", index=True)
    record_id: str = key_column()
    status: str
    version: int
    opened_at: datetime = instant()
    delivered_at: datetime | None = instant(default=None)
    live_birth: bool | None = None
    terminated_at: datetime | None = instant(default=None)
    last_updated_at: datetime = instant()
    record_last_updated_at: datetime = instant()
    author: str | None = long_text(default=None)
    care_units: str = long_text(default="[]")
    wire_residue: str | None = long_text(default=None)
    last_change: int | None = Field(default=None, sa_column=Column(COUNTER, nullable=True))
    labels: str | None = long_text(default=None)


class SectionVersion(Row, table=True):
    """One version of one item of a section: the truth. Rows are added; a withdrawal removes them all; none changes."""

    record_id: str = key_column(foreign_key="maternity_record.record_id")
    kind: str = key_column()
    item_id: str = key_column()
    version: int = key_column(sa_column_kwargs={"autoincrement": False})
    position: int
    last_updated_at: datetime = instant()
    author: str | None = long_text(default=None)
    entered_in_error: bool | None = None
    content: str = long_text()
    wire_residue: str | None = long_text(default=None)


class Section(Row, table=True):
    """The current document of a section as ready JSON text: what cards are read from."""

    record_id: str = key_column(foreign_key="maternity_record.record_id")
    kind: str = key_column()
    document: str = long_text()


class CaseloadEntry(Row, table=True):
    """One line of a unit's list of active cards, with all of the card that the list shows. Goes with the card.

    due_date_basis   a `DueDateBasis` of app/domain/gestation.py
    """

    __table_args__ = (
        Index("ix_caseload_entry_unit_due_date", "unit", "due_date", "record_id"),
        Index("ix_caseload_entry_unit_last_visit_on", "unit", "last_visit_on", "record_id"),
    )

    unit: str = key_column()
    record_id: str = key_column(foreign_key="maternity_record.record_id", index=True)
    patient_id: str
    mother_name: str | None = None
    due_date: date | None = None
    due_date_basis: str | None = None
    last_visit_on: date | None = None
    last_blood_pressure: str | None = None
    open_items: int = 0
    updated_at: datetime = instant()


class ConsentEvent(Row, table=True):
    """Consent was given or withdrawn. Append-only; the receipt of a withdrawal stays as the proof of it."""

    patient_id: str = key_column(foreign_key="patient.patient_id")
    sequence: int = key_column(sa_column_kwargs={"autoincrement": False})
    at: datetime = instant()
    state: str
    source: str
    receipt: str | None = long_text(default=None)


class AccessBlock(Row, table=True):
    """The woman's own block."""

    patient_id: str = key_column(foreign_key="patient.patient_id")
    block_id: str = key_column()
    section: str | None = None
    target: str
    target_id: str | None = None
    include_subunits: bool
    override_code: str
    starts_at: datetime = instant()
    ends_at: datetime | None = instant(default=None)


class Elevation(Row, table=True):
    """Somebody opened what she has blocked, for a reason that is written down, for a time. Norwegian: nødrettstilgang.

    access_basis   FORHOYET_AKUTT (emergency) or FORHOYET_SAMTYKKE (she agreed now)
    reason_code    Volven 9198; None where she agreed
    session_id     the sign-in session it is bound to
    reviewed_at, review_conclusion, review_note   what came of its review; None while it waits for one
    """

    __table_args__ = (
        Index(
            "ix_elevation_to_review", "starts_at", "elevation_id",
            sqlite_where=text("reviewed_at IS NULL"), postgresql_where=text("reviewed_at IS NULL"),
        ),
    )  # fmt: skip

    patient_id: str = key_column(foreign_key="patient.patient_id")
    elevation_id: str = key_column(index=True)
    hpr_number: str
    actor_name: str | None = None
    organisation_number: str
    organisation_name: str | None = None
    session_id: str
    access_basis: str
    reason_code: str | None = None
    reason_text: str = long_text()
    starts_at: datetime = instant()
    ends_at: datetime = instant()
    actor_key: str | None = None
    reviewed_at: datetime | None = instant(default=None)
    review_conclusion: str | None = None
    review_note: str | None = long_text(default=None)


class CorrectionRequest(Row, table=True):
    """She asks the unit that wrote an item to correct it. Goes with the card.

    status   OPEN, CORRECTED or DECLINED
    """

    record_id: str = key_column(foreign_key="maternity_record.record_id")
    request_id: str = key_column()
    patient_id: str = Field(index=True)
    kind: str
    item_id: str
    version: int
    unit: str = Field(index=True)
    request: str = long_text()
    requested_at: datetime = instant()
    status: str
    answer: str | None = long_text(default=None)
    answered_at: datetime | None = instant(default=None)
    answered_by: str | None = long_text(default=None)


class Representation(Row, table=True):
    """Somebody may look at her card for her, from and until; rows stay when one is revoked. Norwegian: fullmakt.

    kind, area   a `PowerKind` and a `ServiceArea` of app/domain/representing.py
    """

    patient_id: str = key_column(foreign_key="patient.patient_id")
    power_id: str = key_column()
    representative_key: str = Field(index=True)
    kind: str
    area: str
    starts_at: datetime = instant()
    ends_at: datetime | None = instant(default=None)


class LedgerEntry(Row, table=True):
    """One link of a ledger chain. `at`, `patient_id`, `actor_key`, `hpr_number`, `organisation_number` and
    `seen_change` repeat what the entry says, to be found by."""

    __table_args__ = (
        PrimaryKeyConstraint("chain", "sequence"),
        Index("ix_ledger_entry_patient_id_at", "patient_id", "at"),
        Index("ix_ledger_entry_actor_key_at", "actor_key", "at"),
        Index("ix_ledger_entry_hpr_number_at", "hpr_number", "at"),
        Index("ix_ledger_entry_organisation_number_at", "organisation_number", "at"),
        Index("ix_ledger_entry_at", "at"),
    )

    chain: str
    sequence: int = Field(sa_column=Column(COUNTER, nullable=False, autoincrement=False))
    at: datetime = instant()
    patient_id: str | None = None
    actor_key: str | None = None
    hpr_number: str | None = None
    organisation_number: str | None = None
    seen_change: int | None = Field(default=None, sa_column=Column(COUNTER, nullable=True))
    entry: str = long_text()
    previous_hash: str
    hash: str


class LedgerHead(Row, table=True):
    """Where a chain ends, kept apart from its links."""

    chain: str = key_column()
    sequence: int = Field(sa_column=Column(COUNTER, nullable=False, autoincrement=False))
    hash: str


class LedgerGap(Row, table=True):
    """Entries that were removed when their time was over: `Gap` of app/domain/chains.py."""

    chain: str = key_column()
    first: int = Field(sa_column=Column(COUNTER, primary_key=True, autoincrement=False))
    last: int = Field(sa_column=Column(COUNTER, nullable=False, autoincrement=False))
    hash_before: str
    hash_after: str
    seal: str


class LogExport(Row, table=True):
    """Somebody who oversees asks for all that the ledger holds about a woman, and a second one says yes.

    requested_by, approved_by   keyed hashes of their identity numbers
    """

    request_id: str = key_column()
    patient_id: str = Field(index=True)
    reason: str = long_text()
    requested_by: str
    requester_name: str | None = None
    requested_at: datetime = instant()
    approved_by: str | None = None
    approver_name: str | None = None
    approved_at: datetime | None = instant(default=None)


class Change(Row, table=True):
    """What happened to a card, for whoever listens. Without a record: to the patient, such as a withdrawal.

    what     a `ChangeKind` of app/domain/changes.py
    author   who did it: `Author` of app/domain/card/provenance.py as a JSON object; None for herself
    """

    __table_args__ = (
        Index("ix_change_patient_id_sequence", "patient_id", "sequence"),
        # Numbers of deleted rows are not given out again: a listener that stands at one would miss what follows.
        {"sqlite_autoincrement": True},
    )

    sequence: int | None = Field(default=None, sa_column=Column(COUNTER, primary_key=True, autoincrement=True))
    record_id: str | None = None
    patient_id: str
    at: datetime = instant()
    kind: str | None = None
    item_id: str | None = None
    version: int | None = None
    what: str
    author: str | None = long_text(default=None)


class IdempotencyKey(Row, table=True):
    """The answer a command was given, for when it is sent again. Of a patient, so that it goes when her card goes."""

    client_id: str = key_column()
    key: str = key_column()
    patient_id: str | None = Field(default=None, index=True)
    input_hash: str
    answer: str = long_text()
    at: datetime = instant()


class Organisation(Row, table=True):
    """An organisation enrolled in the trial."""

    number: str = key_column()
    name: str
    kind: str
    parent_number: str


class AggregateReport(Row, table=True):
    """A report for evaluators as it was published. The newest of its name is told; what was published stays.

    rows     by label in the order of the table, the number that is told; null where it is left out
    counts   the numbers it was made of, which the next one is held against; None once there is a next one
    """

    name: str = key_column()
    sequence: int = key_column(sa_column_kwargs={"autoincrement": False})
    made_at: datetime = instant()
    policy: str
    population: int
    rows: str = long_text()
    counts: str | None = long_text(default=None)
