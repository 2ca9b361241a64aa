"""Placing a block: what the woman may ask for, checked. Norwegian: sperring."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import uuid4

from app.domain.code_systems import CODE_SYSTEMS
from app.domain.described import DescribedEnum
from app.domain.errors import RecordRefusal
from app.domain.record import Block, BlockTarget

BLOCKS_IN_FORCE_MAX: Final = 100
"""The gate reads all that are in force at every look."""

BLOCKS_KEPT_MAX: Final = 1_000
"""Lifted ones included."""

PROFESSIONS: Final = CODE_SYSTEMS["volven_9060"]
_HPR_NUMBER: Final = re.compile(r"[1-9][0-9]{0,8}")
_ORGANISATION_NUMBER: Final = re.compile(r"[0-9]{9}")


class OverrideCode(DescribedEnum):
    """What it takes to see what is blocked (Volven 9199)."""

    NEVER = "1", "Nobody else can open it; others are told how many sections are closed and not which."
    WITH_HER_CONSENT = "3", "It can be opened when she agrees there and then."
    WITH_REASON = "5", "It can be opened in an emergency, for a reason that is written down and shown to her."


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockWish:
    """A block as she asks for it. `section` is a section kind, None for the whole card."""

    target: BlockTarget
    target_id: str | None
    include_subunits: bool
    section: str | None
    override_code: OverrideCode
    ends_at: datetime | None

    def check(self, now: datetime) -> None:
        """Raise RecordRefusal BAD_USER_INPUT, naming the field, for a block that could keep nobody out."""
        problem = _PROBLEM_OF_TARGET[self.target](self.target_id)
        if problem:
            raise _bad("targetId", problem)
        if self.ends_at is not None and (self.ends_at.tzinfo is None or self.ends_at <= now):
            raise _bad("endsAt", "A time with an offset, in the future.")

    def placed(self, now: datetime, existing: Sequence[Block]) -> Block:
        """The block. Raises RecordRefusal: ALREADY_EXISTS, TOO_MANY_BLOCKS."""
        block = Block(
            block_id=str(uuid4()), section=self.section, target=self.target, target_id=self.target_id,
            include_subunits=self.include_subunits and self.target is BlockTarget.ORGANISATION,
            override_code=self.override_code.value, starts_at=now, ends_at=self.ends_at,
        )  # fmt: skip
        in_force = blocks_in_force(existing, now)
        if any(_says(block) == _says(other) for other in in_force):
            raise RecordRefusal("ALREADY_EXISTS", "This block is in force already.")
        if len(in_force) >= BLOCKS_IN_FORCE_MAX or len(existing) >= BLOCKS_KEPT_MAX:
            raise RecordRefusal("TOO_MANY_BLOCKS", "There are too many blocks; a wider one may say the same.")
        return block


def blocks_in_force(blocks: Sequence[Block], now: datetime) -> tuple[Block, ...]:
    """Those that have not ended. They hold from when they are placed, whatever any clock says."""
    return tuple(block for block in blocks if block.ends_at is None or now < block.ends_at)


def _says(block: Block) -> tuple[object, ...]:
    """What a block says, apart from which it is and since when."""
    whom = (block.target, block.target_id, block.include_subunits)
    return (*whom, block.section, block.override_code, block.ends_at)


def _problem_of_person(number: str | None) -> str | None:
    return None if number and _HPR_NUMBER.fullmatch(number) else "An HPR number: one to nine digits."


def _problem_of_organisation(number: str | None) -> str | None:
    return None if number and _ORGANISATION_NUMBER.fullmatch(number) else "An organisation number: nine digits."


def _problem_of_profession(code: str | None) -> str | None:
    return None if code and any(code == known.code for known in PROFESSIONS.codes) else "A code of Volven 9060."


def _problem_of_everybody(number: str | None) -> str | None:
    return None if number is None else "A block on everybody names nobody."


_PROBLEM_OF_TARGET: Final = {
    BlockTarget.PERSON: _problem_of_person,
    BlockTarget.ORGANISATION: _problem_of_organisation,
    BlockTarget.PROFESSION: _problem_of_profession,
    BlockTarget.ALL: _problem_of_everybody,
}


def _bad(name: str, message: str) -> RecordRefusal:
    return RecordRefusal("BAD_USER_INPUT", message, field=name)
