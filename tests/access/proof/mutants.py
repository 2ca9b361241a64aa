"""Policies that differ from the one in force in one cell, each with where the difference can show.

cells          one sensitivity or topic of one section, given to or taken from one role
own unit       the same of what a role sees more at its own unit, and that there is such a matrix
purposes       what a purpose withholds, and which purposes a role may give
levels         what the names for several sensitivities stand for
earlier cards  as how sensitive a fact counts on an earlier card
switches       what a role may ask for besides
writing        one section, one fact of a section written in part, opening and closing, at one kind of unit or another
elevation      the professions
facts          one fact declared as something else than it is
"""

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Final

from app.domain.card.declaration import Fact, Sensitivity, declared_in
from app.domain.card.provenance import Provenance
from app.domain.card.sections import SECTIONS
from app.domain.policy import PROVENANCE
from app.domain.viewer import Purpose, Role
from tests.policies import PILOT

Document = dict[str, Any]
DOCUMENT: Final[Mapping[str, Any]] = PILOT.document


@dataclass(frozen=True)
class Mutant:
    """One change.

    kind     as above
    what     in words
    change   changes a copy of the policy's document
    fact     where a declaration is changed and not the document: section kind, member and what it is instead
    role     the only role that is concerned; None: any may be
    purpose  the only purpose that is concerned; None: any may be
    """

    kind: str
    what: str
    change: Callable[[Document], None] = lambda _document: None
    fact: tuple[type[Any], str, Fact] | None = None
    role: Role | None = None
    purpose: Purpose | None = None
    switch: str | None = None
    section: str | None = None

    @property
    def document(self) -> Document:
        changed: Document = deepcopy(dict(DOCUMENT))
        self.change(changed)
        return changed


def all_mutants() -> list[Mutant]:
    """Every policy that differs in one cell."""
    made = [
        *_cells(), *_own_units(), *_purposes(), *_levels(), *_earlier_cards(), *_switches(), *_writing(), *_elevation(),
        *_facts(),
    ]  # fmt: skip
    return made


def topics_of(kind: str) -> list[str]:
    model = Provenance if kind == PROVENANCE else SECTIONS[kind].model
    return sorted(set(_topics(model)))


def _topics(model: Any) -> Iterator[str]:
    for member in declared_in(model):
        if isinstance(member.declared, Fact) and member.declared.topic:
            yield member.declared.topic
        if member.shape.content:
            yield from _topics(member.shape.content)


SECTION_KINDS: Final = (*SECTIONS, PROVENANCE)


def _entries(kind: str) -> list[str]:
    return [*Sensitivity, *(f"topic:{topic}" for topic in topics_of(kind))]


def expanded(entries: list[str], document: Mapping[str, Any]) -> list[str]:
    """Entries with every name for several sensitivities written out."""
    return [one for entry in entries for one in document["levels"].get(entry, [entry])]


def toggled(entries: list[str], entry: str, document: Mapping[str, Any]) -> list[str]:
    """The entries with one taken out that is in, or one more."""
    every = expanded(entries, document)
    return [one for one in every if one != entry] if entry in every else [*every, entry]


def _cells() -> Iterator[Mutant]:
    for role in Role:
        for kind in SECTION_KINDS:
            for entry in _entries(kind):
                yield Mutant(
                    "cells", f"{role}: {kind} {entry}", _cell(role, kind, str(entry), "matrix"), role=role, section=kind
                )


def _cell(role: Role, kind: str, entry: str, matrix: str) -> Callable[[Document], None]:
    """The role gets a matrix of its own, which differs in this."""

    def change(document: Document) -> None:
        settings = document["roles"][role.value]
        own = deepcopy(document["matrices"][settings[matrix]])
        own[kind] = toggled(own.get(kind, []), entry, document)
        document["matrices"]["changed"], settings[matrix] = own, "changed"

    return change


