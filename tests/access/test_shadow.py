"""A policy that is tried beside the one in force: it is counted where it would differ, and changes nothing."""

import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.domain.policy import Policy
from app.domain.viewer import Purpose, Role
from app.execution.shadow import NO_PURPOSE, Shadow
from app.keys import ConfigurationError
from app.observability import REGISTRY, SHADOW
from app.services import make_services
from app.settings import Settings
from tests.access.choosing import ELEVATE, ILLNESSES, WHY, WOMAN, in_session, send
from tests.graphql.test_caseload import document as caseload
from tests.policies import DRAFT, PILOT, changed
from tests.streams import FOLLOW_HER, Writer, listening_gateway, socket_of
from tests.world import World
from tests.writing import document, new_key, section_of

METRIC = "helsekort_shadow_decisions"
CARD = """query($patient: NationalIdentityNumber!) { card(patient: $patient) {
  mother { address name } medication { drugAllergy } antenatalVisits { heldOn note } withheld { path reason } } }"""
EVENT = re.compile(rb'"eventId":"[0-9a-f-]{36}"')
STATUS = "query($patient: NationalIdentityNumber!) { cardStatus(patient: $patient) { hasActiveCard } }"


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Any:
    """What was counted, by role, purpose and what the other policy would give."""
    SHADOW.clear()

    def read() -> dict[tuple[str, str, str], float]:
        return {
            (sample.labels["role"], sample.labels["purpose"], sample.labels["gives"]): sample.value
            for metric in REGISTRY.collect()
            for sample in metric.samples
            if sample.name == f"{METRIC}_total"
        }

    return read


ASKED: list[tuple[str, str | None, str, str | None]] = [
    ("gp", None, CARD, "kari"),
    ("gp", "COC", CARD, "kari"),
    ("imaging", None, CARD, "kari"),
    ("nurse", None, CARD, "kari"),
    ("gp", None, CARD, "liv"),
    ("gp", None, CARD, WOMAN),
    ("gp", None, caseload(), None),
    ("gp", "COC", caseload(), None),
    ("gp", None, "{ shoeSize }", None),
    ("kari", None, "{ myCard { mother { name } } }", None),
    ("ehr", None, STATUS, "kari"),
]
"""Persona, purpose, document, woman: what different callers ask, well and badly."""


def tokens(world: World) -> list[str]:
    return [world.token(persona, purpose) for persona, purpose, _, _ in ASKED]


async def asked(world: World, held: list[str]) -> list[httpx.Response]:
    """All of it, with these tokens."""
    return [
        await world.send(token, query, **({"patient": world.number(woman)} if woman else {}))
        for token, (_, _, query, woman) in zip(held, ASKED, strict=True)
    ]


async def test_no_answer_changes_by_a_byte(world: World, counted: Any) -> None:
    """Answers and ledger are the same with a shadow as without; only the entries' names and places differ."""
    held = tokens(world)
    without = await asked(world, held)
    entries = await world.all_ledger_entries()
    assert counted() == {}
    world.services.shadow = Shadow(DRAFT)
    beside = await asked(world, held)
    assert [answer_of(one) for one in beside] == [answer_of(one) for one in without]
    noted = (await world.all_ledger_entries())[len(entries) :]
    assert sorted(map(_said, noted)) == sorted(map(_said, entries))
    assert counted()


def answer_of(response: httpx.Response) -> tuple[int, bytes]:
    """Status and bytes, the name of an answer with errors apart."""
    return response.status_code, EVENT.sub(b"", response.content)


def _said(entry: dict[str, Any]) -> str:
    """An entry without what names it alone."""
    return json.dumps({name: value for name, value in entry.items() if name != "event_id"}, sort_keys=True)


async def test_what_would_differ_is_counted_by_role_and_purpose(gateway: World, counted: Any) -> None:
    """Less, more, or the same; each operation once, and one that is no operation never."""
    gateway.services.shadow = Shadow(DRAFT)
    await asked(gateway, tokens(gateway))
    assert counted() == {
        ("GP", "TREAT", "same"): 4, ("GP", "COC", "less"): 2,
        ("IMAGING_AND_OTHER", "TREAT", "more"): 1, ("PUBLIC_HEALTH_NURSE", "TREAT", "same"): 1,
        ("CITIZEN", NO_PURPOSE, "same"): 1, ("EHR_SYSTEM", NO_PURPOSE, "same"): 1,
    }  # fmt: skip


