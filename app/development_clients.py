"""Who asks the development issuer for a token: a client that anybody may be, as none is registered here.

A client that authenticates as HelseID wants it (`private_key_jwt`, RFC 7523) is held to what HelseID holds it to, so
that its vendor learns of mistakes here; only its signature proves nothing, for nobody has told us its key.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from app.identity.compact import NotCompact, json_part, split
from app.identity.refusals import ALGORITHMS
from app.identity.tokens import MAX_TOKEN_BYTES

ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ASSERTION_MAX_LIFETIME_SECONDS: Final = 60
LEEWAY_SECONDS: Final = 5


class TokenRefusal(Exception):
    """No token: the answer of RFC 6749, section 5.2. `description` says how to mend the request."""

    def __init__(
        self, error: str, description: str, status: int = 400, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(error)
        self.error = error
        self.description = description
        self.status = status
        self.headers = headers or {}


@dataclass(frozen=True, slots=True)
class Client:
    """`details` are the authorization details that came inside of the assertion, as HelseID takes an attest."""

    id: str | None
    details: Any = None


def client_of(parameters: Mapping[str, str], addresses: tuple[str, ...], now: datetime) -> Client:
    """The client, by its assertion or its mere name. `addresses` are those an assertion may be meant for.

    Raises TokenRefusal invalid_client.
    """
    named, assertion = parameters.get("client_id"), parameters.get("client_assertion")
    if assertion is None:
        return Client(named)
    if parameters.get("client_assertion_type") != ASSERTION_TYPE:
        raise _invalid(f"client_assertion_type is {ASSERTION_TYPE}")
    said = _read(assertion)
    if not isinstance(said.get("iss"), str) or said.get("sub") != said["iss"] or named not in (None, said["iss"]):
        raise _invalid("iss and sub of the assertion are both the client_id")
    audience = said.get("aud")
    if not any(address in addresses for address in (audience if isinstance(audience, list) else [audience])):
        raise _invalid("aud of the assertion is the issuer, or its token endpoint")
    if not said.get("jti"):
        raise _invalid("the assertion has a jti")
    _check_times(said, now.timestamp())
    return Client(said["iss"], said.get("assertion_details"))


def _read(assertion: str) -> dict[str, Any]:
    try:
        parts = split(assertion, MAX_TOKEN_BYTES)
        header, said = json_part(parts.header), json_part(parts.payload)
    except NotCompact as error:
        raise _invalid("the assertion is a signed JWT") from error
    if header.get("alg") not in ALGORITHMS or not parts.signature:
        raise _invalid("the assertion is signed with RS, PS or ES")
    return said


def _check_times(said: Mapping[str, Any], now: float) -> None:
    times = [said.get("exp"), said.get("iat", said.get("nbf"))]
    if not all(isinstance(time, int) for time in times):
        raise _invalid("the assertion has exp, and iat or nbf")
    expires_at, made_at = times
    if not made_at - LEEWAY_SECONDS <= now < expires_at + LEEWAY_SECONDS:
        raise _invalid("the assertion is not valid now")
    if expires_at - made_at > ASSERTION_MAX_LIFETIME_SECONDS:
        raise _invalid(f"the assertion lives {ASSERTION_MAX_LIFETIME_SECONDS} seconds at most")


def _invalid(description: str) -> TokenRefusal:
    return TokenRefusal("invalid_client", description, 401)
