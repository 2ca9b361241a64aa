"""What is written down of an operation that was not run, or came to nothing on the way: one entry for each woman it
named, else one by itself. Never raises: what was refused stays refused."""

from typing import TYPE_CHECKING, Final

from app.audit import note_security_event, note_turned_away
from app.domain.errors import TransportRefusal
from app.domain.ledger import EntryKind, Outcome
from app.domain.viewer import Viewer
from app.services import Services
from data.identity_numbers import is_valid
from resolvers.errors import PARSE_FAILED

if TYPE_CHECKING:
    from app.execution.operation import Operation

CLIENTS_MISTAKE: Final = "BAD_USER_INPUT"
SLIPS: Final = frozenset({CLIENTS_MISTAKE, PARSE_FAILED, "OPERATION_NOT_FOUND"})
"""What asks for nothing that is not the caller's."""
NOTED_ALREADY: Final = "AUDIT_UNAVAILABLE"
INTERNAL: Final = "INTERNAL_ERROR"


async def note_refused(operation: "Operation", cause: str) -> None:
    """That an operation was refused before anything was looked up."""
    await _note(operation, EntryKind.TURNED_AWAY, Outcome.REFUSED, cause)


async def note_broken_off(operation: "Operation", error: Exception) -> None:
    """That an operation was turned away, or failed, with nothing shown."""
    if not isinstance(error, TransportRefusal):
        await _note(operation, EntryKind.USAGE, Outcome.FAILED, INTERNAL)
    elif error.status == 429:
        await note_too_many(operation.services, operation.viewer, error)
    elif error.status < 500:
        await note_refused(operation, error.cause)
    elif error.code != NOTED_ALREADY:
        await _note(operation, EntryKind.USAGE, Outcome.FAILED, error.cause)


async def note_too_many(services: Services, viewer: Viewer, refusal: TransportRefusal) -> None:
    """That somebody asks too much. Whom about is not kept: an entry for each would be too many as well."""
    await note_security_event(services, refusal.cause, viewer)


async def note_not_asked(services: Services, viewer: Viewer, code: str) -> None:
    """That a document was refused as it stands, for what it asks: not for a slip of the pen."""
    if code not in SLIPS:
        await note_turned_away(services, code, viewer)


async def _note(operation: "Operation", kind: EntryKind, outcome: Outcome, cause: str) -> None:
    own, refusals = operation.viewer.subject_number, operation.services.refusals
    named = {own} if own else operation.named_patients
    concerned = [
        operation.entries.about(patient, None, outcome, cause, kind=kind) for patient in named if is_valid(patient)
    ]
    if concerned:
        await refusals.write(*concerned)
    else:
        await refusals.note(operation.entries.of_nobody(outcome, cause, kind=kind))
