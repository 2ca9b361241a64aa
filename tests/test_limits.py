"""No limit without a line in the README, a code where it refuses, and a test that reaches it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from resolvers import limits

ROOT = Path(__file__).parents[1]
LIMITS = {name: value for name, value in vars(limits).items() if isinstance(value, int | float)}
ROWS = {
    cells[0].strip("`"): cells[1:]
    for line in (ROOT / "README.md").read_text(encoding="utf-8").split("<!-- limits")[1].split("\n\n")[0].splitlines()
    if (cells := [cell.strip() for cell in line.strip("|").split("|")])[0].startswith("`")
}


def reaching() -> Iterator[tuple[str, str]]:
    """Each limit a test is marked with, and the text of that test with its decorators."""
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        text = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(text)) if "mark.limit(" in text else ():
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                whole = "\n".join(ast.unparse(part) for part in (*node.decorator_list, node))
                names = [mark.args[0] for mark in node.decorator_list if isinstance(mark, ast.Call) and _is_mark(mark)]
                yield from ((name.value, whole) for name in names if isinstance(name, ast.Constant))


def _is_mark(call: ast.Call) -> bool:
    return ast.unparse(call.func) == "pytest.mark.limit"


REACHED = list(reaching())


def test_the_module_holds_limits_and_what_is_said_beyond_them() -> None:
    """Nothing that this walk would pass over, and no code for what is no limit."""
    held = {name for name in vars(limits) if not name.startswith("_")} - {"Mapping", "Final"}
    assert held == set(LIMITS) | {"REFUSED_WITH"}
    assert set(limits.REFUSED_WITH) <= set(LIMITS)
    codes = list(limits.REFUSED_WITH.values())
    assert len(set(codes)) == len(codes), "each limit has a code of its own"
    assert all(value > 0 for value in LIMITS.values())


def test_the_readme_names_every_limit_and_none_else() -> None:
    """And so do the tests' marks."""
    assert set(ROWS) == set(LIMITS)
    assert {name for name, _ in REACHED} == set(LIMITS)


@pytest.mark.parametrize("name", LIMITS)
def test_a_limit_has_its_line_and_its_test(name: str) -> None:
    """The README tells its value, its code and what it limits; a test that reaches it expects that code."""
    value, code, meaning = ROWS[name]
    said = limits.REFUSED_WITH.get(name)
    assert (float(value), code.strip("`")) == (LIMITS[name], said or "—")
    assert meaning
    assert any(said is None or said in text for marked, text in REACHED if marked == name)
