"""Several changes of one transaction, sent together: one statement where the engine can, one after another elsewhere.

What a command changes is known before anything is sent, and no change depends on another's effect, so they need not
wait for each other's way to the database and back. Statements are made once for each combination of changes.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Any, Final

from sqlalchemy import CTE, Table, and_, bindparam, delete, exists, func, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from data.database import Database

STATEMENTS_KEPT: Final = 512

LATEST: Final = object()
"""As a value of an update: the number that the rows of the counted insert were given, the highest of them."""


@dataclass(frozen=True, slots=True)
class Known:
    """A row as it was read: which, and what it said. It is held while the changes are made."""

    table: Table
    key: Mapping[str, Any]
    values: Mapping[str, Any]


RestsOn = tuple[tuple[Table, tuple[str, ...], tuple[str, ...]], ...]


class ChangedMeanwhile(Exception):
    """A row that was to be changed is not as it was known."""


@dataclass(frozen=True, slots=True)
class _Change:
    """The form of one change. `key`: columns that say which row; `counted`: a column the database counts up.

    One row each: a statement for several rows is one that SQLAlchemy compiles anew every time.
    """

    table: Table
    verb: str
    columns: tuple[str, ...]
    key: tuple[str, ...] = ()
    latest: str | None = None
    counted: str | None = None
    must_find: bool = False


class Together:
    """Changes gathered for one sending."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._changes: list[_Change] = []
        self._values: list[tuple[Any, ...]] = []

    def insert(self, table: Table, rows: Iterable[Mapping[str, Any]], *, counted: str | None = None) -> None:
        """New rows."""
        for row in rows:
            self._add(_Change(table, "insert", tuple(row), counted=counted), row.values())

    def put(self, table: Table, key: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> None:
        """Rows that replace those with the same key, if there are any."""
        for row in rows:
            self._add(_Change(table, "put", tuple(row), key=tuple(key)), row.values())

    def update(
        self, table: Table, key: Mapping[str, Any], values: Mapping[str, Any], *, must_find: bool = False
    ) -> None:
        """Other values for the rows with these. `must_find`: it is an error when there is none."""
        latest = next((name for name, value in values.items() if value is LATEST), None)
        plain = {name: value for name, value in values.items() if value is not LATEST}
        change = _Change(table, "update", tuple(plain), tuple(key), latest, must_find=must_find)
        self._add(change, (*plain.values(), *key.values()))

    def delete(self, table: Table, key: Mapping[str, Any]) -> None:
        """No rows with these values any more."""
        change = _Change(table, "delete", (), tuple(key))
        self._add(change, key.values())

    def _add(self, change: _Change, values: Iterable[Any]) -> None:
        self._changes.append(change)
        self._values.append(tuple(values))

    async def send(self, connection: AsyncConnection) -> None:
        """Make the changes within the connection's transaction, which holds what they rest on.

        Raises ChangedMeanwhile.
        """
        if self._database.joins_changes:
            await self._send_as_one(connection)
        else:
            await self._send_in_turn(connection)

    async def commit(self, *unless_changed: Known) -> bool:
        """Make the changes in one statement by itself, committed when this returns, if the rows they rest on still are
        as they were read. False when they are not: then nothing was changed.

        Only where changes are joined (`Database.joins_changes`). Raises DirectFailure.
        """
        known = (value for row in unless_changed for value in (*row.key.values(), *row.values.values()))
        rests_on = tuple((row.table, tuple(row.key), tuple(row.values)) for row in unless_changed)
        statement, names = _as_one(tuple(self._changes), self._database, rests_on)
        values = dict(zip(names, chain(*self._values, known), strict=True))
        (found,) = await self._database.rows(statement, values, may_repeat=False)
        return all(found.values())

    async def _send_as_one(self, connection: AsyncConnection) -> None:
        statement, names = _as_one(tuple(self._changes), self._database)
        found = (await connection.execute(statement, dict(zip(names, chain(*self._values), strict=True)))).one()
        if not all(found):
            raise ChangedMeanwhile

    async def _send_in_turn(self, connection: AsyncConnection) -> None:
        latest = None
        for place, (change, values) in enumerate(zip(self._changes, self._values, strict=True)):
            given = dict(zip(_names(change, place), values, strict=True))
            if change.latest:
                given[_named(place, change.latest)] = latest
            done = await connection.execute(_alone(change, place, self._database), given)
            if change.counted:
                latest = max(latest or 0, done.scalar_one())
            elif change.must_find and done.rowcount == 0:
                raise ChangedMeanwhile


def _named(place: int, column: str) -> str:
    return f"c{place}_{column}"


def _names(change: _Change, place: int) -> list[str]:
    """The parameters of a change, in the order its values are given in."""
    key = change.key if change.verb in ("update", "delete") else ()
    return [_named(place, name) for name in (*change.columns, *(f"key_{name}" for name in key))]


def _known(place: int, column: str) -> str:
    return f"k{place}_{column}"


def _statement(change: _Change, place: int, database: Database, latest: Any, only_if: Any = None) -> Any:
    """The statement of a change. `only_if`: rows that must have been found for it to happen."""
    table = change.table
    if change.verb in ("update", "delete"):
        found = and_(*(table.c[name] == bindparam(_named(place, f"key_{name}")) for name in change.key))
        if only_if is not None:
            found = and_(found, exists(select(only_if.c.held)))
        if change.verb == "delete":
            return delete(table).where(found)
        values: dict[str, Any] = {name: bindparam(_named(place, name)) for name in change.columns}
        if change.latest:
            values[change.latest] = latest
        return update(table).where(found).values(values)
    if only_if is None:
        insert = database.insert(table).values({name: bindparam(_named(place, name)) for name in change.columns})
    else:
        given = [bindparam(_named(place, name), type_=table.c[name].type) for name in change.columns]
        insert = database.insert(table).from_select(
            change.columns, select(*given).where(exists(select(only_if.c.held)))
        )
    if change.verb == "insert":
        return insert
    newer = {name: insert.excluded[name] for name in change.columns if name not in change.key}
    return insert.on_conflict_do_update(index_elements=list(change.key), set_=newer)


@lru_cache(STATEMENTS_KEPT)
def _alone(change: _Change, place: int, database: Database) -> Any:
    statement = _statement(change, place, database, bindparam(_named(place, change.latest or "")))
    return statement.returning(change.table.c[change.counted]) if change.counted else statement


@lru_cache(STATEMENTS_KEPT)
def _as_one(changes: tuple[_Change, ...], database: Database, rests_on: RestsOn = ()) -> tuple[Any, list[str]]:
    """One SELECT with every change in front of it; it says of those that must find a row how many they found. With its
    parameters: those of the changes, then those of what it rests on."""
    names = [name for place, change in enumerate(changes) for name in _names(change, place)]
    names += [_known(place, name) for place, (_, key, values) in enumerate(rests_on) for name in (*key, *values)]
    parts: list[CTE] = []
    counted: list[Any] = []
    must_find: list[Any] = []
    only_if = None
    for place, (table, key, values) in enumerate(rests_on):
        only_if = _held(table, key, values, place, only_if)
        parts.append(only_if)
        must_find.append(select(func.count(only_if.c.held)).scalar_subquery().label(f"held_{place}"))
    for place, change in enumerate(changes):
        statement = _statement(change, place, database, func.greatest(*counted), only_if)
        if change.counted:
            part = statement.returning(change.table.c[change.counted].label("counted")).cte(f"part_{place}")
            counted.append(select(part.c.counted).scalar_subquery())
        elif change.must_find:
            part = statement.returning(change.table.c[change.key[0]].label("found")).cte(f"part_{place}")
            must_find.append(select(func.count(part.c.found)).scalar_subquery().label(f"found_{place}"))
        else:
            part = statement.cte(f"part_{place}")
        parts.append(part)
    return select(*(must_find or [func.now()])).add_cte(*parts), names


def _held(table: Table, key: tuple[str, ...], values: tuple[str, ...], place: int, after: Any) -> CTE:
    """A row that is as it is known to be, held until the statement is committed. Whoever changes it meanwhile is waited
    for, and then it is looked at anew; rows are held in the order they are named in."""
    columns = [(table.c[name], bindparam(_known(place, name), type_=table.c[name].type)) for name in (*key, *values)]
    as_known = [column.is_not_distinct_from(known) for column, known in columns[len(key) :]]
    found = and_(*(column == known for column, known in columns[: len(key)]), *as_known)
    if after is not None:
        found = and_(found, exists(select(after.c.held)))
    return (
        select(literal(1).label("held")).select_from(table).where(found).with_for_update(of=table).cte(f"held_{place}")
    )
