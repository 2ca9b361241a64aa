"""The record's own metadata on the wire: its identity, its state, its version, who wrote it last."""

from datetime import datetime
from typing import Any

from app.domain.card.provenance import Author, Provenance
from app.domain.record import RecordStatus, StoredRecord
from data.dhg.facts import parts_of, read_facts, validate, write_facts
from data.dhg.residue import Whole
from data.dhg.wire import (
    DELIVERED_AT,
    LIVE_BIRTH,
    METADATA,
    RECORD_ID,
    RECORD_LAST_UPDATED,
    STATUS,
    STATUS_HOLDER,
    TERMINATED_AT,
    Path,
    Problems,
    read_instant,
    read_uuid,
    spell_instant,
)

_WIRE = {part.name: part.wire for part in parts_of(Provenance)}
ITEM_ID, VERSION, LAST_UPDATED = _WIRE["item_id"], _WIRE["version"], _WIRE["last_updated_at"]
LAST_UPDATED_BY = _WIRE["last_updated_by"]


def read_head(metadata: Any, problems: Problems) -> StoredRecord | None:
    """The record without its items; None when it cannot be told which record this is, in which state, from when."""
    path: Path = (METADATA,)
    if not isinstance(metadata, dict):
        problems.note(path, "MISSING" if metadata is None else "BAD_TYPE", "must be an object")
        return None
    record_id = _required(metadata, RECORD_ID, path, problems) and read_uuid(
        metadata[RECORD_ID], (*path, RECORD_ID), problems
    )
    status = _read_status(metadata, problems)
    author = read_author(metadata.get(LAST_UPDATED_BY), (*path, LAST_UPDATED_BY), problems)
    provenance = read_provenance({name: metadata.get(name) for name in (VERSION, LAST_UPDATED)}, path, problems)
    recorded_at = _read_time(metadata, RECORD_LAST_UPDATED, path, problems)
    given = [_required(metadata, name, path, problems) for name in (VERSION, LAST_UPDATED)]
    if problems or not (record_id and status and all(given)):
        return None
    last_updated_at = datetime.fromisoformat(provenance["last_updated_at"])
    return StoredRecord(
        record_id=record_id,
        version=provenance["version"],
        opened_at=last_updated_at,
        last_updated_at=last_updated_at,
        record_last_updated_at=recorded_at or last_updated_at,
        author=author,
        **status,
    )


def write_head(record: StoredRecord) -> dict[str, Any]:
    """The canonical metadata of a record."""
    return {
        RECORD_ID: record.record_id,
        STATUS_HOLDER: _write_status(record),
        VERSION: record.version,
        RECORD_LAST_UPDATED: spell_instant(record.record_last_updated_at),
        LAST_UPDATED: spell_instant(record.last_updated_at),
        LAST_UPDATED_BY: None if record.author is None else write_facts(Author, record.author),
    }


def read_provenance(metadata: Any, path: Path, problems: Problems) -> dict[str, Any]:
    """The provenance of an item by Python name; every member is optional."""
    facts = read_facts(Provenance, metadata, path, problems)
    return validate(Provenance, facts, path, problems) if facts else {}


def read_author(text: Any, path: Path, problems: Problems) -> dict[str, Any] | None:
    """Who wrote a version, or None when nobody says."""
    facts = None if text is None else read_facts(Author, text, path, problems)
    return None if facts is None else validate(Author, facts, path, problems)


def _required(metadata: dict[str, Any], name: str, path: Path, problems: Problems) -> bool:
    if metadata.get(name) is None:
        problems.note((*path, name), "MISSING", "must be given")
        return False
    return True


def _read_time(text: dict[str, Any], name: str, path: Path, problems: Problems) -> datetime | None:
    return None if text.get(name) is None else read_instant(text[name], (*path, name), problems)


def _read_status(metadata: dict[str, Any], problems: Problems) -> dict[str, Any] | None:
    """The record's state, and of its extra members those that belong to this state."""
    path: Path = (METADATA, STATUS_HOLDER)
    holder = metadata.get(STATUS_HOLDER)
    if not isinstance(holder, dict):
        problems.note(path, "MISSING" if holder is None else "BAD_TYPE", "must be an object with a status")
        return None
    status = _read_state(holder, path, problems)
    if status is RecordStatus.TERMINATED:
        return {"status": status, "terminated_at": _read_time(holder, TERMINATED_AT, path, problems)}
    if status is RecordStatus.DELIVERED:
        live_birth = holder.get(LIVE_BIRTH)
        if live_birth is not None and not isinstance(live_birth, bool):
            problems.note((*path, LIVE_BIRTH), "BAD_TYPE", "must be true, false or null")
        delivered_at = _read_time(holder, DELIVERED_AT, path, problems)
        return {"status": status, "delivered_at": delivered_at, "live_birth": live_birth}
    return {"status": status} if status else None


def _read_state(holder: dict[str, Any], path: Path, problems: Problems) -> RecordStatus | None:
    """Compared without regard to case: how the service spells DELIVERED is not documented."""
    if not _required(holder, STATUS, path, problems):
        return None
    text, path = holder[STATUS], (*path, STATUS)
    if not isinstance(text, str):
        problems.note(path, "BAD_TYPE", "must be a string")
    elif text.upper() not in RecordStatus.__members__:
        problems.note(path, "UNKNOWN_CODE", f"must be one of {', '.join(RecordStatus)}")
    else:
        return RecordStatus(text.upper())
    return None


def _write_status(record: StoredRecord) -> Whole:
    """One value: what was said beyond it was said of that state."""
    text = Whole({STATUS: record.status.value})
    if record.status is RecordStatus.DELIVERED:
        text |= {DELIVERED_AT: _spelled(record.delivered_at), LIVE_BIRTH: record.live_birth}
    if record.status is RecordStatus.TERMINATED:
        text |= {TERMINATED_AT: _spelled(record.terminated_at)}
    return text


def _spelled(moment: datetime | None) -> str | None:
    return None if moment is None else spell_instant(moment)
