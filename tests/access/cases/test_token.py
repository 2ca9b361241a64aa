"""Access cases TC-T: the access token. Each changes one thing of a token that is right."""

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from app.identity.claims import CLIENT_NAME, GATEWAY, HPR_NUMBER, IssuerKind
from app.identity.development_issuer import ISSUERS
from app.identity.development_keys import SigningKey, load_or_create_keys
from app.identity.fetched_keys import FetchedKeys
from app.identity.tokens import AccessTokenVerifier, TrustedIssuer
from tests.access.cases.setting import Q1, card_of, expect_turned_away, read, write_visit
from tests.access.choosing import set_clock
from tests.identity.world import assemble, encoded, es256, rs256, unsigned
from tests.world import NOW, World

HELSEID = ISSUERS[IssuerKind.HELSEID]
SECONDS = int(NOW.timestamp())
KEYS_URL = "https://helseid.example/jwks"


def keys(world: World) -> dict[str, SigningKey]:
    return load_or_create_keys(world.services.settings.data_dir)


def payload(world: World, **changes: Any) -> dict[str, Any]:
    """The claims of GP1's good token."""
    claims: dict[str, Any] = jwt.decode(world.token("gp"), options={"verify_signature": False})
    return {name: value for name, value in (claims | changes).items() if value is not None}


def header(world: World, **changes: Any) -> dict[str, Any]:
    said = {"alg": "RS256", "typ": "at+jwt", "kid": keys(world)["RS256"].kid} | changes
    return {name: value for name, value in said.items() if value is not None}


def genuine(world: World) -> Callable[[bytes], bytes]:
    """Signs with the issuer's own key."""
    return rs256(keys(world)["RS256"].private_key)


def made(world: World, said: Mapping[str, Any] | str | None = None, **named: Any) -> str:
    """A token with the issuer's genuine signature, whatever else is wrong with it."""
    return assemble(header(world, **named), payload(world) if said is None else said, genuine(world))


async def ask(world: World, token: str) -> httpx.Response:
    """Q1 about W1 with this token, and a good proof for it."""
    return await world.send(token, Q1, patient=world.number("kari"))


async def expect_invalid(world: World, token: str, *reasons: str) -> None:
    """401 INVALID_TOKEN, for one of these reasons, and nothing of a card."""
    response = await ask(world, token)
    said = response.json()["errors"][0]["extensions"]
    assert said["reason"] in reasons, said
    expect_turned_away(response, 401, "INVALID_TOKEN", said["reason"])
    assert response.headers["www-authenticate"] == 'DPoP error="invalid_token"'


async def test_TC_T01_the_baseline_is_answered_in_full(world: World) -> None:
    """A general practitioner reads all she asks for; nothing is withheld, and it stands in the ledger."""
    card = card_of(await read(world, "GP1", "W1"))
    assert card["withheld"] == []
    assert card["mother"]["language"] and card["pregnancy"]["dueDateByUltrasound"]
    assert (await world.ledger_entries("kari"))[-1]["outcome"] == "ALLOWED"


async def test_the_hand_made_baseline_is_accepted(gateway: World) -> None:
    """The way these cases put tokens together makes good ones, so a refusal is for the one change alone."""
    assert card_of(await ask(gateway, made(gateway)))["withheld"] == []


async def test_the_baseline_of_writing_is_accepted(world: World) -> None:
    """M1 is right as it stands, so that each case changes one thing of it."""
    assert (await write_visit(world, "MW1", "W1")).json()["data"]["recordVisit"]["recordId"]


async def test_TC_T02_without_a_token_nobody_is_let_in(gateway: World) -> None:
    """The answer names the one scheme, and the algorithms of proofs."""
    response = await gateway.client.post("/graphql", json={"query": "{ me { role } }"})
    expect_turned_away(response, 401, "UNAUTHENTICATED", "NO_TOKEN")
    assert response.headers["www-authenticate"].startswith('DPoP algs="RS256 ')


async def test_TC_T03_a_bound_token_is_no_bearer_token(gateway: World) -> None:
    """What was issued to the holder of a key is not taken without a proof, in development either."""
    headers = {"authorization": f"Bearer {gateway.token('gp')}"}
    asked = {"query": Q1, "variables": {"patient": gateway.number("kari")}}
    response = await gateway.client.post("/graphql", json=asked, headers=headers)
    expect_turned_away(response, 401, "INVALID_TOKEN", "SCHEME_NOT_ALLOWED")


async def test_TC_T04_a_token_without_signature_is_refused(gateway: World) -> None:
    """The algorithm none is none of ours."""
    token = assemble(header(gateway, alg="none"), payload(gateway), unsigned)
    await expect_invalid(gateway, token, "ALG_NOT_ALLOWED")


async def test_TC_T05_however_none_is_spelled(gateway: World) -> None:
    """Case opens nothing."""
    for spelled in ("None", "NONE", "nOnE"):
        token = assemble(header(gateway, alg=spelled), payload(gateway), unsigned)
        await expect_invalid(gateway, token, "ALG_NOT_ALLOWED")


