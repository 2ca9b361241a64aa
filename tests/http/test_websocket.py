"""graphql-transport-ws, on a real socket: what a client can get wrong, and that nobody else suffers from it."""

import asyncio
import socket as sockets
from datetime import timedelta
from typing import Any

import orjson
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from resolvers import limits
from tests.streams import FOLLOW_HER, Socket, Writer, listeners, raw_socket, socket_of, until
from tests.world import NOW, World

ME = "{ me { role } }"


async def test_a_query_and_a_mutation_are_answered_and_completed(gateway: World, address: str) -> None:
    """One `next`, one `complete`, and the id is free again."""
    async with socket_of(gateway, address, "kari") as socket:
        for query in (ME, ME, "mutation { giveConsent { given } }"):
            await socket.subscribe("same id", query)
            answer = await socket.hear()
            assert (answer["type"], answer["id"]) == ("next", "same id")
            assert "errors" not in answer["payload"]
            assert await socket.hear() == {"id": "same id", "type": "complete"}


async def test_the_header_of_the_upgrade_signs_in_too(gateway: World, address: str) -> None:
    """For clients that can set it; null and absent payloads are no payload."""
    headers = {"authorization": f"Bearer {gateway.token('gp')}"}
    for init in ({"type": "connection_init"}, {"type": "connection_init", "payload": None}):
        async with raw_socket(address, additional_headers=headers) as socket:
            await socket.say(init)
            assert await socket.hear() == {"type": "connection_ack"}


async def test_a_ping_is_answered_before_and_after_signing_in(gateway: World, address: str) -> None:
    """With the payload it came with; a pong is taken silently."""
    async with raw_socket(address) as socket:
        await socket.say({"type": "ping"})
        assert await socket.hear() == {"type": "pong"}
    async with socket_of(gateway, address, "gp") as socket:
        await socket.say({"type": "pong"})
        await socket.say({"type": "ping", "payload": {"n": 1}})
        assert await socket.hear() == {"type": "pong", "payload": {"n": 1}}


SUBSCRIBE = {"id": "1", "type": "subscribe", "payload": {"query": ME}}


@pytest.mark.limit("SOCKET_ID_MAX_LENGTH")
@pytest.mark.parametrize(
    "message",
    [
        "", "{", "[]", "null", "7", '"text"', "true", "[" * 5000, '{"type": "ping"', "NaN",
        {}, {"type": None}, {"type": 7}, {"type": ["ping"]}, {"type": "start"}, {"type": "next", "id": "1"},
        {"type": "connection_ack"}, {"type": "ping", "payload": []}, {"type": "pong", "payload": "x"},
        {**SUBSCRIBE, "id": {}}, {**SUBSCRIBE, "id": ""}, {**SUBSCRIBE, "id": 1}, {**SUBSCRIBE, "id": None},
        {**SUBSCRIBE, "id": "x" * (limits.SOCKET_ID_MAX_LENGTH + 1)}, {"type": "subscribe", "payload": {"query": ME}},
        {"id": "1", "type": "subscribe"}, {**SUBSCRIBE, "payload": None}, {**SUBSCRIBE, "payload": []},
        {**SUBSCRIBE, "payload": "query"}, {**SUBSCRIBE, "payload": {}}, {**SUBSCRIBE, "payload": {"query": None}},
        {**SUBSCRIBE, "payload": {"query": {"x": 1}}}, {**SUBSCRIBE, "payload": {"query": ME, "variables": []}},
        {**SUBSCRIBE, "payload": {"query": ME, "variables": "{}"}},
        {**SUBSCRIBE, "payload": {"query": ME, "operationName": 3}},
        {**SUBSCRIBE, "payload": {"query": ME, "extensions": "x"}},
        {"type": "complete"}, {"type": "complete", "id": []}, b"\x00\x01",
    ],
    ids=lambda message: str(message)[:40],
)  # fmt: skip
async def test_what_is_no_message_closes_the_socket(gateway: World, address: str, message: Any) -> None:
    """4400, and the gateway goes on."""
    async with socket_of(gateway, address, "gp") as socket:
        if isinstance(message, bytes):
            await socket.connection.send(message)
        else:
            await socket.say(message)
        code, reason = await socket.closed()
        assert (code, reason[:16]) == (4400, "Invalid message:")
    async with socket_of(gateway, address, "gp") as socket:
        await socket.subscribe("1", ME)
        assert (await socket.hear())["payload"]["data"]["me"]["role"] == "GP"


