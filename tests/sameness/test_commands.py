"""Commands, compiled or not: two stores that begin alike stay alike, and both say the same of every command.

Commands change what is asked about next, so each path has a store of its own; ids are made in the same order on both.
"""

import asyncio
import random
import shutil
import sys
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path as Folder
from typing import Any, Final

import pytest
from graphql import OperationType

from app.domain.ledger import read_entry
from app.domain.viewer import CallerKind, Purpose, Viewer
from app.execution.operation import Request
from app.services import Services, make_services
from app.settings import Settings
from resolvers.views import view_for
from tests.conftest import gateway_with_cast
from tests.sameness import store
from tests.sameness.both import Path, Seen, paths, ran
from tests.sameness.documents import draw
from tests.sameness.values import scalars
from tests.world import NOW

COMMANDS: Final = 120


class Ids:
    """Made in order, and begun anew for each command, so that both paths make the same."""

    def __init__(self) -> None:
        self.dice = random.Random()

    def begin(self, command: int) -> None:
        self.dice.seed(command)

    def __call__(self) -> uuid.UUID:
        return uuid.UUID(int=self.dice.getrandbits(128), version=4)


class Writing(Path):
    """A path whose writes are noted as well: their entries go into the write's own transaction."""

    def __init__(self, path: Path, services: Services) -> None:
        self.ledger, self.services = path.ledger, path.services
        chained = services.ledger.appended

        def appended(before: Any, entries: Any) -> Any:
            self.ledger.entries.extend(entries)
            return chained(before, entries)

        services.ledger.appended = appended  # type: ignore[method-assign]


@dataclass
class Both:
    runner: asyncio.Runner
    cast: store.Cast
    ids: Ids
    compiled: Path
    plain: Path

    def writer(self, dice: random.Random) -> Viewer:
        """Somebody who may write, or the woman herself."""
        kind = dice.choice((CallerKind.CLINICIAN, CallerKind.CLINICIAN, CallerKind.CLINICIAN, CallerKind.CITIZEN))
        everybody = [viewer for viewers in self.cast.viewers[kind].values() for viewer in viewers]
        return dice.choice([one for one in everybody if "write" in one.scopes and one.purpose in (None, Purpose.TREAT)])

    def ask(self, number: int, viewer: Viewer, request: Request) -> tuple[Seen, Seen]:
        return self._by(self.compiled, number, viewer, request), self._by(self.plain, number, viewer, request)

    def _by(self, path: Path, number: int, viewer: Viewer, request: Request) -> Seen:
        self.ids.begin(number)
        return self.runner.run(path.ask(viewer, request))


@pytest.fixture
def both(data_dir: Folder, tmp_path: Folder, monkeypatch: pytest.MonkeyPatch) -> Iterator[Both]:
    """Two stores that are copies of each other."""
    with asyncio.Runner() as runner:
        cast = runner.run(_filled(data_dir, tmp_path))
        shutil.copyfile(tmp_path / "store.db", tmp_path / "other.db")
        ids = _same_ids(monkeypatch)
        made = [
            make_services(Settings(data_dir=data_dir, database_url=f"sqlite:///{tmp_path / name}.db"), lambda: NOW)
            for name in ("store", "other")
        ]
        for services in made:
            runner.run(services.start())
        first, second = made
        yield Both(runner, cast, ids, Writing(paths(first)[0], first), Writing(paths(second)[1], second))
        for services in made:
            runner.run(services.close())


async def _filled(data_dir: Folder, folder: Folder) -> store.Cast:
    async with gateway_with_cast("sqlite", data_dir, folder) as world:
        return await store.made(world)


def _same_ids(monkeypatch: pytest.MonkeyPatch) -> Ids:
    """Put in the place of `uuid4` wherever the gateway has it."""
    ids, real = Ids(), uuid.uuid4
    for name, module in list(sys.modules.items()):
        if name.split(".")[0] in ("app", "data", "resolvers") and getattr(module, "uuid4", None) is real:
            monkeypatch.setattr(module, "uuid4", ids)
    monkeypatch.setattr(uuid, "uuid4", ids)
    return ids


def test_any_command_is_answered_and_written_down_the_same_compiled_or_not(both: Both) -> None:
    """Recorded, in conflict, invalid or refused: the same bytes and the same ledger entries, one command after another."""
    before, came_to = ran(), Counter[str]()
    for number in range(COMMANDS):
        dice = random.Random(f"command {number}")
        viewer = both.writer(dice) if dice.random() < 0.85 else both.cast.viewer(dice, CallerKind.CLINICIAN)
        woman = dice.choice(both.cast.numbers)
        of = scalars((woman,), (*both.cast.texts, *[f"key-{number}"] * 20))
        of["Int"] = lambda dice, any_number=of["Int"]: 1 if dice.random() < 0.6 else any_number(dice)  # type: ignore[misc]  # the first version is the likeliest
        drawn = draw(view_for(viewer.kind).graphql, dice, dice.randint(1, 60), of, OperationType.MUTATION)
        request = Request(drawn.text, drawn.operations[OperationType.MUTATION][0], drawn.values(dice, of))
        compiled, plain = both.ask(number, viewer, request)
        assert compiled == plain, (
            f"{drawn.text}\n{request.variables}\n{compiled.told('compiled')}\n{plain.told('plain')}"
        )
        came_to.update(_came_to(compiled))
    counted = ran().since(before)
    assert counted.compiled >= COMMANDS / 8, counted
    assert min(came_to[what] for what in ("written", "VERSION_CONFLICT", "INVALID_INPUT", "refused")) >= 2, came_to


def _came_to(seen: Seen) -> Iterator[str]:
    for entry in map(read_entry, seen.entries):
        yield "written" if entry["written"] else entry["refusal"] or "nothing"
        if entry["refusal"]:
            yield "refused"
