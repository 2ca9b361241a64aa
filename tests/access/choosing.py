"""What the tests of her choices share: commands, tokens of one sign-in session, what the store holds."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import text

from app.domain.record import Block, BlockTarget
from app.identity import claims
from app.identity.development_issuer import claims_of
from data.patients import set_blocks
from tests.world import NOW, World

WOMAN = "ragnhild"
"""She keeps a doctor and a hospital trust out of the card, and everybody out of her illnesses."""

ILLNESSES = "query($patient: NationalIdentityNumber!) { card(patient: $patient) { mother { name } medicalConditions { diabetes } withheldByPatientCount withheld { path reason elevation } } }"
BLOCK = "mutation($input: BlockAccessInput!, $key: String!) { blockAccess(input: $input, idempotencyKey: $key) { blockId target targetId targetName includeSubunits section overrideCode startsAt endsAt inForce } }"
LIFT = "mutation($id: ID!, $key: String!) { liftBlock(blockId: $id, idempotencyKey: $key) { blockId endsAt inForce } }"
MY_BLOCKS = "{ myBlocks { blockId target targetId targetName section overrideCode endsAt inForce } }"
ELEVATE = """mutation($patient: NationalIdentityNumber!, $reason: ElevationReason, $agrees: Boolean! = false, $text: String!, $key: String!) {
  elevateAccess(patient: $patient, reason: $reason, patientAgrees: $agrees, text: $text, idempotencyKey: $key) { elevationId accessBasis endsAt inForce } }"""
HERS = "{ elevations { elevationId accessBasis accessBasisInPlainWords startsAt endsAt inForce who hprNumber organisation reason reasonInPlainWords reasonText } }"
LOG = "{ accessLog { edges { node { who outcome writtenSections accessBasis accessBasisInPlainWords elevated { reason reasonInPlainWords endsAt } } } } }"
VISIT = """mutation($patient: NationalIdentityNumber!, $key: String!) {
  recordVisit(patient: $patient, idempotencyKey: $key, visit: {heldOn: "2026-11-23"}) { __typename } }"""
MEDICATION = """mutation($patient: NationalIdentityNumber!, $key: String!) {
  recordMedication(patient: $patient, idempotencyKey: $key, medication: {drugAllergy: true}) { __typename } }"""
CLOSE = """mutation($patient: NationalIdentityNumber!, $key: String!) {
  closeCardAsDelivered(patient: $patient, idempotencyKey: $key, expectedVersion: 1, deliveredAt: "2026-11-23T08:00:00Z", liveBirth: true) { __typename } }"""
WHY = "eklampsi, bevisstløs, trenger sykehistorien"


async def send(world: World, token: str, query: str, **variables: Any) -> dict[str, Any]:
    """The body of an answer to a holder of a token."""
    response = await world.send(token, query, **variables)
    body: dict[str, Any] = response.json()
    return body


def set_clock(world: World, now: datetime) -> None:
    """From now on it is then, for tokens as well."""
    world.services.clock = lambda: now
    world.services.verifier._clock = lambda: now


def code(body: dict[str, Any]) -> str:
    """The code of the one error."""
    (error,) = body["errors"]
    found: str = error["extensions"]["code"]
    return found


def in_session(world: World, persona: str, purpose: str, sid: str | None = None, **more: Any) -> str:
    """A token of somebody who picked the patient by hand; of the person's one session, or of another."""
    other = {"sid": sid} if sid else {}
    return world.token(persona, purpose, by_hand=True, **other, **more)


def token_of(world: World, persona: str, purpose: str, *, user_selected: bool, sid: str = "one") -> str:
    from app.development import all_personas

    payload = claims_of(
        all_personas()[persona],
        purpose=purpose,
        issued_at=int(world.services.clock().timestamp()),
        lifetime_seconds=600,
    )
    payload[claims.ATTEST]["care_relationship"]["decision_ref"]["user_selected"] = user_selected
    return world.token(persona, purpose, **{claims.ATTEST: payload[claims.ATTEST], "sid": sid})


async def elevate(world: World, token: str, patient: str = WOMAN, **more: Any) -> dict[str, Any]:
    said = {"reason": "CONDITION_PREVENTS", "text": WHY, "key": str(uuid4())} | more
    return await send(world, token, ELEVATE, patient=world.number(patient), **said)


async def block(world: World, woman: str = "kari", *, key: str | None = None, **wish: Any) -> dict[str, Any]:
    return (await world.ask(woman, BLOCK, input=wish, key=key or str(uuid4()))).json()  # type: ignore[no-any-return]


async def lift(world: World, block_id: str, woman: str = "kari") -> dict[str, Any]:
    return (await world.ask(woman, LIFT, id=block_id, key=str(uuid4()))).json()  # type: ignore[no-any-return]


async def stored(world: World, statement: str, **parameters: Any) -> list[Any]:
    """What a statement finds."""
    async with world.services.database.connection() as connection:
        return list((await connection.execute(text(statement), parameters)).all())


async def of_hers(world: World, woman: str, table: str, columns: str = "*") -> list[Any]:
    patient_id = world.services.patient_keys.patient_id(world.number(woman))
    return await stored(world, f"SELECT {columns} FROM {table} WHERE patient_id = :id", id=patient_id)


async def keep_out(
    world: World, code_: str, *, woman: str = WOMAN, section: str | None = None, hpr: str | None = None
) -> None:
    """One block in place of all others: on everybody, or on one person."""
    target = BlockTarget.PERSON if hpr else BlockTarget.ALL
    made = Block(str(uuid4()), section, target, hpr, False, code_, NOW - timedelta(days=1), None)
    services = world.services
    await set_blocks(services.database, services.patient_keys, world.number(woman), (made,))


async def look(world: World, token: str, woman: str = WOMAN) -> dict[str, Any]:
    """Her illnesses, as they are told to the holder of a token."""
    return await send(world, token, ILLNESSES, patient=world.number(woman))


async def nothing_was_opened(world: World, woman: str = WOMAN) -> None:
    """No row, no projection, no change; and the attempt stands in her log as refused (rule L-9)."""
    assert await of_hers(world, woman, "elevation") == []
    assert await of_hers(world, woman, "patient", "elevations") == [("[]",)]
    assert ("ACCESS_ELEVATED",) not in await of_hers(world, woman, "change", "what")
    entry = (await world.ledger_entries(woman))[-1]
    assert (entry["operation_kind"], entry["outcome"], entry["written"]) == ("mutation", "REFUSED", [])
    log = (await world.data(woman, LOG))["accessLog"]["edges"]
    assert (log[0]["node"]["outcome"], log[0]["node"]["who"]) == ("REFUSED", entry["actor_name"])


async def write(world: World, token: str, command: str) -> dict[str, Any]:
    """A command on the card of the woman who blocks."""
    return await send(world, token, command, patient=world.number(WOMAN), key=str(uuid4()))
