"""How many operations a minute somebody may ask for in this process, and a piece of software in everybody's hands.

Counted is only under whom a verified token names as the caller, never under whom a request is about or what an
unverified token says: so nobody can use up somebody else's. What one person asks through one client uses up nothing of
what she may ask through another, and where a client's many users together are too many, those go on who ask little.
"""

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from app.domain.errors import TransportRefusal
from app.domain.viewer import Viewer

BUCKETS_KEPT: Final = 16_384
"""A full one need not be kept, and each is full again after a minute."""

ALWAYS_LEFT: Final = 0.1
"""Of what one person may ask for in a minute: this share she may ask for however much the client's others do."""

Seconds = Callable[[], float]


class Buckets:
    """A bucket for each of many: it holds what is allowed in a minute, fills evenly, and each operation takes one."""

    def __init__(self, per_minute: int) -> None:
        self.size = float(per_minute)
        self.per_second = per_minute / 60
        self._kept: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def left(self, whose: str, now: float) -> float:
        """What is in it now."""
        level, at = self._kept.get(whose, (self.size, now))
        return min(self.size, level + (now - at) * self.per_second)

    def take(self, whose: str, now: float) -> None:
        """One out of it; out of an empty one nothing."""
        self._kept[whose] = max(0.0, self.left(whose, now) - 1), now
        self._kept.move_to_end(whose)
        if len(self._kept) > BUCKETS_KEPT:
            self._kept.popitem(last=False)

    def seconds_until_one(self, whose: str, now: float) -> int:
        return max(1, math.ceil((1 - self.left(whose, now)) / self.per_second))


class Rates:
    """Operations a minute, of each person through each client and of each client; 0 for no limit."""

    def __init__(
        self, per_person: int, per_client: int, person_key: Callable[[str], str], seconds: Seconds = time.monotonic
    ) -> None:
        self._persons = Buckets(per_person) if per_person else None
        self._clients = Buckets(per_client) if per_client and per_person else None
        self._person_key, self._seconds = person_key, seconds

    def admit(self, viewer: Viewer) -> None:
        """Count one operation. Raises TransportRefusal 429 RATE_LIMITED instead when there have been too many."""
        if self._persons is None:
            return
        now, client, person = self._seconds(), viewer.client_id, self._person(viewer)
        left = self._persons.left(person, now)
        if left < 1:
            raise rate_limited(self._persons.seconds_until_one(person, now))
        if self._clients is not None:
            asks_little = left >= self._persons.size * (1 - ALWAYS_LEFT)
            if self._clients.left(client, now) < 1 and not asks_little:
                raise rate_limited(self._clients.seconds_until_one(client, now))
            self._clients.take(client, now)
        self._persons.take(person, now)

    def _person(self, viewer: Viewer) -> str:
        """A person with one client; a system is one by itself."""
        number = viewer.national_identity_number
        return f"{viewer.client_id} {self._person_key(number) if number else ''}"


def rate_limited(seconds: int) -> TransportRefusal:
    """The refusal of one more, with when to come again."""
    message = f"Too many operations; try again in {seconds} s."
    return TransportRefusal(429, "RATE_LIMITED", message, headers={"retry-after": str(seconds)})
