"""The commands that write the card: three for a section (record, correct, mark in error), made from the declarations,
and those that open and close a card. Each is all or nothing, and takes an idempotency key.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Final

import strawberry

from app.domain import contract
from app.domain.card.declaration import SECTIONS, Section, camel
from app.domain.changes import ChangeKind
from app.domain.commands import Closing, Command, ItemCommand
from app.domain.record import RecordStatus
from app.domain.viewer import CALLER_KIND_OF, CallerKind
from app.domain.writing import measured_at_visit
from resolvers.access import described, open_to
from resolvers.access_log import Patient
from resolvers.context import OperationContext
from resolvers.inputs import Stated, content_input
from resolvers.results import WRITTEN_SECTIONS, CardResult, as_result, pascal, result_of

Key = Annotated[
    str,
    strawberry.argument(
        description="Chosen by the caller for this one command, 1 to 128 characters; a random UUID is a good one. The "
        "same key with the same input gives the first answer again and writes nothing."
    ),
]
ItemId = Annotated[strawberry.ID, strawberry.argument(description="Which item, as its provenance names it.")]
Version = Annotated[
    int,
    strawberry.argument(description="The version that was read; if another is there by now, nothing is changed."),
]
CardVersion = Annotated[
    int, strawberry.argument(description="The version of the card's head that was read; another: nothing is changed.")
]

CORRECTS: Final = (
    "Only what is stated changes; what is not mentioned stays, null clears, a list is replaced as a whole."
)

MEASURED_AT: Final[Mapping[str, str]] = {"antenatal_visits": "symphysis_fundal_heights"}
"""By section, the one whose item may be recorded along with a new item of it."""


def command_fields() -> dict[str, Any]:
    """Every command that writes a section, by its Python name."""
    made: dict[str, Any] = {}
    for section in WRITTEN_SECTIONS:
        made[f"record_{section.noun}"] = _record(section)
        made[f"correct_{section.noun}"] = _correct(section)
        if section.repeated:
            made[f"mark_{section.noun}_in_error"] = _mark_in_error(section)
    return {**made, **_card_commands()}


def _along(section: Section) -> tuple[Section, ...]:
    kind = MEASURED_AT.get(section.kind)
    return (SECTIONS[kind],) if kind else ()


def _content(section: Section) -> Any:
    text = f"What is stated. Norwegian: {section.norwegian}."
    return Annotated[content_input(section.model), strawberry.argument(name=camel(section.noun), description=text)]


def _declared(section: Section, resolver: Any, description: str, *, content: Any = None, also: Any = None) -> Any:
    """A command as a field; it exists for the kinds of caller with a role that may ever write the section."""
    if content is not None:
        resolver.__annotations__["content"] = content
    if also is not None:
        resolver.__annotations__["also"] = also
    writers = {CALLER_KIND_OF[role] for role in contract.writers_of(section.kind)}
    gives = result_of(section, *_along(section))
    return described(description, resolver=resolver, gives=gives | None, callers=open_to(*writers))


async def _carried_out(info: strawberry.Info, section: Section, key: str, name: str, *items: ItemCommand) -> Any:
    context: OperationContext = info.context
    outcome = await context.carry_out(Command(name=name, key=key, items=items))
    members = {camel(one.noun): one.noun for one in (section, *_along(section))}
    return as_result(outcome, f"{pascal(section.noun)}Recorded", members)


def _record(section: Section) -> Any:
    along, argument = _along(section), camel(section.noun)

    def items(content: Stated, also: Stated | None) -> tuple[ItemCommand, ...]:
        first = ItemCommand(kind=section.kind, what=ChangeKind.ITEM_RECORDED, argument=argument, stated=content)
        if also is None:
            return (first,)
        height = measured_at_visit(also, content)
        second = ItemCommand(
            kind=along[0].kind, what=ChangeKind.ITEM_RECORDED, argument=camel(along[0].noun), stated=height
        )
        return (first, second)

    async def record(info: strawberry.Info, *, patient: Patient = None, content: Any, idempotency_key: Key) -> Any:
        return await _carried_out(info, section, idempotency_key, f"record_{section.noun}", *items(content, None))

    async def record_with(
        info: strawberry.Info, *, patient: Patient = None, content: Any, also: Any = None, idempotency_key: Key
    ) -> Any:
        return await _carried_out(info, section, idempotency_key, f"record_{section.noun}", *items(content, also))

    text = f"Record: {section.english.lower()}. {section.meaning} Norwegian: {section.norwegian}."
    if not along:
        return _declared(section, record, text, content=_content(section))
    beside = along[0]
    described_as = f"Recorded along with it, all or nothing. Norwegian: {beside.norwegian}."
    beside_input: Any = content_input(beside.model) | None
    also = Annotated[beside_input, strawberry.argument(name=camel(beside.noun), description=described_as)]
    return _declared(section, record_with, text, content=_content(section), also=also)


def _correct(section: Section) -> Any:
    def item(content: Stated, item_id: str | None, expected_version: int) -> ItemCommand:
        return ItemCommand(
            kind=section.kind, what=ChangeKind.ITEM_CORRECTED, argument=camel(section.noun),
            stated=content, item_id=item_id, expected_version=expected_version,
        )  # fmt: skip

    async def correct(
        info: strawberry.Info, *, patient: Patient = None, expected_version: Version, content: Any, idempotency_key: Key
    ) -> Any:
        found = item(content, None, expected_version)
        return await _carried_out(info, section, idempotency_key, f"correct_{section.noun}", found)

    async def correct_one(
        info: strawberry.Info,
        *,
        patient: Patient = None,
        item_id: ItemId,
        expected_version: Version,
        content: Any,
        idempotency_key: Key,
    ) -> Any:
        found = item(content, str(item_id), expected_version)
        return await _carried_out(info, section, idempotency_key, f"correct_{section.noun}", found)

    text = f"Correct: {section.english.lower()}. {CORRECTS} Norwegian: {section.norwegian}."
    return _declared(section, correct_one if section.repeated else correct, text, content=_content(section))


def _mark_in_error(section: Section) -> Any:
    async def mark(
        info: strawberry.Info, *, patient: Patient = None, item_id: ItemId, expected_version: Version,
        idempotency_key: Key,
    ) -> Any:  # fmt: skip
        found = ItemCommand(
            kind=section.kind, what=ChangeKind.ITEM_MARKED_IN_ERROR, argument=camel(section.noun),
            item_id=str(item_id), expected_version=expected_version,
        )  # fmt: skip
        return await _carried_out(info, section, idempotency_key, f"mark_{section.noun}_in_error", found)

    text = "Mark an item as entered in error: shown no more, kept in the history. Norwegian: registrert ved en feil."
    return _declared(section, mark, text)


async def _written(info: strawberry.Info, command: Command) -> Any:
    context: OperationContext = info.context
    return as_result(await context.carry_out(command), "CardWritten", {})


async def open_card(info: strawberry.Info, *, patient: Patient = None, idempotency_key: Key) -> Any:
    """Open a card for a woman who consented and has none."""
    return await _written(info, Command(name="open_card", key=idempotency_key, opens=True))


EndedAt = Annotated[datetime, strawberry.argument(description="When the pregnancy ended.")]
BornAt = Annotated[datetime, strawberry.argument(description="When she gave birth.")]
LiveBirth = Annotated[
    bool | None, strawberry.argument(description="Whether a child was born alive; what is true of each stands there.")
]


async def close_card_as_delivered(
    info: strawberry.Info, *, patient: Patient = None, expected_version: CardVersion, delivered_at: BornAt,
    live_birth: LiveBirth = None, idempotency_key: Key,
) -> Any:  # fmt: skip
    """Close the card: she has given birth."""
    closing = Closing(
        status=RecordStatus.DELIVERED, at=delivered_at, live_birth=live_birth, expected_version=expected_version
    )
    return await _written(info, Command(name="close_card_as_delivered", key=idempotency_key, closing=closing))


async def close_card_as_terminated(
    info: strawberry.Info, *, patient: Patient = None, expected_version: CardVersion, terminated_at: EndedAt,
    idempotency_key: Key,
) -> Any:  # fmt: skip
    """Close the card: the pregnancy ended without birth."""
    closing = Closing(
        status=RecordStatus.TERMINATED, at=terminated_at, live_birth=None, expected_version=expected_version
    )
    return await _written(info, Command(name="close_card_as_terminated", key=idempotency_key, closing=closing))


def _card_commands() -> dict[str, Any]:
    callers = open_to(CallerKind.CLINICIAN)
    texts = {
        open_card: "Open a card for a woman who has consented and has none. Norwegian: opprett helsekort.",
        close_card_as_delivered: "Close the card after birth; the outcome must be recorded first. Norwegian: fødsel.",
        close_card_as_terminated: "Close the card of a pregnancy that ended otherwise. Norwegian: avslutt helsekortet.",
    }
    return {
        command.__name__: described(text, resolver=command, gives=CardResult | None, callers=callers)
        for command, text in texts.items()
    }


SECTION_WRITTEN: Final[Mapping[str, str]] = {
    camel(name): section.kind
    for section in WRITTEN_SECTIONS
    for name in (f"record_{section.noun}", f"correct_{section.noun}", f"mark_{section.noun}_in_error")
}
"""By command in GraphQL, the kind of the section it writes."""

COMMANDS: Final = frozenset(map(camel, command_fields()))
"""The commands' names in GraphQL."""
