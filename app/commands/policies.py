"""Commands about the access policies: policy list, policy show, policy diff."""

import json
from typing import Annotated

import typer

from app.domain.dated_policies import shipped_policies
from app.domain.policy import Policy
from app.domain.policy_differences import Cell, Difference, differences, other_differences
from app.domain.policy_document import PolicyError
from app.services import system_clock

policies = typer.Typer(help="Who may see what, and from when.", no_args_is_help=True)


def add_to(cli: typer.Typer) -> None:
    """Register the commands."""
    cli.add_typer(policies, name="policy")


def policy_today() -> Policy:
    """The policy in force; before the first is, that one."""
    return shipped_policies().at(system_clock())


@policies.command("list")
def list_policies() -> None:
    """List the policies that come with the gateway, and say which is in force."""
    today = policy_today()
    for policy in sorted(shipped_policies().named.values(), key=lambda one: (one.is_draft, one.valid_from)):
        typer.echo(f"{policy.name}  {_validity(policy)}{'  (now)' if policy is today else ''}")


@policies.command()
def show(name: Annotated[str | None, typer.Argument(help="Of a policy; default: the one in force.")] = None) -> None:
    """Print a policy as JSON, whole: what it extends is put in."""
    policy = _named(name) if name else policy_today()
    typer.echo(json.dumps(policy.document, ensure_ascii=False, indent=2, default=str))


@policies.command()
def diff(
    before: Annotated[str, typer.Argument(help="Name of a policy.")],
    after: Annotated[str, typer.Argument(help="Name of another.")],
) -> None:
    """List every role, purpose and fact that may be read or written by the one policy and not by the other."""
    old, new = _named(before), _named(after)
    cells, others = differences(old, new), other_differences(old, new)
    for difference in (*cells, *others):
        typer.echo(_line(difference))
    typer.echo(f"{len(cells)} differences of facts, {len(others)} of other terms.")


def _line(difference: Difference) -> str:
    what = difference.what
    if isinstance(what, Cell):
        what = f"{what.role} {what.purpose} {what.fact} {' '.join(filter(None, (what.access, what.where)))}"
    return f"{what}: {difference.before} -> {difference.after}"


def _validity(policy: Policy) -> str:
    """From when a policy is in force, in words."""
    return f"a draft, proposed from {policy.valid_from}" if policy.is_draft else f"in force from {policy.valid_from}"


def _named(name: str) -> Policy:
    """The policy of a name. Ends the command with exit code 2 when there is none."""
    try:
        return shipped_policies().find(name)
    except PolicyError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
