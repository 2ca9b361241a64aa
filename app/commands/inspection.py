"""Commands that show what is: facts, schema, explain, ledger."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from app.commands.ledger import ledger
from app.commands.policies import policy_today
from app.commands.tokens import persona_named
from app.domain.data_dictionary import dictionary
from app.domain.policy import Decision, Policy, ProfileKey
from app.domain.viewer import CallerKind, Purpose
from app.identity.personas import Persona
from resolvers.views import printed

SCHEMA_FILE = "schema.graphql"


def add_to(cli: typer.Typer) -> None:
    """Register the commands."""
    for command in (facts, schema, explain):
        cli.command()(command)
    cli.add_typer(ledger, name="ledger")


def facts(as_json: Annotated[bool, typer.Option("--json", help="One JSON object per fact.")] = False) -> None:
    """The data dictionary: every fact of the card, from its declaration."""
    entries = dictionary()
    if as_json:
        typer.echo(json.dumps(entries, ensure_ascii=False, indent=2))
        return
    table = Table("path", "type", "unit", "norsk", "sensitivity", "wire")
    for entry in entries:
        table.add_row(
            entry["path"], entry["type"], entry["unit"] or "", entry["labels"]["no"], entry["sensitivity"],
            entry["wire"] or entry["wireMetadata"] or "(paper only)",
        )  # fmt: skip
    Console(width=None if Console().is_terminal else 200).print(table)


def schema(
    view: Annotated[CallerKind | None, typer.Option(help="As this kind of caller sees it.")] = None,
    check: Annotated[bool, typer.Option(help=f"Fail when {SCHEMA_FILE} is not what the code prints.")] = False,
) -> None:
    """Print the schema, whole or of one kind of caller."""
    text = printed(view)
    if not check:
        typer.echo(text, nl=False)
        return
    kept = Path(SCHEMA_FILE)
    if not kept.exists() or kept.read_text(encoding="utf-8") != text:
        typer.echo(f"{SCHEMA_FILE} is not what the code prints; run `helsekort schema > {SCHEMA_FILE}`.", err=True)
        raise typer.Exit(1)
    typer.echo(f"{SCHEMA_FILE} is what the code prints.")


def explain(
    path: Annotated[str, typer.Argument(help="Path of a fact, as `helsekort facts` prints it.")],
    persona: Annotated[str, typer.Option("--as", help="Name of a persona.")],
    purpose: Annotated[Purpose | None, typer.Option(help="Default: each purpose the persona gives.")] = None,
) -> None:
    """Say whether somebody sees a fact, by which rule, and where the rule stands."""
    policy, found = policy_today(), persona_named(persona)
    purposes = [purpose] if purpose else policy.purposes_of(found.role)
    known = policy.profile(ProfileKey(found.role, purposes[0])).decisions
    if path not in known:
        typer.echo(f"No fact is called {path}; `helsekort facts` lists them.", err=True)
        raise typer.Exit(2)
    for line in _explanations(policy, found, path, purposes):
        typer.echo(line)
    typer.echo(f"Policy {policy.name} (app/domain/policies/{policy.name}.toml), in force from {policy.valid_from}.")
    typer.echo(f"Legal basis: {policy.legal_basis}.")


def _explanations(policy: Policy, persona: Persona, path: str, purposes: list[Any]) -> Iterator[str]:
    """One paragraph per purpose (and unit, where that matters): verdict and rule."""
    at_units = (False, True) if policy.roles[persona.role].matrix_at_own_unit else (None,)
    for purpose in purposes:
        for own_unit in at_units:
            profile = policy.profile(ProfileKey(persona.role, purpose, bool(own_unit)))
            decision, partial = profile.decisions[path], profile.partial.get(path)
            situation = f"for {purpose}" if purpose else "without a stated purpose"
            unit = {None: "", True: ", at her own unit", False: ", at another unit"}[own_unit]
            yield f"{persona.name} as {persona.role} {situation}{unit}: {_verdict(decision, partial)}"
            yield f"    {decision.rule}{f'; but {partial.rule}' if partial else ''}"


def _verdict(decision: Decision, partial: Decision | None) -> str:
    if not decision.allowed:
        return f"WITHHELD ({decision.reason})"
    return "READ IN PART" if partial else "READ"
