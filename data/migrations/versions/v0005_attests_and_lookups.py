"""For which patient each attest was first used; and how many women each system has asked about in a minute."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "attest_binding",
        sa.Column("attest", sa.String(), nullable=False),
        sa.Column("patient_id", sa.String(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("attest", name="pk_attest_binding"),
    )
    op.create_index("ix_attest_binding_expires_at", "attest_binding", ["expires_at"])
    op.create_table(
        "lookup_count",
        sa.Column("client_id", sa.String(), nullable=False),
        sa.Column("minute", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lookups", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("client_id", "minute", name="pk_lookup_count"),
    )
    op.create_index("ix_lookup_count_minute", "lookup_count", ["minute"])
