"""The named documents, who asks them and with what, as `asked.toml` says."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graphql import NonNullTypeNode, OperationDefinitionNode, OperationType, parse

from app.development import all_personas
from app.domain.viewer import CallerKind
from tests.world import World

HERE = Path(__file__).parent

FOLDERS = (HERE / "documents",)
"""Where the named documents are; each is called by its path below one of these."""

ASKED: dict[str, Any] = tomllib.loads((HERE / "asked.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Asked:
    """A document asked by a persona. `is_run`: with these variables it can be."""

    document: str
    text: str
    persona: str
    variables: Mapping[str, Any]

    @property
    def name(self) -> str:
        return f"{self.document} as {self.persona}"

    @property
    def operation(self) -> OperationDefinitionNode:
        return next(node for node in parse(self.text).definitions if isinstance(node, OperationDefinitionNode))

    @property
    def kind(self) -> CallerKind:
        return all_personas()[self.persona].kind

    @property
    def reads(self) -> bool:
        return self.operation.operation is OperationType.QUERY

    @property
    def is_run(self) -> bool:
        if self.operation.operation is OperationType.SUBSCRIPTION:
            return False
        needed = {
            variable.variable.name.value
            for variable in self.operation.variable_definitions or ()
            if isinstance(variable.type, NonNullTypeNode) and variable.default_value is None
        }
        return needed <= set(self.variables)

    def variables_in(self, world: World) -> dict[str, Any]:
        """The variables with the patient's number, as far as the operation takes them."""
        taken = {variable.variable.name.value for variable in self.operation.variable_definitions or ()}
        given = {name: value for name, value in self.variables.items() if name in taken}
        return given | ({"patient": world.number(given["patient"])} if "patient" in given else {})


def documents() -> dict[str, str]:
    """The text of every named document."""
    paths = {
        str(path.relative_to(folder).with_suffix("")): path for folder in FOLDERS for path in folder.rglob("*.graphql")
    }
    return {name: paths[name].read_text(encoding="utf-8") for name in sorted(paths)}


def everything_asked() -> list[Asked]:
    """Every document as everybody asks it: what only reads before what changes something."""
    found = [asked for name, text in documents().items() for asked in _asked_of(name, text)]
    return sorted(found, key=lambda asked: (not asked.reads, asked.name))


def _asked_of(name: str, text: str) -> Iterator[Asked]:
    usual = ASKED["usual"]
    said = [entry for entry in ASKED["asked"] if entry["document"] == name]
    for entry in said or [{}]:
        for persona in entry.get("as", [usual[name.split("/")[0]]]):
            yield Asked(name, text, persona, usual["variables"] | entry.get("variables", {}))
