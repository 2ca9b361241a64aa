"""The outcome: how it went for each child, recorded before the card is closed as delivered."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.domain.card.declaration import Content, Escalation, Sensitivity, fact, section
from app.domain.card.values import BirthStatusCode, Instant
from app.domain.code_systems import CODE_SYSTEMS

PERSONAL, INTIMATE = Sensitivity.PERSONAL, Sensitivity.INTIMATE


def _is_no_birth(status: Any, today: date) -> bool:
    """True for every recorded outcome that is not known to be a birth, unreadable ones included."""
    if status is None:
        return False
    code = status.get("code") if isinstance(status, Mapping) else None
    known = CODE_SYSTEMS["volven_8522"].find(code) if isinstance(code, str) else None
    return known is None or known.tag != "birth"


NO_BIRTH = Escalation(
    rule="S3-outcome",
    sensitivity=INTIMATE,
    applies=_is_no_birth,
    meaning="an outcome other than born alive, stillborn or died after birth, such as a termination",
)


class ChildOutcome(Content):
    """How it went for one child."""

    fetus_number: int | None = fact(
        "Fetus number", "Foster nr.", "Which child; the number the fetus had through the pregnancy.",
        "Hvilket av barna det gjelder.",
        PERSONAL, wire="fosterId", positive=True, required=True,
    )  # fmt: skip
    status: BirthStatusCode | None = fact(
        "Birth status", "Fødselsstatus", "Whether the child was born alive, stillborn or died after birth.",
        "Hvordan det gikk med barnet ved fødselen.",
        PERSONAL, wire="status", escalation=NO_BIRTH, required=True,
    )  # fmt: skip
    born_at: Instant | None = fact(
        "Time of birth", "Fødselstidspunkt", "When the child was born.", "Dagen og klokkeslettet barnet ble født.",
        PERSONAL, wire="datetime",
    )  # fmt: skip


@section(
    "birth_outcome",
    english="Birth outcome",
    norwegian="Fødselsstatus",
    meaning="How it went for each child. Recorded before the card is closed as delivered.",
    wire="birthStatus",
    noun="birth",
)
class BirthOutcome(Content):
    children: list[ChildOutcome] | None = fact(
        "Outcome for each child", "Fødselsstatus for hvert barn", "How it went for each child, one entry a child.",
        "Hvordan det gikk med hvert av barna.",
        PERSONAL, wire="birthStatus", usual_items=2,
    )  # fmt: skip
