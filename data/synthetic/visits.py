"""The antenatal visits and the fundal heights measured at them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from data.synthetic import curves
from data.synthetic.coded import coded
from data.synthetic.course import Contact, Course, Meeting
from data.synthetic.dice import Dice
from data.synthetic.habits import takes_medicines
from data.synthetic.plan import Notes, Plan
from data.synthetic.rarities import at_visit, place_on_the_curve
from data.synthetic.writing import Facts, Stage, recorded

FETUS_EXAMINED_FROM_WEEK: Final = 24
PRESENTATION_FROM_WEEK: Final = 32
LAST_WEEKS_FROM: Final = 36
PRE_ECLAMPSIA_FROM_DAY: Final = 245
"""35+0: from here on a woman whose plan has pre-eclampsia shows it; four weeks before, her pressure begins to rise."""
TYPING_ERROR_RATE: Final = 0.02
STUDENT: Final = "Studentsen, Jordmorstudent"
STUDENT_WEEK: Final = 28
SMALLEST_PULSE_PRESSURE_MMHG: Final = 25

NOTES: Final = {
    0: "Første konsultasjon. Informert om tidlig ultralyd og NIPT.",
    17: "Blodtrykket målt på nytt.",
    24: "Kjenner liv daglig. Informert om kikhostevaksine.",
    28: "Hb tatt. Snakket om fosterbevegelser.",
    32: "Litt bekkenplager, råd gitt.",
    36: "Samtale om fødsel og amming.",
    38: "Fin kontroll.",
    40: "Informert om overtidskontroll.",
    41: "Overtidskontroll: normal fostervannsmengde, CTG normal.",
}
PRE_ECLAMPSIA_NOTE: Final = "Forhøyet blodtrykk og protein i urinen. Henvist til sykehuset samme dag."
INTIMATE_NOTES: Final = {
    0: "Kom alene. Forteller om tidligere vold, trygg nå. Hiv kjent, behandlet.",
    24: "Redd for at familien skal få vite om hiv. Avtalt at post ikke sendes hjem.",
    28: "Sover dårlig. EPDS 11, samtale hos psykolog i uke 29.",
    32: "Ønsker ikke tolk fra eget miljø.",
    36: "Fødselsangst. Plan lagt med føden, vil ha samme jordmor.",
}
INTIMATE_FETAL_NOTE: Final = "Hun gråt da hjertelyden ble funnet, forrige tap er nært."


@dataclass(frozen=True, slots=True)
class Body:
    """What stays with a woman from visit to visit: her own place beside the usual curves."""

    systolic_mmhg: float
    diastolic_mmhg: float
    gain: float
    heart_rates_bpm: tuple[float, ...]

    @classmethod
    def of(cls, plan: Plan, dice: Dice) -> "Body":
        heavy = max(-4.0, min(14.0, (plan.bmi - 24) * 0.8))
        hypertensive = 14 if "high_blood_pressure" in plan.conditions else 0
        return cls(
            systolic_mmhg=dice.normal(113 + heavy + hypertensive, 7, 94, 134),
            diastolic_mmhg=dice.normal(70 + heavy * 0.6 + hypertensive * 0.6, 5, 54, 84),
            gain=dice.normal(1.0, 0.25, 0.5, 1.7),
            heart_rates_bpm=tuple(dice.normal(0, 5, -10, 10) for _ in range(plan.fetuses)),
        )


def antenatal_visits(plan: Plan, course: Course, dice: Dice) -> Iterator[list[Stage]]:
    body = Body.of(plan, dice)
    visits = course.visits
    following = [*visits[1:], course.ahead]
    for visit, after in zip(visits, following, strict=True):
        found = at_visit(plan, visit, _found(plan, visit, body, dice))
        found["next_visit_on"] = after.on.isoformat() if after else None
        stages = [Stage(visit, recorded(**found))]
        if dice.happens(TYPING_ERROR_RATE) and "weight_kg" in found:
            stages.insert(0, Stage(visit, stages[0].facts | {"weight_kg": round(found["weight_kg"] + 10, 1)}))
        yield stages
    if plan.wrong_entry and len(visits) > 1:
        yield _meant_for_another(plan, visits[-1], body, dice)


def _meant_for_another(plan: Plan, visit: Contact, body: Body, dice: Dice) -> list[Stage]:
    """A visit that was written on the wrong woman's card and marked so."""
    facts = recorded(**_found(plan, visit, body, dice)) | {"weight_kg": round(plan.weight_before_kg + 21.5, 1)}
    return [Stage(visit, facts), Stage(visit, {}, entered_in_error=True)]


