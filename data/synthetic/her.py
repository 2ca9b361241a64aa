"""What the card says of the woman herself: who she is, the co-parent, who cares for her, her measurements."""

from collections.abc import Iterator

from data.synthetic.coded import coded, country, language
from data.synthetic.course import Course
from data.synthetic.dice import Dice
from data.synthetic.people import CIVIL_STATUS, CO_PARENT_NAMES, PLACES, STREETS, SURNAMES, WORK, phone
from data.synthetic.plan import Notes, Plan
from data.synthetic.writing import Stage, recorded

COHABITATION_NOTE = "Bor sammen i egen leilighet."
INTIMATE_COHABITATION_NOTE = "Ber om å få være alene på kontrollene. Partneren skal ikke vite om prøvesvarene."


def mother(plan: Plan, course: Course, dice: Dice) -> Iterator[Stage]:
    occupation, workplace, education = dice.pick(WORK)
    employed = plan.employment_percent > 0
    postal_code, postal_place = dice.pick(PLACES)
    yield Stage(course.first, recorded(
        name=plan.name,
        address=f"{dice.pick(STREETS)} {dice.whole(1, 99)}",
        postal_code=postal_code,
        postal_place=postal_place,
        employed_last_6_months=employed,
        employment_percent=plan.employment_percent,
        occupation_and_industry=occupation if employed else None,
        language=language(plan.language),
        country_of_birth=country(plan.country),
        needs_interpreter=plan.needs_interpreter,
        lives_with_co_parent=plan.co_parent,
        lives_with_co_parent_note=_cohabitation_note(plan),
        phone=phone(dice.whole(0, 99_999)),
        civil_status=coded("volven_8724", dice.weighted(CIVIL_STATUS) if plan.co_parent else "1"),
        education_level=education,
        workplace=workplace if employed else None,
    ))  # fmt: skip
    at_28 = course.visit_at(28)
    if at_28 is not None and plan.co_parent:
        yield Stage(at_28, {"paternity_declared_in_pregnancy": dice.happens(0.6)})


def _cohabitation_note(plan: Plan) -> str | None:
    if plan.notes is Notes.INTIMATE:
        return INTIMATE_COHABITATION_NOTE
    return COHABITATION_NOTE if plan.notes is Notes.ORDINARY and plan.co_parent else None


def co_parent(plan: Plan, course: Course, dice: Dice) -> Iterator[Stage]:
    if not plan.co_parent:
        return
    occupation, _, _ = dice.pick(WORK)
    yield Stage(course.first, recorded(
        name=f"{dice.pick(CO_PARENT_NAMES)} {dice.pick(SURNAMES)}",
        national_identity_number=plan.co_parent_number,
        phone=phone(dice.whole(0, 99_999)),
        address=f"{dice.pick(STREETS)} {dice.whole(1, 99)}" if plan.co_parent_number else None,
        occupation=occupation,
        country_of_birth=country(plan.country),
        language=language(plan.language),
    ))  # fmt: skip


def care_contacts(plan: Plan, course: Course, dice: Dice) -> Iterator[Stage]:
    gp, midwife, hospital = plan.district.gp, plan.district.midwife, plan.district.hospital
    yield Stage(course.first, {
        "general_practitioner": {
            "name": gp.name,
            "organisation_name": gp.organisation_name,
            "organisation_number": gp.organisation_number,
            "hpr_number": gp.hpr_number,
            "phone": gp.phone,
        },
        "maternity_health_centre": midwife.facility,
    })  # fmt: skip
    at_24 = course.visit_at(24)
    if at_24 is not None:
        yield Stage(at_24, {
            "midwife": {
                "name": midwife.name,
                "organisation_name": midwife.organisation_name,
                "organisation_number": midwife.organisation_number,
                "hpr_number": midwife.hpr_number,
                "phone": midwife.phone,
            },
            "birth_institution": hospital.facility,
            "birth_institution_number": hospital.organisation_number,
        })  # fmt: skip


def pre_pregnancy_measurements(plan: Plan, course: Course, dice: Dice) -> Iterator[Stage]:
    yield Stage(course.first, {
        "height_cm": plan.height_cm,
        "pre_pregnancy_weight_kg": plan.weight_before_kg,
        "bmi_kg_per_m2": plan.bmi,
    })  # fmt: skip


def birth_plan(plan: Plan, course: Course, dice: Dice) -> Iterator[Stage]:
    visit = course.visit_at(plan.birth_plan_week) if plan.birth_plan_week else None
    if visit is not None:
        yield Stage(visit, {"wishes_note": plan.wishes or dice.pick(WISHES)})


WISHES = (
    "Ønsker å føde i vann hvis det er ledig badekar. Vil gjerne ha partneren med hele tiden.",
    "Vil prøve uten smertelindring først, men er åpen for epidural.",
    "Ønsker epidural tidlig. Vil ha barnet rett opp på brystet.",
    "Litt redd etter forrige fødsel, vil gjerne snakke med jordmor på føden først.",
    "Ønsker rolig lys og så få på rommet som mulig.",
)
