"""Access cases TC-B: whom she keeps out, and what an emergency or her own yes opens all the same.

What else is true of blocks and elevations is in tests/access/test_blocks.py, test_elevation.py and beside them.
"""

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from app.development import all_personas
from tests.access.cases.setting import (
    Q1,
    WOMEN,
    ask,
    caller,
    card_of,
    entries_about,
    expect_noted,
    expect_refused,
    read,
    refusal,
    write_visit,
)
from tests.access.choosing import (
    CLOSE,
    HERS,
    LOG,
    MEDICATION,
    MY_BLOCKS,
    VISIT,
    WHY,
    block,
    code,
    elevate,
    in_session,
    keep_out,
    lift,
    look,
    nothing_was_opened,
    of_hers,
    set_clock,
    stored,
    token_of,
    write,
)
from tests.world import NOW, World

BLOCKED = "ACCESS_BLOCKED_BY_PATIENT"
W3 = WOMEN["W3"]
WRITTEN_ON = ("section_version", "section", "change", "idempotency_key", "caseload_entry")
NAME_ALONE = "query($patient: NationalIdentityNumber!) { card(patient: $patient) { mother { name } } }"
GP2_BY_NUMBER = {"target": "PERSON", "targetId": "999900085"}


async def rows_in(world: World, *tables: str) -> dict[str, list[Any]]:
    """All that stands in some tables."""
    return {name: sorted(map(str, await stored(world, f"SELECT * FROM {name}"))) for name in tables}


def in_emergency(world: World, sid: str | None = None) -> str:
    """HD2's token, who picked the patient by hand."""
    return in_session(world, caller("HD2"), "ETREAT", sid)


async def last_entry(world: World, woman: str = "W3") -> dict[str, Any]:
    return (await entries_about(world, woman))[-1]


async def expect_blocked_and_noted(world: World, **said: Any) -> None:
    """The last look is an entry about her that gave nothing."""
    entry = await last_entry(world)
    expected = {"kind": "USAGE", "outcome": "REFUSED", "refusal": BLOCKED, "released": [], "written": []} | said
    assert {name: entry[name] for name in expected} == expected


async def test_TC_B01_a_blocked_doctor_is_told_that_and_whether_it_can_be_opened(world: World) -> None:
    """One coded error and nothing else; she reads of the attempt."""
    response = await read(world, "GP2", "W3")
    expect_refused(response, BLOCKED)
    said = refusal(response)
    assert (set(said), said["elevation"]) == ({"code", "eventId", "elevation"}, "WITH_REASON")
    await expect_noted(world, about="W3", role="GP", outcome="REFUSED", refusal=BLOCKED, released=[], withheld=[])
    log = (await world.data(W3, LOG))["accessLog"]["edges"]
    assert (log[0]["node"]["who"], log[0]["node"]["outcome"]) == ("Ukjentsen, Lege", "REFUSED")


@pytest.mark.parametrize("who", ["HD2", "HM1"])
async def test_TC_B02_a_block_on_an_organisation_covers_its_units(world: World, who: str) -> None:
    """Everybody at a hospital of the trust she named is kept out."""
    expect_refused(await read(world, who, "W3"), BLOCKED)
    await expect_noted(world, about="W3", outcome="REFUSED", refusal=BLOCKED, released=[])


async def test_TC_B03_what_only_she_can_open_is_a_number(world: World) -> None:
    """Another hospital opens the card; the closed section is null and counted, neither named nor an error. The ledger
    says that something was held back, and not which either: it says so too when the section is not asked for."""
    found = card_of(await read(world, "HD1", "W3"))
    assert (found["medicalConditions"], found["withheldByPatientCount"], found["withheld"]) == (None, 1, [])
    assert found["mother"]["language"]
    entry = await expect_noted(world, about="W3", outcome="PARTIAL", refusal=None, withheld=[])
    assert not [path for path in entry["released"] if path.startswith("medicalConditions")]
    await ask(world, "HD1", NAME_ALONE, "W3")
    await expect_noted(world, 2, about="W3", outcome="PARTIAL", withheld=[], released=["mother.name"])


async def test_TC_B04_a_block_on_a_unit_leaves_its_siblings_in(world: World) -> None:
    """The midwife service and the health station of one municipality are two units."""
    midwife, nurse = (all_personas()[caller(who)].unit for who in ("MW1", "PHN1"))
    assert midwife is not None and nurse is not None
    assert midwife.parent_number == nurse.parent_number
    await block(world, target="ORGANISATION", targetId=nurse.number)
    assert code((await read(world, "PHN1", "W1")).json()) == BLOCKED
    assert card_of(await read(world, "MW1", "W1"))["mother"]
    noted = [(entry["role"], entry["outcome"]) for entry in await entries_about(world, "W1")]
    assert noted == [("CITIZEN", "ALLOWED"), ("PUBLIC_HEALTH_NURSE", "REFUSED"), ("MIDWIFE", "ALLOWED")]


