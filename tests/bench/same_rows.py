"""A bare application that writes the same rows as a visit does, with the same durability. `python -m
tests.bench.same_rows PORT`.

It reads the body and sends one transaction of eight rows: the version, the section's document, the change, the card's
head, the line of the list, the answer kept for a second sending, the ledger entry, the end of its chain. No token, no
GraphQL, no rules. Each goes to another of many women, as the visits do.
"""

import asyncio
import itertools
import sys
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import asyncpg  # type: ignore[import-untyped]  # it has no types
import orjson
import uvicorn

from app.services import Services, make_services
from app.settings import Settings
from tests.bench.limit import RECORDED
from tests.bench.pages import VISIT

ACTIVE_CARDS = """SELECT p.patient_id, r.record_id, s.document FROM patient p
    JOIN maternity_record r ON r.patient_id = p.patient_id AND r.status = 'ACTIVE'
    JOIN section s ON s.record_id = r.record_id AND s.kind = 'antenatal_visits'
    WHERE p.consent_state = 'ACTIVE' AND p.protection = 'UNCLASSIFIED' AND p.deceased_on IS NULL AND p.blocks = '[]'"""
STATEMENTS = (
    "INSERT INTO section_version (record_id, kind, item_id, version, position, last_updated_at, author, content) "
    "VALUES ($1, 'antenatal_visits', $2, 1, 9, $3, $4, $5)",
    "INSERT INTO section (record_id, kind, document) VALUES ($1, 'antenatal_visits', $2) "
    "ON CONFLICT (record_id, kind) DO UPDATE SET document = excluded.document",
    "INSERT INTO change (record_id, patient_id, at, kind, item_id, version, what, author) "
    "VALUES ($1, $2, $3, 'antenatal_visits', $4, 1, 'ITEM_RECORDED', $5)",
    "UPDATE maternity_record SET version = version + 1, last_change = last_change, record_last_updated_at = $2, author = $3 "
    "WHERE record_id = $1",
    "UPDATE caseload_entry SET last_visit_on = $2, last_blood_pressure = '118/76', updated_at = $3 WHERE record_id = $1",
    "INSERT INTO idempotency_key (client_id, key, patient_id, input_hash, answer, at) VALUES ('bare', $1, $2, $3, $4, $5)",
    "INSERT INTO ledger_entry (chain, sequence, at, patient_id, actor_key, entry, previous_hash, hash) "
    "VALUES ($1, 1, $2, $3, $4, $5, $6, $6)",
    "INSERT INTO ledger_head (chain, sequence, hash) VALUES ($1, $2, $3) "
    "ON CONFLICT (chain) DO UPDATE SET sequence = excluded.sequence, hash = excluded.hash",
)
AUTHOR = orjson.dumps({"name": "Modell, Jordmor", "profession": "JO", "hpr_number": "999900026"}).decode()
CONTENT = orjson.dumps({**VISIT, "heldOn": "2026-11-20"}).decode()
ENTRY = "x" * 900
"""As long as an entry of the ledger is."""


class BareWriter:
    """The bare application."""

    def __init__(self, services: Services) -> None:
        self.url = services.database.url.set(drivername="postgresql").render_as_string(hide_password=False)
        self.pool: Any = None
        self.women: Any = None
        self.count = itertools.count(1)
        self.starting = asyncio.Lock()

    async def start(self) -> None:
        async with self.starting:
            if self.pool is None:
                pool = await asyncpg.create_pool(self.url, min_size=10, max_size=10)
                self.women = itertools.cycle(await pool.fetch(ACTIVE_CARDS))
                self.pool = pool

    async def write(self) -> None:
        woman, item, now = next(self.women), str(uuid4()), datetime.now(UTC)
        record, patient = woman["record_id"], woman["patient_id"]
        async with self.pool.acquire() as connection, connection.transaction():
            version, section, change, head, line, kept, entry, end = STATEMENTS
            await connection.execute(version, record, item, now, AUTHOR, CONTENT)
            await connection.execute(section, record, woman["document"])
            await connection.execute(change, record, patient, now, item, AUTHOR)
            await connection.execute(head, record, now, AUTHOR)
            await connection.execute(line, record, now.date(), now)
            await connection.execute(kept, item, patient, "0" * 64, "{}", now)
            await connection.execute(entry, item, now, patient, "0" * 64, ENTRY, "0" * 64)
            await connection.execute(end, str(id(connection)), next(self.count), "0" * 64)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        while (await receive()).get("more_body"):
            pass
        if self.pool is None:
            await self.start()
        await self.write()
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(RECORDED)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": RECORDED})


if __name__ == "__main__":
    uvicorn.run(
        BareWriter(make_services(Settings())), port=int(sys.argv[1]), log_level="error", access_log=False,
        loop="uvloop", http="httptools",
    )  # fmt: skip
