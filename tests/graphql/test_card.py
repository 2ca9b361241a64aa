"""Reading a card over HTTP, as each kind of caller."""

import json

import pytest

from app.domain.viewer import CallerKind
from resolvers.views import view_for
from tests.databases import drop_database
from tests.whole_card import CANARY, selection
from tests.world import World

WHOLE = selection(view_for(CallerKind.CLINICIAN).graphql, "MaternityRecord")
CARD = f"query Whole($patient: NationalIdentityNumber!) {{ card(patient: $patient) {{ {WHOLE} }} }}"
MY_CARD = f"{{ myCard {{ {selection(view_for(CallerKind.CITIZEN).graphql, 'MaternityRecord')} }} }}"


def leaves(value: object) -> int:
    if isinstance(value, dict):
        return sum(map(leaves, value.values()))
    if isinstance(value, list):
        return sum(map(leaves, value))
    return value is not None


@pytest.mark.parametrize("persona", ["gp", "midwife", "hospital", "hospital-midwife"])
async def test_one_document_reads_every_fact_of_a_full_card(world: World, persona: str) -> None:
    """GP, midwife and hospital get the whole card in one query, with nothing withheld and nothing empty."""
    await world.add_whole_card()
    card = (await world.data(persona, CARD, patient=world.whole))["card"]
    assert card["withheld"] == []
    assert _empty_facts(card) == set()


async def test_the_woman_reads_her_whole_card(world: World) -> None:
    """She sees every fact about herself."""
    card = (await world.data("kari", MY_CARD))["myCard"]
    assert card["withheld"] == []
    assert leaves(card) > 200


def _empty_facts(value: object, path: str = "") -> set[str]:
    if isinstance(value, dict):
        return {found for name, inner in value.items() for found in _empty_facts(inner, f"{path}.{name}")}
    if isinstance(value, list):
        return {found for inner in value for found in _empty_facts(inner, path)}
    return {path} if value is None and path.rpartition(".")[2] not in ("closedAt", "withheldFromPatient") else set()


async def test_a_card_is_one_statement(world: World) -> None:
    """Person, consent, blocks, card and sections come in one statement."""
    await world.data("gp", CARD, patient=world.number("kari"))
    with world.services.database.count_statements() as seen:
        await world.data("gp", CARD, patient=world.number("kari"))
    assert len([text for text in seen if text.lstrip().upper().startswith("SELECT") and "section" in text]) == 1
    assert len([text for text in seen if text.lstrip().upper().startswith("SELECT") and "ledger" not in text]) == 1


async def test_the_statement_names_only_the_sections_that_are_asked_for(world: World) -> None:
    """A document that asks for no section joins none."""
    with world.services.database.count_statements() as seen:
        await world.data("gp", "query($patient: NationalIdentityNumber!) { card(patient: $patient) { status } }",
                         patient=world.number("kari"))  # fmt: skip
    assert not any("section" in text for text in seen)


async def test_the_nurse_gets_what_the_matrix_says_and_not_a_letter_more(
    world: World, capfd: pytest.CaptureFixture[str]
) -> None:
    """No refused text is anywhere in body, headers or logs; each refused fact is named with its reason."""
    await world.add_whole_card()
    response = await world.ask("nurse", CARD, patient=world.whole)
    card = response.json()["data"]["card"]
    assert card["laboratoryResults"] is None
    assert card["medicalConditions"]["diabetes"] is True
    assert card["medicalConditions"]["mentalHealthCondition"] is None
    refused = {entry["path"] for entry in card["withheld"]}
    assert {
        "laboratoryResults.hivPositive",
        "medicalConditions.mentalHealthCondition",
        "antenatalVisits.note",
    } <= refused
    logged = capfd.readouterr()
    shown = response.text + str(response.headers) + logged.out + logged.err
    assert f"{CANARY} antenatal_visits.note" not in shown
    assert f"{CANARY} laboratory_results" not in shown
    assert CANARY not in logged.out + logged.err


async def test_what_is_withheld_comes_as_errors_when_nobody_asks_for_the_list(world: World) -> None:
    """A careless client is told in a way it cannot mistake for an empty field."""
    query = (
        "query($patient: NationalIdentityNumber!) { card(patient: $patient) { laboratoryResults { h: hivPositive } } }"
    )
    body = (await world.ask("midwife", query, purpose="COC", patient=world.number("hedda"))).json()
    assert body["data"]["card"]["laboratoryResults"] == {"h": None}
    (error,) = body["errors"]
    assert error["path"] == ["card", "laboratoryResults", "h"]
    assert error["extensions"]["code"] == "FIELD_WITHHELD"
    assert error["extensions"]["reason"] == "PURPOSE"


