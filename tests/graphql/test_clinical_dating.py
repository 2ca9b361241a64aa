"""The due date and the age of the pregnancy: what counts, who gave it, and how far along she is on any day."""

from typing import Any

from tests.world import World
from tests.writing import write

DATING = """query($p: NationalIdentityNumber!, $day: Date) { card(patient: $p) {
  dating { dueOn basis facts scannedOn isCertain author { name } explanation
    superseded { dueOn basis daysLater author { name } }
    gestationalAge(on: $day) { on weeks days ordinalWeek basis trimester daysLeft daysPast percent } }
  pregnancy { dueDateByUltrasound }
  withheld { path } } }"""


async def dating(world: World, persona: str = "midwife", woman: str = "kari", **more: Any) -> dict[str, Any]:
    data = await world.data(persona, DATING, p=world.number(woman), **more)
    found: dict[str, Any] = data["card"]["dating"]
    return found


async def test_the_due_date_has_basis_author_and_those_it_supersedes(world: World) -> None:
    """Ultrasound before the last period, and who wrote each."""
    found = await dating(world)
    assert (found["basis"], found["facts"]) == ("ULTRASOUND", ["pregnancy.dueDateByUltrasound"])
    assert found["author"]["name"]
    assert "LAST_PERIOD" in [other["basis"] for other in found["superseded"]]
    assert found["explanation"] == "Ultralydtermin; en senere undersøkelse flytter ikke en tidligere gyldig datering."


async def test_how_far_along_she_is_on_any_day(world: World) -> None:
    """Weeks and days with their basis, trimester and days to term; nothing outside the pregnancy."""
    today = (await dating(world))["gestationalAge"]
    assert today == {
        "on": "2026-11-23", "weeks": 30, "days": 3, "ordinalWeek": 31, "basis": "ULTRASOUND", "trimester": 3,
        "daysLeft": 70, "daysPast": 0, "percent": 75,
    }  # fmt: skip
    at_term = (await dating(world, day="2027-02-01"))["gestationalAge"]
    assert (at_term["weeks"], at_term["days"], at_term["daysLeft"], at_term["percent"]) == (40, 3, 0, 100)
    for outside in ("2024-01-01", "2029-01-01"):
        assert (await dating(world, day=outside))["gestationalAge"] is None


async def test_a_corrected_due_date_counts_from_then_on(world: World) -> None:
    """It supersedes that by ultrasound, and says who gave it."""
    version = "query($p: NationalIdentityNumber!) { card(patient: $p) { pregnancy { provenance { version } } } }"
    known = (await world.data("midwife", version, p=world.number("kari")))["card"]["pregnancy"]["provenance"]["version"]
    content = {"due_date_corrected": "2027-01-30"}
    given = {"patient": world.number("kari"), "expectedVersion": known, "content": content}
    await write(world, "gp", "correct", "pregnancy", **given)
    found = await dating(world)
    assert (found["dueOn"], found["basis"], found["author"]["name"]) == ("2027-01-30", "CORRECTED", "Prøvesen, Lege")
    assert found["superseded"][0]["basis"] == "ULTRASOUND"
    assert found["superseded"][0]["daysLater"] == 2


async def test_the_woman_reads_it_in_three_languages(world: World) -> None:
    """The same value, said in plain words of her own language."""
    query = "query($l: Language!) { myCard { dating { dueOn explanation(language: $l) } } }"
    found = [(await world.data("kari", query, l=language))["myCard"]["dating"] for language in ("NB", "NN", "EN")]
    assert len({each["dueOn"] for each in found}) == 1
    assert [each["explanation"] for each in found] == [
        "Terminen er regnet ut fra ultralyd. Den gjelder foran termin fra siste menstruasjon.",
        "Terminen er rekna ut frå ultralyd. Han gjeld framfor termin frå siste menstruasjon.",
        "Your due date is estimated by ultrasound. It counts before one from your last period.",
    ]


async def test_who_reads_no_ultrasound_is_dated_by_the_rest_and_told_so(world: World) -> None:
    """The nurse has the due date of the pregnancy and none of the single scans."""
    data = await world.data("nurse", DATING, p=world.number("kari"))
    assert data["card"]["dating"]["basis"] == "ULTRASOUND"
    assert [other["basis"] for other in data["card"]["dating"]["superseded"]] == ["LAST_PERIOD", "LAST_PERIOD"]
    assert "ultrasoundExaminations.dueDate" in [entry["path"] for entry in data["card"]["withheld"]]


async def test_a_fact_that_is_asked_for_twice_is_withheld_once(world: World) -> None:
    """By itself and by what is worked out of it: one entry."""
    both = """query($p: NationalIdentityNumber!) { card(patient: $p) { dating { dueOn }
      ultrasoundExaminations { dueDate } withheld { path } } }"""
    paths = [entry["path"] for entry in (await world.data("nurse", both, p=world.number("kari")))["card"]["withheld"]]
    assert paths.count("ultrasoundExaminations.dueDate") == 1
