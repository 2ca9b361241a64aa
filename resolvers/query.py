"""What can be asked and done: the root fields, each with the kinds of caller it exists for."""

from datetime import datetime
from typing import Annotated, Any

import strawberry

from app.domain.aggregates import ReportName
from app.domain.errors import RecordRefusal
from app.domain.gate import shown_card, shown_consent
from app.domain.viewer import CallerKind, Purpose, Role
from resolvers.access import described, open_to
from resolvers.access_log import AccessLogConnection, Patient, access_log
from resolvers.auditing import (
    AuditedAccessConnection,
    ExportedLog,
    LogExportType,
    export_access_log,
    log_exports,
    search_access_log,
)
from resolvers.blocks import AccessBlock, my_blocks
from resolvers.card import add_badge, maternity_record
from resolvers.caseload import CASELOAD_READERS, CaseloadConnection, caseload
from resolvers.changes import CHANGE_READERS, CardChanges, changes_since
from resolvers.clinical.fields import computed_fields
from resolvers.consent import Consent, consent
from resolvers.context import OperationContext
from resolvers.corrections import correction_fields
from resolvers.elevations import ElevatedAccessType, elevations
from resolvers.history import add_histories, record_fields
from resolvers.reports import Report, reports
from resolvers.reviews import ElevationToReviewConnection, elevations_to_review
from resolvers.scalars import NationalIdentityNumber

AUDITORS = open_to(CallerKind.AUDITOR)
CITIZENS = open_to(CallerKind.CITIZEN)
CARD_READERS_OF_OTHERS = open_to(CallerKind.CLINICIAN, CallerKind.SECRETARY)
OWN_CARD_READERS = open_to(CallerKind.CITIZEN, CallerKind.REPRESENTATIVE)
STATUS_READERS = open_to(CallerKind.CLINICIAN, CallerKind.SECRETARY, CallerKind.MACHINE)
EARLIER_CARD_READERS = open_to(CallerKind.CITIZEN, CallerKind.CLINICIAN)
LOG_READERS = open_to(CallerKind.CITIZEN, CallerKind.CLINICIAN, CallerKind.SECRETARY, CallerKind.AUDITOR)
CONSENT_READERS = open_to(
    CallerKind.CITIZEN, CallerKind.CLINICIAN, CallerKind.SECRETARY, CallerKind.MACHINE, CallerKind.AUDITOR
)

add_badge()
add_histories()
MaternityRecord: Any = maternity_record(record_fields() | correction_fields() | computed_fields())

ThePatient = Annotated[
    NationalIdentityNumber, strawberry.argument(description="Whose card. One woman in one operation, aliases included.")
]
IncludePrevious = Annotated[
    bool,
    strawberry.argument(
        description="Must be true for health personnel: earlier pregnancies are opened on purpose, and logged so."
    ),
]


@strawberry.type(description="A unit or an organisation.")
class Unit:
    number: str = described("Organisation number.")
    name: str = described("Name.")


@strawberry.type(description="Who asks, as the gateway understood the token.")
class Me:
    kind: CallerKind = described("The kind of caller; decides which schema is seen.")
    role: Role = described("The role of this request.")
    name: str | None = described("Name of the person.")
    unit: Unit | None = described("Where the person works.")
    purpose: Purpose | None = described("The purpose of this request.")
    policy: str = described("Name of the access policy in force.")


@strawberry.type(description="Whether a woman has a card. Norwegian: status for helsekortet.")
class CardStatus:
    consent_given: bool = described("Whether consent to the digital card is in force.")
    has_active_card: bool = described("Whether there is a card for an ongoing pregnancy.")
    last_changed_at: datetime | None = described("When that card was last changed.")


def _root_field(info: strawberry.Info) -> str:
    return str(info.path.key)


def my_card(info: strawberry.Info) -> Any:
    """The woman's own card."""
    context: OperationContext = info.context
    return context.open(_root_field(info))


def card(info: strawberry.Info, patient: ThePatient) -> Any:
    """A woman's card, through the gate."""
    context: OperationContext = info.context
    return context.open(_root_field(info))


async def earlier_cards(
    info: strawberry.Info, patient: Patient = None, include_previous: IncludePrevious = False
) -> Any:
    """Cards of earlier pregnancies, newest first."""
    context: OperationContext = info.context
    if context.viewer.kind is not CallerKind.CITIZEN and not include_previous:
        raise RecordRefusal("BAD_USER_INPUT", "Earlier cards are opened with `includePrevious: true`.")
    grant = context.grant_for_earlier_cards()
    if not context.role_policy.earlier_cards:
        raise RecordRefusal("SECTION_FORBIDDEN", "This role opens no earlier cards.")
    key = _root_field(info)
    context.looks_again()
    cards = await context.cards.earlier(grant, context.selection[key].kinds)
    return await context.opened_with_past(
        key, [(found, grant.for_earlier_card(found, context.policy)) for found in cards]
    )


