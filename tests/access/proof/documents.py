"""Documents that ask for every fact of a card, each by another route."""

from collections.abc import Callable, Iterator
from functools import cache
from itertools import count
from typing import Any, Final

from graphql import GraphQLObjectType, GraphQLSchema, get_named_type

from app.domain.card.sections import SECTION_NAMED
from app.domain.history import HISTORY
from app.domain.viewer import CallerKind
from resolvers import limits
from resolvers.views import CARD_TYPE
from tests.access.proof.columns import OWN
from tests.whole_card import selection

WITHHELD: Final = "withheldByPatientCount withheld { path reason rule elevation }"
ALIASES_KEPT_FREE: Final = 5


def operation(kind: CallerKind, below: str, *, also: str = "", field: str = "card", arguments: str = "") -> str:
    """A query for the caller's own card, or for that of the woman who is named. The answer has it as `card`."""
    if kind in OWN:
        named = "myCard" if field == "card" else field
        return f"{{ card: {named} {{ {below} }} }} {also}"
    given = f"(patient: $patient{arguments})"
    return f"query($patient: NationalIdentityNumber!) {{ card: {field}{given} {{ {below} }} }} {also}"


def has_card(schema: GraphQLSchema) -> bool:
    """Whether a caller with this view can ask for a card at all."""
    return CARD_TYPE in schema.type_map


def sections_in(schema: GraphQLSchema) -> list[str]:
    card: Any = schema.get_type(CARD_TYPE)
    return [name for name in card.fields if name in SECTION_NAMED]


@cache
def _selected(schema: GraphQLSchema, name: str) -> str:
    card: Any = schema.get_type(CARD_TYPE)
    return f"{{ {selection(schema, get_named_type(card.fields[name].type).name)} }}"


def direct(schema: GraphQLSchema, kind: CallerKind) -> str:
    """Every fact by its own name."""
    below = " ".join(f"{name} {_selected(schema, name)}" for name in sections_in(schema))
    return operation(kind, f"{below} {WITHHELD}")


def careless(schema: GraphQLSchema, kind: CallerKind) -> str:
    """The same without asking what is withheld: it comes as errors."""
    return operation(kind, " ".join(f"{name} {_selected(schema, name)}" for name in sections_in(schema)))


def in_fragments(schema: GraphQLSchema, kind: CallerKind) -> str:
    """Every section in a fragment of its own, and all of them in one."""
    card: Any = schema.get_type(CARD_TYPE)
    types = {name: get_named_type(card.fields[name].type).name for name in sections_in(schema)}
    named = " ".join(f"fragment {name} on {types[name]} {_selected(schema, name)}" for name in types)
    spread = " ".join(f"... on {CARD_TYPE} {{ {name} {{ ...{name} }} }}" for name in types)
    return operation(kind, f"...whole {WITHHELD}", also=f"fragment whole on {CARD_TYPE} {{ {spread} }} {named}")


def under_aliases(schema: GraphQLSchema, kind: CallerKind) -> list[str]:
    """Every field under an alias; in as many documents as the limit on aliases makes it. Aliases end on the field's
    own name."""
    numbers = count()
    aliased = {name: _aliased(schema, name, lambda: next(numbers)) for name in sections_in(schema)}
    documents: list[list[str]] = [[]]
    room = most = limits.DOCUMENT_MAX_ALIASES - ALIASES_KEPT_FREE
    for text in aliased.values():
        used = text.count(": ")
        if used > room:
            documents.append([])
            room = most
        documents[-1].append(text)
        room -= used
    return [operation(kind, f"{' '.join(texts)} {WITHHELD}") for texts in documents]


def _aliased(schema: GraphQLSchema, name: str, number: Callable[[], int]) -> str:
    def fields(type_: Any) -> Iterator[str]:
        for inner, field in type_.fields.items():
            below = get_named_type(field.type)
            if inner == HISTORY:
                continue
            nested = f" {{ {' '.join(fields(below))} }}" if isinstance(below, GraphQLObjectType) else ""
            yield f"a{number()}_{inner}: {inner}{nested}"

    card: Any = schema.get_type(CARD_TYPE)
    return f"a{number()}_{name}: {name} {{ {' '.join(fields(get_named_type(card.fields[name].type)))} }}"


def unaliased(value: Any) -> Any:
    """An answer with the aliases taken off its keys."""
    if isinstance(value, dict):
        return {name.split("_", 1)[-1] if name[0] == "a" else name: unaliased(inner) for name, inner in value.items()}
    return [unaliased(inner) for inner in value] if isinstance(value, list) else value


AUTHOR: Final = "userType organisationNumber organisationName treatmentFacilityName hprNumber profession name"
NO_ERRORS_EITHER: Final = "(includeErroneous: false)"


def past(schema: GraphQLSchema, kind: CallerKind) -> str | None:
    """Every fact of every item's versions; None where this kind of caller has no history."""
    card: Any = schema.get_type(CARD_TYPE)
    types = {name: get_named_type(card.fields[name].type) for name in sections_in(schema)}
    if not all(HISTORY in type_.fields for type_ in types.values()):
        return None
    version = f"version at enteredInError by {{ {AUTHOR} }} changedFacts"
    below = " ".join(f"{name} {{ {HISTORY} {{ {version} content {_selected(schema, name)} }} }}" for name in types)
    return operation(kind, f"{below} {WITHHELD}")


def earlier(schema: GraphQLSchema, kind: CallerKind) -> str | None:
    """Every fact of the cards of earlier pregnancies; None where this kind of caller has no such field."""
    if "earlierCards" not in schema.query_type.fields:  # type: ignore[union-attr]  # a view has queries
        return None
    below = " ".join(f"{name} {_selected(schema, name)}" for name in sections_in(schema))
    return operation(kind, f"{below} {WITHHELD}", field="earlierCards", arguments=", includePrevious: true")


def feed(schema: GraphQLSchema, kind: CallerKind) -> str | None:
    """What has happened to the card and by whom, asked for directly and as news."""
    if "changesSince" not in schema.query_type.fields:  # type: ignore[union-attr]  # as above
        return None
    change = f"section version by {{ {AUTHOR} }}"
    below = f"changes {{ {change} }}"
    return operation(kind, below, field="changesSince")


CASELOAD: Final = """{ caseload(first: 100) { edges { node { recordId motherName gestationalAge { weeks } dueDate { on }
  lastVisitOn lastBloodPressure { systolicMmhg } withheldByPatientCount withheld { path reason } } } } }"""
