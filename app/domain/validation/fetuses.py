"""Rules about fetuses and children: one entry each, numbered alike from the first visit to the birth."""

from collections.abc import Iterator
from typing import Any

from app.domain.validation.card_facts import CardFacts, Written
from app.domain.validation.registry import ERROR, WARNING, Finding, at, rule
from app.domain.validation.walking import Names

NUMBER = "fetus_number"
NUMBERED = ("antenatal_visits", "birth_outcome", "rhesus_d_negative_follow_up", "ultrasound_examinations")
"""The sections with entries for each fetus."""


@rule("DUPLICATE_FETUS_NUMBER", kinds=NUMBERED, severity=ERROR)
def one_entry_a_fetus(item: Written, card: CardFacts) -> Iterator[Finding]:
    """Two entries of one item with the same fetus number. Source: DQ-10, there for visits; the same for every list."""
    met: set[tuple[Any, ...]] = set()
    for names, number in _numbers(item):
        if (names[0], number) in met:
            yield at(*names)
        met.add((names[0], number))


@rule("FETUS_NUMBER_BEYOND", kinds=NUMBERED, reads={"pregnancy"}, severity=WARNING)
def numbers_are_within_the_count(item: Written, card: CardFacts) -> Iterator[Finding]:
    """Fetus number no higher than the number of fetuses. Source: the card profile, soft: the count may be wrong."""
    count = (card.section("pregnancy") or {}).get("number_of_fetuses")
    if count is not None:
        yield from (at(*names) for names, number in _numbers(item) if number > count)


def _numbers(item: Written) -> Iterator[tuple[Names, int]]:
    for one in item.recorded:
        if one.member.name == NUMBER:
            yield one.names, one.value


@rule("FETAL_RHESUS_DISAGREES", kinds={"rhesus_d_negative_follow_up"}, reads={"pregnancy"}, severity=WARNING)
def fetal_rhesus_agrees(item: Written, card: CardFacts) -> Iterator[Finding]:
    """The answer for any fetus is yes when one result is, no when all tested are negative. Source: the card
    profile, RH2. A yes is contradicted only by a negative result for every fetus there is."""
    name = "any_fetus_rhd_positive_at_week_24"
    said = item.content.get(name)
    results = [entry.get("rhd_positive") for entry in item.content.get("fetal_results") or ()]
    count = (card.section("pregnancy") or {}).get("number_of_fetuses")
    all_negative = count is not None and len(results) >= count and all(result is False for result in results)
    if (said is False and True in results) or (said is True and all_negative):
        yield at(name)
