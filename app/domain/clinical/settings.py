"""What is for the owner of the service to decide. The defaults are stated with each; a clinician confirms them."""

from dataclasses import dataclass
from typing import Final

from app.domain.clinical.references import AspirinLimits, FetalWeightReference
from app.domain.clinical.weeks import TrimesterScheme


@dataclass(frozen=True, slots=True, kw_only=True)
class ClinicalSettings:
    """The owner's decisions. What is not verified is off until somebody who answers for it turns it on.

    trimesters              where the trimesters begin; by default as the WHO table of haemoglobin has them
    counts_cycle_length     move a due date counted from the last period by a cycle longer or shorter than 28 days;
                            not verified
    counts_insemination     count the due date of an inseminated pregnancy like that of an egg retrieval; not verified
    fetal_weight_reference  the reference the hospital uses; until it says so, weights are shown without a centile
    knows_very_preterm_limit  let birth before 35 weeks lead to a specialist clinic; not verified
    aspirin                 whose limits of age and body mass index count for aspirin
    presentation_from_weeks  from which week a fetus that does not lie head first is told of; some sources say 37
    post_term_from_age      from which age induction at 41+0 is told of; one source says over 38, another from 38
    """

    trimesters: TrimesterScheme = TrimesterScheme.WHO
    counts_cycle_length: bool = False
    counts_insemination: bool = False
    fetal_weight_reference: FetalWeightReference | None = None
    knows_very_preterm_limit: bool = False
    aspirin: AspirinLimits = AspirinLimits.NORWAY
    presentation_from_weeks: int = 36
    post_term_from_age: int = 39


DEFAULT_SETTINGS: Final = ClinicalSettings()
