"""Pairs of stores that differ in one value that a caller may not see, and what the caller is answered by both."""

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import Enum
from typing import Any, Final

import httpx
from sqlalchemy import text

from app.domain.card.declaration import Content, Fact, Member, camel, declared_in
from app.domain.card.sections import SECTIONS
from app.domain.card.values import BloodPressure, CodedValue, InSystem
from app.domain.policy import Profile, ProfileKey
from app.domain.record import Block, BlockTarget, StoredRecord
from app.domain.viewer import CallerKind
from data.patients import set_blocks
from data.rows import caseload_rows, section_rows, version_rows
from data.synthetic.organisations import ORGANISATIONS
from tests.access.proof.columns import OWN, Column
from tests.sameness.both import Recorder
from tests.whole_card import whole_content, whole_record
from tests.world import NOW, TODAY, WHOLE_RECORD, World

EVENT: Final = re.compile(rb'"eventId":"[0-9a-f-]{36}"')
EVENT_OF_ENTRY: Final = re.compile(r'"event_id":"[0-9a-f-]{36}"')
NOT_COMPARED: Final = ("date",)
"""Headers that tell the time."""

NOT_RECORDED: Final = None
BLOCKED: Final = {"medical_conditions": "1", "laboratory_results": "3", "previous_pregnancies": "5", "pregnancy": "1"}
"""By section, with which override code the third woman has closed it to everybody."""


@dataclass(frozen=True)
class Place:
    """Where a value stands: a section, and the members on the way to it."""

    kind: str
    members: tuple[Member, ...]

    @property
    def path(self) -> str:
        return ".".join([camel(self.kind), *(camel(member.name) for member in self.members)])

    @property
    def fact(self) -> Fact | None:
        declared = self.members[-1].declared
        return declared if isinstance(declared, Fact) else None


def places() -> Iterator[Place]:
    """Every fact of every section."""
    for kind, section in SECTIONS.items():
        yield from _places(kind, section.model, ())


def _places(kind: str, model: type[Content], above: tuple[Member, ...]) -> Iterator[Place]:
    for member in declared_in(model):
        if isinstance(member.declared, Fact):
            yield Place(kind, (*above, member))
        if member.shape.content:
            yield from _places(kind, member.shape.content, (*above, member))


def other_values(dice: random.Random, member: Member, path: str) -> Any:
    """A value of a fact: missing, as long as another, longer, shorter."""
    shape = member.shape
    if dice.random() < 0.15:
        return NOT_RECORDED
    if shape.many:
        return [_one(dice, member, path) for _ in range(dice.randint(0, 3))]
    return _one(dice, member, path)


def _one(dice: random.Random, member: Member, path: str) -> Any:
    kind, shape = member.shape.type, member.shape
    if shape.content:
        made = whole_content(shape.content, path)
        return {name: value for name, value in made.items() if dice.random() < 0.7}
    if kind is bool:
        return dice.random() < 0.5
    if kind in (int, float):
        return dice.choice((1, 2, 3, 22, 7)) if kind is int else dice.choice((1.5, 2.5, 30.25))
    if isinstance(kind, type) and issubclass(kind, Enum):
        return dice.choice(list(kind)).value
    if kind is date:
        return (TODAY + timedelta(days=dice.randint(-90, 90))).isoformat()
    if kind is BloodPressure:
        return {"systolic_mmhg": dice.randint(100, 180), "diastolic_mmhg": dice.randint(60, 99)}
    if kind is CodedValue:
        (system,) = [mark.system for mark in shape.metadata if isinstance(mark, InSystem)]
        code = dice.choice(list(system.codes))
        return {"code": code.code, "display": code.norwegian, "code_system": system.literal}
    if kind is str:
        return dice.choice(("en hemmelighet", "en hemmelighex", "", "æ" * 40, "12"))
    return dice.choice(("2026-06-15T08:00:00Z", "2026-06-16T08:00:00Z"))


