"""Who asks, from the headers of a request or what stands in their place on a socket."""

from starlette.datastructures import Headers

from app.domain.viewer import Viewer
from app.identity.tokens import bearer_token
from app.identity.viewers import viewer_from
from app.services import Services


async def authenticated(headers: Headers, services: Services) -> Viewer:
    """Who asks. Raises TransportRefusal 401 or 403."""
    token = bearer_token(headers, allow_bearer=services.settings.is_development)
    await services.verifier.refresh_keys_for(token)
    claims = services.verifier.verify(token)
    now, organisations = services.clock(), services.organisations
    unit = await organisations.find(claims.organisation_child) if claims.organisation_child else None
    known = services.viewers.find(claims, unit, now)
    if known is None:
        known = await viewer_from(claims, organisations.find, services.enabled_roles, now=now)
        services.viewers.keep(claims, unit, known)
    return known
