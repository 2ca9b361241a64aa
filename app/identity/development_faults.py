"""What can be wrong with a token or a proof, by name: what it is, and how the gateway refuses it.

The one list for the command line, the issuer's endpoint and the tests: `tests/http/test_faults.py` sends each to the
running gateway. Among them are all the faults that Norsk helsenett's tool for test tokens can make.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from app.identity import claims
from app.identity.claims import GATEWAY
from app.identity.development_drafts import (
    Change,
    Draft,
    Signature,
    every,
    extends,
    in_header,
    later,
    leaves_out,
    says_twice,
    sets,
    sign,
)
from app.identity.development_forms import Form, Whose
from app.identity.development_keys import SigningKey

UPSTREAM: Final = "nhn:maternity-record"
"""The audience of the national card itself: one may be exchanged for the other, and none stands for the other."""

_HOUR_SECONDS: Final = 3600


class Refused(NamedTuple):
    """How the gateway refuses: the reason is told in development only, and not all refusals have one."""

    status: int
    code: str
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Fault(Form):
    """A form that is not right."""

    refusal: Refused


def _invalid(reason: str) -> Refused:
    return Refused(401, "INVALID_TOKEN", reason)


def _forbidden(code: str, reason: str | None = None) -> Refused:
    return Refused(403, code, reason)


_ASSURANCE: Final = Refused(401, "INSUFFICIENT_ASSURANCE")
_PRACTITIONER: Final = "attest.practitioner"
_RELATION: Final = "attest.care_relationship"
_SCOPE_TO_READ: Final = f"{GATEWAY}/read"


def _all_later(seconds: int) -> Change:
    return every(*(later(name, seconds) for name in ("iat", "nbf", "exp")))


def _expired(draft: Draft) -> None:
    draft.changed(_all_later(draft.payload["iat"] - draft.payload["exp"] - 60))


def _without_right_to_read(draft: Draft) -> None:
    draft.payload["scope"] = [scope for scope in draft.payload["scope"] if scope != _SCOPE_TO_READ] or ["openid"]


def _with_part_of_a_right(draft: Draft) -> None:
    draft.changed(_without_right_to_read)
    draft.payload["scope"].append(f"{_SCOPE_TO_READ}er")


def _as_id_token(draft: Draft) -> None:
    draft.changed(sets("aud", draft.payload["client_id"]), leaves_out("scope"), in_header("typ", "JWT"))


def _with_both_relations(draft: Draft) -> None:
    document = draft.payload[claims.ATTEST]
    document["care_relation"] = document["care_relationship"]


def _with_own_key(draft: Draft) -> None:
    own = SigningKey.generate(draft.key.algorithm)
    draft.key, draft.header["jwk"] = own, own.public_jwk()


def _as_parent(draft: Draft) -> None:
    her, draft.payload[claims.CITIZEN_PID] = draft.payload[claims.CITIZEN_PID], "25818140919"
    draft.payload[claims.REPRESENTATION] = {"type": "PARENT", "actor": "25818140919", "subject": her}


_ANYBODY: Final = (
    Fault("wrong-key", "signed with a key that is not the issuer's", Whose.ANYBODY, sign(Signature.ANOTHER_KEY),
          _invalid("SIGNATURE")),
    Fault("broken-signature", "the signature is not right", Whose.ANYBODY, sign(Signature.BROKEN),
          _invalid("SIGNATURE")),
    Fault("unknown-key", "names a key that the issuer does not have", Whose.ANYBODY, in_header("kid", "0" * 40),
          _invalid("SIGNATURE")),
    Fault("own-key", "signed with a key that the token brings along", Whose.ANYBODY, _with_own_key,
          _invalid("SIGNATURE")),
    Fault("algorithm-none", "not signed", Whose.ANYBODY, sign(Signature.ABSENT, "none"), _invalid("ALG_NOT_ALLOWED")),
    Fault("algorithm-hs256", "signed with the public key as a shared secret", Whose.ANYBODY,
          sign(Signature.SHARED_SECRET, "HS256"), _invalid("ALG_NOT_ALLOWED")),
    Fault("algorithm-of-another-key", "names an algorithm that the key is not for", Whose.ANYBODY,
          in_header("alg", "ES384"), _invalid("ALG_NOT_ALLOWED")),
    Fault("critical-header", "the header demands an extension", Whose.ANYBODY, in_header("crit", ["x"]),
          _invalid("MALFORMED")),
    Fault("wrong-type", "the type is that of a proof", Whose.ANYBODY, in_header("typ", "dpop+jwt"),
          _invalid("TYPE_NOT_ALLOWED")),
    Fault("wrong-issuer", "of an issuer that nobody trusts", Whose.ANYBODY, sets("iss", "https://issuer.example"),
          _invalid("ISSUER")),
    Fault("issuer-with-slash", "the issuer's name with a slash behind", Whose.ANYBODY, extends("iss", "/"),
          _invalid("ISSUER")),
    Fault("wrong-audience", "meant for the national card itself", Whose.ANYBODY, sets("aud", UPSTREAM),
          _invalid("AUDIENCE")),
    Fault("two-audiences", "meant for another one as well", Whose.ANYBODY, sets("aud", [GATEWAY, UPSTREAM]),
          _invalid("AUDIENCE")),
    Fault("no-audience", "meant for nobody", Whose.ANYBODY, leaves_out("aud"), _invalid("AUDIENCE")),
    Fault("id-token", "an ID token in place of an access token", Whose.ANYBODY, _as_id_token, _invalid("AUDIENCE")),
    Fault("expired", "expired a minute ago", Whose.ANYBODY, _expired, _invalid("EXPIRED")),
    Fault("not-yet-valid", "valid in a minute", Whose.ANYBODY, _all_later(60), _invalid("NOT_YET_VALID")),
    Fault("lives-too-long", "valid for a day", Whose.ANYBODY, later("exp", 24 * _HOUR_SECONDS), _invalid("LIFETIME")),
    Fault("no-expiry", "never expires", Whose.ANYBODY, leaves_out("exp"), _invalid("CLAIM_MISSING")),
    Fault("no-id", "has no `jti`", Whose.ANYBODY, leaves_out("jti"), _invalid("CLAIM_MISSING")),
    Fault("no-client", "has no `client_id`", Whose.ANYBODY, leaves_out("client_id"), _invalid("CLAIM_MISSING")),
    Fault("no-scope", "has no scope", Whose.ANYBODY, leaves_out("scope"), _invalid("CLAIM_MISSING")),
    Fault("claim-twice", "says its audience twice", Whose.ANYBODY, says_twice("aud"), _invalid("MALFORMED")),
    Fault("not-bound", "comes with a proof and is bound to no key", Whose.ANYBODY, leaves_out("cnf"),
          _invalid("NOT_BOUND")),
)  # fmt: skip

_PROFESSIONALS: Final = (
    Fault("no-right-to-read", "has no scope to read", Whose.PROFESSIONAL, _without_right_to_read,
          _forbidden("INSUFFICIENT_SCOPE")),
    Fault("part-of-a-right", "has a scope that begins like the one to read", Whose.PROFESSIONAL, _with_part_of_a_right,
          _forbidden("INSUFFICIENT_SCOPE")),
    Fault("level-3", "signed in at level 3", Whose.PROFESSIONAL, sets("security_level", "3"), _ASSURANCE),
    Fault("no-level", "does not say at which level", Whose.PROFESSIONAL, leaves_out("security_level"), _ASSURANCE),
    Fault("no-person", "does not say who signed in", Whose.PROFESSIONAL, leaves_out("pid"),
          _forbidden("ACTOR_NOT_PERMITTED", "NO_PERSON")),
    Fault("no-hpr-number", "attests a profession without its HPR number", Whose.LICENSED, leaves_out("hpr_number"),
          _forbidden("HPR_REQUIRED")),
    Fault("another-profession", "the register knows another profession", Whose.LICENSED,
          sets("hpr_details", {"approvals": [{"profession": "FA"}]}), _forbidden("ROLE_MISMATCH")),
    Fault("no-approval", "the register knows of no profession any more", Whose.LICENSED,
          sets("hpr_details", {"approvals": []}), _forbidden("ROLE_MISMATCH")),
    Fault("no-unit", "names no unit", Whose.CLIENT, leaves_out("orgnr_child"),
          _forbidden("ORGANISATION_CLAIMS_MISSING")),
    Fault("not-enrolled", "of a unit that does not take part", Whose.CLIENT,
          every(sets("orgnr_parent", "310990124"), sets("orgnr_child", "310990124")),
          _forbidden("ORGANISATION_NOT_ENROLLED")),
    Fault("another-parent", "names a legal entity that the unit is not of", Whose.CLIENT,
          sets("orgnr_parent", "310990124"), _forbidden("ORGANISATION_NOT_ENROLLED")),
)  # fmt: skip

_ATTESTS: Final = (
    Fault("no-attest", "has no attest", Whose.PROFESSIONAL, leaves_out("attest"), _forbidden("ATTEST_MISSING")),
    Fault("attest-expired", "attested 61 minutes ago", Whose.PROFESSIONAL, later("attest.attestation.toa", -61 * 60),
          _forbidden("ATTEST_EXPIRED")),
    Fault("attest-in-the-future", "attested in ten minutes", Whose.PROFESSIONAL,
          later("attest.attestation.toa", 10 * 60), _forbidden("ATTEST_INVALID")),
    Fault("attest-of-somebody-else", "attested for somebody with another HPR number", Whose.LICENSED,
          sets(f"{_PRACTITIONER}.hpr_nr.id", "999900000"), _forbidden("ATTEST_SUBJECT_MISMATCH")),
    Fault("attest-of-another-organisation", "attested by another legal entity", Whose.PROFESSIONAL,
          sets(f"{_PRACTITIONER}.legal_entity.id", "310990124"), _forbidden("ATTEST_ORGANISATION_MISMATCH")),
    Fault("attest-of-another-unit", "attested for another unit", Whose.PROFESSIONAL,
          sets(f"{_PRACTITIONER}.point_of_care.id", "310990124"), _forbidden("ATTEST_ORGANISATION_MISMATCH")),
    Fault("no-authorization", "attests no profession of somebody with an HPR number", Whose.LICENSED,
          leaves_out(f"{_PRACTITIONER}.authorization"), _forbidden("ATTEST_INVALID")),
    Fault("purpose-research", "attested for research", Whose.PROFESSIONAL,
          sets(f"{_RELATION}.purpose_of_use.code", "HRESCH"), _forbidden("PURPOSE_NOT_PERMITTED")),
    Fault("purpose-learning", "attested for learning from one's own patients (EGENLAER)", Whose.PROFESSIONAL,
          sets(f"{_RELATION}.purpose_of_use_details.code", "EGENLAER"), _forbidden("PURPOSE_NOT_PERMITTED")),
    Fault("purpose-quality", "attested for quality work (KVAL)", Whose.PROFESSIONAL,
          sets(f"{_RELATION}.purpose_of_use_details.code", "KVAL"), _forbidden("PURPOSE_NOT_PERMITTED")),
    Fault("no-purpose", "attests no purpose", Whose.PROFESSIONAL, leaves_out(f"{_RELATION}.purpose_of_use"),
          _forbidden("ATTEST_INVALID")),
    Fault("no-service", "attests neither a service nor details of the purpose", Whose.PROFESSIONAL,
          leaves_out(f"{_RELATION}.purpose_of_use_details"), _forbidden("ATTEST_INVALID")),
    Fault("no-decision", "names no decision", Whose.PROFESSIONAL, leaves_out(f"{_RELATION}.decision_ref"),
          _forbidden("ATTEST_INVALID")),
    Fault("no-user-selected", "does not say whether the user granted herself access", Whose.PROFESSIONAL,
          leaves_out(f"{_RELATION}.decision_ref.user_selected"), _forbidden("ATTEST_INVALID")),
    Fault("both-relations", "has both `care_relation` and `care_relationship`", Whose.PROFESSIONAL,
          _with_both_relations, _forbidden("ATTEST_INVALID")),
    Fault("wrong-system", "its purpose is of another code system", Whose.PROFESSIONAL,
          sets(f"{_RELATION}.purpose_of_use.system", "urn:oid:2.16.578.1.12.4.1.1.9151"),
          _forbidden("ATTEST_INVALID")),
)  # fmt: skip

_CITIZENS: Final = (
    Fault("level-substantial", "signed in at the second highest level", Whose.CITIZEN,
          sets("acr", "idporten-loa-substantial"), _ASSURANCE),
    Fault("nobody", "does not say who signed in", Whose.CITIZEN, leaves_out("pid"),
          _forbidden("ACTOR_NOT_PERMITTED", "PID_MISSING")),
    Fault("parent", "signed in as somebody's parent", Whose.CITIZEN, _as_parent,
          _forbidden("REPRESENTATION_NOT_SUPPORTED")),
    Fault("nobody-knows-for-whom", "it is not clear whose card is meant", Whose.CITIZEN,
          sets("representation", {"type": "FULLMAKT"}), _forbidden("REPRESENTATION_UNKNOWN")),
    Fault("citizen-and-professional", "has claims of a professional as well", Whose.CITIZEN,
          sets("hpr_number", "999900018"), _forbidden("ATTEST_MISSING")),
    Fault("citizen-with-attest", "has an attest", Whose.CITIZEN, sets("attest", {"practitioner": {}}),
          _forbidden("ACTOR_NOT_PERMITTED", "CITIZEN_WITH_ATTEST")),
)  # fmt: skip

FAULTS: Final[Mapping[str, Fault]] = {
    fault.name: fault for fault in (*_ANYBODY, *_PROFESSIONALS, *_ATTESTS, *_CITIZENS)
}
"""Of tokens."""


def _bad_proof(reason: str) -> Refused:
    return Refused(401, "INVALID_DPOP_PROOF", reason)


def _by_another_key(draft: Draft) -> None:
    draft.key = SigningKey.generate(draft.key.algorithm)
    draft.header["jwk"] = draft.key.bare_jwk()


def _with_private_key(draft: Draft) -> None:
    draft.header["jwk"]["d"] = draft.key.private_jwk()["d"]


def _with_symmetric_key(draft: Draft) -> None:
    draft.changed(sign(Signature.SHARED_SECRET, "HS256"), in_header("jwk", {"kty": "oct", "k": "c2VjcmV0"}))


_PROOFS: Final = (
    Fault("no-method", "has no `htm`", Whose.PROOF, leaves_out("htm"), _bad_proof("DPOP_HTM")),
    Fault("wrong-method", "made for another method", Whose.PROOF, sets("htm", "GET"), _bad_proof("DPOP_HTM")),
    Fault("no-address", "has no `htu`", Whose.PROOF, leaves_out("htu"), _bad_proof("DPOP_HTU")),
    Fault("wrong-address", "made for another address", Whose.PROOF, sets("htu", "https://elsewhere.example/graphql"),
          _bad_proof("DPOP_HTU")),
    Fault("address-with-query", "made for an address with a query", Whose.PROOF, extends("htu", "?a=1"),
          _bad_proof("DPOP_HTU")),
    Fault("no-time", "has no `iat`", Whose.PROOF, leaves_out("iat"), _bad_proof("DPOP_IAT")),
    Fault("too-old", "made a minute ago", Whose.PROOF, later("iat", -60), _bad_proof("DPOP_IAT")),
    Fault("in-the-future", "made in a minute", Whose.PROOF, later("iat", 60), _bad_proof("DPOP_IAT")),
    Fault("no-token", "has no `ath`", Whose.PROOF, leaves_out("ath"), _bad_proof("DPOP_ATH")),
    Fault("wrong-token", "made for another token", Whose.PROOF, sets("ath", "0" * 43), _bad_proof("DPOP_ATH")),
    Fault("no-id", "has no `jti`", Whose.PROOF, leaves_out("jti"), _bad_proof("DPOP_REPLAY")),
    Fault("no-key", "has no `jwk`", Whose.PROOF, in_header("jwk", None), _bad_proof("DPOP_JWK")),
    Fault("wrong-key", "made with another key than the token is bound to", Whose.PROOF, _by_another_key,
          _bad_proof("DPOP_KEY_MISMATCH")),
    Fault("private-key-inside", "shows its private key", Whose.PROOF, _with_private_key, _bad_proof("DPOP_JWK")),
    Fault("broken-signature", "the signature is not right", Whose.PROOF, sign(Signature.BROKEN),
          _bad_proof("DPOP_SIGNATURE")),
    Fault("no-algorithm", "names no algorithm", Whose.PROOF, in_header("alg", None), _bad_proof("DPOP_ALG")),
    Fault("algorithm-none", "not signed", Whose.PROOF, sign(Signature.ABSENT, "none"), _bad_proof("DPOP_ALG")),
    Fault("symmetric", "signed with a secret", Whose.PROOF, _with_symmetric_key, _bad_proof("DPOP_ALG")),
    Fault("wrong-type", "the type is that of a token", Whose.PROOF, in_header("typ", "at+jwt"),
          _bad_proof("DPOP_TYPE")),
)  # fmt: skip

PROOF_FAULTS: Final[Mapping[str, Fault]] = {fault.name: fault for fault in _PROOFS}
