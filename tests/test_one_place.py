"""One fact in one place: no name of a fact is written where it could be read from the declaration."""

import re
from pathlib import Path

import pytest

from app.domain.card.declaration import camel
from app.domain.card.sections import walk

ROOT = Path(__file__).parents[1]

PLACES = [
    *sorted((ROOT / "resolvers").glob("*.py")),
    ROOT / "data/tables.py",
    ROOT / "tests/access/test_matrix.py",
    ROOT / "tests/whole_card.py",
]
"""Where a second list would be tempting: GraphQL types, tables, the matrix and what it is made from."""


def distinctive_names() -> set[str]:
    """Every fact's name in code, in GraphQL and on the wire, save plain words that mean other things as well."""
    facts = list(walk())
    names = {part for fact in facts for part in fact.path}
    wires = {fact.fact.wire for fact in facts if fact.fact.wire}
    spelled = names | {camel(name) for name in names} | wires
    return {name for name in spelled if "_" in name or re.search("[a-z][A-Z]", name)}


@pytest.mark.parametrize("path", PLACES, ids=lambda path: path.name)
def test_no_fact_is_named_a_second_time(path: Path) -> None:
    """Types, tables and matrix are made from the declarations, so they name no fact."""
    words = set(re.findall(r"\w+", path.read_text(encoding="utf-8")))
    # These files' own words: whose unit the log tells of, the caseload's column, and who wrote an item.
    own = {"hpr_number", "organisation_number", "organisation_name", "due_date"}
    assert words & distinctive_names() <= own
