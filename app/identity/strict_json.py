"""JSON as tokens must have it: one object, no key twice, no number that is none.

A duplicate key is how two readers of one token come to see two different tokens.
"""

import json
from typing import Any, NoReturn


class NotStrictJson(ValueError):
    """The text is not one strict JSON object. Says nothing about the text itself."""


def read_object(text: str | bytes) -> dict[str, Any]:
    """The JSON object in a text; raises NotStrictJson for anything else."""
    try:
        value = json.loads(text, object_pairs_hook=_without_duplicates, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        # `from None`: the parser's own error quotes the text, and the text is a token's content.
        raise NotStrictJson("not a strict JSON object") from None
    if not isinstance(value, dict):
        raise NotStrictJson("not a JSON object")
    return value


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("duplicate key")
    return members


def _refuse_constant(_: str) -> NoReturn:
    raise ValueError("not a JSON number")
