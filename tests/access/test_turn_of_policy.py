"""Another policy comes into force at midnight in Norway: for whatever is asked from then on, without a restart."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from app.domain.dated_policies import Policies
from tests.access.choosing import ELEVATE, ILLNESSES, WHY, WOMAN, code, in_session, send, set_clock
from tests.graphql.test_caseload import document as caseload
from tests.policies import DRAFT, PILOT, changed
from tests.streams import FOLLOW_HER, Writer, listening_gateway, socket_of
from tests.world import World
from tests.writing import document, new_key, section_of

DAY = date(2026, 12, 1)
MIDNIGHT = datetime(2026, 11, 30, 23, tzinfo=UTC)
JUST_BEFORE = MIDNIGHT - timedelta(seconds=1)

TESTS = """query($patient: NationalIdentityNumber!) { card(patient: $patient) {
  laboratoryResults { hivPositive } withheld { path reason } } }"""
ME = "{ me { policy } }"

Change = Callable[[dict[str, Any]], None]


@pytest.fixture
async def address(world: World) -> AsyncIterator[str]:
    async with listening_gateway(world.services) as found:
        yield found


def eve(world: World, change: Change) -> None:
    """It is a second to midnight, and from then on the policy is another one; a draft of the same day is there too."""
    world.services.policies = Policies([PILOT, changed("next", DAY, change), DRAFT])
    set_clock(world, JUST_BEFORE)


def strike(world: World) -> None:
    set_clock(world, MIDNIGHT)


def matrix(role: str, **entries: list[str]) -> Change:
    """A role reads these sections otherwise."""

    def change(document: dict[str, Any]) -> None:
        entry = document["roles"][role]
        document["matrices"]["other"] = {**document["matrices"][entry["matrix"]], **entries}
        entry["matrix"] = "other"

    return change


def role(name: str, **values: Any) -> Change:
    return lambda document: document["roles"][name].update(values)


async def test_what_is_read_is_decided_by_the_policy_of_the_moment(world: World) -> None:
    """One token, one document, a second apart: given and then withheld; each entry of the ledger names its policy."""
    eve(world, matrix("GP", laboratory_results=[]))
    token, number = world.token("gp"), world.number("kari")
    before = await send(world, token, TESTS, patient=number)
    assert before["data"]["card"] == {"laboratoryResults": {"hivPositive": False}, "withheld": []}
    strike(world)
    after = await send(world, token, TESTS, patient=number)
    assert after["data"]["card"] == {
        "laboratoryResults": None, "withheld": [{"path": "laboratoryResults.hivPositive", "reason": "ROLE"}],
    }  # fmt: skip
    first, second = (await world.ledger_entries("kari"))[-2:]
    assert (first["policy"], first["released"]) == ("pilot-2026-11", ["laboratoryResults.hivPositive"])
    assert (second["policy"], second["released"]) == ("next", [])
    assert second["withheld"] == ["laboratoryResults.hivPositive: ROLE"]
    assert (await send(world, token, ME))["data"]["me"] == {"policy": "next"}


async def test_what_was_closed_opens_too(world: World) -> None:
    """A nurse reads what the new policy gives her, in the view that was made at the start."""
    eve(world, matrix("PUBLIC_HEALTH_NURSE", laboratory_results=["R"]))
    token, number = world.token("nurse"), world.number("kari")
    before = await send(world, token, TESTS, patient=number)
    assert before["data"]["card"]["laboratoryResults"] is None
    strike(world)
    after = await send(world, token, TESTS, patient=number)
    assert after["data"]["card"] == {"laboratoryResults": {"hivPositive": False}, "withheld": []}


async def test_what_is_written_goes_by_the_policy_of_the_moment(world: World) -> None:
    """Recorded, and then refused with nothing stored."""
    eve(world, role("GP", writing="nothing"))
    token, number = world.token("gp"), world.number("kari")
    visit = {"heldOn": "2026-11-30"}
    command = document("record", section_of("visit"))
    before = await send(world, token, command, patient=number, content=visit, key=new_key())
    assert before["data"]["written"]["__typename"] == "VisitRecorded"
    assert (await world.ledger_entries("kari"))[-1]["policy"] == "pilot-2026-11"
    strike(world)
    refused = await send(world, token, command, patient=number, content=visit, key=new_key())
    assert code(refused) == "SECTION_FORBIDDEN"
    last = (await world.ledger_entries("kari"))[-1]
    assert (last["policy"], last["outcome"], last["written"]) == ("next", "REFUSED", [])


async def test_an_elevation_holds_as_long_as_the_policy_lets_the_profession_elevate(world: World) -> None:
    """Opened before midnight, it is over then, and no other is given."""
    eve(world, lambda document: document["elevation"].update(professions=["JO"]))
    token, number = in_session(world, "hospital", "ETREAT"), world.number(WOMAN)
    said = {"reason": "CONDITION_PREVENTS", "text": WHY, "patient": number}
    assert "errors" not in await send(world, token, ELEVATE, **said, key=new_key())
    assert "errors" not in await send(world, token, ILLNESSES, patient=number)
    strike(world)
    assert code(await send(world, token, ILLNESSES, patient=number)) == "ACCESS_BLOCKED_BY_PATIENT"
    assert code(await send(world, token, ELEVATE, **said, key=new_key())) == "ELEVATION_NOT_PERMITTED"
    assert (await world.ledger_entries(WOMAN))[-1]["policy"] == "next"


async def test_a_list_is_given_by_the_policy_of_the_moment(world: World) -> None:
    """To a role that has none any more it is refused."""
    eve(world, role("GP", caseload=False))
    token = world.token("gp")
    before = await send(world, token, caseload())
    assert before["data"]["caseload"]["edges"]
    assert (await world.last_ledger_entry())["policy"] == "pilot-2026-11"
    strike(world)
    assert code(await send(world, token, caseload())) == "ACTOR_NOT_PERMITTED"
    assert (await world.last_ledger_entry())["policy"] == "next"


async def test_a_role_that_takes_part_no_longer_is_not_let_in(world: World, address: str) -> None:
    """Neither with the token that was good a second ago nor over the socket it was let in on; that is written down."""
    eve(world, role("GP", enabled=False))
    token, number = world.token("gp"), world.number("kari")
    async with socket_of(world, address, "gp") as socket:
        assert "errors" not in await send(world, token, TESTS, patient=number)
        strike(world)
        assert code(await send(world, token, TESTS, patient=number)) == "ACTOR_NOT_PERMITTED"
        await socket.subscribe("1", TESTS, patient=number)
        assert await socket.refusal("1") == "ACTOR_NOT_PERMITTED"
    turned_away = (await world.ledger_entries("kari"))[-1]
    assert (turned_away["kind"], turned_away["policy"], turned_away["released"]) == ("TURNED_AWAY", "next", [])


@pytest.mark.parametrize(
    ("change", "ends"),
    [
        (matrix("GP", **dict.fromkeys(PILOT.document["matrices"]["whole_card"], [])), "SECTION_FORBIDDEN"),
        (role("GP", enabled=False), "ACTOR_NOT_PERMITTED"),
    ],
    ids=["matrix", "role"],
)
async def test_a_stream_ends_when_the_new_policy_closes_the_card(
    world: World, address: str, change: Change, ends: str
) -> None:
    """By itself at midnight: it waits for no event."""
    eve(world, change)
    async with socket_of(world, address, "gp") as gp:
        await gp.follow("1", FOLLOW_HER, patient=world.number("kari"))
        strike(world)
        assert await gp.end("1") == ends
    assert (await world.ledger_entries("kari"))[-1]["policy"] == "next"


async def test_a_stream_goes_on_by_the_new_policy(world: World, address: str) -> None:
    """Who wrote is told by the one policy and withheld by the other; each event names its own in the ledger."""
    eve(world, matrix("GP", provenance=["ADMINISTRATIVE"]))
    writer = Writer(world.services, world.number("kari"))
    async with socket_of(world, address, "gp") as gp:
        await gp.subscribe("1", FOLLOW_HER, patient=writer.number, after=await writer.item())
        await writer.item()
        assert (await gp.event())["by"] == {"name": "Prøvesen, Lege"}
        strike(world)
        await writer.item()
        assert (await gp.event())["by"] is None
    assert [entry["policy"] for entry in await world.ledger_entries("kari")][-2:] == ["pilot-2026-11", "next"]


async def test_a_request_goes_by_one_policy_to_its_end(gateway: World) -> None:
    """Midnight strikes while the card is looked up: what was asked before is answered as before."""
    eve(gateway, matrix("GP", laboratory_results=[]))
    cards, token = gateway.services.cards, gateway.token("gp")
    find = cards.find

    async def slow(number: str, kinds: Any) -> Any:
        found = await find(number, kinds)
        strike(gateway)
        return found

    cards.find = slow  # type: ignore[method-assign]  # midnight comes between the two
    body = await send(gateway, token, TESTS, patient=gateway.number("kari"))
    assert body["data"]["card"]["laboratoryResults"] == {"hivPositive": False}
    assert (await gateway.ledger_entries("kari"))[-1]["policy"] == "pilot-2026-11"
