"""The development issuer over HTTP, as HelseID and ID-porten are reached: metadata, keys, tokens.

These routes do not exist in production. One issuer for each kind; the metadata name what stands in `iss`, which is
not the address they are fetched from, so that tokens are the same wherever the gateway runs.
"""

from typing import Any, Final
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from app.development_clients import TokenRefusal, client_of
from app.development_details import TYPES
from app.development_grants import CLIENT_CREDENTIALS, GRANTS, Asked, granted, scopes_of
from app.domain.errors import TransportRefusal
from app.identity.claims import IssuerKind
from app.identity.credentials import PROOF
from app.identity.development_issuer import ISSUERS, DevelopmentIssuer
from app.identity.refusals import ALGORITHMS
from app.identity.roles import RIGHTS_OF
from app.services import Services
from resolvers import limits

ROOT: Final = "/development/issuer"
FORM: Final = "application/x-www-form-urlencoded"
PARAMETERS_MAX: Final = 30
NO_STORE: Final = {"cache-control": "no-store", "pragma": "no-cache"}


def issuer_routes() -> list[BaseRoute]:
    """Those of all issuers."""
    return [
        Mount(
            f"{ROOT}/{{issuer}}",
            routes=[
                Route("/.well-known/openid-configuration", metadata),
                Route("/jwks", keys),
                Route("/token", token, methods=["POST"]),
            ],
        )
    ]


async def metadata(request: Request) -> Response:
    """What the issuer is called and where it is reached."""
    kind = _kind(request)
    address = _address(request, kind)
    grants = [grant for grant in GRANTS if grant != CLIENT_CREDENTIALS or kind is IssuerKind.HELSEID]
    return JSONResponse({
        "issuer": ISSUERS[kind],
        "jwks_uri": f"{address}/jwks",
        "token_endpoint": f"{address}/token",
        "grant_types_supported": grants,
        "response_types_supported": [],
        "scopes_supported": scopes_of(frozenset[str]().union(*RIGHTS_OF.values())),
        "token_endpoint_auth_methods_supported": ["private_key_jwt", "none"],
        "token_endpoint_auth_signing_alg_values_supported": ALGORITHMS,
        "dpop_signing_alg_values_supported": ALGORITHMS,
        "authorization_details_types_supported": TYPES,
    })  # fmt: skip


async def keys(request: Request) -> Response:
    """The public keys; all issuers here have the same."""
    _kind(request)
    return JSONResponse(_issuer(request).key_set())


async def token(request: Request) -> Response:
    """A token, or why there is none (RFC 6749, sections 5.1 and 5.2)."""
    try:
        return JSONResponse(await _granted(request), headers=NO_STORE)
    except TokenRefusal as refusal:
        said = {"error": refusal.error, "error_description": refusal.description}
        return JSONResponse(said, refusal.status, {**NO_STORE, **refusal.headers})


async def _granted(request: Request) -> dict[str, Any]:
    kind, services = _kind(request), _services(request)
    parameters, now = await _parameters(request), services.clock()
    address = f"{_address(request, kind)}/token"
    client = client_of(parameters, (ISSUERS[kind], address), now)
    key = await _key_to_bind_to(request, address, services)
    asked = Asked(kind=kind, parameters=parameters, client=client, key_thumbprint=key, now=now)
    return granted(asked, _issuer(request), services.verifier)


async def _parameters(request: Request) -> dict[str, str]:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise TokenRefusal("invalid_request", f"send {FORM}")
    body = await request.body()
    if len(body) > limits.BODY_MAX_BYTES:
        raise TokenRefusal("invalid_request", "the request is too large", 413)
    try:
        given = parse_qsl(body.decode(), errors="strict", max_num_fields=PARAMETERS_MAX)
    except ValueError as error:
        raise TokenRefusal("invalid_request", "the parameters cannot be read") from error
    parameters = dict(given)
    if len(parameters) < len(given):
        raise TokenRefusal("invalid_request", "send every parameter once; lists have spaces between")
    return parameters


async def _key_to_bind_to(request: Request, address: str, services: Services) -> str | None:
    """The key of the proof that came along. Without one the token is for development only, and bound to none."""
    proofs = request.headers.getlist(PROOF)
    if not proofs and services.settings.takes_bearer:
        return None
    try:
        return await services.proofs.at(address).key_of(proofs, method="POST", now=services.clock())
    except TransportRefusal as refusal:
        if refusal.status == 503:
            raise TokenRefusal("temporarily_unavailable", refusal.message, 503) from refusal
        reason = refusal.reason or refusal.message
        raise TokenRefusal(refusal.code.lower(), reason, headers=refusal.headers) from refusal


def _kind(request: Request) -> IssuerKind:
    try:
        return IssuerKind(request.path_params["issuer"])
    except ValueError as error:
        raise HTTPException(404) from error


def _address(request: Request, kind: IssuerKind) -> str:
    return f"{_services(request).settings.base_url}{ROOT}/{kind.value}"


def _services(request: Request) -> Services:
    services: Services = request.app.state.services
    return services


def _issuer(request: Request) -> DevelopmentIssuer:
    issuer = _services(request).issuer
    assert issuer is not None  # these routes exist in development only
    return issuer
