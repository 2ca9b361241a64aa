"""Who asks, from the headers of a request or what stands in their place on a socket."""

from starlette.datastructures import Headers

from app.audit import note_not_let_in, note_security_event
from app.domain.errors import TransportRefusal
from app.domain.viewer import Viewer
from app.identity.claimed import claimed_by_header
from app.identity.claims import Claims
from app.identity.credentials import Credentials, credentials_of
from app.identity.refusals import invalid_token
from app.identity.viewers import viewer_from
from app.observability import CLAIMS_BY_HEADER
from app.security_events import SecurityEvent, count_security_event
from app.services import Services


async def authenticated(headers: Headers, services: Services, method: str = "POST") -> Viewer:
    """Who asks, by a request of this method. Raises TransportRefusal 401, 403 or 503, written down."""
    claims: Claims | None = None
    try:
        sent = credentials_of(headers, takes_bearer=services.settings.takes_bearer)
        await services.verifier.refresh_keys_for(sent.token)
        claims = services.verifier.verify(sent.token)
        await _check_possession(sent, claims, method, services)
        viewer = await _viewer(claims, services)
    except TransportRefusal as refusal:
        await note_not_let_in(services, refusal, claims)
        raise
    await _note_claims(headers, viewer, services)
    return viewer


async def _viewer(claims: Claims, services: Services) -> Viewer:
    now, organisations = services.clock(), services.organisations
    unit = await organisations.find(claims.organisation_child) if claims.organisation_child else None
    roles = services.enabled_roles(services.policies.at(now))
    known = services.viewers.find(claims, unit, now)
    if known is None or known.role not in roles:
        client_ids = services.settings.client_ids
        known = await viewer_from(claims, organisations.find, roles, now=now, client_ids=client_ids)
        services.viewers.keep(claims, unit, known)
    return known


async def _check_possession(sent: Credentials, claims: Claims, method: str, services: Services) -> None:
    """Raise TransportRefusal unless the sender holds the key that the token is bound to.

    A token that is bound to a key is worth nothing without its proof, so it is no bearer token in development either.
    """
    key = claims.key_thumbprint
    if sent.proofs is None:
        if key is not None:
            raise invalid_token("SCHEME_NOT_ALLOWED")
        return
    if key is None:
        raise invalid_token("NOT_BOUND")
    await services.proofs.verify(sent.proofs, method=method, token=sent.token, key_thumbprint=key, now=services.clock())


async def _note_claims(headers: Headers, viewer: Viewer, services: Services) -> None:
    """Headers never add to who asks; one that claims to is noted."""
    claimed = claimed_by_header(headers.raw, viewer)
    for name in claimed:
        CLAIMS_BY_HEADER.labels(name).inc()
    if claimed:
        count_security_event(SecurityEvent.CLAIM_BY_HEADER, viewer, headers=sorted(claimed))
        await note_security_event(services, SecurityEvent.CLAIM_BY_HEADER.value, viewer)
