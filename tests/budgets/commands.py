"""Commands on sections, with everything a section can hold, on a card that is empty at first: made from the
declarations, so that a document that is added needs no more than its text."""

import re
from typing import Any, Final

from sqlalchemy import text

from app.domain.card.declaration import Section
from resolvers.inputs import KIND_OF_INPUT
from resolvers.results import WRITTEN_SECTIONS, pascal
from tests.budgets.asking import Asked
from tests.whole_card import whole_content
from tests.world import World
from tests.writing import as_input, new_card, write

WOMAN: Final = "randi"
"""She has consented to nothing and has no card, until she is first needed here."""

FIRST: Final = ("record", "correct", "mark")
"""A section is empty when it is recorded first; what is corrected is there still."""

SECTION_OF: Final[dict[str, tuple[int, Section]]] = {
    f"{verb}{pascal(section.noun)}{'InError' if verb == 'mark' else ''}": (order, section)
    for section in WRITTEN_SECTIONS
    for order, verb in enumerate(FIRST)
}
"""By command, its turn and the section it writes."""

LAST_VERSION: Final = """SELECT v.item_id, v.version FROM section_version v
    JOIN maternity_record r ON r.record_id = v.record_id JOIN patient p ON p.patient_id = r.patient_id
    WHERE p.number_key = :key AND v.kind = :kind ORDER BY v.version DESC LIMIT 1"""


def turn(asked: Asked) -> int:
    """When a command is sent, among the others."""
    return SECTION_OF[asked.root_field][0] if asked.root_field in SECTION_OF else len(FIRST)


async def variables_of_command(world: World, asked: Asked) -> dict[str, Any] | None:
    """What a command on a section is sent with; None for what is none."""
    if asked.root_field not in SECTION_OF:
        return None
    order, section = SECTION_OF[asked.root_field]
    given: dict[str, Any] = {"patient": await _her_card(world), "idempotencyKey": asked.document}
    if order > 0:
        given["itemId"], given["expectedVersion"] = await _item(world, asked.persona, section, given["patient"])
    for name, type_ in asked.takes.items():
        kind = KIND_OF_INPUT.get(re.sub(r"\W", "", type_))
        if kind == section.kind:
            given[name] = as_input(section.model, whole_content(section.model, kind))
    return {name: value for name, value in given.items() if name in asked.takes}


async def _her_card(world: World) -> str:
    number = world.number(WOMAN)
    known = await _found(world, "SELECT 1 FROM patient WHERE number_key = :key", number)
    return number if known else await new_card(world)


async def _item(world: World, persona: str, section: Section, number: str) -> tuple[str, int]:
    """The item that is corrected and its version; of a section with many a new one."""
    found = None if section.repeated else await _found(world, LAST_VERSION, number, kind=section.kind)
    if found is not None:
        return found.item_id, found.version
    content = whole_content(section.model, section.kind)
    written = await write(world, persona, "record", section.noun, patient=number, content=content)
    return written["item"]["provenance"]["itemId"], written["item"]["provenance"]["version"]


async def _found(world: World, query: str, number: str, **more: str) -> Any:
    key = world.services.patient_keys.key(number)
    async with world.services.database.connection() as connection:
        return (await connection.execute(text(query), {"key": key, **more})).first()
