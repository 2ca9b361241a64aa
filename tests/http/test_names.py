"""What an error tells of the schema: in development what helps, in production nothing that the client has not named."""

import re
from typing import Any

import pytest

from app.domain.viewer import CallerKind
from app.execution.documents import Documents
from resolvers.errors import MISSING_VARIABLE, UNFIT, UNFIT_NAME, WRONG_VALUE, WRONG_VARIABLE, WRONG_VARIABLES
from resolvers.views import view_for
from tests.misspelt import documents, variables
from tests.streams import socket_of
from tests.world import World

MEANT = "Did you mean"
ENOUGH = 5
"""So many suggestions in development show that there is something to hide; making them is what takes time."""


@pytest.fixture
def silent(gateway: World) -> World:
    """A gateway that tells no names, as in production, and yet runs any document."""
    gateway.services.documents = Documents(hide_suggestions=True)
    return gateway


def sayable(document: str) -> set[str]:
    """All that may be said about a document: our own words, and the client's."""
    return {UNFIT, WRONG_VALUE} | {UNFIT_NAME.format(word) for word in re.findall(r"\w+", document)}


@pytest.mark.parametrize("kind", CallerKind)
def test_no_misspelling_in_a_document_brings_out_a_name(kind: CallerKind) -> None:
    """Each type, field, argument, directive, member of an input and enum value, misspelt; and each left out."""
    production, suggested = Documents(hide_suggestions=True), 0
    development = Documents(hide_suggestions=False)
    for document in documents(view_for(kind).graphql):
        found = production.get(kind, document).errors
        assert found, document
        for error in found:
            assert error.message in sayable(document), document
            assert error.extensions == {"code": "GRAPHQL_VALIDATION_FAILED"}
            assert error.path is None
        if suggested < ENOUGH:
            suggested += any(MEANT in error.message for error in development.get(kind, document).errors)
    assert suggested == ENOUGH, "there was nothing to hide"


@pytest.mark.parametrize("persona", ["kari", "gp"])
async def test_no_misspelling_in_a_variable_brings_out_a_name(gateway: World, persona: str) -> None:
    """The variable is the client's own word; what is expected in it is not."""
    kind = CallerKind.CITIZEN if persona == "kari" else CallerKind.CLINICIAN
    loud, suggested = gateway.services.documents, 0
    for document, name, value in variables(view_for(kind).graphql):
        gateway.services.documents = Documents(hide_suggestions=True)
        response = await gateway.ask(persona, document, **{name: value})
        assert response.status_code == 400
        for error in response.json()["errors"]:
            about = error["extensions"].get("variable", "")
            assert error["extensions"] == {"code": "BAD_USER_INPUT"} | ({"variable": about} if about else {})
            assert f"${about}" in document
            said = {message.format(f"${about}") for message in (WRONG_VARIABLE, MISSING_VARIABLE)}
            assert error["message"] in (said if about else {WRONG_VARIABLES})
            assert "path" not in error
        gateway.services.documents = loud
        if suggested < ENOUGH:
            suggested += MEANT in (await gateway.ask(persona, document, **{name: value})).text
    assert suggested == ENOUGH, "there was nothing to hide"


WRONG = "{ caseload(frist: 1, sortBy: DUE_DAT) { pageInf { x } } m: me { rol } }"


async def test_names_are_hidden_over_every_transport(silent: World, address: str) -> None:
    """HTTP, events and a socket tell the same."""
    said = []
    for accept in ("application/json", "text/event-stream"):
        headers = {"authorization": f"Bearer {silent.token('gp')}", "accept": accept}
        said.append((await silent.client.post("/graphql", json={"query": WRONG}, headers=headers)).text)
    async with socket_of(silent, address, "gp") as socket:
        await socket.subscribe("1", WRONG)
        said.append(str(await socket.hear()))
    for text in said:
        assert "GRAPHQL_VALIDATION_FAILED" in text
        assert "`rol`" in text
        assert not re.search(r"Did you mean|\bfirst\b|DUE_DATE|CaseloadSort|\brole\b|pageInfo|\bMe\b|Query", text)


@pytest.mark.parametrize(
    ("document", "given", "told"),
    [
        ("{ me { rol } }", {}, "Cannot query field 'rol' on type 'Me'. Did you mean 'role'?"),
        ("{ caseload(frist: 1) { pageInfo { hasNextPage } } }", {}, "Unknown argument 'frist' on field 'Query.caseload'. Did you mean 'first'?"),
        ("{ caseload(sortBy: DUE_DAT) { pageInfo { hasNextPage } } }", {}, f"{WRONG_VALUE} Did you mean the enum value 'DUE_DATE'?"),
        ("query($s: CaseloadSort!) { caseload(sortBy: $s) { pageInfo { hasNextPage } } }", {"s": "DUE_DAT"}, "Variable $s does not fit its type. Did you mean the enum value 'DUE_DATE'?"),
        ("query($s: CaseloadSort!) { caseload(sortBy: $s) { pageInfo { hasNextPage } } }", {}, "Variable $s is required."),
        ("query($s: CaseloadSrt!) { caseload(sortBy: $s) { pageInfo { hasNextPage } } }", {}, "Unknown type 'CaseloadSrt'. Did you mean 'CaseloadSort', 'CaseloadEdge', or 'CaseloadLine'?"),
        ("query { caseload(sortBy: $s) { pageInfo { hasNextPage } } }", {}, "Variable '$s' is not defined."),
    ],
)  # fmt: skip
async def test_in_development_an_error_helps(gateway: World, document: str, given: Any, told: str) -> None:
    """It says what is wrong and what may be meant."""
    messages = [error["message"] for error in (await gateway.ask("gp", document, **given)).json()["errors"]]
    assert told in messages


@pytest.mark.parametrize(
    ("document", "given"),
    [
        ('{ card(patient: {n: "%s"}) { status } }', {}),
        ('{ card(patient: "%s" { status } }', {}), ('{ card "%s" }', {}), ("{ card %s }", {}),
        ('{ card(patient: "x") { status } caseload(first: "%s") { pageInfo { hasNextPage } } }', {}),
        ('mutation($p: NationalIdentityNumber!) { recordVisit(patient: $p, idempotencyKey: "k", visit: {noteToo: "%s"}) { __typename } }', {}),
        ('mutation($p: NationalIdentityNumber!) { recordVisit(patient: $p, idempotencyKey: "k", visit: {heldOn: "%s"}) { __typename } }', {}),
        ('mutation($p: NationalIdentityNumber!, $v: AntenatalVisitInput!) { recordVisit(patient: $p, idempotencyKey: "k", visit: $v) { __typename } }', {"v": {"noteToo": "%s"}}),
        ('mutation($p: NationalIdentityNumber!, $v: AntenatalVisitInput!) { recordVisit(patient: $p, idempotencyKey: "k", visit: $v) { __typename } }', {"v": {"%s": 1, "weightKg": "%s"}}),
    ],
)  # fmt: skip
async def test_no_error_repeats_a_value(gateway: World, document: str, given: Any) -> None:
    """Not in development either: literals, members of inputs, what the parser stumbles over, variables."""
    number = gateway.number("kari")
    filled = {
        name: {key.replace("%s", number): str(one).replace("%s", number) for key, one in value.items()}
        for name, value in given.items()
    }
    for tells_names in (True, False):
        gateway.services.documents = Documents(hide_suggestions=not tells_names)
        response = await gateway.ask("gp", document.replace("%s", number), **filled)
        assert response.json()["errors"]
        assert number not in response.text
