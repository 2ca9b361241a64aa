"""Access cases TC-S: scopes, assurance, licence, organisation, client, and systems without a person."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from app.identity.claims import (
    ATTEST,
    GATEWAY,
    HPR_DETAILS,
    HPR_NUMBER,
    ORGANISATION_CHILD,
    SECURITY_LEVEL,
)
from data.synthetic.numbers import number_of
from tests.access.cases.setting import (
    M1,
    Q1,
    Q_STATUS,
    ask,
    caller,
    card_of,
    expect_noted,
    expect_turned_away,
    read,
)
from tests.access.choosing import set_clock, stored
from tests.world import NOW, TODAY, World


def rights(*names: str) -> str:
    return " ".join(f"{GATEWAY}/{name}" for name in names)


def licensed_as(*professions: str) -> dict[str, Any]:
    """What the register of health personnel says of the caller."""
    return {HPR_DETAILS: {"approvals": [{"profession": profession} for profession in professions]}}


async def sent(world: World, query: str, *, who: str = "GP1", woman: str = "kari", **claims: Any) -> httpx.Response:
    """A question about a woman with a token of which these claims are other than they should be."""
    return await world.send(world.token(caller(who), **claims), query, patient=world.number(woman), key="a key")


async def expect_refused_and_noted(
    world: World, response: httpx.Response, status: int, code: str, reason: str | None = None, about: str | None = None
) -> None:
    """Turned away with nothing of a card, and one entry that says why: about the woman where she was asked for by a
    caller who was let in, else about nobody."""
    expect_turned_away(response, status, code, reason)
    cause = f"{code}: {reason}" if reason else code
    await expect_noted(world, about=about, outcome="REFUSED", kind="TURNED_AWAY", refusal=cause, released=[])


async def test_TC_S01_without_the_right_to_read_nothing_is_read(world: World) -> None:
    """A token for writing alone; the challenge names the scope that is missing."""
    response = await sent(world, Q1, scope=rights("write", "status"))
    assert response.headers["www-authenticate"] == f'DPoP error="insufficient_scope", scope="{GATEWAY}/read"'
    await expect_refused_and_noted(world, response, 403, "INSUFFICIENT_SCOPE", about="W1")


async def test_TC_S02_without_the_right_to_write_nothing_is_written(world: World) -> None:
    """A token for reading alone; no version is added."""
    before = await stored(world, "SELECT count(*) FROM section_version")
    response = await sent(world, M1, scope=rights("read"))
    await expect_refused_and_noted(world, response, 403, "INSUFFICIENT_SCOPE", about="W1")
    assert await stored(world, "SELECT count(*) FROM section_version") == before


@pytest.mark.parametrize(
    "scope", [rights("reader"), rights("rea"), "nhn:maternity-record/read", "read", rights("READ")]
)
async def test_TC_S03_a_scope_that_only_looks_alike_is_none(gateway: World, scope: str) -> None:
    """Only whole scopes of this audience count."""
    response = await sent(gateway, Q1, scope=scope)
    await expect_refused_and_noted(gateway, response, 403, "INSUFFICIENT_SCOPE", about="W1")


async def test_TC_S04_a_lower_level_of_security_asks_for_a_step_up(world: World) -> None:
    """Level 3 is signed in, and not securely enough."""
    response = await sent(world, Q1, **{SECURITY_LEVEL: "3"})
    challenge = 'DPoP error="insufficient_user_authentication", acr_values="4"'
    assert response.headers["www-authenticate"] == challenge
    await expect_refused_and_noted(world, response, 401, "INSUFFICIENT_ASSURANCE")


@pytest.mark.parametrize("level", [None, "4.0", "04", "high", "5"])
async def test_TC_S05_a_level_that_is_missing_or_unknown_is_too_low(gateway: World, level: str | None) -> None:
    """Nothing is read into it."""
    response = await sent(gateway, Q1, **{SECURITY_LEVEL: level})
    await expect_refused_and_noted(gateway, response, 401, "INSUFFICIENT_ASSURANCE")


async def test_TC_S06_a_licence_needs_its_number(world: World) -> None:
    """The attest says doctor, the token has no number of the register of health personnel."""
    response = await sent(world, Q1, **{HPR_NUMBER: None})
    await expect_refused_and_noted(world, response, 403, "HPR_REQUIRED")


async def test_TC_S07_a_licence_that_was_revoked_is_none(world: World) -> None:
    """The number is still there; the register approves of nothing any more."""
    response = await sent(world, Q1, **licensed_as())
    await expect_refused_and_noted(world, response, 403, "ROLE_MISMATCH")


async def test_TC_S08_the_register_says_who_is_what(world: World) -> None:
    """A nurse by the register is no doctor by her attest; who is both is."""
    response = await sent(world, Q1, **licensed_as("SP"))
    await expect_refused_and_noted(world, response, 403, "ROLE_MISMATCH")
    assert card_of(await sent(world, Q1, **licensed_as("SP", "LE")))["mother"]


async def test_TC_S09_an_office_outside_the_trial_takes_no_part(world: World) -> None:
    """A doctor, at an office that is not enrolled."""
    await expect_refused_and_noted(world, await read(world, "GP3", "W1"), 403, "ORGANISATION_NOT_ENROLLED")


async def test_TC_S10_a_token_names_the_unit(world: World) -> None:
    """The legal entity alone is not enough."""
    response = await sent(world, Q1, **{ORGANISATION_CHILD: None})
    await expect_refused_and_noted(world, response, 403, "ORGANISATION_CLAIMS_MISSING")


@pytest.mark.parametrize("header", ["x-organization-number", "x-orgnr-child", "X-Organisation"])
async def test_TC_S11_an_organisation_in_a_header_is_not_looked_at(world: World, header: str) -> None:
    """Answered as without it; the log shows the token's organisation, and that another was claimed."""
    token, other = world.token(caller("GP1")), world.services.organisations
    claimed = "999999999"
    assert await other.find(claimed) is None
    asked = {"query": Q1, "variables": {"patient": world.number("kari")}}
    plain = await world.send(token, Q1, patient=world.number("kari"))
    response = await world.client.post("/graphql", json=asked, headers=world.credentials(token) | {header: claimed})
    assert response.json() == plain.json()
    looked = await expect_noted(world, 3, about="W1", outcome="ALLOWED")
    assert looked["organisation_number"] == (await world.viewer("gp")).unit.number  # type: ignore[union-attr]  # a GP has one
    event = await expect_noted(world, 3, about=None, kind="SECURITY", refusal="CLAIM_BY_HEADER")
    assert event["organisation_number"] == looked["organisation_number"]


