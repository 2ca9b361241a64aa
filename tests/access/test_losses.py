"""What `documents register` says a document loses is what its callers do not get."""

from functools import cache
from typing import Any

import pytest

from app.domain.viewer import Purpose
from app.execution.documents import read_for_all
from app.execution.losses import Loss, losses
from app.execution.required import WrongMark, unmet
from app.identity.claims import GATEWAY
from app.settings import TRUSTED_DOCUMENTS
from tests.policies import PILOT
from tests.world import World

FOLDER = TRUSTED_DOCUMENTS.with_name("documents")
PERSONAS = {
    "GP": "gp", "MIDWIFE": "midwife", "HOSPITAL": "hospital", "PUBLIC_HEALTH_NURSE": "nurse",
    "IMAGING_AND_OTHER": "imaging", "SECRETARY": "clerk",
}  # fmt: skip
NOT_ALLOWED = ("SECTION_FORBIDDEN", "ACTOR_NOT_PERMITTED")
EVERY_RIGHT = [f"{GATEWAY}/{right}" for right in ("read", "write", "status")]
"""So that the policy's no is heard, not the token's."""


def source(name: str) -> str:
    return (FOLDER / f"{name}.graphql").read_text(encoding="utf-8")


@cache
def told(name: str) -> dict[tuple[str, str | None], Loss]:
    """The losses of a document by role and purpose."""
    found = losses(PILOT, read_for_all(source(name)))
    return {
        (loss.situation.role.value, loss.situation.purpose and loss.situation.purpose.value): loss for loss in found
    }


def complaints(text: str) -> list[str]:
    """What is required of a document and not given."""
    policy, documents = PILOT, read_for_all(text)
    return list(unmet(policy, documents, list(losses(policy, documents))))


DOCUMENTS: dict[str, dict[str, Any]] = {
    "clinician/full-card": {},
    "clinician/earlier-cards": {},
    "clinician/visit-history": {"includeErroneous": False},
    "clinician/own-lookups": {},
    "clinician/changes": {},
    "everybody/card-status": {},
    "everybody/consent-given": {},
    "clinician/commands/open-card": {"idempotencyKey": "a"},
    "clinician/commands/mark-visit-in-error": {"itemId": "x", "expectedVersion": 1, "idempotencyKey": "b"},
    "clinician/commands/record-birth": {"birth": {}, "idempotencyKey": "c"},
    "clinician/commands/close-card-as-terminated": {
        "expectedVersion": 99, "terminatedAt": "2026-11-23T08:00:00Z", "idempotencyKey": "d",
    },
}  # fmt: skip


@pytest.mark.parametrize("name", DOCUMENTS)
async def test_what_is_said_to_be_lost_is_what_is_not_given(gateway: World, name: str) -> None:
    """For each role and purpose: the same root fields are refused, and the same facts withheld."""
    text, number = source(name), gateway.number("ida" if "earlier" in name else "kari")
    for (role, purpose), loss in told(name).items():
        persona = PERSONAS.get(role)
        if persona is None or purpose is None:
            continue
        variables = {"patient": number, **DOCUMENTS[name]}
        headers = {"authorization": f"Bearer {gateway.token(persona, purpose, scope=EVERY_RIGHT)}"}
        asked = {"query": text, "variables": variables}
        body = (await gateway.client.post("/graphql", json=asked, headers=headers)).json()
        refused = [error["path"][0] for error in body.get("errors", ()) if error["extensions"]["code"] in NOT_ALLOWED]
        assert tuple(refused) == loss.refused, (role, purpose, body.get("errors"))
        if not refused:
            assert withheld_of(body["data"]) == {why.path for why, _ in loss.withheld}, (role, purpose)


def withheld_of(data: dict[str, Any]) -> set[str]:
    """The paths that an answer says are withheld, of its first card."""
    (given,) = data.values()
    card = given[0] if isinstance(given, list) and given else given
    return {entry["path"] for entry in card.get("withheld", ())} if isinstance(card, dict) else set()


