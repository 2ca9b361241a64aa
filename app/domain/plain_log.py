"""An entry of the ledger as a sentence the woman understands: who, what, and why; sections, never what they say."""

import tomllib
from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from app.domain.described import DescribedEnum
from app.domain.ledger import Outcome
from app.domain.viewer import Role

STATUS: Final = "cardStatus"
BLOCKED: Final = frozenset({"ACCESS_BLOCKED_BY_PATIENT"})
EMERGENCY_UNITS: Final = frozenset({"EMERGENCY_CARE"})
"""Kinds of unit whose staff may be named by their unit alone: emergency wards and out-of-hours services."""


class Language(DescribedEnum):
    """The languages the access log is told in."""

    NB = "nb", "Norwegian bokmål."
    NN = "nn", "Norwegian nynorsk."
    EN = "en", "English."


@cache
def words_of_log() -> dict[str, dict[str, Any]]:
    """By language, the words the sentences are made of."""
    return tomllib.loads(Path(__file__).with_name("access_log_words.toml").read_text(encoding="utf-8"))


def in_plain_words(entry: Mapping[str, Any], language: Language, *, hides_name: bool = False) -> str:
    """The sentence. `entry`: all members of an entry that concerns her; `hides_name`: name the unit in the person's
    place."""
    words = words_of_log()[language.value]
    if entry["role"] == Role.EHR_SYSTEM:
        told = "system_checked" if STATUS in entry["released"] else "system_tried"
        system = entry["client_name"] or words["unknown_system"]
        return f"{words[told].format(system=system, place=_place(entry, words))}."
    why = words["purpose"].get(entry["purpose"], "")
    return f"{_who(entry, words, hides_name)} {_did(entry, words)}{why}{_more(entry, words)}."


def hides_name(entry: Mapping[str, Any], *, by_unit: bool) -> bool:
    """Whether the person is told to her by the unit alone. `by_unit`: whether this is done at all."""
    return by_unit and entry["unit_kind"] in EMERGENCY_UNITS


def _who(entry: Mapping[str, Any], words: Mapping[str, Any], hides_name: bool) -> str:
    role, name = entry["role"], entry["actor_name"] or words["somebody"]
    if role == Role.CITIZEN:
        return str(words["you"])
    if role == Role.REPRESENTATIVE:
        return str(words["behalf"].format(name=name))
    who = words["of_unit" if hides_name else "person"]
    said = str(who.format(name=name, role=words["role"][role], place=_place(entry, words)))
    return said[0].upper() + said[1:]


def _place(entry: Mapping[str, Any], words: Mapping[str, Any]) -> str:
    organisation = entry["organisation_name"]
    return str(words["place"].format(organisation=organisation)) if organisation else ""


def _did(entry: Mapping[str, Any], words: Mapping[str, Any]) -> str:
    if entry["outcome"] == Outcome.FAILED:
        return str(words["failed"])
    if entry["outcome"] == Outcome.REFUSED:
        return str(words["blocked" if entry["refusal"] in BLOCKED else "refused"])
    seen, changed = _things(entry["released"], words), _things(entry["written"], words)
    if entry["released"] == [STATUS]:
        return str(words["checked"])
    if not seen and not changed:
        return str(words["saw_nothing"])
    parts = [words[did].format(things=things) for did, things in (("saw", seen), ("changed", changed)) if things]
    return str(words["and"].join(parts))


def _things(paths: Collection[str], words: Mapping[str, Any]) -> str:
    known = words["thing"]
    found = dict.fromkeys(known[name] for path in sorted(paths) if (name := path.split(".", 1)[0]) in known)
    *most, last = found or [""]
    return f"{', '.join(most)}{words['and']}{last}" if most else str(last)


def _more(entry: Mapping[str, Any], words: Mapping[str, Any]) -> str:
    opened = words["opened_block"] if entry["elevated"] else ""
    return f"{opened}{words['in_part'] if entry['outcome'] == Outcome.PARTIAL else ''}"
