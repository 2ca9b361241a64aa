"""For which patient an attest was first used, remembered by all processes together until the attest is too old."""

from datetime import datetime

from sqlalchemy import bindparam, case, or_

from data.columns import Instant, in_utc
from data.database import Database
from data.declaring import table_of
from data.expiring import Expiring
from data.passing_tables import AttestBinding

BINDING = table_of(AttestBinding)


class StoredAttests:
    """Attests and their patients. One statement by itself: of two that come at once, one is the first."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._over = Expiring(database, BINDING.c.expires_at)
        insert = database.insert(BINDING).values(
            {name: bindparam(name) for name in ("attest", "patient_id", "expires_at")}
        )
        given, was = insert.excluded, BINDING.c
        is_over = was.expires_at <= bindparam("now", type_=Instant())
        # A newer attest that rests on the same decision keeps the patient, and for as long as itself is good.
        prolongs = or_(is_over, (was.patient_id == given.patient_id) & (was.expires_at < given.expires_at))
        self._bind = insert.on_conflict_do_update(
            index_elements=[was.attest],
            set_={
                "patient_id": case((is_over, given.patient_id), else_=was.patient_id),
                "expires_at": case((prolongs, given.expires_at), else_=was.expires_at),
            },
        ).returning(was.patient_id)

    async def bind(self, attest: str, patient_id: str, now: datetime, until: datetime) -> str:
        """The patient this attest belongs to: this one when it comes for the first time. Remembered until then."""
        values = {"attest": attest, "patient_id": patient_id, "now": in_utc(now), "expires_at": in_utc(until)}
        (row,) = await self._database.lightly(self._bind, values)
        self._over.sweep(now)
        bound: str = row["patient_id"]
        return bound

    async def close(self) -> None:
        await self._over.close()
