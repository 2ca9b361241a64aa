"""The facts of the card in the national JSON and back, by walking the declarations.

The quirks of single values live here alone. Nothing here names a fact: which member is which comes from `wire=` in
app/domain/card/.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import cache, partial
from typing import Any, Final

import orjson
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from app.domain.card.declaration import Content, Shape, declared_in
from app.domain.card.provenance import Author
from app.domain.card.values import BloodPressure, CodedValue, DipstickResult, InSystem, RhesusD
from app.domain.validation.problems import messages
from app.domain.validation.shape import reason
from data.dhg.residue import Whole
from data.dhg.wire import AUTHOR_ALIASES, CODE_MEMBERS, Path, Problems, read_instant

Read = Callable[[Any, Path, Problems], Any]
Write = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Part:
    """A declared member the national record has. `read` and `write` are None where both sides say it alike."""

    name: str
    wire: str
    read: Read | None
    write: Write | None
    inside: Mapping[str, tuple[str, Any]]


@cache
def parts_of(model: type[Content]) -> tuple[Part, ...]:
    """The members of a model that are on the wire, in order; what only the paper card has is left out."""
    members = ((member, member.declared.wire, member.shape) for member in declared_in(model))
    return tuple(
        Part(member.name, wire, _many(_reader(shape), shape), _each(_writer(shape), shape), _names_inside(shape))
        for member, wire, shape in members
        if wire is not None
    )


def read_facts(model: type[Content], text: Any, path: Path, problems: Problems) -> dict[str, Any] | None:
    """The declared members of an object by Python name, not yet validated. Unknown members are not looked at."""
    if not isinstance(text, dict):
        problems.note(path, "BAD_TYPE", "must be an object")
        return None
    if model is Author:
        text = _without_aliases(text)
    facts: dict[str, Any] = {}
    for part in parts_of(model):
        value = text.get(part.wire)
        if value is not None and part.read is not None:
            value = part.read(value, (*path, part.wire), problems)
        if value is not None:
            facts[part.name] = value
    return facts


def validate(model: type[Content], facts: dict[str, Any], path: Path, problems: Problems) -> dict[str, Any]:
    """The facts as they are stored: checked by the section's model, nothing in them that is not recorded."""
    try:
        return model.model_validate_json(orjson.dumps(facts)).model_dump(mode="json", exclude_none=True)
    except ValidationError as error:
        for found in error.errors(include_url=False, include_context=False):
            code = _reason(found)
            steps = _wire_steps(model, found["loc"])
            if code == "UNKNOWN_CODE" and isinstance(found["input"], dict):
                steps = (*steps, CODE_MEMBERS["code"])
            problems.note((*path, *steps), code, _MESSAGES.get(code, found["msg"]))
        return {}


def write_facts(model: type[Content], facts: Mapping[str, Any]) -> dict[str, Any]:
    """The canonical object: every declared wire member is there, null where nothing is recorded."""
    text: dict[str, Any] = {}
    for part in parts_of(model):
        value = facts.get(part.name)
        text[part.wire] = value if value is None or part.write is None else part.write(value)
    return Whole(text) if model is Author else text


def _without_aliases(text: dict[str, Any]) -> dict[str, Any]:
    """Older samples call a member otherwise (`orgNrDisplay`); today's name wins where both are given."""
    renamed = {new: text[old] for old, new in AUTHOR_ALIASES.items() if isinstance(text.get(old), str)}
    return renamed | {name: value for name, value in text.items() if value is not None}


# --- the quirks of single values -------------------------------------------------------------------------------------

_PRESSURE: Final = re.compile(r"\s*([0-9]{2,3})\s*/\s*([0-9]{2,3})\s*")


def _read_pressure(text: Any, path: Path, problems: Problems) -> Any:
    """Two numbers in one string, "112/70" as the service documents it; blanks around the stroke are tolerated."""
    if not isinstance(text, str):
        return problems.refuse(path, "BAD_TYPE", "must be a string such as 112/70")
    found = _PRESSURE.fullmatch(text)
    if found is None:
        return problems.refuse(path, "MALFORMED", "must be systolic/diastolic, two or three digits each")
    return {"systolic_mmhg": int(found[1]), "diastolic_mmhg": int(found[2])}


def _write_pressure(value: Mapping[str, int]) -> str:
    return f"{value['systolic_mmhg']}/{value['diastolic_mmhg']}"


def _read_time(text: Any, path: Path, problems: Problems) -> Any:
    moment = read_instant(text, path, problems)
    return moment and moment.isoformat()


