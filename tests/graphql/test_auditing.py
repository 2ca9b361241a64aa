"""What those who oversee find in the ledger, that it is noted, and that all about one woman takes two of them."""

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from app.domain.chains import hash_of
from app.domain.exporting import APPROVAL_LASTS, WAITS_FOR_APPROVAL
from data.synthetic.organisations import STAFF
from tests.access.choosing import set_clock
from tests.world import NOW, World

CARD = "query($patient: NationalIdentityNumber!) { card(patient: $patient) { mother { name } medicalConditions { diabetes } } }"
STATUS = "query($patient: NationalIdentityNumber!) { card(patient: $patient) { status } }"
FOUND = "{ edges { cursor node { at kind outcome refusal patientId who role hprNumber organisationNumber clientId purpose released searched { what value } } } pageInfo { hasNextPage endCursor } }"
SEARCH = f"""query($patient: NationalIdentityNumber, $hpr: String, $unit: String, $client: String, $role: Role, $why: Purpose,
    $outcome: Outcome, $kind: EntryKind, $from: DateTime, $until: DateTime, $elevated: Boolean! = false, $first: Int! = 20, $after: String) {{
  searchAccessLog(patient: $patient, hprNumber: $hpr, organisationNumber: $unit, clientId: $client, role: $role, purpose: $why,
    outcome: $outcome, kind: $kind, beginsAt: $from, endsAt: $until, elevatedOnly: $elevated, first: $first, after: $after) {FOUND} }}"""
DAY = {"from": (NOW - timedelta(hours=1)).isoformat(), "until": (NOW + timedelta(hours=1)).isoformat()}
REQUEST = "mutation($patient: NationalIdentityNumber!, $reason: String!, $key: String!) { requestLogExport(patient: $patient, reason: $reason, idempotencyKey: $key) { requestId patientId requestedBy approvedBy endsAt } }"
APPROVE = "mutation($id: ID!, $key: String!) { approveLogExport(requestId: $id, idempotencyKey: $key) { requestId approvedBy endsAt } }"
EXPORT = "query($id: ID!, $after: String, $first: Int! = 20) { exportAccessLog(requestId: $id, first: $first, after: $after) { lines endCursor hasNextPage } }"
WHY = "She has complained to the supervisor."


async def search(world: World, **by: Any) -> list[dict[str, Any]]:
    edges = (await world.data("auditor", SEARCH, **by))["searchAccessLog"]["edges"]
    return [edge["node"] for edge in edges]


async def look_around(world: World) -> None:
    """Three who look, one of them at two women; one who is refused, one who is turned away."""
    for who, woman in (("gp", "kari"), ("gp", "aisha"), ("hospital", "kari"), ("gp", "randi")):
        await world.ask(who, CARD, patient=world.number(woman), purpose="ETREAT" if who == "hospital" else None)
    await world.ask("clerk", STATUS, patient=world.number("kari"))
    await world.client.post("/graphql", json={"query": CARD})


@pytest.mark.parametrize(
    ("by", "found"),
    [
        ({"hpr": STAFF["gp"].hpr_number}, 3),
        ({"unit": STAFF["hospital"].unit.number}, 1),
        ({"hpr": STAFF["gp"].hpr_number, "outcome": "REFUSED"}, 1),
        ({"why": "ETREAT", **DAY}, 1),
        ({"kind": "SECURITY", **DAY}, 1),
        ({"kind": "TURNED_AWAY", **DAY}, 1),
        ({"kind": "USAGE", **DAY}, 4),
        ({"role": "GP", **DAY}, 3),
        ({"elevated": True, **DAY}, 0),
        (DAY, 6),
        ({"hpr": "1"}, 0),
        ({"unit": STAFF["gp"].unit.number, "from": (NOW + timedelta(hours=2)).isoformat()}, 0),
    ],
    ids=str,
)  # fmt: skip
async def test_the_ledger_is_searched_by_what_is_known(world: World, by: dict[str, Any], found: int) -> None:
    """By actor, unit, client, time, purpose, role, outcome and kind, each narrowing the others."""
    await look_around(world)
    assert len(await search(world, **by)) == found


async def test_a_search_about_a_woman_is_in_her_log_and_any_search_is_in_the_ledger(world: World) -> None:
    """With what was searched by; and the log of the log is searched in the same way."""
    await look_around(world)
    assert {entry["role"] for entry in await search(world, patient=world.number("kari"))} == {
        "GP",
        "HOSPITAL",
        "SECRETARY",
    }
    await search(world, hpr=STAFF["gp"].hpr_number)
    (about_her,) = [entry for entry in await world.ledger_entries("kari") if entry["role"] == "AUDITOR"]
    assert about_her["released"] == ["searchAccessLog"]
    by_others = [entry for entry in await search(world, role="AUDITOR", **DAY) if entry["patientId"] is None]
    assert [entry["searched"] for entry in by_others] == [[{"what": "hpr_number", "value": STAFF["gp"].hpr_number}]]
    words = "{ accessLog(first: 1) { edges { node { inPlainWords } } } }"
    told = (await world.data("kari", words))["accessLog"]["edges"][0]["node"]["inPlainWords"]
    assert "en som kontrollerer bruken av helsekortene" in told


