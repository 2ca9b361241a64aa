"""Women whom their person status hides: nothing tells them from women without a card."""

import pytest

from app.domain.record import Found
from app.identity import claims
from data.cards import StoredCards
from tests.access.cases.setting import (
    MY_CARD,
    WOMEN,
    ask,
    caller,
    expect_refused,
    expect_turned_away,
    told,
)
from tests.access.cases.test_record_level import HIDDEN, STATUS_OR_CARD, WITHDRAW
from tests.world import World

ANSWER = """mutation($patient: NationalIdentityNumber!, $key: String!) { answerCorrectionRequest(patient: $patient,
  requestId: "00000000-0000-4000-8000-000000000000", status: DECLINED, answer: "Nei.", idempotencyKey: $key) { requestId } }"""
CHANGES = "query($patient: NationalIdentityNumber!) { changesSince(patient: $patient) { latest } }"
CONSENT = "query($patient: NationalIdentityNumber!) { consent(patient: $patient) { given } }"
EARLIER = (
    "query($patient: NationalIdentityNumber!) { earlierCards(patient: $patient, includePrevious: true) { recordId } }"
)
STATUS = "query($patient: NationalIdentityNumber!) { cardStatus(patient: $patient) { consentGiven hasActiveCard lastChangedAt } }"


@pytest.mark.parametrize("woman", HIDDEN)
@pytest.mark.parametrize("asked", [STATUS_OR_CARD, EARLIER, STATUS, CONSENT, CHANGES, ANSWER])
async def test_hidden_women_take_no_other_way_than_women_without_a_card(world: World, woman: str, asked: str) -> None:
    """Not the same time by the clock, which nothing can promise, but the same work: the same statements with as many
    rows, in the same order; and the same bytes, status and headers. Her card is in the store and follows the unit that
    asks."""
    await world.data("selma", WITHDRAW)
    await world.data("selma", "mutation { giveConsent { given } }")
    answers, work = [], []
    await world.ask(caller("GP1"), STATUS, patient=world.number("kari"))  # what is looked up once is known then
    for number in (world.number("selma"), world.number(WOMEN[woman])):
        with world.services.database.count_statements() as counted:
            answers.append(
                await world.ask(caller("GP1"), asked, patient=number, key="one and the same"[:16] + number[:2])
            )
        work.append((list(counted), counted.rows))
    assert work[0] == work[1]
    assert told(answers[0]) == told(answers[1])


@pytest.mark.parametrize("woman", HIDDEN)
async def test_a_hidden_womans_card_does_not_leave_the_database(world: World, woman: str) -> None:
    """What is found of her is her status."""
    services = world.services
    assert isinstance(services.cards, StoredCards)
    found = await services.cards.find(world.number(WOMEN[woman]), ["mother"])
    assert isinstance(found, Found)
    assert found.card is None


async def test_the_same_attempt_looks_the_same_in_the_callers_own_log(world: World) -> None:
    """A doctor's own look-ups, as they are told: a hidden woman's are those of a woman without a card."""
    query = """query($patient: NationalIdentityNumber!) { accessLog(patient: $patient) { edges { node {
      who purpose accessBasis outcome sections writtenSections emergency } } } }"""
    logs = []
    for woman in ("W8", *HIDDEN):
        for asked in (STATUS_OR_CARD, STATUS, EARLIER):
            await ask(world, "MW1", asked, woman)
        logs.append((await ask(world, "MW1", query, woman)).json())
    assert logs[0]["data"]["accessLog"]["edges"]
    assert logs.count(logs[0]) == len(logs)


async def test_a_protected_womans_clinicians_are_refused_in_the_same_order(world: World) -> None:
    """Whoever is she herself in a professional role is told so for earlier cards too, protected or not."""
    for woman in ("W8", "W4"):
        token = world.token(caller("GP1"), **{claims.PID: world.number(WOMEN[woman])})
        response = await world.send(token, EARLIER, patient=world.number(WOMEN[woman]))
        expect_refused(response, "SELF_ACCESS_THROUGH_PROFESSIONAL_ROLE")


async def test_nothing_of_hers_is_let_in_without_a_sign_in(gateway: World) -> None:
    """The record level is not reached by whom the gate before it turns away."""
    expect_turned_away(
        await gateway.client.post("/graphql", json={"query": MY_CARD}), 401, "UNAUTHENTICATED", "NO_TOKEN"
    )
