"""The ledger is searched by actor, unit and time; says who was turned away; forgets what is old; is exported by two."""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

COUNTER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
AT_ONCE = 1_000
NEXT = sa.text(
    "SELECT chain, sequence, entry FROM ledger_entry"
    " WHERE chain > :chain OR (chain = :chain AND sequence > :sequence) ORDER BY chain, sequence LIMIT :most"
)
FILLED = sa.text(
    "UPDATE ledger_entry SET hpr_number = :hpr, organisation_number = :unit"
    " WHERE chain = :chain AND sequence = :sequence"
)


def upgrade() -> None:
    with op.batch_alter_table("ledger_entry") as table:
        table.alter_column("patient_id", existing_type=sa.String(), nullable=True)
        table.add_column(sa.Column("hpr_number", sa.String(), nullable=True))
        table.add_column(sa.Column("organisation_number", sa.String(), nullable=True))
    _fill()
    op.create_index("ix_ledger_entry_hpr_number_at", "ledger_entry", ["hpr_number", "at"])
    op.create_index("ix_ledger_entry_organisation_number_at", "ledger_entry", ["organisation_number", "at"])
    op.create_index("ix_ledger_entry_at", "ledger_entry", ["at"])
    op.create_table(
        "ledger_gap",
        sa.Column("chain", sa.String(), nullable=False),
        sa.Column("first", COUNTER, nullable=False, autoincrement=False),
        sa.Column("last", COUNTER, nullable=False, autoincrement=False),
        sa.Column("hash_before", sa.String(), nullable=False),
        sa.Column("hash_after", sa.String(), nullable=False),
        sa.Column("seal", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("chain", "first", name="pk_ledger_gap"),
    )
    op.create_table(
        "log_export",
        sa.Column("request_id", sa.String(), nullable=False),
        sa.Column("patient_id", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("requested_by", sa.String(), nullable=False),
        sa.Column("requester_name", sa.String(), nullable=True),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.String(), nullable=True),
        sa.Column("approver_name", sa.String(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("request_id", name="pk_log_export"),
    )
    op.create_index("ix_log_export_patient_id", "log_export", ["patient_id"])


def _fill() -> None:
    """What the new columns repeat stands in the entries, which stay as they are."""
    place: dict[str, Any] = {"chain": "", "sequence": 0}
    while rows := op.get_bind().execute(NEXT, {**place, "most": AT_ONCE}).all():
        for chain, sequence, text in rows:
            said = json.loads(text)
            values = {"hpr": said.get("hpr_number"), "unit": said.get("organisation_number")}
            op.get_bind().execute(FILLED, {**values, "chain": chain, "sequence": sequence})
            place = {"chain": chain, "sequence": sequence}
