"""In which form an answer is given, and what status goes with it."""

import json

import httpx
import pytest

from app.negotiation import GRAPHQL_TYPE, JSON_TYPE, Accepted, accepted
from tests.streams import FOLLOW_MINE
from tests.world import World

ME = {"query": "{ me { role } }"}


@pytest.mark.parametrize(
    ("header", "whole"),
    [
        ("", JSON_TYPE), ("*/*", JSON_TYPE), ("application/*", JSON_TYPE), ("application/json", JSON_TYPE),
        (GRAPHQL_TYPE, GRAPHQL_TYPE), ("APPLICATION/GraphQL-Response+JSON", GRAPHQL_TYPE),
        (f"{GRAPHQL_TYPE}, application/json", GRAPHQL_TYPE), (f"application/json, {GRAPHQL_TYPE}", JSON_TYPE),
        (f"{GRAPHQL_TYPE};q=0.5, application/json", JSON_TYPE), (f"application/json;q=0.9,{GRAPHQL_TYPE}", GRAPHQL_TYPE),
        (f"{GRAPHQL_TYPE}; charset=utf-8, application/json; charset=UTF-8", GRAPHQL_TYPE),
        (f"*/*, {GRAPHQL_TYPE}", GRAPHQL_TYPE), (f"*/*, {GRAPHQL_TYPE};q=0.1", JSON_TYPE),
        (f"*/*;q=0.8, {GRAPHQL_TYPE};q=0.8", GRAPHQL_TYPE), ("*/*, application/json;q=0", GRAPHQL_TYPE),
        ("text/html, application/xhtml+xml, */*;q=0.1", JSON_TYPE), ("application/json;q=nonsense, */*", JSON_TYPE),
        (f"application/json; charset=latin-1, {GRAPHQL_TYPE};q=0.2", GRAPHQL_TYPE),
        ("text/html", None), ("application/json;q=0", None), ("*/*;q=0", None), ("application/xml", None),
        ("json", None), (";;;,q=1,/", None), ("application/json; charset=utf-16", None),
    ],
)  # fmt: skip
def test_the_best_of_what_a_client_takes_is_chosen(header: str, whole: str | None) -> None:
    """By quality, then by name, then by order; `application/json` where it is all the same."""
    assert accepted(header.encode()) == Accepted(whole)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("text/event-stream", Accepted(None, stream=True, stream_first=True)),
        ("text/*", Accepted(None, stream=True, stream_first=True)),
        ("text/event-stream, multipart/mixed", Accepted(None, stream=True, stream_first=True)),
        ("text/event-stream, application/json", Accepted(JSON_TYPE, stream=True)),
        ("text/event-stream, application/json;q=0.9", Accepted(JSON_TYPE, stream=True, stream_first=True)),
        (f"{GRAPHQL_TYPE}, application/json, text/event-stream;q=0.1", Accepted(GRAPHQL_TYPE, stream=True)),
        ("text/event-stream;q=0, application/json", Accepted(JSON_TYPE)),
        ("text/event-stream;q=0", Accepted(None)),
    ],
)
def test_a_stream_is_for_who_names_it(header: str, expected: Accepted) -> None:
    """Whoever likes JSON as well gets JSON for what is answered at once."""
    assert accepted(header.encode()) == expected


def test_a_long_header_is_weighed_as_far_as_it_makes_sense() -> None:
    """Longer than what is remembered, and so long that nobody means it."""
    assert accepted(b"text/html, " * 49 + GRAPHQL_TYPE.encode()) == Accepted(GRAPHQL_TYPE)
    assert accepted(b"text/html, " * 5_000 + GRAPHQL_TYPE.encode()) == Accepted(None)


async def post(gateway: World, content: object, accept: str | list[str]) -> httpx.Response:
    values = [accept] if isinstance(accept, str) else accept
    headers = [("authorization", f"Bearer {gateway.token('gp')}"), ("content-type", "application/json")]
    body = content if isinstance(content, str) else json.dumps(content)
    request = gateway.client.build_request("POST", "/graphql", content=body, headers=headers)
    del request.headers["accept"]
    request.headers = httpx.Headers([*request.headers.multi_items(), *(("accept", value) for value in values)])
    return await gateway.client.send(request)


@pytest.mark.parametrize(
    ("accept", "kind"),
    [(GRAPHQL_TYPE, GRAPHQL_TYPE), ("*/*", JSON_TYPE), ([], JSON_TYPE), (["text/html", GRAPHQL_TYPE], GRAPHQL_TYPE)],
)
async def test_the_answer_is_in_the_type_the_client_accepts(gateway: World, accept: str | list[str], kind: str) -> None:
    """And says so; what a cache may do with it is nothing."""
    response = await post(gateway, ME, accept)
    assert (response.status_code, response.json()["data"]) == (200, {"me": {"role": "GP"}})
    assert response.headers["content-type"] == f"{kind}; charset=utf-8"
    assert (response.headers["cache-control"], response.headers["vary"]) == ("no-store", "accept")


