"""What a command answers: what was recorded, or who was there first, or everything that is wrong in the input."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Annotated, Any, Final, Union

import strawberry

from app.domain import contract
from app.domain.card.declaration import SECTIONS, Section, camel
from app.domain.card.provenance import Author
from app.domain.commands import Conflict, Invalid, Outcome
from app.domain.record import RecordStatus
from app.domain.validation.problems import Problem
from resolvers.access import described
from resolvers.card import content_type, made_type, shared_type

TYPENAME: Final = "__typename"
"""Says of a result, or of an item of any section, which type of a union it is."""


@strawberry.type(description="Something wrong in an input, or something in it that is possible and looks wrong.")
class InputProblem:
    path: list[str] = described("Where in the input: argument, field, place in a list.")
    code: str = described("A stable code for programs.")
    english: str = described("What is wrong, in English; never repeats the value.")
    norwegian: str = described("The same in bokmål.")


@strawberry.type(description="The input cannot be taken in. Nothing was changed. Norwegian: ugyldig inndata.")
class InvalidInput:
    problems: list[InputProblem] = described("Everything that is wrong in it.")


WRITTEN_SECTIONS: Final = tuple(section for kind, section in SECTIONS.items() if contract.writers_of(kind))
"""The sections that anybody may write; a section that nobody may read whole nobody may write."""


def section_type(section: Section) -> Any:
    return content_type(section.model, camel(section.kind), section)


def pascal(noun: str) -> str:
    name = camel(noun)
    return name[0].upper() + name[1:]


SectionItem: Any = Annotated[
    Union[tuple(section_type(section) for section in WRITTEN_SECTIONS)],  # noqa: UP007 - the members are made at run time
    strawberry.union("SectionItem", description="An item of any section."),
]


def _version_conflict() -> Any:
    members: dict[str, tuple[Any, str]] = {
        "expected_version": (int | None, "The version the writer had read; null when the item was to be new."),
        "current_version": (int, "The version there is."),
        "changed_at": (datetime, "When that was written."),
        "changed_by": (shared_type(Author, "provenance.lastUpdatedBy") | None, "Who wrote it."),
        "current": (SectionItem | None, "The item as it is now; null for the card's head."),
    }
    return made_type(
        "VersionConflict", {name: kind for name, (kind, _) in members.items()},
        {name: described(text) for name, (_, text) in members.items()},
        "Somebody wrote in between. Nothing was changed: read what is there now, and send the command again with its "
        "version. Norwegian: versjonskonflikt.",
    )  # fmt: skip


VersionConflict: Any = _version_conflict()

RECORDED_CARD: Final[Mapping[str, tuple[Any, str]]] = {
    "record_id": (strawberry.ID, "The card that was written to."),
    "record_version": (int, "Version of the card's head."),
    "warnings": (list[InputProblem], "What is possible and looks wrong; it was recorded all the same."),
}


def _recorded(name: str, more: Mapping[str, tuple[Any, str]], description: str) -> Any:
    members = {**more, **RECORDED_CARD}
    annotations = {member: kind for member, (kind, _) in members.items()}
    fields = {member: described(text) for member, (_, text) in members.items()}
    return made_type(name, annotations, fields, description)


@cache
def result_of(section: Section, *with_it: Section) -> Any:
    """The result of every command that writes this section, `with_it` being sections that may be written along."""
    items: dict[str, tuple[Any, str]] = {
        one.noun: (section_type(one) | None, f"The item as it was recorded. Norwegian: {one.norwegian}.")
        for one in (section, *with_it)
    }
    name = pascal(section.noun)
    recorded = _recorded(f"{name}Recorded", items, f"It was recorded. Norwegian: {section.norwegian}.")
    return _union(f"{name}Result", recorded, f"What came of writing: {section.english.lower()}.")


def _union(name: str, recorded: Any, description: str) -> Any:
    members = Union[recorded, VersionConflict, InvalidInput]  # noqa: UP007 - the members are made at run time
    return Annotated[members, strawberry.union(name, description=description)]


_CARD: Final[Mapping[str, tuple[Any, str]]] = {"status": (RecordStatus, "Where the card stands now.")}
CardWritten: Any = _recorded("CardWritten", _CARD, "The card was opened or closed.")
CardResult: Any = _union("CardResult", CardWritten, "What came of opening or closing the card.")


def as_result(outcome: Outcome, recorded_type: str, members: Mapping[str, str]) -> dict[str, Any]:
    """An outcome as a source for its GraphQL type. `members`: by the command's name for an item, its field."""
    if isinstance(outcome, Invalid):
        return {TYPENAME: "InvalidInput", "problems": as_problems(outcome.problems)}
    if isinstance(outcome, Conflict):
        return _as_conflict(outcome)
    items = {members[name]: document for name, (_, document) in outcome.items.items() if name in members}
    return {
        TYPENAME: recorded_type, **items, "record_id": outcome.record_id, "record_version": outcome.record_version,
        "status": outcome.status, "warnings": as_problems(outcome.warnings),
    }  # fmt: skip


def _as_conflict(outcome: Conflict) -> dict[str, Any]:
    current = None
    if outcome.current is not None and outcome.kind is not None:
        current = {**outcome.current, TYPENAME: SECTIONS[outcome.kind].model.__name__}
    return {
        TYPENAME: "VersionConflict", "expected_version": outcome.expected_version,
        "current_version": outcome.current_version, "changed_at": outcome.changed_at, "changed_by": outcome.changed_by,
        "current": current,
    }  # fmt: skip


def as_problems(problems: Any) -> list[dict[str, Any]]:
    return [_as_problem(found) for found in problems]


def _as_problem(found: Problem) -> dict[str, Any]:
    path = [str(step) for step in found.path]
    return {"path": path, "code": found.code, "english": found.english, "norwegian": found.norwegian}
