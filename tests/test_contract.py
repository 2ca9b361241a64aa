"""The printed contract: what the schema promises, checked by walking it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLNonNull,
    GraphQLObjectType,
    is_introspection_type,
    is_specified_scalar_type,
)

from app.domain.card.declaration import Content, Group, camel, declared_in
from app.domain.card.provenance import Provenance
from app.domain.card.sections import SECTIONS, walk
from app.domain.history import HISTORY
from app.domain.ledger import SEARCH
from app.domain.policy import declared_paths
from app.domain.viewer import CALLER_KIND_OF, CallerKind
from resolvers.card import describe
from resolvers.views import CARD_TYPE, printed, view_for
from tests.policies import PILOT

ROOT = Path(__file__).parents[1]
EVERY_VIEW = [None, *CallerKind]


def fields(kind: CallerKind | None) -> Iterator[tuple[str, str, GraphQLField]]:
    for type_ in view_for(kind).graphql.type_map.values():
        if isinstance(type_, GraphQLObjectType) and not is_introspection_type(type_):
            for name, field in type_.fields.items():
                yield type_.name, name, field


def test_the_committed_schema_is_what_the_code_prints() -> None:
    """`schema.graphql` cannot lie."""
    assert (ROOT / "schema.graphql").read_text(encoding="utf-8") == printed()


def test_everything_in_the_schema_is_described_in_english() -> None:
    """Every type, field, argument and enum value says what it is."""
    for name, type_ in view_for(None).graphql.type_map.items():
        if is_introspection_type(type_) or is_specified_scalar_type(type_):
            continue
        assert type_.description, name
        if isinstance(type_, GraphQLEnumType):
            assert all(value.description for value in type_.values.values()), name
    for type_name, name, field in fields(None):
        assert field.description, f"{type_name}.{name}"
        for argument_name, argument in field.args.items():
            assert argument.description, f"{type_name}.{name}({argument_name})"


def test_a_facts_description_carries_its_norwegian_label_and_unit() -> None:
    """A client developer reads label and unit where she reads the field."""
    for fact in walk():
        text = describe(fact.fact)
        assert f"Norwegian: {fact.fact.norwegian}." in text
        assert fact.fact.unit is None or f"Unit: {fact.fact.unit}." in text


def test_every_declared_fact_prints_its_access() -> None:
    """Each fact that anybody may read stands in the contract with sensitivity and roles."""
    text, facts = printed(), [fact for fact in walk() if fact.graphql_path in PILOT.readers]
    assert len(facts) > 124
    for fact in facts:
        name = camel(fact.path[-1])
        assert re.search(rf"\b{name}: .*@access\(sensitivity: {fact.fact.sensitivity}, roles: \[CITIZEN", text), name


def test_whatever_can_be_withheld_is_nullable() -> None:
    """A refusal is null and never takes its neighbours with it: sections, facts, groups and provenance."""
    contents, sections = set(content_types()), {section.graphql_name for section in SECTIONS.values()}
    assert {"AntenatalVisit", "FetalObservation", "BloodType", "Provenance", "Author"} <= contents
    checked = 0
    for type_name, name, field in fields(None):
        if type_name in contents or (type_name == CARD_TYPE and name in sections):
            assert not isinstance(field.type, GraphQLNonNull), f"{type_name}.{name}"
            checked += 1
    assert checked > len(declared_paths()) * 0.8


def content_types() -> Iterator[str]:
    """The GraphQL types made from declared models, containers inside them included."""
    for model in (*(section.model for section in SECTIONS.values()), Provenance):
        yield from _with_containers(model)


def _with_containers(model: type[Content]) -> Iterator[str]:
    yield model.__name__
    for member in declared_in(model):
        if member.shape.content:
            yield from _with_containers(member.shape.content)


@pytest.mark.parametrize("kind", list(CallerKind))
def test_a_view_holds_just_what_its_kind_of_caller_can_ever_read(kind: CallerKind) -> None:
    """A fact is in a view when one of the kind's roles reads it in some purpose, and otherwise it is not there."""
    roles = {role for role, caller in CALLER_KIND_OF.items() if caller is kind}
    readers = PILOT.readers
    in_view = paths_in_view(kind)
    for path in declared_paths():
        readable = bool(roles & set(readers.get(path, ())))
        assert (path in in_view) == readable, path


def paths_in_view(kind: CallerKind) -> set[str]:
    """Paths of the declared facts that a view has fields for."""
    card = view_for(kind).graphql.get_type(CARD_TYPE)
    found: set[str] = set()
    if isinstance(card, GraphQLObjectType):
        for section in SECTIONS.values():
            if section.graphql_name in card.fields:
                _add_paths(card.fields[section.graphql_name], section.graphql_name, found)
    return found & declared_paths()


def _add_paths(field: GraphQLField, path: str, found: set[str]) -> None:
    from graphql import get_named_type

    found.add(path)
    below = get_named_type(field.type)
    if isinstance(below, GraphQLObjectType):
        for name, inner in below.fields.items():
            if name == HISTORY:
                continue  # leads back to the same type
            _add_paths(inner, "provenance" if name == "provenance" else f"{path}.{name}", found)


def test_the_machine_sees_status_and_nothing_of_any_card() -> None:
    """A system without a person has no card in its schema at all."""
    assert CARD_TYPE not in view_for(CallerKind.MACHINE).graphql.type_map


def test_a_citizen_cannot_even_name_a_patient() -> None:
    """No field of the citizen's view takes a patient."""
    assert all("patient" not in field.args for _, _, field in fields(CallerKind.CITIZEN))


def test_everybody_else_must_name_one() -> None:
    """Where another caller asks about a woman, the patient is required; the auditor's search may be about all."""
    for kind in (CallerKind.CLINICIAN, CallerKind.SECRETARY, CallerKind.MACHINE, CallerKind.AUDITOR):
        for _, name, field in fields(kind):
            if name == SEARCH:
                continue
            assert "patient" not in field.args or isinstance(field.args["patient"].type, GraphQLNonNull)


def test_groups_are_never_facts() -> None:
    """A container that only groups facts carries no access of its own; the facts inside do."""
    for section in SECTIONS.values():
        for member in declared_in(section.model):
            if isinstance(member.declared, Group):
                assert f"{section.graphql_name}.{camel(member.name)}" not in declared_paths()
