"""Every role × purpose × command, found by sending commands, kept in `writing_matrix.txt` and reviewed like code.

`HELSEKORT_WRITE_MATRIX=1 pytest tests/access` writes the file anew.
"""

import os
from pathlib import Path

from tests.access.proof import writing
from tests.access.proof.columns import add_whole_cards
from tests.access.proof.routes import Asker
from tests.access.proof.writing import CITIZEN
from tests.world import World

MATRIX = Path(__file__).with_name("writing_matrix.txt")


async def test_the_matrix_of_writing_is_what_the_running_api_answers(gateway: World) -> None:
    """Every command sent by everybody who has it, with and without self-registration; nothing is written by any."""
    gateway.services.programs = None
    await add_whole_cards(gateway)
    before = await number_of_versions(gateway)
    askers = [Asker(gateway, column) for column in writing.writing_columns()]
    commands = list(writing.commands())
    table = {command: [await attempt(asker, command) for asker in askers] for command in commands}
    let_herself_write(gateway)
    herself = Asker(gateway, CITIZEN)
    by_herself = {command: await attempt(herself, command) for command in commands}
    text = "\n".join([*printed(askers, table, by_herself), *stated(await writing.facts_stated(herself))]) + "\n"
    if os.environ.get("HELSEKORT_WRITE_MATRIX"):
        MATRIX.write_text(text, encoding="utf-8")
    assert MATRIX.read_text(encoding="utf-8") == text
    assert await number_of_versions(gateway) == before


async def attempt(asker: Asker, command: writing.Command) -> str:
    return await writing.attempt(asker, command) if writing.is_asked(asker.column, command) else writing.NOT_ASKED


def let_herself_write(world: World) -> None:
    """From now on this installation lets women register facts themselves."""
    services = world.services
    services.settings = services.settings.model_copy(update={"self_registration": True})


async def number_of_versions(world: World) -> int:
    from tests.access.choosing import stored

    return int((await stored(world, "SELECT count(*) FROM section_version"))[0][0])


def printed(
    askers: list[Asker], table: dict[writing.Command, list[str]], by_herself: dict[writing.Command, str]
) -> list[str]:
    names = [asker.column.name for asker in askers] + ["CITIZEN where self-registration is open"]
    width = max(len(command.name) for command in table)
    lines = [*writing.KEY.splitlines(), ""]
    lines += [f"{place + 1:>3}  {name}" for place, name in enumerate(names)]
    lines += ["", f"{'':{width}}  {' '.join(f'{place + 1:>2}' for place in range(len(names)))}"]
    for command, cells in table.items():
        lines.append(
            f"{command.name:{width}}  {' '.join(f'{cell:>2}' for cell in [*cells, by_herself[command]])}".rstrip()
        )
    return lines


def stated(facts: object) -> list[str]:
    assert isinstance(facts, dict)
    return ["", "WHAT SHE STATES HERSELF", *(f"{kind}: {names}" for kind, names in facts.items())]