def _found(plan: Plan, visit: Contact, body: Body, dice: Dice) -> Facts:
    systolic, diastolic, protein, edema = _pressure(plan, visit, body, dice)
    gained = curves.weight_gain_kg(visit.day, plan.bmi, plan.fetuses) * body.gain
    glucose = "ONE_PLUS" if plan.gestational_diabetes and dice.happens(0.3) else "NEGATIVE"
    return {
        "held_on": visit.on.isoformat(),
        "gestational_age_weeks": visit.day // 7,
        "gestational_age_days": visit.day % 7,
        "weight_kg": round(plan.weight_before_kg + gained + dice.normal(0, 0.25, -0.5, 0.5), 1),
        "blood_pressure": {"systolic_mmhg": systolic, "diastolic_mmhg": diastolic},
        "urine_protein": protein,
        "urine_glucose": glucose,
        "edema_grade": edema,
        "fetal_observations": _fetuses(plan, visit, body, dice) if visit.day >= FETUS_EXAMINED_FROM_WEEK * 7 else None,
        "takes_medicines": takes_medicines(plan, visit),
        "employment_percent": 0 if visit.week >= LAST_WEEKS_FROM else plan.employment_percent,
        "note": _note(plan, visit, dice),
        "performed_by": STUDENT if visit.week == STUDENT_WEEK and plan.notes is not Notes.FEW else None,
    }


def _pressure(plan: Plan, visit: Contact, body: Body, dice: Dice) -> tuple[int, int, str, int]:
    """Blood pressure, urine protein and edema: they belong together."""
    change = curves.pressure_change_mmhg(visit.day)
    systolic = round(body.systolic_mmhg + change + dice.normal(0, 4, -8, 8))
    diastolic = round(body.diastolic_mmhg + change * 0.8 + dice.normal(0, 3, -6, 6))
    protein = dice.weighted((("NEGATIVE", 0.91), ("TRACE", 0.08), ("ONE_PLUS", 0.01)))
    edema = 0 if visit.day < 210 else dice.weighted(((0, 0.6), (1, 0.32), (2, 0.08)))
    if plan.pre_eclampsia and visit.day >= PRE_ECLAMPSIA_FROM_DAY:
        return dice.whole(146, 156), dice.whole(94, 99), dice.pick(("ONE_PLUS", "TWO_PLUS")), 2
    if plan.pre_eclampsia and visit.day >= PRE_ECLAMPSIA_FROM_DAY - 28:
        return dice.whole(132, 138), dice.whole(84, 88), "TRACE", 1
    return min(systolic, 138), min(diastolic, 88, systolic - SMALLEST_PULSE_PRESSURE_MMHG), protein, edema


def _fetuses(plan: Plan, visit: Contact, body: Body, dice: Dice) -> list[Facts]:
    """One observation for each fetus, always."""
    return [
        recorded(
            fetus_number=number,
            fetal_heart_rate_bpm=round(curves.heart_rate_bpm(visit.day) + own + dice.normal(0, 4, -7, 7)),
            presentation=_presentation(plan, visit, number, dice),
            mother_feels_movements=True,
            note=INTIMATE_FETAL_NOTE if plan.notes is Notes.INTIMATE else _fetal_note(plan, visit),
        )
        for number, own in enumerate(body.heart_rates_bpm, start=1)
    ]


def _presentation(plan: Plan, visit: Contact, number: int, dice: Dice) -> Facts | None:
    """Head down, the only code known. A fetus that lies otherwise has none; the note says how it lies."""
    known = visit.week >= LAST_WEEKS_FROM or (visit.week >= PRESENTATION_FROM_WEEK and dice.happens(0.7))
    return coded("volven_8534", "1") if known and not (plan.breech and number == plan.fetuses) else None


def _fetal_note(plan: Plan, visit: Contact) -> str | None:
    if plan.breech and visit.week >= LAST_WEEKS_FROM:
        return "Seteleie, henvist til vurdering av vending."
    if plan.notes is Notes.ORDINARY and visit.week >= LAST_WEEKS_FROM:
        return "Hodet bevegelig over bekkeninngangen."
    return "Fin hjertelyd." if plan.notes is Notes.ORDINARY else None


def _note(plan: Plan, visit: Contact, dice: Dice) -> str | None:
    if plan.notes is Notes.INTIMATE:
        return INTIMATE_NOTES.get(visit.week, INTIMATE_NOTES[32])
    if plan.pre_eclampsia and visit.day >= PRE_ECLAMPSIA_FROM_DAY:
        return PRE_ECLAMPSIA_NOTE
    written = plan.notes is Notes.ORDINARY or dice.happens(0.25)
    return NOTES[visit.week] if written else None


def symphysis_fundal_heights(plan: Plan, course: Course, dice: Dice) -> Iterator[list[Stage]]:
    """Measured at every visit from week 24; twins make the womb larger than the curve."""
    usual = dice.normal(0.1, 0.8, -1.6, 1.7)
    more = 4.5 if plan.fetuses > 1 else 0.0
    for visit in course.visits:
        if visit.day < FETUS_EXAMINED_FROM_WEEK * 7 or visit.meeting is Meeting.POST_TERM:
            continue
        own = place_on_the_curve(plan, visit, usual)
        mean, deviation = curves.fundal_height_cm(visit.day), curves.fundal_height_deviation_cm(visit.day)
        yield [Stage(visit, {
            "gestational_age_weeks": visit.day // 7,
            "symphysis_fundal_height_cm": round(mean + own * deviation + more + dice.normal(0, 0.5, -1, 1)),
            "measured_on": visit.on.isoformat(),
        })]  # fmt: skip
