"""Tables whose rows are of use for a while only (`data/expiring.py` deletes them). No part of a card is in them."""

from datetime import datetime

from data.declaring import Row, instant, key_column


class ProofSeen(Row, table=True):
    """A proof of possession that was taken, by a hash of its key and its id. Nothing of anybody's."""

    name: str = key_column()
    expires_at: datetime = instant()


class AttestBinding(Row, table=True):
    """Which patient an attest was first used for, until it is too old.

    attest   keyed hash of the sign-in session (or the token, where there is no session) and the decision it rests on
    """

    attest: str = key_column()
    patient_id: str
    expires_at: datetime = instant(index=True)


class LookupCount(Row, table=True):
    """How many women a system has asked about in a minute, in all processes together."""

    client_id: str = key_column()
    minute: datetime = instant(primary_key=True, index=True)
    lookups: int
