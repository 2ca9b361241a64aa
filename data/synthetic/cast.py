"""The cast: women with names and stories, who do not exist. Each shows one thing the product must get right.

Who they are never changes; what has happened to them is counted back from the day somebody asks.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from app.domain.consent import WithdrawalReceipt
from app.domain.record import Block, Protection, StoredRecord
from data.synthetic import cast_plans as plans
from data.synthetic.cast_blocks import blocks_in_force
from data.synthetic.plan import Plan
from data.synthetic.simulator import simulate

CONSENTED_BEFORE: Final = timedelta(days=3, hours=2)
"""How long before her first card was opened she gave consent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """How it is with a woman on a day: her person status, her own choices, her cards, oldest first."""

    records: tuple[StoredRecord, ...]
    consent_given_at: datetime | None
    withdrawal: WithdrawalReceipt | None = None
    protection: Protection = Protection.UNCLASSIFIED
    deceased_on: date | None = None
    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CastMember:
    """One woman. `gp` and `midwife` are keys of the staff list.

    plans            her pregnancies on a day, oldest first
    withdrew_ago     how long ago she withdrew her consent; her cards are gone with it
    never_consented  nothing about her is stored
    died_ago         how long ago she died; nothing was written after that
    has_blocks       she keeps some people out of her card
    """

    slug: str
    name: str
    number: str
    story: str
    plans: Callable[["CastMember", date], tuple[Plan, ...]]
    gp: str = "gp"
    midwife: str = "midwife"
    protection: Protection = Protection.UNCLASSIFIED
    withdrew_ago: timedelta | None = None
    never_consented: bool = False
    died_ago: timedelta | None = None
    has_blocks: bool = False

    def on(self, as_of: date) -> Situation:
        """How it is with her when `as_of` begins."""
        midnight = datetime.combine(as_of, time(), UTC)
        died_on = as_of - self.died_ago if self.died_ago else None
        records = tuple(simulate(plan, died_on or as_of) for plan in self.plans(self, as_of))
        first = min((record.opened_at for record in records), default=midnight)
        withdrawal = _withdrawal(midnight - self.withdrew_ago, records) if self.withdrew_ago else None
        return Situation(
            records=() if withdrawal else records,
            consent_given_at=None if self.never_consented else first - CONSENTED_BEFORE,
            withdrawal=withdrawal,
            protection=self.protection,
            deceased_on=died_on,
            blocks=blocks_in_force(first) if self.has_blocks else (),
        )


def _withdrawal(at: datetime, records: tuple[StoredRecord, ...]) -> WithdrawalReceipt:
    """The receipt of what was deleted when she withdrew."""
    versions = [(record.record_id, item.kind, item.item_id) for record in records for item in record.items]
    return WithdrawalReceipt(
        withdrawn_at=at, cards_deleted=len(records), items_deleted=len(set(versions)), versions_deleted=len(versions)
    ).sealed()


CAST: Final[tuple[CastMember, ...]] = (
    CastMember(
        slug="kari", name="Kari Eksempel", number="17849644092", plans=plans.first_pregnancy,
        story="Week 30 of her first pregnancy; every section that can be filled is filled.",
    ),
    CastMember(
        slug="aisha", name="Aisha Testesen", number="03899444255", plans=plans.twins,
        story="Expects twins in week 29 and needs an interpreter in Somali.",
    ),
    CastMember(
        slug="ingrid", name="Ingrid Prøvesen", number="28819144461", plans=plans.rhesus_negative,
        story="RhD negative with an RhD-positive fetus; prophylaxis in week 28. One visit was entered in error.",
    ),
    CastMember(
        slug="liv", name="Liv Syntetisk", number="11869344690", plans=plans.second_pregnancy,
        withdrew_ago=timedelta(days=20, hours=9),
        story="Withdrew her consent: her card is deleted, the log of who looked stays.",
    ),
    CastMember(
        slug="sunniva", name="Sunniva Oppdiktet", number="30919244832", plans=plans.second_pregnancy,
        protection=Protection.CONFIDENTIAL,
        story="Lives at a confidential address; her card is there and must look as if it were not.",
    ),
    CastMember(
        slug="jorunn", name="Jorunn Oppdiktet", number="02829347817", plans=plans.second_pregnancy,
        protection=Protection.STRICTLY_CONFIDENTIAL,
        story="Lives at a strictly confidential address; nobody may learn of her card.",
    ),
    CastMember(
        slug="guro", name="Guro Modellsen", number="14829045045", plans=plans.miscarriage,
        story="Lost her pregnancy in week 11; her only card is closed as terminated.",
    ),
    CastMember(
        slug="nora", name="Nora Testdal", number="22888845279", plans=plans.assisted,
        story="Week 20 after assisted conception; the transfer sets her due date.",
    ),
    CastMember(
        slug="tone", name="Tone Eksempelvik", number="06859545430", plans=plans.post_term,
        story="Past her due date, week 41; has been to the post-term check.",
    ),
    CastMember(
        slug="fatima", name="Fatima Prøvestad", number="19928945866", plans=plans.gestational_diabetes,
        story="Has gestational diabetes, found in week 26; now in week 31.",
    ),
    CastMember(
        slug="selma", name="Selma Fantasi", number="01909846028", plans=plans.newly_pregnant,
        story="Week 9, one visit and no ultrasound yet.",
    ),
    CastMember(
        slug="hedda", name="Hedda Testmoen", number="25839746027", plans=plans.intimate,
        story="Lives with HIV; intimate notes stand in every section of her card.",
    ),
    CastMember(
        slug="ragnhild", name="Ragnhild Prøvehaug", number="09879446462", plans=plans.blocking, has_blocks=True,
        story="Keeps a doctor, the hospital and everybody's eyes on her illnesses out.",
    ),
    CastMember(
        slug="astrid", name="Astrid Syntetisk", number="04848746431", plans=plans.died,
        died_ago=timedelta(days=12),
        story="Died in week 25 of her pregnancy.",
    ),
    CastMember(
        slug="thea", name="Thea Eksempel", number="15860996623", plans=plans.young,
        story="Born in 2009, week 16; no parent may look.",
    ),
    CastMember(
        slug="ida", name="Ida Testesen", number="08929646887", plans=plans.again,
        story="Pregnant again: an earlier card closed after a birth, and a new one in week 22.",
    ),
    CastMember(
        slug="randi", name="Randi Modellsen", number="27899947032", plans=plans.none,
        never_consented=True,
        story="Never consented: nothing about her is stored.",
    ),
    CastMember(
        slug="silje", name="Silje Testdal", number="13839247200", plans=plans.delivered,
        story="Gave birth ten days ago; her card is closed.",
    ),
    CastMember(
        slug="vilde", name="Vilde Eksempelvik", number="21859047413", plans=plans.pre_eclampsia,
        story="Week 37 with high blood pressure and protein in the urine: signs of pre-eclampsia.",
    ),
    CastMember(
        slug="katarzyna", name="Katarzyna Prøvestad", number="12909147652", plans=plans.breech, gp="stranger",
        story="Breech in week 37 after an earlier caesarean; her GP is in the next municipality.",
    ),
)  # fmt: skip
"""The first of them is whom a newcomer meets."""


def cast(as_of: date) -> dict[str, Situation]:
    """How it is with every one of them when `as_of` begins, by slug."""
    return {member.slug: member.on(as_of) for member in CAST}
