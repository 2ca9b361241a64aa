"""The grounds that guidelines count: whether each is given, and what is recorded of it.

What the card has no place for is unknown, and so is what a tick does not say: "kidney or urinary tract" names no organ.
"""

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from app.domain.clinical.certainty import Certainty
from app.domain.clinical.chart import Chart, Input, each_once


class Ground(NamedTuple):
    """One ground. `name`: its key in the catalogue of words."""

    name: str
    holds: Certainty
    inputs: tuple[Input, ...] = ()


NOT_ON_THE_CARD: Final = Ground("not_on_the_card", Certainty.UNKNOWN)
"""Stands for all that a guideline asks beside and the card has no place for: the answer can be yes, never no."""


def ground(name: str, answer: bool | None, *inputs: Input | None) -> Ground:
    """A ground from a recorded answer; unknown when there is none."""
    return Ground(name, Certainty.of(answer), each_once(inputs))


def ticked(name: str, path: str, chart: Chart) -> Ground:
    """A ground that is a tick on the card."""
    return ground(name, chart.value(path), chart.input(path))


def given(grounds: Iterable[Ground]) -> list[Ground]:
    """Those that hold."""
    return [each for each in grounds if each.holds is Certainty.TRUE]


def told(grounds: Iterable[Ground]) -> dict[str, Any]:
    """The parameter of a finding that names its grounds."""
    return {"grounds": tuple(each.name for each in grounds)}


def inputs_of(grounds: Iterable[Ground]) -> tuple[Input, ...]:
    """What is recorded of them, each once."""
    return each_once(each for ground in grounds for each in ground.inputs)
