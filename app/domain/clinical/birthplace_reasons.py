"""What speaks for more than a midwife-led unit. Directorate of Health, guideline on birth care (Fødselsomsorgen), which
took over the criteria of Et trygt fødetilbud (2010)."""

from collections.abc import Mapping
from enum import IntEnum
from typing import Final

from app.domain.described import DescribedEnum


class BirthplaceLevel(IntEnum):
    """The kinds of birthplace, from the least to the most: fødestue, fødeavdeling, kvinneklinikk."""

    MIDWIFE_LED_UNIT = 1
    MATERNITY_WARD = 2
    SPECIALIST_CLINIC = 3


class Reason(DescribedEnum):
    """One criterion, as the guideline has it."""

    AGE = "AGE", "Younger than 20 or 38 and above at the expected birth."
    UNDERWEIGHT = "UNDERWEIGHT", "A body mass index below 18.5."
    OBESE = "OBESE", "A body mass index of 30 and above at a first birth, of 35 and above later."
    NOT_CEPHALIC = "NOT_CEPHALIC", "The head of the fetus does not come first."
    FUNDAL_HEIGHT = "FUNDAL_HEIGHT", "A fundal height two standard deviations from the mean or more."
    FETAL_WEIGHT = "FETAL_WEIGHT", "An estimated weight below 2500 g, or of 4500 g and above."
    START_OF_LABOUR = "START_OF_LABOUR", "Labour that starts before 37+0, or has not started by 42+0."
    NOT_BASIC_PROGRAMME = "NOT_BASIC_PROGRAMME", "Illness, or a pregnancy that is followed beyond the basic programme."
    HYPERTENSION = "HYPERTENSION", "Hypertension, or pre-eclampsia without complications."
    MODERATE_THROMBOPHILIA = "MODERATE_THROMBOPHILIA", "Thrombophilia of moderate risk."
    EARLIER_COMPLICATION = "EARLIER_COMPLICATION", "A serious complication or a stillbirth before."
    INDUCTION = "INDUCTION", "Labour is to be induced."
    RUPTURED_MEMBRANES = "RUPTURED_MEMBRANES", "Membranes that ruptured long ago."
    REDUCED_MOVEMENTS = "REDUCED_MOVEMENTS", "Reduced movements more than once."
    DIABETES_WITHOUT_INSULIN = (
        "DIABETES_WITHOUT_INSULIN",
        "Diabetes treated by diet or, by agreement with the neonatal unit, by medicine other than insulin.",
    )
    CAESAREAN_FOR_BREECH = "CAESAREAN_FOR_BREECH", "A planned caesarean for breech."
    UTERINE_SURGERY = "UTERINE_SURGERY", "Surgery of the womb before, a caesarean among it."
    AMNIOTIC_FLUID = "AMNIOTIC_FLUID", "Too much or too little amniotic fluid."

    BODY_MASS_40 = "BODY_MASS_40", "A body mass index of 40 and above."
    SEVERAL_FETUSES = "SEVERAL_FETUSES", "More than one fetus."
    BEFORE_35_WEEKS = "BEFORE_35_WEEKS", "Labour that starts before 35+0. Not verified."
    INSULIN = "INSULIN", "Diabetes treated by insulin."
    SEVERE_PRE_ECLAMPSIA = "SEVERE_PRE_ECLAMPSIA", "Severe pre-eclampsia."
    FETAL_ANOMALY = "FETAL_ANOMALY", "An anomaly of the fetus that needs early treatment."
    GROWTH_RESTRICTION = "GROWTH_RESTRICTION", "A fetus that does not grow as it should."
    VAGINAL_BREECH = "VAGINAL_BREECH", "A planned vaginal birth in breech."
    IMMUNISATION = "IMMUNISATION", "An immunisation that matters for the child."
    SERIOUS_DISEASE = "SERIOUS_DISEASE", "Serious disease of heart, lungs or kidneys, or a rheumatic one."
    EARLIER_STREPTOCOCCAL_DISEASE = (
        "EARLIER_STREPTOCOCCAL_DISEASE",
        "A child before with severe disease by group B streptococci.",
    )
    SUBSTANCE_USE = "SUBSTANCE_USE", "Use of substances, or opioid substitution."
    HIV = "HIV", "Infection with HIV."
    SEVERE_THROMBOPHILIA = "SEVERE_THROMBOPHILIA", "Thrombophilia of high risk."


_FOR_SPECIALIST_CLINIC: Final = {
    Reason.BODY_MASS_40, Reason.SEVERAL_FETUSES, Reason.BEFORE_35_WEEKS, Reason.INSULIN, Reason.SEVERE_PRE_ECLAMPSIA,
    Reason.FETAL_ANOMALY, Reason.GROWTH_RESTRICTION, Reason.VAGINAL_BREECH, Reason.IMMUNISATION,
    Reason.SERIOUS_DISEASE, Reason.EARLIER_STREPTOCOCCAL_DISEASE, Reason.SUBSTANCE_USE, Reason.HIV,
    Reason.SEVERE_THROMBOPHILIA,
}  # fmt: skip

LEVEL_OF: Final[Mapping[Reason, BirthplaceLevel]] = {
    reason: BirthplaceLevel.SPECIALIST_CLINIC if reason in _FOR_SPECIALIST_CLINIC else BirthplaceLevel.MATERNITY_WARD
    for reason in Reason
}
"""The lowest level each allows."""