def card_status(info: strawberry.Info, patient: ThePatient) -> Any:
    """Whether a woman has a card; the only thing a system may ask without a person."""
    context: OperationContext = info.context
    if not context.role_policy.status:
        raise RecordRefusal("ACTOR_NOT_PERMITTED", "This role does not ask for status.")
    active = shown_card(context.found)
    return {
        "consent_given": shown_consent(context.found).given,
        "has_active_card": active is not None,
        "last_changed_at": active.head.last_updated_at if active else None,
    }


def me(info: strawberry.Info) -> Any:
    """Who asks."""
    context: OperationContext = info.context
    viewer = context.viewer
    return {
        "kind": viewer.kind,
        "role": viewer.role,
        "name": viewer.name,
        "unit": viewer.unit,
        "purpose": viewer.purpose,
        "policy": context.policy.name,
    }


@strawberry.type(description="What can be asked.")
class Query:
    me: Me = described("Who asks, as the gateway understood the token.", resolver=me, gives=Me)
    my_card = described(
        "The woman's own card. Norwegian: helsekortet mitt.",
        resolver=my_card, gives=MaternityRecord | None, callers=OWN_CARD_READERS,
    )  # fmt: skip
    card = described(
        "A woman's active card, cut down to what the caller's role and purpose allow.",
        resolver=card, gives=MaternityRecord | None, callers=CARD_READERS_OF_OTHERS,
    )  # fmt: skip
    earlier_cards = described(
        "Cards of earlier pregnancies, newest first; one level stricter for health personnel.",
        resolver=earlier_cards, gives=list[MaternityRecord] | None, callers=EARLIER_CARD_READERS,
        usual_items=3,
    )  # fmt: skip
    card_status = described(
        "Whether a woman has a card.", resolver=card_status, gives=CardStatus | None, callers=STATUS_READERS
    )
    consent = described(
        "The state of a woman's consent.",
        resolver=consent, gives=Consent | None, callers=CONSENT_READERS,
    )  # fmt: skip
    caseload = described(
        "The active cards that the caller's own unit follows. Norwegian: arbeidsliste.",
        resolver=caseload, gives=CaseloadConnection | None, callers=CASELOAD_READERS,
    )  # fmt: skip
    access_log = described(
        "Who saw or tried to see the card; newest first. Norwegian: innsynslogg.",
        resolver=access_log, gives=AccessLogConnection | None, callers=LOG_READERS,
    )  # fmt: skip
    changes_since = described(
        "What happened to a woman's card since; oldest first.",
        resolver=changes_since, gives=CardChanges | None, callers=CHANGE_READERS,
    )  # fmt: skip
    my_blocks = described(
        "Whom she keeps out, now and before; newest first. Norwegian: sperringene mine.",
        resolver=my_blocks, gives=list[AccessBlock] | None, callers=CITIZENS,
    )  # fmt: skip
    elevations = described(
        "Who opened what she has blocked, and why; newest first.",
        resolver=elevations, gives=list[ElevatedAccessType] | None, callers=CITIZENS,
    )  # fmt: skip
    elevations_to_review = described(
        "Openings of what women have blocked that nobody has reviewed yet; the one due first first.",
        resolver=elevations_to_review, gives=ElevationToReviewConnection | None, callers=AUDITORS,
    )  # fmt: skip
    search_access_log = described(
        "Entries of the ledger, newest first: by whom, about whom, where, when, why, with what outcome. Norwegian: "
        "loggkontroll.",
        resolver=search_access_log, gives=AuditedAccessConnection | None, callers=AUDITORS, anybody=True,
    )  # fmt: skip
    log_exports = described(
        "Requests to export what the ledger holds about a woman, of which anything may still come; newest first.",
        resolver=log_exports, gives=list[LogExportType] | None, callers=AUDITORS,
    )  # fmt: skip
    export_access_log = described(
        "All that the ledger holds about a woman, for who asked for it, once somebody else has agreed.",
        resolver=export_access_log, gives=ExportedLog | None, callers=AUDITORS,
    )  # fmt: skip
    reports = described(
        "The totals of the trial: all reports that are published.",
        resolver=reports, gives=list[Report] | None, callers=open_to(CallerKind.EVALUATOR),
        usual_items=len(ReportName),
    )  # fmt: skip