def _own_units() -> Iterator[Mutant]:
    for role in Role:
        if "matrix_at_own_unit" not in DOCUMENT["roles"][role.value]:
            continue
        for kind in SECTION_KINDS:
            for entry in _entries(kind):
                change = _cell(role, kind, str(entry), "matrix_at_own_unit")
                yield Mutant("own unit", f"{role} at own unit: {kind} {entry}", change, role=role, section=kind)
        yield Mutant("own unit", f"{role}: nothing more at own unit", _without(role, "matrix_at_own_unit"), role=role)


def _without(role: Role, name: str) -> Callable[[Document], None]:
    def change(document: Document) -> None:
        del document["roles"][role.value][name]

    return change


def _purposes() -> Iterator[Mutant]:
    for purpose in Purpose:
        for sensitivity in Sensitivity:
            yield Mutant(
                "purposes", f"{purpose} withholds {sensitivity}", _withholds(purpose, sensitivity), purpose=purpose
            )
        yield Mutant("purposes", f"{purpose} is not named", _unnamed(purpose), purpose=purpose)
        for role in Role:
            yield Mutant("purposes", f"{role} gives {purpose}", _gives(role, purpose), role=role)


def _withholds(purpose: Purpose, sensitivity: Sensitivity) -> Callable[[Document], None]:
    def change(document: Document) -> None:
        entry = document["purposes"][purpose.value]
        entry["withholds"] = toggled(entry["withholds"], sensitivity.value, document)

    return change


def _unnamed(purpose: Purpose) -> Callable[[Document], None]:
    def change(document: Document) -> None:
        del document["purposes"][purpose.value]

    return change


def _gives(role: Role, purpose: Purpose) -> Callable[[Document], None]:
    def change(document: Document) -> None:
        entry = document["roles"][role.value]
        entry["purposes"] = toggled(entry["purposes"], purpose.value, document)

    return change


def _levels() -> Iterator[Mutant]:
    for level in DOCUMENT["levels"]:
        for sensitivity in Sensitivity:
            yield Mutant("levels", f"{level}: {sensitivity}", _level(level, sensitivity))


def _level(level: str, sensitivity: Sensitivity) -> Callable[[Document], None]:
    def change(document: Document) -> None:
        document["levels"][level] = toggled(document["levels"][level], sensitivity.value, {"levels": {}})

    return change


def _earlier_cards() -> Iterator[Mutant]:
    for declared in Sensitivity:
        for counted in Sensitivity:
            if DOCUMENT["earlier_cards"][declared.value] != counted.value:
                yield Mutant("earlier cards", f"{declared} counts as {counted}", _counts_as(declared, counted))


def _counts_as(declared: Sensitivity, counted: Sensitivity) -> Callable[[Document], None]:
    def change(document: Document) -> None:
        document["earlier_cards"][declared.value] = counted.value

    return change


VALUES: Final[Mapping[str, tuple[Any, ...]]] = {
    "enabled": (True, False), "status": (True, False), "consent": ("FULL", "STATE", "NONE"),
    "access_log": ("OWN_CARD", "OWN_LOOKUPS", "ALL", "NONE"), "earlier_cards": (True, False),
    "erroneous_items": (True, False), "caseload": (True, False), "may_elevate": (True, False),
}  # fmt: skip
SWITCH_OF: Final = {"may_elevate": "elevation"}


def _switches() -> Iterator[Mutant]:
    for role in Role:
        for name, values in VALUES.items():
            now = DOCUMENT["roles"][role.value].get(name, False)
            for value in values:
                if value != now:
                    switch = SWITCH_OF.get(name, name.replace("_", " "))
                    yield Mutant(
                        "switches", f"{role}: {name} {value}", _set(role, name, value), role=role, switch=switch
                    )
    yield Mutant("switches", "the policy's name", _named, switch="policy")


def _set(role: Role, name: str, value: Any) -> Callable[[Document], None]:
    def change(document: Document) -> None:
        document["roles"][role.value][name] = value

    return change


def _named(document: Document) -> None:
    document["name"] = "another-policy"


