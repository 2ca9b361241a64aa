"""What a card has recorded of that which decides where she may give birth."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Final

from app.domain.clinical.birthplace import BirthplaceFacts
from app.domain.clinical.body_mass import before_pregnancy
from app.domain.clinical.dating import Dating
from app.domain.clinical.growth import fundal_heights
from app.domain.clinical.parity import parity
from app.domain.clinical.standing import Documents, items, section
from app.domain.clinical.weeks import in_days
from app.domain.dating import day_of

WEIGHT_COUNTS_FROM_DAYS: Final = in_days(36)
"""From when on an estimate counts for the weight at birth. A design choice."""


def recorded(documents: Documents, card: Dating | None, on: date, told: BirthplaceFacts) -> BirthplaceFacts:
    """The numbers of a card as they stood on a day, in place of what is told.

    told   what the card has no item for: her age, whether labour has started, the reasons that are noted; and how
           the fetus lies, which the card has for each of several
    """
    index = before_pregnancy(documents)
    return replace(
        told,
        body_mass_index=None if index is None else index.value,
        has_not_borne=parity(documents).has_not_borne,
        number_of_fetuses=section(documents, "pregnancy").get("number_of_fetuses"),
        fundal_height_z=_latest_fundal_height(documents, card, on),
        estimated_weight_g=_latest_weight(documents, card, on),
        gestation_days=None if card is None else card.days_on(on),
    )


def _latest_fundal_height(documents: Documents, card: Dating | None, on: date) -> float | None:
    """The score of the latest measurement that rules look at."""
    judged = [one for one in fundal_heights(documents, card) if one.not_judged is None and one.measured_on <= on]
    return judged[-1].z_score if judged else None


def _latest_weight(documents: Documents, card: Dating | None, on: date) -> int | None:
    """The estimate of the latest scan that has one; of several fetuses the lightest. What is meant is the weight at
    birth: an estimate long before it says nothing of that."""
    late = [(day, weight) for day, weight in _weights(documents) if card is not None and _is_late(card, day)]
    weights = [(day, -weight) for day, weight in late if day <= on]
    return -max(weights)[1] if weights else None


def _is_late(card: Dating, day: date) -> bool:
    return card.days_on(day) >= WEIGHT_COUNTS_FROM_DAYS


def _weights(documents: Documents) -> Iterator[tuple[date, int]]:
    for scan in items(documents, "ultrasound_examinations"):
        day = day_of(scan.get("examined_on"))
        for measurement in scan.get("fetal_measurements") or ():
            weight_g = measurement.get("estimated_fetal_weight_g")
            if day is not None and weight_g is not None:
                yield day, weight_g
