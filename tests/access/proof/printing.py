"""The matrix as text: what every route says to every caller, so that a change of anybody's access is read as a change."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tests.access.proof import letters
from tests.access.proof.columns import Column
from tests.access.proof.letters import Letters
from tests.policies import PILOT

KEY = """\
R  given            r  given without its more sensitive values
P  withheld for the purpose that was stated           W  withheld from this role
-  not in this kind of caller's schema                x  no card is opened for this role at all"""

NOT_A_ROUTE = """\
export      the wire format is written by `helsekort export` for the operator, who has the database; no caller reaches it"""


@dataclass
class Asked:
    """What one column was told. `routes`: by route, the letters of the facts it reaches; None where it has none."""

    column: Column
    direct: Letters
    routes: dict[str, Letters | None] = field(default_factory=dict)
    earlier: Letters | None = None


def direct_table(asked: Sequence[Asked]) -> Iterator[str]:
    width = max(map(len, letters.in_order()))
    yield from (f"{place + 1:>3}  {one.column.name}" for place, one in enumerate(asked))
    yield ""
    yield f"{'':{width}}  {_numbers(asked)}"
    for path in letters.in_order():
        yield f"{path:{width}}  {' '.join(f'{one.direct[path]:>2}' for one in asked)}"


def other_routes(asked: Sequence[Asked]) -> Iterator[str]:
    """How many facts each route reaches and says the same of, and every fact of which it does not."""
    names = list(asked[0].routes)
    yield "OTHER ROUTES: how many facts each reaches and says the same of as the direct field; . for no such route"
    yield ""
    yield NOT_A_ROUTE
    yield ""
    yield f"{'':11} {' '.join(f'{place + 1:>3}' for place in range(len(asked)))}"
    for name in names:
        yield f"{name:11} {' '.join(f'{_agreeing(one, name):>3}' for one in asked)}"
    yield ""
    yield "and where one says something else:"
    yield from _differing(asked, names)


def _agreeing(one: Asked, route: str) -> str:
    found = one.routes[route]
    return "." if found is None else str(sum(one.direct[path] == letter for path, letter in found.items()))


def _differing(asked: Sequence[Asked], names: Sequence[str]) -> Iterator[str]:
    where: dict[tuple[str, str, str, str], list[int]] = defaultdict(list)
    for place, one in enumerate(asked):
        for name in names:
            for path, letter in sorted((one.routes[name] or {}).items()):
                if letter != one.direct[path]:
                    where[name, path, one.direct[path], letter].append(place + 1)
    for (name, path, direct, letter), columns in sorted(where.items()):
        yield f"{name:11} {path}: {direct} is {letter} for {' '.join(map(str, columns))}"


def earlier_cards(asked: Sequence[Asked]) -> Iterator[str]:
    """Of an earlier pregnancy's card, the facts that some see otherwise than on the present one."""
    have = [(place + 1, one) for place, one in enumerate(asked) if one.earlier is not None]
    closed = [str(place) for place, one in have if set(_letters(one)) == {letters.NO_CARD}]
    open_ = [(place, one) for place, one in have if str(place) not in closed]
    width = max(map(len, letters.in_order()))
    yield "EARLIER CARDS (rule F-9): the facts that somebody sees otherwise there than on the present card; = as there"
    yield ""
    yield f"x for {' '.join(closed)}; those that are not named have no such field"
    yield ""
    yield f"{'':{width}}  {' '.join(f'{place:>2}' for place, _ in open_)}"
    for path in letters.in_order():
        said = [_earlier(one)[path] for _, one in open_]
        if any(letter != one.direct[path] for letter, (_, one) in zip(said, open_, strict=True)):
            cells = (
                "=" if letter == one.direct[path] else letter for letter, (_, one) in zip(said, open_, strict=True)
            )
            yield f"{path:{width}}  {' '.join(f'{cell:>2}' for cell in cells)}"


def _earlier(one: Asked) -> Letters:
    return one.earlier or {}


def _letters(one: Asked) -> list[str]:
    return list(_earlier(one).values())


def switches(table: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """What else each column may ask for."""
    width = max(map(len, table))
    yield "BESIDE THE CARD: yes, what of it, or the code of the refusal; - where it is not in the schema"
    for row, cells in table.items():
        where: dict[str, list[int]] = defaultdict(list)
        for place, cell in enumerate(cells):
            where[cell].append(place + 1)
        yield ""
        for cell, columns in where.items():
            yield f"{row:{width}}  {cell:30} {' '.join(map(str, columns))}"


def _numbers(asked: Sequence[Asked]) -> str:
    return " ".join(f"{place + 1:>2}" for place in range(len(asked)))


def whole(parts: Sequence[Iterator[str]]) -> str:
    lines = [f"policy {PILOT.name}", "", *KEY.splitlines(), ""]
    for part in parts:
        lines += [*part, ""]
    return "\n".join(line.rstrip() for line in lines[:-1]) + "\n"
