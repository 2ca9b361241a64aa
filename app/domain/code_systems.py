"""The national code systems the card uses, read from the data files in `app/domain/codes/`."""

import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

_FOLDER: Final = Path(__file__).parent / "codes"


@dataclass(frozen=True, slots=True)
class Code:
    """One code of a system.

    verified      whether the code was read in an official or national source
    alternative   another form of the same code, such as the three-letter code of a language
    also_called   a display seen in the national service besides the published one
    tag           what the access policy or a clinical rule needs to know about the code
    """

    code: str
    norwegian: str
    english: str
    verified: bool
    alternative: str = ""
    also_called: str = ""
    tag: str = ""


@dataclass(frozen=True)
class CodeSystem:
    """A code system. `complete`: the list is whole and verified, so an unknown code is a mistake."""

    id: str
    title: str
    title_english: str
    literal: str
    oid: str
    complete: bool
    codes: tuple[Code, ...]

    def find(self, code: str) -> Code | None:
        """The code, looked up by itself or by its alternative form; `None` when the list does not hold it."""
        return self._by_code.get(code)

    @cached_property
    def _by_code(self) -> dict[str, Code]:
        by_alternative = {code.alternative: code for code in self.codes if code.alternative}
        return by_alternative | {code.code: code for code in self.codes}


def _read_codes(system_id: str) -> tuple[Code, ...]:
    header, *lines = (_FOLDER / f"{system_id}.txt").read_text(encoding="utf-8").splitlines()
    rows = (dict(zip(header.split("|"), line.split("|"), strict=True)) for line in lines)
    return tuple(Code(verified=row.pop("verified") == "yes", **row) for row in rows)


def _read_systems() -> dict[str, CodeSystem]:
    index = tomllib.loads((_FOLDER / "systems.toml").read_text(encoding="utf-8"))
    return {key: CodeSystem(id=key, codes=_read_codes(key), **row) for key, row in index.items()}


CODE_SYSTEMS: Final[dict[str, CodeSystem]] = _read_systems()
