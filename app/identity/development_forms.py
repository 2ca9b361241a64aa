"""The forms that right tokens are met with: what one issuer or client writes one way, another writes another way.

Each is a change of the token that the development issuer mints without being asked, and the gateway takes them all.
Paths name an attest's parts as the token has them without being asked.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from app.identity import attest, claims
from app.identity.claims import IssuerKind
from app.identity.development_drafts import Change, Draft, every, in_header, sets
from app.identity.development_issuer import ISSUERS
from app.identity.near_names import did_you_mean
from app.identity.representation import SELF


class Whose(Enum):
    """Whose tokens something is said of: who that is, the claim that tells these, and a persona to try it as."""

    ANYBODY = "anybody", "iss", "kari-gp"
    PROFESSIONAL = "professionals", claims.ATTEST, "kari-gp"
    LICENSED = "health personnel", claims.HPR_NUMBER, "kari-gp"
    CLIENT = "professionals and systems", claims.ORGANISATION_CHILD, "ehr"
    CITIZEN = "citizens", claims.CITIZEN_PID, "kari"
    PROOF = "proofs", "htm", "kari-gp"

    def __init__(self, words: str, claim: str, persona: str) -> None:
        self.words = words
        self.claim = claim
        self.persona = persona


class NotOfThisToken(ValueError):
    """A form or a fault of other callers' tokens; the message says whose."""


class UnknownName(LookupError):
    """No form or fault has this name; the message says which come close."""


@dataclass(frozen=True, slots=True)
class Form:
    """One way to write a token, or a fault of it: its name, what it is, in whose tokens, and how it is made."""

    name: str
    what: str
    whose: Whose
    change: Change

    def __call__(self, draft: Draft) -> None:
        """Make it. Raises NotOfThisToken."""
        if self.whose.claim not in draft.payload:
            raise NotOfThisToken(f"{self.name} is for {self.whose.words}, with {self.whose.claim}.")
        try:
            self.change(draft)
        except (LookupError, TypeError, AttributeError) as error:
            raise NotOfThisToken(f"{self.name} changes what is not there any more.") from error


def named(table: Mapping[str, Form], names: Iterable[str]) -> Iterator[Form]:
    """Those of a table that have these names, in the order of the table. Raises UnknownName."""
    wanted = list(names)
    for name in wanted:
        if name not in table:
            raise UnknownName(f"Nothing is called {name!r}.{did_you_mean(name, table)}")
    return (form for form in table.values() if form.name in wanted)


def _as_helsenorge(draft: Draft) -> None:
    """Helsenorge's `pid` is the person represented; so the token must say who signed in."""
    number = draft.payload[claims.CITIZEN_PID]
    parties = draft.payload.get(claims.REPRESENTATION, {"type": SELF, "actor": number, "subject": number})
    draft.payload |= {
        "iss": ISSUERS[IssuerKind.HELSENORGE], claims.REPRESENTATION: parties, claims.CITIZEN_PID: parties["subject"],
    }  # fmt: skip


def _with_care_relation(draft: Draft) -> None:
    document = draft.payload[claims.ATTEST]
    document["care_relation"] = document.pop("care_relationship")


def _with_bare_systems(draft: Draft) -> None:
    draft.payload[claims.ATTEST] = _without_prefix(draft.payload[claims.ATTEST])


def _without_prefix(part: Any) -> Any:
    if isinstance(part, dict):
        return {name: _without_prefix(value) for name, value in part.items()}
    if isinstance(part, list):
        return [_without_prefix(value) for value in part]
    return part.removeprefix("urn:oid:") if isinstance(part, str) else part


def _with_service(draft: Draft) -> None:
    relation = draft.payload[claims.ATTEST]["care_relationship"]
    del relation["purpose_of_use_details"]
    relation["healthcare_service"] = {"code": "KX17", "system": "urn:oid:2.16.578.1.12.4.1.1.8663"}


def _with_identifier(draft: Draft) -> None:
    draft.payload[claims.ATTEST]["practitioner"]["identifier"] = identifier_of(draft.payload[claims.PID])


