"""The attest: complete, fresh, in agreement with the token, and for a purpose that care covers."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from app.domain.viewer import Purpose
from app.identity.claims import ATTEST
from tests.identity.world import Installation

Attest = dict[str, Any]


def code(installation: Installation, change: Callable[[Attest], Any], *, purpose: str = "TREAT") -> str:
    """The code a GP's token is refused with when its attest has been changed so."""
    refusal = installation.refusal(installation.token_with_attest("gp", change, purpose=purpose))
    assert refusal.status == 403
    assert refusal.challenge == 'DPoP error="insufficient_authorization_details"'
    return refusal.code


def without(part: str, name: str) -> Callable[[Attest], Any]:
    return lambda attest: attest[part].pop(name)


def setting(part: str, name: str, **changes: Any) -> Callable[[Attest], Any]:
    return lambda attest: attest[part].setdefault(name, {}).update(changes)


@pytest.mark.parametrize("purpose", list(Purpose))
def test_a_complete_attest_makes_a_viewer(installation: Installation, purpose: Purpose) -> None:
    """Unit, purpose and the local decision come from the attest, for each purpose that care covers."""
    payload = installation.payload("gp", purpose=purpose.value)
    viewer = installation.viewer(installation.token("gp", {ATTEST: payload[ATTEST]}))
    assert (viewer.purpose, viewer.profession, viewer.user_selected) == (purpose, "LE", False)
    assert viewer.decision_reference == payload[ATTEST]["care_relationship"]["decision_ref"]["id"]


def test_tc_a01_no_attest_is_refused(installation: Installation) -> None:
    """A professional without an attest has given no reason to look."""
    refusal = installation.refusal(installation.token("gp", {ATTEST: None}))
    assert (refusal.status, refusal.code) == (403, "ATTEST_MISSING")
    assert refusal.challenge == 'DPoP error="insufficient_authorization_details"'


def test_tc_a02_an_old_attest_is_refused(installation: Installation) -> None:
    """An attest older than sixty minutes is refused with the text the framework prescribes."""
    now = int(installation.clock.now.timestamp())

    def stated_at(at: int) -> str:
        return installation.token_with_attest("gp", lambda attest: attest["attestation"].update(toa=at))

    refusal = installation.refusal(stated_at(now - 61 * 60))
    assert refusal.code == "ATTEST_EXPIRED"
    assert "attestation_has_expired" in refusal.message
    assert installation.refusal(stated_at(now - 3606)).code == "ATTEST_EXPIRED"
    assert installation.viewer(stated_at(now - 3605))


def test_without_a_time_of_its_own_an_attest_is_as_old_as_the_token(installation: Installation) -> None:
    """The HelseID form has no time of attest; the token's own stands in for it."""
    assert installation.viewer(installation.token_with_attest("gp", lambda attest: attest.pop("attestation")))


def test_tc_a03_an_attest_from_the_future_is_refused(installation: Installation) -> None:
    """An attest cannot be stated ten minutes from now."""
    later = int(installation.clock.now.timestamp()) + 600
    assert code(installation, lambda attest: attest["attestation"].update(toa=later)) == "ATTEST_INVALID"


def test_tc_a04_an_attest_about_somebody_else_is_refused(installation: Installation) -> None:
    """HPR number and identity number of the attest, where it has them, are the token's."""
    another_number = {"id": "02918241984", "system": "2.16.578.1.12.4.1.4.1"}
    assert code(installation, setting("practitioner", "hpr_nr", id="999900026")) == "ATTEST_SUBJECT_MISMATCH"
    assert code(installation, setting("practitioner", "identifier", **another_number)) == "ATTEST_SUBJECT_MISMATCH"


def test_an_attest_that_names_the_person_is_accepted(installation: Installation) -> None:
    """The attest may carry the practitioner's own identity number."""
    number = installation.personas["gp"].national_identity_number
    change = setting("practitioner", "identifier", id=number, system="urn:oid:2.16.578.1.12.4.1.4.1")
    assert installation.viewer(installation.token_with_attest("gp", change))


@pytest.mark.parametrize("part", ["legal_entity", "point_of_care"])
def test_tc_a05_an_attest_of_another_organisation_is_refused(installation: Installation, part: str) -> None:
    """Legal entity and point of care are those that HelseID has checked."""
    assert code(installation, setting("practitioner", part, id="310990051")) == "ATTEST_ORGANISATION_MISMATCH"


def test_point_of_care_may_be_left_out_where_there_are_no_sub_units(installation: Installation) -> None:
    """It is then the legal entity itself, and does not stand for just any unit of it."""
    change = without("practitioner", "point_of_care")
    assert installation.viewer(installation.token_with_attest("gp", change))
    refusal = installation.refusal(installation.token_with_attest("midwife", change))
    assert refusal.code == "ATTEST_ORGANISATION_MISMATCH"


