"""Programme, growth, body and birth: what is worked out of a card, in the words of whoever asks."""

from typing import Any

import pytest

from tests.world import World

PROGRAMME = """query($p: NationalIdentityNumber!, $d: Date) { card(patient: $p) { programme(asOf: $d) {
  nextVisit { entryId fromOn toOn } entries { entryId kind state name doneOn doers sources { name } } }
  withheld { path } } }"""
GROWTH = """query($p: NationalIdentityNumber!) { card(patient: $p) {
  growth { fundalHeights { measuredOn heightCm gestationalAge { weeks days } reference zScore centile band notJudged }
    fetalWeights { weightG reference centile } explanation(language: EN)
    weightGain { wholePregnancy { lowKg highKg } today { lowKg highKg } gained { heldOn gainKg zScore } } }
  bodyMassIndex { value bodyMassClass isComputed } parity { gravida para firstBirth }
  birthplace { atLeast lowestAllowed reasons notEvaluable } postpartumFollowUp { kind } withheld { path } } }"""


async def card(world: World, persona: str, query: str, woman: str = "kari", **more: Any) -> dict[str, Any]:
    data = await world.data(persona, query, p=world.number(woman), **more)
    found: dict[str, Any] = data["card"]
    return found


async def test_the_programme_says_what_is_done_due_and_next(world: World) -> None:
    """Every entry with its state, and the next visit."""
    found = (await card(world, "midwife", PROGRAMME))["programme"]
    states = {entry["entryId"]: entry["state"] for entry in found["entries"]}
    assert (states["V28"], states["V36"], states["PERTUSSIS"]) == ("DONE", "UPCOMING", "DONE")
    assert found["nextVisit"]["entryId"] == "V32"
    assert all(entry["name"] and entry["sources"] for entry in found["entries"])


async def test_the_programme_of_an_earlier_day_is_as_it_was(world: World) -> None:
    """What is done now was to come then."""
    states = {
        entry["entryId"]: entry["state"]
        for entry in (await card(world, "midwife", PROGRAMME, d="2026-08-01"))["programme"]["entries"]
    }
    assert states["V28"] == "UPCOMING"


async def test_what_a_person_brings_up_alone_with_her_is_not_in_her_programme(world: World) -> None:
    """The question about violence is in the midwife's list and not in the woman's."""
    hers = (await world.data("kari", "{ myCard { programme { entries { entryId name } } } }"))["myCard"]["programme"]
    theirs = (await card(world, "midwife", PROGRAMME))["programme"]
    assert "VIOLENCE" in [entry["entryId"] for entry in theirs["entries"]]
    assert "VIOLENCE" not in [entry["entryId"] for entry in hers["entries"]]


async def test_measurements_lie_on_an_international_curve(world: World) -> None:
    """Each fundal height with score, centile, band and the reference it was judged by; weight in its range."""
    found = await card(world, "midwife", GROWTH)
    heights = found["growth"]["fundalHeights"]
    assert heights
    assert {each["reference"] for each in heights} == {"INTERGROWTH_21ST"}
    assert all(0 < each["centile"] < 100 and each["band"] for each in heights if not each["notJudged"])
    gain = found["growth"]["weightGain"]
    assert gain["wholePregnancy"] == {"lowKg": 11.5, "highKg": 16.0}
    assert gain["gained"]
    assert found["bodyMassIndex"] == {"value": 22.4, "bodyMassClass": "NORMAL", "isComputed": True}
    assert found["parity"] == {"gravida": 1, "para": 0, "firstBirth": True}
    assert "INTERGROWTH-21st, an international standard" in found["growth"]["explanation"]


async def test_with_twins_no_height_is_judged(world: World) -> None:
    """The curve is of one fetus: measurements are there, without score, and it is said why."""
    found = await card(world, "midwife", GROWTH, "aisha")
    assert {each["notJudged"] for each in found["growth"]["fundalHeights"]} <= {"NOT_ONE_FETUS"}
    assert found["growth"]["weightGain"]["today"] is None
    assert found["birthplace"]["atLeast"] == "SPECIALIST_CLINIC"
    assert found["birthplace"]["reasons"] == ["SEVERAL_FETUSES"]


