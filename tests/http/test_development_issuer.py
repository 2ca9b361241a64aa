"""The development issuer's endpoint: what a vendor's client meets before it has an agreement."""

import json
from typing import Any

import httpx
import jwt
import pytest

from app.development_clients import ASSERTION_TYPE
from app.development_grants import ACCESS_TOKEN, PERSONA, TOKEN_EXCHANGE
from app.identity.claims import ATTEST, GATEWAY, HPR_NUMBER, ORGANISATION_CHILD, IssuerKind
from app.identity.development_faults import FAULTS, PROOF_FAULTS, UPSTREAM
from app.identity.development_issuer import ISSUERS
from app.identity.development_keys import SigningKey
from app.identity.development_proofs import ProofKey
from app.identity.keys import StaticKeys
from app.identity.tokens import AccessTokenVerifier, TrustedIssuer
from tests.http.test_faults import HER_CARD, HER_STATUS, refusal
from tests.world import World

KEY = ProofKey.generate()
VENDOR = "11111111-0000-4000-8000-000000000000"
ME = "{ me { role } }"


def address(gateway: World, issuer: str = "helseid") -> str:
    return f"{gateway.services.settings.base_url}/development/issuer/{issuer}"


def proof(gateway: World, url: str, token: str | None = None, **said: Any) -> str:
    return KEY.proof("POST", url, token, gateway.services.clock(), **said)


async def ask(
    gateway: World, issuer: str = "helseid", *, headers: dict[str, str] | None = None, bound: bool = True, **said: str
) -> httpx.Response:
    """A token request, with a proof of its own unless told otherwise."""
    url = f"{address(gateway, issuer)}/token"
    sent = ({"dpop": proof(gateway, url)} if bound else {}) | (headers or {})
    return await gateway.client.post(url.removeprefix(gateway.services.settings.base_url), data=said, headers=sent)


async def granted(gateway: World, issuer: str = "helseid", **more: Any) -> dict[str, Any]:
    """The answer to a request that is right."""
    response = await ask(gateway, issuer, **more)
    assert response.status_code == 200, response.text
    assert (response.headers["cache-control"], response.headers["pragma"]) == ("no-store", "no-cache")
    answer: dict[str, Any] = response.json()
    return answer


def expect_none(response: httpx.Response, error: str, status: int = 400) -> str:
    """No token, for this reason; gives the description."""
    body = response.json()
    assert (response.status_code, body["error"]) == (status, error), body
    assert body.keys() == {"error", "error_description"}
    assert response.headers["cache-control"] == "no-store"
    return str(body["error_description"])


async def send(gateway: World, answer: dict[str, Any], query: str, **variables: Any) -> httpx.Response:
    """Ask the gateway with the token of an answer."""
    token = answer["access_token"]
    headers = {"authorization": f"{answer['token_type']} {token}"}
    if answer["token_type"] == "DPoP":
        headers["dpop"] = proof(gateway, gateway.services.settings.graphql_url, token)
    return await gateway.client.post("/graphql", json={"query": query, "variables": variables}, headers=headers)


def said(token: str) -> dict[str, Any]:
    payload: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return payload


@pytest.mark.parametrize("kind", list(IssuerKind))
async def test_each_issuer_says_what_it_is_called_and_where_it_is(gateway: World, kind: IssuerKind) -> None:
    """The issuer's name is what stands in its tokens, its addresses are where it is reached."""
    response = await gateway.client.get(f"/development/issuer/{kind}/.well-known/openid-configuration")
    found = response.json()
    assert (response.status_code, found["issuer"]) == (200, ISSUERS[kind])
    assert found["token_endpoint"] == f"{address(gateway, kind)}/token"
    assert found["jwks_uri"] == f"{address(gateway, kind)}/jwks"
    assert TOKEN_EXCHANGE in found["grant_types_supported"]
    assert ("client_credentials" in found["grant_types_supported"]) == (kind is IssuerKind.HELSEID)
    assert "HS256" not in found["dpop_signing_alg_values_supported"]
    assert f"{GATEWAY}/read" in found["scopes_supported"]


async def test_an_issuer_that_is_not_there_is_not_found(gateway: World) -> None:
    """Four kinds, no more; a token endpoint takes POST alone."""
    for path in ("/.well-known/openid-configuration", "/jwks"):
        assert (await gateway.client.get(f"/development/issuer/bankid{path}")).status_code == 404
    assert (await gateway.client.post("/development/issuer/bankid/token")).status_code == 404
    assert (await gateway.client.get("/development/issuer/helseid/token")).status_code == 405


