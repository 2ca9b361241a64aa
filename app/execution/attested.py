"""One attest, one patient (rule ATT-4 of the trust framework).

HelseID's form of the attest names no patient, so the first one it is used for is hers, in whatever process: what tells
attests apart is the sign-in session and the caller's own decision that they rest on. A token that was refreshed in the
same session goes on with the same patient; another patient takes another decision.
"""

from collections import OrderedDict
from datetime import datetime
from typing import Final

from app.domain.errors import TransportRefusal
from app.domain.viewer import Viewer
from app.identity.refusals import attest_refused
from data.attests import StoredAttests
from data.identity_numbers import PatientKeys

ATTESTS_KEPT: Final = 8_192
"""How many tokens' patients a process knows without asking the store."""

Token = tuple[str, str, str]


class AttestedPatients:
    """Sees to it that an attest is used for one patient. Only a token's first use here asks the store."""

    def __init__(self, store: StoredAttests, keys: PatientKeys) -> None:
        self._store, self._keys = store, keys
        self._known: OrderedDict[Token, str] = OrderedDict()

    async def check(self, viewer: Viewer, patient: str, now: datetime) -> None:
        """Raise TransportRefusal 403 ATTEST_PATIENT_REUSE when the viewer's attest is another patient's."""
        decision, ends_at = viewer.decision_reference, viewer.attest_ends_at
        if decision is None or ends_at is None:
            return
        if viewer.attested_patient not in (None, patient):
            raise reused()
        token, patient_id = (viewer.client_id, viewer.token_id, decision), self._keys.patient_id(patient)
        bound = self._known.get(token)
        if bound is None:
            bound = await self._store.bind(self._name(viewer, decision), patient_id, now, ends_at)
            self._known[token] = bound
            if len(self._known) > ATTESTS_KEPT:
                self._known.popitem(last=False)
        if bound != patient_id:
            raise reused()

    def _name(self, viewer: Viewer, decision: str) -> str:
        """What is common to the attests of one session and decision. A client's decisions are its own."""
        holder = f"token {viewer.token_id}" if viewer.session_id is None else f"session {viewer.session_id}"
        return self._keys.digest(f"attest\n{viewer.client_id}\n{holder}\n{decision}")

    async def close(self) -> None:
        await self._store.close()


def reused() -> TransportRefusal:
    """The refusal of a second patient."""
    return attest_refused("ATTEST_PATIENT_REUSE", "This attest belongs to another patient; bring one for this patient.")
