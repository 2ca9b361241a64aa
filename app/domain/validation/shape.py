"""Whether an item has the form its section declares: types, limits, codes, what must be there.

Everything wrong is told at once. What is right is given back as it is stored.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from functools import cache
from typing import Any, Final

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails, from_json, to_json

from app.domain.card.declaration import Content, Fact, Section, declared_in, shape_of
from app.domain.card.values import CodedValue
from app.domain.validation.problems import PROBLEMS_KEPT, Path, Problem, in_order, problem, spelled
from app.domain.validation.walking import Names, Recorded, recorded


def check_content(
    section: Section, content: Mapping[str, Any], previous: Mapping[str, Any] | None = None
) -> tuple[dict[str, Any], list[Problem]]:
    """The content as it is stored, and everything that is wrong with its form.

    content    the whole item: Python names, JSON values (dates and times as ISO text)
    previous   what it replaces. What was incomplete there already, because it was taken in from elsewhere, is not held
               against whoever corrects something else

    With problems, the members they are in are left out of what is returned, so that the rules can look at the rest;
    such content must not be stored.
    """
    try:
        text = to_json(content)
        plain = from_json(text)
    except ValueError:  # no JSON: text that cannot be written, nesting without end
        return {}, [problem("MALFORMED", (), reads=frozenset({section.kind}))]
    made = _made(section, text)
    by_model = [] if isinstance(made, Content) else made
    found = {*by_model, *_found_by_declaration(section, plain)}
    if previous is not None:
        found -= set(_found_by_declaration(section, previous))
    if not found and isinstance(made, Content):
        return _stored(made), []
    if any(not one.path for one in found):
        return {}, sorted(found, key=in_order)[:PROBLEMS_KEPT]
    sound = _without(plain, {one.path[0] for one in found})
    stored = _stored(section.model.model_validate_json(to_json(sound)))
    return stored, sorted(found, key=in_order)[:PROBLEMS_KEPT]


def _without(content: Mapping[str, Any], names: set[str | int]) -> dict[str, Any]:
    return {name: value for name, value in content.items() if not names & {*spelled((name,)), name}}


def _stored(made: Content) -> dict[str, Any]:
    return made.model_dump(mode="json", exclude_none=True)


# --- what the section's model finds ----------------------------------------------------------------------------------


def _made(section: Section, text: bytes) -> Content | list[Problem]:
    """The content as its model has it; or all that the model finds wrong."""
    try:
        return section.model.model_validate_json(text)
    except ValidationError as error:
        return [_as_problem(section, found) for found in error.errors(include_url=False)]


def _as_problem(section: Section, found: ErrorDetails) -> Problem:
    key = reason(found)
    path = (*_path(section.model, found["loc"]), *_STEPS_INTO.get(key, ()))
    return problem(key, path, reads=frozenset({section.kind}), limits=_limits(found))


_REASONS: Final = {
    "missing": "REQUIRED",
    "extra_forbidden": "UNKNOWN_MEMBER",
    "greater_than": "MORE_THAN",
    "greater_than_equal": "AT_LEAST",
    "less_than": "LESS_THAN",
    "less_than_equal": "AT_MOST",
    "string_too_long": "TOO_LONG",
    "string_too_short": "EMPTY_TEXT",
    "enum": "UNKNOWN_CODE",
    "unknown_code": "UNKNOWN_CODE_IN_SYSTEM",
    "wrong_code_system": "WRONG_CODE_SYSTEM",
    "date_parsing": "MALFORMED_DATE",
    "datetime_parsing": "MALFORMED_TIME",
    "no_such_time": "MALFORMED_TIME",
    "json_invalid": "MALFORMED",
}
"""Messages by what Pydantic and our own checks (app/domain/card/values.py) call what they find."""

_STEPS_INTO: Final[dict[str, Path]] = {"UNKNOWN_CODE_IN_SYSTEM": ("code",), "WRONG_CODE_SYSTEM": ("codeSystem",)}
_LIMITS: Final = ("gt", "ge", "lt", "le", "max_length")


def reason(found: ErrorDetails) -> str:
    """The message for one thing that Pydantic found."""
    if found["type"] == "enum" and not isinstance(found["input"], str):
        return "BAD_TYPE"
    return _REASONS.get(found["type"], "BAD_TYPE")


def _limits(found: ErrorDetails) -> tuple[tuple[str, Any], ...]:
    context = found.get("ctx", {})
    limits = [("limit", context[name]) for name in _LIMITS if name in context]
    return (*limits, ("system", context["system"])) if "system" in context else tuple(limits)


def _path(model: type[BaseModel] | None, location: Names) -> Path:
    """A place in the model as a path. A step that is no name there (the branch of a union) is left out, except the
    name of a member that does not exist."""
    steps: list[str | int] = []
    for step in location:
        if isinstance(step, int):
            steps.append(step)
        elif model is not None:
            info = model.model_fields.get(step)
            steps.extend(spelled((step,)) if info else (step,))
            inner = shape_of(info.annotation).type if info else None
            model = inner if isinstance(inner, type) and issubclass(inner, BaseModel) else None
    return tuple(steps)


# --- what the declaration asks for beyond the model ------------------------------------------------------------------


def _found_by_declaration(section: Section, content: Mapping[str, Any]) -> Iterator[Problem]:
    """The model lets everything be unrecorded, so that any card can be taken in; what is written is held to more."""
    reads = frozenset({section.kind})
    found = recorded(section.model, content)
    for key, names, limits in (
        *_incomplete(section.model, content, ()),
        *(wrong for one in found for wrong in _CHECKS.get(one.member.shape.type, _nothing)(one)),
    ):
        yield problem(key, spelled(names), reads=reads, limits=limits)
    for one in found:
        if one.member.shape.content is not None:
            for key, names, limits in _incomplete(one.member.shape.content, one.value, one.names):
                yield problem(key, spelled(names), reads=reads, limits=limits)


_Told = tuple[str, Names, tuple[tuple[str, Any], ...]]


def _incomplete(model: type[Content], content: Any, names: Names) -> Iterator[_Told]:
    """What must be there and is not."""
    if not isinstance(content, Mapping):
        return
    facts, required = _facts(model)
    is_there = {name for name, value in content.items() if value is not None and name in facts}
    yield from (("REQUIRED", (*names, name), ()) for name in sorted(required - is_there))
    for name in is_there:
        needed = facts[name].needs
        if needed is not None and needed not in is_there:
            other = (facts[needed].english, facts[needed].norwegian)
            yield "MEANINGLESS_ALONE", (*names, name), (("other", other),)
    if names and isinstance(names[-1], int) and not required and not is_there:
        yield "EMPTY_ENTRY", names, ()


@cache
def _facts(model: type[Content]) -> tuple[Mapping[str, Fact], frozenset[str]]:
    """A model's facts by name, and the names of those that must be there."""
    facts = {member.name: member.declared for member in declared_in(model) if isinstance(member.declared, Fact)}
    return facts, frozenset(name for name, fact in facts.items() if fact.required)


