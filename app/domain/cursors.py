"""Cursors: where a page ends, as a text that says nothing to whoever gets it."""

import base64
import binascii
from collections.abc import Iterator
from contextlib import contextmanager

from app.domain.errors import RecordRefusal


def cursor_of(place: bytes) -> str:
    """A place in a list as an opaque text."""
    return base64.urlsafe_b64encode(place).decode()


def read_cursor(cursor: str) -> bytes:
    """The place again. Raises ValueError when the text is no cursor."""
    try:
        return base64.b64decode(cursor, altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError("no cursor") from error


@contextmanager
def of_this_list() -> Iterator[None]:
    """Around the reading of a cursor: raises RecordRefusal BAD_USER_INPUT for one that is no place of the list."""
    try:
        yield
    except (ValueError, TypeError, OverflowError) as error:
        raise RecordRefusal("BAD_USER_INPUT", "`after` is not a cursor of this list.") from error
