"""An elevation ends when its person turns to another woman: noticed at the next look, whatever kind of look it is."""

from datetime import datetime, timedelta

import pytest

from tests.access.choosing import (
    HERS,
    ILLNESSES,
    LOG,
    VISIT,
    WOMAN,
    code,
    elevate,
    in_session,
    keep_out,
    look,
    of_hers,
    send,
    set_clock,
    write,
)
from tests.world import NOW, World

THEN = NOW + timedelta(minutes=5)
STATUS = "query($patient: NationalIdentityNumber!) { cardStatus(patient: $patient) { hasActiveCard } }"
CASELOAD = "{ caseload { edges { node { motherName } } } }"


def later(world: World, minutes: int) -> datetime:
    """From now on it is so many minutes after the elevation."""
    set_clock(world, NOW + timedelta(minutes=minutes))
    return NOW + timedelta(minutes=minutes)


def on_duty(world: World, **more: str) -> str:
    return in_session(world, "hospital", "ETREAT", **more)


async def opened(world: World) -> None:
    await keep_out(world, "5")
    assert "errors" not in await elevate(world, on_duty(world))


async def is_open(world: World) -> bool:
    body = await look(world, on_duty(world))
    if "errors" in body:
        assert code(body) == "ACCESS_BLOCKED_BY_PATIENT"
    return body["data"]["card"] is not None


async def turn_to_kari(world: World) -> None:
    later(world, 5)
    assert "errors" not in await send(world, on_duty(world), ILLNESSES, patient=world.number("kari"))
    later(world, 10)


async def test_it_ends_when_its_person_opens_another_womans_card(world: World) -> None:
    """Until then it holds; then it is over for good, from when the person turned away, and she can read that."""
    await opened(world)
    later(world, 1)
    assert await is_open(world)
    await turn_to_kari(world)
    assert not await is_open(world)
    entry = (await world.ledger_entries(WOMAN))[-1]
    assert (entry["outcome"], entry["access_basis"], entry["elevated"]) == ("REFUSED", "AKUTT", None)
    assert await of_hers(world, WOMAN, "patient", "elevations") == [("[]",)]
    (hers,) = (await world.data(WOMAN, HERS))["elevations"]
    assert (hers["inForce"], hers["endsAt"]) == (False, THEN.isoformat().replace("+00:00", "Z"))
    assert not await is_open(world)


async def test_she_is_not_told_that_it_lasts_though_nobody_came_back(world: World) -> None:
    """Her list says when it ended, also before anything has noticed it."""
    await opened(world)
    await turn_to_kari(world)
    (hers,) = (await world.data(WOMAN, HERS))["elevations"]
    assert (hers["inForce"], hers["endsAt"]) == (False, THEN.isoformat().replace("+00:00", "Z"))


async def test_no_visit_is_written_after_it(world: World) -> None:
    """A command reads the person itself, and is refused as if nothing had been opened; nothing is changed."""
    await opened(world)
    later(world, 1)
    assert (await write(world, on_duty(world), VISIT))["data"]["recordVisit"]["__typename"] == "VisitRecorded"
    before = await of_hers(world, WOMAN, "change")
    await turn_to_kari(world)
    assert code(await write(world, on_duty(world), VISIT)) == "ACCESS_BLOCKED_BY_PATIENT"
    assert await of_hers(world, WOMAN, "change") == before
    assert await of_hers(world, WOMAN, "patient", "elevations") == [("[]",)]


async def test_the_answer_to_a_visit_sent_again_is_not_given_after_it(world: World) -> None:
    """What was written is shown again to nobody whom the card is closed to."""
    await opened(world)
    said = {"patient": world.number(WOMAN), "key": "once"}
    assert "errors" not in await send(world, on_duty(world), VISIT, **said)
    await turn_to_kari(world)
    assert code(await send(world, on_duty(world), VISIT, **said)) == "ACCESS_BLOCKED_BY_PATIENT"