async def test_TC_S12_a_client_that_is_not_listed_is_not_let_in(world: World) -> None:
    """Where the trial lists its clients, only they are."""
    listed = frozenset({"another-vendor"})
    world.services.settings = world.services.settings.model_copy(update={"client_ids": listed})
    await expect_refused_and_noted(world, await read(world, "GP1", "W1"), 403, "ACTOR_NOT_PERMITTED", "CLIENT")
    assert card_of(await sent(world, Q1, client_id="another-vendor"))["mother"]


async def test_TC_S13_a_system_learns_three_facts(world: World) -> None:
    """Consent, whether there is a card, and when it changed; in her log it is a look by a system."""
    response = await ask(world, "EHR1", Q_STATUS, "W1")
    status = response.json()["data"]["cardStatus"]
    assert set(status) == {"consentGiven", "hasActiveCard", "lastChangedAt"} and status["hasActiveCard"] is True
    entry = await expect_noted(world, about="W1", outcome="ALLOWED", role="EHR_SYSTEM", actor_key=None)
    assert {fact.split(".")[0] for fact in entry["released"]} == {"cardStatus"}


async def test_TC_S14_a_system_has_no_card_in_its_schema(world: World) -> None:
    """What it may never see it cannot ask for: the document is refused as a whole, and she is not looked up."""
    response = await ask(world, "EHR1", Q1, "W1")
    assert response.status_code == 400 and "data" not in response.json()
    assert {error["extensions"]["code"] for error in response.json()["errors"]} == {"GRAPHQL_VALIDATION_FAILED"}
    await expect_noted(world, about=None, kind="TURNED_AWAY", refusal="GRAPHQL_VALIDATION_FAILED", role="EHR_SYSTEM")


async def test_TC_S15_a_system_that_asks_about_one_woman_after_another_is_stopped(world: World) -> None:
    """Of a hundred women in a minute the later ones are not told of, whether there is such a person or not; the next
    minute begins anew, and nobody else is hindered meanwhile."""
    allowed = world.services.settings.status_lookups_per_minute
    token = world.token(caller("EHR1"))
    answers = [await world.send(token, Q_STATUS, patient=number_of(1, place, TODAY)[0]) for place in range(100)]
    assert [answer.status_code for answer in answers] == [200] * allowed + [429] * (100 - allowed)
    for answer in answers[allowed:]:
        expect_turned_away(answer, 429, "RATE_LIMITED")
        assert 1 <= int(answer.headers["retry-after"]) <= 60
    (event, *_) = [entry for entry in await world.all_ledger_entries() if entry["kind"] == "SECURITY"]
    assert (event["refusal"], event["patient_id"], event["role"]) == ("RATE_LIMITED", None, "EHR_SYSTEM")
    assert card_of(await read(world, "GP1", "W1"))["mother"]
    set_clock(world, NOW + timedelta(minutes=1))
    assert (await ask(world, "EHR1", Q_STATUS, "W1")).status_code == 200


async def test_systems_are_counted_by_all_processes_together_and_each_by_itself(world: World, neighbour: World) -> None:
    """What one asks in one process counts in the other; another client's questions do not."""
    allowed = world.services.settings.status_lookups_per_minute
    token = world.token(caller("EHR1"))
    for place in range(allowed):
        asked = (world, neighbour)[place % 2]
        assert (await asked.send(token, Q_STATUS, patient=world.number("kari"))).status_code == 200
    for process in (world, neighbour):
        assert (await process.send(token, Q_STATUS, patient=world.number("kari"))).status_code == 429
    other = world.token(caller("EHR1"), client_id="another-system")
    assert (await world.send(other, Q_STATUS, patient=world.number("kari"))).status_code == 200


async def test_TC_S16_a_token_that_is_half_a_citizens_is_neither(world: World) -> None:
    """A citizen's issuer with a licence number in the token, and no attest; nothing is made of it."""
    response = await sent(world, Q1, who="W1", **{HPR_NUMBER: "9000001"})
    await expect_refused_and_noted(world, response, 403, "ATTEST_MISSING")
    mixed = await sent(world, Q1, who="GP1", **{ATTEST: None, "pid": world.number("kari"), "acr": "idporten-loa-high"})
    expect_turned_away(mixed, 403, "ATTEST_MISSING")
