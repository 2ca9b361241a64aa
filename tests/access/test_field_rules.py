"""The field rules F-1 … F-8 over HTTP, one test or more a rule; `test_field_rules_whose_and_when.py` has the others.

Told elsewhere: which role reads and writes what, cell by cell (`matrix.txt`, `tests/graphql/test_commands.py`: writing
implies reading all of it, and what she registers herself); notes 3 to 8 of the read matrix in `cases/test_fields.py`,
`test_reports.py`, `tests/graphql/test_card.py` (systems, clerks).
"""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from app.domain.card.declaration import Sensitivity
from app.domain.card.previous_pregnancies import COUNTERS
from app.domain.card.sections import walk
from app.domain.policy import ProfileKey
from app.domain.record import BlockTarget
from app.domain.viewer import Purpose
from resolvers.views import CARD_TYPE, view_for
from tests.access.cases.test_fields import INTIMATE, NOTES, card, expect_not_in_schema, selecting
from tests.access.choosing import of_hers
from tests.graphql.test_caseload import block, block_for, lines
from tests.graphql.test_history import new_visit
from tests.policies import PILOT
from tests.whole_card import CANARY
from tests.world import World
from tests.writing import TERMINATED, new_key, write_body

CORE = ("gp", "midwife", "hospital")
READ_BY_SOMEBODY = [fact for fact in walk() if fact.section.kind != "co_parent" and fact.shape.content is None]
COUNTED = [fact.graphql_path for fact in READ_BY_SOMEBODY if fact.fact.bundle == COUNTERS]


def asking(paths: list[str]) -> str:
    """One document that asks for each of these facts."""
    return card(" ".join(map(selecting_leaf, paths)))


def selecting_leaf(path: str) -> str:
    """A fact's selection; of a value that has members, its code or its first."""
    type_ = view_for(None).graphql.get_type(CARD_TYPE)
    return selecting(path) if _is_leaf(type_, path) else selecting(f"{path}.{_member(type_, path)}")


def _type_at(type_: Any, path: str) -> Any:
    from graphql import get_named_type

    for part in path.split("."):
        type_ = get_named_type(type_.fields[part].type)
    return type_


def _is_leaf(type_: Any, path: str) -> bool:
    return not hasattr(_type_at(type_, path), "fields")


def _member(type_: Any, path: str) -> str:
    return next(iter(_type_at(type_, path).fields))


async def asked(world: World, persona: str, document: str, purpose: str | None = None, **more: Any) -> Any:
    """The card in an answer, with the answer's text."""
    response = await world.ask(persona, document, purpose=purpose, patient=world.number("kari"), **more)
    body = response.json()
    assert "errors" not in body, body
    return body["data"]["card"], response.text


# --- F-1 … F-4: how sensitive, for what purpose, for whom ---------------------------------------------------------------


async def test_F01_every_note_is_intimate_whatever_its_section(world: World) -> None:
    """For co-ordination of care none is given to anybody; for care all are."""
    declared = {fact.graphql_path: fact.fact for fact in walk()}
    texts = [path for path, fact in declared.items() if path.lower().endswith("note")]
    assert all(declared[path].sensitivity is Sensitivity.INTIMATE for path in texts)
    await world.add_whole_card(woman="kari")
    for persona in CORE:
        given, text = await asked(world, persona, asking(NOTES), "TREAT")
        assert given["withheld"] == [] and text.count(CANARY) == len(NOTES)
        withheld, text = await asked(world, persona, asking(NOTES), "COC")
        assert CANARY not in text
        assert {entry["path"] for entry in withheld["withheld"]} >= set(NOTES)


