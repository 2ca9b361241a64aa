"""Headers that claim something about the caller. They change nothing: who asks is told by the token alone.

Some clients send them in good faith, to other services; what is told of here are those that claim more than the token.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Final
from urllib.parse import unquote_to_bytes

from app.domain.viewer import Viewer

_DIGITS: Final = re.compile(rb"[0-9]{9}")

Claim = Callable[[bytes, Viewer], bool]
"""Whether a header's value claims more than the viewer's token gives."""


def _another_role(value: bytes, viewer: Viewer) -> bool:
    """DHG's own header is URL-encoded JSON: `{"system": "urn:oid:2.16.578.1.12.4.1.1.9060", "code": "LE"}`."""
    try:
        stated = json.loads(unquote_to_bytes(value))
    except (ValueError, RecursionError):
        return True
    return not isinstance(stated, dict) or stated.get("code") != viewer.profession


def _another_organisation(value: bytes, viewer: Viewer) -> bool:
    own = {viewer.unit.number.encode(), viewer.unit.parent_number.encode()} if viewer.unit else set()
    named = set(_DIGITS.findall(value))
    return not named or not named <= own


def _another_basis(value: bytes, viewer: Viewer) -> bool:
    """The plain one claims nothing; DHG's older clients send it with everything."""
    return value.strip().upper() != b"UNNTAK"


def _anything(value: bytes, viewer: Viewer) -> bool:
    """Nobody in front of the gateway signs anybody in."""
    return True


CLAIMING: Final[Mapping[bytes, Claim]] = {
    **dict.fromkeys((b"nhn-user-role", b"hit-user-role", b"x-user-role", b"x-role", b"x-roles"), _another_role),
    **dict.fromkeys((b"nhn-access-basis", b"hit-access-basis"), _another_basis),
    **dict.fromkeys(
        (b"x-organization", b"x-organisation", b"x-organization-number", b"x-organisation-number", b"x-orgnr",
         b"x-orgnr-parent", b"x-orgnr-child"),
        _another_organisation,
    ),
    **dict.fromkeys(
        (b"x-forwarded-user", b"x-forwarded-email", b"x-forwarded-groups", b"x-forwarded-preferred-username",
         b"x-forwarded-access-token", b"x-authenticated-user", b"x-remote-user", b"remote-user", b"x-user",
         b"x-user-id", b"x-hpr-number", b"x-pid"),
        _anything,
    ),
}  # fmt: skip
"""By header, in lower case, when it claims more than the token."""


def claimed_by_header(headers: Iterable[tuple[bytes, bytes]], viewer: Viewer) -> list[str]:
    """The names of the headers that claim more of the caller than the token does."""
    return [
        name.decode()
        for name, value in headers
        if (claims_more := CLAIMING.get(name)) is not None and claims_more(value, viewer)
    ]
