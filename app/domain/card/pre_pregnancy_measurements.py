"""The woman's height, and her weight and body mass index before the pregnancy."""

from app.domain.card.declaration import Content, Sensitivity, Term, fact, section
from app.domain.card.values import Number

ORDINARY, PERSONAL = Sensitivity.ORDINARY, Sensitivity.PERSONAL


@section(
    "pre_pregnancy_measurements",
    english="Measurements before pregnancy",
    norwegian="Vitale mål før svangerskap",
    meaning="Her height, and her weight and body mass index before the pregnancy. No day of measurement is recorded.",
    wire="vitalMeasurementsBeforePregnancy",
)
class PrePregnancyMeasurements(Content):
    height_cm: Number | None = fact(
        "Height", "Høyde", "Her height.", "Hvor høy du er.",
        ORDINARY, wire="height", unit="cm", positive=True, plausible=(120, 220),
        terms=(Term("SNOMED CT", "50373000"), Term("LOINC", "8302-2")),
    )  # fmt: skip
    pre_pregnancy_weight_kg: Number | None = fact(
        "Weight before pregnancy", "Vekt før svangerskapet", "Her weight before the pregnancy.",
        "Hvor mye du veide før du ble gravid.",
        PERSONAL, wire="prePregnancyWeight", unit="kg", positive=True, plausible=(30, 250),
        terms=(Term("SNOMED CT", "27113001"), Term("LOINC", "29463-7")),
    )  # fmt: skip
    bmi_kg_per_m2: Number | None = fact(
        "Body mass index before pregnancy", "KMI/BMI før svangerskapet",
        "Her body mass index before the pregnancy, as it was entered; it is not computed here.",
        "Forholdet mellom vekten og høyden din før du ble gravid.",
        PERSONAL, wire="bMI", unit="kg/m2", positive=True,
        terms=(Term("SNOMED CT", "60621009"), Term("LOINC", "39156-5")),
    )  # fmt: skip
