"""What is worked out about her: body mass index, earlier births, where she may give birth, what follows the birth."""

from datetime import date
from typing import Any

import strawberry

from app.domain.clinical.birthplace import BirthplaceFacts, birthplace
from app.domain.clinical.birthplace_facts import recorded
from app.domain.clinical.birthplace_reasons import BirthplaceLevel, Reason
from app.domain.clinical.body import body_mass
from app.domain.clinical.body_mass import BodyMassClass
from app.domain.clinical.certainty import Certainty
from app.domain.clinical.parity import parity
from app.domain.clinical.postpartum import FollowUpKind, follow_up
from app.domain.clinical.postpartum_facts import recorded_birth
from app.domain.clinical.rules.infections import HIV
from app.domain.described import DescribedEnum
from resolvers.access import described, graphql_enum
from resolvers.clinical.charts import AsOf, chart_for
from resolvers.clinical.listener import COMPUTED_READERS, Listener, explanation_field
from resolvers.context import OpenedCard


class BirthplaceKind(DescribedEnum):
    """A kind of birthplace, from the least to the most."""

    MIDWIFE_LED_UNIT = "MIDWIFE_LED_UNIT", "Norwegian: fødestue."
    MATERNITY_WARD = "MATERNITY_WARD", "Norwegian: fødeavdeling."
    SPECIALIST_CLINIC = "SPECIALIST_CLINIC", "Norwegian: kvinneklinikk."


for enumeration in (BirthplaceKind, BodyMassClass, FollowUpKind):
    graphql_enum(enumeration)
graphql_enum(Reason, name="BirthplaceReason")


@strawberry.type(description="Her body mass index before the pregnancy. Norwegian: KMI.")
class BodyMass:
    value: float = described("The index, to one decimal. Unit: kg/m2.")
    body_mass_class: BodyMassClass = described("Its class.")
    is_computed: bool = described("False: it was entered, and is not worked out from height and weight.")
    explanation = explanation_field()


@strawberry.type(description="Pregnancies and births. Nothing else follows from the counters. Norwegian: paritet.")
class PregnancyParity:
    gravida: int | None = described("Pregnancies, this one included. Norwegian: gravida.")
    para: int | None = described("Earlier births, each child counted. Norwegian: para.")
    first_birth: bool | None = described("Whether this is her first birth; null where that is not recorded.")
    explanation = explanation_field()


@strawberry.type(description="What the guideline says of where she may give birth; she chooses. Norwegian: fødested.")
class BirthplaceAdvice:
    at_least: BirthplaceKind = described("The lowest level that the reasons which hold allow.")
    lowest_allowed: BirthplaceKind | None = described(
        "The same; null as long as something that is not recorded could ask for a higher one."
    )
    reasons: list[Reason] = described("What speaks for more than a midwife-led unit.")
    not_evaluable: list[Reason] = described(
        "Reasons for a higher level that nothing on the card answers.", usual_items=25
    )
    explanation = explanation_field()


@strawberry.type(description="One contact after the birth. Norwegian: oppfølging etter fødselen.")
class PostpartumContact:
    kind: FollowUpKind = described("What is due.")
    first_on: date | None = described("The first day of its time; null where it is not known or none is given.")
    last_on: date | None = described("The last day of its time.")
    is_due: bool | None = described("Null: what it depends on is not recorded.")
    explanation = explanation_field()


def body_mass_index(root: Any, as_of: AsOf = None) -> Any:
    """Her body mass index before the pregnancy; null where it cannot be told."""
    card: OpenedCard = root
    found = body_mass(chart_for(card, "bodyMassIndex", as_of))
    return found and {
        "value": float(found.value), "body_mass_class": found.body_mass_class, "is_computed": found.is_computed,
        "listener": Listener(card.grant), "explained_by": "BODY_MASS",
    }  # fmt: skip


def pregnancy_parity(root: Any, as_of: AsOf = None) -> Any:
    """What the counters say, and nothing of what is left over between them."""
    card: OpenedCard = root
    found = parity(chart_for(card, "parity", as_of).documents)
    return {
        "gravida": found.gravida, "para": found.para, "first_birth": yes_or_no(found.has_not_borne),
        "listener": Listener(card.grant), "explained_by": "PARITY",
    }  # fmt: skip


def birthplace_advice(root: Any, as_of: AsOf = None) -> Any:
    """The criteria of birthplace, looked at by what is recorded."""
    card: OpenedCard = root
    chart = chart_for(card, "birthplace", as_of)
    has_hiv = chart.value(HIV)
    noted = {} if has_hiv is None else {Reason.HIV: has_hiv}
    told = BirthplaceFacts(age_at_birth=chart.age_on(chart.due_date), noted=noted)
    found = birthplace(recorded(chart.documents, chart.dating, chart.as_of, told))
    return {
        "at_least": _kind(found.at_least),
        "lowest_allowed": None if found.lowest_allowed is None else _kind(found.lowest_allowed),
        "reasons": list(found.reasons), "not_evaluable": list(found.not_evaluable),
        "listener": Listener(card.grant), "explained_by": "BIRTHPLACE",
    }  # fmt: skip


def postpartum_follow_up(root: Any, as_of: AsOf = None) -> Any:
    """What is due after the birth of children who live; nothing before it is recorded."""
    card: OpenedCard = root
    birth, listener = recorded_birth(chart_for(card, "postpartumFollowUp", as_of)), Listener(card.grant)
    return [
        {
            "kind": one.kind, "first_on": one.first_on, "last_on": one.last_on, "is_due": yes_or_no(one.is_due),
            "listener": listener, "explained_by": one.kind.value,
        }
        for one in (follow_up(birth) if birth else ())
    ]  # fmt: skip


def yes_or_no(answer: Certainty) -> bool | None:
    """A certainty as it is told: None is not recorded."""
    return {Certainty.TRUE: True, Certainty.FALSE: False}.get(answer)


def _kind(level: BirthplaceLevel) -> BirthplaceKind:
    return BirthplaceKind[level.name]


def body_fields() -> dict[str, Any]:
    """The card's fields for it."""
    return {
        "body_mass_index": described(
            "Her body mass index before the pregnancy, and its class. Norwegian: KMI.",
            resolver=body_mass_index, gives=BodyMass | None, callers=COMPUTED_READERS,
        ),
        "parity": described(
            "How many times she has been pregnant and given birth. Norwegian: gravida og para.",
            resolver=pregnancy_parity, gives=PregnancyParity, callers=COMPUTED_READERS,
        ),
        "birthplace": described(
            "The criteria of birthplace by what is recorded. Norwegian: valg av fødested.",
            resolver=birthplace_advice, gives=BirthplaceAdvice, callers=COMPUTED_READERS,
        ),
        "postpartum_follow_up": described(
            "What is due after the birth, in the order of time; empty before it is recorded. Norwegian: "
            "oppfølging etter fødselen.",
            resolver=postpartum_follow_up, gives=list[PostpartumContact], callers=COMPUTED_READERS, usual_items=6,
        ),
    }  # fmt: skip
