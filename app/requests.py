"""What a client sent, taken apart into a Request: from a body, from a URL, from the payload of a socket's message.

The members are those of the GraphQL-over-HTTP draft: https://graphql.github.io/graphql-over-http/draft/#sec-Request-Parameters
"""

import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qsl

import orjson

from app.domain.errors import TransportRefusal
from app.execution.operation import Request
from app.execution.trusted import MalformedMember, asked_document

URL_MEMBERS_MAX: Final = 10
"""How many parameters are taken apart; those that nobody knows are passed over, as members of a body are."""

_LIKE_AN_IDENTITY_NUMBER: Final = re.compile(r"(?<![0-9A-Za-z])\d{6}[ .-]?\d{5}(?![0-9A-Za-z])")
"""Valid or not: a slip of the pen is as telling. Longer words of digits and letters, such as hashes, are not meant."""


def from_body(body: bytes) -> Request:
    """A request as JSON. Raises TransportRefusal 400 MALFORMED_JSON or MALFORMED_REQUEST."""
    try:
        members = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise TransportRefusal(400, "MALFORMED_JSON", "The body is not JSON.") from error
    if type(members) is not dict:
        raise TransportRefusal(400, "MALFORMED_REQUEST", "The body is one JSON object; batches are not taken.")
    return from_members(members)


def from_members(members: Mapping[str, Any]) -> Request:
    """A request from its members; null is the same as left out. Raises TransportRefusal 400 MALFORMED_REQUEST."""
    name, variables = members.get("operationName"), members.get("variables")
    try:
        query, document_id = asked_document(members)
    except MalformedMember as wrong:
        raise malformed(wrong.member, wrong.must_be) from wrong
    if name is not None and not isinstance(name, str):
        raise malformed("operationName", "text")
    if variables is not None and not isinstance(variables, dict):
        raise malformed("variables", "an object")
    return Request(query, name, variables or {}, document_id)


def from_url(query_string: bytes) -> Request:
    """A request as parameters of a URL, variables and extensions as JSON; an empty one is the same as left out.

    Raises TransportRefusal 400 MALFORMED_REQUEST, and PERSONAL_DATA_IN_URL when anything in it looks like an identity
    number: URLs end up in logs on the way.
    """
    try:
        given = parse_qsl(
            query_string.decode(), keep_blank_values=True, errors="strict", max_num_fields=URL_MEMBERS_MAX
        )
    except ValueError as error:
        raise TransportRefusal(400, "MALFORMED_REQUEST", "The parameters of the URL cannot be read.") from error
    if any(_LIKE_AN_IDENTITY_NUMBER.search(text) for pair in given for text in pair):
        raise personal_data_in_url()
    members: dict[str, Any] = dict(given)
    if len(members) < len(given):
        raise TransportRefusal(400, "MALFORMED_REQUEST", "Give every parameter once.")
    for member in ("variables", "extensions"):
        if member in members:
            members[member] = _json(member, members[member])
    members["operationName"] = members.get("operationName") or None
    return from_members(members)


def _json(member: str, text: str) -> Any:
    try:
        return orjson.loads(text) if text else None
    except orjson.JSONDecodeError as error:
        raise malformed(member, "an object, as JSON") from error


def malformed(member: str, kind: str) -> TransportRefusal:
    """The refusal of a member that is of another kind than it has to be."""
    return TransportRefusal(400, "MALFORMED_REQUEST", f"`{member}` must be {kind}.")


def personal_data_in_url() -> TransportRefusal:
    """The refusal of a URL that tells about whom is asked."""
    return TransportRefusal(400, "PERSONAL_DATA_IN_URL", "Whom it is about never stands in a URL: use POST.")
