"""Access cases TC-C10 to TC-C19: who acts for her, and who is too young."""

from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from uuid import uuid4

import httpx
import pytest

from app.domain.record import Protection
from app.domain.representing import PowerKind, PowerOfAttorney, ServiceArea
from app.domain.viewer import Role
from app.identity import claims
from data.consents import StoredConsents
from data.patients import set_person_status
from data.representations import note_power, powers_of, revoke_power
from data.storing import record_consent, store
from data.synthetic.cast_powers import REPRESENTATIVE_NUMBER
from tests.access.cases.setting import (
    MY_CARD,
    WOMEN,
    ask,
    caller,
    card_of,
    entries_about,
    expect_refused,
    expect_turned_away,
    refusal,
    told,
)
from tests.access.cases.test_citizens import DUE_DATE
from tests.access.cases.test_labels import keep, w9
from tests.access.cases.test_record_level import OPEN, STATUS_OR_CARD, last_refusal, rows_in
from tests.access.choosing import set_clock
from tests.whole_card import whole_record
from tests.world import NOW, WHOLE_RECORD, WHOLE_WOMAN, World

NEARLY_16: Final = "24911090267"
"""Born on 24 November 2010: 16 on the day after NOW."""
PARENT: Final = "02819040039"
W7: Final = "01851290261"
"""A girl of 14, who has not consented."""


def expect_representation_refused(response: httpx.Response, code: str) -> None:
    expect_turned_away(response, 403, code)


def power(world: World, number: str = REPRESENTATIVE_NUMBER, **more: Any) -> PowerOfAttorney:
    """A power of attorney that opens a card, but for what is said."""
    said: dict[str, Any] = {
        "power_id": str(uuid4()), "representative_key": world.services.patient_keys.key(number),
        "kind": PowerKind.CONFIRMED, "area": ServiceArea.MATERNITY_CARD, "starts_at": NOW - timedelta(days=9),
        "ends_at": None,
    }  # fmt: skip
    return PowerOfAttorney(**said | more)


async def give(world: World, woman: str, given: PowerOfAttorney) -> None:
    await note_power(world.services.database, world.services.patient_keys, world.number(WOMEN[woman]), given)


async def revoke(world: World, at: datetime = NOW) -> None:
    """W1 takes back what the cast has given."""
    services, number = world.services, world.number("kari")
    for one in await powers_of(services.database, services.patient_keys, number):
        await revoke_power(services.database, services.patient_keys, number, one.power_id, at)


def acting_for(world: World, number: str, kind: str = "FULLMAKT", actor: str = REPRESENTATIVE_NUMBER) -> str:
    parties = {"type": kind, "actor": actor, "subject": number}
    return world.token(caller("REP1"), pid=actor, **{claims.REPRESENTATION: parties})


async def test_TC_C10_nobody_acts_for_her_where_that_is_off(world: World) -> None:
    """As in production, where nobody has switched it on."""
    world.services.extra_roles -= {Role.REPRESENTATIVE}
    expect_representation_refused(await ask(world, "REP1", DUE_DATE), "REPRESENTATION_NOT_SUPPORTED")


async def test_TC_C11_a_representative_reads_little(world: World) -> None:
    """The due date is a value. HIV, her access log and her blocks are not in the schema a representative sees: invalid
    (status 400), which here takes the place of 403. She reads of the look that it was on her behalf."""
    await world.add_whole_card(woman="kari")
    assert card_of(await ask(world, "REP1", DUE_DATE))["pregnancy"]["dueDateByUltrasound"]
    entry = (await entries_about(world, "W1"))[-1]
    assert (entry["outcome"], entry["caller_kind"]) == ("ALLOWED", "representative")
    assert entry["power_of_attorney"] == "f0000000-0000-4000-8000-000000000001"
    assert entry["actor_name"]
    for asked in (
        "{ myCard { laboratoryResults { hivPositive } } }",
        "{ accessLog { edges { cursor } } }",
        "{ myBlocks { blockId } }",
        "{ consent { given } }",
        "{ earlierCards { recordId } }",
        'mutation { liftBlock(blockId: "b", idempotencyKey: "k") { blockId } }',
        "mutation { withdrawConsent { cardsDeleted } }",
    ):
        response = await ask(world, "REP1", asked)
        assert response.status_code == 400
        assert refusal(response)["code"] == "GRAPHQL_VALIDATION_FAILED"


