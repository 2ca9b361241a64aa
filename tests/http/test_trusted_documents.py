"""Registered documents: how they are asked for, what happens to others, and that the first request finds them ready."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.domain.viewer import CallerKind
from app.execution.documents import Documents, read_for_all, sha256_of
from app.keys import ConfigurationError
from app.main import create_app
from app.services import make_services
from app.settings import TRUSTED_DOCUMENTS, RunProfile, Settings
from resolvers import limits
from tests.streams import listening_gateway, socket_of
from tests.world import World

FOLDER = TRUSTED_DOCUMENTS.with_name("documents")
ME = (FOLDER / "everybody/me.graphql").read_text(encoding="utf-8")
ME_HASH = sha256_of(ME)
ME_ID = f"sha256:{ME_HASH}"
OTHER = "query Other { me { role } }"
UNKNOWN = "0" * 64


def apollo(digest: object, version: object = 1, **more: Any) -> dict[str, Any]:
    return {"extensions": {"persistedQuery": {"version": version, "sha256Hash": digest, **more}}}


ASKS_FOR_ME = [
    {"documentId": ME_ID},
    {"documentId": ME_HASH},
    {"documentId": ME_ID, "query": ME},
    {"documentId": ME_ID, **apollo(ME_HASH)},
    {"query": None, **apollo(ME_HASH, miss=True)},
    {"query": ME, **apollo(ME_HASH)},
    {"query": ME},
]
"""Every way to ask for a registered document."""

TURNED_AWAY = [
    ({"documentId": f"sha256:{UNKNOWN}"}, "PERSISTED_QUERY_NOT_FOUND"),
    ({"documentId": "Me"}, "PERSISTED_QUERY_NOT_FOUND"),
    ({"documentId": ""}, "PERSISTED_QUERY_NOT_FOUND"),
    ({"documentId": f"sha256:{ME_HASH.upper()}"}, "PERSISTED_QUERY_NOT_FOUND"),
    ({"documentId": f"md5:{ME_HASH}"}, "PERSISTED_QUERY_NOT_FOUND"),
    (apollo(UNKNOWN), "PERSISTED_QUERY_NOT_FOUND"),
    ({"documentId": ME_ID, "query": OTHER}, "DOCUMENT_ID_MISMATCH"),
    ({"query": OTHER, **apollo(ME_HASH)}, "DOCUMENT_ID_MISMATCH"),
    ({"query": ME, **apollo(UNKNOWN)}, "DOCUMENT_ID_MISMATCH"),
]
"""What is refused in either profile."""

NOT_TRUSTED = [
    {"query": OTHER},
    {"query": OTHER, **apollo(sha256_of(OTHER))},
    {"query": OTHER, "documentId": f"sha256:{sha256_of(OTHER)}"},
    {"query": ME + " "},
    {"query": "{ __schema { types { name } } }"},
]
"""What only development runs."""

MALFORMED = [
    {"documentId": 7}, {"documentId": ["x"]}, {"documentId": None}, {"query": 7, "documentId": ME_ID},
    {"extensions": {"persistedQuery": ME_HASH}}, {"extensions": {"persistedQuery": {}}}, apollo(7), apollo(None),
    apollo(ME_HASH, version=2), apollo(ME_HASH, version="1"), {"documentId": ME_ID, **apollo(UNKNOWN)},
    {"extensions": "x", "documentId": ME_ID},
]  # fmt: skip


async def post(world: World, body: dict[str, Any], persona: str = "gp", accept: str = "*/*") -> httpx.Response:
    headers = {"authorization": f"Bearer {world.token(persona)}", "accept": accept}
    return await world.client.post("/graphql", json=body, headers=headers)


def code(response: httpx.Response) -> str:
    body = response.json()
    assert "data" not in body
    (error,) = body["errors"]
    found: str = error["extensions"]["code"]
    return found


@pytest.fixture(params=["development", "production"])
def either(request: pytest.FixtureRequest, gateway: World, strict_gateway: World) -> World:
    """A gateway that takes every document, and one that takes registered ones."""
    return gateway if request.param == "development" else strict_gateway


async def test_a_registered_document_is_run_however_it_is_asked_for(either: World) -> None:
    """By `documentId` with and without prefix, by Apollo's hash, by its whole text, or by both."""
    for body in ASKS_FOR_ME:
        answer = (await post(either, body)).json()
        assert "errors" not in answer, body
        assert answer["data"]["me"]["role"] == "GP", body