def identifier_of(number: str) -> dict[str, str]:
    """An identity number with its system; a D-number's first digit is raised by 4."""
    return {"id": number, "system": f"urn:oid:{attest.PERSON_NUMBERS[number[0] >= '4']}"}


def _without_time(draft: Draft) -> None:
    del draft.payload[claims.ATTEST]["attestation"]


def _with_approvals(draft: Draft) -> None:
    document = draft.payload.get(claims.ATTEST, {})
    profession = document.get("practitioner", {}).get("authorization", {}).get("code")
    draft.payload[claims.HPR_DETAILS] = {"approvals": [{"profession": profession}]}


def _with_approvals_as_text(draft: Draft) -> None:
    _with_approvals(draft)
    draft.payload[claims.HPR_DETAILS] = json.dumps(draft.payload[claims.HPR_DETAILS])


def _with_scope_as_text(draft: Draft) -> None:
    draft.payload["scope"] = " ".join(draft.payload["scope"])


def _with_audience_as_list(draft: Draft) -> None:
    draft.payload["aud"] = [draft.payload["aud"]]


def _with_attest_as_text(draft: Draft) -> None:
    draft.payload[claims.ATTEST] = json.dumps(draft.payload[claims.ATTEST], ensure_ascii=False)


_SUPPLIER_NUMBER: Final = "310990108"
_MORE_CLAIMS: Final[Mapping[str, Any]] = {
    "helseid://claims/identity/pid_pseudonym": "c2FsdGVkIGFuZCBoYXNoZWQ",
    "helseid://claims/identity/network": "internett",
    "helseid://claims/client/amr": "private_key_jwt",
    "nhn:sfm:journal-id": "6b2f4c0e-0000-4000-8000-000000000000",
    "idp": "testidpnew-oidc",
    "amr": ["pwd"],
    "given_name": "Test",
    "family_name": "Testesen",
}


def _with_more_claims(draft: Draft) -> None:
    draft.payload |= {"auth_time": draft.payload["iat"], **_MORE_CLAIMS}


def _nothing(_: Draft) -> None:
    """As it is."""


# What turns the attest into text comes last: nothing can be said inside of it any more.
_FORMS: Final = (
    Form("idporten", "ID-porten's, as without asking: `pid` is who signed in", Whose.CITIZEN, _nothing),
    Form("helsenorge", "Helsenorge's: `pid` is the person represented", Whose.CITIZEN, _as_helsenorge),
    Form("attest-service", "the attest names the service, and no details of the purpose",
         Whose.PROFESSIONAL, _with_service),
    Form("attest-identifier", "the attest names the person as well", Whose.PROFESSIONAL, _with_identifier),
    Form("attest-without-time", "the attest is as old as the token", Whose.PROFESSIONAL, _without_time),
    Form("care-relation", "the attest has `care_relation`, as the framework's model", Whose.PROFESSIONAL,
         _with_care_relation),
    Form("bare-systems", "systems in the attest without `urn:oid:`", Whose.PROFESSIONAL, _with_bare_systems),
    Form("approvals", "the register's approvals come along (`hpr_details`)", Whose.LICENSED, _with_approvals),
    Form("approvals-text", "the same, as a JSON string", Whose.LICENSED, _with_approvals_as_text),
    Form("single-tenant", "a client of one organisation", Whose.CLIENT, sets(claims.TENANCY, "single-tenant")),
    Form("multi-tenant", "a supplier's client acts for the organisation", Whose.CLIENT,
         every(sets(claims.TENANCY, "multi-tenant"), sets(claims.SUPPLIER, _SUPPLIER_NUMBER))),
    Form("more-claims", "claims that HelseID sends and the gateway has no use for", Whose.CLIENT, _with_more_claims),
    Form("scope-text", "scopes as one text with spaces", Whose.ANYBODY, _with_scope_as_text),
    Form("audience-list", "the audience as a list of one", Whose.ANYBODY, _with_audience_as_list),
    Form("type-jwt", "the type is `JWT`", Whose.ANYBODY, in_header("typ", "JWT")),
    Form("attest-text", "the attest as a JSON string", Whose.PROFESSIONAL, _with_attest_as_text),
)  # fmt: skip

FORMS: Final[Mapping[str, Form]] = {form.name: form for form in _FORMS}
