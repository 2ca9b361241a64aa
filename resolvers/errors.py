"""Errors as they leave: a stable code, a neutral message, a path; never a value, a name or a number."""

from collections.abc import Iterable
from typing import Any

from graphql import GraphQLError, ValueNode

from app.domain.errors import Refusal
from app.domain.gate import Withheld


def request_error(code: str, message: str, **extensions: Any) -> GraphQLError:
    """An error about the request as a whole."""
    return GraphQLError(message, extensions={"code": code, **extensions})


def coded(error: GraphQLError, code: str) -> GraphQLError:
    """The error with a code, and without the literal that a message about a wrong value would quote."""
    about_a_value = any(isinstance(node, ValueNode) for node in error.nodes or ())
    message = "A value given here does not fit its type." if about_a_value else error.message
    place = {"nodes": error.nodes, "source": error.source, "positions": error.positions}
    return GraphQLError(message, **place, extensions={"code": code})  # type: ignore[arg-type]  # the error's own parts


def variable_error(error: GraphQLError) -> GraphQLError:
    """A wrong variable, by name, without the value that was given."""
    name = next((part for part in error.message.split("'") if part.startswith("$")), "variables")
    missing = "not provided" in error.message or "non-null" in error.message.lower() and "found: None" in error.message
    message = f"Variable {name} is required." if missing else f"Variable {name} does not fit its type."
    path = [name.removeprefix("$")]
    return GraphQLError(message, nodes=error.nodes, extensions={"code": "BAD_USER_INPUT", "variable": path[0]})


def from_resolver(error: GraphQLError, event_id: str) -> GraphQLError:
    """An error met while executing: a refusal keeps its code, anything else becomes an opaque id."""
    cause = error.original_error
    if isinstance(cause, Refusal):
        extensions = {"code": cause.code, "eventId": event_id, **cause.extensions}
        return GraphQLError(cause.message, nodes=error.nodes, path=error.path, extensions=extensions)
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
