"""Her body mass index before the pregnancy, and its class. Never from a weight measured in the pregnancy."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from app.domain.clinical.dating import Dating
from app.domain.clinical.standing import Documents, items, section
from app.domain.clinical.weeks import in_days
from app.domain.dating import day_of
from app.domain.described import DescribedEnum

ONE_DECIMAL: Final = Decimal("0.1")
EARLY_BEFORE_DAYS: Final = in_days(12)


class BodyMassClass(DescribedEnum):
    """The classes of the World Health Organization, as the Norwegian Institute of Public Health has them."""

    UNDERWEIGHT = "UNDERWEIGHT", "Below 18.5."
    NORMAL = "NORMAL", "18.5 to 24.9."
    OVERWEIGHT = "OVERWEIGHT", "25.0 to 29.9."
    OBESE_I = "OBESE_I", "30.0 to 34.9."
    OBESE_II = "OBESE_II", "35.0 to 39.9."
    OBESE_III = "OBESE_III", "40.0 and above."


_BEGINNINGS: Final = dict(zip(BodyMassClass, map(Decimal, ("0", "18.5", "25", "30", "35", "40")), strict=True))


@dataclass(frozen=True, slots=True)
class BodyMassIndex:
    """Her body mass index before the pregnancy, to one decimal. `is_computed`: False for one that was entered."""

    value: Decimal
    is_computed: bool

    @property
    def body_mass_class(self) -> BodyMassClass:
        """Classified as rounded: the classes are published with one decimal and have no gaps then."""
        return [one for one, beginning in _BEGINNINGS.items() if self.value >= beginning][-1]


@dataclass(frozen=True, slots=True)
class EarlyWeight:
    """A weight from early in the pregnancy, for want of one from before it; never taken in its place."""

    measured_on: date
    weight_kg: Decimal


def body_mass_index(height_cm: Decimal, weight_kg: Decimal) -> Decimal:
    """kg/m², halves rounded up to one decimal. A design choice."""
    meters = height_cm / 100
    return (weight_kg / (meters * meters)).quantize(ONE_DECIMAL, ROUND_HALF_UP)


def before_pregnancy(documents: Documents) -> BodyMassIndex | None:
    """From her height and her weight before the pregnancy, else as it was entered; None when neither is recorded."""
    measured = section(documents, "pre_pregnancy_measurements")
    height, weight, entered = (
        exact(measured.get(name)) for name in ("height_cm", "pre_pregnancy_weight_kg", "bmi_kg_per_m2")
    )
    if height is not None and weight is not None:
        return BodyMassIndex(body_mass_index(height, weight), is_computed=True)
    return None if entered is None else BodyMassIndex(entered.quantize(ONE_DECIMAL, ROUND_HALF_UP), is_computed=False)


def early_weight(documents: Documents, card: Dating | None) -> EarlyWeight | None:
    """The first weight of a visit before 12+0, where her weight before the pregnancy is not recorded."""
    known = section(documents, "pre_pregnancy_measurements").get("pre_pregnancy_weight_kg")
    if known is not None or card is None:
        return None
    weights = [
        EarlyWeight(held_on, weight) for visit in items(documents, "antenatal_visits")
        if (held_on := day_of(visit.get("held_on"))) is not None
        and (weight := exact(visit.get("weight_kg"))) is not None
        and 0 <= card.days_on(held_on) < EARLY_BEFORE_DAYS
    ]  # fmt: skip
    return min(weights, key=lambda one: one.measured_on, default=None)


def exact(value: Any) -> Decimal | None:
    """A decimal number as it was written, so that a limit is not missed by a rounding error."""
    return None if value is None else Decimal(str(value))
