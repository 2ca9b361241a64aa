"""The production profile: what it refuses to start with, and what it does not offer."""

import json
import secrets
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from app.__main__ import cli
from app.identity.development_issuer import ISSUERS, DevelopmentIssuer
from app.keys import ConfigurationError, load_keys
from app.main import create_app
from app.services import make_services
from app.settings import RunProfile, Settings
from app.startup import _on_network_disk
from data.database import Database
from data.migrate import migrate
from tests.streams import listening_gateway, raw_socket

KEYS = ("patient_lookup_key", "patient_sealing_key", "ledger_key")


@pytest.fixture
def complete(tmp_path: Path) -> dict[str, Any]:
    """Settings that production starts with."""
    jwks = tmp_path / "jwks.json"
    jwks.write_text(json.dumps(DevelopmentIssuer(tmp_path / "keys").key_set()))
    return {
        "profile": RunProfile.PRODUCTION,
        "data_dir": tmp_path / "data",
        "helseid_issuer": "https://helseid.test.example",
        "helseid_jwks": str(jwks),
        "public_url": "https://helsekort.test.example",
        **{name: secrets.token_hex(32) for name in KEYS},
    }


def test_production_starts_when_everything_is_given(complete: dict[str, Any]) -> None:
    """Keys, an issuer, a local disk."""
    assert create_app(Settings(**complete))


@pytest.mark.parametrize("missing", KEYS)
def test_production_refuses_to_start_without_a_key(complete: dict[str, Any], missing: str) -> None:
    """The message names the variable."""
    del complete[missing]
    with pytest.raises(ConfigurationError, match=f"HELSEKORT_{missing.upper()}"):
        create_app(Settings(**complete))


@pytest.mark.parametrize("weak", ["00" * 32, "secret", "ab" * 16, "11" * 32, "not hex at all" * 4])
def test_production_refuses_a_secret_that_is_none(complete: dict[str, Any], weak: str) -> None:
    """A default, a short one, a repeated byte: none of them starts, and the value is not repeated."""
    with pytest.raises(ConfigurationError) as refused:
        create_app(Settings(**{**complete, "ledger_key": weak}))
    assert weak not in str(refused.value)


def test_production_refuses_a_development_key(complete: dict[str, Any]) -> None:
    """A key that a development run has made in the same data folder is not taken."""
    development = load_keys(Settings(data_dir=complete["data_dir"]))
    with pytest.raises(ConfigurationError, match="development key"):
        create_app(Settings(**{**complete, "ledger_key": development.ledger.hex()}))


@pytest.mark.parametrize(
    "changes", [{"helseid_issuer": None, "helseid_jwks": None}, {"helseid_issuer": next(iter(ISSUERS.values()))}]
)
def test_production_refuses_to_trust_nobody_or_the_development_issuer(
    complete: dict[str, Any], changes: dict[str, Any]
) -> None:
    """An issuer is needed, and not the one that mints tokens for anybody."""
    with pytest.raises(ConfigurationError, match="issuer"):
        create_app(Settings(**{**complete, **changes}))


@pytest.mark.parametrize(
    "issuer", ["https://helseid-sts.test.nhn.no", "https://test.idporten.no", "https://helsekort.example/development/x"]
)
@pytest.mark.parametrize("name", ["helseid", "citizen", "helsenorge", "oversight"])
def test_production_refuses_the_issuers_of_test_environments(complete: dict[str, Any], name: str, issuer: str) -> None:
    """Whoever signs for people who do not exist is not trusted, in whatever place."""
    with pytest.raises(ConfigurationError, match="development or test"):
        create_app(Settings(**{**complete, f"{name}_issuer": issuer}))


@pytest.mark.parametrize("changes", [{"public_url": None}, {"public_url": "http://x.example"}, {"allow_bearer": True}])
def test_production_refuses_what_would_let_a_stolen_token_in(complete: dict[str, Any], changes: dict[str, Any]) -> None:
    """Proofs name an https address that only the configuration says, and no token comes without one."""
    with pytest.raises(ConfigurationError):
        create_app(Settings(**{**complete, **changes}))


