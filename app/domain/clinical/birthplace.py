"""The lowest level of birthplace that the recorded facts allow, with the reasons and with what nobody has recorded.

It informs; the woman and her clinician choose. The published bands share their edges (30 at a first birth, 35 later):
the edge counts as the higher level, a design choice. A reason is as sensitive as what it rests on.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from app.domain.clinical.birthplace_reasons import LEVEL_OF, BirthplaceLevel, Reason
from app.domain.clinical.certainty import Certainty, all_of, any_of, at_least
from app.domain.clinical.growth import HIGH_Z
from app.domain.clinical.settings import DEFAULT_SETTINGS, ClinicalSettings
from app.domain.clinical.weeks import in_days

YOUNGEST, TOO_OLD = 20, 38
UNDERWEIGHT_BELOW: Final = Decimal("18.5")
OBESE_AT_FIRST_BIRTH, OBESE, VERY_OBESE = Decimal(30), Decimal(35), Decimal(40)
LIGHT_BELOW_G, HEAVY_FROM_G = 2500, 4500
TERM_FROM_DAYS, TERM_BEFORE_DAYS, NEVER_BEFORE_DAYS = in_days(37), in_days(42), in_days(35)


@dataclass(frozen=True, slots=True, kw_only=True)
class BirthplaceFacts:
    """What is looked at. None is not recorded, and so is a reason that `noted` does not have.

    age_at_birth         full years at the expected birth
    body_mass_index      before the pregnancy, to one decimal
    has_not_borne        whether this is her first birth
    fundal_height_z      the latest standard score
    gestation_days       how far along she is today
    labour_has_started   by itself
    noted                of the reasons that are no number: whether each holds
    """

    age_at_birth: int | None = None
    body_mass_index: Decimal | None = None
    has_not_borne: Certainty = Certainty.UNKNOWN
    number_of_fetuses: int | None = None
    is_cephalic: bool | None = None
    fundal_height_z: float | None = None
    estimated_weight_g: int | None = None
    gestation_days: int | None = None
    labour_has_started: bool | None = None
    noted: Mapping[Reason, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Birthplace:
    """What follows. `not_evaluable`: reasons for a higher level that nobody has recorded a yes or no to."""

    at_least: BirthplaceLevel
    reasons: tuple[Reason, ...]
    not_evaluable: tuple[Reason, ...]

    @property
    def lowest_allowed(self) -> BirthplaceLevel | None:
        """The level itself; None as long as something that is not recorded could ask for a higher one."""
        return None if self.not_evaluable else self.at_least


def birthplace(facts: BirthplaceFacts, settings: ClinicalSettings = DEFAULT_SETTINGS) -> Birthplace:
    """Every criterion of the guideline, looked at once."""
    answers = {reason: _holds(reason, facts, settings) for reason in Reason}
    reasons = tuple(reason for reason, answer in answers.items() if answer is Certainty.TRUE)
    level = max((LEVEL_OF[reason] for reason in reasons), default=BirthplaceLevel.MIDWIFE_LED_UNIT)
    open_ones = (reason for reason, answer in answers.items() if answer is Certainty.UNKNOWN)
    return Birthplace(level, reasons, tuple(reason for reason in open_ones if LEVEL_OF[reason] > level))


def planned_home_birth(facts: BirthplaceFacts, settings: ClinicalSettings = DEFAULT_SETTINGS) -> Certainty:
    """Whether a planned home birth is within the criteria: those of a midwife-led unit, and a body mass index below 30
    whether she has borne or not. A caesarean before is surgery of the womb. Helsenorge; Directorate of Health."""
    speaks_against = any_of(_holds(reason, facts, settings) for reason in Reason)
    return all_of([~speaks_against, ~at_least(facts.body_mass_index, OBESE_AT_FIRST_BIRTH)])


def _holds(reason: Reason, facts: BirthplaceFacts, settings: ClinicalSettings) -> Certainty:
    if reason is Reason.BEFORE_35_WEEKS:
        return _before_35_weeks(facts, settings)
    computed = _COMPUTED.get(reason)
    return Certainty.of(facts.noted.get(reason)) if computed is None else computed(facts)


def _before_35_weeks(facts: BirthplaceFacts, settings: ClinicalSettings) -> Certainty:
    """While it is not verified that such a birth belongs in a specialist clinic, it is open where it belongs."""
    starts = Certainty.of(facts.labour_has_started) & ~at_least(facts.gestation_days, NEVER_BEFORE_DAYS)
    return starts if settings.knows_very_preterm_limit else starts & Certainty.UNKNOWN


def _age(facts: BirthplaceFacts) -> Certainty:
    return ~at_least(facts.age_at_birth, YOUNGEST) | at_least(facts.age_at_birth, TOO_OLD)


def _underweight(facts: BirthplaceFacts) -> Certainty:
    return ~at_least(facts.body_mass_index, UNDERWEIGHT_BELOW)


def _obese(facts: BirthplaceFacts) -> Certainty:
    at_first_birth = at_least(facts.body_mass_index, OBESE_AT_FIRST_BIRTH) & facts.has_not_borne
    return at_first_birth | at_least(facts.body_mass_index, OBESE)


def _fundal_height(facts: BirthplaceFacts) -> Certainty:
    """Within two deviations is usual; two deviations themselves are not. A design choice."""
    return at_least(None if facts.fundal_height_z is None else abs(facts.fundal_height_z), HIGH_Z)


def _fetal_weight(facts: BirthplaceFacts) -> Certainty:
    """Nobody is scanned for this alone: without an estimate a usual fundal height says no."""
    weight_g = facts.estimated_weight_g
    if weight_g is None:
        return Certainty.UNKNOWN & _fundal_height(facts)
    return Certainty.of(not LIGHT_BELOW_G <= weight_g < HEAVY_FROM_G)


def _start_of_labour(facts: BirthplaceFacts) -> Certainty:
    too_early = Certainty.of(facts.labour_has_started) & ~at_least(facts.gestation_days, TERM_FROM_DAYS)
    return too_early | at_least(facts.gestation_days, TERM_BEFORE_DAYS)


_COMPUTED: Final[Mapping[Reason, Callable[[BirthplaceFacts], Certainty]]] = {
    Reason.AGE: _age,
    Reason.UNDERWEIGHT: _underweight,
    Reason.OBESE: _obese,
    Reason.NOT_CEPHALIC: lambda facts: ~Certainty.of(facts.is_cephalic),
    Reason.FUNDAL_HEIGHT: _fundal_height,
    Reason.FETAL_WEIGHT: _fetal_weight,
    Reason.START_OF_LABOUR: _start_of_labour,
    Reason.BODY_MASS_40: lambda facts: at_least(facts.body_mass_index, VERY_OBESE),
    Reason.SEVERAL_FETUSES: lambda facts: at_least(facts.number_of_fetuses, 2),
}
"""The reasons that follow from numbers; the others are noted."""
