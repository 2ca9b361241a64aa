"""The timeline: everything in the order of time, a page at a time, for whoever may see it."""

from typing import Any

import pytest

from tests.world import World

TIMELINE = """query($p: NationalIdentityNumber!, $n: Int! = 20, $after: String, $d: Date) { card(patient: $p) {
  timeline(asOf: $d, first: $n, after: $after) { edges { cursor node { on kind heading gestationalAge { weeks days }
    entry { entryId state } alert { ruleId why } } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } withheld { path } } }"""


async def page(world: World, persona: str = "midwife", woman: str = "hedda", **more: Any) -> dict[str, Any]:
    data = await world.data(persona, TIMELINE, p=world.number(woman), **more)
    found: dict[str, Any] = data["card"]["timeline"]
    return found


def nodes(page: dict[str, Any]) -> list[dict[str, Any]]:
    return [edge["node"] for edge in page["edges"]]


async def test_visits_tests_milestones_and_alerts_stand_in_order(world: World) -> None:
    """Oldest first, each kind among them, each with its heading and its week."""
    found = nodes(await page(world, n=100))
    assert [each["on"] for each in found] == sorted(each["on"] for each in found)
    assert {each["kind"] for each in found} == {"VISIT", "ULTRASOUND", "DONE", "PLANNED", "MILESTONE", "ALERT"}
    assert all(each["heading"] and each["gestationalAge"] for each in found)
    (due,) = [each for each in found if each["heading"] == "Termin, 40+3"]
    assert (due["on"], due["kind"]) == ("2027-01-03", "MILESTONE")
    assert {each["on"] for each in found if each["kind"] == "ALERT"} == {"2026-11-23"}


async def test_pages_of_any_size_are_the_whole_without_a_gap(world: World) -> None:
    """Page after page, nothing is missing and nothing comes twice."""
    whole = await page(world, n=100)
    assert not whole["pageInfo"]["hasNextPage"]
    for size in (1, 7):
        found: list[dict[str, Any]] = []
        after = None
        while True:
            part = await page(world, n=size, after=after)
            found += part["edges"]
            assert part["pageInfo"]["hasPreviousPage"] is (after is not None)
            if not part["pageInfo"]["hasNextPage"]:
                break
            after = part["pageInfo"]["endCursor"]
        assert found == whole["edges"]


@pytest.mark.parametrize("given", [{"n": 0}, {"n": 101}, {"after": "x"}, {"after": "ø"}])
async def test_a_page_that_cannot_be_is_refused(gateway: World, given: dict[str, Any]) -> None:
    """Too small, too large, after what is no cursor."""
    body = (await gateway.ask("midwife", TIMELINE, p=gateway.number("kari"), **given)).json()
    assert body["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert body["data"]["card"] is None


async def test_a_moment_that_rests_on_what_is_withheld_is_not_there(world: World) -> None:
    """For coordination alone neither the HIV test nor what it showed is in the list; that it is withheld is said."""
    data = await world.data("midwife", TIMELINE, purpose="COC", p=world.number("hedda"), n=100)
    found = nodes(data["card"]["timeline"])
    told = {each["entry"]["entryId"] for each in found if each["entry"]} | {
        each["alert"]["ruleId"] for each in found if each["alert"]
    }
    assert not {"HIV", "SYPHILIS", "HEPATITIS_B", "IN-1", "VIOLENCE"} & told
    assert "laboratoryResults.hivPositive" in [entry["path"] for entry in data["card"]["withheld"]]
    assert "HIV" in {each["entry"]["entryId"] for each in nodes(await page(world, n=100)) if each["entry"]}


async def test_the_woman_reads_hers_in_three_languages(world: World) -> None:
    """The same moments, each said in her words; the question about violence and what is told in person are not there."""
    query = "query($l: Language!) { myCard { timeline(first: 100) { edges { node { kind heading(language: $l) } } } } }"
    told = [nodes((await world.data("hedda", query, l=l))["myCard"]["timeline"]) for l in ("NB", "NN", "EN")]  # noqa: E741 - the variable's own name
    assert len({tuple(each["kind"] for each in found) for found in told}) == 1
    assert all(len({found[place]["heading"] for found in told}) == 3 for place in range(len(told[0])))
    assert not [each for each in told[2] if "violence" in each["heading"].lower()]


async def test_an_earlier_day_shows_what_was_known_then(world: World) -> None:
    """Visits held later are not there; they were planned."""
    found = nodes(await page(world, n=100, d="2026-07-01"))
    assert max(each["on"] for each in found if each["kind"] == "VISIT") <= "2026-07-01"
    assert "V24" in [each["entry"]["entryId"] for each in found if each["kind"] == "PLANNED"]
