"""Consent: where it stands, giving it, withdrawing it."""

from datetime import datetime
from typing import Any

import strawberry

from app.domain.consent import NO_CONSENT, ConsentState
from app.domain.errors import RecordRefusal
from app.domain.gate import patient_may_have_card, shown_consent
from app.domain.viewer import CallerKind
from resolvers.access import described, open_to
from resolvers.access_log import Patient
from resolvers.context import OperationContext


@strawberry.type(description="One time consent was given or withdrawn.")
class ConsentChange:
    state: ConsentState = described("What consent became.")
    at: datetime = described("When.")


async def _history(info: strawberry.Info) -> Any:
    context: OperationContext = info.context
    if context.found is None:
        return []
    events = await context.consents.history(context.found.patient.patient_id)
    return [{"state": event.state, "at": event.changed_at} for event in events]


@strawberry.type(description="The woman's consent to the digital card. Norwegian: samtykke.")
class Consent:
    given: bool = described("Whether consent is in force.")
    state: ConsentState = described("Where consent stands.", callers=open_to(CallerKind.CITIZEN, CallerKind.AUDITOR))
    changed_at: datetime | None = described(
        "When it was last given or withdrawn.", callers=open_to(CallerKind.CITIZEN, CallerKind.AUDITOR)
    )
    history = described(
        "Every time it was given or withdrawn, oldest first.",
        resolver=_history, gives=list[ConsentChange], callers=open_to(CallerKind.CITIZEN, CallerKind.AUDITOR),
    )  # fmt: skip


@strawberry.type(description="What was deleted when consent was withdrawn. Counts only. Norwegian: kvittering.")
class WithdrawalReceipt:
    withdrawn_at: datetime = described("When consent was withdrawn.")
    cards_deleted: int = described("How many cards were deleted, earlier ones included.")
    items_deleted: int = described("How many items of them were deleted.")
    versions_deleted: int = described("How many versions of those items were deleted.")
    receipt_hash: str = described("SHA-256 over this receipt; the same is kept, so it can be shown that it was given.")


def consent(info: strawberry.Info, patient: Patient = None) -> Any:
    """This operation's patient's consent."""
    context: OperationContext = info.context
    if context.role_policy.consent == "NONE":
        raise RecordRefusal("ACTOR_NOT_PERMITTED", "This role does not see consent.")
    if context.role_policy.consent == "FULL":
        return _as_consent(context.found.patient.consent if context.found else NO_CONSENT)
    return _as_consent(shown_consent(context.found))


async def give_consent(info: strawberry.Info) -> Any:
    """Give consent to the digital card. Giving it again changes nothing."""
    context: OperationContext = info.context
    if not patient_may_have_card(context.found):
        raise RecordRefusal("RECORD_CANNOT_BE_CREATED", "A digital card cannot be made. Use the paper card.")
    assert context.patient_number is not None  # a citizen's operation always has its patient
    return _as_consent(await context.consents.give(context.patient_number, context.entry_for_write))


async def withdraw_consent(info: strawberry.Info) -> Any:
    """Withdraw consent. Every card of hers is deleted in all versions; who saw them stays on record."""
    context: OperationContext = info.context
    assert context.patient_number is not None  # as above
    receipt: Any = await context.consents.withdraw(context.patient_number, context.entry_for_write)
    return receipt


def _as_consent(consent: Any) -> Any:
    return {"given": consent.given, "state": consent.state, "changed_at": consent.changed_at}
