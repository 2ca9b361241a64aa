"""The blocks of a woman who uses them: one of each kind the gate must honour."""

from datetime import datetime

from app.domain.record import Block, BlockTarget
from data.synthetic.organisations import HOSPITAL_TRUST_NUMBER, STAFF


def blocks_in_force(since: datetime) -> tuple[Block, ...]:
    """A person, an organisation with all below it, and a section for everybody."""
    return (
        Block(
            block_id="6f0b0f2e-0000-4000-8000-000000000001", section=None, target=BlockTarget.PERSON,
            target_id=STAFF["stranger"].hpr_number, include_subunits=False, override_code="5",
            starts_at=since, ends_at=None,
        ),
        Block(
            block_id="6f0b0f2e-0000-4000-8000-000000000002", section=None, target=BlockTarget.ORGANISATION,
            target_id=HOSPITAL_TRUST_NUMBER, include_subunits=True, override_code="5",
            starts_at=since, ends_at=None,
        ),
        Block(
            block_id="6f0b0f2e-0000-4000-8000-000000000003", section="medical_conditions", target=BlockTarget.ALL,
            target_id=None, include_subunits=False, override_code="1",
            starts_at=since, ends_at=None,
        ),
    )  # fmt: skip
