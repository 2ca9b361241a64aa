"""An issuer's keys fetched over HTTPS, kept for a day, fetched anew when a token names one we have not seen."""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Final

import httpx

from app.identity.keys import VerificationKey, read_key_set

_log = logging.getLogger(__name__)

MAX_AGE_SECONDS: Final = 86_400
MIN_INTERVAL_SECONDS: Final = 300
MIN_INTERVAL_WITHOUT_KEYS_SECONDS: Final = 10


class FetchedKeys:
    """Keys from a JWKS address. Unknown key ids cannot make it call the issuer more than once in five minutes.

    If the issuer does not answer, the keys at hand stay in use: a signature does not become false because the
    issuer's web server is down. Without any keys at hand it asks again sooner, as nobody can sign in meanwhile.
    """

    def __init__(self, url: str, client: httpx.AsyncClient, *, seconds: Callable[[], float] = time.monotonic) -> None:
        self._url = url
        self._client = client
        self._seconds = seconds
        self._keys: dict[str, VerificationKey] = {}
        self._fetched_at: float | None = None
        self._asked_at: float | None = None
        self._one_at_a_time = asyncio.Lock()

    def find(self, kid: str) -> VerificationKey | None:
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
            response = await self._client.get(self._url, follow_redirects=False)
            self._keys = read_key_set(response.raise_for_status().json())
        except (httpx.HTTPError, ValueError, TypeError, AttributeError) as error:
            _log.warning("keys of an issuer could not be fetched: %s", type(error).__name__)
        else:
            self._fetched_at = self._asked_at
