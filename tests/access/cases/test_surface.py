"""Access cases TC-G: what GraphQL itself could let through.

A document that is not valid in the caller's view is 400 GRAPHQL_VALIDATION_FAILED here, where the case list says 422.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from graphql import GraphQLNonNull, GraphQLObjectType, get_named_type, parse, validate

from app.domain.card.sections import SECTIONS
from app.domain.caseload import CaseloadSort
from app.domain.policy import Policy, declared_paths
from app.domain.viewer import CallerKind
from resolvers.views import CARD_TYPE, view_for
from tests.access.cases.setting import Q1, WOMEN, ask, caller, card_of, expect_noted, expect_turned_away, read
from tests.streams import FOLLOW_HER, Writer, listening_gateway, socket_of
from tests.world import World

INTROSPECTION = "{ __schema { types { name } } }"
HIV = "laboratoryResults { hivPositive }"


def card(below: str) -> str:
    return f"query($patient: NationalIdentityNumber!) {{ card(patient: $patient) {{ {below} withheld {{ path reason }} }} }}"


async def test_TC_G01_production_is_not_introspected_and_hints_at_nothing(strict_gateway: World) -> None:
    """Documents that nobody registered are not run, so introspection has no way in: 400 DOCUMENT_NOT_TRUSTED. A
    misspelt name is refused without a suggestion."""
    for query in (INTROSPECTION, '{ __type(name: "MaternityRecord") { name } }', "{ myCrad { status } }"):
        response = await strict_gateway.ask("kari", query)
        assert response.status_code == 400
        assert response.json()["errors"][0]["extensions"]["code"] == "DOCUMENT_NOT_TRUSTED"
        assert "did you mean" not in response.text.lower()
    await expect_noted(strict_gateway, 3, kind="TURNED_AWAY", refusal="DOCUMENT_NOT_TRUSTED", about=None)


async def test_TC_G02_five_hundred_aliases_and_a_batch_are_refused_before_anything_is_read(gateway: World) -> None:
    """TOO_MANY_ALIASES or too many root fields, by whatever is counted first; a batch is malformed."""
    aliases = " ".join(f"a{n}: card(patient: $patient) {{ status }}" for n in range(500))
    with gateway.services.database.count_statements() as seen:
        response = await ask(gateway, "GP1", f"query($patient: NationalIdentityNumber!) {{ {aliases} }}", "W1")
        assert response.status_code == 400 and "data" not in response.json()
        assert response.json()["errors"][0]["extensions"]["code"] in ("TOO_MANY_ALIASES", "TOO_MANY_ROOT_FIELDS")
        headers = gateway.credentials(gateway.token("gp"))
        batch = [{"query": "{ me { role } }"}] * 100
        many = await gateway.client.post("/graphql", json=batch, headers=headers)
    assert (many.status_code, many.json()["errors"][0]["extensions"]["code"]) == (400, "MALFORMED_REQUEST")
    assert not [statement for statement in seen if "patient" in statement and "ledger_" not in statement]


ROUTES = {
    "field": HIV,
    "named fragment": "...F",
    "inline fragment": "... on MaternityRecord { laboratoryResults { ... { hivPositive } } }",
    "alias": "x: laboratoryResults { y: hivPositive }",
    "history": "laboratoryResults { history { content { hivPositive } } }",
}


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("who", ["MW1", "HD1"])
async def test_TC_G03_a_fact_is_decided_on_alike_by_every_path(world: World, who: str, route: str) -> None:
    """Field, fragments, alias, history: given to care, withheld from its co-ordination, each time. There is no `node`,
    no search and no timeline of values; tests/access/test_matrix.py asks for every fact by every route there is."""
    await world.add_whole_card(woman=WOMEN["W1"])
    query = card(ROUTES[route]) + (
        " fragment F on MaternityRecord { laboratoryResults { hivPositive } }" * (route == "named fragment")
    )
    given = await ask(world, who, query, "W1")
    assert '":true' in given.text.replace("hasNextPage", "") and card_of(given)["withheld"] == []
    denied = await ask(world, who, query, "W1", purpose="COC")
    assert ":true" not in denied.text
    assert card_of(denied)["withheld"] == [{"path": "laboratoryResults.hivPositive", "reason": "PURPOSE"}]


@pytest.mark.parametrize("included", [False, True])
async def test_TC_G04_what_is_skipped_is_not_told_as_withheld(world: World, included: bool) -> None:
    """Skipped: no entry. Included: withheld, and noted so."""
    query = "query($patient: NationalIdentityNumber!, $on: Boolean!) { card(patient: $patient) { mother { name } laboratoryResults { ferritinUgPerL hivPositive @include(if: $on) note @skip(if: true) } withheld { path } } }"
    answered = card_of(await ask(world, "MW1", query, "W1", purpose="COC", on=included))
    paths = ["laboratoryResults.hivPositive"] if included else []
    assert [one["path"] for one in answered["withheld"]] == paths
    assert ("hivPositive" in (answered["laboratoryResults"] or {"hivPositive": None})) is (
        included or answered["laboratoryResults"] is None
    )
    entry = await expect_noted(world, 1, about="W1")
    assert [said.split(":")[0] for said in entry["withheld"]] == paths


async def test_TC_G05_a_url_is_no_way_to_ask_about_her(gateway: World) -> None:
    """A query that names a patient is refused by GET, a mutation is 405. A GET is taken for registered and free queries
    about nobody (see the README), where the case list takes none at all."""
    headers = gateway.credentials(gateway.token("gp"), "GET")
    query = "query($patient: NationalIdentityNumber!) { card(patient: $patient) { status } }"
    asked = {"query": query, "variables": json.dumps({"patient": gateway.number(WOMEN["W1"])})}
    refused = await gateway.client.get("/graphql", params=asked, headers=headers)
    assert (refused.status_code, refused.json()["errors"][0]["extensions"]["code"]) == (400, "PERSONAL_DATA_IN_URL")
    headers = gateway.credentials(gateway.token("kari"), "GET")
    changed = await gateway.client.get(
        "/graphql", params={"query": "mutation { giveConsent { given } }"}, headers=headers
    )
    assert (changed.status_code, changed.headers["allow"]) == (405, "POST")
    assert not [entry for entry in await gateway.all_ledger_entries() if entry["kind"] == "USAGE"]


async def test_TC_G06_nothing_is_sorted_or_filtered_by_what_may_be_withheld(gateway: World) -> None:
    """The only list that is sorted knows two orders, by due date and last visit; the only one that is filtered is the
    ledger, by who looked. No other argument anywhere orders or filters."""
    assert {sort.name for sort in CaseloadSort} == {"DUE_DATE", "LAST_VISIT"}
    told = ("sort", "orderBy", "filter", "where", "search", "contains")
    for kind in CallerKind:
        for type_ in view_for(kind).graphql.type_map.values():
            if isinstance(type_, GraphQLObjectType):
                for name, field in type_.fields.items():
                    assert not set(field.args) & set(told) or name == "caseload", f"{type_.name}.{name}"
    response = await gateway.ask("gp", "{ caseload(sort: HIV_POSITIVE) { edges { node { recordId } } } }")
    assert response.status_code == 400 and "data" not in response.json()


async def test_TC_G07_two_callers_at_once_share_nothing(world: World) -> None:
    """A blocked doctor and one who is not blocked ask in turns and together; each gets his own answer every time."""
    query = "query($patient: NationalIdentityNumber!) { card(patient: $patient) { mother { name } } }"
    asked = [ask(world, who, query, "W3") for _ in range(10) for who in ("GP2", "HD1")]
    answers = await asyncio.gather(*asked)
    for place, response in enumerate(answers):
        body = response.json()
        if place % 2:
            assert body["data"]["card"]["mother"]["name"] and "errors" not in body
        else:
            assert body["data"]["card"] is None
            assert body["errors"][0]["extensions"]["code"] == "ACCESS_BLOCKED_BY_PATIENT"
    entries = await world.ledger_entries(WOMEN["W3"])
    assert sorted(entry["outcome"] for entry in entries) == ["PARTIAL"] * 10 + ["REFUSED"] * 10


async def test_TC_G08_no_answer_is_kept_by_anybody(gateway: World) -> None:
    """`Cache-Control: no-store` on data, refused documents, refused callers and what is no request."""
    headers = gateway.credentials(gateway.token("gp"))
    answers = [
        await read(gateway, "GP1", "W1"),
        await read(gateway, "GP1", "W10"),
        await ask(gateway, "GP1", "{ nothing }"),
        await ask(gateway, "SEC1", Q1, "W1"),
        await gateway.client.post("/graphql", json={"query": "{ me { role } }"}),
        await gateway.client.post("/graphql", content="{", headers={**headers, "content-type": "application/json"}),
        await gateway.client.put("/graphql", json={}, headers=gateway.credentials(gateway.token("gp"), "PUT")),
    ]
    assert {answer.status_code for answer in answers} >= {200, 400, 401}
    assert {answer.headers["cache-control"] for answer in answers} == {"no-store"}


def test_TC_G09_whatever_can_be_withheld_is_nullable_up_to_the_root() -> None:
    """By walking every view: no fact, group or section is non-null, nor anything between a fact and its root field but
    items of lists; so a refusal is a null where it belongs and takes nothing with it."""
    sections, checked = {section.graphql_name for section in SECTIONS.values()}, 0
    for kind in CallerKind:
        found = view_for(kind).graphql.get_type(CARD_TYPE)
        if not isinstance(found, GraphQLObjectType):
            continue
        for name in sections & found.fields.keys():
            checked += _nullable_below(found.fields[name], name, set())
    assert checked > len(declared_paths())
    for kind in CallerKind:
        for root in (view_for(kind).graphql.query_type, view_for(kind).graphql.mutation_type):
            for name, field in (root.fields if root else {}).items():
                assert name == "me" or not isinstance(field.type, GraphQLNonNull), f"{kind} {name}"


def _nullable_below(field: Any, path: str, above: set[str]) -> int:
    """Of a field and what is below it, as far as it is declared; how many were looked at."""
    type_ = get_named_type(field.type)
    if type_.name in above or not any(f"{known}.".startswith(f"{path}.") for known in declared_paths()):
        return 0
    assert not isinstance(field.type, GraphQLNonNull), path
    below = type_.fields.items() if isinstance(type_, GraphQLObjectType) else ()
    paths = {name: name if name == "provenance" else f"{path}.{name}" for name, _ in below}
    return 1 + sum(_nullable_below(inner, paths[name], {*above, type_.name}) for name, inner in below)


@pytest.fixture
async def address(gateway: World) -> AsyncIterator[str]:
    async with listening_gateway(gateway.services) as found:
        yield found


async def test_TC_G10_a_stream_ends_with_the_consent_and_tells_nothing_more(gateway: World, address: str) -> None:
    """CONSENT_MISSING, then nothing, whatever happens to the card; the end by an expired token is
    tests/graphql/test_change_feed.py's."""
    kari = Writer(gateway.services, gateway.number(WOMEN["W1"]))
    async with socket_of(gateway, address, caller("GP1")) as socket:
        await socket.follow("1", FOLLOW_HER, patient=kari.number)
        await gateway.data(WOMEN["W1"], "mutation { withdrawConsent { cardsDeleted } }")
        assert await socket.end() == "CONSENT_MISSING"
        await socket.hears_nothing()


