"""How tables are declared: what rows have in common, and the columns that stand in most of them."""

import re
from typing import Any, Final, cast

from sqlalchemy import MetaData, Table, Text
from sqlalchemy.orm import declared_attr
from sqlmodel import Field, SQLModel

from data.columns import Instant

NAMES: Final = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Row(SQLModel):
    """A row of a table named after its class."""

    metadata = MetaData(naming_convention=NAMES)

    @declared_attr.directive
    def __tablename__(cls) -> str:
        return re.sub(r"(?<=.)([A-Z])", r"_\1", cls.__name__).lower()


def table_of(row: type[Row]) -> Table:
    """The table behind a row class, for statements."""
    return cast(Table, row.__table__)  # type: ignore[attr-defined]  # SQLModel sets it without declaring it


def key_column(**more: Any) -> Any:
    return Field(primary_key=True, **more)


def long_text(**more: Any) -> Any:
    return Field(sa_type=Text, **more)


def instant(**more: Any) -> Any:
    return Field(sa_type=Instant, **more)