@pytest.mark.parametrize("header", ["orgnr_child", "x-organisation", "helseid-claims-client-claims-orgnr_child"])
async def test_TC_B05_a_header_changes_nothing(world: World, header: str) -> None:
    """Unit and person come from the token, in the ledger too."""
    asked = {"query": Q1, "variables": {"patient": world.number(W3)}}
    headers = world.credentials(world.token(caller("GP2"))) | {header: "310990000"}
    expect_refused(await world.client.post("/graphql", json=asked, headers=headers), BLOCKED)
    office = all_personas()[caller("GP2")].unit
    assert office is not None and office.number != "310990000"
    await expect_blocked_and_noted(world, organisation_number=office.number)


async def test_TC_B06_whoever_is_kept_out_writes_nothing(world: World) -> None:
    """The visit is refused, and no table has a row more or another one."""
    before = await rows_in(world, *WRITTEN_ON)
    expect_refused(await write_visit(world, "GP2", "W3"), BLOCKED)
    assert await rows_in(world, *WRITTEN_ON) == before
    await expect_noted(world, about="W3", operation_kind="mutation", outcome="REFUSED", refusal=BLOCKED, written=[])


async def test_TC_B07_an_emergency_opens_what_she_lets_it_open(world: World) -> None:
    """The hospital reads; what only she can open stays a number; both entries say on what basis, and which reason."""
    expect_refused(await world.send(in_emergency(world), Q1, patient=world.number(W3)), BLOCKED)
    opened = (await elevate(world, in_emergency(world)))["data"]["elevateAccess"]
    assert (opened["accessBasis"], opened["inForce"]) == ("FORHOYET_AKUTT", True)
    assert opened["endsAt"] == (NOW + timedelta(minutes=60)).isoformat().replace("+00:00", "Z")
    found = card_of(await world.send(in_emergency(world), Q1, patient=world.number(W3)))
    assert found["mother"]["language"]
    assert (found["medicalConditions"], found["withheldByPatientCount"], found["withheld"]) == (None, 1, [])
    refused, wrote, looked = await entries_about(world, "W3")
    assert (refused["outcome"], refused["access_basis"], refused["elevated"]) == ("REFUSED", "AKUTT", None)
    assert (wrote["outcome"], wrote["released"], [one.split(" ")[0] for one in wrote["written"]]) == (
        "ALLOWED", [], ["elevation"],
    )  # fmt: skip
    assert (looked["outcome"], looked["written"]) == ("PARTIAL", [])
    for entry in (wrote, looked):
        assert (entry["access_basis"], entry["elevated"]["reason_code"]) == ("FORHOYET_AKUTT", "4")
        assert WHY not in json.dumps(entry, ensure_ascii=False)


async def test_TC_B07_she_is_told_at_once_that_an_emergency_opened_it(world: World) -> None:
    """Her list, her log and the change that whoever follows her card hears of are there with it."""
    announced: list[str] = []
    world.services.choices.elevations._choosing._announce = announced.append  # type: ignore[attr-defined]
    opened = (await elevate(world, in_emergency(world)))["data"]["elevateAccess"]
    await look(world, in_emergency(world))
    (hers,) = (await world.data(W3, HERS))["elevations"]
    assert hers == {
        "elevationId": opened["elevationId"], "accessBasis": "FORHOYET_AKUTT",
        "accessBasisInPlainWords": "det du har sperret, ble åpnet fordi det var en akuttsituasjon",
        "startsAt": NOW.isoformat().replace("+00:00", "Z"), "endsAt": opened["endsAt"], "inForce": True,
        "who": "Fødesen, Lege", "hprNumber": "999900042", "organisation": "Testby sykehus",
        "reason": "CONDITION_PREVENTS", "reasonInPlainWords": "tilstanden din gjorde at du ikke kunne spørres",
        "reasonText": WHY,
    }  # fmt: skip
    looked, wrote = [edge["node"] for edge in (await world.data(W3, LOG))["accessLog"]["edges"]][1:3]
    noted = {name: hers[name] for name in ("reason", "reasonInPlainWords", "endsAt")}
    assert looked["elevated"] == wrote["elevated"] == noted
    assert looked["accessBasis"] == wrote["accessBasis"] == "FORHOYET_AKUTT"
    assert (looked["writtenSections"], wrote["writtenSections"]) == ([], ["elevation"])
    (what, record_id, author) = (await of_hers(world, W3, "change", "what, record_id, author"))[-1]
    assert (what, record_id, json.loads(author)["hpr_number"]) == ("ACCESS_ELEVATED", None, "999900042")
    assert len(announced) == 1


