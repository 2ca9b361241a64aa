"""Arms measured in turn, several short rounds each, because machines are noisy: compare within a row."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from tests.bench.load import Run, load, median

WARM_UP_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Effort:
    """How long and how often. `connections`: how many at once, one measurement for each."""

    seconds: float
    rounds: int
    connections: Sequence[int]


@dataclass(frozen=True, slots=True)
class Arm:
    """One side: where to ask, and what."""

    port: int
    requests: Callable[[], Iterator[bytes]]


def in_turn(arms: Mapping[str, Arm], connections: int, effort: Effort) -> dict[str, Run]:
    """Each arm's median."""
    asked = {name: arm.requests() for name, arm in arms.items()}
    runs: dict[str, list[Run]] = {name: [] for name in arms}
    for name, arm in arms.items():
        load(arm.port, asked[name], connections, min(WARM_UP_SECONDS, effort.seconds))
    for turn in range(effort.rounds):
        names = list(arms) if turn % 2 == 0 else list(reversed(arms))
        for name in names:
            runs[name].append(load(arms[name].port, asked[name], connections, effort.seconds))
    return {name: median(measured) for name, measured in runs.items()}
