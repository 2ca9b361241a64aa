"""Following a card: who is told what, that nothing is lost or told twice, and when it ends."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text

from app.domain.record import Block, BlockTarget
from app.services import make_services
from tests.streams import (
    FOLLOW_HER,
    FOLLOW_MINE,
    SINCE,
    Socket,
    Stopwatch,
    Writer,
    socket_of,
)
from tests.world import NOW, World

ENDS_WITHIN_SECONDS = 1.0


def block(section: str | None, target_id: str | None = None, **more: object) -> Block:
    target = BlockTarget.PERSON if target_id else BlockTarget.ALL
    values = {"starts_at": NOW - timedelta(days=1), "ends_at": None, **more}
    return Block(
        block_id="6f0b0f2e-0000-4000-8000-00000000000a", section=section, target=target, target_id=target_id,
        include_subunits=False, override_code="5", **values,  # type: ignore[arg-type]
    )  # fmt: skip


async def test_a_change_by_another_is_told_to_whoever_follows(world: World, address: str, kari: Writer) -> None:
    """Her GP and she herself hear what happened to which item, by whom, and each event stands in the ledger."""
    async with socket_of(world, address, "gp") as gp, socket_of(world, address, "kari") as herself:
        await gp.follow("1", FOLLOW_HER, patient=kari.number)
        await herself.follow("1", FOLLOW_MINE)
        before = len(await world.ledger_entries("kari"))
        sequence = await kari.item()
        expected = {"sequence": sequence, "what": "ITEM_RECORDED", "section": "antenatalVisits"}
        told = await gp.event()
        assert told == {**expected, "itemId": "item-1", "version": 1, "by": {"name": "Prøvesen, Lege"}}
        assert await herself.event() == {**expected, "by": {"name": "Prøvesen, Lege"}}
        noted = (await world.ledger_entries("kari"))[before:]
        who = ["provenance.lastUpdatedBy", "provenance.lastUpdatedBy.name"]
        assert [entry["released"] for entry in noted] == [["cardChanged", *who]] * 2
        assert {entry["role"] for entry in noted} == {"GP", "CITIZEN"}
        assert {entry["operation_kind"] for entry in noted} == {"subscription"}


async def test_opening_a_stream_is_written_down(world: World, address: str, kari: Writer) -> None:
    """Who follows her stands in her log from the start, allowed or refused."""
    async with socket_of(world, address, "gp") as gp:
        await gp.follow("1", FOLLOW_HER, patient=kari.number)
        assert (await world.ledger_entries("kari"))[-1]["outcome"] == "ALLOWED"
    async with socket_of(world, address, "gp") as gp:
        await gp.subscribe("1", FOLLOW_HER, patient=world.number("liv"))
        assert await gp.refusal("1") == "CONSENT_MISSING"
        assert (await world.ledger_entries("liv"))[-1]["outcome"] == "REFUSED"


async def test_a_stream_is_resumed_without_loss_or_repetition(world: World, address: str, kari: Writer) -> None:
    """After a sequence come all that follow, those written while nobody listened included, each once and in order."""
    first = await kari.item()
    missed = [await kari.item(announce=False) for _ in range(5)]
    async with socket_of(world, address, "gp") as gp:
        await gp.subscribe("1", FOLLOW_HER, patient=kari.number, after=first)
        live = [asyncio.create_task(kari.item()) for _ in range(5)]
        written = missed + sorted(await asyncio.gather(*live), key=int)
        assert [(await gp.event())["sequence"] for _ in written] == written
        await gp.hears_nothing()


@pytest.mark.limit("CHANGES_AT_ONCE")
async def test_many_pages_are_told_whole(
    world: World, address: str, kari: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is read some at a time is told all the same."""
    monkeypatch.setattr("resolvers.limits.CHANGES_AT_ONCE", 2)
    written = [await kari.item(announce=False) for _ in range(7)]
    async with socket_of(world, address, "gp") as gp:
        await gp.subscribe("1", FOLLOW_HER, patient=kari.number, after="0")
        told = [await gp.event()]
        while told[-1]["sequence"] != written[-1]:
            told.append(await gp.event())
        assert [event["sequence"] for event in told][-7:] == written
    page = (await world.data("gp", SINCE, patient=kari.number, first=100))["changesSince"]
    assert [change["sequence"] for change in page["changes"]][-7:] == written


async def test_without_a_sequence_only_what_happens_from_now_on_is_told(
    world: World, address: str, kari: Writer
) -> None:
    """The past is asked for on purpose."""
    await kari.item()
    async with socket_of(world, address, "gp") as gp:
        await gp.follow("1", FOLLOW_HER, patient=kari.number)
        assert (await gp_told(gp, kari)) == ["ITEM_RECORDED"]


async def gp_told(gp: Socket, writer: Writer) -> list[str]:
    """What is told up to and with one more ordinary change."""
    last = await writer.item()
    told = [await gp.event()]
    while told[-1]["sequence"] != last:
        told.append(await gp.event())
    return [event["what"] for event in told]


