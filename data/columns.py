"""Column types that read back the same on both engines."""

from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import BigInteger, DateTime, Integer, String
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator


class Instant(TypeDecorator[datetime]):
    """A point in time: stored in UTC, read back aware of it. Refuses a time without an offset."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else in_utc(value)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        # SQLite keeps the digits and forgets the zone; what was written was UTC.
        if value is None or value.tzinfo is UTC:
            return value
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def in_utc(value: datetime) -> datetime:
    """The same point in time in UTC. Raises ValueError for a time without an offset."""
    if value.tzinfo is None:
        raise ValueError("a time needs an offset")
    return value.astimezone(UTC)


COUNTER: Final[Any] = BigInteger().with_variant(Integer, "sqlite")
"""A number the database counts up; SQLite counts only in a column that is called INTEGER."""


class SideBySide(FunctionElement[str]):
    """The texts of all rows as one, with commas between; NULL for no rows."""

    type = String()
    name = "side_by_side"
    inherit_cache = True


@compiles(SideBySide)
def _side_by_side(element: SideBySide, compiler: Any, **more: Any) -> str:
    return f"string_agg({compiler.process(element.clauses, **more)}, ',')"


@compiles(SideBySide, "sqlite")
def _side_by_side_on_sqlite(element: SideBySide, compiler: Any, **more: Any) -> str:
    return f"group_concat({compiler.process(element.clauses, **more)}, ',')"
