"""Verification of access tokens: one baseline that passes, and each single change that must not."""

import hashlib
import hmac
import json
import traceback
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from app.identity.claims import ATTEST, GATEWAY, HPR_NUMBER, PID, IssuerKind
from app.identity.development_issuer import ISSUERS
from app.identity.tokens import AccessTokenVerifier
from tests.identity.world import Installation, assemble, encoded, es256, refused, rs256, unsigned

HELSEID = ISSUERS[IssuerKind.HELSEID]


def reason(installation: Installation, raw: str) -> str | None:
    """The internal reason of a refusal whose outside is the same for every fault."""
    refusal = refused(lambda: installation.verify(raw))
    assert (refusal.status, refusal.code) == (401, "INVALID_TOKEN")
    assert refusal.challenge == 'DPoP error="invalid_token"'
    return refusal.reason


def signed(installation: Installation, header: dict[str, Any], payload: dict[str, Any] | str) -> str:
    """Signed with the issuer's genuine RSA key, whatever the header says."""
    return assemble(header, payload, rs256(installation.keys["RS256"].private_key))


def test_tc_t01_a_good_token_is_accepted(installation: Installation) -> None:
    """A token with nothing wrong gives its claims."""
    claims = installation.verify(installation.token("gp"))
    assert claims.issuer_kind is IssuerKind.HELSEID
    assert claims.rights == {"read", "write", "status"}
    assert (claims.hpr_number, claims.organisation_child) == ("999900018", "310990000")


def test_tc_t01_the_hand_made_baseline_is_accepted(installation: Installation) -> None:
    """The way these tests put tokens together makes good tokens, so a refusal is for the change alone."""
    raw = signed(installation, installation.header(), installation.payload("gp"))
    assert installation.verify(raw).name == "Prøvesen, Lege"


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "nOnE"])
def test_tc_t04_t05_unsigned_tokens_are_refused(installation: Installation, algorithm: str) -> None:
    """A token without a signature is refused, however the word none is spelled."""
    raw = assemble(installation.header(alg=algorithm), installation.payload("gp"), unsigned)
    assert reason(installation, raw) == "ALG_NOT_ALLOWED"


@pytest.mark.parametrize("form", ["pem", "der", "n"])
def test_tc_t06_hmac_with_the_public_key_is_refused(installation: Installation, form: str) -> None:
    """A public key used as a shared secret opens nothing, in any of its forms."""
    key = installation.keys["RS256"]
    secrets = {
        "pem": key.private_key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        "der": key.private_key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        "n": key.public_jwk()["n"].encode(),
    }
    raw = assemble(
        installation.header(alg="HS256"),
        installation.payload("gp"),
        lambda data: hmac.digest(secrets[form], data, hashlib.sha256),
    )
    assert reason(installation, raw) == "ALG_NOT_ALLOWED"


def test_tc_t07_an_algorithm_of_the_other_key_type_is_refused(installation: Installation) -> None:
    """An elliptic-curve algorithm cannot be used with a key id that names an RSA key."""
    raw = assemble(
        installation.header(alg="ES256"), installation.payload("gp"), es256(installation.keys["ES256"].private_key)
    )
    assert reason(installation, raw) == "ALG_NOT_ALLOWED"


def test_an_algorithm_other_than_the_keys_own_is_refused(installation: Installation) -> None:
    """When the key set names a key's algorithm, another of the same family is not good enough."""
    raw = signed(installation, installation.header(alg="PS256"), installation.payload("gp"))
    assert reason(installation, raw) == "ALG_NOT_ALLOWED"


def test_tc_t08_a_foreign_signature_under_a_genuine_key_id_is_refused(installation: Installation) -> None:
    """Naming the issuer's key is not signing with it."""
    attacker = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    raw = assemble(installation.header(), installation.payload("gp"), rs256(attacker))
    assert reason(installation, raw) == "SIGNATURE"


@pytest.mark.parametrize("kid", ["genuine", "unknown", None, 7])
def test_tc_t09_keys_that_come_with_the_token_are_ignored(installation: Installation, kid: object) -> None:
    """A key in the header, or an address of one, does not make its signature count."""
    attacker = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = attacker.public_key().public_numbers()
    header = installation.header(
        kid=installation.keys["RS256"].kid if kid == "genuine" else kid,
        jwk={"kty": "RSA", "n": str(public.n), "e": "AQAB"},
        jku="https://attacker.example/keys",
        x5u="https://attacker.example/certificate",
    )
    assert reason(installation, assemble(header, installation.payload("gp"), rs256(attacker))) == "SIGNATURE"


def test_tc_t11_an_edited_payload_is_refused(installation: Installation) -> None:
    """Another HPR number under the old signature is refused."""
    header, _, signature = installation.token("gp").split(".")
    edited = encoded(installation.payload("gp") | {HPR_NUMBER: "999900026"})
    assert reason(installation, f"{header}.{edited}.{signature}") == "SIGNATURE"