async def test_TC_T06_a_public_key_is_no_shared_secret(gateway: World) -> None:
    """HMAC keyed with the issuer's public key, in each of its forms."""
    key = keys(gateway)["RS256"]
    public = key.private_key.public_key()
    forms = [public.public_bytes(form, PublicFormat.SubjectPublicKeyInfo) for form in (Encoding.PEM, Encoding.DER)]
    for secret in (*forms, key.public_jwk()["n"].encode()):
        for algorithm, digest in (("HS256", hashlib.sha256), ("HS512", hashlib.sha512)):
            token = assemble(
                header(gateway, alg=algorithm),
                payload(gateway),
                lambda data, secret=secret, digest=digest: hmac.digest(secret, data, digest),  # type: ignore[misc]  # bound at once
            )
            await expect_invalid(gateway, token, "ALG_NOT_ALLOWED")


async def test_TC_T07_an_algorithm_of_the_other_key_type_is_refused(gateway: World) -> None:
    """An elliptic-curve algorithm does not go with the id of an RSA key."""
    token = assemble(header(gateway, alg="ES256"), payload(gateway), es256(keys(gateway)["ES256"].private_key))
    await expect_invalid(gateway, token, "ALG_NOT_ALLOWED")


async def test_TC_T08_naming_the_issuers_key_is_not_signing_with_it(gateway: World) -> None:
    """An attacker's signature under a genuine key id."""
    attacker = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    await expect_invalid(gateway, assemble(header(gateway), payload(gateway), rs256(attacker)), "SIGNATURE")


class Asked:
    """An issuer whose keys are fetched, and what it was asked."""

    def __init__(self, world: World) -> None:
        self.urls: list[str] = []
        self.seconds = 0.0
        self._jwks = {"keys": [key.public_jwk() for key in keys(world).values()]}
        client = httpx.AsyncClient(transport=httpx.MockTransport(self._answer))
        fetched = FetchedKeys(KEYS_URL, client, seconds=lambda: self.seconds)
        issuers = [TrustedIssuer(HELSEID, IssuerKind.HELSEID, fetched)]
        world.services.verifier = AccessTokenVerifier(issuers, GATEWAY, clock=lambda: NOW)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.urls.append(str(request.url))
        return httpx.Response(200, json=self._jwks)


async def test_TC_T09_keys_that_a_token_brings_along_are_not_looked_at(gateway: World) -> None:
    """Neither a key in the header nor an address of one; and nothing goes out to such an address."""
    issuer = Asked(gateway)
    attacker = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    own = SigningKey(keys(gateway)["RS256"].kid, "RS256", attacker)
    elsewhere = "https://attacker.example/keys"
    for named in ({"jwk": own.public_jwk()}, {"jku": elsewhere}, {"x5u": elsewhere}):
        token = assemble(header(gateway, **named), payload(gateway), rs256(attacker))
        await expect_invalid(gateway, token, "SIGNATURE")
    assert issuer.urls == [KEYS_URL]


async def test_TC_T10_an_unknown_key_id_makes_us_ask_once_in_five_minutes(gateway: World) -> None:
    """However many tokens name a key that nobody has."""
    issuer = Asked(gateway)
    assert card_of(await ask(gateway, made(gateway)))
    issuer.seconds += 300
    unknown = made(gateway, kid="f" * 40)
    await expect_invalid(gateway, unknown, "SIGNATURE")
    await expect_invalid(gateway, unknown, "SIGNATURE")
    assert issuer.urls == [KEYS_URL] * 2
    assert card_of(await ask(gateway, made(gateway)))


async def test_TC_T11_an_edited_payload_is_refused(gateway: World) -> None:
    """Another HPR number under the old signature."""
    head, _, signature = made(gateway).split(".")
    edited = encoded(payload(gateway, **{HPR_NUMBER: "999900026"}))
    await expect_invalid(gateway, f"{head}.{edited}.{signature}", "SIGNATURE")


async def test_TC_T12_a_token_lives_until_its_end_and_a_few_seconds(gateway: World) -> None:
    """Four seconds past its end it passes, six seconds past it does not."""
    still, no_more = (payload(gateway, exp=SECONDS - ago, iat=SECONDS - 600) for ago in (4, 6))
    assert card_of(await ask(gateway, made(gateway, still)))
    await expect_invalid(gateway, made(gateway, no_more), "EXPIRED")


async def test_TC_T13_a_token_that_is_not_valid_yet_is_refused(gateway: World) -> None:
    """A minute ahead is more than clocks may be apart."""
    await expect_invalid(gateway, made(gateway, payload(gateway, nbf=SECONDS + 60)), "NOT_YET_VALID")


async def test_TC_T14_a_token_for_a_whole_day_is_refused(gateway: World) -> None:
    """Access ends soon after it was taken away elsewhere."""
    await expect_invalid(gateway, made(gateway, payload(gateway, exp=SECONDS + 86_400)), "LIFETIME")


