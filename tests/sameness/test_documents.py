"""The documents that sameness is proven with: all valid, and together of everything there is."""

import random
import re
from collections.abc import Iterator

import pytest
from graphql import (
    DirectiveLocation,
    FieldNode,
    GraphQLSchema,
    GraphQLUnionType,
    OperationType,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    parse,
    print_ast,
    validate,
    visit,
)

from app.domain.viewer import CallerKind
from app.execution.documents import Documents
from resolvers.views import view_for
from tests.sameness.documents import Drawn, draw, reachable
from tests.sameness.shrinking import shrunk
from tests.sameness.values import scalars

KINDS = list(CallerKind)
DRAWN_AT_MOST = 6_000
WORD = re.compile(r"\w+")
OF = scalars(("17849644092",))


def drawn(schema: GraphQLSchema, kind: OperationType, how_many: int, largest: int = 60) -> Iterator[Drawn]:
    for seed in range(how_many):
        dice = random.Random(f"{kind} {seed}")
        yield draw(schema, dice, dice.randint(1, largest), OF, kind)


def operations(schema: GraphQLSchema) -> list[OperationType]:
    return [kind for kind in OperationType if schema.get_root_type(kind)]


@pytest.mark.parametrize("caller", KINDS)
def test_every_document_is_valid_and_hardly_any_is_beyond_a_limit(caller: CallerKind) -> None:
    """A document that is not run proves nothing."""
    schema, beyond = view_for(caller).graphql, 0
    for kind in operations(schema):
        for document in drawn(schema, kind, 30):
            errors = Documents(hide_suggestions=False).get(caller, document.text).errors
            codes = {error.extensions["code"] for error in errors if error.extensions}
            assert not codes & {"GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED"}, (errors, document.text)
            beyond += bool(codes)
    assert beyond <= 3


class _Met(Visitor):
    """What a document selects."""

    def __init__(self, types: TypeInfo) -> None:
        super().__init__()
        self.types = types
        self.fields: set[tuple[str, str]] = set()
        self.directives: set[tuple[str, str]] = set()
        self.kinds: set[str] = set()
        self.members: set[tuple[str, str]] = set()

    def enter(self, node: object, *_: object) -> None:
        self.kinds.add(type(node).__name__)
        here, parent = self.types.get_type(), self.types.get_parent_type()
        if isinstance(node, FieldNode) and parent is not None:
            self.fields.add((parent.name, node.name.value))
        for directive in getattr(node, "directives", None) or ():
            self.directives.add((type(node).__name__, directive.name.value))
        if type(node).__name__ == "InlineFragmentNode" and isinstance(parent, GraphQLUnionType) and here:
            self.members.add((parent.name, str(here)))


@pytest.mark.parametrize("caller", KINDS)
def test_together_they_select_every_field_of_a_view(caller: CallerKind) -> None:
    """Each field below each root, in questions, commands and streams; nothing of the schema is left out."""
    schema = view_for(caller).graphql
    types = TypeInfo(schema)
    for kind in operations(schema):
        met, missing = _Met(types), set(reachable(schema.get_root_type(kind)))
        for document in drawn(schema, kind, DRAWN_AT_MOST, largest=150):
            if not missing:
                break
            if {name for _, name in missing} & set(WORD.findall(document.text)):
                visit(parse(document.text), TypeInfoVisitor(types, met))
                missing -= met.fields
        assert not missing, f"{kind}: {sorted(missing)}"


NODE_AT = {
    DirectiveLocation.FIELD: "FieldNode", DirectiveLocation.FRAGMENT_SPREAD: "FragmentSpreadNode",
    DirectiveLocation.INLINE_FRAGMENT: "InlineFragmentNode",
}  # fmt: skip
NODES = {"FragmentDefinitionNode", "VariableDefinitionNode", "EnumValueNode", "NullValueNode", "ListValueNode"}


def test_together_they_use_everything_the_language_has() -> None:
    """Directives wherever they may stand, fragments of both kinds, members of unions, variables with defaults."""
    schema = view_for(CallerKind.CLINICIAN).graphql
    types = TypeInfo(schema)
    met = _Met(types)
    there = {(NODE_AT[at], found.name) for found in schema.directives for at in found.locations if at in NODE_AT}
    unions = [found for found in schema.type_map.values() if isinstance(found, GraphQLUnionType)]
    members = {(union.name, member.name) for union in unions for member in union.types}
    for document in drawn(schema, OperationType.MUTATION, DRAWN_AT_MOST):
        visit(parse(document.text), TypeInfoVisitor(types, met))
        if there <= met.directives and members <= met.members and met.kinds >= NODES:
            return
    raise AssertionError(there - met.directives, members - met.members, NODES - met.kinds)


def test_a_document_is_made_small_without_losing_what_is_wrong_with_it() -> None:
    """All that does not matter is taken out, and what is left is valid."""
    schema = view_for(CallerKind.CLINICIAN).graphql
    text = """query A($v: Boolean = true, $p: NationalIdentityNumber!) { me { kind ...F } card(patient: $p) { status ...G @include(if: $v) } }
      fragment F on Me { role unit { name } } fragment G on MaternityRecord { mother { x: name @skip(if: false) } }"""
    small = shrunk(text, schema, lambda tried: "name" in tried and "mother" in tried)
    assert not validate(schema, parse(small))
    assert small == print_ast(
        parse(
            "query A($p: NationalIdentityNumber!) { card(patient: $p) { ...G } } fragment G on MaternityRecord { mother { name } }"
        )
    )
