"""The reviewers' queue of elevations, and their conclusions. Of the woman it tells nothing but an internal id."""

from datetime import date, datetime
from typing import Annotated, Any

import strawberry

from app.domain.elevations import AccessBasis, ElevationReason
from app.domain.errors import RecordRefusal
from app.domain.ledger import REVIEWS
from app.domain.reviewing import ElevationToReview, Review, ReviewConclusion, is_overdue, review_by
from resolvers.access import described
from resolvers.access_log import After, First, PageInfo
from resolvers.commands import Key
from resolvers.context import OperationContext
from resolvers.limits import PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX


@strawberry.type(
    name="ElevationToReview",
    description="That somebody opened what a woman has blocked, for a reviewer to judge: neither who she is, nor what "
    "was said for it, nor what the card says.",
)
class ElevationToReviewType:
    elevation_id: strawberry.ID = described("Identity of the elevation; goes into `reviewElevation`.")
    patient_id: strawberry.ID = described("What the store calls the woman; it is no identity number.")
    who: str | None = described("Name of the person who opened.")
    hpr_number: str = described("The person's number in the register of health personnel.")
    organisation: str | None = described("The unit the person worked at.")
    organisation_number: str = described("The unit's organisation number.")
    access_basis: AccessBasis = described("On what it rests.")
    reason: ElevationReason | None = described("Why her agreement was not obtained; null where she agreed.")
    starts_at: datetime = described("From when.")
    ends_at: datetime = described("Until when.")
    review_by: date = described("The last day of the three working days in which it is to be reviewed.")
    overdue: bool = described("Whether that day is over.")


@strawberry.type(description="An elevation with its place in the list.")
class ElevationToReviewEdge:
    cursor: str = described("Where it stands; goes into `after`.")
    node: ElevationToReviewType = described("The elevation.")


@strawberry.type(description="A page of the elevations that wait for a review, the one due first first.")
class ElevationToReviewConnection:
    edges: list[ElevationToReviewEdge] = described("Those of this page.")
    page_info: PageInfo = described("Where this page begins and ends.")


@strawberry.type(description="That an elevation was reviewed. She is told when, and the conclusion.")
class ElevationReview:
    elevation_id: strawberry.ID = described("Identity of the elevation.")
    conclusion: ReviewConclusion = described("What the reviewer found.")
    reviewed_at: datetime = described("When.")


ElevationId = Annotated[strawberry.ID, strawberry.argument(description="Which elevation.")]
Conclusion = Annotated[ReviewConclusion, strawberry.argument(description="What the reviewer found.")]
Note = Annotated[
    str,
    strawberry.argument(
        description="For those who oversee, at most 500 characters; she is not told it. Nothing about her health."
    ),
]


async def elevations_to_review(info: strawberry.Info, first: First = PAGE_SIZE_DEFAULT, after: After = None) -> Any:
    """A page of the queue. That it was read is written down for each woman on it."""
    context: OperationContext = info.context
    if not 1 <= first <= PAGE_SIZE_MAX:
        raise RecordRefusal("BAD_USER_INPUT", f"`first` is at least 1 and at most {PAGE_SIZE_MAX}.")
    page = await context.choices.reviews.waiting(context.actor_key, first=first, after=after)
    context.told_of.update(dict.fromkeys((one.patient_id for one in page.elevations), REVIEWS))
    cursors = [one.cursor for one in page.elevations]
    return {
        "edges": [{"cursor": one.cursor, "node": _shown(one, context.now)} for one in page.elevations],
        "page_info": {
            "has_next_page": page.has_next_page,
            "has_previous_page": after is not None,
            "start_cursor": cursors[0] if cursors else None,
            "end_cursor": cursors[-1] if cursors else None,
        },
    }


async def review_elevation(
    info: strawberry.Info, elevation_id: ElevationId, conclusion: Conclusion, idempotency_key: Key, note: Note = ""
) -> Any:
    """Note what a review found."""
    context: OperationContext = info.context
    said = {"elevation": elevation_id, "conclusion": conclusion, "note": note}
    sent = context.sent("reviewElevation", idempotency_key, said)
    return await context.choices.reviews.review(Review(elevation_id, conclusion, note), sent, context.entry_for_write)


def _shown(waiting: ElevationToReview, now: datetime) -> dict[str, Any]:
    access = waiting.access
    return {
        "elevation_id": access.elevation_id,
        "patient_id": waiting.patient_id,
        "who": waiting.actor_name,
        "hpr_number": access.hpr_number,
        "organisation": waiting.organisation_name,
        "organisation_number": access.organisation_number,
        "access_basis": access.access_basis,
        "reason": ElevationReason(access.reason_code) if access.reason_code else None,
        "starts_at": access.starts_at,
        "ends_at": access.ends_at,
        "review_by": review_by(access),
        "overdue": is_overdue(access, now),
    }
