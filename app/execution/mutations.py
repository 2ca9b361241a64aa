"""Mutations come to their end, whoever waits for them."""

import asyncio
from collections.abc import Awaitable
from typing import Final

from graphql import ExecutionResult

MUTATION_TASK: Final = "mutation"

_BEGUN: Final[set[asyncio.Task[ExecutionResult]]] = set()
"""The mutations that are under way: the loop itself would forget one that nobody waits for any more."""


def to_its_end(started: Awaitable[ExecutionResult]) -> asyncio.Task[ExecutionResult]:
    """A mutation as a task of its own. A caller who goes away, or has waited too long, does not cut it off: cut off
    while a transaction begins, SQLite's connection would keep the file locked. The same key gets its answer."""
    task = asyncio.create_task(_awaited(started), name=MUTATION_TASK)
    _BEGUN.add(task)
    task.add_done_callback(_BEGUN.discard)
    task.add_done_callback(lambda done: done.cancelled() or done.exception())  # it may be that nobody asks
    return task


async def _awaited(started: Awaitable[ExecutionResult]) -> ExecutionResult:
    return await started
