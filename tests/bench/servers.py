"""Servers to measure, each a process of its own on the same store, and stopped again."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

GATEWAY = "tests.bench.gateway"
SERVERS: Final[Mapping[str, tuple[str, ...]]] = {
    "limit": ("tests.bench.limit",),
    "limit with memory": ("tests.bench.limit", "--remember"),
    "same rows": ("tests.bench.same_rows",),
    "gateway": (GATEWAY,),
    "no ledger": (GATEWAY, "--no-ledger"),
    "core": (GATEWAY, "--no-ledger", "--core"),
}
"""By name: the module, and its switches."""

UNLIMITED: Final = {"person_operations_per_minute": 0, "client_operations_per_minute": 0}
"""Settings: nobody asks so often as the bench does."""

STARTS_WITHIN_SECONDS: Final = 60


@contextmanager
def serving(data_dir: Path, url: str, names: tuple[str, ...] = tuple(SERVERS)) -> Iterator[Mapping[str, "Server"]]:
    """Each of them on a port of its own."""
    environment = {
        **os.environ, "HELSEKORT_DATA_DIR": str(data_dir), "HELSEKORT_LOG_LEVEL": "ERROR", "HELSEKORT_DATABASE_URL": url,
        "HELSEKORT_TELL_COST": "false",  # production never does
        **{f"HELSEKORT_{name.upper()}": str(value) for name, value in UNLIMITED.items()},
    }  # fmt: skip
    started: dict[str, Server] = {}
    try:
        for name in names:
            started[name] = Server(SERVERS[name], environment)
        yield started
    finally:
        for server in started.values():
            server.stop()


class Server:
    def __init__(self, command: tuple[str, ...], environment: Mapping[str, str]) -> None:
        self.port = _free_port()
        module, *switches = command
        self._process = subprocess.Popen(
            [sys.executable, "-m", module, str(self.port), *switches], env=environment, stdout=subprocess.DEVNULL
        )
        self._wait(module)

    @property
    def resident_bytes(self) -> int:
        """The memory it holds, by the kernel's books (Linux only)."""
        status = Path(f"/proc/{self._process.pid}/status").read_text(encoding="ascii")
        return int(next(line for line in status.splitlines() if line.startswith("VmRSS:")).split()[1]) * 1024

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(20)

    def _wait(self, module: str) -> None:
        until = time.monotonic() + STARTS_WITHIN_SECONDS
        while time.monotonic() < until and self._process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.1)
        self._process.kill()
        raise RuntimeError(f"{module} did not start")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
