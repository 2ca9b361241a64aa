"""The access log: who saw or tried to see the card, as the woman reads it, and as an auditor does."""

from datetime import datetime
from typing import Annotated, Any

import strawberry

from app.domain.elevations import AccessBasis, ElevationReason
from app.domain.errors import RecordRefusal
from app.domain.ledger import Outcome
from app.domain.plain_log import Language, hides_name, in_plain_words
from app.domain.plain_words import plain_words
from app.domain.ports import LedgerPage, LoggedAccess
from app.domain.searching import LedgerSearch
from app.domain.viewer import EMERGENCY_PURPOSES, CallerKind, Purpose, Role
from resolvers.access import described, graphql_enum, open_to
from resolvers.context import OperationContext
from resolvers.limits import PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX
from resolvers.scalars import NationalIdentityNumber

graphql_enum(Language)

WHOSE = open_to(CallerKind.CITIZEN, CallerKind.AUDITOR)


@strawberry.type(
    description="That what she had blocked was opened for this look; the words of it stand in `elevations`."
)
class LoggedElevation:
    reason: ElevationReason | None = described("Why her agreement was not obtained; null where she agreed.")
    reason_in_plain_words: str | None = described("The same in bokmål.")
    ends_at: datetime = described("Until when it was open.")


Tongue = Annotated[Language, strawberry.argument(description="In which language.")]


def _told(root: Any, language: Tongue = Language.NB) -> str:
    return in_plain_words(root["entry"], language, hides_name=root["hides_name"])


@strawberry.type(
    description="One time somebody opened the card, changed it, or was refused. Norwegian: innslag i innsynsloggen."
)
class AccessLogEntry:
    at: datetime = described("When it happened.")
    in_plain_words = described(
        "All of it as a sentence: who, what, why; sections and not facts.", resolver=_told, gives=str
    )
    who: str | None = described(
        "Name of the person; null for a system on its own, and for staff of emergency units where it is not told."
    )
    role: Role = described("The role the person or system had.")
    role_in_plain_words: str = described("The role as the woman would say it, in bokmål.")
    organisation: str | None = described("The unit the person works at.")
    hpr_number: str | None = described(
        "The person's number in the register of health personnel; what `blockAccess` takes for a person.", callers=WHOSE
    )
    organisation_number: str | None = described(
        "The unit's number; what `blockAccess` takes for a unit.", callers=WHOSE
    )
    parent_number: str | None = described(
        "Number of the organisation the unit belongs to; what `blockAccess` takes for it and all its units.",
        callers=WHOSE,
    )
    system: str | None = described("The system that was used.")
    purpose: Purpose | None = described("Why, as the person stated it; null for the woman herself and for systems.")
    purpose_in_plain_words: str | None = described("Why, in bokmål.")
    access_basis: AccessBasis | None = described("On what the look rests; null for the woman herself and for systems.")
    access_basis_in_plain_words: str | None = described("The same in bokmål.")
    elevated: LoggedElevation | None = described("What opened a block of hers, if it had to be opened.")
    emergency: bool = described("Whether it was stated as an emergency, or the ordinary rules of access as set aside.")
    outcome: Outcome = described("Whether the card was shown.")
    sections: list[str] = described("The sections of the card that something was shown from; never what was shown.")
    written_sections: list[str] = described("The sections of the card that were changed.")
    facts: list[str] = described(
        "Paths of the facts that were shown.", callers=open_to(CallerKind.AUDITOR), usual_items=40
    )
    refusal: str | None = described("The internal code of a refusal.", callers=open_to(CallerKind.AUDITOR))
    policy: str = described("Name of the access policy that was in force.", callers=open_to(CallerKind.AUDITOR))


@strawberry.type(description="An entry with its place in the list.")
class AccessLogEdge:
    cursor: str = described("Where the entry stands; goes into `after`.")
    node: AccessLogEntry = described("The entry.")


@strawberry.type(description="Where a page of a list begins and ends.")
class PageInfo:
    has_next_page: bool = described("Whether there is more after this page.")
    has_previous_page: bool = described("Whether this page was asked for with `after`.")
    start_cursor: str | None = described("Cursor of the first entry of the page.")
    end_cursor: str | None = described("Cursor of the last entry of the page.")


