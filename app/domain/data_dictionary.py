"""The data dictionary: every declared fact as plain JSON-able data, for people and for programs outside."""

from datetime import date, datetime
from enum import Enum
from typing import Any, Final

from app.domain.card.declaration import Fact, Shape
from app.domain.card.provenance import PROVENANCE
from app.domain.card.sections import DeclaredFact, facts_in, walk
from app.domain.card.values import InSystem

_SCALARS: Final[dict[Any, str]] = {
    bool: "Boolean",
    int: "Int",
    float: "Float",
    str: "String",
    date: "Date",
    datetime: "DateTime",
}


def dictionary() -> list[dict[str, Any]]:
    """One entry a fact, in the order of the card; provenance, which every item carries, comes last."""
    return [_entry(declared) for declared in (*walk(), *facts_in(PROVENANCE))]


def _entry(declared: DeclaredFact) -> dict[str, Any]:
    """`wire` is for the facts of the card; what the national metadata of every item holds stands in `wireMetadata`."""
    fact, shape, is_content = declared.fact, declared.shape, declared.section is not PROVENANCE
    return {
        "section": declared.section.graphql_name,
        "path": declared.graphql_path,
        "wire": declared.wire_path if is_content else None,
        "wireMetadata": None if is_content else declared.wire_path,
        "type": _type_name(shape),
        "unit": fact.unit,
        "labels": {"no": fact.norwegian, "en": fact.english},
        "meaning": fact.meaning,
        "plain": fact.plain,
        "sensitivity": fact.sensitivity.value,
        "range": _range(fact),
        "codeSystem": _code_system(shape),
        "values": _values(shape),
        "maxLength": fact.max_length,
        "terminology": [{"system": term.system, "code": term.code, "mark": term.mark} for term in fact.terms],
        "mark": fact.mark.value,
        "paperOnly": declared.wire_path is None,
    }


def _type_name(shape: Shape) -> str:
    name = _SCALARS.get(shape.type) or shape.type.__name__
    return f"[{name}]" if shape.many else name


def _range(fact: Fact) -> dict[str, Any] | None:
    if fact.minimum is None and fact.maximum is None and not fact.positive and fact.plausible is None:
        return None
    exclusive = {"exclusiveMinimum": 0} if fact.positive else {}
    plausible = list(fact.plausible) if fact.plausible else None
    return {"minimum": fact.minimum, "maximum": fact.maximum, **exclusive, "plausible": plausible}


def _code_system(shape: Shape) -> str | None:
    return next((marked.system.literal for marked in shape.metadata if isinstance(marked, InSystem)), None)


def _values(shape: Shape) -> list[str] | None:
    is_enum = isinstance(shape.type, type) and issubclass(shape.type, Enum)
    return [member.name for member in shape.type] if is_enum else None
