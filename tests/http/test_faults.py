"""Every form of the development issuer is taken, every fault is refused as its list says: sent to the running gateway."""

import httpx
import pytest

from app.identity.development_faults import FAULTS, PROOF_FAULTS, Refused
from app.identity.development_forms import FORMS, Whose
from app.identity.development_proofs import ProofKey
from tests.world import World

HER_CARD = "query($patient: NationalIdentityNumber!) { card(patient: $patient) { pregnancy { numberOfFetuses } } }"
MY_CARD = "{ myCard { pregnancy { numberOfFetuses } } }"
HER_STATUS = "query($patient: NationalIdentityNumber!) { cardStatus(patient: $patient) { hasActiveCard } }"
ASKED_BY = {"kari": MY_CARD, "ehr": HER_STATUS}

KEY = ProofKey.generate()


@pytest.fixture
def gateway(gateway: World) -> World:
    """The gateway on SQLite, asked with proofs."""
    gateway.proof_key = KEY
    return gateway


async def ask(gateway: World, persona: str, headers: dict[str, str]) -> httpx.Response:
    """The persona's own first question about Kari."""
    variables = {} if persona == "kari" else {"patient": gateway.number("kari")}
    body = {"query": ASKED_BY.get(persona, HER_CARD), "variables": variables}
    return await gateway.client.post("/graphql", json=body, headers=headers)


def refusal(response: httpx.Response) -> Refused:
    """How it was refused, without anything beside it."""
    body = response.json()
    assert "data" not in body, body
    assert response.headers["cache-control"] == "no-store"
    (error,) = body["errors"]
    return Refused(response.status_code, error["extensions"]["code"], error["extensions"].get("reason"))


async def test_who_tries_the_forms_and_faults_is_answered_without_them(gateway: World) -> None:
    """So what changes the answer is the fault alone."""
    for whose in Whose:
        answer = await ask(gateway, whose.persona, gateway.credentials(gateway.token(whose.persona)))
        assert "errors" not in answer.json(), answer.text


async def test_every_form_is_taken(gateway: World) -> None:
    """However a right token is written, the answer is the same."""
    for form in FORMS.values():
        persona = form.whose.persona
        plain = await ask(gateway, persona, gateway.credentials(gateway.token(persona)))
        answer = await ask(gateway, persona, gateway.credentials(gateway.token(persona, changes=[form])))
        assert answer.status_code == 200, (form.name, answer.text)
        assert answer.json() == plain.json()


async def test_all_forms_go_together(gateway: World) -> None:
    """Those of one kind of caller, all in one token."""
    for whose in (Whose.PROFESSIONAL, Whose.CITIZEN, Whose.CLIENT):
        together = [form for form in FORMS.values() if form.whose in (whose, Whose.ANYBODY)]
        token = gateway.token(whose.persona, changes=together)
        assert (await ask(gateway, whose.persona, gateway.credentials(token))).status_code == 200


async def test_every_fault_of_a_token_is_refused_as_it_is_listed(gateway: World) -> None:
    """Status, code and reason; nothing of the card."""
    answered = {}
    for fault in FAULTS.values():
        token = gateway.token(fault.whose.persona, changes=[fault])
        answered[fault.name] = refusal(await ask(gateway, fault.whose.persona, gateway.credentials(token)))
    assert answered == {fault.name: fault.refusal for fault in FAULTS.values()}


async def test_every_fault_of_a_proof_is_refused_as_it_is_listed(gateway: World) -> None:
    """The token beside it is right."""
    token, answered = gateway.token("kari-gp"), {}
    for fault in PROOF_FAULTS.values():
        draft = KEY.draft("POST", gateway.services.settings.graphql_url, token, gateway.services.clock())
        headers = {"authorization": f"DPoP {token}", "dpop": draft.changed(fault).signed()}
        answered[fault.name] = refusal(await ask(gateway, "kari-gp", headers))
    assert answered == {fault.name: fault.refusal for fault in PROOF_FAULTS.values()}


def test_the_faults_are_all_that_the_national_tool_makes() -> None:
    """Norsk helsenett's tool for test tokens has seventeen faults; each is here, by another name."""
    tokens = {"wrong-key", "wrong-issuer", "wrong-audience", "expired", "wrong-type"}
    proofs = {
        "no-address", "no-method", "too-old", "in-the-future", "no-token", "no-algorithm", "no-key", "no-id",
        "symmetric", "private-key-inside", "wrong-type", "broken-signature",
    }  # fmt: skip
    assert tokens <= FAULTS.keys()
    assert proofs <= PROOF_FAULTS.keys()
