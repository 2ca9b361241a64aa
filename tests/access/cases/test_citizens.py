"""Access cases TC-C01 to TC-C06, TC-C20 and TC-C21: the woman herself. Labels, representatives and the young have files
of their own."""

import re
from typing import Final
from uuid import uuid4

from app.identity import claims
from tests.access.cases.setting import (
    MY_CARD,
    Q1,
    WOMEN,
    ask,
    caller,
    card_of,
    entries_about,
    expect_refused,
    expect_turned_away,
    refusal,
)
from tests.access.cases.test_record_level import WRITTEN_ON, last_refusal, rows_in
from tests.whole_card import CANARY
from tests.world import World

DUE_DATE: Final = "{ myCard { pregnancy { dueDateByUltrasound } } }"
ELEVEN_DIGITS: Final = re.compile(r"(?<!\d)\d{11}(?!\d)")


async def test_TC_C01_she_reads_everything_on_her_card(world: World) -> None:
    """The intimate facts included; nothing is withheld."""
    await world.add_whole_card(woman="kari")
    card = card_of(await ask(world, "W1", MY_CARD))
    assert card["laboratoryResults"]["hivPositive"] is True
    assert card["medicalConditions"]["mentalHealthCondition"] is True
    assert CANARY in card["antenatalVisits"][0]["note"]
    assert (await entries_about(world, "W1"))[-1]["outcome"] == "ALLOWED"


async def test_TC_C02_signed_in_less_securely_she_is_asked_to_step_up(gateway: World) -> None:
    """The answer says which level is needed."""
    response = await gateway.send(gateway.token(caller("W1"), acr="idporten-loa-substantial"), MY_CARD)
    expect_turned_away(response, 401, "INSUFFICIENT_ASSURANCE")
    assert 'acr_values="idporten-loa-high"' in response.headers["www-authenticate"]


async def test_TC_C03_a_token_of_an_issuer_for_tests_is_a_strangers(gateway: World) -> None:
    """Here on a gateway that trusts other issuers, as one in production does: whoever is not listed is not heard."""
    response = await gateway.send(gateway.token(caller("W1"), iss="https://test.idporten.no"), MY_CARD)
    expect_turned_away(response, 401, "INVALID_TOKEN", "ISSUER")


async def test_TC_C04_her_access_log_has_no_identity_number(world: World) -> None:
    """It says who, from where and why; of everybody who looked, whatever they were given."""
    for who in ("GP1", "MW1", "HD1", "PHN1", "US1", "SEC1", "SEC2", "EHR1"):
        await ask(world, who, Q1 if who not in ("SEC1", "SEC2", "EHR1") else STATUS, "W1")
    await ask(world, "REP1", DUE_DATE)
    log = """{ accessLog { edges { node { who role roleInPlainWords organisation hprNumber system purpose
      purposeInPlainWords sections outcome } } } }"""
    response = await ask(world, "W1", log)
    entries = [edge["node"] for edge in response.json()["data"]["accessLog"]["edges"]]
    doctor = next(entry for entry in entries if entry["role"] == "GP")
    assert doctor["who"] and doctor["organisation"] and doctor["purpose"] == "TREAT"
    assert len(entries) == 9
    assert not ELEVEN_DIGITS.search(response.text)


STATUS: Final = "query($patient: NationalIdentityNumber!) { cardStatus(patient: $patient) { hasActiveCard } }"


async def test_TC_C05_she_does_not_write_laboratory_results(world: World) -> None:
    """The command is not in a citizen's schema: invalid, and nothing is written."""
    before = await rows_in(world, *WRITTEN_ON)
    document = 'mutation { recordLaboratoryResults(laboratoryResults: {}, idempotencyKey: "k") { __typename } }'
    response = await ask(world, "W1", document)
    assert response.status_code == 400
    assert refusal(response)["code"] == "GRAPHQL_VALIDATION_FAILED"
    assert await rows_in(world, *WRITTEN_ON) == before


async def test_TC_C06_she_registers_nothing_where_that_is_off(world: World) -> None:
    """The command is there and refused."""
    before = await rows_in(world, *WRITTEN_ON)
    document = """mutation($key: String!) { correctMother(expectedVersion: 1, mother: {needsInterpreter: true},
      idempotencyKey: $key) { __typename } }"""
    expect_refused(await ask(world, "W1", document, key=str(uuid4())), "SECTION_FORBIDDEN")
    assert await rows_in(world, *WRITTEN_ON) == before
    assert await last_refusal(world, "W1") == "SECTION_FORBIDDEN"


# --- not a professional ----------------------------------------------------------------------------------------------


async def test_TC_C20_an_attest_does_not_make_a_citizen_a_professional(world: World) -> None:
    """In the token it is refused. Beside it, in headers, it is not read: what is asked is not in her schema."""
    attest = {"practitioner": {"authorization": {"code": "LE"}}, "care_relationship": {"purpose_of_use": "TREAT"}}
    response = await world.send(world.token(caller("W1"), **{claims.ATTEST: attest}), Q1, patient=world.number("kari"))
    expect_turned_away(response, 403, "ACTOR_NOT_PERMITTED", "CITIZEN_WITH_ATTEST")
    headers = {**world.credentials(world.token(caller("W1"))), claims.ATTEST.replace(":", "-"): str(attest)}
    asked = {"query": Q1, "variables": {"patient": world.number(WOMEN["W3"])}}
    beside = await world.client.post("/graphql", json=asked, headers=headers)
    assert beside.status_code == 400
    assert {error["extensions"]["code"] for error in beside.json()["errors"]} == {"GRAPHQL_VALIDATION_FAILED"}
    assert "data" not in beside.json()


async def test_TC_C21_a_citizens_token_that_is_bound_to_no_key_is_not_taken_as_bearer(gateway: World) -> None:
    """Where proofs are asked for, as in production: the scheme is refused, and with it the token."""
    gateway.services.settings = gateway.services.settings.model_copy(update={"profile": "production"})
    gateway.proof_key = None
    response = await gateway.send(gateway.token(caller("W1")), MY_CARD)
    assert response.status_code == 401
    said = refusal(response)
    assert said["code"] == "INVALID_TOKEN"
    assert said.get("reason") in (None, "SCHEME_NOT_ALLOWED")
    assert response.headers["www-authenticate"].startswith("DPoP")
