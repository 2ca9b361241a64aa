"""What is true of a synthetic woman and her pregnancy before anything is written on a card.

Everything on the card follows from the plan and from seeded dice: the same plan gives the same card.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from data.synthetic.care import District
from data.synthetic.curves import TERM_DAYS, body_mass_index

EMBRYO_AGE_DAYS: Final = 5
"""All synthetic embryos are transferred as blastocysts."""
FERTILISATION_DAY: Final = 14
HIGH_RISK_OF_PRE_ECLAMPSIA: Final = frozenset({"diabetes", "high_blood_pressure", "autoimmune_disease"})


class Outcome(StrEnum):
    """How an earlier pregnancy ended. Induced abortions are not written on the card, so none exist here."""

    LIVE_BIRTH = "LIVE_BIRTH"
    STILLBIRTH = "STILLBIRTH"
    MISCARRIAGE = "MISCARRIAGE"
    ECTOPIC = "ECTOPIC"


class Fate(StrEnum):
    """How this pregnancy ends."""

    BIRTH = "BIRTH"
    STILLBIRTH = "STILLBIRTH"
    MISCARRIAGE = "MISCARRIAGE"


class Notes(StrEnum):
    """How much free text the clinicians write."""

    FEW = "FEW"
    ORDINARY = "ORDINARY"
    INTIMATE = "INTIMATE"  # everywhere, and about what nobody else should read


class Rarity(StrEnum):
    """What is seldom, and must be noticed when it is there."""

    LATE_OVULATION = "LATE_OVULATION"
    NEVER_SCANNED = "NEVER_SCANNED"
    NEVER_TESTED = "NEVER_TESTED"
    WITHOUT_ASPIRIN = "WITHOUT_ASPIRIN"
    BEYOND_42_WEEKS = "BEYOND_42_WEEKS"
    NOT_ASSESSED_POST_TERM = "NOT_ASSESSED_POST_TERM"
    MISSES_A_VISIT = "MISSES_A_VISIT"
    DROPS_OUT = "DROPS_OUT"
    EARLY_HYPERTENSION = "EARLY_HYPERTENSION"
    PRESSURE_ABOVE_TARGET = "PRESSURE_ABOVE_TARGET"
    PRESSURE_TYPED_BACKWARDS = "PRESSURE_TYPED_BACKWARDS"
    SEVERE_PRE_ECLAMPSIA = "SEVERE_PRE_ECLAMPSIA"
    LOW_HEMOGLOBIN = "LOW_HEMOGLOBIN"
    SEVERE_ANEMIA = "SEVERE_ANEMIA"
    HBA1C_RAISED = "HBA1C_RAISED"
    HBA1C_BETWEEN = "HBA1C_BETWEEN"
    OVERT_DIABETES = "OVERT_DIABETES"
    STREPTOCOCCUS = "STREPTOCOCCUS"
    BACTERIURIA = "BACTERIURIA"
    ANTIBODIES = "ANTIBODIES"
    SLOW_HEART = "SLOW_HEART"
    FAST_HEART = "FAST_HEART"
    NO_MOVEMENTS = "NO_MOVEMENTS"
    LIES_OTHERWISE = "LIES_OTHERWISE"
    SUGAR_IN_URINE = "SUGAR_IN_URINE"
    SMALL = "SMALL"
    LARGE = "LARGE"
    GROWS_FAST = "GROWS_FAST"
    STOPS_GROWING = "STOPS_GROWING"
    GREAT_GAIN = "GREAT_GAIN"
    FLUID = "FLUID"


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierPregnancy:
    """One pregnancy before this one."""

    year: int
    outcome: Outcome
    day: int
    weight_g: int | None = None
    girl: bool | None = None
    caesarean: bool = False
    vacuum: bool = False
    complication: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """When the pregnancy ends, in days of pregnancy by the due date in force."""

    fate: Fate
    day: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A woman and her pregnancy.

    seed                of the dice for everything the plan leaves open
    country, language   codes of Volven 9043 and 3303
    scan_shift_days     how much later the ultrasound puts the due date than the last period does
    transferred_on      the day of embryo transfer, when she had assisted conception
    first_visit_day     day of pregnancy by the last period
    conditions          names of the true facts of the section on medical conditions
    tobacco             code of Volven 8536, or None when she uses none
    everything_tested   also what is tested when needed only
    wrong_entry         a visit was written on her card that was another woman's
    rarities            what is seldom and true of her
    """

    seed: str
    name: str
    born_on: date
    district: District
    country: str = "NO"
    language: str = "NOB"
    needs_interpreter: bool = False
    employment_percent: int = 100
    co_parent: bool = True
    co_parent_number: str | None = None
    height_cm: int
    weight_before_kg: float
    last_period_on: date
    scan_shift_days: int = 0
    early_scan: bool = True
    transferred_on: date | None = None
    first_visit_day: int = 63
    fetuses: int = 1
    earlier: tuple[EarlierPregnancy, ...] = ()
    conditions: frozenset[str] = frozenset()
    relatives_with_diabetes: bool = False
    rhesus_negative: bool = False
    fetus_rhesus_positive: bool = True
    gestational_diabetes: bool = False
    pre_eclampsia: bool = False
    breech: bool = False
    hiv: bool = False
    everything_tested: bool = False
    tobacco: str | None = None
    stops_tobacco: bool = True
    notes: Notes = Notes.FEW
    wishes: str | None = None
    birth_plan_week: int | None = 32
    wrong_entry: bool = False
    ending: Ending | None = None
    rarities: frozenset[Rarity] = frozenset()

    @property
    def bmi(self) -> float:
        return body_mass_index(self.weight_before_kg, self.height_cm)

    @property
    def children_before(self) -> int:
        return sum(1 for one in self.earlier if one.outcome in (Outcome.LIVE_BIRTH, Outcome.STILLBIRTH))

    @property
    def due_by_period(self) -> date:
        return self.last_period_on + timedelta(days=TERM_DAYS)

    @property
    def due_by_transfer(self) -> date | None:
        if self.transferred_on is None:
            return None
        return self.transferred_on + timedelta(days=TERM_DAYS - FERTILISATION_DAY - EMBRYO_AGE_DAYS)

    @property
    def due_by_ultrasound(self) -> date:
        return self.due_by_period + timedelta(days=self.scan_shift_days)

    @property
    def due(self) -> date:
        """The due date that counts once everything is known: transfer before ultrasound before last period."""
        is_scanned = Rarity.NEVER_SCANNED not in self.rarities
        return self.due_by_transfer or (self.due_by_ultrasound if is_scanned else self.due_by_period)

    @property
    def growth_scan_weeks(self) -> tuple[int, ...]:
        """When the fetus's growth is looked at by ultrasound."""
        if self.fetuses > 1:
            return (28, 32, 36)
        return (36,) if self.gestational_diabetes or self.pre_eclampsia or "diabetes" in self.conditions else ()

    @property
    def needs_aspirin(self) -> bool:
        """One high risk or two moderate risks of pre-eclampsia (Norwegian criteria)."""
        moderate = (not self.earlier, self.age_on(self.last_period_on) > 40, self.bmi > 35, self.fetuses > 1)
        return bool(self.conditions & HIGH_RISK_OF_PRE_ECLAMPSIA) or sum(moderate) >= 2

    @property
    def takes_aspirin(self) -> bool:
        """Nearly all who need it do."""
        return self.needs_aspirin and Rarity.WITHOUT_ASPIRIN not in self.rarities

    def age_on(self, day: date) -> int:
        born = self.born_on
        return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
