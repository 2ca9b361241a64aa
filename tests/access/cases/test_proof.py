"""Access cases TC-D: the proof of possession. Each changes one thing of a proof that is right."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
from sqlalchemy import text

from app.identity.development_proofs import ProofKey
from app.identity.thumbprints import token_hash
from tests.access.cases.setting import Q1, expect_turned_away
from tests.identity.world import assemble, encoded, es256, unsigned
from tests.world import NOW, World

SECONDS = int(NOW.timestamp())


def address(world: World) -> str:
    return world.services.settings.graphql_url


def proof(world: World, token: str, *, headers: dict[str, Any] | None = None, **claims: Any) -> str:
    """A good proof for a request with this token, but for what is changed; None leaves a part out."""
    assert world.proof_key is not None
    return world.proof_key.proof("POST", address(world), token, NOW, headers=headers, **claims)


async def send(world: World, token: str, *proofs: str, more: dict[str, str] | None = None) -> httpx.Response:
    """Q1 about W1 with this token and these proofs."""
    asked = {"query": Q1, "variables": {"patient": world.number("kari")}}
    headers = [("authorization", f"DPoP {token}"), *(("dpop", one) for one in proofs), *(more or {}).items()]
    return await world.client.post("/graphql", json=asked, headers=headers)


async def expect_no_proof(world: World, reason: str, *proofs: str, token: str | None = None) -> None:
    """401 INVALID_DPOP_PROOF for this reason, and nothing of a card."""
    response = await send(world, token or world.token("gp"), *proofs)
    expect_turned_away(response, 401, "INVALID_DPOP_PROOF", reason)
    assert response.headers["www-authenticate"] == 'DPoP error="invalid_dpop_proof"'


async def test_TC_D01_a_token_without_its_proof_is_refused(gateway: World) -> None:
    """Whoever has stolen the token has not stolen the key."""
    await expect_no_proof(gateway, "DPOP_MISSING")
    await expect_no_proof(gateway, "DPOP_MISSING", "")
    await expect_no_proof(gateway, "DPOP_MISSING", "not a proof")


async def test_TC_D02_a_proof_is_taken_once(world: World) -> None:
    """The same one again, in time and in all else right, is refused."""
    token = world.token("gp")
    once = proof(world, token)
    assert (await send(world, token, once)).json()["data"]["card"]
    await expect_no_proof(world, "DPOP_REPLAY", once, token=token)


async def test_TC_D03_a_proof_is_taken_once_by_all_processes_together(world: World, neighbour: World) -> None:
    """What one has seen the others know."""
    token = world.token("gp")
    once = proof(world, token)
    assert (await send(world, token, once)).json()["data"]["card"]
    await expect_no_proof(neighbour, "DPOP_REPLAY", once, token=token)


async def test_TC_D04_of_fifty_that_come_at_once_one_is_first(world: World, neighbour: World) -> None:
    """Through whatever process."""
    token = world.token("gp")
    once = proof(world, token)
    answers = await asyncio.gather(*(send((world, neighbour)[at % 2], token, once) for at in range(50)))
    assert sorted(answer.status_code for answer in answers) == [200] + [401] * 49
    reasons = [answer.json()["errors"][0]["extensions"]["reason"] for answer in answers if answer.status_code == 401]
    assert reasons == ["DPOP_REPLAY"] * 49


async def test_TC_D05_a_proof_for_another_address_is_refused(gateway: World) -> None:
    """Another path, host, scheme or port."""
    token, here = gateway.token("gp"), httpx.URL(address(gateway))
    others = ({"path": "/other"}, {"host": "other.example"}, {"scheme": "https"}, {"port": 9})
    for other in others:
        await expect_no_proof(gateway, "DPOP_HTU", proof(gateway, token, htu=str(here.copy_with(**other))), token=token)


async def test_TC_D06_the_address_has_no_query_and_no_fragment(gateway: World) -> None:
    """It names the place, not the request."""
    token, here = gateway.token("gp"), address(gateway)
    for other in (f"{here}?a=1", f"{here}#x", f"{here}?", f"{here}/"):
        await expect_no_proof(gateway, "DPOP_HTU", proof(gateway, token, htu=other), token=token)


async def test_TC_D07_no_header_says_where_we_are(gateway: World) -> None:
    """A forged host does not make a proof for elsewhere good."""
    token = gateway.token("gp")
    for more in (
        {"x-forwarded-host": "evil.example", "x-forwarded-proto": "https"}, {"host": "evil.example"},
        {"forwarded": "host=evil.example;proto=https"},
    ):  # fmt: skip
        elsewhere = proof(gateway, token, htu="https://evil.example/graphql")
        expect_turned_away(await send(gateway, token, elsewhere, more=more), 401, "INVALID_DPOP_PROOF", "DPOP_HTU")


async def test_TC_D08_a_proof_for_another_method_is_refused(gateway: World) -> None:
    """The method is written as it is sent."""
    token = gateway.token("gp")
    for method in ("GET", "post"):
        await expect_no_proof(gateway, "DPOP_HTM", proof(gateway, token, htm=method), token=token)


async def test_TC_D09_a_proof_is_made_for_now(gateway: World) -> None:
    """Sixteen seconds old is too old, six seconds ahead too early; fifteen and five still pass."""
    token = gateway.token("gp")
    for off in (-16, 6):
        await expect_no_proof(gateway, "DPOP_IAT", proof(gateway, token, iat=SECONDS + off), token=token)
    for off in (-15, 5):
        assert (await send(gateway, token, proof(gateway, token, iat=SECONDS + off))).json()["data"]["card"]


async def test_TC_D10_a_proof_goes_with_its_token(gateway: World) -> None:
    """It names it by its hash; another token's, or none, is refused."""
    token, other = gateway.token("gp"), gateway.token("gp")
    await expect_no_proof(gateway, "DPOP_ATH", proof(gateway, token, ath=None), token=token)
    await expect_no_proof(gateway, "DPOP_ATH", proof(gateway, other), token=token)