async def test_a_lost_announcement_is_caught_up_with(world: World, address: str, kari: Writer) -> None:
    """A process that dies between commit and announcement keeps nobody waiting."""
    async with socket_of(world, address, "gp") as gp:
        await gp.follow("1", FOLLOW_HER, patient=kari.number)
        sequence, watch = await kari.item(announce=False), Stopwatch()
        assert (await gp.event())["sequence"] == sequence
        assert watch.seconds < ENDS_WITHIN_SECONDS


async def test_another_process_is_heard(
    world: World, address: str, kari: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What another process writes on the same store is told here; on PostgreSQL without having to look."""
    if not world.services.database.is_sqlite:
        monkeypatch.setattr("data.change_feed.WATCH_EVERY_SECONDS", 60)
    others = make_services(world.services.settings, clock=lambda: NOW)
    await others.start()
    try:
        async with socket_of(world, address, "gp") as gp:
            await gp.follow("1", FOLLOW_HER, patient=kari.number)
            watch = Stopwatch()
            sequence = await Writer(others, kari.number).item()
            assert (await gp.event())["sequence"] == sequence
            assert watch.seconds < ENDS_WITHIN_SECONDS
            await gp.hears_nothing()
    finally:
        await others.close()


@pytest.mark.parametrize("world", ["postgresql"], indirect=True)
async def test_a_killed_listening_connection_is_made_again(
    world: World, address: str, kari: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever was said meanwhile is caught up with, and afterwards notifications arrive again."""
    monkeypatch.setattr("data.change_feed.WATCH_EVERY_SECONDS", 60)
    others = make_services(world.services.settings, clock=lambda: NOW)
    await others.start()
    try:
        async with socket_of(world, address, "gp") as gp:
            await gp.follow("1", FOLLOW_HER, patient=kari.number)
            assert await kill_listeners(world) == 2
            sequence = await Writer(others, kari.number).item()  # nobody hears this
            assert (await gp.event())["sequence"] == sequence
            await asyncio.sleep(0.6)
            sequence = await Writer(others, kari.number).item()
            assert (await gp.event())["sequence"] == sequence
            await gp.hears_nothing()
    finally:
        await others.close()


LISTENERS = (
    "datname = current_database() AND (query ILIKE 'LISTEN%' OR query ILIKE '%pg_notify%') AND pid <> pg_backend_pid()"
)


async def kill_listeners(world: World) -> int:
    async with world.services.database.connection() as connection:
        query = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {LISTENERS}"
        return len((await connection.execute(text(query))).all())


# When it ends.


async def test_what_is_between_her_and_her_access_is_told_to_her_only(world: World, address: str, kari: Writer) -> None:
    """Blocks, elevations and a withdrawal of long ago: a clinician hears nothing, and sees no trace in numbers."""
    secrets = ("ACCESS_CHANGED", "ACCESS_ELEVATED", "CONSENT_WITHDRAWN")
    async with socket_of(world, address, "gp") as gp, socket_of(world, address, "kari") as herself:
        await gp.follow("1", FOLLOW_HER, patient=kari.number)
        await herself.follow("1", FOLLOW_MINE)
        before = (await world.data("gp", SINCE, patient=kari.number))["changesSince"]
        for what in (*secrets, "PERSON_STATUS_CHANGED"):
            await kari.write(what, record_id=None)
        assert [(await herself.event())["what"] for _ in secrets] == list(secrets)
        await gp.hears_nothing()
        assert (await world.data("gp", SINCE, patient=kari.number))["changesSince"] == before
        assert await gp_told(gp, kari) == ["ITEM_RECORDED"]
        assert (await herself.event())["what"] == "ITEM_RECORDED"


async def test_a_section_that_is_not_read_is_not_told_of(world: World, address: str, kari: Writer) -> None:
    """The public-health nurse and the imaging unit hear of what they read and of nothing else."""
    kinds = ("lifestyle_factors", "laboratory_results", "medication", "antenatal_visits", "ultrasound_examinations")
    readable = {}
    for persona in ("nurse", "imaging", "gp"):
        query = "query($patient: NationalIdentityNumber!) { card(patient: $patient) { %s withheld { path } } }"
        fields = " ".join(f"{camel} {{ provenance {{ itemId }} }}" for camel in map(camel_of, kinds))
        card = (await world.data(persona, query % fields, patient=kari.number))["card"]
        closed = {entry["path"] for entry in card["withheld"] if "." not in entry["path"]}
        readable[persona] = [kind for kind in kinds if camel_of(kind) not in closed]
    assert len(readable["gp"]) == len(kinds) > len(readable["imaging"])
    async with socket_of(world, address, "nurse") as nurse, socket_of(world, address, "imaging") as imaging:
        for socket in (nurse, imaging):
            await socket.follow("1", FOLLOW_HER, patient=kari.number)
        for kind in kinds:
            await kari.item(kind)
        for socket, persona in ((nurse, "nurse"), (imaging, "imaging")):
            told = [(await socket.event())["section"] for _ in readable[persona]]
            assert told == [camel_of(kind) for kind in readable[persona]]
            await socket.hears_nothing()


def camel_of(kind: str) -> str:
    from app.domain.card.declaration import camel

    return camel(kind)


async def test_a_blocked_section_is_not_told_of(world: World, address: str, kari: Writer) -> None:
    """A section she has closed to everybody changes in silence, for all but herself."""
    await kari.block(block("medical_conditions"))
    async with socket_of(world, address, "gp") as gp, socket_of(world, address, "kari") as herself:
        await gp.follow("1", FOLLOW_HER, patient=kari.number)
        await herself.follow("1", FOLLOW_MINE)
        await kari.item("medical_conditions", "ITEM_CORRECTED")
        await kari.item("medical_conditions", "CORRECTION_REQUESTED")
        assert await gp_told(gp, kari) == ["ITEM_RECORDED"]
        told = [(await herself.event())["what"] for _ in range(3)]
        assert told == ["ITEM_CORRECTED", "CORRECTION_REQUESTED", "ITEM_RECORDED"]
    page = (await world.data("gp", SINCE, patient=kari.number))["changesSince"]
    assert "medicalConditions" not in [change["section"] for change in page["changes"]]


async def test_a_request_for_correction_is_told_to_whoever_reads_the_section_whole(
    world: World, address: str, kari: Writer
) -> None:
    """The GP hears of it; the nurse, who reads the section in part, does not."""
    async with socket_of(world, address, "gp") as gp, socket_of(world, address, "nurse") as nurse:
        for socket in (gp, nurse):
            await socket.follow("1", FOLLOW_HER, patient=kari.number)
        await kari.item("mother", "CORRECTION_REQUESTED")
        await kari.item("mother", "ITEM_CORRECTED")
        assert [(await gp.event())["what"] for _ in range(2)] == ["CORRECTION_REQUESTED", "ITEM_CORRECTED"]
        assert (await nurse.event())["what"] == "ITEM_CORRECTED"
        await nurse.hears_nothing()


async def test_an_earlier_card_is_not_told_of_with_the_active_one(world: World, kari: Writer) -> None:
    """An earlier pregnancy is opened on purpose; she herself reads all that is hers."""
    earlier = "eeeeeeee-0000-4000-8000-000000000001"
    sequences = [await kari.item(record_id=earlier), await kari.write("RECORD_CLOSED", record_id=earlier)]
    told = (await world.data("gp", SINCE, patient=kari.number))["changesSince"]
    assert not set(sequences) & {change["sequence"] for change in told["changes"]}
    hers = await world.data("kari", "{ changesSince { changes { sequence } } }")
    assert set(sequences) <= {change["sequence"] for change in hers["changesSince"]["changes"]}


async def test_kinds_of_caller_who_may_not_follow_have_no_subscription(world: World) -> None:
    """There is none in their schema, nor the query beside it."""
    for persona in ("secretary", "ehr", "auditor", "evaluator"):
        schema = await world.data(persona, "{ __schema { subscriptionType { name } types { name } } }")
        assert schema["__schema"]["subscriptionType"] is None
        assert "CardChange" not in {type_["name"] for type_ in schema["__schema"]["types"]}


async def test_a_sequence_that_is_none_is_said_so(world: World, address: str, kari: Writer) -> None:
    """BAD_USER_INPUT, in the query and in the subscription."""
    async with socket_of(world, address, "gp") as gp:
        for after in ("", "-1", "1.5", "abc", "٣", "9" * 40):
            await gp.subscribe("1", FOLLOW_HER, patient=kari.number, after=after)
            assert await gp.refusal() == "BAD_USER_INPUT"
            errors = (await world.ask("gp", SINCE, patient=kari.number, after=after)).json()["errors"]
            assert errors[0]["extensions"]["code"] == "BAD_USER_INPUT"


# The same as a query.


async def test_changes_are_paged_and_gone_on_with(world: World, kari: Writer) -> None:
    """`latest` goes into the next `after` until there is no more; then it stays where it is."""
    start = (await world.data("gp", SINCE, patient=kari.number, first=100))["changesSince"]["latest"]
    written = [await kari.item() for _ in range(5)]
    found, after, more = [], start, True
    while more:
        page = (await world.data("gp", SINCE, patient=kari.number, after=after, first=2))["changesSince"]
        found += [change["sequence"] for change in page["changes"]]
        after, more = page["latest"], page["hasMore"]
    assert found == written
    rest = (await world.data("gp", SINCE, patient=kari.number, after=after))["changesSince"]
    assert rest == {"changes": [], "hasMore": False, "latest": after}
    assert (await world.ledger_entries("kari"))[-1]["released"] == ["changesSince"]


async def test_changes_are_refused_as_the_card_is(world: World) -> None:
    """No consent, no card, no changes."""
    body = (await world.ask("gp", SINCE, patient=world.number("liv"))).json()
    assert body["data"] == {"changesSince": None}
    assert body["errors"][0]["extensions"]["code"] == "CONSENT_MISSING"