def escalated_value(dice: random.Random, place: Place) -> Any:
    """A value that is more sensitive than the fact itself, or none; of a list, the same rest with more such entries."""
    member, fact = place.members[-1], place.fact
    assert fact is not None
    assert fact.escalation is not None
    drawn = (_one(dice, member, place.path) for _ in range(100))
    more = [value for value in drawn if fact.escalation.applies(value, TODAY)][: dice.randint(0, 2)]
    if member.shape.many:
        return [{"stimulus_type": SNUS}, *more] if dice.random() < 0.5 else [*more, {"stimulus_type": SNUS}]
    return more[0] if more else NOT_RECORDED


SNUS: Final = {"code": "TBD_SNUS", "display": "Snus", "code_system": "VOLVEN_8536"}


@dataclass
class Woman:
    """One of those whose secrets are kept: her cards, as stored and as they are changed."""

    world: World
    number: str
    records: dict[bool, StoredRecord]
    pid: str | None = None

    @property
    def patient_id(self) -> str:
        return self.world.services.patient_keys.patient_id(self.number)

    async def write(self, place: Place, value: Any, *, earlier: bool) -> None:
        """Store her card with another value at a place of the last item of its section, in its latest version."""
        await self.write_all([(place, value)], earlier=earlier)

    async def write_all(self, values: Sequence[tuple[Place, Any]], *, earlier: bool) -> None:
        """The same with many values at once."""
        record = self.records[earlier]
        latest = {item.kind: item for item in record.items if item.version == 2}
        changed = {place.kind: latest[place.kind] for place, _ in values}
        for place, value in values:
            item = changed[place.kind]
            item.content = with_value(item.content, [member.name for member in place.members], value)
        async with self.world.services.database.transaction() as connection:
            for row in section_rows(record):
                if row["kind"] in changed:
                    await connection.execute(text(_SECTION), row)
            for row in version_rows(record):
                if row["kind"] in changed and (row["item_id"], row["version"]) == (changed[row["kind"]].item_id, 2):
                    await connection.execute(text(_VERSION), {name: row[name] for name in _NAMED})
            for row in caseload_rows(self.patient_id, record):
                values = {name: value for name, value in row.items() if name not in ("updated_at", "open_items")}
                await connection.execute(text(_LINE), values)


_SECTION: Final = "UPDATE section SET document = :document WHERE record_id = :record_id AND kind = :kind"
_NAMED: Final = ("content", "record_id", "kind", "item_id", "version")
_VERSION: Final = """UPDATE section_version SET content = :content
  WHERE record_id = :record_id AND kind = :kind AND item_id = :item_id AND version = :version"""
_LINE: Final = """UPDATE caseload_entry SET mother_name = :mother_name, due_date = :due_date,
  due_date_basis = :due_date_basis, last_visit_on = :last_visit_on, last_blood_pressure = :last_blood_pressure
  WHERE record_id = :record_id AND unit = :unit AND patient_id = :patient_id"""


def with_value(content: Mapping[str, Any], path: Sequence[str], value: Any) -> dict[str, Any]:
    """A content with another value at a path; where lists are on the way, in their last entry."""
    changed, (name, *below) = dict(content), path
    if below:
        inner = changed.get(name)
        if isinstance(inner, list):
            changed[name] = (
                [*inner[:-1], with_value(inner[-1], below, value)] if inner else [with_value({}, below, value)]
            )
        else:
            changed[name] = with_value(inner or {}, below, value)
    elif value is NOT_RECORDED:
        changed.pop(name, None)
    else:
        changed[name] = value
    return changed


def value_at(content: Mapping[str, Any], path: Sequence[str]) -> Any:
    found: Any = content
    for name in path:
        found = found[-1] if isinstance(found, list) and found else found
        found = found.get(name) if isinstance(found, Mapping) else None
    return deepcopy(found)


