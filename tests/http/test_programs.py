"""Programs: when they are made, how many are kept, for whom they serve, and what is left to graphql-core."""

from dataclasses import replace

import pytest

from app.domain.gate import open_record
from app.execution.programs import Program, Programs, _Card
from app.observability import REGISTRY
from tests.world import NOW, World

CARD = "query {name} {{ myCard {{ mother {{ name }} }} }}"
LOG = "query($first: Int!) { accessLog(first: $first) { edges { node { who } } } }"


def ran(how: str) -> float:
    return REGISTRY.get_sample_value("helsekort_plans_total", {"how": how}) or 0.0


async def test_a_program_is_made_for_what_is_asked_again(gateway: World) -> None:
    """The first to ask does not wait for it; the answers are the same."""
    gateway.services.programs = programs = Programs()
    before = ran("core"), ran("compiled")
    first, second, third = [await gateway.ask("kari", CARD.format(name="Again")) for _ in range(3)]
    assert (ran("core") - before[0], ran("compiled") - before[1]) == (1, 2)
    assert first.json()["data"] == second.json()["data"] == third.json()["data"]
    assert (programs.misses, programs.hits) == (2, 1)


@pytest.mark.limit("PROGRAM_CACHE_SIZE")
async def test_so_many_programs_are_kept(gateway: World) -> None:
    """The one that was not asked for longest leaves first; it is still answered."""
    gateway.services.programs = programs = Programs(size=2, made_at=1)
    for name in ("A", "B", "A", "C", "B"):
        assert (await gateway.ask("kari", CARD.format(name=name))).status_code == 200
    assert len(programs._kept) == 2
    assert (programs.hits, programs.misses) == (1, 4)


async def test_what_is_not_success_is_left_to_graphql_core(gateway: World) -> None:
    """The error is the specification's, and the log is read once."""
    before = ran("discarded")
    with gateway.services.database.count_statements() as statements:
        body = (await gateway.ask("kari", LOG, first=0)).json()
    assert body["data"] == {"accessLog": None}
    assert [(error["path"], error["extensions"]["code"]) for error in body["errors"]] == [
        (["accessLog"], "BAD_USER_INPUT")
    ]
    assert ran("discarded") == before + 1
    assert not [text for text in statements if text.startswith("SELECT ledger_entry")]


async def test_a_program_serves_the_grant_it_was_made_for(gateway: World) -> None:
    """With another's grant the documents stay sealed."""
    services = gateway.services
    assert services.programs is not None
    viewers = {name: await gateway.viewer(name) for name in ("gp", "nurse")}
    number = gateway.number("kari")
    found = await services.cards.find(number, ["mother"])
    assert found is not None
    assert found.card is not None
    grants = {name: open_record(one, number, found, services.policy, NOW) for name, one in viewers.items()}
    query = "query($patient: NationalIdentityNumber!) { card(patient: $patient) { mother { name } } }"
    await gateway.ask("gp", query, patient=number)
    made = next(reversed(services.programs._kept.values())).program
    assert isinstance(made, Program)
    (root,) = made.roots
    assert isinstance(root, _Card)
    variant = root.variant(grants["gp"])
    assert found.card.sections.for_shaping(grants["gp"], variant)
    for other in (grants["nurse"], replace(grants["gp"], blocked={"mother": None})):  # type: ignore[dict-item]  # no block is looked at
        with pytest.raises(PermissionError):
            found.card.sections.for_shaping(other, variant)
