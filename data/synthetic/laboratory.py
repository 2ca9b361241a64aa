"""Blood tests and what follows from them: recommended tests, glucose tests, the RhD programme."""

from collections.abc import Iterator
from typing import Final

from data.synthetic.course import Contact, Course
from data.synthetic.dice import Dice
from data.synthetic.people import ASIA_AND_AFRICA
from data.synthetic.plan import Notes, Plan, Rarity
from data.synthetic.rarities import ANEMIC_G_PER_DL, DIABETIC_MMOL_PER_L, SECOND_TRIMESTER_G_PER_DL, first_tests
from data.synthetic.writing import Facts, Stage, recorded

BLOOD_GROUPS: Final = (("A", 0.48), ("O", 0.4), ("B", 0.08), ("AB", 0.04))
FASTING_LIMIT_MMOL_PER_L: Final = 5.3
"""From here on gestational diabetes in Norway; the two-hour limit is 9.0."""
HEMOGLOBIN_CODE: Final = "NOR05172"
FERRITIN_CODE: Final = "NPU19763"
INTIMATE_NOTE: Final = "Hiv kjent siden 2019. Klamydia behandlet i uke 11, kontroll negativ."

INTIMATE_RESULT_NOTE: Final = "Tatt på infeksjonspoliklinikken."


def laboratory_results(plan: Plan, course: Course, dice: Dice) -> Iterator[Stage]:
    answered = course.after(course.first, dice.whole(1, 2))
    if answered is None or Rarity.NEVER_TESTED in plan.rarities:
        return
    first = first_tests(plan, _first_tests(plan, course.first, dice))
    dated = first["dated_results"]
    yield Stage(answered, first)
    at_24 = course.visit_at(24)
    if at_24 is not None and Rarity.LOW_HEMOGLOBIN in plan.rarities:
        hemoglobin = dice.pick(SECOND_TRIMESTER_G_PER_DL)
        dated = [*dated, _dated(plan, HEMOGLOBIN_CODE, at_24, hemoglobin, "g/dL")]
        yield Stage(at_24, {"dated_results": dated})
    glucose = _glucose_test(plan, course, dice)
    if glucose is not None:
        yield glucose
    at_28 = course.visit_at(28)
    if at_28 is not None:
        hemoglobin = round(dice.normal(11.9, 0.8, 9.2, 14.2), 1)
        if Rarity.SEVERE_ANEMIA in plan.rarities:
            hemoglobin = ANEMIC_G_PER_DL
        dated = [*dated, _dated(plan, HEMOGLOBIN_CODE, at_28, hemoglobin, "g/dL")]
        yield Stage(at_28, {"hemoglobin_third_trimester_g_per_dl": hemoglobin, "dated_results": dated})


def _first_tests(plan: Plan, visit: Contact, dice: Dice) -> Facts:
    hemoglobin = round(dice.normal(12.7, 0.8, 9.8, 15.2), 1)
    ferritin = round(dice.normal(45, 25, 6, 180))
    young = plan.age_on(visit.on) < 25
    taken = recorded(
        hemoglobin_first_trimester_g_per_dl=hemoglobin,
        ferritin_ug_per_l=ferritin,
        hepatitis_b_surface_antigen_positive=dice.happens(0.004),
        hiv_positive=plan.hiv,
        syphilis_positive=dice.happens(0.001),
        blood_type={
            "abo": dice.weighted(BLOOD_GROUPS),
            "rhesus_d": "NEGATIVE" if plan.rhesus_negative else "POSITIVE",
        },
        red_cell_antibodies_positive=dice.happens(0.008),
        chlamydia_positive=dice.happens(0.05) if young else None,
        rubella_antibody_positive=dice.happens(0.93) if plan.country != "NO" else None,
        hepatitis_c_positive=dice.happens(0.01) if dice.happens(0.5) else None,
        mrsa_vre_esbl_positive=dice.happens(0.02) if plan.country != "NO" else None,
        hba1c_mmol_per_mol=round(_hba1c(plan, dice)) if _early_glucose_indicated(plan) else None,
        asymptomatic_bacteriuria_positive=(
            dice.happens(0.2) if "kidney_or_urinary_tract_disease" in plan.conditions else None
        ),
        note=_note(plan),
        dated_results=[
            _dated(plan, HEMOGLOBIN_CODE, visit, hemoglobin, "g/dL"),
            _dated(plan, FERRITIN_CODE, visit, ferritin, "µg/L"),
        ],
    )
    return taken | _tests_in_full(visit) if plan.everything_tested else taken


