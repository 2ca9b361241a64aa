"""The catalogue of clinical rules: which there are, where they come from, which are on, and why the others are not."""

import json
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from app.domain.clinical.registry import catalogue

ON, OFF = "on", "off"


def add_to(cli: typer.Typer) -> None:
    """Register the command."""
    cli.command()(rules)


def rules(as_json: Annotated[bool, typer.Option("--json", help="One JSON object per rule.")] = False) -> None:
    """The clinical rules: what each is called, its version, its sources, whether it is on, and why not."""
    entries = [
        {
            "id": entry.id, "version": entry.version, "sources": list(entry.sources), "evidence": entry.evidence,
            "status": ON if entry.off is None else OFF, "reason": entry.off,
        }
        for entry in catalogue()
    ]  # fmt: skip
    if as_json:
        typer.echo(json.dumps(entries, ensure_ascii=False, indent=2))
        return
    Console(width=None if Console().is_terminal else 200).print(_table(entries))


def _table(entries: list[dict[str, Any]]) -> Table:
    table = Table("id", "version", "sources", "evidence", "status", "reason")
    for entry in entries:
        table.add_row(
            entry["id"], f"{entry['version'] or ''}", ", ".join(entry["sources"]), entry["evidence"] or "",
            entry["status"], entry["reason"] or "",
        )  # fmt: skip
    return table
