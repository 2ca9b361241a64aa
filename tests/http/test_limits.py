"""Limits that no other test reaches; `tests/test_limits.py` sees to it that none is forgotten."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from app.domain.record import BlockTarget
from data.patients import set_blocks
from resolvers import limits
from tests.graphql.test_caseload import block
from tests.streams import FOLLOW_HER, Writer, listening_gateway, socket_of, until
from tests.world import World

ME = "{ me { role } }"
LOG = "{ accessLog { pageInfo { hasNextPage } } }"


def code(response: httpx.Response) -> str:
    assert "data" not in response.json()
    found: str = response.json()["errors"][0]["extensions"]["code"]
    return found


class Held:
    """Stands in for the reading of a page of the log, and waits until it is let go."""

    def __init__(self) -> None:
        self.go_on, self.asked = asyncio.Event(), 0

    async def page(self, *_: Any, **__: Any) -> Any:
        self.asked += 1
        await self.go_on.wait()
        return [], False


@asynccontextmanager
async def busy(world: World, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Held]:
    """While Kari's own operation, reading her log, is under way."""
    held = Held()
    monkeypatch.setattr(world.services.ledger, "page", held.page)
    running = asyncio.create_task(world.ask("kari", LOG))
    await until(lambda: held.asked == 1)
    yield held
    held.go_on.set()
    await running


@pytest.mark.limit("CLIENT_OPERATIONS_MAX")
async def test_a_client_runs_so_many_operations_at_once_and_no_more(
    gateway: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """429 TOO_MANY_CONCURRENT_OPERATIONS, nothing read, nothing in her log; others go on, and a place that is left is
    free."""
    monkeypatch.setattr("resolvers.limits.CLIENT_OPERATIONS_MAX", 1)
    async with busy(gateway, monkeypatch) as held:
        with gateway.services.database.count_statements() as seen:
            response = await gateway.ask("kari", "{ myCard { status } }")
        assert (response.status_code, code(response)) == (429, "TOO_MANY_CONCURRENT_OPERATIONS")
        assert all("ledger_" in statement for statement in seen)
        (noted,) = await gateway.all_ledger_entries()
        assert (noted["kind"], noted["patient_id"], noted["refusal"]) == (
            "SECURITY", None, "TOO_MANY_CONCURRENT_OPERATIONS",
        )  # fmt: skip
        assert (await gateway.ask("gp", ME)).status_code == 200
        assert held.asked == 1
    assert (await gateway.ask("kari", ME)).status_code == 200
    assert gateway.services.clients._running == {}, "who runs nothing is not remembered"


async def test_one_person_in_two_programs_is_two_clients(gateway: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that hangs does not keep her out of the other."""
    monkeypatch.setattr("resolvers.limits.CLIENT_OPERATIONS_MAX", 1)
    async with busy(gateway, monkeypatch):
        token = gateway.token("kari", client_id="another-program")
        headers = {"authorization": f"Bearer {token}"}
        assert (await gateway.client.post("/graphql", json={"query": ME}, headers=headers)).status_code == 200


async def test_a_failed_operation_leaves_its_place(gateway: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever an operation ends with."""
    monkeypatch.setattr("resolvers.limits.CLIENT_OPERATIONS_MAX", 1)
    await gateway.break_ledger()
    for _ in range(3):
        assert code(await gateway.ask("kari", LOG)) == "AUDIT_UNAVAILABLE"
    assert gateway.services.clients.running == 0


@pytest.mark.limit("CLIENT_OPERATIONS_MAX")
async def test_what_runs_on_sockets_counts_as_well(gateway: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Followed streams hold their places, over all sockets of a client and beside its requests, until they end."""
    monkeypatch.setattr("resolvers.limits.CLIENT_OPERATIONS_MAX", 2)
    kari = Writer(gateway.services, gateway.number("kari"))
    async with listening_gateway(gateway.services) as address:
        async with socket_of(gateway, address, "gp") as one, socket_of(gateway, address, "gp") as other:
            for socket in (one, other):
                await socket.subscribe("a", FOLLOW_HER, patient=kari.number)
            await until(lambda: gateway.services.clients.running == 2)
            await one.subscribe("b", ME)
            assert await one.refusal("b") == "TOO_MANY_CONCURRENT_OPERATIONS"
            assert code(await gateway.ask("gp", ME)) == "TOO_MANY_CONCURRENT_OPERATIONS"
            await other.say({"id": "a", "type": "complete"})
            await until(lambda: gateway.services.clients.running == 1)
            await one.subscribe("b", ME)
            assert (await one.hear())["type"] == "next"
        await until(lambda: gateway.services.clients.running == 0)


@pytest.mark.limit("EXECUTION_MAX_SECONDS")
async def test_an_answer_that_takes_too_long_is_not_waited_for(gateway: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """503 EXECUTION_TOO_SLOW without data."""
    monkeypatch.setattr("resolvers.limits.EXECUTION_MAX_SECONDS", 0.05)
    monkeypatch.setattr(gateway.services.ledger, "page", Held().page)
    response = await gateway.ask("kari", LOG)
    assert (response.status_code, code(response)) == (503, "EXECUTION_TOO_SLOW")
    assert gateway.services.clients.running == 0


@pytest.mark.limit("VALIDATION_MAX_ERRORS")
async def test_a_document_that_is_all_wrong_gets_a_few_errors(gateway: World) -> None:
    """After some of them one more says that there are others."""
    wrong = " ".join(f"nothing{place}" for place in range(50))
    response = await gateway.ask("gp", f"{{ me {{ {wrong} }} }}")
    assert response.status_code == 400
    assert len(response.json()["errors"]) == limits.VALIDATION_MAX_ERRORS + 1


@pytest.mark.limit("PAGE_SIZE_DEFAULT")
async def test_a_page_that_is_not_sized_has_the_usual_size(gateway: World) -> None:
    """With more than that in her log, Kari is given that many and told that there are more."""
    for _ in range(limits.PAGE_SIZE_DEFAULT + 1):
        await gateway.data("kari", "{ myCard { status } }")
    page = (await gateway.data("kari", "{ accessLog { edges { cursor } pageInfo { hasNextPage } } }"))["accessLog"]
    assert (len(page["edges"]), page["pageInfo"]["hasNextPage"]) == (limits.PAGE_SIZE_DEFAULT, True)


@pytest.mark.limit("DOCUMENT_CACHE_SIZE")
async def test_so_many_documents_are_kept(gateway: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one that was not asked for longest leaves first; it is still answered."""
    monkeypatch.setattr("resolvers.limits.DOCUMENT_CACHE_SIZE", 2)
    for name in ("A", "B", "A", "C", "B"):
        assert (await gateway.ask("gp", f"query {name} {ME}")).status_code == 200
    kept = [text for _, text in gateway.services.documents._kept]
    assert kept == [f"query C {ME}", f"query B {ME}"]


@pytest.mark.limit("STREAM_CHECK_SECONDS")
async def test_a_stream_on_which_nothing_happens_is_checked(gateway: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A block that nobody was told of ends it all the same."""
    monkeypatch.setattr("resolvers.limits.STREAM_CHECK_SECONDS", 0.2)
    number, services = gateway.number("kari"), gateway.services
    async with listening_gateway(services) as address, socket_of(gateway, address, "gp") as gp:
        await gp.follow("1", FOLLOW_HER, patient=number)
        await set_blocks(services.database, services.patient_keys, number, [block(None, BlockTarget.ALL)])
        assert await gp.end() == "ACCESS_BLOCKED_BY_PATIENT"
