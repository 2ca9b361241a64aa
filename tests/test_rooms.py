"""The drawing of the house, checked from the imports."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
OURS = ("app", "resolvers", "data")

FLOOR_MAY_USE = {"pydantic", "pydantic_core", "zoneinfo"}
"""Besides the standard library."""

ROOM_OF_LIBRARY = {
    "strawberry": {"resolvers"},
    "graphql": {"resolvers", "app"},
    "sqlalchemy": {"data"},
    "sqlmodel": {"data"},
    "alembic": {"data"},
    "asyncpg": {"data"},
    "aiosqlite": {"data"},
    "stdnum": {"data"},
    "starlette": {"app"},
    "uvicorn": {"app"},
    "jwt": {"app"},
    "typer": {"app"},
}
"""Each outside library has its room; another room that wants it asks through the domain's words."""


def modules() -> Iterator[Path]:
    for room in OURS:
        yield from sorted((ROOT / room).rglob("*.py"))


def imports(path: Path) -> set[str]:
    """The absolute names a module imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found.add(node.module or "")
    return found


def room(path: Path) -> str:
    relative = path.relative_to(ROOT)
    return "floor" if relative.parts[:2] == ("app", "domain") else relative.parts[0]


def ids(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", list(modules()), ids=ids)
def test_imports_point_down(path: Path) -> None:
    """The floor knows nobody, the walls know the floor and not each other, the roof knows everybody."""
    ours = {name for name in imports(path) if name.split(".")[0] in OURS}
    if room(path) == "floor":
        assert all(name.startswith("app.domain") for name in ours), ours
    elif room(path) == "resolvers":
        assert all(name.startswith(("app.domain", "resolvers")) for name in ours), ours
    elif room(path) == "data":
        assert all(name.startswith(("app.domain", "data")) for name in ours), ours


@pytest.mark.parametrize("path", list(modules()), ids=ids)
def test_every_library_has_its_room(path: Path) -> None:
    """The floor uses the standard library and Pydantic; every other library stays in the rooms named for it."""
    outside = {name.split(".")[0] for name in imports(path)} - set(OURS) - set(sys.stdlib_module_names)
    if room(path) == "floor":
        assert outside <= FLOOR_MAY_USE, outside
    for library in outside & set(ROOM_OF_LIBRARY):
        assert room(path) in ROOM_OF_LIBRARY[library], f"{library} in {room(path)}"


@pytest.mark.parametrize("path", list(modules()), ids=ids)
def test_files_stay_small(path: Path) -> None:
    """A file that grows past 400 lines wants two names."""
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


def test_packages_hide_nothing() -> None:
    """Every `__init__.py` is empty: a name is imported from the file it stands in."""
    for path in modules():
        if path.name == "__init__.py":
            assert not path.read_text(encoding="utf-8").strip(), path


def test_the_project_stands_alone() -> None:
    """No file reads or names anything outside the project."""
    for path in [*modules(), *sorted((ROOT / "tests").rglob("*.py"))]:
        text = path.read_text(encoding="utf-8")
        assert ".." + "/shared" not in text, path
        assert "/" + "work/" not in text, path
