"""Citizens and those who act for them."""

from typing import Any

import pytest

from app.domain.viewer import Role
from app.identity.claims import (
    ATTEST,
    GATEWAY,
    HPR_NUMBER,
    ORGANISATION_CHILD,
    PID,
    REPRESENTATION,
    SECURITY_LEVEL,
    IssuerKind,
)
from app.identity.keys import StaticKeys
from app.identity.tokens import AccessTokenVerifier, TrustedIssuer
from tests.identity.world import AISHA, ALL_ROLES, KARI, Installation

HELSENORGE = "https://helsenorge.example"
REPRESENTATIVE_NUMBER = "25818140919"


def trust_helsenorge(installation: Installation) -> None:
    keys = StaticKeys(installation.issuer.key_set())
    issuers = [TrustedIssuer(HELSENORGE, IssuerKind.HELSENORGE, keys)]
    installation.verifier = AccessTokenVerifier(issuers, GATEWAY, clock=installation.clock)


def parties(kind: str, actor: object, subject: object) -> dict[str, Any]:
    return {REPRESENTATION: {"type": kind, "actor": actor, "subject": subject}}


def test_tc_c01_the_woman_herself_is_let_in(installation: Installation) -> None:
    """At the highest level she is the one who acts and the one whose card is meant."""
    viewer = installation.viewer(installation.token("kari"))
    assert (viewer.role, viewer.name) == (Role.CITIZEN, "Eksempel, Kari")
    assert viewer.national_identity_number == viewer.subject_number == KARI.number
    assert (viewer.unit, viewer.purpose, viewer.hpr_number) == (None, None, None)


@pytest.mark.parametrize("level", ["idporten-loa-substantial", "Level4", None])
def test_tc_c02_a_lower_level_is_refused(installation: Installation, level: str | None) -> None:
    """Substantial is not enough; the answer asks for a step up."""
    refusal = installation.refusal(installation.token("kari", acr=level))
    assert (refusal.status, refusal.code) == (401, "INSUFFICIENT_ASSURANCE")
    assert refusal.challenge == 'DPoP error="insufficient_user_authentication", acr_values="idporten-loa-high"'


def test_tc_c03_a_token_of_the_test_issuer_is_refused(installation: Installation) -> None:
    """An issuer that is not configured here is a stranger, however well known it is elsewhere."""
    refusal = installation.refusal(installation.token("kari", iss="https://test.idporten.no"))
    assert (refusal.status, refusal.code, refusal.reason) == (401, "INVALID_TOKEN", "ISSUER")


def test_tc_c10_representation_is_off_unless_enabled(installation: Installation) -> None:
    """Acting for her is refused where the trial has not switched it on."""
    refusal = installation.refusal(installation.token("representative"), roles=ALL_ROLES - {Role.REPRESENTATIVE})
    assert (refusal.status, refusal.code) == (403, "REPRESENTATION_NOT_SUPPORTED")


def test_a_representative_is_told_from_the_woman(installation: Installation) -> None:
    """Where it is on, the one who acts and the one whose card is meant are two people, and only reading is left."""
    scope = [f"{GATEWAY}/read", f"{GATEWAY}/write"]
    viewer = installation.viewer(installation.token("representative", scope=scope))
    assert viewer.role is Role.REPRESENTATIVE
    assert (viewer.national_identity_number, viewer.subject_number) == (REPRESENTATIVE_NUMBER, KARI.number)
    assert viewer.scopes == {"read"}


@pytest.mark.parametrize("kind", ["PARENT", "GUARDIAN", "CASEWORKER", "UtenSamtykkekompetanseOver12", "fullmakt"])
def test_tc_c16_c17_nobody_else_represents_her(installation: Installation, kind: str) -> None:
    """Parents and guardians are refused even where representation is on; whether a card exists plays no part."""
    raw = installation.token("representative", parties(kind, REPRESENTATIVE_NUMBER, KARI.number))
    refusal = installation.refusal(raw)
    assert (refusal.status, refusal.code) == (403, "REPRESENTATION_NOT_SUPPORTED")


