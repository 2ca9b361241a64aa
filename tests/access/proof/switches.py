"""What a role may ask for besides the facts of a card, found by asking the running API."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import text

from app.domain.viewer import CallerKind, Purpose
from tests.access.choosing import WHY
from tests.access.proof.columns import Column
from tests.access.proof.routes import Asker
from tests.policies import PILOT
from tests.world import World

YES: Final = "yes"
NOT_IN_SCHEMA: Final = "-"

HIDDEN_WITHOUT_CONSENT: Final = "liv"
"""She withdrew, and here she also lives at a confidential address: one who is told the state of consent is told that
it is given, as of any woman without a card; one who is told all of it, what is true."""

Switch = Callable[[Asker], Awaitable[str]]


async def prepare(world: World) -> None:
    """Hide the woman without consent, and have somebody look at the cards that are asked about."""
    key = world.services.patient_keys.key(world.number(HIDDEN_WITHOUT_CONSENT))
    async with world.services.database.transaction() as connection:
        statement = "UPDATE patient SET protection = 'CONFIDENTIAL' WHERE number_key = :key"
        await connection.execute(text(statement), {"key": key})
    for number in (world.number("kari"), world.whole):
        await world.data("stranger", LOOK, patient=number)


LOOK: Final = "query($patient: NationalIdentityNumber!) { card(patient: $patient) { recordId } }"


def _is_asked(asker: Asker, name: str) -> bool:
    return any(
        root is not None and name in root.fields for root in (asker.schema.query_type, asker.schema.mutation_type)
    )


async def _said(asker: Asker, name: str, query: str, said: Callable[[Any], str], **variables: Any) -> str:
    """What is answered: in a word, or the code of the refusal."""
    if not _is_asked(asker, name):
        return NOT_IN_SCHEMA
    body = await asker.body(query, **variables)
    data = body.get("data") or {}
    if data.get(name) is None:
        code: str = body["errors"][0]["extensions"]["code"]
        return code
    return said(data[name])


def _asking(asker: Asker, name: str, below: str, arguments: str = "") -> str:
    if asker.column.is_own:
        return f"{{ {name}{f'({arguments})' if arguments else ''} {{ {below} }} }}"
    given = f"patient: $patient{f', {arguments}' if arguments else ''}"
    return f"query($patient: NationalIdentityNumber!) {{ {name}({given}) {{ {below} }} }}"


async def status(asker: Asker) -> str:
    query = _asking(asker, "cardStatus", "consentGiven hasActiveCard")
    return await _said(asker, "cardStatus", query, lambda found: YES if found["hasActiveCard"] else "no card")


async def consent(asker: Asker) -> str:
    """Whether the truth is told of a woman who is hidden, or only what all may know."""
    number = asker.world.number(HIDDEN_WITHOUT_CONSENT)
    own = {"pid": number} if asker.column.kind is CallerKind.CITIZEN else {}
    token = asker.column.token(asker.world, **own)
    there = Asker(asker.world, asker.column, {asker.column.woman(asker.world): token})
    query = _asking(asker, "consent", "given")
    return await _said(there, "consent", query, lambda found: "the state" if found["given"] else "all of it", patient=number)  # fmt: skip


async def access_log(asker: Asker) -> str:
    query = _asking(asker, "accessLog", "edges { node { who } }", "first: 100")
    me = (await asker.body("{ me { name } }"))["data"]["me"]["name"]
    others = "everybody's looks"
    return await _said(
        asker, "accessLog", query,
        lambda found: others if any(edge["node"]["who"] != me for edge in found["edges"]) else "own looks",
    )  # fmt: skip


async def earlier_cards(asker: Asker) -> str:
    arguments = "" if asker.column.is_own else "includePrevious: true"
    query = _asking(asker, "earlierCards", "recordId", arguments)
    return await _said(asker, "earlierCards", query, lambda found: YES if found else "none")


async def erroneous_items(asker: Asker) -> str:
    """How many of three items are shown to one who asks for those entered in error too."""
    below = "antenatalVisits(includeErroneous: true) { heldOn }"
    name = "myCard" if asker.column.is_own else "card"

    def said(card: Any) -> str:
        items = card["antenatalVisits"]
        return "nothing of the section" if items is None else {2: "left out", 3: YES}[len(items)]

    return await _said(asker, name, _asking(asker, name, below), said)


async def caseload(asker: Asker) -> str:
    return await _said(asker, "caseload", "{ caseload { edges { cursor } } }", lambda _: YES)


async def elevation(asker: Asker) -> str:
    """Of one who may elevate it is said that there is nothing to open: no block keeps her out here."""
    column = asker.column
    if column.purpose not in (Purpose.TREAT, Purpose.ETREAT):
        return await _elevation(asker, column)
    return await _elevation(asker, column, by_hand=True)


async def _elevation(asker: Asker, column: Column, **how: Any) -> str:
    token = column.token(asker.world, **how)
    there = Asker(asker.world, column, {column.woman(asker.world): token})
    said = {"reason": "CONDITION_PREVENTS"} if column.purpose is Purpose.ETREAT else {"agrees": True}
    found = await _said(there, "elevateAccess", ELEVATE, lambda _: YES, text=WHY, key=str(uuid4()), **said)
    return YES if found == "ELEVATION_NOT_APPLICABLE" else found


ELEVATE: Final = """mutation($patient: NationalIdentityNumber!, $reason: ElevationReason, $agrees: Boolean! = false, $text: String!, $key: String!) {
  elevateAccess(patient: $patient, reason: $reason, patientAgrees: $agrees, text: $text, idempotencyKey: $key) { endsAt } }"""


async def enabled(asker: Asker) -> str:
    """Whether the role is let in where the installation says nothing of roles. Asked with what the policy enables."""
    services = asker.world.services
    before, services.extra_roles = services.extra_roles, frozenset()
    try:
        fresh = Asker(asker.world, asker.column)
        body = await fresh.body("{ me { role } }")
    finally:
        services.extra_roles = before
    return YES if body.get("data") else str(body["errors"][0]["extensions"]["code"])


async def named(asker: Asker) -> str:
    """By which policy she is answered."""
    name = (await asker.body("{ me { policy } }"))["data"]["me"]["policy"]
    return YES if name == PILOT.name else str(name)


SWITCHES: Final[Mapping[str, Switch]] = {
    "enabled": enabled, "policy": named, "status": status, "consent": consent, "access log": access_log,
    "earlier cards": earlier_cards, "erroneous items": erroneous_items, "caseload": caseload, "elevation": elevation,
}  # fmt: skip
