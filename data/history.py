"""Reading what was written on cards before: versions of items, changes, and who had seen how far."""

from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Select, bindparam, cast, literal, null, select, union_all

from app.domain.changes import Change, ChangeKind
from app.domain.history import SealedHistory, StoredVersion
from app.domain.ledger import read_entry
from app.domain.news import Look, News
from data.database import Database
from data.declaring import table_of
from data.documents import as_document, from_json
from data.rows import RECORD_STORED, stored_item
from data.tables import Change as ChangeRow
from data.tables import LedgerEntry, SectionVersion

VERSION, CHANGE, ENTRY = table_of(SectionVersion).c, table_of(ChangeRow).c, table_of(LedgerEntry).c

STATEMENTS_KEPT: Final = 64
LOOKS_READ: Final = 20
"""The looks that saw most, whatever clocks said; more than one, because she may have had other cards."""

CHANGES_READ: Final = 1_000
"""The latest so many of a card: some times as many as a card ever has."""


class StoredHistories:
    """The port `Histories` over our own database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, record_ids: Collection[str], kinds: Collection[str]) -> dict[str, SealedHistory]:
        """By record id, every version of every item of the named sections, in one statement."""
        found: dict[str, list[StoredVersion]] = {record_id: [] for record_id in record_ids}
        if found and kinds:
            query = _versions(len(found), tuple(sorted(kinds)))
            whose = {f"record_{place}": record_id for place, record_id in enumerate(found)}
            async with self._database.connection() as connection:
                for row in (await connection.execute(query, whose)).mappings():
                    found[row["record_id"]].append(_stored_version(row))
        return {record_id: SealedHistory(versions) for record_id, versions in found.items()}

    async def news(self, record_id: str, patient_id: str, actor_key: str | None) -> News:
        """The card's changes, and what the actor has seen of it before, in one statement."""
        whose = {"record_id": record_id, "patient_id": patient_id, "actor_key": actor_key or ""}
        async with self._database.connection() as connection:
            rows = (await connection.execute(_news(), whose)).mappings().all()
        changes = [change_of(row) for row in rows if row["entry"] is None]
        looks = [_look(row) for row in rows if row["entry"] is not None and _is_of(row, record_id)]
        return News(tuple(sorted(changes, key=lambda change: change.sequence)), tuple(looks))


@lru_cache(STATEMENTS_KEPT)
def _versions(cards: int, kinds: tuple[str, ...]) -> Select[Any]:
    columns = [column for column in VERSION if column is not VERSION.wire_residue]
    whose: list[Any] = [bindparam(f"record_{place}") for place in range(cards)]
    # A list of parameters is written into the statement once; a list of values would be written anew at each call.
    wanted = VERSION.kind.in_([literal(kind) for kind in kinds])
    return select(*columns).where(VERSION.record_id.in_(whose), wanted)


def _stored_version(row: Mapping[Any, Any]) -> StoredVersion:
    item = stored_item({**row, "wire_residue": None})
    return StoredVersion(item.kind, item.item_id, item.version, item.last_updated_at, as_document(item))


@lru_cache(1)
def _news() -> Any:
    """The latest changes of the card and the actor's latest looks at it, told apart by `entry`."""
    of_card = (CHANGE.patient_id == bindparam("patient_id")) & (CHANGE.record_id == bindparam("record_id"))
    changes = select(
        CHANGE.sequence, CHANGE.record_id, CHANGE.patient_id, CHANGE.at, CHANGE.kind, CHANGE.item_id, CHANGE.version,
        CHANGE.what, CHANGE.author, _nothing(ENTRY.entry),
    ).where(of_card, CHANGE.what != RECORD_STORED).order_by(CHANGE.sequence.desc()).limit(CHANGES_READ)  # fmt: skip
    of_actor = (ENTRY.patient_id == bindparam("patient_id")) & (ENTRY.actor_key == bindparam("actor_key"))
    not_of_a_look = (CHANGE.kind, CHANGE.item_id, CHANGE.version, CHANGE.what, CHANGE.author)
    looks = (
        select(
            ENTRY.sequence,
            _nothing(CHANGE.record_id),
            ENTRY.patient_id,
            ENTRY.at,
            *map(_nothing, not_of_a_look),
            ENTRY.entry,
        )
        .where(of_actor, ENTRY.seen_change.is_not(None))
        .order_by(ENTRY.seen_change.desc(), ENTRY.at.desc())
        .limit(LOOKS_READ)
    )
    return union_all(select(changes.subquery()), select(looks.subquery()))


def _nothing(column: Any) -> Any:
    """Nothing, of the column's type and under its name."""
    return cast(null(), column.type).label(column.name)


def change_of(row: Mapping[Any, Any]) -> Change:
    """A change as it was stored."""
    return Change(
        sequence=row["sequence"], record_id=row["record_id"], patient_id=row["patient_id"], at=row["at"],
        what=ChangeKind(row["what"]), kind=row["kind"], item_id=row["item_id"], version=row["version"],
        author=from_json(row["author"]),
    )  # fmt: skip


def _is_of(row: Mapping[Any, Any], record_id: str) -> bool:
    said: bool = read_entry(row["entry"])["record_id"] == record_id
    return said


def _look(row: Mapping[Any, Any]) -> Look:
    return Look(row["at"], read_entry(row["entry"])["seen_change"])
