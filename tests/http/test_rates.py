"""How often somebody may ask: counted under whoever asks, so that nobody can use up what is another's."""

import random
from dataclasses import replace

import httpx
import pytest

from app.domain.errors import TransportRefusal
from app.domain.viewer import Viewer
from app.execution.admission import Admission
from app.execution.rates import ALWAYS_LEFT, Rates
from tests.world import World

ME = "{ me { role } }"
CARD = "query($patient: NationalIdentityNumber!) { card(patient: $patient) { status } }"
A_DAY = 24 * 60 * 60


class Time:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def rates_of(time: Time, per_person: int, per_client: int) -> Rates:
    return Rates(per_person, per_client, lambda number: number, time)


def limited(world: World, per_person: int, per_client: int = 0) -> Time:
    """From now on the gateway lets so many in, by a clock of its own."""
    time, before = Time(), world.services.admission
    world.services.admission = Admission(
        rates_of(time, per_person, per_client), before._attested, before._lookups, before._lookups_per_minute
    )
    return time


def admitted(rates: Rates, viewer: Viewer) -> bool:
    try:
        rates.admit(viewer)
    except TransportRefusal:
        return False
    return True


def expect_too_many(response: httpx.Response) -> int:
    """429 and when to come again, in seconds."""
    assert response.status_code == 429
    body = response.json()
    assert "data" not in body and body["errors"][0]["extensions"]["code"] == "RATE_LIMITED"
    return int(response.headers["retry-after"])


async def test_whoever_asks_too_often_is_told_when_to_come_again(gateway: World) -> None:
    """And is let in again then; the one entry says who, and about nobody."""
    time = limited(gateway, 5)
    for _ in range(5):
        assert (await gateway.ask("gp", ME)).status_code == 200
    seconds = expect_too_many(await gateway.ask("gp", CARD, patient=gateway.number("kari")))
    assert 1 <= seconds <= 60 / 5
    assert await gateway.ledger_entries("kari") == []
    (event,) = [entry for entry in await gateway.all_ledger_entries() if entry["kind"] == "SECURITY"]
    assert (event["refusal"], event["role"], event["patient_id"]) == ("RATE_LIMITED", "GP", None)
    time.now += seconds
    assert (await gateway.ask("gp", ME)).status_code == 200


async def test_one_persons_many_questions_hinder_nobody_else(gateway: World) -> None:
    """Neither a colleague through the same client, nor her about whom they were, nor the same person elsewhere."""
    limited(gateway, 5)
    for _ in range(6):
        last = await gateway.ask("gp", CARD, patient=gateway.number("kari"))
    expect_too_many(last)
    for persona in ("midwife", "kari", "ehr"):
        assert (await gateway.ask(persona, ME)).status_code == 200
    assert (await gateway.send(gateway.token("gp", client_id="another-client"), ME)).status_code == 200


async def test_what_nobody_has_verified_is_counted_under_nobody(gateway: World) -> None:
    """A stranger who writes tokens in a doctor's name does not lock the doctor out."""
    limited(gateway, 5)
    for _ in range(20):
        forged = await gateway.send(gateway.token("gp") + "x", ME)
        assert forged.status_code == 401
    assert (await gateway.ask("gp", ME)).status_code == 200


async def test_a_document_that_is_refused_counts_like_any_other(gateway: World) -> None:
    """Reading it took the gateway's time."""
    limited(gateway, 3)
    for _ in range(3):
        assert (await gateway.ask("gp", "{ nothing }")).status_code == 400
    expect_too_many(await gateway.ask("gp", ME))


@pytest.mark.parametrize("seed", range(5))
async def test_in_no_minute_more_than_two_buckets(gateway: World, seed: int) -> None:
    """Whatever the times it comes at: a full bucket and what flows in meanwhile, and never less than that either."""
    viewer, dice, time, per_minute = await gateway.viewer("gp"), random.Random(seed), Time(), 60
    rates, let_in = rates_of(time, per_minute, 0), list[float]()
    for _ in range(2_000):
        time.now += dice.choice((0.0, 0.01, 0.5, 3.0))
        if admitted(rates, viewer):
            let_in.append(time.now)
    for at in let_in:
        assert sum(at <= other < at + 60 for other in let_in) <= 2 * per_minute
    time.now += A_DAY
    assert sum(admitted(rates, viewer) for _ in range(per_minute + 1)) == per_minute


@pytest.mark.parametrize("seed", range(5))
async def test_a_clients_crowd_leaves_those_who_ask_little(gateway: World, seed: int) -> None:
    """However much a client's others ask for, a person who asks a tenth of what she may is let in."""
    dice, time = random.Random(seed), Time()
    rates, crowd = rates_of(time, 60, 100), await gateway.viewer("gp")
    quiet = replace(crowd, national_identity_number="quiet")
    for second in range(120):
        time.now = float(second)
        for _ in range(50):
            admitted(rates, replace(crowd, national_identity_number=f"loud {dice.randrange(40)}"))
        if second % round(60 / (60 * ALWAYS_LEFT)) == 0:
            assert admitted(rates, quiet), second


async def test_a_limit_of_none_is_none(gateway: World) -> None:
    """0 stands for no limit; a client's limit needs a person's."""
    viewer = await gateway.viewer("gp")
    assert all(admitted(rates_of(Time(), 0, 0), viewer) for _ in range(1_000))
