"""The round trip's memory: what a national text said beyond or differently from the canonical text of the same facts.

A residue is JSON, and as small as the difference:

    null                                 the original is the canonical text
    {"was": c, "is": o}                  the canonical text says c here, the original said o
    {"absent": {name: c},                members the original left out, with what the canonical text says
     "extra": {name: o},                 members only the original has
     "inside": {name: residue}}          members that differ
    {"of": n, "entries": [[index, key, residue], …]}    entries that differ, of a list of n

Each entry says what the canonical text was, so a correction made since then is never overwritten by an old spelling.
"""

from typing import Any

import orjson

Residue = Any


class Whole(dict[str, Any]):
    """A canonical object that changes as one, such as a coded value: what the original said beyond it is about this
    very value and must not be found on the next one (an old `orgNrDisplay` beside a new `orgName`)."""


def same(one: Any, other: Any) -> bool:
    """Whether two JSON values are the same text: 1 is neither 1.0 nor true; the order of members says nothing."""
    return orjson.dumps(one, option=orjson.OPT_SORT_KEYS) == orjson.dumps(other, option=orjson.OPT_SORT_KEYS)


def difference(canonical: Any, original: Any) -> Residue:
    """What `apply` needs to make the original from the canonical text; None when they are the same."""
    return None if same(canonical, original) else _difference(canonical, original)


def _difference(canonical: Any, original: Any) -> Residue:
    if isinstance(canonical, dict) and isinstance(original, dict) and not isinstance(canonical, Whole):
        return _object_difference(canonical, original)
    if isinstance(canonical, list) and isinstance(original, list) and len(canonical) == len(original):
        return _list_difference(canonical, original)
    return None if same(canonical, original) else {"was": canonical, "is": original}


def _object_difference(canonical: dict[str, Any], original: dict[str, Any]) -> Residue:
    absent = {name: value for name, value in canonical.items() if name not in original}
    extra = {name: value for name, value in original.items() if name not in canonical}
    inside = {
        name: found
        for name, value in canonical.items()
        if name in original and (found := _difference(value, original[name])) is not None
    }
    parts = {"absent": absent, "extra": extra, "inside": inside}
    return {name: part for name, part in parts.items() if part} or None


def _list_difference(canonical: list[Any], original: list[Any]) -> Residue:
    differences = map(_difference, canonical, original)
    entries = [[index, _key(canonical[index]), found] for index, found in enumerate(differences) if found is not None]
    return {"of": len(canonical), "entries": entries} if entries else None


def _key(entry: Any) -> Any:
    """What tells a list's entries apart: the first declared member (the fetus's number, the kind of stimulus)."""
    return next(iter(entry.values()), None) if isinstance(entry, dict) else None


def apply(canonical: Any, residue: Residue) -> Any:
    """The text as the original said it, where the canonical text still says what it said then."""
    if residue is None:
        return canonical
    if "was" in residue:
        return residue["is"] if same(canonical, residue["was"]) else canonical
    if "entries" in residue:
        return _applied_to_list(canonical, residue) if isinstance(canonical, list) else canonical
    return _applied_to_object(canonical, residue) if isinstance(canonical, dict) else canonical


def _applied_to_object(canonical: dict[str, Any], residue: dict[str, Any]) -> dict[str, Any]:
    absent, inside = residue.get("absent", {}), residue.get("inside", {})
    text = {
        name: apply(value, inside.get(name))
        for name, value in canonical.items()
        if name not in absent or not same(value, absent[name])
    }
    for name, value in residue.get("extra", {}).items():
        # A member unknown then and declared since reads null until somebody records it: the old text still holds.
        if canonical.get(name) is None:
            text[name] = value
    return text


def _applied_to_list(canonical: list[Any], residue: dict[str, Any]) -> list[Any]:
    text = list(canonical)
    for index, key, found in residue["entries"]:
        place = _place(canonical, index, key, residue["of"])
        if place is not None:
            text[place] = apply(canonical[place], found)
    return text


def _place(entries: list[Any], index: int, key: Any, of: int) -> int | None:
    """Where the entry is now. One that cannot be told for certain is left canonical: better a lost spelling than
    one twin's unknown member on the other."""
    if key is None:
        return index if len(entries) == of and _key(entries[index]) is None else None
    if index < len(entries) and same(_key(entries[index]), key):
        return index
    places = [place for place, entry in enumerate(entries) if same(_key(entry), key)]
    return places[0] if len(places) == 1 else None
