"""What a client can get wrong, and the clear answer it gets."""

import json
import logging

import pytest

from resolvers import limits
from tests.world import World

ME = {"query": "{ me { role } }"}


async def post(gateway: World, content: bytes | str, **headers: str) -> tuple[int, dict[str, object]]:
    given = {"content-type": "application/json", "authorization": f"Bearer {gateway.token('gp')}", **headers}
    response = await gateway.client.post("/graphql", content=content, headers=given)
    assert response.headers["cache-control"] == "no-store"
    return response.status_code, response.json()


def code(body: dict[str, object]) -> str:
    assert "data" not in body
    return body["errors"][0]["extensions"]["code"]  # type: ignore[index]


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b'{"query": "{ me { role } }"', b'{"query": NaN}'])
async def test_a_body_that_is_not_json_is_said_so(gateway: World, content: bytes) -> None:
    """400 MALFORMED_JSON."""
    status, body = await post(gateway, content)
    assert (status, code(body)) == (400, "MALFORMED_JSON")


@pytest.mark.parametrize(
    "body",
    [
        [], [ME], "text", 7, None, {}, {"query": None}, {"query": 1}, {"query": ["x"]}, {**ME, "variables": []},
        {**ME, "variables": "x"}, {**ME, "operationName": 3}, {**ME, "extensions": []},
    ],
)  # fmt: skip
async def test_json_of_the_wrong_shape_is_said_so(gateway: World, body: object) -> None:
    """400 MALFORMED_REQUEST, batches included."""
    status, answer = await post(gateway, json.dumps(body))
    assert (status, code(answer)) == (400, "MALFORMED_REQUEST")


async def test_another_content_type_is_not_taken(gateway: World) -> None:
    """415, so that no form on another site can make a request."""
    for content_type in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""):
        status, body = await post(gateway, json.dumps(ME), **{"content-type": content_type})
        assert (status, code(body)) == (415, "UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.limit("BODY_MAX_BYTES")
async def test_two_megabytes_are_refused(gateway: World) -> None:
    """413 before anything is parsed, announced or streamed."""
    big = json.dumps({"query": "{ me { role } }" + " " * 2_000_000})
    status, body = await post(gateway, big)
    assert (status, code(body)) == (413, "BODY_TOO_LARGE")

    async def chunks():
        for start in range(0, len(big), 100_000):
            yield big[start : start + 100_000].encode()

    headers = {"content-type": "application/json", "authorization": f"Bearer {gateway.token('gp')}"}
    streamed = await gateway.client.post("/graphql", content=chunks(), headers=headers)
    assert streamed.status_code == 413


@pytest.mark.limit("DOCUMENT_MAX_TOKENS")
@pytest.mark.limit("DOCUMENT_MAX_DEPTH")
@pytest.mark.limit("DOCUMENT_MAX_ALIASES")
@pytest.mark.limit("DOCUMENT_MAX_DIRECTIVES")
@pytest.mark.limit("ROOT_FIELDS_MAX")
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("{ me { role ", "GRAPHQL_PARSE_FAILED"),
        ("{ me { }}", "GRAPHQL_PARSE_FAILED"),
        ("", "GRAPHQL_PARSE_FAILED"),
        ("{ me { shoeSize } }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ me { ...A } } fragment A on Me { ...B } fragment B on Me { ...A }", "GRAPHQL_VALIDATION_FAILED"),
        ("query A { me { role } } query B { me { role } }", "OPERATION_NOT_FOUND"),
        ("{ " + " ".join(f"a{i}: me {{ role }}" for i in range(15)) + " }", None),
        ("{ " + " ".join(f"a{i}: me {{ role }}" for i in range(10_000)) + " }", "DOCUMENT_TOO_LARGE"),
        ("{ me { " + " ".join(f"a{i}: role" for i in range(101)) + " } }", "TOO_MANY_ALIASES"),
        ("{ " + " ".join(f"a{i}: me {{ role }}" for i in range(21)) + " }", "TOO_MANY_ROOT_FIELDS"),
        ("{ me " + "{ unit " * 200 + "{ name }" + " }" * 200 + " }", "DOCUMENT_TOO_DEEP"),
        ("{a" * 3_900 + "}" * 3_900, "DOCUMENT_TOO_DEEP"),
        ("{ me { role " + "@skip(if: false) " * 101 + "} }", "TOO_MANY_DIRECTIVES"),
    ],
)
async def test_a_document_that_cannot_be_run_gets_its_code(gateway: World, query: str, expected: str | None) -> None:
    """400 without data, or a real answer for a document just inside the limits."""
    response = await gateway.ask("gp", query)
    if expected is None:
        assert response.status_code == 200
    else:
        assert (response.status_code, code(response.json())) == (400, expected)


