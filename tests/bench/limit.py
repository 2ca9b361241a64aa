"""The limit: what is left when a gateway is taken away. `python -m tests.bench.limit PORT [--remember]`.

It verifies each token with PyJWT, or with the gateway's own verifier, which remembers those it has verified; looks at consent, protection and blocks in the statement that
reads, and sends on what stands ready as text. No GraphQL, no cutting down, no ledger, no history.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from functools import lru_cache
from typing import Any, Final

import asyncpg  # type: ignore[import-untyped]  # it has no types
import jwt
import orjson
import uvicorn

from app.identity.claims import Claims, read_claims
from app.services import Services, make_services
from app.settings import Settings

IN_USE = "p.consent_state, p.protection, p.deceased_on, p.blocks"
PAGE = f"SELECT {IN_USE}, l.document FROM patient p JOIN limit_page l ON l.number_key = p.number_key AND l.page = $2 WHERE p.number_key = $1"
SECTIONS = f"""SELECT {IN_USE}, s.kind, s.document FROM patient p JOIN maternity_record r ON r.patient_id = p.patient_id
    AND r.status = 'ACTIVE' JOIN section s ON s.record_id = r.record_id WHERE p.number_key = $1"""
LIST = f"SELECT {IN_USE}, l.document FROM limit_line l JOIN patient p ON p.patient_id = l.patient_id WHERE l.unit = $1 ORDER BY l.place LIMIT 50"
VISIT = """INSERT INTO limit_visit (record_id, at, document) SELECT r.record_id, now(), $2 FROM patient p
    JOIN maternity_record r ON r.patient_id = p.patient_id AND r.status = 'ACTIVE' WHERE p.number_key = $1
    AND p.consent_state = 'ACTIVE' AND p.protection = 'UNCLASSIFIED' AND p.deceased_on IS NULL
    AND p.blocks NOT LIKE $3 RETURNING 1"""
CONNECTIONS: Final = 10
RECORDED: Final = b'{"data":{"recordVisit":{"__typename":"VisitRecorded"}}}'


class Pool:
    """Connections that are given back without a reset, with their statements prepared."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._free: list[dict[str, Any]] = []
        self._turns = asyncio.Semaphore(CONNECTIONS)

    async def fetch(self, statement: str, *values: Any) -> list[Any]:
        async with self._turns:
            prepared = self._free.pop() if self._free else {"": await asyncpg.connect(self._url)}
            if statement not in prepared:
                prepared[statement] = await prepared[""].prepare(statement)
            rows: list[Any] = await prepared[statement].fetch(*values)
            self._free.append(prepared)
            return rows


class Verifying:
    """Takes every token for one it has never seen, as an application without a memory does."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.audience = services.settings.audience
        trusted = services.issuer.trusted_issuers() if services.issuer else ()
        self.trusted = {issuer.issuer: issuer for issuer in trusted}
        self.keys = next(iter(self.trusted.values())).keys  # they share their keys in development

    def verify(self, raw: str) -> Claims:
        key = self.keys.find(jwt.get_unverified_header(raw)["kid"])
        assert key is not None
        payload = jwt.decode(
            raw, key.public_key, algorithms=list(key.algorithms), audience=self.audience, issuer=list(self.trusted)
        )
        return read_claims(payload, self.trusted[payload["iss"]].kind, self.audience)


class Limit:
    """The application."""

    def __init__(self, services: Services, *, remembers: bool) -> None:
        self.verify = services.verifier.verify if remembers else Verifying(services).verify
        self.key = lru_cache(10_000)(services.patient_keys.key)
        self.pool = Pool(services.database.url.set(drivername="postgresql").render_as_string(hide_password=False))
        self.routes: dict[str, Callable[[Claims, bytes], Awaitable[bytes]]] = {
            "/card": self.page("card"), "/home": self.page("home"), "/sections": self.sections, "/list": self.list,
            "/visit": self.visit,
        }  # fmt: skip

    def page(self, name: str) -> Callable[[Claims, bytes], Awaitable[bytes]]:
        async def page(claims: Claims, body: bytes) -> bytes:
            assert claims.national_identity_number is not None
            (row,) = await self.pool.fetch(PAGE, self.key(claims.national_identity_number), name)
            document: str = row["document"]
            return document.encode() if may_be_seen(row, claims) else b"{}"

        return page

    async def sections(self, claims: Claims, body: bytes) -> bytes:
        """The card as it is stored, section by section."""
        assert claims.national_identity_number is not None
        rows = await self.pool.fetch(SECTIONS, self.key(claims.national_identity_number))
        texts = ",".join([f'"{row["kind"]}":{row["document"]}' for row in rows]) if may_be_seen(rows[0], claims) else ""
        return f'{{"data":{{"myCard":{{{texts}}}}}}}'.encode()

    async def list(self, claims: Claims, body: bytes) -> bytes:
        rows = await self.pool.fetch(LIST, claims.organisation_child)
        lines = ",".join([row["document"] for row in rows if may_be_seen(row, claims)])
        return f'{{"data":{{"caseload":{{"edges":[{lines}]}}}}}}'.encode()

    async def visit(self, claims: Claims, body: bytes) -> bytes:
        said = orjson.loads(body)["variables"]
        document = orjson.dumps(said["visit"]).decode()
        written = await self.pool.fetch(VISIT, self.key(said["patient"]), document, f"%{claims.hpr_number}%")
        return RECORDED if written else b"{}"

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        authorization = next(value for name, value in scope["headers"] if name == b"authorization")
        claims = self.verify(authorization[7:].decode())
        answer = await self.routes[scope["path"]](claims, body)
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(answer)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": answer})


def may_be_seen(row: Any, claims: Claims) -> bool:
    """Consent in force, nobody protected, the caller not kept out."""
    blocks = orjson.loads(row["blocks"]) if row["blocks"] != "[]" else ()
    is_open = row["consent_state"] == "ACTIVE" and row["protection"] == "UNCLASSIFIED" and row["deceased_on"] is None
    return is_open and all(block.get("target_id") != claims.hpr_number for block in blocks)


if __name__ == "__main__":
    uvicorn.run(
        Limit(make_services(Settings()), remembers="--remember" in sys.argv), port=int(sys.argv[1]), log_level="error", access_log=False, loop="uvloop",
        http="httptools", lifespan="off", server_header=False,
    )  # fmt: skip