_LITERALS: Final[dict[type[Enum], dict[str, str]]] = {
    # plain strings on the wire, although the values come from Volven 8340
    DipstickResult: {
        "Neg": DipstickResult.NEGATIVE.value,
        "Spor": DipstickResult.TRACE.value,
        "1+": DipstickResult.ONE_PLUS.value,
        "2+": DipstickResult.TWO_PLUS.value,
        "3+": DipstickResult.THREE_PLUS.value,
    },
    # `POSTIVE` is the documented literal, sic; which of the two is sent today is not known. The last one is written
    RhesusD: {
        "POSTIVE": RhesusD.POSITIVE.value,
        "POSITIVE": RhesusD.POSITIVE.value,
        "NEGATIVE": RhesusD.NEGATIVE.value,
    },
}


def _literal_reader(literals: dict[str, str]) -> Read:
    by_spelling = {literal.casefold(): value for literal, value in literals.items()}

    def read(text: Any, path: Path, problems: Problems) -> Any:
        if not isinstance(text, str):
            return problems.refuse(path, "BAD_TYPE", "must be a string")
        if text.casefold() not in by_spelling:
            return problems.refuse(path, "UNKNOWN_CODE", f"must be one of {', '.join(literals)}")
        return by_spelling[text.casefold()]

    return read


def _literal_writer(literals: dict[str, str]) -> Write:
    by_value = {value: literal for literal, value in literals.items()}
    return lambda value: by_value[value]


def _code_reader(system: InSystem | None) -> Read:
    literal = system.system.literal if system else None

    def read(text: Any, path: Path, problems: Problems) -> Any:
        if not isinstance(text, dict):
            return problems.refuse(path, "BAD_TYPE", "must be an object with a code")
        value = {name: text[wire] for name, wire in CODE_MEMBERS.items() if text.get(wire) is not None}
        given = value.get("code_system")
        if literal and isinstance(given, str) and given != literal:
            problems.note((*path, CODE_MEMBERS["code_system"]), "WRONG_CODE_SYSTEM", f"must be {literal}")
            del value["code_system"]  # so that the code itself is checked too
        return value

    return read


def _write_code(value: Mapping[str, str]) -> Whole:
    return Whole((wire, value.get(name)) for name, wire in CODE_MEMBERS.items())


# --- readers and writers by shape ------------------------------------------------------------------------------------


_READERS: Final[dict[Any, Read]] = {BloodPressure: _read_pressure, datetime: _read_time}
_WRITERS: Final[dict[Any, Write]] = {BloodPressure: _write_pressure, CodedValue: _write_code}


def _reader(shape: Shape) -> Read | None:
    if shape.content is not None:
        return partial(read_facts, shape.content)
    if shape.type is CodedValue:
        return _code_reader(next((mark for mark in shape.metadata if isinstance(mark, InSystem)), None))
    if shape.type in _LITERALS:
        return _literal_reader(_LITERALS[shape.type])
    return _READERS.get(shape.type)


def _writer(shape: Shape) -> Write | None:
    if shape.content is not None:
        return partial(write_facts, shape.content)
    if shape.type in _LITERALS:
        return _literal_writer(_LITERALS[shape.type])
    return _WRITERS.get(shape.type)


def _many(read: Read | None, shape: Shape) -> Read | None:
    if not shape.many or read is None:
        return read

    def read_each(text: Any, path: Path, problems: Problems) -> Any:
        if not isinstance(text, list):
            return problems.refuse(path, "BAD_TYPE", "must be a list")
        entries = [read(entry, (*path, index), problems) for index, entry in enumerate(text)]
        return [{} if entry is None else entry for entry in entries]  # a refused one keeps its place for later paths

    return read_each


def _each(write: Write | None, shape: Shape) -> Write | None:
    if not shape.many or write is None:
        return write

    def write_each(values: Any) -> Any:
        return [write(value) for value in values]

    return write_each


# --- what Pydantic found, in wire words ------------------------------------------------------------------------------


def _names_inside(shape: Shape) -> Mapping[str, tuple[str, Any]]:
    if shape.content is not None:
        return _names(shape.content)
    return {name: (wire, {}) for name, wire in CODE_MEMBERS.items()} if shape.type is CodedValue else {}


@cache
def _names(model: type[Content]) -> Mapping[str, tuple[str, Any]]:
    return {part.name: (part.wire, part.inside) for part in parts_of(model)}


def _wire_steps(model: type[Content], location: tuple[str | int, ...]) -> Path:
    """A place in the model as a place on the wire. What has no name there (a union's branch, a half of a blood
    pressure) is stepped over."""
    names = _names(model)
    steps: list[str | int] = []
    for step in location:
        if isinstance(step, int):
            steps.append(step)
        elif step in names:
            wire, names = names[step]
            steps.append(wire)
    return tuple(steps)


_RENAMED: Final = {"REQUIRED": "MISSING", "EMPTY_TEXT": "MALFORMED"}
"""What taking in a record has always called what writing a card calls otherwise."""

_MESSAGES: Final = {"UNKNOWN_CODE": "must be a code of its code system", "MISSING": "must be given"}


def _reason(found: ErrorDetails) -> str:
    code = messages()[reason(found)].code
    return _RENAMED.get(code, code)