async def test_fragments_cannot_hide_a_huge_document(gateway: World) -> None:
    """Fragments that double at each level are counted as they unfold, and stopped."""
    levels = " ".join(f"fragment F{i} on Me {{ ...F{i + 1} ...F{i + 1} }}" for i in range(14))
    query = f"{{ me {{ ...F0 }} }} {levels} fragment F14 on Me {{ role }}"
    response = await gateway.ask("gp", query)
    assert response.status_code == 400
    assert code(response.json()) in ("DOCUMENT_TOO_LARGE", "DOCUMENT_TOO_DEEP")


async def test_a_wrong_variable_is_named_and_not_repeated(gateway: World) -> None:
    """BAD_USER_INPUT with the variable's name, without its value, in errors and logs."""
    query = "query($patient: NationalIdentityNumber!) { card(patient: $patient) { status } }"
    for variables in ({}, {"patient": None}, {"patient": 17849644092}, {"patient": ["17849644092"]}):
        response = await gateway.client.post(
            "/graphql",
            json={"query": query, "variables": variables},
            headers={"authorization": f"Bearer {gateway.token('gp')}"},
        )
        assert response.status_code == 400
        error = response.json()["errors"][0]
        assert (error["extensions"]["code"], error["extensions"]["variable"]) == ("BAD_USER_INPUT", "patient")
        assert "17849644092" not in response.text


async def test_a_literal_of_the_wrong_type_is_not_repeated(gateway: World) -> None:
    """The message says that a value does not fit, not which."""
    response = await gateway.ask("gp", "{ card(patient: 17849644092) { status } }")
    assert response.status_code == 400
    assert "17849644092" not in response.text


async def test_null_where_it_must_not_be_is_the_clients_mistake(gateway: World) -> None:
    """A variable that may be null is valid at an argument with a default; null itself is not."""
    for query in (
        "query($x: Int) { accessLog(first: $x) { pageInfo { hasNextPage } } }",
        "query($x: Boolean = true) { me { role name @include(if: $x) } }",
    ):
        response = await gateway.ask("kari", query, x=None)
        assert (response.status_code, code(response.json())) == (400, "BAD_USER_INPUT")
        assert (await gateway.ask("kari", query)).status_code == 200


async def test_null_below_the_root_is_the_clients_mistake_too(gateway: World) -> None:
    """The rest of the answer is given, and nothing is called a failure."""
    query = "query($x: Boolean) { myCard { pregnancy { numberOfFetuses } antenatalVisits(includeErroneous: $x) { heldOn } } }"
    body = (await gateway.ask("kari", query, x=None)).json()
    assert body["data"]["myCard"] == {"pregnancy": {"numberOfFetuses": 1}, "antenatalVisits": None}
    assert [(error["path"], error["extensions"]["code"]) for error in body["errors"]] == [
        (["myCard", "antenatalVisits"], "BAD_USER_INPUT")
    ]
    (entry,) = await gateway.ledger_entries("kari")
    assert entry["outcome"] == "PARTIAL"


async def test_introspection_shows_the_callers_own_view(gateway: World) -> None:
    """Development: what the explorer needs, per kind of caller."""
    query = '{ __type(name: "Query") { fields { name } } }'
    citizen, nurse = [(await gateway.ask(who, query)).json()["data"]["__type"]["fields"] for who in ("kari", "nurse")]
    assert {"name": "myCard"} in citizen
    assert {"name": "myCard"} not in nurse


@pytest.mark.limit("PAGE_SIZE_MAX")
async def test_no_page_size_beyond_the_limit(gateway: World) -> None:
    """`first` has a floor and a ceiling."""
    for first in (0, -1, limits.PAGE_SIZE_MAX + 1):
        body = (await gateway.ask("kari", f"{{ accessLog(first: {first}) {{ pageInfo {{ hasNextPage }} }} }}")).json()
        assert body["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, "UNAUTHENTICATED"),
        ("Bearer x", "INVALID_TOKEN"),
        ("Basic eDp5", "INVALID_TOKEN"),
        ("DPoP x", "INVALID_TOKEN"),
    ],
)
async def test_nobody_gets_in_without_a_token(gateway: World, header: str | None, expected: str) -> None:
    """401 with a code and a challenge, before the body is read: even a broken body does not matter."""
    headers = {"content-type": "application/json"} | ({"authorization": header} if header else {})
    response = await gateway.client.post("/graphql", content=b"{broken", headers=headers)
    assert (response.status_code, code(response.json())) == (401, expected)
    assert "www-authenticate" in response.headers