@pytest.mark.parametrize(
    "message",
    [
        [], [{"type": "ping"}], None, 7, "ping", {"type": "subscribe", "id": {"a": 1}, "payload": {"query": ME}},
        {**SUBSCRIBE, "payload": None}, {**SUBSCRIBE, "id": ""}, {**SUBSCRIBE, "payload": {"query": ME, "variables": 7}},
    ],
    ids=lambda message: str(message)[:40],
)  # fmt: skip
async def test_what_is_no_message_closes_the_socket_before_signing_in_too(address: str, message: Any) -> None:
    """4400 as well, not 4401: it is no message whoever sends it."""
    async with raw_socket(address) as socket:
        await socket.say(orjson.dumps(message).decode())
        code, reason = await socket.closed()
        assert (code, reason[:16]) == (4400, "Invalid message:")


@pytest.mark.parametrize(
    "optional", [{"variables": None}, {"operationName": None}, {"extensions": None}, {"extensions": {"x": 1}}, {"x": 1}]
)
async def test_what_is_optional_may_be_null_or_unknown(gateway: World, address: str, optional: dict[str, Any]) -> None:
    """Null is the same as left out; members nobody knows are passed over."""
    async with socket_of(gateway, address, "gp") as socket:
        await socket.say({**SUBSCRIBE, "payload": {"query": ME, **optional}, "unknown": True})
        assert (await socket.hear())["payload"]["data"] == {"me": {"role": "GP"}}


async def test_a_bad_message_ends_what_runs_and_its_work(gateway: World, address: str, kari: Writer) -> None:
    """The protocol closes the socket at once; nothing of it goes on here, and another socket does not notice."""
    async with socket_of(gateway, address, "kari-gp") as other, socket_of(gateway, address, "gp") as socket:
        await other.follow("1", FOLLOW_HER, patient=kari.number)
        await socket.follow("1", FOLLOW_HER, patient=kari.number)
        await socket.say("[]")
        assert (await socket.closed())[0] == 4400
        await until(lambda: listeners(gateway.services, kari.patient_id) == 1)
        sequence = await kari.item()
        assert (await other.event())["sequence"] == sequence


@pytest.mark.parametrize("payload", [[], "Bearer x", 7, True])
async def test_an_init_with_a_strange_payload_closes_the_socket(address: str, payload: Any) -> None:
    """4400, not a crash."""
    async with raw_socket(address) as socket:
        await socket.say({"type": "connection_init", "payload": payload})
        assert (await socket.closed())[0] == 4400


@pytest.mark.parametrize(
    ("authorization", "reason"),
    [
        (None, "UNAUTHENTICATED"), ("", "INVALID_TOKEN"), ("Bearer", "INVALID_TOKEN"), ("Bearer x.y.z", "INVALID_TOKEN"),
        ("Basic eDp5", "INVALID_TOKEN"), ("DPoP x.y.z", "INVALID_TOKEN"), ({"Bearer": 1}, "INVALID_TOKEN"),
        (["Bearer x"], "INVALID_TOKEN"), ("Bearer ø.😀.z", "INVALID_TOKEN"),
    ],
)  # fmt: skip
async def test_without_a_good_token_nobody_comes_in(address: str, authorization: Any, reason: str) -> None:
    """4403 with the code the same would have over HTTP; and not a word of the token."""
    payload = {} if authorization is None else {"authorization": authorization}
    async with raw_socket(address) as socket:
        await socket.say({"type": "connection_init", "payload": payload})
        assert await socket.closed() == (4403, f"Forbidden: {reason}")


async def test_two_tokens_are_none(gateway: World, address: str) -> None:
    """Which of them counts is not guessed."""
    token = f"Bearer {gateway.token('gp')}"
    async with raw_socket(address) as socket:
        await socket.say({"type": "connection_init", "payload": {"authorization": token, "Authorization": token}})
        assert await socket.closed() == (4403, "Forbidden: INVALID_TOKEN")


