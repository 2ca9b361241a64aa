"""How a request carries its token: one header, one scheme, and no way around the proof in production."""

import pytest
from starlette.datastructures import Headers

from app.domain.errors import TransportRefusal
from app.identity.credentials import credentials_of
from tests.identity.world import refused


def refusal(*values: str, allow_bearer: bool, proof: str | None = None) -> TransportRefusal:
    return refused(lambda: credentials_of(headers(*values, proof=proof), takes_bearer=allow_bearer))


def headers(*values: str, proof: str | None = None) -> Headers:
    raw = [(b"authorization", value.encode()) for value in values]
    return Headers(raw=raw + ([(b"dpop", proof.encode())] if proof else []))


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_development_takes_a_bearer_token(scheme: str) -> None:
    """In development the token comes as Bearer; the name of a scheme has no case."""
    assert credentials_of(headers(f"{scheme} a.b.c"), takes_bearer=True).token == "a.b.c"


def test_tc_t02_no_authorization_header_is_refused() -> None:
    """Without a token the answer names the one scheme to use."""
    production, development = refusal(allow_bearer=False), refusal(allow_bearer=True)
    assert (production.status, production.code, production.reason) == (401, "UNAUTHENTICATED", "NO_TOKEN")
    algorithms = "RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512"
    assert production.challenge == f'DPoP algs="{algorithms}"'
    assert (development.code, development.challenge) == ("UNAUTHENTICATED", production.challenge)


def test_tc_t03_c21_bearer_is_refused_in_production() -> None:
    """A bearer token could be used by whoever stole it, so production takes none, from citizens neither."""
    result = refusal("Bearer a.b.c", allow_bearer=False)
    assert (result.status, result.code, result.reason) == (401, "INVALID_TOKEN", "SCHEME_NOT_ALLOWED")


@pytest.mark.parametrize("allow_bearer", [True, False])
@pytest.mark.parametrize("value", ["Basic a2FyaTprYXJp", "Token a.b.c", "X-DPoP a.b.c"])
def test_another_scheme_is_refused(value: str, allow_bearer: bool) -> None:
    """Schemes we do not know are refused in every profile."""
    assert refusal(value, allow_bearer=allow_bearer).reason == "SCHEME_NOT_ALLOWED"


@pytest.mark.parametrize("allow_bearer", [True, False])
def test_tc_t23_two_authorization_headers_are_refused(allow_bearer: bool) -> None:
    """Two headers, even equal ones, leave it open who is asking."""
    assert refusal("Bearer a.b.c", "Bearer a.b.c", allow_bearer=allow_bearer).reason == "MALFORMED"


@pytest.mark.parametrize("value", ["", "Bearer", "Bearer ", "a.b.c", "Bearer\ta.b.c"])
def test_a_header_without_scheme_and_token_is_refused(value: str) -> None:
    """The header is a scheme, one space and a token."""
    assert refusal(value, allow_bearer=True).reason == "MALFORMED"


@pytest.mark.parametrize("allow_bearer", [True, False])
@pytest.mark.parametrize("proof", [None, "d.e.f"])
def test_a_dpop_token_brings_its_proofs_along(proof: str | None, allow_bearer: bool) -> None:
    """All that came, so that none and two can be told from one."""
    found = credentials_of(headers("DPoP a.b.c", proof=proof), takes_bearer=allow_bearer)
    assert (found.token, found.proofs) == ("a.b.c", (proof,) if proof else ())