@pytest.mark.parametrize("persona", CORE)
async def test_F02_for_coordination_nothing_intimate_is_given(world: World, persona: str) -> None:
    """Every intimate fact is withheld for the purpose; in care and emergency none is."""
    await world.add_whole_card(woman="kari")
    given, _ = await asked(world, persona, asking(INTIMATE), "COC")
    assert {entry["path"] for entry in given["withheld"]} >= set(INTIMATE)
    assert {entry["reason"] for entry in given["withheld"]} == {"PURPOSE"}
    assert set(_leaves(given) - {None}) == set()
    for purpose in ("TREAT", "ETREAT"):
        given, _ = await asked(world, persona, asking(INTIMATE), purpose)
        assert given["withheld"] == [] and None not in _leaves(given)


def _leaves(given: Any) -> set[Any]:
    """All leaves of a card but those of `withheld`."""
    if isinstance(given, dict):
        return {leaf for name, value in given.items() if name != "withheld" for leaf in _leaves(value)}
    if isinstance(given, list):
        return {leaf for value in given for leaf in _leaves(value)}
    return {json.dumps(given) if given is not None else None}


async def test_F03_what_is_not_named_is_neither_given_nor_told_of(world: World) -> None:
    """A document that names no intimate fact gets none, and hears of none; the ledger names what was asked, no more."""
    await world.add_whole_card(woman="kari")
    given, text = await asked(world, "nurse", card("medicalConditions { diabetes }"))
    assert given == {"medicalConditions": {"diabetes": True}, "withheld": []}
    entry = (await world.ledger_entries("kari"))[-1]
    assert (entry["released"], entry["withheld"]) == (["medicalConditions.diabetes"], [])


def test_F03_registered_documents_of_narrow_roles_name_nothing_intimate() -> None:
    """Those that come with the gateway for secretaries and representatives; each document says what it asks for."""
    folder = Path(__file__).parents[2] / "app" / "documents"
    leaves = {path.rsplit(".", 1)[-1] for path in INTIMATE} - {
        fact.graphql_path.rsplit(".", 1)[-1] for fact in READ_BY_SOMEBODY if fact.graphql_path not in INTIMATE
    }
    narrow = [path for name in ("secretary", "representative") for path in (folder / name).rglob("*.graphql")]
    assert len(narrow) >= 2
    for path in narrow:
        assert not leaves & set(re.findall(r"\w+", path.read_text(encoding="utf-8"))), path


async def test_F04_a_representative_reads_the_administrative_and_the_ordinary_only(world: World) -> None:
    """Of all facts of the card, none of another level is in that schema; what is there is given."""
    await world.add_whole_card(woman="kari")
    levels = (Sensitivity.ADMINISTRATIVE, Sensitivity.ORDINARY)
    for fact in READ_BY_SOMEBODY:
        query = f"{{ myCard {{ {selecting_leaf(fact.graphql_path)} withheld {{ path }} }} }}"
        response = await world.ask("representative", query)
        if fact.fact.sensitivity not in levels:
            expect_not_in_schema(response)
        elif response.status_code == 200:
            assert "errors" not in response.json(), (fact.graphql_path, response.text)


# --- F-5 … F-8: what follows from a fact, and what looks alike ---------------------------------------------------------


async def test_F05_a_line_of_the_list_is_as_sensitive_as_what_it_is_made_of(world: World) -> None:
    """Last visit, blood pressure, due date and week are withheld with the sections they come from."""
    hospital = await world.viewer("midwife")
    before = {line["motherName"]: line for line in await lines(world, "midwife")}["Kari Eksempel"]
    assert before["lastBloodPressure"] and before["dueDate"] and before["openItems"] == 0
    await block_for(
        world,
        "kari",
        *(block(kind, BlockTarget.PERSON, hospital.hpr_number) for kind in ("pregnancy", "antenatal_visits")),
    )
    after = {line["motherName"]: line for line in await lines(world, "midwife")}["Kari Eksempel"]
    withheld = ("gestationalAge", "dueDate", "lastVisitOn", "lastBloodPressure", "openItems")
    assert [after[name] for name in withheld] == [None] * len(withheld)
    assert {entry["path"].split(".")[0] for entry in after["withheld"]} == {"pregnancy", "antenatalVisits"}