async def test_a_units_list_loses_what_its_lines_do(gateway: World) -> None:
    """The caseload's lines are of cards that the unit follows."""
    for role, persona in (("GP", "kari-gp"), ("MIDWIFE", "kari-midwife"), ("PUBLIC_HEALTH_NURSE", "nurse")):
        body = (await gateway.ask(persona, source("clinician/caseload"))).json()
        lines = [edge["node"] for edge in body["data"]["caseload"]["edges"]]
        expected = {why.path for why, _ in told("clinician/caseload")[role, "TREAT"].withheld}
        assert all({entry["path"] for entry in line["withheld"]} == expected for line in lines)
    assert told("clinician/caseload")["IMAGING_AND_OTHER", "TREAT"].refused == ("caseload",)


def test_what_is_left_out_by_a_variable_counts_as_asked_for() -> None:
    """@skip and @include change with every request; the worst is told."""
    text = (
        "query Q($patient: NationalIdentityNumber!, $all: Boolean!) { card(patient: $patient) { "
        "laboratoryResults @include(if: $all) { hivPositive @skip(if: true) } } }"
    )
    found = losses(PILOT, read_for_all(text))
    by_purpose = {loss.situation.purpose: loss for loss in found if loss.situation.role == "GP"}
    assert not by_purpose[Purpose.TREAT].withheld
    assert [why.path for why, _ in by_purpose[Purpose.COC].withheld] == ["laboratoryResults.hivPositive"]
    assert not by_purpose[Purpose.COC].told


def card(below: str) -> str:
    return f"query Q($patient: NationalIdentityNumber!) {{\n  card(patient: $patient) {{\n{below}\n  }}\n}}"


MET = [
    "status # required for: GP, MIDWIFE, HOSPITAL",
    "laboratoryResults { hivPositive # required for: GP in TREAT, MIDWIFE in ETREAT\n }",
    "laboratoryResults { hivPositive # whether she has it; required for nothing here\n }",
]


@pytest.mark.parametrize("below", MET)
def test_what_is_given_is_not_complained_about(below: str) -> None:
    """A purpose that was not named may take it away."""
    assert complaints(card(below)) == []


UNMET = {
    "laboratoryResults { hivPositive # required for: GP\n }": "laboratoryResults.hivPositive is withheld in COC: F-2",
    "laboratoryResults { hivPositive # required for: GP in COC\n }": "line 3: required for GP in COC",
    "lab: laboratoryResults { # required for: MIDWIFE\n hiv: hivPositive }": "hivPositive is withheld in COC",
    "laboratoryResults { # required for: PUBLIC_HEALTH_NURSE in TREAT\n hivPositive }": "is withheld in TREAT",
    "...F } }\nfragment F on MaternityRecord { laboratoryResults { hivPositive # required for: GP\n": "line 4",
    "antenatalVisits { heldOn # required for: PUBLIC_HEALTH_NURSE in TREAT\n }": "is withheld in part in TREAT",
    "status # required for: SECRETARY in TREAT": "`card` is refused in TREAT",
    "status # required for: CITIZEN": "not valid for a citizen",
    "recordId\n status # REQUIRED FOR: SECRETARY in TREAT": "line 4",
}


@pytest.mark.parametrize("below", UNMET)
def test_what_is_required_and_withheld_is_complained_about(below: str) -> None:
    """Whether the fact, all below the field, or the whole card is kept from the role; with line and rule."""
    assert any(UNMET[below] in said for said in complaints(card(below)))


WRONG = {
    "status # required: GP": "write `# required for: ROLE`",
    "status # required for:": "write `# required for: ROLE`",
    "status # required for: DOCTOR": "no role DOCTOR",
    "status # required for: GP in CARE": "not one that GP may give",
    "status # required for: CITIZEN in TREAT": "not one that CITIZEN may give",
    "# required for: GP\n status": "line 3: no field stands here",
}


@pytest.mark.parametrize("below", WRONG)
def test_a_mark_that_marks_nothing_is_a_mistake(below: str) -> None:
    """It must not look as if somebody watched over the field."""
    with pytest.raises(WrongMark, match=WRONG[below]):
        complaints(card(below))
