"""Who asks in the proofs: every role for every purpose there is, at her own unit or not, with all rights it can have."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from app.domain.viewer import CALLER_KIND_OF, CallerKind, Purpose, Role
from app.identity.claims import GATEWAY
from app.identity.roles import RIGHTS_OF
from data.synthetic.organisations import ORGANISATIONS
from tests.whole_card import whole_record
from tests.world import NOW, WHOLE_RECORD, World

PERSONA_OF: Final[Mapping[Role, str]] = {
    Role.CITIZEN: "kari", Role.REPRESENTATIVE: "representative", Role.GP: "gp", Role.MIDWIFE: "midwife",
    Role.HOSPITAL: "hospital", Role.PUBLIC_HEALTH_NURSE: "nurse", Role.IMAGING_AND_OTHER: "imaging",
    Role.HEALTH_SECRETARY: "secretary", Role.SECRETARY: "clerk", Role.EHR_SYSTEM: "ehr", Role.AUDITOR: "auditor",
    Role.EVALUATOR: "evaluator",
}  # fmt: skip

EMERGENCY: Final = "emergency"
"""A doctor on emergency duty is a hospital doctor at another kind of unit."""

OWN: Final = (CallerKind.CITIZEN, CallerKind.REPRESENTATIVE)
WITHOUT_PURPOSE: Final = (*OWN, CallerKind.MACHINE, CallerKind.AUDITOR, CallerKind.EVALUATOR)
AT_OWN_UNIT: Final = (Role.HEALTH_SECRETARY,)
"""The roles for which it matters whether their unit follows the card."""

WOMAN: Final = "kari"
"""Whose card every unit follows. The card of `World.whole` no unit of anybody here does."""


@dataclass(frozen=True, slots=True)
class Column:
    """One kind of asking. `persona`: who asks, where it is not the role's usual one."""

    role: Role
    purpose: Purpose | None
    own_unit: bool = False
    persona: str | None = None

    @property
    def kind(self) -> CallerKind:
        return CALLER_KIND_OF[self.role]

    @property
    def name(self) -> str:
        parts = (self.role, self.purpose, "at own unit" if self.own_unit else "", self.persona and "on emergency duty")
        return " ".join(str(part) for part in parts if part)

    @property
    def is_own(self) -> bool:
        """Whether the card is the caller's own, or that of whom she acts for."""
        return self.kind in OWN

    def woman(self, world: World) -> str:
        return world.number(WOMAN) if self.is_own or self.own_unit else world.whole

    def token(self, world: World, **claims: Any) -> str:
        """A token with every right that such a caller can have: what it sees is decided by the policy alone."""
        rights = sorted(RIGHTS_OF[self.kind])
        scope = {} if self.kind is CallerKind.EVALUATOR else {"scope": [f"{GATEWAY}/{right}" for right in rights]}
        return world.token(self.persona or PERSONA_OF[self.role], self.purpose, **scope | claims)


def all_columns() -> list[Column]:
    """Every role; with every purpose there is, not only those it may give."""
    return [
        Column(role, purpose, own_unit)
        for role in Role
        for purpose in ((None,) if CALLER_KIND_OF[role] in WITHOUT_PURPOSE else Purpose)
        for own_unit in ((False, True) if role in AT_OWN_UNIT else (False,))
    ]


ON_DUTY: Final = Column(Role.HOSPITAL, Purpose.ETREAT, persona=EMERGENCY)


async def add_whole_cards(world: World) -> None:
    """For both women a card with every fact recorded, twice where a section repeats and once more in error; and an
    earlier card like it."""
    units = [unit.number for unit in ORGANISATIONS]
    for number, units_of_card in ((world.number(WOMAN), units), (world.whole, ["999999999"])):
        await world.forget(number)
        place = 1 if number == world.whole else 3
        made = [
            whole_record(
                f"{WHOLE_RECORD[:-1]}{place + earlier}", care_unit=units_of_card[0], also_followed_by=units_of_card[1:],
                closed=bool(earlier), errors=(False, False, True),
            )
            for earlier in (0, 1)
        ]  # fmt: skip
        await world.store_cards([(number, NOW, record) for record in made])
        changed = await world.data("midwife", CHANGED, patient=number, key=f"changed-{place}")
        assert changed["correctMother"]["__typename"] == "MotherRecorded"


CHANGED: Final = """mutation($patient: NationalIdentityNumber!, $key: String!) { correctMother(patient: $patient,
  expectedVersion: 1, mother: {needsInterpreter: true}, idempotencyKey: $key) { __typename } }"""
"""Something of a section that every reader of cards sees something of."""