async def test_pages_of_a_search_follow_each_other(world: World) -> None:
    """Newest first, every entry once."""
    for _ in range(7):
        await world.ask("gp", CARD, patient=world.number("kari"))
    seen: list[str] = []
    after = None
    while True:
        page = (await world.data("auditor", SEARCH, hpr=STAFF["gp"].hpr_number, first=3, after=after))[
            "searchAccessLog"
        ]
        seen += [edge["cursor"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert len(seen) == len(set(seen)) == 7


@pytest.mark.parametrize(
    "by",
    [
        {}, {"outcome": "REFUSED"}, {"from": DAY["from"]},
        {"from": (NOW - timedelta(days=40)).isoformat(), "until": NOW.isoformat()},
        {"hpr": "15839430008"}, {"unit": "15839430008"}, {"client": "a15839430008", **DAY}, {"hpr": "1", "first": 101},
        {"hpr": "1", "after": "x"},
    ],
    ids=str,
)  # fmt: skip
async def test_what_would_read_all_of_it_or_name_a_person_is_refused(gateway: World, by: dict[str, Any]) -> None:
    """BAD_USER_INPUT; nothing that was sent is kept."""
    body = (await gateway.ask("auditor", SEARCH, **by)).json()
    assert body["data"]["searchAccessLog"] is None
    assert body["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert "15839430008" not in json.dumps(await gateway.all_ledger_entries())


@pytest.mark.parametrize("who", ["gp", "kari", "ehr", "evaluator", "secretary"])
async def test_nobody_else_searches(gateway: World, who: str) -> None:
    """There is no such field for other kinds of caller."""
    response = await gateway.ask(who, "{ searchAccessLog { edges { cursor } } }")
    assert response.json()["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"


async def test_a_search_stands_alone(gateway: World) -> None:
    """So that an entry is about one search."""
    two = "query($hpr: String) { a: searchAccessLog(hprNumber: $hpr) { edges { cursor } } b: searchAccessLog(hprNumber: $hpr) { edges { cursor } } }"
    body = (await gateway.ask("auditor", two, hpr="1")).json()
    assert body["errors"][0]["extensions"]["code"] == "SEARCH_STANDS_ALONE"


async def request(world: World, reason: str = WHY, key: str | None = None) -> dict[str, Any]:
    asked = await world.ask("auditor", REQUEST, patient=world.number("kari"), reason=reason, key=key or str(uuid4()))
    body: dict[str, Any] = asked.json()
    return body


def another_auditor(world: World) -> str:
    """A token of a second person who oversees."""
    pid = "helseid://claims/identity/pid"
    return world.token("auditor", **{pid: world.number("aisha"), "name": "Andre, Kontroll"})


async def approve(world: World, request_id: str) -> dict[str, Any]:
    body: dict[str, Any] = (await world.send(another_auditor(world), APPROVE, id=request_id, key=str(uuid4()))).json()
    return body


def code(body: dict[str, Any]) -> str:
    (error,) = body["errors"]
    found: str = error["extensions"]["code"]
    return found


async def test_all_about_a_woman_leaves_when_two_have_agreed(world: World) -> None:
    """Asked by one, approved by another, exported by the first; each step in her log, and the links can be proven."""
    await look_around(world)
    asked = (await request(world))["data"]["requestLogExport"]
    assert asked["approvedBy"] is None
    assert code((await world.ask("auditor", EXPORT, id=asked["requestId"])).json()) == "EXPORT_NOT_APPROVED"
    assert (
        code((await world.ask("auditor", APPROVE, id=asked["requestId"], key="mine")).json()) == "EXPORT_NEEDS_ANOTHER"
    )
    approved = (await approve(world, asked["requestId"]))["data"]["approveLogExport"]
    assert approved["approvedBy"] == "Andre, Kontroll"
    lines: list[str] = []
    after = None
    while True:
        page = (await world.data("auditor", EXPORT, id=asked["requestId"], first=3, after=after))["exportAccessLog"]
        lines, after = lines + page["lines"], page["endCursor"]
        if not page["hasNextPage"]:
            break
    links = [json.loads(line) for line in lines]
    key = world.services.ledger.key
    assert all(
        hash_of(key, one["chain"], one["sequence"], one["entry"], one["previous_hash"]) == one["hash"] for one in links
    )
    assert all(asked["patientId"] in one["entry"] for one in links)
    assert len({(one["chain"], one["sequence"]) for one in links}) == len(links)
    by_auditors = [entry for entry in await world.ledger_entries("kari") if entry["role"] == "AUDITOR"]
    assert [entry["written"] for entry in by_auditors if entry["written"]] == [["accessLogExport"]] * 2
    assert any(entry["released"] == ["accessLogExport"] for entry in by_auditors)


async def test_an_export_is_the_askers_for_a_day(world: World) -> None:
    """Neither the approver's nor anybody's later; and a request nobody approves in time is over."""
    first = (await request(world))["data"]["requestLogExport"]["requestId"]
    await approve(world, first)
    assert code((await world.send(another_auditor(world), EXPORT, id=first)).json()) == "NOT_FOUND"
    set_clock(world, NOW + APPROVAL_LASTS)
    assert code((await world.ask("auditor", EXPORT, id=first)).json()) == "NOT_FOUND"
    second = (await request(world))["data"]["requestLogExport"]["requestId"]
    listed = "{ logExports { requestId reason requestedBy } }"
    assert [one["requestId"] for one in (await world.data("auditor", listed))["logExports"]] == [second]
    set_clock(world, NOW + APPROVAL_LASTS + WAITS_FOR_APPROVAL)
    assert code(await approve(world, second)) == "NOT_FOUND"
    assert (await world.data("auditor", listed))["logExports"] == []


async def test_a_request_is_made_once_and_with_a_reason(world: World) -> None:
    """The same key gives the same request; too few words give none."""
    one, again = [(await request(world, key="k"))["data"]["requestLogExport"] for _ in range(2)]
    assert one == again
    assert code(await request(world, reason="because")) == "BAD_USER_INPUT"
    assert code((await world.ask("auditor", EXPORT, id="nothing")).json()) == "NOT_FOUND"
