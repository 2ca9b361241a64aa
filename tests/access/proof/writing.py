"""Who writes what, found by sending commands that change nothing: they state a version that there is not, or nothing.

The gate is asked first; who is let past it is told of the version or of what is missing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from graphql import GraphQLInputObjectType, get_named_type

from app.domain.card.declaration import Section, camel
from app.domain.card.sections import SECTIONS
from app.domain.viewer import CallerKind, Purpose, Role
from resolvers.results import WRITTEN_SECTIONS, pascal
from tests.access.proof import letters
from tests.access.proof.columns import ON_DUTY, OWN, Column, all_columns
from tests.access.proof.routes import Asker
from tests.whole_card import item_id_of, selection
from tests.world import WHOLE_RECORD
from tests.writing import new_key

KEY: Final = """\
W  it is let past the gate     s  refused: not written by this role, or not read in full     -  not in the schema
and else the code of the refusal; of a section in part: the facts that may be stated"""

WRITES: Final = "W"
REFUSED: Final = {"SECTION_FORBIDDEN": "s"}
PAST_THE_GATE: Final = ("VersionConflict", "InvalidInput", "ALREADY_EXISTS")
NO_SUCH_VERSION: Final = 255
KINDS_OF_COMMAND: Final = ("record", "correct", "mark")


@dataclass(frozen=True)
class Command:
    """A command as it is sent. `section`: what it writes; None: the card itself. `also`: arguments it cannot do without.

    kind   one of KINDS_OF_COMMAND
    """

    name: str
    section: Section | None = None
    kind: str = ""
    also: str = ""


def commands() -> Iterator[Command]:
    """Every command there is."""
    for kind in KINDS_OF_COMMAND:
        for section in WRITTEN_SECTIONS:
            if kind != "mark" or section.repeated:
                yield command_on(kind, section)
    yield Command("openCard")
    yield Command("closeCardAsTerminated", also='terminatedAt: "2026-11-22T08:00:00Z"')
    yield Command("closeCardAsDelivered", also='deliveredAt: "2026-11-22T08:00:00Z"')


def command_on(kind: str, section: Section) -> Command:
    named = f"mark{pascal(section.noun)}InError" if kind == "mark" else f"{kind}{pascal(section.noun)}"
    return Command(named, section, kind)


async def attempt(asker: Asker, command: Command) -> str:
    """What the gateway says of a command: a letter, or the code of its refusal."""
    mutation: Any = asker.schema.mutation_type
    if mutation is None or command.name not in mutation.fields:
        return letters.NOT_IN_SCHEMA
    body = await asker.body(_document(asker, command, mutation.fields[command.name]), key=new_key())
    return _told(body)


def _told(body: Mapping[str, Any]) -> str:
    found = (body.get("data") or {}).get("written")
    said: str = found["__typename"] if found else body["errors"][0]["extensions"]["code"]
    return WRITES if said in PAST_THE_GATE else REFUSED.get(said, said)


def _document(asker: Asker, command: Command, field: Any, below: str = "__typename") -> str:
    """The command with as little as it takes."""
    given = {"idempotencyKey": "$key"}
    if "patient" in field.args:
        given["patient"] = "$patient"
    if "expectedVersion" in field.args:
        given["expectedVersion"] = str(NO_SUCH_VERSION)
    if "itemId" in field.args and command.section is not None:
        given["itemId"] = f'"{_item_of(command.section)}"'
    if command.section is not None and command.kind != "mark":
        given[camel(command.section.noun)] = _least(field.args[camel(command.section.noun)].type)
    arguments = ", ".join([*(f"{name}: {value}" for name, value in given.items()), *filter(None, [command.also])])
    declared = "$key: String!" + (", $patient: NationalIdentityNumber!" if "patient" in given else "")
    return f"mutation({declared}) {{ written: {command.name}({arguments}) {{ {below} }} }}"


def _least(type_: Any) -> str:
    """The least that an input takes."""
    input_: Any = get_named_type(type_)
    needed = {name: field for name, field in input_.fields.items() if str(field.type).endswith("!")}
    return "{" + ", ".join(f"{name}: {_any_value(field.type)}" for name, field in needed.items()) + "}"


def _any_value(type_: Any) -> str:
    named: Any = get_named_type(type_)
    if isinstance(named, GraphQLInputObjectType):
        return f"[{_least(type_)}]" if "[" in str(type_) else _least(type_)
    some = {"Date": '"2026-11-20"', "Int": "1", "Boolean": "true"}
    return some.get(named.name) or (next(iter(named.values)) if hasattr(named, "values") else '"en tekst"')


def _item_of(section: Section) -> str:
    return item_id_of(WHOLE_RECORD, list(SECTIONS).index(section.kind), 0)


async def in_conflict(asker: Asker) -> letters.Letters | None:
    """The facts of the item that a conflict shows, where this caller gets so far: a union of every section."""
    mutation: Any = asker.schema.mutation_type
    known = [command_on("correct", section) for section in WRITTEN_SECTIONS]
    known = [command for command in known if mutation is not None and command.name in mutation.fields]
    if not known:
        return None
    found: letters.Letters = {}
    for command in known:
        assert command.section is not None
        model = command.section.model.__name__
        below = f"__typename ... on VersionConflict {{ current {{ ... on {model} {{ {selection(asker.schema, model)} }} }} }}"
        body = await asker.body(_document(asker, command, mutation.fields[command.name], below), key=new_key())
        item = ((body.get("data") or {}).get("written") or {}).get("current")
        if item is not None:
            name = command.section.graphql_name
            asked = [path for path in letters.in_order() if path.split(".")[0] == name]
            found |= letters.of_card({name: item, "withheld": []}, asker.schema, asked)
    return found


async def facts_stated(asker: Asker) -> Mapping[str, str]:
    """By section that is written in part, the facts that this view lets be stated; asked of the running schema."""
    found = {}
    for section in WRITTEN_SECTIONS:
        name = f"{section.model.__name__}Input"
        body = await asker.body(f'{{ __type(name: "{name}") {{ inputFields {{ name }} }} }}')
        assert "data" in body, body
        type_ = body["data"]["__type"]
        found[section.kind] = " ".join(sorted(one["name"] for one in type_["inputFields"])) if type_ else "-"
    return found


def writing_columns() -> list[Column]:
    """Whoever has any command: professionals for every purpose, one of them on emergency duty too, and she herself."""
    own = [column for column in all_columns() if column.kind is CallerKind.CITIZEN]
    others = [column for column in all_columns() if column.kind is CallerKind.CLINICIAN]
    return [*own, *others, ON_DUTY]


def is_asked(column: Column, command: Command) -> bool:
    """What records or marks is decided as what corrects: it is asked once for each role, not for each purpose."""
    for_every_purpose = command.kind == "correct" or command.name == "openCard" or bool(column.persona)
    return for_every_purpose or column.kind in OWN or column.purpose is Purpose.TREAT


NOT_ASKED: Final = " "
CITIZEN: Final = Column(Role.CITIZEN, None)
