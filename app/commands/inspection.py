"""Commands that show what is: facts, schema, token, explain, ledger verify."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from app.development import TOKEN_LIFETIME_SECONDS, all_personas
from app.domain.data_dictionary import dictionary
from app.domain.policy import Decision, Policy, ProfileKey, current_policy
from app.domain.viewer import CallerKind, Purpose
from app.identity.development_issuer import DevelopmentIssuer
from app.identity.personas import Persona, PurposeNotGiven, UnknownPersona, find_persona
from app.services import system_clock
from app.settings import Settings
from app.startup import require_current, store_of
from data.ledger import verify
from data.synthetic.cast import CAST
from resolvers.views import printed

SCHEMA_FILE = "schema.graphql"

ledger = typer.Typer(help="The ledger of who saw what.", no_args_is_help=True)


def add_to(cli: typer.Typer) -> None:
    """Register the commands."""
    for command in (facts, schema, token, explain):
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


def token(
    persona: Annotated[str | None, typer.Argument(help="Name of a persona; see --list.")] = None,
    purpose: Annotated[Purpose | None, typer.Option(help="Why the professional looks.")] = None,
    lifetime: Annotated[
        int, typer.Option(help="Seconds until it expires; negative: long past.")
    ] = TOKEN_LIFETIME_SECONDS,
    list_all: Annotated[bool, typer.Option("--list", help="List the personas.")] = False,
) -> None:
    """Print a token for a persona, signed by the development issuer."""
    if list_all or persona is None:
        _list_personas()
        return
    settings = Settings()
    if not settings.is_development:
        typer.echo("Tokens for personas exist in the development profile only.", err=True)
        raise typer.Exit(2)
    found = _persona(persona)
    try:
        chosen = found.purpose_for(purpose)
    except PurposeNotGiven as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
    issuer = DevelopmentIssuer(settings.data_dir)
    typer.echo(issuer.mint(found, now=system_clock(), purpose=chosen, lifetime_seconds=lifetime, by_hand=True))


def _list_personas() -> None:
    table, stories = Table("persona", "who", "role", "unit", "patient"), {woman.slug: woman.story for woman in CAST}
    for persona in all_personas().values():
        unit = persona.unit.name if persona.unit else ""
        story = stories.get(persona.name, persona.title)
        who = f"{persona.full_name}: {story}" if persona.full_name else story
        table.add_row(persona.name, who, persona.role.value, unit, persona.patient_number or "")
    Console(width=None if Console().is_terminal else 160).print(table)


def _persona(name: str) -> Persona:
    try:
        return find_persona(all_personas(), name)
    except UnknownPersona as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error


def explain(
    path: Annotated[str, typer.Argument(help="Path of a fact, as `helsekort facts` prints it.")],
    persona: Annotated[str, typer.Option("--as", help="Name of a persona.")],
    purpose: Annotated[Purpose | None, typer.Option(help="Default: each purpose the persona gives.")] = None,
) -> None:
    """Say whether somebody sees a fact, by which rule, and where the rule stands."""
    policy, found = current_policy(), _persona(persona)
    purposes = [purpose] if purpose else policy.purposes_of(found.role)
    known = policy.profile(ProfileKey(found.role, purposes[0])).decisions
    if path not in known:
        typer.echo(f"No fact is called {path}; `helsekort facts` lists them.", err=True)
        raise typer.Exit(2)
    for line in _explanations(policy, found, path, purposes):
        typer.echo(line)
    typer.echo(f"Policy {policy.name} (app/domain/policy.toml), in force from {policy.valid_from}.")
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


@ledger.command("verify")
def verify_ledger() -> None:
    """Prove the ledger's chains: no entry changed, removed or out of order. Exit code 1 when one is."""

    async def run() -> list[Any]:
        async with store_of(Settings()) as services:
            await require_current(services.database)
            return await verify(services.database, services.ledger.key)

    breaks = asyncio.run(run())
    for found in breaks:
        typer.echo(f"chain {found.chain} at {found.sequence}: {found.what}", err=True)
    if breaks:
        raise typer.Exit(1)
    typer.echo("The ledger holds: every chain is whole.")
