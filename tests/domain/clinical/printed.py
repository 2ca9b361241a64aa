"""The tables that are published beside the equations, as they are printed."""

from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parent / "published"


class Cell(NamedTuple):
    """One number of a table, as text: it is compared as far as it is printed."""

    week: int
    column: str
    printed: str


def cells(name: str) -> list[Cell]:
    """All cells of a table."""
    lines = [line.split() for line in (FOLDER / name).read_text(encoding="utf-8").splitlines() if line[0] != "#"]
    (_, *columns), *rows = lines
    return [
        Cell(int(week), column, printed)
        for week, *row in rows
        for column, printed in zip(columns, row, strict=True)
    ]  # fmt: skip
