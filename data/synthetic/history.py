"""What was before this pregnancy: earlier pregnancies, heredity, illness."""

from collections.abc import Iterator

from data.synthetic.coded import coded
from data.synthetic.course import Course
from data.synthetic.dice import Dice
from data.synthetic.plan import EarlierPregnancy, Notes, Outcome, Plan
from data.synthetic.writing import Facts, Stage, recorded

ASKED_ABOUT = (
    "heart_disease", "high_blood_pressure", "kidney_or_urinary_tract_disease", "diabetes", "allergy_or_asthma",
    "epilepsy", "thrombosis", "autoimmune_disease", "gynecological_condition", "mental_health_condition",
    "other_condition",
)  # fmt: skip
"""The illnesses every woman is asked about; a plan names those she has or has had."""

CONDITION_NOTES = {
    "heart_disease": "Operert for liten klaffefeil som barn, friskmeldt.",
    "high_blood_pressure": "Kjent høyt blodtrykk, måler hjemme.",
    "kidney_or_urinary_tract_disease": "Gjentatte urinveisinfeksjoner.",
    "diabetes": "Diabetes type 1, følges på sykehuset.",
    "allergy_or_asthma": "Pollenallergi.",
    "epilepsy": "Anfallsfri i fem år på medisiner.",
    "thrombosis": "Blodpropp i leggen på lang flytur.",
    "autoimmune_disease": "Lavt stoffskifte (Hashimoto).",
    "gynecological_condition": "Konisert.",
    "mental_health_condition": "Tidligere behandlet for angst.",
    "other_condition": "Migrene.",
}

INTIMATE_CONDITION_NOTE = "Utsatt for vold i et tidligere forhold. Følges av psykolog. Ønsker ikke omtale av hiv."
INTIMATE_HISTORY_NOTE = "Tapet i uke 17 var svært tungt. Ikke nevn det for pårørende."
INTIMATE_HEREDITY_NOTE = "Broren har en arvelig muskelsykdom, mors slekt er ikke informert."
FAMILY_BIRTHS_NOTE = "Mor og søster: ukompliserte fødsler."


def previous_pregnancies(plan: Plan, course: Course, dice: Dice) -> Iterator[Stage]:
    """The counters always add up: what would be left over between them must not exist."""
    outcomes = [one.outcome for one in plan.earlier]
    notes = [f"{one.year}: {_in_words(one)}" for one in plan.earlier if plan.notes is not Notes.FEW]
    if plan.notes is Notes.INTIMATE:
        notes.append(INTIMATE_HISTORY_NOTE)
    yield Stage(course.first, recorded(
        number_of_previous_pregnancies=len(outcomes),
        number_of_previous_live_births=outcomes.count(Outcome.LIVE_BIRTH),
        number_of_spontaneous_miscarriages=outcomes.count(Outcome.MISCARRIAGE),
        number_of_stillbirths_from_22_weeks=outcomes.count(Outcome.STILLBIRTH),
        number_of_ectopic_pregnancies=outcomes.count(Outcome.ECTOPIC),
        note=" ".join(notes) or ("Førstegangsgravid." if plan.notes is Notes.ORDINARY else None),
    ))  # fmt: skip


def _in_words(one: EarlierPregnancy) -> str:
    if one.outcome is Outcome.MISCARRIAGE:
        return f"spontanabort uke {one.day // 7}."
    if one.outcome is Outcome.ECTOPIC:
        return "svangerskap utenfor livmoren."
    birth = "keisersnitt" if one.caesarean else "vaginal fødsel"
    return f"{birth} i uke {one.day // 7}+{one.day % 7}, {one.weight_g} g, {one.complication or 'ukomplisert'}."


def earlier_pregnancies(plan: Plan, course: Course, dice: Dice) -> Iterator[list[Stage]]:
    """One item for each child, oldest first."""
    for one in plan.earlier:
        is_birth = one.outcome in (Outcome.LIVE_BIRTH, Outcome.STILLBIRTH)
        yield [Stage(course.first, recorded(
            year=one.year,
            gestational_age_weeks=one.day // 7,
            gestational_age_days=one.day % 7,
            note=_note_on(one, plan),
            **(_birth(one, dice) if is_birth else {}),
        ))]  # fmt: skip


def _note_on(one: EarlierPregnancy, plan: Plan) -> str | None:
    if one.outcome is Outcome.MISCARRIAGE:
        return "Spontanabort."
    if one.outcome is Outcome.ECTOPIC:
        return "Svangerskap utenfor livmoren."
    note = one.complication.capitalize() + "." if one.complication else None
    return note or ("Ukomplisert." if plan.notes is not Notes.FEW else None)


def _birth(one: EarlierPregnancy, dice: Dice) -> Facts:
    induced = not one.caesarean and dice.happens(0.25)
    delivery = "09" if one.caesarean else "04" if one.vacuum else "01"
    return recorded(
        live_born=one.outcome is Outcome.LIVE_BIRTH,
        birth_weight_g=one.weight_g,
        child_sex=None if one.girl is None else "FEMALE" if one.girl else "MALE",
        labour_start=coded("volven_8526", "2" if induced else "1"),
        operative_delivery=coded("volven_8527", delivery),
        birth_tears=[coded("volven_8529", "PR2")] if not one.caesarean and dice.happens(0.3) else None,
        presentation_at_birth=coded("volven_8531", "1"),
    )


def hereditary_conditions(plan: Plan, course: Course, dice: Dice) -> Iterator[Stage]:
    hips = dice.happens(0.05)
    other = plan.notes is Notes.INTIMATE or dice.happens(0.03)
    yield Stage(course.first, recorded(
        none_known=not (hips or other),
        parents_are_relatives=dice.happens(0.01),
        hip_dysplasia_in_family=hips,
        other_hereditary_condition=other,
        births_in_family_note=FAMILY_BIRTHS_NOTE if plan.notes is not Notes.FEW else None,
        note=_heredity_note(plan, hips, other),
    ))  # fmt: skip


def _heredity_note(plan: Plan, hips: bool, other: bool) -> str | None:
    if plan.notes is Notes.INTIMATE:
        return INTIMATE_HEREDITY_NOTE
    if other:
        return "Fargeblindhet i slekten."
    if hips:
        return "Eldre søsken behandlet med pute som nyfødt."
    return "Spurt, ingenting kjent." if plan.notes is Notes.ORDINARY else None


def medical_conditions(plan: Plan, course: Course, dice: Dice) -> Iterator[Stage]:
    has = [name for name in ASKED_ABOUT if name in plan.conditions]
    notes = [CONDITION_NOTES[name] for name in has]
    if plan.notes is Notes.INTIMATE:
        notes.append(INTIMATE_CONDITION_NOTE)
    yield Stage(course.first, recorded(
        nothing_particular=not has,
        **{name: name in plan.conditions for name in ASKED_ABOUT},
        note=" ".join(notes) or ("Frisk." if plan.notes is Notes.ORDINARY else None),
    ))  # fmt: skip
