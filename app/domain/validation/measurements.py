"""Rules about numbers: usual ranges, units mixed up, numbers that do not fit each other."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any, Final

from app.domain.card.declaration import Fact
from app.domain.dating import day_of, days_after
from app.domain.validation.card_facts import CardFacts, Written
from app.domain.validation.registry import EVERY_KIND, WARNING, Finding, at, rule

HEMOGLOBIN_IN_G_PER_L: Final = (40, 200)
HBA1C_LOWEST_MMOL_PER_MOL: Final = 20
BMI_TOLERANCE: Final = Decimal("0.5")
WEIGHT_CHANGE_KG, WEIGHT_CHANGE_DAYS = Decimal(5), 7


@rule("SUSPICIOUS_VALUE", kinds=EVERY_KIND, severity=WARNING)
def values_are_usual(item: Written, card: CardFacts) -> Iterator[Finding]:
    """Every declared `plausible` range, limits included. Sources: the card profile; DQ-4 to DQ-7, of which DQ-4 and
    DQ-5 are wider (heart rate from 50, fundal height to 60)."""
    for one in item.recorded:
        declared = one.member.declared
        usual = declared.plausible if isinstance(declared, Fact) else None
        if usual is not None and not usual[0] <= one.value <= usual[1]:
            yield at(*one.names, low=usual[0], high=usual[1])


@rule("UNLISTED_CODE", kinds=EVERY_KIND, severity=WARNING)
def codes_are_listed(item: Written, card: CardFacts) -> Iterator[Finding]:
    """Where the list at hand is not known to be whole, another code is accepted (the card profile) and asked about."""
    for one in item.recorded:
        system = one.system
        if system is not None and not system.complete and system.find(one.value["code"]) is None:
            yield at(*one.names, "code", system=system.literal)


@rule("HEMOGLOBIN_UNIT", kinds={"laboratory_results"}, severity=WARNING)
def hemoglobin_is_in_g_per_dl(item: Written, card: CardFacts) -> Iterator[Finding]:
    """Laboratories and WHO often use g/L: 40 to 200 is asked about. Source: the known traps."""
    lowest, highest = HEMOGLOBIN_IN_G_PER_L
    for name in ("hemoglobin_first_trimester_g_per_dl", "hemoglobin_third_trimester_g_per_dl"):
        value = item.content.get(name)
        if value is not None and lowest <= value <= highest:
            yield at(name)


@rule("HBA1C_UNIT", kinds={"laboratory_results"}, severity=WARNING)
def hba1c_is_in_mmol_per_mol(item: Written, card: CardFacts) -> Iterator[Finding]:
    """People type percent: below 20 is asked about. Source: the known traps."""
    value = item.content.get("hba1c_mmol_per_mol")
    if value is not None and value < HBA1C_LOWEST_MMOL_PER_MOL:
        yield at("hba1c_mmol_per_mol", limit=HBA1C_LOWEST_MMOL_PER_MOL)


@rule("BMI_DIFFERS", kinds={"pre_pregnancy_measurements"}, severity=WARNING)
def bmi_fits_height_and_weight(item: Written, card: CardFacts) -> Iterator[Finding]:
    """BMI within 0.5 of weight/height². Source: the card profile."""
    names = ("bmi_kg_per_m2", "pre_pregnancy_weight_kg", "height_cm")
    bmi, weight, height = (_exact(item.content.get(name)) for name in names)
    if bmi is not None and weight is not None and height is not None:
        meters = height / 100
        if abs(bmi - weight / (meters * meters)) > BMI_TOLERANCE:
            yield at(names[0], limit=BMI_TOLERANCE)


@rule("WEIGHT_CHANGE", kinds={"antenatal_visits"}, severity=WARNING)
def weight_changes_slowly(item: Written, card: CardFacts) -> Iterable[Finding]:
    """No change of more than 5 kg within 7 days. Source: DQ-6."""
    day, weight = day_of(item.content.get("held_on")), _exact(item.content.get("weight_kg"))
    if day is None or weight is None:
        return ()
    first, last = (days_after(day, days).isoformat() for days in (-WEIGHT_CHANGE_DAYS, WEIGHT_CHANGE_DAYS))
    for other in card.items("antenatal_visits"):
        if not first <= (other.get("held_on") or "") <= last:
            continue
        other_weight = _exact(other.get("weight_kg"))
        if other_weight is not None and abs(weight - other_weight) > WEIGHT_CHANGE_KG:
            return (at("weight_kg", limit=WEIGHT_CHANGE_KG, days=WEIGHT_CHANGE_DAYS),)
    return ()


@rule("DIASTOLIC_NOT_BELOW_SYSTOLIC", kinds={"antenatal_visits"}, severity=WARNING)
def systolic_is_higher(item: Written, card: CardFacts) -> Iterator[Finding]:
    """Systolic > diastolic; a soft rule, since the wire format allows it. Source: the card profile."""
    pressure = item.content.get("blood_pressure")
    if pressure is not None and pressure["systolic_mmhg"] <= pressure["diastolic_mmhg"]:
        yield at("blood_pressure")


def _exact(value: Any) -> Decimal | None:
    """A decimal number as it was written, so that a limit is not missed by a rounding error."""
    return None if value is None else Decimal(str(value))
