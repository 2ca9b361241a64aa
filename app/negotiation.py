"""What a client takes as an answer: the Accept header, weighed. https://www.rfc-editor.org/rfc/rfc9110#name-accept"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

GRAPHQL_TYPE: Final = "application/graphql-response+json"
JSON_TYPE: Final = "application/json"
EVENT_STREAM_TYPE: Final = "text/event-stream"

KEPT_HEADERS: Final = 256
KEPT_HEADER_MAX_BYTES: Final = 512
"""Longer ones are weighed each time, so that nobody can fill the memory with them."""

RANGES_MAX: Final = 50
"""More are passed over: nobody likes so many things."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """How an answer may be given.

    whole         the media type of an answer given at once; None: it may not be given so
    stream        whether it may be given as a stream of events; `*/*` alone does not mean it
    stream_first  whether that is liked better
    """

    whole: str | None
    stream: bool = False
    stream_first: bool = False

    @property
    def nothing(self) -> bool:
        """Whether there is no way to answer at all."""
        return self.whole is None and not self.stream


def accepted(header: bytes) -> Accepted:
    """How a client with this Accept header may be answered; without one, as application/json."""
    return _kept(header) if len(header) <= KEPT_HEADER_MAX_BYTES else _weighed(header)


@dataclass(frozen=True, slots=True)
class _Range:
    kind: str
    quality: float
    place: int


def _weighed(header: bytes) -> Accepted:
    if not header.strip():
        return Accepted(JSON_TYPE)
    ranges = list(_ranges(header.decode("latin-1").lower()))
    # Of two that are liked equally well: the one that is named, then the one named first, then plain JSON.
    weights = {kind: _weight(kind, ranges) for kind in (JSON_TYPE, GRAPHQL_TYPE)}
    best = max(weights, key=weights.__getitem__)
    whole = best if weights[best][0] > 0 else None
    stream, named, _ = _weight(EVENT_STREAM_TYPE, ranges)
    if stream <= 0 or not named:
        return Accepted(whole)
    return Accepted(whole, stream=True, stream_first=whole is None or stream > weights[best][0])


_kept = lru_cache(KEPT_HEADERS)(_weighed)


def _weight(kind: str, ranges: list[_Range]) -> tuple[float, int, int]:
    """Quality, how precisely it is named (0: by `*/*`), and how early; the most precise range decides."""
    names = ("*/*", f"{kind.partition('/')[0]}/*", kind)
    matching = [(names.index(found.kind), -found.place, found.quality) for found in ranges if found.kind in names]
    named, early, quality = max(matching, default=(0, 0, 0.0))
    return quality, named, early


def _ranges(header: str) -> Iterator[_Range]:
    """The media ranges that can be understood; what is sent is UTF-8, so another charset is not."""
    for place, text in enumerate(header.split(",", RANGES_MAX)[:RANGES_MAX]):
        kind, *parameters = (part.strip() for part in text.split(";"))
        values = dict(parameter.partition("=")[::2] for parameter in parameters)
        quality = _quality(values.get("q", "1"))
        if quality is not None and values.get("charset", "utf-8").strip('"') in ("utf-8", "utf8"):
            yield _Range(kind, quality, place)


def _quality(text: str) -> float | None:
    whole, _, thousandths = text.partition(".")
    if whole not in ("0", "1") or len(thousandths) > 3 or not (thousandths or "0").isdecimal():
        return None
    return min(float(text), 1.0)
