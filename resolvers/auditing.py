"""What those who oversee find in the ledger: searched by actor, woman, unit, client, time, purpose or outcome; and all
about one woman, when two of them have agreed. No card value stands anywhere in it."""

from datetime import datetime
from typing import Annotated, Any

import strawberry

from app.domain.elevations import AccessBasis
from app.domain.errors import RecordRefusal
from app.domain.exporting import LogExport
from app.domain.ledger import EntryKind, Outcome
from app.domain.ports import LoggedAccess
from app.domain.searching import LedgerSearch
from app.domain.viewer import Purpose, Role
from resolvers.access import described, graphql_enum
from resolvers.access_log import After, First, LoggedElevation, PageInfo, elevation_of
from resolvers.commands import Key
from resolvers.context import OperationContext
from resolvers.limits import PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX
from resolvers.scalars import NationalIdentityNumber

graphql_enum(EntryKind)


@strawberry.type(description="One thing a search of the ledger was made by.")
class SearchedBy:
    what: str = described("What was given.")
    value: str = described("Its value; never an identity number.")


@strawberry.type(
    description="An entry of the ledger, all of it but who the woman is. Names of facts, never their values."
)
class AuditedAccess:
    event_id: strawberry.ID = described("Identity of the operation.")
    at: datetime = described("When it happened.")
    kind: EntryKind = described("What the entry is about.")
    outcome: Outcome = described("How it ended.")
    refusal: str | None = described("The internal code of a refusal.")
    count: int | None = described("How many it stands for, where it is more than one.")
    patient_id: strawberry.ID | None = described("What the store calls the woman; it is no identity number.")
    record_id: strawberry.ID | None = described("The card.")
    record_version: int | None = described("Its version.")
    who: str | None = described("Name of the person.")
    role: Role | None = described("The role; null for who was not let in.")
    profession: str | None = described("The person's profession (Volven 9060).")
    hpr_number: str | None = described("The person's number in the register of health personnel.")
    session: str | None = described("Keyed hash of the sign-in session.")
    assurance: str | None = described("How securely the person signed in, in the issuer's words.")
    organisation: str | None = described("The unit.")
    organisation_number: str | None = described("The unit's number.")
    parent_number: str | None = described("Number of the organisation the unit belongs to.")
    supplier_number: str | None = described("The organisation that acted for the unit.")
    department: str | None = described("The department, as the attest says.")
    client_id: str | None = described("The client.")
    system: str | None = described("Its name.")
    purpose: Purpose | None = described("Why, as stated.")
    purpose_details: str | None = described("More on why, as the attest says.")
    healthcare_service: str | None = described("The kind of service, as the attest says.")
    decision_reference: str | None = described("The caller's own decision to look.")
    user_selected: bool | None = described("Whether the person picked the patient by hand.")
    access_basis: AccessBasis | None = described("On what the look rests.")
    elevated: LoggedElevation | None = described("What opened a block of hers.")
    operation_kind: str | None = described("query, mutation, subscription or maintenance.")
    operation_name: str | None = described("Its name, as the client chose it.")
    operation_hash: str | None = described("SHA-256 of the document.")
    released: list[str] = described("Paths of the facts that left.", usual_items=40)
    withheld: list[str] = described("Paths asked for and not given, with the reason.")
    written: list[str] = described("What was changed, from which version to which.")
    searched: list[SearchedBy] = described("What the ledger itself was searched by.")
    policy: str = described("Name of the access policy that was in force.")


@strawberry.type(description="An entry with its place in the list.")
class AuditedAccessEdge:
    cursor: str = described("Where the entry stands; goes into `after`.")
    node: AuditedAccess = described("The entry.")


@strawberry.type(description="A page of what was found in the ledger, newest first.")
class AuditedAccessConnection:
    edges: list[AuditedAccessEdge] = described("The entries of this page.")
    page_info: PageInfo = described("Where this page begins and ends.")


@strawberry.type(name="LogExport", description="A request to export all that the ledger holds about a woman.")
class LogExportType:
    request_id: strawberry.ID = described("Identity of the request.")
    patient_id: strawberry.ID = described("What the store calls the woman; it is no identity number.")
    reason: str = described("Why, in the words of who asked.")
    requested_by: str | None = described("Who asked.")
    requested_at: datetime = described("When.")
    approved_by: str | None = described("Who agreed; null while nobody has.")
    approved_at: datetime | None = described("When.")
    ends_at: datetime = described("Until when it can be approved, or used once it is.")


@strawberry.type(description="A part of an export, oldest first.")
class ExportedLog:
    lines: list[str] = described(
        "Links of the ledger, each a JSON object: chain, sequence, previous_hash, hash, entry.", usual_items=100
    )
    end_cursor: str | None = described("What to give as `after` to go on.")
    has_next_page: bool = described("Whether there is more.")


