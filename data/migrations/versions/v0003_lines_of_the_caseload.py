"""A line of the caseload holds all that it shows of a card, so that a list is read without opening any."""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

AT_ONCE = 1_000
BASES = (
    ("due_date_corrected", "CORRECTED"),
    ("due_date_by_ultrasound", "ULTRASOUND"),
    ("due_date_by_last_period", "LAST_PERIOD"),
)
CARDS = sa.text("SELECT DISTINCT record_id FROM caseload_entry WHERE record_id > :after ORDER BY record_id LIMIT :most")
DOCUMENTS = sa.text(
    "SELECT record_id, kind, document FROM section WHERE kind IN ('mother', 'pregnancy')"
    " AND record_id > :after AND record_id <= :last"
)
FILLED = sa.text("UPDATE caseload_entry SET mother_name = :name, due_date_basis = :basis WHERE record_id = :record")


def upgrade() -> None:
    op.add_column("caseload_entry", sa.Column("mother_name", sa.String(), nullable=True))
    op.add_column("caseload_entry", sa.Column("due_date_basis", sa.String(), nullable=True))
    after = ""
    while cards := op.get_bind().execute(CARDS, {"after": after, "most": AT_ONCE}).scalars().all():
        _fill(after, cards)
        after = cards[-1]


def _fill(after: str, cards: Any) -> None:
    documents = op.get_bind().execute(DOCUMENTS, {"after": after, "last": cards[-1]})
    found = {(row.record_id, row.kind): _standing(json.loads(row.document)) for row in documents}
    for record in cards:
        pregnancy = found.get((record, "pregnancy"), {})
        basis = next((basis for name, basis in BASES if pregnancy.get(name) is not None), None)
        name = found.get((record, "mother"), {}).get("name")
        op.get_bind().execute(FILLED, {"name": name, "basis": basis, "record": record})


def _standing(document: dict[str, Any]) -> dict[str, Any]:
    """What was entered in error is on no list."""
    return {} if (document.get("provenance") or {}).get("entered_in_error") else document
