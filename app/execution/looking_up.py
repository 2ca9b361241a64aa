"""The person an operation is about, as the store has her: the facts the gate decides on, and the sections asked for."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from app.domain.errors import RecordRefusal
from app.domain.gate import own_unit
from app.domain.record import Found
from app.domain.representing import power_in_force
from app.domain.viewer import CallerKind, Viewer
from app.services import Services

LookedUp = Found | RecordRefusal | None
"""Somebody the store knows, why she cannot be looked up, or somebody it does not know."""


async def look_up(
    services: Services, viewer: Viewer, actor_key: str | None, patient: str, kinds: Collection[str], now: datetime
) -> LookedUp:
    """The person and her card with the sections, in one statement.

    Raises TransportRefusal REPRESENTATION_INVALID for a representative whom she has given no power that is in force.
    """
    try:
        found = await services.cards.find(patient, kinds)
        if viewer.kind is CallerKind.REPRESENTATIVE:
            power = power_in_force(found.patient.powers if found else (), actor_key, now)
            return found and replace(found, represented=power)
        return found and await services.choices.elevations.without_ended(found, actor_key, now)
    except RecordRefusal as refusal:
        return refusal


def is_none_of_its_business(services: Services, viewer: Viewer, found: Found) -> bool:
    """Whether a system asks about a woman whom its own unit does not follow, where it is told of no others: then it is
    answered as about one whom nobody knows."""
    limited = services.settings.status_for_own_patients_only and viewer.kind is CallerKind.MACHINE
    return limited and not own_unit(viewer, found)


def have_turned(before: LookedUp, now: LookedUp) -> bool:
    """Whether the gate may decide otherwise about her than it did a moment ago."""
    if not isinstance(before, Found):
        return False  # it has refused, whatever she is now
    return not isinstance(now, Found) or before.is_decided_otherwise_than(now)
