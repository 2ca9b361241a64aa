"""Reports for evaluators, counted from the cards."""

import asyncio

import typer

from app.domain.aggregates import ReportName
from app.domain.errors import RecordRefusal
from app.settings import Settings
from app.startup import require_current, store_of
from data.aggregates import make_reports

reports = typer.Typer(help="Totals for those who evaluate the trial.", no_args_is_help=True)


def add_to(cli: typer.Typer) -> None:
    """Register the commands."""
    cli.add_typer(reports, name="reports")


@reports.callback()
def _group() -> None:
    """With it the one command keeps its name."""


@reports.command("make")
def make_command() -> None:
    """Count all cards anew and publish what may be. A report that would tell of too few women stays as it is."""

    async def run() -> dict[ReportName, RecordRefusal | None]:
        async with store_of(Settings()) as services:
            await require_current(services.database)
            return await make_reports(services.database, services.policy, services.clock())

    for name, refusal in asyncio.run(run()).items():
        typer.echo(f"{name}: {refusal.code if refusal else 'published'}")
