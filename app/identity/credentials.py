"""How a request carries its token: one Authorization header, one scheme, and beside DPoP its proof."""

from dataclasses import dataclass

from starlette.datastructures import Headers

from app.identity.refusals import invalid_token, unauthenticated

AUTHORIZATION = "authorization"
PROOF = "dpop"


@dataclass(frozen=True, slots=True, repr=False)
class Credentials:
    """What was sent to sign in with. `proofs` are all that came, to be counted when they are looked at; None: the
    token came as Bearer, without any."""

    token: str
    proofs: tuple[str, ...] | None


def credentials_of(headers: Headers, *, takes_bearer: bool) -> Credentials:
    """The credentials of a request. Raises TransportRefusal 401: none, none that can be read, a scheme not taken."""
    values = headers.getlist(AUTHORIZATION)
    if not values:
        raise unauthenticated()
    scheme, _, token = values[0].partition(" ")
    if len(values) > 1 or not token:
        raise invalid_token("MALFORMED")
    if scheme.lower() == "dpop":
        return Credentials(token, tuple(headers.getlist(PROOF)))
    if scheme.lower() != "bearer" or not takes_bearer:
        raise invalid_token("SCHEME_NOT_ALLOWED")
    return Credentials(token, None)
