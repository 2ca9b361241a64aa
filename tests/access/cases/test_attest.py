"""Access cases TC-A: the attest of the trust framework. Each changes one thing of an attest that is right."""

import asyncio
import copy
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final
from uuid import uuid4

import httpx
import jwt
import pytest

from app.identity.claims import ATTEST
from tests.access.cases.setting import (
    M1,
    Q1,
    WOMEN,
    caller,
    card_of,
    expect_noted,
    expect_refused,
    expect_turned_away,
    read,
    refusal,
)
from tests.access.choosing import set_clock, stored
from tests.world import NOW, World

Attest = dict[str, Any]
SECONDS: Final = int(NOW.timestamp())
CHALLENGE: Final = 'DPoP error="insufficient_authorization_details"'


def attest_of(world: World, who: str = "GP1", purpose: str | None = None) -> Attest:
    """The good attest of somebody's token."""
    said = jwt.decode(world.token(caller(who), purpose), options={"verify_signature": False})
    attest: Attest = copy.deepcopy(said[ATTEST])
    return attest


async def read_with(world: World, change: Callable[[Attest], Any], who: str = "GP1") -> httpx.Response:
    """Q1 about W1 with an attest that was changed so."""
    attest = attest_of(world, who)
    change(attest)
    return await world.send(world.token(caller(who), **{ATTEST: attest}), Q1, patient=world.number("kari"))


async def expect_attest_refused(world: World, response: httpx.Response, code: str) -> None:
    """403 with the framework's challenge, kept in no cache, and one entry about nobody."""
    expect_turned_away(response, 403, code)
    assert response.headers["www-authenticate"] == CHALLENGE
    await expect_noted(world, about=None, outcome="REFUSED", kind="TURNED_AWAY", refusal=code)


def setting(part: str, name: str, **changes: Any) -> Callable[[Attest], Any]:
    return lambda attest: attest[part].setdefault(name, {}).update(changes)


def stated_at(seconds: int) -> Callable[[Attest], Any]:
    return lambda attest: attest["attestation"].update(toa=seconds)


async def test_TC_A01_without_an_attest_there_is_no_reason_to_look(world: World) -> None:
    """A professional's token that is good but for it."""
    response = await world.send(world.token(caller("GP1"), **{ATTEST: None}), Q1, patient=world.number("kari"))
    await expect_attest_refused(world, response, "ATTEST_MISSING")


async def test_TC_A02_an_attest_serves_for_an_hour(world: World) -> None:
    """Older, it is refused with the words the framework prescribes."""
    response = await read_with(world, stated_at(SECONDS - 61 * 60))
    assert "attestation_has_expired" in response.json()["errors"][0]["message"]
    await expect_attest_refused(world, response, "ATTEST_EXPIRED")
    assert card_of(await read_with(world, stated_at(SECONDS - 59 * 60)))["mother"]


async def test_TC_A03_an_attest_from_the_future_is_none(world: World) -> None:
    """Ten minutes ahead is no difference of clocks."""
    await expect_attest_refused(world, await read_with(world, stated_at(SECONDS + 600)), "ATTEST_INVALID")


async def test_TC_A04_the_attest_is_about_whoever_the_token_is_about(world: World) -> None:
    """Another licence number than the token's."""
    response = await read_with(world, setting("practitioner", "hpr_nr", id="9999999"))
    await expect_attest_refused(world, response, "ATTEST_SUBJECT_MISMATCH")


async def test_TC_A05_the_attest_is_of_the_tokens_organisation(world: World) -> None:
    """Another legal entity than the token's."""
    response = await read_with(world, setting("practitioner", "legal_entity", id="999999999"))
    await expect_attest_refused(world, response, "ATTEST_ORGANISATION_MISMATCH")


@pytest.mark.parametrize("code", ["HRESCH", "treat", "HPAYMT", "TREAT "])
async def test_TC_A06_cards_are_opened_for_care(world: World, code: str) -> None:
    """Not for research, nor for what is no purpose of ours."""
    response = await read_with(world, setting("care_relationship", "purpose_of_use", code=code))
    await expect_attest_refused(world, response, "PURPOSE_NOT_PERMITTED")