async def test_nothing_is_run_before_signing_in(address: str) -> None:
    """4401."""
    async with raw_socket(address) as socket:
        await socket.say(SUBSCRIBE)
        assert await socket.closed() == (4401, "Unauthorized")


async def test_signing_in_twice_closes_the_socket(gateway: World, address: str) -> None:
    """4429, also when the second comes before the first is answered."""
    init = {"type": "connection_init", "payload": {"authorization": f"Bearer {gateway.token('gp')}"}}
    async with raw_socket(address) as socket:
        await socket.say(init)
        await socket.say(init)
        assert await socket.closed() == (4429, "Too many initialisation requests")


@pytest.mark.limit("SOCKET_INIT_MAX_SECONDS")
async def test_who_does_not_sign_in_in_time_is_let_go(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """4408; and pings do not put it off."""
    monkeypatch.setattr("resolvers.limits.SOCKET_INIT_MAX_SECONDS", 0.3)
    async with raw_socket(address) as socket:
        pinging = asyncio.create_task(ping_for_ever(socket))
        with pytest.raises(ConnectionClosed):
            await asyncio.wait_for(pinging, 3)
        assert await socket.closed() == (4408, "Connection initialisation timeout")


async def ping_for_ever(socket: Socket) -> None:
    while True:
        await socket.say({"type": "ping"})
        await asyncio.sleep(0.05)


async def test_a_socket_does_not_outlive_its_token_for_long(gateway: World, address: str) -> None:
    """4403, after a moment in which late operations are told why they do not begin."""
    async with socket_of(gateway, address, "gp") as socket:
        gateway.services.clock = lambda: NOW + timedelta(hours=1)
        await socket.say({"type": "ping"})
        await socket.hear()
        assert await socket.closed() == (4403, "Forbidden: TOKEN_EXPIRED")


async def test_an_id_in_use_closes_the_socket(gateway: World, address: str, kari: Writer) -> None:
    """4409, with the id."""
    async with socket_of(gateway, address, "gp") as socket:
        await socket.follow("a", FOLLOW_HER, patient=kari.number)
        await socket.subscribe("a", ME)
        assert await socket.closed() == (4409, "Subscriber for a already exists")


async def test_another_subprotocol_is_not_spoken(address: str) -> None:
    """4406 for the old one, another one and none."""
    for subprotocol in ("graphql-ws", "x-graphql-transport-ws", None):
        async with raw_socket(address, subprotocol) as socket:
            assert await socket.closed() == (4406, "Subprotocol not acceptable")


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("subscription {", "GRAPHQL_PARSE_FAILED"),
        ("", "GRAPHQL_PARSE_FAILED"),
        ("{ me { shoeSize } }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { cardChanged { sequence } }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { ...A } fragment A on Subscription { ...A }", "GRAPHQL_VALIDATION_FAILED"),
        ("query A { me { role } } query B { me { role } }", "OPERATION_NOT_FOUND"),
        ("query($x: Int!) { me { role @include(if: true) } cardStatus(patient: $x) { consentGiven } }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ " + " ".join(f"a{i}: me {{ role }}" for i in range(21)) + " }", "TOO_MANY_ROOT_FIELDS"),
        ("query($n: Int!) { caseload(first: $n) { pageInfo { hasNextPage } } }", "BAD_USER_INPUT"),
        ("{ me { role } } }", "GRAPHQL_PARSE_FAILED"),
    ],
)  # fmt: skip
async def test_a_wrong_operation_disturbs_no_other(
    gateway: World, address: str, kari: Writer, query: str, code: str
) -> None:
    """`error` for its id alone; its neighbour goes on."""
    async with socket_of(gateway, address, "gp") as socket:
        await socket.follow("good", FOLLOW_HER, patient=kari.number)
        await socket.subscribe("bad", query)
        assert await socket.refusal("bad") == code
        sequence = await kari.item()
        assert (await socket.event("good"))["sequence"] == sequence