async def test_an_identifier_that_names_nothing_or_something_else_is_refused(either: World) -> None:
    """One error; Apollo's clients know the first by its code and its message, and nothing is registered by it."""
    for body, expected in TURNED_AWAY:
        response = await post(either, body)
        assert code(response) == expected, body
        if expected == "PERSISTED_QUERY_NOT_FOUND":
            assert response.json()["errors"][0]["message"] == "PersistedQueryNotFound"
    assert code(await post(either, apollo(UNKNOWN))) == "PERSISTED_QUERY_NOT_FOUND"


async def test_production_runs_nothing_that_is_not_registered(strict_gateway: World) -> None:
    """Not with its own hash, not with a blank more, not introspection; and it is not even parsed."""
    for body in NOT_TRUSTED:
        assert code(await post(strict_gateway, body)) == "DOCUMENT_NOT_TRUSTED", body
    assert code(await post(strict_gateway, {"query": "{ this is no document"})) == "DOCUMENT_NOT_TRUSTED"
    assert not strict_gateway.services.documents._kept


async def test_sending_a_document_with_its_hash_does_not_register_it(strict_gateway: World, gateway: World) -> None:
    """Apollo's second request is refused in production, and in development run and forgotten."""
    digest = sha256_of(OTHER)
    for world in (strict_gateway, gateway):
        await post(world, {"query": OTHER, **apollo(digest)})
        assert code(await post(world, apollo(digest))) == "PERSISTED_QUERY_NOT_FOUND"


async def test_development_runs_every_document(gateway: World) -> None:
    """Registered or not."""
    for body in NOT_TRUSTED:
        assert (await post(gateway, body)).json()["data"], body


async def test_what_names_no_document_is_malformed(either: World) -> None:
    """A wrong type, another version, two identifiers that differ, neither text nor identifier."""
    for body in MALFORMED:
        response = await post(either, body)
        assert (response.status_code, code(response)) == (400, "MALFORMED_REQUEST"), body


async def test_events_are_asked_for_in_the_same_ways(either: World) -> None:
    """Server-sent events: a registered document by identifier is run, another text is not."""
    given = (await post(either, {"documentId": ME_ID}, accept="text/event-stream")).text
    assert '"role":"GP"' in given
    refused = (await post(either, {"documentId": UNKNOWN}, accept="text/event-stream")).text
    assert "PERSISTED_QUERY_NOT_FOUND" in refused
    free = (await post(either, {"query": OTHER}, accept="text/event-stream")).text
    assert ("DOCUMENT_NOT_TRUSTED" in free) is not either.services.settings.documents_are_free


async def test_a_socket_takes_the_same_identifiers(strict_gateway: World) -> None:
    """WebSocket: by identifier or by text, a subscription as well; and what is not registered disturbs nothing else."""
    follow = sha256_of((FOLDER / "citizen/follow-card.graphql").read_text(encoding="utf-8"))
    async with (
        listening_gateway(strict_gateway.services) as address,
        socket_of(strict_gateway, address, "kari") as socket,
    ):
        await socket.say({"id": "f", "type": "subscribe", "payload": {"documentId": f"sha256:{follow}"}})
        for id_, payload in (("1", {"documentId": ME_ID}), ("2", apollo(ME_HASH)), ("3", {"query": ME})):
            await socket.say({"id": id_, "type": "subscribe", "payload": payload})
            heard = await socket.hear()
            assert (heard["id"], heard["payload"]["data"]["me"]["role"]) == (id_, "CITIZEN")
            assert await socket.hear() == {"id": id_, "type": "complete"}
        for payload, expected in (
            (apollo(UNKNOWN), "PERSISTED_QUERY_NOT_FOUND"),
            ({"query": OTHER}, "DOCUMENT_NOT_TRUSTED"),
            ({"query": OTHER, "documentId": ME_ID}, "DOCUMENT_ID_MISMATCH"),
        ):
            await socket.say({"id": "4", "type": "subscribe", "payload": payload})
            assert await socket.refusal("4") == expected
        await socket.say({"id": "5", "type": "subscribe", "payload": {"documentId": 7}})
        assert (await socket.closed())[0] == 4400


