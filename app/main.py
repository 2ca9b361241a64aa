"""The application: the only place where the rooms are joined to routes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

from prometheus_client import generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.types import Receive, Scope, Send

from app import web
from app.development import development_routes
from app.development_endpoint import issuer_routes
from app.graphql_http import graphql
from app.observability import REGISTRY, configure_logging, log
from app.services import Clock, Services, make_services, system_clock
from app.settings import GRAPHQL_PATH, Settings
from app.startup import check_production, prepare_documents
from app.streaming.capacity import Capacity
from app.streaming.websocket import graphql_socket
from resolvers.views import printed

WEB_DIST: Final = Path(__file__).with_name("web_dist")
FRONT_PAGE: Final = Path(__file__).with_name("front_page.html")


def create_app(
    settings: Settings | None = None, *, clock: Clock = system_clock, services: Services | None = None
) -> Starlette:
    """The gateway as an ASGI application. Raises ConfigurationError when it must not start as configured."""
    settings = settings or Settings()
    check_production(settings)
    configure_logging(settings.log_level)
    joined = services or make_services(settings, clock)
    prepare_documents(joined)
    app = Application(routes=_routes(settings), lifespan=_lifespan)
    app.state.services = joined
    app.state.capacity = Capacity()
    return app


class Application(Starlette):
    """Sends what goes to `/graphql` there at once: that is nearly everything, and looking for its route takes time."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == GRAPHQL_PATH:
            scope["app"] = self
            await graphql(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


@asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncIterator[None]:
    services: Services = app.state.services
    await services.start()
    log.info("started", profile=services.settings.profile.value, policy=services.policy.name)
    try:
        yield
    finally:
        await services.close()
        log.info("stopped")


def _routes(settings: Settings) -> list[BaseRoute]:
    routes: list[BaseRoute] = [
        Route("/", front_page),
        WebSocketRoute(GRAPHQL_PATH, graphql_socket),
        Route("/health/live", live),
        Route("/health/ready", ready),
        Route("/metrics", metrics),
        Route("/schema.graphql", schema),
    ]
    if settings.is_development:
        routes += [*development_routes(), *issuer_routes(), *web.routes(WEB_DIST)]
    return routes


async def front_page(request: Request) -> Response:
    """Where to go from here."""
    return HTMLResponse(FRONT_PAGE.read_text(encoding="utf-8"), headers=_PAGE_HEADERS)


_PAGE_HEADERS: Final = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}


async def schema(request: Request) -> Response:
    """The whole contract as text."""
    return PlainTextResponse(printed(), media_type="application/graphql; charset=utf-8")


async def live(request: Request) -> Response:
    """The process answers."""
    return JSONResponse({"status": "live"})


async def ready(request: Request) -> Response:
    """Whether requests can be answered: the database is reached and a ledger entry could be written, both tried."""
    services: Services = request.app.state.services
    checks: dict[str, Any] = {
        "database": await services.database.is_reachable(),
        "ledger": await services.ledger.is_writable(),
    }
    is_ready = all(checks.values())
    return JSONResponse({"status": "ready" if is_ready else "not ready", "checks": checks}, 200 if is_ready else 503)


async def metrics(request: Request) -> Response:
    """Counts and durations for Prometheus; no labels that name a person, a card or a document."""
    return Response(generate_latest(REGISTRY), media_type=CONTENT_TYPE_LATEST)
