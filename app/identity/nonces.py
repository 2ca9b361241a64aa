"""Nonces that a proof must hold where that is asked for (RFC 9449, section 8): it was made lately, and not for later.

They are worked out from the time and a secret of all processes, so nothing is stored and every process knows them all.
"""

import hmac
from datetime import datetime
from typing import Any, Final

from app.identity.compact import base64url

PERIOD_SECONDS: Final = 60
"""A nonce is new for so long, and is taken for as long again."""


class Nonces:
    """Nonces made with a secret key."""

    def __init__(self, key: bytes) -> None:
        self._key = hmac.digest(key, b"nonces of proofs", "sha256")  # its own key: the one given has other uses

    def current(self, now: datetime) -> str:
        """The nonce to use from now on."""
        return self._of(_period(now))

    def is_ours(self, nonce: Any, now: datetime) -> bool:
        """Whether this is the nonce of now or the one before."""
        if not isinstance(nonce, str):
            return False
        given = nonce.encode(errors="surrogatepass")
        return any(hmac.compare_digest(given, self._of(_period(now) - back).encode()) for back in (0, 1))

    def _of(self, period: int) -> str:
        digest = hmac.digest(self._key, period.to_bytes(8, "big"), "sha256")
        return base64url(digest[:18])


def _period(now: datetime) -> int:
    return int(now.timestamp()) // PERIOD_SECONDS