@pytest.mark.parametrize("signature", ["", "A", "AAAA", "A" * 86, "A" * 342])
@pytest.mark.parametrize("name", ["gp", "auditor"])
def test_a_signature_of_any_other_length_is_refused(installation: Installation, name: str, signature: str) -> None:
    """An empty, short or made-up signature is refused for both families of keys, and upsets nothing."""
    good = installation.token(name)
    signed_part, _, _ = good.rpartition(".")
    assert installation.verify(good)
    assert reason(installation, f"{signed_part}.{signature}") == ("MALFORMED" if signature == "A" else "SIGNATURE")


def test_tc_t12_a_token_lives_until_its_end_and_a_few_seconds(installation: Installation) -> None:
    """Four seconds past its end a token still passes, five and six seconds past it does not."""
    raw = installation.token("gp")
    installation.clock.forward(604)
    assert installation.verify(raw)
    for _ in range(2):
        installation.clock.forward(1)
        assert reason(installation, raw) == "EXPIRED"


@pytest.mark.parametrize("claim", ["nbf", "iat"])
def test_tc_t13_a_token_from_the_future_is_refused(installation: Installation, claim: str) -> None:
    """A token that is not valid yet, or was issued in the future, is refused beyond the leeway."""
    now = int(installation.clock.now.timestamp())
    assert installation.verify(installation.token("gp", {claim: now + 5}))
    assert reason(installation, installation.token("gp", {claim: now + 6})) == "NOT_YET_VALID"
    assert reason(installation, installation.token("gp", {claim: now + 60})) == "NOT_YET_VALID"


def test_tc_t14_a_long_lived_token_is_refused(installation: Installation) -> None:
    """A token made for longer than an hour is refused from its first second."""
    assert installation.verify(installation.token("gp", lifetime_seconds=3600))
    assert reason(installation, installation.token("gp", lifetime_seconds=3601)) == "LIFETIME"
    assert reason(installation, installation.token("gp", lifetime_seconds=86_400)) == "LIFETIME"


@pytest.mark.parametrize(
    "issuer",
    [f"{HELSEID}/", HELSEID.upper(), f" {HELSEID}", "https://helseid-sts.nhn.no", "", 7, [HELSEID], None],
)
def test_tc_t15_another_issuer_is_refused(installation: Installation, issuer: object) -> None:
    """The issuer is compared byte for byte: a trailing slash makes another issuer."""
    raw = signed(installation, installation.header(), installation.payload("gp") | {"iss": issuer})
    assert reason(installation, raw) == "ISSUER"


@pytest.mark.parametrize(
    "audience",
    ["nhn:maternity-record", [GATEWAY, "nhn:other"], [], None, f"{GATEWAY}-evil", GATEWAY.upper(), [[GATEWAY]]],
)
def test_tc_t16_t17_t18_another_audience_is_refused(installation: Installation, audience: object) -> None:
    """A token is for this gateway, exactly, and for nobody else besides."""
    assert reason(installation, installation.token("gp", aud=audience)) == "AUDIENCE"


def test_a_single_audience_in_a_list_is_accepted(installation: Installation) -> None:
    """The audience may be a string or a list of exactly one."""
    assert installation.verify(installation.token("gp", aud=[GATEWAY]))


@pytest.mark.parametrize("token_type", ["dpop+jwt", "logout+jwt", "id_token", "", None, 7])
def test_tc_t19_another_type_of_token_is_refused(installation: Installation, token_type: object) -> None:
    """A DPoP proof, a logout token or an untyped one is no access token."""
    raw = signed(installation, installation.header(typ=token_type), installation.payload("gp"))
    assert reason(installation, raw) == "TYPE_NOT_ALLOWED"


@pytest.mark.parametrize("token_type", ["at+jwt", "JWT", "application/at+jwt", "AT+JWT"])
def test_both_types_of_access_token_are_accepted(installation: Installation, token_type: str) -> None:
    """The type may be at+jwt or JWT, in any case, with or without the media type's prefix."""
    assert installation.verify(signed(installation, installation.header(typ=token_type), installation.payload("gp")))


def test_tc_t20_an_id_token_is_refused(installation: Installation) -> None:
    """An ID token is for the client, and carries neither our audience nor any scope."""
    id_token = installation.token("gp", aud="the-client", scope=None, client_id=None)
    assert reason(installation, id_token) == "AUDIENCE"
    assert reason(installation, installation.token("gp", scope=None)) == "CLAIM_MISSING"


@pytest.mark.parametrize("claim", ["exp", "nbf", "iat", "jti", "client_id", "scope"])
def test_a_token_without_a_required_claim_is_refused(installation: Installation, claim: str) -> None:
    """Each claim that verification or the log relies on must be there."""
    assert reason(installation, installation.token("gp", {claim: None})) == "CLAIM_MISSING"


