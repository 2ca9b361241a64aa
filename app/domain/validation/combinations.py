"""Rules about answers that do not go together."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from app.domain.validation.card_facts import CardFacts, Written
from app.domain.validation.registry import ERROR, WARNING, Finding, at, rule

NOTHING: Final = {"medical_conditions": "nothing_particular", "hereditary_conditions": "none_known"}
"""By section, the answer that says that there is nothing."""

NO_CONDITION: Final = frozenset({"parents_are_relatives"})
"""Ticks of these sections that are no condition: parents can be relatives without any hereditary condition known."""

LABORATORY, FOLLOW_UP = "laboratory_results", "rhesus_d_negative_follow_up"


@rule("SOMETHING_BESIDE_NOTHING", kinds=NOTHING, severity=WARNING)
def nothing_stands_alone(item: Written, card: CardFacts) -> Iterator[Finding]:
    """ "Nothing in particular" or "none known" together with another true. Source: DQ-11, soft by the card profile."""
    nothing = NOTHING[item.kind]
    others = {name for name, value in item.content.items() if value is True} - {nothing} - NO_CONDITION
    if item.content.get(nothing) is True and others:
        yield at(nothing)


@rule(
    "RHESUS_FOLLOW_UP", message="RHESUS_FOLLOW_UP_OF_POSITIVE", kinds={FOLLOW_UP}, reads={LABORATORY}, severity=WARNING
)
def follow_up_is_for_the_negative(item: Written, card: CardFacts) -> Iterator[Finding]:
    """RhD-negative follow-up filled in while the woman is RhD positive. Source: DQ-12."""
    if item.content and _rhesus_positive(card.section(LABORATORY)):
        yield at()


@rule("RHESUS_TYPE", message="RHESUS_FOLLOW_UP_OF_POSITIVE", kinds={LABORATORY}, reads={FOLLOW_UP}, severity=WARNING)
def positive_has_no_follow_up(item: Written, card: CardFacts) -> Iterator[Finding]:
    """The same, seen from the blood type. Source: DQ-12."""
    if card.section(FOLLOW_UP) and _rhesus_positive(item.content):
        yield at("blood_type", "rhesus_d")


def _rhesus_positive(laboratory: Mapping[str, Any] | None) -> bool:
    return ((laboratory or {}).get("blood_type") or {}).get("rhesus_d") == "POSITIVE"


@rule("COUNTS_EXCEED_PREGNANCIES", kinds={"previous_pregnancies"}, severity=WARNING)
def counts_fit_the_total(item: Written, card: CardFacts) -> Iterator[Finding]:
    """More outcomes than pregnancies; earlier twins can explain it. Source: GP-2.

    Only ever this way round: fewer outcomes than pregnancies must not be noticed, computed or mentioned (F-8, GP-1).
    """
    total = "number_of_previous_pregnancies"
    counts = [value for name, value in item.content.items() if name.startswith("number_of_") and name != total]
    known = item.content.get(total)
    if known is not None and sum(counts) > known:
        yield at(total)


@rule("ASSISTED_CONCEPTION_DISAGREES", kinds={"pregnancy"}, severity=WARNING)
def date_of_conception_has_a_yes(item: Written, card: CardFacts) -> Iterator[Finding]:
    """A date of assisted conception is meaningful only when there was one. Source: the card profile, CP8."""
    conception = item.content.get("assisted_conception") or {}
    if conception.get("had_assisted_conception") is False and "performed_on" in conception:
        yield at("assisted_conception", "had_assisted_conception")


@rule("DUPLICATE_STIMULUS", kinds={"lifestyle_factors"}, severity=ERROR)
def one_entry_a_stimulus(item: Written, card: CardFacts) -> Iterator[Finding]:
    """One entry for each stimulus. Source: the card profile, LF1."""
    met: set[str] = set()
    for index, entry in enumerate(item.content.get("stimuli") or ()):
        code = (entry.get("stimulus_type") or {}).get("code")
        if code in met:
            yield at("stimuli", index, "stimulus_type")
        if code is not None:
            met.add(code)
