"""The named documents, who asks them and with what, as `asked.toml` says."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from graphql import FieldNode, NonNullTypeNode, OperationDefinitionNode, OperationType, parse, print_ast

import app
from app.development import all_personas
from app.domain.viewer import CallerKind
from tests.world import World

HERE = Path(__file__).parent

FOLDERS = (Path(app.__file__).parent / "documents",)
"""Where the named documents are; each is called by its path below one of these."""

ASKED: dict[str, Any] = tomllib.loads((HERE / "asked.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Asked:
    """A document asked by a persona, with the variables that are said of it."""

    document: str
    text: str
    persona: str
    variables: Mapping[str, Any]

    @property
    def name(self) -> str:
        return f"{self.document} as {self.persona}"

    @cached_property
    def operation(self) -> OperationDefinitionNode:
        return next(node for node in parse(self.text).definitions if isinstance(node, OperationDefinitionNode))

    @property
    def kind(self) -> CallerKind:
        return all_personas()[self.persona].kind

    @property
    def reads(self) -> bool:
        return self.operation.operation is OperationType.QUERY

    @property
    def root_field(self) -> str:
        return next(node.name.value for node in self.operation.selection_set.selections if isinstance(node, FieldNode))

    @property
    def takes(self) -> dict[str, str]:
        """The types of its variables by name."""
        return {one.variable.name.value: print_ast(one.type) for one in self.operation.variable_definitions or ()}

    def variables_in(self, world: World) -> dict[str, Any] | None:
        """The variables that are said, with the patient's number; None when they are not enough to ask."""
        needed = {
            one.variable.name.value
            for one in self.operation.variable_definitions or ()
            if isinstance(one.type, NonNullTypeNode) and one.default_value is None
        }
        if self.operation.operation is OperationType.SUBSCRIPTION or not needed <= set(self.variables):
            return None
        given = {name: value for name, value in self.variables.items() if name in self.takes}
        return given | ({"patient": world.number(given["patient"])} if "patient" in given else {})


def documents() -> dict[str, str]:
    """The text of every named document."""
    paths = {
        str(path.relative_to(folder).with_suffix("")): path for folder in FOLDERS for path in folder.rglob("*.graphql")
    }
    return {name: paths[name].read_text(encoding="utf-8") for name in sorted(paths)}


def everything_asked() -> list[Asked]:
    """Every document as everybody asks it."""
    return [asked for name, text in documents().items() for asked in _asked_of(name, text)]


def _asked_of(name: str, text: str) -> Iterator[Asked]:
    usual = ASKED["usual"]
    said = [entry for entry in ASKED["asked"] if entry["document"] == name]
    for entry in said or [{}]:
        for persona in entry.get("as") or [_usually(name)]:
            yield Asked(name, text, persona, usual["variables"] | entry.get("variables", {}))


def _usually(name: str) -> str:
    """Who asks the documents of a folder, or of the one around it."""
    persona: str = next(ASKED["usual"][str(folder)] for folder in Path(name).parents if str(folder) in ASKED["usual"])
    return persona
