"""Every case leaves one record of each request in the ledger: no less, so that nothing goes unseen, and no more, so that
what is read there is what happened. That holds for all cases but those of `NOT_ONE`.
"""

import re
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from types import MappingProxyType
from typing import Final

import httpx

from tests.world import World

NO_QUESTION: Final = (
    "what cannot be read as a question, or may not be asked so, is refused before it can be about anybody"
)

NOT_ONE: Final[Mapping[str, str]] = MappingProxyType({
    "B05": "a header that claims another unit is a security event of its own, beside the look",
    "D03": "the proof is used again with a second process, which writes into the same ledger",
    "D04": "of many refusals that are alike, those after the first few are counted in one record",
    "G02": NO_QUESTION,
    "G05": NO_QUESTION,
    "G08": NO_QUESTION,
    "G10": "what is asked in a stream has its records without a request for each",
    "L01": "the ledger cannot be written, which is why nothing is shown",
    "L05": "a record is removed, to see that it is missed",
    "R20": "a record for each of the women who were named, so that both can read of it",
    "S11": "a header that claims another organisation is a security event of its own, beside the look",
    "S15": "of many refusals that are alike, those after the first few are counted in one record",
})  # fmt: skip
"""By case, why its records are not as many as its requests."""

_CASE: Final = re.compile(r"test_TC_([A-Z]\d\d)_")


@asynccontextmanager
async def audited(world: World, test: str) -> AsyncIterator[World]:
    """A gateway whose ledger is held against the requests that were sent to it, when the test of a case is over."""
    sent = 0

    async def count(response: httpx.Response) -> None:
        nonlocal sent
        sent += response.request.url.path == "/graphql"

    world.client.event_hooks["response"].append(count)
    yield world
    case = _CASE.match(test)
    if case is not None and case[1] not in NOT_ONE:
        events = Counter(entry["event_id"] for entry in await world.all_ledger_entries())
        assert (len(events), set(events.values()) - {1}) == (sent, set()), f"of {sent} requests: {events}"