@pytest.mark.parametrize(
    "claims",
    [{"aud": "nhn:maternity-record"}, {"iss": "https://helseid-sts.nhn.no/"}, {"exp": 1}, {"nbf": None}, {"jti": None}],
)
async def test_a_token_that_is_not_for_us_is_refused(gateway: World, claims: dict[str, object]) -> None:
    """Wrong audience, wrong issuer, expired, incomplete: 401."""
    token = gateway.token("gp", **claims)
    response = await gateway.client.post("/graphql", json=ME, headers={"authorization": f"Bearer {token}"})
    assert (response.status_code, code(response.json())) == (401, "INVALID_TOKEN")


@pytest.mark.parametrize(
    ("persona", "expected"), [("not-enrolled", "ORGANISATION_NOT_ENROLLED"), ("clerk", "INSUFFICIENT_SCOPE")]
)
async def test_a_caller_who_may_not_ask_is_told_so_at_the_door(gateway: World, persona: str, expected: str) -> None:
    """403 with a code and no data."""
    query = "query($patient: NationalIdentityNumber!) { card(patient: $patient) { status } }"
    response = await gateway.ask(persona, query, patient=gateway.number("kari"))
    assert (response.status_code, code(response.json())) == (403, expected)


@pytest.mark.limit("DOCUMENT_CACHE_MAX_CHARACTERS")
async def test_the_cache_of_documents_is_bounded(gateway: World) -> None:
    """Many large documents do not fill the memory."""
    kept = gateway.services.documents._kept
    for place in range(12):
        padding = "#" + "x" * 100_000
        await gateway.ask("gp", f"query Q{place} {{ me {{ role }} }} {padding}")
    assert sum(len(text) for _, text in kept) <= limits.DOCUMENT_CACHE_MAX_CHARACTERS
    assert 0 < len(kept) < 12


async def test_nothing_about_anybody_reaches_the_logs(
    gateway: World, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """No identity number, card value, token or query text, whether the request goes well or not."""
    caplog.set_level(logging.DEBUG)
    number, secret = gateway.number("hedda"), "Hedda"
    query = "query Sekret($patient: NationalIdentityNumber!) { card(patient: $patient) { mother { name } laboratoryResults { hivPositive } } }"
    token = gateway.token("gp")
    await gateway.ask("gp", query, patient=number)
    await gateway.ask("gp", query.replace("hivPositive", "nope"), patient=number)
    await gateway.ask("gp", f'{{ card(patient: "{number}") {{ nope }} }}')
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
    await gateway.client.post("/graphql", content=b"{", headers=headers)
    metrics = (await gateway.client.get("/metrics")).text
    captured = capsys.readouterr()
    logged = captured.err + captured.out + caplog.text + metrics
    assert '"event": "request"' in logged
    for never in (number, secret, "Sekret", "hivPositive", token, token.split(".")[2]):
        assert never not in logged


async def test_the_pages_beside_graphql_answer(gateway: World) -> None:
    """Front page, contract, health, metrics."""
    for path in ("/", "/schema.graphql", "/health/live", "/health/ready", "/metrics"):
        assert (await gateway.client.get(path)).status_code == 200, path


async def test_ready_says_no_when_the_ledger_cannot_be_written(gateway: World) -> None:
    """Readiness tries the ledger for real; the process itself is alive."""
    await gateway.break_ledger()
    response = await gateway.client.get("/health/ready")
    assert response.status_code == 503
    assert response.json() == {"status": "not ready", "checks": {"database": True, "ledger": False}}
    assert (await gateway.client.get("/health/live")).status_code == 200


async def test_a_fault_is_logged_without_the_clients_own_words(
    gateway: World, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An exception in a resolver: an opaque id for the client, field and class in the log, neither alias nor message."""

    async def fails(*_: object, **__: object) -> None:
        raise RuntimeError("hemmelig")

    monkeypatch.setattr(gateway.services.ledger, "page", fails)
    response = await gateway.ask("kari", "{ Hemmeligheten: accessLog { pageInfo { hasNextPage } } }")
    assert response.json()["errors"][0]["extensions"]["code"] == "INTERNAL_ERROR"
    logged = capfd.readouterr().err
    assert '"fields": ["accessLog"]' in logged
    assert "RuntimeError" in logged
    assert "emmelig" not in logged + response.json()["errors"][0]["message"]