async def test_a_subscription_whose_field_is_left_out_is_refused(gateway: World, address: str, kari: Writer) -> None:
    """There would be nothing to follow."""
    query = FOLLOW_HER.replace(
        "cardChanged(patient: $patient, after: $after)", "cardChanged(patient: $patient, after: $after) @skip(if: true)"
    )
    async with socket_of(gateway, address, "gp") as socket:
        await socket.subscribe("1", query, patient=kari.number)
        assert await socket.refusal() in ("BAD_USER_INPUT", "GRAPHQL_VALIDATION_FAILED")


async def test_a_token_that_does_not_cover_reading_follows_nothing(gateway: World, address: str, kari: Writer) -> None:
    """INSUFFICIENT_SCOPE, noted in her log as any other refusal."""
    async with socket_of(gateway, address, "gp", scope=["nhn:maternity-gateway/status"]) as socket:
        await socket.subscribe("1", FOLLOW_HER, patient=kari.number)
        assert await socket.refusal() == "INSUFFICIENT_SCOPE"
    assert (await gateway.ledger_entries("kari"))[-1]["refusal"] == "INSUFFICIENT_SCOPE"


async def test_complete_ends_a_subscription_without_a_word(gateway: World, address: str, kari: Writer) -> None:
    """Nothing more is sent, the id is free, and an id that is not known is nothing wrong."""
    async with socket_of(gateway, address, "gp") as socket:
        await socket.follow("1", FOLLOW_HER, patient=kari.number)
        for id_ in ("1", "1", "never heard of"):
            await socket.say({"type": "complete", "id": id_})
        await kari.item()
        await socket.hears_nothing()
        await socket.subscribe("1", ME)
        assert (await socket.hear())["payload"]["data"]["me"]["role"] == "GP"
    await until(lambda: listeners(gateway.services, kari.patient_id) == 0)


async def test_a_client_that_goes_leaves_nothing_behind(gateway: World, address: str, kari: Writer) -> None:
    """Closed or torn off: its subscriptions end with it."""
    for tear_off in (False, True):
        async with socket_of(gateway, address, "gp") as socket:
            for id_ in "abc":
                await socket.follow(id_, FOLLOW_HER, patient=kari.number)
            if tear_off:
                socket.connection.transport.abort()
        await until(lambda: listeners(gateway.services, kari.patient_id) == 0)


async def test_a_mutation_is_let_finish_when_the_client_wants_no_answer(gateway: World, address: str) -> None:
    """What is begun is done and written down, though nobody waits for it."""
    async with socket_of(gateway, address, "kari") as socket:
        held = gateway.services.database.transaction()  # which the mutation has to wait for
        async with held:
            await socket.subscribe("1", "mutation { withdrawConsent { cardsDeleted } }")
            await asyncio.sleep(0.2)
            await socket.say({"type": "complete", "id": "1"})
            await socket.subscribe("2", ME)
            assert {(await socket.hear())["id"] for _ in range(2)} == {"2"}
        await asyncio.sleep(0.5)
    withdrawn = [entry for entry in await gateway.ledger_entries("kari") if "consent.WITHDRAWN" in entry["written"]]
    assert len(withdrawn) == 1


# Limits.


