"""What is of interest to whoever watches over the gateway, as it happens. What is kept of it is in the ledger
(`app/audit.py`)."""

from enum import StrEnum

from app.domain.viewer import Viewer
from app.observability import SECURITY_EVENTS, log


class SecurityEvent(StrEnum):
    """What happened."""

    CLAIM_BY_HEADER = "CLAIM_BY_HEADER"
    RATE_LIMITED = "RATE_LIMITED"


def count_security_event(event: SecurityEvent, viewer: Viewer, **what: object) -> None:
    """Into log and metrics. `what` names nobody and quotes nothing that was sent."""
    SECURITY_EVENTS.labels(event.value).inc()
    log.warning("security_event", what=event.value, caller=viewer.kind.value, client_id=viewer.client_id, **what)