async def test_a_reason_for_a_birthplace_is_as_hidden_as_what_it_rests_on(world: World) -> None:
    """HIV asks for a specialist clinic: the midwife is told so, and for coordination alone it stays open."""
    assert "HIV" in (await card(world, "midwife", GROWTH, "hedda"))["birthplace"]["reasons"]
    hidden = await card(world, "midwife", GROWTH, "hedda", purpose="COC")
    assert hidden["birthplace"]["reasons"] == []
    assert "HIV" in hidden["birthplace"]["notEvaluable"]


async def test_after_a_birth_the_follow_up_is_told(world: World) -> None:
    """On the closed card; no alert and no entry of the programme is left."""
    query = """{ earlierCards { postpartumFollowUp { kind firstOn lastOn isDue explanation(language: EN) }
      alerts { ruleId } programme { entries { entryId } } } }"""
    (found,) = (await world.data("silje", query))["earlierCards"]
    kinds = [each["kind"] for each in found["postpartumFollowUp"]]
    assert kinds[1:4] == ["HEALTH_VISITOR_HOME_VISIT", "INDIVIDUAL_CONTACT", "POSTNATAL_CHECK"]
    assert found["postpartumFollowUp"][1]["firstOn"] == "2026-11-20"
    assert all(each["explanation"] for each in found["postpartumFollowUp"])
    assert (found["alerts"], found["programme"]["entries"]) == ([], [])


async def test_after_a_loss_no_list_says_what_is_due(world: World) -> None:
    """Guro lost her pregnancy: nothing of a child is mentioned."""
    query = "{ earlierCards { postpartumFollowUp { kind } alerts { ruleId } timeline { edges { node { kind } } } } }"
    (found,) = (await world.data("guro", query))["earlierCards"]
    assert (found["postpartumFollowUp"], found["alerts"]) == ([], [])
    assert not {"MILESTONE", "PLANNED", "ALERT"} & {edge["node"]["kind"] for edge in found["timeline"]["edges"]}


CURVE = """query($p: NationalIdentityNumber!, $k: CurveKind!, $a: Int! = 0, $b: Int! = 44) { card(patient: $p) {
  growthReference(kind: $k, from: $a, to: $b) { week values { centile value } } } }"""


@pytest.mark.parametrize(
    "kind", ["FUNDAL_HEIGHT", "FETAL_WEIGHT_INTERGROWTH_21ST", "FETAL_WEIGHT_MARSAL", "WEIGHT_GAIN"]
)
async def test_a_curve_comes_as_data(gateway: World, kind: str) -> None:
    """Week by week the values of five centiles, growing with the centile; nothing of hers is shown by it."""
    points = (await card(gateway, "midwife", CURVE, k=kind))["growthReference"]
    assert points
    for point in points:
        values = [each["value"] for each in point["values"]]
        assert [each["centile"] for each in point["values"]] == [3, 10, 50, 90, 97]
        assert values == sorted(values)
    assert (await gateway.last_ledger_entry())["released"] == []


async def test_a_curve_is_cut_to_the_weeks_that_are_asked_for(gateway: World) -> None:
    """From and to, in order; anything else is the client's mistake."""
    found = (await card(gateway, "midwife", CURVE, k="FUNDAL_HEIGHT", a=24, b=26))["growthReference"]
    assert [point["week"] for point in found] == [24, 25, 26]
    for a, b in ((26, 24), (-1, 20), (20, 45)):
        given = {"p": gateway.number("kari"), "k": "FUNDAL_HEIGHT", "a": a, "b": b}
        body = (await gateway.ask("midwife", CURVE, **given)).json()
        assert body["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