async def test_another_gateway_can_trust_it_by_what_it_publishes(gateway: World) -> None:
    """Name and keys from the metadata are all it takes to verify a token."""
    base = gateway.services.settings.base_url
    answer = await granted(gateway, grant_type=PERSONA, persona="kari-gp")
    found = (await gateway.client.get("/development/issuer/helseid/.well-known/openid-configuration")).json()
    published = (await gateway.client.get(found["jwks_uri"].removeprefix(base))).json()
    assert not [name for key in published["keys"] for name in ("d", "p", "q") if name in key]
    trusted = TrustedIssuer(found["issuer"], IssuerKind.HELSEID, StaticKeys(published))
    elsewhere = AccessTokenVerifier([trusted], GATEWAY, clock=gateway.services.clock)
    assert elsewhere.verify(answer["access_token"]).hpr_number == "999900018"


async def test_a_persona_is_answered_with_a_token_bound_to_the_key_of_the_proof(gateway: World) -> None:
    """It lives ten minutes, opens a card with a proof of that key, and none without."""
    answer = await granted(gateway, grant_type=PERSONA, persona="kari-gp", purpose="ETREAT")
    assert (answer["token_type"], answer["expires_in"]) == ("DPoP", 600)
    assert answer["scope"].split()[0] == f"{GATEWAY}/read"
    assert said(answer["access_token"])["cnf"] == {"jkt": KEY.thumbprint}
    response = await send(gateway, answer, HER_CARD, patient=gateway.number("kari"))
    assert response.json()["data"]["card"]["pregnancy"]
    stolen = await send(gateway, answer | {"token_type": "Bearer"}, ME)
    assert stolen.status_code == 401


@pytest.mark.parametrize(("issuer", "persona", "role"), [
    ("idporten", "kari", "CITIZEN"), ("helsenorge", "kari", "CITIZEN"),
    ("oversight", "auditor", "AUDITOR"), ("helseid", "clerk", "SECRETARY"),
])  # fmt: skip
async def test_everybody_signs_in_where_she_does(gateway: World, issuer: str, persona: str, role: str) -> None:
    """Citizens at ID-porten, who oversees at an issuer of her own, everybody else at HelseID."""
    answer = await granted(gateway, issuer, grant_type=PERSONA, persona=persona)
    assert said(answer["access_token"])["iss"] == ISSUERS[IssuerKind(issuer)]
    if issuer == "helsenorge":
        assert said(answer["access_token"])["representation"]["type"] == "SELF"
    assert (await send(gateway, answer, ME)).json()["data"]["me"]["role"] == role
    other = "helseid" if issuer != "helseid" else "idporten"
    assert issuer.replace("helsenorge", "idporten") in expect_none(
        await ask(gateway, other, grant_type=PERSONA, persona=persona), "invalid_grant"
    )


async def test_a_system_signs_in_without_a_person(gateway: World) -> None:
    """By client credentials, as the client it says it is; it learns of a card's status and no more."""
    answer = await granted(gateway, grant_type="client_credentials", client_id=VENDOR)
    assert said(answer["access_token"])["client_id"] == VENDOR
    assert answer["scope"] == f"{GATEWAY}/status"
    about = {"patient": gateway.number("kari")}
    assert (await send(gateway, answer, HER_STATUS, **about)).json()["data"]["cardStatus"]["hasActiveCard"]
    assert "data" not in (await send(gateway, answer, HER_CARD, **about)).json()
    expect_none(await ask(gateway, grant_type="client_credentials", persona="kari-gp"), "unauthorized_client")


async def test_without_a_proof_a_token_is_a_bearer_token_in_development(gateway: World) -> None:
    """Where bearer tokens are not taken, none is given."""
    answer = await granted(gateway, bound=False, grant_type=PERSONA, persona="kari-gp")
    assert answer["token_type"] == "Bearer"
    assert "cnf" not in said(answer["access_token"])
    assert (await send(gateway, answer, ME)).status_code == 200
    gateway.services.settings = gateway.services.settings.model_copy(update={"allow_bearer": False})
    refused = await ask(gateway, bound=False, grant_type=PERSONA, persona="kari-gp")
    assert expect_none(refused, "invalid_dpop_proof") == "DPOP_MISSING"


