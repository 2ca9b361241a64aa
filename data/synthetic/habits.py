"""What she takes and how she lives: medicines, folate, vaccines, tobacco and the like."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from data.synthetic.coded import coded
from data.synthetic.course import Contact, Course
from data.synthetic.dice import Dice
from data.synthetic.plan import Notes, Plan
from data.synthetic.writing import Facts, Stage, recorded

INFLUENZA_SEASON: Final = frozenset({10, 11, 12, 1, 2})
MEDICINES: Final = {
    "allergy_or_asthma": ("Loratadin", "R06AX13", "10 mg ved behov", False),
    "epilepsy": ("Lamotrigin", "N03AX09", "100 mg to ganger daglig", True),
    "high_blood_pressure": ("Labetalol", "C07AG01", "100 mg to ganger daglig", True),
    "diabetes": ("Insulin aspart", "A10AB05", "til måltidene", True),
    "autoimmune_disease": ("Levotyroksin", "H03AA01", "75 µg daglig", True),
    "thrombosis": ("Dalteparin", "B01AB04", "5000 E daglig", True),
    "mental_health_condition": ("Sertralin", "N06AB06", "50 mg daglig", True),
}
"""Medicine, ATC code, dose, on prescription; by the condition it is taken for."""
ANTIRETROVIRAL: Final = ("Dolutegravir, lamivudin", "J05AR25", "1 tablett daglig", True)
INTIMATE_MEDICATION_NOTE: Final = "Hivbehandling følges av infeksjonspoliklinikken, virusmengde ikke målbar."
INTIMATE_MEDICINE_NOTE: Final = "Hentes på apotek i nabobyen. Ikke nevn på telefon."
INTIMATE_LIFESTYLE_NOTE: Final = "Brukte kokain før svangerskapet, sluttet da testen var positiv. Vil ha oppfølging."


def medication(plan: Plan, course: Course, dice: Dice) -> Iterator[Stage]:
    medicines = [MEDICINES[name] for name in sorted(plan.conditions) if name in MEDICINES]
    if plan.hiv:
        medicines.append(ANTIRETROVIRAL)
    if plan.takes_aspirin:
        medicines.append(("Acetylsalisylsyre", "B01AC06", "75 mg om kvelden fra uke 12", True))
    regular = any(prescribed for *_, prescribed in medicines)
    yield Stage(course.first, recorded(
        medicine_use_frequency="Regelmessig" if regular else "Av og til" if medicines else "Aldri",
        drug_allergy=dice.happens(0.04),
        folate={"taken_before_pregnancy": dice.happens(0.45), "taken_during_pregnancy": dice.happens(0.93)},
        note=_medication_note(plan),
        medicines=[_medicine(plan, *one) for one in medicines] or None,
    ))  # fmt: skip
    yield from _vaccinations(plan, course, dice)


def _medicine(plan: Plan, name: str, atc_code: str, dose: str, prescribed: bool) -> Facts:
    note = INTIMATE_MEDICINE_NOTE if plan.notes is Notes.INTIMATE else None
    return recorded(name=name, atc_code=atc_code, dose=dose, prescribed=prescribed, note=note)


def _medication_note(plan: Plan) -> str | None:
    if plan.notes is Notes.INTIMATE:
        return INTIMATE_MEDICATION_NOTE
    return "Bruker lite legemidler." if plan.notes is Notes.ORDINARY else None


def _vaccinations(plan: Plan, course: Course, dice: Dice) -> Iterator[Stage]:
    """Pertussis from week 24, influenza at a visit in season; both at a visit."""
    takes_pertussis, takes_influenza = dice.happens(0.75), dice.happens(0.35)
    given: list[Facts] = []
    for visit in course.visits[1:]:
        before = len(given)
        if takes_influenza and visit.on.month in INFLUENZA_SEASON:
            given, takes_influenza = [*given, _vaccination("Influensa", visit.on)], False
        if takes_pertussis and visit.week >= 24:
            given, takes_pertussis = [*given, _vaccination("Kikhoste (dTp)", visit.on)], False
        if len(given) > before:
            yield Stage(visit, {"vaccinations": given})


def _vaccination(vaccine: str, on: date) -> Facts:
    return {"vaccine": vaccine, "given_on": on.isoformat()}


def lifestyle_factors(plan: Plan, course: Course, dice: Dice) -> Iterator[Stage]:
    """Asked at the first visit and again in week 36."""
    daily = dice.whole(2, 10)
    yield Stage(course.first, recorded(
        stimuli=_stimuli(plan, daily, None),
        note=_lifestyle_note(plan),
        diet=dice.pick(("Variert kosthold.", "Vegetarianer.", "Spiser lite fisk.", "Uten melk.")),
        supplements=dice.pick(("Folat og vitamin D.", "Folat.", "Folat, vitamin D og jern.", "Multivitamin, tran.")),
        physical_activity=dice.pick(("Går tur daglig.", "Trener to ganger i uken.", "Lite aktiv, kvalm.")),
    ))  # fmt: skip
    at_36 = course.visit_at(36)
    if at_36 is not None:
        yield Stage(at_36, {"stimuli": _stimuli(plan, daily, 0 if plan.stops_tobacco else daily)})


def _stimuli(plan: Plan, daily: int, daily_at_36: int | None) -> list[Facts]:
    """Smoking, snus and alcohol are asked of all; what she uses has a count."""
    codes = ("TBD_SMOKING", "TBD_SNUS", "TBD_ALCOHOL", *(("TBD_DRUGS",) if plan.notes is Notes.INTIMATE else ()))
    return [_stimulus(code, plan.tobacco == code, daily, daily_at_36) for code in codes]


def _stimulus(code: str, used: bool, daily: int, daily_at_36: int | None) -> Facts:
    return recorded(
        stimulus_type=coded("volven_8536", code),
        at_first_visit=_use(daily if used else 0),
        at_week_36=None if daily_at_36 is None else _use(daily_at_36 if used else 0),
    )


def _use(daily: int) -> Facts:
    frequency = coded("volven_8537", "TBD_DAILY" if daily else "TBD_NEVER")
    return {"frequency": frequency, "daily_count": daily} if daily else {"frequency": frequency}


def _lifestyle_note(plan: Plan) -> str | None:
    if plan.notes is Notes.INTIMATE:
        return INTIMATE_LIFESTYLE_NOTE
    if plan.tobacco and plan.stops_tobacco:
        return "Vil slutte, har fått tilbud om hjelp."
    return "Ingen bruk av tobakk eller alkohol." if plan.notes is Notes.ORDINARY else None


def takes_medicines(plan: Plan, visit: Contact) -> bool:
    """Whether she takes medicines, as asked at a visit."""
    return plan.hiv or plan.takes_aspirin or bool(plan.conditions & MEDICINES.keys())