AnyPatient = Annotated[NationalIdentityNumber | None, strawberry.argument(description="About which woman.")]
HprNumber = Annotated[str | None, strawberry.argument(description="By whom: number in the register of personnel.")]
UnitNumber = Annotated[str | None, strawberry.argument(description="At which unit: its number.")]
ClientId = Annotated[str | None, strawberry.argument(description="With which client.")]
InRole = Annotated[Role | None, strawberry.argument(description="In which role.")]
Why = Annotated[Purpose | None, strawberry.argument(description="For what purpose.")]
Ended = Annotated[Outcome | None, strawberry.argument(description="With what outcome.")]
OfKind = Annotated[EntryKind | None, strawberry.argument(description="What the entries are about.")]
From = Annotated[datetime | None, strawberry.argument(description="From when.")]
Until = Annotated[datetime | None, strawberry.argument(description="Until before when.")]
ElevatedOnly = Annotated[bool, strawberry.argument(description="Only where something she had blocked was opened.")]
ThePatient = Annotated[NationalIdentityNumber, strawberry.argument(description="About which woman.")]
RequestId = Annotated[strawberry.ID, strawberry.argument(description="Which request.")]
Reason = Annotated[str, strawberry.argument(description="Why, in 20 to 500 characters. Nothing about her health.")]


async def search_access_log(
    info: strawberry.Info, patient: AnyPatient = None, hpr_number: HprNumber = None,
    organisation_number: UnitNumber = None, client_id: ClientId = None, role: InRole = None, purpose: Why = None,
    outcome: Ended = None, kind: OfKind = None, begins_at: From = None, ends_at: Until = None,
    elevated_only: ElevatedOnly = False, first: First = PAGE_SIZE_DEFAULT, after: After = None,
) -> Any:  # fmt: skip
    """Entries of the ledger of which all holds that is given. The search is an entry itself."""
    context: OperationContext = info.context
    _check_size(first)
    search = LedgerSearch(
        patient_id=context.patient_id if patient else None, hpr_number=hpr_number, client_id=client_id, role=role,
        organisation_number=organisation_number, purpose=purpose, outcome=outcome, kind=kind, begins_at=begins_at,
        ends_at=ends_at, elevated_only=elevated_only,
    )  # fmt: skip
    search.check()
    context.searched = search.in_words()
    page = await context.ledger.page(search, first=first, after=after)
    cursors = [access.cursor for access in page.entries]
    return {
        "edges": [{"cursor": access.cursor, "node": _audited(access)} for access in page.entries],
        "page_info": {
            "has_next_page": page.has_next_page,
            "has_previous_page": after is not None,
            "start_cursor": cursors[0] if cursors else None,
            "end_cursor": cursors[-1] if cursors else None,
        },
    }


async def log_exports(info: strawberry.Info, first: First = PAGE_SIZE_DEFAULT) -> Any:
    """Requests of which anything may still come. That they were read is an entry."""
    context: OperationContext = info.context
    _check_size(first)
    context.searched = {"log_exports": "open"}
    return [_shown(one) for one in await context.choices.log_exports.open(context.now, most=first)]


async def export_access_log(
    info: strawberry.Info, request_id: RequestId, first: First = PAGE_SIZE_DEFAULT, after: After = None
) -> Any:
    """A part of an export, for who asked for it, once somebody else has agreed."""
    context: OperationContext = info.context
    _check_size(first)
    exports = context.choices.log_exports
    found, page = await exports.page(request_id, context.actor_key, context.now, first=first, after=after)
    context.told_of[found.patient_id] = "accessLogExport"
    return page


async def request_log_export(info: strawberry.Info, patient: ThePatient, reason: Reason, idempotency_key: Key) -> Any:
    """Ask for an export."""
    context: OperationContext = info.context
    whose = context.known_patient_id
    sent = context.sent("requestLogExport", idempotency_key, {"patient": whose, "reason": reason})
    name, entry = context.viewer.name, context.entry_for_write
    return _shown(await context.choices.log_exports.request(whose, reason, name, sent, entry))


async def approve_log_export(info: strawberry.Info, request_id: RequestId, idempotency_key: Key) -> Any:
    """Agree to an export that somebody else has asked for."""
    context: OperationContext = info.context
    sent = context.sent("approveLogExport", idempotency_key, {"request": request_id})
    name, entry = context.viewer.name, context.entry_for_write
    return _shown(await context.choices.log_exports.approve(request_id, name, sent, entry))


def _check_size(first: int) -> None:
    if not 1 <= first <= PAGE_SIZE_MAX:
        raise RecordRefusal("BAD_USER_INPUT", f"`first` is at least 1 and at most {PAGE_SIZE_MAX}.")


def _shown(export: LogExport) -> dict[str, Any]:
    return {
        "request_id": export.request_id, "patient_id": export.patient_id, "reason": export.reason,
        "requested_by": export.requester_name, "requested_at": export.requested_at,
        "approved_by": export.approver_name, "approved_at": export.approved_at, "ends_at": export.ends_at,
    }  # fmt: skip


def _audited(access: LoggedAccess) -> dict[str, Any]:
    entry = access.entry
    return {
        **entry,
        "at": access.at,
        "who": entry["actor_name"],
        "session": entry["session_key"],
        "organisation": entry["organisation_name"],
        "system": entry["client_name"],
        "elevated": elevation_of(entry),
        "searched": [{"what": what, "value": value} for what, value in (entry["searched"] or {}).items()],
    }
