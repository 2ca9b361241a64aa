"""`helsekort token` and `helsekort proof`: right ones and wrong ones, as a vendor's developer types them."""

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jwt
import pytest
from typer.testing import CliRunner

from app.__main__ import cli
from app.commands.tokens import proof as proof_command
from app.commands.tokens import token as token_command
from app.domain.errors import TransportRefusal
from app.identity.claims import ACR, ATTEST, GATEWAY, HPR_DETAILS, SECURITY_LEVEL, SUPPLIER
from app.identity.development_faults import FAULTS, PROOF_FAULTS
from app.identity.development_forms import FORMS
from app.identity.development_issuer import DevelopmentIssuer
from app.identity.development_keys import PROOF_KEY_FILE
from app.identity.development_proofs import ProofKey
from app.identity.proofs import ProofTerms, ProofVerifier
from app.identity.thumbprints import token_hash
from app.identity.tokens import AccessTokenVerifier
from app.identity.viewers import viewer_from
from tests.cli.test_commands import run
from tests.identity.world import ALL_ROLES, enrolled

GRAPHQL = "http://127.0.0.1:8000/graphql"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of its own."""
    monkeypatch.setenv("HELSEKORT_DATA_DIR", str(tmp_path))
    return tmp_path


def token(*arguments: str) -> str:
    """The token that is printed."""
    result = run("token", *arguments)
    assert result.exit_code == 0, result.output
    return result.stdout.strip()


def said(raw: str) -> dict[str, Any]:
    payload: dict[str, Any] = jwt.decode(raw, options={"verify_signature": False})
    return payload


def refusal(raw: str, folder: Path) -> tuple[str, str | None] | None:
    """Code and reason with which a gateway on the same folder refuses it; None when it takes it."""
    verifier = AccessTokenVerifier(DevelopmentIssuer(folder).trusted_issuers(), GATEWAY)
    try:
        asyncio.run(viewer_from(verifier.verify(raw), enrolled, ALL_ROLES, now=datetime.now(UTC)))
    except TransportRefusal as refused:
        return refused.code, refused.reason
    return None


def test_a_token_is_right_unless_it_is_asked_to_be_wrong(folder: Path) -> None:
    """For a persona, with the purpose that was asked for."""
    raw = token("kari-gp", "--purpose", "COC")
    assert said(raw)[ATTEST]["care_relationship"]["purpose_of_use"]["code"] == "COC"
    assert refusal(raw, folder) is None
    assert said(raw)["exp"] - said(raw)["iat"] == 3600


@pytest.mark.parametrize(("options", "code", "reason"), [
    (["--expired"], "INVALID_TOKEN", "EXPIRED"),
    (["--lifetime", "-60"], "INVALID_TOKEN", "EXPIRED"),
    (["--lifetime", "86400"], "INVALID_TOKEN", "LIFETIME"),
    (["--not-yet-valid"], "INVALID_TOKEN", "NOT_YET_VALID"),
    (["--audience", "nhn:maternity-record"], "INVALID_TOKEN", "AUDIENCE"),
    (["--issuer", "https://elsewhere.example"], "INVALID_TOKEN", "ISSUER"),
    (["--type", "dpop+jwt"], "INVALID_TOKEN", "TYPE_NOT_ALLOWED"),
    (["--algorithm", "none"], "INVALID_TOKEN", "ALG_NOT_ALLOWED"),
    (["--algorithm", "HS256"], "INVALID_TOKEN", "ALG_NOT_ALLOWED"),
    (["--broken-signature"], "INVALID_TOKEN", "SIGNATURE"),
    (["--wrong-key"], "INVALID_TOKEN", "SIGNATURE"),
    (["--without", "jti"], "INVALID_TOKEN", "CLAIM_MISSING"),
    (["--without", "kid"], "INVALID_TOKEN", "SIGNATURE"),
    (["--without", "orgnr_child"], "ORGANISATION_CLAIMS_MISSING", None),
    (["--without", "attest"], "ATTEST_MISSING", None),
    (["--without", "attest.care_relationship.decision_ref.user_selected"], "ATTEST_INVALID", None),
    (["--claim", 'security_level="2"'], "INSUFFICIENT_ASSURANCE", None),
    (["--claim", 'hpr_details={"approvals": []}'], "ROLE_MISMATCH", None),
    (["--level", "3"], "INSUFFICIENT_ASSURANCE", None),
    (["--attest-age", "61"], "ATTEST_EXPIRED", None),
    (["--attest-age", "-10"], "ATTEST_INVALID", None),
    (["--detail", "EGENLAER"], "PURPOSE_NOT_PERMITTED", None),
    (["--decision", "not a reference"], "ATTEST_INVALID", None),
    (["--fault", "no-hpr-number"], "HPR_REQUIRED", None),
    (["--fault", "no-attest", "--fault", "level-3"], "INSUFFICIENT_ASSURANCE", None),
    (["--purpose", "ETREAT", "--expired", "--level", "3"], "INVALID_TOKEN", "EXPIRED"),
])  # fmt: skip
def test_each_option_makes_the_fault_it_names(folder: Path, options: list[str], code: str, reason: str | None) -> None:
    """A gateway refuses the token for that, and for nothing else."""
    assert refusal(token("kari-gp", *options), folder) == (code, reason)


def test_every_fault_can_be_asked_for_by_its_name(folder: Path) -> None:
    """And the token is refused as the list says, save for what depends on the request."""
    of_a_request = {"not-bound", "no-right-to-read", "part-of-a-right"}
    for fault in FAULTS.values():
        raw = token(fault.whose.persona, "--fault", fault.name)
        expected = None if fault.name in of_a_request else fault.refusal[1:]
        assert refusal(raw, folder) == expected, fault.name


def test_every_form_can_be_asked_for_by_its_name(folder: Path) -> None:
    """And is taken."""
    for form in FORMS.values():
        assert refusal(token(form.whose.persona, "--form", form.name), folder) is None, form.name


def test_a_citizens_level_is_told_in_her_issuers_words(folder: Path) -> None:
    """Level 3 is ID-porten's `substantial`; a professional's is a number."""
    assert said(token("kari", "--level", "3"))[ACR] == "idporten-loa-substantial"
    assert said(token("kari", "--level", "idporten-loa-low"))[ACR] == "idporten-loa-low"
    assert said(token("gp", "--level", "3"))[SECURITY_LEVEL] == "3"


def test_what_is_right_can_be_said_too(folder: Path) -> None:
    """Decision, detail, service, patient, scope, client and form: the token is as it was asked for, and is taken."""
    raw = token(
        "kari-gp", "--decision", "a1B2_c3", "--service", "KX17", "--patient", "kari", "--scope", "read",
        "--scope", "status", "--client-id", "my-client", "--not-by-hand", "--attest-age", "10", "--form", "care-relation",
        "--form", "attest-text", "--form", "bare-systems", "--form", "multi-tenant", "--form", "approvals",
    )  # fmt: skip
    payload = said(raw)
    attest = json.loads(payload[ATTEST])
    relation = attest["care_relation"]
    assert relation["decision_ref"] == {"id": "a1B2_c3", "user_selected": False}
    assert relation["healthcare_service"] == {"code": "KX17", "system": "2.16.578.1.12.4.1.1.8663"}
    assert attest["patients"][0]["identifier"] == {"id": "17849644092", "system": "2.16.578.1.12.4.1.4.1"}
    assert payload["iat"] - attest["attestation"]["toa"] == 600
    assert payload["scope"] == [f"{GATEWAY}/read", f"{GATEWAY}/status"]
    assert (payload["client_id"], payload[SUPPLIER]) == ("my-client", "310990108")
    assert payload[HPR_DETAILS] == {"approvals": [{"profession": "LE"}]}
    assert refusal(raw, folder) is None


@pytest.mark.parametrize(("options", "said_to_be_wrong"), [
    (["karri"], "kari"),
    (["kari", "--purpose", "COC"], "none"),
    (["kari", "--fault", "expred"], "expired"),
    (["kari", "--form", "helsenorg"], "helsenorge"),
    (["kari", "--form", "care-relation"], "professionals"),
    (["kari", "--detail", "EGENLAER"], "there is no"),
    (["kari", "--claim", "acr=high"], "not JSON"),
    (["kari-gp", "--patient", "karri"], "kari"),
    (["kari", "--fault", "no-scope", "--form", "scope-text"], "not there any more"),
])  # fmt: skip
def test_what_cannot_be_made_is_said_so(options: list[str], said_to_be_wrong: str) -> None:
    """Exit code 2 and a hint; nothing on standard output."""
    result = run("token", *options)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said_to_be_wrong in result.stderr


def test_tokens_and_proofs_are_for_development(monkeypatch: pytest.MonkeyPatch) -> None:
    """In production there is nothing that could sign them."""
    monkeypatch.setenv("HELSEKORT_PROFILE", "production")
    for command in (["token", "kari"], ["proof"]):
        assert run(*command).exit_code == 2


def test_the_lists_say_what_there_is() -> None:
    """Personas, forms, and faults with the refusal each gets."""
    assert "kari-gp" in run("token", "--list").stdout
    assert "care-relation" in run("token", "--forms").stdout
    for table, arguments in ((FAULTS, ["token", "--faults"]), (PROOF_FAULTS, ["proof", "--faults"])):
        shown = run(*arguments).stdout
        for fault in table.values():
            assert fault.name in shown
            assert fault.refusal.code in shown


def test_every_option_says_what_it_does() -> None:
    """In panels: who asks, in which form, what is wrong, what is printed."""
    shown = CliRunner().invoke(cli, ["token", "--help"], env={"COLUMNS": "200"}).stdout
    for panel in ("Who asks, and why", "In which form", "What is wrong with it", "What is printed"):
        assert panel in shown
    for command in (token_command, proof_command):
        for name, annotation in command.__annotations__.items():
            if name != "return":
                assert annotation.__metadata__[0].help, name


def test_decoded_is_what_the_token_says() -> None:
    """Header, payload and how it is signed, for people and programs."""
    shown = json.loads(token("kari-gp", "--json", "--wrong-key"))
    assert shown["header"]["typ"] == "at+jwt"
    assert shown["payload"]["aud"] == GATEWAY
    assert shown["signed"] == "with another key"


def test_header_lines_are_ready_for_curl() -> None:
    """A bearer token has one; a bound token has its proof beside it."""
    assert token("kari", "--header").startswith("Authorization: Bearer ey")
    first, second = token("kari-gp", "--dpop", "--header").splitlines()
    raw, made = first.removeprefix("Authorization: DPoP "), second.removeprefix("DPoP: ")
    assert said(made)["ath"] == token_hash(raw)
    assert said(made)["htu"] == GRAPHQL


def test_the_proof_key_is_made_once_and_kept_private(folder: Path) -> None:
    """Tokens of today go with proofs of tomorrow."""
    thumbprints = {said(token("kari", "--dpop"))["cnf"]["jkt"] for _ in range(2)}
    assert thumbprints == {ProofKey.load_or_create(folder).thumbprint}
    assert (folder / PROOF_KEY_FILE).stat().st_mode & 0o777 == 0o600


class Unseen:
    """No proof was sent before."""

    async def is_new(self, name: str, now: datetime, until: datetime) -> bool:
        return True


def proof_refusal(raw: str, made: str, folder: Path) -> str | None:
    """The reason a gateway refuses a proof for; None when it takes it."""
    terms, key = (
        ProofTerms(address=GRAPHQL, max_age_seconds=10, skew_seconds=5),
        ProofKey.load_or_create(folder).thumbprint,
    )
    verifier = ProofVerifier(terms, Unseen())
    try:
        asyncio.run(verifier.verify([made], method="POST", token=raw, key_thumbprint=key, now=datetime.now(UTC)))
    except TransportRefusal as refused:
        return refused.reason
    return None


def proof(*arguments: str) -> str:
    result = run("proof", *arguments)
    assert result.exit_code == 0, result.output
    return result.stdout.strip()


@pytest.mark.parametrize(("options", "reason"), [
    ([], None),
    (["--age", "9"], None),
    (["--age", "30"], "DPOP_IAT"),
    (["--age", "-30"], "DPOP_IAT"),
    (["--method", "GET"], "DPOP_HTM"),
    (["--url", "http://127.0.0.1:8000/other"], "DPOP_HTU"),
    (["--without", "htu"], "DPOP_HTU"),
    (["--without", "htm"], "DPOP_HTM"),
    (["--without", "ath"], "DPOP_ATH"),
    (["--without", "iat"], "DPOP_IAT"),
    (["--without", "jti"], "DPOP_REPLAY"),
    (["--without", "jwk"], "DPOP_JWK"),
    (["--without", "alg"], "DPOP_ALG"),
    (["--type", "JWT"], "DPOP_TYPE"),
    (["--wrong-key"], "DPOP_KEY_MISMATCH"),
    (["--private-key-inside"], "DPOP_JWK"),
    (["--symmetric"], "DPOP_ALG"),
    (["--broken-signature"], "DPOP_SIGNATURE"),
    (["--claim", "iat=1"], "DPOP_IAT"),
])  # fmt: skip
def test_a_proof_is_right_or_has_the_fault_of_its_option(folder: Path, options: list[str], reason: str | None) -> None:
    """Made for the token, for this gateway, and for now."""
    raw = token("kari-gp", "--dpop")
    assert proof_refusal(raw, proof(raw, *options), folder) == reason


def test_every_fault_of_a_proof_can_be_asked_for_by_its_name(folder: Path) -> None:
    """And is refused as the list says."""
    raw = token("kari-gp", "--dpop")
    for fault in PROOF_FAULTS.values():
        assert proof_refusal(raw, proof(raw, "--fault", fault.name), folder) == fault.refusal.reason


def test_a_proof_says_what_it_is_asked_to_say() -> None:
    """Its id, the nonce a server wants; none for a token where there is none yet; headers for curl."""
    made = said(proof("--url", "http://127.0.0.1:8000/token", "--id", "mine", "--nonce", "n"))
    assert (made["jti"], made["nonce"], made["htu"]) == ("mine", "n", "http://127.0.0.1:8000/token")
    assert "ath" not in made
    assert json.loads(proof("--json", "a.b.c"))["payload"]["ath"] == token_hash("a.b.c")
    assert proof("a.b.c", "--header").splitlines()[0] == "Authorization: DPoP a.b.c"
    assert run("proof", "--fault", "no-metod").exit_code == 2
