"""Signs of snooping, from the ledger alone."""

from datetime import UTC, datetime, timedelta
from typing import Any

from app.domain.ledger import ABSENT
from app.domain.signals import OPENINGS_AT_MOST, WOMEN_AN_HOUR_AT_MOST, Sign, signals_in

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def look(patient: str = "kari", minutes: float = 0, **said: Any) -> dict[str, Any]:
    made = {
        "at": NOW + timedelta(minutes=minutes), "patient_id": patient, "actor_key": "lege", "actor_name": "Lege",
        "hpr_number": "1", "purpose": "TREAT", "outcome": "ALLOWED", "released": ["mother.name"], "record_id": patient,
        "operation_kind": "query",
    }  # fmt: skip
    return {**ABSENT, **made, **said}


def found(*entries: dict[str, Any]) -> dict[Sign, int]:
    return {signal.sign: signal.count for signal in signals_in(entries)}


def test_ordinary_work_is_no_sign() -> None:
    """A day of visits, each woman picked by the system and written about; her own list; her own stream."""
    day = [look(f"woman {n}", minutes=20 * n, written=["antenatalVisits.x.0>1"]) for n in range(20)]
    listed = [look(f"woman {n}", minutes=500, released=["caseload.mother.name"]) for n in range(100)]
    streamed = [look(f"woman {n}", minutes=600, operation_kind="subscription") for n in range(100)]
    herself = [look("kari", 700 + n, role="CITIZEN", purpose=None) for n in range(50)]
    assert found(*day, *listed, *streamed, *herself) == {}


def test_many_women_within_an_hour() -> None:
    """More than anybody sees in an hour; the same in a day is none."""
    many = range(WOMEN_AN_HOUR_AT_MOST + 1)
    assert found(*(look(f"woman {n}", minutes=n) for n in many)) == {Sign.MANY_WOMEN: len(many)}
    assert found(*(look(f"woman {n}", minutes=10 * n) for n in many)) == {}


def test_repeated_openings_of_blocks() -> None:
    """Once may be an emergency."""
    opened = [look(f"woman {n}", 60 * n, released=[], written=["elevation"]) for n in range(OPENINGS_AT_MOST + 1)]
    assert found(*opened[:-1]) == {}
    assert found(*opened) == {Sign.REPEATED_OPENINGS: len(opened)}


def test_picked_by_hand_and_nothing_written() -> None:
    """Whoever picks a patient for care writes something, sooner or later."""
    picked = look("aisha", user_selected=True)
    assert found(picked) == {Sign.PICKED_WITHOUT_WRITING: 1}
    assert found(picked, look("aisha", 5, released=[], written=["medication.x.1>2"])) == {}


def test_her_own_card_after_its_end_and_blocked_again() -> None:
    """What was refused tells as well."""
    refused = {"outcome": "REFUSED", "released": [], "record_id": None}
    assert found(look(refusal="SELF_ACCESS_THROUGH_PROFESSIONAL_ROLE", **refused)) == {Sign.OWN_CARD: 1}
    ended = look("kari", 60, refusal="NO_ACTIVE_CARD", **refused)
    assert found(ended) == {}
    assert found(look("kari"), ended) == {Sign.AFTER_THE_END: 1}
    blocked = [look("kari", n, refusal="ACCESS_BLOCKED_BY_PATIENT", **refused) for n in range(3)]
    assert found(*blocked[:2]) == {}
    assert found(*blocked) == {Sign.BLOCKED_AGAIN: 3}


def test_who_was_turned_away_is_no_look() -> None:
    """At the door nobody's card is seen."""
    assert found(*(look(f"woman {n}", kind="TURNED_AWAY") for n in range(100))) == {}
