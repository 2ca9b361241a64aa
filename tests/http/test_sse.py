"""GraphQL over server-sent events, on a real connection."""

import asyncio
import re
import socket as sockets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from tests.canaries import WATCH
from tests.streams import CHANGE, FOLLOW_HER, SOON, Writer, listeners, until
from tests.world import World

ME = "{ me { role } }"


class Events:
    """The events of a stream as they come, blocks of lines between empty ones."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self._chunks = response.aiter_bytes()
        self._held = b""

    async def block(self) -> bytes:
        async with asyncio.timeout(SOON):
            while b"\n\n" not in self._held:
                self._held += await anext(self._chunks)
        block, _, self._held = self._held.partition(b"\n\n")
        assert b"\r" not in block
        return block

    async def next(self) -> dict[str, Any]:
        event, data = (await self.block()).split(b"\n")
        assert event == b"event: next"
        found: dict[str, Any] = orjson.loads(data.removeprefix(b"data: "))
        WATCH.look_into_errors(found)
        return found

    async def completes(self) -> None:
        """`complete`, and then the end of the answer."""
        assert await self.block() == b"event: complete\ndata:"
        async with asyncio.timeout(SOON):
            with pytest.raises(StopAsyncIteration):
                await anext(self._chunks)


@asynccontextmanager
async def streamed(
    gateway: World, address: str, persona: str, query: Any, *, accept: str = "text/event-stream", **variables: Any
) -> AsyncIterator[Events]:
    headers = {"authorization": f"Bearer {gateway.token(persona)}", "accept": accept}
    async with (
        httpx.AsyncClient(base_url=f"http://{address}", timeout=SOON) as client,
        client.stream("POST", "/graphql", json={"query": query, "variables": variables}, headers=headers) as response,
    ):
        yield Events(response)


async def test_a_change_is_told_as_an_event(gateway: World, address: str, kari: Writer) -> None:
    """Live and resumed, and the end is an error and `complete`."""
    first = await kari.item(announce=False)
    second = await kari.item(announce=False)
    async with streamed(gateway, address, "gp", FOLLOW_HER, patient=kari.number, after=first) as events:
        assert events.response.status_code == 200
        assert events.response.headers["content-type"].split(";")[0] == "text/event-stream"
        assert events.response.headers["cache-control"] == "no-store"
        third = await kari.item()
        assert [(await events.next())["data"]["cardChanged"]["sequence"] for _ in range(2)] == [second, third]
        await gateway.data("kari", "mutation { withdrawConsent { cardsDeleted } }")
        last = await events.next()
        assert (last["data"], last["errors"][0]["extensions"]["code"]) == (None, "CONSENT_MISSING")
        await events.completes()


@pytest.mark.parametrize(
    ("query", "told"),
    [
        (ME, {"me": {"role": "GP"}}),
        ("{ me {", "GRAPHQL_PARSE_FAILED"),
        ("subscription { cardChanged { sequence } }", "GRAPHQL_VALIDATION_FAILED"),
    ],
)
async def test_one_answer_is_one_event(gateway: World, address: str, query: str, told: Any) -> None:
    """A query, and an operation that cannot be run, are told once and completed."""
    async with streamed(gateway, address, "gp", query) as events:
        answer = await events.next()
        assert answer.get("data") == told or answer["errors"][0]["extensions"]["code"] == told
        await events.completes()


@pytest.mark.parametrize("accept", ["text/event-stream, application/json", "application/json, text/event-stream;q=0.5"])
async def test_who_takes_json_as_well_gets_json_for_what_is_answered_at_once(
    gateway: World, address: str, kari: Writer, accept: str
) -> None:
    """A query, a mutation and a refusal at once; a subscription, which has no other form, as events."""
    for query, told in ((ME, "GP"), ("{ me {", "GRAPHQL_PARSE_FAILED")):
        async with streamed(gateway, address, "gp", query, accept=accept) as answer:
            assert answer.response.headers["content-type"] == "application/json; charset=utf-8"
            assert told in str(orjson.loads(await answer.response.aread()))
    async with streamed(gateway, address, "gp", FOLLOW_HER, accept=accept, patient=kari.number) as events:
        assert events.response.headers["content-type"] == "text/event-stream; charset=utf-8"
        await until(lambda: listeners(gateway.services, kari.patient_id) == 1)
        sequence = await kari.item()
        assert (await events.next())["data"]["cardChanged"]["sequence"] == sequence


async def test_a_mutation_goes_over_events_as_well(gateway: World, address: str) -> None:
    """Done once, told once, completed; for a client that takes nothing else."""
    async with streamed(gateway, address, "kari", "mutation { withdrawConsent { cardsDeleted } }") as events:
        assert (await events.next())["data"]["withdrawConsent"]["cardsDeleted"] == 1
        await events.completes()
    withdrawn = [entry for entry in await gateway.ledger_entries("kari") if "consent.WITHDRAWN" in entry["written"]]
    assert len(withdrawn) == 1


async def test_who_likes_events_better_gets_events(gateway: World, address: str) -> None:
    """Better by quality; then a query is told as one event."""
    accept = "application/json;q=0.5, text/event-stream"
    async with streamed(gateway, address, "gp", ME, accept=accept) as events:
        assert (await events.next())["data"] == {"me": {"role": "GP"}}
        await events.completes()


async def test_an_initial_refusal_is_told(gateway: World, address: str) -> None:
    """It is an error and the end, not an empty stream."""
    async with streamed(gateway, address, "gp", FOLLOW_HER, patient=gateway.number("liv")) as events:
        assert (await events.next())["errors"][0]["extensions"]["code"] == "CONSENT_MISSING"
        await events.completes()


async def test_who_is_not_let_in_gets_the_status_that_http_has_for_it(gateway: World, address: str) -> None:
    """401, 415 and 400 come before there is a stream."""
    accept = {"accept": "text/event-stream"}
    token = {"authorization": f"Bearer {gateway.token('gp')}"}
    async with httpx.AsyncClient(base_url=f"http://{address}") as client:
        assert (await client.post("/graphql", json={"query": ME}, headers=accept)).status_code == 401
        assert (await client.post("/graphql", content="x", headers=accept | token)).status_code == 415
        assert (await client.post("/graphql", json=[], headers=accept | token)).status_code == 400


async def test_the_command_of_the_readme_follows_a_card(gateway: World, address: str, kari: Writer) -> None:
    """The README's curl, as Kari, tells what happens."""
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    found = re.search(r"text/event-stream.*?-d '(.*?)'", readme, re.DOTALL)
    assert found is not None
    async with streamed(gateway, address, "kari", orjson.loads(found[1])["query"]) as events:
        await until(lambda: listeners(gateway.services, kari.patient_id) == 1)
        sequence = await kari.item()
        assert (await events.next())["data"]["cardChanged"]["sequence"] == sequence


