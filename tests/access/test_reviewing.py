"""Every elevation waits for a review: who reviews, what the queue tells, and how she is told."""

import asyncio
import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from app.domain.reviewing import NOTE_MAX_LENGTH
from tests.access.choosing import (
    ILLNESSES,
    LOG,
    WHY,
    WOMAN,
    code,
    elevate,
    in_session,
    keep_out,
    of_hers,
    send,
    set_clock,
)
from tests.world import NOW, World

QUEUE = """query($first: Int! = 20, $after: String) { elevationsToReview(first: $first, after: $after) {
  edges { cursor node { elevationId patientId who hprNumber organisation organisationNumber accessBasis reason startsAt endsAt reviewBy overdue } }
  pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""
REVIEW = """mutation($id: ID!, $conclusion: ReviewConclusion! = JUSTIFIED, $note: String!, $key: String!) {
  reviewElevation(elevationId: $id, conclusion: $conclusion, note: $note, idempotencyKey: $key) { elevationId conclusion reviewedAt } }"""
HERS = "{ elevations { elevationId inForce reasonText reviewedAt reviewConclusion reviewInPlainWords } }"
NOTE = "journalen stemmer med vakten"


async def queue(world: World, **variables: Any) -> list[dict[str, Any]]:
    data = await world.data("auditor", QUEUE, **variables)
    return [edge["node"] for edge in data["elevationsToReview"]["edges"]]


async def review(world: World, elevation_id: str, **more: Any) -> dict[str, Any]:
    said = {"id": elevation_id, "note": NOTE, "key": str(uuid4())} | more
    return await send(world, world.token("auditor"), REVIEW, **said)


async def opened(world: World, woman: str = WOMAN) -> str:
    await keep_out(world, "5", woman=woman)
    body = await elevate(world, in_session(world, "hospital", "ETREAT"), woman)
    made: str = body["data"]["elevateAccess"]["elevationId"]
    return made


async def test_an_elevation_waits_and_the_queue_tells_no_more_than_it_must(world: World) -> None:
    """Who, where, on what basis and until when; of her nothing but an internal id, and no word of the reason."""
    made = await opened(world)
    response = await world.ask("auditor", QUEUE)
    (edge,) = response.json()["data"]["elevationsToReview"]["edges"]
    assert edge["node"] == {
        "elevationId": made, "patientId": world.services.patient_keys.patient_id(world.number(WOMAN)),
        "who": "Fødesen, Lege", "hprNumber": "999900042", "organisation": "Testby sykehus",
        "organisationNumber": edge["node"]["organisationNumber"], "accessBasis": "FORHOYET_AKUTT",
        "reason": "CONDITION_PREVENTS", "startsAt": NOW.isoformat().replace("+00:00", "Z"),
        "endsAt": (NOW + timedelta(hours=1)).isoformat().replace("+00:00", "Z"), "reviewBy": "2026-11-26",
        "overdue": False,
    }  # fmt: skip
    for hidden in (WHY, WOMAN, world.member(WOMAN).name, world.number(WOMAN)):
        assert hidden not in response.text


async def test_reading_the_queue_is_written_down_about_every_woman_on_it(world: World) -> None:
    """As a list is: one entry for each, that she reads; nobody else is concerned."""
    for woman in (WOMAN, "kari"):
        await opened(world, woman)
    others = len(await world.all_ledger_entries())
    await queue(world, first=1)
    assert len(await world.all_ledger_entries()) == others + 1
    await queue(world)
    assert len(await world.all_ledger_entries()) == others + 3
    for woman in (WOMAN, "kari"):
        entry = (await world.ledger_entries(woman))[-1]
        assert (entry["role"], entry["released"], entry["outcome"]) == ("AUDITOR", ["elevationsToReview"], "ALLOWED")
        log = (await world.data(woman, "{ accessLog { edges { node { roleInPlainWords sections } } } }"))["accessLog"]
        assert log["edges"][0]["node"]["sections"] == ["elevationsToReview"]


async def test_without_a_ledger_there_is_no_queue_and_no_review(world: World) -> None:
    """Nothing is shown and nothing is changed that is not written down."""
    made = await opened(world)
    await world.break_ledger()
    assert (await world.send(world.token("auditor"), QUEUE)).status_code == 503
    assert not ((await review(world, made)).get("data") or {}).get("reviewElevation")
    assert await of_hers(world, WOMAN, "elevation", "review_conclusion") == [(None,)]


async def test_overdue_is_when_the_third_working_day_is_over(world: World) -> None:
    """By Norwegian days: at midnight in Oslo."""
    await opened(world)
    for day, hour, overdue in ((26, 22, False), (26, 23, True), (27, 9, True)):
        set_clock(world, NOW.replace(day=day, hour=hour, minute=30))
        assert [one["overdue"] for one in await queue(world)] == [overdue]


async def test_pages_go_from_the_oldest_to_the_newest(world: World) -> None:
    """Each once, whatever the size of the page; a cursor that is none of it is refused."""
    made = []
    for minutes, woman in enumerate((WOMAN, "kari", "aisha")):
        set_clock(world, NOW + timedelta(minutes=minutes))
        made.append(await opened(world, woman))
    for first in (1, 2, 3):
        found, after = [], None
        while True:
            page = (await world.data("auditor", QUEUE, first=first, after=after))["elevationsToReview"]
            found += [edge["node"]["elevationId"] for edge in page["edges"]]
            after = page["pageInfo"]["endCursor"]
            if not page["pageInfo"]["hasNextPage"]:
                break
        assert found == made
    token = world.token("auditor")
    for wrong in ("x", "WzEsMl0=", "W10="):
        assert code(await send(world, token, QUEUE, after=wrong)) == "BAD_USER_INPUT"
    for first in (0, 1_000):
        assert code(await send(world, token, QUEUE, first=first)) == "BAD_USER_INPUT"


@pytest.mark.parametrize("conclusion", ["JUSTIFIED", "NOT_JUSTIFIED", "NEEDS_FOLLOW_UP"])
async def test_she_reads_that_it_was_reviewed_when_and_what_was_found(world: World, conclusion: str) -> None:
    """In plain words; the note is not for her, and stands in no ledger entry; the queue is empty."""
    made = await opened(world)
    assert (await world.data(WOMAN, HERS))["elevations"][0]["reviewedAt"] is None
    set_clock(world, NOW + timedelta(minutes=7))
    body = await review(world, made, conclusion=conclusion)
    at = (NOW + timedelta(minutes=7)).isoformat().replace("+00:00", "Z")
    assert body["data"]["reviewElevation"] == {"elevationId": made, "conclusion": conclusion, "reviewedAt": at}
    (hers,) = (await world.data(WOMAN, HERS))["elevations"]
    assert (hers["reviewedAt"], hers["reviewConclusion"], hers["inForce"]) == (at, conclusion, True)
    assert "grunn" in hers["reviewInPlainWords"]
    entry = (await world.ledger_entries(WOMAN))[-2]
    assert (entry["role"], entry["written"], entry["outcome"]) == ("AUDITOR", ["elevationReview"], "ALLOWED")
    (_, wrote) = [edge["node"] for edge in (await world.data(WOMAN, LOG))["accessLog"]["edges"]][:2]
    assert wrote["writtenSections"] == ["elevationReview"]
    assert NOTE not in json.dumps(await world.all_ledger_entries()) + json.dumps(hers)
    assert await queue(world) == []


async def test_a_review_is_noted_once_however_often_it_is_sent(world: World) -> None:
    """The same key and words: the same answer; other words, or another key, change nothing."""
    made = await opened(world)
    answers = await asyncio.gather(*(review(world, made, key="k") for _ in range(4)))
    assert len({json.dumps(answer) for answer in answers}) == 1 and "errors" not in answers[0]
    assert code(await review(world, made, key="k", conclusion="NOT_JUSTIFIED")) == "IDEMPOTENCY_KEY_REUSED"
    assert code(await review(world, made, conclusion="NOT_JUSTIFIED")) == "NOT_FOUND"
    assert await of_hers(world, WOMAN, "elevation", "review_conclusion") == [("JUSTIFIED",)]
    assert len([1 for entry in await world.ledger_entries(WOMAN) if entry["written"] == ["elevationReview"]]) == 1


async def test_what_is_not_there_is_not_reviewed(world: World) -> None:
    """An unknown id, a note that is too long, and no key."""
    made = await opened(world)
    assert code(await review(world, str(uuid4()))) == "NOT_FOUND"
    assert code(await review(world, made, note="x" * (NOTE_MAX_LENGTH + 1))) == "BAD_USER_INPUT"
    assert code(await review(world, made, key="")) == "BAD_USER_INPUT"
    assert code(await review(world, made + "\0")) == "BAD_USER_INPUT"
    assert [one["elevationId"] for one in await queue(world)] == [made]
    assert "errors" not in await review(world, made, note="x" * NOTE_MAX_LENGTH)


@pytest.mark.parametrize(
    "persona", ["kari", "representative", "gp", "hospital", "nurse", "secretary", "clerk", "ehr", "evaluator"]
)
async def test_nobody_but_the_auditor_has_queue_and_review(world: World, persona: str) -> None:
    """They are in no other schema."""
    made = await opened(world)
    token, before = world.token(persona), await of_hers(world, WOMAN, "elevation")
    for query, said in ((QUEUE, {}), (REVIEW, {"id": made, "note": "", "key": "k"})):
        response = await world.send(token, query, **said)
        assert response.status_code in (400, 403) and "data" not in response.json()
    assert await of_hers(world, WOMAN, "elevation") == before


async def test_the_right_to_audit_is_needed(world: World) -> None:
    """The role alone is not enough."""
    token = world.token("auditor", scope=["nhn:maternity-gateway/read", "nhn:maternity-gateway/write"])
    assert (await world.send(token, QUEUE)).status_code == 403
    said = {"id": await opened(world), "note": "", "key": "k"}
    assert (await world.send(token, REVIEW, **said)).status_code == 403


async def test_the_queue_stands_alone(world: World) -> None:
    """It concerns many women; nothing about one is asked beside it, and it is asked for once."""
    await opened(world)
    asked = "elevationsToReview { edges { cursor } }"
    beside = f'accessLog(patient: "{world.number(WOMAN)}") {{ edges {{ cursor }} }}'
    for query in (f"{{ {asked} {beside} }}", f"{{ a: {asked} b: {asked} }}"):
        response = await world.send(world.token("auditor"), query)
        assert (response.status_code, code(response.json())) == (400, "REVIEWS_STAND_ALONE")


async def test_nobody_reviews_what_she_did_herself(world: World) -> None:
    """The one who opened is not shown it as a reviewer, and cannot note anything of it."""
    made = await opened(world)
    assert len(await queue(world)) == 1
    own = (await world.ledger_entries(WOMAN))[-1]["actor_key"]
    assert own is not None
    async with world.services.database.transaction() as connection:
        await connection.execute(text("UPDATE elevation SET actor_key = :own"), {"own": own})
    assert await queue(world) == []
    assert code(await review(world, made)) == "NOT_FOUND"


async def test_withdrawal_does_not_take_away_what_waits(world: World) -> None:
    """The words of the reason are gone; that it happened is still reviewed, and she reads what was found."""
    made = await opened(world)
    await world.data(WOMAN, "mutation { withdrawConsent { cardsDeleted } }")
    assert [one["elevationId"] for one in await queue(world)] == [made]
    assert WHY not in str(await of_hers(world, WOMAN, "elevation"))
    assert "errors" not in await review(world, made, conclusion="NOT_JUSTIFIED")
    (hers,) = (await world.data(WOMAN, HERS))["elevations"]
    assert (hers["reviewConclusion"], hers["reasonText"], hers["inForce"]) == ("NOT_JUSTIFIED", None, False)


async def test_withdrawal_takes_away_what_was_reviewed(world: World) -> None:
    """Nothing waits any more, so nothing is kept but the ledger."""
    made = await opened(world)
    await review(world, made)
    await world.data(WOMAN, "mutation { withdrawConsent { cardsDeleted } }")
    assert await of_hers(world, WOMAN, "elevation") == []
    assert (await world.data(WOMAN, HERS))["elevations"] == []


async def test_one_that_its_person_turned_away_from_waits_with_its_true_end(world: World) -> None:
    """Also where nobody has come back to notice it."""
    await opened(world)
    set_clock(world, NOW + timedelta(minutes=5))
    await send(world, in_session(world, "hospital", "ETREAT"), ILLNESSES, patient=world.number("kari"))
    (one,) = await queue(world)
    assert one["endsAt"] == (NOW + timedelta(minutes=5)).isoformat().replace("+00:00", "Z")
