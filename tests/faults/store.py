"""What must hold of a store after anything: what was written is there once, whole, and everything agrees with it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import text

from app.domain.card.sections import SECTIONS
from app.domain.ledger import read_entry
from app.services import Services
from data.ledger import verify
from data.storing import rebuild

Version = tuple[str, str, int]
"""Section by its GraphQL name, item id, version."""

ACTIVE_CARDS = """SELECT p.number_sealed, r.record_id FROM patient p
    JOIN maternity_record r ON r.patient_id = p.patient_id AND r.status = 'ACTIVE'
    WHERE p.consent_state = 'ACTIVE' AND p.protection = 'UNCLASSIFIED' AND p.deceased_on IS NULL AND p.blocks = '[]'
    ORDER BY r.record_id"""


async def rows(services: Services, query: str, **values: Any) -> list[Any]:
    async with services.database.connection() as connection:
        return list((await connection.execute(text(query), values)).all())


async def cards(services: Services) -> dict[str, str]:
    """Record ids of cards that a midwife writes, by the woman's number."""
    found = await rows(services, ACTIVE_CARDS)
    return {services.patient_keys.unseal(bytes(row.number_sealed)): row.record_id for row in found}


@dataclass(frozen=True)
class Written:
    """What a write adds, in each of the places it adds it to."""

    versions: frozenset[Version]
    changes: tuple[Version, ...]
    ledger: tuple[Version, ...]
    kept: Mapping[tuple[str, str], tuple[Version, ...]]

    def since(self, before: "Written") -> "Written":
        """What was added since."""
        return Written(
            self.versions - before.versions,
            self.changes[len(before.changes) :],
            _without(self.ledger, before.ledger),
            {key: kept for key, kept in self.kept.items() if key not in before.kept},
        )


def _without(entries: Iterable[Version], others: Iterable[Version]) -> tuple[Version, ...]:
    left = list(entries)
    for other in others:
        left.remove(other)
    return tuple(left)


async def written(services: Services) -> Written:
    """All that is in the store by now."""
    versions = await rows(services, "SELECT kind, item_id, version FROM section_version")
    changes = await rows(
        services, "SELECT kind, item_id, version FROM change WHERE version IS NOT NULL ORDER BY sequence"
    )
    entries = await rows(services, "SELECT entry FROM ledger_entry")
    kept = await rows(services, "SELECT client_id, key, answer FROM idempotency_key")
    return Written(
        frozenset(_version(*row) for row in versions),
        tuple(_version(*row) for row in changes),
        tuple(said for row in entries for said in _said_written(row.entry)),
        {(row.client_id, row.key): _said_kept(row.answer) for row in kept},
    )


def _version(kind: str, item_id: str, version: int) -> Version:
    return SECTIONS[kind].graphql_name, item_id, version


def _said_written(entry: str) -> Iterable[Version]:
    """`section.item.before>after`, of items; what is said of cards and consents has another form."""
    for said in read_entry(entry)["written"]:
        parts = said.split(".")
        if len(parts) == 3:
            before, after = parts[2].split(">")
            assert int(after) == int(before) + 1
            yield parts[0], parts[1], int(after)


def _said_kept(answer: str) -> tuple[Version, ...]:
    return tuple(
        _version(kind, item_id, version) for _, kind, item_id, version in orjson.loads(answer).get("items", ())
    )


async def assert_whole(services: Services, before: Written, *, records: Iterable[str]) -> Written:
    """Check a store after whatever happened to it; gives what was added. The documents are made anew for it."""
    assert await verify(services.database, services.ledger.key) == []
    added = (await written(services)).since(before)
    for place in (added.changes, added.ledger, [said for kept in added.kept.values() for said in kept]):
        assert sorted(place) == sorted(added.versions)
    for record_id in records:
        await _assert_card_is_whole(services, record_id)
    return added


DOCUMENTS = "SELECT kind, document FROM section WHERE record_id = :id ORDER BY kind"
LINES = """SELECT unit, due_date, last_visit_on, last_blood_pressure, open_items FROM caseload_entry
    WHERE record_id = :id ORDER BY unit"""


async def _assert_card_is_whole(services: Services, record_id: str) -> None:
    await assert_versions_have_no_gaps(services, record_id)
    latest = await rows(
        services, "SELECT max(sequence) FROM change WHERE record_id = :id AND version IS NOT NULL", id=record_id
    )
    head = await rows(services, "SELECT last_change FROM maternity_record WHERE record_id = :id", id=record_id)
    if latest[0][0] is not None:
        assert head[0].last_change >= latest[0][0]
    stored = [await rows(services, query, id=record_id) for query in (DOCUMENTS, LINES)]
    await rebuild(services.database, record_id)
    assert [await rows(services, query, id=record_id) for query in (DOCUMENTS, LINES)] == stored


async def assert_versions_have_no_gaps(services: Services, record_id: str) -> None:
    """Versions of an item count from 1, or from what came in whole, and each is there."""
    found = await rows(
        services,
        "SELECT item_id, min(version) AS first, max(version) AS last, count(*) AS many FROM section_version "
        "WHERE record_id = :id GROUP BY kind, item_id",
        id=record_id,
    )
    assert all(row.last - row.first + 1 == row.many for row in found)