async def test_the_answer_is_the_same_whatever_the_hidden_value_is(world: World) -> None:
    """Rule F-7: true, false and not recorded give the same bytes to somebody who may not see it."""
    query = (
        "query($patient: NationalIdentityNumber!) { card(patient: $patient) "
        "{ medicalConditions { mentalHealthCondition } laboratoryResults { hivPositive } withheld { path reason rule } } }"
    )
    answers = set()
    for value in (True, False, None):
        await world.add_whole_card(
            medical_conditions={"mental_health_condition": value}, laboratory_results={"hiv_positive": value}
        )
        answers.add((await world.ask("nurse", query, patient=world.whole)).content)
    assert len(answers) == 1


async def test_false_null_and_withheld_never_look_alike(world: World) -> None:
    """A recorded negative, nothing recorded and withheld are three answers to a clinician."""
    await world.add_whole_card(laboratory_results={"hiv_positive": False, "syphilis_positive": None})
    query = (
        "query($patient: NationalIdentityNumber!) { card(patient: $patient) "
        "{ laboratoryResults { hivPositive syphilisPositive } withheld { path } } }"
    )
    treat = (await world.data("gp", query, patient=world.whole))["card"]
    assert treat == {"laboratoryResults": {"hivPositive": False, "syphilisPositive": None}, "withheld": []}
    coordinating = (await world.ask("gp", query, purpose="COC", patient=world.whole)).json()["data"]["card"]
    assert coordinating["laboratoryResults"] == {"hivPositive": None, "syphilisPositive": None}
    assert len(coordinating["withheld"]) == 2


async def test_a_fragment_an_alias_and_a_directive_change_no_decision(world: World) -> None:
    """The same fact by every path is withheld every time; what is skipped is not even mentioned."""
    query = """
      query($patient: NationalIdentityNumber!, $no: Boolean = false) {
        a: card(patient: $patient) { ...Labs withheld { path } }
        b: card(patient: $patient) { laboratoryResults { x: hivPositive ... on LaboratoryResults { y: hivPositive } } }
        c: card(patient: $patient) { laboratoryResults { hivPositive @include(if: $no) ferritinUgPerL } withheld { path } }
      }
      fragment Labs on MaternityRecord { laboratoryResults { hivPositive } }
    """
    body = (await world.ask("gp", query, purpose="COC", patient=world.number("hedda"))).json()
    assert body["data"]["a"]["laboratoryResults"] == {"hivPositive": None}
    assert body["data"]["a"]["withheld"] == [{"path": "laboratoryResults.hivPositive"}]
    assert body["data"]["b"]["laboratoryResults"] == {"x": None, "y": None}
    assert sorted(error["path"][-1] for error in body["errors"]) == ["x", "y"]
    assert body["data"]["c"]["withheld"] == []


async def test_one_operation_concerns_one_woman(world: World) -> None:
    """Two women through aliases are refused before anything is read."""
    query = "query($a: NationalIdentityNumber!, $b: NationalIdentityNumber!) { x: card(patient: $a) { status } y: card(patient: $b) { status } }"
    response = await world.ask("gp", query, a=world.number("kari"), b=world.number("aisha"))
    assert response.status_code == 400
    assert response.json()["errors"][0]["extensions"]["code"] == "MULTIPLE_PATIENTS"


@pytest.mark.parametrize(
    ("woman", "code"),
    [
        ("randi", "CONSENT_MISSING"),
        ("liv", "CONSENT_MISSING"),
        ("sunniva", "RECORD_NOT_AVAILABLE"),
        ("jorunn", "RECORD_NOT_AVAILABLE"),
        ("guro", "RECORD_NOT_AVAILABLE"),
        ("astrid", "RECORD_NOT_AVAILABLE"),
    ],
)
async def test_a_closed_door_is_one_code_and_no_data(world: World, woman: str, code: str) -> None:
    """Root null, one coded error, nothing else."""
    body = (await world.ask("gp", CARD, patient=world.number(woman))).json()
    assert body["data"] == {"card": None}
    (error,) = body["errors"]
    assert error["extensions"]["code"] == code
    assert set(error) == {"message", "path", "extensions", "locations"}


