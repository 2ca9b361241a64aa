"""Reports for evaluators: made from the cards by a batch, and read back as they were published."""

from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping
from datetime import datetime
from itertools import groupby
from typing import Any, Final

import orjson
from sqlalchemy import Select, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.aggregates import (
    Disclosure,
    PublishedReport,
    ReportName,
    Row,
    counted,
    guarded,
    may_replace,
    too_small,
)
from app.domain.card.sections import SECTIONS
from app.domain.consent import ConsentState
from app.domain.errors import RecordRefusal
from app.domain.gate import OSLO, entered_in_error
from app.domain.policy import Policy
from app.domain.record import Protection, RecordStatus
from app.domain.reports import CONSENT_GIVEN, CONSENT_LABELS, CONSENT_WITHDRAWN, REPORTS, CountedCard, labels_of
from data.cards import DOCUMENTS, with_sections
from data.columns import in_utc
from data.database import Database
from data.declaring import table_of
from data.documents import from_json, to_json
from data.rows import care_units_of
from data.tables import AggregateReport, MaternityRecord, Organisation, Patient

REPORT, ORGANISATION = table_of(AggregateReport), table_of(Organisation)
PATIENT, RECORD = table_of(Patient).c, table_of(MaternityRecord).c

WOMEN_AT_ONCE: Final = 500
UNITS_WITH_CARDS: Final = ("GP_OFFICE", "HOSPITAL", "MUNICIPAL_HEALTH")
KINDS: Final = frozenset[str]().union(*(report.kinds for report in REPORTS))
NOT_HIDDEN: Final = [grade.value for grade in Protection if not grade.hides_the_card]
CONSENT_LABEL: Final = {
    ConsentState.ACTIVE.value: CONSENT_GIVEN,
    ConsentState.WITHDRAWN.value: CONSENT_WITHDRAWN,
}
Counts = dict[str, int]


