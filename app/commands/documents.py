"""Commands about the registered documents: documents register, documents list."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from graphql import OperationDefinitionNode
from rich.console import Console

from app.commands.losses_table import losses_table
from app.commands.policies import policy_today
from app.domain.viewer import CallerKind
from app.execution.documents import Documents, read_for_all, sha256_of
from app.execution.losses import Loss, losses
from app.execution.required import WrongMark, unmet
from app.execution.trusted import PREFIX, TrustedDocuments
from app.keys import ConfigurationError
from app.settings import Settings

documents = typer.Typer(help="The documents that production runs.", no_args_is_help=True)


def add_to(cli: typer.Typer) -> None:
    """Register the commands."""
    cli.add_typer(documents, name="documents")


class NotADocument(Exception):
    """A file holds nothing that can be registered; the message says which and why."""


@dataclass(frozen=True)
class Examined:
    """A document as it is to be registered, and what there is to say about it.

    source     where it was found
    problems   why it is not registered; none where it is
    """

    source: str
    text: str
    losses: list[Loss]
    problems: list[str]

    @property
    def id(self) -> str:
        return PREFIX + sha256_of(self.text)

    @property
    def name(self) -> str:
        """Its operations, by name."""
        return _name(self.text)

    @property
    def valid_for(self) -> list[str]:
        return [kind.value for kind, document in read_for_all(self.text).items() if not document.errors]


@documents.command()
def register(
    files: Annotated[
        list[Path],
        typer.Argument(help="Files with one document each, or .json with texts by their sha256.", show_default=False),
    ],
    replace: Annotated[bool, typer.Option("--replace", help="Afterwards no other document is registered.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be, and write nothing.")] = False,
) -> None:
    """Register documents, and say for each role and purpose which fields it would lose.

    Exit code 1, and nothing is written, when a document is valid for nobody, or a field is withheld from a role that a
    comment on its line says cannot do without: `# required for: GP, MIDWIFE in TREAT`.
    """
    path = Settings().trusted_documents
    try:
        known = {} if replace or not path.exists() else dict(TrustedDocuments.from_file(path).texts)
        found = [_examined(source, text) for file in files for source, text in _texts(file)]
    except (ConfigurationError, NotADocument) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    _show(found)
    if any(one.problems for one in found):
        typer.echo("Nothing was registered.", err=True)
        raise typer.Exit(1)
    new = {sha256_of(one.text): one.text for one in found}
    added = len(new.keys() - known.keys())
    if not dry_run:
        _write(path, known | new)
    typer.echo(f"{added} {'would be registered' if dry_run else 'registered'}, {len(new) - added} were already.")


@documents.command("list")
def list_documents(
    check: Annotated[
        bool, typer.Option("--check", help="Fail unless every document is whole, valid and gives what it must.")
    ] = False,
) -> None:
    """List the registered documents: identifier, operations, and the kinds of caller each is valid for."""
    try:
        texts = TrustedDocuments.from_file(Settings().trusted_documents).texts
    except ConfigurationError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    found = [_examined(PREFIX + digest, text) for digest, text in texts.items()]
    for one in found:
        if not check:
            typer.echo(f"{one.id}  {one.name}  {', '.join(one.valid_for) or 'nobody'}")
        for problem in one.problems if check else ():
            typer.echo(f"{one.id} {one.name}: {problem}", err=True)
    if check and any(one.problems for one in found):
        raise typer.Exit(1)
    if check:
        typer.echo(f"{len(found)} documents, each as it must be.")


def _texts(file: Path) -> Iterator[tuple[str, str]]:
    """The documents of a file, with where each stands. The text is what is in the file, to the last byte."""
    try:
        text = file.read_bytes().decode()
    except (OSError, UnicodeDecodeError) as error:
        raise NotADocument(f"{file}: cannot be read as UTF-8 text") from error
    if file.suffix != ".json":
        yield str(file), text
        return
    try:
        manifest = json.loads(text)
    except ValueError as error:
        raise NotADocument(f"{file}: is not JSON") from error
    if not isinstance(manifest, dict) or not all(isinstance(one, str) for one in manifest.values()):
        raise NotADocument(f"{file}: is not one object of texts by their sha256")
    for id_, one in manifest.items():
        if id_.removeprefix(PREFIX) != sha256_of(one):
            raise NotADocument(f"{file}: the text under {id_} has another sha256")
        yield f"{file} {id_}", one


def _examined(source: str, text: str) -> Examined:
    policy, as_read = policy_today(), read_for_all(text)
    found = list(losses(policy, as_read))
    if all(document.errors for document in as_read.values()):
        return Examined(source, text, found, [_why_invalid(text)])
    try:
        problems = list(unmet(policy, as_read, found))
    except WrongMark as error:
        problems = [str(error)]
    if any(node.name is None for node in _operations(text)):
        problems.append("name its operations: the ledger tells them apart by name")
    return Examined(source, text, found, problems)


def _why_invalid(text: str) -> str:
    """What is wrong for the kind of caller for whom the least is."""
    reader = Documents(hide_suggestions=False)
    by_kind = {kind: reader.get(kind, text).errors for kind in CallerKind}
    nearest = min(by_kind, key=lambda kind: len(by_kind[kind]))
    wrong = by_kind[nearest][0]
    place = f"line {wrong.locations[0].line}: " if wrong.locations else ""
    return f"valid for nobody; nearest is {nearest}: {place}{wrong.message}"


def _operations(text: str) -> list[OperationDefinitionNode]:
    tree = next((document.tree for document in read_for_all(text).values() if document.tree), None)
    return [node for node in tree.definitions if isinstance(node, OperationDefinitionNode)] if tree else []


def _name(text: str) -> str:
    return ", ".join(node.name.value for node in _operations(text) if node.name)


def _show(found: list[Examined]) -> None:
    console = Console(width=None if Console().is_terminal else 160)
    for one in found:
        typer.echo(f"{one.name or one.source}\n{one.id}")
        if one.valid_for:
            typer.echo(f"valid for: {', '.join(one.valid_for)}")
            console.print(losses_table(policy_today(), one.losses))
        if not all(loss.told for loss in one.losses):
            typer.echo("It does not select `withheld`: what is withheld will be told as errors.")
        for problem in one.problems:
            typer.echo(f"{one.source}: {problem}", err=True)
        typer.echo()


def _write(path: Path, texts: dict[str, str]) -> None:
    """The whole file or nothing of it, in an order in which a changed document stays where it was."""
    ordered = dict(sorted(texts.items(), key=lambda entry: (_name(entry[1]), entry[0])))
    draft = path.with_name(path.name + ".new")
    draft.write_text(json.dumps(ordered, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    os.replace(draft, path)