async def test_TC_D11_a_stolen_token_is_worth_nothing_with_another_key(gateway: World) -> None:
    """The proof is right, and the key is not the one the token was issued to."""
    token = gateway.token("gp")
    await expect_no_proof(
        gateway, "DPOP_KEY_MISMATCH", ProofKey.generate().proof("POST", address(gateway), token, NOW), token=token
    )


async def test_TC_D12_a_proof_that_gives_the_private_key_away_is_refused(gateway: World) -> None:
    """Whoever reads it could make proofs."""
    assert gateway.proof_key is not None
    token, public = gateway.token("gp"), gateway.proof_key.public_jwk
    for member in ("d", "p", "q", "dp", "dq", "qi", "k"):
        given = proof(gateway, token, headers={"jwk": public | {member: "AQAB"}})
        await expect_no_proof(gateway, "DPOP_JWK", given, token=token)


async def test_TC_D13_a_proof_is_signed_with_a_key_pair(gateway: World) -> None:
    """Neither with a shared secret nor not at all."""
    assert gateway.proof_key is not None
    token = gateway.token("gp")
    for algorithm in ("HS256", "none", None):
        head = {"typ": "dpop+jwt", "alg": algorithm, "jwk": gateway.proof_key.public_jwk}
        given = assemble({name: value for name, value in head.items() if value}, said(gateway, token), unsigned)
        await expect_no_proof(gateway, "DPOP_ALG", given, token=token)


async def test_TC_D14_a_token_of_another_type_is_no_proof(gateway: World) -> None:
    """An access token sent as its own proof among them."""
    token = gateway.token("gp")
    for kind in ("jwt", "at+jwt", None):
        await expect_no_proof(gateway, "DPOP_TYPE", proof(gateway, token, headers={"typ": kind}), token=token)
    await expect_no_proof(gateway, "DPOP_TYPE", token, token=token)


async def test_TC_D15_a_proof_says_all_that_it_must(gateway: World) -> None:
    """Without an id, a time, a method, an address or a key it is none."""
    token = gateway.token("gp")
    for missing in ({"jti": None}, {"jti": ""}, {"jti": "x" * 257}, {"iat": None}, {"htm": None}, {"htu": None}):
        response = await send(gateway, token, proof(gateway, token, **missing))
        reason = response.json()["errors"][0]["extensions"]["reason"]
        assert reason.startswith("DPOP_")
        expect_turned_away(response, 401, "INVALID_DPOP_PROOF", reason)
    await expect_no_proof(gateway, "DPOP_JWK", proof(gateway, token, headers={"jwk": None}), token=token)


async def test_TC_D16_an_altered_proof_is_refused(gateway: World) -> None:
    """Another id under the old signature."""
    token = gateway.token("gp")
    head, _, signature = proof(gateway, token).split(".")
    await expect_no_proof(gateway, "DPOP_SIGNATURE", f"{head}.{encoded(said(gateway, token))}.{signature}", token=token)


async def test_TC_D17_without_the_memory_of_proofs_nobody_is_let_in(world: World) -> None:
    """A proof that may have been sent before is not taken for new; nothing is looked up and nothing written."""
    before = len(await world.ledger_entries("kari"))
    async with world.services.database.transaction() as connection:
        await connection.execute(text("ALTER TABLE proof_seen RENAME TO gone"))
    token = world.token("gp")
    response = await send(world, token, proof(world, token))
    assert response.status_code == 503
    assert response.json()["errors"][0]["extensions"]["code"] == "DEPENDENCY_UNAVAILABLE"
    assert "data" not in response.json()
    assert len(await world.ledger_entries("kari")) == before


async def test_TC_D18_of_two_proofs_neither_counts(gateway: World) -> None:
    """Both are good, and which is meant cannot be told."""
    token = gateway.token("gp")
    await expect_no_proof(gateway, "DPOP_MISSING", proof(gateway, token), proof(gateway, token), token=token)


async def test_a_proof_is_remembered_for_as_long_as_it_could_come_again(world: World) -> None:
    """And no longer: what is too old to be taken is swept away."""
    token = world.token("gp")
    assert (await send(world, token, proof(world, token))).status_code == 200
    later = NOW + timedelta(seconds=120)
    assert await world.services.seen_proofs.is_new("another", later, later + timedelta(seconds=20))
    sweeping = world.services.seen_proofs._sweeping
    assert sweeping is not None
    await sweeping
    async with world.services.database.connection() as connection:
        names = (await connection.execute(text("SELECT name FROM proof_seen"))).scalars().all()
    assert names == ["another"]


def said(world: World, token: str) -> dict[str, Any]:
    """What a good proof says."""
    return {"jti": "another", "htm": "POST", "htu": address(world), "iat": SECONDS, "ath": token_hash(token)}


async def test_the_hand_made_baseline_of_a_proof_is_accepted(gateway: World) -> None:
    """The way these cases put proofs together makes good ones."""
    assert gateway.proof_key is not None
    token = gateway.token("gp")
    head = {"typ": "dpop+jwt", "alg": "ES256", "jwk": gateway.proof_key.public_jwk}
    given = assemble(head, said(gateway, token), es256(gateway.proof_key.key.private_key))
    assert (await send(gateway, token, given)).json()["data"]["card"]