@pytest.mark.parametrize(("persona", "purpose"), [("nurse", "TREAT"), ("gp", "COC"), ("midwife", "COC")])
async def test_F05_whoever_is_kept_from_a_section_is_not_told_how_many_requests_wait(
    world: World, persona: str, purpose: str
) -> None:
    """A request may be about an intimate fact: its number is null, whether there are any or none."""
    document = "{ caseload { edges { node { motherName openItems } } } }"
    answers = set()
    for item in (None, (await new_visit(world))["itemId"]):
        if item is not None:
            said = 'mutation($item: ID!, $key: String!) { requestCorrection(section: ANTENATAL_VISITS, itemId: $item, text: "Feil", idempotencyKey: $key) { requestId } }'
            await world.data("kari", said, item=item, key=new_key())
        answers.add((await world.ask(persona, document, purpose=purpose)).content)
    (answer,) = answers
    assert {edge["node"]["openItems"] for edge in json.loads(answer)["data"]["caseload"]["edges"]} <= {None}
    told = {line["motherName"]: line["openItems"] for line in await lines(world, "midwife")}
    assert told["Kari Eksempel"] == 1


EARLIER = "query($patient: NationalIdentityNumber!) { earlierCards(patient: $patient, includePrevious: true) { status recordId birthOutcome { children { status { code } } } withheld { path reason } } }"


async def test_F05_how_an_earlier_pregnancy_ended_is_as_intimate_as_its_outcome(world: World) -> None:
    """For co-ordination of care neither a birth nor a termination is told, in the status as little as in the outcome."""
    terminated = world.number("guro")
    for number in (terminated, world.number("ida")):
        for persona in CORE:
            (given,) = (await world.data(persona, EARLIER, patient=number))["earlierCards"]
            assert given["status"] == ("TERMINATED" if number == terminated else "DELIVERED")
            (withheld,) = (await world.data(persona, EARLIER, purpose="COC", patient=number))["earlierCards"]
            assert (withheld["status"], withheld["birthOutcome"]) == (None, None)
            assert {entry["reason"] for entry in withheld["withheld"]} == {"PURPOSE"}
    (hers,) = (await world.data("guro", "{ earlierCards { status } }"))["earlierCards"]
    assert hers["status"] == "TERMINATED"


async def test_F05_a_closing_is_told_without_how_it_ended(world: World) -> None:
    """Neither the change that followers hear of nor the log says what became of the pregnancy."""
    number = world.number("kari")
    await world.data(
        "gp", TERMINATED, patient=number, version=await _card_version(world), at="2026-11-23T08:00:00Z", key=new_key()
    )
    assert (await of_hers(world, "kari", "change", "what, kind, item_id, version"))[-1] == (
        "RECORD_CLOSED", None, None, None,
    )  # fmt: skip
    log = "query($patient: NationalIdentityNumber!) { accessLog(patient: $patient) { edges { node { outcome writtenSections facts } } } }"
    answer = await world.ask("auditor", log, patient=number)
    assert answer.json()["data"]["accessLog"]["edges"][0]["node"]["writtenSections"]
    assert "terminat" not in answer.text.lower()


async def _card_version(world: World) -> int:
    found = await world.data(
        "gp", "query($p: NationalIdentityNumber!) { card(patient: $p) { version } }", p=world.number("kari")
    )
    return int(found["card"]["version"])


async def test_F05_error_texts_repeat_no_value(world: World) -> None:
    """What is wrong in a command is named by its path; an intimate text that was sent along stands in no error."""
    secret = f"{CANARY} redd hjemme"
    body = await write_body(
        world, "midwife", "record", "visit", patient=world.number("kari"),
        content={"held_on": "2031-01-01", "employment_percent": 7_777, "note": secret},
    )  # fmt: skip
    assert body["data"]["written"]["__typename"] == "InvalidInput"
    assert secret not in json.dumps(body, ensure_ascii=False) and "7777" not in json.dumps(body)
    refused = await write_body(
        world, "gp", "record", "visit", purpose="COC", patient=world.number("kari"),
        content={"held_on": "2026-11-20", "note": secret},
    )  # fmt: skip
    assert refused["errors"][0]["extensions"]["code"] == "SECTION_FORBIDDEN"
    assert secret not in json.dumps(refused, ensure_ascii=False)