@dataclass
class Keepers:
    """The women, and everything the callers' gateway says, with nothing written into its ledger."""

    world: World
    women: list[Woman] = field(default_factory=list)
    tokens: dict[tuple[Column, str], str] = field(default_factory=dict)

    async def prepare(self) -> None:
        """Whole cards of two versions: one that every unit follows, one that none does, and one with sections closed."""
        units = [unit.number for unit in ORGANISATIONS]
        for place, (slug, followers) in enumerate((("kari", units), (None, ["999999999"]), ("ida", units))):
            number = self.world.number(slug) if slug else self.world.whole
            await self.world.forget(number)
            records = {
                earlier: _two_versions(place * 2 + earlier, followers, closed=earlier) for earlier in (False, True)
            }
            await self.world.store_cards([(number, NOW, record) for record in records.values()])
            self.women.append(Woman(self.world, number, records))
        services = self.world.services
        await set_blocks(services.database, services.patient_keys, self.women[2].number, tuple(_blocks()))
        self.keep_the_ledger()

    def keep_the_ledger(self) -> None:
        """From now on asking changes nothing: what would be written down is only noted."""
        services = self.world.services
        services.programs = None
        services.ledger = Recorder(services.ledger)  # type: ignore[assignment]  # it has what reading takes

    def sees(self, column: Column, woman: Woman, place: Place, *, earlier: bool) -> bool:
        """Whether the policy, and her own blocks, give the caller anything of a value."""
        profile = self._profile(column, woman, earlier=earlier)
        if profile is None or (place.kind in BLOCKED and woman is self.women[2] and column.kind not in OWN):
            return False
        return profile.decisions[place.path].allowed

    def escalates(self, column: Column, woman: Woman, place: Place, *, earlier: bool) -> bool:
        """Whether the caller gets the value without what is more sensitive of it."""
        profile = self._profile(column, woman, earlier=earlier)
        return profile is not None and place.path in profile.partial

    def _profile(self, column: Column, woman: Woman, *, earlier: bool) -> Profile | None:
        policy = self.world.services.policy
        if earlier and not policy.roles[column.role].earlier_cards:
            return None
        strict = earlier and column.kind not in OWN
        return policy.profile(ProfileKey(column.role, column.purpose, woman is not self.women[1], strict))

    async def ask(self, column: Column, woman: Woman, query: str, variables: Mapping[str, Any]) -> "Seen":
        """All that the caller is answered, and all that is written down about it."""
        recorder: Any = self.world.services.ledger
        recorder.entries.clear()
        response = await self.world.client.post(
            "/graphql", json={"query": query, "variables": variables},
            headers={"authorization": f"Bearer {self._token(column, woman)}"},
        )  # fmt: skip
        return Seen.of(response, [EVENT_OF_ENTRY.sub("", entry.as_json()) for entry in recorder.entries])

    def _token(self, column: Column, woman: Woman) -> str:
        key = (column, woman.number)
        if key not in self.tokens:
            own = {"pid": woman.number} if column.kind is CallerKind.CITIZEN else {}
            self.tokens[key] = column.token(self.world, **own)
        return self.tokens[key]


@dataclass(frozen=True)
class Seen:
    """An answer as it left, without the number of the event and the time of day."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    entries: tuple[str, ...]

    @classmethod
    def of(cls, response: httpx.Response, entries: Sequence[str]) -> "Seen":
        headers = tuple((name, value) for name, value in response.headers.items() if name not in NOT_COMPARED)
        return cls(response.status_code, headers, EVENT.sub(b'"eventId":""', response.content), tuple(entries))


def _two_versions(number: int, followers: Sequence[str], *, closed: bool) -> StoredRecord:
    made = whole_record(
        f"{WHOLE_RECORD[:-1]}{number + 1}", care_unit=followers[0], also_followed_by=followers[1:], closed=closed,
        errors=(False, False),
    )  # fmt: skip
    for item in made.items:
        by = SECTIONS[item.kind].ordered_by
        if item.position == 0 and by in item.content:  # so that the other, which changes, goes before and after it
            item.content[by] = (TODAY + timedelta(days=30)).isoformat()
    later = deepcopy(made.items)
    for item in later:
        item.version = 2
    made.items += later
    return made


def _blocks() -> Iterator[Block]:
    for place, (kind, override) in enumerate(BLOCKED.items()):
        yield Block(
            block_id=f"6f0b0f2e-0000-4000-8000-0000000001{place:02d}", section=kind, target=BlockTarget.ALL,
            target_id=None, include_subunits=False, override_code=override, starts_at=NOW - timedelta(days=1),
            ends_at=None,
        )  # fmt: skip
