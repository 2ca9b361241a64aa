"""The pregnancy itself: its dates, the ultrasound examinations, the outcome."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from data.synthetic import curves
from data.synthetic.coded import coded
from data.synthetic.course import Contact, Course, Meeting
from data.synthetic.dice import Dice
from data.synthetic.plan import Fate, Notes, Plan
from data.synthetic.rarities import fetal_lean
from data.synthetic.writing import Facts, Stage, recorded

DATING_TOOL: Final = "eSnurra"
PLACENTA_SITES: Final = ("Bakre vegg", "Fremre vegg", "Fundus", "Høyre sidevegg")
BETWEEN_TWINS: Final = 11
INTIMATE_FINDINGS_NOTE: Final = "Partneren fikk ikke være med inn, etter hennes ønske."


def pregnancy(plan: Plan, course: Course, dice: Dice) -> Iterator[Stage]:
    yield Stage(course.first, recorded(
        last_period_on=plan.last_period_on.isoformat(),
        due_date_by_last_period=plan.due_by_period.isoformat(),
        information_on_prenatal_diagnostics_given=True,
        assisted_conception=_assisted(plan),
        last_period_certain=plan.transferred_on is not None or dice.happens(0.85),
        cycle_length_days=dice.whole(26, 32) if plan.transferred_on is None else None,
    ))  # fmt: skip
    for scan in course.scans[:1]:
        yield Stage(scan, recorded(
            due_date_by_ultrasound=plan.due_by_ultrasound.isoformat(),
            due_date_corrected=plan.due_by_transfer.isoformat() if plan.due_by_transfer else None,
            number_of_fetuses=plan.fetuses,
        ))  # fmt: skip
    if (at_24 := course.visit_at(24)) is not None:
        yield Stage(at_24, {"asked_about_violence": dice.happens(0.8)})
    if (at_36 := course.visit_at(36)) is not None:
        yield Stage(at_36, {"birth_preparation_talk_held": True, "breastfeeding_guidance_given": dice.happens(0.85)})


def _assisted(plan: Plan) -> Facts:
    if plan.transferred_on is None:
        return {"had_assisted_conception": False}
    return {"had_assisted_conception": True, "performed_on": plan.transferred_on.isoformat()}


def ultrasound_examinations(plan: Plan, course: Course, dice: Dice) -> Iterator[list[Stage]]:
    """Sizes follow the fetus's age; each fetus keeps to its own side of the mean."""
    leans = [fetal_lean(plan, dice.normal(0, 0.035, -0.08, 0.08)) for _ in range(plan.fetuses)]
    placenta = dice.pick(PLACENTA_SITES)
    for number, scan in enumerate(course.scans):
        due = plan.due_by_ultrasound
        if scan.meeting is Meeting.SCAN and number > 0:
            due += timedelta(days=dice.whole(-2, 2))
        day = curves.TERM_DAYS - (due - scan.on).days
        early = scan.meeting is Meeting.EARLY_SCAN
        yield [Stage(scan, recorded(
            examined_on=scan.on.isoformat(),
            gestational_age_weeks=day // 7,
            gestational_age_days=day % 7,
            dating_tool=DATING_TOOL if scan.meeting.dates_the_pregnancy else None,
            due_date=due.isoformat() if scan.meeting.dates_the_pregnancy else None,
            number_of_fetuses=plan.fetuses,
            placenta_site=None if early else placenta,
            fetal_measurements=[
                {"fetus_number": fetus} | _sizes(scan, day, 1 + lean) for fetus, lean in enumerate(leans, start=1)
            ],
            findings_note=_findings(plan, scan),
        ))]  # fmt: skip


def _sizes(scan: Contact, day: int, factor: float) -> Facts:
    """Sizes in the first trimester are the age itself; later they differ from fetus to fetus."""
    if scan.meeting is Meeting.EARLY_SCAN:
        return {
            "crown_rump_length_mm": round(curves.crown_rump_length_mm(day), 1),
            "biparietal_diameter_mm": round(curves.biparietal_diameter_mm(day), 1),
        }
    sizes: Facts = {
        "biparietal_diameter_mm": round(curves.biparietal_diameter_mm(day) * factor, 1),
        "head_circumference_mm": round(curves.head_circumference_mm(day) * factor, 1),
        "femur_length_mm": round(curves.femur_length_mm(day) * factor, 1),
        "abdominal_circumference_mm": round(curves.abdominal_circumference_mm(day) * factor, 1),
    }
    if scan.meeting is Meeting.GROWTH_SCAN:
        sizes["estimated_fetal_weight_g"] = round(curves.fetal_weight_g(day) * (1 + 2 * (factor - 1)))
    return sizes


def _findings(plan: Plan, scan: Contact) -> str | None:
    if plan.notes is Notes.INTIMATE:
        return INTIMATE_FINDINGS_NOTE
    if plan.fetuses > 1 and scan.meeting is Meeting.EARLY_SCAN:
        return "Tvillinger, dikoriale og diamniotiske."
    return "Normal anatomi, normal fostervannsmengde." if plan.notes is Notes.ORDINARY else None


def birth_outcome(plan: Plan, course: Course, dice: Dice) -> Iterator[Stage]:
    """Written by the hospital after the birth; a pregnancy lost early has none."""
    birth = course.end
    if birth is None or course.ended_at is None or plan.ending is None or plan.ending.fate is Fate.MISCARRIAGE:
        return
    status = coded("volven_8522", "1" if plan.ending.fate is Fate.BIRTH else "2")
    yield Stage(birth, {"children": [
        {
            "fetus_number": number,
            "status": status,
            "born_at": instant(course.ended_at + timedelta(minutes=BETWEEN_TWINS * (number - 1))),
        }
        for number in range(1, plan.fetuses + 1)
    ]})  # fmt: skip


def instant(at: datetime) -> str:
    """A moment the way the card's models write it."""
    return at.replace(microsecond=0).isoformat().replace("+00:00", "Z")