@pytest.mark.parametrize("accept", ["text/html", "application/json;q=0", "image/*"])
async def test_who_takes_nothing_we_have_is_told_so(gateway: World, accept: str) -> None:
    """406, and nothing is done: no mutation, no entry in any log."""
    before = await gateway.all_ledger_entries()
    response = await post(gateway, {"query": "mutation { withdrawConsent { cardsDeleted } }"}, accept)
    assert response.status_code == 406
    assert response.json()["errors"][0]["extensions"] == {"code": "NOT_ACCEPTABLE"}
    assert "data" not in response.json()
    assert await gateway.all_ledger_entries() == before


REFUSED = [
    ({"query": "{ me {"}, "GRAPHQL_PARSE_FAILED"),
    ({"query": "{ me { shoeSize } }"}, "GRAPHQL_VALIDATION_FAILED"),
    ({"query": "query A { me { role } } query B { me { role } }"}, "OPERATION_NOT_FOUND"),
    ({"query": "query($n: Int!) { caseload(first: $n) { pageInfo { hasNextPage } } }", "variables": {"n": "x"}}, "BAD_USER_INPUT"),
    ({"query": "subscription { cardChanged { sequence } }"}, "GRAPHQL_VALIDATION_FAILED"),
    ({"query": "{ a: card(patient: \"1\") { status } b: card(patient: \"2\") { status } }"}, "MULTIPLE_PATIENTS"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "code"), REFUSED)
async def test_an_operation_that_is_not_run_has_no_data_and_a_status_that_fits_the_media_type(
    gateway: World, body: dict[str, object], code: str
) -> None:
    """400 as application/graphql-response+json; 200 as application/json, which a proxy might have written as well."""
    for accept, status in ((GRAPHQL_TYPE, 400), (JSON_TYPE, 200), ("*/*", 200)):
        response = await post(gateway, body, accept)
        assert response.status_code == status
        assert set(response.json()) == {"errors"}
        assert {error["extensions"]["code"] for error in response.json()["errors"]} == {code}


async def test_what_is_no_graphql_request_is_4xx_in_whatever_type(gateway: World) -> None:
    """Not well formed, not let in: nobody may take it for an answer."""
    for accept in (GRAPHQL_TYPE, JSON_TYPE, "*/*"):
        for content, code in (
            ("{", "MALFORMED_JSON"),
            ([ME], "MALFORMED_REQUEST"),
            ({"qeury": "x"}, "MALFORMED_REQUEST"),
        ):
            response = await post(gateway, content, accept)
            assert response.status_code == 400
            assert response.json()["errors"][0]["extensions"]["code"] == code
        unknown = await gateway.client.post("/graphql", json=ME, headers={"accept": accept})
        assert unknown.status_code == 401


async def test_a_ledger_that_cannot_be_written_is_503_in_whatever_type(gateway: World) -> None:
    """Refused as a whole: the status says so also to who takes plain JSON."""
    await gateway.break_ledger()
    query = {"query": f'{{ card(patient: "{gateway.number("kari")}") {{ status }} }}'}
    for accept in (GRAPHQL_TYPE, JSON_TYPE):
        response = await post(gateway, query, accept)
        assert (response.status_code, response.json()["errors"][0]["extensions"]["code"]) == (503, "AUDIT_UNAVAILABLE")
        assert "data" not in response.json()


@pytest.mark.parametrize(
    ("name", "value", "status"),
    [
        ("content-type", "application/json; charset=utf-8", 200), ("content-type", "Application/JSON;charset=UTF-8", 200),
        ("content-type", "application/json; charset=latin-1", 415), ("content-type", "application/jsonx", 415),
        ("content-type", "text/plain; application/json", 415), ("content-encoding", "identity", 200),
        ("content-encoding", "gzip", 415),
    ],
)  # fmt: skip
async def test_a_body_is_json_in_utf_8_as_it_is(gateway: World, name: str, value: str, status: int) -> None:
    """415 for anything else, without looking at it."""
    headers = {"authorization": f"Bearer {gateway.token('gp')}", name: value}
    response = await gateway.client.post(
        "/graphql", content=json.dumps(ME), headers={"content-type": JSON_TYPE} | headers
    )
    assert response.status_code == status


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
async def test_another_method_is_not_taken(gateway: World, method: str) -> None:
    """405, with those that are."""
    headers = {"authorization": f"Bearer {gateway.token('gp')}"}
    response = await gateway.client.request(method, "/graphql", headers=headers)
    assert (response.status_code, response.headers["allow"]) == (405, "GET, HEAD, POST")
    assert response.json()["errors"][0]["extensions"] == {"code": "METHOD_NOT_ALLOWED"}


async def test_a_subscription_without_a_stream_is_refused(gateway: World) -> None:
    """Anything at all is not a stream: it has to be named."""
    for accept in (GRAPHQL_TYPE, "*/*"):
        response = await gateway.client.post(
            "/graphql", json={"query": FOLLOW_MINE},
            headers={"authorization": f"Bearer {gateway.token('kari')}", "accept": accept},
        )  # fmt: skip
        assert response.json()["errors"][0]["extensions"]["code"] == "OPERATION_NOT_SUPPORTED"
