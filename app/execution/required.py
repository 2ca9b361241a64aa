"""Which fields of a document a screen cannot do without, and for whom: said in a comment on the field's line.

    hivPositive # required for: GP in TREAT, MIDWIFE in TREAT
    status # required for: CITIZEN

A role by itself means every purpose it may give. What stands on the line of a field is required of it; of a field with
a selection, all that is selected below it. To GraphQL it is a comment, so the document stays one for every other tool.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    OperationDefinitionNode,
    SelectionSetNode,
    Token,
    TokenKind,
)

from app.domain.policy import Policy
from app.domain.viewer import CALLER_KIND_OF, CallerKind, Purpose, Role
from app.execution.documents import Document
from app.execution.losses import Loss

_MARK: Final = re.compile(r"\s*required\b(?P<rest>.*)", re.IGNORECASE)
_FOR: Final = re.compile(r"\s+for:\s*(?P<whom>.+?)\s*", re.IGNORECASE)
_WHO: Final = re.compile(r"(?P<role>\w+)(\s+in\s+(?P<purpose>\w+))?")

Place = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Need:
    """That a role needs what stands on a line. `purpose`: None for every purpose the role may give."""

    line: int
    role: Role
    purpose: Purpose | None

    def __str__(self) -> str:
        return f"line {self.line}: required for {self.role}{f' in {self.purpose}' if self.purpose else ''}"


class WrongMark(Exception):
    """A comment about what is required does not say it in the way that is understood."""


def unmet(policy: Policy, documents: Mapping[CallerKind, Document], found: list[Loss]) -> Iterator[str]:
    """What is required of a document and not given, a sentence each. Raises WrongMark."""
    tree = next((document.tree for document in documents.values() if document.tree is not None), None)
    if tree is None:
        return
    needs, places = list(_needs(policy, tree)), _places_by_line(tree)
    for need in needs:
        if need.line not in places:
            raise WrongMark(f"line {need.line}: no field stands here that could be required")
        if documents[CALLER_KIND_OF[need.role]].errors:
            yield f"{need}, and the document is not valid for a {CALLER_KIND_OF[need.role]}"
        for loss in found:
            if loss.situation.role is need.role and need.purpose in (None, loss.situation.purpose):
                yield from _lost(need, places[need.line], loss)


def _lost(need: Need, places: set[tuple[str | None, Place]], loss: Loss) -> Iterator[str]:
    here = {place for operation, place in places if operation == loss.operation}
    when = f"in {loss.situation.purpose}" if loss.situation.purpose else "from this role"
    for key in loss.refused:
        if any(place[0] == key for place in here):
            yield f"{need}, and `{key}` is refused {when}"
    for why, asked_at in loss.withheld:
        if any(_overlap(one, other) for one in here for other in asked_at):
            withheld = "withheld in part" if why.path in loss.in_part else "withheld"
            yield f"{need}, and {why.path} is {withheld} {when}: {why.rule}"


def _overlap(one: Place, other: Place) -> bool:
    shared = min(len(one), len(other))
    return one[:shared] == other[:shared]


def _needs(policy: Policy, tree: DocumentNode) -> Iterator[Need]:
    for line, comment in _comments(tree):
        mark = _MARK.match(comment)
        if mark is None:
            continue
        said = _FOR.fullmatch(mark["rest"])
        if said is None:
            raise WrongMark(f"line {line}: write `# required for: ROLE` or `# required for: ROLE in PURPOSE, ROLE`")
        for who in said["whom"].split(","):
            yield _need(policy, line, who.strip())


def _need(policy: Policy, line: int, who: str) -> Need:
    found = _WHO.fullmatch(who)
    if found is None or found["role"] not in list(Role):
        raise WrongMark(f"line {line}: there is no role {who}; the roles are {', '.join(Role)}")
    role, purpose = Role(found["role"]), found["purpose"]
    if purpose is None:
        return Need(line, role, None)
    if purpose not in [given.value for given in policy.purposes_of(role) if given]:
        raise WrongMark(f"line {line}: the purpose {purpose} is not one that {role} may give")
    return Need(line, role, Purpose(purpose))


def _comments(tree: DocumentNode) -> Iterator[tuple[int, str]]:
    token: Token | None = tree.loc.start_token if tree.loc else None
    while token is not None:
        if token.kind is TokenKind.COMMENT:
            yield token.line, token.value or ""
        token = token.next


def _places_by_line(tree: DocumentNode) -> dict[int, set[tuple[str | None, Place]]]:
    """By line, the operation and response path of every field that begins there, wherever its fragment is spread."""
    fragments = {node.name.value: node for node in tree.definitions if isinstance(node, FragmentDefinitionNode)}
    found: dict[int, set[tuple[str | None, Place]]] = {}

    def walk(selections: SelectionSetNode | None, above: Place, operation: str | None) -> None:
        for node in selections.selections if selections else ():
            if isinstance(node, FieldNode):
                here = (*above, (node.alias or node.name).value)
                if node.loc:
                    found.setdefault(node.loc.start_token.line, set()).add((operation, here))
                walk(node.selection_set, here, operation)
            elif isinstance(node, FragmentSpreadNode):
                walk(fragments[node.name.value].selection_set, above, operation)
            else:
                walk(node.selection_set, above, operation)  # type: ignore[attr-defined]  # an inline fragment

    for node in tree.definitions:
        if isinstance(node, OperationDefinitionNode):
            walk(node.selection_set, (), node.name.value if node.name else None)
    return found
