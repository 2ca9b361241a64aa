"""What an operation must pass before anybody is looked up: rates, scopes, the patient of the attest."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final

from graphql import OperationType

from app.domain.errors import TransportRefusal
from app.domain.ledger import CASELOAD, EXPORT, REPORTS, REVIEWS, SEARCH
from app.domain.viewer import CallerKind, Role, Viewer
from app.execution.attested import AttestedPatients
from app.execution.rates import Rates, rate_limited
from app.identity.refusals import actor_not_permitted
from app.identity.viewers import require_scope
from app.security_events import SecurityEvent, count_security_event
from data.identity_numbers import is_valid
from data.lookups import StoredLookups

READ: Final = ("read",)
WRITE: Final = ("write",)
SCOPES: Final[Mapping[str, tuple[str, ...]]] = {
    "me": (),
    "cardStatus": ("status", "read"),
    "consent": ("read", "status", "audit"),
    "accessLog": ("read", "audit"),
    "elevateAccess": READ,
    REVIEWS: ("audit",),
    "reviewElevation": ("audit",),
    SEARCH: ("audit",),
    EXPORT: ("audit",),
    "logExports": ("audit",),
    "requestLogExport": ("audit",),
    "approveLogExport": ("audit",),
    REPORTS: ("aggregate",),
}
"""By root field, the rights of a token any one of which is enough; none is needed where there are none. What is not
named here takes the right to read, or as a command the right to write; an elevation is for reading."""

STANDS_ALONE: Final = {
    CASELOAD: "CASELOAD_STANDS_ALONE", REVIEWS: "REVIEWS_STAND_ALONE", SEARCH: "SEARCH_STANDS_ALONE",
    EXPORT: "EXPORT_STANDS_ALONE",
}  # fmt: skip
"""By root field that concerns many women, the refusal when anything about one is asked beside it."""


class Admission:
    """Who comes too often, and whose attest is somebody else's."""

    def __init__(
        self, rates: Rates, attested: AttestedPatients, lookups: StoredLookups, lookups_per_minute: int
    ) -> None:
        self._rates, self._attested, self._lookups = rates, attested, lookups
        self._lookups_per_minute = lookups_per_minute

    def admit(self, viewer: Viewer) -> None:
        """Count one operation of the viewer's, whatever it is. Raises TransportRefusal 429 RATE_LIMITED."""
        try:
            self._rates.admit(viewer)
        except TransportRefusal:
            count_security_event(SecurityEvent.RATE_LIMITED, viewer)
            raise

    async def count_lookup(self, viewer: Viewer, patients: Collection[str], now: datetime) -> None:
        """Count a system's question about somebody. Raises TransportRefusal 429 RATE_LIMITED: a system that asks about
        one woman after another finds out who is pregnant."""
        if viewer.kind is CallerKind.MACHINE and patients:
            counted = await self._lookups.count(viewer.client_id, now)
            if counted > self._lookups_per_minute:
                count_security_event(SecurityEvent.RATE_LIMITED, viewer)
                raise rate_limited(60 - now.second)

    async def check_patients(self, viewer: Viewer, patients: Collection[str], now: datetime) -> None:
        """Raise TransportRefusal 403 ATTEST_PATIENT_REUSE for a patient whom the viewer's attest is not for."""
        for patient in patients:
            if is_valid(patient):  # a slip of the pen is nobody, and no attest is spent on it
                await self._attested.check(viewer, patient, now)

    async def close(self) -> None:
        await self._attested.close()
        await self._lookups.close()


def check_role(viewer: Viewer, enabled_roles: Collection[Role]) -> None:
    """Raise TransportRefusal 403 ACTOR_NOT_PERMITTED for a role that takes part no longer: another policy may have come
    into force since the caller was let in."""
    if viewer.role not in enabled_roles:
        raise actor_not_permitted("ROLE")


def check_scopes(viewer: Viewer, operation: OperationType, root_fields: Collection[str]) -> None:
    """Raise TransportRefusal 403 INSUFFICIENT_SCOPE unless the token covers every root field."""
    usual = WRITE if operation is OperationType.MUTATION else READ
    for name in root_fields:
        enough = SCOPES.get(name, usual)
        if enough and not viewer.scopes.intersection(enough):
            require_scope(viewer, enough[0])
