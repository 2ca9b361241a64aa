"""Commands that run the gateway: serve, demo, migrate."""

import asyncio
import gc
from typing import Annotated

import typer
import uvicorn

from app.keys import ConfigurationError
from app.main import create_app
from app.settings import RunProfile, Settings
from app.startup import ready_store, require_current, store_of
from data.migrate import migrate
from resolvers import limits

Host = Annotated[str | None, typer.Option(help="Address to listen on (HELSEKORT_HOST).")]
Port = Annotated[int | None, typer.Option(help="Port to listen on (HELSEKORT_PORT).")]
Profile = Annotated[RunProfile | None, typer.Option(help="development or production (HELSEKORT_PROFILE).")]


def add_to(cli: typer.Typer) -> None:
    """Register the commands."""
    for command in (serve, demo, migrate_command):
        cli.command(name="migrate" if command is migrate_command else command.__name__)(command)


def settings_with(host: str | None, port: int | None, profile: RunProfile | None) -> Settings:
    """The environment's settings, with what the command line says on top."""
    given = {"host": host, "port": port, "profile": profile}
    return Settings.model_validate({**Settings().model_dump(), **{k: v for k, v in given.items() if v is not None}})


def serve(host: Host = None, port: Port = None, profile: Profile = None) -> None:
    """Serve the gateway on a migrated database."""
    settings = settings_with(host, port, profile)
    asyncio.run(_require_current(settings))
    _run(settings)


def demo(host: Host = None, port: Port = None, profile: Profile = None) -> None:
    """Migrate, load the synthetic women into an empty store, and serve in the development profile."""
    settings = settings_with(host, port, profile)
    if not settings.is_development:
        raise ConfigurationError("demo runs in the development profile only")
    loaded = asyncio.run(ready_store(settings))
    typer.echo(f"{loaded} synthetic women in the store." if loaded else "The store has data already; it is kept.")
    typer.echo(f"Explorer: http://{settings.host}:{settings.port}/explorer")
    typer.echo("A token:  helsekort token kari")
    _run(settings)


def migrate_command() -> None:
    """Bring the database's schema up to date. Forward only."""

    async def run() -> None:
        async with store_of(Settings()) as services:
            await migrate(services.database)

    asyncio.run(run())
    typer.echo("The database is up to date.")


async def _require_current(settings: Settings) -> None:
    async with store_of(settings) as services:
        await require_current(services.database)


def _leave_what_stays() -> None:
    """Schemas, documents and programs stay for good: looking through them for garbage again and again is for nothing.
    Requests leave no cycles to speak of, so there is no hurry either."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def _run(settings: Settings) -> None:
    app = create_app(settings)
    _leave_what_stays()
    uvicorn.run(
        app, host=settings.host, port=settings.port, log_level="warning", access_log=False,
        server_header=False, date_header=True, loop="uvloop", http="httptools", ws="websockets-sansio",
        ws_max_size=limits.SOCKET_MESSAGE_MAX_BYTES, ws_per_message_deflate=False,
        timeout_graceful_shutdown=limits.EXECUTION_MAX_SECONDS,  # a stream would go on for ever
    )  # fmt: skip
