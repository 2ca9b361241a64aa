"""The symphysis-fundal heights: how the womb grows."""

from datetime import date

from app.domain.card.declaration import Content, Sensitivity, Term, fact, section

ORDINARY = Sensitivity.ORDINARY


@section(
    "symphysis_fundal_heights",
    english="Symphysis-fundal heights",
    norwegian="Symfyse-fundusmål",
    meaning="Measurements from the symphysis to the top of the womb, one item a measurement, usually from week 24.",
    wire="symphysisFundalHeights",
    repeated=True,
    noun="fundal_height",
    ordered_by="measured_on",
    usual_items=15,
)
class SymphysisFundalHeight(Content):
    gestational_age_weeks: int | None = fact(
        "Gestational age, completed weeks", "Svangerskapsuke", "Completed weeks of pregnancy at the measurement.",
        "Hvor mange hele uker du var på vei.",
        ORDINARY, wire="pregnancyWeek", unit="wk", positive=True, plausible=(1, 45), terms=(Term("LOINC", "18185-9"),),
    )  # fmt: skip
    symphysis_fundal_height_cm: int | None = fact(
        "Symphysis-fundal height", "SF-mål", "From the symphysis to the top of the womb, in whole centimetres.",
        "Hvor langt det er fra skambeinet til toppen av livmoren.",
        ORDINARY, wire="measurement", unit="cm", positive=True, plausible=(10, 50),
        terms=(Term("SNOMED CT", "364253002"),), required=True,
    )  # fmt: skip
    measured_on: date | None = fact(
        "Date", "Dato", "The day of the measurement.", "Dagen magen din ble målt.",
        ORDINARY, wire="measurementDate", required=True,
    )  # fmt: skip
