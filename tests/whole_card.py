"""A card with a value for every declared fact, made from the declarations; and documents that ask for everything."""

from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any

from graphql import GraphQLList, GraphQLNonNull, GraphQLObjectType, GraphQLSchema, get_named_type
from pydantic import BaseModel

from app.domain.card.declaration import Content, Fact, Member, declared_in
from app.domain.card.sections import SECTIONS
from app.domain.card.values import BloodPressure, CodedValue, InSystem
from app.domain.clinical.looked_at import LOOKED_AT
from app.domain.history import HISTORY
from app.domain.record import CareUnit, RecordStatus, StoredItem, StoredRecord
from app.execution.plan import ABOUT_THE_PAST, BESIDE_THE_FACTS
from tests.canaries import CANARY


def whole_content(model: type[Content], path: str) -> dict[str, Any]:
    """A value for every declared member of a model."""
    return {member.name: _value(member, f"{path}.{member.name}") for member in declared_in(model)}


def _value(member: Member, path: str) -> Any:
    shape = member.shape
    single = whole_content(shape.content, path) if shape.content else _scalar(member, path)
    return [single] if shape.many else single


def _scalar(member: Member, path: str) -> Any:
    kind, declared = member.shape.type, member.declared
    assert isinstance(declared, Fact)
    if kind is bool:
        return True
    if kind in (int, float):
        low, high = declared.plausible or (declared.minimum or 1, declared.maximum or 2)
        return int(low + (high - low) // 4) if kind is int else low + (high - low) / 4
    if kind is date:
        return "2026-06-15"
    if kind is datetime:
        return "2026-06-15T08:00:00Z"
    if isinstance(kind, type) and issubclass(kind, Enum):
        return list(kind)[-1].value
    if kind is BloodPressure:
        return {"systolic_mmhg": 118, "diastolic_mmhg": 76}
    if kind is CodedValue:
        return _code(member)
    return f"{CANARY} {path}"[: declared.max_length or 200]


def _code(member: Member) -> dict[str, Any]:
    (system,) = [mark.system for mark in member.shape.metadata if isinstance(mark, InSystem)]
    code = next((code for code in system.codes if getattr(code, "tag", None)), next(iter(system.codes)))
    return {"code": code.code, "display": f"{CANARY} {code.norwegian}", "code_system": system.literal}


AUTHOR = {
    "user_type": "HEALTH_CARE_PROFESSIONAL", "organisation_number": "310990000", "organisation_name": f"{CANARY} legesenter",
    "treatment_facility_name": f"{CANARY} sted", "hpr_number": "999900018", "profession": "LE", "name": f"{CANARY}, Lege",
}  # fmt: skip


RECORDED_AT = datetime(2026, 6, 15, 8, tzinfo=UTC)


def whole_record(
    record_id: str,
    *,
    care_unit: str = "310990000",
    also_followed_by: Collection[str] = (),
    closed: bool = False,
    errors: Sequence[bool] = (False,),
) -> StoredRecord:
    """A card with every fact of every section recorded.

    `errors`: of each item of a section that repeats, whether it was entered in error.
    """
    items = [
        _item(record_id, place, position, kind, is_error=is_error)
        for place, (kind, section) in enumerate(SECTIONS.items())
        for position, is_error in enumerate(errors if section.repeated else (False,))
    ]
    at, units = RECORDED_AT, (care_unit, *also_followed_by)
    return StoredRecord(
        record_id=record_id, status=RecordStatus.DELIVERED if closed else RecordStatus.ACTIVE, version=1, opened_at=at,
        delivered_at=at if closed else None, live_birth=True if closed else None, last_updated_at=at,
        record_last_updated_at=at, author=AUTHOR, care_units=[CareUnit(organisation_number=unit) for unit in units],
        items=items,
    )  # fmt: skip


def item_id_of(record_id: str, place: int, position: int) -> str:
    """The id of an item of a whole card: `place` is that of its section among all."""
    return f"{record_id[:-12]}{position:06d}{place:06d}"


def _item(record_id: str, place: int, position: int, kind: str, *, is_error: bool) -> StoredItem:
    return StoredItem(
        kind=kind, item_id=item_id_of(record_id, place, position), position=position, version=1,
        last_updated_at=RECORDED_AT, author=AUTHOR, entered_in_error=is_error,
        content=whole_content(SECTIONS[kind].model, kind),
    )  # fmt: skip


READ_ON_THEIR_OWN = (HISTORY, *ABOUT_THE_PAST, *BESIDE_THE_FACTS, *LOOKED_AT, "growthReference")
"""What costs a statement of its own, is the same once more, or is worked out of it."""


def selection(schema: GraphQLSchema, type_name: str, *, depth: int = 8) -> str:
    """A selection of every field of a type, all the way down, save those of READ_ON_THEIR_OWN."""
    return " ".join(_fields(schema.get_type(type_name), depth))


def _fields(type_: Any, depth: int) -> Iterator[str]:
    assert isinstance(type_, GraphQLObjectType)
    for name, field in type_.fields.items():
        below = get_named_type(field.type)
        if name in READ_ON_THEIR_OWN:
            continue
        if not isinstance(below, GraphQLObjectType):
            yield name
        elif depth:
            yield f"{name} {{ {' '.join(_fields(below, depth - 1))} }}"


def is_list(type_: Any) -> bool:
    return isinstance(type_.of_type if isinstance(type_, GraphQLNonNull) else type_, GraphQLList)


def texts_in(value: Any) -> Iterator[str]:
    """Every text anywhere in a JSON value."""
    if isinstance(value, BaseModel):
        value = value.model_dump(mode="json")
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from texts_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts_in(inner)