async def test_TC_C12_a_power_of_attorney_taken_back_holds_for_the_next_request(world: World) -> None:
    """Read, taken back, refused: at once, which is sooner than a minute; and refused a minute later. She reads that it
    was tried."""
    token = world.token(caller("REP1"))
    assert card_of(await world.send(token, DUE_DATE))
    await revoke(world)
    expect_representation_refused(await world.send(token, DUE_DATE), "REPRESENTATION_INVALID")
    set_clock(world, NOW + timedelta(seconds=61))
    expect_representation_refused(await world.send(token, DUE_DATE), "REPRESENTATION_INVALID")
    assert await last_refusal(world, "W1") == "REPRESENTATION_INVALID"


@pytest.mark.parametrize(
    "more",
    [
        {"area": ServiceArea.OTHER},
        {"kind": PowerKind.WITHOUT_CAPACITY},
        {"starts_at": NOW + timedelta(seconds=1)},
        {"ends_at": NOW},
        {"representative_key": "another's"},
    ],
)
async def test_TC_C13_a_power_of_attorney_for_something_else_opens_nothing(world: World, more: dict[str, Any]) -> None:
    """For another service area; of a kind that is not for this; not yet or no longer in force; another person's."""
    await revoke(world)
    await give(world, "W1", power(world, **more))
    response = await ask(world, "REP1", DUE_DATE)
    expect_representation_refused(response, "REPRESENTATION_INVALID")
    unknown = await world.send(acting_for(world, W7), DUE_DATE)
    assert told(unknown) == told(response)


async def test_an_ordinary_power_of_attorney_opens_as_much(world: World) -> None:
    """Ordinary or confirmed: both do."""
    await revoke(world)
    await give(world, "W1", power(world, kind=PowerKind.ORDINARY, ends_at=NOW + timedelta(seconds=1)))
    assert card_of(await ask(world, "REP1", DUE_DATE))


@pytest.mark.parametrize("party", ["actor", "subject"])
async def test_TC_C14_when_it_is_unclear_who_is_who_nobody_is_let_in(gateway: World, party: str) -> None:
    """A token in which the person signed in and the person represented cannot be told apart."""
    parties = {"type": "FULLMAKT", "actor": REPRESENTATIVE_NUMBER, "subject": gateway.number("kari")}
    parties[party] = parties["actor" if party == "subject" else "subject"]
    token = gateway.token(caller("REP1"), **{claims.REPRESENTATION: parties})
    expect_representation_refused(await gateway.send(token, MY_NAME), "REPRESENTATION_UNKNOWN")


MY_NAME: Final = "{ myCard { mother { name } } }"


async def test_a_representative_of_a_hidden_woman_finds_no_card(world: World) -> None:
    """As of a woman who has none: nothing tells that she is protected, or dead."""
    given = [power(world) for _ in range(2)]
    await give(world, "W8", given[0])
    await give(world, "W3", given[1])
    none = await world.send(acting_for(world, world.number(WOMEN["W8"])), DUE_DATE)
    expect_refused(none, "RECORD_NOT_AVAILABLE")
    services, number = world.services, world.number(WOMEN["W3"])
    for status in (
        {"protection": Protection.CONFIDENTIAL},
        {"protection": Protection.UNCLASSIFIED, "deceased_on": date(2026, 11, 1)},
    ):
        await set_person_status(services.database, services.patient_keys, number, **status)  # type: ignore[arg-type]  # as said
        assert told(await world.send(acting_for(world, number), DUE_DATE)) == told(none)


