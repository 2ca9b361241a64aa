"""Sign-in for development: personas and their tokens. These routes do not exist in production."""

from datetime import timedelta
from functools import cache
from typing import Any, Final

import orjson
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from app.identity.personas import Persona, PurposeNotGiven, UnknownPersona, find_persona, personas_for
from app.services import Services
from data.synthetic.cast import CAST

TOKEN_LIFETIME_SECONDS: Final = 3600
NO_STORE: Final = {"cache-control": "no-store"}


def development_routes() -> list[BaseRoute]:
    """The sign-in routes."""
    return [
        Route("/development/personas", personas),
        Route("/development/token", token, methods=["POST"]),
    ]


@cache
def all_personas() -> dict[str, Persona]:
    """Every persona of the synthetic cast, by name."""
    return personas_for(CAST)


def mint(services: Services, name: str, purpose: str | None) -> dict[str, str]:
    """A token of a persona. Raises UnknownPersona, PurposeNotGiven."""
    persona, now = find_persona(all_personas(), name), services.clock()
    assert services.issuer is not None  # these routes exist in development only
    made = services.issuer.mint(
        persona, now=now, purpose=persona.purpose_for(purpose), lifetime_seconds=TOKEN_LIFETIME_SECONDS, by_hand=True
    )
    return {"token": made, "expiresAt": (now + timedelta(seconds=TOKEN_LIFETIME_SECONDS)).isoformat()}


async def personas(request: Request) -> Response:
    """All personas, for the explorer's person switcher."""
    return JSONResponse([_described(persona) for persona in all_personas().values()], headers=NO_STORE)


def _described(persona: Persona) -> dict[str, Any]:
    return {
        "name": persona.name,
        "title": persona.title,
        "fullName": persona.full_name,
        "kind": persona.kind,
        "role": persona.role,
        "unit": persona.unit.name if persona.unit else None,
        "patient": persona.patient_number,
        "purposes": list(persona.purposes),
    }


async def token(request: Request) -> Response:
    """A token for a persona: `{"persona": "kari-gp", "purpose": "TREAT"}`."""
    services: Services = request.app.state.services
    try:
        asked = orjson.loads(await request.body())
        made = mint(services, str(asked["persona"]), asked.get("purpose"))
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError):
        return JSONResponse({"error": 'send {"persona": name, "purpose": code}'}, 400, headers=NO_STORE)
    except (UnknownPersona, PurposeNotGiven) as error:
        return JSONResponse({"error": str(error)}, 404, headers=NO_STORE)
    return JSONResponse(made, headers=NO_STORE)
