"""The development issuer: keys that last and stay private, tokens in the shapes of the real issuers."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import jwt
import pytest

from app.identity.claims import ATTEST, GATEWAY, HPR_NUMBER, PID, REPRESENTATION
from app.identity.development_issuer import ISSUERS, DevelopmentIssuer
from app.identity.development_keys import KEY_FILE, load_or_create_keys
from tests.identity.world import KARI, Installation


def test_keys_are_made_once_and_kept(tmp_path: Path) -> None:
    """A restart signs with the same keys, so tokens outlive it."""
    directory = tmp_path / "data" / "directory"
    assert DevelopmentIssuer(directory).key_set() == DevelopmentIssuer(directory).key_set()
    assert [path.name for path in directory.iterdir()] == [KEY_FILE]


def test_the_key_file_is_its_owners_only(tmp_path: Path) -> None:
    """Nobody else on the machine can read the keys."""
    load_or_create_keys(tmp_path)
    assert stat.S_IMODE((tmp_path / KEY_FILE).stat().st_mode) == 0o600


def test_processes_that_start_together_share_keys(tmp_path: Path) -> None:
    """Whoever is first writes the keys, and all use those."""
    with ThreadPoolExecutor(4) as pool:
        loaded = list(pool.map(lambda _: load_or_create_keys(tmp_path), range(4)))
    assert len({keys["RS256"].kid for keys in loaded}) == 1
    assert [path.name for path in tmp_path.iterdir()] == [KEY_FILE]


def test_the_key_set_is_public(installation: Installation) -> None:
    """What is published names algorithm and use, and holds nothing private."""
    keys = installation.issuer.key_set()["keys"]
    assert [key["alg"] for key in keys] == ["RS256", "ES256"]
    for key in keys:
        assert not {"d", "p", "q", "dp", "dq", "qi", "k"} & key.keys()
        assert len(key["kid"]) == 40


def test_the_issuers_are_distinct(installation: Installation) -> None:
    """One key set, four issuers, told apart by name."""
    assert len(set(ISSUERS.values())) == 4
    assert all(issuer.startswith("https://helsekort.example/development/") for issuer in ISSUERS.values())
    assert {trusted.issuer for trusted in installation.issuer.trusted_issuers()} == set(ISSUERS.values())


@pytest.mark.parametrize(("name", "present", "absent"), [
    ("gp", {PID, HPR_NUMBER, ATTEST}, {"pid", "acr", REPRESENTATION}),
    ("clerk", {PID, ATTEST}, {"pid", "acr", HPR_NUMBER}),
    ("kari", {"pid", "acr"}, {PID, HPR_NUMBER, ATTEST, REPRESENTATION}),
    ("representative", {"pid", "acr", REPRESENTATION}, {PID, ATTEST}),
    ("ehr", {"client_id", "scope"}, {PID, "pid", "name", "sid", HPR_NUMBER, ATTEST}),
    ("auditor", {PID}, {"pid", HPR_NUMBER, ATTEST}),
])  # fmt: skip
def test_tokens_have_the_shape_of_their_issuer(
    installation: Installation, name: str, present: set[str], absent: set[str]
) -> None:
    """A clinician's, a citizen's, a machine's and an auditor's token differ as the real ones do."""
    payload = jwt.decode(installation.token(name), options={"verify_signature": False})
    assert present <= payload.keys()
    assert not absent & payload.keys()
    assert (payload["aud"], payload["exp"] - payload["iat"]) == (GATEWAY, 600)


def test_overrides_replace_claims_and_leave_them_out(installation: Installation) -> None:
    """A test or a demonstration can change any claim of a token that is then really signed."""
    raw = installation.token("gp", jti="mine", name=None, lifetime_seconds=60)
    payload = jwt.decode(raw, options={"verify_signature": False})
    assert (payload["jti"], "name" in payload, payload["exp"] - payload["iat"]) == ("mine", False, 60)


def test_each_token_is_another_token(installation: Installation) -> None:
    """Two tokens for the same persona have their own id and their own decision reference."""
    first, second = (installation.viewer(installation.token("gp")) for _ in range(2))
    assert first.token_id != second.token_id
    assert first.decision_reference != second.decision_reference


def test_the_representative_acts_for_the_first_woman(installation: Installation) -> None:
    """The token names both, the one who acts and the one she acts for."""
    payload = jwt.decode(installation.token("representative"), options={"verify_signature": False})
    assert payload[REPRESENTATION]["actor"] == payload["pid"] != KARI.number
    assert payload[REPRESENTATION]["subject"] == KARI.number
