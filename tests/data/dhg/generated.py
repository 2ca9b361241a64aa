"""Records in the national format that nobody has: made from the declarations, with every spelling that is allowed.

All members optional, unknown ones anywhere, null beside absent, the traps of the format. Same seed, same record.
"""

from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from app.domain.card.declaration import Content, Fact, Member, Shape, declared_in
from app.domain.card.provenance import Author, Provenance
from app.domain.card.sections import SECTIONS
from app.domain.card.values import BloodPressure, CodedValue, DipstickResult, InSystem, RhesusD

LETTERS = 'abcdefghijklmnopqrstuvwxyzæøåÆØÅÄ 0123456789,."\\/\n🤰'
PRESSURES = ("112/70", "120 / 80", "99 /60", " 118/ 76 ", "099/060", "140/90")
DIPSTICKS = ("Neg", "neg", "NEG", "Spor", "SPOR", "1+", "2+", "3+")
RHESUS = ("POSTIVE", "POSITIVE", "NEGATIVE", "negative", "Positive")
REQUIRED = ("held_on",)
START = datetime(2026, 1, 1, tzinfo=UTC)


def record(seed: int) -> dict[str, Any]:
    """One record, valid as a whole however odd its spelling."""
    dice = Random(seed)
    text: dict[str, Any] = {"metadata": _with_unknown(dice, _record_metadata(dice))}
    for section in SECTIONS.values():
        if section.wire is None or dice.random() < 0.15:
            continue
        if section.repeated:
            text[section.wire] = dice.choice(
                [None, [], [_item(dice, section.model) for _ in range(dice.randint(1, 4))]]
            )
        else:
            text[section.wire] = None if dice.random() < 0.1 else _item(dice, section.model)
    return _shuffled(dice, _with_unknown(dice, text))


def _record_metadata(dice: Random) -> dict[str, Any]:
    status: dict[str, Any] = {"status": dice.choice(["ACTIVE", "active", "TERMINATED", "Delivered", "DELIVERED"])}
    live_birth = dice.choice([True, False])
    _maybe(
        dice, status, {"deliveryDate": _timestamp(dice), "terminationDate": _timestamp(dice), "liveBirth": live_birth}
    )
    metadata = {"recordId": _uuid(dice), "recordStatus": _with_unknown(dice, status), "version": dice.randint(1, 255)}
    metadata["lastUpdated"] = _timestamp(dice)
    _maybe(dice, metadata, {"recordLastUpdated": _timestamp(dice), "lastUpdatedBy": _author(dice)})
    return metadata


def _maybe(dice: Random, text: dict[str, Any], members: dict[str, Any]) -> None:
    for name, value in members.items():
        if dice.random() < 0.7:
            text[name] = value if dice.random() < 0.8 else None


def _item(dice: Random, model: type[Content]) -> dict[str, Any]:
    item = _object(dice, model)
    if dice.random() < 0.9:
        item["metadata"] = None if dice.random() < 0.1 else _object(dice, Provenance)
    return _shuffled(dice, item)


def _author(dice: Random) -> dict[str, Any]:
    author = _object(dice, Author)
    if dice.random() < 0.3 and "orgName" in author:
        author["orgNrDisplay"] = author.pop("orgName")
    return author


def _object(dice: Random, model: type[Content]) -> dict[str, Any]:
    text: dict[str, Any] = {}
    for member in declared_in(model):
        required = member.name in REQUIRED
        if member.declared.wire is None or (not required and dice.random() < 0.25):
            continue
        absent = not required and dice.random() < 0.15
        text[member.declared.wire] = None if absent else _member(dice, member)
    return _with_unknown(dice, text)


def _member(dice: Random, member: Member) -> Any:
    if member.name == "item_id":
        return _uuid(dice)
    if member.shape.content is Author:
        return _author(dice)
    if member.shape.many:
        return [_value(dice, member) for _ in range(dice.randint(0, 3))]
    return _value(dice, member)


