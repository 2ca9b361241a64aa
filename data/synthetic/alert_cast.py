"""A second cast: women who do not exist, each with findings that a clinical rule tells of.

Between them and the first cast every rule that is on has something to say on any day. They are not loaded unless asked
for: `helsekort seed --alerts`.
"""

from datetime import date
from typing import Any, Final

from data.synthetic.cast import CastMember
from data.synthetic.cast_plans import plan_of
from data.synthetic.plan import Plan, Rarity


def _woman(
    slug: str, given_name: str, number: str, week: int, day: int, story: str, *rarities: Rarity, **facts: Any
) -> CastMember:  # fmt: skip
    """One who is so far along on any day, with what is seldom about her and what else is not usual."""

    def plans(her: CastMember, as_of: date) -> tuple[Plan, ...]:
        return (plan_of(her, as_of, week, day, rarities=frozenset(rarities), **facts),)

    return CastMember(slug=slug, name=f"{given_name} Varselsen", number=number, story=story, plans=plans)


ALERT_CAST: Final[tuple[CastMember, ...]] = (
    _woman(
        "alva", "Alva", "09909044577", 20, 1, "Sure of a last period that ultrasound puts two weeks off.",
        Rarity.LATE_OVULATION, shift=15, first_visit_day=75,
    ),
    _woman("bodil", "Bodil", "01899145956", 20, 4, "Week 20 and never scanned.", Rarity.NEVER_SCANNED),
    _woman(
        "cecilie", "Cecilie", "21849240649", 41, 5, "Very obese, great gain, not assessed after 41 weeks.",
        Rarity.NOT_ASSESSED_POST_TERM, Rarity.GREAT_GAIN, weight_before_kg=104.0,
    ),
    _woman(
        "dagny", "Dagny", "22858444008", 42, 1, "Past 40 years and 42 weeks, not assessed.",
        Rarity.NOT_ASSESSED_POST_TERM,
    ),
    _woman(
        "eline", "Eline", "04839344738", 33, 1, "A pressure typed the wrong way round.",
        Rarity.PRESSURE_TYPED_BACKWARDS,
    ),
    _woman(
        "frida", "Frida", "28889443156", 19, 2, "High pressure twice before 20 weeks.", Rarity.EARLY_HYPERTENSION
    ),
    _woman(
        "gunhild", "Gunhild", "18879541367", 37, 1, "Severe pre-eclampsia.", Rarity.SEVERE_PRE_ECLAMPSIA,
        pre_eclampsia=True,
    ),
    _woman("hanne", "Hanne", "06859644900", 39, 5, "Pre-eclampsia at two visits.", pre_eclampsia=True),
    _woman(
        "inga", "Inga", "25839740932", 29, 4, "Known high pressure, above the target in week 28.",
        Rarity.PRESSURE_ABOVE_TARGET, conditions=frozenset({"high_blood_pressure"}),
    ),
    _woman(
        "johanne", "Johanne", "20839047909", 39, 5, "Diabetes found by the glucose test; sugar in the urine since.",
        Rarity.OVERT_DIABETES, gestational_diabetes=True,
    ),
    _woman(
        "karen", "Karen", "05889141648", 14, 1, "An illness that asks for aspirin, and none yet.",
        Rarity.WITHOUT_ASPIRIN, conditions=frozenset({"autoimmune_disease"}),
    ),
    _woman(
        "live", "Live", "28819240037", 20, 2, "Diabetes, and still no aspirin in week 20.", Rarity.WITHOUT_ASPIRIN,
        conditions=frozenset({"diabetes"}),
    ),
    _woman(
        "mathea", "Mathea", "11859342509", 37, 2, "Takes aspirin in week 37.",
        conditions=frozenset({"autoimmune_disease"}),
    ),
    _woman("nanna", "Nanna", "22899448018", 26, 2, "A hemoglobin between two limits.", Rarity.LOW_HEMOGLOBIN),
    _woman("olava", "Olava", "06849548830", 26, 2, "Anemia in week 24.", Rarity.LOW_HEMOGLOBIN),
    _woman("petra", "Petra", "13849643848", 29, 3, "Severe anemia in week 28.", Rarity.SEVERE_ANEMIA),
    _woman("ranveig", "Ranveig", "12819745356", 18, 0, "Never tested.", Rarity.NEVER_TESTED),
    _woman("signe", "Signe", "05839043335", 15, 0, "A raised early HbA1c.", Rarity.HBA1C_RAISED),
    _woman("tuva", "Tuva", "19909140032", 15, 0, "An HbA1c between raised and diabetes.", Rarity.HBA1C_BETWEEN),
    _woman(
        "unni", "Unni", "22909244335", 30, 0, "Overweight, missed the visit of week 24 and the glucose test with it.",
        Rarity.MISSES_A_VISIT, weight_before_kg=78.0,
    ),
    _woman("vigdis", "Vigdis", "10829344500", 33, 1, "A fast fetal heart.", Rarity.FAST_HEART),
    _woman("ylva", "Ylva", "16859448961", 33, 1, "A slow fetal heart.", Rarity.SLOW_HEART),
    _woman("oda", "Oda", "06869546133", 33, 1, "No longer feels movements.", Rarity.NO_MOVEMENTS),
    _woman(
        "aase", "Åse", "23889642238", 37, 2, "A small fetus, followed because of diabetes in pregnancy.", Rarity.SMALL,
        gestational_diabetes=True,
    ),
    _woman("birgit", "Birgit", "09819740280", 26, 1, "A low first fundal height.", Rarity.SMALL),
    _woman("dorthe", "Dorthe", "18819045344", 33, 1, "Low fundal heights.", Rarity.SMALL),
    _woman("elisiv", "Elisiv", "13869147421", 37, 1, "The womb has stopped growing.", Rarity.STOPS_GROWING),
    _woman("fredrikke", "Fredrikke", "15819240563", 37, 1, "The womb grows fast.", Rarity.GROWS_FAST),
    _woman("gyda", "Gyda", "06929347992", 33, 1, "High fundal heights.", Rarity.LARGE),
    _woman("marie", "Marie", "27899443026", 37, 2, "Breech in week 36.", Rarity.LIES_OTHERWISE, breech=True),
    _woman("peggy", "Peggy", "07849441447", 33, 1, "Sugar in the urine.", Rarity.SUGAR_IN_URINE),
    _woman("hulda", "Hulda", "12889446550", 12, 0, "Severely obese.", weight_before_kg=116.0),
    _woman("irene", "Irene", "17869543268", 12, 0, "Underweight.", weight_before_kg=49.5),
    _woman("jenny", "Jenny", "04889647545", 41, 4, "Has gained two kilos in a week.", Rarity.FLUID),
    _woman("kjersti", "Kjersti", "25929744740", 15, 0, "Streptococci in the urine.", Rarity.STREPTOCOCCUS),
    _woman("lovise", "Lovise", "02859045580", 15, 0, "Bacteria in the urine.", Rarity.BACTERIURIA),
    _woman("margit", "Margit", "20899144660", 15, 0, "Antibodies against red cells.", Rarity.ANTIBODIES),
    _woman("nelly", "Nelly", "11839243563", 33, 1, "Not seen since week 24.", Rarity.DROPS_OUT),
    _woman("oline", "Oline", "18929341151", 23, 4, "RhD negative, before the typing.", rhesus_negative=True),
    _woman(
        "ragna", "Ragna", "06858541067", 26, 4, "RhD negative, missed the visit of the typing.", Rarity.MISSES_A_VISIT,
        rhesus_negative=True,
    ),
    _woman("solveig", "Solveig", "05918648862", 28, 0, "RhD negative, prophylaxis to come.", rhesus_negative=True),
    _woman("trine", "Trine", "16858842046", 11, 0, "Will be past 35 when the child is due."),
)  # fmt: skip
