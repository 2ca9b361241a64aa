"""Proofs of possession where the access cases do not go: production, sockets, streams of events, nonces."""

import secrets
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from app.development import all_personas
from app.domain.errors import TransportRefusal
from app.identity.claims import IssuerKind
from app.identity.development_issuer import DevelopmentIssuer
from app.identity.development_proofs import ProofKey
from app.identity.nonces import PERIOD_SECONDS, Nonces
from app.identity.proofs import ProofTerms, ProofVerifier
from app.services import Services, make_services, system_clock
from app.settings import RunProfile, Settings
from data.migrate import migrate
from data.synthetic.organisations import ORGANISATIONS
from tests.access.choosing import set_clock
from tests.databases import ENGINES, drop_database, new_database_url
from tests.streams import raw_socket, socket_of
from tests.world import NOW, World, running

ISSUER = "https://helseid.test.example"
ME = "query Me {\n  me {\n    kind\n"
KEYS = ("patient_lookup_key", "patient_sealing_key", "ledger_key")


class Vendor:
    """A client of production: its key, and the issuer that vouches for its users."""

    def __init__(self, folder: Path) -> None:
        self.issuer, self.key = DevelopmentIssuer(folder), ProofKey.generate()

    def token(self, persona: str = "gp", **claims: Any) -> str:
        bound = {"iss": ISSUER, "cnf": {"jkt": self.key.thumbprint}} | claims
        return self.issuer.mint(all_personas()[persona], now=system_clock(), **bound)


@pytest.fixture
def vendor(tmp_path: Path) -> Vendor:
    return Vendor(tmp_path / "issuer")


@pytest.fixture(params=ENGINES)
async def production(request: pytest.FixtureRequest, tmp_path: Path, vendor: Vendor) -> AsyncIterator[World]:
    """The production profile on each database, by the machine's clock; the invented units take part."""
    jwks = tmp_path / "jwks.json"
    jwks.write_bytes(orjson.dumps(vendor.issuer.key_set()))
    url = await new_database_url(request.param, tmp_path)
    more = {name: secrets.token_hex(32) for name in KEYS}
    settings = Settings(
        profile=RunProfile.PRODUCTION, data_dir=tmp_path, database_url=url, helseid_issuer=ISSUER,
        helseid_jwks=str(jwks), public_url="https://helsekort.test", client_ids="listed", **more,
    )  # fmt: skip
    services = make_services(settings)
    await migrate(services.database)
    await services.organisations.enrol(ORGANISATIONS)
    async with running(services) as made:
        yield made
    await drop_database(url)


async def me(world: World, vendor: Vendor, token: str, *, scheme: str = "DPoP", **proof: Any) -> httpx.Response:
    """Who the gateway says this is."""
    (text,) = (text for text in world.services.trusted.texts.values() if ME in text)
    made = vendor.key.proof("POST", world.services.settings.graphql_url, token, system_clock(), **proof)
    headers = {"authorization": f"{scheme} {token}", "dpop": made}
    return await world.client.post("/graphql", json={"query": text}, headers=headers)


def code(response: httpx.Response) -> str:
    (error,) = response.json()["errors"]
    assert "reason" not in error["extensions"]
    found: str = error["extensions"]["code"]
    return found


async def test_production_lets_in_who_holds_the_key_of_a_trusted_issuers_token(
    production: World, vendor: Vendor
) -> None:
    """And nobody else: not as Bearer, not with another's proof, not with a proof for another place."""
    token = vendor.token(client_id="listed")
    answer = await me(production, vendor, token)
    assert answer.status_code == 200
    assert answer.json()["data"]["me"]["role"] == "GP"
    assert code(await me(production, vendor, token, scheme="Bearer")) == "INVALID_TOKEN"
    assert code(await me(production, Vendor(production.services.settings.data_dir), token)) == "INVALID_DPOP_PROOF"
    elsewhere = await me(production, vendor, token, htu="http://helsekort.test/graphql")
    assert (elsewhere.status_code, code(elsewhere)) == (401, "INVALID_DPOP_PROOF")


async def test_only_listed_clients_take_part(production: World, vendor: Vendor) -> None:
    """A client that is not on the list has no access, whoever vouches for its user (AT-18)."""
    answer = await me(production, vendor, vendor.token(client_id="another"))
    assert (answer.status_code, code(answer)) == (403, "ACTOR_NOT_PERMITTED")


