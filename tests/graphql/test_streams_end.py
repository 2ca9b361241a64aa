"""Following a card ends: with her consent, by her block, in time, with the card, and without the ledger."""

import time
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from app.domain.elevations import AccessBasis, ElevatedAccess
from app.domain.record import Protection
from data.patients import set_person_status
from data.rows import elevations_text
from data.synthetic.organisations import STAFF
from tests.access.choosing import ILLNESSES, elevate, in_session, send
from tests.graphql.test_change_feed import ENDS_WITHIN_SECONDS, block, gp_told
from tests.streams import (
    FOLLOW_HER,
    FOLLOW_MINE,
    PATIENT,
    Stopwatch,
    Writer,
    socket_of,
)
from tests.world import NOW, World


async def test_withdrawal_ends_every_stream_about_her(world: World, address: str, kari: Writer) -> None:
    """Her own and her clinicians', within a second, with the code that the card itself would be refused with."""
    async with socket_of(world, address, "gp") as gp, socket_of(world, address, "kari") as herself:
        await gp.follow("1", FOLLOW_HER, patient=kari.number)
        await herself.follow("1", FOLLOW_MINE)
        await world.data("kari", "mutation { withdrawConsent { cardsDeleted } }")
        watch = Stopwatch()
        assert [await gp.end(), await herself.end()] == ["CONSENT_MISSING"] * 2
        assert watch.seconds < ENDS_WITHIN_SECONDS
        refused = [entry for entry in await world.ledger_entries("kari") if entry["outcome"] == "REFUSED"]
        assert {entry["refusal"] for entry in refused} == {"CONSENT_MISSING"}


async def test_a_block_ends_the_stream_of_whom_it_keeps_out(world: World, address: str, kari: Writer) -> None:
    """The blocked GP's ends; the midwife goes on, and is not told that anything happened."""
    async with socket_of(world, address, "gp") as gp, socket_of(world, address, "midwife") as midwife:
        for socket in (gp, midwife):
            await socket.follow("1", FOLLOW_HER, patient=kari.number)
        watch = Stopwatch()
        await kari.block(block(None, STAFF["gp"].hpr_number))
        assert await gp.end() == "ACCESS_BLOCKED_BY_PATIENT"
        assert watch.seconds < ENDS_WITHIN_SECONDS
        await midwife.hears_nothing()
        sequence = await kari.item()
        assert (await midwife.event())["sequence"] == sequence


async def test_a_block_by_a_clock_that_is_ahead_ends_the_stream_at_once(
    world: World, address: str, kari: Writer
) -> None:
    """Another process's clock may be; she has placed it, so it holds."""
    async with socket_of(world, address, "gp") as gp:
        await gp.follow("1", FOLLOW_HER, patient=kari.number)
        watch = Stopwatch()
        await kari.block(block(None, STAFF["gp"].hpr_number, starts_at=NOW + timedelta(hours=1)))
        assert await gp.end() == "ACCESS_BLOCKED_BY_PATIENT"
        assert watch.seconds < ENDS_WITHIN_SECONDS


async def test_an_elevation_that_runs_out_ends_the_stream_then(world: World, address: str, kari: Writer) -> None:
    """What was opened in an emergency is followed as long as it is open, and not a second longer."""
    gp = STAFF["gp"]
    await kari.block(block(None, gp.hpr_number))
    elevation = ElevatedAccess(
        elevation_id="6f0b0f2e-0000-4000-8000-0000000000ee", hpr_number=str(gp.hpr_number),
        organisation_number=gp.unit.number, session_id="one session", access_basis=AccessBasis.FORHOYET_AKUTT,
        reason_code="4", starts_at=NOW, ends_at=NOW + timedelta(seconds=3),
    )  # fmt: skip
    async with world.services.database.transaction() as connection:
        values = {"elevations": elevations_text([elevation])}
        await connection.execute(update(PATIENT).where(PATIENT.c.patient_id == kari.patient_id).values(values))
    began = time.monotonic()
    world.services.clock = lambda: NOW + timedelta(seconds=time.monotonic() - began)
    async with socket_of(world, address, "gp", purpose="ETREAT", sid="one session") as elevated:
        await elevated.follow("1", FOLLOW_HER, patient=kari.number)
        sequence = await kari.item()
        assert (await elevated.event())["sequence"] == sequence
        assert await elevated.end() == "ACCESS_BLOCKED_BY_PATIENT"
        assert 3 <= time.monotonic() - began < 3 + ENDS_WITHIN_SECONDS


async def test_turning_to_another_woman_ends_the_stream_and_following_her_does_not(
    world: World, address: str, kari: Writer
) -> None:
    """What was opened in an emergency is followed until its person opens another card; a stream opens none."""
    began = time.monotonic()
    world.services.clock = lambda: NOW + timedelta(seconds=time.monotonic() - began)
    await kari.block(block(None, STAFF["gp"].hpr_number))
    token = in_session(world, "gp", "ETREAT", "one session")
    assert "errors" not in await elevate(world, token, "kari")
    session = {"purpose": "ETREAT", "sid": "one session"}
    async with (
        socket_of(world, address, "gp", **session) as elevated,
        socket_of(world, address, "gp", **session) as beside,
    ):
        await elevated.follow("1", FOLLOW_HER, patient=kari.number)
        await beside.follow("1", FOLLOW_HER, patient=world.number("aisha"))
        sequence = await kari.item()
        assert (await elevated.event())["sequence"] == sequence
        another = in_session(world, "gp", "ETREAT", "one session")
        assert (await send(world, another, ILLNESSES, patient=world.number("aisha")))["data"]["card"] is not None
        await kari.item()  # the turning itself wakes nobody: the next event is what finds the door closed
        assert await elevated.end() == "ACCESS_BLOCKED_BY_PATIENT"


