"""Her blocks. Rows are kept when a block is lifted; what holds now or later is kept beside the patient for the gate."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any, Final

import orjson
from sqlalchemy import Select, select, union_all, update
from sqlalchemy.ext.asyncio import AsyncConnection
from stdnum.no import orgnr

from app.domain.blocking import BlockWish, blocks_in_force
from app.domain.changes import ChangeKind
from app.domain.choices import SentCommand
from app.domain.errors import RecordRefusal
from app.domain.ports import EntryMaker
from app.domain.record import Block, BlockTarget
from data.choosing import Choosing, Held
from data.declaring import table_of
from data.rows import block_row, blocks_text, stored_block
from data.tables import AccessBlock, LedgerEntry, Patient

PATIENT, BLOCK, ENTRY = table_of(Patient), table_of(AccessBlock), table_of(LedgerEntry).c
WRITTEN: Final = ("accessBlock",)


class StoredBlocks:
    """The port `Blocks` over our own database."""

    def __init__(self, choosing: Choosing) -> None:
        self._choosing = choosing

    async def place(self, number: str, wish: BlockWish, sent: SentCommand, entry: EntryMaker) -> Block:
        """Place a block.

        Raises RecordRefusal: BAD_USER_INPUT, ALREADY_EXISTS, TOO_MANY_BLOCKS, IDEMPOTENCY_KEY_REUSED.
        """
        if wish.target is BlockTarget.ORGANISATION and not orgnr.is_valid(wish.target_id or ""):
            raise RecordRefusal("BAD_USER_INPUT", "This is not an organisation number.", field="targetId")
        async with self._choosing.hold(number, sent, make_known=True) as held:
            assert held.patient_id is not None  # she has been made known
            answer = await held.answered()
            if answer is not None:
                return await _block(held.connection, held.patient_id, answer["block_id"])
            existing = await _all(held.connection, held.patient_id)
            block = wish.placed(held.at, existing)
            await held.connection.execute(BLOCK.insert(), block_row(held.patient_id, block))
            await _changed(held, [*existing, block], block.block_id, entry)
            return block

    async def lift(self, number: str, block_id: str, sent: SentCommand, entry: EntryMaker) -> Block:
        """Lift a block; one that has ended stays as it is.

        Raises RecordRefusal: NOT_FOUND, BAD_USER_INPUT, IDEMPOTENCY_KEY_REUSED.
        """
        async with self._choosing.hold(number, sent, make_known=True) as held:
            assert held.patient_id is not None  # as above
            answer = await held.answered()
            block = await _block(held.connection, held.patient_id, block_id)
            return block if answer is not None else await _lift(held, block, entry)

    async def of(self, patient_id: str) -> list[Block]:
        """All she ever placed, newest first."""
        async with self._choosing.database.connection() as connection:
            return await _all(connection, patient_id)

    async def names(self, patient_id: str, hpr_numbers: Collection[str]) -> Mapping[str, str]:
        """By HPR number, the name under which somebody stands in her access log, in one statement."""
        if not hpr_numbers:
            return {}
        newest = union_all(*(_newest_entry(patient_id, number) for number in sorted(hpr_numbers)))
        async with self._choosing.database.connection() as connection:
            entries = [orjson.loads(text) for text in (await connection.execute(newest)).scalars()]
        return {entry["hpr_number"]: entry["actor_name"] for entry in entries if entry["actor_name"]}


def _newest_entry(patient_id: str, hpr_number: str) -> Select[Any]:
    """The ledger's text is canonical, so a member of it can be searched for as it is written."""
    member = f'"hpr_number":{orjson.dumps(hpr_number).decode()}'
    whose = (ENTRY.patient_id == patient_id) & ENTRY.entry.contains(member, autoescape=True)
    newest = select(ENTRY.entry).where(whose).order_by(ENTRY.at.desc()).limit(1)
    return select(newest.subquery().c.entry)


async def _all(connection: AsyncConnection, patient_id: str) -> list[Block]:
    query = select(BLOCK).where(BLOCK.c.patient_id == patient_id)
    rows = await connection.execute(query.order_by(BLOCK.c.starts_at.desc(), BLOCK.c.block_id))
    return [stored_block(row) for row in rows.mappings()]


async def _block(connection: AsyncConnection, patient_id: str, block_id: str) -> Block:
    found = [block for block in await _all(connection, patient_id) if block.block_id == block_id]
    if not found:
        raise RecordRefusal("NOT_FOUND", "There is no such block of yours.")
    return found[0]


async def _lift(held: Held, block: Block, entry: EntryMaker) -> Block:
    assert held.patient_id is not None  # a block is lifted by somebody who is in the store
    if not blocks_in_force([block], held.at):
        await held.finish({"block_id": block.block_id}, None, entry(held.patient_id, ()))
        return block
    ours = (BLOCK.c.patient_id == held.patient_id) & (BLOCK.c.block_id == block.block_id)
    await held.connection.execute(update(BLOCK).where(ours).values(ends_at=held.at))
    await _changed(held, await _all(held.connection, held.patient_id), block.block_id, entry)
    return replace(block, ends_at=held.at)


async def _changed(held: Held, blocks: list[Block], block_id: str, entry: EntryMaker) -> None:
    """Bring what the gate reads up to date, and finish."""
    assert held.patient_id is not None  # as above
    text = blocks_text(blocks_in_force(blocks, held.at))
    await held.connection.execute(update(PATIENT).where(PATIENT.c.patient_id == held.patient_id).values(blocks=text))
    await held.finish({"block_id": block_id}, ChangeKind.ACCESS_CHANGED, entry(held.patient_id, WRITTEN))
