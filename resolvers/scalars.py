"""The scalars. Stored documents hold dates and times as ISO 8601 text already; such text passes through."""

from datetime import date, datetime
from typing import Any, NewType

import strawberry
from strawberry.types.scalar import ScalarDefinition

NationalIdentityNumber = NewType("NationalIdentityNumber", str)


def _iso(value: date | datetime | str) -> str:
    return value if isinstance(value, str) else value.isoformat().replace("+00:00", "Z")


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("an identity number is text of eleven digits")
    return value


SCALARS: dict[object, ScalarDefinition] = {
    date: strawberry.scalar(
        name="Date",
        description="A civil date, ISO 8601 (2026-11-23).",
        serialize=_iso,
        parse_value=date.fromisoformat,
        specified_by_url="https://www.rfc-editor.org/rfc/rfc3339",
    ),
    datetime: strawberry.scalar(
        name="DateTime",
        description="A point in time with offset, ISO 8601 (2026-11-23T09:30:00Z).",
        serialize=_iso,
        parse_value=datetime.fromisoformat,
        specified_by_url="https://www.rfc-editor.org/rfc/rfc3339",
    ),
    NationalIdentityNumber: strawberry.scalar(
        name="NationalIdentityNumber",
        description="National identity number or D-number, eleven digits. Goes in as a variable, never comes out.",
        serialize=str,
        parse_value=_text,
    ),
}
