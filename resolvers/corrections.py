"""Requests for correction: she asks, the unit that wrote it answers. Norwegian: be om retting."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

import strawberry

from app.domain.corrections import Correcting, CorrectionAnswer, CorrectionRequest, CorrectionStatus, is_told
from app.domain.viewer import CallerKind
from resolvers.access import described, open_to
from resolvers.card_sections import CardSection
from resolvers.commands import Key
from resolvers.context import OpenedCard, OperationContext
from resolvers.elevations import ThePatient


async def _unit_name(root: Mapping[str, Any], info: strawberry.Info) -> Any:
    context: OperationContext = info.context
    unit = await context.organisations.find(root["unit_number"])
    return unit.name if unit else None


@strawberry.type(
    name="CorrectionRequest",
    description="She asks the unit that wrote an item to correct it. The item stays until the unit changes it.",
)
class CorrectionRequestType:
    request_id: strawberry.ID = described("Identity of the request, a UUID.")
    section: CardSection = described("The section the item stands in.")
    item_id: strawberry.ID = described("The item.")
    version: int = described("Version of the item when she asked.")
    unit = described("Name of the unit that is asked.", resolver=_unit_name, gives=str | None)
    unit_number: str = described("Its organisation number.")
    text: str = described("What she asks for, in her own words.")
    requested_at: datetime = described("When she asked.")
    status: CorrectionStatus = described("Where the request stands.")
    answer: str | None = described("What the unit answers.")
    answered_at: datetime | None = described("When it answered.")
    answered_by: str | None = described("Name of the person who answered.")


Section = Annotated[CardSection, strawberry.argument(description="The section the item stands in.")]
ItemId = Annotated[strawberry.ID, strawberry.argument(description="The item, as its provenance names it.")]
Text = Annotated[str, strawberry.argument(description="What is wrong and what is right, in 1 to 2000 characters.")]
RequestId = Annotated[strawberry.ID, strawberry.argument(description="Which request.")]
Status = Annotated[CorrectionAnswer, strawberry.argument(description="Whether the item has been corrected.")]
AnswerText = Annotated[str, strawberry.argument(description="The answer to her, in 1 to 2000 characters.")]


async def correction_requests(root: Any, info: strawberry.Info) -> Any:
    """The requests on a card that its grant covers; read once for all cards of an operation."""
    card: OpenedCard = root
    context: OperationContext = info.context
    context.looks_again()
    patient_id = card.grant.patient_id
    found = await context.once("correction requests", lambda: context.choices.corrections.of(patient_id))
    return [_shown(one) for one in found if one.record_id == card.head.record_id and is_told(one, card.grant)]


def correction_fields() -> dict[str, Any]:
    """The card's field for them."""
    requests = described(
        "What she has asked to have corrected: all of it for herself; for health personnel what their own unit is "
        "asked, in sections that they read wholly.",
        resolver=correction_requests, gives=list[CorrectionRequestType] | None,
        callers=open_to(CallerKind.CITIZEN, CallerKind.CLINICIAN),
    )  # fmt: skip
    return {"correction_requests": requests}


async def request_correction(
    info: strawberry.Info, section: Section, item_id: ItemId, text: Text, idempotency_key: Key
) -> Any:
    """Ask the unit that wrote an item to correct it."""
    context: OperationContext = info.context
    sent = context.sent("requestCorrection", idempotency_key, {"section": section, "item_id": item_id, "text": text})
    asking = Correcting(context.viewer, context.number, context.policy, context.now)
    corrections = context.choices.corrections
    return _shown(await corrections.request(asking, section.value, item_id, text, sent, context.entry_for_write))


async def answer_correction_request(
    info: strawberry.Info,
    patient: ThePatient,
    request_id: RequestId,
    status: Status,
    answer: AnswerText,
    idempotency_key: Key,
) -> Any:
    """Answer a request for the caller's own unit."""
    context: OperationContext = info.context
    said = {"patient": patient, "request_id": request_id, "status": status, "answer": answer}
    sent = context.sent("answerCorrectionRequest", idempotency_key, said)
    answering = Correcting(context.viewer, context.number, context.policy, context.now)
    corrections = context.choices.corrections
    return _shown(await corrections.answer(answering, request_id, status, answer, sent, context.entry_for_write))


def _shown(request: CorrectionRequest) -> dict[str, Any]:
    return {
        "request_id": request.request_id,
        "section": CardSection(request.kind),
        "item_id": request.item_id,
        "version": request.version,
        "unit_number": request.unit,
        "text": request.request,
        "requested_at": request.requested_at,
        "status": request.status,
        "answer": request.answer,
        "answered_at": request.answered_at,
        "answered_by": (request.answered_by or {}).get("name"),
    }
