"""What the gate makes of an elevation: it opens for the one it was made for, what it was made for, and says so."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from app.domain.elevations import AccessBasis, ElevatedAccess
from app.domain.errors import RecordRefusal
from app.domain.gate import open_record
from app.domain.record import BlockTarget, Found, PatientFile
from app.domain.viewer import Purpose, Role
from tests.domain.test_gate import CARD, GP, NOW, PERSON, WOMAN, block
from tests.policies import PILOT

MADE = ElevatedAccess(
    elevation_id="e", hpr_number="999900018", organisation_number="310990000", session_id="s",
    access_basis=AccessBasis.FORHOYET_AKUTT, reason_code="4", starts_at=NOW, ends_at=NOW + timedelta(hours=1),
)  # fmt: skip


ON_DUTY = replace(GP, purpose=Purpose.ETREAT, session_id="s")


def gate(patient: PatientFile, **changes: Any) -> Any:
    return open_record(replace(ON_DUTY, **changes), WOMAN, Found(patient, CARD), PILOT, NOW)


def test_TC_B14_the_grant_says_that_it_is_elevated() -> None:
    """So that whoever writes can refuse; an ordinary grant says nothing of the kind."""
    opened = replace(PERSON, blocks=(block(),), elevations=(MADE,))
    assert gate(opened).elevated == MADE
    assert gate(replace(PERSON, elevations=(MADE,))).elevated is None
    assert gate(
        replace(opened, blocks=(block(section="mother"), block(section="medication", override_code="3")))
    ).blocked.keys() == {"medication"}


@pytest.mark.parametrize(
    "changes",
    [
        {"hpr_number": "999900026"}, {"hpr_number": None}, {"session_id": "t"}, {"session_id": None},
        {"unit": replace(GP.unit, number="310990019")}, {"unit": None}, {"purpose": Purpose.TREAT},  # type: ignore[type-var]
        {"purpose": Purpose.COC}, {"profession": "SP"}, {"profession": None},
        {"role": Role.PUBLIC_HEALTH_NURSE, "profession": "JO"}, {"role": Role.IMAGING_AND_OTHER},
    ],
    ids=str,
)  # fmt: skip
def test_an_elevation_that_is_not_the_callers_opens_nothing(changes: dict[str, Any]) -> None:
    """Any one thing that differs is enough, also what the person is in this request."""
    opened = replace(PERSON, blocks=(block(target=BlockTarget.ALL),), elevations=(MADE,))
    assert gate(opened) is not None
    with pytest.raises(RecordRefusal) as refused:
        gate(opened, **changes)
    assert refused.value.code == "ACCESS_BLOCKED_BY_PATIENT"


@pytest.mark.parametrize("override", ["1", "3", "9", ""])
def test_an_emergency_opens_no_harder_block(override: str) -> None:
    """Code 1, code 3, and what is no code."""
    with pytest.raises(RecordRefusal):
        gate(replace(PERSON, blocks=(block(override_code=override),), elevations=(MADE,)))