async def test_a_protected_person_represents_nobody(world: World) -> None:
    """Neither with a power from before, nor with a new one; nor can she give one."""
    assert card_of(await ask(world, "REP1", DUE_DATE))
    services = world.services
    database, keys = services.database, services.patient_keys
    await set_person_status(database, keys, REPRESENTATIVE_NUMBER, protection=Protection.CONFIDENTIAL)
    expect_representation_refused(await ask(world, "REP1", DUE_DATE), "REPRESENTATION_INVALID")
    for woman, holder in (("W1", REPRESENTATIVE_NUMBER), ("W4", PARENT), ("W5", PARENT)):
        with pytest.raises(Exception, match="cannot act for one another"):
            await give(world, woman, power(world, holder))


async def test_what_a_label_hides_a_representative_does_not_see(world: World) -> None:
    """Withheld from her or closed to health personnel: not for others either. What parents may not see is shown."""
    await keep(world, w9(None))
    services = world.services
    await note_power(services.database, services.patient_keys, WHOLE_WOMAN, power(world))
    for label, is_shown in (("N", True), ("NORN_FOR", True), ("NORN_EPO", False), ("NORS", False)):
        await keep(world, w9(label, kind="pregnancy", fact="due_date_by_ultrasound"))
        card = card_of(await world.send(acting_for(world, WHOLE_WOMAN), DUE_DATE))
        assert (card["pregnancy"]["dueDateByUltrasound"] is not None) is is_shown, label


# --- minors ----------------------------------------------------------------------------------------------------------


async def test_TC_C15_a_woman_of_17_reads_her_card(world: World) -> None:
    """All of it."""
    card = card_of(await ask(world, "W6", MY_CARD))
    assert card["mother"] and card["antenatalVisits"]
    assert (await entries_about(world, "W6"))[-1]["outcome"] == "ALLOWED"


@pytest.mark.parametrize("kind", ["FORELDREREPRESENTASJON", "PARENT", "VERGEMAL", "CASEWORKER"])
async def test_TC_C16_her_parents_do_not(world: World, kind: str) -> None:
    """Parents, guardians and case workers are refused, even holding a power of attorney; nobody is looked up."""
    await give(world, "W6", power(world, PARENT))
    token = acting_for(world, world.number(WOMEN["W6"]), kind, PARENT)
    with world.services.database.count_statements() as counted:
        response = await world.send(token, DUE_DATE)
    expect_representation_refused(response, "REPRESENTATION_NOT_SUPPORTED")
    assert not any("FROM patient" in statement or "maternity_record" in statement for statement in counted)


async def test_TC_C17_a_parent_learns_nothing_of_a_card_of_a_girl_of_14(world: World) -> None:
    """Whether she has one or not, the card or its status: the same refusal, before anybody is looked up."""
    answers = []
    for has_card in (False, True):
        if has_card:
            await store(world.services.database, world.services.patient_keys, [(W7, NOW, whole_record(WHOLE_RECORD))])
        token = acting_for(world, W7, "FORELDREREPRESENTASJON", PARENT)
        answers += [await world.send(token, asked) for asked in (DUE_DATE, "{ consent { given } }")]
    for response in answers:
        expect_representation_refused(response, "REPRESENTATION_NOT_SUPPORTED")
        assert told(response) == told(answers[0])


async def consents(world: World, number: str) -> None:
    """A consent that came in from elsewhere."""
    await record_consent(world.services.database, world.services.patient_keys, number, NOW)


async def open_for(world: World, number: str) -> httpx.Response:
    return await world.ask(caller("GP1"), OPEN, patient=number, key=str(uuid4()))


