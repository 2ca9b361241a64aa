"""Her blocks: whom she keeps out of the card, or of a section. Norwegian: sperringer."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

import strawberry

from app.domain.blocking import PROFESSIONS, BlockWish, OverrideCode, blocks_in_force
from app.domain.record import Block, BlockTarget
from resolvers.access import described
from resolvers.card_sections import CardSection
from resolvers.commands import Key
from resolvers.context import OperationContext


async def _target_name(root: Any, info: strawberry.Info) -> Any:
    """A readable name of whom a block keeps out, where one is known."""
    block: Block = root["block"]
    context: OperationContext = info.context
    if block.target is BlockTarget.ORGANISATION:
        unit = await context.organisations.find(block.target_id or "")
        return unit.name if unit else None
    if block.target is BlockTarget.PROFESSION:
        code = PROFESSIONS.find(block.target_id or "")
        return code.norwegian if code else None
    names = await context.once("names of the blocked", lambda: _names(context, root["blocks"]))
    return names.get(block.target_id)


async def _names(context: OperationContext, blocks: list[Block]) -> Any:
    persons = {block.target_id for block in blocks if block.target is BlockTarget.PERSON and block.target_id}
    return await context.choices.blocks.names(context.known_patient_id, persons)


@strawberry.type(description="The woman's own block: somebody she keeps out. Norwegian: sperring.")
class AccessBlock:
    block_id: strawberry.ID = described("Identity of the block, a UUID.")
    target: BlockTarget = described("What kind of caller it keeps out.")
    target_id: str | None = described("HPR number, organisation number or profession code; null for everybody.")
    target_name = described(
        "Name of the person, unit or profession, where it is known here.", resolver=_target_name, gives=str | None
    )
    include_subunits: bool = described("For an organisation: whether the units below it are kept out as well.")
    section: CardSection | None = described("The section that is closed; null for the whole card.")
    override_code: OverrideCode = described("What it takes to see what is blocked.")
    starts_at: datetime = described("When the block was placed.")
    ends_at: datetime | None = described("When it was lifted, or when it ends by itself; null while it has no end.")
    in_force: bool = described("Whether it keeps anybody out now.")


@strawberry.input(description="Whom to keep out, of what, and what it takes to see it nevertheless.")
class BlockAccessInput:
    target: BlockTarget = strawberry.field(description="What kind of caller to keep out.")
    target_id: str | None = strawberry.field(
        default=None,
        description="A person's HPR number or an organisation's number, as the access log shows them, or the code of a "
        "profession in Volven 9060; nothing for everybody.",
    )
    include_subunits: bool = strawberry.field(
        default=True, description="For an organisation: keep the units below it out as well."
    )
    section: CardSection | None = strawberry.field(
        default=None, description="The section to close; nothing for the whole card."
    )
    override_code: OverrideCode = strawberry.field(
        default=OverrideCode.WITH_REASON, description="What it takes to see what is blocked."
    )
    ends_at: datetime | None = strawberry.field(
        default=None, description="When the block ends by itself; nothing for one that stays until it is lifted."
    )


async def my_blocks(info: strawberry.Info) -> Any:
    """All she ever placed, newest first."""
    context: OperationContext = info.context
    blocks = await context.choices.blocks.of(context.known_patient_id)
    return [_shown(context, block, blocks) for block in blocks]


Wish = Annotated[BlockAccessInput, strawberry.argument(description="Whom to keep out, and of what.")]
BlockId = Annotated[strawberry.ID, strawberry.argument(description="Which of her blocks.")]


async def block_access(info: strawberry.Info, input: Wish, idempotency_key: Key) -> Any:
    """Place a block."""
    context: OperationContext = info.context
    wish = BlockWish(
        target=input.target, target_id=input.target_id, include_subunits=input.include_subunits,
        section=input.section.value if input.section else None, override_code=input.override_code,
        ends_at=input.ends_at,
    )  # fmt: skip
    wish.check(context.now)
    sent = context.sent("blockAccess", idempotency_key, asdict(wish))
    block = await context.choices.blocks.place(context.number, wish, sent, context.entry_for_write)
    return _shown(context, block, [block])


async def lift_block(info: strawberry.Info, block_id: BlockId, idempotency_key: Key) -> Any:
    """Lift a block. It ends now and stays on her list."""
    context: OperationContext = info.context
    sent = context.sent("liftBlock", idempotency_key, {"block_id": block_id})
    block = await context.choices.blocks.lift(context.number, block_id, sent, context.entry_for_write)
    return _shown(context, block, [block])


def _shown(context: OperationContext, block: Block, blocks: list[Block]) -> dict[str, Any]:
    return {
        "block": block,
        "blocks": blocks,
        "block_id": block.block_id,
        "target": block.target,
        "target_id": block.target_id,
        "include_subunits": block.include_subunits,
        "section": CardSection(block.section) if block.section else None,
        "override_code": OverrideCode(block.override_code),
        "starts_at": block.starts_at,
        "ends_at": block.ends_at,
        "in_force": bool(blocks_in_force([block], context.now)),
    }