ABOUT_A_TOKEN = ("no-token", "wrong-token", "wrong-key")
"""Faults of a proof that goes with a token; here is none yet."""


async def test_a_proof_is_looked_at_before_a_token_is_bound_to_its_key(gateway: World) -> None:
    """With the reason that /graphql would have given."""
    for fault in PROOF_FAULTS.values():
        if fault.name in ABOUT_A_TOKEN:
            continue
        draft = KEY.draft("POST", f"{address(gateway)}/token", None, gateway.services.clock()).changed(fault)
        refused = await ask(gateway, headers={"dpop": draft.signed()}, grant_type=PERSONA, persona="kari-gp")
        assert expect_none(refused, "invalid_dpop_proof") == fault.refusal.reason


async def test_a_proof_is_taken_once_here_too(gateway: World) -> None:
    """And it is made for this address: one for /graphql or for another issuer is none."""
    once = {"dpop": proof(gateway, f"{address(gateway)}/token")}
    await granted(gateway, headers=once, grant_type=PERSONA, persona="kari-gp")
    again = await ask(gateway, headers=once, grant_type=PERSONA, persona="kari-gp")
    assert expect_none(again, "invalid_dpop_proof") == "DPOP_REPLAY"
    for url in (gateway.services.settings.graphql_url, f"{address(gateway, 'idporten')}/token"):
        elsewhere = await ask(gateway, headers={"dpop": proof(gateway, url)}, grant_type=PERSONA, persona="kari-gp")
        assert expect_none(elsewhere, "invalid_dpop_proof") == "DPOP_HTU"


async def test_a_fault_can_be_asked_for(gateway: World) -> None:
    """The token is given, and the gateway refuses it as the list says."""
    for name in ("expired", "level-3", "no-attest", "no-scope"):
        answer = await granted(gateway, grant_type=PERSONA, persona="kari-gp", fault=name)
        response = await send(gateway, answer, HER_CARD, patient=gateway.number("kari"))
        assert refusal(response) == FAULTS[name].refusal


async def test_a_form_can_be_asked_for(gateway: World) -> None:
    """Several, with spaces between."""
    answer = await granted(
        gateway, grant_type=PERSONA, persona="kari-gp", form="attest-text care-relation scope-text multi-tenant"
    )
    payload = said(answer["access_token"])
    assert "care_relation" in json.loads(payload[ATTEST])
    assert payload["scope"] == answer["scope"]
    assert (await send(gateway, answer, ME)).status_code == 200


def details(**more: Any) -> str:
    """An attest as a client states it: codes, and nobody's identity."""
    organisation = {"id": "310990000", "system": "2.16.578.1.12.4.1.4.101"}
    return json.dumps([{
        "type": ATTEST,
        "practitioner": {
            "authorization": {"code": "LE", "system": "2.16.578.1.12.4.1.1.9060"},
            "legal_entity": organisation, "point_of_care": organisation,
        },
        "care_relationship": {
            "healthcare_service": {"code": "KX17", "system": "2.16.578.1.12.4.1.1.8663"},
            "purpose_of_use": {"code": "COC", "system": "2.16.840.1.113883.1.11.20448"},
            "decision_ref": {"id": "a1B2_c3", "user_selected": False},
        },
        **more,
    }])  # fmt: skip


async def test_a_client_states_its_own_attest(gateway: World) -> None:
    """The issuer fills in who the practitioner is, and when; the gateway reads the purpose from it."""
    answer = await granted(gateway, grant_type=PERSONA, persona="kari-gp", authorization_details=details())
    attest = said(answer["access_token"])[ATTEST]
    assert attest["practitioner"]["hpr_nr"]["id"] == said(answer["access_token"])[HPR_NUMBER]
    assert attest["attestation"]["toa"] == said(answer["access_token"])["iat"]
    query = "query($patient: NationalIdentityNumber!) { card(patient: $patient) { laboratoryResults { hivPositive } withheld { reason } } }"
    card = (await send(gateway, answer, query, patient=gateway.number("kari"))).json()["data"]["card"]
    assert card["withheld"] == [{"reason": "PURPOSE"}]


