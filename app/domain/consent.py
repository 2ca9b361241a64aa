"""Consent: given and withdrawn by the woman herself. Without it nothing is stored and nothing is shown."""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime

from app.domain.described import DescribedEnum


class ConsentState(DescribedEnum):
    """Where her consent stands. Never given and withdrawn look the same to everybody but herself."""

    NONE = "NONE", "Consent is not given."
    ACTIVE = "ACTIVE", "Consent is given and in force."
    WITHDRAWN = "WITHDRAWN", "Consent was withdrawn."


@dataclass(frozen=True, slots=True)
class Consent:
    """Her consent as of now; `changed_at` is None when she never gave any."""

    state: ConsentState
    changed_at: datetime | None

    @property
    def given(self) -> bool:
        return self.state is ConsentState.ACTIVE


NO_CONSENT = Consent(ConsentState.NONE, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawalReceipt:
    """What was deleted when she withdrew. Counts only; `receipt_hash` is SHA-256 over the other members."""

    withdrawn_at: datetime
    cards_deleted: int
    items_deleted: int
    versions_deleted: int
    receipt_hash: str = ""

    def sealed(self) -> "WithdrawalReceipt":
        """The same receipt with its hash."""
        members = {name: value for name, value in asdict(self).items() if name != "receipt_hash"}
        members["withdrawn_at"] = self.withdrawn_at.isoformat()
        digest = hashlib.sha256(json.dumps(members, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
        return WithdrawalReceipt(
            withdrawn_at=self.withdrawn_at,
            cards_deleted=self.cards_deleted,
            items_deleted=self.items_deleted,
            versions_deleted=self.versions_deleted,
            receipt_hash=digest,
        )
