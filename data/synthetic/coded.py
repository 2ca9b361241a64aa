"""Coded values the way they are stored: code, display, code system."""

from functools import cache
from typing import Any

from app.domain.code_systems import CODE_SYSTEMS


@cache
def coded(system_id: str, code: str) -> dict[str, Any]:
    """A coded value of a system. Shared between callers: never change it."""
    system = CODE_SYSTEMS[system_id]
    known = system.find(code)
    if known is None:
        raise KeyError(f"{code} is no code of {system_id}")
    return {"code": code, "display": known.also_called or known.norwegian, "code_system": system.literal}


@cache
def language(code: str) -> dict[str, Any]:
    """A language by its three-letter code; the published displays are in capitals."""
    value = coded("volven_3303", code)
    return value | {"display": value["display"].capitalize()}


def country(code: str) -> dict[str, Any]:
    return coded("volven_9043", code)
