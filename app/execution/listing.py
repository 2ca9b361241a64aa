"""A function for a unit's list: lines straight from the cards as they were found and opened.

A list has many cards and shows the same few things of each, so what is common to its lines stands outside of the loop
over them, and what is made of two or three facts (a due date, a week, a blood pressure) is put together once for all
who have the same.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final

from graphql import GraphQLNonNull, get_named_type

from app.domain.caseload import ListedCard, blood_pressure_of, due_date_of, gestational_age_of
from app.execution.compiler import Compiled, Place, Writer, compiled_value
from app.execution.selected import TYPENAME, NotCovered, Selected

SHAPES_KEPT: Final = 8_192
"""Of all lists together."""

_MADE: Final[Mapping[str, tuple[Callable[..., Any], str, str, str]]] = {
    "gestationalAge": (gestational_age_of, "due_date, due_date_basis, today", "due_date", "gives_due_date"),
    "dueDate": (due_date_of, "due_date, due_date_basis", "due_date", "gives_due_date"),
    "lastBloodPressure": (
        blood_pressure_of, "last_blood_pressure", "last_blood_pressure", "gives_blood_pressure",
    ),
}  # fmt: skip
"""By field of a line: what it is made by, of what; what must be there; and what says that it is given."""

_SAID: Final[Mapping[str, str]] = {
    "recordId": "record_id",
    "motherName": "mother_name if gives_name else None",
    "lastVisitOn": "last_visit_on.isoformat() if gives_last_visit and last_visit_on is not None else None",
    "openItems": "open_items if gives_open_items else None",
}
"""By field of a line: what it says of a card."""

_COMMON: Final[Mapping[str, str]] = {
    "withheld": "lines.withheld",
    "withheldByPatientCount": "grant.withheld_by_patient",
}
"""By field of a line: what it says of all cards that are opened alike."""

_GIVES: Final = ("gives_name", "gives_due_date", "gives_last_visit", "gives_blood_pressure", "gives_open_items")


def compiled_list(root: Selected) -> Compiled:
    """For a page of the list as its resolver gives it. Raises NotCovered."""
    writer = Writer()
    writer.names["shaped"] = _shaped
    writer.line("def run(value, arguments):")
    with writer.deeper():
        members = [(one.key, _of_the_page(writer, one, (root.key, one.key))) for one in _below(root)]
        writer.line(f"return {writer.put_together(members)}")
    compiled = writer.compiled()
    if compiled.argued:
        raise NotCovered("arguments within a list")
    return compiled


def _below(one: Selected) -> tuple[Selected, ...]:
    return one.below[get_named_type(one.type).name]


def _of_the_page(writer: Writer, one: Selected, place: Place) -> str:
    if one.name == TYPENAME:
        return repr(one.parent.name)
    if one.name == "edges":
        return _edges(writer, one, place)
    if one.name == "pageInfo":
        return _completed(writer, one, "value.page_info", place)
    raise NotCovered(f"{one.name} of a list is not known here")


def _edges(writer: Writer, edges: Selected, place: Place) -> str:
    made = writer.new()
    nodes = [one for one in _below(edges) if one.name == "node"]
    writer.line(f"{made} = []")
    writer.line("for lines in value.lines:")
    with writer.deeper():
        writer.line("opening, cards = lines.opened")
        writer.line("grant = opening.grant")
        writer.line("today = grant.today")
        writer.line("; ".join(f"{name} = opening.{name}" for name in _GIVES))
        common = {
            id(one): _completed(writer, one, _COMMON[one.name], place)
            for node in nodes
            for one in _below(node)
            if one.name in _COMMON
        }
        writer.line("for card in cards:")
        with writer.deeper():
            writer.line(f"{', '.join(ListedCard._fields)} = card")
            members = [(one.key, _of_an_edge(writer, one, place, common)) for one in _below(edges)]
            writer.line(f"{made}.append({writer.put_together(members)})")
    return made


def _of_an_edge(writer: Writer, one: Selected, place: Place, common: Mapping[int, str]) -> str:
    if one.name == TYPENAME:
        return repr(one.parent.name)
    if one.name == "node":
        members = [(field.key, common.get(id(field)) or _of_a_line(writer, field, place)) for field in _below(one)]
        return writer.put_together(members)
    if one.name == "cursor":
        return _completed(writer, one, "value.page.cursor(card)", place)
    raise NotCovered(f"{one.name} of an edge is not known here")


def _of_a_line(writer: Writer, one: Selected, place: Place) -> str:
    if one.name == TYPENAME:
        return repr(one.parent.name)
    if one.name in _SAID:
        return _completed(writer, one, _SAID[one.name], place)
    if one.name not in _MADE:
        raise NotCovered(f"{one.name} of a line is not known here")
    make, facts, needed, given = _MADE[one.name]
    shape = compiled_value(one)
    if shape.argued or isinstance(one.type, GraphQLNonNull):
        raise NotCovered(f"{one.name} of a line is not what it was")
    made = writer.new()
    called = f"shaped({writer.constant(shape.run)}, {writer.constant(make)}, {facts})"
    writer.line(f"{made} = {called} if {given} and {needed} is not None else None")
    return made


def _completed(writer: Writer, one: Selected, expression: str, place: Place) -> str:
    value = writer.new()
    writer.line(f"{value} = {expression}")
    return writer.completed(one.type, one, value, place, None)


@lru_cache(SHAPES_KEPT)
def _shaped(shape: Callable[..., Any], make: Callable[..., Any], *facts: Any) -> Any:
    """What is made of facts, as the answer has it. Nobody changes an answer, so several may hold the same."""
    return shape(make(*facts), ())