class StoredReports:
    """The port `Reports` over our own database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def published(self) -> list[PublishedReport]:
        """The newest of each name, in the order of the catalogue, in one statement."""
        async with self._database.connection() as connection:
            newest = await _newest(connection)
        return [_published(newest[name]) for name in ReportName if name in newest]


async def make_reports(database: Database, policy: Policy, now: datetime) -> dict[ReportName, RecordRefusal | None]:
    """Count all cards anew, and publish every report that may be. By name: why it was not, None where it was.

    Women without consent, and those whose card nobody may know of, are counted nowhere.
    """
    async with database.transaction() as connection:
        units = await _units(connection)
        made = await _counted(connection, units, now)
        made[ReportName.CONSENT] = counted(CONSENT_LABELS, await _consents(connection))
        newest = await _newest(connection)
        return {name: await _publish(connection, name, made[name], newest.get(name), policy, now) for name in made}


async def _publish(
    connection: AsyncConnection, name: ReportName, counts: Counts, before: Mapping[Any, Any] | None, policy: Policy,
    now: datetime,
) -> RecordRefusal | None:  # fmt: skip
    try:
        rows = _guarded(counts, before, policy.disclosure)
    except RecordRefusal as refusal:
        return refusal
    await connection.execute(update(REPORT).where(REPORT.c.name == name.value).values(counts=None))
    made = {
        "name": name.value, "sequence": before["sequence"] + 1 if before else 1, "made_at": in_utc(now),
        "policy": policy.name, "population": policy.disclosure.rounded(sum(counts.values())),
        "rows": to_json([[row.label, row.count] for row in rows]), "counts": to_json(counts),
    }  # fmt: skip
    await connection.execute(REPORT.insert(), made)
    return None


def _guarded(counts: Counts, before: Mapping[Any, Any] | None, disclosure: Disclosure) -> tuple[Row, ...]:
    """The table as it is told. Raises RecordRefusal AGGREGATE_TOO_SMALL."""
    if before is not None and not may_replace(from_json(before["counts"]), counts, disclosure):
        raise too_small()
    return guarded(counts, disclosure)


async def _newest(connection: AsyncConnection) -> dict[ReportName, Mapping[Any, Any]]:
    latest = select(REPORT.c.name, func.max(REPORT.c.sequence).label("sequence")).group_by(REPORT.c.name).subquery()
    is_latest = (REPORT.c.name == latest.c.name) & (REPORT.c.sequence == latest.c.sequence)
    rows = await connection.execute(select(REPORT).join(latest, is_latest))
    return {ReportName(row["name"]): row for row in rows.mappings()}


def _published(row: Mapping[Any, Any]) -> PublishedReport:
    rows = tuple(Row(label, count) for label, count in from_json(row["rows"]))
    return PublishedReport(ReportName(row["name"]), row["made_at"], row["policy"], row["population"], rows)


async def _units(connection: AsyncConnection) -> dict[str, str]:
    """By number, the names of the enrolled units that keep cards; the number stands for a name that two have."""
    care = select(ORGANISATION).where(ORGANISATION.c.kind.in_(UNITS_WITH_CARDS)).order_by(ORGANISATION.c.number)
    found = (await connection.execute(care)).mappings().all()
    often = Counter(row["name"] for row in found)
    return {row["number"]: row["name"] if often[row["name"]] == 1 else row["number"] for row in found}


async def _counted(connection: AsyncConnection, units: Mapping[str, str], now: datetime) -> dict[ReportName, Counts]:
    found: dict[ReportName, Counter[str]] = {report.name: Counter() for report in REPORTS}
    async for card in _cards(connection, units, now):
        for report in REPORTS:
            found[report.name][report.label_of(card)] += 1
    labels = {report.name: labels_of(report, list(units.values())) for report in REPORTS}
    return {name: counted(labels[name], counter) for name, counter in found.items()}


async def _consents(connection: AsyncConnection) -> Counts:
    states = select(PATIENT.consent_state, func.count()).where(*_may_be_known_of()).group_by(PATIENT.consent_state)
    found = (await connection.execute(states)).all()
    return {CONSENT_LABEL[state]: number for state, number in found if state in CONSENT_LABEL}


def _may_be_known_of() -> list[Any]:
    return [PATIENT.protection.in_(NOT_HIDDEN), PATIENT.deceased_on.is_(None)]


async def _cards(connection: AsyncConnection, units: Mapping[str, str], now: datetime) -> AsyncIterator[CountedCard]:
    """The latest card of every woman, some women at a time."""
    today, after = now.astimezone(OSLO).date(), ""
    while rows := (await connection.execute(_some_cards(after))).mappings().all():
        after = rows[-1]["patient_id"]
        for _, hers in groupby(rows, key=lambda row: row["patient_id"]):
            latest = max(hers, key=lambda row: (row["status"] == RecordStatus.ACTIVE.value, row["opened_at"]))
            numbers = (unit.organisation_number for unit in care_units_of(latest["care_units"]))
            yield CountedCard(
                documents=dict(_standing(orjson.loads(f"{{{latest[DOCUMENTS] or ''}}}"))),
                is_active=latest["status"] == RecordStatus.ACTIVE.value,
                unit=next((units[number] for number in numbers if number in units), None), today=today,
            )  # fmt: skip


def _some_cards(after: str) -> Select[Any]:
    consenting = PATIENT.consent_state == ConsentState.ACTIVE.value
    with_cards = select(PATIENT.patient_id).where(PATIENT.patient_id.in_(select(RECORD.patient_id)))
    some = with_cards.where(consenting, *_may_be_known_of(), PATIENT.patient_id > after)
    these = some.order_by(PATIENT.patient_id).limit(WOMEN_AT_ONCE)
    columns = (RECORD.patient_id, RECORD.status, RECORD.opened_at, RECORD.care_units)
    query = with_sections(select(*columns), table_of(MaternityRecord), KINDS)
    return query.where(RECORD.patient_id.in_(these)).order_by(RECORD.patient_id)


def _standing(documents: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    """What of a card was not entered in error."""
    for kind, document in documents.items():
        if SECTIONS[kind].repeated:
            yield kind, [item for item in document if not entered_in_error(item)]
        elif not entered_in_error(document):
            yield kind, document
