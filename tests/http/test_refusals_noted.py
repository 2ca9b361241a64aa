"""Who is turned away is in the ledger, whatever the way in; and noise does not fill it."""

import asyncio
from typing import Any

import pytest

from data.ledger import verify
from resolvers import limits
from tests.http.conftest import address  # noqa: F401  # a fixture
from tests.streams import raw_socket
from tests.world import World

ME = {"query": "{ me { role } }"}
CARD = "query($patient: NationalIdentityNumber!) { card(patient: $patient) { status } }"


async def turned_away(world: World, token: str | None = None, **headers: str) -> int:
    given = {**({"authorization": f"Bearer {token}"} if token else {}), **headers}
    return (await world.client.post("/graphql", json=ME, headers=given)).status_code


async def entries(world: World) -> list[tuple[Any, ...]]:
    found = await world.all_ledger_entries()
    return [(entry["kind"], entry["refusal"], entry["patient_id"], entry["count"]) for entry in found]


async def test_a_token_that_is_not_verified_says_nothing_about_anybody(world: World) -> None:
    """Neither its client nor its person is kept: anybody can write one."""
    assert await turned_away(world, world.token("gp") + "x") == 401
    (entry,) = await world.all_ledger_entries()
    assert (entry["kind"], entry["refusal"], entry["outcome"]) == ("SECURITY", "INVALID_TOKEN: SIGNATURE", "REFUSED")
    assert not any(
        entry[name] for name in ("client_id", "actor_key", "actor_name", "hpr_number", "organisation_number")
    )


async def test_a_known_caller_who_is_not_let_in_is_named(world: World) -> None:
    """Person, unit and client, as the verified token has them."""
    assert await turned_away(world, world.token("not-enrolled")) == 403
    (entry,) = await world.all_ledger_entries()
    assert (entry["kind"], entry["refusal"]) == ("TURNED_AWAY", "ORGANISATION_NOT_ENROLLED")
    assert entry["actor_key"] and entry["hpr_number"] and entry["organisation_number"] and entry["client_id"]
    assert entry["patient_id"] is None


async def test_numbers_that_are_none_are_not_taken_from_a_token(world: World) -> None:
    """An identity number in the claim of another number goes nowhere."""
    number = world.number("kari")
    claim = "helseid://claims/client/claims/orgnr_child"
    assert await turned_away(world, world.token("gp", **{claim: number})) == 403
    (entry,) = await world.all_ledger_entries()
    assert entry["organisation_number"] is None


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"query": "{ nothing }"}, "GRAPHQL_VALIDATION_FAILED"),
        ({"documentId": "sha256:" + "0" * 64}, "PERSISTED_QUERY_NOT_FOUND"),
        ({"query": "{ accessLog(first: 100) { edges { cursor } } x: caseload { edges { cursor } } }"}, "GRAPHQL_VALIDATION_FAILED"),
    ],
)  # fmt: skip
async def test_a_document_that_is_refused_is_one_entry(world: World, asked: dict[str, Any], code: str) -> None:
    """By a known caller, about nobody."""
    headers = {"authorization": f"Bearer {world.token('gp')}"}
    await world.client.post("/graphql", json=asked, headers=headers)
    assert await entries(world) == [("TURNED_AWAY", code, None, None)]


@pytest.mark.parametrize("asked", ["{", '{"query": "{"}', '{"query": "{ me { role } }", "variables": []}', "[]"])
async def test_a_slip_of_the_pen_is_none(world: World, asked: str) -> None:
    """What is no request, or cannot be read, asks for nothing."""
    headers = {"authorization": f"Bearer {world.token('gp')}", "content-type": "application/json"}
    assert (await world.client.post("/graphql", content=asked, headers=headers)).status_code == 400
    assert await entries(world) == []


async def test_a_lack_of_scope_is_noted_for_her_whom_it_concerned_and_not_told_to_her(world: World) -> None:
    """One entry, hers, which those who oversee read; in her own log stands who came as far as her card."""
    await world.ask("clerk", CARD, patient=world.number("kari"))
    (entry,) = await world.ledger_entries("kari")
    assert entry["kind"] == "TURNED_AWAY"
    log = "{ accessLog { edges { node { role } } } }"
    assert (await world.data("kari", log))["accessLog"]["edges"] == []