@pytest.mark.limit("STREAM_HEARTBEAT_SECONDS")
async def test_a_comment_keeps_the_connection_open(
    gateway: World, address: str, kari: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Proxies let go of a connection on which nothing is said."""
    monkeypatch.setattr("resolvers.limits.STREAM_HEARTBEAT_SECONDS", 0.05)
    async with streamed(gateway, address, "gp", FOLLOW_HER, patient=kari.number) as events:
        assert [await events.block() for _ in range(3)] == [b":"] * 3
        await kari.item()
        block = await events.block()
        while block == b":":
            block = await events.block()
        assert block.startswith(b"event: next\ndata: {")


async def test_a_client_that_goes_leaves_nothing_behind(gateway: World, address: str, kari: Writer) -> None:
    """The subscription ends with its connection, and its place is free again."""
    async with streamed(gateway, address, "gp", FOLLOW_HER, patient=kari.number):
        await until(lambda: listeners(gateway.services, kari.patient_id) == 1)
    await until(lambda: listeners(gateway.services, kari.patient_id) == 0)


async def test_there_are_so_many_places_for_streams(
    gateway: World, address: str, kari: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One more is answered with 503, as an ordinary error."""
    monkeypatch.setattr("resolvers.limits.STREAMS_MAX", 1)
    async with streamed(gateway, address, "gp", FOLLOW_HER, patient=kari.number):
        async with streamed(gateway, address, "gp", ME) as refused:
            assert refused.response.status_code == 503
            body = orjson.loads(await refused.response.aread())
            assert body["errors"][0]["extensions"]["code"] == "TOO_MANY_STREAMS"
        assert (await gateway.data("gp", ME))["me"]["role"] == "GP"


async def test_a_consumer_that_never_reads_is_let_go(
    gateway: World, address: str, kari: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its events are not made, and its subscription ends."""
    monkeypatch.setattr("resolvers.limits.STREAM_SEND_MAX_SECONDS", 1.0)
    record_id = await kari.record_id()
    row = {"record_id": record_id, "what": "ITEM_RECORDED", "kind": "antenatal_visits", "at": gateway.services.clock()}
    rows = [{**row, "patient_id": kari.patient_id}] * 3_000
    async with gateway.services.database.transaction() as connection:
        await connection.execute(CHANGE.insert(), rows)
    aliases = " ".join(f"x{place}: what" for place in range(95))
    query = FOLLOW_HER.replace("by { name }", aliases)
    body = orjson.dumps({"query": query, "variables": {"patient": kari.number, "after": "0"}})
    head = (
        f"POST /graphql HTTP/1.1\r\nhost: x\r\naccept: text/event-stream\r\ncontent-type: application/json\r\n"
        f"authorization: Bearer {gateway.token('gp')}\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    host, _, port = address.partition(":")
    deaf = sockets.socket()
    deaf.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4096)
    deaf.connect((host, int(port)))
    before = len(await gateway.ledger_entries("kari"))
    deaf.sendall(head.encode() + body)
    await until(lambda: listeners(gateway.services, kari.patient_id) == 1)
    await until(lambda: listeners(gateway.services, kari.patient_id) == 0, 30)
    assert len(await gateway.ledger_entries("kari")) - before < len(rows)
    deaf.close()
