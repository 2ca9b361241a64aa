"""Where keys come from: a fixed set, or an issuer's address asked no more often than needed."""

import asyncio
import contextlib
import json
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from app.domain.errors import TransportRefusal
from app.identity.claims import GATEWAY, IssuerKind
from app.identity.development_issuer import ISSUERS
from app.identity.fetched_keys import MAX_AGE_SECONDS, STALE_SECONDS, FetchedKeys, KeysByMetadata
from app.identity.keys import KeySetUnusable, StaticKeys, read_key_set
from app.identity.tokens import AccessTokenVerifier, TrustedIssuer
from tests.identity.world import Installation, assemble, refused, rs256

URL = "https://issuer.example/jwks"


class Issuer:
    """An issuer's web server: answers with a key set, counts who asks for what, and can break down."""

    def __init__(self, jwks: object) -> None:
        self.jwks = jwks
        self.asked: list[str] = []
        self.down = False
        self.seconds = 1000.0
        client = httpx.AsyncClient(transport=httpx.MockTransport(self._answer))
        self.keys = FetchedKeys(URL, client, seconds=lambda: self.seconds)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(str(request.url))
        return httpx.Response(503) if self.down else httpx.Response(200, json=self.jwks)

    def refresh(self, *kids: str) -> None:
        async def refresh_all() -> None:
            await asyncio.gather(*(self.keys.refresh(kid) for kid in kids))

        asyncio.run(refresh_all())


@pytest.fixture
def issuer(installation: Installation) -> Issuer:
    return Issuer(installation.issuer.key_set())


@pytest.fixture
def kid(installation: Installation) -> str:
    return installation.keys["RS256"].kid


def test_a_key_set_is_read_from_a_file(installation: Installation, tmp_path: Path, kid: str) -> None:
    """A JWKS on disk serves where there is no network."""
    path = tmp_path / "jwks.json"
    path.write_text(json.dumps(installation.issuer.key_set()))
    key = StaticKeys.from_file(path).find(kid)
    assert key is not None
    assert key.algorithms == {"RS256"}


def test_a_key_without_a_named_algorithm_serves_its_family(installation: Installation) -> None:
    """An RSA key may sign with any RSA algorithm, a curve only with its own."""
    jwks = {"keys": [{k: v for k, v in key.items() if k != "alg"} for key in installation.issuer.key_set()["keys"]]}
    families = [key.algorithms for key in read_key_set(jwks).values()]
    assert families == [{"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"}, {"ES256"}]


@pytest.mark.parametrize(
    "changes", [{"use": "enc"}, {"kty": "oct"}, {"alg": "HS256"}, {"alg": "RSA-OAEP"}, {"kty": "EC", "crv": "P-192"}]
)
def test_keys_for_other_uses_are_passed_over(installation: Installation, changes: dict[str, Any]) -> None:
    """Encryption keys, shared secrets and unknown curves never verify a signature."""
    rsa_key, curve_key = installation.issuer.key_set()["keys"]
    assert list(read_key_set({"keys": [rsa_key | changes, curve_key]})) == [curve_key["kid"]]


@pytest.mark.parametrize("changes", [{"kid": None}, {"kid": ""}, {"n": "æ"}, {"n": 7}, {"d": "AQAB"}])
def test_an_unusable_key_set_is_refused_at_start_up(installation: Installation, changes: dict[str, Any]) -> None:
    """A private key, or a key that cannot be named or read, is a mistake to be seen early."""
    rsa_key, curve_key = installation.issuer.key_set()["keys"]
    with pytest.raises(KeySetUnusable):
        StaticKeys({"keys": [rsa_key | changes, curve_key]})


@pytest.mark.parametrize("jwks", [{}, {"keys": "none"}, {"keys": ["key"]}])
def test_what_is_no_key_set_is_refused(jwks: dict[str, Any]) -> None:
    """A key set is an object with a list of key objects."""
    with pytest.raises(KeySetUnusable):
        read_key_set(jwks)


def test_two_keys_with_one_id_are_refused(installation: Installation) -> None:
    """A key id names one key."""
    rsa_key, _ = installation.issuer.key_set()["keys"]
    with pytest.raises(KeySetUnusable):
        read_key_set({"keys": [rsa_key, rsa_key]})


def test_a_short_rsa_key_verifies_nothing(installation: Installation) -> None:
    """A key that can be broken proves nothing, even in the issuer's own set."""
    weak = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505 - weak on purpose
    jwk = type(installation.keys["RS256"])("weak", "RS256", weak).public_jwk()
    issuers = [TrustedIssuer(ISSUERS[IssuerKind.HELSEID], IssuerKind.HELSEID, StaticKeys({"keys": [jwk]}))]
    verifier = AccessTokenVerifier(issuers, GATEWAY, clock=installation.clock)
    raw = assemble(installation.header(kid="weak"), installation.payload("gp"), rs256(weak))
    assert refused(lambda: verifier.verify(raw)).reason == "SIGNATURE"


def test_tc_t10_an_unknown_key_id_is_looked_for_once(installation: Installation, issuer: Issuer, kid: str) -> None:
    """An unknown key id makes one request, and no more within five minutes."""
    issuer.refresh(kid)
    issuer.seconds += 301
    issuer.refresh("unknown")
    assert len(issuer.asked) == 2
    issuer.seconds += 299
    issuer.refresh("unknown", "another")
    assert len(issuer.asked) == 2
    issuer.seconds += 1
    issuer.refresh("unknown")
    assert len(issuer.asked) == 3
    assert issuer.keys.find("unknown") is None


