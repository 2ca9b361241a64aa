"""Requests over many connections, each sending its next as soon as it has its answer; light, because it shares the
processor with what it measures. Requests are made in advance; of an answer only the length is looked for."""

import asyncio
import statistics
import time
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson
import uvloop

HEAD_ENDS: Final = b"\r\n\r\n"
LENGTH: Final = b"content-length: "


@dataclass(frozen=True, slots=True)
class Run:
    """What was measured: answers a second, milliseconds until half and nearly all of them, bytes of one."""

    per_second: float
    p50_ms: float
    p99_ms: float
    answer_bytes: float


class Failed(Exception):
    """An answer that is none: the figures would be of something else."""


def request(path: str, token: str, body: bytes) -> bytes:
    """The bytes of one request."""
    head = f"POST {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\ncontent-type: application/json\r\n"
    return f"{head}content-length: {len(body)}\r\n\r\n".encode() + body


def load(port: int, requests: Iterator[bytes], connections: int, seconds: float) -> Run:
    """Ask for so long. Raises Failed for any answer that is not 200, or has errors."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_Load(requests, seconds=seconds).run(port, connections))


def load_all(port: int, requests: Iterator[bytes], connections: int) -> Run:
    """Ask all there are. Raises Failed."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_Load(requests, seconds=float("inf")).run(port, connections))


def median(runs: Sequence[Run]) -> Run:
    """Each figure's median."""
    names = Run.__slots__
    return Run(*(statistics.median(getattr(run, name) for run in runs) for name in names))


class _Load:
    def __init__(self, requests: Iterator[bytes], seconds: float) -> None:
        self.requests, self.seconds = requests, seconds
        self.latencies = array("d")
        self.bytes = 0
        self.until = 0.0

    async def run(self, port: int, connections: int) -> Run:
        loop = asyncio.get_running_loop()
        made = [await loop.create_connection(lambda: _Connection(self), "127.0.0.1", port) for _ in range(connections)]
        began = time.perf_counter()
        self.until = began + self.seconds
        for _, connection in made:
            connection.send()
        await asyncio.gather(*(connection.done for _, connection in made))
        took = time.perf_counter() - began
        ordered = sorted(self.latencies)
        count = len(ordered)
        if not count:
            raise Failed("nothing was answered")
        return Run(count / took, ordered[count // 2] * 1e3, ordered[int(count * 0.99)] * 1e3, self.bytes / count)


class _Connection(asyncio.Protocol):
    def __init__(self, load: _Load) -> None:
        self.load = load
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.answer = b""
        self.ends = 0
        self.began = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: Any = transport  # uvloop's is no asyncio.Transport by name

    def send(self) -> None:
        asked = next(self.load.requests, None)
        self.began = time.perf_counter()
        if asked is None or self.began >= self.load.until:
            self.transport.close()
            self.done.set_result(None)
            return
        self.transport.write(asked)

    def data_received(self, data: bytes) -> None:
        self.answer = self.answer + data if self.answer else data
        if not self.ends:
            head = self.answer.find(HEAD_ENDS)
            if head < 0:
                return
            at = self.answer.find(LENGTH, 0, head) + len(LENGTH)
            self.ends = head + len(HEAD_ENDS) + int(self.answer[at : self.answer.find(b"\r\n", at)])
        if len(self.answer) >= self.ends:
            self._answered()

    def _answered(self) -> None:
        took, answer = time.perf_counter() - self.began, self.answer
        if not answer.startswith(b"HTTP/1.1 200") or b'"errors":[' in answer:
            self._fail(Failed(answer[:600].decode(errors="replace")))
            return
        if not self.load.latencies:
            orjson.loads(answer[answer.find(HEAD_ENDS) :])
        self.load.latencies.append(took)
        self.load.bytes += self.ends
        self.answer, self.ends = b"", 0
        self.send()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            self._fail(Failed(f"the server hung up: {error}"))

    def _fail(self, error: Exception) -> None:
        self.load.until = 0.0
        if not self.done.done():
            self.done.set_exception(error)
