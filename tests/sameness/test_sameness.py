"""Compiled or not, the same answer: whatever is asked, by whomever, about whomever."""

import asyncio
import os
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path as Folder
from typing import Any, Final

import pytest
from graphql import OperationType
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from app.domain.viewer import CallerKind, Viewer
from app.execution.operation import Request
from resolvers.views import view_for
from tests.conftest import gateway_with_cast
from tests.databases import ENGINES
from tests.sameness import store
from tests.sameness.both import Path, Ran, Seen, paths, ran
from tests.sameness.documents import Drawn, draw
from tests.sameness.shrinking import shrunk
from tests.sameness.values import Scalars, scalars

SLICES: Final = 8
EXAMPLES: Final = 2_000
LONG_RUN: Final = int(os.environ.get("SAMENESS", "20000"))
"""Documents of the run on demand (`make sameness N=…`)."""

LARGEST: Final = 45
"""Fields of a document, roughly."""

BEGUN_AT_LEAST: Final = 0.6
COMPILED_AT_LEAST: Final = 0.4
"""Shares of operations that must have run compiled, begun at least or to the end, or little is proven."""


@dataclass(frozen=True)
class Asking:
    viewer: Viewer
    values: dict[str, Any]


@dataclass
class Both:
    """A store on one engine, both paths to it, and the loop they live on."""

    engine: str
    runner: asyncio.Runner
    cast: store.Cast
    compiled: Path
    plain: Path

    def document(self, dice: random.Random, kind: CallerKind, size: int) -> tuple[Drawn, list[Asking]]:
        """A document, and two viewers who ask it; it names one woman, as a rule, and variables may name others."""
        number = dice.choice(self.cast.numbers)
        drawn = draw(view_for(kind).graphql, dice, size, self._scalars(number))
        askings = []
        for _ in range(2):
            is_bound = number in drawn.text and dice.random() < 0.95
            values = drawn.values(dice, self._scalars(number if is_bound else dice.choice(self.cast.numbers)))
            askings.append(Asking(self.cast.viewer(dice, kind), values))
        return drawn, askings

    def _scalars(self, number: str) -> Scalars:
        return scalars((number,), self.cast.texts)

    def differ(self, text: str, name: str | None, askings: list[Asking]) -> tuple[Asking, Seen, Seen] | None:
        """The first asking that is not answered the same by both paths, and both answers."""
        return self.runner.run(self._differ(text, name, askings))

    async def _differ(self, text: str, name: str | None, askings: list[Asking]) -> tuple[Asking, Seen, Seen] | None:
        for asking in askings:
            request = Request(text, name, asking.values)
            compiled, plain = (
                await self.compiled.ask(asking.viewer, request),
                await self.plain.ask(asking.viewer, request),
            )
            if compiled != plain:
                return asking, compiled, plain
        return None


@pytest.fixture(scope="session", params=ENGINES)
def both(request: pytest.FixtureRequest, data_dir: Folder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    """Both paths to one store that nothing changes any more."""
    with asyncio.Runner() as runner:
        gateway = gateway_with_cast(request.param, data_dir, tmp_path_factory.mktemp("sameness"))
        world = runner.run(gateway.__aenter__())
        cast = runner.run(store.made(world))
        yield Both(request.param, runner, cast, *paths(world.services))
        runner.run(gateway.__aexit__(None, None, None))


QUIETLY: Final = settings(
    deadline=None, database=None, phases=[Phase.generate], report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


@pytest.mark.parametrize("part", range(SLICES // len(ENGINES)))
def test_any_document_is_answered_the_same_compiled_or_not(both: Both, part: int) -> None:
    """The same bytes, errors, things withheld and ledger entries, whoever else has asked it."""
    compare(both, f"{both.engine} {part}", settings(QUIETLY, max_examples=EXAMPLES // SLICES, derandomize=True))


@pytest.mark.slow
@pytest.mark.parametrize("part", range(SLICES // len(ENGINES)))
def test_many_documents_are_answered_the_same_compiled_or_not(both: Both, part: int) -> None:
    """The same with many more, and others each time."""
    compare(both, f"{random.random()}", settings(QUIETLY, max_examples=LONG_RUN // SLICES))


class Careless(Path):
    """Says one thing wrong, and rarely."""

    async def ask(self, viewer: Viewer, request: Request) -> Seen:
        seen = await super().ask(viewer, request)
        return replace(seen, answer=seen.answer.replace(b'"status":"ACTIVE"', b'"status":"DELIVERED"'))


def test_a_difference_is_found_and_told_by_a_small_document(both: Both) -> None:
    """The proof itself, tried on something that is wrong."""
    wrong = replace(both, compiled=Careless(both.plain.services))
    with pytest.raises(pytest.fail.Exception) as failed:
        compare(wrong, "wrong", settings(QUIETLY, max_examples=EXAMPLES, derandomize=True))
    (document, _, answers) = str(failed.value).partition("\nas ")
    assert "status" in document
    assert len(document.split()) < 25
    assert "DELIVERED" in answers


def compare(both: Both, name: str, how: settings) -> None:
    """Draw documents and ask both ways. A document that shows a difference is made small before it is told."""
    before, asked = ran(), 0

    @how
    @given(seed=st.integers(0, 2**64), size=st.integers(1, LARGEST))
    def each(seed: int, size: int) -> None:
        nonlocal asked
        asked += one_document(both, random.Random(f"{name} {seed}"), size)

    difference: Difference | None = None
    try:
        each()
    except Difference as found:
        difference = found
    if difference is not None:
        pytest.fail(difference.told(both), pytrace=False)
    expect_compiled(asked, ran().since(before))


def one_document(both: Both, dice: random.Random, size: int) -> int:
    """Ask one document by two viewers, each with values of her own. How often it was asked. Raises Difference."""
    kind = both.cast.kind(dice)
    drawn, askings = both.document(dice, kind, size)
    root = dice.choice([kind for kind in drawn.operations if kind is not OperationType.MUTATION])
    name = drawn.name_of(dice, root)
    if both.differ(drawn.text, name, askings):
        raise Difference(kind, drawn.text, name, askings)
    return len(askings)


def expect_compiled(share_of: int, counted: Ran) -> None:
    """A proof about what never ran is none."""
    begun = counted.compiled + counted.discarded
    assert begun >= BEGUN_AT_LEAST * share_of, f"{begun} of {share_of} operations began compiled"
    assert counted.compiled >= COMPILED_AT_LEAST * share_of, f"{counted.compiled} of {share_of} operations ran compiled"


class Difference(Exception):
    """A document that is not answered the same."""

    def __init__(self, kind: CallerKind, text: str, name: str | None, askings: list[Asking]) -> None:
        self.kind, self.text, self.name, self.askings = kind, text, name, askings

    def told(self, both: Both) -> str:
        def still(text: str) -> bool:
            return both.differ(text, self.name, self.askings) is not None

        small = shrunk(self.text, view_for(self.kind).graphql, still)
        found = both.differ(small, self.name, self.askings)
        assert found is not None  # `shrunk` goes on only with what differs
        asking, compiled, plain = found
        who = f"{asking.viewer.role} for {asking.viewer.purpose}"
        return f"{small}\nas {who}, variables {asking.values}\n\n{compiled.told('compiled')}\n\n{plain.told('plain')}"
