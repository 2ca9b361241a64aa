"""An issuer's keys fetched over HTTPS, kept for a day, fetched anew when a token names one we have not seen.

Of an issuer's metadata nothing is taken but where its keys are. What algorithms are accepted is said here and not
there: a server's list also names what it accepts itself.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Any, Final

import httpx

from app.identity.keys import VerificationKey, read_key_set

_log = logging.getLogger(__name__)

MAX_AGE_SECONDS: Final = 86_400
STALE_SECONDS: Final = 86_400
MIN_INTERVAL_SECONDS: Final = 300
MIN_INTERVAL_WITHOUT_KEYS_SECONDS: Final = 10
METADATA_PATH: Final = "/.well-known/openid-configuration"


class FetchedKeys:
    """Keys from a JWKS address. Unknown key ids cannot make it call the issuer more than once in five minutes.

    If the issuer does not answer, the keys at hand stay in use for `stale_seconds` beyond their day: a signature does
    not become false because the issuer's web server is down, but a key that was withdrawn must not be good for ever.
    Without any keys at hand it asks again sooner, as nobody can sign in meanwhile.
    """

    def __init__(
        self, url: str, client: httpx.AsyncClient, *, stale_seconds: float = STALE_SECONDS,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self._url = url
        self._client = client
        self._stale_seconds = stale_seconds
        self._seconds = seconds
        self._keys: dict[str, VerificationKey] = {}
        self._fetched_at: float | None = None
        self._asked_at: float | None = None
        self._one_at_a_time = asyncio.Lock()

    def find(self, kid: str) -> VerificationKey | None:
        if self._fetched_at is None or self._seconds() - self._fetched_at >= MAX_AGE_SECONDS + self._stale_seconds:
            return None
        return self._keys.get(kid)

    async def refresh(self, kid: str) -> None:
        if not self._is_due(kid):
            return
        async with self._one_at_a_time:
            if self._is_due(kid):
                await self._fetch()

    def _is_due(self, kid: str) -> bool:
        now = self._seconds()
        interval = MIN_INTERVAL_SECONDS if self._keys else MIN_INTERVAL_WITHOUT_KEYS_SECONDS
        if self._asked_at is not None and now - self._asked_at < interval:
            return False
        stale = self._fetched_at is None or now - self._fetched_at >= MAX_AGE_SECONDS
        return stale or kid not in self._keys

    async def _fetch(self) -> None:
        self._asked_at = self._seconds()
        try:
            self._keys = read_key_set(await self._read(await self._address()))
        except (httpx.HTTPError, ValueError, TypeError, AttributeError) as error:
            _log.warning("keys of an issuer could not be fetched: %s", type(error).__name__)
        else:
            self._fetched_at = self._asked_at

    async def _address(self) -> str:
        """Where the keys are."""
        return self._url

    async def _read(self, url: str) -> Any:
        response = await self._client.get(url, follow_redirects=False)
        return response.raise_for_status().json()


class KeysByMetadata(FetchedKeys):
    """Keys of an issuer that says in its metadata where they are (OpenID Connect Discovery)."""

    def __init__(
        self, issuer: str, client: httpx.AsyncClient, *, stale_seconds: float = STALE_SECONDS,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        super().__init__(f"{issuer}{METADATA_PATH}", client, stale_seconds=stale_seconds, seconds=seconds)
        self._issuer = issuer

    async def _address(self) -> str:
        """Raises ValueError for the metadata of somebody else, and for keys that anybody on the way could replace."""
        metadata = await self._read(self._url)
        if not isinstance(metadata, dict) or metadata.get("issuer") != self._issuer:
            raise ValueError("the metadata is another issuer's")
        address = metadata.get("jwks_uri")
        if not isinstance(address, str) or not address.startswith("https://"):
            raise ValueError("the metadata names no https address of keys")
        return address
