"""What must never leave the gateway by the side doors: a text of anybody's card, an identity number, a token.

`tests/watching.py` looks through the doors while the suite runs. Gateways in processes of their own write their logs into
files: whoever starts them calls `look_into_file`.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import httpx
import orjson

from data.identity_numbers import is_valid

CANARY: Final = "kanarifugl"
"""Part of every text on the whole card, so that any of it can be searched for in an answer."""

SHORTEST_SIGNATURE: Final = 40

_ELEVEN_DIGITS: Final = re.compile(r"(?<![\w.-])\d{11}(?![\w-])")
_TOKEN: Final = re.compile(r"eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}")
_LONG_WORD: Final = re.compile(rf"[\w-]{{{SHORTEST_SIGNATURE},}}")


class Watch:
    """Looks for what must not be there, and remembers what it found until somebody asks."""

    def __init__(self) -> None:
        self.signatures: set[str] = set()
        self.found: list[str] = []

    def sent(self, *tokens: str) -> None:
        """Tokens and proofs that a client has sent: from now on their signatures are known."""
        signatures = (token.rsplit(".", 1)[-1].strip() for token in tokens)
        self.signatures.update(one for one in signatures if len(one) >= SHORTEST_SIGNATURE)

    def look_into(self, where: str, text: str) -> None:
        """Remember what of a text must not be there."""
        self.found += [f"{what} in {where}: {text[:2000]}" for what in self._secrets_in(text)]

    def look_into_errors(self, body: Any) -> None:
        """The errors of an answer; of a stream, also those that are sent by themselves."""
        errors = body.get("errors") if isinstance(body, dict) else body if isinstance(body, list) else None
        if errors:
            self.look_into("an error", orjson.dumps(errors).decode())

    def look_into_response(self, response: httpx.Response) -> None:
        """Metrics, exports, and answers that are no success as a whole; else the errors."""
        text = response.text
        if response.is_error or response.request.url.path == "/metrics" or '"exportAccessLog":{' in text:
            self.look_into(f"an answer of {response.request.url.path}", text)
        elif '"errors"' in text:
            events = text.splitlines() if response.headers["content-type"].startswith("text/event-stream") else [text]
            for event in events:
                if '"errors"' in event:
                    self.look_into_errors(orjson.loads(event.removeprefix("data: ")))

    def taken(self) -> list[str]:
        """What was found since this was asked last."""
        found, self.found = self.found, []
        return found

    def _secrets_in(self, text: str) -> Iterator[str]:
        if CANARY in text:
            yield "a text of a card"
        if any(is_valid(number) for number in _ELEVEN_DIGITS.findall(text)):
            yield "an identity number"
        if _TOKEN.search(text) or not self.signatures.isdisjoint(_LONG_WORD.findall(text)):
            yield "a token"


WATCH: Final = Watch()
"""Of this process."""


def look_into_file(path: Path) -> None:
    """The log of a gateway in a process of its own, when it has ended."""
    if path.exists():
        WATCH.look_into("the log of a process", path.read_text(encoding="utf-8", errors="replace"))