@pytest.mark.parametrize("said", ["kort", " " * 30, "kort" + " " * 40, "x" * 501, "x" * 19, WHY + "\0"])
async def test_TC_B08_without_words_nothing_opens(world: World, said: str) -> None:
    """Twenty characters that say something, and no more than five hundred."""
    assert code(await elevate(world, in_emergency(world), text=said)) == "ELEVATION_REASON_REQUIRED"
    await expect_noted(world, about="W3", outcome="REFUSED", refusal="ELEVATION_REASON_REQUIRED")
    await nothing_was_opened(world)


@pytest.mark.parametrize(
    ("purpose", "user_selected", "agrees"),
    [("ETREAT", False, False), ("COC", True, False), ("COC", True, True), ("TREAT", True, False), ("TREAT", False, True)],
    ids=["not picked by hand", "co-ordination", "co-ordination, agreed", "not agreed", "agreed, not by hand"],
)  # fmt: skip
async def test_TC_B09_the_situation_must_allow_it(
    world: World, purpose: str, user_selected: bool, agrees: bool
) -> None:
    """Care or emergency, a patient picked by hand, and in ordinary care her yes."""
    token = token_of(world, caller("HD2"), purpose, user_selected=user_selected)
    reason = None if agrees else "CONDITION_PREVENTS"
    assert code(await elevate(world, token, reason=reason, agrees=agrees)) == "ELEVATION_NOT_PERMITTED"
    await expect_noted(world, about="W3", outcome="REFUSED", refusal="ELEVATION_NOT_PERMITTED", purpose=purpose)
    await nothing_was_opened(world)


@pytest.mark.parametrize("who", ["PHN1", "US1"])
async def test_TC_B10_other_professions_open_nothing(world: World, who: str) -> None:
    """Doctors and midwives only, whatever is said."""
    await keep_out(world, "5")
    token = in_session(world, caller(who), "ETREAT")
    assert code(await elevate(world, token)) == "ELEVATION_NOT_PERMITTED"
    await expect_noted(world, about="W3", outcome="REFUSED", refusal="ELEVATION_NOT_PERMITTED")
    await nothing_was_opened(world)


async def test_TC_B11_where_nothing_would_open_nothing_is_opened(world: World) -> None:
    """No block, a block only she can open, and one that is open already are one answer."""
    assert code(await elevate(world, in_session(world, caller("HD1"), "ETREAT"), "kari")) == "ELEVATION_NOT_APPLICABLE"
    await expect_noted(world, about="W1", outcome="REFUSED", refusal="ELEVATION_NOT_APPLICABLE")
    await nothing_was_opened(world, "kari")
    token = in_emergency(world)
    for override, section in (("1", None), ("1", "medical_conditions"), ("3", None), ("9", None)):
        await keep_out(world, override, section=section)
        assert code(await elevate(world, token)) == "ELEVATION_NOT_APPLICABLE"
    await nothing_was_opened(world)
    await keep_out(world, "5")
    assert "errors" not in await elevate(world, token)
    assert code(await elevate(world, token)) == "ELEVATION_NOT_APPLICABLE"
    assert (await last_entry(world))["refusal"] == "ELEVATION_NOT_APPLICABLE"


async def test_TC_B12_it_ends_after_an_hour(world: World) -> None:
    """At sixty minutes it is over, by itself."""
    await elevate(world, in_emergency(world))
    for minutes, outcome in ((59, "PARTIAL"), (60, "REFUSED"), (61, "REFUSED")):
        set_clock(world, NOW + timedelta(minutes=minutes))
        body = await look(world, in_emergency(world))
        assert (body["data"]["card"] is None) == (outcome == "REFUSED")
        assert outcome == "PARTIAL" or code(body) == BLOCKED
        entry = await last_entry(world)
        assert (entry["outcome"], entry["elevated"] is None) == (outcome, outcome == "REFUSED")
    assert not (await world.data(W3, HERS))["elevations"][0]["inForce"]


async def test_TC_B13_it_does_not_follow_to_another_woman(world: World) -> None:
    """The same person in the same session finds no card where there is none, and is kept out of another that is
    blocked; neither entry says that anything was opened."""
    await keep_out(world, "5", woman="kari")
    await elevate(world, in_emergency(world))
    assert (await look(world, in_emergency(world)))["data"]["card"] is not None
    for woman, expected in (("W8", "RECORD_NOT_AVAILABLE"), ("W1", BLOCKED)):
        assert code(await look(world, in_emergency(world), WOMEN[woman])) == expected
        entry = await last_entry(world, woman)
        assert (entry["outcome"], entry["elevated"], entry["access_basis"]) == ("REFUSED", None, "AKUTT")


