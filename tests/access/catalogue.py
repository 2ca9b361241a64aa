"""The catalogue of access cases: the hand-kept list of them, the tests that are named after them, and the table of both.

A case's own test is named `test_TC_X00_…` and asks over HTTP. Tests of the parts that a case rests on are named
`test_tc_x00_…`, after one case or several.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
LISTED: Final = Path(__file__).with_name("cases.txt")
PRINTED: Final = ROOT / "docs" / "access-cases.md"

LETTERS: Final[Mapping[str, str]] = {
    "T": "The access token", "D": "The proof of possession",
    "S": "Rights, assurance, identity, organisation, client", "A": "The attest",
    "R": "Whether there is a card to open", "B": "Her blocks, and emergencies", "F": "Roles and facts",
    "C": "Citizens, representatives, minors", "L": "The audit", "G": "GraphQL itself",
}  # fmt: skip

_OWN_TEST: Final = re.compile(r"test_TC_([A-Z]\d\d)_")
_IDS_OF_PARTS: Final = re.compile(r"test_tc_((?:[a-z]\d\d_)+)")


@dataclass(frozen=True)
class CaseTest:
    """A test that is named after a case. `is_own`: it is the case itself, not a test of its parts."""

    case: str
    path: str
    name: str
    is_own: bool


def listed_cases() -> dict[str, str]:
    """Every case by its id, with what it is about."""
    lines = LISTED.read_text(encoding="utf-8").splitlines()
    return {case: about for case, about in (line.split(" ", 1) for line in lines)}


def named_after_cases() -> list[CaseTest]:
    """The tests that are named after cases, as they stand in the files."""
    return [found for path in sorted((ROOT / "tests").rglob("test_*.py")) for found in _named_in(path)]


def _named_in(path: Path) -> Iterator[CaseTest]:
    source = path.read_text(encoding="utf-8")
    if "def test_tc_" not in source.lower():
        return
    where = path.relative_to(ROOT).as_posix()
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            if own := _OWN_TEST.match(node.name):
                yield CaseTest(own[1], where, node.name, is_own=True)
            elif parts := _IDS_OF_PARTS.match(node.name):
                for case in parts[1].strip("_").upper().split("_"):
                    yield CaseTest(case, where, node.name, is_own=False)


def printed() -> str:
    """The whole page."""
    tests: defaultdict[str, list[CaseTest]] = defaultdict(list)
    for found in named_after_cases():
        tests[found.case].append(found)
    parts = [_HEAD]
    for letter, title in LETTERS.items():
        cases = {case: about for case, about in listed_cases().items() if case[0] == letter}
        rows = [f"| TC-{case} | {about} | {_where(tests[case])} |" for case, about in cases.items()]
        parts.append("\n".join([f"## {title}\n", "| case | what it is about | test |", "|---|---|---|", *rows]))
    return "\n\n".join(parts) + "\n"


_HEAD: Final = """\
# Access cases

Each case changes one thing of a question that is right, or of a situation in which it is answered, and says what becomes
of it. What is expected exactly stands in the test. In the names of parameters and helpers, the women and the callers are
those of `tests/access/cases/setting.py`.

Printed from the tests and `tests/access/cases.txt` by `HELSEKORT_WRITE_CASES=1 pytest tests/access/test_catalogue.py`."""


def _where(tests: list[CaseTest]) -> str:
    """The case's own tests in full; of those of its parts, the files."""
    own = [f"[{found.name}](../{found.path})" for found in tests if found.is_own]
    parts = sorted({found.path for found in tests if not found.is_own})
    return ", ".join([*own, *(f"parts in [{path}](../{path})" for path in parts)])