async def test_a_suppliers_client_says_for_whom_it_acts(gateway: World) -> None:
    """With HelseID's own type of detail; that it may is not known here."""
    organisation = {
        "identifier": {"system": "urn:oid:1.0.6523", "type": "ENH", "value": "NO:ORGNR:310990043:310990027"}
    }
    detail = {"type": "helseid_authorization", "practitioner_role": {"organization": organisation}}
    sent = json.dumps(detail)
    answer = await granted(gateway, grant_type="client_credentials", authorization_details=sent)
    assert said(answer["access_token"])[ORGANISATION_CHILD] == "310990027"
    organisation["identifier"]["value"] = "310990027"
    refused = await ask(gateway, grant_type="client_credentials", authorization_details=json.dumps(detail))
    expect_none(refused, "invalid_authorization_details")


CLIENT_KEY = SigningKey.generate("ES256")


def assertion(gateway: World, **more: Any) -> dict[str, str]:
    """A client authenticates as HelseID wants it."""
    now = int(gateway.services.clock().timestamp())
    stated = {
        "iss": VENDOR, "sub": VENDOR, "aud": ISSUERS[IssuerKind.HELSEID], "jti": "1", "iat": now, "exp": now + 30,
    } | more  # fmt: skip
    stated = {name: value for name, value in stated.items() if value is not None}
    signed = jwt.encode(stated, CLIENT_KEY.private_key, algorithm="ES256")
    return {"client_assertion_type": ASSERTION_TYPE, "client_assertion": signed}


async def test_a_client_authenticates_by_an_assertion(gateway: World) -> None:
    """Which names the client, and may hold the attest."""
    answer = await granted(gateway, grant_type="client_credentials", **assertion(gateway))
    assert said(answer["access_token"])["client_id"] == VENDOR
    inside = assertion(gateway, assertion_details=json.loads(details()))
    answer = await granted(gateway, grant_type=PERSONA, persona="kari-gp", **inside)
    assert said(answer["access_token"])[ATTEST]["care_relationship"]["purpose_of_use"]["code"] == "COC"
    both = await ask(gateway, grant_type=PERSONA, persona="kari-gp", authorization_details=details(), **inside)
    expect_none(both, "invalid_request")


async def test_an_assertion_is_held_to_what_helseid_holds_it_to(gateway: World) -> None:
    """Issuer and subject are the client, the audience is the issuer, and it lives a minute at most."""
    now = int(gateway.services.clock().timestamp())
    for wrong in (
        {"sub": "somebody-else"}, {"aud": "https://elsewhere.example"}, {"jti": None}, {"exp": None}, {"iat": None},
        {"iat": now - 90, "exp": now - 60}, {"iat": now + 60, "exp": now + 90}, {"exp": now + 600},
    ):  # fmt: skip
        refused = await ask(gateway, grant_type="client_credentials", **assertion(gateway, **wrong))
        expect_none(refused, "invalid_client", 401)


async def test_an_assertion_is_a_signed_token_of_the_client(gateway: World) -> None:
    """And nothing else."""
    for wrong in (
        {"client_assertion_type": "jwt"}, {"client_assertion": "a.b"}, {"client_assertion": "e30.e30."},
        {"client_id": "somebody-else"},
    ):  # fmt: skip
        refused = await ask(gateway, grant_type="client_credentials", **(assertion(gateway) | wrong))
        expect_none(refused, "invalid_client", 401)


async def exchange(gateway: World, subject: str, **changes: str | None) -> httpx.Response:
    """The gateway, say, wants a token for the national card."""
    parameters = {
        "grant_type": TOKEN_EXCHANGE, "subject_token": subject, "subject_token_type": ACCESS_TOKEN,
        "audience": UPSTREAM, "client_id": VENDOR,
    } | changes  # fmt: skip
    return await ask(gateway, **{name: value for name, value in parameters.items() if value is not None})


async def test_a_token_is_exchanged_for_one_of_the_national_card(gateway: World) -> None:
    """About the same person with the same attest, bound to the key of who asks, and it says who that is."""
    mine, now = gateway.token("kari-gp", lifetime_seconds=300), int(gateway.services.clock().timestamp())
    answer = (await exchange(gateway, mine)).json()
    assert answer["issued_token_type"] == ACCESS_TOKEN
    assert (answer["token_type"], answer["expires_in"], answer["scope"]) == ("DPoP", 300, f"{UPSTREAM}/api")
    before, after = said(mine), said(answer["access_token"])
    assert (after["aud"], after["act"], after["client_id"]) == (UPSTREAM, {"sub": VENDOR}, VENDOR)
    assert (after["cnf"], after["exp"], after["iat"]) == ({"jkt": KEY.thumbprint}, before["exp"], now)
    assert after["jti"] != before["jti"]
    for name in ("sub", "sid", ATTEST, HPR_NUMBER, ORGANISATION_CHILD, "iss"):
        assert after[name] == before[name]
    refused = await send(gateway, answer, ME)
    assert refused.json()["errors"][0]["extensions"] == {"code": "INVALID_TOKEN", "reason": "AUDIENCE"}


