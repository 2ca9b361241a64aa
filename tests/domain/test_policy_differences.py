"""The difference of two policies holds every cell that changes, and no other."""

import random
from collections.abc import Iterator
from typing import Any

import pytest

from app.domain.card.declaration import Fact, Sensitivity
from app.domain.card.sections import SECTIONS, DeclaredFact, facts_in
from app.domain.policy import Policy
from app.domain.policy_differences import EARLIER, READ, WRITE, Cell, differences, other_differences
from app.domain.viewer import CALLER_KIND_OF, CallerKind, Role
from app.domain.write_gate import WRITING_PURPOSES
from tests.access.proof.mutants import Mutant, all_mutants, expanded
from tests.policies import DRAFT, PILOT

DRAWN = 10


def is_plain(declared: DeclaredFact) -> bool:
    """A fact that stands or falls by its own sensitivity."""
    fact = declared.fact
    inside = any(isinstance(container.declared, Fact) for container in declared.containers)
    return not (fact.bundle or fact.escalation or fact.topic or inside)


PLAIN = {kind: list(facts_in(section)) for kind, section in SECTIONS.items() if all(map(is_plain, facts_in(section)))}


def cells() -> list[Mutant]:
    """Changes of one sensitivity of one section for one role, where it is plain which facts that concerns."""
    return [
        mutant
        for mutant in all_mutants()
        if mutant.kind == "cells" and mutant.section in PLAIN and "topic:" not in mutant.what
        and mutant.role is not None and not PILOT.roles[mutant.role].matrix_at_own_unit
    ]  # fmt: skip


def concerned(role: Role, kind: str, level: Sensitivity) -> Iterator[Cell]:
    """The cells that such a change turns round, by the rules as they are written."""
    entry, facts = PILOT.roles[role], PLAIN[kind]
    is_professional = CALLER_KIND_OF[role] not in (CallerKind.CITIZEN, CallerKind.REPRESENTATIVE)
    for purpose in PILOT.purposes_of(role):
        said = purpose.value if purpose else "-"
        if purpose and level in PILOT.said.purposes[purpose].withholds:
            continue
        for one in facts:
            if one.fact.sensitivity is level:
                yield Cell(role.value, said, one.graphql_path, READ)
            if is_professional and entry.earlier_cards and PILOT.said.earlier_cards[one.fact.sensitivity] is level:
                yield Cell(role.value, said, one.graphql_path, READ, EARLIER)
        if purpose in WRITING_PURPOSES and any(one.fact.sensitivity is level for one in facts):
            yield from _written(role, said, kind)


def _written(role: Role, purpose: str, kind: str) -> Iterator[Cell]:
    """Who does not read all of a section writes nothing of it."""
    entry = PILOT.roles[role]
    for unit_kind, name in {"": entry.writing, **entry.writing_at}.items():
        writing, where = PILOT.said.writing[name], f"at {unit_kind}" if unit_kind else ""
        only = writing.facts.get(kind)
        for one in PLAIN[kind] if kind in writing.sections else ():
            if only is None or one.path[0] in only:
                yield Cell(role.value, purpose, one.graphql_path, WRITE, where)


@pytest.mark.parametrize("seed", range(DRAWN))
def test_a_change_of_one_cell_is_the_only_difference(seed: int) -> None:
    """Drawn at random, given or taken: just the facts it concerns, in order, and back again the same the other way."""
    mutant = random.Random(f"one cell {seed}").choice(cells())
    assert mutant.role is not None
    assert mutant.section is not None
    level = Sensitivity(mutant.what.rsplit(" ", 1)[1])
    given = expanded(
        PILOT.document["matrices"][PILOT.roles[mutant.role].matrix].get(mutant.section, []), PILOT.document
    )
    before, after = ("yes", "no") if level in given else ("no", "yes")
    found = differences(PILOT, Policy(mutant.document))
    assert [one.what for one in found] == sorted(concerned(mutant.role, mutant.section, level))
    assert {(one.before, one.after) for one in found} <= {(before, after)}
    back = differences(Policy(mutant.document), PILOT)
    assert [(one.what, one.after, one.before) for one in back] == [(one.what, one.before, one.after) for one in found]
    assert other_differences(PILOT, Policy(mutant.document)) == []


def test_a_policy_does_not_differ_from_itself() -> None:
    """Under another name either."""
    same = Policy({**PILOT.document, "name": "the-same"})
    assert differences(PILOT, same) == other_differences(PILOT, same) == []


def test_the_draft_differs_in_what_it_says() -> None:
    """Each of its proposals shows, for whom it concerns, and nothing else."""
    found = {one.what: (one.before, one.after) for one in differences(PILOT, DRAFT)}
    by = {(cell.role, cell.purpose, cell.fact.split(".")[0], cell.access): change for cell, change in found.items()}
    assert by["GP", "TREAT", "birthOutcome", "write"] == ("no", "yes")
    assert by["IMAGING_AND_OTHER", "TREAT", "medication", "read"] == ("no", "yes")
    assert by["REPRESENTATIVE", "-", "laboratoryResults", "read"] == ("yes", "no")
    others = {key for key in by if key[1] != "COC" and key[0] not in ("GP", "IMAGING_AND_OTHER", "REPRESENTATIVE")}
    assert others == set()
    coordinating = {change for key, change in by.items() if key[1] == "COC" and key[0] != "IMAGING_AND_OTHER"}
    assert coordinating == {("yes", "no"), ("yes", "in part")}
    told = {one.what: (one.before, one.after) for one in other_differences(PILOT, DRAFT)}
    assert told == {
        "HEALTH_SECRETARY enabled": ("no", "yes"), "PUBLIC_HEALTH_NURSE enabled": ("no", "yes"),
        "SECRETARY access_log": ("NONE", "OWN_LOOKUPS"),
    }  # fmt: skip


CHANGES: dict[str, Any] = {
    "GP earlier_cards": lambda document: document["roles"]["GP"].update(earlier_cards=False),
    "HOSPITAL opens cards at EMERGENCY_CARE": lambda document: document["writing"]["visits"].update(opens=True),
    "elevation professions": lambda document: document["elevation"].update(professions=["LE"]),
    "aggregates minimum_cell": lambda document: document["aggregates"].update(minimum_cell=10),
}


@pytest.mark.parametrize("what", CHANGES)
def test_other_terms_are_told_too(what: str) -> None:
    """What a policy says besides the facts."""
    mutant = Mutant("terms", what, CHANGES[what])
    assert [one.what for one in other_differences(PILOT, Policy(mutant.document))] == [what]
