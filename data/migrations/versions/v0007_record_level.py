"""Who may act for her, when she was born, and labels that came with a card.

The table of representations had no rows: nothing wrote it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("patient", sa.Column("representations", sa.Text(), nullable=False, server_default="[]"))
    op.add_column("patient", sa.Column("born_on", sa.Date(), nullable=True))
    op.add_column("maternity_record", sa.Column("labels", sa.Text(), nullable=True))
    op.drop_table("representation")
    op.create_table(
        "representation",
        sa.Column("patient_id", sa.String(), nullable=False),
        sa.Column("power_id", sa.String(), nullable=False),
        sa.Column("representative_key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.patient_id"], name="fk_representation_patient_id"),
        sa.PrimaryKeyConstraint("patient_id", "power_id", name="pk_representation"),
    )
    op.create_index("ix_representation_representative_key", "representation", ["representative_key"])
