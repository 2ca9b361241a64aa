"""What a policy's document may say: its shape, and that everything it names exists.

A document is data: TOML as it was read, or the same as Python values. What it does not mention is closed to everybody.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from enum import StrEnum
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, ValidationError

from app.domain.aggregates import Disclosure
from app.domain.card.declaration import Sensitivity, declared_in
from app.domain.card.provenance import PROVENANCE
from app.domain.card.sections import SECTIONS, facts_in
from app.domain.code_systems import CODE_SYSTEMS
from app.domain.viewer import Purpose, Role

TOPIC: Final = "topic:"
SECTIONS_READ: Final = {**SECTIONS, PROVENANCE.kind: PROVENANCE}


class PolicyError(Exception):
    """A policy that cannot be taken as it stands; the message says which, where and why."""


class PolicyStatus(StrEnum):
    """`DRAFT`: a proposal. It is compared with and tried beside the policy in force, and never comes into force."""

    ADOPTED = "adopted"
    DRAFT = "draft"


class _Said(BaseModel):
    """A part of a document: nothing in it is unknown, nothing changes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class RolePolicy(_Said):
    """What the policy says of one role, apart from the facts."""

    enabled: StrictBool
    purposes: frozenset[Purpose]
    matrix: str
    matrix_at_own_unit: str | None = None
    status: StrictBool
    consent: Literal["FULL", "STATE", "NONE"]
    access_log: Literal["OWN_CARD", "OWN_LOOKUPS", "ALL", "NONE"]
    earlier_cards: StrictBool
    erroneous_items: StrictBool
    caseload: StrictBool
    writing: str
    writing_at: Mapping[str, str] = Field(default_factory=dict)
    may_elevate: StrictBool = False


class Writing(_Said):
    """What may be written, before it is asked whether all of it was read.

    facts   by section kind, the only facts of it that may be written; a section that is not in it may be written whole
    """

    opens: StrictBool
    closes: StrictBool
    sections: frozenset[str]
    facts: Mapping[str, frozenset[str]] = Field(default_factory=dict)


class PurposePolicy(_Said):
    """What a purpose takes away, and by which rule."""

    withholds: frozenset[Sensitivity]
    rule: str = Field(min_length=1)


class ElevationPolicy(_Said):
    """Who opens what a woman has blocked: Volven 9060 codes of professions."""

    professions: frozenset[str]


class PolicyDocument(_Said):
    """One policy, whole: what it extends has been put in."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")
    status: PolicyStatus
    legal_basis: str = Field(min_length=1)
    valid_from: date
    levels: Mapping[str, frozenset[Sensitivity]]
    earlier_cards: Mapping[Sensitivity, Sensitivity]
    purposes: Mapping[Purpose, PurposePolicy]
    matrices: Mapping[str, Mapping[str, tuple[str, ...]]]
    writing: Mapping[str, Writing]
    elevation: ElevationPolicy
    aggregates: Disclosure
    roles: Mapping[Role, RolePolicy]


def read_document(document: Mapping[str, Any]) -> PolicyDocument:
    """A document of the right shape, whatever it names. Raises PolicyError."""
    try:
        return PolicyDocument.model_validate(document)
    except ValidationError as error:
        problems = "; ".join(_told(problem) for problem in error.errors(include_url=False, include_input=False))
        raise PolicyError(f"policy {document.get('name', 'without a name')}: {problems}") from error


def _told(problem: Any) -> str:
    place = ".".join(str(step) for step in problem["loc"])
    return f"{place}: {problem['msg']}"


def check_names(said: PolicyDocument) -> None:
    """Raise PolicyError for a document that names what is not there, or is laxer than the rules allow any to be."""
    problem = next(_problems(said), None)
    if problem is not None:
        raise PolicyError(f"policy {said.name}: {problem}")


def _problems(said: PolicyDocument) -> Iterator[str]:
    yield from _problems_of_roles(said)
    for name, matrix in said.matrices.items():
        if unknown := matrix.keys() - SECTIONS_READ.keys():
            yield f"matrix {name}: there is no section {_listed(unknown)}"
        for kind, entries in matrix.items():
            if unknown := {entry for entry in entries if not _is_granted(said, kind, entry)}:
                yield f"matrix {name}, {kind}: no level, sensitivity or topic is called {_listed(unknown)}"
    for name, writing in said.writing.items():
        yield from _problems_of_writing(name, writing)
    if unknown := {code for code in said.elevation.professions if CODE_SYSTEMS["volven_9060"].find(code) is None}:
        yield f"there is no profession {_listed(unknown)} in Volven 9060"
    yield from _problems_of_earlier_cards(said)


def _problems_of_roles(said: PolicyDocument) -> Iterator[str]:
    if unsaid := set(Role) - said.roles.keys():
        yield f"roles does not name {_listed(unsaid)}"
    for role, entry in said.roles.items():
        for matrix in (entry.matrix, entry.matrix_at_own_unit):
            if matrix is not None and matrix not in said.matrices:
                yield f"{role} has the matrix {matrix}, which is not there"
        for writing in (entry.writing, *entry.writing_at.values()):
            if writing not in said.writing:
                yield f"{role} writes {writing}, which is not there"


def _is_granted(said: PolicyDocument, kind: str, entry: str) -> bool:
    if entry.startswith(TOPIC):
        return entry.removeprefix(TOPIC) in {declared.fact.topic for declared in facts_in(SECTIONS_READ[kind])}
    return entry in said.levels or entry in Sensitivity.__members__


def _problems_of_writing(name: str, writing: Writing) -> Iterator[str]:
    if unknown := writing.sections - SECTIONS.keys():
        yield f"writing {name}: there is no section {_listed(unknown)}"
    for kind, facts in writing.facts.items():
        if kind not in writing.sections:
            yield f"writing {name}: facts of {kind}, which is not among the sections written"
        elif unknown := facts - {member.name for member in declared_in(SECTIONS[kind].model)}:
            yield f"writing {name}: {kind} has no fact {_listed(unknown)}"


def _problems_of_earlier_cards(said: PolicyDocument) -> Iterator[str]:
    levels = list(Sensitivity)
    if unsaid := set(levels) - said.earlier_cards.keys():
        yield f"earlier_cards does not say what becomes of {_listed(unsaid)}"
    for level, there in said.earlier_cards.items():
        if levels.index(there) < levels.index(level):
            yield f"earlier_cards makes {level} facts less sensitive (rule F-9)"


def _listed(names: Collection[str]) -> str:
    return ", ".join(sorted(names))