async def test_switches_commands_elevations_and_streams_are_decided_too(gateway: World, counted: Any) -> None:
    """Whatever an operation is, the other policy is asked about just that."""

    def strict(document: dict[str, Any]) -> None:
        document["elevation"]["professions"] = ["JO"]
        document["roles"]["GP"] |= {"caseload": False, "writing": "nothing", "consent": "FULL", "access_log": "NONE"}
        document["roles"]["MIDWIFE"]["enabled"] = False
        document["matrices"]["whole_card"]["provenance"] = ["ADMINISTRATIVE"]

    gateway.services.shadow = Shadow(changed("strict", PILOT.valid_from, strict))
    patient, visit = gateway.number("kari"), {"heldOn": "2026-11-23"}

    async def gives(body: dict[str, Any]) -> str:
        assert "errors" not in body, body
        ((_, _, what),) = counted()
        SHADOW.clear()
        return str(what)

    gp, hospital = gateway.token("gp"), in_session(gateway, "hospital", "ETREAT")
    said = {"reason": "CONDITION_PREVENTS", "text": WHY, "key": new_key()}
    assert await gives(await send(gateway, gp, caseload())) == "less"
    assert await gives(await send(gateway, hospital, ELEVATE, patient=gateway.number(WOMAN), **said)) == "less"
    assert await gives(await send(gateway, hospital, ILLNESSES, patient=gateway.number(WOMAN))) == "less"
    recorded = document("record", section_of("visit"))
    assert await gives(await send(gateway, gp, recorded, patient=patient, content=visit, key=new_key())) == "less"
    consent = "query($patient: NationalIdentityNumber!) { consent(patient: $patient) { given } }"
    assert await gives(await send(gateway, gp, consent, patient=patient)) == "other"
    midwife = gateway.token("midwife")
    assert await gives(await send(gateway, midwife, CARD, patient=patient)) == "less"
    async with (
        listening_gateway(gateway.services) as address,
        socket_of(gateway, address, "gp") as socket,
    ):
        await socket.follow("1", FOLLOW_HER, patient=patient)
        await Writer(gateway.services, patient).item()
        assert await gives(await socket.event()) == "less"


async def test_only_what_is_stated_counts(gateway: World, counted: Any) -> None:
    """She registers one fact; that another could be registered too by the other policy makes no difference to it."""
    gateway.services.settings = gateway.services.settings.model_copy(update={"self_registration": True})
    command = """mutation($content: PregnancyInput!, $key: String!) { correctPregnancy(expectedVersion: 1,
      pregnancy: $content, idempotencyKey: $key) { __typename } }"""
    for facts, expected in ((["last_period_on", "number_of_fetuses"], "same"), (["number_of_fetuses"], "less")):

        def other(document: dict[str, Any], facts: list[str] = facts) -> None:
            document["writing"]["herself"]["facts"]["pregnancy"] = facts

        SHADOW.clear()
        gateway.services.shadow = Shadow(changed("other", PILOT.valid_from, other))
        body = (await gateway.ask("kari", command, content={"lastPeriodOn": "2026-04-20"}, key=new_key())).json()
        assert "errors" not in body
        assert counted() == {("CITIZEN", NO_PURPOSE, expected): 1}


class Broken(Policy):
    """Whatever it is asked, it fails."""

    def profile(self, key: Any) -> Any:
        raise ValueError("a value from a card: 12345678901")


async def test_a_shadow_that_fails_disturbs_nothing(
    gateway: World, counted: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is counted and logged by its kind; the answer is the same, and the message is nowhere."""
    without = await gateway.ask("gp", CARD, patient=gateway.number("kari"))
    gateway.services.shadow = Shadow(Broken(PILOT.document))
    capsys.readouterr()
    beside = await gateway.ask("gp", CARD, patient=gateway.number("kari"))
    assert (beside.status_code, beside.content) == (without.status_code, without.content)
    assert counted() == {("GP", "TREAT", "failed"): 1}
    logged = [json.loads(line) for line in capsys.readouterr().err.splitlines() if "shadow" in line]
    assert [(line["event"], line["kind"]) for line in logged] == [("shadow_failed", "ValueError")]
    assert not any("12345678901" in str(line) for line in logged)


async def test_the_labels_are_few(gateway: World, counted: Any) -> None:
    """Roles, purposes and five words, whatever is asked of whom."""
    gateway.services.shadow = Shadow(DRAFT)
    await asked(gateway, tokens(gateway))
    for role, purpose, gives in counted():
        assert role in set(Role)
        assert purpose in {*Purpose, NO_PURPOSE}
        assert gives in {"same", "less", "more", "other", "failed"}


async def test_a_shadow_is_named_in_the_settings(tmp_path: Path) -> None:
    """Nobody else's name is one, and without the setting there is none."""
    assert make_services(Settings(data_dir=tmp_path)).shadow is None
    made = make_services(Settings(data_dir=tmp_path, shadow_policy="national-draft"))
    assert made.shadow is not None
    assert made.shadow.policy is DRAFT
    assert made.policy is PILOT
    with pytest.raises(ConfigurationError, match="HELSEKORT_SHADOW_POLICY: no policy is called tomorrow"):
        make_services(Settings(data_dir=tmp_path, shadow_policy="tomorrow"))