@strawberry.type(description="A page of the access log, newest first.")
class AccessLogConnection:
    edges: list[AccessLogEdge] = described("The entries of this page.")
    page_info: PageInfo = described("Where this page begins and ends.")


First = Annotated[int, strawberry.argument(description=f"How many entries, at most {PAGE_SIZE_MAX}.")]
After = Annotated[str | None, strawberry.argument(description="Begin after this cursor.")]
Patient = Annotated[
    NationalIdentityNumber | None,
    strawberry.argument(description="Which woman; she herself leaves it out, everybody else gives it."),
]


async def access_log(
    info: strawberry.Info, patient: Patient = None, first: First = PAGE_SIZE_DEFAULT, after: After = None
) -> Any:
    """Entries about this operation's patient, as far as the caller's role reads them."""
    context: OperationContext = info.context
    if not 1 <= first <= PAGE_SIZE_MAX:
        raise RecordRefusal("BAD_USER_INPUT", f"`first` is at least 1 and at most {PAGE_SIZE_MAX}.")
    reach = context.role_policy.access_log
    if reach == "NONE":
        raise RecordRefusal("ACTOR_NOT_PERMITTED", "This role does not read access logs.")
    patient_id = context.patient_id
    if patient_id is None:
        return _connection(LedgerPage([], has_next_page=False), after)
    search = LedgerSearch(
        patient_id=patient_id,
        actor_key=context.actor_key if reach == "OWN_LOOKUPS" else None,
        # Her log tells who reached her; noise at the door is for those who oversee.
        usage_only=context.viewer.kind is CallerKind.CITIZEN,
    )
    page = await context.ledger.page(search, first=first, after=after)
    to_her = context.viewer.kind is CallerKind.CITIZEN
    return _connection(page, after, by_unit=to_her and context.emergency_staff_by_unit)


def _connection(page: LedgerPage, after: str | None, by_unit: bool = False) -> Any:
    cursors = [access.cursor for access in page.entries]
    return {
        "edges": [{"cursor": access.cursor, "node": _as_entry(access, by_unit)} for access in page.entries],
        "page_info": {
            "has_next_page": page.has_next_page,
            "has_previous_page": after is not None,
            "start_cursor": cursors[0] if cursors else None,
            "end_cursor": cursors[-1] if cursors else None,
        },
    }


def _as_entry(access: LoggedAccess, by_unit: bool) -> dict[str, Any]:
    entry, words = access.entry, plain_words()
    purpose, hidden = entry["purpose"], hides_name(entry, by_unit=by_unit)
    return {
        "entry": entry,
        "hides_name": hidden,
        "at": access.at,
        "who": None if hidden else entry["actor_name"],
        "role": entry["role"],
        "role_in_plain_words": words["role"][entry["role"]],
        "organisation": entry["organisation_name"],
        "system": entry["client_name"],
        "purpose": purpose,
        "purpose_in_plain_words": words["purpose"][purpose] if purpose else None,
        "hpr_number": None if hidden else entry["hpr_number"],
        "organisation_number": entry["organisation_number"],
        "parent_number": entry["parent_number"],
        **_basis(entry),
        "emergency": purpose in EMERGENCY_PURPOSES,
        "outcome": entry["outcome"],
        "sections": _sections(entry["released"]),
        "written_sections": _sections(entry["written"]),
        "facts": entry["released"],
        "refusal": entry["refusal"],
        "policy": entry["policy"],
    }


def _basis(entry: dict[str, Any]) -> dict[str, Any]:
    """On what the look rests; entries from before that was written down do not say."""
    basis = entry["access_basis"]
    said = plain_words()["access_basis"][basis] if basis else None
    return {"access_basis": basis, "access_basis_in_plain_words": said, "elevated": elevation_of(entry)}


def elevation_of(entry: dict[str, Any]) -> dict[str, Any] | None:
    """What opened a block of hers for this look."""
    elevated = entry["elevated"]
    reason = elevated["reason_code"] if elevated else None
    return elevated and {
        "reason": ElevationReason(reason) if reason else None,
        "reason_in_plain_words": plain_words()["elevation_reason"][reason] if reason else None,
        "ends_at": datetime.fromisoformat(elevated["ends_at"]),
    }


def _sections(paths: list[str]) -> list[str]:
    return sorted({path.split(".", 1)[0] for path in paths})