def _tests_in_full(visit: Contact) -> Facts:
    """What is taken when needed only; here for a card that shows everything."""
    return {
        "hepatitis_b_core_antibody_positive": False,
        "chlamydia_positive": False,
        "toxoplasmosis_positive": False,
        "rubella_antibody_positive": True,
        "hepatitis_c_positive": False,
        "mrsa_vre_esbl_positive": False,
        "gonorrhea_positive": False,
        "cytomegalovirus_positive": False,
        "asymptomatic_bacteriuria_positive": False,
        "group_b_streptococcus_positive": False,
        "hba1c_mmol_per_mol": 33,
        "reports": [
            {
                "title": "Blodtype og antistoffer",
                "issued_on": visit.on.isoformat(),
                "reference": "urn:uuid:00000000-0000-4000-8000-000000000001",
            }
        ],
    }


def _dated(plan: Plan, analyte: str, visit: Contact, value: float, unit: str) -> Facts:
    return recorded(
        analyte=analyte,
        taken_on=visit.on.isoformat(),
        value=str(value).replace(".", ","),
        unit=unit,
        note=INTIMATE_RESULT_NOTE if plan.notes is Notes.INTIMATE else None,
    )


def _note(plan: Plan) -> str | None:
    if plan.notes is Notes.INTIMATE:
        return INTIMATE_NOTE
    return "Prøver tatt ved første konsultasjon." if plan.notes is Notes.ORDINARY else None


def _early_glucose_indicated(plan: Plan) -> bool:
    return (
        plan.country in ASIA_AND_AFRICA
        or plan.relatives_with_diabetes
        or plan.bmi > 30
        or plan.gestational_diabetes
        or "diabetes" in plan.conditions
    )


def _hba1c(plan: Plan, dice: Dice) -> float:
    if "diabetes" in plan.conditions:
        return dice.normal(50, 5, 42, 64)
    return dice.normal(33, 2.5, 26, 40)


def glucose_test_indicated(plan: Plan, visit: Contact) -> bool:
    """The national criteria for a glucose tolerance test in week 24 to 28."""
    if "diabetes" in plan.conditions:
        return False
    age = plan.age_on(visit.on)
    return _early_glucose_indicated(plan) or plan.bmi > 25 or age > (40 if plan.children_before else 25)


def _glucose_test(plan: Plan, course: Course, dice: Dice) -> Stage | None:
    """The test between the visits of week 24 and 28; GDM shows in the fasting or in the two-hour value."""
    at_24 = course.visit_at(24)
    if at_24 is None or not glucose_test_indicated(plan, at_24):
        return None
    tested = course.after(at_24, dice.whole(3, 20))
    if tested is None:
        return None
    fasting, two_hours = dice.normal(4.6, 0.3, 3.8, 5.2), dice.normal(6.2, 1.0, 3.9, 8.9)
    if plan.gestational_diabetes:
        high_fasting = dice.happens(0.5)
        fasting = dice.normal(5.6, 0.3, FASTING_LIMIT_MMOL_PER_L, 6.8) if high_fasting else fasting
        two_hours = dice.normal(9.6, 0.5, 9.0, 10.9)
        if Rarity.OVERT_DIABETES in plan.rarities:
            two_hours = DIABETIC_MMOL_PER_L
    return Stage(tested, {"glucose_tolerance": {
        "fasting_glucose_mmol_per_l": round(fasting, 1),
        "two_hour_glucose_mmol_per_l": round(two_hours, 1),
        "tested_on": tested.on.isoformat(),
    }})  # fmt: skip


def rhesus_d_negative_follow_up(plan: Plan, course: Course, dice: Dice) -> Iterator[Stage]:
    """Typing of the fetus in week 24, anti-D in week 28 when it is RhD positive; for RhD-negative women only."""
    at_24, at_28 = course.visit_at(24), course.visit_at(28)
    if not plan.rhesus_negative or at_24 is None:
        return
    yield Stage(at_24, {"consents_to_fetal_rhd_typing": True})
    answered = course.after(at_24, dice.whole(6, 12))
    if answered is None:
        return
    positive = plan.fetus_rhesus_positive
    yield Stage(answered, {
        "any_fetus_rhd_positive_at_week_24": positive,
        "fetal_result_answered_on": answered.on.isoformat(),
        "fetal_results": [
            {"fetus_number": number, "rhd_positive": positive, "answered_on": answered.on.isoformat()}
            for number in range(1, plan.fetuses + 1)
        ],
    })  # fmt: skip
    if at_28 is not None and positive:
        day = f"{at_28.on:%d.%m.%Y}"
        yield Stage(at_28, {"prophylaxis_given_at_week_28": True, "note": f"Anti-D gitt {day}."})
    elif at_28 is not None and plan.notes is not Notes.FEW:
        yield Stage(at_28, {"note": "Fosteret er RhD-negativt, ingen profylakse nødvendig."})