async def test_F06_not_recorded_recorded_as_absent_and_withheld_are_three_things(world: World) -> None:
    """To a clinician; to a secretary and a representative a fact that is never theirs does not exist."""
    query = card("laboratoryResults { hivPositive }")
    found = []
    for value, purpose in ((None, "TREAT"), (False, "TREAT"), (False, "COC")):
        await world.add_whole_card(woman="kari", laboratory_results={"hiv_positive": value})
        given, _ = await asked(world, "gp", query, purpose)
        found.append((given["laboratoryResults"]["hivPositive"], [entry["reason"] for entry in given["withheld"]]))
    assert found == [(None, []), (False, []), (None, ["PURPOSE"])]
    expect_not_in_schema(await world.ask("secretary", query, patient=world.number("kari")))
    expect_not_in_schema(await world.ask("representative", "{ myCard { laboratoryResults { hivPositive } } }"))


@pytest.mark.parametrize(
    ("persona", "purpose"), [("nurse", "TREAT"), ("imaging", "TREAT"), ("gp", "COC"), ("hospital", "COC")]
)
async def test_F07_withheld_is_the_same_whatever_is_recorded(world: World, persona: str, purpose: str) -> None:
    """All facts that a role does not read, asked of a card with every one recorded and of one with none: equal bytes."""
    role = (await world.viewer(persona, purpose)).role
    decisions = PILOT.profile(ProfileKey(role, Purpose(purpose))).decisions
    hidden = [
        fact for fact in READ_BY_SOMEBODY
        if not decisions[fact.graphql_path].allowed and len(fact.path) == 1 and not fact.section.repeated
    ]  # fmt: skip
    assert len(hidden) > 10
    document = asking([fact.graphql_path for fact in hidden])
    await world.add_whole_card(woman="kari")
    recorded = (await world.ask(persona, document, purpose=purpose, patient=world.number("kari"))).content
    nothing: dict[str, dict[str, None]] = {}
    for fact in hidden:
        nothing.setdefault(fact.section.kind, {})[fact.path[0]] = None
    await world.add_whole_card(woman="kari", **nothing)
    assert (await world.ask(persona, document, purpose=purpose, patient=world.number("kari"))).content == recorded


async def test_F08_the_counters_are_given_together_or_not_at_all(world: World) -> None:
    """All five to whom the matrix gives them, none to others and none of an earlier card in co-ordination of care; one
    asked for by itself decides as all do. No list or history shows one without the others."""
    await world.add_whole_card(woman="kari")
    assert len(COUNTED) == 5
    for persona, purpose, all_given in (
        ("gp", "TREAT", True), ("gp", "COC", True), ("imaging", "TREAT", True), ("nurse", "TREAT", False),
    ):  # fmt: skip
        for path in COUNTED:
            given, _ = await asked(world, persona, card(selecting(path)), purpose)
            assert [entry["path"] for entry in given["withheld"]] == ([] if all_given else [path])
    earlier = "query($patient: NationalIdentityNumber!) { earlierCards(patient: $patient, includePrevious: true) { %s withheld { path } } }"
    query = earlier % " ".join(map(selecting, COUNTED))
    (past,) = (await world.data("gp", query, purpose="COC", patient=world.number("ida")))["earlierCards"]
    assert {entry["path"] for entry in past["withheld"]} == set(COUNTED)
    history = card("previousPregnancies { history { changedFacts content { numberOfPreviousPregnancies } } }")
    nurse, _ = await asked(world, "nurse", history)
    assert nurse["previousPregnancies"] is None