def _empty_text(one: Recorded) -> Iterator[_Told]:
    """An empty text is no fact; what is not known is not recorded."""
    if isinstance(one.value, str) and not one.value.strip():
        yield "EMPTY_TEXT", one.names, ()


def _empty_code(one: Recorded) -> Iterator[_Told]:
    """The same of a coded value's parts."""
    if isinstance(one.value, Mapping):
        for name in CodedValue.model_fields:
            part = one.value.get(name)
            if isinstance(part, str) and not part.strip():
                yield "EMPTY_TEXT", (*one.names, name), ()


_SPELLINGS: Final[dict[Any, tuple[re.Pattern[str], str]]] = {
    date: (re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"), "MALFORMED_DATE"),
    datetime: (re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ].+"), "MALFORMED_TIME"),
}
"""Pydantic also takes a count of seconds in quotes for a date."""


def _badly_spelt(one: Recorded) -> Iterator[_Told]:
    spelling, key = _SPELLINGS[one.member.shape.type]
    if isinstance(one.value, str) and not spelling.fullmatch(one.value):
        yield key, one.names, ()


def _nothing(one: Recorded) -> tuple[_Told, ...]:
    return ()


_CHECKS: Final[Mapping[Any, Callable[[Recorded], Iterable[_Told]]]] = {
    str: _empty_text, CodedValue: _empty_code, date: _badly_spelt, datetime: _badly_spelt,
}  # fmt: skip
"""By type, what a value of it is looked at for."""