async def test_a_protected_woman_answers_like_one_without_a_card(world: World) -> None:
    """Same status, same headers, same body but for the event id, on the card and on its status."""
    status = "query($patient: NationalIdentityNumber!) { cardStatus(patient: $patient) { consentGiven hasActiveCard lastChangedAt } consent(patient: $patient) { given } }"
    for query in (CARD, status):
        hidden, without = [await world.ask("gp", query, patient=world.number(slug)) for slug in ("sunniva", "guro")]
        assert (hidden.status_code, dict(hidden.headers)) == (without.status_code, dict(without.headers))
        assert _without_event(hidden.json()) == _without_event(without.json())


async def test_her_earlier_cards_are_as_if_there_were_none(world: World) -> None:
    """A protected woman's past answers like that of a woman who consented and never had a card; the ledger knows why."""
    await world.data("randi", "mutation { giveConsent { given } }")
    query = (
        "query($patient: NationalIdentityNumber!) { earlierCards(patient: $patient, includePrevious: true) { status } }"
    )
    hidden, without = [await world.ask("gp", query, patient=world.number(slug)) for slug in ("sunniva", "randi")]
    assert hidden.content == without.content
    assert (await world.ledger_entries("sunniva"))[-1]["refusal"] == "CONFIDENTIAL_ADDRESS"


def _without_event(body: dict[str, object]) -> str:
    for error in body.get("errors", []):  # type: ignore[attr-defined]
        error["extensions"].pop("eventId")
    return json.dumps(body)


async def test_an_identity_number_that_fails_its_check_digits_is_not_repeated(world: World) -> None:
    """PATIENT_ID_INVALID, and the number stands nowhere in the answer."""
    response = await world.ask("gp", CARD, patient="15839430009")
    assert response.json()["errors"][0]["extensions"]["code"] == "PATIENT_ID_INVALID"
    assert "15839430009" not in response.text


@pytest.mark.parametrize(
    "field", ["cardStatus(patient: $p) { hasActiveCard }", "consent(patient: $p) { given }",
              "accessLog(patient: $p) { pageInfo { hasNextPage } }", "earlierCards(patient: $p, includePrevious: true) { status }"],
)  # fmt: skip
async def test_no_question_about_an_invalid_number_is_answered(world: World, field: str) -> None:
    """A number that belongs to nobody is an error on every route, never an answer that she has no card."""
    body = (await world.ask("gp", f"query($p: NationalIdentityNumber!) {{ asked: {field} }}", p="15839430009")).json()
    assert body["data"] == {"asked": None}
    assert [error["extensions"]["code"] for error in body["errors"]] == ["PATIENT_ID_INVALID"]
    assert [entry["refusal"] for entry in await world.all_ledger_entries()] == ["PATIENT_ID_INVALID"]


async def test_her_blocks_hold(world: World) -> None:
    """Ragnhild keeps a doctor, a hospital and a section closed; each says just what it should."""
    blocks = {block.section for block in world.situation("ragnhild").blocks}
    assert None in blocks
    codes = set()
    for persona in ("gp", "midwife", "hospital", "stranger"):
        body = (await world.ask(persona, CARD, patient=world.number("ragnhild"))).json()
        codes |= {error["extensions"]["code"] for error in body.get("errors", [])}
    assert codes == {"ACCESS_BLOCKED_BY_PATIENT"}
    assert (await world.data("ragnhild", "{ myCard { status } }"))["myCard"] == {"status": "ACTIVE"}


