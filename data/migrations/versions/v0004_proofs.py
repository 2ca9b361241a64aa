"""The proofs of possession that were taken. What it loses in a crash of the database is told in data/proofs.py."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    op.create_table(
        "proof_seen",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_proof_seen"),
        prefixes=["UNLOGGED"] if on_postgresql else [],
    )