async def test_a_document_is_run_in_its_callers_own_view(strict_gateway: World) -> None:
    """That a document is registered gives nobody more than before: hers is not valid for her doctor."""
    home = sha256_of((FOLDER / "citizen/home-page.graphql").read_text(encoding="utf-8"))
    hers = await post(strict_gateway, {"documentId": home}, "kari")
    assert hers.json()["data"]["myCard"]["status"] == "ACTIVE"
    theirs = (await post(strict_gateway, {"documentId": home}, "gp")).json()
    assert "data" not in theirs
    assert {error["extensions"]["code"] for error in theirs["errors"]} == {"GRAPHQL_VALIDATION_FAILED"}


async def test_registered_documents_are_ready_before_the_first_request_and_stay(gateway: World) -> None:
    """Each is read for whom it is valid, and no number of other documents pushes it out."""
    documents = gateway.services.documents
    ready = {(kind, document.hash) for kind, document in documents.prepared()}
    assert {(kind, ME_HASH) for kind in CallerKind} <= ready
    assert {digest for _, digest in ready} == set(gateway.services.trusted.texts)
    before = documents.get(CallerKind.CLINICIAN, ME)
    for place in range(limits.DOCUMENT_CACHE_SIZE + 1):
        documents.get(CallerKind.CLINICIAN, f"query Q{place} {{ me {{ role }} }}")
    assert documents.get(CallerKind.CLINICIAN, ME) is before
    assert not any(text == ME for _, text in documents._kept)


def test_the_registered_documents_are_the_folders() -> None:
    """What is registered is what the sources say, to the byte, and each operation is in one file."""
    sources = [path.read_text(encoding="utf-8") for path in sorted(FOLDER.rglob("*.graphql"))]
    assert json.loads(TRUSTED_DOCUMENTS.read_text(encoding="utf-8")) == {sha256_of(text): text for text in sources}
    names = [name for text in sources for name in _names(text)]
    assert len(names) == len(set(names)) == len(sources)


def _names(text: str) -> set[str]:
    return {name for document in read_for_all(text).values() for name in document.operations if name}


BROKEN = {
    "cannot be read": None,
    "is not JSON": "{",
    "is not one object of texts": "[]",
    "is not one object": json.dumps({ME_HASH: 7}),
    "another sha256": json.dumps({UNKNOWN: ME}),
    "not valid for any kind of caller": json.dumps({sha256_of("{ shoeSize }"): "{ shoeSize }"}),
}


@pytest.mark.parametrize("why", BROKEN)
def test_a_broken_file_does_not_start(tmp_path: Path, why: str) -> None:
    """The message says what is wrong with it, and names the setting or the document."""
    path = tmp_path / "documents.json"
    if BROKEN[why] is not None:
        path.write_text(BROKEN[why], encoding="utf-8")
    with pytest.raises(ConfigurationError, match=why):
        create_app(Settings(data_dir=tmp_path, trusted_documents=path))


def test_only_development_runs_free_documents(tmp_path: Path) -> None:
    """No setting opens production to them."""
    assert Settings(data_dir=tmp_path).documents_are_free
    assert not Settings(data_dir=tmp_path, profile=RunProfile.PRODUCTION).documents_are_free
    assert "documents_are_free" not in Settings.model_fields


def test_a_document_valid_for_nobody_is_not_prepared() -> None:
    """Nor kept for good."""
    documents = Documents(hide_suggestions=True)
    assert not documents.prepare("{ shoeSize }")
    assert list(documents.prepared()) == []


async def test_the_operators_own_file_is_the_one_that_counts(tmp_path: Path) -> None:
    """`HELSEKORT_TRUSTED_DOCUMENTS` replaces the documents that come with the gateway."""
    path = tmp_path / "own.json"
    path.write_text(json.dumps({sha256_of(OTHER): OTHER}), encoding="utf-8")
    services = make_services(Settings(data_dir=tmp_path, trusted_documents=path))
    assert set(services.trusted.texts) == {sha256_of(OTHER)}
    await services.database.close()
