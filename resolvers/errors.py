"""Errors as they leave: a stable code, a neutral message, a path; never a value, a name or a number."""

import re
from collections.abc import Iterable
from typing import Any, Final

from graphql import ArgumentNode, GraphQLError, Node, ObjectFieldNode, ValueNode, VariableNode

from app.domain.errors import Refusal
from app.domain.gate import Withheld


def request_error(code: str, message: str, **extensions: Any) -> GraphQLError:
    """An error about the request as a whole."""
    return GraphQLError(message, extensions={"code": code, **extensions})


def coded(error: GraphQLError, code: str, *, tells_names: bool = True) -> GraphQLError:
    """The error with a code, and without the literal that a message about a wrong value would quote.

    Where no names are told, it says of the schema nothing but that what the client named does not fit.
    """
    if any(map(_is_value, error.nodes or ())):
        message = WRONG_VALUE + (_explained(error.message) if tells_names else "")
    elif tells_names or code == PARSE_FAILED:
        message = _QUOTED_TOKEN.sub(r"\1", error.message)
    else:
        names = (getattr(node, "name", None) for node in error.nodes or ())
        named = next((name.value for name in names if name), None)
        message = UNFIT_NAME.format(named) if named else UNFIT
    place = {"nodes": error.nodes, "source": error.source, "positions": error.positions}
    return GraphQLError(message, **place, extensions={"code": code})  # type: ignore[arg-type]  # the error's own parts


def variable_error(error: GraphQLError, *, tells_names: bool = True) -> GraphQLError:
    """A wrong variable, by name, without the value that was given; what the schema expects where names are told."""
    name = next((part for part in error.message.split("'") if part.startswith("$")), None)
    if name is None:
        return GraphQLError(WRONG_VARIABLES, extensions={"code": "BAD_USER_INPUT"})
    wrong = f"Variable '{name}' has invalid value: Expected "
    is_missing = error.message.startswith((f"{wrong}a value of non-null", f"{wrong}value of non-null"))
    message = (MISSING_VARIABLE if is_missing else WRONG_VARIABLE).format(name)
    if tells_names and not is_missing:
        message += _explained(error.message)
    extensions = {"code": "BAD_USER_INPUT", "variable": name.removeprefix("$")}
    return GraphQLError(message, nodes=error.nodes, extensions=extensions)


def _is_value(node: Node) -> bool:
    """Whether it is a value, or a member of one: a message about it quotes the whole."""
    return isinstance(node, ValueNode | ObjectFieldNode) and not isinstance(node, VariableNode)


PARSE_FAILED: Final = "GRAPHQL_PARSE_FAILED"
WRONG_VALUE: Final = "A value given here does not fit its type."
WRONG_VARIABLE: Final = "Variable {} does not fit its type."
WRONG_VARIABLES: Final = "Too much is wrong in the variables."
MISSING_VARIABLE: Final = "Variable {} is required."
NULL_VALUE: Final = "A value is null where it must not be."
UNFIT: Final = "The document does not fit the schema."
UNFIT_NAME: Final = "`{}` does not fit the schema here."

_QUOTED_TOKEN: Final = re.compile(r"\b(String|BlockString|Int|Float) '.*'", re.DOTALL)
"""In a parser's message: the literal it did not expect."""
_EXPECTED: Final = re.compile(
    r"Expected (?:a )?value of [a-z -]*'[\w!\[\]]+'(?: (?:not )?to [a-z ]+(?:'[A-Za-z_]\w*'|None)?)?"
)
_SUGGESTED: Final = re.compile(r"Did you mean [a-z ]*'\w+'(?:, '\w+')*(?:,? or '\w+')?\?")
"""graphql-core's words about a wrong value are these and the value itself; these name only what the schema has."""


def _explained(message: str) -> str:
    """Of a message about a wrong value what it says about the schema, to be put after a sentence."""
    expected, suggested = _EXPECTED.search(message), _SUGGESTED.search(message)
    told = [f"{expected[0].rstrip()}."] if expected else []
    return "".join(f" {sentence}" for sentence in (*told, *([suggested[0]] if suggested else [])))


def is_clients_mistake(cause: Exception | None) -> bool:
    """Whether an error met while executing is about an argument: null in a variable where null must not be."""
    about_an_argument = isinstance(cause, GraphQLError) and any(
        isinstance(node, ValueNode | ArgumentNode) for node in cause.nodes or ()
    )
    return about_an_argument


def from_resolver(error: GraphQLError, event_id: str) -> GraphQLError:
    """An error met while executing: a refusal keeps its code, anything else becomes an opaque id."""
    cause = error.original_error
    if isinstance(cause, Refusal):
        extensions = {"code": cause.code, "eventId": event_id, **cause.extensions}
        return GraphQLError(cause.message, nodes=error.nodes, path=error.path, extensions=extensions)
    if is_clients_mistake(cause):
        extensions = {"code": "BAD_USER_INPUT", "eventId": event_id}
        return GraphQLError(NULL_VALUE, nodes=error.nodes, path=error.path, extensions=extensions)
    return GraphQLError(
        "Something went wrong here.", nodes=error.nodes, path=error.path,
        extensions={"code": "INTERNAL_ERROR", "eventId": event_id},
    )  # fmt: skip


def withheld_errors(entries: Iterable[tuple[Withheld, tuple[str, ...]]]) -> list[GraphQLError]:
    """What a document that does not select `withheld` is told about each field it asked for and did not get.

    The path names the field without places in lists: the same is told whether there are items or not.
    """
    return [
        GraphQLError(
            "This field is withheld from you; null does not mean that nothing is recorded.",
            path=list(response_path),
            extensions={
                "code": "FIELD_WITHHELD",
                "fact": why.path,
                "reason": why.reason.value,
                "rule": why.rule,
                "elevation": why.elevation.value,
            },
        )
        for why, response_path in entries
    ]
