"""What a client wants in a token beyond scopes, as authorization details (RFC 9396): the attest, and its organisation.

They have the types that HelseID gives them, and come as `authorization_details` or inside of the client's assertion.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import orjson

from app.development_clients import Client, TokenRefusal
from app.identity import attest, claims
from app.identity.development_drafts import Change, Draft, every, sets

ORGANISATION: Final = "helseid_authorization"
TYPES: Final = (claims.ATTEST, ORGANISATION)

_ORGANISATION_VALUE: Final = re.compile(r"NO:ORGNR:(?P<parent>[0-9]{9}):(?P<child>[0-9]{9})?", re.ASCII)


def changes_of_details(parameters: Mapping[str, str], client: Client) -> Iterator[Change]:
    """What the details do to a token. Raises TokenRefusal."""
    given = parameters.get("authorization_details")
    if given is not None and client.details is not None:
        raise TokenRefusal("invalid_request", "send the details in the assertion or beside it, not both")
    for detail in _details(given, client):
        yield _attest(detail) if detail["type"] == claims.ATTEST else _organisation(detail)


def _details(given: str | None, client: Client) -> list[dict[str, Any]]:
    try:
        details = client.details if given is None else orjson.loads(given)
    except orjson.JSONDecodeError as error:
        raise _invalid("authorization_details is a list, as JSON") from error
    if isinstance(details, dict):
        details = [details]
    if details is None:
        return []
    if not isinstance(details, list) or not all(
        isinstance(each, dict) and each.get("type") in TYPES for each in details
    ):
        raise _invalid(f"a list of objects, each with one of these types: {', '.join(TYPES)}")
    return details


def _attest(detail: Mapping[str, Any]) -> Change:
    """The client says codes alone; who the practitioner is the issuer fills in, and when."""
    stated = {name: value for name, value in detail.items() if name != "type"}

    def change(draft: Draft) -> None:
        number, document = draft.payload.get(claims.HPR_NUMBER), {**stated}
        if isinstance(document.get("practitioner"), dict) and number is not None:
            named = {"hpr_nr": {"id": number, "system": f"urn:oid:{attest.HPR_NUMBER}"}}
            document["practitioner"] = named | document["practitioner"]
        document.setdefault("attestation", {"toa": draft.payload["iat"]})
        draft.payload[claims.ATTEST] = document

    return change


def _organisation(detail: Mapping[str, Any]) -> Change:
    try:
        value = detail["practitioner_role"]["organization"]["identifier"]["value"]
        named = _ORGANISATION_VALUE.fullmatch(value)
    except (LookupError, TypeError) as error:
        raise _invalid("the organisation is practitioner_role.organization.identifier.value") from error
    if named is None:
        raise _invalid("the organisation's value is NO:ORGNR:<parent>:<child>")
    parent = named["parent"]
    return every(
        sets(claims.ORGANISATION_PARENT, parent), sets(claims.ORGANISATION_CHILD, named["child"] or parent),
        sets(claims.TENANCY, "multi-tenant"),
    )  # fmt: skip


def _invalid(description: str) -> TokenRefusal:
    return TokenRefusal("invalid_authorization_details", description)