async def test_protection_ends_the_stream_and_says_nothing_of_it(world: World, address: str, kari: Writer) -> None:
    """To whoever follows it looks as if there were no card; what changed is not told, not even to be counted."""
    async with socket_of(world, address, "gp") as gp:
        await gp.follow("1", FOLLOW_HER, patient=kari.number)
        keys = world.services.patient_keys
        await set_person_status(world.services.database, keys, kari.number, protection=Protection.CONFIDENTIAL)
        watch = Stopwatch()
        assert await gp.end() == "RECORD_NOT_AVAILABLE"
        assert watch.seconds < ENDS_WITHIN_SECONDS
        await gp.subscribe("2", FOLLOW_HER, patient=kari.number, after="0")
        assert await gp.refusal("2") == "RECORD_NOT_AVAILABLE"
        assert (await world.ledger_entries("kari"))[-1]["refusal"] == "CONFIDENTIAL_ADDRESS"


async def test_protection_that_hides_nothing_is_not_told_either(world: World, address: str, kari: Writer) -> None:
    """A client address goes unnoticed."""
    async with socket_of(world, address, "gp") as gp:
        await gp.follow("1", FOLLOW_HER, patient=kari.number)
        keys = world.services.patient_keys
        await set_person_status(world.services.database, keys, kari.number, protection=Protection.CLIENT_ADDRESS)
        assert await gp_told(gp, kari) == ["ITEM_RECORDED"]
    assert "PERSON_STATUS" not in str(await world.data("kari", "{ changesSince { changes { what } latest } }"))


async def test_an_expired_token_ends_the_stream(world: World, address: str, kari: Writer) -> None:
    """In the second it expires, though nothing happens; and with it nothing new is begun on the socket."""
    began = time.monotonic()
    world.services.clock = lambda: NOW + timedelta(seconds=time.monotonic() - began)
    async with socket_of(world, address, "gp", exp=int(NOW.timestamp()) + 3) as gp:
        await gp.follow("1", FOLLOW_HER, patient=kari.number)
        assert await gp.end() == "TOKEN_EXPIRED"
        assert 3 <= time.monotonic() - began < 3 + ENDS_WITHIN_SECONDS
        await gp.subscribe("2", "{ me { role } }")
        assert await gp.refusal("2") == "TOKEN_EXPIRED"


async def test_no_event_is_told_with_an_expired_token(world: World, address: str, kari: Writer) -> None:
    """The clock is looked at before each event, not only when it rings."""
    async with socket_of(world, address, "gp") as gp:
        await gp.follow("1", FOLLOW_HER, patient=kari.number)
        world.services.clock = lambda: NOW + timedelta(hours=2)
        before = len(await world.ledger_entries("kari"))
        await kari.item()
        assert await gp.end() == "TOKEN_EXPIRED"
        assert len(await world.ledger_entries("kari")) == before


async def test_when_the_card_is_closed_this_is_told_last(world: World, address: str, kari: Writer) -> None:
    """Then there is no active card to follow."""
    async with socket_of(world, address, "gp") as gp:
        await gp.follow("1", FOLLOW_HER, patient=kari.number)
        close = "UPDATE maternity_record SET status = 'DELIVERED', delivered_at = opened_at WHERE record_id = :id"
        await kari.item(announce=False)
        await kari.write("RECORD_CLOSED", also=close)
        # An event that is told only after the card is closed is not told of a card that is no longer in view.
        heard = await gp.hear()
        while heard["payload"]["data"]["cardChanged"]["what"] == "ITEM_RECORDED":
            heard = await gp.hear()
        assert heard["payload"]["data"]["cardChanged"]["what"] == "RECORD_CLOSED"
        assert await gp.end() == "RECORD_NOT_AVAILABLE"


async def test_the_closing_is_told_whichever_is_read_first(
    world: World, address: str, kari: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A card closed after the changes were read and before the gate was asked is still told as closed."""
    feed = type(world.services.changes)
    original, closing = feed.after, []
    close = "UPDATE maternity_record SET status = 'DELIVERED', delivered_at = opened_at WHERE record_id = :id"

    async def after(self: Any, patient_id: str, sequence: int, *, most: int) -> Any:
        found = await original(self, patient_id, sequence, most=most)
        if closing:
            closing.clear()
            await kari.write("RECORD_CLOSED", announce=False, also=close)
        return found

    async with socket_of(world, address, "gp") as gp:
        await gp.follow("1", FOLLOW_HER, patient=kari.number)
        monkeypatch.setattr(feed, "after", after)
        closing.append(True)
        world.services.changes.announce(kari.patient_id)
        assert (await gp.event())["what"] == "RECORD_CLOSED"
        assert await gp.end() == "RECORD_NOT_AVAILABLE"


async def test_when_the_ledger_cannot_be_written_nothing_is_told(world: World, address: str, kari: Writer) -> None:
    """No entry, no event."""
    async with socket_of(world, address, "gp") as gp:
        await gp.follow("1", FOLLOW_HER, patient=kari.number)
        await world.break_ledger()
        await kari.item()
        assert await gp.end() == "AUDIT_UNAVAILABLE"


# Who is not told.
