"""The tables the first release starts with."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "patient",
        sa.Column("patient_id", sa.String(), nullable=False),
        sa.Column("number_key", sa.String(), nullable=False),
        sa.Column("number_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("protection", sa.String(), nullable=False),
        sa.Column("deceased_on", sa.Date(), nullable=True),
        sa.Column("consent_state", sa.String(), nullable=False),
        sa.Column("consent_changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("blocks", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("patient_id", name="pk_patient"),
        sa.UniqueConstraint("number_key", name="uq_patient_number_key"),
    )
    op.create_table(
        "maternity_record",
        sa.Column("patient_id", sa.String(), nullable=False),
        sa.Column("record_id", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("live_birth", sa.Boolean(), nullable=True),
        sa.Column("terminated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("record_last_updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author", sa.Text(), nullable=True),
        sa.Column("care_units", sa.Text(), nullable=False),
        sa.Column("wire_residue", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.patient_id"], name="fk_maternity_record_patient_id"),
        sa.PrimaryKeyConstraint("record_id", name="pk_maternity_record"),
    )
    op.create_index("ix_maternity_record_patient_id", "maternity_record", ["patient_id"])
    op.create_index(
        "uq_maternity_record_active",
        "maternity_record",
        ["patient_id"],
        unique=True,
        sqlite_where=sa.text("status = 'ACTIVE'"),
        postgresql_where=sa.text("status = 'ACTIVE'"),
    )
    op.create_table(
        "section_version",
        sa.Column("record_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("item_id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("last_updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author", sa.Text(), nullable=True),
        sa.Column("entered_in_error", sa.Boolean(), nullable=True),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("wire_residue", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["record_id"], ["maternity_record.record_id"], name="fk_section_version_record_id"),
        sa.PrimaryKeyConstraint("record_id", "kind", "item_id", "version", name="pk_section_version"),
    )
    op.create_table(
        "section",
        sa.Column("record_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["record_id"], ["maternity_record.record_id"], name="fk_section_record_id"),
        sa.PrimaryKeyConstraint("record_id", "kind", name="pk_section"),
    )
    op.create_table(
        "caseload_entry",
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("record_id", sa.String(), nullable=False),
        sa.Column("patient_id", sa.String(), nullable=False),
        sa.Column("due_date", sa.Date(), nullable=True),
        sa.Column("last_visit_on", sa.Date(), nullable=True),
        sa.Column("last_blood_pressure", sa.String(), nullable=True),
        sa.Column("open_items", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["record_id"], ["maternity_record.record_id"], name="fk_caseload_entry_record_id"),
        sa.PrimaryKeyConstraint("unit", "record_id", name="pk_caseload_entry"),
    )
    op.create_index("ix_caseload_entry_record_id", "caseload_entry", ["record_id"])
    op.create_table(
        "consent_event",
        sa.Column("patient_id", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("receipt", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.patient_id"], name="fk_consent_event_patient_id"),
        sa.PrimaryKeyConstraint("patient_id", "sequence", name="pk_consent_event"),
    )
    op.create_table(
        "access_block",
        sa.Column("patient_id", sa.String(), nullable=False),
        sa.Column("block_id", sa.String(), nullable=False),
        sa.Column("section", sa.String(), nullable=True),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("target_id", sa.String(), nullable=True),
        sa.Column("include_subunits", sa.Boolean(), nullable=False),
        sa.Column("override_code", sa.String(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.patient_id"], name="fk_access_block_patient_id"),
        sa.PrimaryKeyConstraint("patient_id", "block_id", name="pk_access_block"),
    )
    op.create_table(
        "representation",
        sa.Column("patient_id", sa.String(), nullable=False),
        sa.Column("representative_key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.patient_id"], name="fk_representation_patient_id"),
        sa.PrimaryKeyConstraint("patient_id", "representative_key", "kind", name="pk_representation"),
    )
    op.create_table(
        "ledger_entry",
        sa.Column("chain", sa.String(), nullable=False),
        sa.Column(
            "sequence", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("patient_id", sa.String(), nullable=False),
        sa.Column("actor_key", sa.String(), nullable=True),
        sa.Column("entry", sa.Text(), nullable=False),
        sa.Column("previous_hash", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("chain", "sequence", name="pk_ledger_entry"),
    )
    op.create_index("ix_ledger_entry_patient_id_at", "ledger_entry", ["patient_id", "at"])
    op.create_table(
        "ledger_head",
        sa.Column("chain", sa.String(), nullable=False),
        sa.Column(
            "sequence", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("chain", name="pk_ledger_head"),
    )
    op.create_table(
        "change",
        sa.Column("sequence", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("record_id", sa.String(), nullable=True),
        sa.Column("patient_id", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(), nullable=True),
        sa.Column("item_id", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("what", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name="pk_change"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_change_patient_id", "change", ["patient_id"])
    op.create_table(
        "idempotency_key",
        sa.Column("client_id", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("patient_id", sa.String(), nullable=True),
        sa.Column("input_hash", sa.String(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("client_id", "key", name="pk_idempotency_key"),
    )
    op.create_index("ix_idempotency_key_patient_id", "idempotency_key", ["patient_id"])
    op.create_table(
        "organisation",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("parent_number", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_organisation"),
    )
