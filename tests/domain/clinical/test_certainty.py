"""Unknown is neither yes nor no, and stays so until what is unknown no longer matters."""

from itertools import product

import pytest

from app.domain.clinical.certainty import Certainty, above, all_of, any_of, at_least

TRUE, FALSE, UNKNOWN = Certainty.TRUE, Certainty.FALSE, Certainty.UNKNOWN
CAN_BE = {TRUE: {True}, FALSE: {False}, UNKNOWN: {True, False}}
"""What each may turn out to be once everything is recorded."""


def certain(outcomes: set[bool]) -> Certainty:
    """The certainty of something that can still turn out so."""
    return Certainty.of(outcomes.pop() if len(outcomes) == 1 else None)


@pytest.mark.parametrize(("one", "other"), list(product(Certainty, repeat=2)))
def test_an_answer_is_certain_when_nothing_unknown_could_change_it(one: Certainty, other: Certainty) -> None:
    """Both tables, derived from plain logic over all that the unknown could be."""
    outcomes = list(product(CAN_BE[one], CAN_BE[other]))
    assert one & other is certain({first and second for first, second in outcomes})
    assert one | other is certain({first or second for first, second in outcomes})
    assert ~one is certain({not first for first in CAN_BE[one]})


@pytest.mark.parametrize("answers", [answers for size in range(4) for answers in product(Certainty, repeat=size)])
def test_all_and_any_are_and_and_or_of_many(answers: tuple[Certainty, ...]) -> None:
    """In any number and any order; of nothing, all hold and none does."""
    together, either = TRUE, FALSE
    for answer in answers:
        together, either = together & answer, either | answer
    assert all_of(answers) is all_of(reversed(answers)) is together
    assert any_of(answers) is any_of(reversed(answers)) is either


def test_not_recorded_is_not_no() -> None:
    """A fact that is not recorded is unknown; a recorded no is a no."""
    assert [Certainty.of(value) for value in (True, False, None)] == [TRUE, FALSE, UNKNOWN]


@pytest.mark.parametrize("answer", Certainty)
def test_a_certainty_is_never_taken_for_a_plain_yes(answer: Certainty) -> None:
    """Or unknown would pass for one of them where nobody looks."""
    with pytest.raises(TypeError, match="not a plain yes or no"):
        bool(answer)


def test_limits_are_told_apart() -> None:
    """At the limit one holds and the other does not; of no value both are unknown."""
    assert [at_least(value, 140) for value in (139, 140, 141, None)] == [FALSE, TRUE, TRUE, UNKNOWN]
    assert [above(value, 140) for value in (139, 140, 141, None)] == [FALSE, FALSE, TRUE, UNKNOWN]
