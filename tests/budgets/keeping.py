"""What named documents may cost: read from a file, compared with what they do cost, written again."""

import json
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

Budget = Mapping[str, int]
"""What one document costs, by what is counted: statements, rows, bytes, and values estimated and given."""

SLACK = 0.1
"""A budget that is larger than what is needed by more than this part of it has to be written anew."""


def read(path: Path) -> dict[str, Budget]:
    """The budgets of a file; none when there is no file."""
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def write(path: Path, budgets: Mapping[str, Budget]) -> None:
    """Write the budgets down."""
    lines = ["# Written by `make budgets`; a document that needs more than this fails the tests.", ""]
    for name, budget in sorted(budgets.items()):
        lines += [f"[{json.dumps(name)}]", *(f"{counted} = {many}" for counted, many in budget.items()), ""]
    path.write_text("\n".join(lines), encoding="utf-8")


def differences(written: Mapping[str, Budget], found: Mapping[str, Budget]) -> Iterator[str]:
    """What is wrong with budgets, in words: growth, what is no longer needed, what is not written or not there."""
    for name in sorted({*written, *found}):
        if name not in found:
            yield f"{name}: has a budget and is not asked"
        elif name not in written:
            yield f"{name}: has no budget"
        else:
            yield from _compared(name, written[name], found[name])


def _compared(name: str, written: Any, found: Budget) -> Iterator[str]:
    if set(written) != set(found):
        yield f"{name}: counts {sorted(found)}, not {sorted(written)}"
        return
    for counted, many in found.items():
        most = written[counted]
        if many > most:
            yield f"{name}: {counted} grew from {most} to {many}"
        elif most - many > SLACK * most:
            yield f"{name}: {counted} fell from {most} to {many}; write it down"
