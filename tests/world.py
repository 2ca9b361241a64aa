"""A running gateway with the cast in it, to ask questions of as anybody; on either database."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx
from sqlalchemy import text
from starlette.datastructures import Headers

from app.authentication import authenticated
from app.development import all_personas
from app.domain.gate import OSLO
from app.domain.ledger import read_entry
from app.domain.viewer import Viewer
from app.execution.programs import Programs
from app.identity.development_proofs import ProofKey
from app.main import create_app
from app.services import Services
from data.storing import NewCard, store
from data.synthetic.cast import CAST, CastMember, Situation
from tests.whole_card import whole_record

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
TODAY = NOW.astimezone(OSLO).date()

PUBLIC_URL = "http://helsekort.test"

WHOLE_WOMAN = "15839430008"
WHOLE_RECORD = "aaaaaaaa-0000-4000-8000-000000000001"


@dataclass
class World:
    """One gateway, its clock standing still at NOW.

    proof_key   when set, tokens are bound to it and every request brings a proof; else they are bearer tokens
    """

    services: Services
    client: httpx.AsyncClient
    whole: str = WHOLE_WOMAN
    proof_key: ProofKey | None = None

    def token(self, persona: str, purpose: str | None = None, **claims: Any) -> str:
        """A really signed token; `claims` replace some, None leaves one out."""
        found = all_personas()[persona]
        assert self.services.issuer is not None
        chosen = purpose or (found.purposes[0].value if found.purposes else "TREAT")
        if self.proof_key is not None:
            claims = {"cnf": {"jkt": self.proof_key.thumbprint}} | claims
        return self.services.issuer.mint(found, now=self.services.clock(), purpose=chosen, **claims)

    def credentials(self, token: str, method: str = "POST") -> dict[str, str]:
        """The headers of a request with this token."""
        if self.proof_key is None:
            return {"authorization": f"Bearer {token}"}
        address = self.services.settings.graphql_url
        return {
            "authorization": f"DPoP {token}",
            "dpop": self.proof_key.proof(method, address, token, self.services.clock()),
        }

    async def viewer(self, persona: str, purpose: str | None = None) -> Viewer:
        """Whom the gateway takes a persona for."""
        return await authenticated(Headers(self.credentials(self.token(persona, purpose))), self.services)

    async def ask(self, persona: str, query: str, *, purpose: str | None = None, **variables: Any) -> httpx.Response:
        """POST a document as a persona."""
        return await self.send(self.token(persona, purpose), query, **variables)

    async def send(self, token: str, query: str, **variables: Any) -> httpx.Response:
        """POST a document with a token."""
        asked = {"query": query, "variables": variables}
        return await self.client.post("/graphql", json=asked, headers=self.credentials(token))

    async def data(self, persona: str, query: str, *, purpose: str | None = None, **variables: Any) -> dict[str, Any]:
        """The data of an answer that must have no errors."""
        response = await self.ask(persona, query, purpose=purpose, **variables)
        body = response.json()
        assert "errors" not in body, body["errors"]
        data: dict[str, Any] = body["data"]
        return data

    def member(self, slug: str) -> CastMember:
        return next(member for member in CAST if member.slug == slug)

    def number(self, slug: str) -> str:
        return self.member(slug).number

    def situation(self, slug: str) -> Situation:
        return self.member(slug).on(TODAY)

    async def add_whole_card(
        self, *, woman: str | None = None, care_unit: str = "310990000", **changes: Mapping[str, Any]
    ) -> None:
        """Store a card with every fact recorded, in place of the one before; `changes` by section and fact.

        A fact changed to None is not recorded.
        """
        number = self.number(woman) if woman else self.whole
        record = whole_record(WHOLE_RECORD, care_unit=care_unit)
        for item in record.items:
            item.content |= changes.get(item.kind, {})
            item.content = {name: value for name, value in item.content.items() if value is not None}
        await self.forget(number)
        await self.store_cards([(number, NOW, record)])

    async def store_cards(self, cards: Sequence[NewCard]) -> None:
        """Store cards made elsewhere."""
        await store(self.services.database, self.services.patient_keys, cards)

    async def forget(self, number: str) -> None:
        """Take all cards of a woman out of the store."""
        key = self.services.patient_keys.key(number)
        ids = "SELECT record_id FROM maternity_record r JOIN patient p ON p.patient_id = r.patient_id WHERE p.number_key = :key"
        async with self.services.database.transaction() as connection:
            found = (await connection.execute(text(ids), {"key": key})).scalars().all()
            for record_id in found:
                for table in (
                    "section",
                    "section_version",
                    "caseload_entry",
                    "correction_request",
                    "change",
                    "maternity_record",
                ):
                    await connection.execute(text(f"DELETE FROM {table} WHERE record_id = :id"), {"id": record_id})

    async def ledger_entries(self, woman: str) -> list[dict[str, Any]]:
        """What the ledger holds about a woman (slug or number), oldest first."""
        number = woman if woman.isdigit() else self.number(woman)
        key = self.services.patient_keys.key(number)
        async with self.services.database.connection() as connection:
            found = await connection.execute(
                text("SELECT patient_id FROM patient WHERE number_key = :key"), {"key": key}
            )
            patient_id = found.scalar() or self.services.patient_keys.patient_id(number)
        return [entry for entry in await self.all_ledger_entries() if entry["patient_id"] == patient_id]

    async def all_ledger_entries(self) -> list[dict[str, Any]]:
        async with self.services.database.connection() as connection:
            rows = await connection.execute(text("SELECT entry FROM ledger_entry ORDER BY at, sequence"))
            return [read_entry(entry) for entry in rows.scalars()]

    async def last_ledger_entry(self) -> dict[str, Any]:
        """The latest entry of this process's chain."""
        async with self.services.database.connection() as connection:
            rows = await connection.execute(text("SELECT entry FROM ledger_entry ORDER BY sequence DESC LIMIT 1"))
            entry = read_entry(rows.scalar_one())
            return entry

    async def break_ledger(self) -> None:
        """From now on no entry can be written."""
        async with self.services.database.transaction() as connection:
            await connection.execute(text("ALTER TABLE ledger_head RENAME TO gone"))


@asynccontextmanager
async def running(services: Services) -> AsyncIterator[World]:
    """The application around these services, started and stopped."""
    services.programs = Programs(made_at=1)  # whatever a test asks, and most ask once, is answered by a program
    app = create_app(services.settings, services=services)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    # The media type whose status says how it went; as application/json a refused document is answered with 200.
    accept = {"accept": "application/graphql-response+json"}
    client = httpx.AsyncClient(transport=transport, base_url=PUBLIC_URL, headers=accept)
    async with app.router.lifespan_context(app), client:
        yield World(services, client)


__all__ = ["NOW", "PUBLIC_URL", "TODAY", "World", "running"]
