"""What the access cases share: who is who, the baseline questions, and what to expect of an answer.

A case changes one thing of a baseline that is right. The women and the callers are the synthetic cast and the personas;
their short names here are those of the case list.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final
from uuid import uuid4

import httpx

from tests.world import World

WOMEN: Final[Mapping[str, str]] = MappingProxyType({
    "W1": "kari",  # every section filled (`fill_w1`)
    "W2": "liv",  # withdrew
    "W3": "ragnhild",  # blocks a doctor, a trust, and everybody's eyes on her illnesses
    "W4": "sunniva",  # confidential address
    "W4b": "jorunn",  # strictly confidential address
    "W5": "astrid",  # died
    "W6": "thea",  # 17 years old
    "W8": "guro",  # only a terminated card
    "W10": "randi",  # never consented
})  # fmt: skip
"""W7 and W9 are not in the cast: the cases that need them make them."""

CALLERS: Final[Mapping[str, str]] = MappingProxyType({
    "GP1": "gp", "GP2": "stranger", "GP3": "not-enrolled", "MW1": "midwife",
    "HD1": "other-hospital",  # a hospital that W3 does not block
    "HM1": "hospital-midwife",
    "HD2": "hospital",  # of the trust that W3 blocks
    "PHN1": "nurse", "US1": "imaging", "SEC1": "clerk", "SEC2": "secretary", "EHR1": "ehr", "REP1": "representative",
    "AUD1": "auditor", "EVA1": "evaluator", "DUTY": "emergency",
})  # fmt: skip

ASKED_IN_Q1: Final = """
  mother { language { code } }
  pregnancy { dueDateByUltrasound }
  laboratoryResults { hivPositive }
  medicalConditions { mentalHealthCondition }
  previousPregnancies { numberOfPreviousPregnancies numberOfPreviousLiveBirths }
  antenatalVisits { note }
"""
Q1: Final = f"query Q1($patient: NationalIdentityNumber!) {{ card(patient: $patient) {{ {ASKED_IN_Q1} withheldByPatientCount withheld {{ path reason rule elevation }} }} }}"
Q1_CARELESS: Final = f"query Q1($patient: NationalIdentityNumber!) {{ card(patient: $patient) {{ {ASKED_IN_Q1} }} }}"
"""Q1 of a client that does not ask what is withheld: it is told by errors instead."""
MY_CARD: Final = f"query MyCard {{ myCard {{ {ASKED_IN_Q1} }} }}"
Q_STATUS: Final = "query Status($patient: NationalIdentityNumber!) { cardStatus(patient: $patient) { consentGiven hasActiveCard lastChangedAt } }"
M1: Final = """mutation M1($patient: NationalIdentityNumber!, $key: String!) {
  recordVisit(patient: $patient, visit: {heldOn: "2026-11-23", bloodPressure: {systolicMmhg: 120, diastolicMmhg: 75}}, idempotencyKey: $key) {
    __typename ... on VisitRecorded { recordId } } }"""


def caller(name: str) -> str:
    """The persona of a caller of the case list."""
    return CALLERS.get(name) or WOMEN[name]


async def ask(world: World, who: str, query: str, woman: str | None = None, **more: Any) -> httpx.Response:
    """A caller's question, about a woman of the case list where it names one."""
    about = {"patient": world.number(WOMEN[woman])} if woman else {}
    return await world.ask(caller(who), query, **about, **more)


async def read(world: World, who: str, woman: str, **more: Any) -> httpx.Response:
    """Q1."""
    return await ask(world, who, Q1, woman, **more)


async def write_visit(world: World, who: str, woman: str, **more: Any) -> httpx.Response:
    """M1: an antenatal visit is added."""
    return await ask(world, who, M1, woman, key=str(uuid4()), **more)


_EVENT: Final = re.compile(rb'"eventId":"[0-9a-f-]{36}"')


def refusal(response: httpx.Response) -> dict[str, Any]:
    """The extensions of the one error of an answer that has no data at all, or null in every place."""
    body = response.json()
    assert not any((body.get("data") or {}).values()), body
    (error,) = body["errors"]
    said: dict[str, Any] = error["extensions"]
    return said


def told(response: httpx.Response) -> tuple[int, Any, bytes]:
    """All that an answer tells: status, headers, bytes; without the id of the event, which is another each time."""
    return response.status_code, response.headers, _EVENT.sub(b"", response.content)


async def entries_about(world: World, woman: str) -> list[dict[str, Any]]:
    """What the ledger holds about a woman of the case list (or a number), in the store or not, oldest first."""
    number = woman if woman.isdigit() else world.number(WOMEN[woman])
    known_as = world.services.patient_keys.patient_id(number)
    return [entry for entry in await world.all_ledger_entries() if entry["patient_id"] == known_as]


def expect_turned_away(response: httpx.Response, status: int, code: str, reason: str | None = None) -> None:
    """Not let in at all: an HTTP status, a coarse code and, in development, a fine reason."""
    assert response.status_code == status, response.text
    assert "data" not in response.json()
    said = refusal(response)
    assert (said["code"], said.get("reason")) == (code, reason)
    assert response.headers["cache-control"] == "no-store"


def expect_refused(response: httpx.Response, code: str) -> None:
    """Let in, and the one card refused: root field null and exactly one coded error."""
    assert response.status_code == 200, response.text
    assert refusal(response)["code"] == code


def card_of(response: httpx.Response) -> dict[str, Any]:
    """The card in an answer without errors."""
    body = response.json()
    assert "errors" not in body, body
    card: dict[str, Any] = body["data"].get("card") or body["data"]["myCard"]
    return card


async def expect_noted(world: World, n: int = 1, **said: Any) -> dict[str, Any]:
    """So many entries stand in the ledger, no more; one of them, which is returned, says this.

    `about`: the woman of the case list it is about; None: it is about nobody.
    """
    entries = await world.all_ledger_entries()
    assert len(entries) == n, entries
    if "about" in said:
        woman = said.pop("about")
        number = world.number(WOMEN[woman]) if woman else None
        said["patient_id"] = world.services.patient_keys.patient_id(number) if number else None
    found = [entry for entry in entries if all(entry[member] == value for member, value in said.items())]
    assert found, (said, entries)
    return found[-1]
