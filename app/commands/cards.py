"""Commands that move cards: import, export, seed. Long work shows how far it is, and can be stopped and resumed."""

import asyncio
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

from app.domain.errors import RecordRefusal
from app.domain.gate import OSLO
from app.services import Services
from app.settings import Settings
from app.startup import migrate_if_needed, store_of
from data.dhg.exporting import export_records
from data.dhg.importing import ImportReport, import_records
from data.synthetic.seeding import load_alert_cast
from data.synthetic.seeding import seed as seed_women

BAD_FILE = 2
INTERRUPTED = 130


def add_to(cli: typer.Typer) -> None:
    """Register the commands."""
    cli.command(name="import")(import_command)
    cli.command(name="export")(export_command)
    cli.command(name="seed")(seed_command)


def import_command(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="National wire JSON: one record, or lines.")
    ],
    patient: Annotated[str | None, typer.Option(help="Whose record it is, where the file does not say.")] = None,
    consent_given_at: Annotated[
        datetime | None, typer.Option(help="Since when there is consent, where neither store nor file knows of one.")
    ] = None,
    keep_going: Annotated[bool, typer.Option(help="Import the rest when a record is refused.")] = False,
    from_line: Annotated[int, typer.Option(min=1, help="Go on at this line.")] = 1,
) -> None:
    """Take in records as the national service delivers them. Without recorded consent nothing is stored."""
    given_at = _in_norway(consent_given_at) if consent_given_at else None

    async def run(services: Services) -> ImportReport:
        with _spinner("records") as show:
            report: ImportReport = await _until_interrupted(
                import_records(
                    services.database, services.patient_keys, file, patient_number=patient, consent_given_at=given_at,
                    keep_going=keep_going, from_line=from_line, on_progress=lambda report: show(report.stored),
                )
            )  # fmt: skip
        return report

    _report(_with_store(run), file)


def _in_norway(at: datetime) -> datetime:
    """A time without a zone is Norwegian civil time, as in the national format."""
    return (at if at.tzinfo else at.replace(tzinfo=OSLO)).astimezone(UTC)


def _report(report: ImportReport, file: Path) -> None:
    """Say what was stored and what was not, and why; the exit code says whether everything was."""
    for refused in report.refusals:
        for problem in refused.problems:
            where = f"{problem.path}: " if problem.path else ""
            typer.echo(f"{file.name}:{refused.number}: {where}{problem.reason}: {problem.message}", err=True)
    kept = f"{report.stored} stored, {report.refused} refused"
    if report.interrupted:
        typer.echo(f"Interrupted: {kept}. Go on with --from-line {report.next_line}.", err=True)
        raise typer.Exit(INTERRUPTED)
    typer.echo(f"{kept}.", err=bool(report.refused))
    if report.refused:
        if not report.complete:
            typer.echo("Stopped there; --keep-going imports the rest.", err=True)
        raise typer.Exit(BAD_FILE)


def export_command(
    patient: Annotated[str | None, typer.Option(help="Only this woman's cards.")] = None,
    record_only: Annotated[bool, typer.Option(help="The national record alone, without the envelope.")] = False,
    out: Annotated[Path | None, typer.Option(help="File to write; default: standard output.")] = None,
) -> None:
    """Write cards back in the national wire format, one JSON line each."""

    async def run(services: Services) -> int:
        count = 0
        with out.open("wb") if out else _standard_output() as stream:
            async for envelope in export_records(services.database, services.patient_keys, patient_number=patient):
                stream.write(orjson.dumps(envelope["record"] if record_only else envelope) + b"\n")
                count += 1
        return count

    try:
        count = _with_store(run)
    except RecordRefusal as refusal:
        typer.echo(f"{refusal.code}: {refusal.message}", err=True)
        raise typer.Exit(BAD_FILE) from refusal
    typer.echo(f"{count} exported.", err=True)


@contextmanager
def _standard_output() -> Iterator[Any]:
    yield sys.stdout.buffer
    sys.stdout.buffer.flush()


def seed_command(
    women: Annotated[int, typer.Option(min=1, help="How many women.")] = 1000,
    seed: Annotated[int, typer.Option(help="The same seed makes the same women.")] = 1,
    alerts: Annotated[bool, typer.Option(help="Instead, a few women between whom every alert is shown.")] = False,
) -> None:
    """Make a population of synthetic women. Run again with the same seed it goes on where it stopped."""

    async def run(services: Services) -> int:
        today = services.clock().astimezone(OSLO).date()
        if alerts:
            return await load_alert_cast(services.database, services.patient_keys, today)
        with _bar("women", women) as show:
            added: int = await _until_interrupted(
                seed_women(
                    services.database, services.patient_keys, women=women, seed=seed, as_of=today,
                    on_progress=lambda done, _total: show(done),
                )
            )  # fmt: skip
        return added

    added = _with_store(run)
    typer.echo(f"{added} women added.")


def _with_store(run: Callable[[Services], Any]) -> Any:
    """Run on a migrated store."""

    async def whole() -> Any:
        async with store_of(Settings()) as services:
            await migrate_if_needed(services.database)
            return await run(services)

    return asyncio.run(whole())


async def _until_interrupted(work: Any) -> Any:
    """Ctrl-C asks the work to stop after the transaction it is in."""
    task = asyncio.ensure_future(work)
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGINT, task.cancel)
    try:
        return await task
    finally:
        loop.remove_signal_handler(signal.SIGINT)


@contextmanager
def _bar(what: str, total: int) -> Iterator[Callable[[int], None]]:
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task(what, total=total)
        yield lambda done: progress.update(task, completed=done)


@contextmanager
def _spinner(what: str) -> Iterator[Callable[[int], None]]:
    columns = SpinnerColumn(), TextColumn("{task.completed} {task.description}")
    with Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task(what, total=None)
        yield lambda done: progress.update(task, completed=done)