def _writing() -> Iterator[Mutant]:
    for role in Role:
        entry = DOCUMENT["roles"][role.value]
        places = [("", entry["writing"]), *entry.get("writing_at", {}).items()]
        for unit_kind, writing in places:
            at = f" at {unit_kind}" if unit_kind else ""
            for kind in SECTIONS:
                yield Mutant(
                    "writing", f"{role}{at} writes {kind}", _writes(role, unit_kind, kind), role=role, section=kind
                )
            for what in ("opens", "closes"):
                yield Mutant("writing", f"{role}{at} {what}", _does(role, unit_kind, what), role=role, section=what)
            for kind, names in DOCUMENT["writing"][writing].get("facts", {}).items():
                yield from _facts_written(role, unit_kind, kind, names)
    yield Mutant("writing", "no unit is different", _without(Role.HOSPITAL, "writing_at"), role=Role.HOSPITAL)


def _facts_written(role: Role, unit_kind: str, kind: str, names: list[str]) -> Iterator[Mutant]:
    for member in declared_in(SECTIONS[kind].model):
        what = f"{role} writes {kind}.{member.name}"
        yield Mutant("writing", what, _writes_fact(role, unit_kind, kind, member.name), role=role, section=kind)


def _own_writing(document: Document, role: Role, unit_kind: str) -> Any:
    """What the role writes there, from now on its own."""
    settings = document["roles"][role.value]
    where, name = (settings["writing_at"], unit_kind) if unit_kind else (settings, "writing")
    document["writing"]["changed"] = deepcopy(document["writing"][where[name]])
    where[name] = "changed"
    return document["writing"]["changed"]


def _writes(role: Role, unit_kind: str, kind: str) -> Callable[[Document], None]:
    def change(document: Document) -> None:
        own = _own_writing(document, role, unit_kind)
        own["sections"] = toggled(own["sections"], kind, {"levels": {}})

    return change


def _writes_fact(role: Role, unit_kind: str, kind: str, name: str) -> Callable[[Document], None]:
    def change(document: Document) -> None:
        own = _own_writing(document, role, unit_kind)
        own["facts"][kind] = toggled(own["facts"][kind], name, {"levels": {}})

    return change


def _does(role: Role, unit_kind: str, what: str) -> Callable[[Document], None]:
    def change(document: Document) -> None:
        own = _own_writing(document, role, unit_kind)
        own[what] = not own[what]

    return change


PROFESSIONS: Final = ("LE", "JO", "SP", "RA", "BI", "HE")


def _elevation() -> Iterator[Mutant]:
    for profession in PROFESSIONS:
        yield Mutant("elevation", f"{profession} elevates", _elevates(profession), switch="elevation")


def _elevates(profession: str) -> Callable[[Document], None]:
    def change(document: Document) -> None:
        entry = document["elevation"]
        entry["professions"] = toggled(entry["professions"], profession, {"levels": {}})

    return change


def _facts() -> Iterator[Mutant]:
    from dataclasses import replace

    for kind in SECTION_KINDS:
        model = Provenance if kind == PROVENANCE else SECTIONS[kind].model
        for owner, path, name, fact in _declared(model, kind):
            for sensitivity in Sensitivity:
                if sensitivity is not fact.sensitivity:
                    changed = replace(fact, sensitivity=sensitivity)
                    yield Mutant("facts", f"{path} is {sensitivity}", fact=(owner, name, changed), section=kind)
            if fact.topic:
                yield Mutant(
                    "facts", f"{path} has no topic", fact=(owner, name, replace(fact, topic=None)), section=kind
                )
            if fact.escalation:
                plain = replace(fact, escalation=None)
                yield Mutant("facts", f"{path} is never more", fact=(owner, name, plain), section=kind)
            if fact.bundle:
                alone = replace(fact, bundle=None)
                yield Mutant("facts", f"{path} stands alone", fact=(owner, name, alone), section=kind)


def _declared(model: Any, path: str) -> Iterator[tuple[Any, str, str, Fact]]:
    for member in declared_in(model):
        if isinstance(member.declared, Fact):
            yield model, f"{path}.{member.name}", member.name, member.declared
        if member.shape.content:
            yield from _declared(member.shape.content, f"{path}.{member.name}")
