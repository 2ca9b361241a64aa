"""Every limit on what may be asked, in one place."""

from typing import Final

BODY_MAX_BYTES: Final = 256 * 1024
DOCUMENT_MAX_TOKENS: Final = 8_000
DOCUMENT_MAX_DEPTH: Final = 15
DOCUMENT_MAX_ALIASES: Final = 100
DOCUMENT_MAX_DIRECTIVES: Final = 100
ROOT_FIELDS_MAX: Final = 20
VALIDATION_MAX_ERRORS: Final = 20
PAGE_SIZE_DEFAULT: Final = 20
PAGE_SIZE_MAX: Final = 100
DOCUMENT_CACHE_SIZE: Final = 512
DOCUMENT_CACHE_MAX_CHARACTERS: Final = 1024 * 1024
PROGRAM_CACHE_SIZE: Final = 1_024
EXECUTION_MAX_SECONDS: Final = 10
CHANGES_AT_ONCE: Final = 100
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
