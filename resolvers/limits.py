"""Every limit on what may be asked, in one place. What a rule of care limits stands with that rule, in the domain.

Each has its line in the README and a test that reaches it (`tests/test_limits.py` sees to both).
"""

from collections.abc import Mapping
from typing import Final

BODY_MAX_BYTES: Final = 256 * 1024
DOCUMENT_MAX_TOKENS: Final = 8_000
"""Tokens of a document, and fields of an operation with its fragments in place."""
DOCUMENT_MAX_DEPTH: Final = 15
DOCUMENT_MAX_ALIASES: Final = 100
DOCUMENT_MAX_DIRECTIVES: Final = 100
ROOT_FIELDS_MAX: Final = 20
VALIDATION_MAX_ERRORS: Final = 20
COST_MAX: Final = 20_000
"""Objects and leaves of an answer, as estimated from the document."""
LIST_ITEMS_ASSUMED: Final = 5
"""Items of a list whose size is neither asked for nor declared; for the estimate."""
PAGE_SIZE_DEFAULT: Final = 20
PAGE_SIZE_MAX: Final = 100
DOCUMENT_CACHE_SIZE: Final = 512
DOCUMENT_CACHE_MAX_CHARACTERS: Final = 1024 * 1024
PROGRAM_CACHE_SIZE: Final = 1_024
DOCUMENT_OUTCOMES_KEPT: Final = 32
"""Outcomes of a document's @skip and @include whose estimate is kept; of others it is made anew."""
EXECUTION_MAX_SECONDS: Final = 10
REFUSALS_NOTED_EACH: Final = 20
"""Refusals for one reason, of one caller or of all who are not known, that are entries of the ledger by themselves."""
REFUSALS_COUNTED_SECONDS: Final = 60.0
"""In so many seconds; the rest are counted, and are one entry when these are over."""
CHANGES_AT_ONCE: Final = 100
CLIENT_OPERATIONS_MAX: Final = 100
"""Operations that one person's software, or one system, runs at once in one process, followed streams among them."""
STREAMS_MAX: Final = 2_000
"""WebSockets and event streams open at once in one process."""
SOCKET_OPERATIONS_MAX: Final = 20
"""Operations running at once on one WebSocket, subscriptions and others."""
SOCKET_MESSAGE_MAX_BYTES: Final = BODY_MAX_BYTES
SOCKET_ID_MAX_LENGTH: Final = 128
SOCKET_INIT_MAX_SECONDS: Final = 10.0
STREAM_SEND_MAX_SECONDS: Final = 10.0
STREAM_HEARTBEAT_SECONDS: Final = 15.0
STREAM_CHECK_SECONDS: Final = 30.0
"""A stream on which nothing happens is checked this often all the same."""

REFUSED_WITH: Final[Mapping[str, str]] = {
    "BODY_MAX_BYTES": "BODY_TOO_LARGE",
    "DOCUMENT_MAX_TOKENS": "DOCUMENT_TOO_LARGE",
    "DOCUMENT_MAX_DEPTH": "DOCUMENT_TOO_DEEP",
    "DOCUMENT_MAX_ALIASES": "TOO_MANY_ALIASES",
    "DOCUMENT_MAX_DIRECTIVES": "TOO_MANY_DIRECTIVES",
    "ROOT_FIELDS_MAX": "TOO_MANY_ROOT_FIELDS",
    "COST_MAX": "COST_TOO_HIGH",
    "PAGE_SIZE_MAX": "BAD_USER_INPUT",
    "EXECUTION_MAX_SECONDS": "EXECUTION_TOO_SLOW",
    "CLIENT_OPERATIONS_MAX": "TOO_MANY_CONCURRENT_OPERATIONS",
    "STREAMS_MAX": "TOO_MANY_STREAMS",
    "SOCKET_OPERATIONS_MAX": "TOO_MANY_OPERATIONS",
    "SOCKET_MESSAGE_MAX_BYTES": "1009",
    "SOCKET_ID_MAX_LENGTH": "4400",
    "SOCKET_INIT_MAX_SECONDS": "4408",
}
"""By limit, what is said to whoever goes beyond it: a code, or on a socket what it is closed with. The others refuse
nothing: what is kept is forgotten, what is waited for is given up, or what is long is cut."""
