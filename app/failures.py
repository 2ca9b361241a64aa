"""What is said when no GraphQL answer is due: to a caller who is turned away, and when nobody foresaw what happened."""

from typing import Any

from app.domain.errors import TransportRefusal
from app.observability import log
from app.services import Services


def refused(refusal: TransportRefusal, services: Services) -> dict[str, Any]:
    """The body for a caller who is turned away; with the fine-grained reason in development only."""
    extensions: dict[str, Any] = {"code": refusal.code, **refusal.extensions}
    if refusal.reason and services.settings.is_development:
        extensions["reason"] = refusal.reason
    log.info("refused", status=refusal.status, code=refusal.code, reason=refusal.reason)
    return errors(refusal.message, **extensions)


async def failed(error: Exception, services: Services) -> tuple[int, dict[str, Any]]:
    """Status and body for what nobody foresaw: whether it is the store that is gone, and nothing else."""
    log.error("request_failed", kind=type(error).__name__)
    if await services.database.is_reachable():
        return 500, errors("Something went wrong here.", code="INTERNAL_ERROR")
    return 503, errors("The store cannot be reached; nothing is shown.", code="DEPENDENCY_UNAVAILABLE")


def errors(message: str, **extensions: Any) -> dict[str, Any]:
    """A body that is one error."""
    return {"errors": [{"message": message, "extensions": extensions}]}
