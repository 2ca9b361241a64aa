"""The store that both sides are measured on: the cast, women to write visits for, a list of fifty; and beside them the
tables of the limit application, with the answers ready as text."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import orjson
from sqlalchemy import text
from starlette.datastructures import Headers

from app.authentication import authenticated
from app.execution.operation import Request, answer
from app.services import Services, make_services
from app.settings import Settings
from app.startup import ready_store
from data.synthetic.cast import CAST
from data.synthetic.organisations import ORGANISATIONS, STAFF
from data.synthetic.seeding import seed
from tests.bench.pages import FULL_CARD, HOME_PAGE, LIST, LISTED, token

WOMEN: Final = 600
TABLES: Final = (
    "CREATE TABLE limit_page (number_key text, page text, document text, PRIMARY KEY (number_key, page))",
    "CREATE TABLE limit_line (unit text, place int, patient_id text, document text, PRIMARY KEY (unit, place))",
    "CREATE TABLE limit_visit (visit_id bigserial PRIMARY KEY, record_id text, at timestamptz, document text)",
)
WRITABLE = """SELECT p.number_sealed, r.record_id, r.patient_id FROM patient p
    JOIN maternity_record r ON r.patient_id = p.patient_id AND r.status = 'ACTIVE'
    JOIN section s ON s.record_id = r.record_id AND s.kind = 'antenatal_visits'
    WHERE p.consent_state = 'ACTIVE' AND p.protection = 'UNCLASSIFIED' AND p.deceased_on IS NULL AND p.blocks = '[]'
    AND NOT EXISTS (SELECT 1 FROM caseload_entry c WHERE c.record_id = r.record_id AND c.unit = :unit)
    ORDER BY r.record_id"""
FOLLOWED = "UPDATE maternity_record SET care_units = :units WHERE record_id = :record"
LINE = """record_id, patient_id, mother_name, due_date, due_date_basis, last_visit_on, last_blood_pressure, open_items,
    updated_at"""
LISTED_NOW = f"INSERT INTO caseload_entry (unit, {LINE}) SELECT :unit, {LINE} FROM caseload_entry WHERE record_id = :record LIMIT 1"
BLOCK = 'mutation { blockAccess(input: {target: PERSON, targetId: "999900085"}, idempotencyKey: "bench") { blockId } }'
"""Kari keeps somebody else out: then her blocks are looked at with every opening."""


@dataclass(frozen=True, slots=True)
class Stock:
    """Whom visits are written for, and whose card is read."""

    numbers: list[str]
    kari: str


async def stocked(data_dir: Path, url: str) -> Stock:
    """Fill an empty database."""
    settings = Settings(data_dir=data_dir, database_url=url)
    await ready_store(settings)
    services = make_services(settings)
    try:
        await services.organisations.enrol(ORGANISATIONS)
        today = services.clock().date()
        await seed(services.database, services.patient_keys, women=WOMEN, seed=1, as_of=today, processes=1)
        numbers = await _followed(services)
        await _ask(services, data_dir, "kari", BLOCK)
        await _ready_answers(services, data_dir)
    finally:
        await services.close()
    return Stock(numbers, next(member.number for member in CAST if member.slug == "kari"))


async def _followed(services: Services) -> list[str]:
    """Have the midwife's unit follow some of the women; gives those whom it does not, to write visits for."""
    unit = STAFF["midwife"].unit
    units = orjson.dumps([{"organisation_number": unit.number, "organisation_name": unit.name}]).decode()
    async with services.database.transaction() as connection:
        rows = (await connection.execute(text(WRITABLE), {"unit": unit.number})).all()
        for row in rows[: LISTED + 10]:
            await connection.execute(text(FOLLOWED), {"units": units, "record": row.record_id})
            await connection.execute(text(LISTED_NOW), {"unit": unit.number, "record": row.record_id})
    return [services.patient_keys.unseal(bytes(row.number_sealed)) for row in rows[LISTED + 10 :]]


async def _ready_answers(services: Services, data_dir: Path) -> None:
    asked = {"card": FULL_CARD, "home": HOME_PAGE}
    pages = {page: await _ask(services, data_dir, "kari", query) for page, query in asked.items()}
    listed = await _ask(services, data_dir, "midwife", LIST)
    lines = [orjson.dumps(edge).decode() for edge in listed["data"]["caseload"]["edges"]]
    assert len(lines) == LISTED, len(lines)
    async with services.database.transaction() as connection:
        for statement in TABLES:
            await connection.execute(text(statement))
        for page, body in pages.items():
            values = {"key": await _key(services, data_dir), "page": page, "document": orjson.dumps(body).decode()}
            await connection.execute(text("INSERT INTO limit_page VALUES (:key, :page, :document)"), values)
        records = [edge["node"]["recordId"] for edge in listed["data"]["caseload"]["edges"]]
        insert = "INSERT INTO limit_line SELECT :unit, :place, patient_id, :line FROM maternity_record WHERE record_id = :record"
        for place, (record, line) in enumerate(zip(records, lines, strict=True)):
            values = {"unit": STAFF["midwife"].unit.number, "place": place, "line": line, "record": record}
            await connection.execute(text(insert), values)


async def _key(services: Services, data_dir: Path) -> str:
    viewer = await authenticated(Headers({"authorization": f"Bearer {token(data_dir, 'kari')}"}), services)
    assert viewer.subject_number is not None
    return services.patient_keys.key(viewer.subject_number)


async def _ask(services: Services, data_dir: Path, persona: str, query: str) -> Mapping[str, Any]:
    viewer = await authenticated(Headers({"authorization": f"Bearer {token(data_dir, persona)}"}), services)
    given = await answer(services, viewer, Request(query, None, {}))
    body: dict[str, Any] = orjson.loads(given.body) if isinstance(given.body, bytes) else given.body
    assert "errors" not in body, body
    return body
