"""What an operation costs: estimated before anything is read, counted in the answer, and no oracle of what is stored."""

from typing import Any

import pytest

from app.domain.viewer import CallerKind
from app.execution.cost import actual
from resolvers import limits
from resolvers.views import view_for
from tests.whole_card import selection
from tests.world import World

CITIZEN, CLINICIAN = view_for(CallerKind.CITIZEN).graphql, view_for(CallerKind.CLINICIAN).graphql
WHOLE = selection(CITIZEN, "MaternityRecord")
VERSIONS = " ".join(
    f"{name} {{ history {{ version content {{ {selection(CITIZEN, type_name)} }} }} }}"
    for name, type_name in (("antenatalVisits", "AntenatalVisit"), ("ultrasoundExaminations", "UltrasoundExamination"))
)
HISTORIES = " ".join(f"a{place}: recordHistory(first: $n) {{ edges {{ node {{ ...E }} }} }}" for place in range(20))
LOG = "query($first: Int) { accessLog(first: $first) { edges { node { at who } } pageInfo { hasNextPage } } }"


async def cost(world: World, persona: str, query: str, **variables: Any) -> dict[str, int]:
    """What an answer says it cost, whatever else it says."""
    body = (await world.ask(persona, query, **variables)).json()
    told: dict[str, int] = body["extensions"]["cost"]
    return told


BOMBS = {
    "cards by alias": f"{{ {' '.join(f'a{place}: myCard {{ ...W }}' for place in range(12))} }} fragment W on MaternityRecord {{ {WHOLE} }}",
    "earlier cards, with all versions": f"{{ earlierCards {{ {VERSIONS} }} a: earlierCards {{ {VERSIONS} }} }}",
    "pages in lists": f"query($n: Int = 100) {{ earlierCards {{ {HISTORIES} }} }}"
    " fragment E on RecordHistoryEntry { at section itemId version what by { name } }",
    "fragments that multiply": "{ accessLog(first: 100) { edges { ...F0 } } } "
    + " ".join(f"fragment F{n} on AccessLogEdge {{ ...F{n + 1} ...F{n + 1} }}" for n in range(9))
    + " fragment F9 on AccessLogEdge { cursor }",
}


@pytest.mark.limit("COST_MAX")
@pytest.mark.parametrize("name", BOMBS)
async def test_a_document_that_asks_for_too_much_is_refused_before_anything_is_read(world: World, name: str) -> None:
    """COST_TOO_HIGH with the estimate, no data, and not one statement but the ledger's."""
    with world.services.database.count_statements() as seen:
        response = await world.ask("kari", BOMBS[name])
    (error,) = response.json()["errors"]
    assert (response.status_code, error["extensions"]["code"]) == (400, "COST_TOO_HIGH"), error
    assert error["extensions"]["estimated"] > error["extensions"]["maximum"] == limits.COST_MAX
    assert set(response.json()) == {"errors"}
    assert all("ledger_" in statement for statement in seen)


async def test_what_people_really_ask_for_has_room(gateway: World) -> None:
    """The whole card several times over, the whole card with every version of the visits, the longest pages."""
    line = selection(CLINICIAN, "CaseloadLine")
    entry = selection(CITIZEN, "AccessLogEntry")
    asked = (
        ("kari", f"{{ myCard {{ {WHOLE} }} }}", 4),
        ("kari", f"{{ myCard {{ {WHOLE} }} earlierCards {{ {WHOLE} }} }}", 2),
        ("kari", f"{{ myCard {{ {WHOLE} {VERSIONS} }} }}", 2),
        ("kari", f"{{ accessLog(first: 100) {{ edges {{ cursor node {{ {entry} }} }} }} }}", 4),
        ("gp", f"{{ caseload(first: 100) {{ edges {{ cursor node {{ {line} }} }} }} }}", 4),
    )
    for persona, query, times in asked:
        told = await cost(gateway, persona, query)
        assert told["estimated"] * times <= limits.COST_MAX, (query[:40], told)
        assert told["actual"] <= told["estimated"], (query[:40], told)


async def test_page_sizes_count_as_they_are_asked_for(gateway: World) -> None:
    """By variable, by the variable's absence, and in the document alike."""
    each = 4  # an edge, a node and its two leaves
    beside = 3  # the connection, its pageInfo and one leaf
    assert (await cost(gateway, "kari", LOG, first=1))["estimated"] == each + beside
    assert (await cost(gateway, "kari", LOG, first=100))["estimated"] == 100 * each + beside
    assert (await cost(gateway, "kari", LOG))["estimated"] == limits.PAGE_SIZE_DEFAULT * each + beside
    written = LOG.replace("query($first: Int)", "").replace("$first", "7")
    assert (await cost(gateway, "kari", written))["estimated"] == 7 * each + beside


