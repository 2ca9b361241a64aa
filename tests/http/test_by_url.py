"""A query in a URL: possible, and never about anybody in particular."""

import json
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from tests.world import World

ME = "{ me { role } }"
TYPE = "query A($name: String!) { __type(name: $name) { name } } query B { me { role } }"
HERS = "query($patient: NationalIdentityNumber!) { card(patient: $patient) { status } }"


async def get(gateway: World, persona: str = "gp", *, method: str = "GET", accept: str = "", **members: Any) -> Any:
    given = {name: value if isinstance(value, str) else json.dumps(value) for name, value in members.items()}
    return await ask(gateway, urlencode(given), persona, method=method, accept=accept)


async def ask(gateway: World, parameters: str, persona: str = "gp", *, method: str = "GET", accept: str = "") -> Any:
    headers = {"authorization": f"Bearer {gateway.token(persona)}"} | ({"accept": accept} if accept else {})
    return await gateway.client.request(method, f"/graphql?{parameters}", headers=headers)


def code(response: httpx.Response) -> str:
    assert "data" not in response.json()
    found: str = response.json()["errors"][0]["extensions"]["code"]
    return found


async def test_a_query_by_url_is_answered(gateway: World) -> None:
    """With variables and extensions as JSON; what is empty is left out."""
    assert (await get(gateway, query=ME)).json()["data"] == {"me": {"role": "GP"}}
    assert (await get(gateway, query=ME, variables="", operationName="", extensions={})).status_code == 200
    named = await get(gateway, query=TYPE, operationName="A", variables={"name": "Me"})
    assert named.json()["data"] == {"__type": {"name": "Me"}}
    assert named.headers["cache-control"] == "no-store"
    assert (await get(gateway, method="HEAD", query=ME)).status_code == 200


async def test_her_own_card_by_url_is_noted_as_ever(gateway: World) -> None:
    """Whom it is about is in her token, and the ledger has its entry."""
    before = len(await gateway.ledger_entries("kari"))
    assert (await get(gateway, "kari", query="{ myCard { status } }")).json()["data"]["myCard"]["status"] == "ACTIVE"
    assert len(await gateway.ledger_entries("kari")) == before + 1


async def test_without_a_token_nothing_is_read_from_the_url(gateway: World) -> None:
    """401 first, whatever the URL says."""
    assert (await gateway.client.get("/graphql?query=%7B")).status_code == 401


@pytest.mark.parametrize("accept", ["application/graphql-response+json", "application/json", "*/*"])
async def test_only_queries_go_by_url(gateway: World, accept: str) -> None:
    """405 for a mutation, which is not done, and for a subscription, in whatever type the answer is."""
    before = await gateway.all_ledger_entries()
    for query in ("mutation { withdrawConsent { cardsDeleted } }", "subscription { cardChanged { sequence } }"):
        response = await get(gateway, "kari", query=query, accept=accept)
        assert (response.status_code, code(response)) == (405, "METHOD_NOT_ALLOWED")
        assert response.headers["allow"] == "POST"
    assert await gateway.all_ledger_entries() == before
    assert (await gateway.data("kari", "{ consent { given } }"))["consent"]["given"] is True


async def test_a_subscription_by_url_is_no_stream(gateway: World) -> None:
    """Also for who takes nothing else: an EventSource could not sign in."""
    response = await get(gateway, "kari", query="subscription { cardChanged { sequence } }", accept="text/event-stream")
    assert (response.status_code, code(response)) == (405, "METHOD_NOT_ALLOWED")


async def test_a_patient_never_stands_in_a_url(gateway: World, capfd: pytest.CaptureFixture[str]) -> None:
    """As a variable, a literal, anywhere else, valid or not, however it is written: refused and not looked up."""
    number = gateway.number("kari")
    before = await gateway.all_ledger_entries()
    escaped = json.dumps({"patient": number}).replace(number[0], f"\\u{ord(number[0]):04x}")
    for members in (
        {"query": HERS, "variables": {"patient": number}},
        {"query": HERS, "variables": escaped},
        {"query": HERS, "variables": {"patient": "12345678901"}},
        {"query": HERS, "variables": {"patient": "not even a number"}},
        {"query": f'{{ card(patient: "{number}") {{ status }} }}'},
        {"query": f'{{ card(patient: """{number[:5]}\\u0020""") {{ status }} }}'},
        {"query": f"{{ card(patient: {number}) {{ status }} }}"},
        {"query": "{ ...A } fragment A on Query { c: consent(patient: \"x\") { given } }"},
        {"query": ME, "variables": {"unused": f"{number[:6]} {number[6:]}"}},
        {"query": ME, "operationName": f"x-{number}"},
        {"query": ME, "extensions": {"note": number}},
        {"query": f"# {number}\n{ME}"},
        {"query": ME, f"patient={number}": "1"},
    ):  # fmt: skip
        response = await get(gateway, **members)
        assert (response.status_code, code(response)) == (400, "PERSONAL_DATA_IN_URL"), members
        assert number not in response.text
    assert await gateway.all_ledger_entries() == before
    assert number not in "".join(capfd.readouterr())


async def test_a_hash_is_no_identity_number(gateway: World) -> None:
    """Eleven digits within a longer word of digits and letters name nobody."""
    assert (await get(gateway, query=ME, extensions={"hash": "sha256:17849644092ab12"})).status_code == 200


@pytest.mark.parametrize(
    "parameters",
    [
        "", "query=", "qeury=x", "query=%ff", "query=%7Bme%7Brole%7D%7D&query=%7Bme%7Brole%7D%7D",
        "query=%7Bme%7Brole%7D%7D&variables=%7B", "query=%7Bme%7Brole%7D%7D&variables=[]",
        "query=%7Bme%7Brole%7D%7D&extensions=7", "&".join(f"x{place}=1" for place in range(20)),
    ],
)  # fmt: skip
async def test_a_url_that_cannot_be_read_is_said_so(gateway: World, parameters: str) -> None:
    """400, with a code."""
    response = await ask(gateway, parameters)
    assert (response.status_code, code(response)) in ((400, "MALFORMED_REQUEST"), (400, "GRAPHQL_PARSE_FAILED"))


async def test_a_document_by_url_is_checked_like_any_other(gateway: World) -> None:
    """Its errors have their codes, and the status its media type has for them."""
    for accept, status in (("application/graphql-response+json", 400), ("application/json", 200)):
        response = await get(gateway, query="{ me { shoeSize } }", accept=accept)
        assert (response.status_code, code(response)) == (status, "GRAPHQL_VALIDATION_FAILED")