async def test_it_is_asked_for_anew_after_it(world: World) -> None:
    """There is something to open again; the new one holds, and is another."""
    await opened(world)
    await turn_to_kari(world)
    assert "errors" not in await elevate(world, on_duty(world))
    assert await is_open(world)
    first, second = (await world.data(WOMAN, HERS))["elevations"][::-1]
    assert (first["inForce"], second["inForce"]) == (False, True)


@pytest.mark.parametrize("how", ["status", "refused", "both at once", "another session"])
async def test_whatever_names_another_woman_is_a_turning(world: World, how: str) -> None:
    """Her status, a card that stays closed, a question that is refused at the door, or another sign-in."""
    await opened(world)
    await keep_out(world, "1", woman="kari") if how == "refused" else None
    token = on_duty(world, **({"sid": "other"} if how == "another session" else {}))
    later(world, 5)
    if how == "both at once":
        query = f'{{ a: card(patient: "{world.number("kari")}") {{ status }} b: card(patient: "{world.number(WOMAN)}") {{ status }} }}'
        assert (await world.send(token, query)).status_code == 400
    else:
        await send(world, token, STATUS if how == "status" else ILLNESSES, patient=world.number("kari"))
    later(world, 6)
    assert not await is_open(world)


async def test_what_does_not_turn_from_her_ends_nothing(world: World) -> None:
    """A list, what was done before, her own card again, and the work of colleagues."""
    await send(world, on_duty(world), ILLNESSES, patient=world.number("kari"))
    later(world, 1)
    await opened(world)
    later(world, 2)
    await world.data("hospital", CASELOAD)
    await world.ask("hospital-midwife", ILLNESSES, purpose="ETREAT", patient=world.number("kari"))
    await world.ask("gp", ILLNESSES, patient=world.number("kari"))
    mine = [entry for entry in await world.all_ledger_entries() if entry["hpr_number"] == "999900042"]
    assert [1 for entry in mine if entry["released"] and entry["released"][0].startswith("caseload")]
    later(world, 3)
    assert await is_open(world)
    assert await is_open(world)


async def test_whoever_has_no_elevation_is_not_asked_about(world: World) -> None:
    """Nothing is read for it but by the one who has one; for that one it is one statement more."""
    await opened(world)
    later(world, 1)
    for persona, woman, more in (("gp", "kari", 0), ("hospital-midwife", WOMAN, 0), ("hospital", WOMAN, 1)):
        with world.services.database.count_statements() as seen:
            await world.ask(persona, ILLNESSES, purpose="ETREAT", patient=world.number(woman))
        reads = [one for one in seen if one.startswith("SELECT") and "ledger_head" not in one]
        assert len(reads) == 1 + more, (persona, reads)


async def test_an_elevation_opens_nothing_on_the_list(world: World) -> None:
    """The list shows the card as it is closed: it is a list, and no look for which something was opened."""
    await keep_out(world, "5", woman="kari", section="mother")
    token = in_session(world, "gp", "ETREAT")
    assert "errors" not in await elevate(world, token, "kari")
    body = await send(world, token, ILLNESSES, patient=world.number("kari"))
    assert body["data"]["card"]["mother"] is not None
    names = [edge["node"]["motherName"] for edge in (await send(world, token, CASELOAD))["data"]["caseload"]["edges"]]
    assert None in names and world.member("kari").name not in names


async def test_when_the_ledger_cannot_be_asked_nothing_is_shown(world: World) -> None:
    """Not knowing is no yes."""
    await opened(world)
    later(world, 1)
    world.services.choices.elevations._choosing.database = None  # type: ignore[attr-defined]
    response = await world.send(on_duty(world), ILLNESSES, patient=world.number(WOMAN))
    assert response.status_code >= 500 and not (response.json().get("data") or {}).get("card")


async def test_her_log_tells_what_was_opened_and_what_was_refused(world: World) -> None:
    """Looks with the elevation say so; the one after it is a refusal like any other."""
    await opened(world)
    later(world, 1)
    assert await is_open(world)
    await turn_to_kari(world)
    assert not await is_open(world)
    log = [edge["node"] for edge in (await world.data(WOMAN, LOG))["accessLog"]["edges"]]
    assert [bool(node["elevated"]) for node in log][:3] == [False, True, True]
