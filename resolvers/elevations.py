"""Opening what the woman has blocked, and how she is told of it. Norwegian: forhøyet tilgang."""

from datetime import datetime
from typing import Annotated, Any

import strawberry

from app.domain.choices import ShownElevation
from app.domain.elevating import ElevationWish, asking
from app.domain.elevations import AccessBasis, ElevatedAccess, ElevationReason
from app.domain.errors import RecordRefusal
from app.domain.plain_words import plain_words
from app.domain.reviewing import ReviewConclusion
from app.domain.viewer import CallerKind
from resolvers.access import described, open_to
from resolvers.commands import Key
from resolvers.context import OperationContext
from resolvers.limits import PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX
from resolvers.scalars import NationalIdentityNumber

HERS = open_to(CallerKind.CITIZEN)


@strawberry.type(
    name="ElevatedAccess",
    description="That somebody opened what the woman has blocked, for a time. It opens her blocks and nothing else.",
)
class ElevatedAccessType:
    elevation_id: strawberry.ID = described("Identity of the elevation, a UUID.")
    access_basis: AccessBasis = described("On what it rests.")
    access_basis_in_plain_words: str = described("The same as the woman would say it, in bokmål.", callers=HERS)
    starts_at: datetime = described("From when.")
    ends_at: datetime = described("Until when; it ends by itself.")
    in_force: bool = described("Whether it is in force now.")
    who: str | None = described("Name of the person.", callers=HERS)
    hpr_number: str = described("The person's number in the register of health personnel.", callers=HERS)
    organisation: str | None = described("The unit the person works at.", callers=HERS)
    organisation_number: str = described("The unit's organisation number.", callers=HERS)
    reason: ElevationReason | None = described(
        "Why her agreement was not obtained; null where she agreed.", callers=HERS
    )
    reason_in_plain_words: str | None = described("The same in bokmål.", callers=HERS)
    reason_text: str | None = described(
        "The reason in the person's own words; null once she has withdrawn.", callers=HERS
    )
    reviewed_at: datetime | None = described(
        "When somebody who oversees the use of the cards reviewed it; null while it waits.", callers=HERS
    )
    review_conclusion: ReviewConclusion | None = described("What the review found.", callers=HERS)
    review_in_plain_words: str | None = described("The same in bokmål.", callers=HERS)


ThePatient = Annotated[
    NationalIdentityNumber, strawberry.argument(description="Whose card. One woman in one operation, aliases included.")
]
Reason = Annotated[
    ElevationReason | None,
    strawberry.argument(description="In an emergency: why her agreement was not obtained (Volven 9198)."),
]
Words = Annotated[str, strawberry.argument(description="Why, in 20 to 500 characters. She reads it at once.")]
PatientAgrees = Annotated[
    bool, strawberry.argument(description="In ordinary care: that she was asked there and then, and said yes.")
]
First = Annotated[int, strawberry.argument(description=f"How many, at most {PAGE_SIZE_MAX}.")]


async def elevate_access(
    info: strawberry.Info,
    patient: ThePatient,
    text: Words,
    idempotency_key: Key,
    reason: Reason = None,
    patient_agrees: PatientAgrees = False,
) -> Any:
    """Open what she has blocked, for a time."""
    context: OperationContext = info.context
    wish = ElevationWish(reason=reason, text=text, patient_agrees=patient_agrees)
    asked = asking(context.viewer, context.number, context.policy, context.now, wish)
    said = {
        "patient": patient, "reason": reason, "text": text, "agrees": patient_agrees,
        "session": context.viewer.session_id, "purpose": context.viewer.purpose,
    }  # fmt: skip
    sent = context.sent("elevateAccess", idempotency_key, said)
    return _shown(context, await context.choices.elevations.elevate(asked, sent, context.entry_for_write))


async def elevations(info: strawberry.Info, first: First = PAGE_SIZE_DEFAULT) -> Any:
    """Who opened what she has blocked, newest first."""
    context: OperationContext = info.context
    if not 1 <= first <= PAGE_SIZE_MAX:
        raise RecordRefusal("BAD_USER_INPUT", f"`first` is at least 1 and at most {PAGE_SIZE_MAX}.")
    found = await context.choices.elevations.of(context.known_patient_id, most=first)
    return [_shown(context, one.access, one) for one in found]


def _shown(context: OperationContext, access: ElevatedAccess, told: ShownElevation | None = None) -> dict[str, Any]:
    words, reason, review = plain_words(), access.reason_code, told.review if told else None
    return {
        "elevation_id": access.elevation_id,
        "access_basis": access.access_basis,
        "access_basis_in_plain_words": words["access_basis"][access.access_basis],
        "starts_at": access.starts_at,
        "ends_at": access.ends_at,
        "in_force": access.starts_at <= context.now < access.ends_at,
        "who": told.actor_name if told else None,
        "hpr_number": access.hpr_number,
        "organisation": told.organisation_name if told else None,
        "organisation_number": access.organisation_number,
        "reason": ElevationReason(reason) if reason else None,
        "reason_in_plain_words": words["elevation_reason"][reason] if reason else None,
        "reason_text": (told.reason_text or None) if told else None,
        "reviewed_at": review.reviewed_at if review else None,
        "review_conclusion": review.conclusion if review else None,
        "review_in_plain_words": words["elevation_review"][review.conclusion] if review else None,
    }
