"""Domain values as rows, and rows as domain values. No statement is sent from here."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, fields
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from app.domain.consent import Consent, ConsentState
from app.domain.elevations import AccessBasis, ElevatedAccess
from app.domain.labels import NO_LABELS, labels_of
from app.domain.record import (
    Block,
    BlockTarget,
    CareUnit,
    PatientFile,
    Protection,
    RecordHead,
    RecordStatus,
    StoredItem,
    StoredRecord,
)
from app.domain.representing import PowerKind, PowerOfAttorney, ServiceArea
from data.caseload import CaseloadLine, caseload_lines_of
from data.columns import in_utc
from data.documents import documents_of, from_json, json_or_none, latest_versions, to_json

Row = dict[str, Any]
Found = Mapping[Any, Any]
"""A row as found, by column name."""

NOTHING: Final = "[]"
"""An empty list as it is stored."""
CARE_UNITS_KEPT: Final = 4_096
"""Many women are followed by the same units."""
NO_OPEN_ITEMS: Final[Mapping[str, int]] = {}
LINE_NAMES: Final = [member.name for member in fields(CaseloadLine)]

RECORD_STORED: Final = "RECORD_STORED"
"""What the change says when a card comes in whole."""


def record_row(patient_id: str, record: StoredRecord) -> Row:
    return {
        "patient_id": patient_id,
        "record_id": record.record_id,
        "status": record.status.value,
        "version": record.version,
        "opened_at": in_utc(record.opened_at),
        "delivered_at": _utc_or_none(record.delivered_at),
        "live_birth": record.live_birth,
        "terminated_at": _utc_or_none(record.terminated_at),
        "last_updated_at": in_utc(record.last_updated_at),
        "record_last_updated_at": in_utc(record.record_last_updated_at),
        "author": json_or_none(record.author),
        "care_units": care_units_text(record.care_units),
        "wire_residue": json_or_none(record.wire_residue),
        "labels": to_json(record.labels) if record.labels else None,
    }


def version_rows(record: StoredRecord) -> Iterator[Row]:
    for item in record.items:
        yield version_row(record.record_id, item)


def version_row(record_id: str, item: StoredItem) -> Row:
    return {
        "record_id": record_id,
        "kind": item.kind,
        "item_id": item.item_id,
        "version": item.version,
        "position": item.position,
        "last_updated_at": in_utc(item.last_updated_at),
        "author": json_or_none(item.author),
        "entered_in_error": item.entered_in_error,
        "content": to_json(item.content),
        "wire_residue": json_or_none(item.wire_residue),
    }


def section_rows(record: StoredRecord) -> Iterator[Row]:
    for kind, document in documents_of(record.items):
        yield {"record_id": record.record_id, "kind": kind, "document": document}


def caseload_rows(
    patient_id: str, record: StoredRecord, open_items: Mapping[str, int] = NO_OPEN_ITEMS
) -> Iterator[Row]:
    """`open_items`: by unit, how many requests for correction it has not answered."""
    for line in caseload_lines_of(record):
        at, waiting = record.record_last_updated_at, open_items.get(line.unit, 0)
        yield caseload_row(patient_id, record.record_id, line, waiting, at)


def caseload_row(patient_id: str, record_id: str, line: CaseloadLine, open_items: int, updated_at: datetime) -> Row:
    return {
        **{name: getattr(line, name) for name in LINE_NAMES},
        "record_id": record_id,
        "patient_id": patient_id,
        "open_items": open_items,
        "updated_at": in_utc(updated_at),
    }


def change_row(patient_id: str, record: StoredRecord) -> Row:
    return {
        "record_id": record.record_id,
        "patient_id": patient_id,
        "at": in_utc(record.record_last_updated_at),
        "what": RECORD_STORED,
    }


def block_row(patient_id: str, block: Block) -> Row:
    return {
        **asdict(block),
        "patient_id": patient_id,
        "starts_at": in_utc(block.starts_at),
        "ends_at": _utc_or_none(block.ends_at),
    }


def blocks_text(blocks: tuple[Block, ...]) -> str:
    """The blocks as kept beside the patient."""
    return to_json([asdict(block) for block in blocks])


def elevations_text(elevations: Iterable[ElevatedAccess]) -> str:
    """The elevations as kept beside the patient."""
    return to_json([asdict(one) for one in elevations])


def power_row(patient_id: str, power: PowerOfAttorney) -> Row:
    return {
        **asdict(power),
        "patient_id": patient_id,
        "starts_at": in_utc(power.starts_at),
        "ends_at": _utc_or_none(power.ends_at),
    }


def powers_text(powers: Iterable[PowerOfAttorney]) -> str:
    """The powers of attorney as kept beside the patient."""
    return to_json([asdict(one) for one in powers])


def patient_file(row: Found) -> PatientFile:
    return PatientFile(
        patient_id=row["patient_id"],
        protection=Protection(row["protection"]),
        deceased_on=row["deceased_on"],
        consent=consent(row),
        blocks=() if row["blocks"] == NOTHING else tuple(map(_block, from_json(row["blocks"]))),
        elevations=() if row["elevations"] == NOTHING else tuple(map(_elevation, from_json(row["elevations"]))),
        powers=() if row["representations"] == NOTHING else tuple(map(_power, from_json(row["representations"]))),
    )


def consent(row: Found) -> Consent:
    return Consent(ConsentState(row["consent_state"]), row["consent_changed_at"])


def record_head(row: Found) -> RecordHead:
    return RecordHead(
        record_id=row["record_id"],
        status=RecordStatus(row["status"]),
        version=row["version"],
        opened_at=row["opened_at"],
        closed_at=row["delivered_at"] or row["terminated_at"],
        last_updated_at=row["record_last_updated_at"],
        care_units=_numbers_of(row["care_units"]),
        last_change=row["last_change"],
        labels=labels_of(from_json(row["labels"])) if row["labels"] else NO_LABELS,
    )


def stored_record(row: Found, items: list[StoredItem]) -> StoredRecord:
    """The card as it was stored, with the latest version of each item."""
    return StoredRecord(
        record_id=row["record_id"],
        status=RecordStatus(row["status"]),
        version=row["version"],
        opened_at=row["opened_at"],
        delivered_at=row["delivered_at"],
        live_birth=row["live_birth"],
        terminated_at=row["terminated_at"],
        last_updated_at=row["last_updated_at"],
        record_last_updated_at=row["record_last_updated_at"],
        author=from_json(row["author"]),
        care_units=care_units_of(row["care_units"]),
        items=latest_versions(items),
        wire_residue=from_json(row["wire_residue"]),
        labels=labels_of(from_json(row["labels"])) if row["labels"] else NO_LABELS,
    )


def stored_item(row: Found) -> StoredItem:
    return StoredItem(
        kind=row["kind"],
        item_id=row["item_id"],
        position=row["position"],
        version=row["version"],
        last_updated_at=row["last_updated_at"],
        author=from_json(row["author"]),
        entered_in_error=row["entered_in_error"],
        content=from_json(row["content"]),
        wire_residue=from_json(row["wire_residue"]),
    )


def care_units_text(units: list[CareUnit]) -> str:
    """The units that follow a card as kept beside it."""
    return to_json([asdict(unit) for unit in units])


@lru_cache(CARE_UNITS_KEPT)
def _numbers_of(text: str) -> frozenset[str]:
    return frozenset(unit.organisation_number for unit in care_units_of(text))


def care_units_of(text: str) -> list[CareUnit]:
    return [CareUnit(**unit) for unit in from_json(text)]


def _block(members: dict[str, Any]) -> Block:
    times = {name: datetime.fromisoformat(members[name]) for name in ("starts_at", "ends_at") if members[name]}
    return Block(**{**members, **times, "target": BlockTarget(members["target"])})


def _power(members: dict[str, Any]) -> PowerOfAttorney:
    times = {name: datetime.fromisoformat(members[name]) for name in ("starts_at", "ends_at") if members[name]}
    said = {"kind": PowerKind(members["kind"]), "area": ServiceArea(members["area"])}
    return PowerOfAttorney(**{**members, **times, **said})


def stored_power(row: Found) -> PowerOfAttorney:
    """A power of attorney as its own row has it."""
    members = {name: row[name] for name in PowerOfAttorney.__dataclass_fields__}
    return PowerOfAttorney(**{**members, "kind": PowerKind(members["kind"]), "area": ServiceArea(members["area"])})


def stored_block(row: Found) -> Block:
    """A block as its own row has it."""
    members = {name: row[name] for name in Block.__dataclass_fields__}
    return Block(**{**members, "target": BlockTarget(members["target"])})


def stored_elevation(row: Found) -> ElevatedAccess:
    """An elevation as its own row has it."""
    members = {name: row[name] for name in ElevatedAccess.__dataclass_fields__}
    return ElevatedAccess(**{**members, "access_basis": AccessBasis(members["access_basis"])})


def _elevation(members: dict[str, Any]) -> ElevatedAccess:
    times = {name: datetime.fromisoformat(members[name]) for name in ("starts_at", "ends_at")}
    return ElevatedAccess(**{**members, **times, "access_basis": AccessBasis(members["access_basis"])})


def _utc_or_none(value: datetime | None) -> datetime | None:
    return None if value is None else in_utc(value)