def _value(dice: Random, member: Member) -> Any:
    shape = member.shape
    if shape.content is not None:
        return _object(dice, shape.content)
    if shape.type is CodedValue:
        return _code(dice, shape)
    if shape.type in SPELLINGS:
        return dice.choice(SPELLINGS[shape.type])
    if shape.is_enum:
        return dice.choice([choice.value for choice in shape.type])
    assert isinstance(member.declared, Fact)
    return _SCALARS[shape.type](dice, member.declared)


SPELLINGS: dict[Any, tuple[str, ...]] = {BloodPressure: PRESSURES, DipstickResult: DIPSTICKS, RhesusD: RHESUS}


def _code(dice: Random, shape: Shape) -> dict[str, Any]:
    system = next(mark.system for mark in shape.metadata if isinstance(mark, InSystem))
    known = [code.code for code in system.codes]
    invented = [] if system.complete else ["TBD_UNKNOWN", "X9"]
    value: dict[str, Any] = {"code": dice.choice(known + invented)}
    if dice.random() < 0.6:
        value["display"] = dice.choice([None, _text(dice, 20)])
    if dice.random() < 0.6:
        value["codeSystem"] = dice.choice([None, system.literal])
    return _with_unknown(dice, value)


def _number(dice: Random, fact: Fact) -> int | float:
    number = dice.choice([38, 38.0, 64.0, 12.6, 0.5, 22.4, 1, 1.0])
    return number if _is_allowed(fact, number) else 1


def _integer(dice: Random, fact: Fact) -> int:
    lowest = 1 if fact.positive else int(fact.minimum or 0)
    return dice.randint(lowest, int(fact.maximum if fact.maximum is not None else 300))


def _is_allowed(fact: Fact, number: float) -> bool:
    return (fact.minimum is None or number >= fact.minimum) and (fact.maximum is None or number <= fact.maximum)


_SCALARS: dict[Any, Any] = {
    bool: lambda dice, fact: dice.random() < 0.5,
    int: _integer,
    float: _number,
    str: lambda dice, fact: _text(dice, min(fact.max_length or 60, 60)),
    date: lambda dice, fact: (date(2026, 1, 1) + timedelta(days=dice.randint(-400, 400))).isoformat(),
    datetime: lambda dice, fact: _timestamp(dice),
}


def _timestamp(dice: Random) -> str:
    moment = START + timedelta(seconds=dice.randint(-10_000_000, 30_000_000), microseconds=dice.randint(0, 999_999))
    plain = moment.strftime("%Y-%m-%dT%H:%M:%S")
    return dice.choice(
        [
            f"{plain}.{moment.microsecond:06}Z",
            f"{plain}Z",
            plain,
            f"{plain}.{moment.microsecond:06}",
            f"{plain}.{moment.microsecond:06}0Z",
            f"{plain}+02:00",
            f"{plain}.5-0330",
        ]
    )


def _uuid(dice: Random) -> str:
    text = str(UUID(int=dice.getrandbits(128), version=4))
    return text.upper() if dice.random() < 0.1 else text


def _text(dice: Random, length: int) -> str:
    return "".join(dice.choices(LETTERS, k=dice.randint(0, length)))


def _with_unknown(dice: Random, text: dict[str, Any]) -> dict[str, Any]:
    while dice.random() < 0.12:
        text[f"x{dice.randint(0, 99)}"] = _anything(dice, 3)
    return text


def _anything(dice: Random, depth: int) -> Any:
    if depth and dice.random() < 0.4:
        entries = [_anything(dice, depth - 1) for _ in range(dice.randint(0, 3))]
        return entries if dice.random() < 0.5 else {f"y{index}": entry for index, entry in enumerate(entries)}
    return dice.choice([None, True, False, 0, 1, 1.0, -0.0, 2.5, "", "48+2", _text(dice, 12)])


def _shuffled(dice: Random, text: dict[str, Any]) -> dict[str, Any]:
    names = list(text)
    dice.shuffle(names)
    return {name: text[name] for name in names}
