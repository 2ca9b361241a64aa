"""How an operation ended, read from its result."""

from graphql import ExecutionResult

from app.domain.errors import RecordRefusal, Refusal
from app.domain.ledger import Outcome


def in_order(result: ExecutionResult) -> ExecutionResult:
    """The same with its errors as they stand in the document, not as they happened."""
    if result.errors:
        result.errors = sorted(
            result.errors, key=lambda error: (error.positions or [], list(map(str, error.path or ())))
        )
    return result


def outcome_of(gave_anything: bool, held_back: bool, failed: bool) -> Outcome:
    """How an operation ended, for the ledger."""
    if failed:
        return Outcome.FAILED
    if not gave_anything:
        return Outcome.REFUSED
    return Outcome.PARTIAL if held_back else Outcome.ALLOWED


def reason_of(refusal: Refusal) -> str:
    """Why, as precisely as the ledger is to know."""
    return refusal.reason if isinstance(refusal, RecordRefusal) else refusal.code