async def test_a_socket_is_opened_with_a_proof_and_not_without(gateway: World, address: str) -> None:
    """It names the upgrade, a GET; a token that is bound to a key comes in on no other way."""
    gateway.proof_key = ProofKey.generate()
    async with socket_of(gateway, address, "gp") as socket:
        await socket.say({"id": "1", "type": "subscribe", "payload": {"query": "{ me { role } }"}})
        assert (await socket.hear())["payload"]["data"] == {"me": {"role": "GP"}}
    token = gateway.token("gp")
    for payload, said in (
        ({"authorization": f"DPoP {token}"}, "INVALID_DPOP_PROOF"),
        (gateway.credentials(token, "POST"), "INVALID_DPOP_PROOF"),
        ({"authorization": f"Bearer {token}"}, "INVALID_TOKEN"),
    ):
        async with raw_socket(address) as socket:
            await socket.say({"type": "connection_init", "payload": payload})
            assert await socket.closed() == (4403, f"Forbidden: {said}")


async def test_a_stream_of_events_takes_a_proof_like_any_request(gateway: World) -> None:
    """With it the events come; the same one again is refused."""
    gateway.proof_key = ProofKey.generate()
    headers = gateway.credentials(gateway.token("gp")) | {"accept": "text/event-stream"}
    first, again = [
        await gateway.client.post("/graphql", json={"query": "{ me { role } }"}, headers=headers) for _ in range(2)
    ]
    assert '{"data":{"me":{"role":"GP"}}' in first.text
    assert (again.status_code, again.json()["errors"][0]["extensions"]["reason"]) == (401, "DPOP_REPLAY")


async def test_where_nonces_are_asked_for_a_proof_holds_the_one_of_now(gateway: World) -> None:
    """The refusal gives it (RFC 9449, section 8); the one before is taken a while longer, any other never."""
    gateway.proof_key = key = ProofKey.generate()
    asking_for_nonces(gateway.services)
    token, url = gateway.token("gp"), gateway.services.settings.graphql_url

    async def ask(**claims: Any) -> httpx.Response:
        made = key.proof("POST", url, token, gateway.services.clock(), **claims)
        headers = {"authorization": f"DPoP {token}", "dpop": made}
        return await gateway.client.post("/graphql", json={"query": "{ me { role } }"}, headers=headers)

    for nonce in (None, "made up", 7):
        refused = await ask(nonce=nonce)
        assert (refused.status_code, refused.json()["errors"][0]["extensions"]["code"]) == (401, "USE_DPOP_NONCE")
        assert refused.headers["www-authenticate"] == 'DPoP error="use_dpop_nonce"'
    given = refused.headers["dpop-nonce"]
    for periods, taken in ((0, True), (1, True), (2, False)):
        set_clock(gateway, NOW + timedelta(seconds=periods * PERIOD_SECONDS))
        assert (await ask(nonce=given)).status_code == (200 if taken else 401)


def asking_for_nonces(services: Services) -> None:
    terms = ProofTerms(
        address=services.settings.graphql_url,
        max_age_seconds=10,
        skew_seconds=5,
        nonces=Nonces(secrets.token_bytes(32)),
    )
    services.proofs = ProofVerifier(terms, services.seen_proofs)


async def test_a_proof_that_says_the_wrong_thing_is_not_remembered(gateway: World) -> None:
    """So nobody can fill the memory with proofs for elsewhere, or use up another's."""
    key, services = ProofKey.generate(), gateway.services
    token = gateway.token("gp", cnf={"jkt": key.thumbprint})
    wrong = key.proof("POST", "https://elsewhere.example/graphql", token, NOW, jti="one")
    with pytest.raises(TransportRefusal) as refused:
        await services.proofs.verify([wrong], method="POST", token=token, key_thumbprint=key.thumbprint, now=NOW)
    assert refused.value.reason == "DPOP_HTU"
    right = key.proof("POST", services.settings.graphql_url, token, NOW, jti="one")
    await services.proofs.verify([right], method="POST", token=token, key_thumbprint=key.thumbprint, now=NOW)


def test_every_kind_of_issuer_is_configuration(tmp_path: Path, vendor: Vendor) -> None:
    """HelseID, ID-porten, Helsenorge and oversight at once, each with its own keys and its kind of caller."""
    named = {
        f"{name}_issuer": f"https://{name}.test.example" for name in ("helseid", "citizen", "helsenorge", "oversight")
    }
    services = make_services(Settings(data_dir=tmp_path, **named))
    kinds = {name: issuer.kind for name, issuer in services.verifier._issuers.items() if name in named.values()}
    assert list(kinds.values()) == [
        IssuerKind.HELSEID, IssuerKind.ID_PORTEN, IssuerKind.HELSENORGE, IssuerKind.OVERSIGHT,
    ]  # fmt: skip
