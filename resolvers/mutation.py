"""What can be changed: her consent and her choices, by herself; the card, by whoever may write it."""

from typing import Any

from app.domain.viewer import CallerKind
from resolvers.access import described, open_to
from resolvers.auditing import LogExportType, approve_log_export, request_log_export
from resolvers.blocks import AccessBlock, block_access, lift_block
from resolvers.card import made_type
from resolvers.commands import command_fields
from resolvers.consent import Consent, WithdrawalReceipt, give_consent, withdraw_consent
from resolvers.corrections import CorrectionRequestType, answer_correction_request, request_correction
from resolvers.elevations import ElevatedAccessType, elevate_access
from resolvers.reviews import ElevationReview, review_elevation

AUDITORS = open_to(CallerKind.AUDITOR)
CLINICIANS = open_to(CallerKind.CLINICIAN)
CITIZENS = open_to(CallerKind.CITIZEN)


def _mutation() -> Any:
    fields = {
        "give_consent": described(
            "Give consent to the digital card. Giving it again changes nothing.",
            resolver=give_consent, gives=Consent | None, callers=CITIZENS,
        ),
        "withdraw_consent": described(
            "Withdraw consent: every card of hers is deleted in all versions, at once.",
            resolver=withdraw_consent, gives=WithdrawalReceipt | None, callers=CITIZENS,
        ),
        "block_access": described(
            "Keep somebody out of the card, or of a section. It may be done before there is a card. Norwegian: sperre.",
            resolver=block_access, gives=AccessBlock | None, callers=CITIZENS,
        ),
        "lift_block": described(
            "Lift a block: it ends at once.", resolver=lift_block, gives=AccessBlock | None, callers=CITIZENS
        ),
        "elevate_access": described(
            "Open what the woman has blocked, for an hour: in an emergency for a reason, in ordinary care when she "
            "agrees there and then. She is told at once.",
            resolver=elevate_access, gives=ElevatedAccessType | None, callers=CLINICIANS,
        ),
        "review_elevation": described(
            "Note what the review of an elevation found. She is told when, and the conclusion.",
            resolver=review_elevation, gives=ElevationReview | None, callers=AUDITORS,
        ),
        "request_log_export": described(
            "Ask for all that the ledger holds about a woman. Somebody else who oversees has to agree.",
            resolver=request_log_export, gives=LogExportType | None, callers=AUDITORS,
        ),
        "approve_log_export": described(
            "Agree to an export that somebody else has asked for; it can be made for a day.",
            resolver=approve_log_export, gives=LogExportType | None, callers=AUDITORS,
        ),
        "request_correction": described(
            "Ask the unit that wrote an item to correct it. Norwegian: be om retting.",
            resolver=request_correction, gives=CorrectionRequestType | None, callers=CITIZENS,
        ),
        "answer_correction_request": described(
            "Answer a request for correction that was made to the caller's own unit.",
            resolver=answer_correction_request, gives=CorrectionRequestType | None, callers=CLINICIANS,
        ),
        **command_fields(),
    }  # fmt: skip
    return made_type("Mutation", {}, fields, "What can be changed. One operation makes one change, all or nothing.")


Mutation: Any = _mutation()