async def test_earlier_cards_are_opened_on_purpose_and_are_stricter(world: World) -> None:
    """Without includePrevious a clinician gets none; coordinating she sees no personal fact of them."""
    query = (
        "query($patient: NationalIdentityNumber!, $yes: Boolean!) { earlierCards(patient: $patient, includePrevious: $yes)"
        " { status pregnancy { numberOfFetuses } birthOutcome { children { bornAt } } withheld { path } } }"
    )
    refused = (await world.ask("hospital", query, patient=world.number("ida"), yes=False)).json()
    assert refused["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    (earlier,) = (await world.data("hospital", query, patient=world.number("ida"), yes=True))["earlierCards"]
    assert earlier["status"] == "DELIVERED"
    assert earlier["birthOutcome"]["children"][0]["bornAt"]
    (strict,) = (await world.ask("hospital", query, purpose="COC", patient=world.number("ida"), yes=True)).json()[
        "data"
    ]["earlierCards"]
    assert strict["birthOutcome"] is None or strict["birthOutcome"]["children"] is None
    assert {entry["path"] for entry in strict["withheld"]} >= {"birthOutcome.children"}


async def test_the_woman_sees_her_earlier_cards_in_full(world: World) -> None:
    """Her own past is hers."""
    (earlier,) = (
        await world.data("ida", "{ earlierCards { birthOutcome { children { bornAt } } withheld { path } } }")
    )["earlierCards"]
    assert earlier["withheld"] == []
    assert earlier["birthOutcome"]["children"][0]["bornAt"]


async def test_a_woman_who_has_given_birth_reads_her_closed_card_beside_the_question_for_an_active_one(
    world: World,
) -> None:
    """The one refused, the other given, in one operation."""
    body = (
        await world.ask("silje", "{ myCard { status } earlierCards { status birthOutcome { children { bornAt } } } }")
    ).json()
    assert body["data"]["myCard"] is None
    assert [error["path"] for error in body["errors"]] == [["myCard"]]
    (closed,) = body["data"]["earlierCards"]
    assert closed["status"] == "DELIVERED"
    assert closed["birthOutcome"]["children"][0]["bornAt"]


async def test_items_entered_in_error_are_hidden_until_somebody_who_writes_asks(world: World) -> None:
    """Rule F-10."""
    query = "query($patient: NationalIdentityNumber!, $all: Boolean!) { card(patient: $patient) { antenatalVisits(includeErroneous: $all) { provenance { enteredInError } } } }"
    number = world.number("ingrid")
    usual = (await world.data("midwife", query, patient=number, all=False))["card"]["antenatalVisits"]
    everything = (await world.data("midwife", query, patient=number, all=True))["card"]["antenatalVisits"]
    assert len(everything) > len(usual)
    nurse = await world.ask("nurse", query, patient=number, all=True)
    assert len(nurse.json()["data"]["card"]["antenatalVisits"]) == len(usual)


async def test_a_machine_asks_for_status_and_cannot_even_name_a_card(world: World) -> None:
    """Status is three facts; a card is an unknown field."""
    status = "query($patient: NationalIdentityNumber!) { cardStatus(patient: $patient) { consentGiven hasActiveCard lastChangedAt } }"
    found = (await world.data("ehr", status, patient=world.number("kari")))["cardStatus"]
    assert (found["consentGiven"], found["hasActiveCard"]) == (True, True)
    response = await world.ask("ehr", CARD, patient=world.number("kari"))
    assert response.status_code == 400
    assert response.json()["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"
    assert "data" not in response.json()


@pytest.mark.parametrize("persona", ["auditor", "evaluator", "ehr"])
async def test_oversight_and_systems_have_no_card_in_their_schema(world: World, persona: str) -> None:
    """Neither a card nor a hint of one."""
    response = await world.ask(persona, "{ __schema { types { name } } }")
    names = {found["name"] for found in response.json()["data"]["__schema"]["types"]}
    assert "MaternityRecord" not in names


async def test_the_secretary_sees_what_organises_care(world: World) -> None:
    """Name, language, address, due date; dates only where her own unit follows the card."""
    query = (
        "query($patient: NationalIdentityNumber!) { card(patient: $patient) { mother { name language { code } postalCode }"
        " antenatalVisits { heldOn } withheld { path } } }"
    )
    card = (await world.ask("secretary", query, patient=world.number("kari"))).json()["data"]["card"]
    assert card["mother"]["name"]
    unknown = await world.ask(
        "secretary", query.replace("postalCode", "civilStatus { code }"), patient=world.number("kari")
    )
    assert unknown.status_code == 400


async def test_the_clerk_may_ask_for_status_only(world: World) -> None:
    """Without a licence there is no card."""
    query = "query($patient: NationalIdentityNumber!) { card(patient: $patient) { mother { name } } }"
    response = await world.ask("clerk", query, patient=world.number("kari"))
    assert "Kari" not in response.text
    assert response.status_code == 403 or response.json()["data"] == {"card": None}


async def test_me_says_who_asks(world: World) -> None:
    """A client can show in which role and for what purpose it is signed in."""
    me = (await world.data("gp", "{ me { kind role name purpose unit { name } policy } }"))["me"]
    assert (me["kind"], me["role"], me["purpose"]) == ("CLINICIAN", "GP", "TREAT")


@pytest.mark.parametrize("world", ["postgresql"], indirect=True)
async def test_a_store_that_is_gone_is_said_so(world: World) -> None:
    """503 DEPENDENCY_UNAVAILABLE and no data; readiness says no. (An open SQLite file cannot be taken away.)"""
    url = world.services.database.url
    await drop_database(url.render_as_string(hide_password=False).replace("+asyncpg", ""))
    response = await world.ask("gp", CARD, patient=world.number("kari"))
    assert response.status_code == 503
    assert response.json()["errors"][0]["extensions"]["code"] == "DEPENDENCY_UNAVAILABLE"
    assert "data" not in response.json()
    assert (await world.client.get("/health/ready")).status_code == 503
