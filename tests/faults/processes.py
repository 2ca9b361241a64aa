"""A gateway as a process that can be killed and started again at its address, and clients that do not give up."""

import asyncio
import os
import socket as sockets
import sys
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from app.development import all_personas
from app.identity.development_issuer import DevelopmentIssuer
from tests.canaries import look_into_file
from tests.world import World
from tests.writing import as_input, document, section_of

STARTED_WITHIN_SECONDS = 30
ACKNOWLEDGED_WITHIN_SECONDS = 60


class Gateway:
    """`helsekort serve` on a store; `log` is all that it has said."""

    def __init__(self, url: str, data_dir: Path, log: Path) -> None:
        self.log = log
        with sockets.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self._environment = os.environ | {
            "HELSEKORT_DATABASE_URL": url, "HELSEKORT_DATA_DIR": str(data_dir), "HELSEKORT_PROFILE": "development",
        }  # fmt: skip
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        command = [sys.executable, "-m", "app", "serve", "--port", str(self.port)]
        with self.log.open("ab") as said:
            self._process = await asyncio.create_subprocess_exec(
                *command, env=self._environment, stdout=said, stderr=said
            )
        async with asyncio.timeout(STARTED_WITHIN_SECONDS), httpx.AsyncClient() as client:
            while self._process.returncode is None:
                try:
                    if (await client.get(f"http://127.0.0.1:{self.port}/health/ready")).status_code == 200:
                        return
                except httpx.TransportError:
                    await asyncio.sleep(0.05)
        raise AssertionError(self.log.read_text())

    async def kill(self) -> None:
        """End it at once, whatever it is doing."""
        assert self._process is not None
        self._process.kill()
        await self._process.wait()

    async def stop(self) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.terminate()
            async with asyncio.timeout(15):
                await self._process.wait()
        look_into_file(self.log)

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def memory(self) -> int:
        """Bytes of its memory that are in use, at this moment."""
        return int(Path(f"/proc/{self.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@asynccontextmanager
async def running_gateway(url: str, data_dir: Path, log: Path) -> AsyncIterator[Gateway]:
    """A started gateway; stopped at the end."""
    made = Gateway(url, data_dir, log)
    try:
        await made.start()
        yield made
    finally:
        await made.stop()


@asynccontextmanager
async def gateway_of(world: World, folder: Path, name: str = "gateway") -> AsyncIterator[Gateway]:
    """A started gateway on the world's store."""
    settings = world.services.settings
    async with running_gateway(str(settings.database_url), settings.data_dir, folder / f"{name}.log") as made:
        yield made


@asynccontextmanager
async def client_of(gateway: Gateway, data_dir: Path, persona: str) -> AsyncIterator["Client"]:
    """Somebody signed in for the whole test: processes go by the real clock."""
    found, issuer = all_personas()[persona], DevelopmentIssuer(data_dir)

    def signed_in() -> str:
        return issuer.mint(found, now=datetime.now(UTC), purpose=found.purpose_for(None), lifetime_seconds=3600)

    limits = httpx.Limits(max_connections=32)
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{gateway.port}", limits=limits, timeout=20) as made:
        yield Client(made, signed_in)


def codes(body: Mapping[str, Any]) -> list[str]:
    """The codes of an answer's errors; every error must have one."""
    return [error["extensions"]["code"] for error in body.get("errors", ())]


class Client:
    """Sends commands over HTTP, for each patient with a token of its own. `met`: the codes it was answered with on the
    way; LOST for no answer at all."""

    def __init__(self, http: httpx.AsyncClient, signed_in: Callable[[], str]) -> None:
        self.http = http
        self._tokens: defaultdict[str | None, str] = defaultdict(signed_in)
        self.met: list[str] = []

    def credentials(self, patient: str | None) -> dict[str, str]:
        """Headers of a request about her."""
        return {"authorization": f"Bearer {self._tokens[patient]}"}

    async def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """The answer's body. Raises httpx.TransportError when there is none."""
        response = await self.http.post(
            "/graphql",
            json={"query": query, "variables": variables},
            headers=self.credentials(variables.get("patient")),
        )
        assert "Traceback" not in response.text
        body: dict[str, Any] = response.json()
        return body

    async def send(self, command: str, noun: str, **variables: Any) -> dict[str, Any]:
        """Send a command once; `content` is by Python names."""
        section = section_of(noun)
        if "content" in variables:
            variables["content"] = as_input(section.model, variables["content"])
        return await self.ask(document(command, section), **variables)

    async def until_acknowledged(self, command: str, noun: str, **variables: Any) -> dict[str, Any]:
        """Send a command, with the same key every time, until it is answered with what it wrote."""
        async with asyncio.timeout(ACKNOWLEDGED_WITHIN_SECONDS):
            while True:
                try:
                    body = await self.send(command, noun, **variables)
                except httpx.TransportError:
                    self.met.append("LOST")
                    await asyncio.sleep(0.05)
                    continue
                if "errors" not in body:
                    written: dict[str, Any] = body["data"]["written"]
                    return written
                self.met += codes(body)