@pytest.mark.parametrize(
    "representation",
    [
        parties("FULLMAKT", KARI.number, KARI.number),
        parties("SELF", KARI.number, AISHA.number),
        parties("SELF", AISHA.number, AISHA.number),
        parties("FULLMAKT", AISHA.number, KARI.number),
        parties("FULLMAKT", KARI.number, None),
        parties("FULLMAKT", KARI.number, "aisha"),
        parties("FULLMAKT", KARI.number, 6829244000),
        {REPRESENTATION: {}},
        {REPRESENTATION: "FULLMAKT"},
        {REPRESENTATION: [KARI.number]},
    ],
)
def test_tc_c14_when_it_is_unclear_who_is_who_nobody_is_let_in(
    installation: Installation, representation: dict[str, Any]
) -> None:
    """A representation that contradicts itself or the token is not interpreted."""
    refusal = installation.refusal(installation.token("kari", representation))
    assert (refusal.status, refusal.code) == (403, "REPRESENTATION_UNKNOWN")


def test_saying_that_she_acts_for_herself_is_fine(installation: Installation) -> None:
    """An explicit SELF means what its absence means."""
    raw = installation.token("kari", parties("SELF", KARI.number, KARI.number))
    assert installation.viewer(raw).role is Role.CITIZEN


def test_tc_c14_helsenorge_must_say_who_is_signed_in(installation: Installation) -> None:
    """There `pid` is the person represented, so alone it does not tell who is signed in."""
    trust_helsenorge(installation)
    refusal = installation.refusal(installation.token("kari", iss=HELSENORGE))
    assert (refusal.status, refusal.code) == (403, "REPRESENTATION_UNKNOWN")
    viewer = installation.viewer(installation.token("kari", parties("SELF", KARI.number, KARI.number), iss=HELSENORGE))
    assert viewer.subject_number == KARI.number


def test_helsenorges_pid_is_the_person_represented(installation: Installation) -> None:
    """A representative's token from Helsenorge carries her number as `pid`, and is not taken for hers."""
    acting = parties("FULLMAKT", REPRESENTATIVE_NUMBER, KARI.number)
    assert installation.refusal(installation.token("kari", acting)).code == "REPRESENTATION_UNKNOWN"
    trust_helsenorge(installation)
    viewer = installation.viewer(installation.token("kari", acting, iss=HELSENORGE))
    assert viewer.role is Role.REPRESENTATIVE
    assert (viewer.national_identity_number, viewer.subject_number) == (REPRESENTATIVE_NUMBER, KARI.number)


@pytest.mark.parametrize("attest", [{}, "text", {"practitioner": {}}])
def test_tc_c20_a_citizen_with_an_attest_is_refused(installation: Installation, attest: object) -> None:
    """An attest does not turn a citizen into a professional."""
    refusal = installation.refusal(installation.token("kari", {ATTEST: attest}))
    assert (refusal.status, refusal.code) == (403, "ACTOR_NOT_PERMITTED")


def test_tc_c20_a_professionals_attest_on_a_citizens_token_is_refused(installation: Installation) -> None:
    """Nor does a complete one, borrowed from a colleague's token."""
    attest = installation.payload("gp")[ATTEST]
    refusal = installation.refusal(installation.token("kari", {ATTEST: attest, HPR_NUMBER: "999900018"}))
    assert (refusal.status, refusal.code) == (403, "ACTOR_NOT_PERMITTED")


@pytest.mark.parametrize("claim", [HPR_NUMBER, PID, SECURITY_LEVEL, ORGANISATION_CHILD])
def test_tc_s16_a_citizens_token_with_professional_claims_is_refused(installation: Installation, claim: str) -> None:
    """A token that mixes the two kinds is asked for the attest that would make it a professional's."""
    refusal = installation.refusal(installation.token("kari", {claim: "999900018"}))
    assert (refusal.status, refusal.code) == (403, "ATTEST_MISSING")


def test_a_citizen_without_an_identity_number_is_refused(installation: Installation) -> None:
    """Without a number there is nobody whose card could be meant."""
    refusal = installation.refusal(installation.token("kari", pid=None))
    assert (refusal.status, refusal.code) == (403, "ACTOR_NOT_PERMITTED")


def test_a_citizens_token_has_citizens_rights_only(installation: Installation) -> None:
    """Rights of other kinds of caller fall away."""
    raw = installation.token("kari", scope=f"{GATEWAY}/read {GATEWAY}/audit {GATEWAY}/status {GATEWAY}/aggregate")
    assert installation.viewer(raw).scopes == {"read"}
