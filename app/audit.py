"""Who was turned away, written down. Nothing from a token that was not verified is ever kept."""

import uuid
from typing import Any, Final

from app.domain.errors import TransportRefusal
from app.domain.ledger import EntryKind, LedgerEntry, Outcome
from app.domain.viewer import Viewer
from app.execution.callers import caller_in, caller_of, client_in
from app.identity.claims import Claims
from app.services import Services

NOT_SIGNED_IN: Final = frozenset({"UNAUTHENTICATED", "INVALID_TOKEN", "INVALID_DPOP_PROOF", "DEPENDENCY_UNAVAILABLE"})
"""Refusals of who has not shown who she is."""
PART_OF_SIGNING_IN: Final = frozenset({"USE_DPOP_NONCE"})
"""What a client is told on its way in; nobody is turned away."""


async def note_security_event(
    services: Services, reason: str, viewer: Viewer | None = None, claims: Claims | None = None
) -> None:
    """Note that somebody who is not known was turned away, or that a known caller claimed or asked more than is right.

    reason   an internal code, never anything that was sent
    claims   of a verified token whose sender was not accepted: only the client is kept
    """
    who = caller_of(viewer, services.patient_keys) if viewer else client_in(claims) if claims else {}
    await services.refusals.note(_entry(services, EntryKind.SECURITY, reason, who))


async def note_turned_away(
    services: Services, reason: str, viewer: Viewer | None = None, claims: Claims | None = None
) -> None:
    """Note that a caller who is known, at least by a verified token, was turned away before anything was asked."""
    keys = services.patient_keys
    who = caller_of(viewer, keys) if viewer else caller_in(claims, keys) if claims else {}
    await services.refusals.note(_entry(services, EntryKind.TURNED_AWAY, reason, who))


async def note_not_let_in(services: Services, refusal: TransportRefusal, claims: Claims | None) -> None:
    """Note that a request's sender was not let in. `claims`: of her token, where it was verified."""
    if refusal.code in PART_OF_SIGNING_IN:
        return
    known = claims is not None and refusal.code not in NOT_SIGNED_IN
    await (note_turned_away if known else note_security_event)(services, refusal.cause, claims=claims)


def _entry(services: Services, kind: EntryKind, reason: str, who: dict[str, Any]) -> LedgerEntry:
    now = services.clock()
    return LedgerEntry(
        event_id=str(uuid.uuid4()), at=now, kind=kind, patient_id=None, outcome=Outcome.REFUSED,
        refusal=reason, policy=services.policies.at(now).name, **who,
    )  # fmt: skip