async def test_what_concerns_no_woman_is_noted_too(world: World) -> None:
    """A token without the right, a list that is not hers."""
    claims = {"scope": "nhn:maternity-gateway/status"}
    body = await world.send(world.token("gp", **claims), "{ caseload { edges { cursor } } }")
    assert body.json()["errors"][0]["extensions"]["code"] == "INSUFFICIENT_SCOPE"
    assert await entries(world) == [("TURNED_AWAY", "INSUFFICIENT_SCOPE", None, None)]


async def test_a_claim_by_header_is_noted_and_the_answer_given(world: World) -> None:
    """The answer is the token's; that more was claimed is a security event about a known caller."""
    headers = {"authorization": f"Bearer {world.token('gp')}", "nhn-user-role": "JO"}
    response = await world.client.post("/graphql", json=ME, headers=headers)
    assert response.json()["data"]["me"]["role"] == "GP"
    (entry,) = await world.all_ledger_entries()
    assert (entry["kind"], entry["refusal"], entry["role"]) == ("SECURITY", "CLAIM_BY_HEADER", "GP")


async def test_a_socket_is_no_other_way_in(gateway: World, address: str) -> None:  # noqa: F811  # the fixture
    """Signing in wrongly, and asking without, are an entry each."""
    async with raw_socket(address) as socket:
        await socket.say({"type": "connection_init", "payload": {"authorization": "Bearer x"}})
        await socket.closed()
    async with raw_socket(address) as socket:
        await socket.say({"id": "1", "type": "subscribe", "payload": ME})
        await socket.closed()
    assert [entry[:2] for entry in await entries(gateway)] == [
        ("SECURITY", "INVALID_TOKEN: MALFORMED"), ("SECURITY", "UNAUTHENTICATED: NO_TOKEN"),
    ]  # fmt: skip


@pytest.mark.limit("REFUSALS_NOTED_EACH")
@pytest.mark.limit("REFUSALS_COUNTED_SECONDS")
async def test_noise_is_counted(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of one reason the first are entries, the rest one entry with their number when the minute is over; then anew."""
    monkeypatch.setattr("resolvers.limits.REFUSALS_NOTED_EACH", 3)
    monkeypatch.setattr("resolvers.limits.REFUSALS_COUNTED_SECONDS", 0.5)
    await asyncio.gather(*(turned_away(world) for _ in range(10)), *(turned_away(world, "x") for _ in range(2)))
    for _ in range(100):
        if len(found := await entries(world)) == 6:
            break
        await asyncio.sleep(0.05)
    assert sorted(found, key=str) == sorted(
        [("SECURITY", "UNAUTHENTICATED: NO_TOKEN", None, count) for count in (None, None, None, 7)]
        + [("SECURITY", "INVALID_TOKEN: MALFORMED", None, None)] * 2,
        key=str,
    )
    await turned_away(world)
    assert len(await entries(world)) == 7
    assert await verify(world.services.database, world.services.ledger.key) == []


async def test_one_callers_noise_hides_nobody_elses(world: World) -> None:
    """Callers who are known are counted each by herself."""
    for _ in range(limits.REFUSALS_NOTED_EACH + 5):
        await turned_away(world, world.token("not-enrolled"))
    await turned_away(world, world.token("not-enrolled", client_id="another-client"))
    found = await world.all_ledger_entries()
    assert len(found) == limits.REFUSALS_NOTED_EACH + 1
    await world.services.refusals.close()
    assert [entry["count"] for entry in await world.all_ledger_entries() if entry["count"]] == [5]


async def test_a_refusal_stays_one_when_the_ledger_is_gone(world: World) -> None:
    """401 and 403, not 503."""
    await world.break_ledger()
    assert await turned_away(world) == 401
    assert await turned_away(world, world.token("not-enrolled")) == 403
    assert (await world.ask("clerk", CARD, patient=world.number("kari"))).status_code == 403