@pytest.mark.parametrize("details", ["EGENLAER", "KVAL", "egenlaer"])
async def test_TC_A07_learning_from_a_card_is_not_care(world: World, details: str) -> None:
    """Lawful elsewhere; her consent does not cover it."""
    response = await read_with(world, setting("care_relationship", "purpose_of_use_details", code=details))
    await expect_attest_refused(world, response, "PURPOSE_NOT_PERMITTED")


async def test_TC_A08_an_attest_says_what_care_it_is(world: World) -> None:
    """Neither a service nor details of the purpose."""
    response = await read_with(world, lambda attest: attest["care_relationship"].pop("purpose_of_use_details"))
    await expect_attest_refused(world, response, "ATTEST_INVALID")


@pytest.mark.parametrize("value", [None, "true", 1])
async def test_TC_A09_an_attest_says_whether_the_patient_was_picked_by_hand(gateway: World, value: Any) -> None:
    """Missing, or no yes or no."""
    response = await read_with(gateway, setting("care_relationship", "decision_ref", user_selected=value))
    await expect_attest_refused(gateway, response, "ATTEST_INVALID")


def _bare(part: Any) -> Any:
    if isinstance(part, dict):
        return {name: _bare(value) for name, value in part.items()}
    return part.removeprefix("urn:oid:") if isinstance(part, str) else part


async def test_TC_A10_code_systems_are_known_with_and_without_their_prefix(world: World) -> None:
    """The framework's own examples write both."""
    assert "urn:oid:" in str(attest_of(world)) and "urn:oid:" not in str(_bare(attest_of(world)))
    for change in (lambda attest: None, lambda attest: attest.update(_bare(attest))):
        assert card_of(await read_with(world, change))["withheld"] == []
    await expect_noted(world, 2, about="W1", outcome="ALLOWED")


async def test_TC_A11_an_attest_is_for_one_patient(world: World) -> None:
    """The second woman is refused before anything is looked up, whether she has a card or not; the first goes on."""
    token = world.token(caller("GP1"))
    assert card_of(await world.send(token, Q1, patient=world.number(WOMEN["W1"])))["mother"]
    for another in ("W8", "W10", "W5", "W3"):
        response = await world.send(token, Q1, patient=world.number(WOMEN[another]))
        expect_turned_away(response, 403, "ATTEST_PATIENT_REUSE")
        assert response.headers["www-authenticate"] == CHALLENGE
    assert card_of(await world.send(token, Q1, patient=world.number(WOMEN["W1"])))["mother"]
    entry = await expect_noted(world, 6, about="W8", refusal="ATTEST_PATIENT_REUSE", outcome="REFUSED")
    assert entry["kind"] == "TURNED_AWAY"


async def test_TC_A12_coordination_of_care_gives_no_intimate_facts(world: World) -> None:
    """To nobody who states it: they are null, and each is named as withheld by the purpose."""
    await world.add_whole_card(woman="kari")
    card = card_of(await read(world, "GP1", "W1", purpose="COC"))
    assert card["laboratoryResults"]["hivPositive"] is None
    assert card["medicalConditions"]["mentalHealthCondition"] is None
    assert {visit["note"] for visit in card["antenatalVisits"]} == {None}
    told = {(entry["path"], entry["reason"]) for entry in card["withheld"]}
    intimate = ("laboratoryResults.hivPositive", "medicalConditions.mentalHealthCondition", "antenatalVisits.note")
    assert told >= {(path, "PURPOSE") for path in intimate}
    entry = await expect_noted(world, about="W1", outcome="PARTIAL", purpose="COC")
    assert entry["withheld"] == sorted(f"{path}: PURPOSE" for path, _ in told)
    assert not set(intimate) & set(entry["released"])