@pytest.mark.parametrize(
    ("claim", "value"),
    [
        ("exp", "1800000000"),
        ("nbf", True),
        ("iat", 1.5),
        ("jti", 7),
        ("client_id", ""),
        ("scope", {"read": True}),
        ("scope", [7]),
        (PID, 17839043112),
        ("cnf", "thumbprint"),
    ],
)
def test_a_claim_of_the_wrong_type_is_refused(installation: Installation, claim: str, value: object) -> None:
    """Claims are not converted: a number in quotes or a list in place of a text makes the token malformed."""
    assert reason(installation, installation.token("gp", {claim: value})) == "MALFORMED"


@pytest.mark.parametrize("critical", [["x"], [], None, ["b64"]])
def test_tc_t22_critical_extensions_are_refused(installation: Installation, critical: object) -> None:
    """We understand no critical extension, so a token that has any is refused."""
    header = installation.header() | {"crit": critical}
    assert reason(installation, signed(installation, header, installation.payload("gp"))) == "MALFORMED"


def test_tc_t24_a_duplicate_key_is_refused(installation: Installation) -> None:
    """Two values for one name let two readers see two tokens, so it is refused in payload, header and within."""
    payload, header = json.dumps(installation.payload("gp")), json.dumps(installation.header())
    key = rs256(installation.keys["RS256"].private_key)
    assert reason(installation, assemble(header, payload[:-1] + f', "aud": "{GATEWAY}"}}', key)) == "MALFORMED"
    assert reason(installation, assemble(header[:-1] + ', "alg": "RS256"}', payload, key)) == "MALFORMED"
    assert reason(installation, assemble(header, payload[:-1] + ', "x": {"y": 1, "y": 1}}', key)) == "MALFORMED"


@pytest.mark.parametrize("raw", ["", "opaque", "8cJx-by.reference", "a.b.c", "a.b.c.d", "..", "æ.ø.å", " ", "a.b.c\n"])
def test_tc_t25_an_opaque_token_is_refused(installation: Installation, raw: str) -> None:
    """A token that is no JWT is refused; it is never looked up anywhere."""
    assert reason(installation, raw) == "MALFORMED"


@pytest.mark.parametrize("payload", ["[]", "7", "null", "{", '{"exp": NaN}', "[" * 8000, '{"exp": ' + "9" * 5000 + "}"])
def test_a_payload_that_is_no_strict_object_is_refused(installation: Installation, payload: str) -> None:
    """The payload must be one JSON object, however hard its text tries to upset the parser."""
    assert reason(installation, signed(installation, installation.header(), payload)) == "MALFORMED"


def test_an_enormous_token_is_refused(installation: Installation) -> None:
    """Sixteen kibibytes are enough for any token."""
    assert installation.verify(installation.token("gp", padding="x" * 8_000))
    assert reason(installation, installation.token("gp", padding="x" * 16_000)) == "MALFORMED"


def test_each_issuer_speaks_for_itself(installation: Installation) -> None:
    """The kind of issuer comes from our own configuration, by the issuer's name."""
    kinds = [installation.verify(installation.token(name)).issuer_kind for name in ("gp", "kari", "auditor")]
    assert kinds == [IssuerKind.HELSEID, IssuerKind.ID_PORTEN, IssuerKind.OVERSIGHT]


def test_a_verifier_without_issuers_accepts_nothing(installation: Installation) -> None:
    """Nobody is trusted by default."""
    nobody_trusted = AccessTokenVerifier([], GATEWAY, clock=installation.clock)
    assert refused(lambda: nobody_trusted.verify(installation.token("gp"))).reason == "ISSUER"


def test_scopes_are_read_from_text_and_from_a_list(installation: Installation) -> None:
    """Both ways of writing scopes are in use; scopes of other services give no right here."""
    text = installation.token("gp", scope=f"{GATEWAY}/read other/write {GATEWAY}-evil/audit openid")
    assert installation.verify(text).rights == {"read"}
    assert installation.verify(installation.token("gp", scope=[f"{GATEWAY}/write"])).rights == {"write"}


def test_a_refusal_tells_nothing_about_the_token(installation: Installation) -> None:
    """Neither message nor traceback nor repr of a refusal holds the token or what it says."""
    good = installation.payload("gp")
    for changes in ({"exp": "x"}, {"aud": "secret-audience"}, {ATTEST: "{not json"}):
        refusal = installation.refusal(signed(installation, installation.header(), good | changes))
        told = "".join(traceback.format_exception(refusal)) + repr(refusal) + repr(vars(refusal))
        assert not any(secret in told for secret in (good[PID], good["jti"], "secret-audience", "not json", "eyJ"))
    assert good[PID] not in repr(installation.verify(installation.token("gp")))
