"""The command line: `helsekort`."""

import sys

import typer
from pydantic import ValidationError

from app.commands import cards, documents, inspection, policies, reports, rules, serving, tokens
from app.keys import ConfigurationError
from app.settings import Settings

cli = typer.Typer(
    help="Helsekort: GraphQL gateway to the digital pregnancy card.", no_args_is_help=True, add_completion=False,
    pretty_exceptions_enable=False,
)  # fmt: skip
serving.add_to(cli)
cards.add_to(cli)
inspection.add_to(cli)
rules.add_to(cli)
tokens.add_to(cli)
documents.add_to(cli)
policies.add_to(cli)
reports.add_to(cli)


def main() -> None:
    """Entry point. A configuration that cannot work ends with a message and exit code 2, never a stack trace."""
    try:
        cli()
    except ConfigurationError as error:
        problems = [str(error)]
    except ValidationError as error:
        if error.title != Settings.__name__:
            raise
        problems = [f"{_variable(problem['loc'])}: {problem['msg']}" for problem in error.errors(include_input=False)]
    else:
        return
    for problem in problems:
        typer.echo(f"Cannot start: {problem}", err=True)
    sys.exit(2)


def _variable(location: tuple[int | str, ...]) -> str:
    return f"HELSEKORT_{str(location[0]).upper()}" if location else "the settings"


if __name__ == "__main__":
    main()