async def test_TC_A13_nothing_is_written_for_coordination(world: World) -> None:
    """One coded error, null in the place of the answer, no version more."""
    before = await stored(world, "SELECT count(*) FROM section_version")
    token = world.token(caller("GP1"), "COC")
    response = await world.send(token, M1, patient=world.number("kari"), key=str(uuid4()))
    expect_refused(response, "SECTION_FORBIDDEN")
    assert response.json()["data"] == {"recordVisit": None}
    assert await stored(world, "SELECT count(*) FROM section_version") == before
    await expect_noted(world, about="W1", outcome="REFUSED", refusal="SECTION_FORBIDDEN", written=[])


# --- one attest, one patient: beyond the cases -----------------------------------------------------------------------


async def test_all_processes_know_whose_an_attest_is(world: World, neighbour: World) -> None:
    """What was opened through one is refused for another woman through the other."""
    token = world.token(caller("GP1"))
    assert card_of(await world.send(token, Q1, patient=world.number("kari")))["mother"]
    expect_turned_away(await neighbour.send(token, Q1, patient=world.number("aisha")), 403, "ATTEST_PATIENT_REUSE")
    assert card_of(await neighbour.send(token, Q1, patient=world.number("kari")))["mother"]


async def test_of_many_women_at_once_one_is_the_first(world: World, neighbour: World) -> None:
    """Through whatever process: all answers with data are about the same woman."""
    token, women = world.token(caller("GP1")), ("kari", "aisha", "ingrid", "nora")
    asked = [(process, woman) for woman in women for process in (world, neighbour) for _ in range(5)]
    answers = await asyncio.gather(*(process.send(token, Q1, patient=world.number(woman)) for process, woman in asked))
    opened = {woman for (_, woman), answer in zip(asked, answers, strict=True) if answer.status_code == 200}
    assert len(opened) == 1
    codes = {refusal(answer)["code"] for answer in answers if answer.status_code != 200}
    assert codes == {"ATTEST_PATIENT_REUSE"}


async def test_a_decision_keeps_its_patient_when_the_token_is_renewed(world: World) -> None:
    """The same decision in the same session goes on with her and with nobody else; a new decision may be about
    another."""
    attest, session = attest_of(world), {"sid": "one session"}

    def token() -> str:
        return world.token(caller("GP1"), **{ATTEST: attest}, **session)

    assert card_of(await world.send(token(), Q1, patient=world.number("kari")))["mother"]
    assert card_of(await world.send(token(), Q1, patient=world.number("kari")))["mother"]
    expect_turned_away(await world.send(token(), Q1, patient=world.number("aisha")), 403, "ATTEST_PATIENT_REUSE")
    fresh = world.token(caller("GP1"), **session)
    assert card_of(await world.send(fresh, Q1, patient=world.number("aisha")))["mother"]


async def test_whose_an_attest_was_is_forgotten_when_it_is_too_old(world: World) -> None:
    """Rows do not pile up: an hour later it is swept away."""
    assert card_of(await read(world, "GP1", "W1"))["mother"]
    assert len(await stored(world, "SELECT * FROM attest_binding")) == 1
    for minutes in (70, 73):  # the first look begins to count, the second sweeps
        set_clock(world, NOW + timedelta(minutes=minutes))
        assert card_of(await read(world, "GP1", "W1"))["mother"]
        await asyncio.sleep(0.2)
    assert len(await stored(world, "SELECT * FROM attest_binding")) == 2


async def test_a_slip_of_the_pen_spends_no_attest(world: World) -> None:
    """A number that is nobody's is refused for that; the attest still serves."""
    token = world.token(caller("GP1"))
    expect_refused(await world.send(token, Q1, patient="00000000000"), "PATIENT_ID_INVALID")
    assert card_of(await world.send(token, Q1, patient=world.number("kari")))["mother"]


async def test_without_the_store_nobody_is_told_anything(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether the attest is another's cannot be known: 503 and no data."""

    async def gone(*_: Any) -> Any:
        raise OSError

    monkeypatch.setattr(world.services.database, "lightly", gone)
    response = await read(world, "GP1", "W1")
    assert response.status_code == 503
    assert "data" not in response.json()