def test_an_issuer_without_keys_is_a_mistake(complete: dict[str, Any]) -> None:
    """Keys belong to an issuer, and an issuer has keys or metadata that says where they are."""
    with pytest.raises(ValueError, match="helseid_issuer"):
        Settings(**{**complete, "helseid_issuer": None})
    with pytest.raises(ValueError, match="no https metadata"):
        Settings(**{**complete, "helseid_issuer": "urn:somebody", "helseid_jwks": None})
    assert create_app(Settings(**{**complete, "helseid_jwks": None}))


def test_a_network_disk_is_recognised(tmp_path: Path) -> None:
    """By the file system of the longest mount point above the file."""
    mounts = tmp_path / "mounts"
    mounts.write_text("/dev/a / ext4 rw 0 0\nserver:/x /data nfs4 rw 0 0\n/dev/b /data/local ext4 rw 0 0\n")
    assert _on_network_disk(Path("/data/helsekort.db"), mounts)
    assert not _on_network_disk(Path("/data/local/helsekort.db"), mounts)
    assert not _on_network_disk(Path("/database/helsekort.db"), mounts)


async def test_production_offers_no_sign_in_no_explorer_and_no_bearer_tokens(complete: dict[str, Any]) -> None:
    """What is for development does not exist; a stolen token is worth nothing."""
    settings = Settings(**complete)
    database = Database(settings.effective_database_url)
    await migrate(database)
    await database.close()
    app = create_app(settings)
    transport = httpx.ASGITransport(app=app)
    async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport, base_url="http://x") as client:
        issuer = "/development/issuer/helseid"
        for path in (
            "/explorer", "/development/personas", f"{issuer}/.well-known/openid-configuration", f"{issuer}/jwks",
        ):  # fmt: skip
            assert (await client.get(path)).status_code == 404
        for path in ("/development/token", f"{issuer}/token"):
            assert (await client.post(path, json={"persona": "kari"})).status_code == 404
        assert (await client.get("/health/ready")).status_code == 200
        for scheme in ("Bearer", "DPoP"):
            answer = await client.post(
                "/graphql", json={"query": "{ me { role } }"}, headers={"authorization": f"{scheme} a.b.c"}
            )
            assert answer.status_code == 401
            assert "reason" not in answer.json()["errors"][0]["extensions"]


@pytest.mark.parametrize(
    ("authorization", "code"),
    [(None, "UNAUTHENTICATED"), ("Bearer a.b.c", "INVALID_TOKEN"), ("DPoP a.b.c", "INVALID_TOKEN")],
)
async def test_production_lets_nobody_in_over_a_socket_either(
    complete: dict[str, Any], authorization: str | None, code: str
) -> None:
    """Neither by the message nor by the header of the upgrade; and not by asking for events."""
    services = make_services(Settings(**complete))
    await migrate(services.database)
    payload = {} if authorization is None else {"authorization": authorization}
    headers = {**payload, "accept": "text/event-stream"}
    async with listening_gateway(services) as address:
        for given in ({"payload": payload}, {}):
            more = {} if "payload" in given else {"additional_headers": payload}
            async with raw_socket(address, **more) as socket:
                await socket.say({"type": "connection_init", **given})
                assert await socket.closed() == (4403, f"Forbidden: {code}")
        async with httpx.AsyncClient() as client:
            answer = await client.post(f"http://{address}/graphql", json={"query": "{ me { role } }"}, headers=headers)
        assert (answer.status_code, answer.json()["errors"][0]["extensions"]) == (401, {"code": code})
    await services.close()


def test_serve_says_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty database is not migrated behind the operator's back."""
    monkeypatch.setenv("HELSEKORT_DATA_DIR", str(tmp_path))
    result = CliRunner().invoke(cli, ["serve"])
    assert isinstance(result.exception, ConfigurationError)
    assert "helsekort migrate" in str(result.exception)


def test_demo_is_for_development(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No synthetic women in production."""
    monkeypatch.setenv("HELSEKORT_DATA_DIR", str(tmp_path))
    result = CliRunner().invoke(cli, ["demo", "--profile", "production"])
    assert isinstance(result.exception, ConfigurationError)