@pytest.mark.parametrize("purpose", ["HRESCH", "HPAYMT", "treat", "KVAL"])
def test_tc_a06_another_purpose_is_refused(installation: Installation, purpose: str) -> None:
    """Research, payment and quality work are not what she has consented to; a code is written as it is."""
    assert code(installation, lambda attest: None, purpose=purpose) == "PURPOSE_NOT_PERMITTED"


@pytest.mark.parametrize("detail", ["EGENLAER", "KVAL", "egenlaer"])
def test_tc_a07_learning_under_the_name_of_treatment_is_refused(installation: Installation, detail: str) -> None:
    """The details can take back what the purpose allows."""
    change = setting("care_relationship", "purpose_of_use_details", code=detail)
    assert code(installation, change) == "PURPOSE_NOT_PERMITTED"


def test_tc_a08_service_or_details_must_be_there(installation: Installation) -> None:
    """One of healthcare service and purpose details is needed, and either one is enough."""
    service = {"code": "KX17", "system": "urn:oid:2.16.578.1.12.4.1.1.8663"}

    def service_for_details(attest: Attest) -> None:
        attest["care_relationship"].pop("purpose_of_use_details")
        attest["care_relationship"]["healthcare_service"] = service

    assert code(installation, without("care_relationship", "purpose_of_use_details")) == "ATTEST_INVALID"
    assert installation.viewer(installation.token_with_attest("gp", service_for_details))


@pytest.mark.parametrize(
    "decision",
    [
        {"id": "a1"},
        {"id": "a1", "user_selected": None},
        {"id": "a1", "user_selected": "false"},
        {"id": "a1", "user_selected": 0},
        {"user_selected": True},
        {"id": "", "user_selected": True},
        {"id": 7, "user_selected": True},
        {"id": "a" * 65, "user_selected": True},
        {"id": "a b", "user_selected": True},
    ],
)
def test_tc_a09_the_local_decision_must_be_stated(installation: Installation, decision: Attest) -> None:
    """Which decision it rests on, and whether the user granted it to herself, is never guessed."""
    change: Callable[[Attest], Any] = lambda attest: attest["care_relationship"].update(decision_ref=decision)  # noqa: E731 - one line reads better here
    assert code(installation, change) == "ATTEST_INVALID"


def test_tc_a10_systems_are_known_with_and_without_their_prefix(installation: Installation) -> None:
    """The framework's own examples write object identifiers both ways."""
    attest = installation.payload("gp")[ATTEST]
    bare = json.loads(json.dumps(attest).replace("urn:oid:", ""))
    assert bare != attest
    assert installation.viewer(installation.token("gp", {ATTEST: bare}))


@pytest.mark.parametrize("part", ["legal_entity", "point_of_care", "authorization", "hpr_nr"])
def test_a_value_of_another_system_is_refused(installation: Installation, part: str) -> None:
    """A number means nothing without the system it comes from."""
    assert code(installation, setting("practitioner", part, system="urn:oid:2.16.1.2.3")) == "ATTEST_INVALID"


def test_an_attest_in_a_json_string_is_read_once(installation: Installation) -> None:
    """The claim may be an object or the text of one, and not a text within a text."""
    text = json.dumps(installation.payload("gp")[ATTEST])
    assert installation.viewer(installation.token("gp", {ATTEST: text}))
    assert installation.refusal(installation.token("gp", {ATTEST: json.dumps(text)})).code == "ATTEST_INVALID"


def test_the_models_own_name_of_the_care_relation_is_known(installation: Installation) -> None:
    """`care_relation` and `care_relationship` are two spellings of one thing, and never both at once."""

    def rename(attest: Attest) -> None:
        attest["care_relation"] = attest.pop("care_relationship")

    def both(attest: Attest) -> None:
        attest["care_relation"] = attest["care_relationship"]

    assert installation.viewer(installation.token_with_attest("gp", rename))
    assert code(installation, both) == "ATTEST_INVALID"


@pytest.mark.parametrize("raw", ["", "{", "[]", [], 7, True, {}, {"practitioner": "LE"}, '{"a": 1, "a": 2}'])
def test_an_attest_that_cannot_be_read_is_refused(installation: Installation, raw: object) -> None:
    """Anything but a complete attest is refused, and never raises another error."""
    assert installation.refusal(installation.token("gp", {ATTEST: raw})).code == "ATTEST_INVALID"


def test_an_unknown_profession_is_refused(installation: Installation) -> None:
    """The authorization is a code of the national list."""
    assert code(installation, setting("practitioner", "authorization", code="QQ")) == "ATTEST_INVALID"


def test_health_personnel_must_state_their_authorization(installation: Installation) -> None:
    """With an HPR number but no authorization, nobody can tell which profession is practised."""
    assert code(installation, without("practitioner", "authorization")) == "ATTEST_INVALID"
