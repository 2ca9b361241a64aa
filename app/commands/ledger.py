"""Commands on the ledger: prove it, anchor it outside, give it out, look for signs of snooping, remove what is old."""

import asyncio
import json
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from rich.console import Console
from rich.table import Table

from app.domain.chains import Break, Head
from app.domain.ledger import EntryKind, LedgerEntry, Outcome
from app.domain.searching import LedgerSearch
from app.domain.signals import Signal, signals_in
from app.services import Services
from app.settings import Settings
from app.startup import require_current, store_of
from data.ledger import verify
from data.ledger_keeping import Retention, against_anchors, count_expired, entries_of, heads, links_of, prune
from data.log_exports import as_line

T = TypeVar("T")

DAYS_IN_A_YEAR = 365.25

ledger = typer.Typer(help="The ledger of who saw what.", no_args_is_help=True)

From = Annotated[datetime | None, typer.Option("--from", help="From this day or time, UTC.")]
Until = Annotated[datetime | None, typer.Option(help="Until before this day or time, UTC.")]


@ledger.command("verify")
def verify_ledger(
    against: Annotated[Path | None, typer.Option(help="A file of earlier anchors, as `ledger anchor` prints.")] = None,
) -> None:
    """Prove the ledger's chains: no entry changed, removed or out of order. Exit code 1 when one is."""

    async def run() -> list[Break]:
        async with _ledger() as services:
            found = await verify(services.database, services.ledger.key)
            return found + (await against_anchors(services.database, _anchors(against)) if against else [])

    breaks = asyncio.run(run())
    for found in breaks:
        typer.echo(f"chain {found.chain} at {found.sequence}: {found.what}", err=True)
    if breaks:
        raise typer.Exit(1)
    typer.echo("The ledger holds: every chain is whole.")


@ledger.command()
def anchor() -> None:
    """Print where every chain ends now, one JSON object a line: to be kept outside, once a day."""

    async def run() -> list[Head]:
        async with _ledger() as services:
            return await heads(services.database)

    for head in asyncio.run(run()):
        typer.echo(json.dumps({"chain": head.chain, "sequence": head.sequence, "hash": head.hash}))


@ledger.command()
def export(from_: From = None, until: Until = None) -> None:
    """Print the ledger's links as JSON lines, oldest first, with place and hash. That it was done is an entry."""

    async def run() -> None:
        async with _ledger() as services:
            search = LedgerSearch(begins_at=_in_utc(from_), ends_at=_in_utc(until))
            await services.ledger.append(_noted(services, "ledger export", search))
            async for link in links_of(services.database, search):
                typer.echo(as_line(link))

    asyncio.run(run())


@ledger.command()
def signals(
    days: Annotated[int, typer.Option(min=1, max=366, help="How many days back.")] = 30,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Tell what in the ledger is worth a closer look. Signs, no verdicts. That it was done is an entry."""

    async def run() -> list[Signal]:
        async with _ledger() as services:
            search = LedgerSearch(begins_at=services.clock() - timedelta(days=days))
            await services.ledger.append(_noted(services, "ledger signals", search))
            return signals_in([entry async for entry in entries_of(services.database, search)])

    _print(asyncio.run(run()), as_json)


@ledger.command("prune")
def prune_ledger(
    apply: Annotated[bool, typer.Option("--apply", help="Remove them; without it they are counted only.")] = False,
) -> None:
    """Remove entries past their time (see the settings), leaving every chain provable. That it was done is an entry."""

    async def run() -> int:
        async with _ledger() as services:
            terms = retention(services)
            if not apply:
                return await count_expired(services.database, terms)
            removed, entry = 0, _noted(services, "ledger prune", LedgerSearch(ends_at=terms.usage_before))
            while some := await prune(services.ledger, services.database, terms, entry):
                removed += some
                typer.echo(f"{removed} removed …", err=True)
            return removed

    count = asyncio.run(run())
    typer.echo(f"{count} entries removed." if apply else f"{count} entries are past their time; --apply removes them.")


def retention(services: Services) -> Retention:
    """What is past its time now."""
    now, settings = services.clock(), services.settings
    return Retention(
        now - timedelta(days=DAYS_IN_A_YEAR * settings.usage_kept_years),
        now - timedelta(days=DAYS_IN_A_YEAR * settings.security_kept_years),
    )


@asynccontextmanager
async def _ledger() -> AsyncIterator[Services]:
    async with store_of(Settings()) as services:
        await require_current(services.database)
        yield services
        await services.ledger.close()


def _noted(services: Services, name: str, search: LedgerSearch) -> LedgerEntry:
    now = services.clock()
    return LedgerEntry(
        event_id=str(uuid.uuid4()), at=now, kind=EntryKind.MAINTENANCE, patient_id=None,
        outcome=Outcome.ALLOWED, policy=services.policies.at(now).name, operation_kind="maintenance",
        operation_name=name, searched=search.in_words(),
    )  # fmt: skip


def _anchors(file: Path) -> list[Head]:
    lines = file.read_text(encoding="utf-8").splitlines()
    return [Head(**json.loads(line)) for line in lines if line.strip()]


def _in_utc(at: datetime | None) -> datetime | None:
    return at.replace(tzinfo=UTC) if at and at.tzinfo is None else at


def _print(found: list[Signal], as_json: bool) -> None:
    if as_json:
        for signal in found:
            typer.echo(json.dumps(_told(signal), ensure_ascii=False))
        return
    table = Table("sign", "who", "HPR", "unit", "count", "last")
    for signal in found:
        table.add_row(*(str(value if value is not None else "") for value in _told(signal).values()))
    Console(width=None if Console().is_terminal else 160).print(table)


def _told(signal: Signal) -> dict[str, Any]:
    return {
        "sign": signal.sign.value, "who": signal.actor_name, "hprNumber": signal.hpr_number,
        "unit": signal.organisation_name, "count": signal.count, "last": signal.last_at.isoformat(),
    }  # fmt: skip