async def test_TC_T15_an_issuer_is_compared_byte_for_byte(gateway: World) -> None:
    """A slash at the end makes another issuer, and so does the same one's production."""
    for issuer in (f"{HELSEID}/", HELSEID.upper(), "https://helseid-sts.nhn.no", None, [HELSEID]):
        await expect_invalid(gateway, made(gateway, payload(gateway, iss=issuer)), "ISSUER")


async def test_TC_T16_a_token_for_the_national_service_is_none_for_the_gateway(gateway: World) -> None:
    """Its audience is somebody else."""
    await expect_invalid(gateway, made(gateway, payload(gateway, aud="nhn:maternity-record")), "AUDIENCE")


async def test_TC_T17_a_token_with_a_second_audience_is_refused(gateway: World) -> None:
    """That service could pass it on to us. One audience in a list is one."""
    assert card_of(await ask(gateway, made(gateway, payload(gateway, aud=[GATEWAY]))))
    await expect_invalid(gateway, made(gateway, payload(gateway, aud=[GATEWAY, "nhn:other"])), "AUDIENCE")


async def test_TC_T18_no_audience_and_one_that_begins_like_ours_are_refused(gateway: World) -> None:
    """Only the whole name counts."""
    for audience in (None, f"{GATEWAY}-evil", GATEWAY.upper(), f" {GATEWAY}", []):
        await expect_invalid(gateway, made(gateway, payload(gateway, aud=audience)), "AUDIENCE")


async def test_TC_T19_a_token_of_another_type_is_refused(gateway: World) -> None:
    """A proof or a logout token is no access token, however well it is signed."""
    for kind in ("dpop+jwt", "logout+jwt", "id_token", None, 7):
        await expect_invalid(gateway, made(gateway, typ=kind), "TYPE_NOT_ALLOWED")


async def test_TC_T20_an_id_token_is_no_access_token(gateway: World) -> None:
    """It is for the client, and has no scope; not even when its audience were ours."""
    told = payload(gateway, scope=None, client_id=None, aud="some-client", nonce="n")
    await expect_invalid(gateway, made(gateway, told, typ="JWT"), "AUDIENCE", "CLAIM_MISSING")
    await expect_invalid(gateway, made(gateway, told | {"aud": GATEWAY}, typ="JWT"), "CLAIM_MISSING")


async def test_TC_T21_a_token_that_is_bound_to_no_key_is_refused(gateway: World) -> None:
    """With it a proof proves nothing."""
    for said in (None, {}):
        await expect_invalid(gateway, made(gateway, payload(gateway, cnf=said)), "NOT_BOUND")


async def test_TC_T22_what_must_be_understood_and_is_not_is_refused(gateway: World) -> None:
    """An extension that is called critical."""
    await expect_invalid(gateway, made(gateway, crit=["x"], x=1), "MALFORMED")


async def test_TC_T23_two_authorization_headers_are_refused(gateway: World) -> None:
    """Even when they say the same."""
    token = gateway.token("gp")
    headers = [*gateway.credentials(token).items(), ("authorization", f"DPoP {token}")]
    response = await gateway.client.post("/graphql", json={"query": "{ me { role } }"}, headers=headers)
    expect_turned_away(response, 401, "INVALID_TOKEN", "MALFORMED")


async def test_TC_T24_a_claim_that_stands_there_twice_is_refused(gateway: World) -> None:
    """Whoever reads the first and whoever reads the last would read different tokens."""
    twice = json.dumps(payload(gateway))[:-1] + f', "aud": "{GATEWAY}"}}'
    await expect_invalid(gateway, made(gateway, twice), "MALFORMED")


async def test_TC_T25_a_reference_to_a_token_is_refused(gateway: World) -> None:
    """What is not three parts cannot be verified here, and nobody is asked what it means."""
    whole = made(gateway)
    for token in ("af0ifjsldkj", f"{whole}.{whole}", f"{whole}=", f".{whole}", "A" * 20_000):
        await expect_invalid(gateway, token, "MALFORMED")


@pytest.mark.parametrize("claim", ["jti", "client_id", "scope", "exp", "nbf", "iat"])
async def test_a_token_without_a_claim_that_must_be_there_is_refused(gateway: World, claim: str) -> None:
    """AT-10 and AT-12: what a decision rests on is not guessed; what is only told may be missing."""
    await expect_invalid(gateway, made(gateway, payload(gateway, **{claim: None})), "CLAIM_MISSING")
    assert card_of(await ask(gateway, made(gateway, payload(gateway, **{CLIENT_NAME: None}))))


async def test_yesterdays_token_is_refused_today(gateway: World) -> None:
    """A token that was taken is measured against the clock anew each time."""
    token = made(gateway)
    assert card_of(await ask(gateway, token))
    set_clock(gateway, NOW + timedelta(days=1))
    await expect_invalid(gateway, token, "EXPIRED")
