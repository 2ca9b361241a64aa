"""The command line: `helsekort`."""

import sys

import typer

from app.commands import cards, inspection, serving
from app.keys import ConfigurationError

cli = typer.Typer(
    help="Helsekort: GraphQL gateway to the digital pregnancy card.", no_args_is_help=True, add_completion=False,
    pretty_exceptions_enable=False,
)  # fmt: skip
serving.add_to(cli)
cards.add_to(cli)
inspection.add_to(cli)


def main() -> None:
    """Entry point. A configuration that cannot work ends with a message and exit code 2, never a stack trace."""
    try:
        cli()
    except ConfigurationError as error:
        typer.echo(f"Cannot start: {error}", err=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
