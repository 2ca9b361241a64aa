"""What can be changed: her consent, by herself; the card, by whoever may write it."""

from typing import Any

from app.domain.viewer import CallerKind
from resolvers.access import described, open_to
from resolvers.card import made_type
from resolvers.commands import command_fields
from resolvers.consent import Consent, WithdrawalReceipt, give_consent, withdraw_consent

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
        **command_fields(),
    }  # fmt: skip
    return made_type("Mutation", {}, fields, "What can be changed. One operation makes one change, all or nothing.")


Mutation: Any = _mutation()