@pytest.mark.limit("SOCKET_OPERATIONS_MAX")
async def test_a_socket_runs_so_many_operations_and_no_more(
    gateway: World, address: str, kari: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One more is refused, the others go on."""
    monkeypatch.setattr("resolvers.limits.SOCKET_OPERATIONS_MAX", 2)
    async with socket_of(gateway, address, "gp") as socket:
        for id_ in "ab":
            await socket.follow(id_, FOLLOW_HER, patient=kari.number)
        await socket.subscribe("c", ME)
        assert await socket.refusal("c") == "TOO_MANY_OPERATIONS"
        await kari.item()
        assert {(await socket.hear())["id"] for _ in "ab"} == {"a", "b"}


@pytest.mark.limit("STREAMS_MAX")
async def test_a_process_has_so_many_places_for_sockets(
    gateway: World, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next is refused before the upgrade; a place that is left is free again."""
    monkeypatch.setattr("resolvers.limits.STREAMS_MAX", 1)
    async with socket_of(gateway, address, "gp"):
        with pytest.raises(InvalidStatus) as refused:
            async with raw_socket(address):
                pass
        assert refused.value.response.status_code == 503
        assert b"TOO_MANY_STREAMS" in refused.value.response.body
    await asyncio.sleep(0.1)
    async with socket_of(gateway, address, "gp"):
        pass


@pytest.mark.limit("SOCKET_MESSAGE_MAX_BYTES")
async def test_a_message_that_is_too_big_closes_the_socket(gateway: World, address: str) -> None:
    """1009, as WebSocket has it."""
    async with socket_of(gateway, address, "gp") as socket:
        await socket.subscribe("1", " " * limits.SOCKET_MESSAGE_MAX_BYTES)
        assert (await socket.closed())[0] == 1009


@pytest.mark.limit("STREAM_SEND_MAX_SECONDS")
async def test_a_consumer_that_never_reads_is_let_go_and_nobody_suffers(
    gateway: World, address: str, kari: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it does not take is not made: events stop being looked up, and its socket is closed; another hears all."""
    monkeypatch.setattr("resolvers.limits.STREAM_SEND_MAX_SECONDS", 1.0)
    written = [await kari.item(announce=False) for _ in range(150)]
    before = len(await gateway.ledger_entries("kari"))
    async with socket_of(gateway, address, "kari-gp") as reader, deaf(gateway, address, kari) as silent:
        await reader.subscribe("1", FOLLOW_HER, patient=kari.number, after=str(int(written[0]) - 1))
        assert [(await reader.event())["sequence"] for _ in written] == written
        await until(lambda: listeners(gateway.services, kari.patient_id) == 1, 10)
        sequence = await kari.item()
        assert (await reader.event())["sequence"] == sequence
        assert silent is not None
    made = len(await gateway.ledger_entries("kari")) - before
    asked_for = (limits.SOCKET_OPERATIONS_MAX + 1) * len(written)
    assert made < asked_for * 2 / 3, "events were made that nobody took"


class deaf:
    """A client that follows with twenty big selections and reads nothing, with as little room as its system allows."""

    def __init__(self, gateway: World, address: str, writer: Writer) -> None:
        self.gateway, self.writer = gateway, writer
        self.host, _, self.port = address.partition(":")

    async def __aenter__(self) -> "deaf":
        made = sockets.socket()
        made.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4096)
        made.connect((self.host, int(self.port)))
        made.setblocking(False)
        self.connecting = raw_socket(f"{self.host}:{self.port}", sock=made, max_queue=1)
        self.socket = Socket((await self.connecting.__aenter__()).connection)
        token = self.gateway.token("gp")
        await self.socket.say({"type": "connection_init", "payload": {"authorization": f"Bearer {token}"}})
        assert await self.socket.hear() == {"type": "connection_ack"}
        self.socket.connection.transport.pause_reading()
        aliases = " ".join(f"x{place}: by {{ name }}" for place in range(90))
        query = FOLLOW_HER.replace("by { name }", aliases)
        for place in range(limits.SOCKET_OPERATIONS_MAX):
            await self.socket.subscribe(str(place), query, patient=self.writer.number, after="0")
        return self

    async def __aexit__(self, *_: Any) -> None:
        self.socket.connection.transport.abort()
        await self.connecting.__aexit__(None, None, None)


async def test_nothing_of_a_token_or_a_number_is_logged(
    gateway: World, address: str, kari: Writer, capsys: pytest.CaptureFixture[str]
) -> None:
    """Codes and counts only."""
    token = gateway.token("gp")
    async with raw_socket(address) as socket:
        await socket.say({"type": "connection_init", "payload": {"authorization": f"Bearer {token}x"}})
        await socket.closed()
    async with socket_of(gateway, address, "gp") as socket:
        await socket.subscribe("1", FOLLOW_HER, patient=gateway.number("liv"))
        assert await socket.refusal() == "CONSENT_MISSING"
        await socket.say(orjson.dumps({"type": token}).decode())
        await socket.closed()
    logged = capsys.readouterr()
    for secret in (token[:40], gateway.number("liv"), kari.number):
        assert secret not in logged.out + logged.err