async def test_who_exchanged_before_is_still_told(gateway: World) -> None:
    """The chain of those who act."""
    mine = gateway.token("kari-gp", act={"sub": "first"})
    after = said((await exchange(gateway, mine)).json()["access_token"])
    assert after["act"] == {"sub": VENDOR, "act": {"sub": "first"}}


async def test_what_cannot_be_exchanged_is_not(gateway: World) -> None:
    """Each with its error."""
    id_token = "urn:ietf:params:oauth:token-type:id_token"
    for changes, error in (
        ({"subject_token": "a.b.c"}, "invalid_request"), ({"subject_token": None}, "invalid_request"),
        ({"subject_token_type": id_token}, "invalid_request"), ({"actor_token": "a.b.c"}, "invalid_request"),
        ({"audience": GATEWAY}, "invalid_target"), ({"audience": None}, "invalid_request"),
        ({"scope": f"{GATEWAY}/read"}, "invalid_scope"),
    ):  # fmt: skip
        expect_none(await exchange(gateway, gateway.token("kari-gp"), **changes), error)
    expect_none(await exchange(gateway, gateway.token("kari-gp"), client_id=None), "invalid_client", 401)


async def test_a_token_that_the_gateway_would_not_take_is_not_exchanged(gateway: World) -> None:
    """Or a fault could be washed off it."""
    for name in ("expired", "wrong-key", "wrong-audience", "wrong-issuer"):
        token = gateway.token("kari-gp", changes=[FAULTS[name]])
        assert str(FAULTS[name].refusal.reason) in expect_none(await exchange(gateway, token), "invalid_request")


async def test_a_token_of_another_issuer_is_exchanged_there(gateway: World) -> None:
    """Each issuer answers for its own."""
    expect_none(await exchange(gateway, gateway.token("kari")), "invalid_request")


async def test_a_request_that_is_not_right_is_told_why(gateway: World) -> None:
    """With the error of RFC 6749, and words for people."""
    hers = {"grant_type": PERSONA, "persona": "kari-gp"}
    for parameters, error in (
        ({}, "invalid_request"), ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": PERSONA}, "invalid_request"), (hers | {"persona": "karri"}, "invalid_grant"),
        (hers | {"purpose": "HRESCH"}, "invalid_grant"), (hers | {"scope": f"{GATEWAY}/audit"}, "invalid_scope"),
        (hers | {"fault": "expred"}, "invalid_request"), (hers | {"form": "helsenorge"}, "invalid_request"),
        (hers | {"authorization_details": "{"}, "invalid_authorization_details"),
        (hers | {"authorization_details": '[{"type": "x"}]'}, "invalid_authorization_details"),
        (hers | {"authorization_details": "1"}, "invalid_authorization_details"),
    ):  # fmt: skip
        assert expect_none(await ask(gateway, **parameters), error)


async def test_a_narrower_scope_is_given_when_it_is_asked_for(gateway: World) -> None:
    """And no more than that."""
    answer = await granted(gateway, grant_type=PERSONA, persona="kari-gp", scope=f"{GATEWAY}/status")
    refused = await send(gateway, answer, HER_CARD, patient=gateway.number("kari"))
    assert refused.json()["errors"][0]["extensions"]["code"] == "INSUFFICIENT_SCOPE"


async def test_a_request_is_a_form_with_each_parameter_once(gateway: World) -> None:
    """JSON is none, and nobody guesses which of two is meant."""
    for content, kind in (
        ('{"grant_type": "x"}', "application/json"),
        ("grant_type=client_credentials&grant_type=password", "application/x-www-form-urlencoded"),
        ("&".join(f"p{number}=1" for number in range(40)), "application/x-www-form-urlencoded"),
    ):
        path, headers = "/development/issuer/helseid/token", {"content-type": kind}
        expect_none(await gateway.client.post(path, content=content, headers=headers), "invalid_request")
