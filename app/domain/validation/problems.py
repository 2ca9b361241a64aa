"""A problem with what somebody wants to write: where, which, and how to say it in both languages.

The texts stand in messages.toml. They may name limits; they never repeat the value given, which is about health.
"""

import tomllib
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path as File
from typing import Any, Final

from app.domain.card.declaration import camel

Path = tuple[str | int, ...]

PROBLEMS_KEPT: Final = 1_000
"""More than anybody repairs by hand; what is wrong throughout is not told about without end."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong, or one thing to look at again.

    path    in GraphQL's spelling, from the item: `("fetalObservations", 0, "fetalHeartRateBpm")`; empty: the whole item
    code    stable, for programs
    reads   the sections it was drawn from. Whoever may not read one of them must not be told
    item    which of the items written together, counted from 0
    """

    path: Path
    code: str
    english: str
    norwegian: str
    reads: frozenset[str] = frozenset()
    item: int = 0


@dataclass(frozen=True, slots=True)
class Message:
    """A text of the catalogue with places for limits, and the code it is told under."""

    code: str
    english: str
    norwegian: str


@cache
def messages() -> dict[str, Message]:
    """The catalogue. A message's code is its key, unless it is one of several ways to say one code."""
    text = File(__file__).with_name("messages.toml").read_text(encoding="utf-8")
    return {key: Message(**{"code": key, **entry}) for key, entry in tomllib.loads(text).items()}


def problem(
    key: str,
    path: Path,
    *,
    reads: frozenset[str] = frozenset(),
    item: int = 0,
    limits: tuple[tuple[str, Any], ...] = (),
) -> Problem:
    """A problem in the catalogue's words. `limits` fill its places; a pair of texts is English and Norwegian."""
    message = messages()[key]
    english, norwegian = (
        template.format(**{name: _shown(value, language) for name, value in limits})
        for language, template in enumerate((message.english, message.norwegian))
    )
    return Problem(path, message.code, english, norwegian, reads, item)


def _shown(value: Any, language: int) -> str:
    if isinstance(value, tuple):
        return str(value[language])
    text = f"{value:g}" if isinstance(value, float) and abs(value) < 1e6 else str(value)
    return text.replace(".", ",") if language and isinstance(value, float | Decimal) else text


def spelled(names: tuple[str | int, ...]) -> Path:
    """A path of Python names in GraphQL's spelling."""
    return tuple(name if isinstance(name, int) else camel(name) for name in names)


def in_order(found: Problem) -> tuple[Any, ...]:
    """Sorts problems by item, place and code, whatever order they were found in."""
    return found.item, [f"{step:09}" if isinstance(step, int) else step for step in found.path], found.code