def test_tc_t09_t10_the_verifier_asks_its_own_issuer_only(installation: Installation, issuer: Issuer) -> None:
    """Fetching goes to the configured address, whatever addresses the token brings along."""
    issuers = [TrustedIssuer(ISSUERS[IssuerKind.HELSEID], IssuerKind.HELSEID, issuer.keys)]
    verifier = AccessTokenVerifier(issuers, GATEWAY, clock=installation.clock)
    attacker = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    header = installation.header(kid="attacker", jku="https://attacker.example/", x5u="https://attacker.example/")
    for raw, reason in (
        (assemble(header, installation.payload("gp"), rs256(attacker)), "SIGNATURE"),
        (installation.token("gp", iss="https://attacker.example"), "ISSUER"),
    ):
        asyncio.run(_refresh(verifier, raw))
        assert refused(partial(verifier.verify, raw)).reason == reason
    assert issuer.asked == [URL]
    assert verifier.verify(installation.token("gp"))


def test_known_keys_are_fetched_anew_after_a_day(issuer: Issuer, kid: str) -> None:
    """A known key costs no request until the set is a day old."""
    issuer.refresh(kid, kid, kid)
    issuer.seconds += MAX_AGE_SECONDS - 1
    issuer.refresh(kid)
    assert len(issuer.asked) == 1
    issuer.seconds += 1
    issuer.refresh(kid)
    assert len(issuer.asked) == 2


@pytest.mark.parametrize("jwks", [[], {"keys": [7]}, "keys", None])
def test_stale_keys_serve_while_the_issuer_is_down(issuer: Issuer, kid: str, jwks: object) -> None:
    """An issuer that is down, or answers nonsense, does not lock everybody out."""
    issuer.refresh(kid)
    issuer.seconds += MAX_AGE_SECONDS
    issuer.down = True
    issuer.refresh(kid)
    assert issuer.keys.find(kid) is not None
    issuer.seconds += 301
    issuer.down, issuer.jwks = False, jwks
    issuer.refresh(kid)
    assert len(issuer.asked) == 3
    assert issuer.keys.find(kid) is not None


def test_without_any_keys_it_asks_again_soon(issuer: Issuer, kid: str) -> None:
    """A failed first request is repeated after seconds, not minutes: nobody can sign in meanwhile."""
    issuer.down = True
    issuer.refresh(kid)
    issuer.refresh(kid)
    assert len(issuer.asked) == 1
    issuer.down = False
    issuer.seconds += 10
    issuer.refresh(kid)
    assert issuer.keys.find(kid) is not None


async def _refresh(verifier: AccessTokenVerifier, raw: str) -> None:
    with contextlib.suppress(TransportRefusal):
        await verifier.refresh_keys_for(raw)


def test_stale_keys_serve_no_longer_than_allowed(issuer: Issuer, kid: str) -> None:
    """A key that was withdrawn meanwhile must not be good for ever: after a second day nobody gets in."""
    issuer.refresh(kid)
    issuer.down = True
    issuer.seconds += MAX_AGE_SECONDS + STALE_SECONDS - 1
    issuer.refresh(kid)
    assert issuer.keys.find(kid) is not None
    issuer.seconds += 1
    assert issuer.keys.find(kid) is None
    issuer.seconds += 300
    issuer.down = False
    issuer.refresh(kid)
    assert issuer.keys.find(kid) is not None


def by_metadata(installation: Installation, metadata: object) -> tuple[KeysByMetadata, list[str]]:
    """Keys of an issuer that says this of itself, and what was asked for."""
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(200, json=installation.issuer.key_set() if asked[1:] else metadata)

    client = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    return KeysByMetadata("https://issuer.example", client), asked


def test_an_issuers_metadata_says_where_its_keys_are(installation: Installation, kid: str) -> None:
    """Two requests, whatever else it offers: its list of algorithms is its own."""
    told = {"issuer": "https://issuer.example", "jwks_uri": URL, "id_token_signing_alg_values_supported": ["none"]}
    keys, asked = by_metadata(installation, told)
    asyncio.run(keys.refresh(kid))
    assert asked == ["https://issuer.example/.well-known/openid-configuration", URL]
    found = keys.find(kid)
    assert found is not None
    assert found.algorithms == {"RS256"}


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://issuer.example/", "jwks_uri": URL}, {"jwks_uri": URL}, [], "keys", None,
        {"issuer": "https://issuer.example", "jwks_uri": "http://issuer.example/jwks"},
        {"issuer": "https://issuer.example"}, {"issuer": "https://issuer.example", "jwks_uri": 7},
    ],
)  # fmt: skip
def test_metadata_of_another_or_keys_on_an_open_road_give_no_keys(
    installation: Installation, kid: str, metadata: object
) -> None:
    """The issuer is compared byte for byte, and keys come over https: then nobody gets in, and no key was asked for."""
    keys, asked = by_metadata(installation, metadata)
    asyncio.run(keys.refresh(kid))
    assert keys.find(kid) is None
    assert len(asked) == 1