async def test_TC_G11_an_unknown_document_is_not_run_in_production(strict_gateway: World) -> None:
    """PERSISTED_QUERY_NOT_FOUND, also when its text is sent along; nothing of the document is told."""
    headers = strict_gateway.credentials(strict_gateway.token("kari"))
    for asked in (
        {"documentId": "sha256:" + "0" * 64},
        {"documentId": "sha256:" + "0" * 64, "query": "{ me { role } }"},
    ):
        response = await strict_gateway.client.post("/graphql", json=asked, headers=headers)
        assert response.status_code == 400 and "data" not in response.json()
        code = response.json()["errors"][0]["extensions"]["code"]
        assert code in ("PERSISTED_QUERY_NOT_FOUND", "DOCUMENT_ID_MISMATCH")
    await expect_noted(strict_gateway, 2, kind="TURNED_AWAY", refusal="PERSISTED_QUERY_NOT_FOUND", role="CITIZEN")


async def test_TC_G12_a_policy_that_fails_is_a_no(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """An exception where the policy decides: no data, INTERNAL_ERROR, no word of what went wrong; and an entry that it
    failed."""

    def broken(self: Policy, key: object) -> object:
        raise ZeroDivisionError("secret inner workings")

    monkeypatch.setattr(Policy, "profile", broken)
    response = await read(world, "GP1", "W1")
    assert not (response.json().get("data") or {}).get("card")
    (error,) = response.json()["errors"]
    assert error["extensions"]["code"] == "INTERNAL_ERROR"
    assert not any(word in response.text for word in ("secret", "ZeroDivision", "Traceback", ".py"))
    await expect_noted(world, 1, about="W1", outcome="FAILED", released=[])


def test_the_questions_of_the_cases_are_valid_for_a_clinician() -> None:
    """So that a case is refused for what it is about."""
    assert validate(view_for(CallerKind.CLINICIAN).graphql, parse(Q1)) == []


async def test_a_caller_without_a_token_is_noted_once_and_nameless(world: World) -> None:
    """A security event about nobody, with the reason alone."""
    expect_turned_away(await world.client.post("/graphql", json={"query": Q1}), 401, "UNAUTHENTICATED", "NO_TOKEN")
    entry = await expect_noted(world, 1, kind="SECURITY", refusal="UNAUTHENTICATED: NO_TOKEN", about=None)
    assert not any(entry[member] for member in ("client_id", "actor_name", "actor_key", "hpr_number"))
