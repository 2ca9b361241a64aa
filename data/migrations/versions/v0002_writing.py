"""What writing the card needs: elevations, requests for correction, who made a change, the caseload in order."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

COUNTER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("patient", sa.Column("elevations", sa.Text(), nullable=False, server_default="[]"))
    op.add_column("maternity_record", sa.Column("last_change", COUNTER, nullable=True))
    op.add_column("ledger_entry", sa.Column("seen_change", COUNTER, nullable=True))
    op.add_column("change", sa.Column("author", sa.Text(), nullable=True))
    op.drop_index("ix_change_patient_id", "change")
    op.create_index("ix_change_patient_id_sequence", "change", ["patient_id", "sequence"])
    op.create_index("ix_caseload_entry_unit_due_date", "caseload_entry", ["unit", "due_date", "record_id"])
    op.create_index("ix_caseload_entry_unit_last_visit_on", "caseload_entry", ["unit", "last_visit_on", "record_id"])
    op.create_table(
        "elevation",
        sa.Column("patient_id", sa.String(), nullable=False),
        sa.Column("elevation_id", sa.String(), nullable=False),
        sa.Column("hpr_number", sa.String(), nullable=False),
        sa.Column("actor_name", sa.String(), nullable=True),
        sa.Column("organisation_number", sa.String(), nullable=False),
        sa.Column("organisation_name", sa.String(), nullable=True),
        sa.Column("session_id", sa.String(), nullable=False),
        sa.Column("access_basis", sa.String(), nullable=False),
        sa.Column("reason_code", sa.String(), nullable=True),
        sa.Column("reason_text", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_key", sa.String(), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("review_conclusion", sa.String(), nullable=True),
        sa.Column("review_note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.patient_id"], name="fk_elevation_patient_id"),
        sa.PrimaryKeyConstraint("patient_id", "elevation_id", name="pk_elevation"),
    )
    op.create_index("ix_elevation_elevation_id", "elevation", ["elevation_id"])
    waits = sa.text("reviewed_at IS NULL")
    op.create_index(
        "ix_elevation_to_review", "elevation", ["starts_at", "elevation_id"], sqlite_where=waits, postgresql_where=waits
    )
    op.create_index("ix_ledger_entry_actor_key_at", "ledger_entry", ["actor_key", "at"])
    op.create_table(
        "correction_request",
        sa.Column("record_id", sa.String(), nullable=False),
        sa.Column("request_id", sa.String(), nullable=False),
        sa.Column("patient_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("item_id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["record_id"], ["maternity_record.record_id"], name="fk_correction_request_record_id"),
        sa.PrimaryKeyConstraint("record_id", "request_id", name="pk_correction_request"),
    )
    op.create_index("ix_correction_request_patient_id", "correction_request", ["patient_id"])
    op.create_index("ix_correction_request_unit", "correction_request", ["unit"])
