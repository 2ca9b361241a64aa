"""Everything that can be refused, as a family with stable codes.

Refusal                      somebody may not have this, or not now; carries a code and nothing about the data
├── TransportRefusal         the caller is not let in at all: HTTP 401, 403, 413, 429, 503 …
└── RecordRefusal            the caller is let in, this woman's card is not opened: root field null + coded error
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

NO_HEADERS: Final[Mapping[str, str]] = MappingProxyType({})


class Refusal(Exception):
    """A reasoned no. `code` is for programs, `message` for people; neither tells anything about the data."""

    def __init__(self, code: str, message: str, **extensions: Any) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.extensions = extensions


class TransportRefusal(Refusal):
    """Answered with an HTTP status, before or instead of a GraphQL answer.

    reason      fine-grained, for the log and the development profile only
    challenge   value of the WWW-Authenticate header, where the status calls for one
    headers     what else the answer says in headers
    """

    def __init__(
        self, status: int, code: str, message: str, *, reason: str | None = None, challenge: str | None = None,
        headers: Mapping[str, str] = NO_HEADERS,
    ) -> None:  # fmt: skip
        super().__init__(code, message)
        self.status = status
        self.reason = reason
        self.challenge = challenge
        self.headers = headers

    @property
    def cause(self) -> str:
        """Code and reason, for the ledger."""
        return f"{self.code}: {self.reason}" if self.reason else self.code


class RecordRefusal(Refusal):
    """The gate's no for one woman's card. `reason` is the precise cause, for the ledger only."""

    def __init__(self, code: str, message: str, *, reason: str | None = None, **extensions: Any) -> None:
        super().__init__(code, message, **extensions)
        self.reason = reason or code
