"""Path independence: there is no way to a fact that the matrix does not take, so none on which it is decided otherwise.

The matrix (`matrix.txt`) asks for every fact as every caller by the field itself, in fragments, under aliases, in the last
item, in history, in the feed of changes, in lists, in errors and in the ledger, and says where they differ. Here it is
shown that these are all the ways there are.
"""

from collections.abc import Iterator

import pytest
from graphql import GraphQLObjectType, GraphQLSchema, GraphQLUnionType, get_named_type

from app.domain.card.sections import SECTIONS
from app.domain.policy import ProfileKey
from app.domain.viewer import CALLER_KIND_OF, CallerKind, Role
from app.domain.write_gate import writing_in
from resolvers.views import CARD_TYPE, view_for
from tests.access.proof.routes import ROUTES
from tests.policies import PILOT

MODELS = {section.model.__name__ for section in SECTIONS.values()}
CARDS = {"card", "myCard", "earlierCards"}
"""The root fields that give cards; the last of them by a profile of its own."""

UNIT_KINDS = ("", "GP_OFFICE", "MUNICIPAL_HEALTH", "HOSPITAL", "EMERGENCY_CARE", "IMAGING")


def ways_into_sections(schema: GraphQLSchema) -> Iterator[str]:
    """The types of a view that have a field whose value is a section, or an item of one."""
    for type_ in schema.type_map.values():
        if isinstance(type_, GraphQLObjectType) and type_.name not in MODELS:
            if any(get_named_type(field.type).name in MODELS for field in type_.fields.values()):
                yield type_.name
        elif isinstance(type_, GraphQLUnionType) and any(one.name in MODELS for one in type_.types):
            yield type_.name


@pytest.mark.parametrize("kind", CallerKind)
def test_sections_stand_on_cards_in_history_and_in_answers_to_commands_alone(kind: CallerKind) -> None:
    """On the card, in a version of an item, in what a command recorded, and in the item that a command came too late
    for. There is no look-up by id, no search, no timeline of values."""
    schema = view_for(kind).graphql
    others = {name for name in ways_into_sections(schema) if not name.endswith(("Version", "Recorded"))}
    assert others <= {CARD_TYPE, "SectionItem"}
    assert "history" in ROUTES


@pytest.mark.parametrize("kind", CallerKind)
def test_cards_are_given_by_three_fields_alone(kind: CallerKind) -> None:
    """The one that is asked about, her own, and the earlier ones; nothing below a root field leads back to a card."""
    schema = view_for(kind).graphql
    roots = {root for root in (schema.query_type, schema.mutation_type, schema.subscription_type) if root}
    for type_ in schema.type_map.values():
        for name, field in type_.fields.items() if isinstance(type_, GraphQLObjectType) else ():
            if get_named_type(field.type).name == CARD_TYPE:
                assert type_ in roots
                assert name in CARDS


@pytest.mark.parametrize("role", Role)
def test_what_a_command_answers_with_its_caller_reads_anyway(role: Role) -> None:
    """A section is written only by who reads the whole of it: what was recorded, or was there before, is no news."""
    for purpose in PILOT.purposes_of(role):
        for unit_kind in UNIT_KINDS:
            writing = writing_in(PILOT, role, purpose, unit_kind)
            for own_unit in (False, True):
                releases = PILOT.profile(ProfileKey(role, purpose, own_unit)).releases
                if (
                    CALLER_KIND_OF[role] is CallerKind.CLINICIAN
                    and PILOT.profile(ProfileKey(role, purpose)).reads_anything
                ):
                    assert all(releases[kind].whole for kind in writing.sections)