async def test_TC_C18_no_card_is_opened_for_a_girl_of_14(world: World) -> None:
    """Neutral, with or without consent: the bytes of the refusal for a woman at a protected address. Nothing is
    stored. It does not depend on who may open cards otherwise: whoever may not is refused for that."""
    before = await rows_in(world, "maternity_record")
    refused = await open_for(world, W7)
    expect_refused(refused, "RECORD_CANNOT_BE_CREATED")
    assert told(refused) == told(await open_for(world, world.number(WOMEN["W4b"])))
    assert await last_refusal(world, W7) == "TOO_YOUNG"
    await consents(world, W7)
    assert told(await open_for(world, W7)) == told(refused)
    assert await rows_in(world, "maternity_record") == before
    radiographer = world.token(caller("US1"), scope=[f"{claims.GATEWAY}/read", f"{claims.GATEWAY}/write"])
    expect_refused(await world.send(radiographer, OPEN, patient=W7, key=str(uuid4())), "SECTION_FORBIDDEN")


async def test_her_age_is_the_population_registers_to_say(world: World) -> None:
    """Not the number's: one that was given out for another day makes nobody older or younger."""
    services, randi = world.services, world.number(WOMEN["W10"])
    for number, born_on in ((W7, date(1990, 1, 1)), (randi, date(2012, 5, 1))):
        await consents(world, number)
        await set_person_status(
            services.database, services.patient_keys, number, protection=Protection.UNCLASSIFIED, born_on=born_on
        )
    assert (await open_for(world, W7)).json()["data"]["openCard"] == {"__typename": "CardWritten"}
    expect_refused(await open_for(world, randi), "RECORD_CANNOT_BE_CREATED")


async def test_the_youngest_age_is_a_setting(world: World) -> None:
    """It may be lowered, once that is decided."""
    await consents(world, W7)
    world.services.settings = world.services.settings.model_copy(update={"minimum_age": 14})
    assert (await open_for(world, W7)).json()["data"]["openCard"] == {"__typename": "CardWritten"}


async def test_TC_C19_at_16_the_day_begins_in_norway(world: World) -> None:
    """On the eve at 23.59 in Oslo no card is opened, nor consent taken; a minute later both are. Before and after she
    reads what there is of hers (nothing yet, then her card), and no parent does."""
    number = NEARLY_16
    hers, parent = {"pid": number}, ("FORELDREREPRESENTASJON", PARENT)
    give_consent = "mutation { giveConsent { given } }"
    for now, is_16 in (
        (datetime(2026, 11, 23, 22, 59, tzinfo=UTC), False),
        (datetime(2026, 11, 23, 23, tzinfo=UTC), True),
    ):
        set_clock(world, now)
        world.services.consents = consents_by(world)
        given = await world.send(world.token("kari", **hers), give_consent)
        opened = await open_for(world, number)
        if is_16:
            assert given.json()["data"] == {"giveConsent": {"given": True}}
            assert opened.json()["data"]["openCard"] == {"__typename": "CardWritten"}
        else:
            expect_refused(given, "RECORD_CANNOT_BE_CREATED")
            expect_refused(opened, "RECORD_CANNOT_BE_CREATED")
        own = await world.send(world.token("kari", **hers), "{ myCard { status } }")
        assert own.json()["data"]["myCard"] == ({"status": "ACTIVE"} if is_16 else None)
        looked = await world.send(acting_for(world, number, *parent), DUE_DATE)
        expect_representation_refused(looked, "REPRESENTATION_NOT_SUPPORTED")


def consents_by(world: World) -> StoredConsents:
    """The consents by the world's clock."""
    services = world.services
    return StoredConsents(
        services.database, services.patient_keys, services.ledger, services.clock, services.changes,
        services.settings.minimum_age,
    )  # fmt: skip


async def test_a_card_that_a_girl_under_16_has_is_read_by_her_and_her_midwife(world: World) -> None:
    """One that came in from elsewhere: opened under ordinary rules; only her parents are kept out."""
    await store(world.services.database, world.services.patient_keys, [(W7, NOW, whole_record(WHOLE_RECORD))])
    assert card_of(await world.ask(caller("MW1"), STATUS_OR_CARD, patient=W7))["mother"]["name"]
    assert card_of(await world.send(world.token("kari", pid=W7), MY_NAME))["mother"]["name"]