async def test_a_page_size_that_is_not_possible_is_said_so_and_not_called_costly(gateway: World) -> None:
    """It is the argument that is wrong."""
    body = (await gateway.ask("kari", LOG, first=2_000_000_000)).json()
    assert [error["extensions"]["code"] for error in body["errors"]] == ["BAD_USER_INPUT"]


async def test_what_is_skipped_costs_nothing(gateway: World) -> None:
    """One document, two outcomes, each with its own estimate, in whatever order they come."""
    query = "query($all: Boolean!) { me { role name @include(if: $all) ...U @skip(if: $all) } } fragment U on Me { unit { name number } }"
    for wish, values in ((True, 3), (False, 5), (True, 3)):
        assert (await cost(gateway, "gp", query, all=wish))["estimated"] == values


@pytest.mark.limit("DOCUMENT_OUTCOMES_KEPT")
async def test_no_more_outcomes_are_kept_than_there_is_room_for(gateway: World) -> None:
    """A document with eight conditions has 256 of them; all are answered rightly, few are remembered."""
    conditions = range(8)
    query = (
        f"query({' '.join(f'$c{n}: Boolean!' for n in conditions)}) "
        f"{{ me {{ role {' '.join(f'a{n}: role @include(if: $c{n})' for n in conditions)} }} }}"
    )
    for outcome in range(limits.DOCUMENT_OUTCOMES_KEPT + 5):
        chosen = {f"c{n}": bool(outcome >> n & 1) for n in conditions}
        assert (await cost(gateway, "gp", query, **chosen))["estimated"] == 2 + sum(chosen.values())
    costs = gateway.services.documents.get(CallerKind.CLINICIAN, query).costs
    assert costs is not None
    assert len(costs._kept) == limits.DOCUMENT_OUTCOMES_KEPT


@pytest.mark.limit("LIST_ITEMS_ASSUMED")
async def test_a_list_nobody_has_sized_counts_for_a_few(gateway: World) -> None:
    """What is declared to be long counts for more."""
    few = await cost(gateway, "kari", "{ myBlocks { blockId } }")
    assert few["estimated"] == limits.LIST_ITEMS_ASSUMED * 2
    many = await cost(gateway, "kari", "{ myCard { antenatalVisits { heldOn } } }")
    assert many["estimated"] == 1 + 15 * 2


async def test_the_cost_tells_nothing_but_what_the_caller_has_in_hand(world: World) -> None:
    """The estimate is the same for a woman with a card, without one, and at a confidential address; the count is of
    the answer, so refused is refused and what is withheld is one null, whether something is stored or not."""
    query = "query($p: NationalIdentityNumber!) { card(patient: $p) { recordId antenatalVisits { heldOn } } }"
    told = {slug: await cost(world, "gp", query, p=world.number(slug)) for slug in ("kari", "randi", "sunniva")}
    assert len({each["estimated"] for each in told.values()}) == 1, told
    assert {each["actual"] for each in told.values()} == {told["kari"]["actual"], 1}
    hidden = "query($p: NationalIdentityNumber!) { card(patient: $p) { laboratoryResults { hivPositive } withheld { path } } }"
    await world.add_whole_card()
    with_it = (await world.ask("nurse", hidden, p=world.whole)).json()
    await world.add_whole_card(laboratory_results={"hiv_positive": None})
    without = (await world.ask("nurse", hidden, p=world.whole)).json()
    assert with_it == without


async def test_only_development_tells_what_an_answer_cost(gateway: World) -> None:
    """And not even that when it is told not to."""
    settings = gateway.services.settings
    assert not settings.model_copy(update={"profile": "production"}).tells_cost
    gateway.services.settings = settings.model_copy(update={"tell_cost": False})
    assert set((await gateway.ask("gp", "{ me { role } }")).json()) == {"data"}


@pytest.mark.parametrize(
    ("data", "values"),
    [(None, 0), ({}, 0), ({"a": None}, 1), ({"a": []}, 0), ({"a": [1, 2], "b": {"c": [{"d": None}, None]}}, 6)],
)
def test_objects_and_leaves_are_counted(data: Any, values: int) -> None:
    """Lists count for what is in them; a null is a leaf."""
    assert actual(data) == values