async def test_TC_B14_what_an_emergency_opened_is_for_reading_save_the_visit(world: World) -> None:
    """Before it is opened nothing is written; then the visit, with its basis in the ledger, and nothing else."""
    await keep_out(world, "5")
    token = in_emergency(world)
    assert code(await write(world, token, VISIT)) == BLOCKED
    await elevate(world, token)
    before = await rows_in(world, *WRITTEN_ON)
    for command in (MEDICATION, CLOSE):
        assert code(await write(world, token, command)) == "SECTION_FORBIDDEN"
        await expect_blocked_and_noted(world, refusal="SECTION_FORBIDDEN")
    assert await rows_in(world, *WRITTEN_ON) == before
    assert (await write(world, token, VISIT))["data"]["recordVisit"]["__typename"] == "VisitRecorded"
    entry = await last_entry(world)
    assert (entry["access_basis"], entry["elevated"]["reason_code"]) == ("FORHOYET_AKUTT", "4")
    assert len([1 for (what,) in await of_hers(world, W3, "change", "what") if what.startswith("ITEM_")]) == 1


@pytest.mark.parametrize(("override", "told"), [("3", "WITH_PATIENT_CONSENT"), ("5", "WITH_REASON")])
async def test_TC_B15_her_yes_opens_what_needs_it(world: World, override: str, told: str) -> None:
    """In ordinary care, with override codes 3 and 5; the basis is logged and shown."""
    await keep_out(world, override, hpr="999900085")
    token = in_session(world, caller("GP2"), "TREAT")
    assert refusal(await world.send(token, Q1, patient=world.number(W3)))["elevation"] == told
    opened = await elevate(world, token, reason=None, agrees=True)
    assert opened["data"]["elevateAccess"]["accessBasis"] == "FORHOYET_SAMTYKKE"
    assert card_of(await world.send(token, Q1, patient=world.number(W3)))["medicalConditions"] is not None
    entry = await expect_noted(world, 3, about="W3", outcome="ALLOWED", operation_kind="query", withheld=[])
    assert (entry["access_basis"], entry["elevated"]["reason_code"]) == ("FORHOYET_SAMTYKKE", None)
    assert [one["reason"] for one in (await world.data(W3, HERS))["elevations"]] == [None]


@pytest.mark.parametrize("who", ["GP1", "GP2"])
async def test_TC_B16_when_blocks_cannot_be_read_nothing_is_shown(world: World, who: str) -> None:
    """A projection that cannot be understood is no permission. (Blocks are stored with the cards: where the store itself
    is away there is nothing to show either.)"""
    async with world.services.database.transaction() as connection:
        await connection.execute(text("UPDATE patient SET blocks = '[{'"))
    response = await read(world, who, "W1")
    assert response.status_code >= 500 and not (response.json().get("data") or {}).get("card")
    entry = await expect_noted(world, about="W1", released=[], written=[])
    assert entry["outcome"] in ("FAILED", "REFUSED")


async def test_TC_B17_a_lifted_block_lets_in_at_once_and_stays_on_her_list(world: World) -> None:
    """It has ended, the row is kept, and each step of it is an entry."""
    placed = (await block(world, **GP2_BY_NUMBER))["data"]["blockAccess"]
    expect_refused(await read(world, "GP2", "W1"), BLOCKED)
    lifted = (await lift(world, placed["blockId"]))["data"]["liftBlock"]
    assert (lifted["inForce"], lifted["endsAt"]) == (False, NOW.isoformat().replace("+00:00", "Z"))
    assert card_of(await ask(world, "GP2", Q1, "W1"))["mother"]
    steps = [(entry["role"], entry["outcome"], len(entry["written"])) for entry in await entries_about(world, "W1")]
    assert steps == [("CITIZEN", "ALLOWED", 1), ("GP", "REFUSED", 0), ("CITIZEN", "ALLOWED", 1), ("GP", "ALLOWED", 0)]
    (shown,) = (await world.data(WOMEN["W1"], MY_BLOCKS))["myBlocks"]
    assert (shown["blockId"], shown["inForce"]) == (placed["blockId"], False)
    assert (await lift(world, placed["blockId"]))["data"]["liftBlock"] == lifted, "lifting it again changes nothing"
    changes = [what for (what,) in await of_hers(world, WOMEN["W1"], "change", "what")]
    assert changes.count("ACCESS_CHANGED") == 2, "placed and lifted; lifting it again was none"
