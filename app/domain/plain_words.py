"""Words for the woman: texts kept as data, never in code."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any


@cache
def plain_words() -> dict[str, Any]:
    """By topic and code, the text in bokmål."""
    return tomllib.loads(Path(__file__).with_name("plain_words.toml").read_text(encoding="utf-8"))
