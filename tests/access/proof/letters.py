"""What an answer says of each fact, as a letter."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from graphql import GraphQLSchema, get_named_type

from app.domain.card.declaration import camel
from app.domain.card.sections import SECTION_NAMED, SECTIONS
from app.domain.history import HISTORY, PROVENANCE_OF_VERSION
from app.domain.policy import PROVENANCE, declared_paths
from resolvers.views import CARD_TYPE

GIVEN: Final = "R"
IN_PART: Final = "r"
NOT_IN_SCHEMA: Final = "-"
NO_CARD: Final = "x"
SILENT: Final = "?"
"""Neither given nor named as withheld. It must never be."""

WITHHELD_FOR: Final = {"ROLE": "W", "PURPOSE": "P"}
Letters = dict[str, str]
"""By GraphQL path of a fact."""


def everywhere(letter: str) -> Letters:
    return dict.fromkeys(declared_paths(), letter)


def of_card(card: Mapping[str, Any] | None, schema: GraphQLSchema, asked: Iterable[str] | None = None) -> Letters:
    """The letters of a card that was asked for with `withheld`. `asked`: the facts asked for, where not all were."""
    if card is None:
        return everywhere(NO_CARD)
    withheld = {entry["path"]: entry["reason"] for entry in card["withheld"]}
    return {
        path: letter(_is_in(path, card), withheld.get(path)) if is_in_schema(path, schema) else NOT_IN_SCHEMA
        for path in asked or declared_paths()
    }


def letter(given: bool, reason: str | None) -> str:
    if reason is not None:
        return IN_PART if given else WITHHELD_FOR[reason]
    return GIVEN if given else SILENT


def _is_in(path: str, card: Mapping[str, Any]) -> bool:
    return any(has_value(section, path.split(".")[1:]) for section in _holding(path, card))


def _holding(path: str, card: Mapping[str, Any]) -> Iterator[Any]:
    name = path.split(".")[0]
    if name != PROVENANCE:
        yield card.get(name)
        return
    for section in SECTION_NAMED:
        yield from (item[PROVENANCE] for item in as_list(card.get(section)) if item and item.get(PROVENANCE))


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def has_value(value: Any, path: list[str]) -> bool:
    """Whether there is anything at a path, in any item of the lists on the way."""
    if isinstance(value, list):
        return any(has_value(entry, path) for entry in value)
    if not path or value is None:
        return value is not None
    return has_value(value.get(path[0]), path[1:])


def last_items(card: Mapping[str, Any]) -> dict[str, Any]:
    """The same card with the last item alone of each section that has several."""
    return {
        name: value[-1:] if isinstance(value, list) and name in SECTION_NAMED else value for name, value in card.items()
    }


def as_it_was(card: Mapping[str, Any]) -> dict[str, Any]:
    """A card made of the versions of its items, as if they were the items."""
    made: dict[str, Any] = {name: value for name, value in card.items() if name not in SECTION_NAMED}
    for name in SECTION_NAMED:
        versions = [version for item in as_list(card.get(name)) if item for version in item[HISTORY] or ()]
        made[name] = [_as_item(version) for version in versions] or None
    return made


def _as_item(version: Mapping[str, Any]) -> dict[str, Any]:
    told = {camel(fact): version.get(camel(name)) for name, fact in PROVENANCE_OF_VERSION.items()}
    return {**(version["content"] or {}), PROVENANCE: {**((version["content"] or {}).get(PROVENANCE) or {}), **told}}


def is_in_schema(path: str, schema: GraphQLSchema) -> bool:
    parts = path.split(".")
    of_provenance = parts[0] == PROVENANCE
    type_: Any = schema.get_type("Provenance" if of_provenance else CARD_TYPE)
    for part in parts[1:] if of_provenance else parts:
        if part not in getattr(type_, "fields", {}):
            return False
        type_ = get_named_type(type_.fields[part].type)
    return True


def in_order() -> list[str]:
    """The facts in the order of the card, provenance last."""
    names = [section.graphql_name for section in SECTIONS.values()] + [PROVENANCE]
    return [path for name in names for path in sorted(declared_paths()) if path.split(".")[0] == name]
