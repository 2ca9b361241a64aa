"""What the tests of storage share: keys, women who do not exist, a small card, ledger entries, a grant."""

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, cast
from uuid import uuid4

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.card.antenatal_visits import AntenatalVisit
from app.domain.card.mother import Mother
from app.domain.card.pregnancy import Pregnancy
from app.domain.card.values import BloodPressure
from app.domain.gate import Grant
from app.domain.ledger import LedgerEntry, Outcome
from app.domain.record import CareUnit, RecordStatus, StoredItem, StoredRecord
from data.caseload import KIND_OF
from data.database import Database
from data.declaring import Row

LOOKUP_KEY, SEALING_KEY, LEDGER_KEY = (hashlib.sha256(name).digest() for name in (b"lookup", b"sealing", b"ledger"))

KARI, AISHA = "17849644092", "03899444255"
UNIT, OTHER_UNIT = "310990000", "310990019"

NOW = datetime(2026, 6, 15, 8, 30, tzinfo=UTC)
CONSENTED_AT = NOW - timedelta(days=200)

AUTHOR = {"name": "Prøvesen, Lege", "profession": "LE", "hpr_number": "999900018"}

MOTHER, PREGNANCY, VISITS = KIND_OF[Mother], KIND_OF[Pregnancy], KIND_OF[AntenatalVisit]


def item(kind: str, content: Any, **more: Any) -> StoredItem:
    """An item with provenance."""
    members: dict[str, Any] = {
        "item_id": str(uuid4()), "position": 0, "version": 1, "last_updated_at": NOW, "author": AUTHOR,
        "entered_in_error": None,
    }  # fmt: skip
    return StoredItem(kind=kind, content=content.model_dump(mode="json", exclude_none=True), **(members | more))


def visit(held_on: date, systolic: int | None, **more: Any) -> StoredItem:
    pressure = BloodPressure(systolic_mmhg=systolic, diastolic_mmhg=80) if systolic else None
    return item(VISITS, AntenatalVisit(held_on=held_on, blood_pressure=pressure, note="Alt vel."), **more)


def card(**more: Any) -> StoredRecord:
    """An active card with three sections; one of them is repeated."""
    items = [
        item(MOTHER, Mother(name="Kari Eksempel", postal_code="0150")),
        item(
            PREGNANCY,
            Pregnancy(due_date_by_last_period=date(2026, 9, 1), due_date_by_ultrasound=date(2026, 9, 4)),
            version=3,
            wire_residue={"dueDate": "2026-09-01T00:00:00"},
        ),
        visit(date(2026, 6, 1), 118, position=1),
        visit(date(2026, 5, 4), 112, position=0),
    ]
    members: dict[str, Any] = {
        "record_id": str(uuid4()), "status": RecordStatus.ACTIVE, "version": 2, "opened_at": NOW - timedelta(days=150),
        "last_updated_at": NOW, "record_last_updated_at": NOW, "author": AUTHOR, "items": items,
        "care_units": [CareUnit(organisation_number=UNIT, organisation_name="Testby legesenter")],
        "wire_residue": {"extra": [1, None]},
    }  # fmt: skip
    return StoredRecord(**(members | more))


def closed_card(days_ago: int) -> StoredRecord:
    """A card of an earlier pregnancy."""
    closed_at = NOW - timedelta(days=days_ago)
    return card(
        status=RecordStatus.DELIVERED,
        opened_at=closed_at - timedelta(days=250),
        delivered_at=closed_at,
        live_birth=True,
    )


class WholeGrant:
    """Stands in for a Grant that lets everything through; real ones come from the gate alone."""

    def __init__(self, patient_id: str) -> None:
        self.patient_id = patient_id

    def release(self, kind: str, document: Any) -> Any:
        return document


def grant(patient_id: str) -> Grant:
    return cast(Grant, WholeGrant(patient_id))


def entry(patient_id: str = "somebody", *, at: datetime = NOW, **more: Any) -> LedgerEntry:
    """A ledger entry about a patient."""
    made = LedgerEntry(
        event_id=str(uuid4()), at=at, patient_id=patient_id, record_id=None, outcome=Outcome.ALLOWED, refusal=None,
        role="GP", caller_kind="clinician", actor_key="lege", actor_name="Prøvesen, Lege", hpr_number="999900018",
        organisation_number=UNIT, organisation_name="Testby legesenter", parent_number=UNIT, client_id="ehr",
        client_name="Testjournal", purpose="TREAT", decision_reference="a", user_selected=False, policy="pilot",
        operation_kind="query", operation_name="Card", operation_hash="0" * 64, released=("mother.name",),
    )  # fmt: skip
    return replace(made, **more)


class _FailedOnPurpose(Exception):
    pass


@asynccontextmanager
async def failing_transaction(database: Database) -> AsyncIterator[AsyncConnection]:
    """A transaction that fails when all has been done in it."""
    with suppress(_FailedOnPurpose):
        async with database.transaction() as connection:
            yield connection
            raise _FailedOnPurpose


async def count_rows(database: Database) -> dict[str, int]:
    """How many rows there are in each table."""
    async with database.connection() as connection:
        return {
            table.name: (await connection.execute(select(func.count()).select_from(table))).scalar_one()
            for table in Row.metadata.sorted_tables
        }


async def tables_with(database: Database, text: str) -> set[str]:
    """The tables with a row that says this text anywhere."""
    found = set()
    async with database.connection() as connection:
        for table in Row.metadata.sorted_tables:
            rows = (await connection.execute(select(table))).all()
            if any(text in str(value) for row in rows for value in row):
                found.add(table.name)
    return found
